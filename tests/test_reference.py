"""The oracle itself: against numbers that documents and papers print, hand numbers, SciPy and scikit-learn."""

import math

import numpy as np
import pytest

from .reference import REFERENCE, flatten, gradient, mp
from .reference_inputs import (
    COUNTS,
    OTHER,
    POSITIVE,
    REAL,
    SIMPLEX,
    TARGET,
    as_floats,
    assert_close,
    import_native,
)


@pytest.mark.parametrize(("probability", "printed"), [(0.01, 4.6), (0.99, 0.01)])
def test_printed_cross_entropies_of_the_true_class(probability, printed):
    places = len(str(printed).partition(".")[2])
    scores = [[probability, 1 - probability]]
    values = [
        REFERENCE["binary_cross_entropy"]([1], [probability], from_logits=False),
        REFERENCE["categorical_cross_entropy"]([[1, 0]], scores, from_logits=False),
        REFERENCE["sparse_categorical_cross_entropy"]([0], scores, from_logits=False),
        REFERENCE["negative_log_likelihood"]([0], [[math.log(score) for score in scores[0]]]),
    ]
    for (value,) in values:
        assert round(float(value), places) == printed


@pytest.mark.parametrize(
    ("target", "predicted", "printed"),
    [
        ([0, 1, 0], [0.6, 0.2, 0.2], 2.32),
        ([0, 1, 0], [0.3, 0.5, 0.2], 1.00),
        ([0, 1, 0], [0.1, 0.8, 0.1], 0.32),
        ([0, 1, 0], [0, 1, 0], 0.00),
        ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2], 1.49),  # the entropy: a distribution coded with itself
        ([0.5, 0.5], [0.5, 0.5], 1.00),
        ([0.99, 0.01], [0.99, 0.01], 0.08),
        ([1 / 8] * 8, [1 / 8] * 8, 3.00),
    ],
)
def test_printed_cross_entropies_in_bits(target, predicted, printed):
    (nats,) = REFERENCE["categorical_cross_entropy"]([target], [predicted], from_logits=False)
    (divergence,) = REFERENCE["kl_divergence"]([target], [predicted])
    (entropy,) = REFERENCE["categorical_cross_entropy"]([target], [target], from_logits=False)
    assert round(float(nats / mp.log(2)), 2) == printed
    assert abs(nats - entropy - divergence) < mp.mpf(10) ** -45


def test_focal_loss_down_weights_as_its_paper_says():
    """Lin et al. 2017: with gamma = 2 an example at p = 0.9 costs 100 times less, at about 0.968 1000 times less."""
    for probability, factor in ((0.9, 100), (1 - 0.1**1.5, 1000)):
        (focal,) = REFERENCE["binary_focal_cross_entropy"]([1], [probability], from_logits=False)
        (plain,) = REFERENCE["binary_cross_entropy"]([1], [probability], from_logits=False)
        assert float(plain / focal) == pytest.approx(factor, rel=1e-13)  # rounding of the probability, 10-fold by 1 - p


