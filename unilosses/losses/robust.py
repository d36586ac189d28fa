"""Relatives of the cross-entropy: bounded for wrong labels, bent at its start, or with sparse predictions.

Targets are class indices, one-hot rows or distributions over the last axis.
"""

from __future__ import annotations

from typing import Any

from ..domains import CLASSES, LOGITS, PROBABILITY
from ..loss import loss
from ..namespace import Array, Namespace
from .probability import log_probability


@loss(kind="samplewise", y_true=CLASSES, y_pred=PROBABILITY)
def generalized_cross_entropy(xp: Namespace, y_true: Array, y_pred: Array, *, q: Any = 0.5) -> Any:
    r"""Between cross-entropy (q to 0) and mean absolute error (q = 1): at most 1 / q, so it tolerates wrong labels.

    Formula: \ell = \sum_c y_c (1 - p_c^q) / q, \quad p = \hat y
    Derivative: \partial \ell / \partial \hat y_c = -y_c\, p_c^{q - 1}
    Kinks: 0 at p = 0, where the slope is infinite for q < 1
    Reference: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels,
        2018
    """
    zero = y_pred < xp.finfo(y_pred.dtype).smallest_normal
    log_p = xp.log(xp.where(zero, xp.ones_like(y_pred), y_pred))
    power = xp.where(zero, xp.zeros_like(y_pred), xp.exp(q * log_p))
    # 1 - p^q; expm1 cancels nothing near p = 1, but its own derivative is rounded off near p = 0.
    gap = xp.where(power < 0.5, 1 - power, -xp.expm1(q * log_p))

    def derivative() -> Array:
        return -y_true * xp.where(zero, xp.zeros_like(y_pred), xp.exp((q - 1) * log_p))

    return xp.sum(y_true * gap, axis=-1) / q, derivative


@loss(kind="samplewise", y_true=CLASSES, y_pred=LOGITS)
def poly_cross_entropy(xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 2.0) -> Any:
    r"""The cross-entropy with another weight on the first term of its expansion in powers of 1 - p.

    Formula: \ell = \sum_c y_c (-\log p_c + \epsilon (1 - p_c)), \quad p = \operatorname{softmax}(\hat y)
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c, \quad t_c = y_c (1 + \epsilon\, p_c)
    Also known as: Poly-1 cross-entropy
    Reference: Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, 2022
    """
    log_p, pull = log_probability(xp, y_pred, True, -1)
    value = -xp.sum(xp.zero_product(y_true, log_p) + epsilon * y_true * xp.expm1(log_p), axis=-1)
    return value, lambda: pull(-y_true, -epsilon * y_true)


@loss(kind="samplewise", y_true=CLASSES, y_pred=LOGITS)
def sparsemax(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The loss of sparsemax, the projection of scores on the simplex: exactly 0 beyond a margin of 1.

    Formula: \ell = \tfrac12 \sum_{c: p_c > 0} (\hat y_c^2 - \tau^2) + \tfrac12 \|y\|^2 - y \cdot \hat y,
        \quad p_c = \max(\hat y_c - \tau, 0), \quad \sum_c p_c = 1
    Derivative: \partial \ell / \partial \hat y = p - y
    Reference: Martins and Astudillo, From Softmax to Sparsemax, 2016
    """
    top = xp.stop_gradient(xp.max(y_pred, axis=-1, keepdims=True))
    shifted = y_pred - top
    bounded = xp.where(shifted > -1, shifted, -xp.ones_like(shifted))  # no share of p there, and nothing overflows
    ordered = -xp.sort(-bounded, axis=-1)
    ranks = xp.cumulative_sum(xp.ones_like(ordered), axis=-1)
    above = 1 + ranks * ordered > xp.cumulative_sum(ordered, axis=-1)
    threshold = _threshold(xp, ordered, above)
    # The same number again, from unsorted entries: its derivative needs none of the order.
    p = xp.relu(bounded - _threshold(xp, bounded, bounded > threshold))
    conjugate = xp.sum(p * (bounded - 0.5 * p), axis=-1)
    linear = xp.sum(y_true * (0.5 * y_true) - xp.zero_product(y_true, shifted), axis=-1)
    rest = 1 - xp.sum(y_true, axis=-1)  # 0 but for targets that do not sum to 1
    return conjugate + linear + rest * xp.squeeze(top, axis=-1), lambda: p - y_true


def _threshold(xp: Namespace, scores: Array, support: Array) -> Array:
    total = xp.sum(xp.where(support, scores, xp.zeros_like(scores)), axis=-1, keepdims=True)
    return (total - 1) / xp.sum(xp.astype(support, scores.dtype), axis=-1, keepdims=True)


@loss(kind="samplewise", y_true=CLASSES, y_pred=PROBABILITY)
def brier(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The squared distance of predicted probabilities from what happened: a proper score between 0 and 2.

    Formula: \ell = \sum_c (\hat y_c - y_c)^2
    Derivative: \partial \ell / \partial \hat y_c = 2 (\hat y_c - y_c)
    Also known as: quadratic score; sklearn.metrics.brier_score_loss of two classes is half of it
    Reference: Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review, 1950
    """
    error = y_pred - y_true
    return xp.sum(error * error, axis=-1), lambda: 2 * error


__all__ = ["brier", "generalized_cross_entropy", "poly_cross_entropy", "sparsemax"]
