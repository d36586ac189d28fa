"""The examples, in short: the same loss code trains the same model in every framework."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
FRAMEWORKS = [name for name in ("numpy", "torch", "keras", "jax") if importlib.util.find_spec(name)]

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


NETWORKS = {
    "distillation": ["numpy", "torch", "keras", "jax"],
    "heteroscedastic_regression": ["torch", "keras", "jax"],
    "imbalanced_detection": ["numpy", "torch", "keras", "jax"],
    "language_model": ["numpy", "torch", "jax"],
    "metric_learning": ["torch", "jax"],
    "segmentation": ["numpy", "torch", "keras", "jax"],
    "sequence_ctc": ["torch", "jax"],
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_small_network_learns_the_same_in_every_framework(name, monkeypatch, capsys, tmp_path):
    monkeypatch.syspath_prepend(EXAMPLES)  # for what the examples share
    example = load(name)
    curves = {}
    for framework in (x for x in NETWORKS[name] if x in FRAMEWORKS):
        figure = tmp_path / f"{framework}.png"
        monkeypatch.setattr("sys.argv", [name, "--framework", framework, "--steps", "8", "--plot", str(figure)])
        example.main()
        found = re.findall(r"(-?\d+\.\d+) -> (-?\d+\.\d+)", capsys.readouterr().out)
        curves[framework] = np.array(found, dtype=float)
        assert (curves[framework][:, 1] < curves[framework][:, 0]).all()
        assert figure.stat().st_size > 10_000
    if not curves:  # some examples are about training by automatic differentiation, which NumPy alone does not have
        pytest.skip(f"none of {NETWORKS[name]} is installed")
    # Printed with four digits; Keras' Adam adds its epsilon before the correction of the bias, the others after it.
    for curve in curves.values():
        np.testing.assert_allclose(curve, next(iter(curves.values())), rtol=2e-3, atol=2e-4)
