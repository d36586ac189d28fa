"""Two functions timed in turns, so that a drifting machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any


def interleaved(
    ours: Callable[[], Any], native: Callable[[], Any], budget: float = 0.6, least: int = 5, most: int = 400
) -> tuple[float, float, float]:
    """Medians of both in seconds, and the median of the ratio pair by pair."""
    for _ in range(2):
        ours()
        native()
    start = time.perf_counter()
    ours()
    native()
    once = time.perf_counter() - start
    # Short calls are timed in bundles: a clock reading costs as much as a small loss.
    bundle = max(1, int(2e-3 / max(once, 1e-7)))
    rounds = max(least, min(most, int(budget / max(once * bundle, 1e-7))))
    first, second = [], []
    for i in range(rounds):
        pair = (ours, native) if i % 2 else (native, ours)
        measured = []
        for function in pair:
            begin = time.perf_counter()
            for _ in range(bundle):
                function()
            measured.append((time.perf_counter() - begin) / bundle)
        if i % 2 == 0:
            measured.reverse()
        first.append(measured[0])
        second.append(measured[1])
    return median(first), median(second), median(a / b for a, b in zip(first, second, strict=True))
