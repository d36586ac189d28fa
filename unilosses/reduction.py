"""Weights, masks and reductions: once, for every loss and framework."""

from __future__ import annotations

import math
from typing import Any

from .namespace import Array, Namespace, is_number

REDUCTIONS = ("none", "sum", "mean", "weighted_mean", "batchmean")


def check_reduction(name: str, reduction: Any, normalizer: Any) -> None:
    """Refuse an unknown reduction, and a normalizer that nothing would use."""
    if not isinstance(reduction, str) or reduction not in REDUCTIONS:
        raise ValueError(
            f"{name}: reduction={reduction!r} is unknown; wanted one of {', '.join(map(repr, REDUCTIONS))}. "
            "For one value per entry or sample: reduction='none'."
        )
    if normalizer is not None and reduction in ("none", "sum"):
        raise ValueError(
            f"{name}: normalizer replaces the divisor of a mean, but reduction={reduction!r} divides by nothing. "
            "Use reduction='mean', or leave normalizer out."
        )


def fits(given: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    """Whether two shapes agree; a size that a compiler does not know yet (None) agrees with every size."""
    return given == wanted or (
        len(given) == len(wanted) and all(g == w or g is None or w is None for g, w in zip(given, wanted, strict=True))
    )


def align(name: str, label: str, x: Array, shape: tuple[int, ...], xp: Namespace) -> Array:
    """``x`` (weights or a mask) reshaped to broadcast against unreduced values of ``shape``.

    Accepted are a scalar, the values' own number of axes (with equal or unit lengths), and their leading axes: one
    entry per sample, say. Trailing axes are not matched silently.
    """
    given = tuple(x.shape)
    if given == shape or not given:
        return x
    if len(given) == len(shape) and all(g == 1 or fits((g,), (s,)) for g, s in zip(given, shape, strict=True)):
        return x
    if len(given) < len(shape) and fits(given, shape[: len(given)]):
        for axis in range(len(given), len(shape)):
            x = xp.expand_dims(x, axis=axis)
        return x
    if not shape and label == "sample_weight":
        raise ValueError(
            f"{name}: sample_weight has shape {given}, but the loss is one number for the whole batch: no sample has a "
            "value of its own to be weighed. Wanted: a scalar. Fix: leave samples out by a mask, or drop sample_weight."
        )
    raise ValueError(
        f"{name}: {label} has shape {given}, which does not fit the unreduced loss of shape {shape}. "
        f"Wanted: that shape, its leading axes {shape[:1]}, or unit lengths such as {(1,) * len(shape)}."
    )


def count(mask: Array | None, values: Array, xp: Namespace) -> Any:
    """The number of unmasked entries of ``values``: a Python number where shapes say it."""
    if mask is None:
        shape = tuple(values.shape)
        return math.prod(shape) if None not in shape else xp.sum(xp.ones_like(values))
    return xp.sum(xp.astype(mask, values.dtype) + xp.zeros_like(values))


def total_weight(weights: Array | None, mask: Array | None, values: Array, xp: Namespace) -> Any:
    """The sum of the weights of unmasked entries."""
    if weights is None:
        return count(mask, values, xp)
    spread = weights + xp.zeros_like(values)
    if mask is not None:
        spread = xp.where(mask, spread, xp.zeros_like(spread))
    return xp.sum(spread)


def batch_size(values: Array, xp: Namespace) -> Any:
    """The size of the first axis; 1 without axes."""
    shape = tuple(values.shape)
    if not shape or shape[0] is not None:
        return shape[0] if shape else 1
    ones = xp.ones_like(values)
    return xp.sum(xp.max(ones, axis=tuple(range(1, len(shape)))) if len(shape) > 1 else ones)


def divide(total: Array, divisor: Any, xp: Namespace) -> Array:
    """``total / divisor``, and 0 where nothing was counted."""
    if type(divisor) is int and divisor:
        return total * (1 / divisor)  # as closed forms do; a division's derivative is longer
    if is_number(divisor):
        return total / divisor if divisor else total * 0.0
    return xp.safe_divide(total, divisor)
