"""The array adapter of TensorFlow: the closed form is the rule of a ``custom_gradient``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import tensorflow as tf

from unilosses.dispatch import Backend
from unilosses.evaluation import Call, closed_form, has_derivative, plain
from unilosses.loss import Loss
from unilosses.namespace import Array, Namespace

from . import compiled, standard

try:
    from tensorflow.python.eager import forwardprop_util, record
except ImportError:  # not public: without it the gradients of all inputs are computed, and nothing is done in blocks
    record = None


#: Where TensorFlow wants memory to begin, in bytes.
_ALIGNMENT = 64


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

    def class_positions(self, labels: Array, like: Array, axis: int) -> Array:
        classes = tf.shape(like)[axis] if like.shape[axis] is None else like.shape[axis]
        return tf.one_hot(tf.cast(labels, tf.int64), classes, True, False, axis % like.ndim, tf.bool)

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

    def slots(self, length: int, like: Array) -> Any:
        if record is None or _recording() or not like.device.endswith("CPU:0"):
            return super().slots(length, like)
        return backend.empty_like(like, (length, *like.shape))

    def filled(self, slots: Any) -> Array:
        return tf.stack(slots) if isinstance(slots, list) else backend.filled(slots)

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


class CompiledNamespace(TensorFlowNamespace):
    """What programs of XLA are traced with."""

    log_softmax_at = Namespace.log_softmax_at  # log p is not written to memory

    def sum(self, x: Array, /, *, axis: Any = None, keepdims: bool = False) -> Array:
        return compiled.total(x) if axis is None and not keepdims else tf.reduce_sum(x, axis, keepdims)


class TensorFlowBackend(Backend):
    """TensorFlow."""

    name = "tensorflow"
    takes_numpy = True
    remembers = True
    mutable = True
    #: The same, in programs of XLA.
    within_programs: TensorFlowBackend

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

    def check_sizes(self, x: Array, y: Array, axes: Sequence[tuple[int, int]], message: str) -> None:
        for i, j in axes:
            if x.shape[i] is None or y.shape[j] is None:
                tf.debugging.assert_equal(tf.shape(x)[i], tf.shape(y)[j], message)

    def is_contiguous(self, x: Array) -> bool:
        return True

    def block_size(self) -> int:
        return 1 << 26  # calls cost more than the cache saves: what is saved is memory

    def empty_like(self, x: Array, shape: tuple[int, ...] | None = None, dtype: Any = None) -> np.ndarray:
        """Memory of NumPy's, which becomes a tensor where it is: tensors cannot be written to."""
        shape = tuple(x.shape if shape is None else shape)
        kind = (dtype or x.dtype).as_numpy_dtype
        memory = np.empty(math.prod(shape) * np.dtype(kind).itemsize + _ALIGNMENT, np.uint8)
        start = -memory.ctypes.data % _ALIGNMENT
        return memory[start : memory.size - _ALIGNMENT + start].view(kind).reshape(shape)

    def piece(self, x: Array, at: tuple[slice, ...]) -> Array:
        whole = [slice(None)] * (x.ndim - len(at))
        ranges = [s.indices(n) for s, n in zip((*at, *whole), x.shape, strict=True)]
        return tf.slice(x, [start for start, _, _ in ranges], [stop - start for start, stop, _ in ranges])

    def store(self, target: np.ndarray, x: Array, factor: Any) -> None:
        np.multiply(_seen(x), _seen(factor), out=target)

    def filled(self, memory: np.ndarray) -> Array:
        return tf.experimental.dlpack.from_dlpack(memory.__dlpack__())

    def quietly(self, function: Callable[[], Any]) -> Any:
        with _unrecorded():
            return function()

    def evaluate(self, call: Call) -> Array:
        traced = not tf.executing_eagerly()
        if record is None or not (compiled.is_worth(call) if traced else _is_at_hand(call)):
            return plain(call)
        positions = call.loss.positions
        others = [x for i, x in enumerate(call.arrays) if i not in positions]
        others += [call.sample_weight, call.normalizer, *call.parameters.values()]
        others = [x for x in others if isinstance(x, tf.Tensor) and x.dtype.is_floating]
        # Forward mode has operations to follow.
        if forwardprop_util.pack_tangents([*call.arrays, *others]).tangents:
            return plain(call)
        if traced and not (record.could_possibly_record() and has_derivative(call.loss, call)):
            return compiled.value(call)  # who asks for a derivative does so after the trace
        # The gradients of predictions alone are at hand.
        if not traced and (not has_derivative(call.loss, call) or any(map(_watched, others))):
            return plain(call)
        if not traced and not _recording():
            return self._at_once(call, want_gradient=False)[0]
        return self._fused(call, others if traced else [])

    def closed_form(self, call: Call) -> tuple[Array, tuple[Array, ...]]:
        return self._at_once(call) if _is_at_hand(call) and not _recording() else closed_form(call, blocks=False)

    def _at_once(self, call: Call, want_gradient: bool = True) -> tuple[Array, tuple[Array, ...]]:
        if not tf.executing_eagerly():
            return compiled.traced(call, want_gradient)
        if call.shortcut is not None and compiled.is_worth(call):
            return compiled.eager(call, want_gradient)
        return closed_form(call, want_gradient)

    def _fused(self, call: Call, others: Sequence[Array]) -> Array:
        """Value and gradients in one pass. Others than those of predictions are made if they are asked for."""
        predictions = [call.arrays[i] for i in call.loss.positions]

        @tf.custom_gradient
        def fused(*_: Array) -> Any:
            with record.stop_recording():
                value, gradients = self._at_once(call)

            def again(inputs: Sequence[Array], upstream: Array) -> list[Array]:
                with tf.GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(inputs)
                    value = plain(call)
                return tape.gradient(value, inputs, upstream)

            def rule(upstream: Array) -> list[Array]:
                if record.could_possibly_record():
                    # A further derivative is wanted: a stored gradient is a constant, so differentiate the value.
                    return again([*predictions, *others], upstream)
                rest = again(others, upstream) if others else []
                if not upstream.ndim and tf.executing_eagerly() and float(upstream) == 1:
                    return list(gradients)
                for axis in call.axes if upstream.ndim else ():
                    upstream = tf.expand_dims(upstream, axis)
                return [*(gradient * upstream for gradient in gradients), *rest]

            return value, rule

        return fused(*predictions, *others)

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
                with _unrecorded(moved):
                    result, forward = value_and_derivative(moved)

                def rule(upstream: Array) -> list[Any]:
                    found: list[Any] = [None] * len(moved)
                    # A further derivative needs what was not recorded on the way; programs keep nothing for later.
                    made_again = forward is not None and (_recording() or self is self.within_programs)
                    thunk = value_and_derivative(moved)[1] if made_again else forward
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


