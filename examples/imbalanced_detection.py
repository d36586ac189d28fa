"""Imbalanced detection: one digit in forty is an 8. Cross-entropy, and the focal loss.

The focal loss weighs an example by how wrong its prediction is, so the many easy negatives leave the gradient.

    python examples/imbalanced_detection.py --framework torch
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from networks import Objective, options, train
from sklearn.datasets import load_digits
from sklearn.metrics import average_precision_score

import unilosses as ul

RARE = 8
KEPT = 40


def data() -> tuple[np.ndarray, np.ndarray]:
    """All digits but the rare one, and 40 of that; noisy."""
    digits = load_digits()
    rare = np.flatnonzero(digits.target == RARE)[:KEPT]
    chosen = np.concatenate([np.flatnonzero(digits.target != RARE), rare])
    images = digits.data[chosen] / 16 + np.random.default_rng(0).normal(0, 0.4, (len(chosen), 64))
    return images.astype(np.float32), (digits.target[chosen] == RARE).astype(np.float32)[:, None]


def run(framework: str, steps: int) -> dict[str, tuple[list[float], float, np.ndarray]]:
    """Curve, average precision on the training data, and scores of each loss."""
    x, y = data()
    losses = {
        "cross-entropy": Objective(ul.binary_cross_entropy, from_logits=True),
        "focal, gamma 2": Objective(ul.binary_focal_cross_entropy, from_logits=True, gamma=2.0),
    }
    results = {}
    for name, objective in losses.items():
        trained = train(framework, x, objective, (y,), [16, 1], steps=steps)
        results[name] = trained.curve, float(average_precision_score(y, trained.outputs)), trained.outputs
    return results


def plot(results: dict[str, tuple[list[float], float, np.ndarray]], path: Path) -> None:
    """How the scores of both classes are spread."""
    import matplotlib.pyplot as plt

    _, y = data()
    figure, axes = plt.subplots(1, len(results), figsize=(9, 3.2), layout="constrained")
    for ax, (name, (_, precision, scores)) in zip(axes, results.items(), strict=True):
        for label, color in ((0, "#0072b2"), (1, "#d55e00")):
            ax.hist(scores[y == label], bins=40, density=True, alpha=0.6, color=color, label=("other", "8")[label])
        ax.set(title=f"{name}: average precision {precision:.3f}", xlabel="logit", yticks=[])
        ax.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train with both, compare, plot."""
    arguments = options(__doc__, steps=200)
    results = run(arguments.framework, arguments.steps)
    for name, (curve, precision, _) in results.items():
        print(f"{name:16s} loss {curve[0]:.4f} -> {curve[-1]:.4f}, average precision {precision:.3f}")
    path = arguments.plot or Path("imbalanced_detection.png")
    plot(results, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
