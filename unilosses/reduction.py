"""Weights, masks and reductions: once, for every loss and framework."""

from __future__ import annotations

import math
from typing import Any

from .namespace import Array, Namespace

REDUCTIONS = ("none", "sum", "mean", "weighted_mean", "batchmean")


def check_reduction(name: str, reduction: Any, normalizer: Any) -> None:
    """Refuse an unknown reduction, and a normalizer that nothing would use."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"{name}: reduction={reduction!r} is unknown; wanted one of {', '.join(map(repr, REDUCTIONS))}."
        )
    if normalizer is not None and reduction in ("none", "sum"):
        raise ValueError(
            f"{name}: normalizer replaces the divisor of a mean, but reduction={reduction!r} divides by nothing. "
            "Use reduction='mean', or leave normalizer out."
        )


def align(name: str, label: str, x: Array, shape: tuple[int, ...], xp: Namespace) -> Array:
    """``x`` (weights or a mask) reshaped to broadcast against unreduced values of ``shape``.

    Accepted are a scalar, the values' own number of axes (with equal or unit lengths), and their leading axes: one
    entry per sample, say. Trailing axes are not matched silently.
    """
    given = tuple(x.shape)
    if given == shape or not given:
        return x
    if len(given) == len(shape) and all(g in (1, s) for g, s in zip(given, shape, strict=True)):
        return x
    if len(given) < len(shape) and given == shape[: len(given)]:
        return xp.reshape(x, given + (1,) * (len(shape) - len(given)))
    raise ValueError(
        f"{name}: {label} has shape {given}, which does not fit the unreduced loss of shape {shape}. "
        f"Wanted: that shape, its leading axes {shape[:1]}, or unit lengths such as {(1,) * len(shape)}."
    )


def entries(shape: tuple[int, ...]) -> int:
    """How many values an array of ``shape`` holds."""
    return math.prod(shape)


def count(mask: Array | None, shape: tuple[int, ...], xp: Namespace, dtype: Any) -> Any:
    """The number of unmasked entries."""
    if mask is None:
        return entries(shape)
    return xp.sum(xp.astype(xp.broadcast_to(mask, shape), dtype))


def total_weight(weights: Array | None, mask: Array | None, shape: tuple[int, ...], xp: Namespace, dtype: Any) -> Any:
    """The sum of the weights of unmasked entries."""
    if weights is None:
        return count(mask, shape, xp, dtype)
    spread = xp.broadcast_to(weights, shape)
    if mask is not None:
        spread = xp.where(mask, spread, xp.zeros_like(spread))
    return xp.sum(spread)


def divide(total: Array, divisor: Any, xp: Namespace) -> Array:
    """``total / divisor``, and 0 where nothing was counted."""
    if isinstance(divisor, int | float):
        return total / divisor if divisor else total * 0.0
    return xp.safe_divide(total, divisor)
