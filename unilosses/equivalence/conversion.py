"""A loss of another framework that gives the same number: the native one where it is exact, else unilosses' own."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from unilosses.equivalence import core
from unilosses.equivalence.lookup import find, framework_name
from unilosses.equivalence.measuring import load, resolve
from unilosses.equivalence.model import Native
from unilosses.equivalence.pairing import (
    NO_CLASS,
    Pair,
    candidates,
    changes_form,
    changes_labels,
    level,
    pair,
)
from unilosses.equivalence.rows import views


@dataclass(frozen=True)
class Reduced:
    """A function of JAX arrays, called ``(predictions, targets)`` as optax's are, that reduces as the source does."""

    function: Callable[..., Any]
    reduction: str

    def __call__(self, *arrays: Any) -> Any:
        """The reduced loss."""
        values = self.function(*arrays)
        return {"mean": values.mean, "sum": values.sum}[self.reduction]()


@dataclass(frozen=True)
class PredictionsFirst:
    """A loss of unilosses for JAX arrays, called with the predictions first as optax's functions are."""

    loss: Any
    arguments: Mapping[str, Any]

    def __call__(self, *arrays: Any) -> Any:
        """The loss of these arrays."""
        names = self.loss.inputs
        order = [n for n in names if n in self.loss.predictions] + [n for n in names if n not in self.loss.predictions]
        given = dict(zip(order, arrays, strict=True))
        return self.loss(*(given[name] for name in names), **self.arguments)


def convert(loss: Any, to: str) -> Any:
    """A loss of the framework ``to`` that gives the number that ``loss`` gives, and its gradient.

    ``loss`` is what :func:`equivalents` takes; a name means the default arguments. The prediction keeps its form and
    the labels theirs; the argument order and the class axis (1 in torch, the last elsewhere) are those of the target
    framework. The native loss of the target is returned where it is exact for these very arguments, else the class of
    unilosses that is. For JAX a callable of (predictions, targets) that reduces as ``loss`` does. Raises ``ValueError``
    with the reason where nothing is right.
    """
    framework = framework_name(to)
    library = importlib.import_module("unilosses")
    if isinstance(loss, library.Loss):
        return _own(framework, loss, {}, "mean")
    name, given = find(loss)
    if name.split(".")[0] == framework:
        return _native(name, given or {}) if isinstance(loss, str) else loss
    reasons: list[str] = []
    for source in views(name):
        for found in (*_natives(source, dict(given or {}), framework), *_cores(source, dict(given or {}))):
            problem = _problem(found, framework)
            if not problem:
                return _made(found, framework)
            reasons.append(f"{found.target.name} ({problem})")
    listed = "; ".join(dict.fromkeys(reasons)) or "no loss has this formula"
    raise ValueError(f"{name} with {given or 'its default arguments'} has no equal in {to}. Tried {listed}.")


def has_own(name: str, framework: str) -> bool:
    """Whether a loss of unilosses stands in for a native loss with its default arguments."""
    return any(not _problem(found, framework) for source in views(name) for found in _cores(source, {}))


def _natives(source: Native, given: dict[str, Any], framework: str) -> Iterator[Pair]:
    for target in candidates(source, framework):
        found = pair(source, target, given, general=False)
        if found is not None:
            yield _unreduced(found)


def _cores(source: Native, given: dict[str, Any]) -> Iterator[Pair]:
    for target in core.NATIVES:
        found = pair(source, target, given, general=False) if target.hub == source.hub else None
        if found is not None:
            clips = [c for c in found.conditions if c in core.CLIPPED_AT and source.hub in core.CLIPPING]
            arguments = dict(found.target_arguments)
            for condition in clips:
                arguments |= core.CLIPPED_AT[condition]
            conditions = tuple(c for c in found.conditions if c not in clips)
            yield _unreduced(replace(found, target_arguments=arguments, conditions=conditions))


def _unreduced(p: Pair) -> Pair:
    """A function that does not reduce becomes a loss that does not either."""
    if p.after_source == "none":
        return p
    if level(p.source) != level(p.target):
        how = "give keras.losses a reduced loss: its unreduced values are means over the last axis"
        return replace(p, unequal=(*p.unequal, how))
    arguments = {k: v for k, v in p.target_arguments.items() if k != "reduction"}
    if p.target.framework != "optax":
        arguments["reduction"] = "none"
    return replace(p, target_arguments=arguments, after_source="none", after_target="none", reduction="none")


def _problem(p: Pair, framework: str) -> str:
    """Why a pair does not make a loss that can be put in the source's place; empty: it does."""
    own = p.target.framework == "unilosses"
    found = list(p.unequal) + [f"needs {name}={value!r}" for name, (value, _) in p.argument_conditions.items()]
    if changes_form(p):
        found.append(f"takes {p.target_form[0]}, not {p.source_form[0]}")
    else:
        found += [f"equal only where {c.text}" for c in p.conditions]
    if changes_labels(p):
        found.append(f"takes labels as {p.target_form[1]}, not {p.source_form[1]}")
    if not own and (p.scale, p.offset) != (1.0, 0.0):
        found.append(f"is {p.scale:g} times the loss {p.offset:+g}")
    if p.source.role == "source" or p.target.role == "target":
        found.append("needs other arrays: " + "; ".join(p.source.inputs + p.target.inputs))
    if p.smoothing:
        found.append("has no label_smoothing")
    weighs_itself = own and p.after_target == "weighted mean"
    wrapped = framework == "optax" and p.after_target in ("mean", "sum")
    if (p.class_weight is not None and not weighs_itself) or not (p.after_target == "none" or weighs_itself or wrapped):
        found.append("reduces otherwise")
    return "; ".join(found)


