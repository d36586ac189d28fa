"""A loss of another framework that gives the same number: the native one where it is exact, else unilosses' own."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from unilosses.equivalence import core
from unilosses.equivalence.classification import SMOOTHS_ALONG_THE_LAST
from unilosses.equivalence.conventions import CONVENTIONS, composed, known
from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.lookup import definition_of, find, framework_name, plain
from unilosses.equivalence.measuring import load, resolve
from unilosses.equivalence.model import Native, is_tensor
from unilosses.equivalence.pairing import (
    NO_CLASS,
    REDUCTIONS,
    Pair,
    candidates,
    changes_form,
    changes_labels,
    defaults,
    level,
    pair,
    selected,
    smooths_another_axis,
    understood,
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


@dataclass(frozen=True)
class Recipe:
    """How the loss of unilosses is made that stands in for a native one: see ``conventions.composed``."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    reduction: str = "mean"
    rows: bool = False
    scale: float = 1.0
    offset: float = 0.0
    class_axis: bool = False
    """Whether the last axis holds classes, which torch has on axis 1."""

    @property
    def loss(self) -> Any:
        return composed(self.name, self.rows, self.scale, self.offset, on_axis="axis" in self.arguments)


def convert(loss: Any, to: str) -> Any:
    """A loss of the framework ``to`` that gives the number that ``loss`` gives, and its gradient.

    ``loss`` is what :func:`equivalents` takes; a name means the default arguments. The prediction keeps its form and
    the labels theirs; the argument order and the class axis (1 in torch, the last elsewhere, unless ``loss`` was given
    another) are those of the target framework. torch's ``CrossEntropyLoss`` stands for class indices. The native loss
    of the target is returned where it is exact for these very arguments, else the class of unilosses that is. For JAX a
    callable of (predictions, targets) that reduces as ``loss`` does. Raises ``ValueError`` with the reason where
    nothing is right.
    """
    framework = framework_name(to)
    found = _of_unilosses(loss)
    if found is not None:
        own, recipe = found
        if own != framework and not known(recipe.name):
            raise ValueError(f"{recipe.name} is not in ul.list_losses(): convert what it was made of.")
        return loss if own == framework else made(recipe, framework)
    name, given = find(loss)
    if name.split(".")[0] == framework:
        return _native(name, given or {}) if isinstance(loss, str) else loss
    return made(answer(name, dict(given or {}), framework)[1], framework)


def _of_unilosses(loss: Any) -> tuple[str, Recipe] | None:
    """The framework and the recipe of what is a loss of unilosses itself and has no native namesake: the function, or
    a class or an object of one of its packages, which keeps its ``axis``."""
    definition = definition_of(loss)
    if definition is None:
        return None
    if definition is loss:
        return "", Recipe(loss.name, class_axis="axis" in loss.parameters)
    loss = loss() if inspect.isclass(loss) else loss
    if isinstance(loss, PredictionsFirst):
        arguments = dict(loss.arguments)
        return "optax", Recipe(definition.name, arguments, arguments.pop("reduction"))
    if not hasattr(loss, "get_config"):
        arguments = {name: plain(getattr(loss, name)) for name in definition.parameters}
        return "torch", Recipe(definition.name, arguments, loss.reduction)
    config = loss.get_config()
    if "own_reduction" in config:
        names = ("loss", "arguments", "own_reduction", "rows", "scale", "offset")
        return "keras", Recipe(*(config[name] for name in names))
    arguments = {name: config[name] for name in definition.parameters}
    reduction = REDUCTIONS["keras"][config["reduction"]]
    rows = definition.kind == "elementwise" and reduction != "mean"
    return "keras", Recipe(definition.name, arguments, reduction, rows)


