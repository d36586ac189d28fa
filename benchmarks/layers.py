"""Where the microseconds of one small call go, layer by layer, beside native and an ``autograd.Function`` that does
nothing.

Layers are timed as functions of their own, or as differences of two that contain one another; all of one loss in
turns, so that they belong to the same minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import unilosses as ul
from unilosses import evaluation

from .cases import CASES, Case
from .inputs import Inputs, Size
from .runners import numpy_pair, torch_pair
from .timing import in_turns

LOSSES = ("mean_squared_error", "huber", "binary_cross_entropy", "sparse_categorical_cross_entropy")
FRAMEWORKS = ("torch", "numpy")
SIZE = Size("small", 256, 10)


def measure(framework: str, budget: float) -> Iterator[dict[str, Any]]:
    """The rows of one framework: a layer of a loss and its microseconds."""
    inputs = Inputs(SIZE, "float32")
    done = set()
    for case in CASES[framework]():
        if case.loss in LOSSES and case.loss not in done:
            done.add(case.loss)
            pair = (torch_pair if framework == "torch" else numpy_pair)(case, inputs, "eager", "float32")
            arrays = _arrays(framework, case, inputs)
            functions = {**_shared(framework, case, arrays), **(_torch(case, arrays) if framework == "torch" else {}),
                         "ours": pair[0], "native": pair[1]}  # fmt: skip
            times = {name: 1e6 * median(x) for name, x in in_turns(functions, budget * len(functions)).items()}
            for layer, us in (_torch_layers if framework == "torch" else _numpy_layers)(times).items():
                yield {"framework": framework, "loss": case.loss, "layer": layer, "us": us}


def _arrays(framework: str, case: Case, inputs: Inputs) -> list[Any]:
    arrays = [inputs[name] for name in case.inputs]
    if framework == "numpy":
        return arrays
    import torch

    return [torch.from_numpy(x) for x in arrays]


def _shared(framework: str, case: Case, arrays: list[Any]) -> dict[str, Callable[[], Any]]:
    """The parts of a call that PyTorch and NumPy share."""
    loss, own = ul.get(case.loss), case.parameters
    loss(*arrays, **own)  # the framework's first array is not looked up by its type yet
    call = evaluation.prepare(loss, tuple(arrays), "mean", None, None, None, own)
    assert call.shortcut is not None
    parameters = call.shortcut.parameters

    def definition() -> Any:
        value, thunk = loss.function(call.backend.namespace, *arrays, **parameters)
        return value, thunk()

    functions = {
        "definition": definition,
        "bare": lambda: evaluation.bare(call, arrays, parameters, True),
        "closed form": lambda: evaluation.closed_form(call),
    }
    if framework == "torch":
        import torch

        # As inside of the node: without a graph, definitions write into their intermediates.
        functions = {name: torch.no_grad()(function) for name, function in functions.items()}
    return {
        "signature": lambda: evaluation._signature(loss, tuple(arrays), own, "mean", True),
        "prepare": lambda: evaluation.prepare(loss, tuple(arrays), "mean", None, None, None, own),
        **functions,
    }


def _torch(case: Case, arrays: list[Any]) -> dict[str, Callable[[], Any]]:
    """A call with a leaf, forward alone and with its backward; the same of a Function that does nothing."""
    import torch

    loss = ul.get(case.loss)
    leaf = arrays[1].detach().clone().requires_grad_()
    given = (arrays[0], leaf)
    call = evaluation.prepare(loss, given, "mean", None, None, None, case.parameters)
    made, gradient = torch.zeros(()), torch.zeros_like(arrays[1])

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, call: Any, *predictions: Any) -> Any:
            ctx.save_for_backward(*predictions, gradient)
            return made.clone()

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            return None, ctx.saved_tensors[1]

    def with_backward(forward: Callable[[], Any]) -> Callable[[], Any]:
        def both() -> None:
            leaf.grad = None
            forward().backward()

        return both

    def forward() -> Any:
        return loss(*given, **case.parameters)

    def nothing() -> Any:
        return Nothing.apply(None, leaf)

    return {
        "forward": forward,
        "forward and backward": with_backward(forward),
        "evaluate": lambda: evaluation.evaluate(call),
        "native forward": lambda: case.function(*given),
        "nothing": nothing,
        "nothing and backward": with_backward(nothing),
    }


def _torch_layers(times: dict[str, float]) -> dict[str, float]:
    node = times["nothing"]
    return {
        **_first_layers(times),
        "autograd node: an autograd.Function that does nothing": node,
        "policy: the rest of evaluate": times["evaluate"] - times["closed form"] - node,
        "backward": times["forward and backward"] - times["forward"],
        "**ours, forward and backward**": times["ours"],
        "**native, forward and backward**": times["native"],
        "native, forward": times["native forward"],
        "autograd.Function that does nothing, forward and backward": times["nothing and backward"],
    }


def _numpy_layers(times: dict[str, float]) -> dict[str, float]:
    known = times["prepare"] + times["closed form"]
    return {
        **_first_layers(times),
        "policy: the rest of value_and_grad": times["ours"] - known,
        "**ours, value and gradient**": times["ours"],
        "**native, value and gradient**": times["native"],
    }


def _first_layers(times: dict[str, float]) -> dict[str, float]:
    return {
        "signature": times["signature"],
        "prepare: the rest": times["prepare"] - times["signature"],
        "definition and derivative": times["definition"],
        "look at values": times["bare"] - times["definition"],
        "sum and scale": times["closed form"] - times["bare"],
    }
