"""Every row measured again, on the versions installed here.

A row that says "equal" is measured over several parameter settings, every reduction and in values and gradients. Each
condition is measured twice: the row holds where it is satisfied, and fails where it is not. A row that says
"different" needs a counterexample. Each number of an edge case is read off the native loss again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from unilosses.equivalence.agreement import DIFFERENCE, READINGS, SEED, TOLERANCE, as_written, discrepancy
from unilosses.equivalence.converted import conversions
from unilosses.equivalence.definitions import Step, definitions, numbers
from unilosses.equivalence.documents import CLAIMS, CONTRASTS, EXISTENCE
from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.lookup import framework_name
from unilosses.equivalence.measuring import (
    arrange,
    installed,
    load,
    load_keras,
    precision,
    resolve,
    run,
    version,
)
from unilosses.equivalence.model import FRAMEWORKS, Claim, Contrast, Data, Equivalence, Native
from unilosses.equivalence.pairing import NATIVES, REDUCTIONS, Pair, defaults, pair, write
from unilosses.equivalence.report import Report, Result
from unilosses.equivalence.rows import general_pairs, nothing, row, views
from unilosses.equivalence.wording import spell


def _drawn(p: Pair) -> Data:
    data = p.hub.sample(np.random.default_rng(SEED))
    for condition in p.conditions:
        data = condition.hold(data)
    return data


def _check(p: Pair, equal: bool, data: Data, what: str) -> Iterator[tuple[bool, float, str]]:
    tolerance = TOLERANCE + precision(p.source) + precision(p.target) + sum(c.tolerance for c in p.conditions)
    try:
        with np.errstate(all="ignore"):  # what is measured includes points where a loss overflows
            error = discrepancy(p, data)
    except Exception as problem:
        yield (False, float("inf"), f"{what}: {type(problem).__name__}: {problem}")
        return
    if equal:
        yield (error <= tolerance, error, f"{what}: error {error:.2g}")
    else:
        yield (error > max(DIFFERENCE, 2 * tolerance), 0.0, f"{what}: must differ, differs by {error:.2g}")


def _checks(p: Pair, general: bool) -> Iterator[tuple[bool, float, str]]:
    """Each check of a row: passed, error, and what it was."""
    data = _drawn(p)
    yield from _check(p, p.relation != "different", data, "as it stands")
    for condition in p.conditions:
        rest = p.hub.sample(np.random.default_rng(SEED))
        for other in p.conditions:
            rest = other.hold(rest) if other is not condition else rest
        if condition.backend and condition.backend != load("keras").backend.backend():
            continue
        yield from _check(p, False, condition.violate(rest), f"without: {condition.text}")
    for name, (_, broken) in p.argument_conditions.items():
        wrong = replace(p, source_arguments={**p.source_arguments, name: broken})
        yield from _check(wrong, False, data, f"with {name}={broken!r}")
    if general:
        yield from _settings(p)
        yield from _reductions(p)


def _again(p: Pair, arguments: Any) -> Pair | None:
    return pair(p.source, p.target, {**p.source_arguments, **arguments}, general=False)


def _settings(p: Pair) -> Iterator[tuple[bool, float, str]]:
    for setting in p.hub.settings:
        arguments, lost = write(p.source, {**p.parameters, **setting})
        if lost:
            continue
        other = _again(p, arguments)
        if other is not None:
            name = ", ".join(f"{k}={v}" for k, v in setting.items())
            yield from _check(other, other.relation != "different", _drawn(other), name)


def _reductions(p: Pair) -> Iterator[tuple[bool, float, str]]:
    for reduction in p.source.reductions or REDUCTIONS[p.source.framework]:
        other = _again(p, {"reduction": reduction})
        if other is None:
            continue
        yield from _check(other, other.relation != "different", _drawn(other), f"reduction={reduction}")
        for condition in other.conditions:
            if condition not in p.conditions:
                broken = condition.violate(p.hub.sample(np.random.default_rng(SEED)))
                yield from _check(other, False, broken, f"reduction={reduction} without: {condition.text}")


def measure(p: Pair) -> Result:
    """One row: every check that it implies."""
    return summarise(row(p), list(_checks(p, general=True)))


def summarise(equivalence: Equivalence, checks: list[tuple[bool, float, str]]) -> Result:
    """Checks → a line of the report."""
    broken = [text for passed, _, text in checks if not passed]
    errors = [error for passed, error, _ in checks if passed]
    return Result(
        equivalence,
        "failed" if broken or not checks else "passed",
        len(checks),
        max(errors, default=0.0),
        "; ".join(broken),
    )


def _target_arguments(call: str) -> dict[str, Any]:
    inside = call.partition("(")[2].rstrip(")")
    return {part.partition("=")[0]: part.partition("=")[2] == "True" for part in inside.split(", ") if part}


def measure_claim(claim: Claim) -> Result:
    """A document's row, as it is written."""
    source, target = (_by_name(call.partition("(")[0]) for call in (claim.source, claim.target))
    error = as_written(source, target, _target_arguments(claim.target))
    equal = error <= TOLERANCE + precision(source) + precision(target)
    passed = equal == claim.holds
    text = f"documented as equal; {'equal' if equal else f'apart by {error:.3g}'} as written"
    line = Equivalence(
        source.concept,
        claim.source,
        claim.target,
        "exact" if claim.holds else "different",
        conditions=(claim.verdict,),
        documented=str(claim),
    )
    return Result(line, "passed" if passed else "failed", 1, error, text, kind="document")


