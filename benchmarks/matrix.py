"""The matrix loss × framework × mode × size × dtype: value and gradient, ours and native in turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .cases import CASES, DTYPES, MODES
from .inputs import SIZES
from .runners import build
from .timing import interleaved


class Part(NamedTuple):
    """What is measured with one set of inputs."""

    framework: str
    mode: str
    size: str
    dtype: str

    def __str__(self) -> str:
        return f"{self.framework} {self.mode} {SIZES[self.size]} {self.dtype}"


def plan(
    frameworks: Sequence[str] = (), modes: Sequence[str] = (), sizes: Sequence[str] = (),
    dtypes: Sequence[str] = ("float32",),
) -> list[Part]:  # fmt: skip
    """What is to be measured; nothing chosen is everything, and what a framework does not have is left out."""
    return [
        Part(framework, mode, size, dtype)
        for framework in frameworks or CASES
        for mode in MODES[framework]
        if not modes or mode in modes
        for size in sizes or SIZES
        for dtype in dtypes
        if dtype in DTYPES[framework]
    ]


def measure(part: Part, budget: float, losses: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """The rows of one part. Where native refuses the inputs, the row says so and has no times."""
    for case, ours, native in build(part.framework, part.mode, SIZES[part.size], part.dtype, losses):
        row = {**part._asdict(), "shape": str(SIZES[part.size]), "loss": case.loss, "native": case.native,
               "quantity": "value" if case.value_only else "value and gradient"}  # fmt: skip
        ours()
        refusal = _refusal(native)
        if refusal:
            yield {**row, "refused": refusal}
            continue
        own, other, ratio = interleaved(ours, native, budget)
        yield {**row, "ours_s": own, "native_s": other, "ratio": ratio}


def _refusal(native: Any) -> str:
    """Why native does not take these inputs (a dtype that it has no kernel for), or nothing."""
    try:
        native()
    except (RuntimeError, TypeError, ValueError) as refused:
        return str(refused).strip().splitlines()[0]
    return ""