def _made(p: Pair, framework: str) -> Any:
    arguments = dict(p.target_arguments)
    for parameter in NO_CLASS & set(p.source.arguments):
        # torch ignores labels of -100 unless told otherwise, so the target has to ignore them too.
        name = p.target.arguments.get(parameter, ("", None))[0]
        if name and p.source_arguments[p.source.arguments[parameter][0]] == -100:
            arguments[name] = -100
    if p.target.framework == "unilosses":
        loss = getattr(importlib.import_module("unilosses"), p.target.name.partition(".")[2])
        reduction = "weighted_mean" if _weighted(p) else arguments.pop("reduction", p.reduction)
        arguments.pop("reduction", None)
        by = (1 / p.scale, -p.offset / p.scale)
        return _own(framework, loss, {k: v for k, v in arguments.items() if v is not None}, reduction, p, by)
    made = _native(p.target.name, arguments)
    return made if p.after_target == "none" else Reduced(made, p.after_target)


def _native(name: str, arguments: Mapping[str, Any]) -> Any:
    """A native loss with its arguments: an object of a class, or a function."""
    made = resolve(name)
    if name.startswith("torch."):
        torch = load("torch")
        return made(**{k: torch.tensor(v) if isinstance(v, list) else v for k, v in arguments.items()})
    if name.startswith("keras."):
        return made(**arguments)
    return partial(made, **arguments) if arguments else made


def _weighted(p: Pair) -> bool:
    weighs = p.parameters.get("class_weight") is not None and p.source.hub == "cross_entropy"
    return weighs and p.reduction == "mean"


def _own(
    framework: str,
    loss: Any,
    arguments: dict[str, Any],
    reduction: str,
    p: Pair | None = None,
    by: tuple[float, float] = (1.0, 0.0),
) -> Any:
    """The class of unilosses for a framework; ``by`` are the factor and offset that the source has over the loss."""
    elements, scaled = p is not None and level(p.source) == "element", by != (1.0, 0.0)
    found = affine(loss, *by) if scaled else loss
    if framework == "torch":
        if p is not None and level(p.source) == "row" and reduction != "mean":
            raise ValueError(f"{p.source.name} averages over the last axis before it reduces; modules of torch do not")
        axis = {"axis": 1} if "axis" in loss.parameters and loss.name not in LAST_AXIS else {}
        return importlib.import_module("unilosses.torch").module(found)(**arguments, **axis, reduction=reduction)
    if framework == "keras":
        package = importlib.import_module("unilosses.keras")
        ordinary = reduction == "mean" or (reduction in ("sum", "none") and not elements)
        if ordinary and not scaled and loss.name not in package.DROP_INS:  # these follow Keras, not the source
            name = {"mean": "sum_over_batch_size"}.get(reduction, reduction)
            return package.loss(loss)(**arguments, reduction=name)
        return _keras_class()(loss.name, arguments, reduction, *by)
    return PredictionsFirst(found, {**arguments, "reduction": reduction})


LAST_AXIS = ("cosine_similarity",)
"""Losses of vectors, whose features are on the last axis in torch too."""


@cache
def affine(loss: Any, scale: float, offset: float) -> Any:
    """``scale * loss + offset`` as a loss."""

    def scaled(xp: Any, *arrays: Any, **parameters: Any) -> Any:
        value = loss.function(xp, *arrays, **parameters)
        value = value[0] if isinstance(value, tuple) else value
        return scale * value + offset

    scaled.__name__ = scaled.__qualname__ = f"scaled_{loss.name}"
    scaled.__signature__ = inspect.signature(loss.function)  # type: ignore[attr-defined]
    return type(loss)(scaled, kind=loss.kind, **loss.domains)


@cache
def _keras_class() -> Any:
    """A ``keras.losses.Loss`` that reduces as no Keras loss does: by the sum of class weights, or over all elements."""
    keras, library = load("keras"), importlib.import_module("unilosses")

    @keras.saving.register_keras_serializable(package="unilosses")
    class ReducedLoss(keras.losses.Loss):  # type: ignore[name-defined]
        def __init__(
            self,
            loss: str,
            arguments: Any,
            own_reduction: str,
            scale: float = 1.0,
            offset: float = 0.0,
            **more: Any,
        ) -> None:
            super().__init__(**{"name": loss, "reduction": "none", **more})
            self.config: dict[str, Any] = {"loss": loss, "arguments": dict(arguments), "own_reduction": own_reduction}
            self.config |= {"scale": scale, "offset": offset}
            self.loss = affine(library.get(loss), scale, offset) if (scale, offset) != (1, 0) else library.get(loss)

        def call(self, y_true: Any, y_pred: Any) -> Any:
            if self.loss.takes_class_indices:
                if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
                    y_true = keras.ops.squeeze(y_true, axis=-1)  # as Keras' data often come
                y_true = keras.ops.cast(y_true, "int32")
            arguments = {
                k: keras.ops.convert_to_tensor(v, dtype=y_pred.dtype) if isinstance(v, list) else v
                for k, v in self.config["arguments"].items()
            }
            values = self.loss(y_true, y_pred, reduction="none", **arguments)
            if self.config["own_reduction"] == "weighted_mean":
                # torch divides by the weights of the labels that count; Keras batches have no length while traced.
                kept = y_true != arguments.get("ignore_index", -100)
                weights = keras.ops.take(arguments["class_weight"], keras.ops.where(kept, y_true, 0))
                return keras.ops.sum(values) / keras.ops.sum(weights * keras.ops.cast(kept, weights.dtype))
            reduce = {"mean": keras.ops.mean, "sum": keras.ops.sum}.get(self.config["own_reduction"])
            return values if reduce is None else reduce(values)

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), **self.config}

    return ReducedLoss
