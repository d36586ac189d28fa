"""Language models: the cross-entropy of the last layer without its logits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domains import CLASSES, REAL, WEIGHTS
from ..loss import loss
from ..namespace import Array, Namespace, rank
from ..reduction import fits
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
        if not fits(given.get(name, shape), shape):
            raise ValueError(
                f"{made.name}: {name} has shape {given[name]}, beside hidden of shape {hidden} and weight of shape "
                f"{weight}. Wanted: hidden (..., features), y_true (...) integer class indices or (..., classes) "
                f"probabilities, weight (classes, features), bias (classes,). Fix: give {name} the shape {shape}."
            )
    for name in ("label_smoothing", "z_loss", "softcap"):
        x: Any = parameters.get(name)
        if rank(x):
            raise ValueError(f"{made.name}: {name} has shape {tuple(x.shape)}; wanted one number for all classes.")


#: By default the logits of a chunk take 32 MiB. Peak memory for hidden features of 2048 x 1024 and 32000 classes in
#: float32, in sizes of the gradient, with chunks of 16, 32 and 64 MiB: JAX 1.6, 1.9 and 2.5, TensorFlow 2.0, 2.6 and
#: 4.0, NumPy 1.3, 1.7 and 2.1, PyTorch 1.5 with 32 and 2.0 with 64 (between 1.3 and 2.2 with 16, depending on where
#: the C library puts them). Times differ no more than they do from run to run; for 8192 samples, the best of five in
#: seconds: PyTorch 9.1, 10.3 and 10.7, JAX 9.9, 9.7 and 9.6.
CHUNK_BYTES = 1 << 25


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
    distributions over the classes. Logits are made ``chunk_bytes`` at a time, and made again for the derivative, so
    that all of them never exist at once: those of some classes, or of some samples where there are more samples than
    classes or targets are distributions. ``softcap`` c bounds logits smoothly, c tanh(z / c). ``z_loss`` weighs the
    square of the log-partition, which keeps logits from drifting; it is neither smoothed nor weighted by class.

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

    if isinstance(softcap, float) and math.isinf(softcap):
        softcap = None

    def outputs(rows: Array, weight: Array, bias: Array | None) -> tuple[Array, Any]:
        """The outputs of the layer for some samples and classes, and the slope that the cap gives them."""
        scores = xp.layer(rows, xp.matrix_transpose(weight))
        if bias is not None:
            scores = scores + bias
        if softcap is None:
            return scores, None
        bounded = xp.tanh(scores / softcap)
        return softcap * bounded, 1 - bounded * bounded

    # Chunks of classes sum up the gradient of the hidden features, chunks of samples that of the weights: it should be
    # the smaller one. Soft targets are as large as all logits, so that cutting the classes saves nothing.
    samples = rows.shape[0]
    of_classes = not soft and samples is not None and samples <= classes
    length, across = (classes, samples) if of_classes else (samples, classes)
    size = _size_of_chunk(length, across * (8 if hidden.dtype == xp.float64 else 4), chunk_bytes)
    over: Any = _over_classes if of_classes and size is not None else _over_samples
    values, pull = over(
        xp, outputs, targets, rows, weight, bias, size,
        label_smoothing=label_smoothing, class_weight=class_weight, z_loss=z_loss,
    )  # fmt: skip

    def pullback(upstream: Array) -> tuple[Array, Array, Array | None]:
        d_rows, d_weight, d_bias = pull(xp.reshape(upstream, (-1, 1)))
        return xp.reshape(d_rows, hidden.shape), d_weight, d_bias

    return xp.reshape(values, hidden.shape[:-1]), pullback


def _bent(slope: Array, bend: Array | None) -> Array:
    return slope if bend is None else slope * bend


def _over_samples(
    xp: Namespace, outputs: Any, targets: Array, rows: Array, weight: Array, bias: Array | None, size: int | None, *,
    label_smoothing: Any, class_weight: Any, z_loss: Any,
) -> tuple[Array, Any]:  # fmt: skip
    """Values and their pullback, ``size`` samples at a time; all at once if that is None."""
    entropy = categorical_cross_entropy if targets.ndim == 2 else sparse_categorical_cross_entropy

    def cost(targets: Array, rows: Array, weight: Array, bias: Array | None) -> tuple[Array, Any]:
        """The values of a chunk, and what gives their derivatives with respect to the layer's outputs."""
        scores, bend = outputs(rows, weight, bias)
        value, derivative = entropy.function(
            xp, targets, scores, from_logits=True, label_smoothing=label_smoothing, class_weight=class_weight
        )
        if is_zero(z_loss):
            return value, lambda: _bent(derivative(), bend)
        partition = xp.logsumexp(scores, axis=-1, keepdims=True)
        value = value + z_loss * xp.squeeze(partition, axis=-1) ** 2
        return value, lambda: _bent(derivative() + 2 * z_loss * partition * xp.exp(scores - partition), bend)

    whole = cost(targets, rows, weight, bias) if size is None else None
    if whole is not None:
        values = whole[0]
    else:
        value_of = xp.rematerialised(lambda *arrays: cost(*arrays)[0])
        _, (values,) = _fold(
            xp, lambda carry, chunk: (carry, (value_of(*chunk, weight, bias),)), (), (targets, rows), size
        )

    def pull(upstream: Array) -> tuple[Array, Array, Array | None]:
        again = xp.made_again(rows, upstream)

        def step(carry: Any, chunk: Any) -> Any:
            targets, rows, upstream = chunk
            slope = (cost(targets, rows, weight, bias) if whole is None else whole)[1]() * upstream
            d_weight = xp.add_matmul(carry[0], xp.matrix_transpose(slope), rows)
            return (d_weight, *(d_bias + xp.sum(slope, axis=0) for d_bias in carry[1:])), (xp.layer(slope, weight),)

        zeros = tuple(xp.zeros_like(x) for x in (weight, bias) if x is not None)
        shared, (d_rows,) = _fold(xp, step, zeros, (targets, again, upstream), size)
        return d_rows, shared[0], None if bias is None else shared[1]

    return values, pull


