"""Evaluation in blocks that stay in the cache: value and gradient in one pass over memory.

An execution policy, not a concept: results equal the unblocked ones to rounding. It applies to eager arrays that can
be written to, above a size, and never to coupled losses, whose samples meet each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .evaluation import Call, bare, kernel
from .namespace import Array

#: Elements of a block in place of the backend's own choice: for tests.
BLOCK: int | None = None


def block_size(call: Call) -> int:
    """Elements of the prediction in one block."""
    return BLOCK or call.backend.block_size()


def in_blocks(call: Call, scale: Any, wanted: Sequence[int], want_gradient: bool) -> Any:
    """``closed_form`` block by block, or None where blocks do not apply or do not pay."""
    loss, backend, xp = call.loss, call.backend, call.backend.namespace
    prediction = call.arrays[wanted[0]]
    if in_few_blocks(call) or not call.shape:
        return None
    if loss.masks_elements and call.mask is not None:
        return None  # this mask has the axes of the prediction, not of the values that are cut
    layout = _layout(call)
    if layout is None:
        return None
    arrays, parameters, weights, mask, axes, value_shape, pieces = layout
    gradients = [backend.empty_like(call.arrays[i]) for i in wanted] if want_gradient else []
    targets = [g.reshape(arrays[i].shape) for g, i in zip(gradients, wanted, strict=False)]
    unreduced = call.reduction == "none"
    values = backend.empty_like(prediction, value_shape) if unreduced else None
    flat_axes = replace(call, axes=axes)
    per_value = [x is not None and _per_value(x, value_shape, arrays[wanted[0]]) for x in arrays]
    own = {n: parameters.get(n) for n in call.shortcut.parameters} if call.shortcut is not None else {}
    pieces = list(pieces)
    # In memory of their own: small numbers that stay would be laid into the gaps that blocks leave.
    totals = backend.empty_like(prediction, (len(pieces),), call.compute)
    for number, (at, value_at) in enumerate(pieces):
        block = [
            None if x is None else backend.piece(x, value_at if per else at)
            for x, per in zip(arrays, per_value, strict=True)
        ]
        if call.shortcut is not None:
            value, derivatives = bare(flat_axes, block, own, want_gradient)
            factor = scale
        else:
            value, derivatives, factor = kernel(
                flat_axes,
                block,
                parameters if axes else {n: _piece(p, value_at, value_shape) for n, p in parameters.items()},
                _piece(mask, value_at, value_shape),
                _piece(weights, value_at, value_shape),
                axes,
                scale,
                want_gradient,
            )
        for target, derivative in zip(targets, derivatives, strict=True):
            backend.store(target[at], derivative, factor)
        if values is not None:
            values[value_at] = value
        else:
            totals[number] = xp.sum(value)
    found = tuple(map(backend.filled, gradients))
    if values is not None:
        return backend.filled(values.reshape(call.shape)), found
    total = xp.sum(backend.filled(totals))
    return total if isinstance(scale, int) else total * scale, found


def in_few_blocks(call: Call) -> bool:
    """Whether the call is too small for blocks to pay."""
    prediction = call.arrays[call.loss.positions[0]]
    return call.loss.kind == "coupled" or _size(prediction) < 2 * block_size(call)


def _size(x: Array) -> int:
    size = 1
    for n in x.shape:
        size *= int(n)
    return size


def _per_value(x: Array, value_shape: tuple[int, ...], prediction: Array) -> bool:
    return x.ndim == len(value_shape) and x.ndim < prediction.ndim


def _piece(x: Any, at: Any, value_shape: tuple[int, ...]) -> Any:
    """The part of a weight, a mask or an array parameter that belongs to a block of values."""
    if not getattr(x, "ndim", 0) or x.ndim < len(value_shape):
        return x
    index = tuple(s if n > 1 else slice(None) for s, n in zip(at, x.shape, strict=True))
    return x[index]


def _layout(call: Call) -> Any:
    """Views of the inputs that can be cut along leading axes, and the cuts."""
    loss, backend, xp = call.loss, call.backend, call.backend.namespace
    arrays, axes, shape = call.arrays, call.axes, call.shape
    weights, mask = call.sample_weight, call.mask
    prediction, size = arrays[loss.inputs.index(loss.predictions[0])], block_size(call)
    extras = [x for x in (weights, mask) if x is not None and x.ndim]
    tensors = [p for p in call.parameters.values() if getattr(p, "ndim", 0)]
    plain = all(backend.is_contiguous(x) for x in arrays if x is not None)
    full = all(tuple(x.shape) == shape and backend.is_contiguous(x) for x in extras)
    per_class = all(p.ndim == 1 for p in tensors) and len(axes) == 1
    parameters = call.parameters
    if plain and full and (not tensors or per_class):
        if not axes:
            length = _size(prediction)
            arrays = [None if x is None else xp.reshape(x, (length,)) for x in arrays]
            weights, mask = (None if x is None else xp.reshape(x, (length,)) if x.ndim else x for x in (weights, mask))
            return arrays, parameters, weights, mask, (), (length,), _cuts((length,), 1, size)
        if len(axes) == 1:
            before, width, after = _split(tuple(prediction.shape), axes[0])
            folded = (before, width) if after == 1 else (before, width, after)
            values = (before,) if after == 1 else (before, after)
            arrays = [None if x is None else xp.reshape(x, folded if x.ndim == prediction.ndim else values)
                      for x in arrays]  # fmt: skip
            weights, mask = (None if x is None else xp.reshape(x, values) if x.ndim else x for x in (weights, mask))
            parameters = {n: 1 if n in ("axis", "class_axis") else x for n, x in parameters.items()}
            return arrays, parameters, weights, mask, (1,), values, _cuts(values, width, size)
    if (axes and axes[0] == 0) or not shape or shape[0] < 2:
        return None
    return arrays, parameters, weights, mask, axes, shape, _rows(shape, _size(prediction) // shape[0], size)


def _split(shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    before = after = 1
    for n in shape[:axis]:
        before *= n
    for n in shape[axis + 1 :]:
        after *= n
    return before, shape[axis], after


def _rows(shape: tuple[int, ...], row: int, size: int) -> Iterator[tuple[Any, Any]]:
    step = max(1, size // max(row, 1))
    for start in range(0, shape[0], step):
        at = (slice(start, start + step),)
        yield at, at + (slice(None),) * (len(shape) - 1)


def _cuts(values: tuple[int, ...], width: int, size: int) -> Iterator[tuple[Any, Any]]:
    """Index of a block in the inputs and in the values; long inner axes are cut as well."""
    inner = values[1] if len(values) == 2 else 1
    inner_step = max(1, min(inner, size // max(width, 1)))
    outer_step = max(1, size // (width * inner_step)) if inner_step == inner else 1
    for start in range(0, values[0], outer_step):
        rows = slice(start, start + outer_step)
        for left in range(0, inner, inner_step):
            if len(values) == 2:
                columns = slice(left, left + inner_step)
                yield (rows, slice(None), columns), (rows, columns)
            else:
                yield (rows,), (rows,)
