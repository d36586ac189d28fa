"""Peak memory of a loss, each in a process of its own, above the peak of the same process with the inputs alone."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUTES: dict[str, dict[str, tuple[str, ...]]] = {
    "sparse_categorical_cross_entropy": {
        "torch": ("ours", "native"),
        "jax": ("ours", "native"),
        "tensorflow": ("ours", "native"),
        "numpy": ("ours", "native"),
    },
    "linear_cross_entropy": {
        "torch": ("ours", "dense", "native", "native, chunked"),
        "jax": ("ours", "dense"),
        "tensorflow": ("ours", "dense"),
        "numpy": ("ours",),
    },
}


@dataclass(frozen=True)
class Job:
    """One measurement: float32 logits of rows × classes, or a linear layer of so many features before them."""

    loss: str
    framework: str
    route: str
    rows: int
    classes: int
    features: int = 0
    #: Elements of a block in place of the backend's own choice: a test switches blocks off with it.
    block: int | None = None

    @property
    def shape(self) -> str:
        linear = f"{self.rows}×{self.features}, {self.classes} classes"
        return linear if self.features else f"{self.rows}×{self.classes}"

    @property
    def gradient(self) -> int:
        """Bytes of the gradients: of the logits, or of hidden state and weight."""
        linear = (self.rows + self.classes) * self.features
        return 4 * (linear if self.features else self.rows * self.classes)


def jobs(
    frameworks: Sequence[str], rows: int, classes: int, linear_rows: int, features: int, vocabularies: Iterable[int]
) -> Iterator[Job]:
    """Softmax cross-entropy, and the linear cross-entropy of each vocabulary."""
    for loss, shapes in (
        ("sparse_categorical_cross_entropy", [(rows, classes, 0)]),
        ("linear_cross_entropy", [(linear_rows, vocabulary, features) for vocabulary in vocabularies]),
    ):
        for shape in shapes:
            for framework, routes in ROUTES[loss].items():
                if framework in frameworks:
                    yield from (Job(loss, framework, route, *shape) for route in routes)


def measure(job: Job) -> dict[str, Any]:
    """Peak beyond the inputs and seconds of a call. A process that dies (no memory) gives its status instead."""
    row = {"loss": job.loss, "framework": job.framework, "route": job.route, "shape": job.shape,
           "gradient": job.gradient}  # fmt: skip
    reports = []
    for what in ("inputs", "call"):
        command = [sys.executable, "-m", "benchmarks.memory_worker", what, json.dumps(dataclasses.asdict(job))]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run(
            command, cwd=Path(__file__).parent.parent, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            return {**row, "failed": f"status {done.returncode}: {reason}"}
        reports.append(json.loads(done.stdout.splitlines()[-1]))
    inputs, call = reports
    return {**row, "peak": call["peak"] - inputs["peak"], "seconds": call["seconds"]}
