"""Focal losses: cross-entropies that care less about what is predicted well already."""

from __future__ import annotations

from typing import Any

from ..domains import LABEL_PROBABILITY, SCORES, SIMPLEX
from ..loss import loss
from ..namespace import Array, Namespace
from .probability import binary_outcomes, class_outcomes, is_zero, smoothed


@loss(kind="elementwise", y_true=LABEL_PROBABILITY, y_pred=SCORES)
def binary_focal_cross_entropy(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    from_logits: bool,
    gamma: Any = 2.0,
    alpha: Any = None,
    label_smoothing: Any = 0.0,
    epsilon: Any = None,
) -> Any:
    r"""The binary cross-entropy, weighed by the improbability of what happened to the power gamma.

    ``alpha`` a weighs class 1 and 1 - a class 0; None weighs neither. Soft targets mix weight and probability before
    the power is taken, as torchvision, Keras and optax do. ``label_smoothing`` and ``epsilon`` are those of
    ``binary_cross_entropy``.

    Formula: \ell = -w\, m^\gamma (y \log p + (1 - y) \log(1 - p)), \quad m = y (1 - p) + (1 - y)\, p,
        \quad w = a\, y + (1 - a) (1 - y), \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y = w\, m^\gamma \left( p - y + \gamma (1 - 2 y)\, p (1 - p)\,
        \frac{b}{m} \right) \text{ for logits,} \quad \text{the same over } p (1 - p) \text{ for probabilities,}
        \quad b \text{ the cross-entropy}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: sigmoid focal loss
    Reference: Lin et al., Focal Loss for Dense Object Detection, 2017
    """
    y_true = smoothed(y_true, label_smoothing, 2)
    not_true = 1 - y_true
    if from_logits and epsilon is None:
        happens, fails = xp.sigmoids(y_pred)
        entropy, slope = xp.logistic_cost(y_true, y_pred), happens * fails
        of_one, of_zero = fails, -happens
    else:
        one, zero, slope = binary_outcomes(xp, y_pred, from_logits, epsilon)
        happens, fails = one.probability, zero.probability
        entropy = -xp.zero_product(y_true, one.log) - xp.zero_product(not_true, zero.log)
        of_one, of_zero = one.slope, zero.slope
    missed = y_true * fails + not_true * happens
    weight = xp.safe_power(missed, gamma)
    if alpha is not None:
        weight = weight * (alpha * y_true + (1 - alpha) * not_true)

    def derivative() -> Array:
        of_entropy = -y_true * of_one - not_true * of_zero
        of_missed = xp.zero_product((not_true - y_true) * slope, xp.safe_divide(entropy, missed))
        return weight * (of_entropy + gamma * of_missed)

    return xp.zero_product(weight, entropy), derivative


@loss(kind="samplewise", y_true=SIMPLEX, y_pred=SCORES)
def categorical_focal_cross_entropy(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    from_logits: bool,
    gamma: Any = 2.0,
    alpha: Any = None,
    axis: int = -1,
    label_smoothing: Any = 0.0,
    epsilon: Any = None,
) -> Any:
    r"""The categorical cross-entropy, each class weighed by its improbability to the power gamma.

    ``alpha`` a is a number, or one weight per class; None weighs none. ``label_smoothing`` and ``epsilon`` are those
    of ``categorical_cross_entropy``.

    Formula: \ell = -\sum_c a_c\, y_c\, (1 - p_c)^\gamma \log p_c,
        \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c \text{ for logits},
        \quad -t_c / p_c \text{ for probabilities},
        \quad t_c = a_c\, y_c\, (1 - p_c)^{\gamma - 1} (1 - p_c - \gamma\, p_c \log p_c)
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax focal loss
    Reference: Lin et al., Focal Loss for Dense Object Detection, 2017
    """
    target = smoothed(y_true, label_smoothing, xp.length(y_pred, axis))
    if alpha is not None:
        target = target * xp.on_axis(alpha, y_pred, axis)
    complement, log_p, pull = class_outcomes(xp, y_pred, from_logits, axis, epsilon)
    weight = target * xp.safe_power(complement, gamma)

    def derivative() -> Array:
        return pull(-weight, gamma * xp.zero_product(weight, xp.safe_divide(log_p, complement)))

    return -xp.sum(xp.zero_product(weight, log_p), axis=axis), derivative


@loss(kind="elementwise", y_true=LABEL_PROBABILITY, y_pred=SCORES)
def asymmetric(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    from_logits: bool,
    gamma_positive: Any = 0.0,
    gamma_negative: Any = 4.0,
    clip: Any = 0.05,
) -> Any:
    r"""A focal loss of many labels, most of them absent: positives and negatives have a gamma each.

    Negatives of a probability up to ``clip`` c have no loss. Defaults are the paper's. The derivative is that of the
    whole value; the authors' code takes the powers for constants on request.

    Formula: \ell = -y (1 - p)^{\gamma_+} \log p - (1 - y)\, q^{\gamma_-} \log(1 - q), \quad q = \max(p - c, 0),
        \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial p = y (1 - p)^{\gamma_+} \left( \gamma_+ \frac{\log p}{1 - p} - \frac1p \right)
        - (1 - y)\, q^{\gamma_-} \left( \gamma_- \frac{\log(1 - q)}{q} - \frac{1}{1 - q} \right) [p > c],
        \quad \text{times } p (1 - p) \text{ for logits}
    Kinks: 0 at p = clip, and where the logarithm of a probability is clamped
    Also known as: ASL
    Reference: Ridnik et al., Asymmetric Loss For Multi-Label Classification, ICCV, 2021
    """
    one, zero, slope = binary_outcomes(xp, y_pred, from_logits)
    rest, log_absent, absent_slope, rest_slope = one.probability, zero.log, zero.slope, slope
    if not is_zero(clip):
        rest = xp.relu(one.probability - clip)
        log_absent = xp.clamped_log_complement(rest)
        rest_slope = slope * xp.step(one.probability - clip)
        absent_slope = -rest_slope * xp.clamped_reciprocal(1 - rest)
    present = y_true * xp.safe_power(zero.probability, gamma_positive)
    absent = (1 - y_true) * xp.safe_power(rest, gamma_negative)

    def derivative() -> Array:
        of_present = gamma_positive * slope * xp.safe_divide(one.log, zero.probability) - one.slope
        of_absent = gamma_negative * rest_slope * xp.safe_divide(log_absent, rest) + absent_slope
        return present * of_present - absent * of_absent

    return -(xp.zero_product(present, one.log) + xp.zero_product(absent, log_absent)), derivative


__all__ = ["asymmetric", "binary_focal_cross_entropy", "categorical_focal_cross_entropy"]
