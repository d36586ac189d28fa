"""Connectionist temporal classification by enumerating every path."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

from .arrays import Array, mp, total
from .cross_entropy import class_outcomes


def collapse(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    """Merge repeated classes, then drop the blanks."""
    return tuple(c for c, _ in itertools.groupby(path) if c != blank)


@cache
def alignments(label: tuple[int, ...], time: int, classes: int, blank: int) -> list[tuple[int, ...]]:
    """All paths of the given length that collapse to the label."""
    return [path for path in itertools.product(range(classes), repeat=time) if collapse(path, blank) == label]


def ctc(
    y_true: Any,
    y_pred: Any,
    *,
    label_length: Any = None,
    logit_length: Any = None,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Any:
    """-log of the summed probability of all paths that collapse to the label (Graves et al. 2006), from logits.

    Without ``label_length`` the labels that are neither blank nor negative count (Keras' convention: padding is blank);
    without ``logit_length`` all time steps. An impossible label costs infinity, or 0 with ``zero_infinity``.
    """
    labels, logits = Array(y_true), Array(y_pred)
    batch, steps, classes = logits.shape
    label_lengths = None if label_length is None else Array(label_length)
    logit_lengths = None if logit_length is None else Array(logit_length)

    def value(i: int) -> Any:
        label = [int(labels[(i, k)]) for k in range(labels.shape[1])]
        length = sum(c != blank and c >= 0 for c in label)
        label = label[: length if label_lengths is None else int(label_lengths[(i,)])]
        time = steps if logit_lengths is None else int(logit_lengths[(i,)])
        outcomes = [class_outcomes([logits[(i, t, c)] for c in range(classes)], from_logits=True) for t in range(time)]
        paths = alignments(tuple(label), time, classes, blank)
        probability = total(mp.fprod(outcomes[t][c].probability for t, c in enumerate(path)) for path in paths)
        if probability == 0:
            return mp.zero if zero_infinity else mp.inf
        return -mp.log(probability)

    return [value(i) for i in range(batch)]
