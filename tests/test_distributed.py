"""docs/distributed.md: every recipe of the page runs and finds the value and the gradient of one device; pairs merge.

Each recipe is a script that compares by itself and says so in its last line, so that nothing of it is typed here again.
"""

import itertools
import os
import re
import socket
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import unilosses as ul

PAGE = (Path(__file__).parent.parent / "docs" / "distributed.md").read_text(encoding="utf-8")
TIMEOUT = 240


def script(tmp_path, imports):
    """The script of the page that imports a framework, as a file; what is no script runs with every page's code."""
    (block,) = (
        b for b in re.findall(r"^```{code-block} python\n(.*?)^```", PAGE, re.S | re.M) if f"import {imports}\n" in b
    )
    path = tmp_path / "recipe.py"
    path.write_text(block, encoding="utf-8")
    return path


def outputs(path, environments):
    """What so many processes of the script print; each must succeed."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen(
            [sys.executable, path],
            env=os.environ | quiet | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for environment in environments
    ]
    try:
        done = [process.communicate(timeout=TIMEOUT) for process in running]
    finally:
        for process in running:
            process.kill()
    for process, (_, errors) in zip(running, done, strict=True):
        assert process.returncode == 0, errors
    return [output.strip() for output, _ in done]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_the_pairs_of_the_page_add_up():
    exec(re.search(r"^```python\n(.*?)^```", PAGE, re.S | re.M).group(1), {})


@pytest.mark.thorough
def test_two_processes_of_torch(tmp_path):
    pytest.importorskip("torch")
    # What torchrun sets, on the loopback: an interface that every machine has.
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    shared |= {"GLOO_SOCKET_IFNAME": "lo0" if sys.platform == "darwin" else "lo"}
    ranks = [shared | {"RANK": str(rank)} for rank in range(2)]
    assert outputs(script(tmp_path, "torch"), ranks) == ["equal to one process"] * 2


@pytest.mark.thorough
def test_eight_devices_of_jax(tmp_path):
    pytest.importorskip("jax")
    eight = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    assert outputs(script(tmp_path, "jax"), [eight]) == ["equal to one device"]


@pytest.mark.thorough
def test_two_replicas_of_tensorflow(tmp_path):
    pytest.importorskip("tensorflow")
    assert outputs(script(tmp_path, "tensorflow as tf"), [{}]) == ["equal to one device"]


@pytest.mark.parametrize("reduction", ["mean", "weighted_mean", "batchmean"])
@pytest.mark.parametrize("name", ["mean_squared_error", "huber", "hinge_embedding"])
def test_merging_is_exact(name, reduction, backend):
    """No rounding at all where the numbers need few bits: the merged pair is that of the whole batch, bit by bit."""
    rng = np.random.default_rng(3)
    y_true, y_pred = rng.choice([-1.0, 1.0], size=(12, 3)), rng.integers(-8, 8, size=(12, 3)) / 4
    mask, weight = rng.random((12, 3)) < 0.7, rng.integers(1, 5, size=(12, 3)) / 2
    pair = ul.sum_and_normalizer(ul.get(name))

    def of(rows):
        with backend.session():
            given = {"mask": backend.array(mask[rows]), "sample_weight": backend.array(weight[rows])}
            found = pair(backend.array(y_true[rows]), backend.array(y_pred[rows]), reduction=reduction, **given)
            return [float(backend.numpy(x)) for x in found]

    whole = of(slice(0, 12))
    for cuts in ([0, 12], [0, 1, 12], [0, 4, 5, 11, 12], range(13)):
        parts = [of(slice(a, b)) for a, b in itertools.pairwise(cuts)]
        assert [sum(column) for column in zip(*parts, strict=True)] == whole
    assert whole[1] == {"mean": mask.sum(), "weighted_mean": weight[mask].sum(), "batchmean": 12}[reduction]


def test_a_stream_of_parts_loses_nothing_but_rounding():
    """A thousand parts of any size: the merged loss is that of exact arithmetic, to a few units in the last place."""
    rng = np.random.default_rng(4)
    y_true, y_pred = rng.normal(size=5000), rng.normal(size=5000)
    mask = rng.random(5000) < 0.1  # many parts are empty
    cuts = [0, *sorted(rng.choice(np.arange(1, 5000), size=999, replace=False)), 5000]
    total = count = 0.0
    for a, b in itertools.pairwise(cuts):
        pair = ul.sum_and_normalizer(ul.mean_squared_error)(y_true[a:b], y_pred[a:b], mask=mask[a:b])
        total, count = total + pair[0], count + pair[1]
    assert count == mask.sum()
    wanted = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(y_true[mask], y_pred[mask], strict=True)) / int(count)
    assert abs(total / count - float(wanted)) < 1000 * np.finfo(float).eps * float(wanted)
