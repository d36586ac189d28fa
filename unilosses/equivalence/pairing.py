"""From two descriptions against one hub to a row: arguments, forms, reductions, and what is left between the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unilosses.equivalence import classification, margins, regression, structured
from unilosses.equivalence.changes import (
    FORM_CHANGES,
    LOSSY_LABELS,
    NORMALISED_LOGARITHMS,
    ONE_COLUMN,
    ONE_VALUE,
    TWO_AXES,
    form_condition,
)
from unilosses.equivalence.classification import SMOOTHS_ALONG_THE_LAST
from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.model import Condition, Data, Hub, Native

NATIVES: tuple[Native, ...] = regression.NATIVES + classification.NATIVES + margins.NATIVES + structured.NATIVES

REDUCTIONS: dict[str, dict[str, str]] = {
    "torch": {"mean": "mean", "sum": "sum", "none": "none"},
    "keras": {
        "sum_over_batch_size": "mean",
        "mean": "mean",
        "mean_with_sample_weight": "mean",
        "sum": "sum",
        "none": "none",
    },
    "torchvision": {"none": "none", "mean": "mean", "sum": "sum"},
    "optax": {},
    "unilosses": {"mean": "mean", "sum": "sum", "none": "none"},
}
"""Each framework's names of reductions, its default first, and what they are."""


@dataclass(frozen=True)
class Pair:
    """One native loss with its arguments, and another one that is to give the same number."""

    source: Native
    target: Native
    parameters: Mapping[str, Any]
    source_arguments: Mapping[str, Any]
    target_arguments: Mapping[str, Any]
    source_form: tuple[str, str]
    target_form: tuple[str, str]
    scale: float = 1.0
    offset: float = 0.0
    after_source: str = "none"
    after_target: str = "none"
    conditions: tuple[Condition, ...] = ()
    argument_conditions: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Source argument → (value at which the two agree, value at which they do not)."""
    unequal: tuple[str, ...] = ()
    """Reasons why these very arguments have no equal."""
    smoothing: float = 0.0
    class_weight: Any = None
    reduction: str = "mean"

    @property
    def hub(self) -> Hub:
        return HUBS[self.source.hub]

    @property
    def relation(self) -> str:
        if self.unequal:
            return "different"
        if self.conditions or self.argument_conditions:
            return "conditional"
        return "exact" if (self.scale, self.offset) == (1.0, 0.0) else "affine"


NO_CLASS = {"ignore_index", "ignored_entries"}
"""Parameters whose native default of -100 means None."""


def defaults(native: Native) -> dict[str, Any]:
    """The native arguments that the description knows, at their defaults."""
    first = dict(next(iter(native.predictions.values()))) | dict(next(iter(native.labels.values())))
    return dict(native.arguments.values()) | first | dict(native.required)


def selected(forms: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any]) -> list[str]:
    """Forms that these native arguments stand for, the preferred one first."""
    return [form for form, chosen in forms.items() if all(arguments.get(k) == v for k, v in chosen.items())]


def read(native: Native, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Native arguments → hub parameters."""
    if native.convert:
        named = native.convert[0](dict(arguments))
    else:
        named = {parameter: arguments[name] for parameter, (name, _) in native.arguments.items()}
    for parameter in NO_CLASS & set(named):
        if named[parameter] == -100:  # torch's default, which stands for no class; `convert` passes it on all the same
            named[parameter] = None
    return {**HUBS[native.hub].neutral, **native.fixed, **named}


