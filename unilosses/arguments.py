"""From what a call is given to arrays of one framework: numbers, lists, indices and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .checks import as_array, check_real
from .dispatch import Backend, backend_for
from .domains import CLASSES, LABELS
from .namespace import Array

if TYPE_CHECKING:
    from .loss import Loss


def as_python(x: Any) -> Any:
    """A NumPy scalar as the Python number that it is; anything else as it is."""
    return x.item() if isinstance(x, np.generic) else x


def as_indices(loss: Loss, backend: Backend, arrays: list[Array]) -> tuple[list[Array], bool]:
    """Class indices in a dtype that counts as many classes as there may be; and whether any had another one."""
    if not loss.takes_class_indices:
        return arrays, False
    found = list(arrays)
    for i, name in enumerate(loss.inputs):
        domain, x = loss.domains[name], arrays[i]
        if x is not None and domain in (LABELS, CLASSES) and backend.is_integer(x.dtype):
            wide = _WIDE.get(str(getattr(x.dtype, "name", x.dtype)).rsplit(".", 1)[-1].rstrip("'>"))
            if wide is not None:
                found[i] = backend.namespace.astype(x, getattr(backend.namespace, wide))
    return found, any(a is not b for a, b in zip(found, arrays, strict=True))


#: Frameworks take int32 and int64 as indices; a small dtype would wrap around beside more classes than it counts.
_WIDE = {"int8": "int32", "int16": "int32", "uint8": "int32", "uint16": "int32", "uint32": "int32", "uint64": "int64"}


def as_arrays(loss: Loss, backend: Backend, given: Sequence[Any]) -> list[Array]:
    """All inputs as arrays of one framework; Python numbers take the shape and dtype of the array next to them."""
    if all(map(backend.is_array, given)):
        return list(given)
    arrays: list[Array] = []
    for name, x in zip(loss.inputs, given, strict=True):
        if x is None and name not in loss.optional:
            raise TypeError(f"{loss.name}: {name} is None; wanted an array.")
        as_given = x is None or backend.is_array(x)
        arrays.append(x if as_given else as_array(loss, backend, name, x, _first(backend, given)))
    like = _first(backend, given)
    if like is None:
        like = max((x for x in arrays if x is not None), key=lambda x: x.ndim)
    floating = like.dtype if backend.float_name(like.dtype) else backend.default_float()
    for i, (name, x) in enumerate(zip(loss.inputs, given, strict=True)):
        if x is not None and backend_for(x) is None and not loss.domains[name].indices:
            check_real(loss, backend, name, arrays[i])
            if name in loss.predictions or not backend.is_integer(arrays[i].dtype):
                arrays[i] = backend.namespace.astype(arrays[i], floating)
            if not arrays[i].ndim and loss.kind == "elementwise":
                arrays[i] = backend.namespace.broadcast_to(arrays[i], tuple(like.shape))
    return arrays


def _first(backend: Backend, given: Sequence[Any]) -> Array | None:
    return next((x for x in reversed(given) if x is not None and backend.is_array(x)), None)


def array_parameters(
    loss: Loss, backend: Backend, parameters: dict[str, Any], prediction: Array, compute: Any
) -> dict[str, Any]:
    """Parameters given as arrays or lists, as arrays of the compute dtype; numbers stay numbers."""
    converted = parameters
    for name, x in parameters.items():
        is_array = not isinstance(x, bool | int | float | str | type(None)) and backend_for(x) is not None
        if not is_array and not (isinstance(x, list | tuple) and name != "axis"):
            continue
        array = x if backend.is_array(x) else as_array(loss, backend, name, x, prediction)
        check_real(loss, backend, name, array)
        if array.dtype != compute and not (name.endswith("length") and backend.is_integer(array.dtype)):
            array = backend.namespace.astype(array, compute)
        if converted is parameters:
            converted = dict(parameters)
        converted[name] = array
    return converted


def without_ignored(loss: Loss, arrays: list[Array], parameters: dict[str, Any], mask: Array | None, xp: Any) -> Array:
    for name, x in zip(loss.inputs, arrays, strict=True):
        if loss.domains[name] in (LABELS, CLASSES) and x is not None:
            kept = x != parameters["ignore_index"]
            return kept if mask is None else mask & kept
    return mask


__all__ = ["array_parameters", "as_arrays", "as_indices", "as_python", "without_ignored"]
