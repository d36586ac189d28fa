"""Each row of ``unilosses.keras.DIFFERENCES``: what native does on this backend, and what the drop-in does instead.

When a release of Keras mends one of these, its test fails, and the row can go.
"""

import sys
import warnings

import numpy as np
import pytest

from unilosses.testing import assert_close, to_numpy

from .keras_helpers import BACKEND, keras, tensor, value_and_gradient

import unilosses.keras as drop_ins  # isort: skip

pytestmark = pytest.mark.keras

TENSORFLOW, TORCH, JAX = (name == BACKEND for name in ("tensorflow", "torch", "jax"))
PAIR = np.array([[1.0, 0.0]])
_CATEGORICAL = ("CategoricalCrossentropy", "CategoricalFocalCrossentropy")
THREE = np.array([[1.0, 0.0, 0.0]])


def test_every_row_has_a_test():
    tests = {name.removeprefix("test_") for name in vars(sys.modules[__name__]) if name.startswith("test_")}
    keys = [row.key for row in drop_ins.DIFFERENCES]
    assert len(keys) == len(set(keys))
    assert tests - {"every_row_has_a_test", "names_are_classes"} == set(keys)


def test_names_are_classes():
    known = {made.__name__ for made in drop_ins.DROP_INS.values()} | {"*"}
    assert all(set(row.names) <= known for row in drop_ins.DIFFERENCES)


def run(library, name, y_true, y_pred, dtype="float32", **options):
    """Unreduced value and gradient of a class."""
    loss = getattr(library, name)(reduction="none", dtype=dtype, **options)
    wide = "float32" if dtype in ("float16", "bfloat16") else dtype
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        return value_and_gradient(lambda x: loss(np.asarray(y_true), x), np.asarray(y_pred, wide))


def native(*arguments, **options):
    return run(keras.losses, *arguments, **options)


def ours(*arguments, **options):
    return run(drop_ins, *arguments, **options)


def check(found, value=None, gradient=None, within=2e-3):
    """Numbers as the table prints them: a few digits."""
    if value is not None:
        np.testing.assert_allclose(np.ravel(found[0]), np.ravel(value), rtol=within, atol=within)
    if gradient is not None:
        np.testing.assert_allclose(np.ravel(found[1]), np.ravel(gradient), rtol=within, atol=within)


def bad(array):
    return not np.isfinite(array).all()


def test_configuration():
    made = {"Huber": {"delta": 2.0}, "CosineSimilarity": {"axis": 1}, "SparseCategoricalCrossentropy": {"axis": 1}}
    for name, options in made.items():
        assert not options.items() <= getattr(keras.losses, name)(**options).get_config().items()
        again = keras.losses.deserialize(keras.losses.serialize(getattr(drop_ins, name)(**options)))
        assert type(again) is getattr(drop_ins, name)
        assert options.items() <= vars(again).items()


def test_configuration_dtype():
    for made in drop_ins.DROP_INS.values():
        assert "dtype" not in getattr(keras.losses, made.__name__)(dtype="float64").get_config()
        assert made.from_config(made(dtype="float64").get_config()).dtype == "float64"


def test_labels_stay_integers():
    for dtype, label, classes in (("bfloat16", 257, 300), ("float16", 2049, 2100)):
        scores = np.eye(1, classes, label) * 8
        value = -np.log(np.exp(8) / (np.exp(8) + classes - 1))
        found = native("SparseCategoricalCrossentropy", [label], scores, from_logits=True, dtype=dtype)
        assert abs(found[0][0] - value) > 7
        check(ours("SparseCategoricalCrossentropy", [label], scores, from_logits=True, dtype=dtype), value, within=8e-3)


def test_labels_out_of_range():
    scores, probabilities = [[1.0, 2.0, 3.0]], [[0.9, 0.1]]
    cases = [("SparseCategoricalCrossentropy", label, scores, {"from_logits": True}) for label in (-1, 3)]
    cases.append(("CategoricalGeneralizedCrossEntropy", 2, probabilities, {}))
    for name, label, y_pred, options in cases:
        if JAX:  # differentiated, so traced
            check(native(name, [label], y_pred, **options), 2.0 if label == 2 else 0.0)
            assert np.isnan(ours(name, [label], y_pred, **options)[0]).all()
        with pytest.raises(ValueError, match="class indices from 0 to"):
            getattr(drop_ins, name)(**options)(np.array([label]), np.array(y_pred, "float32"))


