"""Likelihoods: minus the logarithm of the probability of the target under a predicted distribution."""

from __future__ import annotations

import math
from typing import Any

from ..domains import AMOUNTS, MEANS, NONNEGATIVE, POSITIVE, RATES, REAL
from ..loss import loss
from ..namespace import Array, Namespace
from .regression import mean_squared_error


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


def exponential_remainder(xp: Namespace, x: Array) -> Array:
    """``(exp(x) - 1 - x) / x ** 2`` to the last digit: by its series below 1."""
    near = xp.abs(x) < 1
    small, large = xp.where(near, x, xp.zeros_like(x)), xp.where(near, xp.ones_like(x), x)
    series = xp.zeros_like(x)
    for n in range(18, 1, -1):
        series = series * small + 1 / math.factorial(n)
    return xp.where(near, series, (xp.expm1(large) - large) / (large * large))


@loss(kind="elementwise", y_true=AMOUNTS, y_pred=MEANS)
def tweedie_deviance(xp: Namespace, y_true: Array, y_pred: Array, *, power: Any = 1.5) -> Any:
    r"""The deviance of a Tweedie distribution of mean ``y_pred`` whose variance grows with the mean's ``power``.

    ``power`` p is 0 (normal distributions: the squared error of any numbers), 1 (Poisson), 2 (gamma, as in
    ``gamma_deviance``), 3 (inverse Gaussian), less than 0 (extreme stable: targets of any sign), or any other number of
    at least 1; between 1 and 2 are the compound Poisson-gamma distributions of amounts that are often exactly 0
    (insurance claims, rainfall). From 2 on targets must be positive: 0 costs infinity. There is no distribution between
    0 and 1. A power that is an array must be neither 1 nor 2, and its targets not negative.

    Formula: \ell = 2 \left( \frac{\max(y, 0)^{2-p}}{(1-p)(2-p)} - \frac{y\, \hat y^{1-p}}{1-p}
        + \frac{\hat y^{2-p}}{2-p} \right), \quad 2 (y \log(y / \hat y) - y + \hat y) \text{ for } p = 1,
        \quad 2 (\log(\hat y / y) + y / \hat y - 1) \text{ for } p = 2
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)\, \hat y^{-p}
    Kinks: at y = 0 the derivative for the target counts as 0 between p = 1 and 2, where it is infinite
    Also known as: sklearn.metrics.mean_tweedie_deviance, mean_poisson_deviance (power 1)
    Reference: Jorgensen, Exponential Dispersion Models, Journal of the Royal Statistical Society, 1987
    """
    if isinstance(power, int | float) and power == 0:
        return mean_squared_error.function(xp, y_true, y_pred)
    if isinstance(power, int | float) and power == 1:
        growth = xp.xlogy(y_true, y_true) - xp.xlogy(y_true, y_pred)
        return 2 * (growth - (y_true - y_pred)), lambda: 2 * ((y_pred - y_true) / y_pred)
    if isinstance(power, int | float) and power == 2:
        return gamma_deviance.function(xp, y_true, y_pred)
    # The deviance scales with a power of its arguments. Outside of 1 < p < 2 that power is taken off and put back in
    # two halves, so that nothing overflows before the value does.
    below, above = (power < 0, power > 2) if isinstance(power, int | float) else (False, False)
    true, mean, half = y_true, y_pred, None
    if below or above:
        extreme = xp.maximum(xp.abs(y_true), y_pred) if below else xp.minimum(y_true, y_pred)
        scale = xp.stop_gradient(xp.where(y_true == 0, y_pred, extreme))
        true, mean, half = y_true / scale, y_pred / scale, scale ** (1 - 0.5 * power)
    down, rest = 1 - power, 2 - power
    small, near = log_ratio_gap(xp, y_true, y_pred)
    positive = y_true > 0
    log_ratio = xp.log(xp.where(positive, y_true, y_pred)) - xp.log(y_pred)
    log_ratio = xp.where(near, xp.log1p(small), log_ratio)
    close = positive & (xp.abs(log_ratio) < 2)  # there the powers cancel each other
    log_ratio = xp.where(close, log_ratio, xp.zeros_like(log_ratio))
    # r (r^(1-p) - 1) / (1-p) - (r^(2-p) - 1) / (2-p) of r = y / f, without the terms of first order, which cancel.
    steep = down * log_ratio * exponential_remainder(xp, down * log_ratio)
    flat = rest * log_ratio * exponential_remainder(xp, rest * log_ratio)
    gap = log_ratio * (steep - flat + xp.expm1(log_ratio) * (1 + steep))
    whole = mean**rest
    own = true**rest if above else xp.safe_power(xp.relu(true), rest)
    value = 2 * xp.where(close, gap * whole, (own - true * mean**down) / down - (own - whole) / rest)
    if half is not None:
        value = xp.zero_product(xp.zero_product(value, half), half)

    def derivative() -> Array:
        error = y_pred - y_true
        if below:
            return 2 * xp.zero_product(error, y_pred**-power)
        return 2 * xp.zero_product(error / y_pred, y_pred**down)

    return value, derivative
