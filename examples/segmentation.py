"""Segmentation: which pixels of a noisy digit are ink? Cross-entropy alone, and with the Dice loss.

Ink covers little of some images. Cross-entropy counts pixels; Dice counts the overlap of each image's region. Their sum
is a loss like any other, in every framework, and gives its gradient in NumPy too.

    python examples/segmentation.py --framework jax
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from networks import Objective, options, train
from sklearn.datasets import load_digits

import unilosses as ul

EPSILON = 1e-6


@ul.loss(kind="samplewise")
def dice_of_logits(xp, y_true, y_pred):
    """One minus twice the overlap of two regions over their sizes, of logits."""
    probability = xp.sigmoid(y_pred)
    overlap = xp.sum(y_true * probability, axis=-1, keepdims=True)
    size = xp.sum(y_true + probability, axis=-1, keepdims=True) + EPSILON
    slope = 2 * (overlap / size - y_true) / size * probability * (1 - probability)
    return 1 - xp.squeeze(2 * overlap / size, axis=-1), lambda: slope


def data() -> tuple[np.ndarray, np.ndarray]:
    """Noisy images, and where their strong ink is."""
    generator = np.random.default_rng(0)
    clean = load_digits().data[:600] / 16
    noisy = clean + generator.normal(0, 0.5, clean.shape)
    return noisy.astype(np.float32), (clean > 0.9).astype(np.float32)


def overlap(outputs: np.ndarray, ink: np.ndarray) -> float:
    """Mean intersection over union."""
    found = outputs > 0
    both, either = (found & (ink > 0)).sum(axis=1), (found | (ink > 0)).sum(axis=1)
    return float(np.mean(both / np.maximum(either, 1)))


def run(framework: str, steps: int) -> dict[str, tuple[list[float], float, np.ndarray]]:
    """Curve, overlap and outputs of each objective."""
    x, ink = data()
    losses = {
        "cross-entropy": Objective(ul.binary_cross_entropy, from_logits=True),
        "cross-entropy + Dice": Objective(ul.binary_cross_entropy.configure(from_logits=True) + dice_of_logits),
    }
    results = {}
    for name, objective in losses.items():
        trained = train(framework, x, objective, (ink,), [48, 64], steps=steps)
        results[name] = trained.curve, overlap(trained.outputs, ink), trained.outputs
    return results


def plot(results: dict[str, tuple[list[float], float, np.ndarray]], path: Path) -> None:
    """An image, its ink, and what each objective found."""
    import matplotlib.pyplot as plt

    x, ink = data()
    columns = {"image": x, "ink": ink} | {f"{name}\noverlap {r[1]:.3f}": r[2] > 0 for name, r in results.items()}
    figure, axes = plt.subplots(4, len(columns), figsize=(2.2 * len(columns), 8), layout="constrained")
    for column, (title, images) in enumerate(columns.items()):
        axes[0, column].set_title(title, fontsize=10)
        for row in range(4):
            axes[row, column].imshow(images[row].reshape(8, 8), cmap="Greys")
            axes[row, column].axis("off")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train with both, compare, plot."""
    arguments = options(__doc__, steps=200)
    results = run(arguments.framework, arguments.steps)
    for name, (curve, score, _) in results.items():
        print(f"{name:22s} loss {curve[0]:.4f} -> {curve[-1]:.4f}, intersection over union {score:.3f}")
    path = arguments.plot or Path("segmentation.png")
    plot(results, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
