"""Write backends/torch/extra.pyi: the module classes that the registry makes, for editors and type checkers.

``--check`` writes nothing and exits with 1 when the stub is not what the registry says.
"""

import inspect
import sys
from pathlib import Path

STUB = Path(__file__).resolve().parent.parent / "backends" / "torch" / "extra.pyi"
#: Annotations of definitions that a stub can say without their imports.
KNOWN = {"int", "bool", "float", "str", "int | None", "float | None"}

HEADER = '''"""The losses that torch.nn has no class for. Written by tools/torch_stub.py, not by hand."""

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
    parts = [HEADER, f"NATIVE: dict[str, tuple[str, ...]]\n\n__all__ = [\n{names}]\n"]
    parts += [f"class {name}(Module):\n{constructor(getattr(extra, name))}\n" for name in extra.__all__]
    return "\n".join(parts)


def main() -> int:
    """Write the stub, or compare."""
    text = stub()
    if "--check" in sys.argv[1:]:
        return int(not STUB.exists() or STUB.read_text() != text)
    STUB.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
