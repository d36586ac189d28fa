"""What a law is, and how one is stated: in calls of a loss on one framework, compared with NumPy in float64."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import gradient as gradients
from ...evaluation import has_derivative
from ...loss import Loss
from ..compare import TOLERANCE, assert_close
from ..draw import Case
from ..frameworks import Array, Framework, Function, framework, installed

Statement = Callable[[Loss, Framework, Case], None]
Condition = Callable[[Loss, Framework, Case], bool]


class Unjudged(AssertionError):
    """Differences could not judge a derivative: too many of the points drawn lie next to a kink."""


@dataclass(frozen=True)
class Law:
    """One law: what must hold for every loss, framework and case that it applies to."""

    name: str
    statement: Statement
    values: tuple[str, ...]
    condition: Condition
    slow: bool
    limit: int | None

    def __repr__(self) -> str:
        return self.name

    def __call__(self, loss: Loss, framework: Framework, case: Case) -> None:
        """Raise ``AssertionError`` if the law does not hold for this case."""
        # NumPy says when a number grows beyond its dtype, as extremes must; dividing by zero is never necessary.
        with framework.session(), np.errstate(over="ignore", under="ignore"):
            self.statement(loss, framework, case)

    def applies(self, loss: Loss, framework: Framework, case: Case) -> bool:
        """Whether there is anything to check."""
        return case.values in self.values and self.condition(loss, framework, case)


#: All laws, in the order in which a report lists them.
LAWS: dict[str, Law] = {}


def law(
    name: str,
    values: str | Sequence[str] = ("ordinary", "lattice"),
    condition: Condition = lambda loss, framework, case: True,
    slow: bool = False,
    limit: int | None = None,
) -> Callable[[Statement], Law]:
    """Make a law of a function, for cases with these values. ``slow`` laws take seconds; ``limit`` is how many
    cases are enough for one that costs too much to repeat for every setting.
    """

    def made(statement: Statement) -> Law:
        kinds = (values,) if isinstance(values, str) else tuple(values)
        LAWS[name] = Law(name, statement, kinds, condition, slow, limit)
        return LAWS[name]

    return made


# -- conditions ----------------------------------------------------------------------------------------------------


def differentiates(loss: Loss, framework: Framework, case: Case) -> bool:
    """The framework has differentiation of its own."""
    return framework.differentiates


def gradient_exists(loss: Loss, framework: Framework, case: Case) -> bool:
    """``value_and_grad`` works here: by the framework's differentiation, or by the closed form."""
    return framework.differentiates or closed(loss, case)


def has_batch(loss: Loss, framework: Framework, case: Case) -> bool:
    """The first axis counts samples that can be taken apart."""
    return bool(value_shape(loss, case)) and 0 not in axes(loss, case) and value_shape(loss, case)[0] > 1


def independent(loss: Loss, framework: Framework, case: Case) -> bool:
    """As :func:`has_batch`, and samples do not meet each other."""
    return has_batch(loss, framework, case) and not loss.takes_mask


# -- calls ---------------------------------------------------------------------------------------------------------


def present(case: Case) -> list[str]:
    """The inputs that are not left out."""
    return [name for name, x in case.inputs.items() if x is not None]


def predictions(loss: Loss, case: Case) -> list[str]:
    """The predictions that are not left out."""
    return [name for name in present(case) if name in loss.predictions]


def array_parameters(case: Case) -> dict[str, np.ndarray]:
    """The parameters that are arrays."""
    return {name: x for name, x in case.parameters.items() if isinstance(x, np.ndarray)}


def arguments(framework: Framework, case: Case, dtype: str = "float64") -> tuple[list[Array], dict[str, Any]]:
    """Inputs (those present) and parameters in a framework."""
    arrays = [framework.array(case.inputs[name], dtype) for name in present(case)]
    parameters = dict(case.parameters)
    parameters.update({name: framework.array(x, dtype) for name, x in array_parameters(case).items()})
    return arrays, parameters


def function_of(loss: Loss, case: Case, **keywords: Any) -> Function:
    """The loss as a function of the inputs that are present."""
    names = present(case)

    def function(*arrays: Array, **parameters: Any) -> Any:
        given = dict(zip(names, arrays, strict=True))
        return loss(*(given.get(name) for name in loss.inputs), **keywords, **parameters)

    return function


