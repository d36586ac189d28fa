"""Margins and Fenchel-Young losses: a score has to beat another one, or zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

import unilosses as ul

from .common import (
    Array,
    ArrayLike,
    elementwise,
    floating,
    from_the_front,
    integers,
    same_shape,
    unreduced,
    widened,
    xp,
)
from .differences import drop_in


@drop_in
def hinge_loss(predictor_outputs: ArrayLike, targets: ArrayLike) -> Array:
    """``max(0, 1 - predictor_outputs · targets)``, element by element.

    Shapes: ``[...]``, broadcast to each other; targets are -1 or 1. Returns ``[...]``.
    """
    return elementwise(ul.hinge, predictor_outputs, targets)


@drop_in
def perceptron_loss(predictor_outputs: ArrayLike, targets: ArrayLike) -> Array:
    """``max(0, -predictor_outputs · targets)``, element by element; the slope at 0 is half of that beside it.

    Shapes: both ``[...]``, equal; targets are -1 or 1. Returns ``[...]``. Reference: Rosenblatt, The Perceptron, 1958.
    """
    same_shape("perceptron_loss", predictor_outputs=predictor_outputs, targets=targets)
    # With slope 0 at 0, a model that starts from zero weights would never learn.
    return jnp.maximum(0, -jnp.asarray(predictor_outputs) * jnp.asarray(targets))


@drop_in
def sparsemax_loss(logits: ArrayLike, labels: ArrayLike) -> Array:
    """The sparsemax loss of two classes: 0, ``(1 - m)² / 4`` or ``-m`` where the margin m is >= 1, between, or <= -1.

    ``m`` is the logit of a label 1 and minus the logit of a label 0.

    Shapes: ``[...]``, broadcast to each other. Returns ``[...]``. Reference: Blondel, Martins and Niculae, Learning
    with Fenchel-Young Losses, 2020, section 4.4.
    """
    dtype, (z,) = widened(jnp.asarray(logits) * 1.0)  # of integers, a float
    wrong = jnp.where(jnp.asarray(labels), -z, z)
    inside = xp.clip(wrong, -1.0, 1.0) + 1
    return (0.25 * inside * inside + xp.relu(wrong - 1)).astype(dtype)


def _scores_and_one_hot(scores: ArrayLike, labels: ArrayLike) -> tuple[Any, Array, Array]:
    """The dtype of the result, scores, and one-hot labels. Labels that are no class give a row of zeros."""
    one_hot = jax.nn.one_hot(jnp.asarray(labels), jnp.shape(scores)[-1])
    dtype, (wide, one_hot) = widened(scores, one_hot)
    return dtype, wide, one_hot


def _of_label(scores: Array, one_hot: Array) -> Array:
    return jnp.sum(jnp.where(one_hot > 0, scores, 0), axis=-1)


@drop_in
def multiclass_hinge_loss(scores: ArrayLike, labels: ArrayLike) -> Array:
    """``max_j (scores_j + [j ≠ label]) - scores_label``, the hinge of Crammer and Singer.

    Classes that tie for the maximum share its derivative.

    Shapes: scores ``[..., num_classes]``, integer labels ``[...]``. Returns ``[...]``. Reference: Crammer and Singer,
    On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001.
    """
    dtype, scores, one_hot = _scores_and_one_hot(scores, labels)
    return (jnp.max(scores + 1.0 - one_hot, axis=-1) - _of_label(scores, one_hot)).astype(dtype)


@drop_in
def multiclass_perceptron_loss(scores: ArrayLike, labels: ArrayLike) -> Array:
    """``max_j scores_j - scores_label``. Classes that tie for the maximum share its derivative.

    Shapes: scores ``[..., num_classes]``, integer labels ``[...]``. Returns ``[...]``. Reference: Collins,
    Discriminative Training Methods for Hidden Markov Models, EMNLP, 2002.
    """
    dtype, scores, one_hot = _scores_and_one_hot(scores, labels)
    return (jnp.max(scores, axis=-1) - _of_label(scores, one_hot)).astype(dtype)


@drop_in
def multiclass_sparsemax_loss(scores: ArrayLike, labels: ArrayLike) -> Array:
    """``(|scores - e|² - |scores - p|²) / 2``: e is the one-hot label, p the point of the simplex next to the scores.

    Shapes: scores ``[batch, num_classes]``, integer labels ``[batch]``. Returns ``[batch]``. Reference: Martins and
    Astudillo, From Softmax to Sparsemax, 2016.
    """
    function = "multiclass_sparsemax_loss"
    dtype, (z,) = widened(floating(function, scores=scores))
    labels = integers(function, labels)
    if labels.ndim == z.ndim and labels.shape[-1:] == (1,):
        labels = labels[..., 0]
    if labels.shape != z.shape[:-1]:
        raise ValueError(
            f"{function}: labels has shape {labels.shape} and scores has shape {z.shape}; wanted one class index for "
            f"each row of scores, shape {z.shape[:-1]}. Fix, for one-hot labels: jnp.argmax(labels, axis=-1)."
        )
    y = from_the_front(labels, z.shape[-1])
    return unreduced(ul.sparsemax, y, z).astype(jnp.promote_types(dtype, jnp.result_type(float)))


@drop_in
def make_fenchel_young_loss(max_fun: Callable[..., ArrayLike]) -> Callable[..., Array]:
    """The Fenchel-Young loss ``max_fun(scores) - targets · scores`` of a convex function, along the last axis.

    ``max_fun`` maps a vector of scores to a number: with ``jax.nn.logsumexp`` the result is the softmax cross-entropy.
    The function returned takes ``(scores, targets, *args, **kwargs)``, of which the last two go to ``max_fun``;
    shapes ``[..., n]``, returned is ``[...]``. Reference: Blondel, Martins and Niculae, Learning with Fenchel-Young
    Losses, 2020.
    """
    product = jnp.vectorize(jnp.vdot, signature="(n),(n)->()")

    def fenchel_young_loss(scores: ArrayLike, targets: ArrayLike, *args: Any, **kwargs: Any) -> Array:
        maximum = jnp.vectorize(lambda vector: max_fun(vector, *args, **kwargs), signature="(n)->()")
        return maximum(scores) - product(targets, scores)

    return fenchel_young_loss


__all__ = [
    "hinge_loss",
    "make_fenchel_young_loss",
    "multiclass_hinge_loss",
    "multiclass_perceptron_loss",
    "multiclass_sparsemax_loss",
    "perceptron_loss",
    "sparsemax_loss",
]
