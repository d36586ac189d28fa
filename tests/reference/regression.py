"""Regression losses and likelihoods of real targets, one value per element; e = y_pred - y_true."""

from __future__ import annotations

from typing import Any

from .arrays import elementwise, mp, number, relu, times


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """e^2."""
    return elementwise(lambda y, f: (f - y) ** 2, y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """|e|."""
    return elementwise(lambda y, f: abs(f - y), y_true, y_pred)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """log(cosh(e)); cosh(e) - 1 = expm1(|e|)^2 / (2 exp(|e|)) keeps the digits of small errors."""

    def value(y: Any, f: Any) -> Any:
        e = abs(f - y)
        if e > 200:  # cosh(e) = exp(e) / 2 to far more than 50 digits
            return e - mp.log(2)
        return mp.log1p(mp.expm1(e) ** 2 / (2 * mp.exp(e)))

    return elementwise(value, y_true, y_pred)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """(log(1 + y_true) - log(1 + y_pred))^2 ; a negative value counts as 0 (in Keras below 1e-7 as 1e-7)."""
    return elementwise(lambda y, f: (mp.log1p(relu(y)) - mp.log1p(relu(f))) ** 2, y_true, y_pred)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 |e| / max(|y_true|, 1e-7), in percent; the guard is Keras'."""
    return elementwise(lambda y, f: 100 * abs(f - y) / max(abs(y), number(1e-7)), y_true, y_pred)


def huber(y_true: Any, y_pred: Any, *, delta: Any = 1.0) -> Any:
    """e^2 / 2 up to |e| = delta, delta (|e| - delta / 2) beyond."""
    d = number(delta)
    return elementwise(lambda y, f: (f - y) ** 2 / 2 if abs(f - y) <= d else d * (abs(f - y) - d / 2), y_true, y_pred)


def smooth_l1(y_true: Any, y_pred: Any, *, beta: Any = 1.0) -> Any:
    """e^2 / (2 beta) below |e| = beta, |e| - beta / 2 beyond; beta = 0 is |e|."""
    b = number(beta)
    return elementwise(lambda y, f: (f - y) ** 2 / (2 * b) if abs(f - y) < b else abs(f - y) - b / 2, y_true, y_pred)


def quantile(y_true: Any, y_pred: Any, *, q: Any = 0.5) -> Any:
    """Pinball loss max(q u, (q - 1) u) with u = y_true - y_pred; q = 0.5 is half the absolute error."""
    return elementwise(lambda y, f: max(number(q) * (y - f), (number(q) - 1) * (y - f)), y_true, y_pred)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """rate - y log(rate), without Keras' 1e-7 in the logarithm; 0 log 0 = 0, infinite at rate 0 with y > 0."""
    return elementwise(lambda y, rate: rate - times(y, mp.log(rate)), y_true, y_pred)


def poisson_nll(y_true: Any, y_pred: Any, *, log_input: bool = True, full: bool = False, epsilon: Any = 1e-8) -> Any:
    """exp(f) - y f, or f - y log(f + epsilon) for a rate; ``full`` adds Stirling's term where y > 1."""

    def value(y: Any, f: Any) -> Any:
        loss = mp.exp(f) - times(y, f) if log_input else f - times(y, mp.log(f + number(epsilon)))
        if full and y > 1:
            loss += y * mp.log(y) - y + mp.log(2 * mp.pi * y) / 2
        return loss

    return elementwise(value, y_true, y_pred)


def gaussian_nll(y_true: Any, y_pred: Any, variance: Any, *, full: bool = False, epsilon: Any = 1e-6) -> Any:
    """(log v + e^2 / v) / 2 with v = max(variance, epsilon), broadcast; ``full`` adds log(2 pi) / 2."""

    def value(y: Any, f: Any, v: Any) -> Any:
        v = max(v, number(epsilon))
        return (mp.log(v) + (f - y) ** 2 / v + (mp.log(2 * mp.pi) if full else 0)) / 2

    return elementwise(value, y_true, y_pred, variance)


def pseudo_huber(y_true: Any, y_pred: Any, *, delta: Any = 1.0) -> Any:
    """delta^2 (sqrt(1 + (e / delta)^2) - 1), as SciPy; Charbonnier's sqrt(e^2 + delta^2) is this / delta + delta."""

    def value(y: Any, f: Any) -> Any:
        d = number(delta)
        square = ((f - y) / d) ** 2
        return d**2 * square / (mp.sqrt(1 + square) + 1)

    return elementwise(value, y_true, y_pred)


def gamma_deviance(y_true: Any, y_pred: Any) -> Any:
    """2 (log(f / y) + y / f - 1), twice the log-likelihood ratio, as scikit-learn."""
    return elementwise(lambda y, f: 2 * (mp.log(f / y) + y / f - 1), y_true, y_pred)


def tweedie_deviance(y_true: Any, y_pred: Any, *, power: Any = 1.5) -> Any:
    """Twice the integral of (y - t) t^-p over t from f to y, as scikit-learn; for p < 0 a negative y stops at 0.

    Hence 2 (max(y, 0)^(2-p) / ((1-p)(2-p)) - y f^(1-p) / (1-p) + f^(2-p) / (2-p)), with logarithms at p = 1 and 2.
    """

    def value(y: Any, f: Any) -> Any:
        p = number(power)
        if p == 0:
            return (y - f) ** 2
        if p == 1:
            return 2 * (times(y, mp.log(y / f) if y else mp.zero) - y + f)
        if p == 2:
            return 2 * (y / f - 1 - mp.log(y / f))
        return 2 * (relu(y) ** (2 - p) / ((1 - p) * (2 - p)) - y * f ** (1 - p) / (1 - p) + f ** (2 - p) / (2 - p))

    return elementwise(value, y_true, y_pred)
