"""A ``keras.losses.Loss`` class of any definition: the losses that Keras lacks, and your own."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import keras
from keras import ops

from unilosses.checks import check_parameters
from unilosses.domains import CLASSES, Domain
from unilosses.evaluation import evaluate, prepare
from unilosses.loss import Loss
from unilosses.namespace import Array

from .base import KerasLoss, as_indices, get_keras_mask, mean, register, set_keras_mask

_KEYWORDS = {"reduction": "sum_over_batch_size", "name": None, "dtype": None}


class DefinedLoss(KerasLoss):
    """What the classes of :func:`loss` share: parameters by keyword, packing, and the values of the definition."""

    definition: ClassVar[Loss]
    maskable = False  # the definition gets the mask itself

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **parameters: Any,
    ) -> None:
        definition = self.definition
        filled = definition.bind((None,) * len(definition.inputs), dict(parameters))[1]
        check_parameters(definition, filled)
        super().__init__(name or definition.name, reduction, dtype, **filled)

    def packs(self) -> tuple[bool, bool]:
        """By the definition: what it predicts with comes in ``y_pred``, all else in ``y_true``."""
        predictions = len(_packed(self.definition))
        return len(self.definition.inputs) - predictions > 1, predictions > 1

    def as_target(self, x: Any) -> Array:
        """Targets keep their dtype until ``call`` knows what they are."""
        return ops.convert_to_tensor(x)

    def call(self, y_true: Any, y_pred: Any) -> Array:
        """Values before the reduction: one per sample, elementwise losses averaged over the last axis."""
        definition = self.definition
        parameters = self._tensors({key: getattr(self, key) for key in self.settings})
        arrays, mask = self._arrays(y_true, y_pred, parameters)
        inputs = tuple(arrays.get(name) for name in definition.inputs)
        values = evaluate(prepare(definition, inputs, "none", None, mask, None, parameters))
        ignored = parameters.get("ignore_index")
        if ignored is not None:
            labels = next(x for name, x in arrays.items() if definition.domains[name].indices or _is_index(x))
            set_keras_mask(values, labels != ignored)
        return mean(values) if definition.kind == "elementwise" and len(values.shape) else values

    def _tensors(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Parameters with lists as tensors: else they are float32 on TensorFlow, whatever the dtype of the loss."""
        return {
            key: ops.convert_to_tensor(x, dtype=self.compute_dtype) if isinstance(x, list) and key != "axis" else x
            for key, x in parameters.items()
        }

    def _arrays(self, y_true: Any, y_pred: Any, parameters: dict[str, Any]) -> tuple[dict[str, Array], Array | None]:
        """The inputs of the definition by name, and the mask of the prediction where it fits the values."""
        definition = self.definition
        arrays = dict(zip(_packed(definition), self._unpack(y_pred), strict=False))
        if len(arrays) < len(definition.inputs):
            arrays.update(self._targets(y_true, arrays, parameters))
        first = arrays[definition.predictions[0]]
        mask = get_keras_mask(y_pred) if first is y_pred else None
        if mask is not None:
            mask = ops.cast(mask, "bool") if len(mask.shape) <= self._rank(first, parameters) else None
        return arrays, mask

    def _rank(self, prediction: Array, parameters: dict[str, Any]) -> int:
        """The number of axes of a mask: that of the values, or of the elements that they sum over."""
        rank = len(prediction.shape)
        return rank if self.definition.masks_elements else rank - len(self.definition.axes(parameters, rank))

    def _unpack(self, y_pred: Any) -> list[Array]:
        definition = self.definition
        names = _packed(definition)
        if len(names) == 1:
            return [y_pred]
        fewest = sum(name not in definition.optional for name in names)
        if keras.tree.is_nested(y_pred):
            parts, given = list(y_pred), f"{len(y_pred)} arrays"
        else:
            shape = tuple(y_pred.shape)
            count = shape[1] if len(shape) > 1 and shape[1] is not None else 0
            parts, given = [y_pred[:, i] for i in range(count)], f"one array of shape {shape}"
        if not fewest <= len(parts) <= len(names):
            raise ValueError(
                f"{type(self).__name__}: y_pred is {given}; wanted ({', '.join(names)}), as a tuple, or stacked: "
                f"keras.ops.stack([{', '.join(names)}], axis=1)."
            )
        return parts

    def _targets(self, y_true: Any, arrays: dict[str, Array], parameters: dict[str, Any]) -> dict[str, Array]:
        definition = self.definition
        names = [name for name in definition.inputs if name not in _packed(definition)]
        given = [y_true] if len(names) == 1 else list(y_true)
        if len(given) != len(names):
            raise ValueError(f"{type(self).__name__}: y_true is {len(given)} arrays; wanted ({', '.join(names)}).")
        prediction = arrays[definition.predictions[0]]
        lost = len(definition.axes(parameters, len(prediction.shape)))
        return {
            name: self._target(x, definition.domains[name], prediction, lost)
            for name, x in zip(names, given, strict=True)
        }

    def _target(self, x: Array, domain: Domain, prediction: Array, lost: int) -> Array:
        """One target with the dtype and the rank that the definition wants; Keras data often have a last axis of 1."""
        rank = len(prediction.shape)
        if self.definition.check is None:
            one_hot = domain.spans_axis and not (domain is CLASSES and x.shape[-1:] != prediction.shape[-1:])
            wanted = rank if one_hot else rank - lost
            if len(x.shape) == wanted + 1 and x.shape[-1] == 1:
                x = ops.squeeze(x, axis=-1)
            elif len(x.shape) == wanted - 1 and prediction.shape[-1] == 1:
                x = ops.expand_dims(x, axis=-1)
        if domain.indices or (domain is CLASSES and len(x.shape) < rank):
            return as_indices(x)
        return ops.cast(x, self.compute_dtype)


