"""Drop-ins of ``keras.losses`` for probabilities and classes.

All cross-entropies follow one rule about predictions with ``from_logits=False``. Where Keras has left the logits on the
tensor (``_keras_logits``: a softmax or sigmoid layer, on the TensorFlow and torch backends) and they are those of the
activation that the loss expects, they are used, and nothing saturates. All other probabilities are clipped to
``[epsilon, 1 - epsilon]``; those of classes are divided by their sum first.
"""

from __future__ import annotations

import warnings
from typing import Any

import keras
from keras import ops

from unilosses.loss import get
from unilosses.namespace import Array

from .base import KerasLoss, epsilon, mean, namespace, register, same_rank, set_keras_mask, unreduced

_MEAN = "sum_over_batch_size"


def _renormalized(probabilities: Array, axis: int) -> Array:
    xp = namespace()
    return xp.safe_divide(probabilities, xp.sum(probabilities, axis=axis, keepdims=True))


def _clipped(probabilities: Array) -> Array:
    return namespace().clip(probabilities, epsilon(), 1.0 - epsilon())


def _scores(name: str, y_pred: Array, from_logits: bool, axis: int | None) -> tuple[Array, bool]:
    """What to compute with, and whether it is logits; ``axis`` is that of the softmax, None for a sigmoid."""
    xp = namespace()
    probabilities = y_pred if axis is None else _renormalized(y_pred, axis)
    # JAX' tracers carry no attributes: under a compiler the logits are lost, so they are not used at all.
    logits = None if keras.backend.backend() == "jax" else getattr(y_pred, "_keras_logits", None)
    if logits is None or tuple(logits.shape) != tuple(y_pred.shape):
        return (y_pred, True) if from_logits else (probabilities, False)
    if from_logits:
        warnings.warn(
            f"{name} has from_logits=True, but y_pred comes from an activation: it holds probabilities. The logits "
            "before the activation are used. Fix: from_logits=False, or no activation.",
            stacklevel=5,
        )
    logits = ops.cast(logits, y_pred.dtype)
    # Keras keeps the logits of a sigmoid and of a softmax in the same place: only those of the right one will do.
    expected = xp.sigmoid(logits) if axis is None else xp.softmax(logits, axis)
    same = ops.all(ops.abs(expected - probabilities) <= 1e-5)
    if from_logits:
        return ops.where(same, logits, y_pred), True
    clipped = _clipped(probabilities)
    inverse = ops.log(clipped) - ops.log1p(-clipped) if axis is None else ops.log(clipped)
    return ops.where(same, logits, inverse), True


def _check_axis(axis: Any) -> None:
    if isinstance(axis, bool):
        raise ValueError(f"axis must be an int, but is {axis} of type {type(axis)}.")


def _warn_of_one_class(name: str, y_pred: Array, axis: int) -> None:
    if y_pred.shape[axis] == 1:
        warnings.warn(
            f"{name}: y_pred has shape {tuple(y_pred.shape)}, a single class on axis {axis}, whose loss is 0 whatever "
            "it holds. For two classes and one score use BinaryCrossentropy.",
            SyntaxWarning,
            stacklevel=4,
        )


