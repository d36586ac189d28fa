"""Importance sampling: expectations under ``p`` from samples of another distribution ``q``.

Everything works on logarithms of densities, in the arrays of every framework, with the samples along the last axis;
leading axes are separate problems. Values are differentiable in ``f``, ``log_p`` and ``log_q``; the diagnostics, which
sort, are not.
"""

from .estimation import Estimate, UnreliableEstimateWarning, balance_heuristic, estimate, weights
from .pareto import effective_sample_size, pareto_k, smoothed_log_weights

__all__ = [
    "Estimate",
    "UnreliableEstimateWarning",
    "balance_heuristic",
    "effective_sample_size",
    "estimate",
    "pareto_k",
    "smoothed_log_weights",
    "weights",
]
