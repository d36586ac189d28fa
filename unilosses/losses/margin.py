"""Margins: a score has to beat another one, or zero, by some distance; beyond it nothing is gained."""

from __future__ import annotations

from typing import Any

from ..domains import BINARY, LABELS, LOGITS, REAL, SIGNS, SIMPLEX
from ..loss import loss
from ..namespace import Array, Namespace


@loss(kind="elementwise", y_true=SIGNS, y_pred=REAL)
def hinge(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""Linear until the score has the right sign and is at least 1 in size: the loss of support vector machines.

    Formula: \ell = \max(0, 1 - y \hat y)
    Derivative: \partial \ell / \partial \hat y = -y \text{ where } y \hat y < 1, \text{ else } 0
    Kinks: 0 at the margin, y * y_pred = 1
    Reference: Cortes and Vapnik, Support-Vector Networks, Machine Learning, 1995
    """
    missing = 1 - y_true * y_pred
    return xp.relu(missing), lambda: -y_true * xp.step(missing)


@loss(kind="elementwise", y_true=SIGNS, y_pred=REAL)
def squared_hinge(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The square of the hinge: smooth at the margin, harder on large violations.

    Formula: \ell = \max(0, 1 - y \hat y)^2
    Derivative: \partial \ell / \partial \hat y = -2 y \max(0, 1 - y \hat y)
    Also known as: L2-SVM loss
    Reference: Tang, Deep Learning using Linear Support Vector Machines, 2013
    """
    missing = xp.relu(1 - y_true * y_pred)
    return missing * missing, lambda: -2 * y_true * missing


@loss(kind="elementwise", y_true=SIGNS, y_pred=LOGITS)
def soft_margin(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The logistic loss of signs: binary cross-entropy from logits, with -1 and 1 for 0 and 1.

    Formula: \ell = \log(1 + \exp(-y \hat y))
    Derivative: \partial \ell / \partial \hat y = -y / (1 + \exp(y \hat y))
    Also known as: logistic loss, optax.sigmoid_binary_cross_entropy of 0/1 labels
    Reference: Cox, The Regression Analysis of Binary Sequences, Journal of the Royal Statistical Society B, 1958;
        Friedman, Hastie and Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, Annals of
        Statistics, 2000 (with signs)
    """
    sign = -y_true
    wrong = sign * y_pred
    return xp.softplus(wrong), lambda: sign * xp.sigmoid(wrong)


@loss(kind="samplewise", y_true=SIMPLEX, y_pred=REAL)
def categorical_hinge(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    r"""The score of the true class has to beat the largest wrong score, and 0, by 1.

    The true class enters the maximum with 0, as in Keras. So this is not the Crammer-Singer hinge: the two differ
    where all wrong scores are negative.

    Formula: \ell = \max(0, 1 + \max_c (1 - y_c) \hat y_c - \sum_c y_c \hat y_c)
    Derivative: \partial \ell / \partial \hat y_c = (1 - y_c) s_c - y_c \text{ where } \ell > 0, \text{ else } 0,
        \text{ with } s_c = 1 \text{ at the class of the maximum}
    Kinks: 0 at the margin; classes that tie for the maximum share its derivative in equal parts
    Reference: Chollet et al., Keras, 2015 (keras.losses.CategoricalHinge)
    """
    others = xp.zero_product(1 - y_true, y_pred)  # a class of score -inf cannot be, and does not enter the sum
    missing = 1 + (xp.max(others, axis=axis) - xp.sum(xp.zero_product(y_true, y_pred), axis=axis))

    def derivative() -> Array:
        slope = (1 - y_true) * xp.share_of_max(others, axis) - y_true
        return xp.expand_dims(xp.step(missing), axis=axis) * slope

    return xp.relu(missing), derivative


@loss(kind="elementwise", y_true=SIGNS, y_pred=REAL)
def hinge_embedding(xp: Namespace, y_true: Array, y_pred: Array, *, margin: Any = 1.0) -> Any:
    r"""Pulls similar pairs (y = 1) together and pushes dissimilar ones (y = -1) apart up to ``margin``.

    ``y_pred`` is the distance of a pair; any real number is taken.

    Formula: \ell = \hat y \text{ where } y = 1, \quad \max(0, m - \hat y) \text{ where } y = -1
    Derivative: \partial \ell / \partial \hat y = 1 \text{ where } y = 1, \quad
        -1 \text{ where } y = -1 \text{ and } \hat y < m, \quad 0 \text{ elsewhere}
    Kinks: 0 at y_pred = margin of a dissimilar pair
    Reference: Chopra, Hadsell and LeCun, Learning a Similarity Metric Discriminatively, 2005
    """
    similar = y_true > 0
    missing = margin - y_pred
    value = xp.where(similar, y_pred, xp.relu(missing)) + 0 * y_true  # a NaN target shows
    return value, lambda: xp.where(similar, xp.ones_like(y_pred), -xp.step(missing))


@loss(kind="samplewise", y_true=LABELS, y_pred=REAL)
def multi_margin(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    p: Any = 1,
    margin: Any = 1.0,
    class_weight: Any = None,
    axis: int = -1,
) -> Any:
    r"""Every wrong score has to stay ``margin`` below the score of the true class.

    The sum over wrong classes is divided by the number C of all classes. The weight is that of the true class.

    Formula: \ell = \frac{w_y}{C} \sum_{j \ne y} \max(0, m - \hat y_y + \hat y_j)^p
    Derivative: \partial \ell / \partial \hat y_j = \frac{w_y}{C} p \max(0, m - \hat y_y + \hat y_j)^{p-1}
        \text{ where the maximum is positive}; \quad
        \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
    Kinks: for p = 1, 0 at the margin
    Also known as: Weston-Watkins hinge (p = 1, times C)
    Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999
    """
    right = xp.expand_dims(xp.pick(y_pred, y_true, axis), axis=axis)
    missing = xp.put_at(xp.relu(margin + (y_pred - right)), y_true, 0.0, axis)
    weight = 1 / xp.length(y_pred, axis)
    if class_weight is not None:
        weight = weight * xp.lookup(class_weight, y_true)

    def derivative() -> Array:
        outer = weight if class_weight is None else xp.expand_dims(weight, axis=axis)
        slope = xp.sign(missing)
        if not isinstance(p, int | float) or p != 1:
            slope = p * slope * xp.safe_power(missing, p - 1)
        wrong = outer * slope
        return xp.put_at(wrong, y_true, -xp.sum(wrong, axis=axis, keepdims=True), axis)

    return weight * xp.sum(xp.safe_power(missing, p), axis=axis), derivative


@loss(kind="samplewise", y_true=BINARY, y_pred=REAL)
def multilabel_margin(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    r"""The score of every class that applies has to beat the score of every class that does not by 1.

    A sample whose classes all apply, or none, has loss 0. Memory grows with the square of the number C of classes.

    Formula: \ell = \frac1C \sum_{j: y_j = 1} \sum_{i: y_i = 0} \max(0, 1 - \hat y_j + \hat y_i)
    Derivative: \partial \ell / \partial \hat y_k = \tfrac1C n_k \text{ where } y_k = 0,
        \quad -\tfrac1C n_k \text{ where } y_k = 1, \quad n_k \text{ the number of positive terms of class } k
    Kinks: 0 at the margin of a pair
    Reference: Elisseeff and Weston, A Kernel Method for Multi-Labelled Classification, NeurIPS, 2001
    """
    classes, apply = xp.length(y_pred, axis), axis % y_pred.ndim
    others = apply + 1  # pairs lie on two axes: classes that apply, classes that do not
    pairs = xp.expand_dims(y_true, axis=others) * (1 - xp.expand_dims(y_true, axis=apply))
    nothing, no_pair = xp.zeros_like(pairs), pairs == 0
    right = xp.where(no_pair, nothing, xp.expand_dims(y_pred, axis=others))
    wrong = xp.where(no_pair, nothing, xp.expand_dims(y_pred, axis=apply))
    missing = 1 - (right - wrong)

    def derivative() -> Array:
        active = pairs * xp.step(missing)
        return (xp.sum(active, axis=apply) - xp.sum(active, axis=others)) / classes

    return xp.sum(pairs * xp.relu(missing), axis=(apply, others)) / classes, derivative


@loss(kind="samplewise", y_true=BINARY, y_pred=LOGITS)
def multilabel_soft_margin(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    r"""The mean over classes of the binary cross-entropy from logits.

    Formula: \ell = \frac1C \sum_c \left( y_c \log(1 + e^{-\hat y_c}) + (1 - y_c) \log(1 + e^{\hat y_c}) \right)
    Derivative: \partial \ell / \partial \hat y_c = (\sigma(\hat y_c) - y_c) / C
    Reference: Nam et al., Large-scale Multi-label Text Classification: Revisiting Neural Networks, ECML PKDD, 2014
    """
    classes = xp.length(y_pred, axis)
    positive = y_pred > 0
    size = xp.where(positive, y_pred, -y_pred)
    wrong = xp.where(positive, 1 - y_true, y_true)
    value = xp.sum(xp.zero_product(wrong, size) + xp.softplus(-size), axis=axis) / classes
    return value, lambda: (xp.sigmoid(y_pred) - y_true) / classes


@loss(kind="samplewise", y_true=LABELS, y_pred=REAL)
def crammer_singer_hinge(xp: Namespace, y_true: Array, y_pred: Array, *, margin: Any = 1.0, axis: int = -1) -> Any:
    r"""The score of the true class has to beat the largest wrong score by ``margin``.

    Formula: \ell = \max(0, m + \max_{j \ne y} \hat y_j - \hat y_y)
    Derivative: \partial \ell / \partial \hat y_y = -1 \text{ and } \partial \ell / \partial \hat y_j = 1
        \text{ at the largest wrong score, where } \ell > 0, \text{ else } 0
    Kinks: 0 at the margin; wrong scores that tie for the largest share its derivative in equal parts
    Also known as: multiclass hinge, optax.multiclass_hinge_loss, sklearn.metrics.hinge_loss of several classes
    Reference: Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines,
        Journal of Machine Learning Research, 2001
    """
    lead, true_class = leads(xp, y_true, y_pred, axis)
    wrong = xp.where(true_class, xp.zeros_like(lead) - float("inf"), lead)
    missing = margin + xp.max(wrong, axis=axis, keepdims=True)

    def derivative() -> Array:
        one = xp.ones_like(lead)
        return xp.step(missing) * xp.where(true_class, -one, xp.share_of_max(wrong, axis))

    return xp.squeeze(xp.relu(missing), axis=axis), derivative


@loss(kind="samplewise", y_true=LABELS, y_pred=REAL)
def weston_watkins_hinge(xp: Namespace, y_true: Array, y_pred: Array, *, margin: Any = 1.0, axis: int = -1) -> Any:
    r"""The score of the true class has to beat every wrong score by ``margin``; the shortfalls are summed.

    Formula: \ell = \sum_{j \ne y} \max(0, m + \hat y_j - \hat y_y)
    Derivative: \partial \ell / \partial \hat y_j = 1 \text{ where the maximum is positive}; \quad
        \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
    Kinks: 0 at the margin
    Also known as: sum of hinges; multi_margin and torch.nn.MultiMarginLoss divide it by the number of classes
    Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999
    """
    lead, true_class = leads(xp, y_true, y_pred, axis)
    missing = xp.where(true_class, xp.zeros_like(lead), margin + lead)

    def derivative() -> Array:
        active = xp.step(missing)
        return xp.where(true_class, -xp.sum(active, axis=axis, keepdims=True), active)

    return xp.sum(xp.relu(missing), axis=axis), derivative


def leads(xp: Namespace, labels: Array, scores: Array, axis: int) -> tuple[Array, Array]:
    """By how much each score leads that of the true class, and which is the true class."""
    right = xp.expand_dims(xp.pick(scores, labels, axis), axis=axis)
    return scores - right, xp.class_positions(labels, scores, axis)
