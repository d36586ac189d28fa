"""Write what follows from the registry and the tests' data for unilosses.torch: a stub and a page of documentation.

``backends/torch/extra.pyi`` names the module classes that the registry makes, for editors and type checkers.
``docs/torch.md`` says what is there, where the drop-ins deliberately differ from torch.nn, and what the parity tests
run, made of the very data that they are parametrised with.
"""

import inspect
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "docs"))

from stub import docstring  # noqa: E402

#: Annotations of definitions that a stub can say without their imports.
KNOWN = {"int", "bool", "float", "str", "int | None", "float | None"}

STUB = '''"""The losses that torch.nn has no class for. Written by docs/torch_pages.py, not by hand."""

from typing import Any

from .module import Module
'''


def literal(default: object) -> str:
    """A default as the formatter writes it."""
    return f'"{default}"' if isinstance(default, str) else repr(default)


def constructor(cls: type) -> str:
    """The line of the constructor: the loss' parameters, then the reduction."""
    annotations = {name: str(p.annotation) for name, p in inspect.signature(cls.loss.function).parameters.items()}
    words = []
    for parameter in cls.__signature__.parameters.values():
        kind = "str" if parameter.name == "reduction" else annotations.get(parameter.name, "int | None")
        word = f"{parameter.name}: {kind if kind in KNOWN else 'Any'}"
        words.append(word if parameter.default is parameter.empty else f"{word} = {literal(parameter.default)}")
    line = f"    def __init__(self, *, {', '.join(words)}) -> None: ..."
    if len(line) <= 120:
        return line
    lines = ["    def __init__(", "        self,", "        *,", *(f"        {w}," for w in words)]
    return "\n".join([*lines, "    ) -> None: ..."])


def stub() -> str:
    """The text of the stub."""
    from unilosses.torch import extra

    names = "".join(f'    "{name}",\n' for name in extra.__all__)
    parts = [STUB, f"NATIVE: dict[str, tuple[str, ...]]\n\n__all__ = [\n{names}]\n"]
    for name in extra.__all__:
        made = getattr(extra, name)
        parts.append(f"class {name}(Module):\n{docstring(made, 4)}\n\n{constructor(made)}\n")
    return "\n".join(parts)


INTRODUCTION = """# unilosses.torch

<!-- Written by docs/torch_pages.py from the registry and the tests' data: edit those instead. -->

Losses as `nn.Module` classes: those of `torch.nn` under their own names, and those that it has not.

```python
import torch
import unilosses.torch as losses

criterion = losses.CrossEntropyLoss(label_smoothing=0.1)  # instead of torch.nn.CrossEntropyLoss
loss = criterion(torch.randn(8, 5), torch.randint(0, 5, (8,)))

criterion = losses.QuantileLoss(q=0.9)  # a loss that torch.nn has not
loss = criterion(torch.randn(8, 1), torch.randn(8, 1))
```

Every loss class of torch.nn is here under its own name (`AdaptiveLogSoftmaxWithLoss` and the deprecated `NLLLoss2d`
excepted), as a drop-in: constructor, legacy arguments, shapes, broadcasting, warnings, dtypes, buffers, `state_dict`,
pickling and errors are native's. But for `LinearCrossEntropyLoss`, which older releases of PyTorch lack, the classes
are subclasses of native's. `sigmoid_focal_loss` is torchvision's function. All losses run under `torch.compile`
without a graph break and under `torch.func`.
"""

COVERAGE = """## What the parity tests run

Each row is a class with the full product of these constructor options, in every reduction, in {dtypes}
(CTCLoss: the first two), on every kind of input. In float64 values, gradients (of predictions, of targets where native
has them, and of layers) and second gradients are native's; in the other dtypes numbers are compared with native's
float64 numbers, dtypes with native's.

| class | option product | inputs | calls compared |
|---|---|---|---|
"""


def text_of(option: object) -> str:
    """An option's value, short."""
    if hasattr(option, "shape"):
        return f"tensor {tuple(option.shape)}"
    name = getattr(option, "__name__", type(option).__name__ if callable(option) else repr(option))
    return "a function" if name == "<lambda>" else name


def coverage() -> str:
    """The table of classes, their options and inputs, and how many calls each one takes."""
    from tests.torch_cases import CASES
    from tests.torch_parity import DTYPES

    rows = []
    for name, group in groupby(sorted(CASES, key=lambda case: case.name), key=lambda case: case.name):
        cases = list(group)
        options: dict[str, dict[str, None]] = {}
        for case in cases:
            for option, values in {**case.options, "reduction": case.reductions}.items():
                options.setdefault(option, {}).update(dict.fromkeys(map(text_of, values)))
        product = "; ".join(f"`{option}`: {', '.join(values)}" for option, values in options.items())
        calls = sum(len(case.dtypes) * sum(1 for _ in case.combinations()) for case in cases)
        rows.append(f"| `{name}` | {product} | {'; '.join(case.kind for case in cases)} | {calls} |")
    dtypes = ", ".join(str(dtype).removeprefix("torch.") for dtype in DTYPES)
    return COVERAGE.format(dtypes=dtypes) + "\n".join(rows) + "\n"


def differences() -> str:
    """The table of deliberate differences."""
    from unilosses.torch.differences import DIFFERENCES

    head = "## Where the drop-ins deliberately differ\n\n| classes | native | here | reason |\n|---|---|---|---|\n"
    rows = (
        f"| {', '.join(f'`{name}`' for name in row.classes) or 'all'} | {row.native} | {row.ours} | {row.reason} |"
        for row in DIFFERENCES
    )
    return head + "\n".join(rows) + "\n"


def others() -> str:
    """The classes that torch.nn has not, with their parameters."""
    from unilosses.torch import extra

    head = (
        "## Losses that torch.nn has not\n\nConstructors take keywords; `reduction` as everywhere in unilosses. "
        "Calls take the predictions first, then the target, and `sample_weight=` and `mask=`. "
        "`unilosses.torch.module(loss)` makes such a class of a loss of your own.\n\n| class | parameters | |\n"
        "|---|---|---|\n"
    )
    rows = []
    for name in extra.__all__:
        cls = getattr(extra, name)
        parameters = ", ".join(f"`{p}`" for p in list(cls.__signature__.parameters.values())[:-1])
        rows.append(f"| `{name}` | {parameters} | {cls.loss.summary} |")
    return head + "\n".join(rows) + "\n"


def page() -> str:
    """The text of the page."""
    return "\n".join([INTRODUCTION, others(), differences(), coverage()])


#: What is written where.
WRITTEN = {ROOT / "backends" / "torch" / "extra.pyi": stub, ROOT / "docs" / "torch.md": page}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for path, text in WRITTEN.items():
        path.write_text(text())
