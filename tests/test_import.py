"""`import unilosses` is cheap and imports NumPy alone."""

import os
import subprocess
import sys

import pytest

FOREIGN = ("torch", "tensorflow", "keras", "jax", "jaxlib", "optax", "scipy", "sklearn", "matplotlib", "rich", "click")
REPEATS = 7
LIMIT = 0.060  # seconds over `import numpy`


def run_python(code, folder):
    """Run `code` in a fresh interpreter, away from the checkout, and return what it prints."""
    # With compiled files, as after the first import of any installation, whatever the machine's setting is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_import_brings_in_no_framework(tmp_path):
    code = f"import sys, unilosses; print([name for name in {FOREIGN} if name in sys.modules])"
    assert run_python(code, tmp_path) == "[]"


@pytest.mark.parametrize("module", FOREIGN[:6])
def test_import_works_while_a_framework_is_broken(module, tmp_path):
    """A framework that raises when it is imported (a half-made installation) is none of the core's business."""
    (tmp_path / f"{module}.py").write_text("raise RuntimeError('imported')\n")
    code = "import sys; sys.path.insert(0, '.'); import unilosses; print(unilosses.__name__)"
    assert run_python(code, tmp_path) == "unilosses"


def test_import_is_cheap(tmp_path):
    """Processor time, the smallest of several runs: anything else on the machine only ever adds to it."""
    code = "import numpy, time; start = time.process_time(); import unilosses; print(time.process_time() - start)"
    times = [float(run_python(code, tmp_path)) for _ in range(REPEATS)]
    assert min(times) < LIMIT, f"import unilosses costs {min(times):.3f} s over NumPy, wanted under {LIMIT} s: {times}"
