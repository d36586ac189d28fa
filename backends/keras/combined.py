"""Weighted sums of losses, and configured losses, as ``keras.losses.Loss`` classes."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import keras

from unilosses.checks import check_parameters
from unilosses.composition import Combination, add_up, from_json
from unilosses.loss import Loss
from unilosses.namespace import Array

from .base import plain_config, register
from .generic import DefinedLoss, class_name

#: Keras' names of the reductions that it has.
_REDUCTIONS = {"mean": "sum_over_batch_size", "sum": "sum", "none": "none"}


@register
class CombinedLoss(keras.losses.Loss):
    """A weighted sum of losses: each is reduced as Keras does, then weighted and added.

    The configuration holds the sum itself, so a process that loads a model imports ``unilosses.keras`` first, defines
    the losses of your own that are in it, and needs nothing else. You get one from ``unilosses.keras.loss``.
    """

    autograph_info__ = True  # as in KerasLoss
    combination: ClassVar[Combination]

    def __init__(
        self, *, reduction: str | None = "default", name: str | None = None, dtype: Any = None, **parameters: Any
    ) -> None:
        combination = self.combination
        filled = combination.bind((None,) * len(combination.inputs), dict(parameters))[1]
        check_parameters(combination, filled)
        reduction = _REDUCTIONS[combination.reduction] if reduction == "default" else reduction
        super().__init__(name=name or "combined_loss", reduction=reduction, dtype=dtype)
        self._dtype_is_default = dtype is None
        self.parameters = filled
        self.weights, self.losses = [], []
        for term in combination.calls(filled):
            own = {key: x for key, x in term.keywords.items() if key != "reduction"}
            self.weights.append(term.weight)
            self.losses.append(_defined(term.loss)(reduction=reduction, dtype=dtype, **own))

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        values = [loss(y_true, y_pred, sample_weight) for loss in self.losses]
        return add_up([value * weight for value, weight in zip(values, self.weights, strict=True)])

    def parts(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Array]:
        """The terms by name, unweighted: for logging."""
        values = [loss(y_true, y_pred, sample_weight) for loss in self.losses]
        return dict(zip(self.combination.part_names, values, strict=True))

    def get_config(self) -> dict[str, Any]:
        parameters = {key: plain_config(x) for key, x in self.parameters.items()}
        config = {**super().get_config(), "loss": self.combination.to_json(), "parameters": parameters}
        return config if self._dtype_is_default else {**config, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> CombinedLoss:
        config = dict(config)
        combination, parameters = from_json(config.pop("loss")), config.pop("parameters")
        return combined(combination)(**parameters, **config)


def _defined(definition: Loss) -> type[DefinedLoss]:
    """The definition with its own parameters, where Keras has a drop-in of that name, too; not to be registered."""
    members = {
        "definition": definition,
        "settings": tuple(definition.parameters),
        "consumes_mask": definition.masks_elements,
    }
    return type(class_name(definition.name), (DefinedLoss,), members)


def combined(combination: Combination) -> type[CombinedLoss]:
    """A new class of a weighted sum; the open parameters are keywords of its constructor."""
    if combination.reduction not in _REDUCTIONS:
        raise ValueError(
            f"{combination.name}: Keras has no reduction {combination.reduction!r}; wanted one of "
            f"{', '.join(map(repr, _REDUCTIONS))}. Fix: .configure(reduction='mean')."
        )
    keyword = inspect.Parameter.KEYWORD_ONLY
    keywords = {"reduction": _REDUCTIONS[combination.reduction], "name": None, "dtype": None}
    members = {
        "combination": combination,
        "__doc__": f"{combination.name}\n\n{CombinedLoss.__doc__}",
        "__module__": __package__,
        "__signature__": inspect.Signature(
            [inspect.Parameter(n, keyword, default=x) for n, x in {**combination.parameters, **keywords}.items()]
        ),
    }
    # All of these classes go by one registered name: what one of them is, its configuration says.
    return register(type("CombinedLoss", (CombinedLoss,), members))


__all__ = ["CombinedLoss", "combined"]
