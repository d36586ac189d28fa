"""Large calls compiled by XLA: one loop over the inputs, in place of an array in memory for every operation.

A program belongs to a loss, its parameters and the shapes of a call. Compiling one takes 0.1 to 0.4 seconds, so small
calls, and those whose shapes a trace does not know, are left to TensorFlow's own operations.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import tensorflow as tf

from unilosses.checks import check_values, domain_in, valid_labels
from unilosses.evaluation import Call, closed_form, plain, values_like
from unilosses.namespace import Array

#: Elements of the predictions from which on calls are compiled: what that takes is won back within some ten of them.
LARGE = 1 << 22
#: Numbers that are added in their own precision; sums of these are added in float64, as XLA adds one after the other.
_ADDED = 32


def total(x: Array) -> Array:
    """The sum of all of ``x`` within a program."""
    if x.dtype != tf.float32 or not x.shape.is_fully_defined():
        return tf.reduce_sum(x)
    parts = tf.reduce_sum(tf.reshape(x, (-1, math.gcd(_ADDED, math.prod(x.shape)))), -1)
    return tf.cast(tf.reduce_sum(tf.cast(parts, tf.float64)), x.dtype)


def is_worth(call: Call) -> bool:
    """Whether the call is to be compiled: a large one, of shapes that are known."""
    if call.loss.kind == "coupled" or not all(x is None or x.shape.is_fully_defined() for x in call.arrays):
        return False
    return math.prod(call.arrays[call.loss.positions[0]].shape) >= LARGE and _is_available()


@functools.cache
def _is_available() -> bool:
    """Whether there is a compiler for the processor, and nothing else to compute on."""
    if tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("TPU"):
        return False
    try:
        with tf.init_scope():
            return bool(_program(lambda: tf.constant(True))())
    except (tf.errors.OpError, ValueError):
        return False


def _program(function: Callable[..., Any]) -> Callable[..., Any]:
    return tf.function(function, jit_compile=True, autograph=False)


def _within(call: Call) -> Call:
    backend: Any = call.backend
    return replace(call, backend=backend.within_programs, readable=False, shortcut=None)


def _value_and_gradients(call: Call, want_gradient: bool) -> tuple[Array, tuple[Array, ...]]:
    value, gradients = closed_form(call, want_gradient)
    invalid = valid_labels(call, call.mask, values_like(call))  # NaN at such labels and 0 elsewhere
    return value + (invalid if call.reduction == "none" else call.backend.namespace.sum(invalid)), gradients


def eager(call: Call, want_gradient: bool) -> tuple[Array, tuple[Array, ...]]:
    """``closed_form`` of an eager call that has a shortcut."""
    assert call.shortcut is not None
    for name, x in zip(call.loss.inputs, call.arrays, strict=True):
        if call.check:
            check_values(call, name, domain_in(call.loss, name, call.arrays, call.parameters), x)
    programs = call.shortcut.programs
    if want_gradient not in programs:
        within = _within(call)
        programs[want_gradient] = _program(lambda *arrays: _value_and_gradients(within.on(list(arrays)), want_gradient))
    value, gradients = programs[want_gradient](*call.arrays)
    if call.backend.is_infinite(value):
        return closed_form(call, want_gradient)  # which knows what to do with a sum beyond the dtype
    return value, gradients


def traced(call: Call, want_gradient: bool) -> tuple[Array, tuple[Array, ...]]:
    """``closed_form`` of a call in a ``tf.function``."""
    within = _within(call)
    return _program(lambda: _value_and_gradients(within, want_gradient))()


def value(call: Call) -> Array:
    """``plain`` of a call in a ``tf.function``, whose derivative makes all that it needs again."""
    within = _within(call)
    return _program(lambda: plain(within))()