@pytest.mark.parametrize(
    ("name", "arguments", "params", "value"),
    [
        ("hinge", ([1, -1, 1, -1], [0.25, 0.25, 2.0, -2.0]), {}, [0.75, 1.25, 0, 0]),
        ("squared_hinge", ([1, -1], [0.5, 0.5]), {}, [0.25, 2.25]),
        ("categorical_hinge", ([[1, 0, 0]], [[-1, -4, -5]]), {}, [2]),  # Crammer–Singer would say 0
        ("hinge_embedding", ([1, -1, -1], [0.25, 0.25, 3.0]), {}, [0.25, 0.75, 0]),
        ("margin_ranking", ([1, -1], [0.5, 0.5], [0.25, 0.25]), {"margin": 0.5}, [0.25, 0.75]),
        ("contrastive", ([1, 0, 0, 1], [0.5, 0.5, 2.0, 2.0]), {}, [0.25, 0.25, 0, 4]),
        ("huber", ([0, 0, 0], [0.5, 2.0, -4.0]), {"delta": 2.0}, [0.125, 2, 6]),
        ("smooth_l1", ([0, 0, 0], [0.5, 2.0, -4.0]), {"beta": 2.0}, [0.0625, 1, 3]),
        ("smooth_l1", ([0, 0], [0.5, -4.0]), {"beta": 0.0}, [0.5, 4]),
        ("quantile", ([1.0, 0.0], [0.0, 1.0]), {"q": 0.75}, [0.75, 0.25]),
        ("mean_absolute_percentage_error", ([2.0, 0.0], [1.0, 0.0]), {}, [50, 0]),
        ("cosine_similarity", ([[1, 0], [1, 0], [1, 0], [0, 0]], [[2, 0], [0, 3], [-1, 0], [1, 0]]), {}, [0, 1, 2, 1]),
        ("triplet_margin", ([[0.0, 0]], [[3.0, 4]], [[0.0, 2]]), {"epsilon": 0}, [4]),
        ("dice", ([[1, 1, 0, 0]], [[1, 0, 1, 0]]), {"smooth": 0}, [0.5]),
        ("jaccard", ([[1, 1, 0, 0, 0]], [[1, 0, 1, 1, 0]]), {"smooth": 0}, [0.75]),
        ("tversky", ([[1, 0, 0]], [[1, 1, 1]]), {"smooth": 0, "alpha": 1.5, "beta": 9}, [0.75]),  # alpha: positives
        ("tversky", ([[1, 1, 1]], [[1, 0, 0]]), {"smooth": 0, "alpha": 9, "beta": 1.5}, [0.75]),
        ("focal_tversky", ([[1, 0, 0]], [[1, 1, 1]]), {"smooth": 0, "alpha": 1.5, "gamma": 2}, [0.5625]),
        ("dice", ([[0, 0]], [[0, 0]]), {}, [0]),
        ("jaccard", ([[0, 0]], [[0, 0]]), {}, [0]),
        ("focal_tversky", ([[0, 0]], [[0, 0]]), {}, [0]),
        ("generalized_cross_entropy", ([1, 0], [[0.75, 0.25], [0.75, 0.25]]), {"q": 0.5}, [1, 2 - 3**0.5]),
        ("generalized_cross_entropy", ([[0, 1]], [[0.75, 0.25]]), {"q": 1}, [0.75]),
        ("poly_cross_entropy", ([0], [[0.0, 0.0]]), {"epsilon": 1.0}, [math.log(2) + 0.5]),
        ("sparsemax", ([0, 1], [[2.0, 1.0], [2.0, 1.0]]), {}, [0, 1]),  # margin 1 and no loss; 1 below: |1 - (-1)| / 2
        ("js_divergence", ([[1, 0]], [[0, 1]]), {}, [math.log(2)]),
        ("ctc", ([[1]], [[[0.0, 0.0], [0.0, 0.0]]]), {}, [math.log(4 / 3)]),  # of 4 paths 11, 1-, -1 read 1
        ("ctc", ([[1, 1]], [[[0.0, 0.0], [0.0, 0.0]]]), {}, [math.inf]),  # a repeated label needs a blank between
        ("ctc", ([[1, 1]], [[[0.0, 0.0], [0.0, 0.0]]]), {"zero_infinity": True}, [0]),
        ("binary_cross_entropy", ([1, 0, 0], [0, 1, 0]), {"from_logits": False}, [100, 100, 0]),
        ("binary_cross_entropy", ([1, 0], [-1e30, 1e30]), {"from_logits": True}, [1e30, 1e30]),
        ("categorical_cross_entropy", ([[0, 1]], [[-math.inf, 7.0]]), {"from_logits": True}, [0]),
        ("sparse_categorical_cross_entropy", ([-1], [[7.0, 0]]), {"from_logits": True, "ignore_index": -1}, [0]),
        (
            "nt_xent",
            ([0, 1, 0, 2], [[1, 0], [0, 1], [1, 0], [0, 1]]),
            {"temperature": 1},
            [math.log1p(2 / math.e), 0] * 2,
        ),
        ("circle", ([0, 0, 1], [[1, 0], [1, 0], [1, 0]]), {"gamma": 1, "margin": 0}, [math.log1p(math.e)] * 2 + [0]),
        ("lovasz_hinge", ([[0, 0, 0]], [[0.5, -3.0, -0.25]]), {}, [1.5]),  # no foreground: the largest error
        ("barlow_twins", ([[1, 0], [2, 0], [3, 1]], [[1, 5], [2, 5], [3, 5]]), {"off_diagonal": 1}, [1.75]),
        ("lovasz_softmax", ([[[1, 0], [1, 0]]], [[[1, 0], [0.5, 0.5]]]), {}, [0.25]),
        ("lovasz_softmax", ([[[1, 0], [1, 0]]], [[[1, 0], [0.5, 0.5]]]), {"only_present": False}, [0.375]),
        ("generalized_dice", ([[[1, 0], [1, 0], [0, 1]]], [[[1, 0], [1, 0], [1, 0]]]), {"smooth": 0}, [5 / 9]),
        ("generalized_dice", ([[[0, 0], [0, 0]]], [[[0, 0], [0, 0]]]), {"smooth": 0}, [0]),
    ],
)
def test_hand_numbers(name, arguments, params, value):
    np.testing.assert_allclose(as_floats(REFERENCE[name](*arguments, **params)), value, rtol=1e-15, atol=0)