def _by_name(name: str) -> Native:
    return next(native for native in NATIVES if native.name == name and native.role != "target")


def measure_contrast(entry: Contrast) -> Result:
    """A warning: the two have to differ."""
    source, target = _by_name(entry.source), _by_name(entry.target)
    error = as_written(source, target, dict(entry.arguments))
    line = Equivalence(
        source.concept, spell(source, {}), spell(target, entry.arguments), "different", conditions=(entry.reason,)
    )
    return Result(line, "passed" if error > DIFFERENCE else "failed", 1, 0.0, f"apart by {error:.3g}")


def measure_edges(native: Native) -> Result | None:
    """The recorded numbers of a loss where implementations part."""
    if not native.edges:
        return None
    checks = [_edge(native, name, value) for name, value in native.edges.items()]
    texts = tuple(f"{HUBS[native.hub].edges[name].text}: {value}" for name, value in native.edges.items())
    line = Equivalence(native.concept, spell(native, native.required), None, "edge", divergences=texts)
    return replace(summarise(line, checks), kind="edge")


def _edge(native: Native, name: str, expected: Any) -> tuple[bool, float, str]:
    edge = HUBS[native.hub].edges[name]
    if isinstance(expected, dict):
        backend = load("keras").backend.backend()
        expected = expected[backend]
    labels = next(iter(native.labels))
    arguments = {**defaults(native), **native.predictions.get(edge.form, {}), **native.required}
    if edge.parameters:
        arguments |= write(native, edge.parameters)[0]
    arguments |= {"reduction": "mean"} if native.framework != "optax" else {}
    arguments = {k: v for k, v in arguments.items() if v is not None}
    data = {"y_pred": edge.y_pred, "y_true": edge.y_true, **edge.more}
    encoded = HUBS[native.hub].labels[labels](data)
    arrays = native.call(data) if native.call else arrange(native, edge.y_pred, encoded)
    wrt = [i for i, a in enumerate(arrays) if a is edge.y_pred or (native.framework == "torch" and i == 0)]
    try:
        value, gradients = run(native, arguments, arrays, wrt[:1] if edge.of == "gradient" else [])
        reached: Any = float(np.mean(value)) if edge.of == "value" else float(np.ravel(gradients[0])[0])
    except Exception as problem:
        reached = "error"
        if expected != "error":
            reached = f"{type(problem).__name__}: {problem}"
    same = reached == expected or (
        not isinstance(expected, str)
        and not isinstance(reached, str)
        and np.isclose(reached, expected, rtol=1e-6, atol=1e-6, equal_nan=True)  # recorded to about seven digits
    )
    return bool(same), 0.0, f"{edge.text}: recorded {expected}, measured {reached}"


