"""Sizes and data of the benchmarks, as NumPy arrays that each framework converts."""

from __future__ import annotations

from dataclasses import dataclass

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


def data(size: Size, dtype: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Everything that a case may take, drawn once."""
    generator = np.random.default_rng(seed)
    shape = (size.rows, size.columns)
    kind = np.float32 if dtype in ("bfloat16", "float16") else np.dtype(dtype)

    def normal() -> np.ndarray:
        return generator.standard_normal(shape, dtype=np.float32).astype(kind)

    def uniform() -> np.ndarray:
        return generator.random(shape, dtype=np.float32).astype(kind)

    real = normal()
    weights = uniform() + np.float32(0.01)
    simplex = (weights / weights.sum(axis=1, keepdims=True)).astype(kind)
    binary = (uniform() > 0.5).astype(kind)
    labels = generator.integers(0, size.columns, size.rows)
    return {
        "real": normal(),
        "y_pred": real,
        "binary": binary,
        "signs": (2 * binary - 1).astype(kind),
        "row_signs": (2 * (generator.random(size.rows) > 0.5) - 1).astype(kind),
        "probability": (0.02 + 0.96 * uniform()).astype(kind),
        "simplex": simplex,
        "positive": (0.05 + 3 * uniform()).astype(kind),
        "counts": generator.poisson(2.0, shape).astype(kind),
        "labels": labels,
    }
