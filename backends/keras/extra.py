"""One class per loss: the drop-ins by the loss that they compute, and the classes of all losses that Keras lacks.

A new loss of the library appears here by itself; ``python docs/keras_pages.py`` writes ``extra.pyi``, which lists the
classes for editors and type checkers, anew.
"""

from __future__ import annotations

from typing import Any

from unilosses.composition import Combination
from unilosses.loss import Loss, get, list_losses

from .base import KerasLoss
from .classification import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from .combined import CombinedLoss, combined
from .generic import made_of
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

#: The drop-ins, by the loss of unilosses that they compute.
DROP_INS: dict[str, type[KerasLoss]] = {
    "binary_cross_entropy": BinaryCrossentropy,
    "binary_focal_cross_entropy": BinaryFocalCrossentropy,
    "categorical_cross_entropy": CategoricalCrossentropy,
    "categorical_focal_cross_entropy": CategoricalFocalCrossentropy,
    "categorical_hinge": CategoricalHinge,
    "circle": Circle,
    "cosine_similarity": CosineSimilarity,
    "ctc": CTC,
    "dice": Dice,
    "generalized_cross_entropy": CategoricalGeneralizedCrossEntropy,
    "hinge": Hinge,
    "huber": Huber,
    "kl_divergence": KLDivergence,
    "log_cosh": LogCosh,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_absolute_percentage_error": MeanAbsolutePercentageError,
    "mean_squared_error": MeanSquaredError,
    "mean_squared_logarithmic_error": MeanSquaredLogarithmicError,
    "poisson": Poisson,
    "sparse_categorical_cross_entropy": SparseCategoricalCrossentropy,
    "squared_hinge": SquaredHinge,
    "tversky": Tversky,
}

_combined: dict[Combination, type[CombinedLoss]] = {}
_made: dict[Loss, type[KerasLoss]] = {get(name): made for name, made in DROP_INS.items()}


def loss(definition: Loss | Combination) -> type[KerasLoss] | type[CombinedLoss]:
    """The ``keras.losses.Loss`` class of a loss of unilosses: a drop-in's class, or one made of the definition.

    ``charbonnier = unilosses.loss(…)`` becomes ``Charbonnier = unilosses.keras.loss(charbonnier)``, with the loss'
    parameters, ``reduction``, ``name`` and ``dtype`` as keywords of the constructor. It is registered for
    serialization; a process that loads a model with it runs the same two lines first. A weighted sum of losses is taken
    as well: ``unilosses.keras.loss(0.5 * ul.dice + ul.binary_cross_entropy)(from_logits=False)``.
    """
    if isinstance(definition, Combination):
        if definition not in _combined:
            _combined[definition] = combined(definition)
        return _combined[definition]
    if not isinstance(definition, Loss):
        raise TypeError(
            f"unilosses.keras.loss takes a loss of unilosses, but was given {definition!r}. "
            "Fix: decorate the function with @unilosses.loss, or name a loss, unilosses.get('huber')."
        )
    if definition not in _made:
        _made[definition] = made_of(definition)
    return _made[definition]


def _others() -> dict[str, type[KerasLoss]]:
    losses = [get(name) for name in list_losses() if name not in DROP_INS]
    made: dict[str, Any] = {}
    for each in losses:
        if each.__module__.startswith("unilosses.losses."):
            made[loss(each).__name__] = loss(each)
    return made


__all__ = sorted(_others())
globals().update(_others())
