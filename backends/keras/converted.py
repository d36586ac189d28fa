"""The losses that ``unilosses.convert`` brings to Keras where neither Keras nor this package has a class of its own."""

from __future__ import annotations

from typing import Any

from keras import ops

from unilosses.equivalence.conventions import composed
from unilosses.evaluation import evaluate, prepare
from unilosses.namespace import Array

from .base import KerasLoss, get_keras_mask, plain_config, register, set_keras_mask
from .generic import DefinedLoss


@register
class ConvertedLoss(DefinedLoss):
    """A loss of another framework, which reduces as that does: over all elements, or by the sum of class weights.

    ``loss`` names a loss of unilosses, ``scale`` and ``offset`` are applied to its values, and ``rows`` averages them
    over the last axis first. ``own_reduction`` is a reduction of unilosses, and ``sample_weight`` counts as in its
    functions. You get one from ``unilosses.convert(loss, to="keras")``.
    """

    def __init__(
        self,
        loss: str,
        arguments: dict[str, Any],
        own_reduction: str,
        rows: bool = False,
        scale: float = 1.0,
        offset: float = 0.0,
        name: str | None = None,
        dtype: Any = None,
        reduction: str | None = "none",
    ) -> None:
        KerasLoss.__init__(self, name or loss, reduction, dtype)
        self.definition = composed(loss, rows, scale, offset, "axis" in arguments)  # type: ignore[misc]  # one per object here
        self.own_reduction = own_reduction
        self.parameters = self.definition.bind((None,) * len(self.definition.inputs), dict(arguments))[1]
        self._config = {
            "loss": loss,
            "arguments": {key: plain_config(x) for key, x in arguments.items()},
            "own_reduction": own_reduction,
            "rows": rows,
            "scale": scale,
            "offset": offset,
        }

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        definition, mask = self.definition, get_keras_mask(y_pred)
        parameters = self._tensors(self.parameters)
        y_true, y_pred = self.tensors(y_true, y_pred)
        if mask is not None:
            set_keras_mask(y_pred, mask)
        arrays, mask = self._arrays(y_true, y_pred, parameters)
        inputs = tuple(arrays.get(name) for name in definition.inputs)
        if sample_weight is not None:
            first = arrays[definition.predictions[0]]
            rank = len(first.shape) - len(definition.axes(parameters, len(first.shape)))
            sample_weight = ops.convert_to_tensor(sample_weight, dtype=self.compute_dtype)
            if len(sample_weight.shape) == rank + 1 and sample_weight.shape[-1] == 1:
                sample_weight = ops.squeeze(sample_weight, axis=-1)
        value = evaluate(prepare(definition, inputs, self.own_reduction, sample_weight, mask, None, parameters))
        return ops.cast(value, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes; ``dtype`` if it was given."""
        return {**super().get_config(), **self._config}


__all__ = ["ConvertedLoss"]
