"""One loss, four frameworks, one curve.

The same small network is trained from the same initial weights with the same line of loss code in NumPy (its gradient
from the closed form), PyTorch, Keras and JAX: a classifier of scikit-learn's digits and a regression on its diabetes
data. Full-batch gradient descent leaves nothing to chance, so the loss curves must lie on top of each other.

    python examples/train_everywhere.py
    python examples/train_everywhere.py --steps 50 --frameworks numpy,torch --plot curves.png
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress
from sklearn.datasets import load_diabetes, load_digits

import unilosses as ul

HIDDEN = 32


@dataclass(frozen=True)
class Task:
    """Data, the loss, and how fast to learn."""

    name: str
    x: np.ndarray
    y: np.ndarray
    outputs: int
    loss: Callable[..., Any]
    gradient: Callable[..., Any]
    rate: float

    def weights(self) -> list[np.ndarray]:
        """The same start for every framework."""
        generator = np.random.default_rng(0)
        sizes = [self.x.shape[1], HIDDEN, self.outputs]
        weights = []
        for before, after in itertools.pairwise(sizes):
            weights += [generator.normal(0, before**-0.5, (before, after)), np.zeros(after)]
        return [w.astype(np.float32) for w in weights]


def digits() -> Task:
    """Ten classes of 8×8 images: cross-entropy from logits and class indices."""
    data = load_digits()
    loss = partial(ul.sparse_categorical_cross_entropy, from_logits=True)
    gradient = partial(ul.value_and_grad(ul.sparse_categorical_cross_entropy), from_logits=True)
    return Task("digits", (data.data / 16).astype(np.float32), data.target, 10, loss, gradient, rate=0.5)


def diabetes() -> Task:
    """Disease progression after a year: Huber loss of the standardised target."""
    data = load_diabetes()
    x = (data.data / data.data.std(axis=0)).astype(np.float32)
    y = ((data.target - data.target.mean()) / data.target.std()).astype(np.float32)[:, None]
    loss = partial(ul.huber, delta=0.5)
    return Task("diabetes", x, y, 1, loss, partial(ul.value_and_grad(ul.huber), delta=0.5), rate=0.1)


def train_numpy(task: Task, steps: int) -> Iterator[float]:
    """Backpropagation by hand; the loss gives its own gradient."""
    w1, b1, w2, b2 = task.weights()
    for _ in range(steps):
        hidden = np.tanh(task.x @ w1 + b1)
        value, upstream = task.gradient(task.y, hidden @ w2 + b2)
        inner = (upstream @ w2.T) * (1 - hidden * hidden)
        for weight, slope in (
            (w1, task.x.T @ inner),
            (b1, inner.sum(axis=0)),
            (w2, hidden.T @ upstream),
            (b2, upstream.sum(axis=0)),
        ):
            weight -= np.float32(task.rate) * slope
        yield float(value)


def train_torch(task: Task, steps: int) -> Iterator[float]:
    """An ordinary PyTorch loop."""
    import torch

    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    w1, b1, w2, b2 = parameters = [torch.from_numpy(w).requires_grad_() for w in task.weights()]
    optimizer = torch.optim.SGD(parameters, lr=task.rate)
    for _ in range(steps):
        optimizer.zero_grad()
        value = task.loss(y, torch.tanh(x @ w1 + b1) @ w2 + b2)
        value.backward()
        optimizer.step()
        yield value.item()


def train_keras(task: Task, steps: int) -> Iterator[float]:
    """A compiled Keras model, on whichever backend Keras runs."""
    import keras

    model = keras.Sequential([keras.layers.Dense(HIDDEN, activation="tanh"), keras.layers.Dense(task.outputs)])
    model.build((None, task.x.shape[1]))
    model.set_weights(task.weights())
    # Keras hands targets over as floats with a last axis, whatever dtype and shape they had.
    loss = task.loss if task.y.ndim > 1 else lambda y, z: task.loss(keras.ops.cast(y[..., 0], "int32"), z)
    model.compile(optimizer=keras.optimizers.SGD(task.rate), loss=loss)
    y = task.y.reshape(len(task.y), -1)
    for _ in range(steps):
        yield float(model.fit(task.x, y, batch_size=len(task.x), shuffle=False, verbose=0).history["loss"][0])


def train_jax(task: Task, steps: int) -> Iterator[float]:
    """A jitted update."""
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(task.x), jnp.asarray(task.y)

    def objective(weights: list[Any]) -> Any:
        w1, b1, w2, b2 = weights
        return task.loss(y, jnp.tanh(x @ w1 + b1) @ w2 + b2)

    @jax.jit
    def update(weights: list[Any]) -> tuple[Any, list[Any]]:
        value, slopes = jax.value_and_grad(objective)(weights)
        return value, [w - task.rate * g for w, g in zip(weights, slopes, strict=True)]

    weights = [jnp.asarray(w) for w in task.weights()]
    for _ in range(steps):
        value, weights = update(weights)
        yield float(value)


TRAINERS = {"numpy": train_numpy, "torch": train_torch, "keras": train_keras, "jax": train_jax}


def run(task: Task, frameworks: list[str], steps: int, progress: Progress | None = None) -> dict[str, list[float]]:
    """The loss of every step in every framework."""
    curves: dict[str, list[float]] = {}
    for name in frameworks:
        bar = progress.add_task(f"{task.name}: {name}", total=steps) if progress else None
        curves[name] = []
        for value in TRAINERS[name](task, steps):
            curves[name].append(value)
            if progress and bar is not None:
                progress.advance(bar)
    return curves


def largest_difference(curves: dict[str, list[float]]) -> float:
    """The largest relative distance of any curve from the first one."""
    first, *others = (np.array(curve) for curve in curves.values())
    return max((float(np.max(np.abs(other - first) / first)) for other in others), default=0.0)


def plot(results: dict[str, dict[str, list[float]]], path: Path) -> None:
    """The curves on top of each other, and below them how far they part."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        2, len(results), figsize=(5 * len(results), 5.5), sharex=True, squeeze=False, height_ratios=[3, 1.4]
    )
    for column, (task, curves) in enumerate(results.items()):
        top, bottom = axes[:, column]
        first = np.array(next(iter(curves.values())))
        for i, (name, curve) in enumerate(curves.items()):
            top.plot(curve, label=name, linewidth=7 - 1.8 * i, alpha=0.75)
            if i:
                bottom.semilogy(np.maximum(np.abs(np.array(curve) - first) / first, 1e-9), color=f"C{i}", linewidth=1)
        top.set(title=task, ylabel="loss" if not column else "")
        top.legend(frameon=False)
        bottom.axhline(np.finfo(np.float32).eps, color="0.6", linestyle=":", linewidth=1)
        bottom.set(xlabel="step", ylabel="relative difference" if not column else "", ylim=(1e-9, 1e-3))
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    plt.close(figure)


def main() -> None:
    """Train, compare, plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--frameworks", default=",".join(TRAINERS))
    parser.add_argument("--plot", type=Path, default=Path("train_everywhere.png"))
    arguments = parser.parse_args()
    results = {}
    with Progress() as progress:
        for task in (digits(), diabetes()):
            results[task.name] = run(task, arguments.frameworks.split(","), arguments.steps, progress)
    for task_name, curves in results.items():
        for name, curve in curves.items():
            print(f"{task_name:9s} {name:6s} loss {curve[0]:.6f} -> {curve[-1]:.6f}")
        print(
            f"{task_name:9s} largest relative difference over {arguments.steps} steps: {largest_difference(curves):.1e}"
        )
    plot(results, arguments.plot)
    print(f"curves: {arguments.plot}")


if __name__ == "__main__":
    main()
