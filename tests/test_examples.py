"""The examples, in short: the same loss code trains the same model in every framework."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
FRAMEWORKS = ["numpy", "torch", "keras", "jax"]

#: A step rounds every weight once, so curves may part by about one unit in the last place a step, and learning
#: neither damps nor amplifies that much over so few steps.
STEPS = 25
ROUNDING = STEPS * float(np.finfo(np.float32).eps)


def load(name: str):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("task", ["digits", "diabetes"])
def test_the_loss_curves_of_all_frameworks_are_one_curve(task, tmp_path):
    example = load("train_everywhere")
    curves = example.run(getattr(example, task)(), FRAMEWORKS, STEPS)
    assert list(curves) == FRAMEWORKS
    assert all(len(curve) == STEPS and curve[-1] < 0.9 * curve[0] for curve in curves.values())
    assert example.largest_difference(curves) < ROUNDING
    example.plot({task: curves}, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 10_000
