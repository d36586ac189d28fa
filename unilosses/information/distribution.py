"""Arguments of the information measures: distributions, checked, with logarithms that are right at zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..dispatch import Backend, backend_for, common_backend
from ..namespace import Array, Namespace

Base = float | str

#: How far the sum of a distribution may be from 1. Measured on the softmax of 10 to 128,000 scores, each dtype is off
#: by up to a quarter of this. float64 is allowed what numbers with seven printed digits, or converted from float32, are
#: off by.
SUM_TOLERANCE = {"float64": 1e-6, "float32": 3e-5, "float16": 1e-2, "bfloat16": 6e-2}


def arrays_of(function: str, labelled: Sequence[tuple[str, Any]]) -> tuple[Backend, list[Array], str]:
    """Arguments as floating-point arrays of one framework and one dtype, and the name of the coarsest dtype given.

    Numbers, lists, integers and booleans take the dtype of the floating-point arrays next to them. Half precision is
    computed in float32.
    """
    backend = common_backend(function, labelled)
    xp = backend.namespace
    like = next((x for _, x in labelled if backend.is_array(x)), None)
    arrays = [x if backend.is_array(x) else backend.asarray(x, like) for _, x in labelled]
    dtypes: dict[str, Any] = {}
    devices: dict[Any, str] = {}
    for (name, given), x in zip(labelled, arrays, strict=True):
        floating = backend.float_name(x.dtype)
        if floating is not None:
            if like is None or backend_for(given) is not None:
                dtypes[floating] = x.dtype
        elif not (backend.is_integer(x.dtype) or backend.is_bool(x.dtype)):
            raise ValueError(f"{function}: {name} has dtype {x.dtype}; wanted real numbers.")
        device = backend.device(x)
        if device is not None:
            devices.setdefault(device, name)
    if len(devices) > 1:
        (first, here), (second, there) = [(name, device) for device, name in devices.items()][:2]
        raise TypeError(
            f"{function}: {first} is on device {here} and {second} is on device {there}. All arrays of a call must be "
            f"on one device; move {second} there first."
        )
    names = [name for name in ("float64", "float32", "float16", "bfloat16") if name in dtypes]
    if not names:
        compute, coarsest = backend.default_float(), "float64"
    else:
        compute, coarsest = dtypes.get(names[0]), names[-1]
        if names[0] in ("float16", "bfloat16"):
            compute = xp.float32
    return backend, [x if x.dtype == compute else xp.astype(x, compute) for x in arrays], coarsest


def vertical(xp: Namespace, x: Array, where: Array) -> Array:
    """Zero, with slope +inf in ``x`` where ``where`` holds (``x`` is 0 there), and slope 0 elsewhere.

    The slope is the product of two large numbers, so that an upstream gradient of zero stays zero instead of NaN.
    """
    steep = xp.where(where, xp.zeros_like(x) + xp.finfo(x.dtype).max, xp.zeros_like(x))
    return (x * steep) * steep


def logarithm(xp: Namespace, x: Array) -> Array:
    """``log(x)``; -inf at 0, with slope +inf, and neither a warning nor a NaN on the way."""
    zero = x == 0
    safe = xp.log(xp.where(zero, xp.ones_like(x), x))
    return safe + xp.where(zero, xp.zeros_like(x) - math.inf, xp.zeros_like(x)) + vertical(xp, x, zero)


@dataclass(frozen=True)
class Distribution:
    """Probabilities and their logarithms; either was given, the other is computed."""

    xp: Namespace
    p: Array
    log: Array
    from_log: bool = False

    @classmethod
    def of(cls, xp: Namespace, p: Array) -> Distribution:
        """The distribution with these probabilities."""
        return cls(xp, p, logarithm(xp, p))

    @classmethod
    def of_log(cls, xp: Namespace, log_p: Array) -> Distribution:
        """The distribution with these logarithms of probabilities."""
        return cls(xp, xp.exp(log_p), log_p, True)

    @property
    def zero(self) -> Array:
        """Where the probability is 0."""
        return self.xp.isinf(self.log)

    def times_log(self, other: Distribution) -> Array:
        """``p log q`` with ``0 log 0 = 0``."""
        return self.xp.zero_product(self.p, other.log)

    @property
    def flat_log(self) -> Array:
        """The logarithm, finite and with slope 0 where the probability is 0: for powers, which are 0 there.

        The infinite slope would add NaN to them, and forward mode in TensorFlow multiplies the value by 0.
        """
        one, nothing = self.xp.ones_like(self.p), self.xp.zeros_like(self.p) - 1e30
        if self.from_log:
            return self.xp.where(self.zero, nothing, self.log)
        return self.xp.where(self.zero, nothing, self.xp.log(self.xp.where(self.zero, one, self.p)))

    def vertical(self, where: Array) -> Array:
        """Zero with slope +inf where ``where`` holds; logarithms have no such slope."""
        return self.xp.zeros_like(self.p) if self.from_log else vertical(self.xp, self.p, where)

    def marginal(self, axis: int) -> Distribution:
        """Summed over ``axis``, which stays with length 1."""
        return Distribution.of(self.xp, self.xp.sum(self.p, axis=axis, keepdims=True))


def distributions(
    function: str, axis: int | tuple[int, ...] | None, **given: tuple[Any, Any]
) -> tuple[Namespace, tuple[int, ...], list[Distribution]]:
    """The checked distributions of a call, each given as ``name=(probabilities, logarithms)``, one of the two None."""
    labelled = [one_of(function, name, *pair) for name, pair in given.items()]
    backend, arrays, coarsest = arrays_of(function, labelled)
    xp = backend.namespace
    like = arrays[0] if arrays[0].ndim >= arrays[-1].ndim else arrays[-1]
    axes = check_axes(function, labelled[0][0], axis, tuple(like.shape))
    for (name, _), x in zip(labelled, arrays, strict=True):
        single = x.ndim == 1 and len(axes) == 1 and x.shape[0] == like.shape[axes[0]]
        if tuple(x.shape) != tuple(like.shape) and not single:
            shapes = ", ".join(f"{name} {tuple(x.shape)}" for (name, _), x in zip(labelled, arrays, strict=True))
            raise ValueError(
                f"{function}: the shapes are {shapes}; wanted one shape, or a single distribution (one axis) "
                "beside many. Fix: broadcast explicitly."
            )
        check(function, name, backend, x, axes if x.ndim == like.ndim else (0,), coarsest)
    if len(axes) == 1:
        arrays = [xp.on_axis(x, like, axes[0]) if x.ndim < like.ndim else x for x in arrays]
    made = [
        Distribution.of_log(xp, x) if name.startswith("log_") else Distribution.of(xp, x)
        for (name, _), x in zip(labelled, arrays, strict=True)
    ]
    return xp, axes, made


def one_of(function: str, name: str, plain: Any, log: Any) -> tuple[str, Any]:
    """The argument that was given, with its name: probabilities, or logarithms."""
    if (plain is None) == (log is None):
        number = "both were" if log is not None else "neither was"
        raise TypeError(f"{function} takes either {name} or log_{name} (its logarithm), but {number} given.")
    return (name, plain) if log is None else (f"log_{name}", log)


def check_axes(function: str, name: str, axis: int | tuple[int, ...] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes along which a distribution lies, counted from the front, in the order given."""
    given = tuple(range(len(shape))) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    if not shape or any(not -len(shape) <= a < len(shape) for a in given):
        raise ValueError(f"{function}: {name} has shape {shape}, which has no axis {axis}.")
    axes = tuple(a % len(shape) for a in given)
    if len(set(axes)) < len(axes):
        raise ValueError(f"{function}: axis={axis} names an axis of shape {shape} twice.")
    if any(shape[a] == 0 for a in axes):
        raise ValueError(f"{function}: {name} has shape {shape}: a distribution over no outcomes.")
    return axes


