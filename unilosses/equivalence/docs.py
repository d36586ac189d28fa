"""``docs/equivalence.md``, generated from the rows: ``python -m unilosses.equivalence.docs docs/equivalence.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from unilosses.equivalence.documents import CLAIMS, EXISTENCE, NOTEBOOK, RECOMMENDATIONS
from unilosses.equivalence.model import FRAMEWORKS, WRONG, Equivalence
from unilosses.equivalence.pairing import NATIVES
from unilosses.equivalence.rows import rows
from unilosses.equivalence.wording import EVERYWHERE

INTRODUCTION = """\
# What a loss is in the other framework

Generated from the rows of `unilosses.equivalence`; edit those, then run
`python -m unilosses.equivalence.docs docs/equivalence.md`. `unilosses verify` measures every row on the versions that
are installed: values and gradients, in double precision, with each condition both satisfied and broken.

- **exact**: the same number for the same arrays, once the inputs are passed as listed.
- **affine**: `target = scale * source + offset`, as given beside the relation.
- **conditional**: equal where the conditions hold, and measurably not where they do not.
- **different**: often taken for one another, and not equal; there is a counterexample.
- **none**: the framework has no such loss; `ul.convert` gives the one of unilosses.

Values of optax are unreduced, so a row with optax compares their mean. A sum in Keras is, for elementwise losses, a sum
of means over the last axis. `ul.equivalents(loss, to=…)` answers for
the reduction and the other arguments of your loss. Not repeated in each row: Keras computes in `keras.config.floatx()`
unless a loss has a `dtype`, and the mean of an empty batch is an empty array in Keras and NaN elsewhere.
"""


def _table(headings: Iterable[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    headings = list(headings)
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for line in lines:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
    yield ""


def _relation(row: Equivalence) -> str:
    if (row.scale, row.offset) == (1.0, 0.0):
        return row.relation
    scale = "" if row.scale == 1 else f"{row.scale:g} · "
    offset = f" {'+' if row.offset > 0 else '−'} {abs(row.offset):g}" if row.offset else ""
    return f"{row.relation}: {scale}source{offset}"


def _lines(source: str, target: str) -> Iterator[tuple[str, ...]]:
    names = dict.fromkeys(n.name for n in NATIVES if n.framework == source and n.role != "target")
    for name in names:
        for row in rows(name, target):
            if row.target or target != "torchvision":
                said = "" if row.documented is None else ("**wrong**" if WRONG in row.documented else "holds")
                cells = (f"`{row.source}`", f"`{row.target}`" if row.target else "–", _relation(row))
                own = [line for line in row.divergences if not line.startswith(EVERYWHERE)]
                yield (*cells, *("<br>".join(part) for part in (row.conditions, row.inputs, own)), said)


def markdown() -> str:
    """The page."""
    lines = [INTRODUCTION]
    for source in FRAMEWORKS:
        for target in FRAMEWORKS:
            found = list(_lines(source, target)) if source != target else []
            if found:
                lines.append(f"## {source} → {target}\n")
                headings = ("source", "target", "relation", "conditions", "inputs", "divergences", "document")
                lines += _table(headings, found)
    lines.append(f"## The table of the document “{NOTEBOOK}”\n")
    verdicts = (
        (f"`{c.source}`", f"`{c.target}`", "holds" if c.holds else "**does not hold**", c.verdict) for c in CLAIMS
    )
    lines += _table(("PyTorch", "Keras", "as written", "measured"), verdicts)
    named = ", ".join(f"{what} (`{name}`)" for what, name in EXISTENCE)
    lines.append(f"Its other table names losses without mapping them: {named}. They exist; PyTorch has no Dice.\n")
    lines.append("## Which loss for which task\n")
    lines += _table(
        ("task", "loss", "output activation", *RECOMMENDATIONS[0].calls),
        ((r.task, r.loss, r.activation, *(f"`{call}`" for call in r.calls.values())) for r in RECOMMENDATIONS),
    )
    return "\n".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8") if len(sys.argv) > 1 else print(markdown(), end="")
