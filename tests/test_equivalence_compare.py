"""``compare``: the change that makes two losses equal is found by experiment, or the place where they part."""

import functools

import numpy as np
import pytest

import unilosses as ul

jax, keras, optax, torch = map(pytest.importorskip, ("jax", "keras", "optax", "torch"))

generator = np.random.default_rng(7)
SCORES = generator.normal(size=(6, 4))
OTHER = generator.normal(size=(6, 4))
CLASSES = generator.integers(0, 4, 6)
BITS = (generator.normal(size=(6, 4)) > 0).astype(float)
PROBABILITIES = np.exp(SCORES) / np.exp(SCORES).sum(-1, keepdims=True)
IMAGE = generator.normal(size=(3, 4, 5))
IMAGE_CLASSES = generator.integers(0, 4, (3, 5))


@pytest.mark.parametrize(
    ("first", "second", "y_true", "y_pred", "changes"),
    [
        (torch.nn.MSELoss(), keras.losses.MeanSquaredError(), OTHER, SCORES, ()),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.SparseCategoricalCrossentropy(),
            CLASSES,
            SCORES,
            ("set from_logits=True",),
        ),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.CategoricalCrossentropy(),
            CLASSES,
            SCORES,
            ("set from_logits=True", "pass one-hot labels"),
        ),
        (torch.nn.HuberLoss(delta=2.0), keras.losses.Huber(), OTHER, SCORES, ("set delta=2.0",)),
        (torch.nn.HuberLoss(), optax.losses.huber_loss, OTHER, SCORES, ("take the mean of its values",)),
        (
            optax.losses.huber_loss,
            torch.nn.HuberLoss(),
            OTHER,
            SCORES,
            ("take the mean of the values of optax.losses.huber_loss",),
        ),
        (
            torch.nn.BCELoss(),
            torch.nn.BCEWithLogitsLoss(),
            BITS,
            PROBABILITIES,
            ("pass log(y_pred / (1 - y_pred))",),
        ),
        (
            torch.nn.SoftMarginLoss(),
            keras.losses.BinaryCrossentropy(from_logits=True),
            2 * BITS - 1,
            SCORES,
            ("pass labels 0 and 1: (y_true + 1) / 2",),
        ),
        (
            torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0])),
            torch.nn.CrossEntropyLoss(),
            CLASSES,
            SCORES,
            ("set weight=[1.0, 2.0, 3.0, 4.0]",),
        ),
        (
            keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            torch.nn.CrossEntropyLoss(),
            np.eye(4)[CLASSES],
            SCORES,
            ("set label_smoothing=0.1",),
        ),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            IMAGE_CLASSES,
            IMAGE,
            ("move the class axis from place 1 to the end",),
        ),
        (torch.nn.MSELoss(reduction="sum"), torch.nn.MSELoss(), OTHER, SCORES, ("set reduction='sum'",)),
        (
            torch.nn.BCELoss(),
            keras.losses.BinaryCrossentropy(),
            np.array([[1.0], [0.0], [1.0], [1.0]]),
            np.array([[0.3], [0.2], [0.9], [1e-9]]),
            ("set from_logits=True", "pass log(y_pred / (1 - y_pred))"),
        ),
        (
            keras.losses.BinaryCrossentropy(),
            torch.nn.BCELoss(),
            np.array([[1.0], [0.0], [1.0], [1.0]]),
            np.array([[0.3], [0.2], [0.9], [1e-9]]),
            ("clip y_pred to [1e-07, 1 - 1e-07]",),
        ),
    ],
)
def test_the_change_is_found(first, second, y_true, y_pred, changes):
    found = ul.compare(first, second, y_true, y_pred)
    assert found.equal
    assert found.changes == changes
    assert (found.scale, found.offset) == (1.0, 0.0)
    assert all(change in str(found) for change in changes)


@pytest.mark.parametrize(
    ("first", "second", "scale", "offset"),
    [
        (torch.nn.SmoothL1Loss(beta=0.5), keras.losses.Huber(delta=0.5), 0.5, 0.0),
        (keras.losses.CosineSimilarity(reduction="none"), optax.losses.cosine_distance, 1.0, 1.0),
        (optax.losses.squared_error, optax.losses.l2_loss, 0.5, 0.0),
    ],
)
def test_scale_and_offset_are_found(first, second, scale, offset):
    found = ul.compare(first, second, OTHER, SCORES)
    assert found.equal
    assert (found.scale, found.offset) == (pytest.approx(scale), pytest.approx(offset))


def test_losses_that_are_not_equal_part_somewhere():
    found = ul.compare(torch.nn.MSELoss(), keras.losses.MeanAbsoluteError(), OTHER, SCORES)
    assert not found.equal
    assert "They part at sample 0" in str(found)


def test_arrays_of_a_framework_are_taken():
    found = ul.compare("torch.nn.MSELoss", "mse", torch.tensor(OTHER), torch.tensor(SCORES, requires_grad=True))
    assert found.equal
    assert "They are equal." in str(found)


def test_a_partial_is_taken():
    found = ul.compare(functools.partial(optax.losses.huber_loss, delta=0.5), optax.losses.huber_loss, OTHER, SCORES)
    assert found.changes == ("set delta=0.5",)


def test_mistakes_are_explained():
    with pytest.raises(ValueError, match="one prediction and one target"):
        ul.compare(torch.nn.TripletMarginLoss(), torch.nn.MSELoss(), OTHER, SCORES)
    with pytest.raises(ValueError, match="does not take this batch"):
        ul.compare(torch.nn.MSELoss(), torch.nn.MSELoss(), OTHER[:, :3], SCORES)
    with pytest.raises(LookupError):
        ul.compare("HubrLoss", torch.nn.MSELoss(), OTHER, SCORES)
