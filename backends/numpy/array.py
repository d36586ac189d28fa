"""The array adapter of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_api_compat.numpy as standard
import numpy as np

from unilosses.dispatch import Backend
from unilosses.evaluation import closed_form
from unilosses.namespace import Array, Namespace

#: Integers of the width of a float, to choose between floats by their bits.
_BITS = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}
#: Below this many elements one call beats six.
_FEW = 1 << 12


def _alike(condition: Array, x: Any, y: Any) -> bool:
    arrays = isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
    return arrays and x.dtype in _BITS and y.dtype == x.dtype and x.shape == y.shape == condition.shape


class NumpyNamespace(Namespace):
    """NumPy's functions."""

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        if np.size(condition) < _FEW or not _alike(condition, x, y):
            return np.where(condition, x, y)
        # np.where branches on every element; y ^ ((x ^ y) & mask) chooses bit by bit, vectorised.
        bits = _BITS[x.dtype]
        chosen = y.view(bits)
        mask = np.negative(condition.view(np.int8).astype(bits))
        picked = np.bitwise_xor(x.view(bits), chosen)
        picked &= mask
        picked ^= chosen
        return picked.view(x.dtype)

    def relu(self, x: Array) -> Array:
        return np.maximum(x, 0)

    # Methods of arrays cost half of what the functions do.
    def sum(self, x: Array, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
        return x.sum(axis=axis, dtype=dtype, keepdims=keepdims)

    def max(self, x: Array, /, *, axis: Any = None, keepdims: bool = False) -> Array:
        return x.max(axis=axis, keepdims=keepdims)

    def clip(self, x: Array, /, min: Any = None, max: Any = None) -> Array:
        return x.clip(min, max)

    def lookup(self, table: Array, labels: Array) -> Array:
        return table[labels]

    def add_matmul(self, total: Array, x: Array, y: Array) -> Array:
        total += x @ y
        return total


class NumpyBackend(Backend):
    """NumPy: written to in blocks, differentiated by the closed forms."""

    name = "numpy"
    mutable = True
    remembers = True

    def is_array(self, x: Any) -> bool:
        return isinstance(x, np.ndarray | np.generic)

    def accepts(self, x: Any) -> bool:
        masked = isinstance(x, np.ma.MaskedArray)
        if masked or isinstance(x, np.matrix):
            fix = "x.data, and mask=~numpy.ma.getmaskarray(x)" if masked else "numpy.asarray(x)"
            raise TypeError(
                f"A {type(x).__name__} of NumPy has arithmetic of its own; wanted a plain array. Fix: pass {fix}."
            )
        return self.is_array(x)

    def device(self, x: Array) -> Any:
        return None

    def is_contiguous(self, x: Array) -> bool:
        return bool(x.flags.c_contiguous)

    def empty_like(self, x: Array, shape: tuple[int, ...] | None = None, dtype: Any = None) -> Array:
        return np.empty(x.shape if shape is None else shape, dtype or x.dtype)

    def store(self, target: Array, x: Array, factor: Any) -> None:
        np.multiply(x, factor, out=target, casting="same_kind")

    def is_integer(self, dtype: Any) -> bool:
        return dtype.kind in "iu"

    def is_bool(self, dtype: Any) -> bool:
        return dtype.kind == "b"

    def is_infinite(self, x: Array) -> bool:
        return bool(np.isinf(x))

    def quietly(self, function: Callable[[], Any]) -> Any:
        with np.errstate(over="ignore"):
            return function()

    # What grows beyond its dtype on the way (the logit of an impossible class) is infinite as it should be, and what
    # shows in the result needs no warning. An invalid operation keeps its own.
    def scalar(self, x: float, dtype: Any) -> Any:
        return dtype.type(x)

    def extent(self, x: Array) -> tuple[float, float]:
        return x.min(), x.max()

    def evaluate(self, call: Any) -> Array:
        with np.errstate(over="ignore"):
            return closed_form(call, want_gradient=False)[0]

    def closed_form(self, call: Any) -> tuple[Array, tuple[Array, ...]]:
        with np.errstate(over="ignore"):
            return closed_form(call)


backend = NumpyBackend(NumpyNamespace(standard))