def _is_index(x: Array) -> bool:
    return keras.backend.is_int_dtype(keras.backend.standardize_dtype(x.dtype))


def _packed(definition: Loss) -> list[str]:
    """The inputs that come in ``y_pred``; the others come in ``y_true``."""
    return [name for name in definition.inputs if name in definition.predictions]


def _describe(definition: Loss) -> str:
    names = _packed(definition)
    targets = [name for name in definition.inputs if name not in names]
    lines = [f"{definition.summary}\n\nThe Keras class of ``unilosses.{definition.name}``."]
    if len(names) > 1:
        optional = [name for name in names if name in definition.optional]
        lines.append(
            f"``y_pred`` holds ({', '.join(names)}): a tuple, or, as a model's output in ``compile`` and ``fit``, one "
            f"tensor with them on axis 1, ``keras.ops.stack([{', '.join(names)}], axis=1)``."
            + (f" {', '.join(optional)} may be left out." if optional else "")
        )
    if not targets:
        lines.append("``y_true`` is ignored: pass anything with one entry per sample.")
    elif len(targets) > 1 or targets != ["y_true"]:
        lines.append(f"``y_true`` holds ({', '.join(targets)}).")
    inputs = "\n".join(f"    {name}: {domain.description}" for name, domain in definition.domains.items())
    lines.append(f"Inputs:\n{inputs}")
    if definition.formula:
        lines.append(f"Formula: {definition.formula}")
    return "\n\n".join(lines)


def class_name(name: str) -> str:
    """``smooth_l1`` is ``SmoothL1``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def made_of(definition: Loss) -> type[DefinedLoss]:
    """A new class of a definition, registered for serialization."""
    members = {
        "definition": definition,
        "settings": tuple(definition.parameters),
        "consumes_mask": definition.masks_elements,
        "__doc__": _describe(definition),
        "__module__": __package__ if definition.__module__.startswith("unilosses.") else definition.__module__,
    }
    made = type(class_name(definition.name), (DefinedLoss,), members)
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = {**definition.parameters, **_KEYWORDS}
    made.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, keyword, default=default) for name, default in parameters.items()]
    )
    return register(made)


__all__ = ["DefinedLoss", "class_name", "made_of"]
