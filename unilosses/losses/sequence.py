"""Language models: the cross-entropy of the last layer without its logits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domains import CLASSES, REAL, WEIGHTS
from ..loss import loss
from ..namespace import Array, Namespace
from .cross_entropy import categorical_cross_entropy, sparse_categorical_cross_entropy
from .probability import is_zero

if TYPE_CHECKING:
    from ..loss import Loss


def _check_layer(made: Loss, arrays: Sequence[Array], parameters: Mapping[str, Any]) -> None:
    given = {n: tuple(x.shape) for n, x in zip(made.inputs, arrays, strict=True) if x is not None}
    hidden, weight = given["hidden"], given["weight"]
    labelled = "int" in str(arrays[0].dtype) and len(given["y_true"]) < len(hidden)
    wanted = {
        "weight": (weight[0] if weight else 1, hidden[-1] if hidden else 1),
        "y_true": hidden[:-1] if labelled else (*hidden[:-1], *weight[:1]),
        "bias": weight[:1],
    }
    for name, shape in wanted.items():
        if given.get(name, shape) != shape:
            raise ValueError(
                f"{made.name}: {name} has shape {given[name]}, beside hidden of shape {hidden} and weight of shape "
                f"{weight}. Wanted: hidden (..., features), y_true (...) integer class indices or (..., classes) "
                f"probabilities, weight (classes, features), bias (classes,). Fix: give {name} the shape {shape}."
            )


#: By default the logits of a chunk take 64 MiB. Value and gradient for hidden 2048 x 512 and 32000 classes in float32
#: on one busy core, in seconds of processor time, the better of two: with chunks of 16, 64 and 128 MiB, PyTorch takes
#: 3.1, 2.9 and 2.5, JAX under jit 5.4, 4.3 and 4.0; with all logits (250 MiB) at once 2.3 and 3.0. Beyond the results,
#: JAX needs 141 MiB with 16, 189 with 64, and 500 with all.
CHUNK_BYTES = 1 << 26


@loss(
    kind="coupled",
    y_true=CLASSES,
    hidden=REAL,
    weight=WEIGHTS,
    bias=WEIGHTS,
    check=_check_layer,
    value_shape=lambda arrays, parameters: tuple(arrays[1].shape[:-1]),
    classes=lambda arrays: arrays[2].shape[0],
)
def linear_cross_entropy(
    xp: Namespace,
    y_true: Array,
    hidden: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    label_smoothing: Any = 0.0,
    class_weight: Any = None,
    z_loss: Any = 0.0,
    softcap: Any = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Any:
    r"""The cross-entropy of a linear layer's logits, computed together with the layer.

    ``hidden`` holds features on its last axis, ``weight`` is (classes, features), ``y_true`` class indices or
    distributions over the classes. Logits are made for as many samples as fit ``chunk_bytes``, and made again for the
    derivative, so that those of all samples never exist at once. ``softcap`` c bounds logits smoothly, c tanh(z / c).
    ``z_loss`` weighs the square of the log-partition, which keeps logits from drifting; it is neither smoothed nor
    weighted by class.

    Formula: \ell = -w_y \log p_y + \zeta \left( \log \sum_c e^{z_c} \right)^2, \quad p = \operatorname{softmax}(z),
        \quad z = W h + b
    Derivative: \partial \ell / \partial z_c = w_y (p_c - [c = y]) + 2 \zeta\, p_c \log \sum_k e^{z_k} = g_c, \quad
        \partial \ell / \partial h = W^\top g, \quad \partial \ell / \partial W = g h^\top, \quad
        \partial \ell / \partial b = g
    Also known as: fused linear cross-entropy
    Reference: Wijmans et al., Cut Your Losses in Large-Vocabulary Language Models, 2025;
        de Brebisson and Vincent, The Z-loss: a shift and scale invariant classification loss, 2016 (z-loss)
    """
    classes, features = weight.shape
    soft = y_true.ndim == hidden.ndim
    rows = xp.reshape(hidden, (-1, features))
    targets = xp.reshape(y_true, (-1, classes) if soft else (-1,))
    transposed = xp.matrix_transpose(weight)
    entropy = categorical_cross_entropy if soft else sparse_categorical_cross_entropy

    def cost(targets: Array, rows: Array) -> tuple[Array, Any]:
        """The values of a chunk, and what gives their derivatives with respect to the layer's outputs."""
        scores = xp.layer(rows, transposed)
        if bias is not None:
            scores = scores + bias
        bend = 1.0
        if softcap is not None:
            bounded = xp.tanh(scores / softcap)
            scores, bend = softcap * bounded, 1 - bounded * bounded
        value, derivative = entropy.function(
            xp, targets, scores, from_logits=True, label_smoothing=label_smoothing, class_weight=class_weight
        )
        if is_zero(z_loss):
            return value, lambda: derivative() if softcap is None else derivative() * bend
        partition = xp.logsumexp(scores, axis=-1, keepdims=True)
        value = value + z_loss * xp.squeeze(partition, axis=-1) ** 2
        return value, lambda: (derivative() + 2 * z_loss * partition * xp.exp(scores - partition)) * bend

    size = _rows_of_chunk(rows.shape[0], classes * (8 if hidden.dtype == xp.float64 else 4), chunk_bytes)
    whole = cost(targets, rows) if size is None else None
    if whole is not None:
        values = whole[0]
    else:
        value_of = xp.rematerialised(lambda targets, rows: cost(targets, rows)[0])
        _, values = _fold(xp, lambda carry, chunk: (carry, value_of(*chunk)), (), (targets, rows), size)

    def pullback(upstream: Array) -> tuple[Array, Array, Array | None]:
        def step(carry: Any, chunk: Any) -> Any:
            targets, rows, upstream = chunk
            slope = (cost(targets, rows) if whole is None else whole)[1]() * upstream
            d_weight = xp.add_matmul(carry[0], xp.matrix_transpose(slope), rows)
            return (d_weight, *(d_bias + xp.sum(slope, axis=0) for d_bias in carry[1:])), xp.layer(slope, weight)

        zeros = tuple(xp.zeros_like(x) for x in (weight, bias) if x is not None)
        shared, d_rows = _fold(xp, step, zeros, (targets, rows, xp.reshape(upstream, (-1, 1))), size)
        return xp.reshape(d_rows, hidden.shape), shared[0], None if bias is None else shared[1]

    return xp.reshape(values, hidden.shape[:-1]), pullback


def _rows_of_chunk(rows: int | None, bytes_of_row: int, limit: int) -> int | None:
    """How many rows' logits stay below the limit, chunks being about equal; None where one chunk holds them all, or
    the number of rows is not known."""
    chunks = math.ceil((rows or 0) / max(1, limit // bytes_of_row))
    return None if chunks <= 1 else math.ceil((rows or 0) / chunks)


def _fold(xp: Namespace, step: Any, carry: Any, items: tuple[Array, ...], size: int | None) -> tuple[Any, Array]:
    """``step(carry, chunk) -> (carry, output)`` over chunks of ``size`` rows, the last one maybe shorter."""
    if size is None:
        return step(carry, items)
    rows = items[0].shape[0]
    whole = rows - rows % size
    chunks = tuple(xp.reshape(x[:whole, ...], (whole // size, size, *x.shape[1:])) for x in items)
    carry, stacked = xp.scan(step, carry, chunks)
    output = xp.reshape(stacked, (whole, *stacked.shape[2:]))
    if whole == rows:
        return carry, output
    carry, last = step(carry, tuple(x[whole:rows, ...] for x in items))
    return carry, xp.concat([output, last], axis=0)


__all__ = ["linear_cross_entropy"]
