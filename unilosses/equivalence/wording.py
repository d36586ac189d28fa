"""Pairs in words: the call that makes a loss, what to do with the arguments, and where the two still part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unilosses.equivalence.model import ORDERS, Native, is_tensor
from unilosses.equivalence.pairing import NATIVES, REDUCTIONS, Pair, can_move, defaults, level, same

EVERYWHERE = ("Keras computes in", "mean of an empty batch")
"""How the sentences begin that every row with Keras has."""

NOTHING = object()
DONE_AFTER = {
    "mean": "take their mean",
    "sum": "take their sum",
    "row mean": "take their mean over the last axis",
    "row sum": "take their sum over the last axis",
    "row mean, then sum": "take their mean over the last axis, and the sum of these",
    "weighted mean": "divide their weighted sum by the sum of the weights",
}


def spell(native: Native, arguments: Mapping[str, Any]) -> str:
    """The constructor call as a string."""
    standard = {"reduction": next(iter(REDUCTIONS[native.framework]), None)} | defaults(native)
    shown = [
        f"{name}={literal(native, name, value)}"
        for name, value in arguments.items()
        if name in native.required or not same(standard.get(name, NOTHING), value)
    ]
    if native.framework in ("torch", "keras"):
        return f"{native.name}({', '.join(shown)})"
    return f"functools.partial({', '.join([native.name, *shown])})" if shown else native.name


def literal(native: Native, name: str, value: Any) -> str:
    """The value of an argument as it is written in a call."""
    if native.framework == "torch" and is_tensor(name, value):
        return f"torch.tensor({list(value) if isinstance(value, tuple) else value!r})"
    if isinstance(value, str) and "." in value:
        return value
    return repr(value)


def describe(p: Pair) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Conditions, inputs and divergences as sentences."""
    agreed = tuple(f"{name}={value!r}" for name, (value, _) in p.argument_conditions.items())
    conditions = p.unequal + agreed + tuple(c.text for c in p.conditions)
    return conditions, tuple(dict.fromkeys(_inputs(p))), tuple(dict.fromkeys(_divergences(p)))


def _inputs(p: Pair) -> Iterator[str]:
    ours, theirs = p.source.framework, p.target.framework
    plain = p.source.call is None and p.target.call is None
    if plain and ORDERS[ours] != ORDERS[theirs]:
        yield f"argument order: {ORDERS[ours]} → {ORDERS[theirs]}"
    yield from p.source.inputs
    yield from p.target.inputs
    if p.source.call is not None and p.target.call is None:
        yield f"call the target as {ORDERS[theirs]}"
    if p.source_form[1] != p.target_form[1]:
        yield f"labels: {p.source_form[1]} → {p.target_form[1]}"
    if any(n.name == p.source.name and n.hub == p.source.hub and n.labels != p.source.labels for n in NATIVES):
        yield f"for labels given as {p.source_form[1]}"
    yield from _axes(p)
    if p.smoothing:
        count = "2" if p.target_form[1] == "0 or 1" else "number of classes"
        yield f"smooth the labels first: y_true * (1 - {p.smoothing:g}) + {p.smoothing:g} / {count}"
    if p.class_weight is not None and theirs == "keras":
        yield f"call it with sample_weight = {weights(p)}"
    elif p.class_weight is not None:
        yield f"weigh the values by {weights(p)}"
    if p.after_source != "none":
        yield f"values of {p.source.name}: {DONE_AFTER[p.after_source]}"
    if p.after_target != "none":
        yield f"values of {p.target.name}: {DONE_AFTER[p.after_target]}"


def weights(p: Pair) -> str:
    """The weight of each sample; an ignored label may lie outside the classes."""
    ignored = p.parameters.get("ignore_index")
    return "weight[y_true]" + ("" if ignored is None else f", 0 where y_true is {ignored}")


def _axes(p: Pair) -> Iterator[str]:
    """Where the classes, or the features of vectors, have to be."""
    given, on_place_1 = p.source_arguments.get("axis", -1), p.hub.class_axis and p.source.hub != "cosine"
    ours = 1 if p.source.framework == "torch" and on_place_1 and not p.source.flat else given
    theirs = 1 if p.target.framework == "torch" and on_place_1 and not p.target.flat else -1
    if p.hub.class_axis and p.source.call is None and ours != theirs:
        if given != -1:
            yield f"move axis {given}, which was asked for, to {theirs}"
        else:
            yield f"class axis of arrays with more than two axes: {ours} → {theirs}"
    if p.target.flat:
        yield f"{p.target.name} takes arrays of two axes: flatten those before the last"


def _divergences(p: Pair) -> Iterator[str]:
    for name, edge in p.hub.edges.items():
        ours, theirs = p.source.edges.get(name), p.target.edges.get(name)
        if ours is not None and theirs is not None and str(ours) != str(theirs):
            yield f"{edge.text}: {p.source.name} {_number(ours)}, {p.target.name} {_number(theirs)}"
    lacking = [
        f"{name}={default!r}"
        for parameter, (name, default) in p.source.arguments.items()
        if parameter not in p.target.arguments
        and parameter in p.hub.neutral
        and name not in p.argument_conditions
        and not can_move(parameter, p)
    ]
    if lacking:
        yield f"no argument of the target stands for {', '.join(lacking)} of the source; equal at these values"
    frameworks = (p.source.framework, p.target.framework)
    for native, form in ((p.source, p.source_form[0]), (p.target, p.target_form[0])):
        yield from native.notes
        yield from (note for of, note in native.form_notes.items() if of == form)
    if "keras" in frameworks and set(frameworks) != {"keras"}:
        yield f"{EVERYWHERE[0]} keras.config.floatx(), float32 unless set, whatever the arrays' dtype (dtype= sets it)"
        if p.reduction == "mean" and level(p.source) != "batch":
            yield f"{EVERYWHERE[1]}: an empty array in Keras, NaN in {_other_than_keras(frameworks)}"


def _other_than_keras(frameworks: tuple[str, str]) -> str:
    """The framework that is not Keras."""
    return next(name for name in frameworks if name != "keras")


def _number(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_number(number)} on {backend}" for backend, number in value.items())
    return value if isinstance(value, str) else f"{value:.6g}"
