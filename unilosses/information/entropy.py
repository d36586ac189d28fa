"""How surprising: self-information, entropy and its relatives, cross-entropy."""

from __future__ import annotations

import math
from typing import Any

from ..namespace import Array
from .distribution import Base, Distribution, arrays_of, distributions, in_units, one_of


def self_information(p: Any = None, *, log_p: Any = None, base: Base = 2) -> Array:
    r"""The surprise of events of probability ``p``: :math:`I = -\log p`, in bits, nats or hartleys.

    ``p`` holds probabilities of any events, not a distribution: nothing has to sum to 1. Certain events carry 0,
    impossible ones infinite information. The derivative is :math:`-1/p`, infinite at 0.

    Reference: Shannon, A Mathematical Theory of Communication, 1948
    """
    name, given = one_of("self_information", "p", p, log_p)
    backend, (x,), _ = arrays_of("self_information", [(name, given)])
    if not backend.is_tracing([x]) and 0 not in x.shape:
        smallest, largest = backend.extent(backend.namespace.stop_gradient(x))
        low, high = (0.0, 1.0) if log_p is None else (-math.inf, 0.0)
        if smallest < low or largest > high:
            raise ValueError(
                f"self_information: {name} holds {smallest:g} to {largest:g}; wanted numbers from {low:g} to {high:g}."
            )
    made = Distribution.of if log_p is None else Distribution.of_log
    return in_units(-made(backend.namespace, x).log, base)


def entropy(p: Any = None, *, log_p: Any = None, base: Base = 2, axis: int = -1) -> Array:
    r"""The expected surprise of a distribution: :math:`H(P) = -\sum_x p(x) \log p(x)`.

    In bits (nats, hartleys): the least average length of a code for outcomes of ``p``. Between 0 (one outcome is
    certain) and :math:`\log n` (all ``n`` are equally likely). ``p`` has shape (..., n) and the result (...), with the
    outcomes on ``axis``. The derivative is :math:`-\log p - 1`, +inf where ``p = 0``; with respect to ``log_p`` it is
    :math:`-p(\log p + 1)`, finite everywhere.

    Reference: Shannon, A Mathematical Theory of Communication, 1948
    """
    xp, axes, (P,) = distributions("entropy", axis, p=(p, log_p))
    return in_units(xp.sum(entropy_terms(P), axis=axes), base)


def entropy_terms(P: Distribution) -> Array:
    """``-p log p``, in nats."""
    return P.vertical(P.zero) - P.times_log(P)


def cross_entropy(
    p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, base: Base = 2, axis: int = -1
) -> Array:
    r"""The expected surprise at outcomes of ``p`` of someone who believes ``q``: :math:`H(P, Q) = -\sum p \log q`.

    In bits: the average length of a code made for ``q`` when outcomes come from ``p``, all bits counted;
    :func:`kl_divergence` are the bits in excess of :math:`H(P)`. Infinite where ``q = 0 < p``. With one-hot ``p`` and
    ``base="e"`` this is the classification loss: ``unilosses.categorical_cross_entropy``.

    The derivative is :math:`-p / q` with respect to ``q`` (0 where ``p = 0``) and :math:`-\log q` with respect to ``p``
    (0 where both are 0). ``p`` and ``q`` have one shape, or one of them is a single distribution.
    """
    xp, axes, (P, Q) = distributions("cross_entropy", axis, p=(p, log_p), q=(q, log_q))
    return in_units(-xp.sum(P.times_log(Q), axis=axes), base)


def empirical_cross_entropy(samples: Any, q: Any = None, *, log_q: Any = None, base: Base = 2, axis: int = -1) -> Array:
    r"""The negative log-likelihood per sample: :math:`-\frac1N \sum_i \log q(x_i)`.

    This is the cross-entropy of the samples' empirical distribution and ``q``. ``samples`` are outcomes as integers
    from 0. ``q`` is one distribution for all of them, shape (n,), or one for each, shape (..., n) with the outcomes on
    ``axis`` and the shape of ``samples`` besides, as a classifier gives. With ``base="e"`` and ``log_q`` this is
    ``unilosses.negative_log_likelihood``.
    """
    function = "empirical_cross_entropy"
    name, given = one_of(function, "q", q, log_q)
    backend, (x, _), _ = arrays_of(function, [(name, given), ("samples", samples)])
    if not backend.is_array(samples):
        samples = backend.asarray(samples, x)
    if not backend.is_integer(samples.dtype):
        raise ValueError(f"{function}: samples have dtype {samples.dtype}; wanted outcomes as integers from 0.")
    xp, (axis,), (Q,) = distributions(function, axis, q=(q, log_q))
    rest = tuple(n for a, n in enumerate(Q.p.shape) if a != axis)
    if (rest and rest != tuple(samples.shape)) or 0 in samples.shape:
        raise ValueError(
            f"{function}: samples have shape {tuple(samples.shape)} and {name} has shape {tuple(Q.p.shape)}; wanted at "
            f"least one sample, and {name} of shape (n,) or the shape of samples with axis {axis} added."
        )
    count = Q.p.shape[axis]
    if backend.is_tracing([samples]):
        valid = (samples >= 0) & (samples < count)
        samples = xp.where(valid, samples, xp.zeros_like(samples))
    else:
        smallest, largest = backend.extent(samples)
        if smallest < 0 or largest >= count:
            raise ValueError(f"{function}: samples go from {smallest:g} to {largest:g}; {name} has {count} outcomes.")
        valid = None
    picked = xp.pick(Q.log, samples, axis) if rest else xp.lookup(Q.log, samples)
    if valid is not None:
        picked = xp.where(valid, picked, xp.zeros_like(picked) + math.nan)
    return in_units(-xp.mean(picked), base)


