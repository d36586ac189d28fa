"""What a port may have got wrong, as changes that undo it: to the arrays, the arguments or the values of a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from unilosses.equivalence.hubs import log_softmax, one_hot, sigmoid, softmax
from unilosses.equivalence.model import Native
from unilosses.equivalence.pairing import NO_CLASS, REDUCTIONS, Pair, pair
from unilosses.equivalence.rows import views
from unilosses.equivalence.wording import DONE_AFTER, literal, weights

Arrays = tuple[np.ndarray, np.ndarray]
Meant = tuple[Native, dict[str, Any]]
"""A native loss and its arguments."""


@dataclass(frozen=True)
class Change:
    """Something to do to the second loss: to its arrays (labels, predictions) or to its arguments."""

    text: str
    arrays: Callable[[np.ndarray, np.ndarray], Arrays] | None = None
    arguments: Mapping[str, Any] | None = None
    after: str = "none"
    """What is done to its values: see ``measuring.REDUCE``."""
    weights: Callable[[np.ndarray], np.ndarray] | None = None
    """Weights of the values, made of the labels."""


def pairs_of(first: Meant, second: Meant) -> Iterator[Pair]:
    """The first, with its arguments, as each view of the second."""
    for target in (view for view in views(second[0].name) if view.hub == first[0].hub):
        found = pair(first[0], target, first[1], general=False)
        if found is not None:
            yield found


def reasons(first: Meant, second: Meant) -> tuple[str, ...]:
    """What the first has arguments for and the second has not."""
    return tuple(dict.fromkeys(reason for found in pairs_of(first, second) for reason in found.unequal))


def changes_of(first: Meant, second: Meant, arrays: Arrays) -> Iterator[Change]:
    """Every change that is tried, alone and with each other."""
    y_true, y_pred = arrays
    yield from _of_arguments(first, second, y_true)
    yield from _of_reduction(second[0])
    yield from _of_shapes(y_true, y_pred)
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
        classes = y_pred.shape[-1] if y_pred.ndim > 1 else 2
        yield Change("pass one-hot labels", lambda t, p: (one_hot(t, classes), p))
    else:
        yield Change("pass class indices: argmax(y_true, -1)", _indices)
        yield Change("pass labels -1 and 1: 2 * y_true - 1", lambda t, p: (2 * t - 1, p))
        yield Change("pass labels 0 and 1: (y_true + 1) / 2", lambda t, p: ((t + 1) / 2, p))
        yield Change("swap y_true and y_pred", lambda t, p: (p, t))
        yield Change("pass log1p(y_true) and log1p(y_pred)", lambda t, p: (np.log1p(t), np.log1p(p)))
    smoothings = dict.fromkeys(found.smoothing for found in pairs_of(first, second) if found.smoothing)
    for smoothing in smoothings:  # after the labels have become one-hot
        binary = first[0].hub in ("binary_cross_entropy", "focal")
        text = f"smooth the labels: y_true * (1 - {smoothing:g}) + {smoothing:g} / {2 if binary else 'classes'}"
        yield Change(text, partial(_smooth, smoothing, binary))


def _of_arguments(first: Meant, second: Meant, y_true: np.ndarray) -> Iterator[Change]:
    """The arguments of the first for the second, some or all of them, and what stands in for those it lacks."""
    native, arguments = second
    for found in pairs_of(first, second):
        wanted = {k: v for k, v in found.target_arguments.items() if k != "reduction" and arguments.get(k, v) != v}
        wanted |= {
            k: v for k, v in found.target_arguments.items() if k not in (*arguments, "reduction") and v is not None
        }
        for count in range(1, len(wanted) + 1):
            for keys in combinations(wanted, count):
                chosen = {k: wanted[k] for k in keys}
                text = ", ".join(
                    f"leave out {k}" if v is None else f"set {k}={literal(native, k, v)}" for k, v in chosen.items()
                )
                yield Change(text, arguments=chosen)
        if found.class_weight is not None:
            table = np.asarray(found.class_weight)
            weigh = partial(_of_class, table)
            if native.framework == "keras":
                reduction = {"reduction": found.target_arguments.get("reduction", "sum_over_batch_size")}
                text = f"call it with sample_weight={weights(found)} and set reduction={reduction['reduction']!r}"
                yield Change(text, arguments=reduction, weights=weigh)
            else:
                after = found.after_target
                yield Change(
                    f"{DONE_AFTER.get(after, 'multiply its values')}: {weights(found)}", after=after, weights=weigh
                )
        positive = found.parameters.get("pos_weight")
        if positive is not None and native.framework == "optax":
            text = "multiply its values by 1 + (pos_weight - 1) * y_true, and take their mean"
            yield Change(text, after="weighted, then mean", weights=partial(_of_positive, np.asarray(positive)))
        ignore = next((found.target.arguments[k][0] for k in NO_CLASS if k in found.target.arguments), None)
        ignored = found.parameters.get("ignore_index")
        if found.source_form[1] == "class indices" and (y_true == -100).any():
            ignored = -100
            if ignore:
                yield Change(f"set {ignore}=-100", arguments={ignore: -100})
        if ignored is not None and not ignore:
            yield Change(f"leave out the samples whose label is {ignored}", partial(_without, ignored))
    if any("from_logits" in form for form in native.predictions.values()):
        other = not arguments.get("from_logits", False)
        yield Change(f"set from_logits={other}", arguments={"from_logits": other})


def _of_reduction(native: Native) -> Iterator[Change]:
    for reduction in native.reductions or REDUCTIONS[native.framework]:
        yield Change(f"set reduction={reduction!r}", arguments={"reduction": reduction})
    if not REDUCTIONS[native.framework]:
        yield Change("take the mean of its values", after="mean")
        yield Change("take the sum of its values", after="sum")
        yield Change("take the mean of its values over the last axis", after="row mean")


def _of_shapes(y_true: np.ndarray, y_pred: np.ndarray) -> Iterator[Change]:
    if y_pred.shape == (*y_true.shape, 1):
        yield Change("drop the last axis of y_pred: y_pred[..., 0]", lambda t, p: (t, p[..., 0]))
    if y_true.shape == (*y_pred.shape, 1):
        yield Change("drop the last axis of y_true: y_true[..., 0]", lambda t, p: (t[..., 0], p))
    if y_pred.ndim > 2:
        yield Change("move the class axis from place 1 to the end", partial(_moved, 1, -1))
        yield Change("move the class axis from the end to place 1", partial(_moved, -1, 1))


def _indices(y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    if y_true.ndim < 2:
        raise ValueError("one entry per sample is no row of classes")
    return y_true.argmax(-1), y_pred


def _smooth(smoothing: float, binary: bool, y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    if y_true.shape != y_pred.shape:
        raise ValueError("class indices cannot be smoothed")
    return y_true * (1 - smoothing) + smoothing / (2 if binary else y_pred.shape[-1]), y_pred


def _of_class(table: np.ndarray, y_true: np.ndarray) -> np.ndarray:
    labels = y_true if y_true.dtype.kind in "iu" else y_true.argmax(-1)
    counted = (labels >= 0) & (labels < len(table))
    return np.where(counted, table[np.where(counted, labels, 0)], 0.0)


def _of_positive(positive: np.ndarray, y_true: np.ndarray) -> np.ndarray:
    return 1 + (positive - 1) * y_true


def _without(label: int, y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    return y_true[y_true != label], y_pred[y_true != label]


def _logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


def _clip(p: np.ndarray) -> np.ndarray:
    return np.clip(p, 1e-7, 1 - 1e-7)


def _prediction(change: Callable[[np.ndarray], np.ndarray], y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    return y_true, change(y_pred)


def _moved(source: int, target: int, y_true: np.ndarray, y_pred: np.ndarray) -> Arrays:
    labels = np.moveaxis(y_true, source, target) if y_true.ndim == y_pred.ndim else y_true
    return labels, np.moveaxis(y_pred, source, target)
