"""The abstract array namespace ``xp`` that every definition is written against.

It is the Python array API standard, restricted to the functions listed in :data:`STANDARD`, plus the primitives below
that the standard lacks. Each primitive has a default written in the standard itself, so that any array API library
works unaided; an adapter overrides one where its framework has a kernel of its own, or where the framework's
derivative at a kink differs from the one this library promises:

* ``relu`` has slope 0 at 0, ``abs`` has slope 0 at 0, ``clip`` has slope 1 on its closed interval;
* nothing returns NaN, in value or derivative, where the mathematics is finite.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

Array = Any

#: The functions of the array API standard that definitions and the shared path may use.
STANDARD = (
    "abs", "all", "any", "arange", "argsort", "asarray", "astype", "atan", "broadcast_to", "ceil", "clip", "concat",
    "cos", "cumulative_sum", "exp", "expand_dims", "expm1", "finfo", "flip", "floor", "isdtype", "isfinite", "isinf",
    "isnan", "log", "log1p", "matmul", "matrix_transpose", "max", "maximum", "mean", "min", "minimum", "ones_like",
    "permute_dims", "prod", "reshape", "sign", "sin", "sort", "sqrt", "square", "squeeze", "stack", "sum", "take",
    "take_along_axis", "tanh", "where", "zeros_like",
)  # fmt: skip

#: The dtypes that they may name.
DTYPES = ("bool", "int32", "int64", "float32", "float64")

#: Cross-entropy from probabilities clamps the logarithm here, as ``torch.nn.BCELoss`` does.
LOG_CLAMP = -100.0


def rank(x: Any) -> int:
    """The number of axes of an array; 0 of a number, one that a compiler has made a symbol of included."""
    return 0 if isinstance(x, bool | int | float | str | None) else getattr(x, "ndim", 0)


def is_integer(x: Any) -> bool:
    """Whether ``x`` is an integer of Python's, or what PyTorch's compiler has put in the place of one."""
    return type(x) is int or type(x).__name__ == "SymInt"


def is_number(x: Any) -> bool:
    """Whether ``x`` is a number of Python's, or what PyTorch's compiler has put in the place of one."""
    return (isinstance(x, int | float) and not isinstance(x, bool)) or type(x).__name__ in ("SymInt", "SymFloat")


class Namespace:
    """Array API functions of one library, and the primitives the standard lacks."""

    def __init__(self, standard: Any) -> None:
        self.standard = standard
        for name in (*STANDARD, *DTYPES):
            if not hasattr(type(self), name):
                setattr(self, name, getattr(standard, name))

    def __getattr__(self, name: str) -> Any:
        # Only reached for names that are not on the list: user-written losses may use the whole standard.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.standard, name)

    # -- pointwise -----------------------------------------------------------------------------------------------

    def stop_gradient(self, x: Array) -> Array:
        """``x`` as a constant."""
        return x

    def add_scaled(self, x: Array, y: Array, factor: Any) -> Array:
        """``x + factor * y``, in one pass where there is a kernel for it."""
        return x + factor * y

    def relu(self, x: Array) -> Array:
        """``max(x, 0)``, slope 0 at 0."""
        return self.where(x <= 0, self.zeros_like(x), x)

    def step(self, x: Array) -> Array:
        """1 where ``x > 0``, else 0, in the dtype of ``x``: the derivative of :meth:`relu`."""
        return self.astype(x > 0, x.dtype)

    def sigmoid(self, x: Array) -> Array:
        """``1 / (1 + exp(-x))`` without overflow."""
        positive = x > 0
        small = self.exp(self.where(positive, -x, x))  # not exp(-abs(x)), whose slope at 0 would be 0
        return self.where(positive, self.ones_like(x), small) / (1 + small)

    def sigmoids(self, x: Array) -> tuple[Array, Array]:
        """``sigmoid(x)`` and ``1 - sigmoid(x)``, both with all digits."""
        return self.sigmoid(x), self.sigmoid(-x)

    def softplus(self, x: Array) -> Array:
        """``log(1 + exp(x))`` without overflow."""
        positive = x > 0
        small = self.exp(self.where(positive, -x, x))  # not exp(-abs(x)), whose slope at 0 would be 0
        return self.where(positive, x, self.zeros_like(x)) + self.log1p(small)

    def log_sigmoid(self, x: Array) -> Array:
        """``log(sigmoid(x)) = -softplus(-x)``."""
        return -self.softplus(-x)

    def log_sigmoids(self, x: Array) -> tuple[Array, Array]:
        """``log(sigmoid(x))`` and ``log(1 - sigmoid(x))``, which share their costly part."""
        positive = x > 0
        zeros = self.zeros_like(x)
        small = self.log1p(self.exp(self.where(positive, -x, x)))
        return self.where(positive, zeros, x) - small, -self.where(positive, x, zeros) - small

    def log_cosh(self, x: Array, slope: Array) -> Array:
        """``log(cosh(x))`` with all digits of small ``x`` and without overflow; its ``slope`` is ``tanh(x)``."""
        size = self.abs(x)
        # cosh^2 = 1 / (1 - tanh^2) keeps digits, |x| + log(1 + exp(-2|x|)) - log 2 is finite.
        near = size < 1
        logarithm = self.log1p(self.where(near, -slope * slope, self.exp(-2 * size)))
        return self.where(near, -0.5 * logarithm, size - math.log(2) + logarithm)

    def logistic_cost(self, y: Array, x: Array) -> Array:
        """``-y log(sigmoid(x)) - (1 - y) log(1 - sigmoid(x))``, with ``0 * inf = 0``."""
        log_one, log_zero = self.log_sigmoids(x)
        return -self.zero_product(y, log_one) - self.zero_product(1 - y, log_zero)

    def safe_sqrt(self, x: Array) -> Array:
        """``sqrt(x)`` with slope 0 (instead of infinite) at 0."""
        zero = x <= 0
        return self.where(zero, self.zeros_like(x), self.sqrt(self.where(zero, self.ones_like(x), x)))

    def safe_divide(self, x: Array, y: Array) -> Array:
        """``x / y``, and 0 where ``y`` is 0."""
        nonzero = y != 0
        return self.where(nonzero, x / self.where(nonzero, y, self.ones_like(y)), self.zeros_like(x * y))

    def zero_product(self, x: Array, y: Array) -> Array:
        """``x * y`` with ``0 * inf = 0``: a weight of zero silences an infinite logarithm."""
        return x * self.where((x == 0) & self.isinf(y), self.zeros_like(y), y)

    def xlogy(self, x: Array, y: Array) -> Array:
        """``x log(y)`` with ``0 log 0 = 0``, finite derivatives included."""
        silent = x == 0
        return x * self.log(self.where(silent & (y == 0), self.ones_like(y), y))

    def log_threshold(self, x: Array) -> float:
        """The smallest probability whose logarithm is not clamped: ``exp(-100)``, or the smallest normal number."""
        return max(math.exp(LOG_CLAMP), float(self.finfo(x.dtype).smallest_normal))

    def clamped_log(self, x: Array) -> Array:
        """``max(log(x), -100)``; slope ``1/x`` above the clamp and 0 on it."""
        below = x < self.log_threshold(x)
        return self.where(below, LOG_CLAMP * self.ones_like(x), self.log(self.where(below, self.ones_like(x), x)))

    def clamped_log_complement(self, x: Array) -> Array:
        """``max(log(1 - x), -100)`` with all digits for small ``x``; slope ``-1/(1-x)``, and 0 on the clamp."""
        below = x >= 1
        return self.where(below, LOG_CLAMP * self.ones_like(x), self.log1p(-self.where(below, self.zeros_like(x), x)))

    def clamped_reciprocal(self, x: Array) -> Array:
        """The derivative of :meth:`clamped_log`."""
        below = x < self.log_threshold(x)
        return self.where(below, self.zeros_like(x), 1 / self.where(below, self.ones_like(x), x))

    def safe_power(self, x: Array, exponent: Any) -> Array:
        """``x ** exponent`` for ``x >= 0``, with ``0 ** 0 = 1`` and slope 0 where that of a fractional power at 0 is
        infinite (now or one derivative later)."""
        if isinstance(exponent, int | float) and exponent == int(exponent) and exponent >= 0:
            if exponent:
                return x if exponent == 1 else x ** int(exponent)
            # Ones that still depend on x: x ** 0 has slope 0 * inf at 0 in TensorFlow.
            return self.where(x == x, self.ones_like(x), x)
        zero = x < self.finfo(x.dtype).smallest_normal
        power = self.where(zero, self.ones_like(x), x) ** exponent
        at_zero = 0.0 if isinstance(exponent, int | float) else self.astype(exponent == 0, x.dtype)
        return self.where(zero, self.zeros_like(power) + at_zero, power)

    def logaddexp(self, *terms: Array) -> Array:
        """``log(sum(exp(term)))`` of finite terms, one by one."""
        top = self.stop_gradient(functools.reduce(self.maximum, terms))
        return top + self.log(functools.reduce(operator.add, [self.exp(term - top) for term in terms]))

    def lgamma(self, x: Array) -> Array:
        """``log |Gamma(x)|`` for ``x > 0``: Stirling's series after shifting the argument above 8."""
        shift = self.zeros_like(x)
        shifted = x
        for _ in range(8):
            small = shifted < 8
            shift = shift + self.where(small, self.log(shifted), self.zeros_like(x))
            shifted = self.where(small, shifted + 1, shifted)
        inverse = 1 / (shifted * shifted)
        series = 1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))
        return (shifted - 0.5) * self.log(shifted) - shifted + 0.5 * math.log(2 * math.pi) + series / shifted - shift

    # -- along an axis -------------------------------------------------------------------------------------------

    def logsumexp(self, x: Array, axis: int, keepdims: bool = False) -> Array:
        """``log(sum(exp(x)))`` without overflow."""
        top = self.max(x, axis=axis, keepdims=True)
        top = self.where(self.isfinite(top), top, self.zeros_like(top))
        total = self.log(self.sum(self.exp(x - top), axis=axis, keepdims=True)) + top
        return total if keepdims else self.squeeze(total, axis=axis)

    def log_softmax(self, x: Array, axis: int) -> Array:
        """``x - logsumexp(x)``, shifted first so that the largest entry is exact."""
        shifted = x - self.max(x, axis=axis, keepdims=True)
        return shifted - self.log(self.sum(self.exp(shifted), axis=axis, keepdims=True))

    def log_softmax_and_softmax(self, x: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        """:meth:`log_softmax`, and what gives :meth:`softmax` of it without further exponentials."""
        shifted = x - self.stop_gradient(self.max(x, axis=axis, keepdims=True))
        powers = self.exp(shifted)
        total = self.sum(powers, axis=axis, keepdims=True)
        return shifted - self.log(total), lambda: powers * (1 / total)  # a division for each row alone

    def log_softmax_at(self, x: Array, labels: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        """The entries of :meth:`log_softmax` at the class ``labels``, and what gives the whole :meth:`softmax`."""
        top = self.stop_gradient(self.max(x, axis=axis, keepdims=True))
        powers = self.exp(x - top)
        total = self.sum(powers, axis=axis, keepdims=True)
        picked = self.pick(x, labels, axis) - self.squeeze(top, axis=axis) - self.squeeze(self.log(total), axis=axis)
        return picked, lambda: powers * (1 / total)

    def softmax_cost(self, y: Array, x: Array, axis: int) -> tuple[Array, Callable[[], Array]]:
        """``-sum(y log_softmax(x))`` with ``0 * inf = 0``, and what gives its derivative, ``softmax(x) sum(y) - y``."""
        log_p, softmax = self.log_softmax_and_softmax(x, axis)

        def derivative() -> Array:
            slope = -y
            return slope - softmax() * self.sum(slope, axis=axis, keepdims=True)

        return -self.sum(self.zero_product(y, log_p), axis=axis), derivative

    def softmax(self, x: Array, axis: int) -> Array:
        """``exp(log_softmax(x))``."""
        powers = self.exp(x - self.max(x, axis=axis, keepdims=True))
        return powers / self.sum(powers, axis=axis, keepdims=True)

    def arange_like(self, size: int, like: Array) -> Array:
        """The numbers from 0 to ``size - 1`` in the dtype of ``like`` and on its device."""
        device = getattr(like, "device", None)
        place = {} if device is None else {"device": device}
        return self.arange(size, dtype=like.dtype, **place)

    def one_hot(self, labels: Array, like: Array, axis: int) -> Array:
        """Ones of the shape and dtype of ``like`` at the class ``labels`` along ``axis``, zeros elsewhere."""
        return self.astype(self.class_positions(labels, like, axis), like.dtype)

    def class_positions(self, labels: Array, like: Array, axis: int) -> Array:
        """The boolean form of :meth:`one_hot`."""
        shape = [1] * like.ndim
        shape[axis] = -1
        classes = self.reshape(self.arange_like(self.length(like, axis), labels), tuple(shape))
        return self.expand_dims(labels, axis=axis) == classes

    def pick(self, x: Array, labels: Array, axis: int) -> Array:
        """The entry of ``x`` at the class ``labels``; loses ``axis``."""
        return self.squeeze(self.take_along_axis(x, self.expand_dims(labels, axis=axis), axis=axis), axis=axis)

    def add_at(self, x: Array, labels: Array, amount: Array, axis: int) -> Array:
        """``x`` with ``amount`` (one per sample) added at the class ``labels``. May reuse the memory of ``x``."""
        here = self.class_positions(labels, x, axis)
        return x + self.where(here, self.expand_dims(amount, axis=axis), self.zeros_like(x))

    def put_at(self, x: Array, labels: Array, amount: Any, axis: int) -> Array:
        """``x`` with ``amount``, a number or one per sample with a unit class axis, at the class ``labels``."""
        return self.where(self.class_positions(labels, x, axis), amount + self.zeros_like(x), x)

    def largest_entry(self, x: Array, axis: int) -> Array:
        """The largest magnitude along ``axis``, kept, as a constant; 1 where that is 0 or infinite."""
        size = self.stop_gradient(self.max(self.abs(x), axis=axis, keepdims=True))
        return self.where((size == 0) | self.isinf(size), self.ones_like(size), size)

    def vector_scale(self, x: Array, axis: int) -> Any:
        """What to divide vectors by, so that their squares neither overflow nor vanish; None for no need to."""
        return self.largest_entry(x, axis)

    def scaled_length(self, x: Array, axis: int) -> tuple[Any, Array, Array]:
        """A scale (None for 1), a constant; ``x`` divided by it; and the length of that along ``axis``, kept."""
        scale = self.vector_scale(x, axis)
        scaled = x if scale is None else x / scale
        return scale, scaled, self.safe_sqrt(self.sum(scaled * scaled, axis=axis, keepdims=True))

    def share_of_max(self, x: Array, axis: int) -> Array:
        """The derivative of ``max(x, axis)``: 1 at the largest entry, in equal parts where several tie for it."""
        ties = self.astype(x == self.max(x, axis=axis, keepdims=True), x.dtype)
        return self.safe_divide(ties, self.sum(ties, axis=axis, keepdims=True))

    def sum_by_class(self, amounts: Array, classes: Array, like: Array) -> Array:
        """Sums of the last axis of ``amounts`` (batch, time, places) over the places of each of ``classes`` (batch,
        places): of the shape of ``like`` (batch, time, classes)."""
        return self.matmul(amounts, self.one_hot(classes, like, -1))

    def lookup(self, table: Array, labels: Array) -> Array:
        """The entries of the vector ``table`` at integer ``labels`` of any shape."""
        return self.reshape(self.take(table, self.reshape(labels, (-1,)), axis=0), labels.shape)

    def on_axis(self, vector: Any, like: Array, axis: int) -> Any:
        """A vector with one entry per class, shaped to multiply ``like`` along ``axis``; numbers pass."""
        if not rank(vector):
            return vector
        shape = [1] * like.ndim
        shape[axis] = -1
        return self.reshape(vector, tuple(shape))

    def length(self, x: Array, axis: int) -> Any:
        """The number of entries along ``axis``; an array like ``x`` where a compiler does not know it yet."""
        return x.shape[axis]

    # -- execution -----------------------------------------------------------------------------------------------

    def layer(self, x: Array, y: Array) -> Array:
        """The matrix product of a linear layer, in the precision that the framework is told to have there."""
        return self.matmul(x, y)

    def add_matmul(self, total: Array, x: Array, y: Array) -> Array:
        """``total + x @ y``. May reuse the memory of ``total``."""
        return total + self.matmul(x, y)

    def rematerialised(self, function: Callable[..., Array]) -> Callable[..., Array]:
        """``function`` of arrays; what it makes on the way is not kept for its derivative but made again."""
        return function

    def made_again(self, x: Array, upstream: Array) -> Array:
        """``x`` in a pullback, such that compilers do not keep what the value has made of it already."""
        return x

    def scan(self, step: Any, carry: Any, items: tuple[Array, ...], reverse: bool = False) -> tuple[Any, Any]:
        """Fold ``step(carry, items[t]) -> (carry, output)`` over axis 0; returns the last carry and stacked outputs.

        ``carry`` is a tuple of arrays whose shapes do not change; the outputs are a tuple of arrays (or an array).
        """
        length = items[0].shape[0]
        columns: list[Any] = []
        entries = [self.entries(item) for item in items]
        for t in reversed(range(length)) if reverse else range(length):
            carry, output = step(carry, tuple(entry(t) for entry in entries))
            outputs = output if isinstance(output, tuple) else (output,)
            columns = columns or [self.slots(length, x) for x in outputs]
            for column, x in zip(columns, outputs, strict=True):
                column[t] = x
            single = outputs is not output
            del output, outputs, x  # before the next ones are made
        stacked = tuple(map(self.filled, columns))
        return carry, stacked[0] if single else stacked

    def entries(self, x: Array) -> Callable[[int], Array]:
        """The entries of ``x`` along axis 0, by their number."""
        return lambda t: x[t, ...]

    def slots(self, length: int, like: Array) -> Any:
        """Room for ``length`` arrays like this one, assigned one by one."""
        return [None] * length

    def filled(self, slots: Any) -> Array:
        """The array of all that has been assigned to ``slots``."""
        return self.stack(slots, axis=0)

    def lattice(
        self,
        start: Array,
        emissions: Array,
        skip: Array,
        floor: float,
        kept: Array | None = None,
        reverse: bool = False,
    ) -> Array:
        """Logarithms of sums over paths through states in a row, of the shape of ``emissions`` (time, batch, states).

        A path stays, goes to the next state, or skips one at the price ``skip`` (batch, states) of where it arrives;
        then it gets the emission of its time and state. ``start`` is what paths have before. At times that are not
        ``kept`` (time, batch, 1) it is what they have after. Nothing falls below ``floor``.
        """
        edge = self.zeros_like(start[:, :1]) + floor
        edge, least = self.concat([edge, edge], axis=1), self.zeros_like(start) + floor

        def step(carry: tuple[Array], item: tuple[Array, ...]) -> tuple[tuple[Array], Array]:
            (before,), (emission, *timed) = carry, item
            padded = self.concat([edge, before], axis=1)
            after = self.logaddexp(before, padded[:, 1:-1], padded[:, :-2] + skip)
            after = self.maximum(after + emission, least)
            after = self.where(timed[0], after, start) if timed else after
            return (after,), after

        return self.scan(step, (start,), (emissions,) if kept is None else (emissions, kept), reverse)[1]