def _over_classes(
    xp: Namespace, outputs: Any, labels: Array, rows: Array, weight: Array, bias: Array | None, size: int, *,
    label_smoothing: Any, class_weight: Any, z_loss: Any,
) -> tuple[Array, Any]:  # fmt: skip
    """Values and their pullback, ``size`` classes at a time.

    The cost of a class with score z is (m - z) + log s, where m is the largest score and s the sum of all exp(z - m).
    Both come from those of the chunks.
    """
    classes = weight.shape[0]
    of_label = xp.zeros_like(rows[:, 0]) + (1 - label_smoothing)
    if class_weight is not None:
        of_label = of_label * xp.lookup(class_weight, labels)
    spread = None  # what smoothing gives to each class, whatever the label
    if not is_zero(label_smoothing):
        spread = xp.zeros_like(weight[:, 0]) + label_smoothing / classes * (1 if class_weight is None else class_weight)
    cut = (weight, xp.arange_like(classes, labels), bias, spread)
    given = [x is not None for x in cut]
    items = tuple(x for x in cut if x is not None)

    def chunk_of(rows: Array, items: tuple[Array, ...]) -> tuple[Any, ...]:
        present = iter(items)
        pieces: list[Any] = [next(present) if there else None for there in given]
        weight, numbers, bias, spread = pieces
        place = labels - numbers[0]
        inside = (place >= 0) & (place < numbers.shape[0])
        return (*outputs(rows, weight, bias), xp.where(inside, place, xp.zeros_like(place)), inside, weight, spread)

    def kept_of(rows: Array, *items: Array) -> tuple[Array, ...]:
        scores, _, place, inside, _, spread = chunk_of(rows, items)
        top = xp.stop_gradient(xp.max(scores, axis=-1))
        # Classes that are impossible, all of them, are far below the others, but not infinitely far.
        top = xp.maximum(top, xp.zeros_like(top) + xp.finfo(top.dtype).min)
        below = scores - top[:, None]
        picked = xp.pick(scores, place, -1)
        kept = [top, xp.sum(xp.exp(below), axis=-1), xp.where(inside, picked, xp.zeros_like(picked))]
        if spread is not None:
            kept += xp.sum(xp.zero_product(spread, below), axis=-1), xp.zeros_like(top) + xp.sum(spread)
        return tuple(x[None, :] for x in kept)

    summary = xp.rematerialised(kept_of)
    _, (tops, sums, picked, *spreads) = _fold(xp, lambda carry, chunk: (carry, summary(rows, *chunk)), (), items, size)
    top = xp.max(tops, axis=0)
    rest = xp.sum(sums * xp.exp(tops - top), axis=0)
    log_rest = xp.log(rest)
    values = xp.zero_product(of_label, top - xp.sum(picked, axis=0) + log_rest)
    total = of_label
    if spreads:
        below, weights = spreads
        total = total + xp.sum(weights, axis=0)
        below = below + xp.zero_product(weights, tops - top)
        values = values + (total - of_label) * log_rest - xp.sum(below, axis=0)
    if not is_zero(z_loss):
        total = total + 2 * z_loss * (top + log_rest)
        values = values + z_loss * (top + log_rest) ** 2

    def pull(upstream: Array) -> tuple[Array, Array, Array | None]:
        again = xp.made_again(rows, upstream)
        factor = upstream * (total / rest)[:, None]
        less = upstream[:, 0] * of_label

        def step(carry: Any, items: Any) -> Any:
            slope, bend, place, inside, weight, spread = chunk_of(again, items)
            slope = slope - top[:, None]  # by the same name, so that the memory of each serves the one after the next
            slope = xp.exp(slope)
            slope = slope * factor
            if spread is not None:
                slope = slope - spread * upstream
            slope = _bent(xp.add_at(slope, place, xp.where(inside, -less, xp.zeros_like(less)), -1), bend)
            d_weight = xp.layer(xp.matrix_transpose(slope), rows)
            return (xp.add_matmul(carry[0], slope, weight),), (d_weight, xp.sum(slope, axis=0))

        (d_rows,), (d_weight, d_bias) = _fold(xp, step, (xp.zeros_like(rows),), items, size)
        return d_rows, d_weight, None if bias is None else d_bias

    return values, pull


