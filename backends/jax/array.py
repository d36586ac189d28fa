"""The array adapter of JAX: the closed form is the rule of a ``custom_jvp``, so every transform sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from unilosses.dispatch import Backend
from unilosses.loss import Loss
from unilosses.namespace import Array, Namespace

try:
    from jax._src.core import trace_state_clean
except ImportError:  # not public: without it every call tries whether it is traced

    def trace_state_clean() -> bool:
        return False


def _length_of_ordinary(x: Array, squares: Array) -> tuple[Array, Array]:
    return jnp.ones_like(squares), jnp.sqrt(squares)


def _length_of_any(xp: Namespace, axis: int, x: Array, squares: Array) -> tuple[Array, Array]:
    scale, _, length = Namespace.scaled_length(xp, x, axis)
    return scale, length


class JaxNamespace(Namespace):
    """JAX' functions; ``abs``, ``clip`` and ``maximum`` would have other slopes at their kinks."""

    stop_gradient = staticmethod(jax.lax.stop_gradient)
    sigmoid = staticmethod(jax.nn.sigmoid)
    lgamma = staticmethod(jax.lax.lgamma)

    def abs(self, x: Array) -> Array:
        return x * jnp.sign(x)

    def clip(self, x: Array, lower: Any, upper: Any) -> Array:
        return jnp.where(x < lower, lower, jnp.where(x > upper, upper, x)).astype(x.dtype)

    def arange_like(self, size: int, like: Array) -> Array:
        return jnp.arange(size, dtype=like.dtype)  # JAX places it; tracers have no device

    def logsumexp(self, x: Array, axis: int, keepdims: bool = False) -> Array:
        return jax.nn.logsumexp(x, axis=axis, keepdims=keepdims)

    def log_softmax(self, x: Array, axis: int) -> Array:
        return jax.nn.log_softmax(x, axis=axis)

    def softmax(self, x: Array, axis: int) -> Array:
        return jax.nn.softmax(x, axis=axis)

    def logistic_cost(self, y: Array, x: Array) -> Array:
        # relu(x) - y x is y relu(-x) + (1 - y) relu(x), as exact; at infinity it is 0 for the right class alone.
        cost = self.relu(x) - y * x + jnp.log1p(jnp.exp(jnp.where(x > 0, -x, x)))
        return jnp.where(jnp.isinf(x), jnp.where(y == (x > 0), 0, jnp.abs(x)), cost)

    def scaled_length(self, x: Array, axis: int) -> tuple[Any, Array, Array]:
        if not isinstance(x, jax.core.Tracer):
            return super().scaled_length(x, axis)
        # One pass over memory, unless a square overflows or vanishes.
        squares = jnp.sum(x * x, axis=axis, keepdims=True)
        ordinary = jnp.all((squares > 1e-25) & (squares < 1e30))
        scale, length = jax.lax.cond(ordinary, _length_of_ordinary, partial(_length_of_any, self, axis), x, squares)
        scale = jax.lax.stop_gradient(scale)
        return scale, x / scale, length

    def lookup(self, table: Array, labels: Array) -> Array:
        return table[labels]

    def rematerialised(self, function: Callable[..., Array]) -> Callable[..., Array]:
        # Inside of the loop of a scan the compiler cannot merge what is made again with what was made before.
        return jax.checkpoint(function, prevent_cse=False)

    def scan(self, step: Any, carry: Any, items: tuple[Array, ...], reverse: bool = False) -> tuple[Any, Any]:
        return jax.lax.scan(step, carry, items, reverse=reverse)


