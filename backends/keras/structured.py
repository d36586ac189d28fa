"""Drop-ins of ``keras.losses`` whose values belong to a region, a batch or a sequence."""

from __future__ import annotations

from typing import Any

from keras import ops

from unilosses.loss import get
from unilosses.namespace import Array

from .base import KerasLoss, epsilon, register, same_rank, set_keras_mask, unreduced
from .definitions import overlap, pairwise_circle

_MEAN = "sum_over_batch_size"


def _overlap(y_true: Array, y_pred: Array, axis: Any, **parameters: Any) -> Array:
    y_true, y_pred = same_rank(y_true, y_pred)
    if not len(y_pred.shape):
        y_true, y_pred = ops.expand_dims(y_true, 0), ops.expand_dims(y_pred, 0)
    # Without axis Keras sums over everything, the batch included.
    axis = tuple(range(len(y_pred.shape))) if axis is None else axis if isinstance(axis, int) else tuple(axis)
    if tuple(y_true.shape) == tuple(y_pred.shape) and any(
        y_pred.shape[a] == 0 for a in ((axis,) if isinstance(axis, int) else axis)
    ):
        # Nothing to sum, in an empty batch: the 1 of two empty masks.
        return 1.0 - ops.sum(y_true * y_pred, axis=axis)
    return unreduced(overlap, y_true, y_pred, axis=axis, **parameters)


@register
class Dice(KerasLoss):
    """One minus twice the overlap over the sum of two masks; ``keras.losses.Dice``.

    ``axis`` are the axes summed over; None, the default, are all of them, the batch included. Two empty masks cost 1.
    Differs: shapes that do not match are an error (Keras broadcasts one of the sums).
    """

    settings = ("axis",)
    maskable = False

    def __init__(self, reduction: str | None = _MEAN, name: str = "dice", axis: Any = None, dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype, axis=axis)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per entry of the axes that are left."""
        # Twice the overlap over both sums is the overlap over itself plus half of what differs: epsilon is halved too.
        return _overlap(y_true, y_pred, self.axis, alpha=0.5, beta=0.5, epsilon=0.5 * epsilon())


@register
class Tversky(KerasLoss):
    """The Dice loss with weights for the two kinds of error; ``keras.losses.Tversky``.

    As the code of Keras has it (its documentation says the opposite), ``alpha`` weighs what was missed, the false
    negatives, and ``beta`` the false positives: ``unilosses.tversky`` has them the other way round. ``axis`` as in
    `Dice`; so are the differences.
    """

    settings = ("alpha", "beta", "axis")
    maskable = False

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = _MEAN,
        name: str = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype, alpha=alpha, beta=beta, axis=axis)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per entry of the axes that are left."""
        return _overlap(y_true, y_pred, self.axis, alpha=self.alpha, beta=self.beta, epsilon=epsilon())


@register
class Circle(KerasLoss):
    """The circle loss over all pairs of a batch; ``keras.losses.Circle``.

    ``y_true`` are integer labels, ``y_pred`` embeddings of length 1: normalise them in the model. Anchors without a
    positive or a negative, and those whose loss vanishes, are not counted, as in Keras. Differs: their gradients are
    0 where Keras has NaN; labels stay integers.
    """

    settings = ("gamma", "margin", "remove_diagonal")
    index_targets = True
    maskable = False

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = _MEAN,
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            name, reduction, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per anchor; those equal to 0 are masked."""
        values = unreduced(
            pairwise_circle, ops.reshape(y_true, (-1,)), y_pred,
            gamma=self.gamma, margin=self.margin, remove_diagonal=self.remove_diagonal,
        )  # fmt: skip
        set_keras_mask(values, values > 0)
        return values


@register
class CTC(KerasLoss):
    """Connectionist temporal classification of logits, class 0 the blank and the padding; ``keras.losses.CTC``.

    ``y_true`` of shape ``(batch, longest label)``, ``y_pred`` of shape ``(batch, time, classes)``. Differs: a label
    that does not fit into the time steps costs infinity on every backend (Keras on TensorFlow about 700, on JAX
    100000, both with gradients of their own); float64 is computed in float64.
    """

    index_targets = True
    maskable = False

    def __init__(self, reduction: str | None = _MEAN, name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sequence."""
        if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
            raise ValueError(
                f"CTC: y_true has shape {tuple(y_true.shape)} and y_pred has shape {tuple(y_pred.shape)}; wanted "
                "labels of shape (batch, longest label) and logits of shape (batch, time, classes)."
            )
        lengths = ops.sum(ops.cast(y_true != 0, "int32"), axis=-1)
        return unreduced(get("ctc"), y_true, y_pred, label_length=lengths, blank=0)


__all__ = ["CTC", "Circle", "Dice", "Tversky"]