def check(function: str, name: str, backend: Backend, x: Array, axes: tuple[int, ...], dtype: str) -> None:
    """Refuse what is no distribution, where values can be read. NaN passes: it shows in the result."""
    if 0 in x.shape or backend.is_tracing([x]):
        return
    xp = backend.namespace
    x = xp.stop_gradient(x)
    tolerance = SUM_TOLERANCE[dtype]
    smallest, largest = backend.extent(x)
    log = name.startswith("log_")
    if log and largest > tolerance:
        raise ValueError(
            f"{function}: {name} holds {largest:g}; wanted logarithms of probabilities, at most 0. "
            "Fix: apply log_softmax if these are scores, or pass them without log_ if they are probabilities."
        )
    if not log and smallest < 0:
        raise ValueError(
            f"{function}: {name} holds {smallest:g}; wanted probabilities, at least 0. Fix: apply softmax if these are "
            f"scores, or pass them as log_{name} if they are logarithms."
        )
    low, high = backend.extent(xp.sum(xp.exp(x) if log else x, axis=axes))
    total = high if high - 1 > 1 - low else low
    if abs(total - 1) > tolerance:
        along = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
        what = f"exp({name})" if log else name
        fix = "apply log_softmax" if log else "divide by the sum, or apply softmax if these are scores"
        raise ValueError(
            f"{function}: {what} sums to {total:.7g} along {along} of shape {tuple(x.shape)}, {abs(total - 1):.2g} too "
            f"{'much' if total > 1 else 'little'}; wanted 1 (within {tolerance:g} for {dtype}). Fix: {fix}."
        )


def in_units(nats: Array, base: Base) -> Array:
    """Nats in the unit of ``base``: 2 bits, "e" nats, 10 hartleys; any other number above 1 has no name."""
    nats = nats + 0.0  # no minus sign at zero
    if base == "e" or base == math.e:
        return nats
    if isinstance(base, str) or not 1 < base < math.inf:
        raise ValueError(f"base={base!r} is no unit; wanted 2 (bits), 'e' (nats) or 10 (hartleys).")
    return nats / math.log(base)
