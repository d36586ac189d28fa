"""Functions timed in turns, so that a drifting machine slows all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any


def in_turns(
    functions: Mapping[str, Callable[[], Any]], budget: float = 0.6, least: int = 5, most: int = 400
) -> dict[str, list[float]]:
    """The seconds of each call, round by round; each round runs every function, in the reverse order of the last.

    ``least`` rounds whatever the budget; three where a round takes more than a second.
    """

    def once() -> float:
        begin = time.perf_counter()
        for function in functions.values():
            function()
        return time.perf_counter() - begin

    once()  # what is compiled or started by a first call
    seconds = once()
    if seconds < 0.2:
        seconds = once()
    if seconds > 1:
        least = min(least, 3)
    # Short calls are timed in bundles: a clock reading costs as much as a small loss.
    bundle = max(1, int(2e-3 / max(seconds, 1e-7)))
    rounds = max(least, min(most, int(budget / max(seconds * bundle, 1e-7))))
    measured: dict[str, list[float]] = {name: [] for name in functions}
    order = list(functions.items())
    for _ in range(rounds):
        for name, function in order:
            begin = time.perf_counter()
            for _ in range(bundle):
                function()
            measured[name].append((time.perf_counter() - begin) / bundle)
        order.reverse()
    return measured


def interleaved(
    ours: Callable[[], Any], native: Callable[[], Any], budget: float = 0.6, least: int = 5, most: int = 400
) -> tuple[float, float, float]:
    """Medians of both in seconds, and the median of the ratio pair by pair."""
    both = in_turns({"native": native, "ours": ours}, budget, least, most)
    ratios = [a / b for a, b in zip(both["ours"], both["native"], strict=True)]
    return median(both["ours"]), median(both["native"]), median(ratios)
