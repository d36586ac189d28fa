"""Losses of the frameworks whose conventions no loss of the library has, written as definitions (``formulas.py``).

``convert`` brings them to the other frameworks where nothing native is equal: Keras' clipping at 1e-7 and the sums it
takes over a whole batch, optax's and torch's divergences of log-probabilities, and the few formulas that one framework
alone has. They are not in the registry: ``list_losses`` names the textbook ones.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from unilosses.equivalence import formulas
from unilosses.loss import Loss, get
from unilosses.namespace import Array, Namespace


@dataclass(frozen=True)
class Convention:
    """The definition of a native loss, which has the native's own arguments."""

    loss: Loss
    form: str = ""
    """Only where the prediction comes in this form; empty: always."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Native argument → parameter of the definition, where the names differ."""
    always: bool = False
    """Also where a native loss is equal for the labels that the documentation asks for, but not for all it takes."""
    precision: float = 0.0
    """What is left between the two where the native clips."""
    class_axis: bool = False
    """Also where the formula that it shares with others has no classes: its last axis holds them."""


CONVENTIONS = {
    "keras.losses.Hinge": Convention(formulas.keras_hinge, always=True),
    "keras.losses.SquaredHinge": Convention(formulas.keras_squared_hinge, always=True),
    "keras.losses.MeanSquaredLogarithmicError": Convention(formulas.keras_squared_logarithmic_error),
    "keras.losses.KLDivergence": Convention(formulas.keras_kl_divergence),
    "keras.losses.CategoricalCrossentropy": Convention(formulas.keras_categorical_crossentropy, "probabilities"),
    "keras.losses.SparseCategoricalCrossentropy": Convention(
        formulas.keras_sparse_categorical_crossentropy,
        "probabilities",
        {"ignore_class": "ignore_index"},
        precision=1e-6,  # on TensorFlow Keras divides by the sum once more after clipping: CLIP for each class
    ),
    "keras.losses.CategoricalGeneralizedCrossEntropy": Convention(formulas.keras_generalized_cross_entropy),
    "keras.losses.CategoricalFocalCrossentropy": Convention(
        formulas.keras_categorical_focal_crossentropy, "probabilities"
    ),
    "keras.losses.BinaryFocalCrossentropy": Convention(formulas.keras_binary_focal_crossentropy, "probabilities"),
    "keras.losses.Tversky": Convention(formulas.keras_tversky),
    "keras.losses.Dice": Convention(formulas.keras_dice),
    "optax.losses.perceptron_loss": Convention(formulas.perceptron),
    "optax.losses.sparsemax_loss": Convention(formulas.binary_sparsemax),
    "optax.losses.multiclass_hinge_loss": Convention(formulas.multiclass_hinge),
    "optax.losses.multiclass_perceptron_loss": Convention(formulas.multiclass_perceptron),
    "optax.losses.kl_divergence": Convention(formulas.log_kl_divergence),
    "optax.losses.kl_divergence_with_log_targets": Convention(formulas.log_kl_divergence_with_log_targets),
    "optax.losses.generalized_kl_divergence": Convention(formulas.generalized_kl_divergence),
    "optax.losses.convex_kl_divergence": Convention(formulas.generalized_kl_divergence),
    "optax.losses.cosine_distance": Convention(formulas.bounded_cosine_distance),
    "optax.losses.cosine_similarity": Convention(formulas.bounded_cosine_similarity),
    "optax.losses.triplet_margin_loss": Convention(formulas.power_triplet_margin),
    "optax.losses.dice_loss": Convention(formulas.optax_dice, class_axis=True),
    "optax.losses.binary_dice_loss": Convention(formulas.optax_binary_dice),
    "optax.losses.multiclass_generalized_dice_loss": Convention(formulas.optax_generalized_dice),
    "optax.losses.ranking_softmax_loss": Convention(formulas.optax_ranking_softmax),
    "optax.losses.ntxent": Convention(formulas.optax_ntxent),
    "torch.nn.BCELoss": Convention(formulas.weighted_cross_entropy_of_probabilities),
    "torch.nn.BCEWithLogitsLoss": Convention(formulas.weighted_cross_entropy_of_logits),
    "torch.nn.MultiLabelSoftMarginLoss": Convention(formulas.weighted_cross_entropy_of_logits),
    "torch.nn.KLDivLoss": Convention(formulas.kl_divergence_terms),
    "torch.nn.MultiLabelMarginLoss": Convention(formulas.listed_multilabel_margin),
}
"""Native loss → its definition."""

_BY_NAME = {convention.loss.name: convention.loss for convention in CONVENTIONS.values()}


def known(name: str) -> bool:
    """Whether :func:`composed` finds a loss by its name."""
    return name in _BY_NAME or name in importlib.import_module("unilosses").list_losses()


@cache
def composed(name: str, rows: bool = False, scale: float = 1.0, offset: float = 0.0, on_axis: bool = False) -> Loss:
    """A loss of the registry or a convention, as ``scale * loss + offset``, with ``rows`` averaged over the last axis
    as Keras' elementwise losses are, and with ``on_axis`` the parameter ``axis`` where its classes are on the last."""
    importlib.import_module("unilosses")  # which fills the registry
    base = _BY_NAME[name] if name in _BY_NAME else get(name)
    on_axis = on_axis and "axis" not in base.parameters
    if not (rows or on_axis) and (scale, offset) == (1.0, 0.0):
        return base

    def changed(xp: Namespace, *arrays: Array, **parameters: Any) -> Array:
        if on_axis:
            arrays = _classes_last(xp, arrays, parameters.pop("axis"))
        value = base.function(xp, *arrays, **parameters)
        value = scale * (value[0] if isinstance(value, tuple) else value) + offset
        return xp.mean(value, axis=-1) if rows else value

    prefix = "rows_of_" if rows else "scaled_" if (scale, offset) != (1.0, 0.0) else ""
    changed.__name__ = changed.__qualname__ = f"{prefix}{base.name}{'_on_axis' if on_axis else ''}"
    signature = inspect.signature(base.function)
    axis = [inspect.Parameter("axis", inspect.Parameter.KEYWORD_ONLY, default=-1)] if on_axis else []
    changed.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *axis]
    )
    return Loss(
        changed,
        kind="samplewise" if rows else base.kind,
        masks_elements=base.masks_elements,
        value_shape=base.value_shape,
        check=base.check,
        classes=base.classes,
        **base.domains,
    )


def _classes_last(xp: Namespace, arrays: tuple[Array, ...], axis: int) -> tuple[Array, ...]:
    """The arrays that have a class axis, with it at the end; class indices have none."""
    rank = max(len(x.shape) for x in arrays)
    order = (*(i for i in range(rank) if i != axis % rank), axis % rank)
    return tuple(xp.permute_dims(x, order) if len(x.shape) == rank else x for x in arrays)
