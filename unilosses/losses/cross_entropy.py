"""Cross-entropies: the cost, -log p, of what happened under the predicted probabilities."""

from __future__ import annotations

from typing import Any

from ..domains import LABEL_PROBABILITY, LABELS, LOG_PROBABILITY, LOGITS, SCORES, SIMPLEX
from ..loss import loss
from ..namespace import Array, Namespace
from .probability import binary_outcomes, is_zero, log_probability, smoothed


@loss(kind="elementwise", y_true=LABEL_PROBABILITY, y_pred=SCORES)
def binary_cross_entropy(
    xp: Namespace, y_true: Array, y_pred: Array, *, from_logits: bool, label_smoothing: Any = 0.0,
    pos_weight: Any = None, epsilon: Any = None,
) -> Any:  # fmt: skip
    r"""The cross-entropy of a yes-or-no outcome, or of several independent ones (multi-label classification).

    ``label_smoothing`` s moves targets towards one half, y (1 - s) + s / 2. ``pos_weight`` w multiplies the term of
    class 1: a number, or an array that broadcasts to the elements. Logarithms of probabilities are at least -100;
    ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead, as Keras does.

    Formula: \ell = -w\, y \log p - (1 - y) \log(1 - p), \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y = (1 - y)\, p - w\, y\, (1 - p) \text{ for logits},
        \quad (1 - y) / (1 - p) - w\, y / p \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: log loss, sigmoid cross-entropy, logistic loss
    Reference: Good, Rational Decisions, Journal of the Royal Statistical Society B, 1952
    """
    y_true = smoothed(y_true, label_smoothing, 2)
    if from_logits and epsilon is None and pos_weight is None:
        return xp.logistic_cost(y_true, y_pred), lambda: xp.sigmoid(y_pred) - y_true
    positive = y_true if pos_weight is None else pos_weight * y_true
    negative = 1 - y_true
    if from_logits and epsilon is None:
        log_one, log_zero = xp.log_sigmoids(y_pred)
        value = -xp.zero_product(positive, log_one) - xp.zero_product(negative, log_zero)
        return value, lambda: (positive + negative) * xp.sigmoid(y_pred) - positive
    one, zero, _ = binary_outcomes(xp, y_pred, from_logits, epsilon)
    return -positive * one.log - negative * zero.log, lambda: -positive * one.slope - negative * zero.slope


@loss(kind="samplewise", y_true=SIMPLEX, y_pred=SCORES)
def categorical_cross_entropy(
    xp: Namespace, y_true: Array, y_pred: Array, *, from_logits: bool, axis: int = -1, label_smoothing: Any = 0.0,
    class_weight: Any = None, epsilon: Any = None,
) -> Any:  # fmt: skip
    r"""The cross-entropy of one of C classes, given as a one-hot row or as a distribution along ``axis``.

    ``label_smoothing`` s spreads a share of the target over all classes, y (1 - s) + s / C; ``class_weight`` w
    multiplies the term of each class. Probabilities are taken as they are, without renormalisation, their logarithms
    at least -100; ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead.

    Formula: \ell = -\sum_c w_c\, y_c \log p_c, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k w_k y_k - w_c y_c \text{ for logits},
        \quad -w_c\, y_c / p_c \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax cross-entropy, multinomial logistic loss
    Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)
    """
    target = smoothed(y_true, label_smoothing, xp.length(y_pred, axis))
    if class_weight is not None:
        target = target * xp.on_axis(class_weight, y_pred, axis)
    if from_logits and epsilon is None:
        return xp.softmax_cost(target, y_pred, axis)
    log_p, pull = log_probability(xp, y_pred, from_logits, axis, epsilon)
    return -xp.sum(xp.zero_product(target, log_p), axis=axis), lambda: pull(-target)


