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
