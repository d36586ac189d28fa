"""Laws of execution: blocks, compilers and memory layouts change nothing but speed."""

from __future__ import annotations

import numpy as np

from ... import gradient
from ...arrays import to_numpy
from ...loss import Loss
from ..compare import assert_close
from ..draw import Case
from ..frameworks import Framework, blocks_of
from .base import (
    arguments,
    differentiates,
    function_of,
    gradient_exists,
    law,
    numbers,
    predictions,
    present,
    upstream,
    value,
    value_and_grad,
    value_shape,
    weighted,
)


@law("blocked equals unblocked", condition=lambda loss, framework, case: framework.backend.mutable)
def blocks(loss: Loss, framework: Framework, case: Case) -> None:
    """Cut into blocks of three elements, value and gradient are the same, with weights and without, every reduction."""
    weights = upstream(value_shape(loss, case))
    for keywords in (
        {"reduction": "none"},
        {"reduction": "mean"},
        {"reduction": "weighted_mean", "sample_weight": weights},
        {"reduction": "sum", "sample_weight": weights[..., :1]} if weights.ndim else {"reduction": "batchmean"},
        {"reduction": "mean", "mask": None if loss.masks_elements or loss.takes_mask else weights < 1.0},
    ):
        what = f"with {', '.join(f'{n}={x!r}' if isinstance(x, str) else n for n, x in keywords.items())}"
        whole = value(loss, framework, case, **keywords)
        with blocks_of(3):
            pieces = value(loss, framework, case, **keywords)
        assert_close(pieces, whole, "float64", what=f"value {what}")
        if not gradient_exists(loss, framework, case):
            continue
        wanted = numbers(framework, value_and_grad(loss, framework, case, **keywords)[1])
        with blocks_of(3):
            found = numbers(framework, value_and_grad(loss, framework, case, **keywords)[1])
        for name, g, w in zip(predictions(loss, case), found, wanted, strict=True):
            assert_close(g, w, "float64", what=f"gradient for {name} {what}")


def _transformed(loss: Loss, framework: Framework, case: Case, slow: bool) -> None:
    weights = upstream(value_shape(loss, case))
    call = weighted(loss, framework, case, weights, "float64")
    total, gradients = framework.gradient(*call)
    for name, transform in framework.transforms.items():
        if (name in framework.slow) is not slow:
            continue
        try:
            found, differentiated = transform(*call)
        except Exception as error:
            raise AssertionError(f"{name} fails with {type(error).__name__}: {error}") from error
        assert_close(framework.numpy(found), framework.numpy(total), "float64", what=f"value under {name}")
        for input_name, g, w in zip(predictions(loss, case), differentiated, gradients, strict=True):
            what = f"gradient for {input_name} under {name}"
            assert_close(framework.numpy(g), framework.numpy(w), "float64", what=what)


@law("transforms equal eager", values="ordinary", condition=differentiates, limit=2)
def transforms(loss: Loss, framework: Framework, case: Case) -> None:
    """Value and gradient are the same under every transform and compiler of the framework."""
    _transformed(loss, framework, case, slow=False)


@law(
    "code generators equal eager",
    values="ordinary",
    condition=lambda loss, framework, case: bool(framework.slow),
    slow=True,
    limit=2,
)
def code_generators(loss: Loss, framework: Framework, case: Case) -> None:
    """The same for compilers that write machine code, which take seconds."""
    _transformed(loss, framework, case, slow=True)


@law("inputs are not modified")
def untouched(loss: Loss, framework: Framework, case: Case) -> None:
    """After a call and its gradient every argument holds the bytes it held before."""
    weights = framework.array(upstream(value_shape(loss, case)))
    arrays, parameters = arguments(framework, case)
    everything = [*arrays, *(x for x in parameters.values() if hasattr(x, "shape")), weights]
    before = [np.array(to_numpy(x)) for x in everything]
    function = function_of(loss, case)
    if framework.differentiates:
        names = present(case)
        wrt = [names.index(n) for n in predictions(loss, case)]
        framework.gradient(
            lambda *given: function(*given, **parameters, reduction="sum", sample_weight=weights), arrays, wrt
        )
    function(*arrays, **parameters, reduction="none", sample_weight=weights)
    if gradient_exists(loss, framework, case):
        given = dict(zip(present(case), arrays, strict=True))
        gradient.value_and_grad(loss)(*(given.get(n) for n in loss.inputs), **parameters, sample_weight=weights)
        with blocks_of(3):
            gradient.value_and_grad(loss)(*(given.get(n) for n in loss.inputs), **parameters, sample_weight=weights)
    for i, (x, old) in enumerate(zip(everything, before, strict=True)):
        if not np.array_equal(to_numpy(x), old, equal_nan=True):
            label = present(case)[i] if i < len(arrays) else "a parameter or the weights"
            raise AssertionError(f"{label} was changed from {old} to {to_numpy(x)}")


@law("memory layout does not matter", values="ordinary")
def layouts(loss: Loss, framework: Framework, case: Case) -> None:
    """Transposed, strided, reversed and read-only arrays give what contiguous ones do."""
    names = present(case)
    wanted = value(loss, framework, case)
    gradients = (
        value_and_grad(loss, framework, case, reduction="sum")[1] if gradient_exists(loss, framework, case) else []
    )
    kinds = set.intersection(*(set(framework.views(case.inputs[n], "float64")) for n in names))
    _, parameters = arguments(framework, case)
    for kind in sorted(kinds):
        views = {n: framework.views(case.inputs[n], "float64")[kind] for n in names}
        for block in (None, 3):
            with blocks_of(block or 1 << 17):
                inputs = [views.get(n) for n in loss.inputs]
                found = loss(*inputs, **parameters, reduction="none")
                assert_close(framework.numpy(found), wanted, "float64", what=f"value of {kind} arrays")
                if gradients:
                    slopes = gradient.grad(loss)(*inputs, **parameters, reduction="sum")
                    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
                    for name, g, w in zip(predictions(loss, case), slopes, gradients, strict=True):
                        what = f"gradient for {name} of {kind} arrays"
                        assert_close(framework.numpy(g), framework.numpy(w), "float64", what=what)
