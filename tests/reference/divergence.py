"""Divergences between distributions."""

from __future__ import annotations

from typing import Any

from .arrays import mp, per_row, times, total
from .cross_entropy import class_outcomes


def kl_divergence(
    y_true: Any, y_pred: Any, *, from_logits: bool = False, log_target: bool = False, axis: int = -1
) -> Any:
    """sum of y (log y - log p), 0 log 0 = 0.

    p is softmax(y_pred) with ``from_logits``, else y_pred as it is with -log p at most 100, as in the cross-entropy;
    y is exp(y_true) with ``log_target``.
    """

    def value(target: list[Any], scores: list[Any]) -> Any:
        outcomes = class_outcomes(scores, from_logits)
        logs = target if log_target else [mp.log(y) for y in target]
        weights = [mp.exp(y) for y in target] if log_target else target
        return total(times(y, log_y + o.cost) for y, log_y, o in zip(weights, logs, outcomes, strict=True))

    return per_row(value, y_true, y_pred, axis=axis)


def js_divergence(y_true: Any, y_pred: Any, *, axis: int = -1) -> Any:
    """Half KL(y || m) plus half KL(p || m) with m = (y + p) / 2, in nats; 0 log 0 = 0, so never infinite."""

    def value(target: list[Any], probabilities: list[Any]) -> Any:
        pairs = [(y, p, (y + p) / 2) for y, p in zip(target, probabilities, strict=True)]
        return total(half(y, m) + half(p, m) for y, p, m in pairs) / 2

    def half(p: Any, m: Any) -> Any:
        return mp.zero if p == 0 else p * mp.log(p / m)

    return per_row(value, y_true, y_pred, axis=axis)
