"""The pytest plugin: a ``backend`` fixture over the installed frameworks, and ``--backends`` to choose them.

    def test_my_loss(backend):
        unilosses.testing.check_loss(my_loss, [backend])

runs once per backend. Importing this file imports no framework: a backend is loaded by the first test that uses it.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import pytest

#: What ``backend`` runs over unless ``--backends`` or the ini option ``backends`` says otherwise.
EVERY = ("numpy", "torch", "tensorflow", "jax", "array_api_strict")


def pytest_addoption(parser: Any) -> None:
    """``--backends numpy,torch`` on the command line, ``backends = ["numpy", "torch"]`` in the configuration."""
    text = "array libraries for the `backend` fixture, separated by commas; default: those that are installed"
    parser.getgroup("unilosses").addoption("--backends", metavar="NAMES", help=text)
    parser.addini("backends", text + ". Named here, a missing one is an error", type="args", default=[])


def pytest_configure(config: Any) -> None:
    """The marker that selects tests by backend, and quiet frameworks."""
    config.addinivalue_line(
        "markers", "backend(name): the array library that a test runs on, for -m 'backend(name=...)'"
    )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def chosen(config: Any) -> list[str]:
    """The names of the backends to run on; a backend that was asked for by name must be there."""
    given = config.getoption("--backends")
    asked = [name.strip() for name in given.split(",")] if given else list(config.getini("backends"))
    if not asked:
        return [name for name in EVERY if _installed(name)]
    missing = [name for name in asked if not _installed(name)]
    if missing:
        raise pytest.UsageError(
            f"The backend {missing[0]!r} was asked for, but there is no module {missing[0]!r} here. Install it, or "
            f"choose others: --backends {','.join(name for name in EVERY if _installed(name))}"
        )
    return asked


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def pytest_generate_tests(metafunc: Any) -> None:
    """Run every test that asks for ``backend`` once per backend."""
    if "backend" in metafunc.fixturenames:
        names = chosen(metafunc.config)
        marked = [pytest.param(name, marks=pytest.mark.backend(name=name)) for name in names]
        metafunc.parametrize("backend", marked, indirect=True, scope="session")


@pytest.fixture(scope="session")
def backend(request: Any) -> Any:
    """One array library: ``backend.array(x, dtype)``, ``backend.numpy(x)``, ``backend.gradient(...)``, ``.name``."""
    from .frameworks import framework

    return framework(request.param)
