"""Batches whose size TensorFlow does not know yet: every reduction, weights and masks."""

import numpy as np
import pytest
import tensorflow as tf

import unilosses as ul
from unilosses.testing import assert_close, cases

generator = np.random.default_rng(2)
Y_TRUE, Y_PRED = generator.random((4, 3)), generator.random((4, 3))
MASK, WEIGHT = Y_TRUE > 0.3, generator.random(4)
LABELS = np.array([0, 2, 1, 2])
NAMES = [name for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.")]
REDUCTIONS = ["none", "sum", "mean", "weighted_mean", "batchmean"]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["plain", "mask", "sample_weight"])
def test_elementwise_losses(reduction, name):
    given = {"plain": {}, "mask": {"mask": MASK}, "sample_weight": {"sample_weight": WEIGHT}}[name]
    signature = [tf.TensorSpec([None, 3], tf.float64)] * 2
    keywords = [tf.TensorSpec([None, *np.shape(v)[1:]], v.dtype) for v in given.values()]

    @tf.function(input_signature=[*signature, *keywords])
    def traced(y_true, y_pred, *extra):
        return ul.huber(y_true, y_pred, reduction=reduction, **dict(zip(given, extra, strict=True)))

    assert_close(traced(Y_TRUE, Y_PRED, *given.values()), ul.huber(Y_TRUE, Y_PRED, reduction=reduction, **given))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_losses_over_classes_and_regions(reduction):
    options = {"from_logits": True, "class_weight": [1.0, 2.0, 0.5], "ignore_index": 1, "reduction": reduction}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64), tf.TensorSpec([None, 3], tf.float64)])
    def entropy(y_true, y_pred):
        return ul.sparse_categorical_cross_entropy(y_true, y_pred, **options)

    assert_close(entropy(LABELS, Y_PRED), ul.sparse_categorical_cross_entropy(LABELS, Y_PRED, **options))

    @tf.function(
        input_signature=[tf.TensorSpec([None, None, 3], tf.float64)] * 2 + [tf.TensorSpec([None, None], tf.bool)]
    )
    def overlap(y_true, y_pred, mask):
        return ul.dice(y_true, y_pred, mask=mask, reduction=reduction)

    masks = np.array([[True, False], [False, False]])
    y_true, y_pred = Y_TRUE.reshape(2, 2, 3), Y_PRED.reshape(2, 2, 3)
    assert_close(overlap(y_true, y_pred, masks), ul.dice(y_true, y_pred, mask=masks, reduction=reduction))


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"label_smoothing": 0.1},
        {"class_weight": [1.0, 2.0, 0.5], "ignore_index": 1},
        {"from_logits": False, "label_smoothing": 0.1},
    ],
    ids=str,
)
def test_an_unknown_number_of_classes(options, compiled):
    loss, options = ul.sparse_categorical_cross_entropy, {"from_logits": True, **options}
    signature = [tf.TensorSpec([None], tf.int64), tf.TensorSpec([None, None], tf.float64)]

    @tf.function(input_signature=signature, jit_compile=compiled, autograph=False)
    def traced(labels, scores):
        return ul.value_and_grad(loss)(labels, scores, **options)

    for found, wanted in zip(traced(LABELS, Y_PRED), ul.value_and_grad(loss)(LABELS, Y_PRED, **options), strict=True):
        assert_close(found, wanted)


@pytest.mark.parametrize("name", ["multilabel_margin", "multilabel_soft_margin", "poly_cross_entropy"])
def test_an_unknown_number_of_classes_of_other_losses(name):
    y_true = np.eye(3)[LABELS]
    signature = [tf.TensorSpec([None, None], tf.float64)] * 2
    traced = tf.function(ul.get(name), input_signature=signature, autograph=False)
    assert_close(traced(y_true, Y_PRED), ul.get(name)(y_true, Y_PRED))


