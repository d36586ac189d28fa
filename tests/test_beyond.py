"""Exact values and gradients of the losses beyond the contract, at ties, kinks and empty inputs."""

import contextlib
import math

import numpy as np
import pytest

import unilosses as ul
from unilosses.testing import assert_close

LOG_2 = math.log(2)
UNIT, SHIFTED, NOWHERE = [0.0, 0, 1, 1], [2.0, 0, 3, 1], [0.0, 0, 0, 0]

POINTS = [
    # name, arrays, parameters, value of one sample or element, its gradients
    ("pseudo_huber", [[0.0], [3.0]], {"delta": 4.0}, 4, [[2.4]]),
    ("pseudo_huber", [[0.0], [-1e30]], {"delta": 2.0}, 2e30, [[-2]]),
    ("gamma_deviance", [[2.0], [2.0]], {}, 0, [[0]]),
    ("gamma_deviance", [[1e-30], [1e-30]], {}, 0, [[0]]),
    ("tweedie_deviance", [[0.0], [4.0]], {}, 8, [[1]]),
    ("tweedie_deviance", [[1e30], [1e30]], {}, 0, [[0]]),
    ("tweedie_deviance", [[0.0], [4.0]], {"power": 1}, 8, [[2]]),
    ("tweedie_deviance", [[-3.0], [1.0]], {"power": 0}, 16, [[8]]),
    ("tweedie_deviance", [[2.0], [1.0]], {"power": 2}, 2 - 2 * LOG_2, [[-2]]),
    ("tweedie_deviance", [[2.0], [1.0]], {"power": 3}, 0.5, [[-2]]),
    ("tweedie_deviance", [[-3.0], [2.0]], {"power": -1}, 12 + 16 / 3, [[20]]),
    ("tweedie_deviance", [[1e30], [1e30]], {"power": -9}, 0, [[0]]),
    ("tweedie_deviance", [[1e-30], [1e-30]], {"power": 9}, 0, [[0]]),
    ("smooth_l1", [[0.0], [1.0]], {"beta": float("inf")}, 0, [[0]]),
    ("z_loss", [[[0.0, 0.0]]], {}, LOG_2**2, [[[LOG_2, LOG_2]]]),
    ("z_loss", [[[1e30, 1e30]]], {}, 1e60, [[[1e30, 1e30]]]),
    ("z_loss", [[[-LOG_2, -LOG_2]]], {}, 0, [[[0, 0]]]),
    ("brier", [[1], [[0.25, 0.75]]], {}, 0.125, [[[0.5, -0.5]]]),
    ("crammer_singer_hinge", [[0], [[1.0, 3, 3]]], {}, 3, [[[-1, 0.5, 0.5]]]),
    ("crammer_singer_hinge", [[0], [[1.0, 0, -5]]], {}, 0, [[[0, 0, 0]]]),
    ("crammer_singer_hinge", [[0], [[7.0]]], {}, 0, [[[0]]]),
    ("weston_watkins_hinge", [[0], [[1.0, 3, 2]]], {}, 5, [[[-2, 1, 1]]]),
    ("weston_watkins_hinge", [[0], [[1.0, 0, 2]]], {}, 2, [[[-1, 0, 1]]]),
    ("ranknet", [[[2.0, 0, 0]], [[1.0, 1, 1]]], {}, 2 * LOG_2, [[[-1, 0.5, 0.5]]]),
    ("ranknet", [[[1.0, 1, 1]], [[5.0, -3, 0]]], {}, 0, [[[0, 0, 0]]]),
    ("listnet", [[[0.0, 0]], [[1e30, 1e30]]], {}, LOG_2, [[[0, 0]]]),
    ("asymmetric", [[0.0], [0.05]], {"from_logits": False}, 0, [[0]]),
    ("asymmetric", [[1.0], [0.0]], {"from_logits": True}, LOG_2, [[-0.5]]),
    ("dpo", [[-2.0], [-3.0], [-4.0], [-5.0]], {"beta": 2.0}, LOG_2, [[-1], [1], [1], [-1]]),
    ("ipo", [[-2.0], [-3.0], [-4.0], [-5.0]], {"tau": 0.5}, 1, [[-2], [2], [2], [-2]]),
    ("simpo", [[-2.0], [-3.0]], {"beta": 1.0, "gamma": 1.0}, LOG_2, [[-0.5], [0.5]]),
    ("orpo", [[0.0], [0.0]], {}, 0.1 * LOG_2, [[-1.05], [0.05]]),
]  # fmt: skip


