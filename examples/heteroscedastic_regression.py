"""Heteroscedastic regression: the network says how wrong it may be, by the Gaussian likelihood.

The noise grows with x. Two outputs, the mean and the logarithm of the variance, learn both.

    python examples/heteroscedastic_regression.py --framework jax
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from networks import Trained, options, train

import unilosses as ul

#: The variance is made from an output, so the gradient goes through more than the loss: not by hand in NumPy.
FRAMEWORKS = ("torch", "keras", "jax")


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions, noisy targets, and the true standard deviation."""
    generator = np.random.default_rng(0)
    x = np.sort(generator.uniform(-2, 2, 500))
    deviation = 0.05 + 0.25 * (x + 2) / 2
    y = np.sin(2 * x) + deviation * generator.normal(size=len(x))
    return x.astype(np.float32)[:, None], y.astype(np.float32), deviation


def objective(outputs: Any, y: Any) -> Any:
    """The likelihood of the targets under mean and variance; 2.718… to a power works in every framework."""
    return ul.gaussian_nll(y, outputs[:, 0], np.e ** outputs[:, 1])


def run(framework: str, steps: int) -> Trained:
    """The trained network."""
    x, y, _ = data()
    return train(framework, x, objective, (y,), [32, 32, 2], steps=steps)


def plot(trained: Trained, path: Path) -> None:
    """Targets, mean, and two standard deviations."""
    import matplotlib.pyplot as plt

    x, y, deviation = data()
    mean, spread = trained.outputs[:, 0], np.exp(trained.outputs[:, 1] / 2)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    left.plot(x, y, ".", color="0.6", markersize=3)
    left.plot(x, mean, color="#0072b2")
    left.fill_between(x[:, 0], mean - 2 * spread, mean + 2 * spread, color="#0072b2", alpha=0.2)
    left.set(title="mean and two standard deviations")
    right.plot(x, deviation, "--", color="0.4", label="true")
    right.plot(x, spread, color="#d55e00", label="learned")
    right.set(title="standard deviation")
    right.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train, compare, plot."""
    arguments = options(__doc__, steps=400, frameworks=FRAMEWORKS)
    trained = run(arguments.framework, arguments.steps)
    _, _, deviation = data()
    error = np.mean(np.abs(np.exp(trained.outputs[:, 1] / 2) - deviation))
    print(f"loss {trained.curve[0]:.4f} -> {trained.curve[-1]:.4f}; mean error of the standard deviation {error:.3f}")
    path = arguments.plot or Path("heteroscedastic_regression.png")
    plot(trained, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
