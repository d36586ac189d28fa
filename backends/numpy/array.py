"""The array adapter of NumPy."""

from __future__ import annotations

import math
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
#: Rows up to these lengths are reduced faster as columns of a transposed copy, all at once.
_SHORT = {np.maximum: 32, np.add: 16}


def _alike(condition: Array, x: Any, y: Any) -> bool:
    arrays = isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
    return arrays and x.dtype in _BITS and y.dtype == x.dtype and x.shape == y.shape == condition.shape


def _is_finite(x: Any) -> bool:
    """Whether all of ``x`` is finite; large numbers, whose squares are not, may pass for infinite."""
    return math.isfinite(np.vdot(x, x)) if np.size(x) < _FEW else bool(np.isfinite(x).all())


def _reduced(ufunc: Any, x: Array, axis: Any, keepdims: bool) -> Array:
    if type(axis) is int and x.ndim == 2 and axis in (1, -1) and 0 < x.shape[1] <= _SHORT[ufunc]:
        found = ufunc.reduce(x.T.copy(), axis=0)
        return found[:, None] if keepdims else found
    return ufunc.reduce(x, axis, None, None, keepdims)


def _at(labels: Array, axis: int, x: Array) -> tuple[Array, ...]:
    """The index of the class ``labels`` of every sample in ``x``."""
    index = [np.arange(len(labels))] if labels.ndim == 1 else [*np.indices(labels.shape, sparse=True)]
    index.insert(axis % x.ndim, labels)
    return tuple(index)


class NumpyNamespace(Namespace):
    """NumPy's functions. Nothing differentiates through them, so that fewer passes will do where all is finite."""

    # Functions that are written in Python cost several times the operation on a small array.
    def zeros_like(self, x: Array, /, *, dtype: Any = None) -> Array:
        return np.zeros(x.shape, x.dtype if dtype is None else dtype)

    def ones_like(self, x: Array, /, *, dtype: Any = None) -> Array:
        return np.ones(x.shape, x.dtype if dtype is None else dtype)

    def astype(self, x: Array, dtype: Any, /, *, copy: bool = True) -> Array:
        return x.astype(dtype, copy=copy)

    def expand_dims(self, x: Array, /, *, axis: int = 0) -> Array:
        return x[..., None] if axis == -1 else x[:, None] if axis == 1 else np.expand_dims(x, axis)

    def squeeze(self, x: Array, /, axis: Any) -> Array:
        return x.squeeze(axis)

    def sum(self, x: Array, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
        if dtype is not None:
            return x.sum(axis=axis, dtype=dtype, keepdims=keepdims)
        return _reduced(np.add, x, axis, keepdims)

    def max(self, x: Array, /, *, axis: Any = None, keepdims: bool = False) -> Array:
        return _reduced(np.maximum, x, axis, keepdims)

    def clip(self, x: Array, /, min: Any = None, max: Any = None) -> Array:
        return x.clip(min, max)

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

    def step(self, x: Array) -> Array:
        return (x > 0).astype(x.dtype)

    def sigmoid(self, x: Array) -> Array:
        return 1 / (1 + np.exp(-x))  # exp(-x) may be infinite

    def softplus(self, x: Array) -> Array:
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def log_sigmoids(self, x: Array) -> tuple[Array, Array]:
        small = np.log1p(np.exp(-np.abs(x)))
        return np.minimum(x, 0) - small, -np.maximum(x, 0) - small

    def logistic_cost(self, y: Array, x: Array) -> Array:
        if not _is_finite(x):
            return super().logistic_cost(y, x)
        # relu(x) - y x is y relu(-x) + (1 - y) relu(x), as exact, in two operations.
        return (np.maximum(x, 0) - y * x) + np.log1p(np.exp(-np.abs(x)))

    def softmax_cost(self, y: Array, x: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        shifted = x - self.max(x, axis=axis, keepdims=True)
        powers = np.exp(shifted)
        total = self.sum(powers, axis=axis, keepdims=True)
        target = self.sum(y, axis=axis, keepdims=True)
        # -log p = log(total) - shifted: of targets that are not negative, neither sum has terms below 0.
        value = (np.log(total) * target).squeeze(axis) - self.sum(self.zero_product(y, shifted), axis=axis)
        return value, lambda: powers * (target / total) - y

    def safe_sqrt(self, x: Array) -> Array:
        return np.sqrt(np.maximum(x, 0))

    def zero_product(self, x: Array, y: Array) -> Array:
        return x * y if _is_finite(y) else super().zero_product(x, y)

    def xlogy(self, x: Array, y: Array) -> Array:
        return x * np.log(y) if np.all(y != 0) else super().xlogy(x, y)

    def clamped_log(self, x: Array) -> Array:
        return np.log(x) if x.size and x.min() >= self.log_threshold(x) else super().clamped_log(x)

    def clamped_log_complement(self, x: Array) -> Array:
        return np.log1p(-x) if x.size and x.max() < 1 else super().clamped_log_complement(x)

    def clamped_reciprocal(self, x: Array) -> Array:
        return 1 / x if x.size and x.min() >= self.log_threshold(x) else super().clamped_reciprocal(x)

    def pick(self, x: Array, labels: Array, axis: int) -> Array:
        return x[_at(labels, axis, x)]

    def add_at(self, x: Array, labels: Array, amount: Array, axis: int) -> Array:
        x[_at(labels, axis, x)] += amount
        return x

    def put_at(self, x: Array, labels: Array, amount: Any, axis: int) -> Array:
        x = x.copy()
        x[_at(labels, axis, x)] = np.squeeze(amount, axis) if np.ndim(amount) else amount
        return x

    def lookup(self, table: Array, labels: Array) -> Array:
        return table[labels]

    def slots(self, length: int, like: Array) -> Array:
        return np.empty((length, *like.shape), like.dtype)

    def filled(self, slots: Array) -> Array:
        return slots

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

    def block_size(self) -> int:
        return 1 << 15  # operations start faster than those of other frameworks

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
        return math.isinf(x)

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