def write(native: Native, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hub parameters → native arguments, and the parameters that have no argument and stand elsewhere."""
    standing = {**HUBS[native.hub].neutral, **native.fixed}
    lost = {
        p: standing.get(p)
        for p, v in parameters.items()
        if p not in native.arguments and not same(standing.get(p, v), v)
    }
    if native.convert:
        return native.convert[1]({**standing, **parameters}), lost
    arguments = {name: parameters.get(p, default) for p, (name, default) in native.arguments.items()}
    for parameter in NO_CLASS & set(native.arguments):
        name, default = native.arguments[parameter]
        arguments[name] = default if parameters.get(parameter) is None else parameters[parameter]
    return arguments, lost


def same(a: Any, b: Any) -> bool:
    """Whether two argument values are the same; lists of weights never count as a default."""
    return a is b or (
        a is not None and b is not None and not isinstance(a, list) and not isinstance(b, list) and a == b
    )


def level(native: Native) -> str:
    """What an unreduced value of this loss belongs to."""
    hub = HUBS[native.hub]
    return native.level or ("row" if native.framework == "keras" and hub.level == "element" else hub.level)


def pair(source: Native, target: Native, given: Mapping[str, Any], *, general: bool = True) -> Pair | None:
    """``source`` with the given arguments, as ``target``.

    With ``general`` the arguments stand for a class of losses: where the target has no such argument, the source's is
    set to the value at which both agree, and the row says so. Otherwise these very arguments count.
    """
    arguments = defaults(source) | dict(given)
    parameters = read(source, arguments)
    forms, labels = selected(source.predictions, arguments), selected(source.labels, arguments)
    if not forms or not labels:
        return None
    form, label = forms[0], next((name for name in labels if name in target.labels), labels[0])
    target_label = label if label in target.labels else next(iter(target.labels))
    target_arguments, lost = write(target, parameters)
    result = Pair(source, target, parameters, arguments, target_arguments, (form, label), ("", target_label))
    strange = set(given) - {*defaults(source), *understood(source)}
    if strange and not general:
        reason = ", ".join(f"{name}={given[name]!r}" for name in sorted(strange))
        result = replace(result, unequal=(f"{reason} has no counterpart in {target.name}",))
    if smooths_another_axis(source, arguments):
        result = replace(result, unequal=(*result.unequal, f"axis={arguments['axis']}: {SMOOTHS_ALONG_THE_LAST}"))
    result = _resolve(result, lost, general)
    if general and result.unequal:
        return None
    return _scaled(_reduced(_formed(result), arguments.get("reduction"), general))


def understood(native: Native) -> set[str]:
    """Arguments that are neither hub parameters nor strange."""
    forms = [*native.predictions.values(), *native.labels.values()]
    features = {"in_features", "num_classes", "bias", "options"} if "num_classes" in native.required else set()
    axis = {"axis"} if HUBS[native.hub].class_axis else set()
    reduction = {"reduction"} if REDUCTIONS[native.framework] else set()  # optax' dice_loss: what is done to classes
    return {*reduction, *features, *axis, *(name for form in forms for name in form)}


def smooths_another_axis(source: Native, arguments: Mapping[str, Any]) -> bool:
    """Whether labels are smoothed by the size of an axis that does not hold the classes."""
    moved = SMOOTHS_ALONG_THE_LAST in source.notes and arguments.get("axis", -1) != -1
    return moved and bool(arguments.get("label_smoothing"))


def can_move(parameter: str, p: Pair) -> bool:
    """Whether the caller can do to the arrays what the target has no argument for."""
    if parameter == "label_smoothing":
        return p.target_form[1] in ("one-hot or probabilities", "0 or 1")
    # torch weighs each class of a smoothed label by its own weight, which no weight of the sample does.
    return parameter == "class_weight" and p.source.hub == "cross_entropy" and not p.parameters.get("label_smoothing")


def _resolve(result: Pair, lost: Mapping[str, Any], general: bool) -> Pair:
    arguments, agreed, unequal = dict(result.source_arguments), {}, list(result.unequal)
    for parameter, standing in lost.items():
        value = result.parameters[parameter]
        name = result.source.arguments.get(parameter, (None, None))[0]
        if parameter == "label_smoothing" and can_move(parameter, result):
            result = replace(result, smoothing=value)
        elif parameter == "class_weight" and can_move(parameter, result):
            result = replace(result, class_weight=value)
        elif general and name:
            agreed[name] = (standing, value)
            arguments[name] = standing
        else:
            unequal.append(
                f"{result.target.name} has no {parameter}: equal at {parameter}={standing!r} alone, not at {value!r}"
            )
    parameters = read(result.source, arguments) if agreed else result.parameters
    return replace(
        result,
        parameters=parameters,
        source_arguments=arguments,
        argument_conditions=agreed,
        unequal=tuple(unequal),
    )


def _formed(result: Pair) -> Pair:
    form, target = result.source_form[0], result.target
    conditions: tuple[Condition, ...] = ()
    if form in target.predictions:
        target_form = form
    elif form == "log-probabilities" and "logits" in target.predictions:
        target_form, conditions = "logits", (NORMALISED_LOGARITHMS,)
    else:
        target_form = next(iter(target.predictions))
        conditions = (form_condition(form, target_form, FORM_CHANGES[form, target_form]),)
    ours = {c for c in result.source.conditions if not c.forms or form in c.forms}
    theirs = {c for c in target.conditions if not c.forms or target_form in c.forms}
    both = tuple(c for c in result.source.conditions + target.conditions if c in ours ^ theirs)
    lossy = LOSSY_LABELS.get((result.source_form[1], result.target_form[1]))
    conditions += (lossy,) if lossy else ()
    chosen = {**target.predictions[target_form], **target.labels[result.target_form[1]], **target.required}
    return replace(
        result,
        target_form=(target_form, result.target_form[1]),
        target_arguments={**result.target_arguments, **chosen},
        conditions=tuple(dict.fromkeys(conditions + both)),
    )


def _reduced(result: Pair, asked: Any, general: bool) -> Pair:
    source, target = result.source, result.target
    ours, theirs = source.reductions or REDUCTIONS[source.framework], target.reductions or REDUCTIONS[target.framework]
    arguments, agreed = dict(result.source_arguments), dict(result.argument_conditions)
    default = next(iter(REDUCTIONS[source.framework]), "")
    asked = "none" if asked is None and "reduction" in arguments else (asked or default)
    unreduced = source.framework == "optax" or (general and asked == "none" and source.framework == "torchvision")
    kind = "mean" if unreduced or level(source) == "batch" else ours.get(asked, "terms")
    if kind == "terms":
        kind, named = next((kind, name) for name, kind in ours.items())
        if general:
            arguments["reduction"], agreed["reduction"] = named, (named, asked)
        else:
            known = asked in (*ours, *REDUCTIONS[source.framework])
            reason = f"reduction={asked!r} divides by more" if known else f"{source.name} has no reduction={asked!r}"
            result = replace(result, unequal=(*result.unequal, f"{reason}: use {named!r}"))
    after_source = "mean" if unreduced and level(source) != "batch" else "none"
    chosen, after, conditions = _target_reduction(kind, level(source), level(target), theirs)
    if kind == "mean" and "batchmean" in {**source.reductions, **target.reductions}:
        conditions += (TWO_AXES,)
    if result.class_weight is not None:
        if target.framework == "keras" and kind == "mean":
            chosen = "mean_with_sample_weight"
        elif kind == "mean":
            chosen, after = "none", "weighted mean"
    target_arguments = dict(result.target_arguments)
    if theirs and chosen != next(iter(REDUCTIONS[target.framework])):
        target_arguments["reduction"] = chosen
    return replace(
        result,
        source_arguments=arguments,
        target_arguments=target_arguments,
        argument_conditions=agreed,
        after_source=after_source,
        after_target=after,
        conditions=result.conditions + conditions,
        reduction=kind,
    )


def _target_reduction(
    kind: str, ours: str, theirs: str, names: Mapping[str, str]
) -> tuple[str, str, tuple[Condition, ...]]:
    """The target's own reduction, what the caller does after it, and what has to hold."""
    named = next((name for name, meaning in names.items() if meaning == kind), None)
    if theirs == "batch":
        return named or "none", "none", () if kind == "mean" else (ONE_VALUE,)
    if kind == "none" and "terms" in names.values():
        return "none", "row sum", ()
    if kind == "mean" and named:
        return named, "none", ()
    if ours == "element" and theirs == "row" and kind != "mean":
        return named or "none", "none", (ONE_COLUMN,)
    if ours == "row" and theirs == "element" and kind != "mean":
        return "none", {"sum": "row mean, then sum", "none": "row mean"}[kind], ()
    return (named, "none", ()) if named else ("none", kind, ())


def _scaled(result: Pair) -> Pair:
    def factor(native: Native) -> float:
        return native.scale(result.parameters) if callable(native.scale) else native.scale

    ratio = factor(result.target) / factor(result.source)
    offset = result.target.offset - result.source.offset * ratio
    if offset and result.reduction == "sum" and result.target.framework != "unilosses":  # which adds it before
        reason = "a sum counts the offset once for every value: use the mean"
        result = replace(result, unequal=(*result.unequal, reason))
    return replace(result, scale=ratio, offset=offset)


def candidates(source: Native, framework: str) -> Iterator[Native]:
    """Natives of a framework that share the source's hub and can answer for it."""
    for target in NATIVES:
        same = target.name == source.name or target.role == "source"
        if target.hub == source.hub and target.framework == framework and not same and source.role != "target":
            yield target


def pairs(source: Native, framework: str, given: Mapping[str, Any], *, general: bool) -> list[Pair]:
    """All answers a framework has for a source, the closest first."""
    found = [p for t in candidates(source, framework) if (p := pair(source, t, given, general=general))]
    ranks = ("exact", "affine", "conditional", "different")
    usual = next(iter(source.labels))
    found.sort(key=lambda p: (ranks.index(p.relation), changes_labels(p), p.target_form[1] != usual, p.target.role))
    if any(p.relation != "different" for p in found):
        found = [p for p in found if p.relation != "different"]
    for changes in (changes_form, changes_labels):
        if any(not changes(p) and p.relation != "different" for p in found):
            found = [p for p in found if not changes(p)]
    return found


def changes_form(p: Pair) -> bool:
    """Whether the prediction has to be passed in another form."""
    return p.source_form[0] != p.target_form[0]


def changes_labels(p: Pair) -> bool:
    """Whether the labels have to be written in another way."""
    return p.source_form[1] != p.target_form[1]


def variants(source: Native) -> list[dict[str, Any]]:
    """Arguments that select each form of the prediction and of the labels, for a loss known by its name alone."""
    return list(
        {
            str(chosen): chosen
            for form in source.predictions.values()
            for label in source.labels.values()
            for chosen in [{**form, **label}]
        }.values()
    )


def smoothed(p: Pair, data: Data, labels: Any) -> Any:
    """The target's labels when the caller smooths them in its place."""
    if not p.smoothing:
        return labels
    count = 2 if p.target_form[1] == "0 or 1" else data["y_pred"].shape[-1]
    return labels * (1 - p.smoothing) + p.smoothing / count
