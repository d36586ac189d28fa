"""Language model: which word follows the last three? A head with one score per word, by linear cross-entropy.

The text is what some modules of Python say of themselves. The loss takes the head's weights and makes the scores of
a few hundred samples at a time, never all: with a large vocabulary that is what fits in memory.

    python examples/language_model.py --framework torch
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import tarfile
import textwrap
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from networks import DECAY, LITTLE, SQUARE_DECAY, Trained, initial, options
from rich.progress import Progress

import unilosses as ul

MODULES = (argparse, inspect, json, np, re, tarfile, textwrap, typing)
FRAMEWORKS = ("numpy", "torch", "jax")
CONTEXT, WORDS, WIDTH = 3, 300, 32
CHUNK_BYTES = 256 * WORDS * 4
Weights = list[Any]


def data() -> tuple[list[str], np.ndarray, np.ndarray]:
    """The vocabulary, the last words as one-hot rows (samples, CONTEXT * WORDS), and the words that follow."""
    text = " ".join(inspect.getdoc(module) or "" for module in MODULES).lower()
    words = re.findall(r"[a-z]+|[.,:]", text)
    found, counts = np.unique(words, return_counts=True)
    vocabulary = ["?", *found[np.argsort(-counts, kind="stable")][: WORDS - 1].tolist()]
    index = {word: i for i, word in enumerate(vocabulary)}
    numbers = np.array([index.get(word, 0) for word in words])
    contexts = np.stack([numbers[i : len(numbers) - CONTEXT + i] for i in range(CONTEXT)], axis=1)
    return vocabulary, np.eye(WORDS, dtype=np.float32)[contexts].reshape(len(contexts), -1), numbers[CONTEXT:]


def cost(tanh: Callable[[Any], Any], weights: Weights, x: Any, following: Any) -> Any:
    """The loss of the whole model: what it learns from the words that follow, in any framework."""
    kernel, offset, head, bias = weights
    hidden = tanh(x @ kernel + offset)
    return ul.linear_cross_entropy(following, hidden, head, bias, z_loss=1e-4, chunk_bytes=CHUNK_BYTES)


def in_numpy(x: np.ndarray, following: np.ndarray) -> Callable[[Weights], Any]:
    """Backpropagation by hand: the loss gives the gradients of the head as well."""

    def step(weights: Weights) -> Any:
        kernel, offset, head, bias = weights
        hidden = np.tanh(x @ kernel + offset)
        value, (slope, *of_head) = ul.value_and_grad(ul.linear_cross_entropy)(
            following, hidden, head, bias, z_loss=1e-4, chunk_bytes=CHUNK_BYTES
        )
        slope = slope * (1 - hidden * hidden)
        return value, [x.T @ slope, slope.sum(axis=0), *of_head]

    return step


def in_torch(x: np.ndarray, following: np.ndarray) -> Callable[[Weights], Any]:
    """PyTorch, eager."""
    import torch

    inputs, targets = torch.from_numpy(x), torch.from_numpy(following)

    def step(weights: Weights) -> Any:
        leaves = [torch.as_tensor(w).requires_grad_() for w in weights]
        value = cost(torch.tanh, leaves, inputs, targets)
        return value.item(), [g.numpy() for g in torch.autograd.grad(value, leaves)]

    return step


def in_jax(x: np.ndarray, following: np.ndarray) -> Callable[[Weights], Any]:
    """JAX, compiled."""
    import jax
    import jax.numpy as jnp

    inputs, targets = jnp.asarray(x), jnp.asarray(following)
    compiled = jax.jit(jax.value_and_grad(lambda weights: cost(jnp.tanh, weights, inputs, targets)))

    def step(weights: Weights) -> Any:
        value, gradients = compiled(weights)
        return value, [np.asarray(g) for g in gradients]

    return step


def run(framework: str, steps: int) -> tuple[list[str], Trained, np.ndarray]:
    """The vocabulary, the model trained on all samples at once with Adam, and the words that follow."""
    vocabulary, x, following = data()
    kernel, offset, head, bias = initial([x.shape[1], WIDTH, WORDS])
    kernel *= WORDS**0.5  # one word of each place is there, not all of them
    weights = [kernel, offset, np.ascontiguousarray(head.T), bias]
    moments, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
    step_of = {"numpy": in_numpy, "torch": in_torch, "jax": in_jax}[framework](x, following)
    curve = []
    with Progress() as progress:
        for i in progress.track(range(1, steps + 1), description=f"{framework}: linear_cross_entropy"):
            value, gradients = step_of(weights)
            curve.append(float(value))
            for j, g in enumerate(gradients):
                moments[j] = DECAY * moments[j] + (1 - DECAY) * g
                squares[j] = SQUARE_DECAY * squares[j] + (1 - SQUARE_DECAY) * g * g
                size = np.sqrt(squares[j] / (1 - SQUARE_DECAY**i)) + LITTLE
                weights[j] = (weights[j] - 0.01 / (1 - DECAY**i) * moments[j] / size).astype(np.float32)
    scores = np.tanh(x @ weights[0] + weights[1]) @ weights[2].T + weights[3]
    return vocabulary, Trained(curve, scores), following


def plot(vocabulary: list[str], trained: Trained, following: np.ndarray, path: Path) -> None:
    """The curve, and how often the model is right about the most frequent words."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot(trained.curve, color="#0072b2")
    left.axhline(np.log(WORDS), color="0.6", linestyle="--", label="any word alike")
    left.set(xlabel="step", ylabel="cross-entropy in nats")
    left.legend()
    correct = trained.outputs.argmax(axis=1) == following
    words = range(1, 16)
    right.barh([vocabulary[i] for i in words], [correct[following == i].mean() for i in words], color="#d55e00")
    right.invert_yaxis()
    right.set(xlabel="share of its occurrences that is foretold", xlim=(0, 1))
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Train, foretell, plot."""
    arguments = options(__doc__, steps=60, frameworks=FRAMEWORKS)
    vocabulary, trained, following = run(arguments.framework, arguments.steps)
    share = np.mean(trained.outputs.argmax(axis=1) == following)
    print(f"cross-entropy {trained.curve[0]:.4f} -> {trained.curve[-1]:.4f} nats; next word foretold: {share:.1%}")
    path = arguments.plot or Path("language_model.png")
    plot(vocabulary, trained, following, path)
    print(f"figure: {path}")


if __name__ == "__main__":
    main()
