"""A call of optax and of its drop-in, measured: value, gradients, and the Hessian times a vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .jax_cases import Case
from .reference_inputs import import_native

jax = import_native("jax")
optax = import_native("optax")
jnp = jax.numpy

REDUCTIONS = {"mean": jnp.mean, "sum": jnp.sum}


def double_precision() -> Any:
    """A context in which JAX has float64."""
    context = getattr(jax, "enable_x64", None)
    if context is None:  # before JAX 0.8
        from jax.experimental import enable_x64 as context
    return context(True)


def function_of(module: Any, case: Case) -> Callable[..., Any]:
    """The call of a case as a function of the arrays that are differentiated."""
    options = {k: REDUCTIONS.get(v, v) if k == "reduce_fn" else v for k, v in case.options.items()}
    called = getattr(module, case.name)

    def function(*moving: Any) -> Any:
        arrays = [jnp.asarray(x) if isinstance(x, np.ndarray) else x for x in case.arrays]
        for i, x in zip(case.moving, moving, strict=True):
            arrays[i] = x
        return called(*arrays, **options)

    return function


def upstream(shape: tuple[int, ...]) -> np.ndarray:
    """Gradients from above that differ from entry to entry, and are exact in every dtype."""
    return np.random.default_rng(11).choice([-1.5, -1.0, -0.5, 0.75, 1.0, 1.25, 2.0], size=shape)


def total(function: Callable[..., Any], *moving: Any) -> Any:
    """A number that every value of the result enters with a weight of its own."""
    return sum(jnp.sum(x * upstream(x.shape)) for x in jax.tree.leaves(function(*moving)))


def measured(module: Any, case: Case) -> dict[str, list[np.ndarray]]:
    """Values, gradients and Hessian-vector products of a case, in float64, compiled where optax compiles."""
    function = function_of(module, case)

    def everything(moving: list[Any], direction: list[Any]) -> Any:
        gradient = jax.grad(lambda *x: total(function, *x), argnums=tuple(range(len(moving))))
        slopes, bends = jax.jvp(gradient, moving, direction) if moving else ((), ())
        return {"value": jax.tree.leaves(function(*moving)), "gradient": list(slopes), "Hessian": list(bends)}

    with double_precision():
        moving = [jnp.asarray(case.arrays[i]) for i in case.moving]
        compiled = everything if case.options.get("apply_softmax") is False else jax.jit(everything)
        results = compiled(moving, [jnp.asarray(upstream(x.shape)) for x in moving])
        return {name: [np.asarray(x) for x in arrays] for name, arrays in results.items()}


def scale_of(x: np.ndarray) -> float:
    """The size of the numbers that cancelled on the way to the smallest of them."""
    return max(1.0, float(np.max(np.abs(x), initial=0.0)))
