"""Weighted sums of losses and configured losses are losses, in every framework and through JSON."""

import json
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf
import torch

import unilosses as ul
import unilosses.torch
from unilosses.testing import assert_close

from .jax_parity import double_precision

generator = np.random.default_rng(3)
Y_TRUE = (generator.random((4, 5)) > 0.5).astype(np.float64)
Y_PRED = generator.random((4, 5))
BOTH = (0.5 * ul.dice + ul.binary_cross_entropy).configure(from_logits=False, smooth=1.0)


def by_hand(reduction="mean", **common):
    dice = ul.dice(Y_TRUE, Y_PRED, smooth=1.0, reduction=reduction, **common)
    entropy = ul.binary_cross_entropy(Y_TRUE, Y_PRED, from_logits=False, reduction=reduction, **common)
    return 0.5 * dice + entropy


@pytest.mark.parametrize("reduction", ["mean", "sum", "batchmean"])
def test_a_sum_of_losses_is_the_sum_of_their_values(reduction):
    mask = np.array([True, True, False, True])
    assert_close(BOTH(Y_TRUE, Y_PRED, reduction=reduction), by_hand(reduction))
    assert_close(BOTH(Y_TRUE, Y_PRED, reduction=reduction, mask=mask), by_hand(reduction, mask=mask))


def test_parts_are_named_unweighted_and_add_up():
    parts = BOTH.parts(Y_TRUE, Y_PRED)
    assert list(parts) == ["dice(smooth=1.0)", "binary_cross_entropy(from_logits=False)"]
    dice, entropy = parts.values()
    assert_close(0.5 * dice + entropy, BOTH(Y_TRUE, Y_PRED))
    twice = (ul.huber.configure(delta=1.0) + 2 * ul.huber.configure(delta=1.0)).parts(Y_TRUE, Y_PRED)
    assert len(twice) == 2


def test_values_and_gradients_are_the_same_in_every_framework():
    value, gradient = ul.value_and_grad(BOTH)(Y_TRUE, Y_PRED)
    assert_close(value, by_hand())

    leaf = torch.tensor(Y_PRED, requires_grad=True)
    BOTH(torch.tensor(Y_TRUE), leaf).backward()
    assert_close(leaf.grad, gradient)

    tensor = tf.constant(Y_PRED)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        total = BOTH(tf.constant(Y_TRUE), tensor)
    assert_close(tape.gradient(total, tensor), gradient)

    with double_precision():
        found = jax.jit(jax.grad(lambda p: BOTH(jnp.asarray(Y_TRUE), p)))(jnp.asarray(Y_PRED))
        assert_close(found, gradient)


def test_a_configured_loss_reloads_from_json_to_the_same_numbers():
    again = ul.from_json(BOTH.to_json())
    assert again(Y_TRUE, Y_PRED) == BOTH(Y_TRUE, Y_PRED)
    assert again.to_json() == BOTH.to_json()
    weighted = ul.sparse_categorical_cross_entropy.configure(
        from_logits=True, class_weight=torch.tensor([1.0, 2.0, 0.5, 1.0, 3.0]), reduction="weighted_mean"
    )
    text = weighted.to_json()
    assert json.loads(text)["reduction"] == "weighted_mean"
    labels = np.array([0, 4, 2, 1])
    from_torch = weighted(torch.tensor(labels), torch.tensor(Y_PRED))
    assert_close(ul.from_json(text)(labels, Y_PRED), from_torch)


def test_a_weight_may_be_an_array_on_either_side():
    weights = np.array([1.0, 2.0])
    for loss in (weights * ul.huber, ul.huber * weights):
        assert_close(loss(Y_TRUE, Y_PRED), weights * ul.huber(Y_TRUE, Y_PRED))
    assert_close((np.float64(2.0) * ul.huber)(Y_TRUE, Y_PRED), 2 * ul.huber(Y_TRUE, Y_PRED))


def test_a_sum_is_a_torch_module_that_trains_and_pickles():
    cls = unilosses.torch.module(0.5 * ul.dice + ul.binary_cross_entropy)
    criterion = cls(from_logits=False, smooth=1.0)
    again = pickle.loads(pickle.dumps(criterion))
    for module in (criterion, again):
        leaf = torch.tensor(Y_PRED, requires_grad=True)
        value = module(leaf, torch.tensor(Y_TRUE))
        value.backward()
        assert_close(value.detach(), by_hand())
        assert_close(leaf.grad, ul.grad(BOTH)(Y_TRUE, Y_PRED))
    with pytest.raises(TypeError, match="needs from_logits"):
        cls()


