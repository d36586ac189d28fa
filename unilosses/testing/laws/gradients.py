"""Laws of derivatives: the closed form, automatic differentiation and differences are one derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...domains import Domain
from ...loss import Loss
from ..compare import assert_close
from ..draw import Case
from ..frameworks import Framework, installed
from ..frameworks import framework as named
from .base import (
    arguments,
    assert_derivative,
    assert_near,
    closed,
    difference,
    differentiates,
    entry_differences,
    exact,
    exact_gradients,
    first_differentiating,
    function_of,
    gradient_exists,
    law,
    numbers,
    predictions,
    present,
    rounded,
    upstream,
    value_and_grad,
    value_shape,
    weighted,
    without_derivative,
)


def _both(loss: Loss, framework: Framework, case: Case) -> bool:
    return differentiates(loss, framework, case) and closed(loss, case)


@law("closed-form derivative equals autodiff", condition=_both)
def derivative(loss: Loss, framework: Framework, case: Case) -> None:
    """The definition's derivative is the framework's differentiation of the definition's value, at kinks too."""
    weights = upstream(value_shape(loss, case))
    formed = value_and_grad(loss, framework, case, reduction="sum", sample_weight=weights)[1]
    plain = weighted(without_derivative(loss), framework, case, weights, "float64")
    differentiated = framework.gradient(*plain)[1]
    for name, a, b in zip(predictions(loss, case), formed, differentiated, strict=True):
        assert_close(framework.numpy(a), framework.numpy(b), "float64", what=f"gradient for {name}")


def _lacks_autodiff_or_derivative(loss: Loss, framework: Framework, case: Case) -> bool:
    return closed(loss, case) if framework.name == "numpy" else differentiates(loss, framework, case)


@law("derivative equals differences", values="ordinary", condition=_lacks_autodiff_or_derivative)
def differences(loss: Loss, framework: Framework, case: Case) -> None:
    """``value_and_grad`` is the fourth-order central difference of NumPy's values."""
    weights = upstream(value_shape(loss, case))
    found = value_and_grad(loss, framework, case, reduction="sum", sample_weight=weights)[1]
    for name, g in zip(predictions(loss, case), numbers(framework, found), strict=True):
        slopes = entry_differences(
            lambda x, name=name: weights * exact(loss, case.change(**{name: x})),  # type: ignore[misc]
            case.inputs[name],
        )
        assert_derivative(g, *slopes, f"gradient for {name}")


def _entrywise(loss: Loss, framework: Framework, case: Case) -> bool:
    """Where entries meet, differentiation of 1e30 beside 1 has no digits left for the 1. Of the frameworks that
    differentiate, the quickest is enough for one definition.
    """
    if loss.kind != "elementwise" or not any(named(n).differentiates for n in installed()):
        return False
    return framework.name in ("numpy", first_differentiating().name) and closed(loss, case)


@law("closed-form derivative at the extremes", values="extreme", condition=_entrywise)
def derivative_at_extremes(loss: Loss, framework: Framework, case: Case) -> None:
    """There too it is automatic differentiation of the value."""
    weights = upstream(value_shape(loss, case))
    formed = value_and_grad(loss, framework, case, reduction="sum", sample_weight=weights)[1]
    names = predictions(loss, case)
    wanted = _plain_gradients(loss, case, weights, [present(case).index(name) for name in names])
    for name, g, w in zip(names, numbers(framework, formed), wanted, strict=True):
        assert_close(g, w, "float64", what=f"gradient for {name}")


@law("gradients agree across backends", condition=gradient_exists)
def gradients_agree(loss: Loss, framework: Framework, case: Case) -> None:
    """``value_and_grad``, and the framework's differentiation of the call, give NumPy's gradient."""
    weights = upstream(value_shape(loss, case))
    for dtype in ("float64", "float32"):
        near = rounded(framework, case, dtype)
        upstreams = rounded(framework, Case({"w": weights}), dtype).inputs["w"]
        routes = {
            "value_and_grad": value_and_grad(loss, framework, near, dtype, reduction="sum", sample_weight=weights)
        }
        if framework.differentiates:
            routes["differentiation of the call"] = framework.gradient(*weighted(loss, framework, near, weights, dtype))
        for route, (_, found) in routes.items():
            for i, (name, g) in enumerate(zip(predictions(loss, case), numbers(framework, found), strict=True)):

                def wanted(other: Case, i: int = i, upstreams: np.ndarray = upstreams) -> np.ndarray:
                    return exact_gradients(loss, other, upstreams)[i]

                assert_near(g, wanted, dtype, f"gradient for {name} in {dtype} by {route}", loss, near)