def perplexity(p: Any = None, *, log_p: Any = None, base: Base = 2, axis: int = -1) -> Array:
    r"""The number of equally likely outcomes that are as uncertain as ``p``: :math:`b^{H_b(P)}`, for every base.

    Between 1 and the number of outcomes. The perplexity of a model on data is ``2 ** empirical_cross_entropy(…)``.
    """
    in_units(0.0, base)  # a wrong base is refused here as everywhere, though the result does not depend on it
    xp, axes, (P,) = distributions("perplexity", axis, p=(p, log_p))
    return xp.exp(xp.sum(entropy_terms(P), axis=axes))


def renyi_entropy(p: Any = None, *, order: float, log_p: Any = None, base: Base = 2, axis: int = -1) -> Array:
    r"""Rényi's entropy :math:`H_\alpha(P) = \frac{1}{1 - \alpha} \log \sum_x p(x)^\alpha`, of ``order`` :math:`\alpha`.

    Order 0 counts the possible outcomes (Hartley), 1 is Shannon's entropy, 2 the collision entropy and infinity the
    min-entropy. It falls with the order. The derivative at ``p = 0`` is +inf for orders up to 1 and 0 above. Next to
    order 1 the quotient costs digits: the rounding error is that of the dtype over :math:`|1 - \alpha|`.

    Reference: Rényi, On Measures of Entropy and Information, 1961
    """
    _check_order("renyi_entropy", order)
    xp, axes, (P,) = distributions("renyi_entropy", axis, p=(p, log_p))
    if order == 0:
        nats = xp.log(_support(P, axes))
    elif order == 1:
        nats = xp.sum(entropy_terms(P), axis=axes)
    elif order == math.inf:
        nats = -xp.max(P.flat_log, axis=axes)
    elif order > 1 and not P.from_log:
        top = xp.stop_gradient(xp.max(P.p, axis=axes, keepdims=True))  # so that not all powers underflow
        powers = xp.sum(xp.safe_power(P.p / top, order), axis=axes)
        nats = (xp.log(powers) + order * xp.log(xp.squeeze(top, axis=axes[0]))) / (1 - order)
    else:
        nats = xp.logsumexp(order * P.flat_log, axis=axes[0]) / (1 - order)
        if order < 1:
            nats = nats + xp.sum(P.vertical(P.zero), axis=axes)
    return in_units(nats, base)


def tsallis_entropy(p: Any = None, *, order: float, log_p: Any = None, axis: int = -1) -> Array:
    r"""Tsallis' entropy :math:`S_q(P) = \frac{1}{q - 1} \bigl(1 - \sum_x p(x)^q\bigr)`, ``order`` :math:`q \ge 0`.

    Order 1 is Shannon's entropy in nats, order 2 the Gini impurity. There is no base. It is computed as
    :math:`\sum_x (p - p^q) / (q - 1)`, the same for a distribution and exact next to order 1; the derivative is that of
    this form, +inf at ``p = 0`` for orders up to 1.

    Reference: Tsallis, Possible Generalization of Boltzmann-Gibbs Statistics, 1988
    """
    _check_order("tsallis_entropy", order)
    xp, axes, (P,) = distributions("tsallis_entropy", axis, p=(p, log_p))
    if order == 0:
        return _support(P, axes) - 1
    if order == 1:
        return xp.sum(entropy_terms(P), axis=axes)
    if order == math.inf:
        return xp.sum(xp.zeros_like(P.p), axis=axes)
    if order >= 2 and not P.from_log:
        terms = xp.safe_power(P.p, order) - P.p
    elif order > 1:
        terms = P.p * xp.expm1((order - 1) * P.flat_log)
    else:
        terms = xp.exp(order * P.flat_log) * xp.expm1((1 - order) * P.flat_log) - P.vertical(P.zero)
    return -xp.sum(terms, axis=axes) / abs(order - 1)


def _check_order(function: str, order: float) -> None:
    if not order >= 0:
        raise ValueError(f"{function}: order={order}; wanted a number that is at least 0.")


def _support(P: Distribution, axes: tuple[int, ...]) -> Array:
    """How many outcomes are possible."""
    xp = P.xp
    return xp.sum(xp.where(P.zero, xp.zeros_like(P.p), xp.ones_like(P.p)), axis=axes)
