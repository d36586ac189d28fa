"""What the parity tests of ``unilosses.torch`` share: cases, and the comparison of one module with native.

A case is one class with one kind of inputs; its constructor options are run in full product with the reductions.
In float64 values, gradients and second gradients are those of native. In the smaller dtypes shapes and dtypes are
native's, and the numbers are those that native computes in float64 from the same inputs: native itself rounds more
often in half precision, and a drop-in is to be no less accurate.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

import unilosses.torch
from unilosses.testing import assert_close

REDUCTIONS = ("none", "mean", "sum")
DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)

#: A gradient in half precision is rounded when it is stored, when it is multiplied by the upstream gradient, and when
#: PyTorch sums it over an axis that was broadcast.
HALF_ROUNDINGS = 3.0

Inputs = Callable[[torch.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class Case:
    """One class of torch.nn with one kind of inputs.

    ``inputs`` draws the arguments of the call in float64. ``differentiable`` are the positions that native gives
    gradients for. ``second`` says whether native has second derivatives. ``half`` says whether native takes half
    precision on the CPU.
    """

    name: str
    kind: str
    inputs: Inputs
    options: dict[str, list[Any]] = field(default_factory=dict)
    differentiable: tuple[int, ...] = (0,)
    second: bool = True
    half: bool = True
    #: Native adds 1e-12 where the mathematics does not: this much of it reaches the second gradient, in units of the
    #: tolerance of float64.
    native_error: float = 1.0
    #: A function of the user's computes in the inputs' dtype, so exact numbers are not to be had; native then subtracts
    #: numbers of this size in that dtype.
    user_function: float = 0.0
    reductions: tuple[str, ...] = REDUCTIONS
    dtypes: tuple[torch.dtype, ...] = DTYPES
    #: The first argument goes through this: gradients are with respect to what goes in.
    through: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.clone

    def __str__(self) -> str:
        return f"{self.name}-{self.kind}"

    def combinations(self) -> Iterator[dict[str, Any]]:
        """Every combination of constructor options and reduction."""
        for values in itertools.product(*self.options.values()):
            for reduction in self.reductions:
                yield {**dict(zip(self.options, values, strict=True)), "reduction": reduction}

    def draw(self, dtype: torch.dtype) -> list[Any]:
        """The arguments, floating ones in ``dtype``."""
        arguments = list(self.inputs(torch.Generator().manual_seed(7)))
        return [x.to(dtype) if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in arguments]


def in_dtype(options: dict[str, Any], dtype: torch.dtype) -> dict[str, Any]:
    """Constructor options, tensors in ``dtype``."""
    return {k: v.to(dtype) if isinstance(v, torch.Tensor) else v for k, v in options.items()}


def build(module: Any, name: str, options: dict[str, Any], dtype: torch.dtype) -> Any:
    """The class of that name from ``torch.nn`` or ``unilosses.torch``; layers have equal weights."""
    torch.manual_seed(5)
    made = getattr(module, name)(**in_dtype(options, dtype))
    for parameter in made.parameters():
        # Numbers that half precision holds exactly, so that layers are equal in every dtype.
        parameter.data = (parameter.data * 64).round().div(64).to(dtype)
    return made


def derivatives(
    module: Any, arguments: list[Any], case: Case, second: bool
) -> tuple[torch.Tensor, list[torch.Tensor], list[torch.Tensor]]:
    """Value, gradients and second gradients (of a fixed contraction of the first).

    They are with respect to the case's differentiable arguments and to the module's parameters.
    """
    arguments = list(arguments)
    for i in case.differentiable:
        arguments[i] = arguments[i].clone().requires_grad_()
    leaves = [*(arguments[i] for i in case.differentiable), *module.parameters()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # native's warnings are compared elsewhere
        value = module(case.through(arguments[0]), *arguments[1:])
    generator = torch.Generator().manual_seed(11)
    upstream = torch.rand(value.shape, generator=generator, dtype=torch.float64).to(value.dtype) + 0.5
    gradients = torch.autograd.grad(value, leaves, upstream, create_graph=second, allow_unused=True)
    seconds: Any = ()
    if second:
        directions = [torch.rand(x.shape, generator=generator, dtype=torch.float64) for x in leaves]
        along = sum((g * d).sum() for g, d in zip(gradients, directions, strict=True) if g is not None)
        linear = not isinstance(along, torch.Tensor) or not along.requires_grad
        seconds = [None] * len(leaves) if linear else torch.autograd.grad(along, leaves, allow_unused=True)
    filled = [[as_numbers(g, x) for g, x in zip(found, leaves, strict=False)] for found in (gradients, seconds)]
    return value.detach(), *filled


def as_numbers(gradient: Any, like: torch.Tensor) -> torch.Tensor:
    """A gradient, zeros where autograd gives None: a derivative of zero that nobody computed."""
    zeros = torch.zeros_like(like)
    return zeros if gradient is None else zeros + gradient.detach()  # the sum makes a ZeroTensor readable


def to_float64(arguments: list[Any]) -> list[Any]:
    """The same numbers, floating ones in float64."""
    return [x.double() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in arguments]


def size(numbers: torch.Tensor) -> float:
    """The largest of them, at least 1."""
    return max(1.0, float(numbers.abs().max())) if numbers.numel() else 1.0


def compare(case: Case, dtype: torch.dtype, module: Any = unilosses.torch) -> int:
    """Assert parity of one case in one dtype over all its options; returns how many combinations were run."""
    arguments = case.draw(dtype)
    exact = arguments if case.user_function else to_float64(arguments)
    for options in case.combinations():
        what = f"{case.name}({', '.join(f'{k}={v}' for k, v in options.items())}) on {case.kind}, {dtype}"
        ours = build(module, case.name, options, dtype)
        # The options as this dtype holds them, in float64.
        native = build(torch.nn, case.name, in_dtype(options, dtype), dtype if case.user_function else torch.float64)
        second = dtype is torch.float64 and case.second
        value, gradients, seconds = derivatives(ours, arguments, case, second)
        expected, expected_gradients, expected_seconds = derivatives(native, exact, case, second)
        name = str(dtype).removeprefix("torch.")
        if dtype is torch.float64 or dtype is torch.float32 or case.half:
            same = build(torch.nn, case.name, options, dtype)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = same(case.through(arguments[0]), *arguments[1:])
            assert value.dtype is result.dtype, f"{what}: {value.dtype}, native {result.dtype}"
            name = str(result.dtype).removeprefix("torch.")
        assert_close(value, expected, name, what=what, scale=case.user_function or 1.0)
        for i, (found, wanted) in enumerate(zip(gradients, expected_gradients, strict=True)):
            assert found.dtype is dtype, f"{what}: gradient {i} in {found.dtype}"
            scale = HALF_ROUNDINGS * size(wanted) if dtype.itemsize == 2 else 1.0
            assert_close(found, wanted, what=f"{what}: gradient {i}", scale=scale)
        for i, (found, wanted) in enumerate(zip(seconds, expected_seconds, strict=True)):
            scale = case.native_error * size(wanted)
            assert_close(found, wanted, what=f"{what}: second gradient {i}", scale=scale)
    return sum(1 for _ in case.combinations())