def answer(name: str, given: dict[str, Any], framework: str) -> tuple[Native, Pair | Recipe]:
    """The description that a configured loss is read by, and the native loss of a framework that equals it or else the
    recipe of one of unilosses."""
    reasons: list[str] = []
    for source in views(name):
        for found in _natives(source, given, framework):
            problem = _problem(found, framework)
            if not problem:
                return source, found
            reasons.append(f"{found.target.name} ({problem})")
        recipe = _convention(source, given, reasons)
        if recipe:
            return source, recipe
        for found in _cores(source, given):
            problem = _problem(found, framework)
            if not problem:
                return source, _recipe(found)
            reasons.append(f"{found.target.name} ({problem})")
    listed = "; ".join(dict.fromkeys(reasons)) or "no loss has this formula"
    raise ValueError(f"{name} with {given or 'its default arguments'} has no equal in {framework}. Tried {listed}.")


def has_own(name: str, framework: str) -> bool:
    """Whether a loss of unilosses stands in for a native loss with its default arguments."""
    return any(
        _convention(source, {}, []) or any(not _problem(found, framework) for found in _cores(source, {}))
        for source in views(name)
    )


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
    if "batchmean" in p.target.reductions:
        return replace(p, unequal=(*p.unequal, "does not sum over the classes unless it reduces"))
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
    called_otherwise = framework == "optax" and bool(p.target.inputs)  # not with predictions and targets alone
    if p.source.role == "source" or p.target.role == "target" or called_otherwise:
        found.append("needs other arrays: " + "; ".join(p.source.inputs + p.target.inputs))
    if p.smoothing:
        found.append("has no label_smoothing")
    if not own:
        if p.source.name in CONVENTIONS and CONVENTIONS[p.source.name].always:
            found.append("takes fewer kinds of labels")
        axis = p.source_arguments.get("axis", -1)
        if axis not in (-1, 1 if framework == "torch" and p.source.hub != "cosine" else -1):
            found.append(f"has its classes or features on another axis than {axis}")
        if "batchmean" in p.source.reductions and p.reduction == "mean":
            found.append("takes the mean over all positions, not over the batch alone")
        if _ignores_negative(p) and not NO_CLASS & set(p.target.arguments):
            found.append("does not ignore labels of -100")
    weighs_itself = own and p.after_target == "weighted mean"
    wrapped = framework == "optax" and p.after_target in ("mean", "sum")
    of_rows = own and p.after_target in ("row mean", "row mean, then sum")
    unlike = not (p.after_target == "none" or weighs_itself or wrapped or of_rows)
    if (p.class_weight is not None and not weighs_itself) or unlike:
        found.append("reduces otherwise")
    return "; ".join(found)


def _ignores_negative(p: Pair) -> bool:
    """torch ignores class indices of -100 unless told otherwise, so the target has to ignore them too."""
    names = [p.source.arguments[parameter][0] for parameter in NO_CLASS & set(p.source.arguments)]
    return p.source_form[1] == "class indices" and any(p.source_arguments[name] == -100 for name in names)


def _convention(source: Native, given: dict[str, Any], reasons: list[str]) -> Recipe | None:
    """The definition of this very native, if there is one and it knows all the arguments."""
    convention = CONVENTIONS.get(source.name)
    arguments = defaults(source) | given
    if convention is None or (convention.form and selected(source.predictions, arguments)[:1] != [convention.form]):
        return None
    if smooths_another_axis(source, arguments):
        reasons.append(f"unilosses (axis={arguments['axis']}: {SMOOTHS_ALONG_THE_LAST})")
        return None
    loss = convention.loss
    named = {convention.renamed.get(name, name): value for name, value in given.items()}
    chosen = {name for forms in (source.predictions, source.labels) for form in forms.values() for name in form}
    strange = set(named) - set(loss.parameters) - (chosen | understood(source) | {"axis"})
    if strange or ("axis" in given and "axis" not in loss.parameters and given["axis"] != -1):
        left = ", ".join(f"{name}={named[name]!r}" for name in sorted(strange or {"axis"}))
        reasons.append(f"unilosses ({left} has no counterpart)")
        return None
    reductions = {"batchmean": "batchmean"} | REDUCTIONS[source.framework]
    default = next(iter(REDUCTIONS[source.framework]), "none")
    asked = arguments.get("reduction", default) or "none"
    reduction = "none" if source.framework == "optax" else reductions[asked]
    rows = level(source) == "row" and loss.kind == "elementwise" and reduction != "mean"
    classes = HUBS[source.hub].class_axis or convention.class_axis
    usual = {"axis": -1} if classes else {}
    parameters = {
        name: value
        for name, value in named.items()
        if name in loss.parameters and value is not None and usual.get(name) != value
    }
    return Recipe(loss.name, parameters, reduction, rows, class_axis=classes)


