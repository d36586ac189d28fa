"""From the arguments of a call to its result: what every loss and framework shares.

``prepare`` checks the arguments and collects them in a :class:`Call`. ``plain`` evaluates it as a composition of array
operations that the framework can differentiate, trace and compile. ``closed_form`` evaluates value and gradient
together from the definition's derivative, in cache-sized blocks where the arrays can be written to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from . import reduction as reductions
from .arguments import array_parameters, as_arrays, as_indices, as_python, without_ignored
from .checks import (
    as_array,
    check_array_parameters,
    check_dtypes,
    check_parameters,
    check_real,
    check_shapes,
    check_values,
    domain_in,
    valid_labels,
)
from .dispatch import Backend, common_backend, known_backend
from .domains import CLASSES, LABELS, Domain
from .namespace import Array, rank

if TYPE_CHECKING:
    from .loss import Loss


class Shortcut(NamedTuple):
    """What all calls of a signature share whose inputs are what the definition wants: see ``_shortcut``."""

    parameters: dict[str, Any]
    #: Position, name and domain of the inputs whose values have bounds.
    bounded: list[tuple[int, str, Domain]]
    #: What the sum is multiplied by, or None.
    scale: Any
    #: Too small for blocks: the shortest way is taken.
    small: bool
    #: What a backend has compiled for this signature, by whether the gradient is wanted.
    programs: dict[bool, Any]


@dataclass(slots=True)
class Call:
    """One call of a loss, checked."""

    loss: Loss
    backend: Backend
    arrays: list[Array]
    parameters: dict[str, Any]
    reduction: str
    sample_weight: Array | None
    mask: Array | None
    normalizer: Any
    compute: Any
    result: Any
    axes: tuple[int, ...]
    shape: tuple[int, ...]
    classes: int
    #: Whether values can be looked at and memory written to: eager, on the CPU.
    readable: bool
    #: Whether values are to be checked against their domains.
    check: bool
    #: What a call without weights, masks and conversions needs, worked out once.
    shortcut: Shortcut | None = None

    def on(self, arrays: list[Array]) -> Call:
        """The same call on other arrays of the same shapes and dtypes."""
        return Call(
            self.loss, self.backend, arrays, self.parameters, self.reduction, self.sample_weight, self.mask,
            self.normalizer, self.compute, self.result, self.axes, self.shape, self.classes, self.readable,
            self.check, self.shortcut,
        )  # fmt: skip


def prepare(
    loss: Loss,
    arguments: tuple[Any, ...],
    reduction: str,
    sample_weight: Any,
    mask: Any,
    normalizer: Any,
    keywords: dict[str, Any],
    check: bool = True,
) -> Call:
    """Check the arguments of a call. ``check=False`` leaves out the look at values, for drop-ins that accept more."""
    key = None
    if sample_weight is None and mask is None and normalizer is None:
        key = _signature(loss, arguments, keywords, reduction, check)
        template = loss.prepared.get(key) if key is not None else None
        if template is not None:
            return template.on(list(arguments))
    sample_weight, mask, normalizer = map(as_python, (sample_weight, mask, normalizer))
    given, parameters = loss.bind(arguments, {name: as_python(x) for name, x in keywords.items()})
    reductions.check_reduction(loss.name, reduction, normalizer)
    check_parameters(loss, parameters)
    labelled = [*zip(loss.inputs, given, strict=True), ("sample_weight", sample_weight), ("mask", mask)]
    backend = common_backend(loss.name, [*labelled, *parameters.items(), ("normalizer", normalizer)])
    arrays = as_arrays(loss, backend, given)
    compute, result = check_dtypes(loss, backend, arrays)
    arrays, counted = as_indices(loss, backend, arrays)
    if counted:
        key = None  # what is remembered takes the arrays as they are
    prediction = arrays[loss.inputs.index(loss.predictions[0])] if loss.predictions else arrays[-1]
    parameters = array_parameters(loss, backend, parameters, prediction, compute)
    axes, shape, classes = check_shapes(loss, backend, arrays, parameters)
    if rank(normalizer) or isinstance(normalizer, str | list | tuple):
        given_as = f"has shape {tuple(normalizer.shape)}" if hasattr(normalizer, "shape") else f"is {normalizer!r}"
        raise ValueError(
            f"{loss.name}: normalizer {given_as}; wanted a number or a scalar array, what the sum is divided by."
        )
    readable = not backend.is_tracing([x for x in (*arrays, mask) if x is not None])

    xp = backend.namespace
    if mask is not None:
        mask = mask if backend.is_array(mask) else as_array(loss, backend, "mask", mask, prediction)
        if not backend.is_bool(mask.dtype):
            raise ValueError(
                f"{loss.name}: mask has dtype {mask.dtype}; wanted booleans, False = ignored. "
                "Fix: mask != 0, or pass weights as sample_weight."
            )
        mask = reductions.align(loss.name, "mask", mask, _mask_shape(loss, prediction, shape), xp)
    if parameters.get("ignore_index") is not None:
        mask = without_ignored(loss, arrays, parameters, mask, xp)
    if sample_weight is not None:
        if not backend.is_array(sample_weight):
            sample_weight = as_array(loss, backend, "sample_weight", sample_weight, prediction)
        check_real(loss, backend, "sample_weight", sample_weight)
        if sample_weight.dtype != compute:
            sample_weight = xp.astype(sample_weight, compute)
        sample_weight = reductions.align(loss.name, "sample_weight", sample_weight, shape, xp)
    if check and readable:
        check_array_parameters(loss, backend, parameters)
    call = Call(
        loss, backend, arrays, parameters, reduction, sample_weight, mask, normalizer,
        compute, result, axes, shape, classes, readable, check,
    )  # fmt: skip
    if key is not None and mask is None:
        if len(loss.prepared) >= PREPARED:
            loss.prepared.clear()
        call.shortcut = _shortcut(call)
        loss.prepared[key] = call.on([])
    return call


#: How many signatures (shapes, dtypes, parameters) a loss remembers as checked.
PREPARED = 256
_PLAIN = (float, bool, int, str, type(None))


def _signature(
    loss: Loss, arguments: tuple[Any, ...], keywords: Mapping[str, Any], reduction: str, check: bool
) -> tuple[Any, ...] | None:
    """What the checks of a call depend on, apart from values; None where a call must be checked on its own."""
    if len(arguments) != len(loss.inputs) or type(reduction) is not str:
        return None
    kind = type(arguments[0])
    backend = known_backend(kind)
    if backend is None or not backend.remembers or backend.is_tracing(arguments):
        return None
    key: list[Any] = [backend, reduction, check]
    for x in arguments:
        if not backend.is_array(x) or (type(x) is not kind and known_backend(type(x)) is not backend):
            return None  # a variable, say, is to be converted
        key += x.shape, x.dtype
    for name, x in keywords.items():
        if type(x) not in _PLAIN:
            return None
        key += name, type(x), x
    return tuple(key)


def spread(x: Array, axes: tuple[int, ...], xp: Any) -> Array:
    """``x`` of the value's shape, with unit axes where the prediction has the axes that were summed over."""
    for axis in axes:
        x = xp.expand_dims(x, axis=axis)
    return x


