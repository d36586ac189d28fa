"""A case as two callables, ours and native, that compute value and gradient in a framework's own way."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import unilosses as ul

from .cases import CASES, Case
from .inputs import Inputs, Size

#: Ours and native; each returns the value and the gradients.
Pair = tuple[Callable[[], Any], Callable[[], Any]]


def build(
    framework: str, mode: str, size: Size, dtype: str, losses: Sequence[str] = ()
) -> Iterator[tuple[Case, Callable[[], Any], Callable[[], Any]]]:
    """The cases of one framework at one size, ready to run."""
    inputs = Inputs(size, dtype)
    pair = {"torch": torch_pair, "jax": jax_pair, "keras": keras_pair, "numpy": numpy_pair}[framework]
    for case in CASES[framework]():
        if (size.columns > 5000 and not case.wide) or (losses and case.loss not in losses):
            continue
        yield case, *pair(case, inputs, mode, dtype)


def ours_of(case: Case) -> Callable[..., Any]:
    """This library's loss with the case's parameters, averaged over the values."""
    # KLDivLoss' batchmean divides by the rows, as the mean over per-sample values does.
    return functools.partial(ul.get(case.loss), **case.parameters)


def torch_pair(case: Case, inputs: Inputs, mode: str, dtype: str) -> Pair:
    """Forward and backward, by ``backward()``; predictions are leaves."""
    import torch

    kind = getattr(torch, dtype)
    tensors = []
    for name in case.inputs:
        x = torch.from_numpy(inputs[name]).detach()
        tensors.append(x.to(kind) if x.is_floating_point() else x)
    loss = ul.get(case.loss)
    leaves = [x.requires_grad_() for x, name in zip(tensors, loss.inputs, strict=False) if name in loss.predictions]
    if mode == "compiled":
        # Neither sizes that earlier cases compiled for nor their count of recompilations reach this one.
        torch._dynamo.reset()

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        if mode == "compiled":
            function = torch.compile(function, fullgraph=True)

        def both() -> Any:
            for leaf in leaves:
                leaf.grad = None
            value = function(*tensors)
            value.backward()
            return value, *[leaf.grad for leaf in leaves]

        return both

    return pass_through(ours_of(case)), pass_through(case.function)


def jax_pair(case: Case, inputs: Inputs, mode: str, dtype: str) -> Pair:
    """``jit(value_and_grad)``, waited for."""
    import jax
    import jax.numpy as jnp

    arrays = []
    for name in case.inputs:
        x = jnp.asarray(inputs[name])
        arrays.append(x.astype(dtype) if jnp.issubdtype(x.dtype, jnp.floating) else x)

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        compiled = jax.jit(jax.value_and_grad(function, argnums=1))
        return lambda: jax.block_until_ready(compiled(*arrays))

    return pass_through(ours_of(case)), pass_through(case.function)


def keras_pair(case: Case, inputs: Inputs, mode: str, dtype: str) -> Pair:
    """A gradient tape, eager or in a ``tf.function``; TensorFlow on the CPU has computed when it returns."""
    import tensorflow as tf

    arrays = [tf.constant(inputs[name]) for name in case.inputs]

    def pass_through(function: Callable[..., Any]) -> Callable[[], Any]:
        def both(*tensors: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(tensors[1])
                value = function(*tensors)
            return value, tape.gradient(value, tensors[1])

        run = tf.function(both) if mode == "tf.function" else both
        return lambda: run(*arrays)

    return pass_through(ours_of(case)), pass_through(case.function)


def numpy_pair(case: Case, inputs: Inputs, mode: str, dtype: str) -> Pair:
    """The closed form beside the lines written by hand; values alone where native has no gradient."""
    arrays = [inputs[name] for name in case.inputs]
    if case.value_only:
        value = ours_of(case)
        return lambda: (value(*arrays),), lambda: (case.function(*arrays),)
    both = functools.partial(ul.value_and_grad(ul.get(case.loss)), **case.parameters)
    return lambda: both(*arrays), lambda: case.function(*arrays)
