"""Ranking of lists: scores along the last axis should have the order of the relevance. A mask leaves out items."""

from __future__ import annotations

from typing import Any

from ..domains import LOGITS, REAL
from ..loss import loss
from ..namespace import Array, Namespace
from .ranking import logsumexp_of


def kept_items(xp: Namespace, scores: Array, mask: Array | None) -> Array:
    """Which items of the lists are there, in the shape of the scores."""
    kept = xp.ones_like(scores) > 0
    return kept if mask is None else kept & mask


@loss(kind="samplewise", masks_elements=True, y_true=REAL, y_pred=LOGITS)
def ranknet(xp: Namespace, y_true: Array, y_pred: Array, *, mask: Array | None = None) -> Any:
    r"""The logistic loss of every pair of items in a list, of which the more relevant one should score higher.

    The sum over pairs of different relevance; a list without such a pair has loss 0. Only the order of ``y_true``
    matters. Memory grows with the square of the list's length.

    Formula: \ell = \sum_{i, j:\, y_i > y_j} \log(1 + e^{\hat y_j - \hat y_i})
    Derivative: \partial \ell / \partial \hat y_k = \sum_{i:\, y_i > y_k} \sigma(\hat y_k - \hat y_i)
        - \sum_{j:\, y_k > y_j} \sigma(\hat y_j - \hat y_k)
    Also known as: pairwise logistic loss, rax.pairwise_logistic_loss, xgboost's rank:pairwise
    Reference: Burges et al., Learning to Rank using Gradient Descent, ICML, 2005
    """
    kept = kept_items(xp, y_pred, mask)
    wanted = xp.expand_dims(y_true, axis=-1) > xp.expand_dims(y_true, axis=-2)
    wanted = wanted & xp.expand_dims(kept, axis=-1) & xp.expand_dims(kept, axis=-2)
    pairs = xp.astype(wanted, y_pred.dtype)
    wrong = xp.expand_dims(y_pred, axis=-2) - xp.expand_dims(y_pred, axis=-1)

    def derivative() -> Array:
        slope = pairs * xp.sigmoid(wrong)
        return xp.sum(slope, axis=-2) - xp.sum(slope, axis=-1)

    value = xp.sum(pairs * xp.softplus(wrong), axis=(-2, -1))
    return value + xp.sum(0 * y_true, axis=-1), derivative  # a NaN target shows


@loss(kind="samplewise", masks_elements=True, y_true=LOGITS, y_pred=LOGITS)
def listnet(xp: Namespace, y_true: Array, y_pred: Array, *, mask: Array | None = None) -> Any:
    r"""The cross-entropy between the softmax of a list's relevance and the softmax of its scores.

    These are the probabilities of each item to be the first of the list. Relevance is a number on the scale of logits,
    as in the paper; where it is a distribution already, take ``categorical_cross_entropy``.

    Formula: \ell = -\sum_i q_i \log p_i, \quad q = \operatorname{softmax}(y), \; p = \operatorname{softmax}(\hat y)
    Derivative: \partial \ell / \partial \hat y = p - q
    Also known as: ListNet top-one loss, softmax ranking loss
    Reference: Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, 2007
    """
    kept = kept_items(xp, y_pred, mask)
    target = logsumexp_of(xp, y_true, kept)[1]
    shifted = y_pred - xp.stop_gradient(xp.max(y_pred, axis=-1, keepdims=True))  # so that equal scores are exact
    whole, share, _ = logsumexp_of(xp, shifted, kept)
    return xp.sum(target * (whole - shifted), axis=-1), lambda: share - target


__all__ = ["kept_items", "listnet", "ranknet"]