def _recipe(p: Pair) -> Recipe:
    """The recipe of a pair with a loss of unilosses."""
    arguments = dict(p.target_arguments)
    for parameter in NO_CLASS & set(p.source.arguments):
        name = p.target.arguments.get(parameter, ("", None))[0]
        if name and _ignores_negative(p):
            arguments[name] = -100
    reduction = arguments.pop("reduction", p.reduction)
    weighs = p.parameters.get("class_weight") is not None and p.source.hub == "cross_entropy"
    if weighs and p.reduction == "mean":
        reduction = "weighted_mean"
    rows = p.after_target.startswith("row mean")
    if rows:
        reduction = p.reduction
    axis = p.source_arguments.get("axis", -1)
    if axis != -1:
        arguments["axis"] = axis
    parameters = {k: v for k, v in arguments.items() if v is not None}
    scale, offset = 1 / p.scale, -p.offset / p.scale
    name = p.target.name.partition(".")[2]
    return Recipe(name, parameters, reduction, rows, scale, offset, class_axis=p.hub.class_axis)


def made(found: Pair | Recipe, framework: str) -> Any:
    """The loss object of an answer."""
    if isinstance(found, Recipe):
        return _own(found, framework)
    arguments = dict(found.target_arguments)
    for parameter in NO_CLASS & set(found.source.arguments):
        name = found.target.arguments.get(parameter, ("", None))[0]
        if name and _ignores_negative(found):
            arguments[name] = -100
    made = _native(found.target.name, arguments)
    return made if found.after_target == "none" else Reduced(made, found.after_target)


def _native(name: str, arguments: Mapping[str, Any]) -> Any:
    """A native loss with its arguments: an object of a class, or a function."""
    made = resolve(name)
    if name.startswith("torch."):
        torch = load("torch")
        return made(**{k: torch.tensor(v) if is_tensor(k, v) else v for k, v in arguments.items()})
    if name.startswith("keras."):
        return made(**arguments)
    return partial(made, **arguments) if arguments else made


LAST_AXIS = ("cosine_similarity", "bounded_cosine_distance", "bounded_cosine_similarity")
"""Losses of vectors, whose features are on the last axis in torch too."""


def _own(recipe: Recipe, framework: str) -> Any:
    """The class of unilosses for a framework."""
    if framework in ("torch", "torchvision"):
        if recipe.class_axis and recipe.loss.kind != "elementwise" and recipe.name not in LAST_AXIS:
            recipe = replace(recipe, arguments={"axis": 1, **recipe.arguments})
        loss, arguments = recipe.loss, dict(recipe.arguments)
        return importlib.import_module("unilosses.torch").module(loss)(**arguments, reduction=recipe.reduction)
    loss, arguments = recipe.loss, dict(recipe.arguments)
    if framework == "keras":
        package = importlib.import_module("unilosses.keras")
        ordinary = recipe.reduction == "mean" or (recipe.reduction in ("sum", "none") and loss.kind != "elementwise")
        registered = recipe.name in importlib.import_module("unilosses").list_losses()
        if ordinary and registered and loss.name == recipe.name and loss.name not in package.DROP_INS:
            name = {"mean": "sum_over_batch_size"}.get(recipe.reduction, recipe.reduction)
            return package.loss(loss)(**arguments, reduction=name)
        # A class of unilosses.keras by that name follows Keras, not the source, or reduces as no Keras loss does.
        return package.ConvertedLoss(
            recipe.name,
            arguments,
            recipe.reduction,
            rows=recipe.rows,
            scale=recipe.scale,
            offset=recipe.offset,
        )
    return PredictionsFirst(loss, {**arguments, "reduction": recipe.reduction})