@loss(kind="samplewise", y_true=LABELS, y_pred=SCORES)
def sparse_categorical_cross_entropy(
    xp: Namespace, y_true: Array, y_pred: Array, *, from_logits: bool, axis: int = -1, label_smoothing: Any = 0.0,
    class_weight: Any = None, epsilon: Any = None,
) -> Any:  # fmt: skip
    r"""The cross-entropy of one of C classes, given as a class index.

    ``label_smoothing`` s spreads a share of the target over all classes: 1 - s + s / C at the label, s / C elsewhere;
    ``class_weight`` w multiplies the term of each class. Probabilities are taken as they are, without renormalisation,
    their logarithms at least -100; ``epsilon`` clips probabilities (those of logits as well) to
    [epsilon, 1 - epsilon] instead.

    Formula: \ell = -w_y \log p_y, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = w_y (p_c - [c = y]) \text{ for logits},
        \quad -[c = y]\, w_y / p_y \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax cross-entropy with integer labels; torch.nn.CrossEntropyLoss for class indices
    Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)
    """
    if (from_logits and epsilon is not None) or (not from_logits and not is_zero(label_smoothing)):
        return categorical_cross_entropy.function(  # rare: nothing is gained from the index
            xp, xp.one_hot(y_true, y_pred, axis), y_pred, from_logits=from_logits, axis=axis,
            label_smoothing=label_smoothing, class_weight=class_weight, epsilon=epsilon,
        )  # fmt: skip
    if not from_logits:
        log_y, pull = log_probability(xp, xp.pick(y_pred, y_true, axis), False, axis, epsilon)
        weight = _weight_of_labels(xp, class_weight, y_true, log_y)
        return -weight * log_y, lambda: xp.add_at(xp.zeros_like(y_pred), y_true, pull(-weight), axis)

    if class_weight is None and is_zero(label_smoothing):
        log_y, softmax = xp.log_softmax_at(y_pred, y_true, axis)
        return -log_y, lambda: xp.add_at(softmax(), y_true, -xp.ones_like(log_y), axis)
    log_p, softmax = xp.log_softmax_and_softmax(y_pred, axis)
    log_y = xp.pick(log_p, y_true, axis)
    weight = (1 - label_smoothing) * _weight_of_labels(xp, class_weight, y_true, log_y)
    value = -xp.zero_product(weight, log_y)
    spread, total = label_smoothing / xp.length(y_pred, axis), None
    if class_weight is not None:
        spread = spread * xp.on_axis(class_weight, y_pred, axis)
        total = xp.expand_dims(weight + xp.sum(spread), axis=axis)
    if not is_zero(label_smoothing):
        value = value - xp.sum(xp.zero_product(spread, log_p), axis=axis)

    def derivative() -> Array:
        gradient = softmax() if total is None else softmax() * total
        if not is_zero(label_smoothing):
            gradient = gradient - spread
        return xp.add_at(gradient, y_true, -weight, axis)

    return value, derivative


def _weight_of_labels(xp: Namespace, class_weight: Any, labels: Array, like: Array) -> Array:
    return xp.ones_like(like) if class_weight is None else xp.lookup(class_weight, labels)


@loss(kind="samplewise", y_true=LABELS, y_pred=LOG_PROBABILITY)
def negative_log_likelihood(
    xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1, class_weight: Any = None
) -> Any:
    r"""The cost of a class index under given log-probabilities, which are neither normalised nor clamped.

    Formula: \ell = -w_y\, \hat y_y
    Derivative: \partial \ell / \partial \hat y_c = -[c = y]\, w_y
    Also known as: NLL loss; with log_softmax in front of it, the sparse categorical cross-entropy from logits
    Reference: Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922
    """
    log_y = xp.pick(y_pred, y_true, axis)
    weight = _weight_of_labels(xp, class_weight, y_true, log_y)
    return -xp.zero_product(weight, log_y), lambda: xp.add_at(xp.zeros_like(y_pred), y_true, -weight, axis)


@loss(kind="samplewise", y_pred=LOGITS)
def z_loss(xp: Namespace, y_pred: Array, *, axis: int = -1) -> Any:
    r"""The square of the log-partition of logits: keeps them from drifting when it is added to a cross-entropy.

    It has no target. Language models weigh it by 1e-4 beside the cross-entropy, mixtures of experts by 1e-3 on the
    logits of the router; ``linear_cross_entropy`` has it built in.

    Formula: \ell = \left( \log \sum_c e^{\hat y_c} \right)^2
    Derivative: \partial \ell / \partial \hat y_c = 2\, p_c \log \sum_k e^{\hat y_k}, \quad
        p = \operatorname{softmax}(\hat y)
    Also known as: router z-loss, logit regularisation
    Reference: Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, 2022; Zoph et al., ST-MoE: Designing
        Stable and Transferable Sparse Expert Models, 2022 (of a router)
    """
    partition = xp.logsumexp(y_pred, axis=axis, keepdims=True)
    return xp.squeeze(partition, axis=axis) ** 2, lambda: 2 * partition * xp.softmax(y_pred, axis)


__all__ = ["binary_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood",
           "sparse_categorical_cross_entropy", "z_loss"]  # fmt: skip
