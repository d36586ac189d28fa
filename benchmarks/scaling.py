"""Time against the number of elements: ours, native, and the limit that memory bandwidth sets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

from .cases import MODES
from .inputs import Size
from .runners import build
from .timing import interleaved

#: Losses by what they read: two arrays, or one and the labels of its rows.
LOSSES = ("huber", "binary_cross_entropy", "sparse_categorical_cross_entropy")
FRAMEWORKS = ("torch", "numpy", "jax")
#: Classes of each row, the same for every number of elements.
COLUMNS = 100


def counts(least: float, most: float, per_decade: int = 2) -> list[int]:
    """Numbers of elements, evenly spaced on a logarithmic axis."""
    decades = np.log10(most) - np.log10(least)
    exponents = np.linspace(np.log10(least), np.log10(most), round(decades * per_decade) + 1)
    return [round(10**x) // COLUMNS * COLUMNS for x in exponents]


def copy_bandwidth(size: int, rounds: int = 5) -> float:
    """Bytes per second that a copy of so many floats reads and writes, by NumPy or on PyTorch's threads."""
    source = np.ones(size, np.float32)
    target = np.ones(size, np.float32)
    copies = [lambda: np.copyto(target, source)]
    try:
        import torch
    except ImportError:
        pass
    else:
        copies.append(lambda: torch.from_numpy(target).copy_(torch.from_numpy(source)))
    found = []
    for copy in copies:
        times = []
        for _ in range(rounds):
            begin = time.perf_counter()
            copy()
            times.append(time.perf_counter() - begin)
        found.append(2 * source.nbytes / median(times))
    return max(found)


def moved(loss: str, elements: int) -> int:
    """Bytes that must move: the inputs are read, the gradient is written; labels are int64."""
    labels = 8 * elements // COLUMNS
    return 4 * 2 * elements + (labels if loss == "sparse_categorical_cross_entropy" else 4 * elements)


def measure(framework: str, elements: int, bandwidth: float, budget: float) -> Iterator[dict[str, Any]]:
    """The rows of one framework at one number of elements, in its fastest mode that users write by default."""
    size = Size("", elements // COLUMNS, COLUMNS)
    done = set()
    for case, ours, native in build(framework, MODES[framework][0], size, "float32", LOSSES):
        # The first native of a loss: from logits, by torch.nn, optax or the lines by hand.
        if case.loss in done or case.value_only:
            continue
        done.add(case.loss)
        own, other, _ = interleaved(ours, native, budget, least=3)
        yield {"framework": framework, "mode": MODES[framework][0], "loss": case.loss, "native": case.native,
               "elements": elements, "ours_s": own, "native_s": other,
               "limit_s": moved(case.loss, elements) / bandwidth}  # fmt: skip


def figure(rows: list[dict[str, Any]]) -> Any:
    """Time against elements on logarithmic axes, a row of panels for each loss, a column for each framework."""
    from matplotlib.figure import Figure

    losses = list(dict.fromkeys(row["loss"] for row in rows))
    frameworks = list(dict.fromkeys(row["framework"] for row in rows))
    drawn = Figure(figsize=(3.6 * len(frameworks), 2.6 * len(losses)), layout="constrained")
    panels = drawn.subplots(len(losses), len(frameworks), sharex=True, sharey=True, squeeze=False)
    for above, loss in zip(panels, losses, strict=True):
        for panel, framework in zip(above, frameworks, strict=True):
            found = sorted(
                (r for r in rows if (r["loss"], r["framework"]) == (loss, framework)), key=lambda r: r["elements"]
            )
            elements = [r["elements"] for r in found]
            for key, label, style in (
                ("ours_s", "unilosses", {"color": "#0b6e99", "marker": "o"}),
                ("native_s", "native", {"color": "#c2571a", "marker": "s"}),
                ("limit_s", "memory bandwidth", {"color": "#777777", "linestyle": "--"}),
            ):
                panel.plot(elements, [r[key] for r in found], label=label, markersize=3, linewidth=1.3, **style)
            panel.set_xscale("log")
            panel.set_yscale("log")
            panel.grid(alpha=0.25, linewidth=0.5)
            panel.set_title(f"{framework}: {loss.replace('_', ' ')}", fontsize=8)
            panel.tick_params(labelsize=7)
        above[0].set_ylabel("seconds", fontsize=8)
    for panel in panels[-1]:
        panel.set_xlabel("elements", fontsize=8)
    panels[0, 0].legend(frameon=False, fontsize=7)
    return drawn