@register
class BinaryCrossentropy(KerasLoss):
    """Cross-entropy of labels 0 and 1 (or probabilities), averaged over ``axis``; ``keras.losses.BinaryCrossentropy``.

    Differs: logits behind a sigmoid are used on the torch backend too; the logits behind a softmax are not taken for
    those of a sigmoid, as Keras on TensorFlow does. Keras lacks ``pos_weight``, which multiplies the term of class 1.
    """

    settings = ("from_logits", "label_smoothing", "axis", "pos_weight")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Any = -1,
        reduction: str | None = _MEAN,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        *,
        pos_weight: Any = None,
    ) -> None:
        super().__init__(
            name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
            pos_weight=pos_weight,
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """The mean over ``axis``."""
        y_pred, from_logits = _scores(self.name, y_pred, self.from_logits, None)
        y_true, y_pred = same_rank(y_true, y_pred)
        values = unreduced(
            get("binary_cross_entropy"), y_true, y_pred, from_logits=from_logits, pos_weight=self.pos_weight,
            label_smoothing=self.label_smoothing, epsilon=None if from_logits else epsilon(),
        )  # fmt: skip
        return mean(values, self.axis)


@register
class BinaryFocalCrossentropy(KerasLoss):
    """Binary cross-entropy, less of it where the prediction is good; ``keras.losses.BinaryFocalCrossentropy``.

    As in Keras ``alpha`` only counts with ``apply_class_balancing=True``, and soft labels (``label_smoothing`` too)
    mix the two probabilities before the power ``gamma``. Differs: with ``from_logits=True`` nothing saturates, on any
    backend.
    """

    settings = ("from_logits", "label_smoothing", "axis", "apply_class_balancing", "alpha", "gamma")

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Any = -1,
        reduction: str | None = _MEAN,
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
            apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma,
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """The mean over ``axis``."""
        y_pred, from_logits = _scores(self.name, y_pred, self.from_logits, None)
        y_true, y_pred = same_rank(y_true, y_pred)
        alpha = self.alpha if self.apply_class_balancing else None
        if from_logits:
            values = unreduced(
                get("binary_focal_cross_entropy"), y_true, y_pred, from_logits=True, gamma=self.gamma, alpha=alpha,
                label_smoothing=self.label_smoothing,
            )  # fmt: skip
        else:
            # Keras clips the cross-entropy alone: beyond the clip the factor still has a gradient.
            values = unreduced(
                get("binary_cross_entropy"), y_true, y_pred, from_logits=False, epsilon=epsilon(),
                label_smoothing=self.label_smoothing,
            )  # fmt: skip
            y_true = y_true * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing
            missed = y_true * (1.0 - y_pred) + (1.0 - y_true) * y_pred
            values = values * namespace().safe_power(missed, self.gamma)
            if alpha is not None:
                values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
        return mean(values, self.axis)


@register
class CategoricalCrossentropy(KerasLoss):
    """Cross-entropy of one-hot targets, or class probabilities; ``keras.losses.CategoricalCrossentropy``.

    Differs: label smoothing divides by the number of classes on ``axis`` (Keras: by the length of the last axis); the
    gradient is right for targets that do not sum to 1 (Keras on TensorFlow: not); logits behind a softmax are used on
    the torch backend too, and those behind a sigmoid are not taken for those of a softmax, as Keras on TensorFlow does;
    a row of zero probabilities gives a number instead of NaN. Keras lacks ``class_weight``, one number per class.
    """

    settings = ("from_logits", "label_smoothing", "axis", "class_weight")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        *,
        class_weight: Any = None,
    ) -> None:
        _check_axis(axis)
        super().__init__(
            name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
            class_weight=class_weight,
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        _warn_of_one_class(self.name, y_pred, self.axis)
        y_pred, from_logits = _scores(self.name, y_pred, self.from_logits, self.axis)
        y_true, y_pred = same_rank(y_true, y_pred)
        return unreduced(
            get("categorical_cross_entropy"), y_true, y_pred, from_logits=from_logits, axis=self.axis,
            label_smoothing=self.label_smoothing, class_weight=self.class_weight,
            epsilon=None if from_logits else epsilon(),
        )  # fmt: skip


@register
class CategoricalFocalCrossentropy(KerasLoss):
    """Cross-entropy, less of it where the prediction is good; ``keras.losses.CategoricalFocalCrossentropy``.

    ``alpha`` is a number or one per class. Differs: with ``from_logits=True`` nothing saturates; one ``alpha`` per
    class lies on ``axis`` (Keras: on the last axis); label smoothing and zero rows as in `CategoricalCrossentropy`.
    """

    settings = ("from_logits", "label_smoothing", "axis", "alpha", "gamma")

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _check_axis(axis)
        super().__init__(
            name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
            alpha=alpha, gamma=gamma,
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        _warn_of_one_class(self.name, y_pred, self.axis)
        y_pred, from_logits = _scores(self.name, y_pred, self.from_logits, self.axis)
        y_true, y_pred = same_rank(y_true, y_pred, broadcast=True)
        return unreduced(
            get("categorical_focal_cross_entropy"), y_true, y_pred, from_logits=from_logits, axis=self.axis,
            alpha=self.alpha, gamma=self.gamma, label_smoothing=self.label_smoothing,
            epsilon=None if from_logits else epsilon(),
        )  # fmt: skip


@register
class SparseCategoricalCrossentropy(KerasLoss):
    """Cross-entropy of class indices; ``keras.losses.SparseCategoricalCrossentropy``.

    Differs: class indices stay integers (in half precision Keras rounds them to other classes); every ``axis`` works on
    every backend, and the configuration keeps it; probabilities are divided by their sum before they are clipped, on
    every backend; an index out of range is an error, or NaN under a compiler (Keras on JAX: a loss of 0); logits
    behind a softmax as in `CategoricalCrossentropy`. Keras lacks ``label_smoothing`` and ``class_weight``.
    """

    settings = ("from_logits", "ignore_class", "axis", "label_smoothing", "class_weight")
    index_targets = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = _MEAN,
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        *,
        label_smoothing: float = 0.0,
        class_weight: Any = None,
    ) -> None:
        super().__init__(
            name, reduction, dtype, from_logits=from_logits, ignore_class=ignore_class, axis=axis,
            label_smoothing=label_smoothing, class_weight=class_weight,
        )  # fmt: skip

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample; those of ``ignore_class`` are 0 and masked."""
        y_pred, from_logits = _scores(self.name, y_pred, self.from_logits, self.axis)
        y_true, y_pred = same_rank(y_true, y_pred)
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[self.axis] == 1:
            y_true = ops.squeeze(y_true, axis=self.axis)
        values = unreduced(
            get("sparse_categorical_cross_entropy"), y_true, y_pred if from_logits else _clipped(y_pred), check=True,
            from_logits=from_logits, axis=self.axis, ignore_index=self.ignore_class,
            label_smoothing=self.label_smoothing, class_weight=self.class_weight,
        )  # fmt: skip
        if self.ignore_class is not None:
            set_keras_mask(values, y_true != self.ignore_class)
        return values


@register
class CategoricalGeneralizedCrossEntropy(KerasLoss):
    """``(1 - p^q) / q`` of the probability ``p`` of the labelled class, robust to wrong labels.

    ``keras.losses.CategoricalGeneralizedCrossEntropy``: ``y_true`` class indices, ``y_pred`` probabilities. Differs:
    labels of shape ``(batch, 1)`` mean the same as ``(batch,)`` (Keras compares every sample with every label); class
    indices stay integers; an index out of range is an error, or NaN under a compiler (Keras: ``1 / q``); so is,
    where values can be read, a prediction outside of [0, 1].
    """

    settings = ("q",)
    index_targets = True

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = _MEAN,
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"q={q} is out of range; q must be in the interval (0, 1).")
        super().__init__(name, reduction, dtype, q=q)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
            y_true = ops.squeeze(y_true, axis=-1)
        return unreduced(get("generalized_cross_entropy"), y_true, y_pred, check=True, q=self.q)


@register
class KLDivergence(KerasLoss):
    """``sum(y_true log(y_true / y_pred))`` over the last axis; ``keras.losses.KLDivergence``.

    Targets and predictions are clipped to ``[epsilon, 1]`` first, as in Keras.
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One value per sample."""
        xp = namespace()
        y_true, y_pred = same_rank(xp.clip(y_true, epsilon(), 1.0), xp.clip(y_pred, epsilon(), 1.0), broadcast=True)
        return unreduced(get("kl_divergence"), y_true, y_pred)


__all__ = [
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy", "KLDivergence", "SparseCategoricalCrossentropy",
]  # fmt: skip
