"""Likelihoods: minus the logarithm of the probability of the target under a predicted distribution."""

from __future__ import annotations

import math
from typing import Any

from ..domains import NONNEGATIVE, POSITIVE, RATES, REAL
from ..loss import loss
from ..namespace import Array, Namespace


@loss(kind="elementwise", y_true=NONNEGATIVE, y_pred=POSITIVE)
def poisson(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The likelihood of a count under a Poisson distribution of rate ``y_pred``, up to a constant.

    0 log 0 = 0: a count of 0 under a rate of 0 has loss 0. A count under a rate of 0 has infinite loss.

    Formula: \ell = \hat y - y \log \hat y
    Derivative: \partial \ell / \partial \hat y = 1 - y / \hat y
    Kinks: at y = y_pred = 0 the derivative is 1, that for y = 0
    Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972
    """
    return y_pred - xp.xlogy(y_true, y_pred), lambda: 1 - per_rate(xp, y_true, y_pred)


def per_rate(xp: Namespace, y_true: Array, rate: Array) -> Array:
    """``y / rate``, and 0 where both are 0."""
    return y_true / xp.where((y_true == 0) & (rate == 0), xp.ones_like(rate), rate)


@loss(kind="elementwise", y_true=NONNEGATIVE, y_pred=RATES)
def poisson_nll(
    xp: Namespace, y_true: Array, y_pred: Array, *, log_input: bool = True, full: bool = False, epsilon: Any = 1e-8
) -> Any:
    r"""The likelihood of a count under a Poisson distribution of log-rate ``y_pred``.

    With ``log_input=False`` ``y_pred`` is the rate, and ``epsilon`` is added to it in the logarithm. ``full`` adds
    Stirling's approximation of log y! where y > 1, a constant of the prediction.

    Formula: \ell = e^{\hat y} - y \hat y \quad (\text{or } \hat y - y \log(\hat y + \epsilon)) \quad
        [+\, y \log y - y + \tfrac12 \log(2 \pi y)]
    Derivative: \partial \ell / \partial \hat y = e^{\hat y} - y \quad (\text{or } 1 - y / (\hat y + \epsilon))
    Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972
    """
    constant: Any = 0
    if full:
        count = xp.where(y_true > 1, y_true, xp.ones_like(y_true))
        stirling = count * xp.log(count) - count + 0.5 * xp.log(2 * math.pi * count)
        constant = xp.where(y_true > 1, stirling, xp.zeros_like(stirling))
    if log_input:
        rate = xp.exp(y_pred)
        return rate - xp.zero_product(y_true, y_pred) + constant, lambda: rate - y_true
    shifted = y_pred + epsilon
    return y_pred - xp.xlogy(y_true, shifted) + constant, lambda: 1 - per_rate(xp, y_true, shifted)


@loss(kind="elementwise", y_true=REAL, y_pred=REAL, variance=NONNEGATIVE)
def gaussian_nll(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    variance: Array,
    *,
    full: bool = False,
    epsilon: Any = 1e-6,
) -> Any:
    r"""The likelihood of the target under a normal distribution of mean ``y_pred`` and ``variance``.

    A variance below ``epsilon`` counts as ``epsilon``, but keeps its gradient, so that a collapsed variance can grow
    again (as in PyTorch). ``full`` adds the constant.

    Formula: \ell = \tfrac12 \left( \log v + \frac{e^2}{v} \right) \; [+\, \tfrac12 \log 2 \pi], \quad
        e = \hat y - y, \; v = \max(\text{variance}, \epsilon)
    Derivative: \partial \ell / \partial \hat y = e / v, \quad
        \partial \ell / \partial \text{variance} = \tfrac12 (1 - e^2 / v) / v
    Kinks: below epsilon the derivative for the variance is that at epsilon
    Reference: Nix and Weigend, Estimating the Mean and Variance of the Target Probability Distribution, 1994
    """
    error = y_pred - y_true
    raised = epsilon + (variance - xp.stop_gradient(variance))
    spread = xp.where(variance < epsilon, raised, variance)
    scaled = error / spread
    value = 0.5 * (xp.log(spread) + error * scaled)
    if full:
        value = value + 0.5 * math.log(2 * math.pi)
    return value, lambda: (scaled, 0.5 * (1 - error * scaled) / spread)


def log_ratio_gap(xp: Namespace, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """``y / f - 1`` where that is between -1/2 and 1/2, else 0; and where it is: there differences need care."""
    gap = y_true - y_pred
    near = xp.abs(gap) < 0.5 * y_pred
    return xp.where(near, gap, xp.zeros_like(gap)) / y_pred, near


@loss(kind="elementwise", y_true=POSITIVE, y_pred=POSITIVE)
def gamma_deviance(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    r"""The deviance of a gamma distribution of mean ``y_pred``: relative errors of positive numbers.

    Formula: \ell = 2 \left( \log \frac{\hat y}{y} + \frac{y}{\hat y} - 1 \right)
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y) / \hat y^2
    Also known as: sklearn.metrics.mean_gamma_deviance, Tweedie deviance of power 2, QLIKE (half of it)
    Reference: McCullagh and Nelder, Generalized Linear Models, 1989
    """
    small, near = log_ratio_gap(xp, y_true, y_pred)
    far = y_true / y_pred - 1 + (xp.log(y_pred) - xp.log(y_true))
    return 2 * xp.where(near, small - xp.log1p(small), far), lambda: 2 * ((y_pred - y_true) / y_pred) / y_pred


@loss(kind="elementwise", y_true=NONNEGATIVE, y_pred=POSITIVE)
def tweedie_deviance(xp: Namespace, y_true: Array, y_pred: Array, *, power: Any = 1.5) -> Any:
    r"""The deviance of a Tweedie distribution of mean ``y_pred`` whose variance grows with the mean's ``power``.

    ``power`` p is at least 1 and less than 2: 1 is Poisson's, in between are the compound Poisson-gamma distributions
    of amounts that are often exactly 0 (insurance claims, rainfall). Of power 2 is ``gamma_deviance``, of power 0
    ``mean_squared_error``. A power that is an array must not be 1.

    Formula: \ell = 2 \left( \frac{y^{2-p}}{(1-p)(2-p)} - \frac{y\, \hat y^{1-p}}{1-p} + \frac{\hat y^{2-p}}{2-p}
        \right), \quad 2 (y \log(y / \hat y) - y + \hat y) \text{ for } p = 1
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)\, \hat y^{-p}
    Kinks: at y = 0 the derivative for the target, which is infinite, counts as 0
    Also known as: sklearn.metrics.mean_tweedie_deviance, mean_poisson_deviance (power 1)
    Reference: Jorgensen, Exponential Dispersion Models, Journal of the Royal Statistical Society, 1987
    """
    if isinstance(power, int | float) and power == 1:
        growth = xp.xlogy(y_true, y_true) - xp.xlogy(y_true, y_pred)
        return 2 * (growth - (y_true - y_pred)), lambda: 2 * ((y_pred - y_true) / y_pred)
    small, near = log_ratio_gap(xp, y_true, y_pred)
    rest, tangent = 2 - power, y_pred ** (1 - power)
    whole = y_pred**rest
    own, weight = xp.safe_power(y_true, rest), y_true * tangent
    log_ratio = xp.log(xp.where(y_true == 0, y_pred, y_true)) - xp.log(y_pred)
    log_ratio = xp.where(near, xp.log1p(small), log_ratio)
    close = xp.abs(log_ratio) < 2  # there a difference of powers cancels; beyond it an exponential may overflow
    growth = xp.where(close, weight * xp.expm1((1 - power) * xp.clip(log_ratio, -2.0, 2.0)), own - weight) / (1 - power)
    gain = xp.where(near, whole * xp.expm1(rest * xp.log1p(small)), own - whole) / rest
    return 2 * (growth - gain), lambda: 2 * ((y_pred - y_true) / y_pred) * tangent
