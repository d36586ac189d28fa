"""Definitions in the form that torch.nn has and section "definitions" of the library has not.

They are not in the registry: the same losses are there in their textbook form.
"""

from __future__ import annotations

from typing import Any

from unilosses import Loss
from unilosses.domains import REAL
from unilosses.namespace import Array, Namespace

from .array import taken_whole


def _kl_divergence_terms(xp: Namespace, y_true: Array, y_pred: Array, *, log_target: bool = False) -> Any:
    r"""One term of the Kullback-Leibler divergence per element, from log-probabilities that need not be normalised.

    A probability of zero contributes nothing, whatever the other distribution says about it.

    Formula: \ell = y (\log y - \hat y)
    Derivative: \partial \ell / \partial \hat y = -y
    """
    weight = xp.exp(y_true) if log_target else y_true
    silent = weight == 0
    prediction = xp.where(silent, xp.zeros_like(y_pred), y_pred)
    if log_target:
        value = weight * (xp.where(silent, xp.zeros_like(y_true), y_true) - prediction)
    else:
        value = xp.xlogy(weight, weight) - weight * prediction
    return value, lambda: -weight


kl_divergence_terms = taken_whole(Loss(_kl_divergence_terms, kind="elementwise", y_true=REAL, y_pred=REAL))
