"""The pytest plugin, by running pytest in a process of its own."""

import os
import subprocess
import sys
import textwrap

import pytest


@pytest.fixture
def run(tmp_path):
    def run(body, *options, configuration=""):
        (tmp_path / "test_mine.py").write_text(textwrap.dedent(body))
        (tmp_path / "pytest.ini").write_text("[pytest]\n" + configuration)
        command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-p", "no:xdist", *options]
        # The options of the outer run, -n among them, are not those of the inner one.
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


BODY = """
    import numpy as np
    import unilosses as ul
    from unilosses.testing import assert_close

    def test_mean(backend):
        y, f = backend.array(np.zeros(3)), backend.array(np.ones(3))
        assert_close(backend.numpy(ul.huber(y, f)), 0.5)

    def test_without_backend():
        pass
"""


def test_one_run_per_chosen_backend(run):
    done = run(BODY, "--backends", "numpy,array_api_strict")
    assert "test_mean[numpy] PASSED" in done.stdout
    assert "test_mean[array_api_strict] PASSED" in done.stdout
    assert "3 passed" in done.stdout
    assert done.returncode == 0


def test_the_choice_may_stand_in_the_configuration(run):
    done = run(BODY, configuration="backends = numpy\n")
    assert "2 passed" in done.stdout
    assert "test_mean[numpy]" in done.stdout


def test_the_marker_selects(run):
    done = run(BODY, "--strict-markers", "--backends", "numpy,array_api_strict", "-m", "backend(name='numpy')")
    assert "1 passed, 2 deselected" in done.stdout


def test_a_backend_that_is_asked_for_must_be_there(run):
    done = run(BODY, "--backends", "numpy,no_such_library")
    assert done.returncode != 0
    assert "'no_such_library' was asked for" in done.stdout + done.stderr
    assert "--backends" in done.stdout + done.stderr


def test_a_broken_loss_fails_with_the_law_named(run):
    body = """
        import unilosses as ul
        from unilosses.testing import check_loss

        @ul.loss
        def half_wrong(xp, y_true, y_pred):
            error = y_pred - y_true
            return error * error, lambda: error

        def test_half_wrong(backend):
            check_loss(half_wrong, [backend])
    """
    done = run(body, "--backends", "numpy")
    assert done.returncode == 1
    assert "law 'derivative equals differences' does not hold for half_wrong on numpy" in done.stdout
    assert "smallest failing input: y_true=" in done.stdout


def test_the_plugin_imports_no_framework():
    code = (
        "import sys, unilosses.testing.plugin\n"
        "found = {'torch', 'tensorflow', 'jax', 'keras', 'hypothesis'} & set(sys.modules)\n"
        "sys.exit(f'{found} imported' if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
