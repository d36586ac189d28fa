"""What a verification found: rows with their measurements, as a table, JSON or markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unilosses.equivalence.model import WRONG, Equivalence


@dataclass(frozen=True)
class Result:
    """One row with what was measured of it."""

    row: Equivalence
    status: str
    """``passed``, ``failed`` or ``not installed``."""
    checks: int
    error: float
    detail: str = ""
    kind: str = "row"
    """``row``, ``document`` (a claim as written), ``edge`` (recorded numbers), ``none`` (no counterpart),
    ``converted`` (what ``convert`` gives), ``core``."""

    def __getattr__(self, name: str) -> Any:
        """What the row itself says: ``source``, ``target``, ``relation``, ``conditions``…"""
        if name.startswith("_") or name == "row":
            raise AttributeError(name)
        return getattr(self.row, name)

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of the table: row, what the documents say, what holds, under which condition, error, status."""
        arrow = f" → {self.row.target}" if self.row.target else ""
        claim = self.row.documented
        said = "" if claim is None else ("wrong" if WRONG in claim else "holds") + " as written"
        conditions = self.row.conditions or self.row.divergences if self.kind != "row" else self.row.conditions
        relation = self.row.relation
        if (self.row.scale, self.row.offset) != (1.0, 0.0):
            relation += f" ({self.row.scale:g}x{self.row.offset:+g})"
        shown = self.status == "failed" or self.row.relation == "different"
        detail = f" [{self.detail}]" if self.detail and shown else ""
        error = f"{self.error:.1e}" if self.checks else ""
        return (self.row.source + arrow, said, relation, "; ".join(conditions) + detail, error, self.status)


HEADINGS = ("row", "document", "relation", "condition", "largest error", "status")


@dataclass(frozen=True)
class Report:
    """All rows of a verification, and the versions they were measured on."""

    rows: list[Result]
    versions: Mapping[str, str]

    @property
    def failed(self) -> list[Result]:
        """Rows that say what the installed versions do not do."""
        return [result for result in self.rows if result.status == "failed"]

    @property
    def summary(self) -> str:
        """One line: how many rows, checks and failures, on which versions."""
        counts = {
            status: sum(r.status == status for r in self.rows) for status in ("passed", "failed", "not installed")
        }
        listed = ", ".join(
            f"{count} {status}" for status, count in counts.items() if count or status != "not installed"
        )
        checks = sum(result.checks for result in self.rows)
        versions = ", ".join(f"{name} {value}" for name, value in self.versions.items()) or "no framework installed"
        return f"{len(self.rows)} rows, {checks} checks: {listed} ({versions})"

    def __str__(self) -> str:
        lines = [HEADINGS, *(result.cells for result in self.rows)]
        limits = (78, 16, 24, 60, 13, 13)
        text = [
            "  ".join(cell[:limit].ljust(min(limit, max(len(line[i]) for line in lines))) for i, (cell, limit) in cells)
            for cells in (list(enumerate(zip(line, limits, strict=True))) for line in lines)
        ]
        broken = [f"FAILED {r.cells[0]}: {r.detail}" for r in self.failed]
        return "\n".join([*text, *broken, self.summary])

    def to_json(self) -> str:
        """The report as JSON, for other programs."""

        def line(result: Result) -> dict[str, Any]:
            measured = {k: getattr(result, k) for k in ("kind", "status", "checks", "detail")}
            return result.row.to_dict() | measured | {"error": result.error if result.error < float("inf") else None}

        return json.dumps(
            {
                "versions": dict(self.versions),
                "summary": self.summary,
                "failed": len(self.failed),
                "rows": [line(r) for r in self.rows],
            },
            indent=2,
        )

    def to_markdown(self) -> str:
        """The report as a markdown table."""

        def line(cells: tuple[str, ...]) -> str:
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

        rule = "|" + "---|" * len(HEADINGS)
        return "\n".join([line(HEADINGS), rule, *(line(result.cells) for result in self.rows), "", self.summary]) + "\n"
