"""The pages that follow from the code: one per loss, the tables of differences, the reference of the public names.

``conf.py`` calls ``write`` before each build. Every function of this module returns the text of a page in MyST
markdown, so that tests can read it without building the site.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import unilosses as ul
from unilosses import plotting
from unilosses.domains import parameter_range
from unilosses.equivalence.model import FRAMEWORKS
from unilosses.equivalence.pairing import NATIVES
from unilosses.equivalence.rows import rows
from unilosses.equivalence.wording import EVERYWHERE

sys.path.append(str(Path(__file__).parent))
from benchmark_pages import figure_for

#: The families, in the order of the list of losses: a heading, and the files of unilosses/losses.
FAMILIES = {
    "Regression": ["regression"],
    "Cross-entropies": ["cross_entropy"],
    "Focal losses": ["focal"],
    "Cross-entropies that bear wrong labels": ["robust"],
    "From probabilities and log-probabilities": ["probability"],
    "Margins": ["margin"],
    "Likelihoods": ["likelihood"],
    "Divergences": ["divergence"],
    "Embeddings": ["embedding"],
    "Pairs and lists": ["ranking", "listwise"],
    "Preferences": ["preference"],
    "Regions and segmentation": ["segmentation"],
    "Sequences and large vocabularies": ["sequence", "ctc"],
}
TITLES = {"torch": "PyTorch", "keras": "Keras", "optax": "optax", "torchvision": "torchvision"}


def family(loss: ul.Loss) -> str:
    """The file that a loss is defined in."""
    return loss.__module__.rpartition(".")[2]


def losses() -> list[ul.Loss]:
    """The losses of the library itself."""
    return [ul.get(name) for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.")]


def displayed(formula: str) -> str:
    """A formula, one part to a line: the parts are separated by ``\\quad``, outside of braces."""
    parts, depth, part = [], 0, ""
    for token in re.findall(r"\\left|\\right|\\quad|\\.|[^\\]", formula, re.S):
        depth += {"{": 1, "}": -1, r"\left": 1, r"\right": -1}.get(token, 0)
        if token == r"\quad" and not depth:
            parts.append(part.strip())
            part = ""
        else:
            part += token
    lines = [f"&{line}" for line in [*parts, part.strip()]]
    return "```{math}\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n```\n"


def code(text: str) -> str:
    """Prose of a docstring in markdown: names in single backticks."""
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", re.sub(r"``([^`]+)``", r"`\1`", text))


def table(headings: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A markdown table."""
    headings = list(headings)
    written = [headings, ["---"] * len(headings), *lines]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in row) + " |" for row in written)


def remarks(loss: ul.Loss) -> str:
    """The prose of a docstring between its first sentence and its fields."""
    text = inspect.getdoc(loss.function) or ""
    paragraphs = [p for p in text.split("\n\n")[1:] if not re.match(r"(Formula|Derivative|Kinks|Also known as): ", p)]
    return code("\n\n".join(p for p in paragraphs if not p.startswith("Reference: ")))


def bounds(loss: ul.Loss, parameter: str) -> str:
    """What a parameter may hold, where that is checked."""
    found = parameter_range(loss.name, parameter)
    if found is None:
        return ""
    low, low_allowed, high, high_allowed = found
    words = [] if low is None else [f"{'at least' if low_allowed else 'greater than'} {low:g}"]
    words += [] if high is None else [f"{'at most' if high_allowed else 'less than'} {high:g}"]
    return ", ".join(words)


def shapes(loss: ul.Loss) -> str:
    """What shape the unreduced value has."""
    if loss.kind == "elementwise":
        return "Inputs broadcast to one shape; unreduced, the loss has one value per entry."
    if loss.kind == "coupled":
        return "One value per sample, or one for the whole batch; samples or time steps meet each other inside."
    if "axis" not in loss.parameters:
        return "Unreduced, the loss has lost the last axis: one value per sample."
    default = "" if loss.parameters["axis"] is not None else " (all but the first by default)"
    classes = " and the class axis" if "class_axis" in loss.parameters else ""
    return f"Unreduced, the loss has lost the axes that `axis` names{default}{classes}: one value per sample."


