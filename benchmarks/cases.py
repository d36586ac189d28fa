"""The cases: for each framework, a loss of this library beside the native one, on the same inputs.

A case is ``loss name, (target, prediction) in the data, parameters, native function of (y_true, y_pred)``; each
framework's function turns it into two callables that compute value and gradient.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import unilosses as ul

from .inputs import Size, data


@dataclass(frozen=True)
class Case:
    """One loss beside its native counterpart."""

    loss: str
    native: str
    inputs: tuple[str, ...]
    function: Callable[..., Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    wide: bool = False  #: sensible for a large number of classes


def build(
    framework: str, mode: str, size: Size, dtype: str, losses: Sequence[str] = ()
) -> Iterator[tuple[Case, Callable[[], Any], Callable[[], Any]]]:
    """The cases of one framework at one size, ready to run."""
    arrays = data(size, dtype)
    adapter = {"torch": torch_pair, "jax": jax_pair, "keras": keras_pair, "numpy": numpy_pair}[framework]
    for case in CASES[framework]():
        if (size.columns > 5000 and not case.wide) or (losses and case.loss not in losses):
            continue
        yield case, *adapter(case, arrays, mode, dtype)


LOGITS = {"from_logits": True}
PROBABILITIES = {"from_logits": False}


def torch_cases() -> list[Case]:
    """Against ``torch.nn.functional``, and torchvision's formula of the focal loss."""
    from torch.nn import functional as f

    def focal(y: Any, z: Any) -> Any:
        p = z.sigmoid()
        cost = f.binary_cross_entropy_with_logits(z, y, reduction="none")
        missed = 1 - (p * y + (1 - p) * (1 - y))
        return ((0.25 * y + 0.75 * (1 - y)) * missed**2 * cost).mean()

    return [
        Case("mean_squared_error", "MSELoss", ("real", "y_pred"), lambda y, p: f.mse_loss(p, y)),
        Case("mean_absolute_error", "L1Loss", ("real", "y_pred"), lambda y, p: f.l1_loss(p, y)),
        Case("huber", "HuberLoss", ("real", "y_pred"), lambda y, p: f.huber_loss(p, y)),
        Case("smooth_l1", "SmoothL1Loss", ("real", "y_pred"), lambda y, p: f.smooth_l1_loss(p, y)),
        Case("binary_cross_entropy", "BCEWithLogitsLoss", ("binary", "y_pred"),
             lambda y, z: f.binary_cross_entropy_with_logits(z, y), LOGITS),
        Case("binary_cross_entropy", "BCELoss", ("binary", "probability"),
             lambda y, p: f.binary_cross_entropy(p, y), PROBABILITIES),
        Case("binary_focal_cross_entropy", "sigmoid_focal_loss", ("binary", "y_pred"), focal,
             {**LOGITS, "alpha": 0.25}),
        Case("soft_margin", "SoftMarginLoss", ("signs", "y_pred"), lambda y, z: f.soft_margin_loss(z, y)),
        Case("hinge_embedding", "HingeEmbeddingLoss", ("signs", "positive"), lambda y, d: f.hinge_embedding_loss(d, y)),
        Case("poisson_nll", "PoissonNLLLoss", ("counts", "y_pred"), lambda y, z: f.poisson_nll_loss(z, y)),
        Case("sparse_categorical_cross_entropy", "CrossEntropyLoss", ("labels", "y_pred"),
             lambda y, z: f.cross_entropy(z, y), LOGITS, wide=True),
        Case("categorical_cross_entropy", "CrossEntropyLoss (soft)", ("simplex", "y_pred"),
             lambda y, z: f.cross_entropy(z, y), LOGITS, wide=True),
        Case("kl_divergence", "KLDivLoss", ("simplex", "y_pred"),
             lambda y, z: f.kl_div(f.log_softmax(z, 1), y, reduction="batchmean"), LOGITS),
        Case("multi_margin", "MultiMarginLoss", ("labels", "y_pred"), lambda y, z: f.multi_margin_loss(z, y)),
        Case("multilabel_soft_margin", "MultiLabelSoftMarginLoss", ("binary", "y_pred"),
             lambda y, z: f.multilabel_soft_margin_loss(z, y)),
        Case("cosine_embedding", "CosineEmbeddingLoss", ("row_signs", "y_pred", "real"),
             lambda y, a, b: f.cosine_embedding_loss(a, b, y)),
        Case("triplet_margin", "TripletMarginLoss", ("y_pred", "real", "positive"),
             lambda a, p, n: f.triplet_margin_loss(a, p, n)),
    ]  # fmt: skip


