"""Preferences: of two answers to one prompt a language model should find the chosen one more likely than the rejected.

Inputs are one log-probability per answer, summed or averaged over its tokens as each loss says. ``reference`` ones are
those of the model that training started from; they are usually constants, but have their gradient like the others.
"""

from __future__ import annotations

from typing import Any

from ..domains import LOG_PROBABILITY
from ..loss import loss
from ..namespace import Array, Namespace

ANSWER = LOG_PROBABILITY


@loss(
    kind="elementwise", chosen=ANSWER, rejected=ANSWER, reference_chosen=ANSWER, reference_rejected=ANSWER
)  # fmt: skip
def dpo(
    xp: Namespace,
    chosen: Array,
    rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    *,
    beta: Any = 0.1,
    label_smoothing: Any = 0.0,
) -> Any:
    r"""The logistic loss of how much more the model prefers the chosen answer than the reference model does.

    Log-probabilities are sums over tokens. ``label_smoothing`` s is the share of pairs whose labels are swapped.

    Formula: \ell = -(1 - s) \log \sigma(\beta m) - s \log \sigma(-\beta m), \quad
        m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = \beta (s - \sigma(-\beta m)),
        \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
    Also known as: direct preference optimization; conservative DPO with label_smoothing
    Reference: Rafailov et al., Direct Preference Optimization: Your Language Model is Secretly a Reward Model, 2023
    """
    lead = beta * ((chosen - rejected) - (reference_chosen - reference_rejected))

    def derivative() -> tuple[Array, Array, Array, Array]:
        slope = beta * (label_smoothing - xp.sigmoid(-lead))
        return slope, -slope, -slope, slope

    return (1 - label_smoothing) * xp.softplus(-lead) + label_smoothing * xp.softplus(lead), derivative


@loss(
    kind="elementwise", chosen=ANSWER, rejected=ANSWER, reference_chosen=ANSWER, reference_rejected=ANSWER
)  # fmt: skip
def ipo(
    xp: Namespace,
    chosen: Array,
    rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    *,
    tau: Any = 0.1,
) -> Any:
    r"""The squared distance of the preference, relative to the reference model's, from the margin 1 / (2 tau).

    Unlike in DPO the preference does not grow without bound. Log-probabilities are sums over tokens in the paper;
    TRL, where ``tau`` is called beta, takes averages.

    Formula: \ell = \left( m - \frac{1}{2 \tau} \right)^2, \quad m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = 2 m - 1 / \tau,
        \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
    Also known as: identity preference optimization
    Reference: Azar et al., A General Theoretical Paradigm to Understand Learning from Human Preferences, 2023
    """
    error = (chosen - rejected) - (reference_chosen - reference_rejected) - 0.5 / tau
    return error * error, lambda: (2 * error, -2 * error, -2 * error, 2 * error)


@loss(kind="elementwise", chosen=ANSWER, rejected=ANSWER)
def simpo(xp: Namespace, chosen: Array, rejected: Array, *, beta: Any = 2.0, gamma: Any = 1.0) -> Any:
    r"""The logistic loss of the preference of the chosen answer by a margin, without a reference model.

    Log-probabilities are averages over tokens. ``gamma`` is the margin after multiplication by ``beta``.

    Formula: \ell = -\log \sigma(\beta (c - r) - \gamma)
    Derivative: \partial \ell / \partial c = -\beta\, \sigma(\gamma - \beta (c - r)), \quad
        \partial \ell / \partial r = -\partial \ell / \partial c
    Also known as: simple preference optimization; TRL's simpo_gamma is gamma
    Reference: Meng, Xia and Chen, SimPO: Simple Preference Optimization with a Reference-Free Reward, 2024
    """
    missing = gamma - beta * (chosen - rejected)

    def derivative() -> tuple[Array, Array]:
        slope = beta * xp.sigmoid(missing)
        return -slope, slope

    return xp.softplus(missing), derivative


@loss(kind="elementwise", chosen=ANSWER, rejected=ANSWER)
def orpo(xp: Namespace, chosen: Array, rejected: Array, *, beta: Any = 0.1) -> Any:
    r"""The negative log-likelihood of the chosen answer, and the logistic loss of the ratio of the answers' odds.

    Log-probabilities are averages over tokens. ``beta`` is the paper's lambda.

    Formula: \ell = -c - \beta \log \sigma(o(c) - o(r)), \quad o(x) = x - \log(1 - e^x)
    Derivative: \partial \ell / \partial c = -1 - \beta \frac{\sigma(o(r) - o(c))}{1 - e^c}, \quad
        \partial \ell / \partial r = \beta \frac{\sigma(o(r) - o(c))}{1 - e^r}
    Kinks: the logarithm in o is clamped at -100, with slope 0, where a probability is 1
    Also known as: odds ratio preference optimization
    Reference: Hong, Lee and Thorne, ORPO: Monolithic Preference Optimization without Reference Model, 2024
    """
    chosen_rest, rejected_rest = -xp.expm1(chosen), -xp.expm1(rejected)
    missing = (rejected - xp.clamped_log(rejected_rest)) - (chosen - xp.clamped_log(chosen_rest))

    def derivative() -> tuple[Array, Array]:
        slope = beta * xp.sigmoid(missing)
        of_chosen = 1 + xp.exp(chosen) * xp.clamped_reciprocal(chosen_rest)
        of_rejected = 1 + xp.exp(rejected) * xp.clamped_reciprocal(rejected_rest)
        return -1 - slope * of_chosen, slope * of_rejected

    return beta * xp.softplus(missing) - chosen, derivative


__all__ = ["dpo", "ipo", "orpo", "simpo"]
