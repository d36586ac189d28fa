"""Write ``docs/benchmarks.md`` and its figure from the measurements in ``benchmarks/results``.

``python -m benchmarks all`` measures and calls this script. Without measurements there is no page.
"""

import functools
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from benchmarks import report, scaling  # noqa: E402
from benchmarks.goals import SLOWER, geometric_mean, slower  # noqa: E402
from benchmarks.inputs import SIZES  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURE = ROOT / "docs" / "figures" / "scaling.svg"
TITLES = {"torch": "PyTorch", "jax": "JAX", "keras": "Keras on TensorFlow", "numpy": "NumPy"}

Results = dict[str, dict[str, Any]]


@functools.cache
def results(folder: Path = RESULTS) -> Results:
    """The committed measurements by the names of their files: matrix, scaling, layers, memory."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def page(found: Results) -> str:
    """The text of the page; a part without measurements is left out."""
    parts = [(matrix_part, "matrix"), (layers_part, "layers"), (scaling_part, "scaling"), (memory_part, "memory")]
    return "\n".join([INTRODUCTION, *(part(found[name]) for part, name in parts if name in found)])


INTRODUCTION = """# Benchmarks

Value and gradient of the losses here beside those that each framework has itself. Ratios are ours / native: below 1 we
are faster. Both run in turns on the same inputs, in the same process; a figure is the median over the turns. What is
slower than native is listed, with a reason where one is known. Ours are the functions of `unilosses`, such as
`unilosses.huber`, with a mean.

The committed numbers are from one undisturbed run of everything, but for what later changes concerned, which was
measured again: memory, and PyTorch eager, whose rows are the medians of three runs. Single small rows of unchanged code
differed by a quarter between runs, single large ones of PyTorch eager by more, as said below. Nothing was measured on
CUDA: no device was at hand. There eager PyTorch makes value and closed form one after the other, without blocks.

To repeat everything on this page, from a checkout, on a machine that does nothing else:

```text
pip install -c constraints.txt -e ".[all,test]"
python -m benchmarks all
```

`python -m benchmarks --help` has the parts: the matrix of chosen frameworks, modes, sizes, dtypes and losses, and the
commands `layers`, `scaling` and `memory`.
"""


def matrix_part(result: dict[str, Any]) -> str:
    """Goals, what is slower, every row."""
    rows = result["rows"]
    measured = [row for row in rows if "ratio" in row]
    return f"""## Time

{report.provenance(result["machine"])}
### Goals

Small is 256×10 and 64×64, medium 1024×1000, large 8192×2000 and, for the losses of a vocabulary, 4096×32000. The mean
is the geometric one over the losses. What is not said to be otherwise is value and gradient in float32; values alone
have no goal.

{report.goals_table(rows)}
Why goals are missed:

{report.missed_list(rows)}
### Slower than native

{len(slower(rows))} of {len(measured)} rows are slower than native by more than {SLOWER - 1:.0%}, by reason.

{report.slower_table(rows)}
### Every row

{report.rows_table(rows)}"""


def layers_part(result: dict[str, Any]) -> str:
    """Microseconds per layer."""
    return f"""## Layers of a small call

{report.provenance(result["machine"])}
Microseconds of one call on 256×10 elements of float32. Signature: the key under which a checked call is remembered.
Prepare: the look-up, or all the checks the first time. Policy: which way a call takes. The layers between are measured
by differences, so one of no cost may come out slightly below zero.

{report.layers_table(result["rows"])}"""


def scaling_part(result: dict[str, Any]) -> str:
    """Figure and shares of the limit."""
    return f"""## Scaling

{report.provenance(result["machine"])}
The limit is the time in which memory moves what must move: inputs are read, the gradient is written, at the
{result["bandwidth"] / 1e9:.1f} GB/s that a copy of the largest size reads and writes here. Small inputs stay in the
caches, and there the limit is none.

![Time against the number of elements](figures/{FIGURE.name})

{report.scaling_table(result["rows"])}"""


def memory_part(result: dict[str, Any]) -> str:
    """Peaks and times."""
    return f"""## Memory

{report.provenance(result["machine"])}
Peak of a fresh process with one call of value and gradient in float32, less the peak of the same process with the
inputs alone; beside it the same in units of the gradients' own size, which nothing can go below. The dense route makes
the logits with a matrix product and takes the native loss of them.

Softmax cross-entropy is to need its gradient and nothing beside it. TensorFlow needs 99 MiB more for 8192 rows, 86 for
4096, 77 for 2048 and 70 for 1024: a 32nd of the gradient, as XLA adds in windows of 32 numbers first, and 66 MiB at any
size. Neither an earlier program, nor leaving out the logarithms of probabilities, nor one-hot labels in one operation
changed that; in blocks of TensorFlow's own operations it took 2.61 gradients.

`linear_cross_entropy` never has all logits: it makes those of some classes at a time, or of some samples where there
are more samples than classes, and makes them again for the gradient, which is a fourth matrix product beside the three
of the dense route. Over chunks of classes the gradient of the weights is written once, piece by piece; when samples
were cut at any size, each chunk added to all of it, and JAX needed 4.65 and 4.41 gradients (21.8 s for 128000 classes),
TensorFlow 6.92 and 6.69. `chunk_bytes` sets the size of a chunk; its default of 32 MiB is measured as well. Of what
TensorFlow needs beside the gradient, most are four arrays of that size, since its operations cannot write to each
other's memory. Compiled by PyTorch, 2048×256 hidden features with 32000 classes need 62 MiB, dense 284 MiB.
What PyTorch differentiates eagerly, for `reduction="none"` or second derivatives, needs 238 MiB there. The transforms
of `torch.func` know no checkpoints: they keep what is made of every chunk, 1.3 GiB.

{report.memory_table(result["rows"])}"""


def figure_for(name: str, found: Results | None = None) -> str | None:
    """The ratios of one loss, small and large, in each framework, as a table; None where nothing is measured."""
    found = results() if found is None else found
    groups: dict[tuple[str, str], dict[str, list[float]]] = {}
    for row in found.get("matrix", {"rows": []})["rows"]:
        if row["loss"] == name and "ratio" in row and (row["dtype"], row["quantity"]) == TAKEN:
            sizes = groups.setdefault((row["framework"], row["mode"]), {})
            sizes.setdefault(SIZES[row["size"]].name, []).append(row["ratio"])
    if not groups:
        return None
    sizes = [size for size in dict.fromkeys(s.name for s in SIZES.values()) if any(size in g for g in groups.values())]
    return report.table(
        ("ours / native", *(f"{TITLES[framework]}, {mode}" for framework, mode in groups)),
        ((size, *(f"{geometric_mean(g[size]):.2f}" if size in g else "" for g in groups.values())) for size in sizes),
    )


#: What the pages of the losses show.
TAKEN = ("float32", "value and gradient")


def write() -> None:
    """Write the page and the figure, if there is anything to show."""
    from unilosses.plotting import save

    found = results()
    if found:
        PAGE.write_text(page(found), encoding="utf-8")
    if "scaling" in found:
        save(scaling.figure(found["scaling"]["rows"]), FIGURE)


if __name__ == "__main__":
    write()
