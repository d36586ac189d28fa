"""What the drop-ins share: from torch.nn's conventions to a call of a definition, and back to native's dtype."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import torch
from torch import Tensor

from unilosses import Loss

from .array import backend

#: torch.nn.CrossEntropyLoss and NLLLoss skip this label unless told otherwise.
IGNORE_INDEX = -100


class InputError(ValueError, RuntimeError):
    """Arguments that do not fit. PyTorch raises ValueError for some and RuntimeError for others; this is both."""


class LabelError(InputError, IndexError):
    """A class index out of range: IndexError in cross-entropies, RuntimeError in margin losses; this is both."""


def evaluate(
    loss: Loss,
    *arrays: Any,
    reduction: str,
    dtype: torch.dtype,
    sample_weight: Any = None,
    mask: Any = None,
    normalizer: Any = None,
    **parameters: Any,
) -> Tensor:
    """The definition's result in native's dtype, without checks of values: native computes outside the domains too."""
    arguments = (arrays, reduction, sample_weight, mask, normalizer, parameters, False)
    if torch.compiler.is_compiling():  # compilers of older releases do not trace try
        value = loss.evaluated(*arguments)
    else:
        try:
            value = loss.evaluated(*arguments)
        except ValueError as error:
            raise InputError(*error.args) from None
    if dtype in (torch.float16, torch.bfloat16) and torch.is_autocast_enabled(value.device.type):
        dtype = torch.float32  # as autocast has it for losses
    return value if value.dtype is dtype else value.to(dtype)


def warn(text: str) -> None:
    """A warning at the module's call; compilers cannot trace it and leave it out, as they do with native's."""
    if not torch.compiler.is_compiling():
        warnings.warn(text, stacklevel=4)


def reduction_of(reduction: str, *more: str, old_name: bool = True) -> str:
    """A reduction of torch.nn, checked when the loss is called, as native does; four classes take no old name."""
    if reduction == "elementwise_mean" and old_name:
        warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.")
        return "mean"
    if reduction not in ("none", "mean", "sum", *more):
        raise ValueError(f"{reduction} is not a valid value for reduction; wanted 'none', 'mean' or 'sum'.")
    return reduction


def is_eager(*tensors: Tensor | None) -> bool:
    """Whether values may be looked at: not under a compiler or a transform, and on the CPU."""
    return not backend.is_tracing(tensors)


def check_real(dtype: torch.dtype) -> None:
    """Refuse complex numbers, whose imaginary part a cast would lose."""
    if dtype.is_complex:
        raise InputError(
            f"The loss was given a tensor of dtype {dtype}; wanted real numbers. Fix: give real and imaginary parts "
            "as numbers of their own, torch.view_as_real(x), or use L1Loss, which takes complex numbers."
        )


def floating(dtype: torch.dtype) -> torch.dtype:
    """``dtype``, or the default dtype in place of an integer one; complex ones are refused."""
    check_real(dtype)
    return dtype if dtype.is_floating_point else torch.get_default_dtype()


def together(*tensors: Tensor) -> tuple[torch.dtype, list[Tensor]]:
    """The dtype that PyTorch's promotion gives, and the tensors in it, broadcast against each other."""
    for x in tensors:
        check_real(x.dtype)
    # Scalar tensors count where no other is floating-point. (torch.result_type says so, but cannot be compiled.)
    counting = [x.dtype for x in tensors if x.ndim]
    if not any(dtype.is_floating_point for dtype in counting):
        counting += [x.dtype for x in tensors if not x.ndim]
    dtype = floating(functools.reduce(torch.promote_types, counting))
    return dtype, [x.to(dtype) for x in broadcast(*tensors)]


def broadcast(*tensors: Tensor) -> list[Tensor]:
    """The tensors broadcast against each other; views only where shapes differ."""
    shape = tensors[0].shape
    if all(x.shape == shape for x in tensors):
        return list(tensors)
    return list(torch.broadcast_tensors(*tensors))


def broadcast_with_warning(input: Tensor, target: Tensor) -> list[Tensor]:
    """Broadcasting as MSELoss and its relatives do it: with a warning."""
    if target.shape != input.shape:
        warn(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size."
        )
    return broadcast(input, target)


def check_same_shape(name: str, input: Tensor, target: Tensor) -> None:
    """Refuse what native refuses: targets of another shape."""
    if target.shape != input.shape:
        raise InputError(
            f"{name}: target has shape {tuple(target.shape)} and input has shape {tuple(input.shape)}; "
            "both must have the same shape. Fix: reshape or broadcast explicitly."
        )


def check_unit_interval(name: str, **tensors: Tensor) -> None:
    """Refuse numbers outside [0, 1], and NaN, where values can be read."""
    for label, x in tensors.items():
        if is_eager(x) and x.numel():
            low, high = (extreme.item() for extreme in torch.aminmax(x.detach()))
            if not (low >= 0 and high <= 1):
                raise InputError(
                    f"{name}: all elements of {label} should be between 0 and 1, but they reach from {low:g} to "
                    f"{high:g}. If these are logits (scores before sigmoid), use BCEWithLogitsLoss."
                )


def check_labels(name: str, target: Tensor, classes: int, ignore_index: int | None = None) -> int | None:
    """Refuse class indices out of range, where values can be read; the label to ignore, None where nobody has it.

    Without a label to ignore there is no mask, which would cost another pass over the scores.
    """
    if not is_eager(target):
        return ignore_index
    if not target.numel():
        return None
    low, high = (int(extreme) for extreme in torch.aminmax(target))
    if ignore_index is not None and low <= ignore_index <= high:
        low, high = (int(extreme) for extreme in torch.aminmax(torch.where(target == ignore_index, 0, target)))
    elif low >= 0 and high < classes:
        return None
    if low < 0 or high >= max(classes, 1):
        raise LabelError(
            f"{name}: Target {low if low < 0 else high} is out of bounds; wanted class indices from 0 to "
            f"{classes - 1}" + ("." if ignore_index is None else f", or {ignore_index} for entries to leave out.")
        )
    return ignore_index


def check_class_weight(name: str, weight: Tensor | None, classes: int) -> None:
    """Refuse class weights that are not one number per class."""
    if weight is not None and tuple(weight.shape) != (classes,):
        raise InputError(
            f"{name}: weight has shape {tuple(weight.shape)}, but there are {classes} classes; wanted one number per "
            f"class, shape ({classes},)."
        )
