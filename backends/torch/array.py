"""The array adapter of PyTorch: namespace, fused eager evaluation, and what must stay plain.

Eager calls that only need the gradient of the predictions evaluate value and gradient together, in blocks, inside one
``autograd.Function``; compilers trace one of value and closed form. Everything else (functional transforms, forward
mode, gradients of targets, weights or parameters, double backward) differentiates the plain composition of operations.
"""

from __future__ import annotations

import ctypes
import functools
import math
import mmap
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import array_api_compat.torch as standard
import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from unilosses.blocks import in_few_blocks
from unilosses.dispatch import Backend
from unilosses.evaluation import Call, closed_form, has_derivative, plain
from unilosses.loss import Loss, get, list_losses
from unilosses.namespace import Array

from .differentiated import differentiated
from .forward import GraphlessPrimitives, graphless, is_plain, is_recorded, is_transformed

#: Above this many bytes memory is asked for in huge pages.
_HUGE = 1 << 22
_PAGE = mmap.PAGESIZE


def _system_advice() -> Callable[[int, int, int], Any] | None:
    """``madvise``, on systems that give huge pages to those who ask."""
    advise = getattr(ctypes.CDLL(None), "madvise", None) if hasattr(mmap, "MADV_HUGEPAGE") else None
    if advise is not None:
        advise.argtypes, advise.restype = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int), ctypes.c_int
    return advise


_advise = _system_advice()


@functools.cache
def _keep_freed_memory() -> None:
    """Have the memory of a block's intermediates at hand for the next block.

    glibc gives freed memory back beyond twice the size of what it has seen freed at once, and each page that it gets
    again costs a fault: 8000 of them, a third of the time, for 16M elements. So it is shown the most that it counts.
    """
    torch.empty((1 << 25) - (1 << 16), dtype=torch.uint8)


#: Whether the graph that is being run stays; taken for granted by releases that do not say.
_graph_is_kept = getattr(torch._C._autograd, "_get_current_graph_task_keep_graph", lambda: True)


