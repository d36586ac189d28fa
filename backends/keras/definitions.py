"""Two formulas that Keras alone has, in the form of any definition; the registry knows the textbook ones.

They carry the conventions that make the drop-ins of Dice, Tversky and Circle what Keras users know, and are not in the
registry: use ``unilosses.dice``, ``unilosses.tversky`` and ``unilosses.circle`` elsewhere.
"""

from __future__ import annotations

from typing import Any

from unilosses.domains import GROUPS, REAL
from unilosses.loss import Loss
from unilosses.namespace import Array, Namespace

#: Stands for -inf in a logsumexp: far below any exponent, and without NaN in the gradient of a row that is all of it.
_NEVER = -1e30


def _overlap(
    xp: Namespace, y_true: Array, y_pred: Array, *, alpha: Any, beta: Any, epsilon: Any, axis: Any = None
) -> Any:
    """The Tversky loss with ``epsilon`` below the line only: two empty masks cost 1, not 0.

    ``alpha`` weighs what was missed and ``beta`` what was predicted in excess: the opposite of ``unilosses.tversky``.
    """

    def total(x: Array) -> Array:
        return xp.sum(x, axis=axis, keepdims=True)

    both = total(y_true * y_pred)
    whole = both + alpha * total((1 - y_pred) * y_true) + beta * total(y_pred * (1 - y_true)) + epsilon

    def derivative() -> Array:
        slope_of_whole = y_true - alpha * y_true + beta * (1 - y_true)
        return xp.safe_divide(xp.safe_divide(both, whole) * slope_of_whole - y_true, whole)

    return 1 - xp.squeeze(xp.safe_divide(both, whole), axis=axis), derivative


def _pairwise_circle(
    xp: Namespace, labels: Array, embeddings: Array, *, gamma: Any, margin: Any, remove_diagonal: bool, queries: Any = 0
) -> Any:
    """The circle loss of embeddings that are unit vectors already: they are not normalised here.

    The first ``queries`` samples meet the samples after them only; without ``queries`` all meet each other.
    """
    distance = xp.relu(1 - xp.matmul(embeddings, xp.matrix_transpose(embeddings)))
    positive = xp.expand_dims(labels, axis=1) == xp.expand_dims(labels, axis=0)
    place = xp.cumulative_sum(xp.ones_like(labels), axis=0)
    met = xp.expand_dims(place, axis=0) > queries
    negative = ~positive & met
    positive = positive & met
    if remove_diagonal:
        positive = positive & (xp.expand_dims(place, axis=1) + queries != xp.expand_dims(place, axis=0))
    attraction = gamma * (margin + distance) * (distance - margin)
    repulsion = gamma * xp.relu(1 + margin - distance) * (1 - margin - distance)
    never = xp.zeros_like(distance) + _NEVER
    near = xp.logsumexp(xp.where(positive, attraction, never), axis=1)
    far = xp.logsumexp(xp.where(negative, repulsion, never), axis=1)
    return xp.softplus(near + far)


overlap = Loss(_overlap, kind="samplewise", y_true=REAL, y_pred=REAL)
pairwise_circle = Loss(_pairwise_circle, kind="coupled", labels=GROUPS, embeddings=REAL)

__all__ = ["overlap", "pairwise_circle"]
