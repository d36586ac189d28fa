"""Metric learning: digits in the plane, near their own kind, by the triplet loss.

One network embeds anchors, positives and negatives; the loss wants the positive closer by a margin.

    python examples/metric_learning.py --framework jax
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from networks import Trained, options, train
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

import unilosses as ul

#: The same outputs are picked three times, so the gradient goes through more than the loss: not by hand in NumPy.
FRAMEWORKS = ("torch", "jax")
TRIPLETS = 6000


def triplets(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of anchors, of others of their class, and of others of another class."""
    generator = np.random.default_rng(0)
    anchor, other = generator.integers(0, len(labels), (2, 40 * TRIPLETS))
    same = labels[anchor] == labels[other]
    positives, negatives = np.flatnonzero(same & (anchor != other))[:TRIPLETS], np.flatnonzero(~same)
    by_anchor = negatives[np.argsort(anchor[negatives], kind="stable")]
    first = np.searchsorted(anchor[by_anchor], anchor[positives])
    return anchor[positives], other[positives], other[by_anchor[first]]


def objective(outputs: Any, anchor: Any, positive: Any, negative: Any) -> Any:
    """The triplet loss of the embeddings."""
    return ul.triplet_margin(outputs[anchor], outputs[positive], outputs[negative], margin=1.0)


def run(framework: str, steps: int) -> tuple[Trained, np.ndarray, float]:
    """The embeddings, the labels, and how often the five nearest neighbours are right."""
    digits = load_digits()
    x = (digits.data / 16).astype(np.float32)
    trained = train(framework, x, objective, triplets(digits.target), [64, 2], steps=steps)
    half = len(x) // 2
    neighbours = KNeighborsClassifier(5).fit(trained.outputs[:half], digits.target[:half])
    return trained, digits.target, float(neighbours.score(trained.outputs[half:], digits.target[half:]))


def plot(trained: Trained, labels: np.ndarray, accuracy: float, path: Path) -> None:
    """The plane of embeddings."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(6, 5.4), layout="constrained")
    points = ax.scatter(*trained.outputs.T, c=labels, cmap="tab10", s=8)
    figure.colorbar(points, ticks=range(10), label="digit")
    ax.set(title=f"five nearest neighbours are right on {accuracy:.1%}", xticks=[], yticks=[])
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train, measure, plot."""
    arguments = options(__doc__, steps=200, frameworks=FRAMEWORKS)
    trained, labels, accuracy = run(arguments.framework, arguments.steps)
    print(f"loss {trained.curve[0]:.4f} -> {trained.curve[-1]:.4f}; neighbours are right on {accuracy:.1%}")
    path = arguments.plot or Path("metric_learning.png")
    plot(trained, labels, accuracy, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
