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


#: From this many numbers on XLA has a library sum.
_SUMMED = 1 << 12
#: Below this many numbers another pass costs less than a condition.
_NEAR = 1 << 16


@jax.custom_jvp
def _apart(x: Array) -> Array:
    """``x`` as something of its own: what is made of it is made again, not kept in memory for its second use.

    XLA merges equal expressions before it fuses loops, and what two loops use is written and read. On the CPU reading
    inputs again costs a fraction of that.
    """
    return jax.lax.optimization_barrier(x) if jax.default_backend() == "cpu" else x


_apart.defjvps(lambda tangent, _, x: tangent)


def _with_slopes_of(default: Callable[..., Array]) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """For a function that equals ``default`` in value: it has its slopes too, at kinks as well."""

    def override(function: Callable[..., Array]) -> Callable[..., Array]:
        def primitive(xp: Namespace, *arguments: Any) -> Array:
            arrays = [x for x in arguments if isinstance(x, jax.Array)]

            def of(f: Callable[..., Array]) -> Callable[..., Array]:
                def applied(*arrays: Array) -> Array:
                    following = iter(arrays)
                    return f(xp, *[next(following) if isinstance(x, jax.Array) else x for x in arguments])

                return applied

            fast = jax.custom_jvp(of(function))
            fast.defjvp(lambda primals, tangents: (fast(*primals), jax.jvp(of(default), primals, tangents)[1]))
            return fast(*arrays)

        return primitive

    return override


def _length_of_ordinary(x: Array, squares: Array) -> tuple[Array, Array]:
    return jnp.ones_like(squares), jnp.sqrt(squares)


def _length_of_any(xp: Namespace, axis: int, x: Array, squares: Array) -> tuple[Array, Array]:
    scale, _, length = Namespace.scaled_length(xp, x, axis)
    return scale, length


def _between(xp: Namespace, x: Array, lower: Any, upper: Any) -> Array:
    return jnp.where(x < lower, lower, jnp.where(x > upper, upper, x)).astype(x.dtype)


@_with_slopes_of(_between)
def _within(xp: Namespace, x: Array, lower: Any, upper: Any) -> Array:
    return jnp.sign(x) * jnp.minimum(jnp.abs(x), upper)


@_with_slopes_of(Namespace.zero_product)
def _zero_product(xp: Namespace, x: Array, y: Array) -> Array:
    most = jnp.finfo(y.dtype).max
    bound = most + most * jnp.abs(jnp.sign(x))  # infinity, but where x is 0
    return x * jnp.maximum(jnp.minimum(y, bound), -bound)


@_with_slopes_of(Namespace.log_cosh)
def _log_cosh(xp: Namespace, x: Array, slope: Array) -> Array:
    # cosh - 1 is expm1^2 / (2 exp), which keeps the digits of small numbers; beyond 20 this is a line.
    near = _within(xp, x, -20.0, 20.0)
    growth = jnp.expm1(near)
    return jnp.log1p(0.5 * growth * (growth / jnp.exp(near))) + jnp.abs(x - near)


class JaxNamespace(Namespace):
    """JAX' functions; ``abs``, ``clip`` and ``maximum`` would have other slopes at their kinks."""

    stop_gradient = staticmethod(jax.lax.stop_gradient)
    sigmoid = staticmethod(jax.nn.sigmoid)
    lgamma = staticmethod(jax.lax.lgamma)

    # The library that sums on the CPU takes in chains of operations, but no comparisons and choices (nor two bounds at
    # once): what holds one is written to memory first. So these do without. Its minimum and maximum lose NaN: there has
    # to be another term that shows it.

    def abs(self, x: Array) -> Array:
        return x * jnp.sign(x)

    def clip(self, x: Array, lower: Any, upper: Any) -> Array:
        symmetric = isinstance(upper, int | float) and isinstance(lower, int | float) and lower == -upper
        return (_within if symmetric else _between)(self, x, lower, upper)

    def arange_like(self, size: int, like: Array) -> Array:
        return jnp.arange(size, dtype=like.dtype)  # JAX places it; tracers have no device

    def logsumexp(self, x: Array, axis: int, keepdims: bool = False) -> Array:
        return jax.nn.logsumexp(x, axis=axis, keepdims=keepdims)

    def log_softmax(self, x: Array, axis: int) -> Array:
        return jax.nn.log_softmax(x, axis=axis)

    def softmax(self, x: Array, axis: int) -> Array:
        return jax.nn.softmax(x, axis=axis)

    def log_cosh(self, x: Array, slope: Array) -> Array:
        return _log_cosh(self, x, slope) if jnp.size(x) >= _SUMMED else super().log_cosh(x, slope)

    @_with_slopes_of(Namespace.logistic_cost)
    def logistic_cost(self, y: Array, x: Array) -> Array:
        size = jnp.abs(x)
        wrong = y + (0.5 + 0.5 * jnp.sign(x)) * (1 - 2 * y)  # y of negative scores, 1 - y of positive ones
        return _zero_product(self, wrong, size) + jnp.log1p(jnp.exp(-size))

    def scaled_length(self, x: Array, axis: int) -> tuple[Any, Array, Array]:
        if not isinstance(x, jax.core.Tracer) or x.size < _NEAR:
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
            if closed and loss.kind == "elementwise" and result.size >= _SUMMED:
                thunk = _derivative_apart(loss, xp, *split(names, constants, primals))
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


def _derivative_apart(loss: Loss, xp: Namespace, arrays: Sequence[Array], parameters: dict[str, Any]) -> Any:
    """A thunk of the derivative that shares nothing with the value, not even the arrays that XLA makes of constants."""
    # Of another rank, so that constants are other arrays.
    apart = _apart(jax.tree.map(lambda x: jnp.asarray(x)[None], list(arrays)))
    thunk = loss.value_and_derivative(xp, apart, parameters)[1]
    return thunk and (lambda: jax.tree.map(lambda derivative: derivative[0], thunk()))


def _is_zero(tangent: Any) -> bool:
    return isinstance(tangent, SymbolicZero) or getattr(tangent, "dtype", None) == jax.dtypes.float0


backend = JaxBackend(JaxNamespace(jnp))
