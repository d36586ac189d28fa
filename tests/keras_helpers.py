"""What the tests of the Keras losses share: values and gradients on whichever backend Keras runs."""

import importlib.util
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from unilosses.testing import to_numpy

# Some jobs of the CI have one framework alone: without Keras there are no drop-ins of its losses to look at.
if importlib.util.find_spec("keras") is None:
    pytest.skip("Keras is not installed", allow_module_level=True)
import keras

BACKEND = keras.backend.backend()
if BACKEND == "jax":
    import jax

    jax.config.update("jax_enable_x64", True)
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def tensor(x: Any) -> Any:
    """An array of Keras' backend."""
    return keras.ops.convert_to_tensor(x)


def value_and_gradient(function: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``function(x)`` and the gradient of its entries' sum, each weighted differently, at an array ``x``."""

    def weighted(value: Any) -> Any:
        weights = np.cos(np.arange(np.prod(value.shape, dtype=int))).reshape(tuple(value.shape))
        return keras.ops.sum(value * tensor(weights.astype(keras.backend.standardize_dtype(value.dtype))))

    if BACKEND == "torch":
        leaf = tensor(x).detach().clone().requires_grad_()
        value = function(leaf)
        weighted(value).backward()
        return to_numpy(value), to_numpy(leaf.grad)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        leaf = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(leaf)
            value = function(leaf)
            total = weighted(value)
        return to_numpy(value), to_numpy(tape.gradient(total, leaf))
    # Compiled as a whole, as in fit; also, one compilation is quicker than one of each operation.
    gradient, value = jax.jit(jax.grad(lambda x: (weighted(value := function(x)), value), has_aux=True))(x)
    return to_numpy(value), to_numpy(gradient)


def run_fresh(code: str, folder: Any) -> str:
    """Run ``code`` in a fresh process on the same backend of Keras, and return what it prints."""
    environment = os.environ | {"KERAS_BACKEND": BACKEND, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