def ready(call: Call, arrays: Sequence[Array], mask: Array | None) -> list[Array]:
    """Inputs as the definition wants them: compute dtype, harmless under the mask, checked where they can be read."""
    loss, xp = call.loss, call.backend.namespace
    if call.shortcut is not None:
        _check_bounded(call, call.shortcut, arrays)
        return list(arrays)
    prepared: list[Array] = []
    for name, x in zip(loss.inputs, arrays, strict=True):
        if x is None:
            prepared.append(x)
            continue
        domain = domain_in(loss, name, arrays, call.parameters)
        if not domain.indices and x.dtype != call.compute:
            x = xp.astype(x, call.compute)
        if mask is not None and not domain.shared:
            x = xp.where(_kept(call, domain, mask, x), x, xp.zeros_like(x) + _safe(domain))
        if call.readable and call.check:
            check_values(call, name, domain, x)
        if domain is not loss.domains[name] and domain is LABELS and loss.kind != "coupled":
            x = xp.one_hot(x, xp.astype(arrays[-1], call.compute), call.axes[0])
        prepared.append(x)
    return prepared


def _safe(domain: Domain) -> Any:
    return int(domain.safe) if domain.indices else domain.safe


def _mask_shape(loss: Loss, prediction: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """What a mask covers: elements, values, or the samples of a loss that is one number for the whole batch."""
    if loss.masks_elements:
        return tuple(prediction.shape)
    return tuple(prediction.shape[:1]) if loss.kind == "coupled" and not shape else shape


def _kept(call: Call, domain: Domain, mask: Array, x: Array) -> Array:
    """The mask over the entries of one input."""
    xp = call.backend.namespace
    if not mask.ndim or call.loss.masks_elements:
        return mask
    if call.loss.kind != "coupled":
        return spread(mask, call.axes, xp) if domain.spans_axis else mask
    while mask.ndim < x.ndim:
        mask = xp.expand_dims(mask, axis=mask.ndim)
    return mask


def with_mask(call: Call, mask: Array | None, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parameters with the mask, for definitions that ask for it."""
    return {**parameters, "mask": mask} if call.loss.takes_mask else parameters


def entry_mask(call: Call, mask: Array | None) -> Array | None:
    """The mask over unreduced values: a region counts while one of its elements does, a batch while a sample does."""
    if mask is not None and call.loss.kind == "coupled" and not call.shape:
        return call.backend.namespace.any(mask)
    if mask is None or not call.loss.masks_elements or not call.axes or not mask.ndim:
        return mask
    everywhere = _prediction(call) == _prediction(call)
    return call.backend.namespace.any(mask & (everywhere | True), axis=call.axes)


def _prediction(call: Call) -> Array:
    return call.arrays[call.loss.inputs.index(call.loss.predictions[0])]


def values_like(call: Call) -> Array:
    """An array with the shape of the unreduced values and the compute dtype: what is in it does not matter."""
    xp = call.backend.namespace
    x = _prediction(call)
    if None not in call.shape:
        return xp.broadcast_to(call.backend.asarray(0.0, x, call.compute), call.shape)
    # A compiler does not know the size of a batch yet: take it from an array that has it.
    lost = call.axes if x.ndim - len(call.axes) == len(call.shape) else tuple(range(len(call.shape), x.ndim))
    return xp.astype(x[tuple(0 if axis in lost else slice(None) for axis in range(x.ndim))], call.compute)


def divisor(call: Call, mask: Array | None) -> Any:
    """What the weighted sum is divided by; ``mask`` is the one over unreduced values."""
    if call.normalizer is not None:
        return call.normalizer
    xp = call.backend.namespace
    if call.reduction == "mean" and mask is None and None not in call.shape:
        return math.prod(call.shape)
    if call.reduction == "mean":
        return reductions.count(mask, values_like(call), xp)
    if call.reduction == "batchmean":
        return reductions.batch_size(values_like(call), xp)
    if call.reduction == "weighted_mean":
        weights = call.sample_weight
        class_weight = _class_weight_of_entries(call)
        if class_weight is not None:
            weights = class_weight if weights is None else weights * class_weight
        return reductions.total_weight(weights, mask, values_like(call), xp)
    return 1


def _class_weight_of_entries(call: Call) -> Array | None:
    class_weight = call.parameters.get("class_weight")
    if class_weight is None:
        return None
    xp = call.backend.namespace
    target = ready(replace(call, readable=False), call.arrays, call.mask)[0]
    labelled = domain_in(call.loss, call.loss.inputs[0], call.arrays, call.parameters) is LABELS
    if labelled and target.ndim == len(call.shape):  # not encoded
        return xp.lookup(xp.reshape(class_weight, (-1,)), target)
    return xp.sum(xp.on_axis(class_weight, target, call.axes[0]) * target, axis=call.axes[0])


def plain(call: Call) -> Array:
    """The result as a composition of array operations, differentiable in every input by the framework."""
    loss, xp = call.loss, call.backend.namespace
    prepared = ready(call, call.arrays, call.mask)
    value = call.backend.attached(loss)(prepared, with_mask(call, call.mask, call.parameters))
    if not call.readable:
        value = valid_labels(call, call.mask, value)
    mask = entry_mask(call, call.mask)
    weights = call.sample_weight
    if mask is not None:
        value = xp.where(mask, value, xp.zeros_like(value))
        if weights is not None:
            weights = xp.where(mask, weights, xp.zeros_like(weights))
    if weights is not None:
        value = value * weights
    if call.reduction == "none":
        return value if value.dtype == call.result else xp.astype(value, call.result)
    total = xp.sum(value)
    if call.reduction == "sum":
        return total
    by = divisor(call, mask)
    if call.readable and call.backend.is_infinite(total):
        return xp.sum(reductions.divide(value, by, xp))  # the sum is beyond the dtype, the mean may not be
    return reductions.divide(total, by, xp)


def evaluate(call: Call) -> Array:
    """The result of a call, by the framework's own policy."""
    return call.backend.evaluate(call)


# -- closed form ---------------------------------------------------------------------------------------------------


def has_derivative(loss: Loss, call: Call) -> bool:
    """Whether the definition gives a derivative; a cheap look at its source is not enough, so it is asked once."""
    known = _derivatives.get(loss)
    if known is None:
        prepared = ready(call, call.arrays, call.mask)
        parameters = with_mask(call, call.mask, call.parameters)
        found = call.backend.quietly(lambda: loss.value_and_derivative(call.backend.namespace, prepared, parameters))
        known = found[1] is not None
        _derivatives[loss] = known
    return known


_derivatives: dict[Any, bool] = {}


def kernel(
    call: Call,
    arrays: Sequence[Array],
    parameters: Mapping[str, Any],
    mask: Array | None,
    weights: Array | None,
    axes: tuple[int, ...],
    scale: Any,
    want_gradient: bool,
) -> tuple[Array, tuple[Array, ...], Any]:
    """Weighted values of one block, and the gradients of ``scale`` times their sum up to a last factor."""
    loss, xp = call.loss, call.backend.namespace
    prepared = ready(call if axes == call.axes else replace(call, axes=axes), arrays, mask)
    value, thunk = loss.value_and_derivative(xp, prepared, with_mask(call, mask, parameters))
    kept = entry_mask(call, mask)
    if kept is not None:
        value = xp.where(kept, value, xp.zeros_like(value))
        weights = xp.astype(kept, call.compute) if weights is None else xp.where(kept, weights, xp.zeros_like(weights))
    if weights is not None:
        value = value * weights
    if not want_gradient:
        return value, (), 1
    assert thunk is not None
    upstream: Any = scale
    if weights is not None:
        upstream = weights if isinstance(scale, int | float) and scale == 1 else weights * scale
    if loss.kind == "coupled":
        if isinstance(upstream, int | float) or upstream.shape != value.shape:
            upstream = xp.zeros_like(value) + upstream
        derivatives = thunk(upstream)
        return value, derivatives if isinstance(derivatives, tuple) else (derivatives,), 1
    derivatives = thunk()
    if not isinstance(derivatives, tuple):
        derivatives = (derivatives,)
    if mask is not None:
        # Not times zero: the derivative at the stand-in may be infinite.
        keep = mask if loss.masks_elements or not mask.ndim else spread(mask, axes, xp)
        derivatives = tuple(xp.where(keep, d, xp.zeros_like(d)) for d in derivatives)
    if axes and not isinstance(upstream, int | float) and upstream.ndim:
        upstream = spread(upstream, axes, xp)
    return value, derivatives, upstream


def _shortcut(call: Call) -> Shortcut | None:
    """What the calls of one signature share, or None where inputs are to be converted, encoded or masked."""
    from .blocks import in_few_blocks

    loss = call.loss
    if call.reduction == "none" or not call.readable:
        return None
    domains = [domain_in(loss, name, call.arrays, call.parameters) for name in loss.inputs]
    for name, domain, x in zip(loss.inputs, domains, call.arrays, strict=True):
        encoded = loss.domains[name] is CLASSES and loss.kind != "coupled"
        if x is None or encoded or (not domain.indices and x.dtype != call.compute):
            return None
    by = 1 if call.reduction == "sum" else divisor(call, None)
    if call.compute != call.result or not isinstance(by, int | float):
        return None
    own = with_mask(call, None, call.parameters)
    scale = None if by == 1 else call.backend.scalar(1 / by if by else 0.0, call.compute)
    bounded = [
        (i, loss.inputs[i], d) for i, d in enumerate(domains) if d.indices or d.low is not None or d.high is not None
    ]
    return Shortcut({n: own[n] for n in loss.own_parameters}, bounded, scale, in_few_blocks(call), {})


def _check_bounded(call: Call, shortcut: Shortcut, arrays: Sequence[Array]) -> None:
    if call.check:
        for i, name, domain in shortcut.bounded:
            check_values(call, name, domain, arrays[i])


def bare(
    call: Call, arrays: Sequence[Array], parameters: Mapping[str, Any], want_gradient: bool
) -> tuple[Array, tuple[Array, ...]]:
    """Values and derivatives as the definition gives them, of inputs that are what it wants."""
    assert call.shortcut is not None
    _check_bounded(call, call.shortcut, arrays)
    result = call.loss.function(call.backend.namespace, *arrays, **parameters)
    value, thunk = result if isinstance(result, tuple) else (result, None)
    if not want_gradient:
        return value, ()
    if call.loss.kind == "coupled":
        scale = call.shortcut.scale
        derivatives = thunk(call.backend.namespace.zeros_like(value) + (1 if scale is None else scale))
    else:
        derivatives = thunk()
    return value, derivatives if isinstance(derivatives, tuple) else (derivatives,)


def _by_shortcut(call: Call, shortcut: Shortcut, want_gradient: bool) -> tuple[Array, tuple[Array, ...]]:
    """``closed_form`` of a small call with a shortcut."""
    value, derivatives = bare(call, call.arrays, shortcut.parameters, want_gradient)
    total, scale = call.backend.namespace.sum(value), shortcut.scale
    if scale is None:
        return total, derivatives
    if call.backend.is_infinite(total):
        call.shortcut = None
        return closed_form(call, want_gradient)  # which knows what to do with a sum beyond the dtype
    if call.loss.kind == "coupled":
        return total * scale, derivatives
    return total * scale, tuple([d * scale for d in derivatives])


def closed_form(call: Call, want_gradient: bool = True, blocks: bool = True) -> tuple[Array, tuple[Array, ...]]:
    """The result, and the gradients of its sum with respect to the predictions, by the definition's derivative."""
    if call.shortcut is not None and call.shortcut.small:
        return _by_shortcut(call, call.shortcut, want_gradient)
    xp = call.backend.namespace
    mask = entry_mask(call, call.mask)
    scale: Any = 1
    if call.reduction not in ("none", "sum"):
        by = divisor(call, mask)
        if isinstance(by, int | float):
            scale = 1 / by if by else 0.0
        else:
            by = xp.astype(by, call.compute) if hasattr(by, "dtype") and by.dtype != call.compute else by
            scale = xp.safe_divide(xp.ones_like(by), by)
    wanted = [i for i, name in enumerate(call.loss.inputs) if name in call.loss.predictions]
    if blocks and call.backend.mutable and call.readable:
        from .blocks import in_blocks

        blocked = in_blocks(call, scale, wanted, want_gradient)
        if blocked is not None and (isinstance(scale, int) or not call.backend.is_infinite(blocked[0])):
            return blocked
    value, gradients, factor = kernel(
        call, call.arrays, call.parameters, call.mask, call.sample_weight, call.axes, scale, want_gradient
    )
    if not isinstance(factor, int | float) or factor != 1:
        gradients = tuple(g * factor for g in gradients)
    if call.reduction == "none":
        result = value if value.dtype == call.result else xp.astype(value, call.result)
    else:
        total = xp.sum(value)
        result = total if isinstance(scale, int) else total * scale
        if not isinstance(scale, int) and call.readable and call.backend.is_infinite(total):
            result = xp.sum(value * scale)  # the sum is beyond the dtype, the mean may not be
    gradients = tuple(
        g if g is None or g.dtype == call.arrays[i].dtype else xp.astype(g, call.arrays[i].dtype)
        for i, g in zip(wanted, gradients, strict=False)
    )
    return result, gradients


__all__ = ["Call", "Callable", "Iterator", "closed_form", "evaluate", "plain", "prepare"]
