"""The oracle against optax: values, and derivatives by differences against automatic differentiation in JAX."""

import numpy as np
import pytest

from .jax_parity import double_precision
from .reference import REFERENCE, gradient
from .reference_inputs import (
    BINARY,
    CTC_LABELS,
    CTC_LENGTHS,
    CTC_LOGITS,
    EMBEDDINGS,
    GROUPS,
    INDICES,
    ONE_HOT,
    OTHER,
    PROBABILITY,
    REAL,
    SIGNS,
    TARGET,
    assert_close,
    import_native,
    pair,
)

jax = import_native("jax")
optax = import_native("optax")

LOGITS = {"from_logits": True}
TVERSKY = {"alpha": 0.3, "beta": 0.6}
PADDING = [[0.0] * length + [1.0] * (5 - length) for length in CTC_LENGTHS["logit_length"]]
LABEL_PADDING = [[0.0] * length + [1.0] * (3 - length) for length in CTC_LENGTHS["label_length"]]


def native(name, **options):
    """The function of that name, which takes predictions first."""
    function = getattr(optax.losses, name)
    return lambda y, prediction: function(prediction, y, **options)


def overlap(**options):
    """The native's coefficient over all pixels; it takes logits and adds a last axis of size 1 for binary masks."""

    def loss(y, p):
        logits = jax.numpy.log(p / (1 - p))
        return optax.losses.dice_loss(logits[..., None], y[..., None], reduction="none", **options)

    return loss


def ctc(labels, logits):
    return optax.losses.ctc_loss(logits, np.array(PADDING), labels, np.array(LABEL_PADDING))


CASES = [
    pair("binary_cross_entropy", BINARY, REAL, native("sigmoid_binary_cross_entropy"), **LOGITS),
    pair("categorical_cross_entropy", TARGET, REAL, native("softmax_cross_entropy"), **LOGITS),
    pair(
        "sparse_categorical_cross_entropy",
        INDICES,
        REAL,
        native("softmax_cross_entropy_with_integer_labels"),
        **LOGITS,
    ),
    pair("binary_focal_cross_entropy", BINARY, REAL, native("sigmoid_focal_loss"), **LOGITS),
    pair(
        "binary_focal_cross_entropy",
        PROBABILITY,
        REAL,
        native("sigmoid_focal_loss", alpha=0.3, gamma=1.5),
        alpha=0.3,
        gamma=1.5,
        **LOGITS,
    ),
    pair("poly_cross_entropy", TARGET, REAL, native("poly_loss_cross_entropy", epsilon=1.5), epsilon=1.5),
    pair("poly_cross_entropy", INDICES, REAL, lambda y, z: optax.losses.poly_loss_cross_entropy(z, ONE_HOT)),
    pair("sparsemax", INDICES, REAL, native("multiclass_sparsemax_loss")),
    pair("hinge", SIGNS, REAL, native("hinge_loss")),
    pair("huber", OTHER, REAL, native("huber_loss", delta=0.7), "y_true y_pred", delta=0.7),
    pair("log_cosh", OTHER, REAL, native("log_cosh"), "y_true y_pred"),
    pair("cosine_similarity", OTHER, REAL, native("cosine_distance"), "y_true y_pred"),
    pair("kl_divergence", TARGET, REAL, lambda y, z: optax.losses.kl_divergence(jax.nn.log_softmax(z), y), **LOGITS),
    pair("tversky", BINARY, PROBABILITY, overlap(smooth=0.5, **TVERSKY), smooth=0.5, **TVERSKY),
    # Here smooth is added once above and below; the Dice loss doubles everything else.
    pair("dice", BINARY, PROBABILITY, overlap(smooth=0.5), smooth=1.0),
    pair("jaccard", BINARY, PROBABILITY, overlap(smooth=0.5, alpha=1.0, beta=1.0), smooth=0.5),
    pair(
        "focal_tversky",
        BINARY,
        PROBABILITY,
        lambda y, p: overlap(smooth=0.5, **TVERSKY)(y, p) ** 0.75,
        smooth=0.5,
        **TVERSKY,
    ),
    pair("ctc", CTC_LABELS, CTC_LOGITS, ctc, **CTC_LENGTHS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_and_gradients(case):
    with double_precision():
        arrays = {name: jax.numpy.asarray(array) for name, array in case.arrays.items()}
        assert_close(REFERENCE[case.name](**case.arrays, **case.params), case.native(*arrays.values()))
        for name in case.differentiated:
            derivative = jax.grad(lambda x, name=name: case.native(*{**arrays, name: x}.values()).sum())(arrays[name])
            assert_close(gradient(case.name, case.arrays, name, **case.params), derivative)


def test_nt_xent_is_the_mean_over_positive_pairs():
    """The native's one number weighs every anchor by its number of positives: here 2, 1, 2, 2, 1 and 0."""
    positives = [int((group == GROUPS).sum()) - 1 for group in GROUPS]
    values = REFERENCE["nt_xent"](GROUPS, EMBEDDINGS, temperature=0.5)
    expected = sum(count * value for count, value in zip(positives, values, strict=True)) / sum(positives)
    with double_precision():
        embeddings = jax.numpy.asarray(EMBEDDINGS)
        labels = jax.numpy.asarray(GROUPS)
        assert_close([expected], optax.losses.ntxent(embeddings, labels, temperature=0.5))
