"""The array adapter of MLX: the few places where MLX is not the array API standard, and its differentiation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mlx.core as mx

from unilosses.dispatch import Backend
from unilosses.namespace import Array, Namespace


class Standard:
    """MLX' own module follows the standard but for one name."""

    bool = mx.bool_

    def __getattr__(self, name: str) -> Any:
        return getattr(mx, name)


class MlxNamespace(Namespace):
    """MLX' functions; ``clip`` would have other slopes at its ends, and ``exp`` computes float64 in float32."""

    stop_gradient = staticmethod(mx.stop_gradient)

    def clip(self, x: Array, lower: Any, upper: Any) -> Array:
        return mx.where(x < lower, lower, mx.where(x > upper, upper, x)).astype(x.dtype)

    def exp(self, x: Array) -> Array:
        return mx.power(mx.array(math.e, x.dtype), x) if x.dtype == mx.float64 else mx.exp(x)

    def zero_product(self, x: Array, y: Array) -> Array:
        # Arrays of MLX have no __rand__: "x == 0" of a Python number is a bool, and bool & array a TypeError.
        return x * mx.where(mx.logical_and(x == 0, mx.isinf(y)), mx.zeros_like(y), y)


class MlxBackend(Backend):
    """MLX."""

    name = "mlx"

    def is_array(self, x: Any) -> bool:
        return isinstance(x, mx.array)

    def is_tracing(self, arrays: Sequence[Array]) -> bool:
        try:
            mx.eval(*arrays)
        except ValueError:  # under mx.compile or mx.vmap there is nothing to evaluate
            return True
        return False

    def device(self, x: Array) -> Any:
        return None  # memory is shared: an operation, not an array, has a device

    def asarray(self, x: Any, like: Array | None, dtype: Any = None) -> Array:
        return mx.array(x, dtype)

    def default_float(self) -> Any:
        return mx.float32

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[Array]
    ) -> tuple[Array, tuple[Array, ...]]:
        # A list of arrays as the one argument: MLX returns a bare array for a tuple of one number.
        value, gradients = mx.value_and_grad(lambda given: function(*given))(list(arrays))
        return value, tuple(gradients)


backend = MlxBackend(MlxNamespace(Standard()))
