"""The oracle against the losses of Keras, on whichever backend it runs: in float32, which all of them keep to."""

import numpy as np
import pytest

from .reference import REFERENCE
from .reference_inputs import (
    BINARY,
    COUNTS,
    CTC_LOGITS,
    EMBEDDINGS,
    GROUPS,
    INDICES,
    ONE_HOT,
    OTHER,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIGNS,
    SIMPLEX,
    TARGET,
    assert_close,
    case,
    import_native,
    pair,
)

keras = import_native("keras")
pytestmark = pytest.mark.keras


def native(name, **options):
    """The function of that name, on inputs with a last axis of size 1."""
    function = getattr(keras.losses, name)
    return lambda y, prediction: function(y[..., None], prediction[..., None], **options)


def per_row(name, **options):
    """The function of that name, which works along the last axis anyway."""
    function = getattr(keras.losses, name)
    return lambda y, prediction: function(y, prediction, **options)


SMOOTHED = {"label_smoothing": 0.1}
LOGITS = {"from_logits": True}
PROBABILITIES = {"from_logits": False}
FOCAL = {"gamma": 1.5, "alpha": 0.3}
UNIT = EMBEDDINGS / np.linalg.norm(EMBEDDINGS, axis=1, keepdims=True)  # the native does not normalise

CASES = [
    pair("binary_cross_entropy", BINARY, REAL, native("binary_crossentropy", **LOGITS), **LOGITS),
    pair(
        "binary_cross_entropy",
        BINARY,
        PROBABILITY,
        native("binary_crossentropy", **SMOOTHED),
        **PROBABILITIES,
        **SMOOTHED,
    ),
    # The clip of Keras, where it acts and does not cancel: at 0.
    pair("binary_cross_entropy", BINARY, 0 * BINARY, native("binary_crossentropy"), **PROBABILITIES, epsilon=1e-7),
    pair(
        "categorical_cross_entropy",
        TARGET,
        REAL,
        per_row("categorical_crossentropy", **LOGITS, **SMOOTHED),
        **LOGITS,
        **SMOOTHED,
    ),
    pair("categorical_cross_entropy", ONE_HOT, SIMPLEX, per_row("categorical_crossentropy"), **PROBABILITIES),
    pair(
        "sparse_categorical_cross_entropy",
        INDICES,
        REAL,
        per_row("sparse_categorical_crossentropy", **LOGITS),
        **LOGITS,
    ),
    pair("binary_focal_cross_entropy", BINARY, PROBABILITY, native("binary_focal_crossentropy"), **PROBABILITIES),
    pair(
        "binary_focal_cross_entropy",
        BINARY,
        PROBABILITY,
        native("binary_focal_crossentropy", apply_class_balancing=True, **FOCAL),
        **PROBABILITIES,
        **FOCAL,
    ),
    pair(
        "categorical_focal_cross_entropy",
        ONE_HOT,
        SIMPLEX,
        per_row("categorical_focal_crossentropy", **FOCAL, **SMOOTHED),
        **PROBABILITIES,
        **FOCAL,
        **SMOOTHED,
    ),
    pair(
        "categorical_focal_cross_entropy",
        TARGET,
        REAL,
        per_row("categorical_focal_crossentropy", alpha=[0.2, 0.3, 0.5], **LOGITS),
        alpha=[0.2, 0.3, 0.5],
        **LOGITS,
    ),
    pair("hinge", SIGNS, REAL, native("hinge")),
    pair("squared_hinge", SIGNS, REAL, native("squared_hinge")),
    pair("categorical_hinge", ONE_HOT, REAL, per_row("categorical_hinge")),
    pair("mean_squared_error", OTHER, REAL, native("mean_squared_error")),
    pair("mean_absolute_error", OTHER, REAL, native("mean_absolute_error")),
    pair("mean_absolute_percentage_error", OTHER, REAL, native("mean_absolute_percentage_error")),
    pair("mean_squared_logarithmic_error", POSITIVE, PROBABILITY, native("mean_squared_logarithmic_error")),
    pair("huber", OTHER, REAL, native("huber", delta=0.7), delta=0.7),
    pair("log_cosh", OTHER, REAL, native("log_cosh")),
    pair("cosine_similarity", OTHER, REAL, lambda y, x: 1 + keras.losses.cosine_similarity(y, x)),
    pair("kl_divergence", TARGET, SIMPLEX, per_row("kl_divergence")),
    # Keras adds 1e-7 inside the logarithm of its Poisson loss, which is torch's form with that epsilon.
    pair("poisson_nll", COUNTS, POSITIVE, native("poisson"), log_input=False, epsilon=1e-7),
    case(
        "circle",
        {"labels": GROUPS, "embeddings": UNIT},
        per_row("circle", gamma=8.0, margin=0.25),
        gamma=8.0,
        margin=0.25,
    ),
]


def single(array):
    return array.astype("float32") if array.dtype.kind == "f" else array


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values(case):
    arrays = {name: single(array) for name, array in case.arrays.items()}
    values = case.native(*map(keras.ops.convert_to_tensor, arrays.values()))
    # Another test of this process may have switched JAX to float64: then float32 digits are labelled float64.
    assert_close(REFERENCE[case.name](**arrays, **case.params), keras.ops.convert_to_numpy(values).astype(np.float32))


def test_ctc_takes_labels_up_to_the_padding():
    """Keras counts the labels that are not its blank, class 0, and takes every time step: the reference's defaults."""
    labels = np.array([[1, 2, 1], [2, 2, 0], [1, 0, 0]])
    values = keras.ops.convert_to_numpy(keras.losses.ctc(labels, single(CTC_LOGITS)))
    assert_close(REFERENCE["ctc"](labels, single(CTC_LOGITS)), values.astype(np.float32))
