"""The tests themselves where one framework is installed alone, as some jobs of the CI have it."""

import subprocess
import sys
from pathlib import Path

import pytest

#: What each framework comes with.
TOGETHER = {"torch": {"torch"}, "tensorflow": {"tensorflow", "keras"}, "jax": {"jax", "jaxlib", "optax"}}
#: Runs pytest where no path leads to some modules.
RUN = """
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {hidden!r} else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def run_without(hidden, *arguments):
    command = [sys.executable, "-c", RUN.format(hidden=hidden), "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.thorough
@pytest.mark.parametrize("alone", ["numpy", *TOGETHER])
def test_every_file_is_collected(alone):
    hidden = set().union(*(modules for name, modules in TOGETHER.items() if name != alone))
    done = run_without(hidden, "--collect-only", "tests")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "not collected for want of a framework" in done.stdout


@pytest.mark.thorough
def test_what_names_its_frameworks_passes_without_them():
    names = ("drawn", "selftest", "own_loss", "examples")
    done = run_without(set().union(*TOGETHER.values()), *(f"tests/test_{name}.py" for name in names))
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
