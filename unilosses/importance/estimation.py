"""Expectations under one distribution from samples of another, with an honest standard error."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ..dispatch import Backend
from ..information.distribution import arrays_of, logarithm
from ..namespace import Array
from .pareto import SMALLEST_SAMPLE, effective_sample_size, pareto_k, smoothed_log_weights

#: Above this shape of the weights' tail, or below this effective sample size, an estimate comes with a warning.
LARGEST_K = 0.7
SMALLEST_EFFECTIVE_SAMPLE = 10


class UnreliableEstimateWarning(UserWarning):
    """The weights are so uneven that neither the estimate nor its standard error can be trusted."""


@dataclass(frozen=True)
class Estimate:
    """An estimated expectation and what is known of its error. Each field has one entry per problem.

    The diagnostics are those of what was averaged, so that a proposal made for ``f`` is not blamed for weights where
    ``f`` is 0: ``effective_sample_size`` is that of the weights where ``f`` is not 0, ``pareto_k`` that of ``|f| w``.
    The normalised estimate also needs the sum of the weights; it has the worse of these and of all weights' own.
    """

    value: Array
    standard_error: Array
    effective_sample_size: Array
    pareto_k: Array

    def confidence_interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """The normal approximation's interval that covers the expectation with probability ``level``."""
        if not 0 < level < 1:
            raise ValueError(f"confidence_interval: level={level}; wanted a number between 0 and 1.")
        half = NormalDist().inv_cdf((1 + level) / 2) * self.standard_error
        return self.value - half, self.value + half


def weights(log_p: Any, log_q: Any, *, normalize: bool = False) -> Array:
    r"""Importance weights :math:`w_i = p(x_i) / q(x_i)` of samples from ``q``, from the logarithms of both densities.

    ``normalize=True`` divides them by their sum: they then sum to 1, never overflow, and neither density has to be
    normalised. Their logarithms, which the diagnostics take, are ``log_p - log_q``.
    """
    backend, (p, q), _ = arrays_of("weights", [("log_p", log_p), ("log_q", log_q)])
    log_weights = _log_weights("weights", backend, p, q)
    return backend.namespace.softmax(log_weights, -1) if normalize else backend.namespace.exp(log_weights)


def estimate(
    f: Any, log_p: Any, log_q: Any, *, samples: Any = None, normalize: bool = False, smooth: bool = False
) -> Estimate:
    r"""The expectation :math:`E_p[f(x)]` from samples :math:`x_i` of ``q``.

    ``f``, ``log_p`` and ``log_q`` are the values at the samples, along the last axis, or functions that give them for
    ``samples``.

    * Plain (the default): :math:`\frac1N \sum_i w_i f(x_i)`, without bias. Both densities must be normalised, and
      ``q`` must be positive where ``f p`` is not 0.
    * ``normalize=True``: :math:`\sum_i w_i f(x_i) / \sum_i w_i`. The densities may lack a constant factor, and ``q``
      must be positive where ``p`` is. A bias of the order 1/N, and often less variance. The standard error is that of
      the delta method.

    ``smooth=True`` replaces the largest weights as :func:`smoothed_log_weights` does. The weights are then constants.

    An :class:`UnreliableEstimateWarning` is given if ``pareto_k`` is above 0.7, or if the effective sample is below 10
    and less than half of the samples. Under a compiler, where values cannot be read, look at the fields yourself.

    Reference: Owen, Monte Carlo Theory, Methods and Examples, 2013, chapter 9
    """
    if samples is None and any(map(callable, (f, log_p, log_q))):
        raise TypeError("estimate: functions were given, but not the samples to call them with. Fix: pass samples=.")
    given = [x(samples) if callable(x) else x for x in (f, log_p, log_q)]
    backend, (y, p, q), _ = arrays_of("estimate", list(zip(("f", "log_p", "log_q"), given, strict=True)))
    xp = backend.namespace
    log_weights = _log_weights("estimate", backend, p, q)
    count = log_weights.shape[-1]
    if not y.ndim or y.shape[-1] != count or count < 2:
        raise ValueError(
            f"estimate: f has shape {tuple(y.shape)} and the weights {tuple(log_weights.shape)}; wanted at least two "
            "samples along the last axis of both."
        )
    if smooth:
        log_weights = smoothed_log_weights(log_weights)[0]
    log_f = xp.stop_gradient(logarithm(xp, xp.abs(y)))
    used = xp.where(xp.isfinite(log_f), log_weights, xp.zeros_like(log_f + log_weights) - math.inf)
    size, k = effective_sample_size(used), pareto_k(log_f + log_weights)
    if normalize:
        shares = xp.softmax(log_weights, -1)
        value = xp.sum(xp.zero_product(shares, y), axis=-1)
        deviations = xp.zero_product(shares, y - xp.expand_dims(value, axis=-1))
        error = xp.safe_sqrt(xp.sum(deviations * deviations, axis=-1))
        size = xp.minimum(size, effective_sample_size(log_weights))
        k = xp.maximum(k, pareto_k(log_weights))
    else:
        products = xp.zero_product(xp.exp(log_weights), y)
        value = xp.mean(products, axis=-1)
        deviations = products - xp.expand_dims(value, axis=-1)
        error = xp.safe_sqrt(xp.sum(deviations * deviations, axis=-1) / (count * (count - 1)))
    made = Estimate(value, error, xp.stop_gradient(size), k)
    if not backend.is_tracing([y, p, q]):
        _warn(backend, made, count)
    return made