def test_labels_with_an_axis():
    y_pred = [[0.9, 0.1], [0.2, 0.8]]
    name = "CategoricalGeneralizedCrossEntropy"
    assert native(name, [[0], [1]], y_pred)[0].shape == (2, 2)
    expected = native(name, [0, 1], y_pred)
    check(ours(name, [[0], [1]], y_pred), *expected, within=1e-6)


def activated(library, name, activation, logits, y_true):
    loss = getattr(library, name)()
    return value_and_gradient(
        lambda x: loss(np.asarray(y_true), getattr(keras.activations, activation)(x)), np.asarray(logits, "float32")
    )


def test_other_activation():
    for name, activation, wrong, right in (
        ("BinaryCrossentropy", "softmax", 0.4714, 0.1580),
        ("CategoricalCrossentropy", "sigmoid", 0.2413, 0.6991),
    ):
        logits = [[2.0, -1.0, 0.5]]
        check(activated(keras.losses, name, activation, logits, THREE), wrong if TENSORFLOW else right)
        check(activated(drop_ins, name, activation, logits, THREE), right)


def test_logits_behind_an_activation():
    logits, target = [[60.0, -30.0, 15.0]], [[0.0, 1.0, 0.0]]
    for name, activation, y_true, exact, clipped in (
        ("CategoricalCrossentropy", "softmax", target, 90.0, 16.118),
        ("SparseCategoricalCrossentropy", "softmax", [1], 90.0, 16.118),
        ("BinaryCrossentropy", "sigmoid", target, 35.0, 15.65),
        ("CategoricalFocalCrossentropy", "softmax", target, 22.5, 16.118 / 4),
    ):
        found = activated(keras.losses, name, activation, logits, y_true)
        check(found, exact if TENSORFLOW and "Focal" not in name else clipped)
        found = activated(drop_ins, name, activation, logits, y_true)
        check(found, clipped if JAX else exact)
        assert JAX or np.abs(found[1]).max() > 0.1
    with pytest.warns(UserWarning, match="comes from an activation") if not JAX else warnings.catch_warnings():
        drop_ins.BinaryCrossentropy(from_logits=True)(tensor(THREE), keras.activations.sigmoid(tensor(THREE)))


def test_focal_from_logits():
    name = "BinaryFocalCrossentropy"
    check(native(name, [[1.0]], [[-20.0]], from_logits=True), 20.0 if TENSORFLOW else 16.118)
    check(ours(name, [[1.0]], [[-20.0]], from_logits=True), 20.0, -1.0)
    name = "CategoricalFocalCrossentropy"
    check(native(name, PAIR, [[-20.0, 20.0]], from_logits=True, alpha=1.0), 16.118, [0, 0])
    check(ours(name, PAIR, [[-20.0, 20.0]], from_logits=True, alpha=1.0), 40.0, [-1, 1])


def test_soft_targets_gradient():
    y_true, y_pred = [[1.0, 1.0, 0.0]], [[1.0, 2.0, 0.5]]
    right = [-0.538, 0.257, 0.280]
    found = native("CategoricalCrossentropy", y_true, y_pred, from_logits=True)
    check(found, 1.9287, [-0.769, -0.371, 0.140] if TENSORFLOW else right)
    check(ours("CategoricalCrossentropy", y_true, y_pred, from_logits=True), 1.9287, right)


def channels_first(name, library, labels, classes, **options):
    """A loss with the classes on axis 1, and the same with them on the last axis."""
    y_true = np.eye(classes)[labels]
    y_pred = np.arange(y_true.size).reshape(y_true.shape) % 5 / 3
    moved = run(
        library, name, np.moveaxis(y_true, -1, 1), np.moveaxis(y_pred, -1, 1), from_logits=True, axis=1, **options
    )
    return moved[0], native(name, y_true, y_pred, from_logits=True, **options)[0]


def test_label_smoothing_axis():
    for name in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        options = {"labels": np.array([[0, 1]]), "classes": 3, "label_smoothing": 0.3}
        moved, last = channels_first(name, keras.losses, **options)
        assert np.abs(moved - last).max() > 1e-2
        check(channels_first(name, drop_ins, **options), last, within=1e-6)


