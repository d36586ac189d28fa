"""Two native losses on the same variables: how far apart they are in value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from unilosses.equivalence.hubs import AS_IT_IS, HUBS
from unilosses.equivalence.measuring import REDUCE, Reading, arrange, call_arguments, pulled_back, run
from unilosses.equivalence.model import Data, Native
from unilosses.equivalence.pairing import Pair, defaults, smoothed

TOLERANCE = 1e-9
"""Error of values and gradients relative to the larger of 1 and the value. All arrays are in double precision; the
frameworks' own constants (log 2, epsilon) are too, or else they are named in the row."""

DIFFERENCE = 1e-8
"""What counts as a difference where one is demanded: ten times more than equality leaves room for."""

SEED = 20240229


READINGS: dict[Any, Reading] = {}
"""What has been measured since a verification began."""


def _evaluate(
    native: Native, arguments: Any, arrays: Callable[[Data], Any], data: Data, after: str, weights: Any
) -> Reading:
    constructed = {**native.required, **{k: v for k, v in arguments.items() if k != "max_fun"}}
    if "max_fun" in native.required:
        constructed = {"max_fun": native.required["max_fun"]}
    constructed = {k: v for k, v in constructed.items() if not (v is None and k in ("weight", "pos_weight"))}

    def once(values: tuple[Any, ...], wrt: list[int]) -> Reading:
        """A loss is paired with several others, and one reading of it serves them all."""
        seen = tuple(
            (np.asarray(v).shape, np.asarray(v).tobytes()) for v in (*values, () if weights is None else weights)
        )
        key = (native.name, repr(constructed), after, tuple(wrt), seen)
        if key not in READINGS:
            READINGS[key] = run(native, constructed, values, wrt, REDUCE[after], weights)
        return READINGS[key]

    return pulled_back(arrays, data, once)


def discrepancy(p: Pair, data: Data) -> float:
    """Largest error of ``target = scale * source + offset``, in value and gradient."""
    weights = None if p.class_weight is None else np.asarray(p.class_weight)[data["y_true"]]
    source_arrays = partial(call_arguments, p.source, *p.source_form)

    def target_arrays(d: Data) -> Any:
        if AS_IT_IS in d:
            d = d | {"y_pred": source_form({k: v for k, v in d.items() if k != AS_IT_IS})}
        return call_arguments(p.target, *p.target_form, d, relabel=lambda labels: smoothed(p, d, labels))

    source_form = p.hub.predictions[p.source_form[0]]
    plain = {k: v for k, v in data.items() if k != AS_IT_IS}
    ours, our_gradient = _evaluate(p.source, p.source_arguments, source_arrays, plain, p.after_source, None)
    theirs, their_gradient = _evaluate(p.target, p.target_arguments, target_arrays, data, p.after_target, weights)
    expected, reached = np.ravel(p.scale * ours + p.offset), np.ravel(theirs)
    if expected.shape != reached.shape:
        return float("inf")
    return max(error_of(expected, reached), error_of(p.scale * our_gradient[0], their_gradient[0]))


def error_of(expected: Any, reached: Any) -> float:
    if expected.size == 0:
        return 0.0
    both = np.isfinite(expected) & np.isfinite(reached)
    odd = ~both & ~((expected == reached) | (np.isnan(expected) & np.isnan(reached)))
    if odd.any():
        return float("inf")
    scale = np.maximum(1.0, np.abs(expected[both]))
    return float((np.abs(expected[both] - reached[both]) / scale).max(initial=0.0))


def as_written(source: Native, target: Native, arguments: dict[str, Any]) -> float:
    """How far two losses are apart that get the same prediction, and the labels in the encoding that each asks for."""
    data = HUBS[source.hub].sample(np.random.default_rng(SEED))
    form, label = next(iter(source.predictions)), next(iter(source.labels))
    ours = call_arguments(source, form, label, data)
    prediction, labels = (ours[1], ours[0]) if source.framework == "keras" else ours[:2]
    if source.hub == target.hub and target.call is None:
        labels = HUBS[target.hub].labels[next(iter(target.labels))](data)
        prediction = HUBS[source.hub].predictions[form](data)
    theirs = arrange(target, prediction, labels)
    first, _ = run(source, {**defaults(source), **source.required}, ours, [])
    second, _ = run(target, {**defaults(target), **arguments}, theirs, [])
    return error_of(np.ravel(np.mean(first)), np.ravel(np.mean(second)))