class JaxBackend(Backend):
    """JAX."""

    name = "jax"
    takes_numpy = True

    def is_array(self, x: Any) -> bool:
        return isinstance(x, jax.Array)

    def is_tracing(self, arrays: Sequence[Array]) -> bool:
        if any(isinstance(x, jax.core.Tracer) for x in arrays):
            return True
        # Inside of jit, what is made of arrays at hand is traced as well.
        return not trace_state_clean() and isinstance(jnp.add(np.float32(0), np.float32(0)), jax.core.Tracer)

    def device(self, x: Array) -> Any:
        # Uncommitted arrays go where they are needed, and a sharded array lives on many devices.
        if isinstance(x, jax.core.Tracer) or not getattr(x, "committed", False) or len(x.devices()) != 1:
            return None
        return x.device

    def asarray(self, x: Any, like: Array | None, dtype: Any = None) -> Array:
        return jnp.asarray(x, dtype=dtype)

    def default_float(self) -> Any:
        return jnp.result_type(float)

    def is_integer(self, dtype: Any) -> bool:
        return bool(jnp.issubdtype(dtype, jnp.integer))

    def is_bool(self, dtype: Any) -> bool:
        return dtype == np.bool_

    def attach(self, loss: Loss) -> Callable[..., Array]:
        if loss.kind == "coupled":
            return super().attach(loss)  # a pullback has no forward mode: let JAX differentiate the value
        positions = [i for i, name in enumerate(loss.inputs) if name in loss.predictions]
        xp = self.namespace

        def split(names: tuple[str, ...], constants: Any, arrays: Sequence[Array]) -> tuple[Sequence[Array], dict]:
            parameters = dict(constants)
            parameters.update(zip(names, arrays[len(loss.inputs) :], strict=True))
            return arrays[: len(loss.inputs)], parameters

        @partial(jax.custom_jvp, nondiff_argnums=(0, 1))
        def value(names: tuple[str, ...], constants: Any, *arrays: Array) -> Array:
            inputs, parameters = split(names, constants, arrays)
            return loss.value_and_derivative(xp, inputs, parameters)[0]

        def rule(names: tuple[str, ...], constants: Any, primals: Sequence[Array], tangents: Sequence[Any]) -> Any:
            moving = [i for i, t in enumerate(tangents) if not _is_zero(t)]
            closed = [i for i in moving if i in positions]
            primals = [jnp.asarray(x) if isinstance(x, float | int) else x for x in primals]  # jax.grad(...)(3.0)
            result, thunk = loss.value_and_derivative(xp, *split(names, constants, primals))
            if thunk is None:
                closed = []
            total = jnp.zeros_like(result)
            if closed and thunk is not None:
                derivatives = thunk()
                if not isinstance(derivatives, tuple):
                    derivatives = (derivatives,)
                for i in closed:
                    term = derivatives[positions.index(i)] * tangents[i]
                    lost = loss.axes({**dict(constants)}, primals[i].ndim)
                    total = total + (jnp.sum(term, axis=lost) if lost else term)
            rest = [i for i in moving if i not in closed]
            if rest:
                # Targets, weights of classes and array parameters have no closed form: differentiate the plain value.
                def partly(*moved: Array) -> Array:
                    arrays = list(primals)
                    for i, x in zip(rest, moved, strict=True):
                        arrays[i] = x
                    return loss.value_and_derivative(xp, *split(names, constants, arrays))[0]

                total = total + jax.jvp(partly, [primals[i] for i in rest], [tangents[i] for i in rest])[1]
            return result, total

        value.defjvp(rule, symbolic_zeros=True)

        def attached(arrays: Sequence[Array], parameters: dict[str, Any]) -> Array:
            own = {name: parameters[name] for name in loss.own_parameters}
            names = tuple(name for name, x in own.items() if isinstance(x, jax.Array | np.ndarray))
            constants = tuple((name, x) for name, x in own.items() if name not in names)
            return value(names, constants, *arrays, *(own[name] for name in names))

        return attached

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[Array]
    ) -> tuple[Array, tuple[Array, ...]]:
        return jax.value_and_grad(function, argnums=tuple(range(len(arrays))))(*arrays)


def _is_zero(tangent: Any) -> bool:
    return isinstance(tangent, SymbolicZero) or getattr(tangent, "dtype", None) == jax.dtypes.float0


backend = JaxBackend(JaxNamespace(jnp))