def _targets(loss: Loss, case: Case) -> list[str]:
    """The inputs beside the predictions that have a gradient."""
    return [n for n in present(case) if n not in loss.predictions and case.inputs[n].dtype.kind == "f"]


def _has_neighbours(x: np.ndarray, domain: Domain) -> bool:
    """Whether differences around ``x`` stay inside the domain."""
    low = -np.inf if domain.low is None else domain.low
    high = np.inf if domain.high is None else domain.high
    return not domain.members and bool(np.all((x >= low + REACH) & (x <= high - REACH)))


#: Differences go twice the first step away, 2e-3.
REACH = 3e-3


@law("gradients reach targets and weights", condition=differentiates)
def other_inputs(loss: Loss, framework: Framework, case: Case) -> None:
    """Asked for alone or beside those of the predictions, they are those of plain autodiff, and the differences."""
    weights = upstream(value_shape(loss, case))
    names = present(case)
    targets = _targets(loss, case)
    wrt = [len(names), *(names.index(n) for n in targets)]
    wanted = [exact(loss, case), *_plain_gradients(loss, case, weights, wrt)[1:]]
    for beside in ([], [names.index(n) for n in predictions(loss, case)]):
        found = numbers(framework, framework.gradient(*_of_weights(loss, framework, case, weights), wrt + beside)[1])
        company = "beside that of the predictions" if beside else "alone"
        for name, g, w in zip(["sample_weight", *targets], found, wanted, strict=False):
            assert_close(g, w, "float64", what=f"gradient for {name} {company}")
        if beside:
            for name, g, w in zip(
                predictions(loss, case), found[len(wrt) :], exact_gradients(loss, case, weights), strict=True
            ):
                assert_close(g, w, "float64", what=f"gradient for {name} beside that of the targets")
    if case.values != "ordinary":
        return
    for name, g in zip(targets, wanted[1:], strict=True):
        if _has_neighbours(case.inputs[name], loss.domain(name, {**loss.parameters, **case.parameters})):
            slopes = entry_differences(
                lambda x, name=name: weights * exact(loss, case.change(**{name: x})),  # type: ignore[misc]
                case.inputs[name],
            )
            assert_derivative(g, *slopes, f"gradient for {name}")


def _of_weights(loss: Loss, framework: Framework, case: Case, weights: np.ndarray) -> tuple[Any, list[Any]]:
    """The weighted sum as a function of the inputs and, last, the weights."""
    arrays, parameters = arguments(framework, case)
    plain = function_of(loss, case, reduction="sum")
    return lambda *x: plain(*x[:-1], sample_weight=x[-1], **parameters), [*arrays, framework.array(weights)]


def _plain_gradients(loss: Loss, case: Case, weights: np.ndarray, wrt: Sequence[int]) -> list[np.ndarray]:
    """By the first framework that differentiates, from the definition's value alone."""
    chosen = first_differentiating()
    with chosen.session():
        found = chosen.gradient(*_of_weights(without_derivative(loss), chosen, case, weights), wrt)
        return numbers(chosen, found[1])


def _learnable(loss: Loss, case: Case) -> dict[str, np.ndarray]:
    """The parameters that may be learned: floats other than 0, and vectors of floats."""
    everything = {**loss.parameters, **case.parameters}
    arrays = {n: np.asarray(x) for n, x in everything.items() if isinstance(x, float | np.ndarray)}
    return {n: x for n, x in arrays.items() if x.dtype.kind == "f" and np.all(x != 0)}


