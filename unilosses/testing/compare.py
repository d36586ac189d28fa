"""How close is close enough: one table by dtype, and the comparison that every test uses."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import to_numpy

#: Allowed error, relative to the expected number and never below that of the number 1.
TOLERANCE = {
    # What the library promises across frameworks: some dozens of roundings of 1.1e-16, and kernels (exp, log, lgamma)
    # that differ by a few units in the last place, with a condition number of up to a hundred.
    "float64": 1e-12,
    # The same promise: eight units in the last place, which is what XLA's and Eigen's exp and log need.
    "float32": 1e-6,
    # Computed in float32 and rounded once: half a unit in the last place, doubled because the expected number may lie
    # next to a rounding boundary.
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
    # Not a dtype: fourth-order central differences of float64 values. With a step of 1e-3 the truncation is 1e-12/30
    # of the fifth derivative and the rounding 1e-13 of the summed values; both may be some thousand times larger.
    "differences": 1e-8,
}


def dtype_name(x: Any) -> str:
    """The bare name of an array's dtype: ``"float32"`` for ``torch.float32``; Python numbers are ``"float64"``."""
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        return "float64"
    return str(getattr(dtype, "name", dtype)).rsplit(".", 1)[-1]


def assert_close(actual: Any, expected: Any, dtype: str | None = None, *, what: str = "", scale: Any = 1.0) -> None:
    """Shapes are equal, and numbers within the tolerance of ``dtype``; NaN equals NaN.

    ``dtype`` is a key of :data:`TOLERANCE`: what the numbers were computed in, by default the dtype of ``actual``.
    ``scale`` is the size of the numbers that cancelled on the way, where that is more than 1.
    """
    tolerance = TOLERANCE[dtype or dtype_name(actual)]
    found, wanted = to_numpy(actual).astype(np.float64), to_numpy(expected).astype(np.float64)
    label = f"{what}: " if what else ""
    if found.shape != wanted.shape:
        raise AssertionError(f"{label}shape {found.shape}, expected {wanted.shape}")
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(wanted), scale)
        allowed = tolerance * np.where(np.isfinite(size), size, 0.0)
        close = (np.abs(found - wanted) <= allowed) | (found == wanted) | (np.isnan(found) & np.isnan(wanted))
        if close.all():
            return
        off = np.abs(found - wanted)
        error = np.where(close, 0.0, off / size)
        at = np.unravel_index(np.argmax(np.where(np.isnan(error), np.inf, error)), close.shape)
    where = f" at {tuple(map(int, at))}" if found.ndim else ""
    name, least = dtype or dtype_name(actual), np.broadcast_to(scale, close.shape)[at]
    raise AssertionError(
        f"{label}{found[at]!s}, expected {wanted[at]!s}{where}: off by {off[at]:.3g}, allowed {allowed[at]:.3g} "
        f"({name}: {tolerance:g} of the number, or of {least:g} if that is more); {int((~close).sum())} of "
        f"{close.size} numbers differ"
    )
