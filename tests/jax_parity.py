"""A call of optax and of its drop-in, measured: value, gradients, and the Hessian times a vector."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .jax_cases import CASES, Case
from .reference_inputs import import_native

jax = import_native("jax")
optax = import_native("optax")
jnp = jax.numpy

FIRST = {case.name: case for case in reversed(CASES)}
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


#: optax reads the values of probabilities, which it cannot do when it is compiled.
READS_VALUES = {"apply_softmax", "apply_sigmoid"}

#: Compiling is what these tests spend their time on.
QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


def compiled(function: Callable[..., Any], *arrays: Any) -> Any:
    """The result of a function that is compiled without optimisation."""
    return jax.jit(function).lower(*arrays).compile(QUICKLY)(*arrays)


class Compiled:
    """The functions of a module, compiled as a whole: otherwise JAX compiles every operation on its own."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._module, name)

        @functools.wraps(function)
        def call(*arrays: Any, **options: Any) -> Any:
            concrete = all(isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer) for x in arrays)
            if not concrete or READS_VALUES & options.keys():
                return function(*arrays, **options)
            return compiled(lambda *x: function(*x, **options), *arrays)

        return call


def value_and_gradients(function: Callable[..., Any], *moving: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """The arrays of the result, and the gradients of their weighted sum."""
    gradients = jax.grad(lambda *x: total(function, *x), argnums=tuple(range(len(moving))))
    return jax.tree.leaves(function(*moving)), gradients(*moving)


def measured(module: Any, case: Case, twice: bool = False) -> dict[str, list[np.ndarray]]:
    """Values and gradients of a case in float64, and Hessian-vector products if ``twice``."""
    function = function_of(module, case)

    def everything(moving: list[Any], direction: list[Any]) -> dict[str, Any]:
        values, slopes = value_and_gradients(function, *moving)
        if not twice:
            return {"value": values, "gradient": slopes}
        _, bends = jax.jvp(lambda *x: value_and_gradients(function, *x)[1], moving, direction)
        return {"value": values, "gradient": slopes, "Hessian": bends}

    with double_precision():
        moving = [jnp.asarray(case.arrays[i]) for i in case.moving]
        arguments = moving, [jnp.asarray(upstream(x.shape)) for x in moving]
        read = READS_VALUES & case.options.keys()
        results = everything(*arguments) if read else compiled(everything, *arguments)
        return {name: [np.asarray(x) for x in arrays] for name, arrays in results.items()}


def scale_of(x: np.ndarray) -> float:
    """The size of the numbers that cancelled on the way to the smallest of them."""
    return max(1.0, float(np.max(np.abs(x), initial=0.0)))
