"""Probabilities and their logarithms from logits or from probabilities, with the way back for derivatives.

What the losses of scores share. A *pull* maps the derivative of a loss with respect to ``log p`` (and, where given,
that with respect to ``p``) to the derivative with respect to the scores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..namespace import Array, Namespace

Pull = Callable[..., Array]


def is_zero(parameter: Any) -> bool:
    """Whether a parameter is the Python number 0, so that its term can be left out."""
    return isinstance(parameter, int | float) and parameter == 0


def smoothed(target: Array, label_smoothing: Any, classes: int) -> Array:
    """``y (1 - s) + s / C``: a share ``s`` of the target spread over all classes."""
    return target if is_zero(label_smoothing) else target * (1 - label_smoothing) + label_smoothing / classes


class Outcome(NamedTuple):
    """An event that happens or not: its probability, log-probability, and the latter's slope in the score."""

    probability: Array
    log: Array
    slope: Array


def binary_outcomes(xp: Namespace, score: Array, from_logits: bool, epsilon: Any = None) -> tuple[Outcome, Outcome]:
    """The outcomes "class 1" and "class 0" of a logit or a probability, clipped to [epsilon, 1 - epsilon] if given."""
    if from_logits and epsilon is None:
        one, zero = xp.sigmoid(score), xp.sigmoid(-score)
        return Outcome(one, xp.log_sigmoid(score), zero), Outcome(zero, xp.log_sigmoid(-score), -one)
    one, slope = score, 1
    if from_logits:
        one = xp.sigmoid(score)
        slope = one * (1 - one)
    if epsilon is not None:
        slope = slope * xp.astype((one >= epsilon) & (one <= 1 - epsilon), score.dtype)
        one = xp.clip(one, epsilon, 1 - epsilon)
    zero = 1 - one
    return (
        Outcome(one, xp.clamped_log(one), slope * xp.clamped_reciprocal(one)),
        Outcome(zero, xp.clamped_log_complement(one), -slope * xp.clamped_reciprocal(zero)),
    )


def log_probability(xp: Namespace, score: Array, from_logits: bool, axis: int, epsilon: Any = None) -> tuple[Any, Pull]:
    """``log p`` of each class and its pull; probabilities are clipped to [epsilon, 1 - epsilon] if that is given."""
    if from_logits and epsilon is None:
        log_p = xp.log_softmax(score, axis)
        return log_p, lambda d_log: softmax_pull(xp, xp.exp(log_p), d_log, axis)
    given = xp.softmax(score, axis) if from_logits else score
    p = given if epsilon is None else xp.clip(given, epsilon, 1 - epsilon)

    def pull(d_log: Array) -> Array:
        d_p = d_log * xp.clamped_reciprocal(p)
        if epsilon is not None:
            d_p = xp.where((given >= epsilon) & (given <= 1 - epsilon), d_p, xp.zeros_like(d_p))
        return softmax_pull(xp, given, given * d_p, axis) if from_logits else d_p

    return xp.clamped_log(p), pull


def softmax_pull(xp: Namespace, p: Array, d_log: Array, axis: int) -> Array:
    """From a derivative with respect to the log-probabilities to that with respect to the logits."""
    return d_log - p * xp.sum(d_log, axis=axis, keepdims=True)


__all__ = ["Outcome", "binary_outcomes", "is_zero", "log_probability", "smoothed", "softmax_pull"]
