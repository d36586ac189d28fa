"""Regression: how far a number is from the number it should be."""

from __future__ import annotations

from typing import Any

from ..domains import REAL
from ..loss import loss
from ..namespace import Array, Namespace


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def mean_squared_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The squared error.

    Formula: \ell = (\hat y - y)^2
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)
    Also known as: L2 loss, quadratic loss; optax.l2_loss is half of it
    """
    error = y_pred - y_true
    return error * error, lambda: 2 * error


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def mean_absolute_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The absolute error: less sensitive to outliers than the squared error.

    Formula: \ell = |\hat y - y|
    Derivative: \partial \ell / \partial \hat y = \operatorname{sign}(\hat y - y)
    Kinks: 0 where prediction and target are equal
    Also known as: L1 loss
    """
    error = y_pred - y_true
    return xp.abs(error), lambda: xp.sign(error)


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def huber(xp: Namespace, y_true: Array, y_pred: Array, *, delta: Any = 1.0) -> Any:
    r"""Quadratic near zero and linear beyond ``delta``.

    Formula: \ell = \tfrac12 e^2 \text{ where } |e| \le \delta, \quad \delta (|e| - \tfrac12 \delta) \text{ elsewhere},
        \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = \min(\max(e, -\delta), \delta)
    Reference: Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics, 1964
    """
    error = y_pred - y_true
    bounded = xp.clip(error, -delta, delta)
    return bounded * (error - 0.5 * bounded), lambda: bounded


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def smooth_l1(xp: Namespace, y_true: Array, y_pred: Array, *, beta: Any = 1.0) -> Any:
    r"""The absolute error, rounded off within ``beta`` of zero: ``huber(delta=beta) / beta``.

    Formula: \ell = \tfrac{1}{2\beta} e^2 \text{ where } |e| \le \beta, \quad |e| - \tfrac12 \beta \text{ elsewhere},
        \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = \min(\max(e / \beta, -1), 1)
    Kinks: with beta = 0 this is the absolute error, with derivative 0 at e = 0
    Reference: Girshick, Fast R-CNN, 2015
    """
    error = y_pred - y_true
    if isinstance(beta, int | float) and beta == 0:
        return xp.abs(error), lambda: xp.sign(error)
    bounded = xp.clip(error, -beta, beta) / beta
    return bounded * (error - 0.5 * beta * bounded), lambda: bounded
