"""What the tests of the oracle share: ordinary inputs, one case beside one native loss, and the comparison.

Natives compute in float64 (Keras in float32), the oracle in 50 digits, so what differs is the
native's own rounding: some dozens of operations on numbers near 1, hence 64 units in the last place of the native's
dtype. Inputs are ordinary: away from kinks, clips and the natives' own epsilons, whose effects belong to the drop-ins.
"""

import importlib.util
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from .reference import flatten

ROUNDING = 64

generator = np.random.default_rng(20240521)
REAL = generator.normal(size=(4, 3))
OTHER = generator.normal(size=(4, 3))
THIRD = generator.normal(size=(4, 3))
POSITIVE = generator.uniform(0.2, 3.0, size=(4, 3))
PROBABILITY = generator.uniform(0.1, 0.9, size=(4, 3))
SIMPLEX = generator.dirichlet([2.0, 2.0, 2.0], size=4)
TARGET = generator.dirichlet([2.0, 2.0, 2.0], size=4)
BINARY = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
SIGNS = 2 * BINARY - 1
COUNTS = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [5.0, 2.0, 4.0], [1.0, 7.0, 0.0]])
INDICES = np.array([2, 0, 1, 2])
ONE_HOT = np.eye(3)[INDICES]
CLASS_WEIGHT = np.array([0.5, 2.0, 1.25])
IMAGE = generator.normal(size=(2, 3, 4))  # batch, class, place
IMAGE_INDICES = np.array([[0, 2, 1, 1], [2, 2, 0, 1]])
IMAGE_TARGET = generator.dirichlet([1.0, 1.0, 1.0], size=(2, 4)).transpose(0, 2, 1)
GROUPS = np.array([0, 1, 0, 0, 1, 2])
EMBEDDINGS = generator.normal(size=(6, 4))
CTC_LOGITS = generator.normal(size=(3, 5, 3))
CTC_LABELS = np.array([[1, 2, 1], [2, 2, 0], [1, 0, 0]])
CTC_LENGTHS = {"label_length": [3, 2, 1], "logit_length": [5, 4, 3]}


class Case(NamedTuple):
    """One loss beside one native, which gets the framework's own arrays in the order of ``arrays``."""

    name: str
    arrays: dict[str, Any]
    params: dict[str, Any]
    native: Callable[..., Any]
    differentiated: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join([*self.arrays, *self.params])})"


def case(name: str, arrays: dict[str, Any], native: Callable[..., Any], wrt: str | None = None, **params: Any) -> Case:
    """A case of named arrays; ``wrt`` names the differentiated ones, all but the targets unless said otherwise."""
    differentiated = tuple(wrt.split()) if wrt else tuple(key for key in arrays if key not in ("y_true", "labels"))
    return Case(name, arrays, params, native, differentiated)


def pair(
    name: str, y_true: Any, y_pred: Any, native: Callable[..., Any], wrt: str | None = None, **params: Any
) -> Case:
    """A case of targets and predictions."""
    return case(name, {"y_true": y_true, "y_pred": y_pred}, native, wrt, **params)


def as_floats(nested: Any) -> np.ndarray:
    """Nested mpmath numbers as one row of float64."""
    return np.array([float(value) for value in flatten(nested)])


def assert_close(expected: Any, native: Any) -> None:
    """The native agrees with the oracle up to its rounding."""
    native = np.asarray(native)
    limit = ROUNDING * float(np.finfo(native.dtype).eps)
    np.testing.assert_allclose(native.ravel(), as_floats(expected), rtol=limit, atol=limit)


def import_native(module: str) -> Any:
    """The framework, or a skip that names it. Deprecations inside a framework's own import are not ours to fail on."""
    if importlib.util.find_spec(module) is None:  # one framework alone, as the CI has it: nothing to compare
        pytest.skip(f"{module} is not installed", allow_module_level=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(module)