def of(arrays):
    return [np.array(x) if isinstance(x[0], int) else np.array(x, dtype=float) for x in arrays]


@pytest.mark.parametrize(("name", "arrays", "parameters", "value", "gradients"), POINTS)
def test_exact_points(name, arrays, parameters, value, gradients):
    found, slopes = ul.value_and_grad(ul.get(name))(*of(arrays), reduction="sum", **parameters)
    assert_close(found, float(value), "float64")
    for slope, wanted in zip(slopes if isinstance(slopes, tuple) else (slopes,), gradients, strict=True):
        assert_close(slope, np.array(wanted, dtype=float), "float64")


@pytest.mark.parametrize("power", [-4, -1.5, 0, 1, 1.001, 1.5, 1.999, 2, 2.001, 2.5, 3, 7.5])
def test_tweedie_deviance_is_that_of_scikit_learn(power):
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(4)
    y_true, y_pred = generator.gamma(2.0, size=50), generator.gamma(2.0, size=50)
    if power < 2:
        y_true[:5] = 0
    if power <= 0:
        y_true[:3] = -1.0
    weight = generator.uniform(size=50)
    wanted = metrics.mean_tweedie_deviance(y_true, y_pred, sample_weight=weight, power=power)
    found = ul.tweedie_deviance(y_true, y_pred, power=power, sample_weight=weight, reduction="weighted_mean")
    limits = 1e5 if power in (1.001, 1.999, 2.001) else 1  # its difference of nearly equal powers loses digits
    assert_close(found, wanted, "float64", scale=limits)


def test_there_is_no_tweedie_distribution_between_0_and_1():
    with pytest.raises(ValueError, match=r"power=0.5 .*at most 0 or at least 1"):
        ul.tweedie_deviance([1.0], [1.0], power=0.5)
    with pytest.raises(ValueError, match=r"power holds -1 to 2, .*at most 0 or at least 1"):
        ul.tweedie_deviance([1.0, 1.0], [1.0, 1.0], power=[-1.0, 2.0])
    with pytest.raises(ValueError, match="y_true holds -1 to 1; wanted a number that is at least 0"):
        ul.tweedie_deviance([-1.0, 1.0], [1.0, 1.0], power=1.2)
    assert ul.tweedie_deviance([-1.0, 1.0], [-1.0, 1.0], power=0) == 0


def test_tweedie_deviances_overflow_no_earlier_than_their_values():
    """In float32 the cubes of these overflow."""
    single = [np.array([x], "float32") for x in (1e13, 1.1e13)]
    double = [x.astype(float) for x in single]
    wanted = ul.tweedie_deviance(*double, power=-1)
    np.testing.assert_allclose(ul.tweedie_deviance(*single, power=-1), wanted, rtol=1e-6)
    y, f = map(float, np.concatenate(double))
    np.testing.assert_allclose(wanted, (y - f) ** 2 * (y + 2 * f) / 3, rtol=1e-13)


@pytest.mark.parametrize("name", ["ranknet", "listnet"])
def test_masked_items_might_as_well_not_be_there(name):
    relevance, scores = np.array([[3.0, np.nan, 0, 1], [1, 2, 3, 4]]), np.array([[0.3, 7.0, np.nan, -1], [1, 2, 3, 5]])
    mask = np.array([[True, False, False, True], [False] * 4])
    found, slope = ul.value_and_grad(ul.get(name))(relevance, scores, mask=mask)
    wanted, cut = ul.value_and_grad(ul.get(name))(relevance[:1, [0, 3]], scores[:1, [0, 3]])
    assert_close(found, wanted)
    assert_close(slope[0, [0, 3]], cut[0])
    assert not slope[~mask].any()


