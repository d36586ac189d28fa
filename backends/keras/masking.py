"""What a mask hides, kept out of value and gradient: NaN in padding would survive a weight of 0."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras.src.losses.loss import squeeze_or_expand_to_same_rank

from unilosses.namespace import Array


def without_masked(
    mask: Array, y_true: Array, y_pred: Array, logits: Any, axis: Any, labels: bool
) -> tuple[Array, Array, Any]:
    """Targets, predictions and their logits with stand-ins where the mask hides a value.

    A value is what is reduced over ``axis`` of ``y_pred``; Keras broadcasts values and mask from the right, once an
    axis of length 1 has made up for a difference of one in rank. All stays as it is where the mask is finer than the
    values, or where these have another shape because shapes are broadcast to that of ``y_true``.
    """
    untouched = y_true, y_pred, logits
    shape = tuple(y_pred.shape)
    if not shape:
        return untouched
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = sorted(a % len(shape) for a in axes)
    values = tuple(length for i, length in enumerate(shape) if i not in axes)
    if len(mask.shape) == len(values) + 1 and mask.shape[-1] == 1:
        mask = ops.squeeze(mask, axis=-1)
    elif len(mask.shape) == len(values) - 1 and values[-1] == 1:
        mask = ops.expand_dims(mask, axis=-1)
    if not labels:
        y_true, prediction = squeeze_or_expand_to_same_rank(y_true, y_pred)
        if prediction is not y_pred:
            return untouched
    one_per_value = labels and len(y_true.shape) == len(values)
    if not _fits(mask.shape, values) or not _fits(y_true.shape, values if one_per_value else shape):
        return untouched
    mask = ops.cast(mask, "bool")
    for _ in range(len(values) - len(mask.shape)):
        mask = ops.expand_dims(mask, 0)
    kept = mask
    for a in axes:
        kept = ops.expand_dims(kept, a)
    y_true = ops.where(mask if one_per_value else kept, y_true, ops.cast(0 if labels else 1, y_true.dtype))
    if logits is not None and tuple(logits.shape) == shape:
        logits = ops.where(kept, logits, ops.cast(0, logits.dtype))
    return y_true, ops.where(kept, y_pred, ops.cast(0.5, y_pred.dtype)), logits


def _fits(shape: Any, whole: Any) -> bool:
    """Whether an array of ``shape`` broadcasts to ``whole``; a length that TensorFlow does not know yet fits any."""
    pairs = zip(reversed(tuple(shape)), reversed(tuple(whole)), strict=False)
    return len(shape) <= len(whole) and all(m in (1, None, n) or n is None for m, n in pairs)


__all__ = ["without_masked"]
