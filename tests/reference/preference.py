"""Preference losses of the log-probabilities of a chosen and a rejected answer, as their papers state them."""

from __future__ import annotations

from typing import Any

from .arrays import elementwise, mp, number, softplus


def dpo(
    chosen: Any,
    rejected: Any,
    reference_chosen: Any,
    reference_rejected: Any,
    *,
    beta: Any = 0.1,
    label_smoothing: Any = 0.0,
) -> Any:
    """-log sigmoid(beta ((c - c_ref) - (r - r_ref))); a share of label_smoothing counts with the opposite sign."""

    def value(c: Any, r: Any, reference_c: Any, reference_r: Any) -> Any:
        z, share = number(beta) * ((c - reference_c) - (r - reference_r)), number(label_smoothing)
        return (1 - share) * softplus(-z) + share * softplus(z)

    return elementwise(value, chosen, rejected, reference_chosen, reference_rejected)


def ipo(chosen: Any, rejected: Any, reference_chosen: Any, reference_rejected: Any, *, tau: Any = 0.1) -> Any:
    """((c - c_ref) - (r - r_ref) - 1 / (2 tau))^2."""

    def value(c: Any, r: Any, reference_c: Any, reference_r: Any) -> Any:
        return ((c - reference_c) - (r - reference_r) - 1 / (2 * number(tau))) ** 2

    return elementwise(value, chosen, rejected, reference_chosen, reference_rejected)


def simpo(chosen: Any, rejected: Any, *, beta: Any = 2.0, gamma: Any = 1.0) -> Any:
    """-log sigmoid(beta (c - r) - gamma)."""
    return elementwise(lambda c, r: softplus(number(gamma) - number(beta) * (c - r)), chosen, rejected)


def orpo(chosen: Any, rejected: Any, *, beta: Any = 0.1) -> Any:
    """-c - beta log sigmoid(log of the ratio of odds); log(1 - p) is at least -100, as in the cross-entropies."""

    def log_odds(x: Any) -> Any:
        rest = -mp.expm1(x)
        return x - (mp.log(rest) if rest > mp.exp(-100) else mp.mpf(-100))

    return elementwise(lambda c, r: -c + number(beta) * softplus(log_odds(r) - log_odds(c)), chosen, rejected)
