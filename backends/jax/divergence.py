"""Divergences between distributions given as log-probabilities."""

from __future__ import annotations

import warnings

import jax.numpy as jnp

from .common import Array, ArrayLike, Axis, floating, widened, xp
from .differences import drop_in


def _summed(terms: Array, axis: Axis, where: ArrayLike | None) -> Array:
    return jnp.sum(terms, axis=axis, where=None if where is None else jnp.asarray(where, bool))


def _kept(where: ArrayLike | None, *arrays: Array) -> list[Array]:
    """The arrays, with 0 for what is not summed: a NaN there would reach the gradient."""
    return list(arrays) if where is None else [jnp.where(where, x, 0) for x in arrays]


@drop_in
def kl_divergence(
    log_predictions: ArrayLike, targets: ArrayLike, axis: Axis = -1, where: ArrayLike | None = None
) -> Array:
    """``Σ targets (log targets - log_predictions)`` along ``axis``, with ``0 log 0 = 0``.

    Entries where ``where`` is False are left out of the sum.

    Shapes: ``[..., num_classes]``, broadcast to each other. Returns ``[...]``. Reference: Kullback and Leibler, On
    Information and Sufficiency, 1951.
    """
    arrays = floating("kl_divergence", log_predictions=log_predictions, targets=targets)
    dtype, inputs = widened(*arrays)
    log_p, y = _kept(where, *inputs)
    return _summed(xp.xlogy(y, y) - xp.zero_product(y, log_p), axis, where).astype(dtype)


@drop_in
def kl_divergence_with_log_targets(
    log_predictions: ArrayLike, log_targets: ArrayLike, axis: Axis = -1, where: ArrayLike | None = None
) -> Array:
    """``Σ exp(log_targets) (log_targets - log_predictions)`` along ``axis``, with ``0 log 0 = 0``.

    Entries where ``where`` is False are left out of the sum.

    Shapes: ``[..., num_classes]``, broadcast to each other. Returns ``[...]``.
    """
    arrays = floating("kl_divergence_with_log_targets", log_predictions=log_predictions, log_targets=log_targets)
    dtype, inputs = widened(*arrays)
    log_p, log_y = _kept(where, *inputs)
    impossible = jnp.isneginf(log_y)
    log_y = jnp.where(impossible, 0, log_y)
    y = jnp.where(impossible, 0, jnp.exp(log_y))
    return _summed(xp.zero_product(y, log_y - log_p), axis, where).astype(dtype)


@drop_in
def generalized_kl_divergence(
    log_predictions: ArrayLike, targets: ArrayLike, axis: Axis = -1, where: ArrayLike | None = None
) -> Array:
    """``Σ targets (log targets - log_predictions) + exp(log_predictions) - targets`` along ``axis``.

    The divergence of positive numbers that need not sum to 1; for distributions it is :func:`kl_divergence`.

    Shapes: ``[..., num_classes]``, broadcast to each other. Returns ``[...]``. Reference: Boyd and Vandenberghe, Convex
    Optimization, 2004, p. 90.
    """
    arrays = floating("generalized_kl_divergence", log_predictions=log_predictions, targets=targets)
    dtype, inputs = widened(*arrays)
    log_p, y = _kept(where, *inputs)
    terms = xp.xlogy(y, y) - xp.zero_product(y, log_p) + (jnp.exp(log_p) - y)
    return _summed(terms, axis, where).astype(dtype)


@drop_in
def convex_kl_divergence(
    log_predictions: ArrayLike, targets: ArrayLike, axis: Axis = -1, where: ArrayLike | None = None
) -> Array:
    """The deprecated name of :func:`generalized_kl_divergence`."""
    warnings.warn(
        "The function convex_kl_divergence is deprecated. Please use generalized_kl_divergence instead.",
        DeprecationWarning,
        stacklevel=2,
    )
    return generalized_kl_divergence(log_predictions, targets, axis=axis, where=where)


__all__ = ["convex_kl_divergence", "generalized_kl_divergence", "kl_divergence", "kl_divergence_with_log_targets"]
