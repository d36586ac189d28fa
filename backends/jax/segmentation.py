"""Segmentation: overlaps of regions, from logits or probabilities."""

from __future__ import annotations

import jax
import jax.numpy as jnp

import unilosses as ul

from .common import Array, ArrayLike, axes_of, is_array, same_shape, unreduced, widened, with_numbers_of_values
from .differences import drop_in

REDUCTIONS = {"mean": jnp.mean, "sum": jnp.sum, "none": None}


@drop_in
def dice_loss(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    smooth: ArrayLike = 1.0,
    alpha: ArrayLike = 0.5,
    beta: ArrayLike = 0.5,
    apply_softmax: bool = True,
    reduction: str = "mean",
    ignore_background: bool = False,
    axis: int | tuple[int, ...] | None = None,
) -> Array:
    """``1 - (I + smooth) / (I + alpha (P - I) + beta (T - I) + smooth)`` of each class, reduced over the classes.

    ``I = Σ p t``, ``P = Σ p`` and ``T = Σ t`` are sums over ``axis``, by default all axes but the first and the last.
    ``p`` is the softmax of the predictions (the sigmoid of a single class), or the predictions themselves without
    ``apply_softmax``; they have to sum to 1 then, which is checked where values can be read. ``alpha`` weighs false
    positives, ``beta`` false negatives. ``ignore_background`` leaves class 0 out.

    Shapes: ``[..., num_classes]``, or without that axis on one side for a single class. Returns ``[batch]``, or
    ``[batch, num_classes]`` with ``reduction="none"``. Reference: Milletari, Navab and Ahmadi, V-Net, 2016.
    """
    predictions, targets = jnp.asarray(predictions), jnp.asarray(targets)
    if predictions.ndim == targets.ndim - 1:
        predictions = predictions[..., None]
    if targets.ndim == predictions.ndim - 1:
        targets = targets[..., None]
    same_shape("dice_loss", predictions=predictions, targets=targets)
    if reduction not in REDUCTIONS:
        raise ValueError(f"dice_loss: reduction={reduction!r} is unknown; wanted 'mean', 'sum' or 'none'.")
    if class_weights is not None and jnp.ndim(class_weights) != 1:
        raise ValueError(
            f"dice_loss: class_weights has shape {jnp.shape(class_weights)}; wanted one number per class, "
            f"shape ({predictions.shape[-1]},)."
        )

    numbers = [x for x in (smooth, alpha, beta) if is_array(x)]
    dtype, (scores, target, *_) = widened(predictions, targets, *numbers)
    if not apply_softmax:
        _check_probabilities(predictions, scores)
        p = scores
    else:
        p = jax.nn.sigmoid(scores) if scores.shape[-1] == 1 else jax.nn.softmax(scores, axis=-1)
    axes = tuple(range(1, p.ndim - 1)) if axis is None else axes_of("dice_loss", axis, p.ndim)
    parameters = {"smooth": smooth, "alpha": alpha, "beta": beta}
    if any(map(jnp.ndim, numbers)):
        loss = with_numbers_of_values(ul.tversky, axes, target, p, **parameters)
    else:
        loss = unreduced(ul.tversky, target, p, axis=axes, **parameters)

    if class_weights is not None:
        dtype = jnp.result_type(dtype, class_weights)
        loss = loss * class_weights
    if ignore_background and p.shape[-1] > 1:
        loss = loss[..., 1:]
    reduce = REDUCTIONS[reduction]
    return (loss if reduce is None else reduce(loss, axis=-1)).astype(dtype)


def _check_probabilities(given: Array, p: Array) -> None:
    """Refuse what is no distribution along the last axis, where values can be read; a single class has any share."""
    floating = jnp.issubdtype(given.dtype, jnp.floating)
    slack = max(1e-5, float(jnp.finfo(given.dtype).eps)) if floating else 1e-5  # rounding of the probabilities
    single = given.shape[-1] == 1
    wanted = "probabilities in [0, 1]" if single else "probabilities that sum to 1 along the class axis"
    wrong = (p < 0) | (p > 1) if single else jnp.abs(jnp.sum(p, axis=-1) - 1) > slack
    try:
        refused = bool(jnp.any(wrong))
    except jax.errors.TracerBoolConversionError:
        return
    if refused:
        raise ValueError(
            f"dice_loss: predictions are no {wanted}. If they are logits, leave apply_softmax=True "
            "(apply_sigmoid=True)."
        )


@drop_in
def multiclass_generalized_dice_loss(
    predictions: ArrayLike,
    targets: ArrayLike,
    *,
    smooth: ArrayLike = 1.0,
    apply_softmax: bool = True,
    ignore_background: bool = False,
) -> Array:
    """The mean of :func:`dice_loss` over samples and classes, classes weighed by ``1 / (their number of elements)²``.

    The weights have mean 1; a class without elements counts as one of ``sqrt(1e-7)`` elements.

    Shapes: ``[..., num_classes]``. Returns a scalar. Reference: Sudre et al., Generalised Dice Overlap as a Deep
    Learning Loss Function for Highly Unbalanced Segmentations, 2017.
    """
    same_shape("multiclass_generalized_dice_loss", predictions=predictions, targets=targets)
    targets = jnp.asarray(targets)
    if not jnp.issubdtype(targets.dtype, jnp.floating):
        targets = targets.astype(jnp.result_type(float))  # the weights of integers are floats
    dtype, (_, target) = widened(predictions, targets)
    sizes = jnp.sum(target, axis=tuple(range(target.ndim - 1)))
    weights = 1.0 / (sizes * sizes + 1e-7)
    weights = weights / jnp.sum(weights) * len(weights)
    losses = dice_loss(
        predictions, target, class_weights=weights, smooth=smooth, apply_softmax=apply_softmax, reduction="none",
        ignore_background=ignore_background,
    )  # fmt: skip
    return jnp.mean(losses).astype(dtype)


@drop_in
def binary_dice_loss(
    predictions: ArrayLike, targets: ArrayLike, *, smooth: ArrayLike = 1.0, apply_sigmoid: bool = True
) -> Array:
    """``1 - (Σ p t + smooth) / (Σ p / 2 + Σ t / 2 + smooth)`` of each sample, with ``p = sigmoid(predictions)``.

    Without ``apply_sigmoid`` the predictions are the probabilities.

    Shapes: ``[batch, ...]`` or ``[batch, ..., 1]``. Returns ``[batch]``; sums are over all other axes.
    """
    predictions, targets = jnp.asarray(predictions), jnp.asarray(targets)
    if predictions.ndim == targets.ndim and predictions.shape[-1] != 1:
        predictions, targets = predictions[..., None], targets[..., None]
    return dice_loss(predictions, targets, smooth=smooth, apply_softmax=apply_sigmoid)


__all__ = ["binary_dice_loss", "dice_loss", "multiclass_generalized_dice_loss"]
