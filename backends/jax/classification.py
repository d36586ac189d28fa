"""Classification from logits: cross-entropies and their relatives."""

from __future__ import annotations

from typing import Any

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
    from_the_front,
    integers,
    unreduced,
    widened,
    with_class_axis,
    with_numbers_of_values,
    without,
    xp,
)
from .differences import drop_in


@drop_in
def sigmoid_binary_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> Array:
    """``-labels log p - (1 - labels) log(1 - p)`` with ``p = sigmoid(logits)``, element by element.

    Shapes: ``[...]``, broadcast to each other. Labels are 0, 1 or probabilities. Returns ``[...]``.
    """
    logits = floating("sigmoid_binary_cross_entropy", logits=logits)
    labels = jnp.asarray(labels).astype(logits.dtype)
    return elementwise(ul.binary_cross_entropy, logits, labels, from_logits=True)


@drop_in
def sigmoid_focal_loss(
    logits: ArrayLike, labels: ArrayLike, *, alpha: ArrayLike | None = None, gamma: ArrayLike = 2.0
) -> Array:
    """The binary cross-entropy times ``(1 - p_t)^gamma``, where ``p_t`` is the probability of the label.

    ``p_t = labels p + (1 - labels)(1 - p)`` with ``p = sigmoid(logits)``; ``alpha`` weighs class 1 and ``1 - alpha``
    class 0, None: no weights.

    Shapes: ``[...]``, broadcast to each other. Returns ``[...]``. Reference: Lin et al., Focal Loss for Dense Object
    Detection, 2017.
    """
    logits = floating("sigmoid_focal_loss", logits=logits)
    labels = jnp.asarray(labels).astype(logits.dtype)
    return elementwise(ul.binary_focal_cross_entropy, logits, labels, from_logits=True, alpha=alpha, gamma=gamma)


@drop_in
def softmax_cross_entropy(
    logits: ArrayLike, labels: ArrayLike, axis: Axis = -1, where: ArrayLike | None = None
) -> Array:
    """``-Σ labels log softmax(logits)`` along ``axis``: one axis, several, or all (None).

    ``where`` of the shape of the logits leaves single classes out, without the class axis whole samples: their
    loss is 0.

    Shapes: ``[..., num_classes]``, labels broadcast to logits. Returns ``[...]``.
    """
    logits = floating("softmax_cross_entropy", logits=logits)
    dtype, axis, labels, logits = _scores("softmax_cross_entropy", logits, labels, axis, where)
    value = unreduced(ul.categorical_cross_entropy, labels, logits, from_logits=True, axis=axis)
    return value.astype(dtype)


@drop_in
def safe_softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> Array:
    """``-Σ labels log softmax(logits)`` along the last axis, with ``0 log 0 = 0``.

    The same as :func:`softmax_cross_entropy`, which is safe at logits of -inf as well.

    Shapes: ``[..., num_classes]``, labels broadcast to logits. Returns ``[...]``.
    """
    return softmax_cross_entropy(logits, labels)


@drop_in
def poly_loss_cross_entropy(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    epsilon: ArrayLike = 2.0,
    axis: Axis = -1,
    where: ArrayLike | None = None,
) -> Array:
    """The softmax cross-entropy plus ``epsilon Σ labels (1 - p)``, the first term of its series in ``1 - p``.

    ``axis`` and ``where`` are those of :func:`softmax_cross_entropy`.

    Shapes: ``[..., num_classes]``, labels broadcast to logits. Returns ``[...]``. Reference: Leng et al., PolyLoss,
    2022.
    """
    logits, labels = floating("poly_loss_cross_entropy", logits=logits, labels=labels)
    dtype, axis, labels, logits = _scores("poly_loss_cross_entropy", logits, labels, axis, where)
    labels, logits = jnp.moveaxis(labels, axis, -1), jnp.moveaxis(logits, axis, -1)
    if jnp.ndim(epsilon):
        value = with_numbers_of_values(ul.poly_cross_entropy, (logits.ndim - 1,), labels, logits, epsilon=epsilon)
    else:
        value = unreduced(ul.poly_cross_entropy, labels, logits, epsilon=epsilon)
    return value.astype(jnp.result_type(dtype, epsilon))


