"""Measurements as markdown. ``docs/benchmark_pages.py`` makes the page of the documentation of these parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .goals import SLOWER, UNKNOWN, reason, slower, summaries


def table(headings: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    """A markdown table."""
    headings = list(headings)
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [headings, ["---"] * len(headings), *lines]) + "\n"


def duration(seconds: float) -> str:
    """Seconds with a unit that reads well."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs" if seconds < 1e-4 else f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def provenance(machine: dict[str, Any]) -> str:
    """When and on what a run was made."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"Measured {machine['date']} on {machine['cores']} cores, {machine['threads']} threads "
        f"({machine['machine']}), Python {machine['python']}; {versions}.\n"
    )


def setting(framework: str, mode: str, dtype: str, quantity: str) -> str:
    """Where something was measured: what is not said is value and gradient in float32."""
    unusual = [dtype] * (dtype != "float32") + [f"{quantity} alone"] * (quantity == "value")
    return ", ".join((framework, mode, *unusual))


def goals_table(rows: list[dict[str, Any]]) -> str:
    """Each group's mean and worst beside the goal."""
    return table(
        ("where", "size", "losses", "mean", "goal", "worst", "goal", "verdict"),
        (
            (setting(s.framework, s.mode, s.dtype, s.quantity), s.size, s.losses,
             f"{s.mean:.2f}", s.goal.mean if s.goal else "",
             f"{s.worst['ratio']:.2f} ({s.worst['loss']}, {s.worst['shape']})", s.goal.worst if s.goal else "",
             s.verdict)
            for s in summaries(rows)
        ),
    )  # fmt: skip


def missed_list(rows: list[dict[str, Any]]) -> str:
    """The goals that are missed, and why."""
    missed = [s for s in summaries(rows) if s.goal and s.verdict.startswith("missed")]
    return "".join(f"* **{s.framework}, {s.mode}, {s.size}.** {s.goal.missed or UNKNOWN}\n" for s in missed if s.goal)


def slower_table(rows: list[dict[str, Any]]) -> str:
    """Every row that is slower than native, by the reason where it is known, the worst first."""
    found = slower(rows)
    if not found:
        return f"No loss is slower than native by more than {SLOWER - 1:.0%}.\n"
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault(reason(row), []).append(row)
    return "\n".join(
        f"**{text}**\n\n"
        + table(
            ("loss", "native", "where", "shape", "ratio"),
            (
                (r["loss"], r["native"], setting(r["framework"], r["mode"], r["dtype"], r["quantity"]), r["shape"],
                 f"{r['ratio']:.2f}")
                for r in members
            ),
        )
        for text, members in sorted(grouped.items(), key=lambda item: item[0] == UNKNOWN)
    )  # fmt: skip


def rows_table(rows: list[dict[str, Any]]) -> str:
    """Every measurement."""
    return table(
        ("where", "shape", "loss", "against", "ours", "native", "ratio"),
        (
            (setting(r["framework"], r["mode"], r["dtype"], r["quantity"]), r["shape"], r["loss"], r["native"],
             *((duration(r["ours_s"]), duration(r["native_s"]), f"{r['ratio']:.2f}") if "ratio" in r
               else ("", f"refuses: {r['refused']}", "")))
            for r in rows
        ),
    )  # fmt: skip


def markdown(result: dict[str, Any]) -> str:
    """The measurements of one run of the matrix."""
    rows = result["rows"]
    return "\n".join(
        [
            provenance(result["machine"]),
            "Ratio ours / native of interleaved runs, lower is better; mean is the geometric mean.\n",
            goals_table(rows),
            "Slower than native:\n",
            slower_table(rows),
            "All measurements:\n",
            rows_table(rows),
        ]
    )


def scaling_table(rows: list[dict[str, Any]], least: int = 10**6) -> str:
    """Time per call and the share of the bandwidth limit that is reached, for sizes that do not fit a cache."""
    return table(
        ("loss", "framework", "elements", "ours", "native", "limit", "share of the limit, ours", "native"),
        (
            (r["loss"], r["framework"], f"{r['elements']:.0e}".replace("e+0", "e"), duration(r["ours_s"]),
             duration(r["native_s"]), duration(r["limit_s"]), f"{r['limit_s'] / r['ours_s']:.0%}",
             f"{r['limit_s'] / r['native_s']:.0%}")
            for r in rows
            if r["elements"] >= least
        ),
    )  # fmt: skip


def layers_table(rows: list[dict[str, Any]]) -> str:
    """Microseconds per layer, one column for each framework and loss."""
    columns = list(dict.fromkeys((r["framework"], r["loss"]) for r in rows))
    found = {(r["framework"], r["loss"], r["layer"]): r["us"] for r in rows}
    layers = list(dict.fromkeys(r["layer"] for r in rows))
    return table(
        ("µs", *(f"{framework}: {loss}" for framework, loss in columns)),
        ((layer, *(f"{found[*column, layer]:.1f}" if (*column, layer) in found else "" for column in columns))
         for layer in layers),
    )  # fmt: skip


def memory_table(rows: list[dict[str, Any]]) -> str:
    """Peak beyond the inputs, in bytes and in gradients, and the time of a call."""
    return table(
        ("loss", "shape", "framework", "route", "peak beyond the inputs", "in gradients", "time"),
        (
            (r["loss"], r["shape"], r["framework"], r["route"], f"{r['peak'] / 2**20:.0f} MiB",
             f"{r['peak'] / r['gradient']:.2f}", duration(r["seconds"]))
            if "peak" in r
            else (r["loss"], r["shape"], r["framework"], r["route"], r["failed"], "", "")
            for r in rows
        ),
    )  # fmt: skip