def arguments(loss: ul.Loss) -> Iterator[str]:
    """Inputs and parameters of a loss as tables."""
    yield "## Arguments\n"
    predictions = {n: "prediction: has a gradient" if n in loss.predictions else "" for n in loss.inputs}
    yield table(
        ("input", "holds", ""),
        ((f"`{n}`", d.description + (" (optional)" if n in loss.optional else ""), predictions[n])
         for n, d in loss.domains.items()),
    )  # fmt: skip
    yield ""
    if loss.parameters:
        missing = inspect.Parameter.empty
        yield table(
            ("parameter", "default", "may be"),
            ((f"`{n}`", "required" if v is missing else f"`{v!r}`", bounds(loss, n))
             for n, v in loss.parameters.items()),
        )  # fmt: skip
        yield ""
    yield shapes(loss) + "\n"
    yield (
        "`reduction`, `sample_weight`, `mask` and `normalizer` are those of every loss: see "
        "[reductions](../../concepts/reductions.md) and [masks](../../concepts/masks.md).\n"
    )


def counterparts(loss: ul.Loss) -> Iterator[str]:
    """What the frameworks' own losses of this name are in each other; a pair once, in one direction."""
    yield "## In PyTorch, Keras and optax\n"
    names = {n.name: n.framework for n in NATIVES if n.concept == loss.name and n.role != "target"}
    shown: set[frozenset[str]] = set()
    for name, framework in names.items():
        for target in (other for other in FRAMEWORKS if other != framework):
            for row in rows(name, target):
                pair = frozenset((row.source, row.target or ""))
                if row.target is None or row.concept != loss.name or row.relation == "different" or pair in shown:
                    continue
                shown.add(pair)
                yield f"### {TITLES[framework]} and {TITLES[target]}: {relation(row)}\n"
                yield f"```python\n{row.source}\n{row.target}\n```\n"
                own = [line for line in row.divergences if not line.startswith(EVERYWHERE)]
                for title, lines in (("If", row.conditions), ("Pass", row.inputs), ("They part", own)):
                    yield from (f"- {title}: {line}" for line in lines)
                yield ""
    answered = {call.partition("(")[0].removeprefix("functools.partial(") for pair in shown for call in pair}
    alone = [name for name in names if name not in answered]
    if alone:
        yield "Without a counterpart elsewhere: " + ", ".join(f"`{name}`" for name in alone) + ".\n"
    if not names:
        yield "No loss of these frameworks has this formula.\n"
    yield "### unilosses\n"
    yield "As a function of any framework's arrays, and in each framework's own style:\n"
    yield "```python\n" + "\n".join([f"unilosses.{loss.name}", *skins(loss)]) + "\n```\n"
    yield (
        "[The whole table](../../equivalence.md) has both directions, what the frameworks do not have, and what "
        "*exact*, *affine* and *conditional* mean.\n"
    )


def relation(row: ul.Equivalence) -> str:
    """How two losses are related, in a word or a formula."""
    if (row.scale, row.offset) == (1.0, 0.0):
        return row.relation
    scale = "" if row.scale == 1 else f"{row.scale:g} × "
    offset = f" {'+' if row.offset > 0 else '−'} {abs(row.offset):g}" if row.offset else ""
    return f"{row.relation}, second = {scale}first{offset}"


def skins(loss: ul.Loss) -> list[str]:
    """The classes that wrap a loss and the drop-ins for its natives, with their modules."""
    import unilosses.jax
    import unilosses.keras
    import unilosses.torch

    homes = {"torch": unilosses.torch, "torchvision": unilosses.torch, "keras": unilosses.keras, "optax": unilosses.jax}
    natives = [(homes[n.framework], n.name.rpartition(".")[2]) for n in NATIVES
               if n.concept == loss.name and n.role != "target"]  # fmt: skip
    made = [(unilosses.torch, n) for n in unilosses.torch.extra.__all__ if getattr(unilosses.torch, n).loss is loss]
    made.append((unilosses.keras, unilosses.keras.loss(loss).__name__))
    found = [f"{module.__name__}.{name}" for module, name in (*natives, *made) if hasattr(module, name)]
    return sorted(dict.fromkeys(found), key=lambda name: ("torch", "keras", "jax").index(name.split(".")[1]))


