"""What the examples share: a small network, trained with the same line of loss code in every framework.

``train("jax", x, objective, sizes)`` trains a network with ``tanh`` in between on all of ``x`` at once, with Adam. The
objective takes the network's outputs, in the framework's arrays, and ``data``, a tuple of arrays converted to them.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.progress import Progress

import unilosses as ul

FRAMEWORKS = ("numpy", "torch", "keras", "jax")
DECAY, SQUARE_DECAY, LITTLE = 0.9, 0.999, 1e-7
Weights = list[Any]


class Trained(NamedTuple):
    """The loss of every step, and the outputs of the trained network for ``x``, as a NumPy array."""

    curve: list[float]
    outputs: np.ndarray


def initial(sizes: list[int]) -> list[np.ndarray]:
    """The same start for every framework: kernels (in, out) and biases."""
    generator = np.random.default_rng(0)
    weights = []
    for before, after in itertools.pairwise(sizes):
        weights += [generator.normal(0, before**-0.5, (before, after)), np.zeros(after)]
    return [w.astype(np.float32) for w in weights]


def forward(tanh: Callable[[Any], Any], weights: Weights, x: Any) -> list[Any]:
    """What each layer gives, the last one without ``tanh``."""
    layers = [x]
    for i in range(0, len(weights), 2):
        x = layers[-1] @ weights[i] + weights[i + 1]
        layers.append(x if i == len(weights) - 2 else tanh(x))
    return layers


def in_numpy(
    x: np.ndarray, objective: Any, data: tuple, weights: Weights, steps: int, rate: float, advance: Any
) -> Any:
    """Backpropagation by hand: the loss gives its own gradient, so the objective has to be a loss."""
    moments = [np.zeros_like(w) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    curve = []
    for step in range(1, steps + 1):
        layers = forward(np.tanh, weights, x)
        value, slope = ul.value_and_grad(objective.loss)(*data, layers[-1], **objective.parameters)
        curve.append(float(value))
        slopes: list[Any] = []
        for i in range(len(weights) - 2, -1, -2):
            before = layers[i // 2]
            slopes = [before.T @ slope, slope.sum(axis=0), *slopes]
            slope = (slope @ weights[i].T) * (1 - before * before)
        for weight, moment, square, g in zip(weights, moments, squares, slopes, strict=True):
            moment += (1 - DECAY) * (g - moment)
            square += (1 - SQUARE_DECAY) * (g * g - square)
            scale = np.sqrt(square / (1 - SQUARE_DECAY**step)) + LITTLE
            weight -= (rate / (1 - DECAY**step) * moment / scale).astype(np.float32)
        advance()
    return Trained(curve, forward(np.tanh, weights, x)[-1])


def in_torch(
    x: np.ndarray, objective: Any, data: tuple, weights: Weights, steps: int, rate: float, advance: Any
) -> Any:
    """An ordinary loop of PyTorch."""
    import torch

    inputs, tensors = torch.from_numpy(x), tuple(map(torch.from_numpy, data))
    parameters = [torch.from_numpy(w).requires_grad_() for w in weights]
    optimizer = torch.optim.Adam(parameters, lr=rate, betas=(DECAY, SQUARE_DECAY), eps=LITTLE)
    curve = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = objective(forward(torch.tanh, parameters, inputs)[-1], *tensors)
        value.backward()
        optimizer.step()
        curve.append(value.item())
        advance()
    return Trained(curve, forward(torch.tanh, parameters, inputs)[-1].detach().numpy())


def in_jax(x: np.ndarray, objective: Any, data: tuple, weights: Weights, steps: int, rate: float, advance: Any) -> Any:
    """A jitted update, with optax."""
    import jax
    import jax.numpy as jnp
    import optax

    transform = optax.adam(rate, b1=DECAY, b2=SQUARE_DECAY, eps=LITTLE)
    parameters = [jnp.asarray(w) for w in weights]
    state, arrays = transform.init(parameters), tuple(map(jnp.asarray, data))

    @jax.jit
    def update(parameters: Weights, state: Any) -> Any:
        value, slopes = jax.value_and_grad(lambda w: objective(forward(jnp.tanh, w, x)[-1], *arrays))(parameters)
        changes, state = transform.update(slopes, state)
        return value, optax.apply_updates(parameters, changes), state

    curve = []
    for _ in range(steps):
        value, parameters, state = update(parameters, state)
        curve.append(float(value))
        advance()
    return Trained(curve, np.asarray(forward(jnp.tanh, parameters, x)[-1]))


def in_keras(
    x: np.ndarray, objective: Any, data: tuple, weights: Weights, steps: int, rate: float, advance: Any
) -> Any:
    """A compiled model of Keras, on whichever backend it runs."""
    import keras

    sizes = [w.shape[0] for w in weights[1::2]]
    layers = [keras.layers.Dense(n, activation="tanh" if i < len(sizes) - 1 else None) for i, n in enumerate(sizes)]
    model = keras.Sequential(layers)
    model.build((None, x.shape[1]))
    model.set_weights(weights)
    optimizer = keras.optimizers.Adam(rate, beta_1=DECAY, beta_2=SQUARE_DECAY, epsilon=LITTLE)
    model.compile(optimizer, loss=lambda _, z: objective(z, *map(keras.ops.convert_to_tensor, data)))
    bar = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: advance())
    targets = np.zeros((len(x), 1), np.float32)  # the objective has its own
    history = model.fit(x, targets, batch_size=len(x), epochs=steps, shuffle=False, verbose=0, callbacks=[bar])
    return Trained(list(map(float, history.history["loss"])), keras.ops.convert_to_numpy(model(x)))


TRAINERS = {"numpy": in_numpy, "torch": in_torch, "keras": in_keras, "jax": in_jax}


class Objective:
    """A loss of (targets, outputs) with its parameters: an objective that NumPy can train with too."""

    def __init__(self, loss: Any, **parameters: Any) -> None:
        self.loss = loss
        self.parameters = parameters

    def __call__(self, outputs: Any, *data: Any) -> Any:
        return self.loss(*data, outputs, **self.parameters)


def train(
    framework: str, x: np.ndarray, objective: Any, data: tuple, sizes: list[int], *, steps: int, rate: float = 0.01
) -> Trained:
    """Train on all of ``x`` at once. ``sizes`` are those of the hidden layers and of the output."""
    with Progress() as progress:
        bar = progress.add_task(f"{framework}: {getattr(objective, 'name', '')}", total=steps)
        weights = initial([x.shape[1], *sizes])
        return TRAINERS[framework](x, objective, data, weights, steps, rate, lambda: progress.advance(bar))


def options(description: str, steps: int, frameworks: tuple[str, ...] = FRAMEWORKS) -> argparse.Namespace:
    """The command line that the examples have in common."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--framework", choices=frameworks, default=frameworks[0])
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--plot", type=Path, default=None, help="where the figure goes; by default NAME.png")
    return parser.parse_args()
