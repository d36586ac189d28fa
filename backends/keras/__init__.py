"""unilosses for Keras: ``keras.losses.Loss`` classes, called ``(y_true, y_pred, sample_weight=None)``.

The classes of ``keras.losses`` under their own names are drop-ins, and so are its functions, as ``mean_squared_error``;
what they do differently on purpose is listed in :data:`DIFFERENCES`. Every other loss of unilosses has a class in
CamelCase (``TripletMargin``), and :func:`loss` makes one of your own loss. They run on Keras' TensorFlow, torch and JAX
backends and serialize with the model; a process that loads one imports this module first.
"""

from __future__ import annotations

try:
    import keras as _keras  # noqa: F401
except ImportError as error:
    raise ImportError(
        "unilosses.keras needs Keras and one of its backends. Fix: pip install 'unilosses[keras]' and one of "
        "'unilosses[tensorflow]', 'unilosses[torch]', 'unilosses[jax]'."
    ) from error

from keras.losses import Loss

from unilosses.loss import get as _definition
from unilosses.loss import list_losses as _list_losses

from . import extra, functions
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
from .converted import ConvertedLoss
from .differences import DIFFERENCES, Difference
from .extra import *  # noqa: F403  (one class per loss of the registry; extra.pyi names them)
from .extra import DROP_INS, loss
from .functions import *  # noqa: F403  (the functions of keras.losses)
from .generic import class_name
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


def __getattr__(name: str) -> type[KerasLoss]:
    """The class of a loss that was defined after this module was imported."""
    for known in _list_losses():
        if class_name(known) == name:
            return loss(_definition(known))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CTC", "DIFFERENCES", "DROP_INS", "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "Circle",
    "ConvertedLoss", "CosineSimilarity", "Dice", "Difference", "Hinge", "Huber", "KLDivergence", "KerasLoss", "LogCosh",
    "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError",
    "Poisson", "SparseCategoricalCrossentropy", "SquaredHinge", "Tversky", "loss",
]  # fmt: skip
__all__ += extra.__all__ + functions.__all__
