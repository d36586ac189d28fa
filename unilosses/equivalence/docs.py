"""``docs/equivalence.md`` and the table of the README, generated from the rows.

``python -m unilosses.equivalence.docs docs/equivalence.md README.md`` writes both anew.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from unilosses.equivalence import core
from unilosses.equivalence.documents import CLAIMS, EXISTENCE, NOTEBOOK, RECOMMENDATIONS
from unilosses.equivalence.model import FRAMEWORKS, WRONG, Equivalence, Native
from unilosses.equivalence.pairing import NATIVES
from unilosses.equivalence.rows import rows, views
from unilosses.equivalence.wording import EVERYWHERE, spell

INTRODUCTION = """\
# What a loss is in the other framework

<!-- Generated from the rows of unilosses.equivalence: edit those, then run
python -m unilosses.equivalence.docs docs/equivalence.md README.md -->

Every loss of `torch.nn`, `keras.losses` and `optax.losses`, in each direction, and at the end
[which loss is for which task](#which-loss-for-which-task). `unilosses verify` measures every row on the versions that
are installed: values and gradients, in double precision, with each condition both satisfied and broken. It measures
what `ul.convert` gives in the same way, where the conditions are broken too.

- **exact**: the same number for the same arrays, once the inputs are passed as listed.
- **affine**: `target = scale * source + offset`, as given beside the relation.
- **conditional**: equal where the conditions hold, and measurably not where they do not.
- **different**: often taken for one another, and not equal; there is a counterexample.
- **none**: the framework has no such loss; `ul.convert` gives the one of unilosses.

Values of optax are unreduced, so a row with optax compares their mean. A sum in Keras is, for elementwise losses, a sum
of means over the last axis. `ul.equivalents(loss, to=…)` answers for the reduction and the other arguments of your
loss. Not repeated in each row: Keras computes in `keras.config.floatx()` unless a loss has a `dtype`, and the mean of
an empty batch is an empty array in Keras and NaN elsewhere. Where a row is also in the table of a notebook that many
learn from, the last column says whether it holds as it is written there;
[that table](#the-table-of-the-notebook-loss-functions) follows the rows.
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
                headings = ("source", "target", "relation", "conditions", "inputs", "divergences", "in the notebook")
                lines += _table(headings, found)
    lines.append(f"## The table of the notebook “{NOTEBOOK}”\n")
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


ASKED = (
    "torch.nn.BCEWithLogitsLoss",
    "torch.nn.CrossEntropyLoss",
    "torch.nn.NLLLoss",
    "torch.nn.BCELoss",
    "torch.nn.KLDivLoss",
    "torchvision.ops.sigmoid_focal_loss",
    "torch.nn.MSELoss",
    "torch.nn.L1Loss",
    "torch.nn.HuberLoss",
    "torch.nn.SmoothL1Loss",
    "torch.nn.PoissonNLLLoss",
    "torch.nn.CosineEmbeddingLoss",
    "torch.nn.TripletMarginLoss",
    "keras.losses.CategoricalHinge",
    "keras.losses.LogCosh",
)
"""The losses that the README's table answers for."""

BEGIN, END = "<!-- equivalence: begin, generated -->\n", "<!-- equivalence: end -->\n"
"""What the README's table stands between."""


def _own(native: Native) -> str:
    """The call of the loss of unilosses that has the formula."""
    loss = importlib.import_module("unilosses").get(native.concept)
    described = next((n for n in core.NATIVES if n.name == f"unilosses.{native.concept}"), None)
    form = next(iter(native.predictions))
    chosen = described.predictions.get(form, {}) if described else {}
    other = f" of {next(iter(described.predictions))}" if described and form not in described.predictions else ""
    arguments = [*loss.inputs, *(f"{name}={value}" for name, value in chosen.items())]
    return f"`ul.{loss.name}({', '.join(arguments)})`{other}"


def _best(native: Native, framework: str) -> str:
    """The native loss itself, or the closest answer to it."""
    if native.framework == framework or (native.framework, framework) == ("torchvision", "torch"):
        return f"`{spell(native, native.required)}`"
    row = rows(native.name, framework)[0]
    if row.target is None:
        return "–"
    return f"`{row.target}`" + ("" if row.relation == "exact" else f" *{_relation(row)}*")


def summary() -> str:
    """The table of the README."""
    natives = [views(name)[0] for name in ASKED]
    lines = ([_best(native, f) for f in ("torch", "keras", "optax")] + [_own(native)] for native in natives)
    return "\n".join(_table(("PyTorch", "Keras", "optax", "unilosses"), lines))


def with_summary(readme: str) -> str:
    """The text of the README with the table written anew."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the README lacks the lines {BEGIN.strip()!r} and {END.strip()!r}")
    return f"{before}{BEGIN}\n{summary()}\n{END}{after}"


def write(paths: Iterable[str]) -> None:
    """Write the page, or into the README where that is named."""
    for path in map(Path, paths):
        text = with_summary(path.read_text(encoding="utf-8")) if path.name == "README.md" else markdown()
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])
