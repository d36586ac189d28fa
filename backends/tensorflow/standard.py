"""The array API functions that the library uses, in TensorFlow, which has no array API namespace of its own."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import tensorflow as tf

Array = Any
Axis = int | tuple[int, ...] | None

abs = tf.abs
atan = tf.atan
ceil = tf.math.ceil
cos = tf.cos
exp = tf.exp
expm1 = tf.math.expm1
floor = tf.math.floor
isfinite = tf.math.is_finite
isinf = tf.math.is_inf
isnan = tf.math.is_nan
log = tf.math.log
log1p = tf.math.log1p
ones_like = tf.ones_like
sign = tf.sign
sin = tf.sin
sqrt = tf.sqrt
square = tf.square
tanh = tf.tanh
zeros_like = tf.zeros_like
bool = tf.bool
int32 = tf.int32
int64 = tf.int64
float32 = tf.float32
float64 = tf.float64


def asarray(x: Any, /, *, dtype: Any = None, copy: Any = None) -> Array:
    # TensorFlow would make float32 of Python floats and keep NumPy's dtypes; so does this.
    return tf.convert_to_tensor(x, dtype=dtype)


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Array:
    # No use for the device: TensorFlow copies between devices by itself.
    if stop is None:
        start, stop = 0, start
    return tf.range(start, stop, step, dtype=dtype)


def astype(x: Array, dtype: Any, /, *, copy: Any = True) -> Array:
    return tf.cast(x, dtype)


def finfo(dtype: Any, /) -> Any:
    info = np.finfo(tf.as_dtype(dtype).as_numpy_dtype) if dtype != tf.bfloat16 else tf.experimental.numpy.finfo(dtype)
    return types.SimpleNamespace(
        eps=float(info.eps), max=float(info.max), min=float(info.min), smallest_normal=float(info.tiny)
    )


def isdtype(dtype: Any, kind: str) -> Any:
    dtype = tf.as_dtype(dtype)
    return {
        "bool": dtype == tf.bool,
        "integral": dtype.is_integer,
        "real floating": dtype.is_floating,
        "complex floating": dtype.is_complex,
    }[kind]


def where(condition: Array, x: Any, y: Any, /) -> Array:
    return tf.where(condition, x, y)


def clip(x: Array, /, min: Any = None, max: Any = None) -> Array:
    return tf.clip_by_value(x, min, max)


def maximum(x: Any, y: Any, /) -> Array:
    return tf.maximum(x, y)


def minimum(x: Any, y: Any, /) -> Array:
    return tf.minimum(x, y)


def broadcast_to(x: Array, /, shape: tuple[int, ...]) -> Array:
    return tf.broadcast_to(x, shape)


def expand_dims(x: Array, /, *, axis: int = 0) -> Array:
    return tf.expand_dims(x, axis)


def squeeze(x: Array, /, axis: Axis) -> Array:
    return tf.squeeze(x, axis=axis)


def permute_dims(x: Array, /, axes: tuple[int, ...]) -> Array:
    return tf.transpose(x, axes)


def reshape(x: Array, shape: Any, /) -> Array:
    return tf.reshape(x, [-1 if n is None else n for n in shape])  # the size of a batch may not be known yet


def matrix_transpose(x: Array, /) -> Array:
    return tf.linalg.matrix_transpose(x)


def matmul(x: Array, y: Array, /) -> Array:
    return tf.matmul(x, y)


def concat(arrays: Any, /, *, axis: int = 0) -> Array:
    return tf.concat(list(arrays), axis)


def stack(arrays: Any, /, *, axis: int = 0) -> Array:
    return tf.stack(list(arrays), axis)


def flip(x: Array, /, *, axis: int) -> Array:
    return tf.reverse(x, [axis % x.ndim])


def take(x: Array, indices: Array, /, *, axis: int = 0) -> Array:
    return tf.gather(x, indices, axis=axis)


def take_along_axis(x: Array, indices: Array, /, *, axis: int = -1) -> Array:
    # That of tf.experimental.numpy transposes under a condition, whose gradient XLA refuses.
    last = x.shape.rank - 1
    order = [i for i in range(last + 1) if i != axis % (last + 1)] + [axis % (last + 1)]
    if order[-1] == last:
        return tf.gather(x, indices, axis=last, batch_dims=last)
    taken = tf.gather(tf.transpose(x, order), tf.transpose(indices, order), axis=last, batch_dims=last)
    return tf.transpose(taken, [order.index(i) for i in range(last + 1)])


def cumulative_sum(x: Array, /, *, axis: int = 0) -> Array:
    return tf.cumsum(x, axis)


def sort(x: Array, /, *, axis: int = -1, descending: Any = False) -> Array:
    return tf.sort(x, axis=axis, direction="DESCENDING" if descending else "ASCENDING")


def argsort(x: Array, /, *, axis: int = -1, descending: Any = False) -> Array:
    return tf.argsort(x, axis=axis, direction="DESCENDING" if descending else "ASCENDING", stable=True)


def _reduced(function: Any) -> Any:
    def reduce(x: Array, /, *, axis: Axis = None, keepdims: Any = False) -> Array:
        return function(x, axis=axis, keepdims=keepdims)

    return reduce


all = _reduced(tf.reduce_all)
any = _reduced(tf.reduce_any)
max = _reduced(tf.reduce_max)
mean = _reduced(tf.reduce_mean)
min = _reduced(tf.reduce_min)
prod = _reduced(tf.reduce_prod)
sum = _reduced(tf.reduce_sum)
