"""The functions of ``keras.losses``, and look-up by name: names, signatures and values are those of Keras."""

import inspect

import numpy as np
import pytest

from unilosses.testing import assert_close, to_numpy

from .keras_cases import make
from .keras_helpers import keras, tensor

import unilosses.keras as losses  # isort: skip

pytestmark = pytest.mark.keras

LOOK_UP = {"deserialize", "get", "serialize"}
NATIVE = {name: x for name, x in vars(keras.losses).items() if inspect.isfunction(x) and name not in LOOK_UP}
CLASSES = {made.__name__.lower(): made.__name__ for made in losses.DROP_INS.values()}


def test_every_name_of_keras_is_here():
    public = {name for name, x in vars(keras.losses).items() if callable(x) and not name.startswith("_")}
    assert len(NATIVE) > 20
    assert public <= set(losses.__all__)
    assert all(callable(getattr(losses, name)) for name in public)


@pytest.mark.parametrize("name", NATIVE)
def test_signature_is_that_of_keras(name):
    """Same parameters, defaults and order; what unilosses adds is keyword-only."""
    ours = inspect.signature(getattr(losses, name)).parameters
    positional = [(key, p.default) for key, p in ours.items() if p.kind is not p.KEYWORD_ONLY]
    assert positional == [(key, p.default) for key, p in inspect.signature(NATIVE[name]).parameters.items()]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NATIVE)
def test_values_are_those_of_keras(name, dtype):
    y_true, y_pred = make(CLASSES[name.replace("_", "")], {}, (5, 6) if name == "circle" else (2, 4, 3))
    y_true, y_pred = tensor(y_true), tensor(y_pred.astype(dtype))
    options = {"q": 0.5} if "generalized" in name else {}
    expected, found = NATIVE[name](y_true, y_pred, **options), getattr(losses, name)(y_true, y_pred, **options)
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    # Exponentials of differences: in circle times gamma, in CTC of log-probabilities of about 10.
    assert_close(to_numpy(found), to_numpy(expected), "float32", scale={"circle": 80.0, "ctc": 10.0}.get(name, 1.0))


def test_options_by_place_and_lists():
    y_true, y_pred = [[0.0, 1.0]], [[2.0, -1.0]]
    for options in ((True,), (True, 0.1)):
        expected = keras.losses.binary_crossentropy(tensor(y_true), tensor(y_pred), *options)
        assert_close(to_numpy(losses.binary_crossentropy(y_true, y_pred, *options)), to_numpy(expected), "float32")
    with pytest.raises(TypeError, match="'q'"):
        losses.categorical_generalized_cross_entropy([0], [[0.5, 0.5]])


def test_ignored_labels_are_masked():
    found = losses.sparse_categorical_crossentropy(np.array([0, 1]), tensor(np.eye(2) / 2 + 0.25), ignore_class=1)
    assert to_numpy(keras.src.backend.get_keras_mask(found)).tolist() == [True, False]


@pytest.mark.parametrize("remove_diagonal", [True, False])
def test_circle_of_other_embeddings(remove_diagonal):
    (labels, x), (other_labels, y) = (make("Circle", {"seed": i}, (5, 6)) for i in range(2))
    x, y = x.astype("float32"), y.astype("float32")[:13]
    options = {"gamma": 4.0, "remove_diagonal": remove_diagonal}
    for references in ((other_labels[:13], y), (np.roll(labels, 1), None)):
        expected = keras.losses.circle(tensor(labels), tensor(x), *references, **options)
        assert_close(to_numpy(losses.circle(labels, x, *references, **options)), to_numpy(expected), "float32", scale=4)


def test_look_up():
    assert losses.get("mse") is losses.get("mean_squared_error") is losses.mean_squared_error
    assert type(losses.get("Huber")) is losses.Huber
    assert type(losses.get("SmoothL1")) is losses.SmoothL1
    assert losses.get({"class_name": "Huber", "config": {"delta": 2.0}}).delta == 2.0
    assert type(losses.get({"class_name": "Huber", "config": {"delta": 2.0}})) is losses.Huber
    assert losses.get(None) is None
    assert losses.get(losses.dice) is losses.dice
    for loss in (losses.kl_divergence, losses.Dice(axis=1)):
        again = keras.losses.deserialize(losses.serialize(loss))
        assert again is loss or again.get_config() == loss.get_config()
    with pytest.raises(ValueError, match="no_such_loss"):
        losses.get("no_such_loss")


def test_a_model_trains_with_a_function():
    x = np.linspace(-1, 1, 12).reshape(4, 3).astype("float32")
    histories = []
    for library in (keras.losses, losses):
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")])
        model.compile("sgd", loss=library.mean_squared_error)
        histories.append(model.fit(x, x[:, :2], epochs=2, verbose=0, shuffle=False).history["loss"])
    assert_close(histories[1], histories[0], "float32")