@pytest.mark.parametrize("sizes", [(4, 1), (1, 4)])
def test_sizes_that_differ_when_it_runs_are_refused(sizes):
    """What a trace cannot know would broadcast silently."""
    signature = [tf.TensorSpec([None], tf.float32)] * 2
    for name in ("huber", "sparse_categorical_cross_entropy"):
        labels = name.startswith("sparse")
        if labels:
            signature = [tf.TensorSpec([None], tf.int64), tf.TensorSpec([None, 3], tf.float32)]
        options = {"from_logits": True} if labels else {}
        traced = tf.function(
            lambda y, p, name=name, options=options: ul.get(name)(y, p, **options),
            input_signature=signature, autograph=False,
        )  # fmt: skip
        arrays = (
            np.zeros(sizes[0], np.int64 if labels else np.float32),
            np.zeros((sizes[1], 3) if labels else sizes[1], np.float32),
        )
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"{name}: y_true and y_pred have other sizes"):
            traced(*arrays)


def test_an_unknown_number_of_axes_is_refused():
    traced = tf.function(lambda x: ul.huber(x, x), input_signature=[tf.TensorSpec(None, tf.float32)], autograph=False)
    with pytest.raises(ValueError, match=r"y_pred has an unknown number of axes.*ensure_shape\(y_pred"):
        traced(Y_PRED)


def test_rows_that_differ_in_length_are_refused_by_name():
    ragged = tf.ragged.constant([[1.0], [2.0, 3.0]])
    for label, call in {
        "y_true": lambda: ul.huber(ragged, tf.zeros((2, 2))),
        "y_pred": lambda: ul.huber(tf.zeros((2, 2)), ragged),
        "sample_weight": lambda: ul.huber(tf.zeros((2, 2)), tf.zeros((2, 2)), sample_weight=ragged),
    }.items():
        with pytest.raises(TypeError, match=f"^huber, {label}: .*RaggedTensor is no array that unilosses knows"):
            call()


@pytest.mark.parametrize("name", ["circle", "nt_xent"])
def test_losses_whose_samples_meet(name):
    """The sizes of the matrix of pairs are unknown too."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64), tf.TensorSpec([None, 3], tf.float64)])
    def traced(labels, embeddings):
        return ul.get(name)(labels, embeddings, reduction="none")

    labels = np.array([0, 1, 1, 0])
    expected = ul.get(name)(labels, Y_PRED, reduction="none")
    assert expected.min() > 0
    assert_close(traced(labels, Y_PRED), expected)


MASKED = ["ranknet", "listnet", "nt_xent", "triplet_margin"]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param(name, masked, marks=() if masked or name in ("ciou", "diou") else pytest.mark.thorough)
        for masked, names in ((False, NAMES), (True, MASKED))
        for name in names
    ],
)
def test_value_and_gradients_of_every_loss(name, masked):
    """As Keras' fit has it; the gradient is made of other operations than the value."""
    loss = ul.get(name)
    case = next(iter(cases(loss, "ordinary")))
    given = {key: tf.constant(x) for key, x in case.inputs.items() if x is not None}
    if masked:
        shape = given[loss.predictions[0]].shape[: 2 if loss.masks_elements else 1]
        given["mask"] = tf.constant(np.arange(np.prod(shape)).reshape(shape) % 3 > 0)

    def unknown(key, x):
        shared = key in loss.domains and loss.domains[key].shared
        return tf.TensorSpec(x.shape if shared or not x.shape.rank else [None, *x.shape[1:]], x.dtype)

    def gradients(given):
        with tf.GradientTape() as tape:
            predictions = [given[key] for key in loss.predictions if key in given]
            tape.watch(predictions)
            value = loss(**given, **case.parameters)
        return value, *tape.gradient(value, predictions)

    traced = tf.function(gradients, input_signature=[{key: unknown(key, x) for key, x in given.items()}])
    for x, wanted in zip(traced(given), gradients(given), strict=True):
        assert_close(x, wanted)
