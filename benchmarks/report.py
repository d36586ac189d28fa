"""Measurements as markdown: a summary by framework, mode and size, then every case."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from .inputs import SIZES


def geometric_mean(values: list[float]) -> float:
    """The mean of ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))


def markdown(result: dict[str, Any]) -> str:
    """The measurements of one run."""
    machine, rows = result["machine"], result["rows"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"Measured {machine['date']} on {machine['cores']} cores ({machine['machine']}), Python {machine['python']}; "
        f"{versions}.",
        "",
        "Value and gradient; ratio ours / native of interleaved runs, lower is better.",
        "",
        "| framework | mode | size | dtype | geometric mean | worst | losses |",
        "|---|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["framework"], row["mode"], SIZES[row["size"]].name, row["dtype"]].append(row)
    for key, members in groups.items():
        worst = max(members, key=lambda row: row["ratio"])
        mean = geometric_mean([row["ratio"] for row in members])
        lines.append(f"| {' | '.join(key)} | {mean:.2f} | {worst['ratio']:.2f} ({worst['loss']}) | {len(members)} |")
    lines += [
        "",
        "| framework | mode | shape | dtype | loss | native | ours | native | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['framework']} | {row['mode']} | {row['shape']} | {row['dtype']} | {row['loss']} | {row['native']} "
            f"| {duration(row['ours_s'])} | {duration(row['native_s'])} | {row['ratio']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def duration(seconds: float) -> str:
    """Seconds with a unit that reads well."""
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"