BOXES = [
    ("giou", UNIT, UNIT, 0.0), ("giou", UNIT, SHIFTED, 4 / 3), ("giou", NOWHERE, NOWHERE, 1.0),
    ("giou", UNIT, NOWHERE, 1.0), ("diou", UNIT, UNIT, 0.0), ("diou", UNIT, SHIFTED, 1.4),
    ("diou", NOWHERE, NOWHERE, 1.0), ("ciou", UNIT, UNIT, 0.0), ("ciou", UNIT, SHIFTED, 1.4),
    ("ciou", [0.0, 0, 0, 1], [0.0, 0, 1, 0], 1.25 + 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("name", "true", "predicted", "value"), BOXES)
def test_boxes(name, true, predicted, value):
    """Equal, apart and empty; a box that fits exactly is where the derivative is 0."""
    found, slope = ul.value_and_grad(ul.get(name))(np.array([true]), np.array([predicted]), epsilon=0.0)
    assert_close(found, value)
    assert np.isfinite(slope).all()
    assert value or not slope.any()


def test_boxes_have_four_corners():
    with pytest.raises(ValueError, match=r"giou: y_true has shape \(2, 3\); wanted the corners .* shape \(\.\.\., 4\)"):
        ul.giou(np.zeros((2, 3)), np.zeros((2, 3)))


@pytest.mark.parametrize("size", [5, 1 << 19])
@pytest.mark.parametrize("name", ["mean_absolute_error", "huber", "log_cosh", "quantile"])
def test_the_mean_is_finite_where_the_sum_is_not(name, size, backend):
    """In blocks as well, and without NumPy's warnings of overflow, which the tests make errors."""
    strict = backend.name == "array_api_strict"  # warns of the sum's overflow, and has no place to say otherwise
    loss = ul.get(name)
    large = np.full(size, 3e38, dtype="float32")
    with backend.session(), np.errstate(over="ignore") if strict else contextlib.nullcontext():
        arrays = backend.array(0 * large, "float32"), backend.array(large, "float32")
        weights = backend.array((1 + np.arange(size) % 2) / 2, "float32")
        wanted = 1.5e38 if name == "quantile" else 3e38
        for keywords in ({}, {"reduction": "weighted_mean", "sample_weight": weights}):
            assert abs(backend.numpy(loss(*arrays, **keywords)) / wanted - 1) < 1e-5
            value, slope = ul.value_and_grad(loss)(*arrays, **keywords)
            assert abs(backend.numpy(value) / wanted - 1) < 1e-5
            assert np.isfinite(backend.numpy(slope)).all()


def test_numpy_does_not_warn_of_impossible_classes():
    logits = np.array([[3e38, -3e38]], dtype="float32")
    for name, target in (("categorical_cross_entropy", [[1.0, 0.0]]), ("sparse_categorical_cross_entropy", [0])):
        value, slope = ul.value_and_grad(ul.get(name))(np.array(target), logits, from_logits=True)
        assert value == 0
        assert not slope.any()
    assert ul.log_cosh(np.zeros(1), np.array([-1.7e308])) == 1.7e308


def berman(y_true, y_pred):
    """Berman's published algorithm for one image: (pixels,) class indices, (pixels, classes) probabilities."""
    losses = []
    for c in range(y_pred.shape[1]):
        foreground = (y_true == c).astype(float)
        if foreground.sum() == 0:
            continue
        errors = np.abs(foreground - y_pred[:, c])
        order = np.argsort(-errors, kind="stable")
        truth = foreground[order]
        jaccard = 1 - (truth.sum() - truth.cumsum()) / (truth.sum() + (1 - truth).cumsum())
        jaccard[1:] -= jaccard[:-1].copy()
        losses.append(np.dot(errors[order], jaccard))
    return np.mean(losses)


def test_lovasz_softmax_is_that_of_its_authors():
    """Per image, and with one region of the whole batch, their ``per_image=False``."""
    generator = np.random.default_rng(5)
    labels, y_pred = generator.integers(0, 3, (4, 30)), generator.dirichlet([1.0] * 4, (4, 30))
    y_true = np.eye(4)[labels]
    each = [berman(*image) for image in zip(labels, y_pred, strict=True)]
    assert_close(ul.lovasz_softmax(y_true, y_pred, reduction="none"), np.array(each))
    whole = ul.lovasz_softmax(y_true, y_pred, axis=(0, 1))
    assert_close(whole, berman(labels.reshape(-1), y_pred.reshape(-1, 4)))


def test_generalized_dice_is_that_of_its_authors():
    """1 - 2 (sum of w overlap) / (sum of w sizes), w = 1 / volume squared, where every class is there."""
    generator = np.random.default_rng(6)
    labels, y_pred = generator.integers(0, 3, (4, 5, 6)), generator.dirichlet([1.0] * 3, (4, 5, 6))
    y_true = np.eye(3)[labels]
    weight = 1 / y_true.sum((1, 2)) ** 2
    overlap, sizes = (np.sum(weight * x.sum((1, 2)), axis=1) for x in (y_true * y_pred, y_true + y_pred))
    found = ul.generalized_dice(y_true, y_pred, smooth=0.0, reduction="none")
    assert_close(found, 1 - 2 * overlap / sizes)
    first = [np.moveaxis(x, -1, 1) for x in (y_true, y_pred)]
    assert_close(ul.generalized_dice(*first, class_axis=1, smooth=0.0, reduction="none"), found)


def test_barlow_twins_is_that_of_its_authors():
    """Their code without the 1e-5 of batch normalisation; and it is at its least where the views are the same."""
    first, second = np.random.default_rng(7).normal(size=(2, 20, 5))
    one, two = ((x - x.mean(axis=0)) / x.std(axis=0) for x in (first, second))
    c = one.T @ two / len(one)
    wanted = np.sum((np.diagonal(c) - 1) ** 2) + 0.0051 * (np.sum(c**2) - np.sum(np.diagonal(c) ** 2))
    for reduction in ("none", "sum", "mean", "batchmean"):
        assert_close(ul.barlow_twins(first, second, off_diagonal=0.0051, reduction=reduction), wanted)
    white = np.linalg.qr(first - first.mean(axis=0))[0]
    value, slopes = ul.value_and_grad(ul.barlow_twins)(white, 3 * white + 1)
    assert_close(value, 0.0)
    assert_close(np.stack(slopes), np.zeros((2, 20, 5)))


def test_features_that_are_constant_are_correlated_with_nothing():
    x = np.random.default_rng(8).normal(size=(6, 3))
    x[:, 1] = 0.1  # of which the mean is not 0.1 to the last digit
    value, slopes = ul.value_and_grad(ul.barlow_twins)(x, x, off_diagonal=0.0)
    assert_close(value, 1.0)
    assert not np.stack(slopes)[:, :, 1].any()
    assert_close(ul.barlow_twins(x[:1], x[:1]), 3.0)  # one sample: every feature is constant


def test_barlow_twins_is_one_number():
    x = np.random.default_rng(9).normal(size=(4, 3))
    with pytest.raises(ValueError, match=r"sample_weight has shape \(4,\), but the loss is one number for the whole"):
        ul.barlow_twins(x, x, sample_weight=np.ones(4))
    with pytest.raises(ValueError, match=r"mask has shape \(3,\), which does not fit"):
        ul.barlow_twins(x, x, mask=np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match=r"x1 and x2 have shape \(4,\); wanted \(batch, features\)"):
        ul.barlow_twins(x[:, 0], x[:, 0])
    assert_close(ul.barlow_twins(x, x + 1, mask=np.array(True)), ul.barlow_twins(x, x))
    assert_close(ul.barlow_twins(x, -x, sample_weight=np.array(2.0)), 2 * ul.barlow_twins(x, -x))
