"""Values and gradients of every loss by NumPy against the scalar reference in 50 digits, for all parameters.

The other frameworks are compared with NumPy by the laws.
"""

import math

import numpy as np
import pytest

import unilosses as ul
from unilosses.testing import assert_close, cases
from unilosses.testing.draw import Case, settings
from unilosses.testing.laws.base import axes, closed, exact, exact_gradients, predictions

from .reference import REFERENCE, flatten, gradient, mp

LARGEST = float(np.finfo(np.float64).max)


def as_float(number):
    """A reference number as float64, infinite where it is beyond float64."""
    if mp.isnan(number):
        return math.nan
    return math.copysign(math.inf, number) if abs(number) > LARGEST else float(number)


def rounded(nested, shape):
    return np.array([as_float(number) for number in flatten(nested)]).reshape(shape)


def given(loss: ul.Loss, case: Case):
    """The arguments of the reference: names and nested lists, lengths and vectors of classes as lists."""
    inputs = {n: x.tolist() for n, x in case.inputs.items() if x is not None}
    parameters = {n: x.tolist() if isinstance(x, np.ndarray) else x for n, x in case.parameters.items()}
    return inputs, parameters


def reference(loss: ul.Loss, case: Case) -> np.ndarray:
    """The unreduced values; entries at ``ignore_index`` are 0, also where the reference has no such keyword."""
    inputs, parameters = given(loss, case)
    ignored = parameters.pop("ignore_index", None)
    found = exact(loss, case)
    values = rounded(REFERENCE[loss.name](**inputs, **parameters), found.shape)
    return values if ignored is None else np.where(case.inputs[loss.inputs[0]] == ignored, 0, values)


@pytest.mark.parametrize("values", ["ordinary", "lattice"])
def test_values(loss, values):
    for case in cases(loss, values):
        assert_close(exact(loss, case), reference(loss, case), "float64", what=f"{loss.name}({case})")


def test_values_at_extremes(loss):
    """At magnitudes up to 1e30, as close as the rounding of predictions lets it be: sum(|x dl/dx|) of a sample."""
    with np.errstate(over="ignore"), mp.workdps(200):
        for case in cases(loss, "extreme", reals=1e30):
            found = exact(loss, case)
            scale = np.maximum(1, reach(loss, case, found.shape))
            assert_close(found, reference(loss, case), "float64", what=f"{loss.name}({case})", scale=scale)


def reach(loss: ul.Loss, case: Case, shape: tuple[int, ...]) -> np.ndarray:
    """By how much a value changes when its predictions change by their own size."""
    if loss.name == "triplet_margin":  # the difference of two distances rounds as the larger one does
        return sum(np.max(np.abs(x), axis=-1) for x in case.inputs.values())
    if not closed(loss, case):
        return np.zeros(shape)
    slopes = exact_gradients(loss, case, np.ones(shape))
    moves = [np.abs(case.inputs[n] * g) for n, g in zip(predictions(loss, case), slopes, strict=True)]
    if loss.kind == "coupled":
        return np.full(shape, sum(np.sum(move) for move in moves))
    return sum(np.sum(move, axis=axes(loss, case)).reshape(shape) for move in moves)


def test_gradients(loss):
    drawn = list(cases(loss, "ordinary"))
    for case in drawn[:1] if loss.name == "ctc" else drawn:  # the reference of CTC goes through all paths
        if not closed(loss, case) or "ignore_index" in case.parameters:
            continue  # what is ignored is masked: see the laws of masks
        inputs, parameters = given(loss, case)
        found = exact_gradients(loss, case, np.ones(exact(loss, case).shape))
        for name, slope in zip(predictions(loss, case), found, strict=True):
            wanted = rounded(gradient(loss.name, inputs, name, **parameters), slope.shape)
            assert_close(slope, wanted, "float64", what=f"gradient for {name} of {loss.name}({case})")


def test_settings_cover_every_parameter(loss):
    """Each parameter of a loss is drawn in more than one setting, or its axis together with the shape."""
    drawn = settings(loss)
    for name, default in loss.parameters.items():
        seen = {repr(setting.get(name, default)) for setting in drawn}
        structural = name in ("axis", "blank", "class_axis", "chunk_bytes") or name.endswith("_length")
        assert structural or len(seen) > 1, f"{loss.name}: {name} is only tested as {seen}"
