"""unilosses for Keras: ``keras.losses.Loss`` classes, called ``(y_true, y_pred, sample_weight=None)``.

The classes of ``keras.losses`` under their own names are drop-ins; what they do differently on purpose is listed in
:data:`DIFFERENCES`. Every other loss of unilosses has a class in CamelCase (``TripletMargin``), and :func:`loss` makes
one of your own loss. They run on Keras' TensorFlow, torch and JAX backends and serialize with the model; a process that
loads one imports this module first.
"""

from __future__ import annotations

from typing import Any

try:
    import keras as _keras  # noqa: F401
except ImportError as error:
    raise ImportError(
        "unilosses.keras needs Keras and one of its backends. Fix: pip install 'unilosses[keras]' and one of "
        "'unilosses[tensorflow]', 'unilosses[torch]', 'unilosses[jax]'."
    ) from error

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
from .differences import DIFFERENCES, Difference
from .generic import class_name, made_of
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

_made: dict[Loss, type[KerasLoss]] = {get(name): made for name, made in DROP_INS.items() if name in list_losses()}


def loss(definition: Loss) -> type[KerasLoss]:
    """The ``keras.losses.Loss`` class of a loss of unilosses: a drop-in's class, or one made of the definition.

    ``charbonnier = unilosses.loss(…)`` becomes ``Charbonnier = unilosses.keras.loss(charbonnier)``, with the loss'
    parameters, ``reduction``, ``name`` and ``dtype`` as keywords of the constructor. It is registered for
    serialization; a process that loads a model with it runs the same two lines first.
    """
    if not isinstance(definition, Loss):
        raise TypeError(
            f"unilosses.keras.loss takes a loss of unilosses, but was given {definition!r}. "
            "Fix: decorate the function with @unilosses.loss, or name a loss, unilosses.get('huber')."
        )
    if definition not in _made:
        _made[definition] = made_of(definition)
    return _made[definition]


_others = {made.__name__: made for made in map(loss, map(get, list_losses())) if made not in DROP_INS.values()}
globals().update(_others)


def __getattr__(name: str) -> type[KerasLoss]:
    # Losses that were defined after this module was imported; and what type checkers know about the others.
    for known in list_losses():
        if class_name(known) == name:
            return loss(get(known))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[Any]:
    return sorted(globals())


__all__ = [
    "CTC", "DIFFERENCES", "DROP_INS", "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "Circle",
    "CosineSimilarity", "Dice", "Difference", "Hinge", "Huber", "KLDivergence", "KerasLoss", "LogCosh",
    "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson",
    "SparseCategoricalCrossentropy", "SquaredHinge", "Tversky", "loss",
]  # fmt: skip
__all__ += sorted(_others)
