"""Regression: errors of numbers, and angles between vectors."""

from __future__ import annotations

import math

import jax.numpy as jnp

import unilosses as ul

from .common import (
    Array,
    ArrayLike,
    Axis,
    as_one_axis,
    axes_of,
    elementwise,
    floating,
    is_array,
    same_shape,
    unreduced,
    widened,
    xp,
)
from .differences import drop_in


@drop_in
def squared_error(predictions: ArrayLike, targets: ArrayLike | None = None) -> Array:
    """``(predictions - targets)²``, element by element.

    Shapes: both ``[...]``, equal; without targets they are zeros. Returns ``[...]``.
    """
    predictions = floating("squared_error", predictions=predictions)
    if targets is None:
        targets = jnp.zeros_like(predictions)
    same_shape("squared_error", predictions=predictions, targets=targets)
    return elementwise(ul.mean_squared_error, predictions, targets)


@drop_in
def l2_loss(predictions: ArrayLike, targets: ArrayLike | None = None) -> Array:
    """``(predictions - targets)² / 2``, element by element.

    Shapes: both ``[...]``, equal; without targets they are zeros. Returns ``[...]``.
    """
    return 0.5 * squared_error(predictions, targets)


@drop_in
def huber_loss(predictions: ArrayLike, targets: ArrayLike | None = None, *, delta: ArrayLike = 1.0) -> Array:
    """``e² / 2`` where ``|e| <= delta``, and ``delta (|e| - delta / 2)`` beyond; ``e = predictions - targets``.

    Shapes: ``[...]``, broadcast to each other; without targets they are zeros. Returns ``[...]``.
    """
    predictions = floating("huber_loss", predictions=predictions)
    return elementwise(ul.huber, predictions, 0.0 if targets is None else targets, delta=delta)


@drop_in
def log_cosh(predictions: ArrayLike, targets: ArrayLike | None = None) -> Array:
    """``log(cosh(predictions - targets))``: half the square for small errors, ``|e| - log 2`` for large ones.

    Shapes: ``[...]``, broadcast to each other; without targets they are zeros. Returns ``[...]``.
    """
    predictions = floating("log_cosh", predictions=predictions)
    value = elementwise(ul.log_cosh, predictions, 0.0 if targets is None else targets)
    return value.astype(value.dtype)  # the one that does promote, of Python numbers as well


def _direction(x: Array, epsilon: ArrayLike, axes: tuple[int, ...]) -> Array:
    """``x / sqrt(max(|x|², epsilon))``, and 0 where that is 0 / 0.

    The largest entry sets a constant scale, so that no square overflows: the result does not depend on it.
    """
    least = xp.safe_sqrt(jnp.asarray(epsilon, x.dtype))
    scale = jnp.maximum(jnp.max(jnp.abs(x), axis=axes, keepdims=True, initial=0.0), least)
    scale = xp.stop_gradient(jnp.where(scale == 0, 1.0, scale))
    scaled, floor = x / scale, least / scale  # XLA would divide by scale², which vanishes, if it saw two divisions
    squared = jnp.maximum(jnp.sum(scaled * scaled, axis=axes, keepdims=True), floor * floor)
    return xp.safe_divide(scaled, xp.safe_sqrt(squared))


@drop_in
def cosine_similarity(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    epsilon: ArrayLike = 0.0,
    axis: Axis = -1,
    where: ArrayLike | None = None,
) -> Array:
    """The cosine of the angle between vectors, ``a · b / (|a| |b|)``.

    ``epsilon`` is the least *squared* length that is divided by. Entries where ``where`` is False count as missing.
    A vector of length 0 has cosine 0 with every vector, and gradient 0.

    Shapes: ``[..., dim]``, broadcast to each other except along ``axis``. Returns ``[...]``.
    """
    predictions, targets = floating("cosine_similarity", predictions=predictions, targets=targets)
    return _cosine("cosine_similarity", predictions, targets, epsilon, axis, where)


@drop_in
def cosine_distance(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    epsilon: ArrayLike = 0.0,
    axis: Axis = -1,
    where: ArrayLike | None = None,
) -> Array:
    """One minus the cosine of the angle between vectors, ``1 - a · b / (|a| |b|)``.

    ``epsilon`` is the least *squared* length that is divided by. Entries where ``where`` is False count as missing.
    A vector of length 0 has distance 1 to every vector, and gradient 0.

    Shapes: ``[..., dim]``, broadcast to each other except along ``axis``. Returns ``[...]``.
    """
    predictions, targets = floating("cosine_distance", predictions=predictions, targets=targets)
    if is_array(epsilon) or epsilon != 0 or where is not None or predictions.shape != targets.shape:
        return 1.0 - _cosine("cosine_distance", predictions, targets, epsilon, axis, where)
    dtype, inputs = widened(predictions, targets)
    one_axis, (predicted, target) = as_one_axis("cosine_distance", axis, *inputs)
    return unreduced(ul.cosine_similarity, target, predicted, axis=one_axis).astype(dtype)


def _cosine(
    function: str, predictions: Array, targets: Array, epsilon: ArrayLike, axis: Axis, where: ArrayLike | None
) -> Array:
    dtype, (a, b, *_) = widened(predictions, targets, *([epsilon] if is_array(epsilon) else []))
    ndim = max(a.ndim, b.ndim)
    axes = axes_of(function, axis, ndim)
    a, b = (jnp.reshape(x, (1,) * (ndim - x.ndim) + x.shape) for x in (a, b))
    if any(a.shape[i] != b.shape[i] for i in axes):
        raise ValueError(
            f"{function}: predictions has shape {predictions.shape} and targets has shape {targets.shape}; "
            f"wanted vectors of equal length along axis={axis}."
        )
    if where is not None:
        a, b = jnp.where(where, a, 0), jnp.where(where, b, 0)
    return jnp.sum(_direction(a, epsilon, axes) * _direction(b, epsilon, axes), axis=axes).astype(dtype)


@drop_in
def smooth_labels(labels: ArrayLike, alpha: ArrayLike, *, axis: Axis = -1, where: ArrayLike | None = None) -> Array:
    """``(1 - alpha) labels + alpha / C``: a share ``alpha`` of every label spread over the C classes along ``axis``.

    Only the classes where ``where`` is True are counted.

    Shapes: ``[..., num_classes]``, which is returned. Reference: Müller, Kornblith and Hinton, When does label
    smoothing help?, 2019.
    """
    labels = floating("smooth_labels", labels=labels)
    axes = axes_of("smooth_labels", axis, labels.ndim)
    if where is None:
        classes: Array = math.prod(labels.shape[a] for a in axes)
    else:
        mask = jnp.broadcast_to(jnp.asarray(where, bool), labels.shape)
        classes = jnp.maximum(jnp.sum(mask, axis=axes, keepdims=True), 1)
    dtype = jnp.result_type(labels, alpha / classes)
    _, (y, share) = widened(labels, alpha)
    return ((1.0 - share) * y + share / classes).astype(dtype)


__all__ = [
    "cosine_distance",
    "cosine_similarity",
    "huber_loss",
    "l2_loss",
    "log_cosh",
    "smooth_labels",
    "squared_error",
]
