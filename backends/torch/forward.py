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


def is_recorded() -> bool:
    """Whether operations are compiled, or recorded to be (by ``make_fx``, on fake tensors)."""
    return torch.compiler.is_compiling() or torch._C._len_torch_dispatch_stack() > 0


def is_transformed() -> bool:
    """Whether operations are recorded, or transformed by ``torch.func``."""
    return is_recorded() or torch._C._are_functorch_transforms_active()


def is_plain(x: torch.Tensor) -> bool:
    """Whether ``x`` holds its numbers itself, as fake and distributed tensors do not."""
    return type(x) is torch.Tensor or type(x).__torch_dispatch__ is torch.Tensor.__torch_dispatch__


def graphless(x: Any) -> bool:
    """Whether ``x`` is computed with now, on the CPU, and nothing differentiates through it."""
    if torch.is_grad_enabled() or is_transformed():
        return False
    return isinstance(x, torch.Tensor) and x.is_cpu and is_plain(x)


def undifferentiated(x: Any) -> bool:
    """Whether nothing differentiates through ``x``, be it computed with now or recorded: inside a closed form."""
    if is_recorded():
        return not (torch.is_grad_enabled() or torch._C._are_functorch_transforms_active())
    return graphless(x)


def _alike(condition: Array, x: Any, y: Any) -> bool:
    tensors = isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor)
    return tensors and x.dtype in _BITS and y.dtype == x.dtype and x.shape == y.shape == condition.shape


def _unless_finite(fast: Callable[[Array, Array], Array], name: str) -> Callable[..., Array]:
    """The plain operation where its result is finite, which one sum tells; else the careful primitive."""

    def primitive(self: Any, x: Any, y: Array) -> Array:
        if graphless(y):
            result = fast(x, y)
            if math.isfinite(result.sum().item()):
                return result
        return getattr(Namespace, name)(self, x, y)

    return primitive


#: Integers of the width of a float, to choose between floats by their bits.
_BITS = {torch.float32: torch.int32, torch.float64: torch.int64}
#: Below this many elements one kernel beats six.
_FEW = 1 << 13


