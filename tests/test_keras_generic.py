"""The Keras classes of all other losses, and of a user's: completeness, packing, values, configuration."""

import inspect
import itertools
import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import unilosses as ul
from unilosses.testing import assert_close, cases, to_numpy

from .keras_helpers import keras, tensor

import unilosses.keras as classes  # isort: skip

pytestmark = pytest.mark.keras

BUILT_IN = [name for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.")]
OTHERS = [name for name in BUILT_IN if name not in classes.DROP_INS]
ROOT = Path(__file__).resolve().parent.parent
generator = np.random.default_rng(3)


def test_every_loss_has_a_class():
    made = {name: classes.loss(ul.get(name)) for name in BUILT_IN}
    for name, each in made.items():
        assert issubclass(each, keras.losses.Loss), name
        assert getattr(classes, each.__name__) is each
        assert each.__name__ in classes.__all__
        assert each.__doc__
        assert keras.saving.get_registered_name(each) == f"unilosses>{each.__name__}"
    assert len(set(made.values())) == len(made)


@pytest.mark.parametrize("name", OTHERS)
def test_constructor_and_configuration(name):
    """The loss' parameters, reduction, name and dtype, all by keyword; all of them survive JSON."""
    made, definition = classes.loss(ul.get(name)), ul.get(name)
    parameters = dict(inspect.signature(made).parameters)
    assert list(parameters) == [*definition.parameters, "reduction", "name", "dtype"]
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
    required = {key: True for key, p in parameters.items() if p.default is p.empty}
    loss = made(**required, name="mine", reduction="sum", dtype="float64")
    config = json.loads(json.dumps(keras.losses.serialize(loss)))
    again = keras.losses.deserialize(config)
    assert type(again) is made
    assert again.get_config() == loss.get_config() == {**loss.get_config(), **required}
    assert (again.name, again.reduction, again.dtype) == ("mine", "sum", "float64")


@pytest.mark.parametrize("name", ["extra.pyi", "keras.md"])
def test_what_is_generated_is_up_to_date(name):
    written = runpy.run_path(str(ROOT / "docs" / "keras_pages.py"))["WRITTEN"]
    (path,) = (path for path in written if path.name == name)
    sys.path.insert(0, str(ROOT))  # for the tests' own data
    try:
        assert path.read_text() == written[path](), "run: python docs/keras_pages.py"
    finally:
        sys.path.remove(str(ROOT))


def test_constructor_explains():
    with pytest.raises(TypeError, match="did you mean 'margin'"):
        classes.TripletMargin(margn=1.0)
    with pytest.raises(ValueError, match=r"beta=-1.0 is out of range"):
        classes.SmoothL1(beta=-1.0)
    with pytest.raises(TypeError, match=r"@unilosses\.loss"):
        classes.loss(lambda y_true, y_pred: y_pred)


def pack(names, arrays, stacked):
    """A single array, a tuple, or one array with a new axis 1."""
    parts = [arrays[name] for name in names]
    if len(parts) == 1:
        return parts[0]
    return np.stack(parts, axis=1) if stacked else tuple(parts)


@pytest.mark.parametrize("name", OTHERS)
def test_values_are_those_of_the_function(name):
    """On inputs that the laws draw: the mean over the last axis of elementwise values, all others as they are."""
    definition = ul.get(name)
    for case in itertools.islice(cases(definition, "ordinary"), 6):
        arrays = {key: x for key, x in case.inputs.items() if x is not None}
        expected = definition(*case.inputs.values(), reduction="none", **case.parameters)
        if definition.kind == "elementwise" and expected.ndim:
            expected = np.mean(expected, axis=-1)
        loss = classes.loss(definition)(**case.parameters, reduction="none", dtype="float64")
        packed = [key for key in arrays if key in definition.predictions]
        rest = [key for key in arrays if key not in definition.predictions]
        y_true = pack(rest, arrays, False) if rest else np.zeros(2)
        ways = [pack(packed, arrays, False)]
        if len(packed) > 1 and len({arrays[key].shape for key in packed}) == 1 and arrays[packed[0]].ndim:
            ways.append(pack(packed, arrays, True))
            with pytest.raises(ValueError, match=r"stacked: keras\.ops\.stack"):
                loss(y_true, arrays[packed[0]][..., None][:, :1])
        for y_pred in ways:
            # Keras means and stacks are float32's on torch and JAX.
            assert_close(to_numpy(loss(y_true, y_pred)), expected, "float32", what=str(case))
        if rest == ["y_true"] and y_true.ndim == 1 and arrays[packed[0]].ndim == 2 and definition.check is None:
            assert_close(to_numpy(loss(y_true[:, None], ways[0])), expected, "float32", what=str(case))


def test_lists_of_numbers_are_arrays():
    assert_close(to_numpy(classes.SmoothL1()([1.0, 2.0], [1.5, 4.0])), (0.125 + 1.5) / 2, "float32")
    rows = [[0.0, 0.0], [1.0, 1.0]]
    anchor, positive, negative = (np.array(rows) + i for i in range(3))
    expected = ul.triplet_margin(anchor, positive, negative)
    lists = [x.tolist() for x in (anchor, positive, negative)]
    for y_pred in (lists, tuple(lists), [tensor(anchor), *lists[1:]]):
        assert_close(to_numpy(classes.TripletMargin()([0, 0], y_pred)), expected, "float32")


def test_ignored_entries_are_not_counted():
    labels, y_pred = np.array([[0], [1], [-1], [-1]]), np.log(np.full((4, 3), 1 / 3, "float32"))
    loss = classes.NegativeLogLikelihood(ignore_index=-1)
    assert_close(to_numpy(loss(labels, y_pred)), np.log(3), "float32")
    assert_close(to_numpy(loss(labels[:, 0].astype("float32"), y_pred, np.array([2.0, 2, 9, 9]))), np.log(9), "float32")


def test_masks_stay_out():
    x = tensor(np.array([[[1.0, 2.0], [np.nan, 3.0]]], "float32"))
    keras.src.backend.set_keras_mask(x, tensor(np.array([[True, False]])))
    assert_close(to_numpy(classes.SmoothL1()(np.zeros((1, 2, 2), "float32"), x)), (0.5 + 1.5) / 2, "float32")
    x = tensor(np.array([[1.0, 0.0, np.nan]], "float32"))
    keras.src.backend.set_keras_mask(x, tensor(np.array([[True, True, False]])))
    assert_close(to_numpy(classes.Jaccard()(np.array([[1.0, 0, 1]], "float32"), x)), 0.0, "float32")


def test_extensions_of_the_drop_ins():
    labels, logits = np.array([0, 2, 1]), generator.normal(size=(3, 3)).astype("float32")
    one_hot, weights = np.eye(3, dtype="float32")[labels], [0.5, 1.0, 3.0]
    binary = ul.binary_cross_entropy(one_hot, logits, from_logits=True, pos_weight=2.0)
    found = classes.BinaryCrossentropy(from_logits=True, pos_weight=2.0)(one_hot, logits)
    assert_close(to_numpy(found), binary, "float32")
    options = {"from_logits": True, "class_weight": weights}
    expected = ul.categorical_cross_entropy(one_hot, logits, label_smoothing=0.1, **options)
    for loss, y_true in (
        (classes.CategoricalCrossentropy(label_smoothing=0.1, **options), one_hot),
        (classes.SparseCategoricalCrossentropy(label_smoothing=0.1, **options), labels),
    ):
        assert_close(to_numpy(loss(y_true, logits)), expected, "float32")
        assert keras.losses.deserialize(keras.losses.serialize(loss)).class_weight == weights


def test_a_loss_of_your_own():
    @ul.loss
    def keras_charbonnier(xp, y_true, y_pred, *, epsilon=1e-3):
        error = y_pred - y_true
        root = xp.sqrt(error * error + epsilon * epsilon)
        return root, lambda: error / root

    made = classes.loss(keras_charbonnier)
    assert made is classes.loss(keras_charbonnier) is classes.KerasCharbonnier
    y_true, y_pred = (generator.normal(size=(4, 3)).astype("float32") for _ in range(2))
    loss = made(epsilon=0.1)
    assert_close(to_numpy(loss(y_true, y_pred)), keras_charbonnier(y_true, y_pred, epsilon=0.1), "float32")
    assert keras.losses.deserialize(keras.losses.serialize(loss)).epsilon == 0.1
    with pytest.raises(AttributeError, match="NoSuchLoss"):
        classes.NoSuchLoss  # noqa: B018


def test_a_sum_of_losses():
    """Values are those of the function with the mean of Keras, and the configuration brings the sum back."""
    both = 0.5 * ul.dice + ul.binary_cross_entropy.configure(label_smoothing=0.1)
    made = classes.loss(both)
    assert made is classes.loss(both)
    assert list(inspect.signature(made).parameters)[-3:] == ["reduction", "name", "dtype"]
    y_true = (generator.random((4, 6)) > 0.5).astype("float32")
    y_pred = generator.random((4, 6)).astype("float32")
    loss = made(from_logits=False, smooth=1.0, name="mine")
    wanted = both(y_true, y_pred, from_logits=False, smooth=1.0)
    assert_close(to_numpy(loss(y_true, y_pred)), wanted, "float32")
    weights = np.array([1.0, 2.0, 0.0, 3.0], "float32")
    weighted = both(y_true, y_pred, from_logits=False, smooth=1.0, sample_weight=weights)
    assert_close(to_numpy(loss(y_true, y_pred, weights)), weighted, "float32")
    parts = loss.parts(y_true, y_pred)
    assert list(parts) == ["dice", "binary_cross_entropy(label_smoothing=0.1)"]
    assert_close(to_numpy(parts["dice"]), ul.dice(y_true, y_pred, smooth=1.0), "float32")

    config = json.loads(json.dumps(keras.losses.serialize(loss)))
    classes.loss(ul.huber + ul.huber)  # another sum in the same process
    again = keras.losses.deserialize(config)
    assert again.get_config() == loss.get_config()
    assert (again.name, again.reduction) == ("mine", "sum_over_batch_size")
    assert_close(to_numpy(again(y_true, y_pred)), wanted, "float32")

    with pytest.raises(TypeError, match="needs from_logits"):
        made()
    with pytest.raises(ValueError, match=r"smooth=-1.0 is out of range"):
        made(from_logits=True, smooth=-1.0)
    with pytest.raises(ValueError, match="Keras has no reduction 'batchmean'"):
        classes.loss(ul.huber.configure(reduction="batchmean"))
    configured = classes.loss(ul.huber.configure(delta=2.0, reduction="sum"))()
    assert_close(to_numpy(configured(y_true, 5 * y_pred)), ul.huber(y_true, 5 * y_pred, delta=2.0) * 4, "float32")


OWN = """
import unilosses as ul, unilosses.keras

@ul.loss
def saved_charbonnier(xp, y_true, y_pred, *, epsilon=1e-3):
    error = y_pred - y_true
    return xp.sqrt(error * error + epsilon * epsilon)

made = unilosses.keras.loss(saved_charbonnier)
"""
SAVED = """
import sys, numpy as np, keras
path, x, y = sys.argv[1], np.load(sys.argv[2]), np.load(sys.argv[3])
model = keras.saving.load_model(path)
print(model.evaluate(x, y, verbose=0))
"""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("a loss of your own", marks=pytest.mark.thorough),
        "a sum",
        pytest.param("a sum with a loss of your own", marks=pytest.mark.thorough),
    ],
)
def test_a_compiled_model_is_saved_and_loaded_elsewhere(kind, tmp_path):
    """A process that loads it runs the definition of an own loss first, and needs nothing else for a sum."""
    scope = {}
    exec(OWN, scope)
    losses = {
        "a loss of your own": lambda: scope["made"](epsilon=0.1),
        "a sum": lambda: classes.loss(0.5 * ul.dice + ul.binary_cross_entropy)(from_logits=False),
        "a sum with a loss of your own": lambda: classes.loss(0.5 * ul.dice + scope["saved_charbonnier"])(epsilon=0.2),
    }
    x, y = generator.normal(size=(8, 3)).astype("float32"), (generator.random((8, 2)) > 0.5).astype("float32")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, activation="sigmoid")])
    model.compile("sgd", loss=losses[kind]())
    before = model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=2, verbose=0)
    after = model.evaluate(x, y, verbose=0)
    assert after < before
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    files = [str(tmp_path / name) for name in ("model.keras", "x.npy", "y.npy")]
    code = ("import unilosses.keras" if kind == "a sum" else OWN) + SAVED
    done = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) == pytest.approx(after, rel=1e-5)
