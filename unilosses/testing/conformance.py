"""``check_backend``: does an adapter give what the abstract namespace promises? Then the laws, on a few losses."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..loss import get
from ..namespace import DTYPES, STANDARD, Namespace
from .check import Report, check_loss
from .compare import assert_close
from .frameworks import Framework, framework_of

#: One loss of each kind: elementwise, over classes from indices, over regions, and samples that meet each other.
LOSSES = ("huber", "sparse_categorical_cross_entropy", "dice", "nt_xent")

INF = math.inf
LABELS = np.array([2, 0])
ROWS = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 3.0]])
HUGE = np.array([-1e30, -800.0, -1.0, 0.0, 1.0, 800.0, 1e30])
UNIT = np.array([0.0, 1e-50, 0.25, 1.0])


def _log_softmax(row: np.ndarray) -> list[float]:
    total = math.fsum(math.exp(x) for x in row)
    return [x - math.log(total) for x in row]


LOG_SOFTMAX = np.array([_log_softmax(row) for row in ROWS])
SOFTPLUS = [0.0, 0.0, math.log1p(math.exp(-1)), math.log(2), 1 + math.log1p(math.exp(-1)), 800.0, 1e30]
SIGMOID = [0.0, 0.0, 1 / (1 + math.e), 0.5, 1 / (1 + math.exp(-1)), 1.0, 1.0]

#: Every primitive with arguments and what it promises for them, from the mathematics: no library's own numbers.
PRIMITIVES: dict[str, list[tuple[tuple[Any, ...], Any]]] = {
    "stop_gradient": [((ROWS,), ROWS)],
    "relu": [((HUGE,), [0, 0, 0, 0, 1, 800, 1e30])],
    "step": [((HUGE,), [0, 0, 0, 0, 1, 1, 1])],
    "sigmoid": [((HUGE,), SIGMOID)],
    "softplus": [((HUGE,), SOFTPLUS)],
    "log_sigmoid": [((-HUGE,), [-x for x in SOFTPLUS])],
    "logistic_cost": [
        ((np.ones(7), HUGE), SOFTPLUS[::-1]),
        ((np.zeros(7), HUGE), SOFTPLUS),
        ((np.array([0.25, 0.0, 1.0]), np.array([0.0, -INF, INF])), [math.log(2), 0, 0]),
    ],
    "safe_sqrt": [((np.array([0.0, 4.0, 1e-300]),), [0, 2, 1e-150])],
    "safe_divide": [((np.array([1.0, 0.0, 3.0]), np.array([0.0, 0.0, 2.0])), [0, 0, 1.5])],
    "zero_product": [((np.array([0.0, 2.0, 0.0]), np.array([-INF, -3.0, 5.0])), [0, -6, 0])],
    "xlogy": [((np.array([0.0, 2.0, 0.0]), np.array([0.0, 3.0, 0.5])), [0, 2 * math.log(3), 0])],
    "clamped_log": [((UNIT,), [-100, -100, math.log(0.25), 0])],
    "clamped_log_complement": [((np.array([0.0, 1e-20, 0.25, 1.0]),), [0, -1e-20, math.log(0.75), -100])],
    "clamped_reciprocal": [((UNIT,), [0, 0, 4, 1])],
    "safe_power": [((np.array([0.0, 4.0]), 0.5), [0, 2]), ((np.array([0.0, 3.0]), 0), [1, 1])],
    "lgamma": [((np.array([0.5, 1.0, 5.0, 30.5]),), [math.lgamma(x) for x in (0.5, 1.0, 5.0, 30.5)])],
    "logsumexp": [((ROWS, 1), ROWS[:, 0] - LOG_SOFTMAX[:, 0]), ((ROWS * 0 + 1e30, 1), [1e30, 1e30])],
    "log_softmax": [((ROWS, 1), LOG_SOFTMAX), ((ROWS.T, 0), LOG_SOFTMAX.T)],
    "softmax": [((ROWS, 1), np.exp(LOG_SOFTMAX)), ((ROWS.T, 0), np.exp(LOG_SOFTMAX).T)],
    "arange_like": [((3, LABELS), [0, 1, 2])],
    "one_hot": [((LABELS, ROWS, 1), [[0, 0, 1], [1, 0, 0]]), ((LABELS, ROWS.T, 0), [[0, 1], [0, 0], [1, 0]])],
    "class_positions": [((LABELS, ROWS, 1), [[False, False, True], [True, False, False]])],
    "pick": [((ROWS, LABELS, 1), [0.5, 0]), ((ROWS.T, LABELS, 0), [0.5, 0])],
    "put_at": [
        ((ROWS, LABELS, 7.0, 1), [[1, -2, 7], [7, 3, 3]]),
        ((ROWS, LABELS, np.array([[10.0], [20.0]]), 1), [[1, -2, 10], [20, 3, 3]]),
    ],
    "add_scaled": [((ROWS, ROWS * ROWS, -2.0), [[-1, -10, 0], [0, -15, -15]])],
    "layer": [((ROWS, ROWS.T), [[5.25, -4.5], [-4.5, 18]])],
    "add_matmul": [((np.ones((2, 2)), ROWS, ROWS.T), [[6.25, -3.5], [-3.5, 19]])],
    "largest_entry": [((np.array([[1.0, -2.0], [0.0, 0.0], [INF, 1.0]]), 1), [[2], [1], [1]])],
    "add_at": [((ROWS * 1, LABELS, np.array([10.0, 20.0]), 1), [[1, -2, 10.5], [20, 3, 3]])],
    "share_of_max": [((ROWS, 1), [[1, 0, 0], [0, 0.5, 0.5]])],
    "lookup": [((np.array([5.0, 6.0, 7.0]), np.array([[2, 0], [1, 1]])), [[7, 5], [6, 6]])],
    "logaddexp": [((np.array([0.0, -1e38, 1e30]), np.array([0.0, 1.0, 0.0])), [math.log(2), 1, 1e30])],
    "made_again": [((ROWS, np.ones((2, 1))), ROWS)],
    "on_axis": [((np.array([5.0, 6.0, 7.0]), ROWS, 1), [[5, 6, 7]]), ((np.array([5.0, 6.0]), ROWS, 0), [[5], [6]])],
}
#: Checked through the losses that use them: what they take or give are functions, tuples, plain numbers, or
#: a layout of their own.
THROUGH_LOSSES = {
    "entries", "filled", "lattice", "length", "log_cosh", "log_sigmoids", "log_softmax_and_softmax",
    "log_softmax_at", "log_threshold", "rematerialised", "scan", "scaled_length", "sigmoids", "slots", "softmax_cost",
    "sum_by_class", "vector_scale",
}  # fmt: skip

#: Slopes that automatic differentiation must give at kinks and ends: primitive, arguments after x, x, slope.
SLOPES: list[tuple[str, tuple[Any, ...], list[float], list[float]]] = [
    ("relu", (), [-1.0, 0.0, 2.0], [0, 0, 1]),
    ("abs", (), [-1.0, 0.0, 2.0], [-1, 0, 1]),
    ("clip", (-1.0, 1.0), [-2.0, -1.0, 0.5, 1.0, 2.0], [0, 1, 1, 1, 0]),
    ("safe_sqrt", (), [0.0, 4.0], [0, 0.25]),
    ("clamped_log", (), [0.0, 1e-50, 0.25], [0, 0, 4]),
    ("softplus", (), [-1e30, 0.0, 1e30], [0, 0.5, 1]),
    ("sigmoid", (), [-1e30, 0.0, 1e30], [0, 0.25, 0]),
    ("safe_power", (0.5,), [0.0, 4.0], [0, 0.25]),
]


def check_backend(backend: Any, losses: Sequence[str] | None = LOSSES, *, slow: bool = False) -> list[Report]:
    """Check an adapter: every function and primitive of its namespace, then the laws on ``losses`` (None: all).

    ``backend`` is an adapter (an instance of ``unilosses.dispatch.Backend``) or its registered name. Raises
    ``AssertionError`` that names the primitive, or the law with the smallest failing input; returns the reports.
    """
    framework = framework_of(backend)
    with framework.session():
        _check_arrays(framework)
        _check_namespace(framework)
    from ..loss import list_losses

    return [check_loss(get(name), [framework], slow=slow) for name in (list_losses() if losses is None else losses)]


def _check_arrays(framework: Framework) -> None:
    adapter = framework.backend
    x = framework.array(ROWS)
    labels = framework.array(LABELS)
    answers: list[tuple[str, Any, Any]] = [
        ("is_array(array)", adapter.is_array(x), True),
        ("is_array(3.0)", adapter.is_array(3.0), False),
        ("float_name(float64)", adapter.float_name(x.dtype), "float64"),
        ("float_name(float32)", adapter.float_name(framework.array(ROWS, "float32").dtype), "float32"),
        ("float_name(integer)", adapter.float_name(labels.dtype), None),
        ("is_integer(integer)", adapter.is_integer(labels.dtype), True),
        ("is_integer(float)", adapter.is_integer(x.dtype), False),
        ("is_bool(boolean)", adapter.is_bool((x > 0).dtype), True),
        ("is_bool(integer)", adapter.is_bool(labels.dtype), False),
        ("extent", adapter.extent(x), (-2.0, 3.0)),
        ("is_tracing of arrays at hand", adapter.is_tracing([x]), False),
        ("shape", tuple(x.shape), ROWS.shape),
    ]
    for what, found, wanted in answers:
        if found != wanted:
            raise AssertionError(f"{framework.name}: {what} is {found!r}, expected {wanted!r}")


def _check_namespace(framework: Framework) -> None:
    xp = framework.backend.namespace
    for name in STANDARD:
        if not callable(getattr(xp, name, None)):
            raise AssertionError(f"{framework.name}: the namespace lacks the standard's function {name}")
    for name in DTYPES:
        if getattr(xp, name, None) is None:
            raise AssertionError(f"{framework.name}: the namespace lacks the standard's dtype {name}")
    for name, examples in PRIMITIVES.items():
        for arguments, wanted in examples:
            given = [framework.array(x) if isinstance(x, np.ndarray) else x for x in arguments]
            found = _called(framework, name, getattr(xp, name), given)
            assert_close(framework.numpy(found), np.asarray(wanted), "float64", what=f"{framework.name}: {name}")
    if framework.differentiates:
        for name, rest, x, wanted in SLOPES:
            function = getattr(xp, name)

            def total(x: Any, function: Callable[..., Any] = function, rest: tuple[Any, ...] = rest) -> Any:
                return xp.sum(function(x, *rest))

            found = framework.gradient(total, [framework.array(np.array(x))], [0])[1][0]
            assert_close(framework.numpy(found), wanted, "float64", what=f"{framework.name}: slope of {name} at {x}")


def _called(framework: Framework, name: str, function: Callable[..., Any], given: list[Any]) -> Any:
    try:
        with np.errstate(over="ignore"):  # as NumPy's adapter has it around a call
            return function(*given)
    except Exception as error:
        raise AssertionError(f"{framework.name}: {name} fails with {type(error).__name__}: {error}") from error


def primitives() -> set[str]:
    """The primitives that the abstract namespace has."""
    return {name for name, x in vars(Namespace).items() if inspect.isfunction(x) and not name.startswith("_")}