def test_alpha_axis():
    options = {"labels": np.array([[1, 0]]), "classes": 2, "alpha": [0.1, 0.9]}
    moved, last = channels_first("CategoricalFocalCrossentropy", keras.losses, **options)
    assert np.abs(moved - last).max() > 1e-2
    moved, last = channels_first("CategoricalFocalCrossentropy", drop_ins, **options)
    assert_close(moved, last, "float32")


def test_zero_row():
    for name, y_true in (("CategoricalCrossentropy", PAIR), ("SparseCategoricalCrossentropy", [0])):
        found = native(name, y_true, [[0.0, 0.0]])
        assert bad(found[0]) or (TENSORFLOW and name == "SparseCategoricalCrossentropy")
        check(ours(name, y_true, [[0.0, 0.0]]), 16.118, [0, 0])


def test_sparse_axis():
    name, labels = "SparseCategoricalCrossentropy", np.array([[0, 1]])
    y_pred = np.arange(6).reshape(1, 3, 2) / 3
    last = native(name, labels, np.moveaxis(y_pred, 1, -1), from_logits=True)
    if not TORCH:
        with pytest.raises(ValueError, match=r"axis|shape"):
            native(name, labels, y_pred, from_logits=True, axis=1)
    check(ours(name, labels, y_pred, from_logits=True, axis=1), last[0], within=1e-6)


def test_sparse_sums():
    check(native("SparseCategoricalCrossentropy", [0], [[2.0, 3.0]]), 0.693 if TENSORFLOW else 0.916)
    check(ours("SparseCategoricalCrossentropy", [0], [[2.0, 3.0]]), 0.916)


def test_probabilities_only():
    loss = drop_ins.CategoricalGeneralizedCrossEntropy()
    labels, y_pred = np.array([0]), np.array([[2.0, 3.0]], "float32")
    assert np.isfinite(to_numpy(keras.losses.CategoricalGeneralizedCrossEntropy()(labels, y_pred)))
    with pytest.raises(ValueError, match="a number in"):
        loss(labels, y_pred)


def test_powers_at_zero():
    for name, y_true, y_pred, options in (
        ("BinaryFocalCrossentropy", [[1.0]], [[1.0]], {"gamma": 0.5}),
        ("CategoricalGeneralizedCrossEntropy", [0], [[0.0, 1.0]], {}),
    ):
        assert bad(native(name, y_true, y_pred, **options)[1])
        check(ours(name, y_true, y_pred, **options), gradient=np.zeros(np.shape(y_pred)))


def test_kinks():
    cases = [
        ("MeanAbsoluteError", [[1.0]], [[1.0]], [-1.0] if JAX else [0.0]),
        ("MeanAbsolutePercentageError", [[1.0]], [[1.0]], [100.0] if JAX else [0.0]),
        ("Hinge", [[1.0]], [[1.0]], [-1.0] if TENSORFLOW else [-0.5]),
        ("CategoricalHinge", THREE, [[2.0, 1.0, 1.0]], np.array([-1, 0.5, 0.5]) / (1 if TENSORFLOW else 2)),
    ]
    for name, y_true, y_pred, slope in cases:
        found = native(name, y_true, y_pred)[1]
        np.testing.assert_allclose(np.abs(found).ravel(), np.abs(slope), rtol=1e-5)
        check(ours(name, y_true, y_pred), gradient=np.zeros(np.shape(y_pred)))


def test_ends_of_the_clip():
    check(native("KLDivergence", PAIR, [[1.0, 0.0]]), gradient=[-0.5 if JAX else -1.0, 0])
    check(ours("KLDivergence", PAIR, [[1.0, 0.0]]), gradient=[-1.0, 0])


def test_zero_vectors():
    found = native("CosineSimilarity", PAIR, [[0.0, 0.0]])
    assert np.abs(found[1]).max() > 1e6 if TENSORFLOW else bad(found[1])
    check(ours("CosineSimilarity", PAIR, [[0.0, 0.0]]), 0.0, [0, 0])
    check(native("CosineSimilarity", PAIR, [[3e-8, 4e-8]]), -0.3)
    check(ours("CosineSimilarity", PAIR, [[3e-8, 4e-8]]), -0.6)


def test_small_errors():
    assert native("LogCosh", [[0.0]], [[1e-4]])[0] == 0
    np.testing.assert_allclose(ours("LogCosh", [[0.0]], [[1e-4]])[0], 5e-9, rtol=1e-3)


