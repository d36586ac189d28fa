"""Sequences: three digits side by side are read from left to right, without being told where one ends, by CTC.

A window slides over the image; for each position the network names a digit or the blank.

    python examples/sequence_ctc.py --framework torch
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from networks import Trained, options, train
from sklearn.datasets import load_digits

import unilosses as ul

FRAMEWORKS = ("jax", "torch")
SEQUENCES, LENGTH, WIDTH, CLASSES = 200, 3, 8, 11  # class 0 is the blank, digit d is class d + 1
TIMES = (LENGTH - 1) * WIDTH + 1


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, the windows of each (sequences * times, pixels), and the labels (sequences, 3)."""
    digits = load_digits()
    chosen = np.random.default_rng(0).integers(0, len(digits.target), (SEQUENCES, LENGTH))
    images = np.concatenate([digits.images[chosen[:, i]] / 16 for i in range(LENGTH)], axis=2)
    windows = np.stack([images[:, :, t : t + WIDTH] for t in range(TIMES)], axis=1)
    return images, windows.reshape(SEQUENCES * TIMES, -1).astype(np.float32), digits.target[chosen] + 1


def objective(outputs: Any, labels: Any) -> Any:
    """The cost of the labels under the scores (sequence, time, class)."""
    return ul.ctc(labels, outputs.reshape(SEQUENCES, TIMES, CLASSES))


def run(framework: str, steps: int) -> Trained:
    """The trained network."""
    _, x, labels = data()
    return train(framework, x, objective, (labels,), [48, CLASSES], steps=steps)


def read(trained: Trained) -> list[list[int]]:
    """The best class of each time, repetitions merged and blanks dropped."""
    best = trained.outputs.reshape(SEQUENCES, TIMES, CLASSES).argmax(axis=-1)
    starts = np.concatenate([np.ones((SEQUENCES, 1), bool), best[:, 1:] != best[:, :-1]], axis=1)
    return [[int(c) - 1 for c in row[start] if c] for row, start in zip(best, starts, strict=True)]


def accuracy(trained: Trained) -> float:
    """How many sequences are read without a mistake."""
    wanted = (data()[2] - 1).tolist()
    return float(np.mean([a == b for a, b in zip(read(trained), wanted, strict=True)]))


def plot(trained: Trained, path: Path) -> None:
    """Some images, what was read, and the scores over time."""
    import matplotlib.pyplot as plt

    images, found = data()[0], read(trained)
    scores = trained.outputs.reshape(SEQUENCES, TIMES, CLASSES)
    figure, axes = plt.subplots(2, 4, figsize=(11, 4.6), layout="constrained")
    for i, (above, below) in enumerate(axes.T):
        above.imshow(images[i], cmap="Greys")
        above.set(title="".join(map(str, found[i])), xticks=[], yticks=[])
        probabilities = np.exp(scores[i] - scores[i].max(axis=1, keepdims=True))
        below.imshow((probabilities / probabilities.sum(axis=1, keepdims=True)).T, aspect="auto", cmap="Blues")
        below.set(xlabel="window", yticks=range(CLASSES), yticklabels=["blank", *range(10)])
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train, read, plot."""
    arguments = options(__doc__, steps=200, frameworks=FRAMEWORKS)
    trained = run(arguments.framework, arguments.steps)
    print(f"loss {trained.curve[0]:.3f} -> {trained.curve[-1]:.3f}; read without a mistake: {accuracy(trained):.1%}")
    path = arguments.plot or Path("sequence_ctc.png")
    plot(trained, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
