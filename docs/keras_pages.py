"""Write what follows from the registry and the tests' data for unilosses.keras: a stub and a page of documentation.

``backends/keras/extra.pyi`` names the classes that the registry makes, for editors and type checkers. ``docs/keras.md``
says what is there, how losses of several inputs are packed, where the drop-ins deliberately differ from keras.losses,
and what the parity tests run.
"""

import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "docs"))

from stub import docstring  # noqa: E402

#: Annotations of definitions that a stub can say without their imports.
KNOWN = {"int", "bool", "float", "str", "int | None", "float | None"}
KEYWORDS = {"reduction": "str | None", "name": "str | None", "dtype": "Any"}

STUB = '''"""One class per loss of the registry. Written by docs/keras_pages.py, not by hand."""

from typing import Any

from unilosses.loss import Loss

from .base import KerasLoss
from .generic import DefinedLoss

DROP_INS: dict[str, type[KerasLoss]]

def loss(definition: Loss) -> type[KerasLoss]: ...
'''

INTRODUCTION = """# unilosses.keras

<!-- Written by docs/keras_pages.py from the registry and the tests' data: edit those instead. -->

Losses as `keras.losses.Loss` classes: those of Keras under their own names, and those that it lacks.

```python
import unilosses.keras as losses

model.compile("adam", loss=losses.SparseCategoricalCrossentropy(from_logits=True))  # instead of keras.losses.…
model.compile("adam", loss=losses.Quantile(q=0.9))  # a loss that Keras lacks
```

Every class of `keras.losses` is here under its own name, as a drop-in: constructor, `sample_weight`, masks, reductions,
dtypes, renormalised and clipped probabilities, and the mean over the last axis are those of Keras, on its TensorFlow,
torch and JAX backends. `get_config` holds every argument, and the classes are registered for serialization: a process
that calls `keras.models.load_model` imports `unilosses.keras` first. Beyond Keras, `BinaryCrossentropy` takes
`pos_weight`, `CategoricalCrossentropy` takes `class_weight`, and `SparseCategoricalCrossentropy` takes
`label_smoothing` and `class_weight`, by keyword.

The functions of `keras.losses` (`mean_squared_error`, `dice`, …) are here too, with its signatures; they return values
before any reduction. `get`, `serialize` and `deserialize` are Keras' and find the losses of this module by name.
"""

OTHERS = """## Losses that Keras lacks

Constructors take keywords: the parameters below, `reduction`, `name` and `dtype`. `unilosses.keras.loss(definition)`
makes such a class of a loss of your own. Elementwise losses are averaged over the last axis, as Keras' own.

Where `y_pred` is more than one array it is a tuple of them, or, as the output of a model in `compile` and `fit`, one
tensor with the arrays on axis 1: `keras.ops.stack([anchor, positive, negative], axis=1)`. Losses without a target
ignore `y_true`; pass anything with one entry per sample.

| class | parameters | `y_true` | `y_pred` | |
|---|---|---|---|---|
"""

COVERAGE = """## What the parity tests run

Each row is a class with these options, on predictions of two and of three axes, unreduced, in float32 and float64:
values and gradients are those of the native class in float64, on each backend. Every class also runs through all
reductions, each with no weights, one weight per value, broadcast weights and one number, and (where Keras has one mask
entry per value) no mask, some entries masked and all; and in float16, bfloat16 and under a mixed policy.

| class | options | settings |
|---|---|---|
"""


def constructor(made: type) -> str:
    """The line of the constructor."""
    annotations = {n: str(p.annotation) for n, p in inspect.signature(made.definition.function).parameters.items()}
    words = []
    for parameter in made.__signature__.parameters.values():
        kind = KEYWORDS.get(parameter.name) or annotations.get(parameter.name, "int | None")
        word = f"{parameter.name}: {kind if kind in KNOWN | {'str | None'} else 'Any'}"
        default = parameter.default
        text = f'"{default}"' if isinstance(default, str) else repr(default)
        words.append(word if default is parameter.empty else f"{word} = {text}")
    line = f"    def __init__(self, *, {', '.join(words)}) -> None: ..."
    if len(line) <= 120:
        return line
    lines = ["    def __init__(", "        self,", "        *,", *(f"        {w}," for w in words)]
    return "\n".join([*lines, "    ) -> None: ..."])


def stub() -> str:
    """The text of the stub."""
    from unilosses.keras import extra

    names = "".join(f'    "{name}",\n' for name in extra.__all__)
    parts = [STUB, f"__all__ = [\n{names}]\n"]
    for name in extra.__all__:
        made = getattr(extra, name)
        parts.append(f"class {name}(DefinedLoss):\n{docstring(made, 4)}\n\n{constructor(made)}\n")
    return "\n".join(parts)


def others() -> str:
    """The classes that Keras lacks: parameters and packing."""
    from unilosses.keras import extra

    rows = []
    for name in extra.__all__:
        made = getattr(extra, name)
        definition = made.definition
        parameters = ", ".join(f"`{p}`" for p in list(made.__signature__.parameters.values())[: -len(KEYWORDS)])
        packed = [x for x in definition.inputs if x in definition.predictions]
        targets = [x for x in definition.inputs if x not in packed]
        both = (f"({', '.join(x)})" if len(x) > 1 else "".join(x) or "ignored" for x in (targets, packed))
        rows.append(f"| `{name}` | {parameters} | {' | '.join(both)} | {definition.summary} |")
    return OTHERS + "\n".join(rows) + "\n"


def differences() -> str:
    """The table of deliberate differences."""
    from unilosses.keras import DIFFERENCES

    head = "## Where the drop-ins deliberately differ\n\n| classes | Keras | here | reason |\n|---|---|---|---|\n"
    rows = (
        f"| {'all' if row.names == ('*',) else ', '.join(f'`{name}`' for name in row.names)} "
        f"| {row.native} | {row.ours} | {row.reason} |"
        for row in DIFFERENCES
    )
    return head + "\n".join(rows) + "\n"


def coverage() -> str:
    """The table of classes and their options."""
    from tests.keras_cases import OPTIONS

    rows = []
    for name, settings in OPTIONS.items():
        values: dict[str, list[str]] = {}
        for setting in settings:
            for option, value in setting.items():
                if repr(value) not in values.setdefault(option, []):
                    values[option].append(repr(value))
        text = "; ".join(f"`{option}`: {', '.join(given)}" for option, given in values.items())
        rows.append(f"| `{name}` | {text or 'defaults'} | {len(settings)} |")
    return COVERAGE + "\n".join(rows) + "\n"


def page() -> str:
    """The text of the page."""
    return "\n".join([INTRODUCTION, others(), differences(), coverage()])


#: What is written where.
WRITTEN = {ROOT / "backends" / "keras" / "extra.pyi": stub, ROOT / "docs" / "keras.md": page}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for path, text in WRITTEN.items():
        path.write_text(text())
