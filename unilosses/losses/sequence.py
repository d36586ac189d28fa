"""Language models: the cross-entropy of the last layer without its logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domains import LABELS, REAL, WEIGHTS
from ..loss import loss
from ..namespace import Array, Namespace
from .cross_entropy import sparse_categorical_cross_entropy
from .probability import is_zero

if TYPE_CHECKING:
    from ..loss import Loss


def _check_layer(made: Loss, arrays: Sequence[Array], parameters: Mapping[str, Any]) -> None:
    given = {n: tuple(x.shape) for n, x in zip(made.inputs, arrays, strict=True) if x is not None}
    hidden, weight = given["hidden"], given["weight"]
    wanted = {
        "weight": (weight[0] if weight else 1, hidden[-1] if hidden else 1),
        "y_true": hidden[:-1],
        "bias": weight[:1],
    }
    for name, shape in wanted.items():
        if given.get(name, shape) != shape:
            raise ValueError(
                f"{made.name}: {name} has shape {given[name]}, beside hidden of shape {hidden} and weight of shape "
                f"{weight}. Wanted: hidden (..., features), y_true (...) class indices, weight (classes, features), "
                f"bias (classes,). Fix: give {name} the shape {shape}."
            )


@loss(
    kind="coupled",
    y_true=LABELS,
    hidden=REAL,
    weight=WEIGHTS,
    bias=WEIGHTS,
    check=_check_layer,
    value_shape=lambda arrays, parameters: tuple(arrays[0].shape),
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
    chunk_bytes: int = 1 << 26,
) -> Any:
    r"""The sparse categorical cross-entropy of a linear layer's logits, computed together with the layer.

    ``hidden`` holds features on its last axis, ``weight`` is (classes, features). Logits are made for as many samples
    as fit ``chunk_bytes``; the closed form (eager PyTorch, NumPy) makes them again for the derivative, so that those of
    all samples never exist at once. ``softcap`` c bounds logits smoothly, c tanh(z / c). ``z_loss`` weighs the square
    of the log-partition, which keeps logits from drifting; it is neither smoothed nor weighted by class.

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
    rows, labels = xp.reshape(hidden, (-1, features)), xp.reshape(y_true, (-1,))
    transposed = xp.matrix_transpose(weight)

    def chunk(at: slice) -> tuple[Array, Any]:
        scores = xp.matmul(rows[at, :], transposed)
        if bias is not None:
            scores = scores + bias
        bend = 1.0
        if softcap is not None:
            bounded = xp.tanh(scores / softcap)
            scores, bend = softcap * bounded, 1 - bounded * bounded
        value, derivative = sparse_categorical_cross_entropy.function(
            xp, labels[at], scores, from_logits=True, label_smoothing=label_smoothing, class_weight=class_weight
        )
        if is_zero(z_loss):
            return value, lambda: derivative() if softcap is None else derivative() * bend
        partition = xp.logsumexp(scores, axis=-1, keepdims=True)
        value = value + z_loss * xp.squeeze(partition, axis=-1) ** 2
        return value, lambda: (derivative() + 2 * z_loss * partition * xp.exp(scores - partition)) * bend

    chunks = _chunks(labels.shape[0], classes * (8 if hidden.dtype == xp.float64 else 4), chunk_bytes)
    kept = [chunk(at) for at in chunks] if len(chunks) == 1 else None
    values = [value for value, _ in kept] if kept else [chunk(at)[0] for at in chunks]

    def pullback(upstream: Array) -> tuple[Array, Array, Array | None]:
        upstream = xp.reshape(upstream, (-1, 1))
        d_rows, d_weight, d_bias = [], xp.zeros_like(weight), None if bias is None else xp.zeros_like(bias)
        for i, at in enumerate(chunks):
            slope = (kept[i] if kept else chunk(at))[1]() * upstream[at, :]
            d_rows.append(xp.matmul(slope, weight))
            d_weight = d_weight + xp.matmul(xp.matrix_transpose(slope), rows[at, :])
            if d_bias is not None:
                d_bias = d_bias + xp.sum(slope, axis=0)
        return xp.reshape(xp.concat(d_rows, axis=0), hidden.shape), d_weight, d_bias

    return xp.reshape(xp.concat(values, axis=0), y_true.shape), pullback


def _chunks(rows: int | None, bytes_of_row: int, limit: int) -> list[slice]:
    """Slices of the rows whose logits stay below the limit; one where the number of rows is not known."""
    if not rows:
        return [slice(None)]
    step = max(1, limit // bytes_of_row)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


__all__ = ["linear_cross_entropy"]