def test_what_cannot_be_composed_is_refused():
    with pytest.raises(TypeError, match=r"same inputs.*add their values"):
        ul.huber + ul.triplet_margin
    with pytest.raises(TypeError, match="has a parameter 'dleta'"):
        ul.huber.configure(dleta=2.0)
    with pytest.raises(TypeError, match="not by each other"):
        ul.huber * ul.huber
    for one in (lambda: ul.huber + 1.0, lambda: ul.huber - 1.0, lambda: 1.0 + ul.huber):
        with pytest.raises(TypeError, match="can be added"):
            one()
    with pytest.raises(LookupError, match="run its definition before reloading"):
        ul.from_json(ul.huber.to_json().replace("huber", "no_such_loss"))
    with pytest.raises(TypeError, match="has a parameter 'dleta'"):  # when it is read, not in the first epoch
        ul.from_json(ul.huber.configure(delta=2.0).to_json().replace("delta", "dleta"))
    with pytest.raises(TypeError, match="one pair for each of its terms"):
        ul.sum_and_normalizer(BOTH)
    with pytest.raises(ValueError, match="do not add up"):
        BOTH(Y_TRUE, Y_PRED, reduction="none")
    with pytest.raises(ValueError, match="no loss of unilosses"):
        ul.from_json("[]")


def test_an_open_parameter_may_be_given_in_the_call():
    open_sum = 0.5 * ul.dice + ul.binary_cross_entropy
    assert_close(open_sum(Y_TRUE, Y_PRED, from_logits=False, smooth=1.0), by_hand())
    assert "from_logits" in open_sum.parameters
    assert "from_logits" not in BOTH.parameters


def test_what_is_set_in_one_term_stays_so():
    """Another loss with the same parameter, open or with another default, keeps its own."""
    wide, narrow = ul.huber.configure(delta=5.0), ul.huber
    y_true, y_pred = Y_TRUE, 9 * Y_PRED
    by_hand = ul.huber(y_true, y_pred, delta=5.0) + ul.huber(y_true, y_pred, delta=1.0)
    arrays = torch.tensor(y_pred), torch.tensor(y_true)
    assert_close((wide + narrow)(y_true, y_pred), by_hand)
    assert_close(unilosses.torch.module(wide + narrow)()(*arrays), by_hand)
    assert_close((wide + narrow)(y_true, y_pred, delta=1.0), by_hand)
    assert_close(unilosses.torch.module(wide + narrow)(delta=1.0)(*arrays), by_hand)
    assert_close((wide + wide)(y_true, y_pred, delta=1.0), 2 * ul.huber(y_true, y_pred))

    labels, logits = np.eye(5)[[0, 3, 4, 1]], Y_PRED
    both = ul.categorical_cross_entropy.configure(from_logits=True) + ul.poly_cross_entropy
    wanted = ul.categorical_cross_entropy(labels, logits, from_logits=True) + ul.poly_cross_entropy(labels, logits)
    assert_close(unilosses.torch.module(both)()(torch.tensor(logits), torch.tensor(labels)), wanted)
    for cls, name in ((unilosses.torch.module(both), "epsilon"), (unilosses.torch.module(wide), "delta")):
        with pytest.raises(TypeError, match=f"{name} is set already, or its terms"):
            cls(**{name: 0.1})
    with pytest.raises(ValueError, match=r"delta=-1.0 is out of range"):
        unilosses.torch.module(narrow + ul.pseudo_huber)(delta=-1.0)


def test_arithmetic():
    y_true, y_pred = Y_TRUE, 3 * Y_PRED
    huber, cosh = ul.huber(y_true, y_pred), ul.log_cosh(y_true, y_pred)
    assert_close((ul.huber - ul.log_cosh / 2)(y_true, y_pred), huber - cosh / 2)
    assert_close((-ul.huber)(y_true, y_pred), -huber)
    assert_close(sum([ul.huber, ul.log_cosh])(y_true, y_pred), huber + cosh)
