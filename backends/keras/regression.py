"""Drop-ins of ``keras.losses`` for real targets: regression, Poisson, cosine, and the hinges."""

from __future__ import annotations

import math
from typing import Any

from keras import ops

from unilosses.loss import get
from unilosses.namespace import Array

from .base import KerasLoss, epsilon, mean, namespace, register, same_rank, unreduced

_MEAN = "sum_over_batch_size"


def _elementwise(name: str, y_true: Array, y_pred: Array, **parameters: Any) -> Array:
    y_true, y_pred = same_rank(y_true, y_pred, broadcast=True)
    return mean(unreduced(get(name), y_true, y_pred, **parameters))


@register
class MeanSquaredError(KerasLoss):
    """The squared error, averaged over the last axis; ``keras.losses.MeanSquaredError``."""

    def __init__(self, reduction: str | None = _MEAN, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("mean_squared_error", y_true, y_pred)


@register
class MeanAbsoluteError(KerasLoss):
    """The absolute error, averaged over the last axis; ``keras.losses.MeanAbsoluteError``.

    Differs: the slope at an error of 0 is 0 on every backend (Keras on JAX: -1).
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("mean_absolute_error", y_true, y_pred)


@register
class MeanAbsolutePercentageError(KerasLoss):
    """The absolute error in percent of the target; ``keras.losses.MeanAbsolutePercentageError``.

    Targets smaller than ``keras.config.epsilon()`` count as that. Differs: the slope at an error of 0 is 0 on every
    backend.
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        xp = namespace()
        y_true, y_pred = same_rank(y_true, y_pred, broadcast=True)
        # Not mean_absolute_percentage_error, whose guard is fixed: keras.config.set_epsilon moves that of Keras.
        error = unreduced(get("mean_absolute_error"), y_true, y_pred)
        return 100.0 * mean(error / xp.clip(xp.abs(y_true), epsilon(), float("inf")))


@register
class MeanSquaredLogarithmicError(KerasLoss):
    """The squared error of ``log(1 + x)``; ``keras.losses.MeanSquaredLogarithmicError``.

    Targets and predictions smaller than ``keras.config.epsilon()`` count as that, without a gradient.
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        xp, infinity = namespace(), float("inf")
        y_true, y_pred = xp.clip(y_true, epsilon(), infinity), xp.clip(y_pred, epsilon(), infinity)
        return _elementwise("mean_squared_logarithmic_error", y_true, y_pred)


@register
class Huber(KerasLoss):
    """Quadratic near zero and linear beyond ``delta``; ``keras.losses.Huber``.

    Differs: the configuration keeps ``delta``; ``delta`` must be greater than 0.
    """

    settings = ("delta",)

    def __init__(
        self, delta: float = 1.0, reduction: str | None = _MEAN, name: str = "huber_loss", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype, delta=delta)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("huber", y_true, y_pred, delta=self.delta)


@register
class LogCosh(KerasLoss):
    """The logarithm of the hyperbolic cosine of the error; ``keras.losses.LogCosh``.

    Differs: errors near 0 keep their digits (Keras subtracts numbers near log 2).
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "log_cosh", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("log_cosh", y_true, y_pred)


@register
class Poisson(KerasLoss):
    """``y_pred - y_true log(y_pred + epsilon)`` of a rate ``y_pred``; ``keras.losses.Poisson``."""

    def __init__(self, reduction: str | None = _MEAN, name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("poisson_nll", y_true, y_pred, log_input=False, full=False, epsilon=epsilon())


def _joined(x: Array, axes: tuple[int, ...]) -> Array:
    """Several axes as one, the last."""
    rank = len(x.shape)
    joined = [a % rank for a in axes]
    others = [a for a in range(rank) if a not in joined]
    lengths = [x.shape[a] for a in joined]
    x = ops.transpose(x, (*others, *joined))
    # In an empty batch -1 could be any length; one that TensorFlow does not know yet can only be -1.
    return ops.reshape(x, (*ops.shape(x)[: len(others)], -1 if None in lengths else math.prod(lengths)))


@register
class CosineSimilarity(KerasLoss):
    """The negated cosine of the angle between targets and predictions; ``keras.losses.CosineSimilarity``.

    ``axis`` is an axis, several of them, or None: all of them. Differs: the configuration keeps ``axis``; the value
    depends on directions alone, for vectors shorter than ``keras.config.epsilon()`` too; at a zero vector value and
    gradient are 0; vectors of different lengths are refused.
    """

    settings = ("axis",)

    def __init__(
        self, axis: Any = -1, reduction: str | None = _MEAN, name: str = "cosine_similarity", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype, axis=axis)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per vector."""
        y_true, y_pred = same_rank(y_true, y_pred)
        whole = tuple(range(len(y_pred.shape)))
        axis = whole if self.axis is None else self.axis if isinstance(self.axis, int) else tuple(self.axis)
        axes = (axis,) if isinstance(axis, int) else axis
        # Vectors of one length broadcast along the axes that are left. Counted from the left, axes of arrays of
        # different rank are different ones.
        same_axes = len(y_true.shape) == len(y_pred.shape) or all(a < 0 for a in axes)
        if same_axes and all(y_true.shape[a : a + 1 or None] == y_pred.shape[a : a + 1 or None] for a in axes):
            y_true, y_pred = same_rank(y_true, y_pred, broadcast=True)
        if not isinstance(axis, int):
            y_true, y_pred, axis = _joined(y_true, axes), _joined(y_pred, axes), -1
        return unreduced(get("cosine_similarity"), y_true, y_pred, axis=axis) - 1.0


def signs(y_true: Array) -> Array:
    """Labels 0 and 1 as -1 and 1, if all of them are; others as they are."""
    binary = ops.all((y_true == 0) | (y_true == 1))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


@register
class Hinge(KerasLoss):
    """``max(1 - y_true y_pred, 0)`` for labels -1 and 1, or 0 and 1; ``keras.losses.Hinge``.

    Differs: the slope at the margin is 0 on every backend (Keras on TensorFlow -1, elsewhere -1/2, per label).
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("hinge", signs(y_true), y_pred)


@register
class SquaredHinge(KerasLoss):
    """``max(1 - y_true y_pred, 0)`` squared, for labels -1 and 1, or 0 and 1; ``keras.losses.SquaredHinge``."""

    def __init__(self, reduction: str | None = _MEAN, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        return _elementwise("squared_hinge", signs(y_true), y_pred)


@register
class CategoricalHinge(KerasLoss):
    """The largest wrong score above the right one, plus 1, for one-hot targets; ``keras.losses.CategoricalHinge``.

    As in Keras the true class takes part in the maximum with a score of 0. Differs: the slope at the margin is 0, and
    scores that share the maximum are treated alike on every backend.
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        y_true, y_pred = same_rank(y_true, y_pred, broadcast=True)
        return unreduced(get("categorical_hinge"), y_true, y_pred)
