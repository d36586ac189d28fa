"""What the functions of this package share: inputs as optax takes them, losses as unilosses evaluates them."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from unilosses import Loss, evaluation

from .array import backend

Array = Any
ArrayLike = Any
Axis = int | tuple[int, ...] | None

xp = backend.namespace


def floating(function: str, **arrays: ArrayLike) -> Any:
    """The inputs as arrays (one input: the array itself); integers are a TypeError, as in optax."""
    for name, x in arrays.items():
        dtype = jnp.asarray(x).dtype
        if not jnp.issubdtype(dtype, jnp.floating):
            raise TypeError(
                f"{function}: {name} has dtype {dtype}; wanted real floating-point numbers. "
                f"Fix: {name}.astype(jnp.float32)."
            )
    converted = tuple(map(jnp.asarray, arrays.values()))
    return converted if len(converted) > 1 else converted[0]


def integers(function: str, labels: ArrayLike) -> Array:
    """Class indices as an array; anything but integers is a TypeError, as in optax."""
    labels = jnp.asarray(labels)
    if not jnp.issubdtype(labels.dtype, jnp.integer):
        raise TypeError(f"{function}: labels has dtype {labels.dtype}; wanted class indices of an integer dtype.")
    return labels


def from_the_front(labels: Array, classes: int) -> Array:
    """Labels that count from the first class; negative ones count from the last, as in NumPy."""
    wide = labels.astype(jnp.promote_types(labels.dtype, jnp.int32))
    return jnp.where(wide < 0, wide + classes, wide)


def same_shape(function: str, **arrays: ArrayLike) -> None:
    """Refuse arrays of different shapes where optax does not broadcast."""
    (first, a), (second, b) = ((name, np.shape(x)) for name, x in arrays.items())
    if a != b:
        raise ValueError(
            f"{function}: {first} has shape {a} and {second} has shape {b}; wanted equal shapes. "
            "Fix: reshape or broadcast explicitly."
        )


def compute_dtype(dtype: Any) -> Any:
    """What numbers of ``dtype`` are computed in: half precision and integers in float32."""
    if not jnp.issubdtype(dtype, jnp.floating):
        return jnp.result_type(float)
    return jnp.promote_types(dtype, jnp.float32)


def widened(*arrays: ArrayLike) -> tuple[Any, list[Array]]:
    """The dtype that JAX' operators give these arrays together, and the arrays in the dtype to compute in."""
    dtype = jnp.result_type(*(jnp.asarray(x) if isinstance(x, list | tuple) else x for x in arrays))
    return dtype, [jnp.asarray(x, compute_dtype(dtype)) for x in arrays]


def is_array(parameter: Any) -> bool:
    """Whether a parameter is more than a Python number."""
    return not isinstance(parameter, bool | int | float | str | tuple | None)


def unreduced(loss: Loss, *arrays: Array, **parameters: Any) -> Array:
    """The unreduced loss, with its closed form as derivative. Shapes and dtypes are checked, values are not."""
    given = {name: jnp.asarray(x) if is_array(x) else x for name, x in parameters.items()}
    call = evaluation.prepare(loss, arrays, "none", None, None, None, given, check=False)
    call.readable = False  # unknown class indices are NaN, under a compiler or not
    return evaluation.evaluate(call)


def with_numbers_of_values(loss: Loss, axes: tuple[int, ...], *arrays: Array, **numbers: ArrayLike) -> Array:
    """``unreduced`` over ``axes`` (counted from the front) with parameters that have a number for each value."""
    kept = tuple(n for a, n in enumerate(arrays[0].shape) if a not in axes)
    last = tuple(range(-len(axes), 0))
    rows = [jnp.moveaxis(x, axes, last).reshape(-1, *(x.shape[a] for a in axes)) for x in arrays]
    flat = {name: jnp.broadcast_to(jnp.asarray(x), kept).reshape(-1) for name, x in numbers.items()}
    # optax' losses over one axis take it as the last one, those over several by name.
    axis = {"axis": tuple(range(len(axes)))} if "axis" in loss.parameters else {}
    value = jax.vmap(lambda row, given: unreduced(loss, *row, **axis, **given))(rows, flat)
    return value.reshape(kept)


def elementwise(loss: Loss, predictions: ArrayLike, targets: ArrayLike, **parameters: Any) -> Array:
    """The unreduced loss of inputs that are promoted and broadcast as JAX' operators do it, array parameters too."""
    arrays = {name: x for name, x in parameters.items() if is_array(x)}
    dtype, inputs = widened(predictions, targets, *arrays.values())
    predicted, target, *rest = jnp.broadcast_arrays(*inputs)
    given = parameters | dict(zip(arrays, rest, strict=True))
    value = unreduced(loss, target, predicted, **given).astype(dtype)
    if value.ndim or not all(jnp.asarray(x).weak_type for x in (predictions, targets, *arrays.values())):
        return value
    return lax.full_like(jnp.asarray(predictions) + targets, value)  # Python numbers promote no array they meet


def axes_of(function: str, axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes named, counted from the front; None names all."""
    if axis is None:
        return tuple(range(ndim))
    named = axis if isinstance(axis, tuple) else (axis,)
    for a in named:
        if not -ndim <= a < ndim:
            raise ValueError(f"{function}: axis={axis} does not exist in an array with {ndim} axes.")
    return tuple(a % ndim for a in named)


def as_one_axis(function: str, axis: Axis, *arrays: Array) -> tuple[int, list[Array]]:
    """Several axes of arrays of one shape, flattened into one at the end; a single axis stays where it is."""
    shape = arrays[0].shape
    axes = axes_of(function, axis, len(shape))
    if len(axes) == 1:
        return axes[0], list(arrays)
    kept = tuple(a for a in range(len(shape)) if a not in axes)
    flat = (*(shape[a] for a in kept), math.prod(shape[a] for a in axes))
    return len(kept), [jnp.reshape(jnp.transpose(x, kept + axes), flat) for x in arrays]


def with_class_axis(function: str, where: ArrayLike | None, axis: Axis, shape: tuple[int, ...]) -> Array | None:
    """A mask of samples or of single classes, broadcast to ``shape``."""
    if where is None:
        return None
    mask = jnp.asarray(where, bool)
    if mask.ndim != len(shape):
        mask = jnp.expand_dims(mask, axes_of(function, axis, len(shape)))
    return jnp.broadcast_to(mask, shape)


def without(logits: Array, mask: Array, axis: int) -> Array:
    """Logits with probability 0 under the mask; 0 in rows without any class, so that nothing is NaN."""
    return jnp.where(mask, logits, jnp.where(jnp.any(mask, axis=axis, keepdims=True), -jnp.inf, 0).astype(logits.dtype))
