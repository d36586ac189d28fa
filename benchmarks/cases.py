"""The cases: for each framework, a loss of this library beside the native one, on the same inputs.

A case is ``loss name, native name, names of the inputs, native function of the inputs, parameters``; ``runners.py``
turns it into two callables that compute value and gradient.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One loss beside its native counterpart."""

    loss: str
    native: str
    inputs: tuple[str, ...]
    function: Callable[..., Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    wide: bool = False  #: sensible for a large number of classes
    value_only: bool = False  #: native has no gradient: values alone are compared


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
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # read when Keras is imported
    import keras
    import keras.losses as k

    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {keras.backend.backend()}; wanted: the environment's KERAS_BACKEND=tensorflow."
        )

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
    """Against lines by hand, scikit-learn and SciPy: a file of its own."""
    from . import numpy_cases

    return numpy_cases.cases()


CASES: dict[str, Callable[[], list[Case]]] = {
    "torch": torch_cases,
    "jax": jax_cases,
    "keras": keras_cases,
    "numpy": numpy_cases,
}
MODES = {"torch": ("eager", "compiled"), "jax": ("jit",), "keras": ("eager", "tf.function"), "numpy": ("eager",)}
#: The dtypes that a framework is measured in. JAX' float64 wants a setting of the whole process.
DTYPES = {
    "torch": ("float32", "float64", "bfloat16", "float16"),
    "jax": ("float32", "bfloat16", "float16"),
    "keras": ("float32",),
    "numpy": ("float32", "float64"),
}