def _warn(backend: Backend, made: Estimate, count: int) -> None:
    if 0 in made.value.shape:
        return
    size, k = backend.extent(made.effective_sample_size)[0], backend.extent(made.pareto_k)[1]
    if size < min(SMALLEST_EFFECTIVE_SAMPLE, count / 2):
        reason = f"{count} samples are worth {size:.1f}"
    elif count >= SMALLEST_SAMPLE and k > LARGEST_K:
        reason = f"the weights have a heavy tail, pareto_k = {k:.2f} > {LARGEST_K}"
    else:
        return
    warnings.warn(
        f"This estimate cannot be trusted: {reason}. A proposal q nearer to |f| p, with heavier tails than it, helps; "
        "more samples hardly do.",
        UnreliableEstimateWarning,
        stacklevel=3,
    )


def balance_heuristic(log_q: Any, counts: Sequence[int]) -> Array:
    r"""The ``log_q`` of several proposals together: :math:`\log \sum_j \frac{n_j}{N} q_j(x_i)`.

    ``log_q[..., j, i]`` is the log density of proposal ``j`` at sample ``i``, for all samples of all proposals, and
    ``counts[j]`` is how many of them proposal ``j`` drew. Given to :func:`estimate`, this is multiple importance
    sampling: no other way to combine the proposals has a much smaller variance. The standard error is a little too
    large, because the counts are fixed instead of drawn.

    Reference: Veach and Guibas, Optimally Combining Sampling Techniques for Monte Carlo Rendering, 1995
    """
    backend, (x,), _ = arrays_of("balance_heuristic", [("log_q", log_q)])
    total = sum(counts)
    if x.ndim < 2 or x.shape[-2] != len(counts) or x.shape[-1] != total or min(counts) < 1:
        raise ValueError(
            f"balance_heuristic: log_q has shape {tuple(x.shape)} and counts are {list(counts)}; wanted one row for "
            "each proposal and one column for each sample of all of them, with at least one sample from each."
        )
    xp = backend.namespace
    shares = backend.asarray([math.log(n / total) for n in counts], x, x.dtype)
    return xp.logsumexp(x + xp.expand_dims(shares, axis=-1), axis=-2)


def _log_weights(function: str, backend: Backend, log_p: Array, log_q: Array) -> Array:
    if not log_p.ndim or not log_q.ndim or log_p.shape[-1] != log_q.shape[-1] or not log_p.shape[-1]:
        raise ValueError(
            f"{function}: log_p has shape {tuple(log_p.shape)} and log_q {tuple(log_q.shape)}; wanted one log density "
            "of each for every sample, along the last axis."
        )
    if not backend.is_tracing([log_p, log_q]) and 0 not in log_q.shape and 0 not in log_p.shape:
        xp = backend.namespace
        smallest, largest = backend.extent(xp.stop_gradient(log_q))
        top = backend.extent(xp.stop_gradient(log_p))[1]
        if not (smallest > -math.inf and largest < math.inf and top < math.inf):
            raise ValueError(
                f"{function}: log_q goes from {smallest:g} to {largest:g}, log_p up to {top:g}; wanted finite numbers "
                "(log_p may be -inf). A sample where log_q is -inf cannot come from q."
            )
    return log_p - log_q
