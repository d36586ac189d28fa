"""How different two distributions are."""

from __future__ import annotations

from typing import Any

from ..namespace import Array, Namespace
from .distribution import Base, Distribution, distributions, in_units


def kl_divergence(
    p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, base: Base = 2, axis: int = -1
) -> Array:
    r"""The bits wasted by a code made for ``q`` on outcomes of ``p``: :math:`D(P \| Q) = \sum_x p \log \frac{p}{q}`.

    The expected surprise in excess of the entropy, :math:`H(P, Q) - H(P)`: at least 0, and 0 only if ``p = q``. Not
    symmetric, and no distance. Infinite where ``q = 0 < p``. In bits, nats or hartleys.

    The derivative is :math:`-p/q` with respect to ``q`` and :math:`\log(p/q) + 1` with respect to ``p``, which is -inf
    where ``p = 0 < q``; both are 0 where both probabilities are 0. With respect to logarithms they are finite wherever
    the divergence is.

    Also known as: relative entropy, information gain
    Reference: Kullback and Leibler, On Information and Sufficiency, 1951
    """
    xp, axes, (P, Q) = distributions("kl_divergence", axis, p=(p, log_p), q=(q, log_q))
    return in_units(xp.sum(relative_terms(P, Q), axis=axes), base)


def relative_terms(P: Distribution, Q: Distribution) -> Array:
    """``p log(p / q)``, in nats. As a difference of logarithms, because ``p / q`` may overflow."""
    return P.times_log(P) - P.times_log(Q) - P.vertical(P.zero & ~Q.zero)


def js_divergence(
    p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, base: Base = 2, axis: int = -1
) -> Array:
    r"""The Jensen–Shannon divergence :math:`\tfrac12 D(P \| M) + \tfrac12 D(Q \| M)` with :math:`M = \tfrac12 (P + Q)`.

    Symmetric and always finite: at most 1 bit (:math:`\log 2` nats), for distributions without a common outcome. It is
    the information that one draw gives on which of the two it came from. The derivative with respect to ``p`` is
    :math:`\tfrac12 \log(p/m)`: -inf where ``p = 0 < q``, 0 where both are 0.

    Reference: Lin, Divergence Measures Based on the Shannon Entropy, 1991
    """
    xp, axes, (P, Q) = distributions("js_divergence", axis, p=(p, log_p), q=(q, log_q))
    return in_units(_jensen_shannon(xp, axes, P, Q), base)


def jensen_shannon_distance(
    p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, base: Base = 2, axis: int = -1
) -> Array:
    r"""The square root of :func:`js_divergence`: a metric, between 0 and 1 in base 2.

    At ``p = q`` it has a kink; the derivative there is 0.

    Reference: Endres and Schindelin, A New Metric for Probability Distributions, 2003
    """
    xp, axes, (P, Q) = distributions("jensen_shannon_distance", axis, p=(p, log_p), q=(q, log_q))
    return xp.safe_sqrt(in_units(_jensen_shannon(xp, axes, P, Q), base))


def _jensen_shannon(xp: Namespace, axes: tuple[int, ...], P: Distribution, Q: Distribution) -> Array:
    M = Distribution.of(xp, (P.p + Q.p) / 2)
    return xp.sum(relative_terms(P, M) + relative_terms(Q, M), axis=axes) / 2


def total_variation_distance(
    p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, axis: int = -1
) -> Array:
    r"""The largest difference in the probability of any event: :math:`\tfrac12 \sum_x |p(x) - q(x)|`, from 0 to 1.

    The derivative is half the sign of the difference, 0 where the probabilities are equal.
    """
    xp, axes, (P, Q) = distributions("total_variation_distance", axis, p=(p, log_p), q=(q, log_q))
    return xp.sum(xp.abs(P.p - Q.p), axis=axes) / 2


def hellinger_distance(p: Any = None, q: Any = None, *, log_p: Any = None, log_q: Any = None, axis: int = -1) -> Array:
    r"""Hellinger's distance :math:`\sqrt{\tfrac12 \sum_x (\sqrt{p(x)} - \sqrt{q(x)})^2}`, a metric from 0 to 1.

    The derivative with respect to ``p`` is -inf where ``p = 0 < q`` and 0 where both are 0; at ``p = q`` it has a kink,
    and the derivative there is 0.

    Reference: Hellinger, Neue Begründung der Theorie quadratischer Formen, 1909
    """
    xp, axes, (P, Q) = distributions("hellinger_distance", axis, p=(p, log_p), q=(q, log_q))
    difference = _root(P) - _root(Q)
    steep = P.vertical(P.zero & ~Q.zero) + Q.vertical(Q.zero & ~P.zero)
    return xp.safe_sqrt(xp.sum(difference * difference - steep, axis=axes) / 2)


def _root(P: Distribution) -> Array:
    return P.xp.exp(P.flat_log / 2) if P.from_log else P.xp.safe_sqrt(P.p)
