"""Eager TensorFlow makes large gradients block by block: every way to differentiate sees the same loss."""

import numpy as np
import pytest
import tensorflow as tf

import unilosses as ul
from unilosses import blocks
from unilosses.testing import assert_close

generator = np.random.default_rng(5)
Y_TRUE, Y_PRED = generator.random((50, 10)), generator.standard_normal((50, 10))
WEIGHT, MASK = generator.random(50), Y_TRUE[:, 0] > 0.3
LOSSES = {
    "huber": {},
    "binary_cross_entropy": {"from_logits": True},
    "cosine_similarity": {},
    "log_cosh": {},
}
GIVEN = [{}, {"sample_weight": WEIGHT}, {"mask": MASK}, {"reduction": "sum"}, {"reduction": "none"}]


@pytest.fixture(params=LOSSES)
def loss(request, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 64)
    return ul.get(request.param).configure(**LOSSES[request.param])


def gradients(function, x, twice=False):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        first = tape.gradient(value, x)
        total = tf.reduce_sum(first * first)
    return (value, first, outer.gradient(total, x)) if twice else (value, first)


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_every_derivative_is_that_of_one_block(loss, given, monkeypatch):
    def function(x):
        return loss(tf.constant(Y_TRUE), x, **given)

    def forward(x):
        with tf.autodiff.ForwardAccumulator(x, tf.cos(x)) as accumulator:
            value = function(x)
        return accumulator.jvp(value)

    def forward_over_reverse(x):
        with tf.autodiff.ForwardAccumulator(x, tf.cos(x)) as accumulator:
            _, first = gradients(function, x)
        return accumulator.jvp(first)

    def everything():
        x = tf.constant(Y_PRED)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            value = 3 * function(x)
            inside = tape.gradient(value, x)
        found = [*gradients(function, x, twice=True), forward(x), forward_over_reverse(x), inside]
        return [*found, tape.gradient(value, x), tape.jacobian(value, x), function(x)]

    in_blocks = everything()
    monkeypatch.setattr(blocks, "BLOCK", 1 << 17)
    for found, wanted in zip(in_blocks, everything(), strict=True):
        assert_close(found, wanted)


def test_gradients_of_targets_and_weights(loss):
    y, x, w = tf.constant(Y_TRUE), tf.constant(Y_PRED), tf.constant(WEIGHT)
    with tf.GradientTape() as tape:
        tape.watch([y, x, w])
        value = loss(y, x, sample_weight=w, reduction="sum")
    of_targets, of_predictions, of_weights = tape.gradient(value, [y, x, w])
    assert of_targets.shape == y.shape
    wanted, gradient = ul.value_and_grad(loss)(Y_TRUE, Y_PRED, sample_weight=WEIGHT, reduction="sum")
    assert_close(value, wanted)
    assert_close(of_predictions, gradient)
    values = loss(Y_TRUE, Y_PRED, reduction="none")
    assert_close(of_weights, values.sum(tuple(range(1, values.ndim))))
    with tf.autodiff.ForwardAccumulator(w, tf.ones_like(w)) as accumulator:
        value = loss(y, x, sample_weight=w, reduction="sum")
    assert_close(accumulator.jvp(value), values.sum())


def test_a_large_gradient_is_made_once(monkeypatch):
    """In blocks, the gradient is the only memory of the size of the predictions."""
    made = []
    backend = type(ul.dispatch.backend_named("tensorflow"))
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(backend, "empty_like", count_calls(backend.empty_like, made))
    gradients(lambda x: ul.huber(tf.constant(Y_TRUE), x), tf.constant(Y_PRED))
    assert [shape for shape in made if shape == Y_PRED.shape] == [Y_PRED.shape]


def count_calls(empty_like, made):
    def counted(self, x, shape=None, dtype=None):
        made.append(tuple(x.shape) if shape is None else tuple(shape))
        return empty_like(self, x, shape, dtype)

    return counted
