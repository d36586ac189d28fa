"""Importance sampling: expectations under ``p`` from samples of another distribution ``q``.

Everything works on logarithms of densities, in the arrays of every framework, with the samples along the last axis;
leading axes are separate problems. Values are differentiable in ``f``, ``log_p`` and ``log_q``; the diagnostics, which
sort, are not.
"""

import inspect

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

# Tells TensorFlow's AutoGraph to call these as they are, as a Loss does: no control flow on tensors to rewrite.
for _function in filter(inspect.isfunction, [globals()[name] for name in __all__]):
    setattr(_function, "autograph_info__", True)  # noqa: B010  # functions have no such attribute for a type checker
