"""The functions of ``keras.losses``: values before any reduction, made of the drop-ins' classes; and look-up by name.

A function takes what the constructor of its class does, after ``y_true`` and ``y_pred``, and computes in the dtype of
``y_pred``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras
from keras import ops
from keras.src.losses import ALL_OBJECTS_DICT  # the only list of the short names, such as "mse"

from unilosses.namespace import Array

from . import extra
from .base import KerasLoss, get_keras_mask, register, set_keras_mask, unreduced
from .classification import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from .definitions import pairwise_circle
from .regression import (
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
)
from .structured import CTC, Circle, Dice, Tversky


def _loss(made: type[KerasLoss], y_pred: Any, settings: dict[str, Any]) -> Any:
    """An unreduced loss in the dtype of the predictions; that of Keras for integers and plain numbers."""
    dtype = getattr(keras.tree.flatten(y_pred)[0], "dtype", None)
    dtype = "int32" if dtype is None else keras.backend.standardize_dtype(dtype)
    return made(reduction="none", dtype=dtype if keras.backend.is_float_dtype(dtype) else None, **settings)


def _values(loss: KerasLoss, y_true: Any, y_pred: Any) -> Array:
    targets, predictions = loss.tensors(y_true, y_pred)
    logits = getattr(y_pred, "_keras_logits", None)
    if logits is not None:
        predictions._keras_logits = logits
    values = loss.call(targets, predictions)
    mask, values = get_keras_mask(values), ops.cast(values, loss.dtype)
    if mask is not None:
        set_keras_mask(values, mask)
    return values


def _function(name: str, made: type[KerasLoss], required: str | None = None) -> Callable[..., Array]:
    """The function of a class; ``required`` is an argument without a default, as Keras has it."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    settings = [
        parameter.replace(default=parameter.empty) if parameter.name == required else parameter
        for parameter in inspect.signature(made).parameters.values()
        if parameter.name not in ("reduction", "name", "dtype")
    ]
    arrays = [inspect.Parameter(array, kind) for array in ("y_true", "y_pred")]
    signature = inspect.Signature([*arrays, *(each.replace(annotation=inspect.Parameter.empty) for each in settings)])

    def function(*arguments: Any, **keywords: Any) -> Array:
        given = dict(signature.bind(*arguments, **keywords).arguments)
        y_true, y_pred = given.pop("y_true"), given.pop("y_pred")
        return _values(_loss(made, y_pred, given), y_true, y_pred)

    function.__name__ = function.__qualname__ = name
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__doc__ = f"The values of `{made.__name__}` before any reduction; ``keras.losses.{name}``."
    return register(function)


binary_crossentropy = _function("binary_crossentropy", BinaryCrossentropy)
binary_focal_crossentropy = _function("binary_focal_crossentropy", BinaryFocalCrossentropy)
categorical_crossentropy = _function("categorical_crossentropy", CategoricalCrossentropy)
categorical_focal_crossentropy = _function("categorical_focal_crossentropy", CategoricalFocalCrossentropy)
categorical_generalized_cross_entropy = _function(
    "categorical_generalized_cross_entropy", CategoricalGeneralizedCrossEntropy, required="q"
)
categorical_hinge = _function("categorical_hinge", CategoricalHinge)
cosine_similarity = _function("cosine_similarity", CosineSimilarity)
ctc = _function("ctc", CTC)
dice = _function("dice", Dice)
hinge = _function("hinge", Hinge)
huber = _function("huber", Huber)
kl_divergence = _function("kl_divergence", KLDivergence)
log_cosh = _function("log_cosh", LogCosh)
mean_absolute_error = _function("mean_absolute_error", MeanAbsoluteError)
mean_absolute_percentage_error = _function("mean_absolute_percentage_error", MeanAbsolutePercentageError)
mean_squared_error = _function("mean_squared_error", MeanSquaredError)
mean_squared_logarithmic_error = _function("mean_squared_logarithmic_error", MeanSquaredLogarithmicError)
poisson = _function("poisson", Poisson)
sparse_categorical_crossentropy = _function("sparse_categorical_crossentropy", SparseCategoricalCrossentropy)
squared_hinge = _function("squared_hinge", SquaredHinge)
tversky = _function("tversky", Tversky)


@register
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Array:
    """The values of `Circle` before any reduction, against other embeddings if given; ``keras.losses.circle``."""
    settings: dict[str, Any] = {"remove_diagonal": remove_diagonal, "gamma": gamma, "margin": margin}
    loss = _loss(Circle, y_pred, settings)
    if ref_labels is None and ref_embeddings is None:
        return _values(loss, y_true, y_pred)
    labels, embeddings = loss.tensors(y_true, y_pred)
    other_labels, others = loss.tensors(
        y_true if ref_labels is None else ref_labels, y_pred if ref_embeddings is None else ref_embeddings
    )
    queries = ops.shape(embeddings)[0]
    labels = ops.concatenate([ops.reshape(labels, (-1,)), ops.reshape(other_labels, (-1,))])
    embeddings = ops.concatenate([embeddings, others])
    values = unreduced(pairwise_circle, labels, embeddings, queries=queries, **settings)[:queries]
    values = ops.cast(values, loss.dtype)
    set_keras_mask(values, values > 0)
    return values


FUNCTIONS: dict[str, Callable[..., Array]] = {
    each.__name__: each
    for each in (
        binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy,
        categorical_generalized_cross_entropy, categorical_hinge, circle, cosine_similarity, ctc, dice, hinge, huber,
        kl_divergence, log_cosh, mean_absolute_error, mean_absolute_percentage_error, mean_squared_error,
        mean_squared_logarithmic_error, poisson, sparse_categorical_crossentropy, squared_hinge, tversky,
    )
}  # fmt: skip

for _each in FUNCTIONS.values():
    setattr(_each, "autograph_info__", True)  # noqa: B010  # as in KerasLoss; a type checker knows no such attribute


def _names() -> dict[str, Any]:
    """Classes and functions by name, and the functions by Keras' short names."""
    classes = {made.__name__: made for made in extra.DROP_INS.values()}
    others = {name: getattr(extra, name) for name in extra.__all__}
    short = {name: FUNCTIONS[x.__name__] for name, x in ALL_OBJECTS_DICT.items() if x.__name__ in FUNCTIONS}
    return {**others, **classes, **short, **FUNCTIONS}


serialize = keras.losses.serialize


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """``keras.losses.deserialize``, which finds the classes and functions of this module by their names."""
    return keras.losses.deserialize(name, custom_objects={**_names(), **(custom_objects or {})})


def get(identifier: Any) -> Any:
    """``keras.losses.get``, which finds the classes and functions of this module by their names."""
    if isinstance(identifier, str | dict):
        identifier = deserialize(identifier)
    return keras.losses.get(identifier)


__all__ = [
    "FUNCTIONS", "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge", "circle",
    "cosine_similarity", "ctc", "deserialize", "dice", "get", "hinge", "huber", "kl_divergence", "log_cosh",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "poisson", "serialize", "sparse_categorical_crossentropy", "squared_hinge", "tversky",
]  # fmt: skip
