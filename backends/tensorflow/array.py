"""The array adapter of TensorFlow: the closed form is the rule of a ``custom_gradient``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from unilosses.dispatch import Backend
from unilosses.loss import Loss
from unilosses.namespace import Array, Namespace

from . import standard

try:
    from tensorflow.python.eager import record
except ImportError:  # not public: without it the gradients of all inputs are computed
    record = None


class TensorFlowNamespace(Namespace):
    """TensorFlow's functions; ``relu`` and ``abs`` have slope 0 at 0 already."""

    stop_gradient = staticmethod(tf.stop_gradient)
    relu = staticmethod(tf.nn.relu)
    sigmoid = staticmethod(tf.sigmoid)
    lgamma = staticmethod(tf.math.lgamma)

    def logsumexp(self, x: Array, axis: int, keepdims: bool = False) -> Array:
        return tf.reduce_logsumexp(x, axis, keepdims)

    def log_softmax(self, x: Array, axis: int) -> Array:
        return tf.nn.log_softmax(x, axis)

    def log_softmax_and_softmax(self, x: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        log_p = tf.nn.log_softmax(x, axis)
        return log_p, lambda: tf.exp(log_p)

    def log_softmax_at(self, x: Array, labels: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        log_p, softmax = self.log_softmax_and_softmax(x, axis)
        return self.pick(log_p, labels, axis), softmax

    def softmax(self, x: Array, axis: int) -> Array:
        return tf.nn.softmax(x, axis)

    def pick(self, x: Array, labels: Array, axis: int) -> Array:
        if axis % x.ndim == x.ndim - 1:
            return tf.gather(x, labels, axis=axis, batch_dims=x.ndim - 1)
        return super().pick(x, tf.cast(labels, tf.int64), axis)

    def logistic_cost(self, y: Array, x: Array) -> Array:
        # relu(x) - y x is y relu(-x) + (1 - y) relu(x), as exact; at infinity it is 0 for the right class alone.
        cost = tf.nn.relu(x) - y * x + tf.math.softplus(tf.minimum(x, -x))
        if tf.executing_eagerly() and math.isfinite(float(tf.reduce_sum(cost))):
            return cost
        at_infinity = tf.where(tf.equal(y, tf.cast(x > 0, x.dtype)), tf.zeros_like(x), tf.abs(x))
        return tf.where(tf.math.is_inf(x), at_infinity, cost)

    def length(self, x: Array, axis: int) -> Any:
        known = x.shape[axis]
        return tf.cast(tf.shape(x)[axis], x.dtype) if known is None else known

    def lookup(self, table: Array, labels: Array) -> Array:
        return tf.gather(table, labels)

    def scan(self, step: Any, carry: Any, items: tuple[Array, ...], reverse: bool = False) -> tuple[Any, Any]:
        if tf.executing_eagerly():
            return super().scan(step, carry, items, reverse)
        length = items[0].shape[0] or tf.shape(items[0])[0]
        example = step(carry, tuple(item[0] for item in items))[1]  # for dtypes and shapes; nothing uses its values
        several = isinstance(example, tuple)
        examples = example if several else (example,)
        arrays = tuple(tf.TensorArray(x.dtype, length, element_shape=x.shape) for x in examples)

        def body(i: Array, carry: Any, arrays: Any) -> Any:
            t = length - 1 - i if reverse else i
            carry, output = step(carry, tuple(tf.gather(item, t) for item in items))
            outputs = output if several else (output,)
            return i + 1, carry, tuple(a.write(t, x) for a, x in zip(arrays, outputs, strict=True))

        # One iteration at a time, so that the memory of one serves the next.
        _, carry, arrays = tf.while_loop(
            lambda i, *_: i < length, body, (tf.constant(0), carry, arrays),
            parallel_iterations=1, maximum_iterations=length,
        )  # fmt: skip
        stacked = tuple(a.stack() for a in arrays)
        return carry, stacked if several else stacked[0]


class TensorFlowBackend(Backend):
    """TensorFlow."""

    name = "tensorflow"
    takes_numpy = True

    def is_array(self, x: Any) -> bool:
        return isinstance(x, tf.Tensor)

    def accepts(self, x: Any) -> bool:
        return isinstance(x, tf.Tensor | tf.Variable)

    def is_tracing(self, arrays: Sequence[Array]) -> bool:
        return not tf.executing_eagerly()

    def device(self, x: Array) -> Any:
        return None  # TensorFlow copies between devices by itself, and keeps some integers on the host

    def asarray(self, x: Any, like: Array | None, dtype: Any = None) -> Array:
        return tf.convert_to_tensor(x, dtype=dtype)

    def default_float(self) -> Any:
        return tf.float32

    def is_integer(self, dtype: Any) -> bool:
        return bool(dtype.is_integer)

    def is_bool(self, dtype: Any) -> bool:
        return bool(dtype == tf.bool)

    def attach(self, loss: Loss) -> Callable[..., Array]:
        xp = self.namespace
        positions = [i for i, name in enumerate(loss.inputs) if name in loss.predictions]

        def attached(arrays: Sequence[Array], parameters: dict[str, Any]) -> Array:
            own = {name: parameters[name] for name in loss.own_parameters}
            names = [name for name, x in own.items() if isinstance(x, tf.Tensor)]
            present = [i for i, x in enumerate(arrays) if x is not None]

            def value_and_derivative(moved: Sequence[Array]) -> Any:
                inputs = list(arrays)
                for i, x in zip(present, moved, strict=False):
                    inputs[i] = x
                return loss.value_and_derivative(
                    xp, inputs, {**own, **dict(zip(names, moved[len(present) :], strict=True))}
                )

            @tf.custom_gradient
            def value(*moved: Array) -> Any:
                result, thunk = value_and_derivative(moved)

                def rule(upstream: Array) -> list[Any]:
                    found: list[Any] = [None] * len(moved)
                    if thunk is not None:
                        coupled = loss.kind == "coupled"
                        derivatives = thunk(upstream) if coupled else thunk()
                        if not isinstance(derivatives, tuple):
                            derivatives = (derivatives,)
                        spread: Any = 1 if coupled else upstream
                        for axis in () if coupled else loss.axes(parameters, arrays[positions[0]].ndim):
                            spread = tf.expand_dims(spread, axis)
                        for i, derivative in zip(positions, derivatives, strict=True):
                            if derivative is not None:
                                found[present.index(i)] = derivative if coupled else derivative * spread
                    rest = [i for i, x in enumerate(moved) if found[i] is None and x.dtype.is_floating]
                    rest = [i for i in rest if watched[i]]
                    if rest:
                        with tf.GradientTape(watch_accessed_variables=False) as tape:
                            tape.watch([moved[i] for i in rest])
                            again = value_and_derivative(moved)[0]
                        for i, x in zip(rest, tape.gradient(again, [moved[i] for i in rest], upstream), strict=True):
                            found[i] = x
                    return found

                return result, rule

            moved = [*(arrays[i] for i in present), *(own[n] for n in names)]
            watched = [_watched(x) for x in moved]
            return value(*moved)

        return attached

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[Array]
    ) -> tuple[Array, tuple[Array, ...]]:
        arrays = [tf.convert_to_tensor(x) for x in arrays]
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = function(*arrays)
        # A gather has a gradient of some rows only, and an input without effect has none.
        found = tape.gradient(value, arrays, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return value, tuple(tf.convert_to_tensor(g) for g in found)


def _watched(x: Array) -> bool:
    """Whether a gradient with respect to ``x`` may be asked for: unused ones cost a second evaluation when eager."""
    return not tf.executing_eagerly() or record is None or record.should_record_backprop([x])


backend = TensorFlowBackend(TensorFlowNamespace(standard))