def _size_of_chunk(length: int | None, bytes_of_item: int, limit: int) -> int | None:
    """How many items' logits stay below the limit, chunks being equal if that is easy; None where one chunk holds them
    all, or their number is not known."""
    if not length or not bytes_of_item:
        return None
    chunks = math.ceil(length / max(1, limit // bytes_of_item))
    # Equal chunks are cut from an array without copying it.
    chunks = next((n for n in range(chunks, 2 * chunks) if length % n == 0), chunks)
    return None if chunks <= 1 else math.ceil(length / chunks)


def _fold(
    xp: Namespace, step: Any, carry: Any, items: tuple[Array, ...], size: int | None
) -> tuple[Any, tuple[Array, ...]]:
    """``step(carry, chunk) -> (carry, outputs)`` over chunks of ``size`` items, the last one maybe shorter."""
    if size is None:
        return step(carry, items)
    length = items[0].shape[0]
    whole = length - length % size
    chunks = tuple(xp.reshape(x[:whole, ...], (whole // size, size, *x.shape[1:])) for x in items)
    carry, stacked = xp.scan(step, carry, chunks)
    outputs = tuple(xp.reshape(x, (-1, *x.shape[2:])) for x in stacked)
    if whole == length:
        return carry, outputs
    carry, last = step(carry, tuple(x[whole:length, ...] for x in items))
    return carry, tuple(xp.concat([x, y], axis=0) for x, y in zip(outputs, last, strict=True))


__all__ = ["linear_cross_entropy"]
