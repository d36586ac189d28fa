"""What every Keras loss of unilosses shares: the call, masks, dtypes, configuration.

Keras does the reducing (weights, masks, ``reduction``, distribution) with its own functions, so that a Keras user finds
nothing changed; the values before the reduction come from the definitions of unilosses.
"""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

# Not public, but the very steps of keras.losses.Loss.__call__; there is no public way to reduce as Keras does.
from keras.src.backend.common.masking import get_keras_mask, set_keras_mask
from keras.src.losses.loss import reduce_weighted_values, squeeze_or_expand_to_same_rank

from unilosses.dispatch import backend_named
from unilosses.evaluation import evaluate, prepare
from unilosses.loss import Loss
from unilosses.namespace import Array, Namespace

from .masking import without_masked

#: Registered names are ``unilosses>Huber``, beside Keras' own ``Huber``.
register = keras.saving.register_keras_serializable(package="unilosses")


def namespace() -> Namespace:
    """The array functions of Keras' backend, with the slopes at kinks that unilosses promises."""
    return backend_named(keras.backend.backend()).namespace


def as_indices(x: Any) -> Array:
    """Class labels as integers, whatever they came as; they never pass through a floating dtype of the loss."""
    x = ops.convert_to_tensor(x)
    return x if keras.backend.standardize_dtype(x.dtype) in ("int32", "int64") else ops.cast(x, "int32")


def without_lists(x: Any, pack: bool = False) -> Any:
    """Nested lists of numbers as one array; with ``pack`` the outermost list stays a list of arrays."""
    if not isinstance(x, list | tuple):
        return x
    if pack:
        return [without_lists(entry) for entry in x]
    if any(hasattr(entry, "shape") for entry in keras.tree.flatten(x)):
        return ops.stack([ops.convert_to_tensor(without_lists(entry)) for entry in x])
    return np.asarray(x)


def plain_config(x: Any) -> Any:
    """A parameter as JSON holds it: numbers and lists."""
    if isinstance(x, bool | int | float | str | type(None)):
        return x
    if isinstance(x, list | tuple):
        return [plain_config(entry) for entry in x]
    return ops.convert_to_numpy(x).tolist()


class KerasLoss(keras.losses.Loss):
    """A ``keras.losses.Loss`` whose values are those of a definition of unilosses."""

    # Tells TensorFlow's AutoGraph to call this as it is, as it does keras.losses: nothing to rewrite.
    autograph_info__ = True
    #: Constructor arguments beside name, reduction and dtype: attributes of the same names, kept in the configuration.
    settings: ClassVar[tuple[str, ...]] = ()
    #: The targets are class indices: they stay integers.
    index_targets: ClassVar[bool] = False
    #: A value belongs to one entry of a mask, reduced over ``axis`` (the last): what the mask hides may be NaN.
    maskable: ClassVar[bool] = True
    #: ``call`` has dealt with the mask: it is not a weight of the values.
    consumes_mask: ClassVar[bool] = False

    def __init__(self, name: str | None, reduction: str | None, dtype: Any, **settings: Any) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self._dtype_is_default = dtype is None
        for key, value in settings.items():
            # NumPy's numbers and arrays are configuration; arrays of the framework stay what they are, with a gradient.
            setattr(self, key, value.tolist() if isinstance(value, np.ndarray | np.generic) else value)

    @property
    def compute_dtype(self) -> str:
        """float32 for half precision, in which values are neither computed nor accumulated."""
        return "float32" if self.dtype in ("float16", "bfloat16") else self.dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        mask = get_keras_mask(y_pred)
        with keras.name_scope(self.name):
            given, logits = y_pred, getattr(y_pred, "_keras_logits", None)
            y_true, y_pred = self.tensors(y_true, y_pred)
            if mask is not None and self.maskable:
                axis = getattr(self, "axis", -1)
                y_true, y_pred, logits = without_masked(mask, y_true, y_pred, logits, axis, self.index_targets)
            if logits is not None and y_pred is not given:
                y_pred._keras_logits = logits
            if mask is not None and y_pred is not given:
                set_keras_mask(y_pred, mask)
            values = self.call(y_true, y_pred)
            computed = get_keras_mask(values)
            if mask is None or self.consumes_mask:
                mask = computed
            elif computed is not None:
                mask = mask & computed
            if mask is not None and sample_weight is not None:
                sample_weight = self._spread(sample_weight, mask)
            result = reduce_weighted_values(
                values, sample_weight=sample_weight, mask=mask, reduction=self.reduction, dtype=self.compute_dtype
            )
            return ops.cast(result, self.dtype)

    def _spread(self, sample_weight: Any, mask: Array) -> Array:
        """A copy of the weights with the mask's shape: Keras multiplies them by the mask in place, on torch."""
        weights = ops.convert_to_tensor(sample_weight, dtype=self.compute_dtype)
        like, weights = squeeze_or_expand_to_same_rank(ops.cast(mask, self.compute_dtype), weights)
        return weights + ops.zeros_like(like)

    def tensors(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        """Targets and predictions as tensors to compute with, or as lists of them where the loss takes several."""
        targets, predictions = self.packs()
        return (
            keras.tree.map_structure(self.as_target, without_lists(y_true, targets)),
            keras.tree.map_structure(self.as_prediction, without_lists(y_pred, predictions)),
        )

    def packs(self) -> tuple[bool, bool]:
        """Whether a list of targets, and one of predictions, is several arrays; else it is one array, row by row."""
        return False, False

    def as_prediction(self, x: Any) -> Array:
        """One prediction as a tensor to compute with."""
        return ops.convert_to_tensor(x, dtype=self.compute_dtype)

    def as_target(self, x: Any) -> Array:
        """One target as a tensor to compute with."""
        return as_indices(x) if self.index_targets else self.as_prediction(x)

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes; ``dtype`` if it was given."""
        config = {**super().get_config(), **{key: plain_config(getattr(self, key)) for key in self.settings}}
        return config if self._dtype_is_default else {**config, "dtype": self.dtype}


def unreduced(definition: Loss, *arrays: Array, check: bool = False, **parameters: Any) -> Array:
    """The values of a definition before any reduction, without its look at values: Keras accepts any."""
    return evaluate(prepare(definition, arrays, "none", None, None, None, parameters, check=check))


def same_rank(y_true: Array, y_pred: Array, broadcast: bool = False) -> tuple[Array, Array]:
    """Targets and predictions of equal rank, as Keras squeezes and expands a last axis of length 1.

    With ``broadcast`` other shapes are broadcast, as the losses of Keras do that compare no shapes.
    """
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    left, right = tuple(y_true.shape), tuple(y_pred.shape)
    if left == right:
        return y_true, y_pred
    # An axis that TensorFlow does not know before it runs fits any length.
    unknown = len(left) == len(right) and all(a == b or None in (a, b) for a, b in zip(left, right, strict=True))
    if not broadcast and not unknown:
        return y_true, y_pred
    return y_true + ops.zeros_like(y_pred), y_pred + ops.zeros_like(y_true)


def mean(values: Array, axis: Any = -1) -> Array:
    """Keras averages elementwise values over the last axis. (``keras.ops.mean`` on torch does so in float32.)"""
    return namespace().mean(values, axis=tuple(axis) if isinstance(axis, list) else axis)


def epsilon() -> float:
    """The constant of ``keras.config``, 1e-7 unless set."""
    return keras.config.epsilon()


__all__ = [
    "KerasLoss", "as_indices", "epsilon", "get_keras_mask", "mean", "namespace", "plain_config",
    "register", "same_rank", "set_keras_mask", "unreduced", "without_lists",
]  # fmt: skip