def jax_cases() -> list[Case]:
    """Against optax, mean over the unreduced values."""
    import optax.losses as o

    def mean(function: Callable[..., Any], swap: bool = True, **parameters: Any) -> Callable[..., Any]:
        return lambda y, p: function(*((p, y) if swap else (y, p)), **parameters).mean()

    return [
        Case("mean_squared_error", "squared_error", ("real", "y_pred"), mean(o.squared_error)),
        Case("huber", "huber_loss", ("real", "y_pred"), mean(o.huber_loss)),
        Case("log_cosh", "log_cosh", ("real", "y_pred"), mean(o.log_cosh)),
        Case("binary_cross_entropy", "sigmoid_binary_cross_entropy", ("binary", "y_pred"),
             mean(o.sigmoid_binary_cross_entropy), LOGITS),
        Case("binary_focal_cross_entropy", "sigmoid_focal_loss", ("binary", "y_pred"),
             mean(o.sigmoid_focal_loss, alpha=0.25), {**LOGITS, "alpha": 0.25}),
        Case("hinge", "hinge_loss", ("signs", "y_pred"), mean(o.hinge_loss)),
        Case("cosine_similarity", "cosine_distance", ("real", "y_pred"), mean(o.cosine_distance, epsilon=1e-8)),
        Case("sparse_categorical_cross_entropy", "softmax_cross_entropy_with_integer_labels", ("labels", "y_pred"),
             mean(o.softmax_cross_entropy_with_integer_labels), LOGITS, wide=True),
        Case("categorical_cross_entropy", "softmax_cross_entropy", ("simplex", "y_pred"),
             mean(o.softmax_cross_entropy), LOGITS, wide=True),
        Case("poly_cross_entropy", "poly_loss_cross_entropy", ("simplex", "y_pred"), mean(o.poly_loss_cross_entropy)),
        Case("kl_divergence", "kl_divergence", ("simplex", "y_pred"),
             lambda y, z: o.kl_divergence(__import__("jax").nn.log_softmax(z), y).mean(), LOGITS),
    ]  # fmt: skip


def keras_cases() -> list[Case]:
    """Against ``keras.losses`` on TensorFlow."""
    import keras.losses as k

    return [
        Case("mean_squared_error", "MeanSquaredError", ("real", "y_pred"), k.MeanSquaredError()),
        Case("mean_absolute_error", "MeanAbsoluteError", ("real", "y_pred"), k.MeanAbsoluteError()),
        Case("huber", "Huber", ("real", "y_pred"), k.Huber()),
        Case("log_cosh", "LogCosh", ("real", "y_pred"), k.LogCosh()),
        Case("binary_cross_entropy", "BinaryCrossentropy (logits)", ("binary", "y_pred"),
             k.BinaryCrossentropy(from_logits=True), LOGITS),
        Case("binary_cross_entropy", "BinaryCrossentropy", ("binary", "probability"),
             k.BinaryCrossentropy(), {**PROBABILITIES, "epsilon": 1e-7}),
        Case("binary_focal_cross_entropy", "BinaryFocalCrossentropy", ("binary", "y_pred"),
             k.BinaryFocalCrossentropy(from_logits=True), LOGITS),
        Case("hinge", "Hinge", ("signs", "y_pred"), k.Hinge()),
        Case("squared_hinge", "SquaredHinge", ("signs", "y_pred"), k.SquaredHinge()),
        Case("sparse_categorical_cross_entropy", "SparseCategoricalCrossentropy", ("labels", "y_pred"),
             k.SparseCategoricalCrossentropy(from_logits=True), LOGITS, wide=True),
        Case("categorical_cross_entropy", "CategoricalCrossentropy", ("simplex", "y_pred"),
             k.CategoricalCrossentropy(from_logits=True), LOGITS, wide=True),
    ]  # fmt: skip


