"""Sizes and data of the benchmarks, as NumPy arrays that each framework converts."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Size:
    """A shape (rows, columns), and the name of its column in the report."""

    name: str
    rows: int
    columns: int

    def __str__(self) -> str:
        return f"{self.rows}×{self.columns}"


SIZES = {
    "tiny": Size("small", 256, 10),
    "small": Size("small", 64, 64),
    "medium": Size("medium", 1024, 1000),
    "large": Size("large", 8192, 2000),
    "vocabulary": Size("large", 4096, 32000),
}


class Inputs:
    """What cases take, by name: each array is drawn when it is first asked for, the same whatever came before."""

    def __init__(self, size: Size, dtype: str, seed: int = 0) -> None:
        self.size, self.seed = size, seed
        # NumPy has no bfloat16; frameworks that have it convert.
        self.kind: Any = np.float64 if dtype == "float64" else np.float32
        self.drawn: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.drawn:
            generator = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
            self.drawn[name] = DRAWS[name](self, generator)
        return self.drawn[name]

    def normal(self, generator: np.random.Generator) -> np.ndarray:
        return generator.standard_normal((self.size.rows, self.size.columns), dtype=self.kind)

    def uniform(self, generator: np.random.Generator, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        x = generator.random((self.size.rows, self.size.columns), dtype=self.kind)
        x *= high - low
        x += low
        return x

    def simplex(self, generator: np.random.Generator) -> np.ndarray:
        x = self.uniform(generator, 0.01, 1.01)
        x /= x.sum(axis=1, keepdims=True)
        return x

    def signs(self, generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return (2 * (generator.random(shape) > 0.5) - 1).astype(self.kind)


DRAWS: dict[str, Callable[[Inputs, Any], np.ndarray]] = {
    "real": Inputs.normal,
    "y_pred": Inputs.normal,
    "binary": lambda inputs, generator: (inputs.uniform(generator) > 0.5).astype(inputs.kind),
    "signs": lambda inputs, generator: inputs.signs(generator, (inputs.size.rows, inputs.size.columns)),
    "row_signs": lambda inputs, generator: inputs.signs(generator, (inputs.size.rows,)),
    "probability": lambda inputs, generator: inputs.uniform(generator, 0.02, 0.98),
    "simplex": Inputs.simplex,
    "predicted_simplex": Inputs.simplex,
    "positive": lambda inputs, generator: inputs.uniform(generator, 0.05, 3.05),
    "counts": lambda inputs, generator: generator.poisson(2.0, (inputs.size.rows, inputs.size.columns)).astype(
        inputs.kind
    ),
    "labels": lambda inputs, generator: generator.integers(0, inputs.size.columns, inputs.size.rows),
}
