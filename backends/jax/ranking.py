"""Ranking: lists of scores against lists of relevances."""

from __future__ import annotations

from collections.abc import Callable

import jax.numpy as jnp

from .classification import softmax_cross_entropy
from .common import Array, ArrayLike, floating
from .differences import drop_in


@drop_in
def ranking_softmax_loss(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    where: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduce_fn: Callable[..., ArrayLike] | None = jnp.mean,
) -> Array:
    """``-Σ weights labels log softmax(logits)`` of each list, reduced over the lists.

    Items where ``where`` is False are left out. A list without items has loss 0 and is no part of a mean.

    Shapes: ``[..., list_size]``. Returns what ``reduce_fn(losses, where=...)`` does: a scalar; ``[...]`` for None.
    Reference: Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach (ListNet), 2007.
    """
    logits = floating("ranking_softmax_loss", logits=logits)
    labels = jnp.asarray(labels).astype(logits.dtype)
    if weights is not None:
        labels = labels * weights
    if where is not None:
        logits, labels, where = _with_items(logits, labels, jnp.asarray(where, bool))
    loss = softmax_cross_entropy(logits, labels, where=where)
    lists = None if where is None else jnp.any(where, axis=-1)
    if reduce_fn is None:
        return loss
    if reduce_fn is jnp.mean:
        lists = jnp.broadcast_to(True if lists is None else lists, loss.shape)
        total = jnp.sum(loss, where=lists, dtype=jnp.promote_types(loss.dtype, jnp.float32))
        return (total / jnp.maximum(jnp.sum(lists), 1)).astype(loss.dtype)
    return reduce_fn(loss, where=lists)


def _with_items(logits: Array, labels: Array, where: Array) -> tuple[Array, Array, Array]:
    """A mask of single items, which is broadcast as JAX' operators do it, and logits and labels broadcast to it."""
    try:
        if not where.ndim:
            raise ValueError
        shape = jnp.broadcast_shapes(where.shape, logits.shape, labels.shape)
    except ValueError:
        raise ValueError(
            f"ranking_softmax_loss: where has shape {where.shape}, logits has shape {logits.shape} and labels has "
            f"shape {labels.shape}; wanted shapes that broadcast, items along the last axis. Fix, to leave out whole "
            "lists: where[..., None]."
        ) from None
    logits, labels = (jnp.broadcast_to(x, jnp.broadcast_shapes(x.shape, where.shape)) for x in (logits, labels))
    return logits, labels, jnp.broadcast_to(where, shape)


__all__ = ["ranking_softmax_loss"]
