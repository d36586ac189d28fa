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


def binary_outcomes(
    xp: Namespace, score: Array, from_logits: bool, epsilon: Any = None
) -> tuple[Outcome, Outcome, Array]:
    """The outcomes "class 1" and "class 0" of a logit or a probability, and the slope of the probability of class 1.

    Probabilities are clipped to [epsilon, 1 - epsilon] if that is given.
    """
    if from_logits and epsilon is None:
        one, zero = xp.sigmoids(score)
        log_one, log_zero = xp.log_sigmoids(score)
        return Outcome(one, log_one, zero), Outcome(zero, log_zero, -one), one * zero
    one = xp.sigmoid(score) if from_logits else score
    slope = one * (1 - one) if from_logits else xp.ones_like(score)
    if epsilon is not None:
        slope = xp.where((one >= epsilon) & (one <= 1 - epsilon), slope, xp.zeros_like(slope))
        one = xp.clip(one, epsilon, 1 - epsilon)
    zero = 1 - one
    if isinstance(epsilon, int | float) and epsilon > 1e-30:  # away from 0 and 1: nothing to clamp
        return Outcome(one, xp.log(one), slope / one), Outcome(zero, xp.log1p(-one), -slope / zero), slope
    return (
        Outcome(one, xp.clamped_log(one), slope * xp.clamped_reciprocal(one)),
        Outcome(zero, xp.clamped_log_complement(one), -slope * xp.clamped_reciprocal(zero)),
        slope,
    )


def log_probability(xp: Namespace, score: Array, from_logits: bool, axis: int, epsilon: Any = None) -> tuple[Any, Pull]:
    """``log p`` of each class and its pull; probabilities are clipped to [epsilon, 1 - epsilon] if that is given."""
    if from_logits and epsilon is None:
        log_p, softmax = xp.log_softmax_and_softmax(score, axis)
        return log_p, lambda d_log, d_p=None: _softmax_pull(xp, softmax(), d_log, d_p, axis)
    p, pull = _given_probability(xp, score, from_logits, axis, epsilon)
    return xp.clamped_log(p), pull


def class_outcomes(
    xp: Namespace, score: Array, from_logits: bool, axis: int, epsilon: Any = None
) -> tuple[Array, Array, Pull]:
    """``1 - p`` and ``log p`` of each class, both with all digits however confident the scores are, and their pull."""
    if not from_logits or epsilon is not None:
        p, pull = _given_probability(xp, score, from_logits, axis, epsilon)
        return 1 - p, xp.clamped_log(p), pull
    shifted = score - xp.stop_gradient(xp.max(score, axis=axis, keepdims=True))
    top = shifted == 0
    less_one = xp.expm1(shifted)
    # The sum of exp(shifted) less 1: the largest class leaves 0, not a rounded 1, beside the small ones.
    ties = xp.sum(xp.astype(top, score.dtype), axis=axis, keepdims=True) - 1
    others = xp.sum(xp.where(top, less_one, xp.exp(shifted)), axis=axis, keepdims=True) + ties
    log_p = shifted - xp.log1p(others)
    complement = (others - less_one) / (1 + others)
    return complement, log_p, lambda d_log, d_p=None: _softmax_pull(xp, xp.exp(log_p), d_log, d_p, axis)


def _given_probability(xp: Namespace, score: Array, from_logits: bool, axis: int, epsilon: Any) -> tuple[Array, Pull]:
    given = xp.softmax(score, axis) if from_logits else score
    p = given if epsilon is None else xp.clip(given, epsilon, 1 - epsilon)

    def pull(d_log: Array, d_p: Array | None = None) -> Array:
        slope = d_log * xp.clamped_reciprocal(p)
        if d_p is not None:
            slope = slope + d_p
        if epsilon is not None:
            slope = xp.where((given >= epsilon) & (given <= 1 - epsilon), slope, xp.zeros_like(slope))
        return _softmax_pull(xp, given, given * slope, None, axis) if from_logits else slope

    return p, pull


def _softmax_pull(xp: Namespace, p: Array, d_log: Array, d_p: Array | None, axis: int) -> Array:
    if d_p is not None:
        d_log = d_log + xp.zero_product(p, d_p)
    return d_log - p * xp.sum(d_log, axis=axis, keepdims=True)


__all__ = ["Outcome", "binary_outcomes", "class_outcomes", "is_zero", "log_probability", "smoothed"]
