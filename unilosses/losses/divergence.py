"""Divergences: how far one distribution is from another."""

from __future__ import annotations

from typing import Any

from ..domains import DISTRIBUTION, PROBABILITY, SCORES, SIMPLEX
from ..loss import loss
from ..namespace import Array, Namespace
from .probability import log_probability


@loss(kind="samplewise", y_true=DISTRIBUTION, y_pred=SCORES)
def kl_divergence(
    xp: Namespace, y_true: Array, y_pred: Array, *, from_logits: bool = False, log_target: bool = False, axis: int = -1
) -> Any:
    r"""What is lost, in nats, by coding events of the distribution ``y_true`` for the distribution ``y_pred``.

    ``from_logits=True`` takes logits as predictions, ``log_target=True`` log-probabilities as targets. Probabilities
    are taken as they are, without renormalisation, and the logarithm of a prediction is at least -100; 0 log 0 = 0.

    Formula: \ell = \sum_c y_c (\log y_c - \log p_c), \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k y_k - y_c \text{ for logits},
        \quad -y_c / p_c \text{ for probabilities}
    Kinks: 0 where the logarithm of a prediction is clamped; at a target of 0 the infinite slope of y log y in the
        target is taken as 0
    Also known as: relative entropy
    Reference: Kullback and Leibler, On Information and Sufficiency, Annals of Mathematical Statistics, 1951
    """
    target = xp.exp(y_true) if log_target else y_true
    own = xp.zero_product(target, y_true) if log_target else xp.xlogy(target, target)
    log_p, pull = log_probability(xp, y_pred, from_logits, axis)
    return xp.sum(own - xp.zero_product(target, log_p), axis=axis), lambda: pull(-target)


@loss(kind="samplewise", y_true=SIMPLEX, y_pred=PROBABILITY)
def js_divergence(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    r"""The mean of the divergences of two distributions from their mixture, in nats: symmetric, at most log 2.

    Formula: \ell = \tfrac12 \sum_c \left( y_c \log \frac{y_c}{m_c} + p_c \log \frac{p_c}{m_c} \right),
        \quad m = \tfrac12 (y + p), \quad p = \hat y
    Derivative: \partial \ell / \partial \hat y_c = \tfrac12 \log (p_c / m_c)
    Kinks: logarithms are at least -100: at a prediction of 0 beside a positive target, where the slope is infinite, it
        is (-100 - \log m - 1) / 2; where both are 0 it is 0
    Reference: Lin, Divergence Measures Based on the Shannon Entropy, IEEE Transactions on Information Theory, 1991
    """
    mixture = 0.5 * (y_true + y_pred)
    log_y, log_p, log_m = xp.clamped_log(y_true), xp.clamped_log(y_pred), xp.clamped_log(mixture)
    value = 0.5 * xp.sum(y_true * (log_y - log_m) + y_pred * (log_p - log_m), axis=axis)

    def derivative() -> Array:
        clamped = y_pred * xp.clamped_reciprocal(y_pred) - mixture * xp.clamped_reciprocal(mixture)
        return 0.5 * (log_p - log_m + clamped)

    return value, derivative


__all__ = ["js_divergence", "kl_divergence"]
