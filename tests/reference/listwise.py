"""Ranking losses of lists along the last axis."""

from __future__ import annotations

from typing import Any

from .arrays import mp, per_row, softplus, times, total


def ranknet(y_true: Any, y_pred: Any) -> Any:
    """The sum of log(1 + exp(s_j - s_i)) over all pairs with y_i > y_j: not their mean."""

    def value(relevance: list[Any], scores: list[Any]) -> Any:
        items = list(zip(relevance, scores, strict=True))
        return total(softplus(low - high) for y, high in items for other, low in items if y > other)

    return per_row(value, y_true, y_pred)


def listnet(y_true: Any, y_pred: Any) -> Any:
    """-sum softmax(y) log softmax(s), as Cao et al. 2007; optax and rax take y itself for the weights."""

    def logarithms(row: list[Any]) -> list[Any]:
        top = max(row)
        return [x - top - mp.log(total(mp.exp(other - top) for other in row)) for x in row]

    def value(relevance: list[Any], scores: list[Any]) -> Any:
        return -total(times(mp.exp(q), p) for q, p in zip(logarithms(relevance), logarithms(scores), strict=True))

    return per_row(value, y_true, y_pred)