def test_lovasz_hinge_is_the_integral_of_the_jaccard_loss_over_thresholds():
    """The other definition of the Lovász extension: the set function of {error > t}, integrated over t > 0."""
    logits = np.round(REAL.reshape(2, 6), 2)
    labels = np.array([[1, 0, 0, 1, 1, 0], [0, 0, 1, 0, 0, 0]])
    for label, logit, value in zip(labels, logits, REFERENCE["lovasz_hinge"](labels, logits), strict=True):
        errors = np.maximum(0, 1 - (2 * label - 1) * logit)
        levels = np.unique([0, *errors])
        mistakes = [set(np.flatnonzero(errors > level)) for level in levels[:-1]]
        losses = [len(wrong) / len(wrong | set(np.flatnonzero(label))) for wrong in mistakes]
        assert float(value) == pytest.approx(np.dot(losses, np.diff(levels)), rel=1e-14)


def test_losses_of_probability_models_against_scipy():
    special = import_native("scipy.special")
    stats = import_native("scipy.stats")
    distance = import_native("scipy.spatial.distance")
    assert_close(REFERENCE["kl_divergence"](TARGET, SIMPLEX), special.rel_entr(TARGET, SIMPLEX).sum(-1))
    assert_close(REFERENCE["js_divergence"](TARGET, SIMPLEX), distance.jensenshannon(TARGET, SIMPLEX, axis=-1) ** 2)
    assert_close(REFERENCE["huber"](OTHER, REAL, delta=0.7), special.huber(0.7, REAL - OTHER))
    negative_log_poisson = -stats.poisson.logpmf(COUNTS, POSITIVE) - special.gammaln(COUNTS + 1)
    assert_close(REFERENCE["poisson"](COUNTS, POSITIVE), negative_log_poisson)
    negative_log_normal = -stats.norm.logpdf(OTHER, REAL, np.sqrt(POSITIVE))
    assert_close(REFERENCE["gaussian_nll"](OTHER, REAL, POSITIVE, full=True), negative_log_normal)


def test_losses_against_metrics_of_scikit_learn():
    metrics = import_native("sklearn.metrics")
    for y, prediction, row in zip(POSITIVE, POSITIVE[::-1], range(4), strict=True):
        one = {"multioutput": "raw_values"}
        shaped = y[None], prediction[None]
        for name, native in (
            ("mean_squared_error", metrics.mean_squared_error(*shaped, **one)),
            ("mean_absolute_error", metrics.mean_absolute_error(*shaped, **one)),
            ("mean_squared_logarithmic_error", metrics.mean_squared_log_error(*shaped, **one)),
            ("mean_absolute_percentage_error", 100 * metrics.mean_absolute_percentage_error(*shaped, **one)),
        ):
            assert_close(REFERENCE[name](y, prediction), native)
        pinball = metrics.mean_pinball_loss(*shaped, alpha=0.1 * (row + 1), **one)
        assert_close(REFERENCE["quantile"](y, prediction, q=0.1 * (row + 1)), pinball)
        entropy = [metrics.log_loss([0, 1, 2], SIMPLEX[:3], labels=[0, 1, 2])]
        values = REFERENCE["sparse_categorical_cross_entropy"]([0, 1, 2], SIMPLEX[:3], from_logits=False)
        assert_close([sum(values) / 3], np.array(entropy))


