"""The porting doctor: why two losses give different numbers for one batch, found by experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from unilosses.equivalence.hubs import log_softmax, one_hot, sigmoid, softmax
from unilosses.equivalence.lookup import find
from unilosses.equivalence.measuring import REDUCE, run
from unilosses.equivalence.model import Native
from unilosses.equivalence.pairing import REDUCTIONS, pair
from unilosses.equivalence.rows import views
from unilosses.equivalence.wording import spell

CLOSE = 1e-6
"""Relative difference that counts as equal: both losses compute in double precision, epsilons of 1e-8 apart."""

SAMPLES = 8
"""How many samples are looked at one by one; chance does not make that many numbers agree."""

Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Change:
    """Something to do to the second loss: to its arrays (labels, predictions) or to its arguments."""

    text: str
    arrays: Callable[[np.ndarray, np.ndarray], Arrays] | None = None
    arguments: Mapping[str, Any] | None = None
    after: str = "none"
    """What is done to its values: see ``measuring.REDUCE``."""


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` found; as a string, what to do."""

    first: str
    second: str
    equal: bool
    values: tuple[Any, Any]
    changes: tuple[str, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    part: str = ""

    def __str__(self) -> str:
        lines = [f"{self.first}: {_shown(self.values[0])}", f"{self.second}: {_shown(self.values[1])}"]
        if self.equal and not self.changes and (self.scale, self.offset) == (1.0, 0.0):
            return "\n".join([*lines, "They are equal."])
        if self.equal:
            lines.append(f"To make {self.second} equal:")
            lines += [f"  - {change}" for change in self.changes]
            if (self.scale, self.offset) != (1.0, 0.0):
                offset = f" {self.offset:+.6g}" if self.offset else ""
                lines.append(f"  - it is then {self.scale:.6g} times {self.first}{offset}")
            return "\n".join(lines)
        return "\n".join([*lines, f"No change that was tried makes them equal. {self.part}"])


def compare(loss_a: Any, loss_b: Any, y_true: Any, y_pred: Any) -> Comparison:
    """Find what makes two losses of any two frameworks differ on a batch, and the change that makes them equal.

    Both get the same ``y_true`` and ``y_pred``, each in its own argument order. If they differ, changes of the second
    are tried, one, then two at a time: reduction, class axis, argument order, label format, logits against
    probabilities, clipping, and the arguments of the first; then a scale and an offset. The losses are what
    ``equivalents`` takes, of one prediction and one target.
    """
    first, second = _meant(loss_a), _meant(loss_b)
    arrays = (_numpy(y_true), _numpy(y_pred))
    wanted = _readings(*first, arrays)
    if isinstance(wanted, Exception):
        raise ValueError(f"{spell(*first)} does not take this batch: {wanted}") from wanted
    names = spell(*first), spell(*second)
    original = _readings(*second, arrays)
    values = (wanted[0], original if isinstance(original, Exception) else original[0])
    changes = list(_changes(first, second, arrays))
    before: tuple[str, ...] = ()
    if wanted[0].ndim and not isinstance(original, Exception) and not original[0].ndim:
        wanted = wanted[0].mean(), [value.mean() for value in wanted[1]]
        before = (f"take the mean of the values of {names[0]}",)
    for count, judge in ((0, _same), (1, _same), (0, _line), (1, _line), (2, _same), (2, _line)):
        for tried in combinations(changes, count):
            reached = _changed(second, arrays, tried)
            found = None if isinstance(reached, Exception) else judge(wanted, reached)
            if found is not None:
                return Comparison(*names, True, values, before + tuple(change.text for change in tried), *found)
    return Comparison(*names, False, values, part=_part(wanted, original))


Meant = tuple[Native, dict[str, Any]]


def _meant(loss: Any) -> Meant:
    name, given = find(loss)
    native = views(name)[0]
    if all(view.call is not None for view in views(name)):
        raise ValueError(f"compare takes losses of one prediction and one target; {name} takes other arrays")
    return next(view for view in views(name) if view.call is None) or native, dict(given or {})


def _numpy(x: Any) -> np.ndarray:
    array = np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
    return array.astype(float) if array.dtype.kind == "f" else array


Readings = tuple[np.ndarray, list[np.ndarray]]


def _readings(
    native: Native, arguments: Mapping[str, Any], arrays: Arrays, after: str = "none"
) -> Readings | Exception:
    """The value of the batch, and of its first samples one by one; or why there is none."""
    try:
        with np.errstate(all="ignore"):
            whole = _value(native, arguments, arrays, after)
            single = [(arrays[0][i : i + 1], arrays[1][i : i + 1]) for i in range(min(SAMPLES, len(arrays[1])))]
            return whole, [_value(native, arguments, one, after) for one in single]
    except Exception as problem:
        return problem


def _value(native: Native, arguments: Mapping[str, Any], arrays: Arrays, after: str) -> np.ndarray:
    y_true, y_pred = arrays
    if y_true.dtype.kind in "iub" and y_true.shape == y_pred.shape:
        y_true = y_true.astype(float)
    ordered = (y_true, y_pred) if native.framework == "keras" else (y_pred, y_true)
    kept = {k: v for k, v in arguments.items() if v is not None or k == "reduction"}
    contiguous = tuple(map(np.ascontiguousarray, ordered))
    return np.asarray(run(native, {**native.required, **kept}, contiguous, [], REDUCE[after])[0])


def _same(wanted: Readings, reached: Readings) -> tuple[float, float] | None:
    pairs = zip([wanted[0], *wanted[1]], [reached[0], *reached[1]], strict=False)
    close = (a.shape == b.shape and np.allclose(a, b, rtol=CLOSE, atol=CLOSE, equal_nan=True) for a, b in pairs)
    return (1.0, 0.0) if all(close) else None


def _line(wanted: Readings, reached: Readings) -> tuple[float, float] | None:
    """Scale and offset with which every sample and the batch agree, where there are enough samples to tell."""
    pairs = zip([wanted[0], *wanted[1]], [reached[0], *reached[1]], strict=False)
    if any(a.shape != b.shape for a, b in pairs):
        return None
    x, y = np.concatenate([np.ravel(a) for a in wanted[1]]), np.concatenate([np.ravel(b) for b in reached[1]])
    if len(x) < 3 or not (np.isfinite(x).all() and np.isfinite(y).all()) or np.ptp(x) < CLOSE or np.ptp(y) < CLOSE:
        return None
    scale, offset = np.polyfit(x, y, 1)
    offset = 0.0 if abs(offset) < CLOSE * (1 + np.abs(y).max()) else float(offset)
    agree = np.allclose(scale * x + offset, y, rtol=CLOSE, atol=CLOSE)
    whole = np.allclose(scale * wanted[0] + offset, reached[0], rtol=CLOSE, atol=CLOSE)
    return (float(scale), offset) if agree and whole else None


def _changed(second: Meant, arrays: Arrays, changes: tuple[Change, ...]) -> Readings | Exception:
    native, arguments = second
    after = next((change.after for change in changes if change.after != "none"), "none")
    try:
        with np.errstate(all="ignore"):
            for change in changes:
                arrays = change.arrays(*arrays) if change.arrays else arrays
                arguments = {**arguments, **(change.arguments or {})}
    except Exception as problem:
        return problem
    return _readings(native, arguments, arrays, after)


def _changes(first: Meant, second: Meant, arrays: Arrays) -> Iterator[Change]:
    y_true, y_pred = arrays
    native, arguments = second
    for target in (n for n in views(native.name) if n.hub == first[0].hub):
        found = pair(first[0], target, first[1], general=False)
        if found is not None:
            wanted = {k: v for k, v in found.target_arguments.items() if arguments.get(k, object()) != v}
            new = {k: v for k, v in wanted.items() if v is not None and k != "reduction"}
            for count in range(1, len(new) + 1):
                for keys in combinations(new, count):
                    chosen = {k: new[k] for k in keys}
                    yield Change("set " + ", ".join(f"{k}={v!r}" for k, v in chosen.items()), arguments=chosen)
    if any("from_logits" in form for form in native.predictions.values()):
        other = not arguments.get("from_logits", False)
        yield Change(f"set from_logits={other}", arguments={"from_logits": other})
    for reduction in native.reductions or REDUCTIONS[native.framework]:
        yield Change(f"set reduction={reduction!r}", arguments={"reduction": reduction})
    if not REDUCTIONS[native.framework]:
        yield Change("take the mean of its values", after="mean")
        yield Change("take the sum of its values", after="sum")
    classes = y_pred.shape[-1] if y_pred.ndim > 1 else 2
    for text, change in (
        ("pass exp(y_pred)", np.exp),
        ("pass log(y_pred)", np.log),
        ("pass sigmoid(y_pred)", sigmoid),
        ("pass log(y_pred / (1 - y_pred))", _logit),
        ("pass softmax(y_pred)", softmax),
        ("pass log_softmax(y_pred)", log_softmax),
        ("clip y_pred to [1e-07, 1 - 1e-07]", _clip),
    ):
        yield Change(text, partial(_prediction, change))
    if y_true.shape != y_pred.shape:
        yield Change("pass one-hot labels", lambda t, p: (one_hot(t, classes), p))
    else:
        yield Change("pass class indices: argmax(y_true, -1)", lambda t, p: (t.argmax(-1), p))
        yield Change("pass labels -1 and 1: 2 * y_true - 1", lambda t, p: (2 * t - 1, p))
        yield Change("pass labels 0 and 1: (y_true + 1) / 2", lambda t, p: ((t + 1) / 2, p))
        yield Change("swap y_true and y_pred", lambda t, p: (p, t))
    if y_pred.ndim > 2:
        yield Change("move the class axis from place 1 to the end", partial(_moved, 1, -1))
        yield Change("move the class axis from the end to place 1", partial(_moved, -1, 1))


def _logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


def _clip(p: np.ndarray) -> np.ndarray:
    return np.clip(p, 1e-7, 1 - 1e-7)


def _prediction(change: Callable[[np.ndarray], np.ndarray], y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    return y_true, change(y_pred)


def _moved(source: int, target: int, y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    labels = np.moveaxis(y_true, source, target) if y_true.ndim == y_pred.ndim else y_true
    return labels, np.moveaxis(y_pred, source, target)


def _part(wanted: Readings, reached: Readings | Exception) -> str:
    """Where they part first."""
    if isinstance(reached, Exception):
        return f"The second does not take this batch: {reached}"
    for i, (a, b) in enumerate(zip(wanted[1], reached[1], strict=True)):
        if a.shape != b.shape or not np.allclose(a, b, rtol=CLOSE, atol=CLOSE, equal_nan=True):
            return f"They part at sample {i}: {_shown(a)} and {_shown(b)}."
    return "Sample by sample they are equal: the batch is reduced or weighted in another way."


def _shown(value: Any) -> str:
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {str(value).splitlines()[0] if str(value) else ''}"
    return np.array2string(np.asarray(value), precision=6, threshold=6, separator=", ")