def test_infeasible_sequences():
    y_true, y_pred = np.array([[1, 1, 1]]), np.zeros((1, 3, 3))
    value, gradient = native("CTC", y_true, y_pred)
    if TORCH:
        assert value == np.inf
        assert np.isnan(gradient).all()
    else:
        assert 600 < value < 110000
        assert np.abs(gradient).max() > 0.1
    value, gradient = ours("CTC", y_true, y_pred)
    assert value == np.inf
    assert not gradient.any()


def test_half_precision():
    found = native("BinaryCrossentropy", [[1.0]], [[1.0]], dtype="float16")
    assert bad(found[0]) or bad(found[1])
    check(ours("BinaryCrossentropy", [[1.0]], [[1.0]], dtype="float16"), 0.0, 0.0)


def test_float64():
    y_true, y_pred = np.array([[0.1, 0.2]]), np.array([[0.35, 0.77]])
    expected = np.mean((y_true - y_pred) ** 2, axis=-1)
    error = np.abs(native("MeanSquaredError", y_true, y_pred, dtype="float64")[0] - expected)
    assert (error > 1e-12) != TENSORFLOW
    assert_close(ours("MeanSquaredError", y_true, y_pred, dtype="float64")[0], expected, "float64")
    for reduction in ("sum_over_batch_size", "mean_with_sample_weight", "sum"):
        values = [
            library.MeanSquaredError(dtype="float64", reduction=reduction)(tensor(y_true), tensor(y_pred))
            for library in (keras.losses, drop_ins)
        ]
        divided_on_torch = TORCH and reduction != "sum"
        dtypes = [keras.backend.standardize_dtype(value.dtype) for value in values]
        assert dtypes == ["float32" if divided_on_torch else "float64", "float64"]
        assert_close(to_numpy(values[1]), expected[0], "float32" if divided_on_torch else "float64")


def masked(library, y_pred, sample_weight=None, name="MeanSquaredError"):
    mask = tensor(np.array([[True, False]]))
    loss = getattr(library, name)()

    def value(x):
        keras.src.backend.set_keras_mask(x, mask)
        return loss(np.zeros(np.shape(y_pred), "float32"), x, sample_weight)

    return value_and_gradient(value, np.array(y_pred, "float32"))


def test_nan_under_the_mask():
    y_pred = [[[1.0], [np.nan]]]
    assert bad(masked(keras.losses, y_pred)[0])
    check(masked(drop_ins, y_pred), 1.0, [2.0, 0.0])


def test_weights_in_place():
    for library, changes in ((keras.losses, TORCH), (drop_ins, False)):
        weights = tensor(np.array([[3.0, 2.0]], "float32"))
        masked(library, [[[1.0], [2.0]]], weights)
        assert (to_numpy(weights).tolist() != [[3.0, 2.0]]) == changes
    if TORCH:
        with pytest.raises(RuntimeError, match="broadcast"):
            masked(keras.losses, [[[1.0], [2.0]]], np.array([[3.0]], "float32"))
    check(masked(drop_ins, [[[1.0], [2.0]]], np.array([[3.0]], "float32")), 3.0)


def test_refused_arguments():
    check(native("Huber", [[0.0]], [[1.0]], delta=0.0), 0.0)
    assert native("Huber", [[0.0]], [[1.0]], delta=-0.5)[0] < 0
    for delta in (0.0, -0.5):
        with pytest.raises(ValueError, match="delta"):
            ours("Huber", [[0.0]], [[1.0]], delta=delta)
    assert native("CosineSimilarity", np.ones((2, 1)), np.ones((2, 3)))[0].max() < -1.7
    with pytest.raises(ValueError, match="shape"):
        ours("CosineSimilarity", np.ones((2, 1)), np.ones((2, 3)))
    for name in ("BinaryCrossentropy", "BinaryFocalCrossentropy", *_CATEGORICAL):
        assert np.isfinite(native(name, PAIR, [[0.3, 0.7]], label_smoothing=1.5)[0])
        for smoothing, from_logits in ((1.5, False), (1.5, True), (-0.1, False)):
            with pytest.raises(ValueError, match="label_smoothing"):
                ours(name, PAIR, [[0.3, 0.7]], label_smoothing=smoothing, from_logits=from_logits)
    for name in ("Dice", "Tversky"):
        assert np.isfinite(native(name, np.ones((1, 3)), np.full((2, 3), 0.5))[0])
        with pytest.raises(ValueError, match="shape"):
            ours(name, np.ones((1, 3)), np.full((2, 3), 0.5))
