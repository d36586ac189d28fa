"""Large calls of TensorFlow are programs of XLA: every way to ask for them sees the loss of the small ones."""

import numpy as np
import pytest
import tensorflow as tf

import unilosses as ul
from unilosses.tensorflow import compiled
from unilosses.testing import assert_close

generator = np.random.default_rng(3)
Y_TRUE, Y_PRED = generator.random((6, 5)), generator.standard_normal((6, 5))
LABELS = generator.integers(0, 5, 6)
LOSSES = {
    "huber": (Y_TRUE, {}),
    "log_cosh": (Y_TRUE, {}),
    "binary_focal_cross_entropy": (Y_TRUE, {"from_logits": True}),
    "categorical_cross_entropy": (Y_TRUE / Y_TRUE.sum(1, keepdims=True), {"from_logits": True}),
    "sparse_categorical_cross_entropy": (LABELS, {"from_logits": True}),
}
WEIGHT = generator.random(6)
GIVEN = [{}, {"reduction": "sum"}, {"reduction": "none"}, {"sample_weight": WEIGHT}, {"mask": WEIGHT > 0.3}]


@pytest.fixture
def compiling(monkeypatch):
    """Calls of all sizes are compiled, and the programs that are made are counted."""
    if not compiled._is_available():
        pytest.skip("this TensorFlow has no XLA for the processor, or sees an accelerator")
    programs, make = [], compiled._program
    monkeypatch.setattr(compiled, "LARGE", 0)
    monkeypatch.setattr(compiled, "_program", lambda function: programs.append(function) or make(function))
    yield programs
    for name in LOSSES:
        ul.get(name).prepared.clear()


def everything(function, x):
    """Value, gradient, a second derivative and a forward derivative."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        first = tape.gradient(value, x)
        total = tf.reduce_sum(first * tf.cos(x))
    second = outer.gradient(total, x)
    with tf.autodiff.ForwardAccumulator(x, tf.cos(x)) as accumulator:
        again = function(x)
    return value, first, second, accumulator.jvp(again), function(x)


@pytest.mark.parametrize("given", GIVEN, ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_programs_give_what_operations_give(name, given, compiling, monkeypatch):
    target, parameters = LOSSES[name]
    loss, x = ul.get(name).configure(**parameters), tf.constant(Y_PRED)
    run = lambda x: everything(lambda x: loss(tf.constant(target), x, **given), x)  # noqa: E731
    of_programs = [run(x), tf.function(run)(x)]
    assert compiling
    monkeypatch.setattr(compiled, "LARGE", 1 << 40)
    wanted = run(x)
    for found in of_programs:
        for one, other in zip(found, wanted, strict=True):
            assert_close(one, other)


def test_a_signature_is_compiled_once(compiling):
    y, x = tf.constant(Y_TRUE), tf.constant(Y_PRED)
    for _ in range(3):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = ul.huber(y, x)
        assert_close(tape.gradient(value, x), ul.value_and_grad(ul.huber)(y, x)[1])
    assert len(compiling) == 1


def test_gradients_of_targets_and_weights(compiling):
    y, x, w = (tf.constant(a) for a in (Y_TRUE, Y_PRED, WEIGHT))

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            tape.watch([y, x, w])
            value = ul.huber(y, x, sample_weight=w, reduction="sum")
        return tape.gradient(value, [y, x, w])

    of_targets, of_predictions, of_weights = gradients()
    assert compiling
    assert_close(of_targets, -of_predictions.numpy())
    assert_close(of_predictions, ul.grad(ul.huber)(Y_TRUE, Y_PRED, sample_weight=WEIGHT, reduction="sum"))
    assert_close(of_weights, ul.huber(Y_TRUE, Y_PRED, reduction="none").sum(1))


def test_a_derivative_from_outside_of_the_function(compiling):
    x = tf.constant(Y_PRED)
    value = tf.function(lambda x: 3 * ul.huber(tf.constant(Y_TRUE), x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = value(x)
    assert_close(tape.gradient(result, x), 3 * ul.grad(ul.huber)(Y_TRUE, Y_PRED))
    assert compiling


def test_labels_out_of_range(compiling):
    wrong, x = tf.constant([0, 7, 1, 2, 3, 4]), tf.constant(Y_PRED)
    loss = ul.sparse_categorical_cross_entropy.configure(from_logits=True)
    with pytest.raises(ValueError, match="class indices from 0 to 4"):
        loss(wrong, x)

    @tf.function
    def both(labels):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss(labels, x)
        return value, tape.gradient(value, x)

    assert np.isnan(both(wrong)[0])
    assert np.isfinite(both(tf.constant(LABELS))[0])
    assert compiling


def test_sums_are_as_exact_as_without(compiling):
    x = tf.fill((1 << 15, 48), np.float32(0.1))
    mean = ul.mean_absolute_error(tf.zeros_like(x), x)
    assert compiling
    np.testing.assert_allclose(mean, np.float32(0.1), rtol=1e-6)  # one after the other they are off by 1e-3
    huge = tf.fill((64, 48), np.float32(1e19))
    np.testing.assert_allclose(ul.mean_squared_error(tf.zeros_like(huge), huge), 1e38, rtol=1e-6)
