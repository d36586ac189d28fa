"""Entropy of continuous distributions: closed forms, quadrature, and averages over samples."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from ..namespace import Array, Namespace
from .distribution import Base, arrays_of, in_units, logarithm, vertical

#: How far the integral of a density over its grid may be from 1: a grid that misses more than this of the mass, or is
#: too coarse to see it, gives an entropy that is wrong in the second digit.
MASS_TOLERANCE = 1e-2


def differential_entropy(
    distribution: Any, grid: Any = None, *, samples: Any = None, base: Base = 2, **parameters: Any
) -> Array:
    r"""The entropy of a continuous distribution: :math:`h(f) = -\int f(x) \log f(x) \, dx`.

    Unlike the entropy of a discrete distribution it depends on the unit that ``x`` is measured in, and can be negative:
    it compares with a uniform distribution of width 1. One of three:

    * ``differential_entropy("normal", scale=2.0)``: the closed form of a named family, see :data:`FAMILIES` for names
      and parameters. Parameters may be arrays, and gradients flow to them. Those left out are standard (scale 1, say).
    * ``differential_entropy(density, grid)``: quadrature by the trapezoid rule. ``density`` is a function, or its
      values on the grid, with the points on the last axis; ``grid`` is a vector of increasing points.
    * ``differential_entropy(density, samples=x)``: the average of ``-log f`` over samples drawn from ``density``
      itself. With samples of another distribution this is the cross-entropy instead.

    Reference: Cover and Thomas, Elements of Information Theory, 2006, table 17.1
    """
    if isinstance(distribution, str):
        if grid is not None or samples is not None:
            raise TypeError("differential_entropy: a named family has a closed form; wanted neither grid nor samples.")
        return in_units(_closed_form(distribution, parameters), base)
    if parameters:
        raise TypeError(f"differential_entropy: parameters {sorted(parameters)} belong to named families only.")
    if (grid is None) == (samples is None):
        raise TypeError(
            "differential_entropy: wanted the name of a family, a density and a grid, or a density and samples=. "
            f"The families are {', '.join(sorted(FAMILIES))}."
        )
    if samples is not None:
        backend, (values,), _ = arrays_of("differential_entropy", [("density", _values(distribution, samples))])
        xp = backend.namespace
        return in_units(-xp.mean(logarithm(xp, values), axis=-1), base)
    return in_units(_quadrature(distribution, grid), base)


def _values(density: Any, points: Any) -> Any:
    if not callable(density):
        return density
    return density(
        arrays_of("differential_entropy", [("points", points)])[1][0] if isinstance(points, list) else points
    )


def _quadrature(density: Any, grid: Any) -> Array:
    values = _values(density, grid)
    backend, (values, grid), _ = arrays_of("differential_entropy", [("density", values), ("grid", grid)])
    xp = backend.namespace
    if grid.ndim != 1 or grid.shape[0] < 2 or not values.ndim or values.shape[-1] != grid.shape[0]:
        raise ValueError(
            f"differential_entropy: the grid has shape {tuple(grid.shape)} and the density {tuple(values.shape)}; "
            "wanted a vector of at least two points, and one value of the density for each on the last axis."
        )
    width = grid[1:] - grid[:-1]

    def integral(y: Array) -> Array:
        return xp.sum(width * (y[..., 1:] + y[..., :-1]), axis=-1) / 2

    if not backend.is_tracing([values, grid]):
        if backend.extent(xp.stop_gradient(width))[0] <= 0:
            raise ValueError("differential_entropy: the points of the grid do not increase; wanted them sorted.")
        low, high = backend.extent(xp.stop_gradient(integral(values)))
        if not (low >= 1 - MASS_TOLERANCE and high <= 1 + MASS_TOLERANCE):
            raise ValueError(
                f"differential_entropy: the density integrates to {low if 1 - low > high - 1 else high:.4g} over the "
                f"grid; wanted 1 (within {MASS_TOLERANCE:g}). Fix: a wider or finer grid, or normalise the density."
            )
    return integral(vertical(xp, values, values == 0) - xp.zero_product(values, logarithm(xp, values)))


def _closed_form(name: str, parameters: dict[str, Any]) -> Array:
    try:
        formula = FAMILIES[name]
    except KeyError:
        raise LookupError(
            f"differential_entropy knows no family {name!r}; it knows {', '.join(sorted(FAMILIES))}."
        ) from None
    known = inspect.signature(formula).parameters
    defaults = {key: parameter.default for key, parameter in known.items() if key != "xp"}
    # A shift changes no entropy, so that every family takes loc and only those that need it look at it.
    given = {key: x for key, x in parameters.items() if key != "loc" or key in defaults}
    unknown = given.keys() - defaults.keys()
    if unknown:
        raise TypeError(
            f"differential_entropy: the {name} family has no parameter {sorted(unknown)[0]!r}; it has {list(defaults)}."
        )
    values = {**defaults, **given}
    backend, arrays, _ = arrays_of("differential_entropy", list(values.items()))
    for key, x in zip(values, arrays, strict=True):
        if key not in _ANY_SIGN and not backend.is_tracing([x]):
            smallest = backend.extent(backend.namespace.stop_gradient(x))[0]
            if smallest <= 0:
                raise ValueError(f"differential_entropy: {name} with {key}={smallest:g}; wanted a number above 0.")
    return formula(backend.namespace, **dict(zip(values, arrays, strict=True)))


_ANY_SIGN = ("loc", "low", "high")


def digamma(xp: Namespace, x: Array) -> Array:
    r"""The derivative of :math:`\log \Gamma` for ``x > 0``: the asymptotic series, after shifting to 8 or above."""
    shift = xp.zeros_like(x)
    for _ in range(8):
        small = x < 8
        shift = shift + xp.where(small, 1 / x, xp.zeros_like(x))
        x = xp.where(small, x + 1, x)
    inverse = 1 / (x * x)
    series = 1 / 12 - inverse * (
        1 / 120
        - inverse * (1 / 252 - inverse * (1 / 240 - inverse * (1 / 132 - inverse * (691 / 32760 - inverse / 12))))
    )
    return xp.log(x) - 0.5 / x - series * inverse - shift


def _log_beta(xp: Namespace, a: Array, b: Array) -> Array:
    return xp.lgamma(a) + xp.lgamma(b) - xp.lgamma(a + b)


def _normal(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 0.5 * math.log(2 * math.pi * math.e)


def _lognormal(xp: Namespace, loc: Any = 0.0, scale: Any = 1.0) -> Array:
    return loc + _normal(xp, scale)


def _half_normal(xp: Namespace, scale: Any = 1.0) -> Array:
    return _normal(xp, scale) - math.log(2)


def _uniform(xp: Namespace, low: Any = 0.0, high: Any = 1.0, scale: Any = 1.0) -> Array:
    return xp.log(scale) + xp.log(high - low)


def _triangular(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 0.5 - math.log(2)


def _exponential(xp: Namespace, scale: Any = 1.0, rate: Any = 1.0) -> Array:
    return 1 + xp.log(scale) - xp.log(rate)


def _laplace(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 1 + math.log(2)


def _logistic(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 2


def _cauchy(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + math.log(4 * math.pi)


def _gumbel(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 1 + EULER


def _rayleigh(xp: Namespace, scale: Any = 1.0) -> Array:
    return xp.log(scale) + 1 + EULER / 2 - math.log(2) / 2


def _weibull(xp: Namespace, shape: Any = 1.0, scale: Any = 1.0) -> Array:
    return EULER * (1 - 1 / shape) + xp.log(scale) - xp.log(shape) + 1


def _pareto(xp: Namespace, shape: Any = 1.0, scale: Any = 1.0) -> Array:
    return xp.log(scale) - xp.log(shape) + 1 + 1 / shape


def _gamma(xp: Namespace, shape: Any = 1.0, scale: Any = 1.0, rate: Any = 1.0) -> Array:
    return shape + xp.log(scale) - xp.log(rate) + xp.lgamma(shape) + (1 - shape) * digamma(xp, shape)


def _chi_squared(xp: Namespace, df: Any = 1.0) -> Array:
    return _gamma(xp, df / 2, 2 * xp.ones_like(df), xp.ones_like(df))


def _beta(xp: Namespace, a: Any = 1.0, b: Any = 1.0, scale: Any = 1.0) -> Array:
    tilt = (a + b - 2) * digamma(xp, a + b) - (a - 1) * digamma(xp, a) - (b - 1) * digamma(xp, b)
    return xp.log(scale) + _log_beta(xp, a, b) + tilt


def _student_t(xp: Namespace, df: Any = 1.0, scale: Any = 1.0) -> Array:
    half, more = df / 2, (df + 1) / 2
    spread = 0.5 * xp.log(df) + _log_beta(xp, half, 0.5 * xp.ones_like(half))
    return xp.log(scale) + spread + more * (digamma(xp, more) - digamma(xp, half))


#: Euler's constant.
EULER = 0.57721566490153286

#: Entropy in nats by family. Every family takes ``loc``, which changes nothing but for the lognormal, where ``loc`` and
#: ``scale`` are mean and standard deviation of the logarithm. ``scale`` of uniform, triangular and beta is the width of
#: the interval (times ``high - low`` for the uniform), of the Pareto distribution its smallest value; ``rate`` is
#: ``1 / scale``.
FAMILIES: dict[str, Callable[..., Array]] = {
    "beta": _beta,
    "cauchy": _cauchy,
    "chi_squared": _chi_squared,
    "exponential": _exponential,
    "gamma": _gamma,
    "gumbel": _gumbel,
    "half_normal": _half_normal,
    "laplace": _laplace,
    "logistic": _logistic,
    "lognormal": _lognormal,
    "normal": _normal,
    "pareto": _pareto,
    "rayleigh": _rayleigh,
    "student_t": _student_t,
    "triangular": _triangular,
    "uniform": _uniform,
    "weibull": _weibull,
}