def plan(frameworks: tuple[str, ...]) -> list[Step]:
    """Everything there is to measure between these frameworks."""
    steps: list[Step] = []
    names = dict.fromkeys(n.name for n in NATIVES if n.framework in frameworks and n.role != "target")
    for name in names:
        for other in frameworks:
            own = name.split(".")[0]
            if other == own:
                continue
            found = [p for native in views(name) for p in general_pairs(native, other)]
            steps += [(f"{p.source.name} → {p.target.name}", (own, other), partial(measure, p)) for p in found]
            warned = any(
                {c.source, c.target} == {name, n.name} for c in CONTRASTS for n in NATIVES if n.framework == other
            )
            if not found and not warned and other != "torchvision":
                line = nothing(views(name)[0], other)
                steps.append((f"{name} → {other}", (own,), partial(_existence, line, name)))
    steps += conversions(frameworks)
    for native in NATIVES:
        if native.framework in frameworks and native.edges:
            steps.append((f"{native.name} at its edges", (native.framework,), partial(_edges, native)))
    for entry in CONTRASTS:
        needed = (entry.source.split(".")[0], entry.target.split(".")[0])
        if set(needed) <= set(frameworks):
            steps.append((f"{entry.source} ≠ {entry.target}", needed, partial(measure_contrast, entry)))
    for claim in CLAIMS:
        needed = (claim.source.split(".")[0], claim.target.split(".")[0])
        if set(needed) <= {*frameworks, "torchvision"} and {"torch", "keras"} <= set(frameworks):
            steps.append((f"document: {claim.source} = {claim.target}", needed, partial(measure_claim, claim)))
    for _, name in EXISTENCE:
        if name.split(".")[0] in frameworks:
            line = Equivalence(_by_name(name).concept, name, None, "none", conditions=("named by the document",))
            steps.append((f"document: {name}", (name.split(".")[0],), partial(_existence, line, name)))
    return steps


def _edges(native: Native) -> Result:
    result = measure_edges(native)
    assert result is not None
    return result


def _existence(line: Equivalence, name: str) -> Result:
    """A row without a target: what can be measured is that the source is there."""
    return Result(line, "passed" if callable(resolve(name)) else "failed", 1, 0.0, kind="none")


def verify(
    frameworks: Iterable[str] = ("torch", "keras"), progress: Callable[[int, int, str], None] | None = None
) -> Report:
    """Measure every row between these frameworks on the installed versions.

    ``progress(done, total, what)`` is called before each row and at the end. A row whose framework is not installed
    is listed as such; it neither passes nor fails. The numbers that the documents print are always computed. With
    ``"numpy"`` among the frameworks, or none of them installed, the library's own definitions are measured against
    their derivatives.
    """
    asked = tuple(dict.fromkeys(name if name == "numpy" else framework_name(name) for name in frameworks))
    if not asked:
        raise LookupError(f"verify was given no framework; wanted some of {', '.join((*FRAMEWORKS, 'numpy'))}.")
    here = {name for name in FRAMEWORKS if installed(name)}
    steps = plan(tuple(name for name in asked if name != "numpy")) + list(numbers())
    if "numpy" in asked or not here & set(asked):
        steps += definitions()
    READINGS.clear()
    if "keras" in here and any("keras" in needed for _, needed, _ in steps):
        load_keras()
    results = []
    for done, (what, needed, how) in enumerate(steps):
        if progress:
            progress(done, len(steps), what)
        missing = [name for name in needed if name not in here]
        results.append(_absent(what, missing) if missing else how())
    if progress:
        progress(len(steps), len(steps), "done")
    READINGS.clear()
    measured = dict.fromkeys(name for _, needed, _ in steps for name in needed if name in here)
    return Report(results, {"numpy": np.__version__} | {name: version(name) for name in measured})


def _absent(what: str, missing: list[str]) -> Result:
    line = Equivalence("", what, None, "none", conditions=(f"{', '.join(missing)} not installed",))
    return Result(line, "not installed", 0, 0.0)
