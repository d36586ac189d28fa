"""What can be verified with NumPy alone: the numbers printed in the documents, and each definition's derivative."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from unilosses.equivalence.documents import NUMBERS
from unilosses.equivalence.model import Equivalence
from unilosses.equivalence.report import Result

LAWS = ("derivative equals differences", "finite at the extremes")


Step = tuple[str, tuple[str, ...], Callable[[], Result]]
"""What is measured, which frameworks that needs, how."""


def numbers() -> Iterator[Step]:
    """The numbers printed in the documents."""
    for document, entries in NUMBERS.items():
        for entry in entries:
            yield f"{document}: {entry[0]}", (), partial(measure_number, document, *entry)


def definitions() -> Iterator[Step]:
    """The losses of the library itself."""
    core = importlib.import_module("unilosses")
    for name in core.list_losses():
        yield f"definition: {name}", (), partial(measure_definition, core.get(name))


def measure_number(document: str, what: str, predicted: Any, true: Any, printed: float, decimals: int) -> Result:
    """A number printed in the documents, computed by the library from the same probabilities."""
    core = importlib.import_module("unilosses")
    p, q = np.array(true), np.array(predicted)
    if len(q) == 1:  # the self-information of one event
        base = "e" if "nats" in what else 2
        value = float(core.information.self_information(q, base=base)[0])
    else:
        value = float(core.information.cross_entropy(p, q, base=2))
    error = abs(value - printed)
    passed = error <= 0.5 * 10.0**-decimals + 1e-12
    text = (f"{document}: printed {printed:g}, computed {value:.6g}",)
    row = Equivalence("information", what, None, "number", conditions=text)
    return Result(row, "passed" if passed else "failed", 1, error, "; ".join(text), kind="document")


def measure_definition(loss: Any) -> Result:
    """A loss of the library: its closed-form derivative against differences of its value, finite at the extremes."""
    testing = importlib.import_module("unilosses.testing")
    row = Equivalence(loss.name, f"ul.{loss.name}", None, "definition", conditions=LAWS)
    try:
        with np.errstate(all="ignore"):  # the extremes overflow on purpose
            report = testing.check_loss(loss, ["numpy"], laws=LAWS)
    except AssertionError as problem:
        return Result(row, "failed", 1, float("inf"), " ".join(str(problem).split()), kind="core")
    return Result(row, "passed", report.cases, 0.0, kind="core")