def loss_page(loss: ul.Loss) -> str:
    """The page of one loss."""
    lines = [f"# {loss.name}\n", code(loss.summary) + "\n"]
    if loss.also_known_as:
        lines.append(f"Also known as: {code(loss.also_known_as)}.\n")
    lines.append(f"```{{py:function}} unilosses.{loss.name}{loss.__signature__}\n```\n")
    lines += ["## Formula\n", displayed(loss.formula), "## Derivative\n"]
    lines += [displayed(loss.derivative) if loss.derivative else "By automatic differentiation.\n"]
    if loss.kinks:
        lines.append(f"At kinks: {code(loss.kinks)}.\n")
    lines += [f"![Value and gradient of {loss.name}]({loss.name}.svg)\n"]
    if remarks(loss):
        lines += ["## Remarks\n", remarks(loss) + "\n"]
    lines += [*arguments(loss), *counterparts(loss)]
    measured = figure_for(loss.name)
    if measured:
        lines += ["## Speed\n", measured, "Value and gradient; see [the benchmarks](../../benchmarks.md).\n"]
    if loss.references:
        lines += ["## References\n", *(f"- {reference}" for reference in loss.references), ""]
    return "\n".join(lines)


def loss_index() -> str:
    """The list of losses by family, with what the frameworks call them."""
    lines = [
        "# Losses\n",
        "Every loss of the library, by family, and what the frameworks call it. A name leads to formula, derivative, "
        "picture, arguments and counterparts.\n",
    ]
    everything = losses()
    known = {file for files in FAMILIES.values() for file in files}
    new = dict.fromkeys(family(loss) for loss in everything if family(loss) not in known)
    for title, files in {**FAMILIES, **{file.replace("_", " ").capitalize(): [file] for file in new}}.items():
        members = [loss for loss in everything if family(loss) in files]
        lines += [f"## {title}\n"] if members else []
        for loss in members:
            natives = dict.fromkeys(n.name for n in NATIVES if n.concept == loss.name and n.role != "target")
            lines.append(f"[{loss.name}]({loss.name}.md)\n: {code(loss.summary)}")
            lines += [": " + ", ".join(f"`{name}`" for name in natives)] if natives else []
            lines.append("")
        lines += ["```{toctree}\n:hidden:\n", *(loss.name for loss in members), "```\n"] if members else []
    return "\n".join(lines)


def differences_page() -> str:
    """Where the drop-ins deliberately do not do what the frameworks do."""
    import unilosses.jax
    import unilosses.keras
    from unilosses.torch.differences import DIFFERENCES

    lines = ["# Deliberate differences\n", "The drop-ins for `torch.nn`, `keras.losses` and `optax.losses` do what "
             "native does, to rounding, but for the rows below. Each has its reason, and a test of both sides on the "
             "installed versions.\n"]  # fmt: skip
    tables: Mapping[str, tuple[Any, str]] = {
        "unilosses.torch": (DIFFERENCES, "classes"),
        "unilosses.keras": (unilosses.keras.DIFFERENCES, "names"),
        "unilosses.jax": (unilosses.jax.DIFFERENCES, "functions"),
    }
    for title, (found, names) in tables.items():
        lines += [f"## {title}\n"]
        for row in found:
            concerned = [name for name in getattr(row, names) if name != "*"]
            head = ", ".join(f"`{name}`" for name in concerned) or "All"
            lines += [f"{head}\n: **Native** {row.native}\n: **Here** {row.ours}\n: **Why** {row.reason}\n"]
    return "\n".join(lines)


