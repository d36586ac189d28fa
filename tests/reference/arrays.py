"""Arrays as index loops, in numbers of 50 digits: what every reference function is written with.

Clarity over speed: an array is a shape and one number per index tuple, a loss is a function of numbers or of one row of
numbers. Python floats enter exactly, so a reference value is the mathematics at the very inputs that were rounded.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import mpmath

# A context of its own: the precision is fixed here without changing anybody else's mpmath.
mp = mpmath.MPContext()
mp.dps = 50


def number(value: Any) -> Any:
    """One number, exactly: a Python number, a scalar array, or a number of this context."""
    return mp.mpf(value.tolist() if hasattr(value, "tolist") else value)


def shape_of(values: Any) -> tuple[int, ...]:
    """The shape of an array, of nested lists, or of a number."""
    if hasattr(values, "shape"):
        return tuple(int(size) for size in values.shape)
    if not isinstance(values, (list, tuple)):
        return ()
    return (len(values), *(shape_of(values[0]) if values else ()))


class Array:
    """Numbers by index tuple. Reading aligns shapes from the right and repeats sizes of 1, as broadcasting does."""

    def __init__(self, values: Any) -> None:
        self.shape = shape_of(values)
        self.ndim = len(self.shape)
        nested = values.tolist() if hasattr(values, "tolist") else values
        self.entries = {index: number(_pick(nested, index)) for index in indices(self.shape)}

    def __getitem__(self, index: tuple[int, ...]) -> Any:
        aligned = index[len(index) - self.ndim :]
        return self.entries[tuple(0 if size == 1 else i for i, size in zip(aligned, self.shape, strict=True))]


def _pick(nested: Any, index: tuple[int, ...]) -> Any:
    for i in index:
        nested = nested[i]
    return nested


def indices(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """All index tuples of a shape; one, the empty tuple, for a scalar."""
    return list(itertools.product(*(range(size) for size in shape)))


def build(shape: Sequence[int], value_at: Callable[[tuple[int, ...]], Any]) -> Any:
    """Nested lists of the given shape; a bare number for the empty shape."""

    def level(prefix: tuple[int, ...]) -> Any:
        if len(prefix) == len(shape):
            return value_at(prefix)
        return [level((*prefix, i)) for i in range(shape[len(prefix)])]

    return level(())


def flatten(nested: Any) -> list[Any]:
    """The numbers of nested lists in order."""
    if isinstance(nested, list):
        return [leaf for part in nested for leaf in flatten(part)]
    return [nested]


def elementwise(function: Callable[..., Any], *values: Any) -> Any:
    """Apply a function of numbers at every index of the largest input; the others are broadcast to it."""
    arrays = [Array(value) for value in values]
    shape = max((array.shape for array in arrays), key=lambda s: (len(s), s))
    return build(shape, lambda index: function(*(array[index] for array in arrays)))


def per_row(function: Callable[..., Any], *values: Any, axis: int = -1) -> Any:
    """Apply a function of rows along ``axis``; the result loses that axis.

    The last input sets the number of dimensions. An input with one dimension fewer has no such axis (class indices):
    the function gets its number instead of a row.
    """
    arrays = [Array(value) for value in values]
    shape = arrays[-1].shape
    axis = axis % len(shape)

    def row(array: Array, index: tuple[int, ...]) -> Any:
        if array.ndim < len(shape):
            return array[index]
        return [array[(*index[:axis], i, *index[axis:])] for i in range(array.shape[axis])]

    return build(shape[:axis] + shape[axis + 1 :], lambda index: function(*(row(array, index) for array in arrays)))


def per_block(function: Callable[..., Any], *values: Any, axis: int | Sequence[int] | None) -> Any:
    """Apply a function of lists that hold all entries along the given axes; None: along all axes but the first."""
    arrays = [Array(value) for value in values]
    shape = arrays[0].shape
    if axis is None:
        summed = tuple(range(1, len(shape)))
    else:
        summed = tuple(i % len(shape) for i in ((axis,) if isinstance(axis, int) else axis))
    kept = [i for i in range(len(shape)) if i not in summed]

    def block(array: Array, index: tuple[int, ...]) -> list[Any]:
        return [array[full] for full in indices(shape) if tuple(full[i] for i in kept) == index]

    return build([shape[i] for i in kept], lambda index: function(*(block(array, index) for array in arrays)))


def weights_per_class(weights: Any, classes: int) -> list[Any]:
    """One weight per class from None (1), a number (the same for all) or a list."""
    if weights is None:
        return [mp.one] * classes
    array = Array(weights)
    return [array[(c,)] for c in range(classes)]


def one_hot(target: Any, classes: int) -> list[Any]:
    """A distribution over classes: the target itself when it is a row, else one at the class index."""
    if isinstance(target, list):
        return target
    if not 0 <= int(target) < classes:
        raise ValueError(f"The class index {int(target)} is outside 0 … {classes - 1}.")
    return [mp.mpf(int(target) == c) for c in range(classes)]


def total(values: Any) -> Any:
    """Sum of an iterable of numbers."""
    return mp.fsum(values)


def relu(value: Any) -> Any:
    """The value where it is positive, else zero."""
    return max(value, mp.zero)


def softplus(value: Any) -> Any:
    """log(1 + exp(value))."""
    return mp.log1p(mp.exp(value))


def times(weight: Any, value: Any) -> Any:
    """``weight * value`` where a weight of zero wins over an infinite value (0 log 0 = 0)."""
    return mp.zero if weight == 0 else weight * value


def dot(first: Sequence[Any], second: Sequence[Any]) -> Any:
    """Inner product of two rows, with ``times``."""
    return total(times(a, b) for a, b in zip(first, second, strict=True))


def cosine(first: Sequence[Any], second: Sequence[Any]) -> Any:
    """Cosine of the angle between two rows; 0 when either is the zero vector."""
    norms = mp.sqrt(dot(first, first)) * mp.sqrt(dot(second, second))
    return mp.zero if norms == 0 else dot(first, second) / norms