def _is_at_hand(call: Call) -> bool:
    """Whether the gradient may be made beside the value: eagerly, on the CPU, in the dtype of the predictions."""
    if not call.readable or record is None or call.compute != call.result or call.loss.kind == "coupled":
        return False
    return all(x is not None and x.device.endswith("CPU:0") for x in call.arrays)


def _recording() -> bool:
    """Whether a derivative may be asked for of what is computed now, eagerly."""
    return tf.executing_eagerly() and record is not None and record.could_possibly_record()


def _unrecorded(arrays: Sequence[Array] = ()) -> AbstractContextManager[None]:
    """Eagerly, tapes would keep what a rule of its own makes superfluous; forward mode has operations to follow."""
    if not tf.executing_eagerly() or record is None or forwardprop_util.pack_tangents(list(arrays)).tangents:
        return nullcontext()
    return record.stop_recording()


def _seen(x: Any) -> Any:
    """A tensor's own memory, to be read."""
    return np.asarray(memoryview(x)) if isinstance(x, tf.Tensor) else x


def _watched(x: Array) -> bool:
    """Whether a gradient with respect to ``x`` may be asked for: unused ones cost a second evaluation when eager."""
    return not tf.executing_eagerly() or record is None or record.should_record_backprop([x])


backend = TensorFlowBackend(TensorFlowNamespace(standard))
backend.within_programs = TensorFlowBackend(CompiledNamespace(standard))
backend.within_programs.within_programs = backend.within_programs
