"""Bad input gets a clear error: what was given, what is wanted, the fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .dispatch import Backend
from .domains import CLASSES, GROUPS, LABEL_SEQUENCE, LABELS, SIMPLEX, Domain
from .namespace import Array, rank
from .parameters import PER_CLASS, check_array_parameters, check_parameters
from .reduction import fits

if TYPE_CHECKING:
    from .evaluation import Call
    from .loss import Loss


def check_dtypes(loss: Loss, backend: Backend, arrays: Sequence[Array]) -> tuple[Any, Any]:
    """The dtype to compute in and the dtype of unreduced results; refuses integer predictions and float labels."""
    widest, result, rank = None, None, -1
    device, first = None, ""
    for name, x in zip(loss.inputs, arrays, strict=True):
        if x is None:
            continue
        floating = backend.float_name(x.dtype)
        if loss.domains[name].indices:
            if floating is not None or not backend.is_integer(x.dtype):
                raise ValueError(
                    f"{loss.name}: {name} has dtype {x.dtype}; wanted class indices of an integer dtype. "
                    f"Fix: cast {name} to int64, or use the loss for one-hot targets."
                )
        elif name in loss.predictions:
            if floating is None:
                raise ValueError(
                    f"{loss.name}: {name} has dtype {x.dtype}; wanted floating-point predictions: float16, bfloat16, "
                    f"float32 or float64. {_dtype_hint(backend, name, x.dtype)}"
                )
            order = ("float16", "bfloat16", "float32", "float64").index(floating)
            if order > rank:
                widest, result, rank = floating, x.dtype, order
        elif floating is None and not (backend.is_integer(x.dtype) or backend.is_bool(x.dtype)):
            raise ValueError(
                f"{loss.name}: {name} has dtype {x.dtype}; wanted real numbers, integers or booleans. "
                f"{_dtype_hint(backend, name, x.dtype)}"
            )
        if not backend.is_dense(x):
            raise TypeError(f"{loss.name}: {name} is sparse; wanted a dense array. Fix: {name}.to_dense().")
        here = backend.device(x)
        if device is None:
            device, first = here, name
        elif here is not None and here != device:
            raise TypeError(
                f"{loss.name}: {first} is on device {device} and {name} is on device {here}. "
                f"All arrays of a call must be on one device; move {name} there first."
            )
    if widest in ("float16", "bfloat16"):
        return backend.namespace.float32, result
    return result, result


def _dtype_hint(backend: Backend, name: str, dtype: Any) -> str:
    text = str(dtype)
    if backend.is_integer(dtype) or backend.is_bool(dtype):
        return (
            f"Class labels from argmax have no gradient: pass the scores or probabilities, or cast {name} to float32."
        )
    if "complex" in text:
        return f"Fix: pass real numbers, for example the real part or the size of {name}."
    if "float" in text or "longdouble" in text:
        return f"Fix: cast {name} to float64 or float32."
    return f"Fix: convert {name} to an array of numbers first."


def check_real(loss: Loss, backend: Backend, name: str, x: Array) -> None:
    """Refuse an array that holds no real numbers."""
    if not (backend.float_name(x.dtype) or backend.is_integer(x.dtype) or backend.is_bool(x.dtype)):
        raise ValueError(
            f"{loss.name}: {name} has dtype {x.dtype}; wanted real numbers. {_dtype_hint(backend, name, x.dtype)}"
        )
    if not backend.is_dense(x):
        raise TypeError(f"{loss.name}: {name} is sparse; wanted a dense array. Fix: {name}.to_dense().")


def as_array(loss: Loss, backend: Backend, name: str, x: Any, like: Array | None) -> Array:
    """A Python number or nested lists as an array."""
    try:
        array = backend.asarray(x, like)
        wide = None if like is None else backend.float_name(like.dtype)
        if like is not None and wide in ("float32", "float64") and backend.float_name(array.dtype) not in (None, wide):
            return backend.asarray(x, like, like.dtype)  # without a stop at a dtype of fewer digits
        return array
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"{loss.name}: {name} cannot be made an array of {backend.name}: {reason} Wanted: a number, or nested "
            "lists of numbers, equally long at each level. Fix: pad what is shorter and leave the padding out by mask."
        ) from error


def check_shapes(
    loss: Loss, backend: Backend, arrays: Sequence[Array], parameters: Mapping[str, Any]
) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """The axes summed over, the shape of the unreduced value, and the number of classes; refuses shapes that would
    broadcast."""
    if loss.check is not None:
        loss.check(loss, arrays, parameters)
    position = loss.inputs.index(loss.predictions[0])
    reference = _shape(loss, loss.predictions[0], arrays[position])
    if loss.kind != "elementwise" and not reference and parameters.get("axis", -1) is not None:
        raise ValueError(f"{loss.name}: {loss.predictions[0]} is a scalar; wanted at least one axis.")
    axes = loss.axes(parameters, len(reference))
    lost = tuple(n for a, n in enumerate(reference) if a not in axes)
    _check_sizes(loss, arrays, parameters, reference, axes)
    for name, x in zip(loss.inputs, arrays, strict=True):
        domain = loss.domains[name]
        if x is None or domain.shared or loss.check is not None:
            continue
        given = _shape(loss, name, x)
        if domain.width is not None and given[-1:] != (domain.width,):
            raise ValueError(
                f"{loss.name}: {name} has shape {given}; wanted {domain.description}, shape (..., {domain.width})."
            )
        wanted = reference if domain.spans_axis else lost
        if domain is CLASSES and len(given) == len(reference) - 1 and backend.is_integer(x.dtype):
            wanted = lost
        if not fits(given, wanted):
            raise ValueError(_shape_message(loss, name, given, wanted, loss.predictions[0], reference, domain))
        if None in given or None in wanted:
            kept = range(len(reference)) if wanted is reference else [a for a in range(len(reference)) if a not in axes]
            backend.check_sizes(
                x, arrays[position], list(enumerate(kept)),
                f"{loss.name}: {name} and {loss.predictions[0]} have other sizes than one another. Nothing is "
                "broadcast silently. Fix: reshape or broadcast explicitly.",
            )  # fmt: skip
    classes = loss.classes(arrays) if loss.classes is not None else reference[axes[0]] if len(axes) == 1 else 0
    for name in PER_CLASS:
        x = parameters.get(name)
        if rank(x) and len(axes) == 1:
            _check_per_class(loss, name, x, classes)
    for name, x in parameters.items():
        if rank(x) and (name not in PER_CLASS or len(axes) != 1) and loss.check is None:
            _check_broadcast(loss, name, tuple(x.shape), reference, axes)
    if loss.value_shape is not None:
        return axes, loss.value_shape(arrays, parameters), classes
    return axes, lost, classes


def _shape(loss: Loss, name: str, x: Array) -> tuple[int, ...]:
    try:
        return tuple(x.shape)
    except ValueError:
        raise ValueError(
            f"{loss.name}: {name} has an unknown number of axes; wanted a known one, sizes may be unknown. "
            f"Fix: tf.ensure_shape({name}, [None, ...]), with one entry per axis."
        ) from None


def _check_sizes(
    loss: Loss, arrays: Sequence[Array], parameters: Mapping[str, Any], reference: tuple[int, ...], axes: Sequence[int]
) -> None:
    """Refuse shapes that agree, but that the loss has no meaning for."""
    name = loss.predictions[0]
    if any(d.name == GROUPS.name for d in loss.domains.values()) and len(reference) < 2:
        raise ValueError(
            f"{loss.name}: {name} has shape {reference}; wanted (samples, features), beside one label per sample. "
            f"Fix: {name}[:, None] for one feature per sample."
        )
    if not loss.masks_elements and any(reference[a] == 0 for a in axes):
        raise ValueError(
            f"{loss.name}: {name} has shape {reference}, with nothing along axis {axes[0]}; wanted at least one class "
            "or feature there. A batch may be empty, its samples may not."
        )
    if parameters.get("ignore_index") is not None:
        for target, x in zip(loss.inputs, arrays, strict=True):
            if loss.domains[target] is CLASSES and x is not None and x.ndim == len(reference):
                raise ValueError(
                    f"{loss.name}: ignore_index={parameters['ignore_index']} needs class indices, but {target} has "
                    f"shape {tuple(x.shape)}: one row per sample. Fix: pass class indices, {target}.argmax(-1), or "
                    "leave samples out by mask."
                )


def _check_broadcast(
    loss: Loss, name: str, given: tuple[int, ...], reference: tuple[int, ...], axes: Sequence[int]
) -> None:
    first = len(reference) - len(given)
    if loss.kind != "elementwise" and any(n != 1 and first + i not in axes for i, n in enumerate(given)):
        raise ValueError(
            f"{loss.name}: {name} has shape {given}; wanted a number, or numbers along the axes {tuple(axes)} of "
            f"{loss.predictions[0]}, whose shape is {reference}: a value is made of them. Fix: call the loss once for "
            f"each {name}."
        )
    matched = reference[len(reference) - len(given) :] if len(given) <= len(reference) else ()
    if len(matched) != len(given) or not all(g == 1 or fits((g,), (n,)) for g, n in zip(given, matched, strict=True)):
        raise ValueError(
            f"{loss.name}: {name} has shape {given}, which does not broadcast to the shape {reference} of "
            f"{loss.predictions[0]}. Wanted: a number, or an array that does and that makes nothing larger."
        )


def _check_per_class(loss: Loss, name: str, x: Array, classes: int) -> None:
    if not fits(tuple(x.shape), (classes,)):
        raise ValueError(
            f"{loss.name}: {name} has shape {tuple(x.shape)}, but the class axis of y_pred has {classes} entries. "
            f"Wanted: one number per class, shape ({classes},)."
        )


def _shape_message(
    loss: Loss, name: str, given: tuple[int, ...], wanted: tuple[int, ...], other: str, reference: tuple[int, ...],
    domain: Domain,
) -> str:  # fmt: skip
    text = f"{loss.name}: {name} has shape {given} and {other} has shape {reference}; {name} must have shape {wanted}"
    if given == (*wanted, 1):
        fix = f"drop the last axis of {name}: {name}[..., 0]."
    elif wanted == (*given, 1):
        fix = f"drop the last axis of {other}, {other}[..., 0], or add one to {name}, {name}[..., None]."
    elif domain is LABELS and given == reference:
        fix = f"take the argmax of the one-hot {name}, or use the loss for one-hot targets."
    elif domain in (SIMPLEX, CLASSES) and len(given) == len(reference) - 1:
        fix = f"one-hot encode {name}, or use the loss for class indices."
    else:
        fix = "reshape or broadcast explicitly."
    return f"{text}. Nothing is broadcast silently. Fix: {fix}"


def check_values(call: Call, name: str, domain: Domain, x: Array) -> None:
    """Refuse values outside the domain, where values can be read. NaN passes: it shows in the result."""
    low, high, slack = domain.low, domain.high, 0.0
    if domain is LABELS:
        low, high = 0, call.classes - 1
    elif domain is LABEL_SEQUENCE:
        high = call.classes - 1
    elif call.compute != call.result and domain.members == ():
        slack = 2e-3  # a probability rounded to half precision
    if (low is None and high is None) or 0 in x.shape:
        return
    backend = call.backend
    if domain.members:
        # All of -1 and 1, or all of 0 and 1, exactly when none is nearer to the middle, or farther from it.
        middle = (domain.members[0] + domain.members[-1]) / 2
        nearest, farthest = backend.extent(backend.namespace.abs(x - middle if middle else x))
        within = domain.members[-1] - middle
        if farthest <= within + 1e-6:
            if nearest < within - 1e-6:
                _refuse(call, name, domain, "values in between", low, high)
            return
    smallest, largest = backend.extent(x)
    if not slack:
        slack = 0.0 if domain.indices else 1e-6
    if (low is not None and smallest < low - slack) or (high is not None and largest > high + slack):
        _refuse(call, name, domain, f"{smallest:g} to {largest:g}", low, high)


def _refuse(call: Call, name: str, domain: Domain, given: str, low: float | None, high: float | None) -> None:
    if domain is LABELS:
        hint = f"There are {call.classes} classes. Entries to leave out: ignore_index or mask."
        description = f"class indices from 0 to {high}"
    elif domain is LABEL_SEQUENCE:
        hint, description = f"There are {call.classes} classes.", domain.description
    else:
        hint, description = domain.hint, domain.description
        if domain.logits_hint:
            takes_logits = "from_logits" in call.loss.parameters
            hint = domain.logits_hint.format(
                "pass from_logits=True" if takes_logits else "apply sigmoid or softmax first"
            )
    raise ValueError(f"{call.loss.name}: {name} holds {given}; wanted {description}. {hint}".rstrip())


def domain_in(loss: Loss, name: str, arrays: Sequence[Array], parameters: Mapping[str, Any]) -> Domain:
    """The domain of an input in this call: CLASSES with fewer axes than the prediction are LABELS."""
    domain, x = loss.domain(name, parameters), arrays[loss.inputs.index(name)]
    fewer = domain is CLASSES and x is not None and x.ndim < arrays[loss.positions[0]].ndim
    return LABELS if fewer else domain


def valid_labels(call: Call, mask: Array | None, value: Array) -> Array:
    """NaN at class indices out of range where values could not be read: never a finite number."""
    xp = call.backend.namespace
    for name, x in zip(call.loss.inputs, call.arrays, strict=True):
        if x is not None and domain_in(call.loss, name, call.arrays, call.parameters) is LABELS:
            classes: Any = call.classes
            if classes is None:  # a compiler does not know it yet
                classes = xp.astype(xp.length(call.arrays[call.loss.positions[0]], call.axes[0]), x.dtype)
            valid = (x >= 0) & (x < classes)
            if mask is not None:
                valid = valid | ~mask
            value = xp.where(valid, value, xp.zeros_like(value) + float("nan"))
    return value


__all__ = [
    "as_array", "check_array_parameters", "check_dtypes", "check_parameters", "check_real", "check_shapes",
    "check_values", "domain_in", "valid_labels",
]  # fmt: skip
