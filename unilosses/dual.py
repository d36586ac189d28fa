"""Dual numbers over NumPy arrays: the exact derivative of any definition along one direction, without a framework.

A dual number carries a value and its slope, a + b ε with ε² = 0. Evaluating a closed-form derivative on dual numbers
gives second derivatives to rounding; boosting objectives need them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .namespace import STANDARD, Array, Namespace


def value_of(x: Any) -> Any:
    """The value of a dual number; anything else as it is."""
    return x.value if isinstance(x, Dual) else x


def slope_of(x: Any) -> Any:
    """The slope of a dual number; 0 for a constant."""
    return x.slope if isinstance(x, Dual) else 0.0


class Dual:
    """An array of values with an array of slopes of the same shape."""

    __array_ufunc__ = None  # NumPy arrays leave operators to this class
    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any) -> None:
        self.value = np.asarray(value)
        self.slope = np.broadcast_to(slope, self.value.shape)

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype)
    size = property(lambda self: self.value.size)

    def __add__(self, other: Any) -> Dual:
        return Dual(self.value + value_of(other), self.slope + slope_of(other))

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return Dual(self.value - value_of(other), self.slope - slope_of(other))

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        y = value_of(other)
        return Dual(self.value * y, self.slope * y + self.value * slope_of(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        y = value_of(other)
        quotient = self.value / y
        return Dual(quotient, (self.slope - quotient * slope_of(other)) / y)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(other, 0.0) / self

    def __pow__(self, exponent: Any) -> Dual:
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.where(exponent == 0, 0.0, exponent * self.value ** (exponent - 1))
        return Dual(self.value**exponent, np.where(self.slope == 0, 0.0, inner * self.slope))

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.slope[index])

    def __lt__(self, other: Any) -> Array:
        return self.value < value_of(other)

    def __le__(self, other: Any) -> Array:
        return self.value <= value_of(other)

    def __gt__(self, other: Any) -> Array:
        return self.value > value_of(other)

    def __ge__(self, other: Any) -> Array:
        return self.value >= value_of(other)

    def __eq__(self, other: Any) -> Any:
        return self.value == value_of(other)

    def __ne__(self, other: Any) -> Any:
        return self.value != value_of(other)

    __hash__ = None  # type: ignore[assignment]


def _pointwise(function: Any, slope: Any) -> Any:
    def apply(x: Any, /) -> Any:
        if not isinstance(x, Dual):
            return function(x)
        return Dual(function(x.value), slope(x.value) * x.slope)

    return apply


def _both(function: Any) -> Any:
    """A function that moves entries around, or is linear: applied to values and slopes alike."""

    def apply(x: Any, /, *args: Any, **keywords: Any) -> Any:
        if not isinstance(x, Dual):
            return function(x, *args, **keywords)
        return Dual(function(x.value, *args, **keywords), function(x.slope, *args, **keywords))

    return apply


def _of_value(function: Any) -> Any:
    def apply(x: Any, /, *args: Any, **keywords: Any) -> Any:
        return function(value_of(x), *args, **keywords)

    return apply


def _list(function: Any) -> Any:
    def apply(arrays: Any, /, *, axis: int = 0) -> Any:
        zeros = [np.zeros_like(value_of(x)) + slope_of(x) for x in arrays]
        return Dual(function([value_of(x) for x in arrays], axis=axis), function(zeros, axis=axis))

    return apply


def _extreme(function: Any) -> Any:
    def apply(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
        if not isinstance(x, Dual):
            return function(x, axis=axis, keepdims=keepdims)
        top = function(x.value, axis=axis, keepdims=True)
        share = (x.value == top).astype(x.value.dtype)
        slope = np.sum(share * x.slope, axis=axis, keepdims=True) / np.sum(share, axis=axis, keepdims=True)
        return Dual(top, slope) if keepdims else Dual(np.squeeze(top, axis=axis), np.squeeze(slope, axis=axis))

    return apply


def _where(condition: Any, x: Any, y: Any, /) -> Any:
    condition = value_of(condition)
    value = np.where(condition, value_of(x), value_of(y))
    if not isinstance(x, Dual) and not isinstance(y, Dual):
        return value
    return Dual(value, np.where(condition, slope_of(x), slope_of(y)))


def _sort(x: Any, /, *, axis: int = -1, descending: bool = False) -> Any:
    order = _argsort(x, axis=axis, descending=descending)
    return _both(np.take_along_axis)(x, order, axis=axis)


def _argsort(x: Any, /, *, axis: int = -1, descending: bool = False) -> Array:
    value = value_of(x)
    return np.argsort(-value if descending else value, axis=axis, kind="stable")


def _matmul(x: Any, y: Any, /) -> Any:
    slope = np.matmul(value_of(x), np.zeros_like(value_of(y)) + slope_of(y))
    return Dual(value_of(x) @ value_of(y), slope + np.matmul(np.zeros_like(value_of(x)) + slope_of(x), value_of(y)))


def _reciprocal(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return 1 / x


class _Standard:
    """The array API functions of dual numbers."""

    int64, float32, float64 = np.int64, np.float32, np.float64
    abs = staticmethod(_pointwise(np.abs, np.sign))
    atan = staticmethod(_pointwise(np.arctan, lambda x: 1 / (1 + x * x)))
    cos = staticmethod(_pointwise(np.cos, lambda x: -np.sin(x)))
    exp = staticmethod(_pointwise(np.exp, np.exp))
    expm1 = staticmethod(_pointwise(np.expm1, np.exp))
    log = staticmethod(_pointwise(np.log, _reciprocal))
    log1p = staticmethod(_pointwise(np.log1p, lambda x: _reciprocal(1 + x)))
    sin = staticmethod(_pointwise(np.sin, np.cos))
    sqrt = staticmethod(_pointwise(np.sqrt, lambda x: 0.5 * _reciprocal(np.sqrt(x))))
    square = staticmethod(_pointwise(np.square, lambda x: 2 * x))
    tanh = staticmethod(_pointwise(np.tanh, lambda x: 1 - np.tanh(x) ** 2))
    max = staticmethod(_extreme(np.max))
    min = staticmethod(_extreme(np.min))
    where = staticmethod(_where)
    sort = staticmethod(_sort)
    argsort = staticmethod(_argsort)
    matmul = staticmethod(_matmul)
    concat = staticmethod(_list(np.concatenate))
    stack = staticmethod(_list(np.stack))
    broadcast_to = staticmethod(_both(np.broadcast_to))
    cumulative_sum = staticmethod(_both(np.cumsum))
    expand_dims = staticmethod(_both(np.expand_dims))
    flip = staticmethod(_both(np.flip))
    matrix_transpose = staticmethod(_both(lambda x: np.swapaxes(x, -1, -2)))
    mean = staticmethod(_both(np.mean))
    permute_dims = staticmethod(_both(np.transpose))
    reshape = staticmethod(_both(np.reshape))
    squeeze = staticmethod(_both(np.squeeze))
    sum = staticmethod(_both(np.sum))
    take = staticmethod(_both(np.take))
    take_along_axis = staticmethod(_both(np.take_along_axis))
    arange = staticmethod(np.arange)
    asarray = staticmethod(np.asarray)
    finfo = staticmethod(np.finfo)
    isdtype = staticmethod(_of_value(lambda dtype, kind: np.issubdtype(dtype, np.floating) == ("floating" in kind)))

    @staticmethod
    def astype(x: Any, dtype: Any, /, *, copy: bool = True) -> Any:
        return (
            Dual(x.value.astype(dtype), x.slope.astype(dtype)) if isinstance(x, Dual) else np.asarray(x).astype(dtype)
        )

    @staticmethod
    def clip(x: Any, low: Any = None, high: Any = None, /) -> Any:
        x = x if low is None else _where(value_of(x) < low, low, x)
        return x if high is None else _where(value_of(x) > high, high, x)

    @staticmethod
    def maximum(x: Any, y: Any, /) -> Any:
        return _where(value_of(x) >= value_of(y), x, y)

    @staticmethod
    def minimum(x: Any, y: Any, /) -> Any:
        return _where(value_of(x) <= value_of(y), x, y)

    @staticmethod
    def prod(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
        raise TypeError("A product of dual numbers along an axis is not needed by any loss; write it as exp(sum(log)).")


_Standard.bool = np.bool_  # type: ignore[attr-defined]  # in the class body it would hide the type of flags
for _name in ("all", "any", "ceil", "floor", "isfinite", "isinf", "isnan", "ones_like", "sign", "zeros_like"):
    setattr(_Standard, _name, staticmethod(_of_value(getattr(np, _name))))


class DualNamespace(Namespace):
    """The abstract namespace on dual numbers: the primitives' own definitions are what runs."""

    def stop_gradient(self, x: Any) -> Any:
        return value_of(x)

    def lgamma(self, x: Any) -> Any:
        if isinstance(x, Dual):
            return super().lgamma(x)
        return np.vectorize(math.lgamma, otypes=[np.float64])(x)

    def lookup(self, table: Any, labels: Array) -> Any:
        return table[labels]


missing = [name for name in STANDARD if not hasattr(_Standard, name)]
if missing:
    raise ImportError(f"unilosses.dual misses {missing}, which unilosses.namespace.STANDARD names")
namespace = DualNamespace(_Standard)
