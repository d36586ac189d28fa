"""Primitives for eager evaluation without a graph: no derivative is taken through them, so fewer passes will do.

``torch.where`` and comparisons cost ten times an addition on the CPU (a branch per element); clamps and thresholds do
not. Wherever a derivative may be taken, under compilers and transforms and on accelerators, the defaults apply.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from unilosses.namespace import LOG_CLAMP, Array, Namespace


def graphless(x: Any) -> bool:
    """Whether ``x`` is computed with now, on the CPU, and nothing differentiates through it."""
    return not (
        torch.is_grad_enabled() or torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active()
    ) and (isinstance(x, torch.Tensor) and x.is_cpu)


def _unless_finite(fast: Callable[[Array, Array], Array], name: str) -> Callable[..., Array]:
    """The plain operation where its result is finite, which one sum tells; else the careful primitive."""

    def primitive(self: Any, x: Any, y: Array) -> Array:
        if graphless(y):
            result = fast(x, y)
            if math.isfinite(result.sum().item()):
                return result
        return getattr(Namespace, name)(self, x, y)

    return primitive


class GraphlessPrimitives(Namespace):
    """Overrides that equal the defaults in value."""

    zero_product = _unless_finite(lambda x, y: x * y, "zero_product")
    safe_divide = _unless_finite(lambda x, y: x / y, "safe_divide")

    def log_sigmoids(self, x: Array) -> tuple[Array, Array]:
        if not graphless(x):
            return super().log_sigmoids(x)
        small = x.abs().neg_().exp_().log1p_()
        return x.clamp(max=0) - small, small.add_(x.clamp(min=0)).neg_()

    def clamped_log(self, x: Array) -> Array:
        if not graphless(x):
            return super().clamped_log(x)
        return functional.threshold(x, self.log_threshold(x), 0.0).log_().clamp_(min=LOG_CLAMP)

    def clamped_log_complement(self, x: Array) -> Array:
        if not graphless(x):
            return super().clamped_log_complement(x)
        return x.clamp(max=1).neg_().log1p_().clamp_(min=LOG_CLAMP)

    def clamped_reciprocal(self, x: Array) -> Array:
        if not graphless(x):
            return super().clamped_reciprocal(x)
        return functional.threshold(x, self.log_threshold(x), math.inf).reciprocal_()


__all__ = ["GraphlessPrimitives", "graphless"]