def public(module: Any) -> list[str]:
    """The names that a module's page documents; what it passes on from a framework has its page there."""
    found = {name: getattr(module, name) for name in module.__all__ if name != "__version__"}
    own = {name for name, x in found.items() if getattr(x, "__module__", "unilosses").startswith("unilosses")}
    return [name for name, x in found.items() if name in own and not inspect.ismodule(x)]


def directive(module: Any, name: str) -> str:
    """The autodoc directive for a public name."""
    found = getattr(module, name)
    path = f"{module.__name__}.{name}"
    if inspect.isclass(found):
        own = (BaseException, ul.Loss)
        members = "" if issubclass(found, own) or module.__name__ in SKINS else "   :members:\n"
        return f".. autoclass:: {path}\n{members}"
    if callable(found):
        return f".. autofunction:: {path}\n"
    return f".. py:data:: {path}\n"


#: Modules of classes that have one call and the framework's own methods: their members are not repeated.
SKINS = ("unilosses.torch", "unilosses.keras")


def api_page(module: Any, title: str, introduction: str = "") -> str:
    """The reference of a module's public names."""
    names = [n for n in public(module) if not (module is ul and n in ul.list_losses())]
    head = introduction or code(inspect.getdoc(module) or "")
    directives = "\n".join(directive(module, name) for name in names)
    return f"# {title}\n\n{head}\n\n```{{eval-rst}}\n{directives}\n```\n"


def api_pages() -> dict[str, str]:
    """The reference, one page per module."""
    import unilosses.jax
    import unilosses.keras
    import unilosses.torch

    pages = {
        "core": api_page(ul, "unilosses", "The losses themselves have [a page each](../losses/index.md)."),
        **{
            module.__name__.rpartition(".")[2]: api_page(module, module.__name__)
            for module in (ul.information, ul.importance, ul.testing, unilosses.torch, unilosses.keras, unilosses.jax)
        },
        "numpy": NUMPY,
    }
    listing = "\n".join(pages)
    pages["index"] = f"# API reference\n\nThe public names, by module.\n\n```{{toctree}}\n{listing}\n```\n"
    return pages


NUMPY = """# unilosses.numpy

The functions of [the list of losses](../losses/index.md), with `grad` and `value_and_grad`, for NumPy arrays alone:
arrays of another framework are a `TypeError` instead of being dispatched.
"""


def as_restructured_text(app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Sphinx' hook for docstrings: paragraphs at one margin, and the fields of a loss as formulas and lists."""
    paragraphs = "\n".join(lines).split("\n\n")
    written: list[str] = []
    for paragraph in map(inspect.cleandoc, paragraphs):
        fields = re.split(
            r"^(?=(?:Formula|Derivative|Kinks|Also known as|Reference|Call|Inputs): ?)", paragraph, flags=re.M
        )
        for text in filter(None, fields):
            key, _, rest = text.partition(":")
            if key in ("Formula", "Derivative"):
                formula = displayed(" ".join(rest.split())).split("\n")[1:-2]
                written += [f"{key}:", "", ".. math::", "", *(f"   {line}" for line in formula), ""]
            elif key == "Inputs":
                entries = (line.strip().partition(": ") for line in rest.strip().splitlines())
                written += ["Inputs:", "", *(f"* ``{n}``: {d}" for n, _, d in entries), ""]
            else:
                written += [*text.rstrip().splitlines(), ""]
    lines[:] = written


def pages() -> dict[str, str]:
    """Every generated page by its path below ``docs/generated``."""
    return {
        "losses/index.md": loss_index(),
        **{f"losses/{loss.name}.md": loss_page(loss) for loss in losses()},
        "differences.md": differences_page(),
        **{f"api/{name}.md": text for name, text in api_pages().items()},
    }


def write(folder: Path) -> None:
    """Write all pages and pictures; what has not changed keeps its date, so that Sphinx does not read it again."""
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for loss in losses():
        plotting.save(plotting.draw(loss), folder / "losses" / f"{loss.name}.svg")
