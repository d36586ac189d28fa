"""Inputs for the laws, drawn from what a loss declares: its domains, kind, axes and parameters.

Everything is made of integers below a bound, so the same code serves a seeded generator and hypothesis, which shrinks
them. Arrays are NumPy's, floats in float64; each framework converts them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..domains import (
    BOX,
    CLASSES,
    GROUPS,
    LABELS,
    LOG_PROBABILITY,
    LOGITS,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIMPLEX,
    Domain,
)
from ..loss import Loss

#: ``(how many, below) -> integers``: where all that is drawn comes from.
Integers = Callable[[int, int], np.ndarray]
#: What the numbers are like. ``ordinary``: away from kinks and bounds, as differences need; ``lattice``: multiples of
#: 1/2 and the bounds themselves, so that ties, kinks and zero vectors abound; ``extreme``: as large and as small as
#: the domain allows.
VALUES = ("ordinary", "lattice", "extreme")
#: Classes (or features) along an axis that is summed over.
WIDTH = 3


@dataclass(frozen=True)
class Case:
    """One call of a loss: inputs in argument order (None for an optional one left out) and parameters."""

    inputs: dict[str, Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    values: str = "ordinary"

    def __str__(self) -> str:
        both = {**self.inputs, **self.parameters}
        return ", ".join(f"{name}={_text(x)}" for name, x in both.items())

    def change(self, **inputs: Any) -> Case:
        """The same case with other inputs."""
        return replace(self, inputs={**self.inputs, **inputs})

    def setting(self) -> str:
        """The parameters in one line."""
        return ", ".join(f"{name}={_text(x)}" for name, x in self.parameters.items()) or "default parameters"


def _text(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return repr(x)
    with np.printoptions(precision=17, floatmode="unique", linewidth=10**6, threshold=10**6):
        return np.array2string(x, separator=", ")


# -- parameters ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PerClass:
    """Stands for a vector with one number per class, for losses that have a class axis."""

    numbers: tuple[float, ...]

    def vector(self, classes: int) -> np.ndarray:
        """That vector."""
        return np.resize(np.array(self.numbers), classes)


#: Settings of parameters beside their defaults, by name. Where a number makes no sense for one loss of that name, the
#: range in ``domains.PARAMETERS`` or the loss' own default says so.
SETTINGS: dict[str, tuple[Any, ...]] = {
    "from_logits": (True, False),
    "label_smoothing": (0.1,),
    "class_weight": (PerClass((0.5, 2.0, 1.25)),),
    "pos_weight": (2.5,),
    "alpha": (0.25, PerClass((0.25, 0.75, 0.6))),
    "axis": (),  # drawn together with the shape
    "class_axis": (),
    "beta": (0.3, 0.0),
    "blank": (),
    "clip": (0.0,),
    "delta": (0.5,),
    "epsilon": (2.0**-10,),  # 1 - epsilon is exact in float32, too
    "full": (True,),
    "gamma": (0.0, 3.0),
    "gamma_negative": (0.0, 1.5),
    "gamma_positive": (1.0,),
    "ignore_index": (1,),
    "log_input": (False,),
    "log_target": (True,),
    "margin": (0.5,),
    "off_diagonal": (0.5,),
    "only_present": (False,),
    "p": (1, 2),
    "power": (1.25, 1.75, -1, 0, 1, 2, 3),  # numbers with a point become arrays, which lie between 1 and 2
    "q": (0.9,),
    "smooth": (1.0,),
    "softcap": (2.0,),
    "swap": (True,),
    "tau": (0.5,),
    "temperature": (0.5,),
    "z_loss": (0.1,),
    "zero_infinity": (True,),
}


def settings(loss: Loss) -> list[dict[str, Any]]:
    """The defaults, then each parameter in each other setting by itself; all of it for both kinds of scores."""
    empty = inspect.Parameter.empty
    required = [n for n, default in loss.parameters.items() if default is empty]
    bases: list[dict[str, Any]] = [{}]
    for name in required:
        if name not in SETTINGS:
            raise LookupError(
                f"{loss.name} has the parameter {name!r} without a default, and the tests know no value for it. Fix: "
                f"give it a default, or pass check_loss(..., settings=[{{{name!r}: ...}}])."
            )
        bases = [{**base, name: x} for base in bases for x in SETTINGS[name]]
    found = list(bases)
    for name, default in loss.parameters.items():
        others = SETTINGS.get(name, (0.5 * default,) if isinstance(default, float) and default else ())
        if name in required:
            continue
        for other in others:
            if other == default or (isinstance(other, PerClass) and name == "alpha" and not _has_classes(loss)):
                continue
            found += [{**base, name: other} for base in bases]
    return found


def _has_classes(loss: Loss) -> bool:
    return loss.kind == "samplewise" and not loss.masks_elements


# -- shapes --------------------------------------------------------------------------------------------------------


def shapes(loss: Loss) -> list[tuple[tuple[int, ...], dict[str, Any]]]:
    """Shapes of the prediction, smallest first, with the axis that goes with each."""
    if loss.kind == "elementwise":
        return [((1,), {}), ((4,), {}), ((3, 2), {}), ((2, 3, 2), {})]
    if loss.kind == "coupled":
        return [((1, WIDTH), {}), ((4, WIDTH), {}), ((6, WIDTH), {})]
    width = next((d.width for d in loss.domains.values() if d.width), WIDTH)
    found: list[tuple[tuple[int, ...], dict[str, Any]]] = [((1, width), {}), ((4, width), {})]
    if "axis" not in loss.parameters:
        return [*found, ((2, 2, width), {})]
    found += [((2, WIDTH, 4), {"axis": 1}), ((WIDTH, 2), {"axis": 0})]
    if loss.parameters["axis"] is None:
        found += [((2, 2, WIDTH), {}), ((2, WIDTH, 2), {"axis": (0, -1)})]
    if "class_axis" in loss.parameters:
        found += [((2, WIDTH, 2, 2), {"class_axis": 1}), ((2, 2, WIDTH, 2), {"axis": 2, "class_axis": 2})]
    return found


# -- numbers -------------------------------------------------------------------------------------------------------


def numbers(integers: Integers, domain: Domain, shape: tuple[int, ...], values: str, which: int = 0) -> np.ndarray:
    """Members of a domain without an axis of its own; ``which`` input this is keeps two inputs from being equal."""
    count = int(np.prod(shape, dtype=int))
    if domain.members:
        return np.array(domain.members)[integers(count, len(domain.members))].reshape(shape)
    low = -3.0 if domain.low is None else domain.low
    high = 3.0 if domain.high is None and domain.low is None else domain.high
    high = low + 3.0 if high is None else high
    low = high - 3.0 if domain.low is None and domain.high is not None else low
    if values == "ordinary":
        # A fine grid, shifted differently for every input and place: no ties, no kinks, a tenth away from the bounds.
        shift = (0.6180339887 * (1 + np.arange(count)) + 0.4142135623 * which) % 1
        return (low + (high - low) * (0.1 + 0.8 * (integers(count, 97) + shift) / 97)).reshape(shape)
    if values == "lattice":
        step = 0.25 if high - low <= 1 else 0.5
        choices = np.arange(low, high + step / 2, step)
        if domain.name == POSITIVE.name:
            choices = choices[choices > 0]
        choices = choices[np.argsort(np.abs(choices), kind="stable")]  # hypothesis shrinks towards the first
    else:
        choices = _extremes(domain)
    return choices[integers(count, len(choices))].reshape(shape)


def _extremes(domain: Domain) -> np.ndarray:
    huge = domain.extreme
    given = [1.0, 0.0, 0.5, 1e-30, 1.0 - 2**-24, 1e4, huge]
    choices = np.array(given + [-x for x in given if x])
    keep = np.abs(choices) <= huge
    if domain.low is not None:
        keep &= choices > domain.low if domain.name == POSITIVE.name else choices >= domain.low
    if domain.high is not None:
        keep &= choices <= domain.high
    return choices[keep]


def distribution(integers: Integers, shape: tuple[int, ...], axis: int, values: str, which: int) -> np.ndarray:
    """Probabilities that sum to 1 along ``axis``; one-hot rows among them unless they must be ordinary."""
    size = shape[axis]
    rest = shape[:axis] + shape[axis + 1 :]
    count = int(np.prod(rest, dtype=int))
    if values == "ordinary":
        parts = 1 + numbers(integers, PROBABILITY, (count, size), values, which)
    else:
        parts = integers(count * size, 3).reshape(count, size) * 1.0
        parts[:, 0] += parts.sum(axis=1) == 0
    rows = parts / parts.sum(axis=1, keepdims=True)
    return np.moveaxis(rows.reshape(*rest, size), -1, axis)


def _input(
    integers: Integers, domain: Domain, shape: tuple[int, ...], axes: tuple[int, ...], values: str, which: int
) -> np.ndarray:
    lost = tuple(n for i, n in enumerate(shape) if i not in axes)
    if domain.name == GROUPS.name:
        return integers(int(np.prod(lost, dtype=int)), 3).reshape(lost).astype(np.int64)
    if domain.indices:
        return integers(int(np.prod(lost, dtype=int)), shape[axes[0]]).reshape(lost).astype(np.int64)
    if domain.name == CLASSES.name:
        labels = _input(integers, LABELS, shape, axes, values, which)
        return np.moveaxis(np.eye(shape[axes[0]])[labels], -1, axes[0])
    along = len(axes) == 1 and domain.spans_axis
    if along and (domain.name == SIMPLEX.name or domain.name == PROBABILITY.name):
        if domain.name == PROBABILITY.name and values == "extreme":
            return numbers(integers, domain, shape, values, which)
        return distribution(integers, shape, axes[0], values, which)
    if domain.name == BOX.name and values == "ordinary":
        corners = numbers(integers, domain, shape, values, which).reshape(*shape[:-1], 2, 2)
        return np.sort(corners, axis=-2).reshape(shape)  # not empty
    if along and domain.name == LOG_PROBABILITY.name and values == "ordinary":
        return np.log(distribution(integers, shape, axes[0], values, which))
    return numbers(integers, domain, shape if domain.spans_axis else lost, values, which)


# -- losses whose shapes follow rules of their own -----------------------------------------------------------------


def _ctc(integers: Integers, values: str, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    batch, time, classes = max(size, 1), 5, WIDTH + 1
    logits = numbers(integers, LOGITS, (batch, time, classes), values)
    labels = 1 + integers(batch * 2, WIDTH).reshape(batch, 2)
    lengths = {"label_length": integers(batch, 3), "logit_length": 4 + integers(batch, 2)}
    return {"y_true": labels, "y_pred": logits}, lengths


def _linear_cross_entropy(integers: Integers, values: str, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    rows, features = max(size, 1), 2
    shapes = {"hidden": (rows, features), "weight": (WIDTH, features), "bias": (WIDTH,)}
    # The product of two extremes is not finite in float32, and not the subject of a law.
    limited = replace(LOGITS, extreme=1e15)
    inputs = {n: numbers(integers, limited, s, values, i) for i, (n, s) in enumerate(shapes.items())}
    return {"y_true": integers(rows, WIDTH), **inputs}, {}


#: Losses with a ``check`` of their own: ``(integers, values, batch size) -> (inputs, parameters)``.
OWN_SHAPES: dict[str, Callable[[Integers, str, int], tuple[dict[str, Any], dict[str, Any]]]] = {
    "ctc": _ctc,
    "linear_cross_entropy": _linear_cross_entropy,
}


# -- cases ---------------------------------------------------------------------------------------------------------


def sizes(loss: Loss) -> int:
    """How many shapes :func:`case` knows for a loss."""
    return 3 if loss.name in OWN_SHAPES else len(shapes(loss))


def case(
    loss: Loss, integers: Integers, values: str, setting: Mapping[str, Any], size: int, reals: float | None = None
) -> Case:
    """One case of a loss; ``size`` chooses the shape, ``setting`` is one of :func:`settings`.

    ``reals`` is the largest real number among the extremes, where that is not to be the domain's.
    """
    if loss.name in OWN_SHAPES:
        inputs, extra = OWN_SHAPES[loss.name](integers, values, (1, 3, 4)[size])
        shape = next(x.shape for n, x in inputs.items() if n in loss.predictions)
        axes: tuple[int, ...] = ()
        classes = WIDTH
    else:
        shape, extra = shapes(loss)[size]
        axes = loss.axes({**loss.parameters, **extra}, len(shape)) if loss.kind != "elementwise" else ()
        classes = shape[axes[0]] if axes else 0
        domains = {n: loss.domain(n, {**loss.parameters, **setting}) for n in loss.inputs}
        if reals is not None:
            domains = {n: replace(d, extreme=reals) if d.name == REAL.name else d for n, d in domains.items()}
        inputs = {n: _input(integers, d, shape, axes, values, i) for i, (n, d) in enumerate(domains.items())}
    filled = {n: x.vector(classes) if isinstance(x, PerClass) else x for n, x in setting.items()}
    ordered = {n: inputs.get(n) for n in loss.inputs}
    drawn = Case(ordered, {**filled, **extra}, values)
    return indexed(loss, drawn) or drawn if "ignore_index" in setting else drawn


def indexed(loss: Loss, drawn: Case) -> Case | None:
    """The same case with class indices, for a loss that takes one-hot rows or indices."""
    prediction = drawn.inputs[loss.predictions[0]]
    names = [n for n, d in loss.domains.items() if d.name == CLASSES.name and drawn.inputs[n].ndim == prediction.ndim]
    if not names:
        return None
    axis = loss.axes({**loss.parameters, **drawn.parameters}, prediction.ndim)[0]
    return drawn.change(**{n: np.argmax(drawn.inputs[n], axis=axis) for n in names})


def seeded(seed: int | Sequence[int]) -> Integers:
    """A source of integers."""
    generator = np.random.default_rng(seed)
    return lambda count, below: generator.integers(below, size=count)


def cases(
    loss: Loss,
    values: str,
    *,
    seed: int = 0,
    given: Sequence[Mapping[str, Any]] | None = None,
    every: bool = False,
    reals: float | None = None,
) -> Iterator[Case]:
    """Cases of a loss: every setting in some shape, and every shape in some setting; ``every``: their product."""
    found = settings(loss) if given is None else [dict(setting) for setting in given]
    count = sizes(loss)
    # The second smallest shape shows most and costs little; the others take the settings in turn.
    pairs = [(i, 1) for i in range(len(found))] + [(s % len(found), s) for s in range(count) if s != 1]
    if every:
        pairs = [(i, s) for i in range(len(found)) for s in range(count)]
    for i, size in pairs:
        integers = seeded([seed, VALUES.index(values), i, size])
        drawn = case(loss, integers, values, found[i], size, reals)
        yield drawn
        other = indexed(loss, drawn)
        if other is not None and (every or size == 1):
            yield other


def strategy(loss: Loss, values: str, setting: Mapping[str, Any], size: int | None = None) -> Any:
    """A hypothesis strategy of cases with these parameters, of one size or of any; simple numbers come first."""
    try:
        from hypothesis import strategies
    except ImportError:
        raise ImportError(
            "Drawing and shrinking by hypothesis needs the package hypothesis; install it with: "
            'pip install "unilosses[test]"'
        ) from None

    @strategies.composite
    def drawn(draw: Any) -> Case:
        def integers(count: int, below: int) -> np.ndarray:
            one = strategies.integers(0, below - 1)
            return np.array(draw(strategies.lists(one, min_size=count, max_size=count)), dtype=np.int64)

        made = case(loss, integers, values, setting, int(integers(1, sizes(loss))[0]) if size is None else size)
        other = indexed(loss, made)
        return other if other is not None and integers(1, 2)[0] else made

    return drawn()
