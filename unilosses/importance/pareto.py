"""Can these weights be trusted? Effective sample size, and the shape k of the weights' tail."""

from __future__ import annotations

import math
from typing import Any

from ..dispatch import Backend
from ..information.distribution import arrays_of, logarithm
from ..namespace import Array, Namespace

#: Fewer weights have no tail (a fifth of them) that a distribution could be fitted to.
SMALLEST_SAMPLE = 25


def effective_sample_size(log_weights: Any) -> Array:
    r"""Kish's effective sample size :math:`(\sum_i w_i)^2 / \sum_i w_i^2`, from the logarithms of the weights.

    Between 1 (one weight is all) and the number of samples (all weights are equal); 0 if all weights are 0. It looks
    at the weights that were drawn: a sample that missed a region where they are huge does not show, see
    :func:`pareto_k`.

    Reference: Kish, Survey Sampling, 1965
    """
    backend, x = log_weights_of("effective_sample_size", log_weights)
    xp = backend.namespace
    w = xp.exp(x - _largest(xp, x))
    total = xp.sum(w, axis=-1)
    return xp.safe_divide(total * total, xp.sum(w * w, axis=-1))


def pareto_k(log_weights: Any) -> Array:
    r"""The shape :math:`\hat k` of a generalised Pareto distribution fitted to the largest weights.

    Moments of the weights above :math:`1 / k` do not exist. Below 0.5 the variance is finite and the central limit
    theorem holds; below 0.7 estimates from smoothed weights are still good; above, the estimate rests on a few samples
    and its standard error on luck. Negative for bounded weights, -inf if the largest weights are all equal, inf for
    fewer than 25 weights, of which nothing can be said, and NaN if one of them is.

    Reference: Vehtari, Simpson, Gelman, Yao and Gabry, Pareto Smoothed Importance Sampling, 2024;
        Zhang and Stephens, A New and Efficient Estimation Method for the Generalized Pareto Distribution, 2009
    """
    backend, x = log_weights_of("pareto_k", log_weights)
    xp = backend.namespace
    x = xp.stop_gradient(x)
    if x.shape[-1] < SMALLEST_SAMPLE:
        return xp.sum(xp.zeros_like(x), axis=-1) + math.inf
    return _fit(xp, xp.sort(x - _largest(xp, x), axis=-1))[0]


def smoothed_log_weights(log_weights: Any) -> tuple[Array, Array]:
    r"""The log weights with their tail smoothed, and :math:`\hat k`: Pareto smoothed importance sampling.

    The largest weights are replaced by quantiles of the generalised Pareto distribution fitted to them, cut at the
    largest weight: a little bias for much less variance. Smoothed weights are constants: no gradient flows through.

    Reference: Vehtari, Simpson, Gelman, Yao and Gabry, Pareto Smoothed Importance Sampling, 2024
    """
    backend, x = log_weights_of("smoothed_log_weights", log_weights)
    xp = backend.namespace
    x = xp.stop_gradient(x)
    count = x.shape[-1]
    if count < SMALLEST_SAMPLE:
        return x, pareto_k(x)
    largest = _largest(xp, x)
    relative = x - largest
    ascending = xp.sort(relative, axis=-1)
    k, scale = _fit(xp, ascending)
    size = tail_size(count)
    levels = (xp.astype(xp.arange(size, dtype=xp.int64), x.dtype) + 0.5) / size
    shape, spread = xp.expand_dims(k, axis=-1), xp.expand_dims(scale, axis=-1)
    # The quantiles of the excess over the cutoff; k = 0 is the exponential distribution.
    straight = -xp.log1p(-levels)
    bent = xp.where(shape == 0, xp.ones_like(shape), shape)
    excess = spread * xp.where(shape == 0, straight, xp.expm1(bent * straight) / bent)
    quantiles = logarithm(xp, excess + xp.exp(ascending[..., count - size - 1 : count - size]))
    smooth = xp.minimum(quantiles, ascending[..., count - 1 :])
    fitted = xp.isfinite(shape) & xp.isfinite(spread) & (spread > 0)
    smooth = xp.where(fitted, smooth, ascending[..., count - size :])
    rank = xp.argsort(xp.argsort(relative, axis=-1), axis=-1)
    place = rank - (count - size)
    inside = place >= 0
    replaced = xp.take_along_axis(smooth, xp.where(inside, place, xp.zeros_like(place)), axis=-1)
    return xp.where(inside, replaced + largest, x), k


def log_weights_of(function: str, log_weights: Any) -> tuple[Backend, Array]:
    """The argument as an array with at least one weight on its last axis."""
    backend, (x,), _ = arrays_of(function, [("log_weights", log_weights)])
    if not x.ndim or not x.shape[-1]:
        raise ValueError(f"{function}: log_weights has shape {tuple(x.shape)}; wanted samples along the last axis.")
    return backend, x


def _largest(xp: Namespace, x: Array) -> Array:
    """What log weights are taken relative to, so that their exponentials neither overflow nor all vanish."""
    top = xp.stop_gradient(xp.max(x, axis=-1, keepdims=True))
    return xp.where(xp.isfinite(top), top, xp.zeros_like(top))


def tail_size(count: int) -> int:
    """How many of the largest weights are the tail: three times the root of the sample size, at most a fifth."""
    return math.floor(3 * math.sqrt(count)) if count > 225 else count // 5


def _fit(xp: Namespace, ascending: Array) -> tuple[Array, Array]:
    """Shape and scale of the generalised Pareto distribution of the tail's excess over the largest weight below it.

    The posterior mean of Zhang and Stephens over a grid of ``b = -k / scale``, with the shape drawn to 0.5 as if by ten
    more observations.
    """
    count = ascending.shape[-1]
    size = tail_size(count)
    x = xp.exp(ascending[..., count - size :]) - xp.exp(ascending[..., count - size - 1 : count - size])
    largest = x[..., size - 1 :]
    some = largest > 0
    x = xp.where(some, x, xp.ones_like(x))
    largest = xp.where(some, largest, xp.ones_like(largest))
    quarter = math.floor(size / 4 + 0.5) - 1
    quartile = x[..., quarter : quarter + 1]
    # Ties at the cutoff (discrete distributions) leave no excess in the first quarter; the mean gives a scale too.
    quartile = xp.where(quartile > 0, quartile, xp.mean(x, axis=-1, keepdims=True))

    grid = 30 + math.isqrt(size)
    steps = xp.astype(xp.arange(1, grid + 1, dtype=xp.int64), x.dtype) - 0.5
    b = 1 / largest + (1 - xp.sqrt(grid / steps)) / (3 * quartile)
    k = xp.mean(xp.log1p(-xp.expand_dims(b, axis=-1) * xp.expand_dims(x, axis=-2)), axis=-1)
    likelihood = size * (xp.log(-b / k) - k - 1)
    b = xp.sum(xp.softmax(likelihood, axis=-1) * b, axis=-1, keepdims=True)
    k = xp.mean(xp.log1p(-b * x), axis=-1)
    scale = -k / xp.squeeze(b, axis=-1)
    k = (size * k + 5) / (size + 10)
    some = xp.squeeze(some, axis=-1)
    k, scale = xp.where(some, k, xp.zeros_like(k) - math.inf), xp.where(some, scale, xp.zeros_like(scale))
    broken = xp.any(xp.isnan(ascending), axis=-1)  # libraries sort NaN to different places
    nothing = xp.zeros_like(k) + math.nan
    return xp.where(broken, nothing, k), xp.where(broken, nothing, scale)
