"""The porting doctor: why two losses give different numbers for one batch, found by experiment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.lookup import find
from unilosses.equivalence.measuring import REDUCE, run
from unilosses.equivalence.model import Native
from unilosses.equivalence.rows import views
from unilosses.equivalence.suggestions import Arrays, Change, Meant, changes_of, reasons
from unilosses.equivalence.wording import spell

CLOSE = 1e-6
"""Relative difference that counts as equal: both losses compute in double precision, epsilons of 1e-8 apart."""

SAMPLES = 8
"""How many samples are looked at one by one; chance does not make that many numbers agree."""


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
    reasons: tuple[str, ...] = ()
    """Arguments of the first that the second has no counterpart for."""

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
        lines.append(f"No change that was tried makes them equal. {self.part}")
        return "\n".join([*lines, *(f"  - {reason}" for reason in self.reasons)])


def compare(loss_a: Any, loss_b: Any, y_true: Any, y_pred: Any) -> Comparison:
    """Find what makes two losses of any two frameworks differ on a batch, and the change that makes them equal.

    Both get the same ``y_true`` and ``y_pred``, each in its own argument order. If they differ, changes of the second
    are tried, one, then two at a time: reduction, class axis, argument order, label format, logits against
    probabilities, clipping, and the arguments of the first; then a scale and an offset. The losses are what
    ``equivalents`` takes, of one prediction and one target.
    """
    first, second = _meant(loss_a), _meant(loss_b)
    arrays = (_numpy(y_true), _numpy(y_pred))
    wanted = _readings(first, arrays)
    if isinstance(wanted, Exception):
        raise ValueError(f"{spell(*first)} does not take this batch: {wanted}") from wanted
    names = spell(*first), spell(*second)
    original = _readings(second, arrays)
    values = (wanted.whole, original if isinstance(original, Exception) else original.whole)
    changes = list(changes_of(first, second, arrays))
    before: tuple[str, ...] = ()
    if wanted.whole.ndim and not isinstance(original, Exception) and not original.whole.ndim:
        wanted = replace(wanted, whole=wanted.whole.mean(), after=np.mean)
        before = (f"take the mean of the values of {names[0]}",)
    reached: dict[tuple[int, ...], Readings | Exception] = {}
    tries = [(0, _same), (1, _same), (0, _line), (1, _line)]
    if _distinct(np.concatenate([np.ravel(x) for x in wanted.single])) > 1:  # two changes explain any single number
        tries += [(2, _same), (2, _line)]
    for count, judge in tries:
        for places in combinations(range(len(changes)), count):
            tried = tuple(changes[place] for place in places)
            if places not in reached:
                reached[places] = _changed(second, arrays, tried)
            reading = reached[places]
            found = None if isinstance(reading, Exception) else judge(wanted, reading)
            if found is not None:
                return Comparison(*names, True, values, before + tuple(change.text for change in tried), *found)
    closest = next((places for places, found in reached.items() if not isinstance(found, Exception)), ())
    part = _part(wanted, reached[closest], [changes[place].text for place in closest])
    return Comparison(*names, False, values, part=part, reasons=reasons(first, second))


def _meant(loss: Any) -> Meant:
    name, given = find(loss)
    native = next((view for view in views(name) if _takes_two(view)), None)
    if native is None:
        raise ValueError(f"compare takes losses of one prediction and one target; {name} takes other arrays")
    return native, dict(given or {})


def _takes_two(native: Native) -> bool:
    return native.call is None or len(native.call(HUBS[native.hub].sample(np.random.default_rng(0)))) == 2


def _numpy(x: Any) -> np.ndarray:
    array = np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
    return array.astype(float) if array.dtype.kind == "f" else array


@dataclass(frozen=True)
class Readings:
    """The value of a batch, and of its first samples one by one, once they are asked for."""

    whole: Any
    sample: Callable[[int], np.ndarray]
    length: int
    after: Callable[[Any], Any] = np.asarray

    @cached_property
    def single(self) -> list[Any]:
        return [self.after(self.sample(i)) for i in range(min(SAMPLES, self.length))]


def _readings(
    meant: Meant, arrays: Arrays, after: str = "none", weights: Callable[[np.ndarray], np.ndarray] | None = None
) -> Readings | Exception:
    """What a loss gives for a batch; or why it gives nothing."""

    def value(arrays: Arrays) -> np.ndarray:
        with np.errstate(all="ignore"):
            return _value(meant, arrays, after, weights)

    try:
        return Readings(
            value(arrays),
            lambda i: value((arrays[0][i : i + 1], arrays[1][i : i + 1])),
            len(arrays[1]),
        )
    except ImportError:  # says more about the machine than about the loss
        raise
    except Exception as problem:
        return problem


def _value(meant: Meant, arrays: Arrays, after: str, weights: Callable[[np.ndarray], np.ndarray] | None) -> np.ndarray:
    (native, arguments), (y_true, y_pred) = meant, arrays
    weighed = None if weights is None else weights(y_true)
    if y_true.dtype.kind in "iub" and y_true.shape == y_pred.shape and native.hub != "multilabel_margin":
        y_true = y_true.astype(float)
    ordered = (y_true, y_pred) if native.framework == "keras" else (y_pred, y_true)
    kept = {k: v for k, v in arguments.items() if v is not None or k == "reduction"}
    contiguous = tuple(map(np.ascontiguousarray, ordered))
    return np.asarray(run(native, {**native.required, **kept}, contiguous, [], REDUCE[after], weighed)[0])


def _samples(wanted: Readings, reached: Readings) -> list[tuple[Any, Any]]:
    """The samples of both, without those that the first says nothing about: an ignored one alone has no mean."""
    silent = [bool(np.isnan(a).all() and not np.isnan(wanted.whole).any()) for a in wanted.single]
    known = [a for a, nothing in zip(wanted.single, silent, strict=True) if not nothing]
    if reached.length < wanted.length:  # which has left them out
        return list(zip(known, reached.single, strict=False))
    return [(a, b) for a, b, nothing in zip(wanted.single, reached.single, silent, strict=False) if not nothing]


def _close(a: Any, b: Any) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=CLOSE, atol=CLOSE, equal_nan=True)


def _same(wanted: Readings, reached: Readings) -> tuple[float, float] | None:
    if not _close(wanted.whole, reached.whole):
        return None
    return (1.0, 0.0) if all(_close(a, b) for a, b in _samples(wanted, reached)) else None


def _distinct(x: np.ndarray) -> int:
    """How many different finite numbers there are."""
    x = x[np.isfinite(x)]
    return len(np.unique(np.round(x / max(np.abs(x).max(initial=0.0), CLOSE), 6)))


def _line(wanted: Readings, reached: Readings) -> tuple[float, float] | None:
    """Scale and offset with which every sample and the batch agree, where there are enough samples to tell."""
    if wanted.whole.shape != reached.whole.shape:
        return None
    samples = _samples(wanted, reached)
    if len(samples) < 2 or any(a.shape != b.shape for a, b in samples):
        return None
    x, y = (np.concatenate([np.ravel(pair[i]) for pair in samples]) for i in (0, 1))
    if not (np.isfinite(x).all() and np.isfinite(y).all()) or _distinct(x) < 3 or np.ptp(y) < CLOSE:
        return None  # there is a line through any two points
    scale, offset = np.polyfit(x, y, 1)
    offset = 0.0 if abs(offset) < CLOSE * (1 + np.abs(y).max()) else float(offset)
    agree = np.allclose(scale * x + offset, y, rtol=CLOSE, atol=CLOSE)
    whole = np.allclose(scale * wanted.whole + offset, reached.whole, rtol=CLOSE, atol=CLOSE)
    return (float(scale), offset) if agree and whole else None


def _changed(second: Meant, arrays: Arrays, changes: tuple[Change, ...]) -> Readings | Exception:
    native, arguments = second
    after = next((change.after for change in changes if change.after != "none"), "none")
    weights = next((change.weights for change in changes if change.weights), None)
    try:
        with np.errstate(all="ignore"):
            for change in changes:
                arrays = change.arrays(*arrays) if change.arrays else arrays
                arguments = {**arguments, **(change.arguments or {})}
    except Exception as problem:
        return problem
    return _readings((native, arguments), arrays, after, weights)


def _part(wanted: Readings, reached: Readings | Exception, changes: list[str]) -> str:
    """Where they part first."""
    if isinstance(reached, Exception):
        return f"The second does not take this batch: {reached}"
    start = f"Once you {' and '.join(changes)}, they" if changes else "They"
    for i, (a, b) in enumerate(zip(wanted.single, reached.single, strict=False)):
        if not _close(a, b):
            return f"{start} part at sample {i}: {_shown(a)} and {_shown(b)}."
    return "Sample by sample they are equal: the batch is reduced or weighted in another way."


def _shown(value: Any) -> str:
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {str(value).splitlines()[0] if str(value) else ''}"
    if np.size(value) > 6:
        return f"values of shape {np.shape(value)}, their mean {np.mean(value):.6g}"
    return np.array2string(np.asarray(value), precision=6, separator=", ")
