"""Write ``unilosses/__init__.pyi`` from the registry, so that editors show signature and docstring of every loss.

A loss is an object that a decorator makes; without the stub an editor knows that it is a ``Loss``, but not what to
call it with.
"""

import inspect
import textwrap
from pathlib import Path

import unilosses as ul

TARGET = Path(__file__).resolve().parent.parent / "unilosses" / "__init__.pyi"
#: Annotations of definitions that the stub can say without their imports.
KNOWN = ("int", "bool", "float", "str", "int | None", "float | None")
#: Keywords of every loss.
COMMON = """\
    reduction: Reduction = "mean",
    sample_weight: Array | None = None,
    mask: Array | None = None,
    normalizer: Any = None,
"""

HEAD = '''"""What ``unilosses`` offers, for editors and type checkers. Written by docs/stub.py, not by hand."""
# mypy: disable-error-code="override"

from typing import Any, Literal

from . import importance as importance
from . import information as information
from . import losses as losses
from . import testing as testing
from ._version import __version__ as __version__
from .boosting import objective as objective
from .composition import Combination as Combination
from .composition import from_json as from_json
from .equivalence import Equivalence as Equivalence
from .equivalence import compare as compare
from .equivalence import convert as convert
from .equivalence import equivalents as equivalents
from .equivalence import recommend as recommend
from .equivalence import verify as verify
from .explanation import explain as explain
from .gradient import grad as grad
from .gradient import sum_and_normalizer as sum_and_normalizer
from .gradient import value_and_grad as value_and_grad
from .loss import Loss as Loss
from .loss import get as get
from .loss import list_losses as list_losses
from .loss import loss as loss

#: An array of NumPy, PyTorch, TensorFlow, JAX or another array API library.
Array = Any
Reduction = Literal["none", "sum", "mean", "weighted_mean", "batchmean"]
'''


def _default(value: object) -> str:
    return "" if value is inspect.Parameter.empty else f" = {'...' if isinstance(value, tuple) else repr(value)}"


def _parameters(loss: ul.Loss) -> str:
    lines = [f"    {n}: Array{' | None = None' if n in loss.optional else ''},\n" for n in loss.inputs]
    lines.append("    *,\n")
    own = inspect.signature(loss.function).parameters
    for name, default in loss.parameters.items():
        annotation = str(own[name].annotation) if name in own else "int | None"
        lines.append(f"    {name}: {annotation if annotation in KNOWN else 'Any'}{_default(default)},\n")
    return textwrap.indent("".join(lines) + COMMON, "    ")


def docstring(found: object, margin: int) -> str:
    """The docstring of a loss or a class as a stub has it, with a margin."""
    return textwrap.indent(f'r"""{inspect.getdoc(found)}\n"""', " " * margin, lambda line: line.strip() != "")


def stub() -> str:
    """The text of the stub."""
    parts = [HEAD]
    for name in ul.list_losses():
        loss = ul.get(name)
        if not loss.__module__.startswith("unilosses."):
            continue
        kind = "_" + name.title().replace("_", "")
        # The class' is what an editor shows of the name, the method's what it shows while a call is typed.
        parts.append(
            f"class {kind}(Loss):\n{docstring(loss, 4)}\n\n"
            f"    def __call__(\n        self,\n{_parameters(loss)}    ) -> Array:\n{docstring(loss, 8)}\n\n"
            f"{name}: {kind}\n"
        )
    return "\n".join(parts)


#: What is written where.
WRITTEN = {TARGET: stub}

if __name__ == "__main__":
    TARGET.write_text(stub(), encoding="utf-8")