def common(framework: Framework, keywords: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Weights, masks and reductions in a framework."""
    return {n: framework.array(x, dtype) if isinstance(x, np.ndarray) else x for n, x in keywords.items()}


def call(loss: Loss, framework: Framework, case: Case, dtype: str = "float64", **keywords: Any) -> Array:
    """The loss in a framework."""
    arrays, parameters = arguments(framework, case, dtype)
    return function_of(loss, case)(*arrays, **parameters, **common(framework, keywords, dtype))


def value(loss: Loss, framework: Framework, case: Case, dtype: str = "float64", **keywords: Any) -> np.ndarray:
    """The loss in a framework, as NumPy numbers; unreduced unless said otherwise."""
    return framework.numpy(call(loss, framework, case, dtype, **{"reduction": "none", **keywords}))


def value_and_grad(
    loss: Loss, framework: Framework, case: Case, dtype: str = "float64", **keywords: Any
) -> tuple[Array, list[Array]]:
    """``unilosses.value_and_grad`` in a framework: the gradient of every prediction that is present."""
    arrays, parameters = arguments(framework, case, dtype)
    given = dict(zip(present(case), arrays, strict=True))
    inputs = [given.get(name) for name in loss.inputs]
    both = gradients.value_and_grad(loss)
    result, found = both(*inputs, **parameters, **common(framework, keywords, dtype))
    return result, list(found) if isinstance(found, tuple) else [found]


def numbers(framework: Framework, arrays: Sequence[Array]) -> list[np.ndarray]:
    """Arrays as NumPy numbers."""
    return [framework.numpy(x) for x in arrays]


def weighted(loss: Loss, framework: Framework, case: Case, weights: np.ndarray, dtype: str, **keywords: Any) -> Any:
    """``(function, arrays, wrt)``: the scalar ``sum(weights * value)`` of all inputs, and where the predictions are."""
    arrays, parameters = arguments(framework, case, dtype)
    keywords = common(framework, keywords, dtype)
    upstream = framework.array(weights, dtype)
    plain = function_of(loss, case, reduction="none", **keywords)
    xp = framework.backend.namespace

    def function(*arrays: Array) -> Array:
        return xp.sum(plain(*arrays, **parameters) * upstream)

    names = present(case)
    return function, arrays, [names.index(name) for name in predictions(loss, case)]


# -- NumPy in float64, which the others are compared with ----------------------------------------------------------


def rounded(framework: Framework, case: Case, dtype: str) -> Case:
    """The case with the numbers that remain after rounding to ``dtype``."""

    def at(x: Any) -> Any:
        return framework.numpy(framework.array(x, dtype)) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x

    parameters = {n: at(x) for n, x in case.parameters.items()}
    return Case({n: at(x) for n, x in case.inputs.items()}, parameters, case.values)


def exact(loss: Loss, case: Case, **keywords: Any) -> np.ndarray:
    """The value by NumPy in float64; the other frameworks are compared with it, and it with the reference."""
    return value(loss, framework("numpy"), case, **keywords)


def closed(loss: Loss, case: Case) -> bool:
    """Whether the definition gives a closed form."""
    arrays, parameters = arguments(framework("numpy"), case)
    given = dict(zip(present(case), arrays, strict=True))
    call = gradients._call(loss, *[given.get(name) for name in loss.inputs], **parameters)
    return bool(has_derivative(loss, call))


def exact_gradients(loss: Loss, case: Case, weights: np.ndarray) -> list[np.ndarray]:
    """The gradients of ``sum(weights * value)`` by NumPy's closed form, or else by the first framework that has any."""
    if closed(loss, case):
        return value_and_grad(loss, framework("numpy"), case, reduction="sum", sample_weight=weights)[1]
    chosen = first_differentiating()
    with chosen.session():
        return numbers(chosen, chosen.gradient(*weighted(loss, chosen, case, weights, "float64"))[1])


@functools.cache
def first_differentiating() -> Framework:
    """An installed framework with differentiation of its own: PyTorch where it is there, the quickest when eager."""
    names = sorted(installed(), key=lambda name: name != "torch")
    found = next((f for f in map(framework, names) if f.differentiates), None)
    if found is None:
        raise ImportError(
            "Checking a loss without a closed-form derivative needs a framework that differentiates. Install one, for "
            'example: pip install "unilosses[torch]"'
        )
    return found


def value_shape(loss: Loss, case: Case) -> tuple[int, ...]:
    """The shape of the unreduced value."""
    return exact(loss, case).shape


def axes(loss: Loss, case: Case) -> tuple[int, ...]:
    """The axes that the value has lost."""
    if loss.check is not None:
        return ()
    return loss.axes({**loss.parameters, **case.parameters}, case.inputs[loss.predictions[0]].ndim)


def upstream(shape: tuple[int, ...]) -> np.ndarray:
    """Weights between 0.5 and 1.5, all different."""
    return (0.5 + (0.6180339887 * np.arange(1, 1 + int(np.prod(shape, dtype=int)))) % 1).reshape(shape)


@functools.cache
def without_derivative(loss: Loss) -> Loss:
    """The same loss as a definition of the value alone: what frameworks differentiate by themselves."""

    @functools.wraps(loss.function)
    def value_alone(*arrays: Any, **parameters: Any) -> Any:
        result = loss.function(*arrays, **parameters)
        return result[0] if isinstance(result, tuple) else result

    return Loss(
        value_alone,
        kind=loss.kind,
        masks_elements=loss.masks_elements,
        value_shape=loss.value_shape,
        check=loss.check,
        classes=loss.classes,
        **loss.domains,
    )


#: By how much a loss multiplies the rounding of its cosines, which near 1 is that of the number 1.
AMPLIFICATION: dict[str, Callable[[dict[str, Any]], float]] = {
    "circle": lambda parameters: parameters["gamma"],
    "nt_xent": lambda parameters: 1 / parameters["temperature"],
    "supervised_contrastive": lambda parameters: 1 / parameters["temperature"],
}


def assert_near(
    found: np.ndarray, wanted_of: Callable[[Case], np.ndarray], dtype: str, what: str, loss: Loss, near: Case
) -> None:
    """Within the tolerance of what ``wanted_of(near)`` is, or as close as a move of the inputs would leave that.

    The move is one unit in the last place of every input, for losses that amplify rounding. At kinks, where the
    smallest move may change a derivative, it does not apply.
    """
    wanted = wanted_of(near)
    amplification = AMPLIFICATION.get(loss.name, lambda parameters: 1)({**loss.parameters, **near.parameters})
    try:
        assert_close(found, wanted, dtype, what=what, scale=max(1, amplification))
    except AssertionError:
        if near.values != "ordinary":
            raise
        unit = {"float64": 2.0**-52, "float32": 2.0**-23}.get(dtype, 2.0**-23)
        moves = np.zeros(np.shape(wanted))
        for pattern in range(4):
            inputs = {n: _moved(x, unit, pattern) for n, x in near.inputs.items()}
            moves = np.maximum(moves, np.abs(wanted_of(replace(near, inputs=inputs)) - wanted))
        assert_close(found, wanted, dtype, what=what, scale=np.maximum(1, moves / TOLERANCE[dtype]))


def _moved(x: Any, step: float, pattern: int) -> Any:
    """Some numbers up, the others down."""
    if x is None or x.dtype.kind != "f":
        return x
    return x * (1 + step * np.random.default_rng(pattern).choice([-1, 1], size=x.shape))


# -- differences ---------------------------------------------------------------------------------------------------


def difference(function: Callable[[float], np.ndarray], size: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The derivative of ``function`` at 0 by fourth-order central differences, and where it can be trusted.

    Three steps, each a quarter of the one before: two neighbours that agree to half the tolerance are trusted, the
    finer of the best pair is taken. Next to a kink none agree.
    """
    estimates = []
    for step in (1e-3 * size, 2.5e-4 * size, 6.25e-5 * size):
        near, far = function(step) - function(-step), function(2 * step) - function(-2 * step)
        estimates.append((8 * near - far) / (12 * step))
    spread = np.stack([np.abs(a - b) for a, b in itertools.pairwise(estimates)])
    best = np.argmin(spread, axis=0)
    found = np.where(best == 0, estimates[1], estimates[2])
    trusted = np.min(spread, axis=0) <= 0.5 * TOLERANCE["differences"] * np.maximum(1, np.abs(found))
    return found, trusted


def entry_differences(total: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """:func:`difference` of ``sum(total(x))`` with respect to every entry of ``x``."""
    found, trusted = np.zeros(x.shape), np.zeros(x.shape, dtype=bool)
    base = total(x)
    for at in np.ndindex(x.shape):

        def moved(step: float, at: Any = at) -> np.ndarray:
            y = x.copy()
            y[at] += step
            return np.sum(total(y) - base)  # what the entry does not reach cancels exactly

        found[at], trusted[at] = difference(moved)
    return found, trusted


def assert_derivative(actual: np.ndarray, found: np.ndarray, trusted: np.ndarray, what: str) -> None:
    """A derivative equals its differences wherever they can be trusted, which must be in most places."""
    if actual.shape != found.shape:
        raise AssertionError(f"{what}: shape {actual.shape}, expected {found.shape}")
    if trusted.sum() < 0.5 * trusted.size:
        raise Unjudged(f"{what}: differences are steady at {int(trusted.sum())} of {trusted.size} places only")
    assert_close(np.where(trusted, actual, 0), np.where(trusted, found, 0), "differences", what=what)
