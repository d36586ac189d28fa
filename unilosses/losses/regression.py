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
    Reference: Legendre, Nouvelles methodes pour la determination des orbites des cometes, 1805;
        Gauss, Theoria motus corporum coelestium, 1809
    """
    error = y_pred - y_true
    return error * error, lambda: error + error


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def mean_absolute_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The absolute error: less sensitive to outliers than the squared error.

    Formula: \ell = |\hat y - y|
    Derivative: \partial \ell / \partial \hat y = \operatorname{sign}(\hat y - y)
    Kinks: 0 where prediction and target are equal
    Also known as: L1 loss
    Reference: Bloomfield and Steiger, Least Absolute Deviations: Theory, Applications, and Algorithms, 1983
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
    return bounded * xp.add_scaled(error, bounded, -0.5), lambda: bounded


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
    clipped = xp.clip(error, -beta, beta)
    bounded = clipped if isinstance(beta, int | float) and beta == 1 else clipped / beta
    return bounded * xp.add_scaled(error, clipped, -0.5), lambda: bounded


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def log_cosh(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The logarithm of the hyperbolic cosine of the error: half its square near 0, its size minus log 2 far away.

    Formula: \ell = \log \cosh(\hat y - y)
    Derivative: \partial \ell / \partial \hat y = \tanh(\hat y - y)
    Reference: Green, Bayesian Reconstructions from Emission Tomography Data Using a Modified EM Algorithm, IEEE
        Transactions on Medical Imaging, 1990
    """
    error = y_pred - y_true
    slope = xp.tanh(error)
    return xp.log_cosh(error, slope), lambda: slope


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def mean_squared_logarithmic_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The squared difference of the logarithms of 1 + x: relative errors of numbers that are not negative.

    A negative number counts as 0, without a gradient.

    Formula: \ell = (\log(1 + \hat y) - \log(1 + y))^2
    Derivative: \partial \ell / \partial \hat y = 2 (\log(1 + \hat y) - \log(1 + y)) / (1 + \hat y)
    Kinks: at 0 the derivative is that from above
    Also known as: MSLE
    Reference: Tornqvist, Vartia and Vartia, How Should Relative Changes Be Measured?, The American Statistician, 1985
    """
    predicted = xp.where(y_pred < 0, xp.zeros_like(y_pred), y_pred)
    error = xp.log1p(predicted) - xp.log1p(xp.where(y_true < 0, xp.zeros_like(y_true), y_true))
    return error * error, lambda: xp.where(y_pred < 0, xp.zeros_like(y_pred), 2 * error / (1 + predicted))


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def mean_absolute_percentage_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The size of the error in percent of the target, which counts as at least 1e-7.

    Formula: \ell = 100 \frac{|\hat y - y|}{\max(|y|, 10^{-7})}
    Derivative: \partial \ell / \partial \hat y = 100 \frac{\operatorname{sign}(\hat y - y)}{\max(|y|, 10^{-7})}
    Kinks: 0 where prediction and target are equal
    Also known as: MAPE
    Reference: Hyndman and Koehler, Another Look at Measures of Forecast Accuracy, International Journal of
        Forecasting, 2006
    """
    error = y_pred - y_true
    target = xp.abs(y_true)
    scale = xp.where(target < 1e-7, 1e-7 * xp.ones_like(target), target)
    return 100 * (xp.abs(error) / scale), lambda: 100 * (xp.sign(error) / scale)


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def quantile(xp: Namespace, y_true: Array, y_pred: Array, *, q: Any = 0.5) -> Any:
    r"""The loss whose minimum is the ``q``-quantile of the target: errors below it cost ``q``, above it ``1 - q``.

    Formula: \ell = \max(q (y - \hat y), (q - 1) (y - \hat y))
    Derivative: \partial \ell / \partial \hat y = -q \text{ where } \hat y < y, \quad 1 - q \text{ where } \hat y > y
    Kinks: 0 where prediction and target are equal
    Also known as: pinball loss
    Reference: Koenker and Bassett, Regression Quantiles, Econometrica, 1978
    """
    error = y_pred - y_true
    short = -error
    value = q * xp.relu(short) + (1 - q) * xp.relu(error)
    return value, lambda: (1 - q) * xp.step(error) - q * xp.step(short)


@loss(kind="elementwise", y_true=REAL, y_pred=REAL)
def pseudo_huber(xp: Namespace, y_true: Array, y_pred: Array, *, delta: Any = 1.0) -> Any:
    r"""A Huber loss without corners: half the squared error near zero, linear with slope ``delta`` far away.

    Formula: \ell = \delta^2 \left( \sqrt{1 + (e / \delta)^2} - 1 \right), \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = e / \sqrt{1 + (e / \delta)^2}
    Also known as: Charbonnier loss, sqrt(e^2 + delta^2), which is this one over delta, plus delta; smooth L1 of VAEs;
        scipy.special.pseudo_huber; xgboost's reg:pseudohubererror
    Reference: Charbonnier, Blanc-Feraud, Aubert and Barlaud, Two deterministic half-quadratic regularization
        algorithms for computed imaging, ICIP, 1994
    """
    error = y_pred - y_true
    ratio = error / delta
    size = xp.abs(ratio)
    # A constant scale, of which the root is homogeneous: no square overflows.
    scale = xp.stop_gradient(xp.where(size > 1, size, xp.ones_like(size)))
    root = scale * xp.sqrt((1 / scale) ** 2 + (ratio / scale) ** 2)
    return error * (delta * (ratio / (1 + root))), lambda: error / root