class TorchNamespace(GraphlessPrimitives):
    """PyTorch's functions; ``relu`` and ``abs`` have slope 0 at 0 already."""

    relu = staticmethod(torch.relu)
    abs = staticmethod(torch.abs)
    exp = staticmethod(torch.exp)
    log = staticmethod(torch.log)
    sign = staticmethod(torch.sign)
    tanh = staticmethod(torch.tanh)
    sigmoid = staticmethod(torch.sigmoid)
    lgamma = staticmethod(torch.lgamma)
    zeros_like = staticmethod(torch.zeros_like)
    ones_like = staticmethod(torch.ones_like)
    isfinite = staticmethod(torch.isfinite)
    reshape = staticmethod(torch.reshape)
    broadcast_to = staticmethod(torch.broadcast_to)
    clip = staticmethod(torch.clamp)

    def isinf(self, x: Array, /) -> Array:
        return x.abs() == math.inf  # as torch.isinf has it, which the compiler makes a loop of scalars

    def sum(self, x: Array, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
        if dtype is not None or axis == () or (keepdims and axis is None):
            return standard.sum(x, axis=axis, dtype=dtype, keepdims=keepdims)
        return x.sum() if axis is None else x.sum(axis, keepdims)

    def max(self, x: Array, /, *, axis: Any = None, keepdims: bool = False) -> Array:
        if axis is None or axis == ():
            return standard.max(x, axis=axis, keepdims=keepdims)
        return torch.amax(x, axis, keepdims)

    def squeeze(self, x: Array, /, axis: Any) -> Array:
        return x.squeeze(axis)

    def astype(self, x: Array, dtype: Any, /, *, copy: bool = False) -> Array:
        return x.to(dtype, copy=copy)

    def cumulative_sum(self, x: Array, /, *, axis: int) -> Array:
        return torch.cumsum(x, axis)  # the wrapper in array_api_compat looks up a cache, which compilers warn about

    def expand_dims(self, x: Array, /, *, axis: int = 0) -> Array:
        return x.unsqueeze(axis)

    def log_sigmoid(self, x: Array) -> Array:
        return functional.logsigmoid(x)

    def softplus(self, x: Array) -> Array:
        # Linear beyond the threshold: the default of 20 costs the last digits in float64, 40 does not.
        return functional.softplus(x, threshold=40.0)

    def stop_gradient(self, x: Array) -> Array:
        return x.detach()

    def logsumexp(self, x: Array, axis: int, keepdims: bool = False) -> Array:
        return torch.logsumexp(x, axis, keepdim=keepdims)

    def log_softmax(self, x: Array, axis: int) -> Array:
        return torch.log_softmax(x, axis)

    def log_softmax_and_softmax(self, x: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        log_p = torch.log_softmax(x, axis)
        return log_p, lambda: torch.exp(log_p)

    def log_softmax_at(self, x: Array, labels: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        log_p, softmax = self.log_softmax_and_softmax(x, axis)
        return self.pick(log_p, labels, axis), softmax

    def softmax(self, x: Array, axis: int) -> Array:
        return torch.softmax(x, axis)

    def pick(self, x: Array, labels: Array, axis: int) -> Array:
        return torch.gather(x, axis, labels.long().unsqueeze(axis)).squeeze(axis)

    def add_at(self, x: Array, labels: Array, amount: Array, axis: int) -> Array:
        add = x.scatter_add_ if graphless(x) else x.scatter_add
        return add(axis, labels.long().unsqueeze(axis), amount.unsqueeze(axis))

    def put_at(self, x: Array, labels: Array, amount: Any, axis: int) -> Array:
        where = labels.long().unsqueeze(axis)
        return x.scatter(axis, where, amount)

    def take_along_axis(self, x: Array, indices: Array, /, *, axis: int = -1) -> Array:
        return torch.take_along_dim(x, indices.long(), axis)

    def sum_by_class(self, amounts: Array, classes: Array, like: Array) -> Array:
        return torch.zeros_like(like).scatter_add(2, classes.long().unsqueeze(1).expand(amounts.shape), amounts)

    def lookup(self, table: Array, labels: Array) -> Array:
        return table[labels.long()]

    def matmul(self, x: Array, y: Array, /) -> Array:
        if not torch.is_autocast_enabled(x.device.type):
            return torch.matmul(x, y)
        with torch.autocast(x.device.type, enabled=False):  # as autocast has it for losses
            return torch.matmul(x, y)

    def layer(self, x: Array, y: Array) -> Array:
        return torch.matmul(x, y).to(x.dtype)

    def entries(self, x: Array) -> Callable[[int], Array]:
        return x.unbind().__getitem__  # one derivative for all, where that of each x[t] would be as large as x

    def slots(self, length: int, like: Array) -> Any:
        return like.new_empty((length, *like.shape)) if graphless(like) else super().slots(length, like)

    def filled(self, slots: Any) -> Array:
        return torch.stack(slots) if isinstance(slots, list) else slots

    def add_matmul(self, total: Array, x: Array, y: Array) -> Array:
        return total.addmm_(x, y) if graphless(total) else total + torch.matmul(x, y).to(total.dtype)

    def rematerialised(self, function: Callable[..., Array]) -> Callable[..., Array]:
        # The transforms of torch.func do not know the hooks that checkpoints are made of, and tangents that are saved
        # there may be overwritten unseen.
        if not torch.is_grad_enabled() or torch._C._are_functorch_transforms_active() or _in_forward_mode():
            return function
        return functools.partial(checkpoint, function, use_reentrant=False, preserve_rng_state=False)

    def made_again(self, x: Array, upstream: Array) -> Array:
        # What needs the upstream cannot be merged with what does not. (A NaN makes the gradient NaN either way.)
        return torch.where(torch.isnan(upstream), upstream, x) if is_recorded() else x


class Fused(torch.autograd.Function):
    """Value and gradient in one pass, made in the forward."""

    @staticmethod
    def forward(ctx: Any, call: Call, *predictions: torch.Tensor) -> torch.Tensor:
        value, gradients = closed_form(_with_derivative(call))
        ctx.call = call
        # Tensors of inference mode, such as the outputs of a teacher, cannot be saved; copies of them can.
        predictions = tuple([x.clone() if x is not None and x.is_inference() else x for x in predictions])
        ctx.save_for_backward(*gradients, *predictions)
        return value

    @staticmethod
    def backward(ctx: Any, up: torch.Tensor) -> Any:
        call, saved = ctx.call, ctx.saved_tensors
        gradients, predictions = saved[: len(saved) // 2], saved[len(saved) // 2 :]
        if torch.is_grad_enabled():
            # A second derivative is wanted: a stored gradient is a constant, so differentiate the plain value again.
            arrays = list(call.arrays)
            for i, x in zip(call.loss.positions, predictions, strict=True):
                arrays[i] = x
            value = plain(replace(call, arrays=arrays))
            wanted = [x for x in predictions if x is not None and x.requires_grad]
            found = iter(torch.autograd.grad(value, wanted, up, create_graph=True))
            return (None, *[None if x is None or not x.requires_grad else next(found) for x in predictions])
        few = call.shortcut is not None and call.shortcut.small
        if not few and up.ndim == 0 and not (_is_batched(up) or backend.is_tracing((up,))) and up.item() == 1:
            if _graph_is_kept():  # and the gradients are needed again, which their receiver may write to
                return (None, *[None if g is None else g.clone() for g in gradients])
            return (None, *gradients)
        if up.ndim == 0:
            return (None, *[None if g is None else g * up for g in gradients])
        for axis in call.axes:
            up = up.unsqueeze(axis)
        return (None, *[None if g is None else (g * up).to(g.dtype) for g in gradients])


class Traced(torch.autograd.Function):
    """A definition and its closed form under a compiler, which fuses each into one pass by itself."""

    @staticmethod
    def forward(ctx: Any, loss: Loss, parameters: dict[str, Any], *arrays: Any) -> torch.Tensor:
        ctx.loss, ctx.parameters = loss, parameters
        ctx.save_for_backward(*arrays)
        return loss.value_and_derivative(backend.namespace, arrays, parameters)[0]

    @staticmethod
    def backward(ctx: Any, *upstream: torch.Tensor) -> Any:
        loss, parameters, (up,) = ctx.loss, ctx.parameters, upstream
        arrays = list(ctx.saved_tensors)
        if loss.kind == "elementwise":
            # What needs the upstream cannot be moved to the forward pass, which would write a derivative to memory
            # for the backward pass to scale. (A NaN makes the gradient NaN either way.)
            for i in loss.positions:
                arrays[i] = torch.where(torch.isnan(up), up, arrays[i])
        thunk = loss.value_and_derivative(backend.namespace, arrays, parameters)[1]
        derivatives = thunk(up) if loss.kind == "coupled" else thunk()
        if not isinstance(derivatives, tuple):
            derivatives = (derivatives,)
        if loss.kind != "coupled":
            for axis in loss.axes(parameters, arrays[loss.positions[0]].ndim):
                up = up.unsqueeze(axis)
            derivatives = tuple([None if d is None else d * up for d in derivatives])
        found = dict(zip(loss.positions, derivatives, strict=True))
        return (None, None, *[found.get(i) for i in range(len(arrays))])


class TorchBackend(Backend):
    """PyTorch."""

    name = "torch"
    mutable = True
    remembers = True

    def is_array(self, x: Any) -> bool:
        return isinstance(x, torch.Tensor)

    def is_tracing(self, arrays: Sequence[Array]) -> bool:
        if is_transformed():
            return True
        for x in arrays:
            if isinstance(x, torch.Tensor) and not (x.is_cpu and x.layout is torch.strided and is_plain(x)):
                return True
        return False

    def is_dense(self, x: Array) -> bool:
        return x.layout is torch.strided

    def asarray(self, x: Any, like: Array | None, dtype: Any = None) -> Array:
        return torch.as_tensor(x, dtype=dtype, device=None if like is None else like.device)

    def default_float(self) -> Any:
        return torch.get_default_dtype()

    def is_integer(self, dtype: Any) -> bool:
        return not dtype.is_floating_point and not dtype.is_complex and dtype is not torch.bool

    def is_bool(self, dtype: Any) -> bool:
        return dtype is torch.bool

    def is_contiguous(self, x: Array) -> bool:
        return x.is_contiguous()

    def block_size(self) -> int:
        return super().block_size() * min(8, torch.get_num_threads())  # cores share each operation

    def empty_like(self, x: Array, shape: tuple[int, ...] | None = None, dtype: Any = None) -> Array:
        _keep_freed_memory()
        shape = x.shape if shape is None else shape
        empty = torch.empty(shape, dtype=dtype or x.dtype, device=x.device)
        if _advise is not None and x.is_cpu and empty.nbytes >= _HUGE:
            # Fresh memory costs less than half in huge pages.
            start = -(-empty.data_ptr() // _PAGE) * _PAGE
            _advise(start, empty.data_ptr() + empty.nbytes - start, mmap.MADV_HUGEPAGE)
        return empty

    def store(self, target: Array, x: Array, factor: Any) -> None:
        if x.shape == target.shape:
            torch.mul(x, factor, out=target)
        else:
            target.copy_(x * factor)

    def scalar(self, x: float, dtype: Any) -> Any:
        return torch.tensor(x, dtype=dtype)  # a Python number would be made one at each multiplication

    def extent(self, x: Array) -> tuple[float, float]:
        smallest, largest = torch.aminmax(x.detach() if x.requires_grad else x)
        return smallest.item(), largest.item()

    def is_infinite(self, x: Array) -> bool:
        return math.isinf(x.item())

    def attach(self, loss: Loss) -> Callable[..., Array]:
        value = super().attach(loss)
        positions = loss.positions

        def attached(arrays: Sequence[Array], parameters: dict[str, Any]) -> Array:
            if not is_recorded() or torch._C._are_functorch_transforms_active():
                return value(arrays, parameters)
            # Only predictions have a closed form; and one that is not there shows when the definition is traced.
            others = [x for i, x in enumerate(arrays) if i not in positions]
            wanted = torch.is_grad_enabled() and _requires_grad(*[arrays[i] for i in positions])
            if not wanted or _requires_grad(*others, *parameters.values()):
                return value(arrays, parameters)
            if loss.value_and_derivative(self.namespace, arrays, parameters)[1] is None:
                return value(arrays, parameters)
            return Traced.apply(loss, parameters, *arrays)

        return attached

    def evaluate(self, call: Call) -> Array:
        if (not call.readable and is_transformed()) or _in_forward_mode():
            return plain(call)
        loss, positions = call.loss, call.loss.positions
        predictions, others = False, False
        if torch.is_grad_enabled():
            for i, x in enumerate(call.arrays):
                if x is not None and x.requires_grad:
                    if i in positions:
                        predictions = True
                    else:
                        others = True
            if call.shortcut is None and not others:
                others = _requires_grad(call.sample_weight, call.normalizer, *call.parameters.values())
        # A pullback made in the forward pass knows one upstream only, that of the sum.
        pulled = loss.kind == "coupled" and call.reduction == "none"
        if others or (predictions and pulled):
            return plain(call)
        if predictions and not has_derivative(loss, call) and (not call.readable or in_few_blocks(call)):
            return plain(call)
        if predictions:
            return Fused.apply(call, *[call.arrays[i] for i in positions])
        with torch.no_grad():
            return closed_form(call, want_gradient=False)[0]

    def quietly(self, function: Callable[..., Any]) -> Any:
        with torch.no_grad():  # what is only looked at needs no graph, which not every tensor can be part of
            return function()

    def closed_form(self, call: Call) -> tuple[Array, tuple[Array, ...]]:
        if is_transformed():
            return closed_form(call)
        if torch.is_grad_enabled() and _requires_grad(
            *call.arrays, call.sample_weight, call.normalizer, *call.parameters.values()
        ):
            return closed_form(call, blocks=False)  # the results belong to a graph
        with torch.no_grad():
            return closed_form(call)

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[Array]
    ) -> tuple[Array, tuple[Array, ...]]:
        with torch.enable_grad():
            leaves = [x.detach().requires_grad_() for x in arrays]
            value = function(*leaves)
            return value.detach(), torch.autograd.grad(value, leaves)


def _with_derivative(call: Call) -> Call:
    return call if has_derivative(call.loss, call) else replace(call, loss=differentiated(call.loss))


def _is_batched(x: torch.Tensor) -> bool:
    """Whether ``x`` stands for many numbers: under the vmap of torch.func, or that of ``is_grads_batched``."""
    return torch._C._are_functorch_transforms_active() or torch._C._functorch.is_legacy_batchedtensor(x)


def _in_forward_mode() -> bool:
    return torch.autograd.forward_ad._current_level >= 0


def _requires_grad(*values: Any) -> bool:
    return any(isinstance(x, torch.Tensor) and x.requires_grad for x in values)


backend = TorchBackend(TorchNamespace(standard))


def taken_whole(loss: Loss) -> Loss:
    """Let the compiler record a call of ``loss`` as it is: traced, every attribute that the checks look at would be
    compared again at each call (for huber 458 guards, where native has 29)."""
    torch.compiler.allow_in_graph(loss.evaluated)
    return loss


for _name in list_losses():
    if get(_name).__module__.startswith("unilosses."):  # others may use tensors from outside of their arguments
        taken_whole(get(_name))