def _scores(
    function: str, logits: Array, labels: ArrayLike, axis: Axis, where: ArrayLike | None
) -> tuple[Any, int, Array, Array]:
    """The dtype of the result, the class axis, and labels and logits of one shape without what ``where`` leaves out."""
    dtype, (scores, target) = widened(logits, labels)
    shape = jnp.broadcast_shapes(scores.shape, target.shape)
    padded = (1,) * (len(shape) - scores.ndim) + scores.shape
    if any(padded[a] != shape[a] for a in axes_of(function, axis, len(shape))):
        raise ValueError(
            f"{function}: logits has shape {scores.shape} and labels has shape {target.shape}, which differ in the "
            f"number of classes along axis={axis}; logits are not broadcast "
            f"there. Fix: jnp.broadcast_to(logits, {shape})."
        )
    scores, target = jnp.broadcast_to(scores, shape), jnp.broadcast_to(target, shape)
    mask = with_class_axis(function, where, axis, shape)
    if mask is None:
        one_axis, (scores, target) = as_one_axis(function, axis, scores, target)
        return dtype, one_axis, target, scores
    one_axis, (scores, target, mask) = as_one_axis(function, axis, scores, target, mask)
    return dtype, one_axis, jnp.where(mask, target, 0), without(scores, mask, one_axis)


@drop_in
def softmax_cross_entropy_with_integer_labels(
    logits: ArrayLike, labels: ArrayLike, axis: int | tuple[int, ...] = -1, where: ArrayLike | None = None
) -> Array:
    """``-log softmax(logits)[label]`` along ``axis``; of several axes, labels index the flattened ones.

    ``where`` of the shape of the logits leaves single classes out of the normaliser, without the class axis whole
    samples: their loss is 0. Negative labels count from the last class, as in NumPy; beyond the classes, the loss is
    NaN.

    Shapes: logits ``[..., num_classes]``, integer labels ``[...]``. Returns ``[...]``.
    """
    function = "softmax_cross_entropy_with_integer_labels"
    logits, labels = floating(function, logits=logits), integers(function, labels)
    if not isinstance(axis, int | tuple):
        raise ValueError(f"{function}: axis is {axis!r}; wanted an int or a tuple of ints.")
    dtype, (scores,) = widened(logits)
    mask = with_class_axis(function, where, axis, scores.shape)
    one_axis, (scores, *masks) = as_one_axis(function, axis, scores, *([] if mask is None else [mask]))
    if labels.ndim != scores.ndim - 1:
        raise ValueError(
            f"{function}: labels has shape {labels.shape} and logits has shape {logits.shape}; wanted one label for "
            f"each sample, the shape of the logits without axis={axis}."
        )
    scores, labels, masks = _samples_together(scores, labels, masks, one_axis)
    if not masks:
        return unreduced(ul.sparse_categorical_cross_entropy, labels, scores, from_logits=True, axis=one_axis).astype(
            dtype
        )
    # The label may be among the classes left out, where there is no cross-entropy: optax' value is kept.
    normaliser = xp.logsumexp(without(scores, masks[0], one_axis), one_axis)
    value = normaliser - xp.pick(scores, labels, one_axis)
    return jnp.where(jnp.any(masks[0], axis=one_axis), value, 0).astype(dtype)


def _samples_together(scores: Array, labels: Array, masks: list[Array], axis: int) -> tuple[Array, Array, list[Array]]:
    """Scores and labels for the same samples, and labels that count from the first class."""
    classes = scores.shape[axis]
    samples = jnp.broadcast_shapes(scores.shape[:axis] + scores.shape[axis + 1 :], labels.shape)
    full = (*samples[:axis], classes, *samples[axis:])
    labels = jnp.broadcast_to(from_the_front(labels, classes), samples)
    return jnp.broadcast_to(scores, full), labels, [jnp.broadcast_to(mask, full) for mask in masks]


__all__ = [
    "poly_loss_cross_entropy",
    "safe_softmax_cross_entropy",
    "sigmoid_binary_cross_entropy",
    "sigmoid_focal_loss",
    "softmax_cross_entropy",
    "softmax_cross_entropy_with_integer_labels",
]