def numpy_cases() -> list[Case]:
    """Against the lines that a user of NumPy and SciPy writes: value and gradient by hand."""
    from scipy.special import expit, log_softmax

    def squared(y: Any, p: Any) -> Any:
        return np.mean((p - y) ** 2), 2 * (p - y) / p.size

    def absolute(y: Any, p: Any) -> Any:
        return np.mean(np.abs(p - y)), np.sign(p - y) / p.size

    def huber(y: Any, p: Any) -> Any:
        e = p - y
        small = np.abs(e) <= 1
        return np.mean(np.where(small, 0.5 * e**2, np.abs(e) - 0.5)), np.where(small, e, np.sign(e)) / p.size

    def logistic(y: Any, z: Any) -> Any:
        return np.mean(np.logaddexp(0, z) - y * z), (expit(z) - y) / z.size

    def hinge(y: Any, z: Any) -> Any:
        margin = 1 - y * z
        return np.mean(np.maximum(margin, 0)), np.where(margin > 0, -y, 0) / z.size

    def softmax(y: Any, z: Any) -> Any:
        log_p = log_softmax(z, axis=1)
        rows = np.arange(len(y))
        gradient = np.exp(log_p)
        gradient[rows, y] -= 1
        return -np.mean(log_p[rows, y]), gradient / len(y)

    def soft(y: Any, z: Any) -> Any:
        log_p = log_softmax(z, axis=1)
        return -np.mean(np.sum(y * log_p, axis=1)), (np.exp(log_p) - y) / len(y)

    lines = "textbook lines"
    return [
        Case("mean_squared_error", lines, ("real", "y_pred"), squared),
        Case("mean_absolute_error", lines, ("real", "y_pred"), absolute),
        Case("huber", lines, ("real", "y_pred"), huber),
        Case("binary_cross_entropy", lines, ("binary", "y_pred"), logistic, LOGITS),
        Case("hinge", lines, ("signs", "y_pred"), hinge),
        Case("sparse_categorical_cross_entropy", lines, ("labels", "y_pred"), softmax, LOGITS, wide=True),
        Case("categorical_cross_entropy", lines, ("simplex", "y_pred"), soft, LOGITS, wide=True),
    ]


CASES: dict[str, Callable[[], list[Case]]] = {
    "torch": torch_cases,
    "jax": jax_cases,
    "keras": keras_cases,
    "numpy": numpy_cases,
}
MODES = {"torch": ("eager", "compiled"), "jax": ("jit",), "keras": ("eager", "tf.function"), "numpy": ("eager",)}

Pair = tuple[Callable[[], Any], Callable[[], Any]]


def _ours(case: Case) -> Callable[..., Any]:
    # KLDivLoss' batchmean divides by the rows, as the mean over per-sample values does.
    return functools.partial(ul.get(case.loss), **case.parameters)


def torch_pair(case: Case, arrays: dict[str, np.ndarray], mode: str, dtype: str) -> Pair:
    """Forward and backward, by ``backward()``; predictions are leaves."""
    import torch

    kind = getattr(torch, dtype)
    tensors = []
    for name in case.inputs:
        x = torch.from_numpy(arrays[name])
        tensors.append(x.to(kind) if x.is_floating_point() else x)
    loss = ul.get(case.loss)
    leaves = [x.requires_grad_() for x, name in zip(tensors, loss.inputs, strict=False) if name in loss.predictions]

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        if mode == "compiled":
            function = torch.compile(function, fullgraph=True)

        def both() -> Any:
            for leaf in leaves:
                leaf.grad = None
            function(*tensors).backward()

        return both

    return pass_through(_ours(case)), pass_through(case.function)


def jax_pair(case: Case, arrays: dict[str, np.ndarray], mode: str, dtype: str) -> Pair:
    """``jit(value_and_grad)``, waited for."""
    import jax
    import jax.numpy as jnp

    inputs = []
    for name in case.inputs:
        x = jnp.asarray(arrays[name])
        inputs.append(x.astype(dtype) if jnp.issubdtype(x.dtype, jnp.floating) else x)

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        compiled = jax.jit(jax.value_and_grad(function, argnums=1))
        return lambda: jax.block_until_ready(compiled(*inputs))

    return pass_through(_ours(case)), pass_through(case.function)


def keras_pair(case: Case, arrays: dict[str, np.ndarray], mode: str, dtype: str) -> Pair:
    """A gradient tape, eager or in a ``tf.function``."""
    import tensorflow as tf

    inputs = []
    for name in case.inputs:
        x = tf.constant(arrays[name])
        inputs.append(tf.cast(x, dtype) if x.dtype.is_floating else x)

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        def both(*tensors: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(tensors[1])
                value = function(*tensors)
            return value, tape.gradient(value, tensors[1])

        run = tf.function(both) if mode == "tf.function" else both
        return lambda: run(*inputs)[1].numpy()[:1]

    return pass_through(_ours(case)), pass_through(case.function)


def numpy_pair(case: Case, arrays: dict[str, np.ndarray], mode: str, dtype: str) -> Pair:
    """The closed form beside the lines written by hand."""
    inputs = [arrays[name] for name in case.inputs]
    ours = functools.partial(ul.value_and_grad(ul.get(case.loss)), **case.parameters)
    return lambda: ours(*inputs), lambda: case.function(*inputs)