LOGITS = [[1e30, -1e30, 0.0], [3.0, 3.0, 3.0], [-700.0, 800.0, 800.0]]
PROBABILITIES = [[0.0, 1.0, 0.0], [1e-300, 1.0, 1e-20], [0.5, 0.25, 0.25]]
EXTREMES = [
    ("binary_cross_entropy", [[0, 1, 0.5]] * 3, LOGITS, {"from_logits": True}),
    ("binary_cross_entropy", [[0, 1, 0.5]] * 3, PROBABILITIES, {"from_logits": False}),
    ("binary_focal_cross_entropy", [[0, 1, 0.5]] * 3, LOGITS, {"from_logits": True}),
    ("binary_focal_cross_entropy", [[0, 1, 0.5]] * 3, PROBABILITIES, {"from_logits": False}),
    ("sparse_categorical_cross_entropy", [1, 0, 2], LOGITS, {"from_logits": True}),
    ("sparse_categorical_cross_entropy", [0, 0, 2], PROBABILITIES, {"from_logits": False}),
    ("categorical_focal_cross_entropy", [[0, 1, 0]] * 3, LOGITS, {"from_logits": True}),
    ("kl_divergence", PROBABILITIES, LOGITS, {"from_logits": True}),
    ("kl_divergence", PROBABILITIES, PROBABILITIES[1:] + PROBABILITIES[:1], {}),
    ("js_divergence", PROBABILITIES, PROBABILITIES[::-1], {}),
    ("soft_margin", [[1, -1, 1]] * 3, LOGITS, {}),
    ("log_cosh", [[0, 0, 0]] * 3, LOGITS, {}),
    ("sparsemax", [1, 0, 2], LOGITS, {}),
    ("multilabel_soft_margin", [[1, 0, 1]] * 3, LOGITS, {}),
    ("cosine_similarity", LOGITS, [[0.0, 0.0, 0.0], *LOGITS[:2]], {}),
    ("lovasz_hinge", [[1, 0, 1]] * 3, LOGITS, {}),
    ("nt_xent", [0, 0, 1], LOGITS, {}),
    ("circle", [0, 0, 1], LOGITS, {}),
]


@pytest.mark.parametrize(("name", "y_true", "y_pred", "params"), EXTREMES)
def test_values_are_finite_at_extremes(name, y_true, y_pred, params):
    values = as_floats(REFERENCE[name](y_true, y_pred, **params))
    assert np.isfinite(values).all()
    assert (values >= 0).all()  # each of these losses is bounded below by zero


def test_small_losses_keep_their_digits():
    """A loss far below the rounding of 1 is computed, not cancelled: it is exp(-200), 1e-20 and so on to 15 digits."""
    tiny = {
        "binary_cross_entropy": ([0], [-200.0], {"from_logits": True}, math.exp(-200)),
        "categorical_cross_entropy": ([[1, 0]], [[0.0, -200.0]], {"from_logits": True}, math.exp(-200)),
        "soft_margin": ([-1], [-200.0], {}, math.exp(-200)),
        "log_cosh": ([0], [1e-80], {}, 5e-161),
        "multilabel_soft_margin": ([[0]], [[-200.0]], {}, math.exp(-200)),
    }
    for name, (y_true, y_pred, params, value) in tiny.items():
        np.testing.assert_allclose(as_floats(REFERENCE[name](y_true, y_pred, **params)), [value], rtol=1e-15)
    (value,) = REFERENCE["binary_cross_entropy"]([0], [1e-60], from_logits=False)
    assert float(value) == pytest.approx(1e-60, rel=1e-15)


def test_derivatives_are_accurate_to_forty_digits():
    """Closed forms: softmax minus target, at ordinary and huge logits; slope delta beyond delta; -1/p at a tiny p."""

    def check(derivative, expected):
        for found, wanted in zip(flatten(derivative), expected, strict=True):
            assert abs(found - wanted) <= mp.mpf(10) ** -40 * max(abs(wanted), 1)

    logits = [1.0, -2.0, 0.5]
    exponentials = [mp.exp(z) for z in logits]
    softmax = [x / sum(exponentials) for x in exponentials]
    arrays = {"y_true": [[0, 1, 0]], "y_pred": [logits]}
    expected = [softmax[0], softmax[1] - 1, softmax[2]]
    check(gradient("categorical_cross_entropy", arrays, "y_pred", from_logits=True), expected)
    arrays = {"y_true": [[0, 1, 0]], "y_pred": [[1e30, -1e300, 1e20]]}
    check(gradient("categorical_cross_entropy", arrays, "y_pred", from_logits=True), [1, -1, 0])
    check(gradient("huber", {"y_true": [0.0, 0.0], "y_pred": [3.0, 0.25]}, "y_pred", delta=2.0), [2, 0.25])
    arrays = {"y_true": [1, 0], "y_pred": [1e-30, 1e-30]}
    tiny = mp.mpf(1e-30)
    check(gradient("binary_cross_entropy", arrays, "y_pred", from_logits=False), [-1 / tiny, 1 / (1 - tiny)])
    check([gradient("huber", {"y_true": [0.0], "y_pred": [3.0]}, "delta", delta=2.0)], [1])
