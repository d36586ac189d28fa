"""Dual numbers over NumPy arrays: the exact derivatives of any definition along one direction, without a framework.

A dual number carries a value and its slope, a + b ε with ε² = 0. Evaluating a closed-form derivative on dual numbers
gives second derivatives to rounding; boosting objectives need them. For a definition without one, a dual number that
carries its bend as well gives both derivatives of the value.
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


def bend_of(x: Any) -> Any:
    """The second derivative that a dual number carries, where it carries one; 0 for a constant."""
    return x.bend if isinstance(x, Dual) else 0.0


def _tracked(*given: Any) -> bool:
    return any(isinstance(x, Dual) and x.bend is not None for x in given)


class Dual:
    """An array of values with an array of slopes of the same shape, and, if it is to be known, one of bends."""

    __array_ufunc__ = None  # NumPy arrays leave operators to this class
    __slots__ = ("bend", "slope", "value")

    def __init__(self, value: Any, slope: Any, bend: Any = None) -> None:
        self.value = np.asarray(value)
        self.slope = np.broadcast_to(slope, self.value.shape)
        self.bend = None if bend is None else np.broadcast_to(bend, self.value.shape)

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype)
    size = property(lambda self: self.value.size)

    def __add__(self, other: Any) -> Dual:
        bend = self.bend + bend_of(other) if _tracked(self, other) else None
        return Dual(self.value + value_of(other), self.slope + slope_of(other), bend)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope, None if self.bend is None else -self.bend)

    def __sub__(self, other: Any) -> Dual:
        bend = self.bend - bend_of(other) if _tracked(self, other) else None
        return Dual(self.value - value_of(other), self.slope - slope_of(other), bend)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        y, dy = value_of(other), slope_of(other)
        bend = self.bend * y + 2 * self.slope * dy + self.value * bend_of(other) if _tracked(self, other) else None
        return Dual(self.value * y, self.slope * y + self.value * dy, bend)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        y, dy = value_of(other), slope_of(other)
        quotient = self.value / y
        slope = (self.slope - quotient * dy) / y
        bend = (self.bend - 2 * slope * dy - quotient * bend_of(other)) / y if _tracked(self, other) else None
        return Dual(quotient, slope, bend)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(other, 0.0, None if self.bend is None else 0.0) / self

    def __pow__(self, exponent: Any) -> Dual:
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.where(exponent == 0, 0.0, exponent * self.value ** (exponent - 1))
            second = exponent * (exponent - 1)
            curved = np.where(second == 0, 0.0, second * self.value ** (exponent - 2))
        slope = np.where(self.slope == 0, 0.0, inner * self.slope)
        if self.bend is None:
            return Dual(self.value**exponent, slope)
        curved = np.where(self.slope == 0, 0.0, curved * self.slope**2)
        return Dual(self.value**exponent, slope, curved + np.where(self.bend == 0, 0.0, inner * self.bend))

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.slope[index], None if self.bend is None else self.bend[index])

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


def _pointwise(function: Any, slope: Any, bend: Any) -> Any:
    """A function of single numbers, with its first and second derivative."""

    def apply(x: Any, /) -> Any:
        if not isinstance(x, Dual):
            return function(x)
        first = slope(x.value)
        second = None if x.bend is None else bend(x.value) * x.slope**2 + first * x.bend
        return Dual(function(x.value), first * x.slope, second)

    return apply


def _both(function: Any) -> Any:
    """A function that moves entries around, or is linear: applied to values and derivatives alike."""

    def apply(x: Any, /, *args: Any, **keywords: Any) -> Any:
        if not isinstance(x, Dual):
            return function(x, *args, **keywords)
        bend = None if x.bend is None else function(x.bend, *args, **keywords)
        return Dual(function(x.value, *args, **keywords), function(x.slope, *args, **keywords), bend)

    return apply


def _of_value(function: Any) -> Any:
    def apply(x: Any, /, *args: Any, **keywords: Any) -> Any:
        return function(value_of(x), *args, **keywords)

    return apply


def _list(function: Any) -> Any:
    def apply(arrays: Any, /, *, axis: int = 0) -> Any:
        def joined(part: Any) -> Array:
            return function([np.zeros_like(value_of(x)) + part(x) for x in arrays], axis=axis)

        return Dual(joined(value_of), joined(slope_of), joined(bend_of) if _tracked(*arrays) else None)

    return apply


def _extreme(function: Any) -> Any:
    def apply(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Any:
        if not isinstance(x, Dual):
            return function(x, axis=axis, keepdims=keepdims)
        top = function(x.value, axis=axis, keepdims=True)
        share = (x.value == top).astype(x.value.dtype)

        def shared(part: Array) -> Array:
            return np.sum(share * part, axis=axis, keepdims=True) / np.sum(share, axis=axis, keepdims=True)

        found = Dual(top, shared(x.slope), None if x.bend is None else shared(x.bend))
        return found if keepdims else _both(np.squeeze)(found, axis=axis)

    return apply


def _where(condition: Any, x: Any, y: Any, /) -> Any:
    condition = value_of(condition)
    value = np.where(condition, value_of(x), value_of(y))
    if not isinstance(x, Dual) and not isinstance(y, Dual):
        return value
    bend = np.where(condition, bend_of(x), bend_of(y)) if _tracked(x, y) else None
    return Dual(value, np.where(condition, slope_of(x), slope_of(y)), bend)


def _sort(x: Any, /, *, axis: int = -1, descending: bool = False) -> Any:
    order = _argsort(x, axis=axis, descending=descending)
    return _both(np.take_along_axis)(x, order, axis=axis)


def _argsort(x: Any, /, *, axis: int = -1, descending: bool = False) -> Array:
    value = value_of(x)
    return np.argsort(-value if descending else value, axis=axis, kind="stable")


def _matmul(x: Any, y: Any, /) -> Any:
    def product(left: Any, right: Any) -> Array:
        return np.matmul(np.zeros_like(value_of(x)) + left, np.zeros_like(value_of(y)) + right)

    value, slopes = product(value_of(x), value_of(y)), (slope_of(x), slope_of(y))
    slope = product(slopes[0], value_of(y)) + product(value_of(x), slopes[1])
    if not _tracked(x, y):
        return Dual(value, slope)
    bend = product(bend_of(x), value_of(y)) + 2 * product(*slopes) + product(value_of(x), bend_of(y))
    return Dual(value, slope, bend)


def _reciprocal(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return 1 / x


class _Standard:
    """The array API functions of dual numbers."""

    int32, int64, float32, float64 = np.int32, np.int64, np.float32, np.float64
    abs = staticmethod(_pointwise(np.abs, np.sign, np.zeros_like))
    atan = staticmethod(_pointwise(np.arctan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2))
    cos = staticmethod(_pointwise(np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)))
    exp = staticmethod(_pointwise(np.exp, np.exp, np.exp))
    expm1 = staticmethod(_pointwise(np.expm1, np.exp, np.exp))
    log = staticmethod(_pointwise(np.log, _reciprocal, lambda x: -(_reciprocal(x) ** 2)))
    log1p = staticmethod(_pointwise(np.log1p, lambda x: _reciprocal(1 + x), lambda x: -(_reciprocal(1 + x) ** 2)))
    sin = staticmethod(_pointwise(np.sin, np.cos, lambda x: -np.sin(x)))
    sqrt = staticmethod(
        _pointwise(np.sqrt, lambda x: 0.5 * _reciprocal(np.sqrt(x)), lambda x: -0.25 * _reciprocal(np.sqrt(x)) ** 3)
    )
    square = staticmethod(_pointwise(np.square, lambda x: 2 * x, lambda x: 2 + 0 * x))
    tanh = staticmethod(
        _pointwise(np.tanh, lambda x: 1 - np.tanh(x) ** 2, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x) ** 2))
    )
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
        return _both(lambda part: np.asarray(part).astype(dtype))(x)

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
