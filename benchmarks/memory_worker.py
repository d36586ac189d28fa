"""The process that ``memory.measure`` starts: make the inputs, call the loss if asked to, print the peak as JSON."""

from __future__ import annotations

import functools
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np

import unilosses as ul
from unilosses import blocks

from .memory import Job

Shape = tuple[int, ...]
#: Calls that are timed, after the one whose peak is read; one alone where a call takes seconds.
TIMED = 3
LONG = 2.0


def peak() -> int:
    """The largest resident memory of this process in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss of a child starts at what its parent had when it was started; this starts anew.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def torch_runs(job: Job) -> tuple[Callable[..., tuple[Any, ...]], Callable[..., Any]]:
    import torch
    from torch.nn import functional as f

    def inputs(*shapes: Shape) -> tuple[Any, ...]:
        labels = torch.arange(shapes[0][0]) % shapes[-1][-1 if len(shapes) == 1 else 0]
        return labels, *(torch.full(shape, 0.01).requires_grad_() for shape in shapes)

    def both(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(labels: Any, *leaves: Any) -> None:
            for leaf in leaves:
                leaf.grad = None
            function(labels, *leaves).backward()

        return run

    if not job.features:
        native = lambda y, z: f.cross_entropy(z, y)  # noqa: E731
        return inputs, both(_ours(job) if job.route == "ours" else native)
    functions = {
        "ours": _ours(job),
        "dense": lambda y, h, w: f.cross_entropy(f.linear(h, w), y),
        "native": lambda y, h, w: f.linear_cross_entropy(h, w, y),
        "native, chunked": lambda y, h, w: f.linear_cross_entropy(
            h, w, y, options=torch.nn.LinearCrossEntropyOptions()
        ),
    }
    return inputs, both(functions[job.route])


def jax_runs(job: Job) -> tuple[Callable[..., tuple[Any, ...]], Callable[..., Any]]:
    import jax
    import jax.numpy as jnp
    from optax.losses import softmax_cross_entropy_with_integer_labels as native

    def inputs(*shapes: Shape) -> tuple[Any, ...]:
        labels = jnp.arange(shapes[0][0]) % shapes[-1][-1 if len(shapes) == 1 else 0]
        return jax.block_until_ready((labels, *(jnp.full(shape, 0.01, jnp.float32) for shape in shapes)))

    functions = {
        "ours": _ours(job),
        "native": lambda y, z: native(z, y).mean(),
        "dense": lambda y, h, w: native(h @ w.T, y).mean(),
    }
    compiled = jax.jit(jax.value_and_grad(functions[job.route], argnums=(1, 2) if job.features else 1))
    return inputs, lambda *arrays: jax.block_until_ready(compiled(*arrays))


def tensorflow_runs(job: Job) -> tuple[Callable[..., tuple[Any, ...]], Callable[..., Any]]:
    import tensorflow as tf
    from keras.losses import SparseCategoricalCrossentropy

    native = SparseCategoricalCrossentropy(from_logits=True)

    def inputs(*shapes: Shape) -> tuple[Any, ...]:
        labels = tf.range(shapes[0][0]) % shapes[-1][-1 if len(shapes) == 1 else 0]
        return labels, *(tf.fill(shape, np.float32(0.01)) for shape in shapes)

    functions = {
        "ours": _ours(job),
        "native": native,
        "dense": lambda y, h, w: native(y, tf.matmul(h, w, transpose_b=True)),
    }

    def run(labels: Any, *arrays: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = functions[job.route](labels, *arrays)
        return value, tape.gradient(value, arrays)

    return inputs, run


def numpy_runs(job: Job) -> tuple[Callable[..., tuple[Any, ...]], Callable[..., Any]]:
    def inputs(*shapes: Shape) -> tuple[Any, ...]:
        labels = np.arange(shapes[0][0]) % shapes[-1][-1 if len(shapes) == 1 else 0]
        return labels, *(np.full(shape, 0.01, np.float32) for shape in shapes)

    if job.route == "ours":
        loss = ul.value_and_grad(ul.get(job.loss))
        return inputs, loss if job.features else functools.partial(loss, from_logits=True)
    from .numpy_cases import by_hand

    return inputs, next(case.function for case in by_hand() if case.loss == job.loss)


def _ours(job: Job) -> Callable[..., Any]:
    loss = ul.get(job.loss)
    return loss if job.features else functools.partial(loss, from_logits=True)


RUNS = {"torch": torch_runs, "jax": jax_runs, "tensorflow": tensorflow_runs, "numpy": numpy_runs}


def main(what: str, job: Job) -> dict[str, Any]:
    """The peak of this process, and the median time of a call."""
    if job.block is not None:
        blocks.BLOCK = job.block
    inputs, run = RUNS[job.framework](job)

    def shapes(rows: int, classes: int) -> tuple[Shape, ...]:
        return ((rows, job.features), (classes, job.features)) if job.features else ((rows, classes),)

    # What is loaded, compiled or started by a first call is not the loss' memory.
    run(*inputs(*shapes(4, 8)))
    arrays = inputs(*shapes(job.rows, job.classes))
    if what == "inputs":
        return {"peak": peak()}

    def seconds() -> float:
        begin = time.perf_counter()
        run(*arrays)
        return time.perf_counter() - begin

    first, largest = seconds(), peak()
    return {"peak": largest, "seconds": median(seconds() for _ in range(1 if first > LONG else TIMED))}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Job(**json.loads(sys.argv[2])))))