class GraphlessPrimitives(Namespace):
    """Overrides that equal the defaults in value."""

    def where(self, condition: Array, x: Any, y: Any) -> Array:
        if not graphless(condition) or condition.numel() < _FEW or not _alike(condition, x, y):
            return torch.where(condition, x, y)
        # y ^ ((x ^ y) & mask) chooses bit by bit, vectorised, whatever x and y hold.
        bits = _BITS[x.dtype]
        chosen, mask = y.view(bits), condition.to(bits).neg_()
        return chosen.bitwise_xor(x.view(bits)).bitwise_and_(mask).bitwise_xor_(chosen).view(x.dtype)

    def step(self, x: Array) -> Array:
        return torch.sign(x).clamp_(min=0) if graphless(x) else super().step(x)

    def sigmoids(self, x: Array) -> tuple[Array, Array]:
        if not (is_recorded() and undifferentiated(x)):
            return super().sigmoids(x)
        small = torch.exp(-x.abs())  # of the cost, too: one exponential for all
        large = 1 / (1 + small)
        positive = x > 0
        return torch.where(positive, large, small * large), torch.where(positive, small * large, large)

    def logistic_cost(self, y: Array, x: Array) -> Array:
        if graphless(x):
            # relu(x) - y x is y relu(-x) + (1 - y) relu(x), as exact, in two operations.
            cost = torch.addcmul(torch.relu(x), y, x, value=-1).add_(x.abs().neg_().exp_().log1p_())
            if math.isfinite(cost.sum().item()):
                return cost
        elif is_recorded():
            # The same in one pass; at infinity it is 0 for the right class alone.
            infinite = self.isinf(x)
            if undifferentiated(x):
                finite, size = x, x.abs()
            else:
                finite = torch.where(infinite, 0.0, x)
                size = torch.where(finite > 0, finite, -finite)
            cost = torch.relu(finite) - y * finite + torch.log1p(torch.exp(-size))
            return torch.where(infinite, torch.where(y == (x > 0), 0.0, x.abs()), cost)
        return super().logistic_cost(y, x)

    def add_scaled(self, x: Array, y: Array, factor: Any) -> Array:
        if isinstance(factor, int | float):
            return torch.add(x, y, alpha=factor)
        return super().add_scaled(x, y, factor)

    def safe_sqrt(self, x: Array) -> Array:
        return x.clamp(min=0).sqrt_() if undifferentiated(x) else super().safe_sqrt(x)

    def scaled_length(self, x: Array, axis: int) -> tuple[Any, Array, Array]:
        if graphless(x) and x.numel():
            length = torch.linalg.vector_norm(x, 2, axis, keepdim=True)
            least, most = torch.aminmax(length)
            if least.item() > 1e-12 and most.item() < 1e15:  # no square that matters has overflown or vanished
                return None, x, length
        if not (is_recorded() and x.is_cpu and x.dtype is torch.float32):
            return super().scaled_length(x, axis)
        # A sum of squares of float32 neither overflows nor vanishes in float64: one pass instead of two.
        length = self.safe_sqrt(torch.square(x.double()).sum(axis, keepdim=True))
        scale = torch.where(length == 0, 1.0, length.detach()).clamp(1e-37, 1e37)
        return scale.float(), x * (1 / scale).float(), (length / scale).float()

    def lattice(
        self,
        start: Array,
        emissions: Array,
        skip: Array,
        floor: float,
        kept: Array | None = None,
        reverse: bool = False,
    ) -> Array:
        if not graphless(start):
            return super().lattice(start, emissions, skip, floor, kept, reverse)
        time, batch, states = emissions.shape
        # One memory for all times, with the edges that make a shift a view: five kernels without an allocation a step.
        memory = emissions.new_full((time + 1, batch, states + 2), floor)
        stay, step, jump = (memory[:, :, 2 - i : states + 2 - i].unbind(0) for i in range(3))
        items, masks = emissions.unbind(0), kept.unbind(0) if kept is not None else None
        (stay[time] if reverse else stay[0]).copy_(start)
        skipped = torch.empty_like(start)
        for t in reversed(range(time)) if reverse else range(time):
            before, after = (t + 1, t) if reverse else (t, t + 1)
            torch.add(jump[before], skip, out=skipped)
            out = torch.logaddexp(stay[before], step[before], out=stay[after])
            torch.logaddexp(out, skipped, out=out).add_(items[t]).clamp_(min=floor)
            if masks is not None:
                torch.where(masks[t], out, start, out=out)
        return memory[:time, :, 2:] if reverse else memory[1:, :, 2:]

    def xlogy(self, x: Array, y: Array) -> Array:
        if x is y and graphless(x):
            return x * functional.threshold(x, 0.0, 1.0).log_()
        return super().xlogy(x, y)

    zero_product = _unless_finite(lambda x, y: x * y, "zero_product")
    safe_divide = _unless_finite(lambda x, y: x / y, "safe_divide")

    def log_sigmoids(self, x: Array) -> tuple[Array, Array]:
        if not graphless(x):
            return super().log_sigmoids(x)
        small = x.abs().neg_().exp_().log1p_()
        return x.clamp(max=0) - small, small.add_(x.clamp(min=0)).neg_()

    def clamped_log(self, x: Array) -> Array:
        if not undifferentiated(x):
            return super().clamped_log(x)
        return functional.threshold(x, self.log_threshold(x), 0.0).log_().clamp_(min=LOG_CLAMP)

    def clamped_log_complement(self, x: Array) -> Array:
        if not undifferentiated(x):
            return super().clamped_log_complement(x)
        return x.clamp(max=1).neg_().log1p_().clamp_(min=LOG_CLAMP)

    def clamped_reciprocal(self, x: Array) -> Array:
        if not undifferentiated(x):
            return super().clamped_reciprocal(x)
        return functional.threshold(x, self.log_threshold(x), math.inf).reciprocal_()


__all__ = ["GraphlessPrimitives", "graphless", "is_plain"]