@law(
    "gradients reach tensor parameters",
    values="ordinary",
    condition=lambda loss, framework, case: framework.differentiates and bool(_learnable(loss, case)),
)
def tensor_parameters(loss: Loss, framework: Framework, case: Case) -> None:
    """Parameters given as arrays leave the value as it is, and get the gradient that differences have."""
    weights = upstream(value_shape(loss, case))
    learnable = _learnable(loss, case)
    keys = list(learnable)

    def of_parameters(chosen: Framework, form: Loss) -> tuple[Any, list[Any], Sequence[int]]:
        arrays, parameters = arguments(chosen, case)
        plain = function_of(form, case, reduction="sum", sample_weight=chosen.array(weights))

        def function(*given: Any) -> Any:
            return plain(*given[len(keys) :], **{**parameters, **dict(zip(keys, given[: len(keys)], strict=True))})

        # The predictions come along, because not every parameter has an effect in every setting.
        beside = [len(keys) + present(case).index(n) for n in predictions(loss, case)]
        return function, [*(chosen.array(x) for x in learnable.values()), *arrays], [*range(len(keys)), *beside]

    total, found = framework.gradient(*of_parameters(framework, loss))
    assert_close(framework.numpy(total), np.sum(weights * exact(loss, case)), "float64", what="value")
    chosen = first_differentiating()
    with chosen.session():
        wanted = numbers(chosen, chosen.gradient(*of_parameters(chosen, without_derivative(loss)))[1])
    for name, g, w in zip(keys, numbers(framework, found), wanted, strict=False):
        assert_close(g, w, "float64", what=f"gradient for {name}")
        if np.min(np.abs(learnable[name])) > 10 * REACH:  # an epsilon of 1e-7 is lost in the rounding of differences
            slopes = entry_differences(
                lambda x, name=name: weights * exact(loss, _with_parameter(case, name, x)),  # type: ignore[misc]
                learnable[name],
            )
            assert_derivative(g, *slopes, f"gradient for {name}")


def _with_parameter(case: Case, name: str, x: np.ndarray) -> Case:
    return replace(case, parameters={**case.parameters, name: x if x.ndim else float(x)})


@law("second derivative equals differences", values="ordinary", condition=differentiates)
def second_derivative(loss: Loss, framework: Framework, case: Case) -> None:
    """The product of the Hessian with a direction is the difference of the gradient along it."""
    weights = upstream(value_shape(loss, case))
    names = predictions(loss, case)
    along = {n: upstream(case.inputs[n].shape) - 1 for n in names}

    def gradient_at(step: float) -> np.ndarray:
        moved = case.change(**{n: case.inputs[n] + step * along[n] for n in names})
        return np.concatenate([g.ravel() for g in exact_gradients(loss, moved, weights)])

    slopes = difference(gradient_at)
    directions = [framework.array(x) for x in along.values()]
    for route, curvature in framework.curvatures.items():
        product: Any = curvature
        products = product(*weighted(loss, framework, case, weights, "float64"), directions)
        found = np.concatenate([framework.numpy(x).ravel() for x in products])
        assert_derivative(found, *slopes, f"Hessian product by {route}")


@law("forward mode equals reverse mode", condition=differentiates)
def forward_mode(loss: Loss, framework: Framework, case: Case) -> None:
    """The derivative along a direction is the inner product with the gradient, for all inputs at once."""
    weights = upstream(value_shape(loss, case))
    function, arrays, wrt = weighted(loss, framework, case, weights, "float64")
    names = present(case)
    wrt = sorted({*wrt, *(names.index(n) for n in _targets(loss, case))})
    directions = [upstream(case.inputs[names[i]].shape) - 1 for i in wrt]
    gradients = numbers(framework, framework.gradient(function, arrays, wrt)[1])
    terms = [g * d for g, d in zip(gradients, directions, strict=True)]
    wanted, size = sum(map(np.sum, terms)), sum(np.sum(np.abs(term)) for term in terms)
    found = framework.forward(function, arrays, wrt, [framework.array(d) for d in directions])
    what = "derivative along a direction"
    assert_close(framework.numpy(found), wanted, "float64", what=what, scale=max(1, size))
