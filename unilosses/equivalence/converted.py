"""What ``convert`` gives, measured: the losses of unilosses in the place of native ones, in the target framework.

A conversion has to be equal everywhere, so it is measured where the conditions of the rows are broken as well: at
clipped probabilities, say.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from unilosses.equivalence import core
from unilosses.equivalence.agreement import SEED, TOLERANCE, error_of
from unilosses.equivalence.conventions import CONVENTIONS
from unilosses.equivalence.conversion import Recipe, answer, made
from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.measuring import (
    Reading,
    arrange,
    call_arguments,
    double_precision,
    jax_engine,
    loaded_keras_engine,
    precision,
    pulled_back,
    run,
    torch_engine,
)
from unilosses.equivalence.model import Data, Equivalence, Native
from unilosses.equivalence.pairing import NATIVES, REDUCTIONS, defaults, selected, variants, write
from unilosses.equivalence.report import Result
from unilosses.equivalence.rows import views
from unilosses.equivalence.wording import spell

Check = tuple[bool, float, str]


def conversions(frameworks: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Callable[[], Result]]]:
    """A step for each native loss and each framework in which a loss of unilosses takes its place."""
    for name in dict.fromkeys(n.name for n in NATIVES if n.framework in frameworks):
        for to in frameworks:
            if to not in (name.split(".")[0], "torchvision") and list(_stand_ins(name, to)):
                yield f"ul.convert({name}, to={to!r})", (name.split(".")[0], to), partial(measure_conversion, name, to)


def _stand_ins(name: str, to: str) -> Iterator[tuple[Native, dict[str, Any], Recipe]]:
    """Each configuration of a loss that is measured, where the answer is a loss of unilosses."""
    for native in (v for v in views(name) if v.role == "both"):
        for given in _configurations(native):
            with contextlib.suppress(ValueError):
                source, found = answer(name, given, to)
                if isinstance(found, Recipe) and source is native:
                    yield native, given, found


def _configurations(native: Native) -> Iterator[dict[str, Any]]:
    """The forms, the settings of the hub, and, in the first of the forms, each reduction."""
    for place, chosen in enumerate(variants(native)):
        plain = {**native.required, **chosen}
        yield plain
        for setting in HUBS[native.hub].settings[1:]:
            arguments, lost = write(native, setting)
            if not lost:
                yield plain | {k: v for k, v in arguments.items() if v is not None}
        named = native.reductions or REDUCTIONS[native.framework]
        different = {meaning: reduction for reduction, meaning in reversed(list(named.items()))}
        for reduction in different.values() if place == 0 else ():
            if reduction != next(iter(REDUCTIONS[native.framework])):
                yield plain | {"reduction": reduction}


def measure_conversion(name: str, to: str) -> Result:
    """One native loss in one framework: every configuration, values and gradients."""
    checks = [check for native, given, found in _stand_ins(name, to) for check in _checks(native, given, found, to)]
    native = views(name)[0]
    names = dict.fromkeys(found.loss.name for _, _, found in _stand_ins(name, to))
    line = Equivalence(
        native.concept,
        spell(native, native.required),
        f"ul.convert(loss, to={to!r})",
        "exact",
        conditions=(f"unilosses: {', '.join(names)}",),
    )
    broken = [text for passed, _, text in checks if not passed]
    largest = max((error for passed, error, _ in checks if passed), default=0.0)
    status = "failed" if broken or not checks else "passed"
    return Result(line, status, len(checks), largest, "; ".join(broken), kind="converted")


def _checks(native: Native, given: dict[str, Any], found: Recipe, to: str) -> Iterator[Check]:
    form = selected(native.predictions, defaults(native) | given)[0]
    label = selected(native.labels, defaults(native) | given)[0]
    drawn = HUBS[native.hub].sample(np.random.default_rng(SEED))
    apply = [] if "reduction" in given else [c for c in native.conditions if not c.forms or form in c.forms]
    broken = [(c.text, c.violate(drawn)) for c in apply]
    for text, data in [("", drawn), *broken]:
        what = spell(native, defaults(native) | given) + (f" not only where {text}" if text else "")
        try:
            error = _error(native, given, found, to, (form, label), data)
        except Exception as problem:
            yield False, float("inf"), f"{what}: {type(problem).__name__}: {problem}"
        else:
            own = CONVENTIONS[native.name].precision if text and native.name in CONVENTIONS else 0.0
            yield error <= TOLERANCE + precision(native) + own, error, f"{what}: error {error:.2g}"


def _error(native: Native, given: dict[str, Any], found: Recipe, to: str, form: tuple[str, str], data: Data) -> float:
    arguments = {**native.required, **{k: v for k, v in given.items() if v is not None}}
    with np.errstate(all="ignore"):  # what is measured includes points where a loss overflows
        expected, gradient = pulled_back(
            partial(call_arguments, native, *form), data, lambda arrays, wrt: run(native, arguments, arrays, wrt)
        )
        reached, own_gradient = pulled_back(
            partial(_arranged, native, found, to, form), data, partial(_run, native, found, to)
        )
    if np.shape(expected) != np.shape(reached):
        return float("inf")
    return max(_where_known(expected, reached), _where_known(gradient[0], own_gradient[0]))


def _where_known(expected: Any, reached: Any) -> float:
    """The error where the native loss gives a number: a NaN of its own says nothing about what is right."""
    known = ~np.isnan(np.ravel(expected))
    return error_of(np.ravel(expected)[known], np.ravel(reached)[known])


def _arranged(native: Native, found: Recipe, to: str, form: tuple[str, str], data: Data) -> tuple[Any, ...]:
    """The arrays that the converted loss takes: predictions first, targets first in Keras."""
    loss = found.loss
    order = _order(loss, to)
    if native.call is None:
        hub = HUBS[native.hub]
        prediction, labels = hub.predictions[form[0]](data), hub.labels[form[1]](data)
        return arrange(Native(f"{to}.loss", native.hub, native.concept), prediction, labels)
    described = next((n for n in core.NATIVES if n.name == f"unilosses.{found.name}" and n.call), None)
    if described is not None:
        named = dict(zip(loss.inputs, described.call(data), strict=False))  # type: ignore[misc]
    else:
        named = dict(zip(_order(loss, "torch"), native.call(data), strict=True))
        if found.class_axis and to == "torch":
            named = {name: np.moveaxis(x, -1, 1) if np.ndim(x) > 2 else x for name, x in named.items()}
    return tuple(named[name] for name in order if name in named)


def _order(loss: Any, to: str) -> list[str]:
    targets = [name for name in loss.inputs if name not in loss.predictions]
    return targets + list(loss.predictions) if to == "keras" else list(loss.predictions) + targets


def _run(native: Native, found: Recipe, to: str, arrays: tuple[Any, ...], wrt: list[int]) -> Reading:
    """The converted loss in double precision."""

    def together(values: Any) -> Any:
        return values[0] if len(values) == 1 else tuple(values)

    with warnings.catch_warnings(), double_precision():
        warnings.simplefilter("ignore")
        loss = made(found, to)
        if to == "keras":
            targets = len(arrays) - len(found.loss.predictions)
            engine, call = loaded_keras_engine(), lambda *a: loss(together(a[:targets]), together(a[targets:]))
        else:
            engine, call = {"torch": torch_engine, "optax": jax_engine}[to], loss
        return engine(call, arrays, wrt, np.ones_like)


__all__ = ["conversions", "measure_conversion"]
