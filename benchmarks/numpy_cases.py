"""NumPy's cases: the lines that a user writes by hand, scikit-learn's compiled losses, and values of SciPy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .cases import LOGITS, PROBABILITIES, Case


def cases() -> list[Case]:
    """Value and gradient by hand and by scikit-learn's private losses; values by public functions."""
    return [*by_hand(), *by_sklearn(), *values()]


def by_hand() -> list[Case]:
    """The textbook lines."""
    from scipy.special import expit, log_softmax

    def squared(y: Any, p: Any) -> Any:
        return np.mean((p - y) ** 2), 2 * (p - y) / p.size

    def absolute(y: Any, p: Any) -> Any:
        return np.mean(np.abs(p - y)), np.sign(p - y) / p.size

    def huber(y: Any, p: Any) -> Any:
        e = p - y
        small = np.abs(e) <= 1
        return np.mean(np.where(small, 0.5 * e**2, np.abs(e) - 0.5)), np.where(small, e, np.sign(e)) / p.size

    def logistic(y: Any, z: Any) -> Any:
        return np.mean(np.logaddexp(0, z) - y * z), (expit(z) - y) / z.size

    def hinge(y: Any, z: Any) -> Any:
        margin = 1 - y * z
        return np.mean(np.maximum(margin, 0)), np.where(margin > 0, -y, 0) / z.size

    def softmax(y: Any, z: Any) -> Any:
        log_p = log_softmax(z, axis=1)
        rows = np.arange(len(y))
        gradient = np.exp(log_p)
        gradient[rows, y] -= 1
        return -np.mean(log_p[rows, y]), gradient / len(y)

    def soft(y: Any, z: Any) -> Any:
        log_p = log_softmax(z, axis=1)
        return -np.mean(np.sum(y * log_p, axis=1)), (np.exp(log_p) - y) / len(y)

    lines = "textbook lines"
    return [
        Case("mean_squared_error", lines, ("real", "y_pred"), squared),
        Case("mean_absolute_error", lines, ("real", "y_pred"), absolute),
        Case("huber", lines, ("real", "y_pred"), huber),
        Case("binary_cross_entropy", lines, ("binary", "y_pred"), logistic, LOGITS),
        Case("hinge", lines, ("signs", "y_pred"), hinge),
        Case("sparse_categorical_cross_entropy", lines, ("labels", "y_pred"), softmax, LOGITS, wide=True),
        Case("categorical_cross_entropy", lines, ("simplex", "y_pred"), soft, LOGITS, wide=True),
    ]


def by_sklearn() -> list[Case]:
    """``sklearn._loss``: value and gradient in one compiled loop, on one thread, its default. Private, but what its
    estimators run. The mean and its division are added as they do it."""
    try:
        from sklearn._loss import loss as native
    except ImportError:
        return []

    def mean(made: Callable[[], Any], factor: float = 1.0) -> Callable[..., Any]:
        # Its integer labels are floats of the prediction's dtype.
        made = functools.cache(made)

        def both(y: Any, p: Any) -> Any:
            value, gradient = made().loss_gradient(y.ravel(), p.ravel())
            gradient *= factor / p.size
            return factor * value.mean(), gradient.reshape(p.shape)

        return both

    @functools.cache
    def multinomial(classes: int) -> Any:
        return native.HalfMultinomialLoss(n_classes=classes)

    def softmax(y: Any, z: Any) -> Any:
        value, gradient = multinomial(z.shape[1]).loss_gradient(y.astype(z.dtype), z)
        gradient /= len(y)
        return value.mean(), gradient

    return [
        Case("mean_squared_error", "sklearn HalfSquaredError", ("real", "y_pred"), mean(native.HalfSquaredError, 2.0)),
        Case("mean_absolute_error", "sklearn AbsoluteError", ("real", "y_pred"), mean(native.AbsoluteError)),
        Case("huber", "sklearn HuberLoss", ("real", "y_pred"), mean(lambda: native.HuberLoss(delta=1.0))),
        Case("quantile", "sklearn PinballLoss", ("real", "y_pred"), mean(lambda: native.PinballLoss(quantile=0.5))),
        Case("binary_cross_entropy", "sklearn HalfBinomialLoss", ("binary", "y_pred"), mean(native.HalfBinomialLoss),
             LOGITS),
        Case("poisson_nll", "sklearn HalfPoissonLoss", ("counts", "y_pred"), mean(native.HalfPoissonLoss)),
        Case("sparse_categorical_cross_entropy", "sklearn HalfMultinomialLoss", ("labels", "y_pred"), softmax, LOGITS,
             wide=True),
    ]  # fmt: skip


def values() -> list[Case]:
    """Functions of scikit-learn and SciPy that give a value and no gradient: values are compared alone."""
    from scipy import special

    def value(loss: str, name: str, inputs: tuple[str, ...], function: Callable[..., Any], **parameters: Any) -> Case:
        return Case(loss, name, inputs, function, parameters, value_only=True)

    found = [
        value("huber", "scipy.special.huber", ("real", "y_pred"), lambda y, p: special.huber(1.0, p - y).mean()),
        value("pseudo_huber", "scipy.special.pseudo_huber", ("real", "y_pred"),
              lambda y, p: special.pseudo_huber(1.0, p - y).mean()),
        value("kl_divergence", "scipy.special.rel_entr", ("simplex", "predicted_simplex"),
              lambda y, p: special.rel_entr(y, p).sum(axis=1).mean(), **PROBABILITIES),
    ]  # fmt: skip
    try:
        from sklearn import metrics
    except ImportError:
        return found
    return [
        *found,
        value("mean_squared_error", "sklearn mean_squared_error", ("real", "y_pred"), metrics.mean_squared_error),
        value("mean_absolute_error", "sklearn mean_absolute_error", ("real", "y_pred"), metrics.mean_absolute_error),
        value("quantile", "sklearn mean_pinball_loss", ("real", "y_pred"), metrics.mean_pinball_loss),
        value("binary_cross_entropy", "sklearn log_loss", ("binary", "probability"),
              lambda y, p: metrics.log_loss(y.ravel(), p.ravel()), **PROBABILITIES),
    ]  # fmt: skip
