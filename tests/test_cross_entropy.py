"""What the laws do not draw: impossible classes, saturated scores, and the primitives that evaluate without a graph."""

import numpy as np
import pytest

import unilosses as ul
from unilosses.dispatch import backend_named
from unilosses.namespace import Namespace

from .reference import REFERENCE, flatten, gradient

ONE_HOT = np.eye(3)[[1, 2, 0]]
INF = np.inf
#: -inf marks a class that cannot be; it is never the right one.
MASKED = np.array([[-INF, 0.5, 1.0], [-INF, -INF, 3.0], [2.0, 0.0, -INF]])
IMPOSSIBLE_CLASSES = [
    ("binary_cross_entropy", ONE_HOT, MASKED, {"from_logits": True}),
    ("binary_cross_entropy", ONE_HOT, MASKED, {"from_logits": True, "pos_weight": 3.0}),
    ("binary_focal_cross_entropy", ONE_HOT, MASKED, {"from_logits": True, "alpha": 0.3}),
    ("binary_focal_cross_entropy", ONE_HOT, MASKED, {"from_logits": True, "gamma": 0.5}),
    ("categorical_cross_entropy", ONE_HOT, MASKED, {"from_logits": True}),
    ("sparse_categorical_cross_entropy", ONE_HOT.argmax(1), MASKED, {"from_logits": True}),
    ("categorical_focal_cross_entropy", ONE_HOT, MASKED, {"from_logits": True}),
    ("categorical_focal_cross_entropy", ONE_HOT, MASKED, {"from_logits": True, "gamma": 0.5}),
    ("kl_divergence", ONE_HOT, MASKED, {"from_logits": True}),
    ("poly_cross_entropy", ONE_HOT, MASKED, {}),
    ("sparsemax", ONE_HOT, MASKED, {}),
    ("categorical_hinge", ONE_HOT, MASKED, {}),
    ("multi_margin", ONE_HOT.argmax(1), MASKED, {}),
    ("multilabel_margin", ONE_HOT, MASKED, {}),
    ("multilabel_soft_margin", ONE_HOT, MASKED, {}),
    ("crammer_singer_hinge", ONE_HOT.argmax(1), MASKED, {}),
    ("weston_watkins_hinge", ONE_HOT.argmax(1), MASKED, {}),
]


@pytest.mark.parametrize(("name", "y_true", "y_pred", "parameters"), IMPOSSIBLE_CLASSES)
def test_impossible_wrong_classes_are_those_of_very_small_logits(name, y_true, y_pred, parameters):
    loss = ul.get(name)
    value, slope = ul.value_and_grad(loss)(y_true, y_pred, reduction="none", **parameters)
    expected = ul.value_and_grad(loss)(y_true, np.maximum(y_pred, -1e30), reduction="none", **parameters)
    np.testing.assert_array_equal(value, expected[0])
    np.testing.assert_array_equal(slope, expected[1])


@pytest.mark.parametrize(("name", "y_true", "y_pred", "parameters"), IMPOSSIBLE_CLASSES)
def test_impossible_wrong_classes_under_automatic_differentiation(name, y_true, y_pred, parameters):
    torch = pytest.importorskip("torch")
    weight = torch.ones((), dtype=torch.float64, requires_grad=True)  # its gradient is wanted: no closed form
    prediction = torch.tensor(y_pred, requires_grad=True)
    ul.get(name)(torch.tensor(y_true), prediction, sample_weight=weight, reduction="sum", **parameters).backward()
    expected = ul.grad(ul.get(name))(y_true, y_pred, reduction="sum", **parameters)
    np.testing.assert_allclose(prediction.grad.numpy(), expected, rtol=1e-14, atol=1e-15)


def test_an_impossible_right_class_costs_infinity():
    assert ul.binary_cross_entropy([1.0], np.array([-INF]), from_logits=True) == INF
    assert ul.sparse_categorical_cross_entropy([0], np.array([[-INF, 0.0]]), from_logits=True) == INF


@pytest.mark.parametrize("gamma", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("logits", [[45.0, 2.0, 2.0], [3.0, 3.0, -40.0], [-30.0, 1.0, 38.0]])
def test_focal_losses_keep_their_digits_where_predictions_are_confident(gamma, logits):
    # (1 - p)^gamma of p = 1 - 1e-19 is 0.013 for gamma = 0.1: a complement rounded to 0 would show.
    inputs = {"y_true": [[0.2, 0.0, 0.8]], "y_pred": [logits]}
    for name in ("categorical_focal_cross_entropy", "binary_focal_cross_entropy"):
        parameters = {"from_logits": True, "gamma": gamma}
        value, slope = ul.value_and_grad(ul.get(name))(
            np.array(inputs["y_true"]), np.array(inputs["y_pred"]), reduction="none", **parameters
        )
        expected = [float(x) for x in flatten(REFERENCE[name](**inputs, **parameters))]
        np.testing.assert_allclose(value.ravel(), expected, rtol=1e-14, atol=1e-16)
        expected = [float(x) for x in flatten(gradient(name, inputs, "y_pred", **parameters))]
        np.testing.assert_allclose(slope.ravel(), expected, rtol=1e-13, atol=1e-16)


def test_binary_costs_of_saturated_logits_keep_their_digits():
    value = ul.binary_cross_entropy(np.array([1.0, 0.0]), np.array([40.0, -40.0]), from_logits=True, reduction="none")
    np.testing.assert_allclose(value, np.exp(-40.0), rtol=1e-15)


def test_divergences_of_zero_probabilities_are_finite():
    y_true, y_pred = np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    value, slope = ul.value_and_grad(ul.kl_divergence)(y_true, y_pred)
    assert value == 100
    assert np.isfinite(slope).all()
    value, slope = ul.value_and_grad(ul.js_divergence)(y_true, y_pred)
    np.testing.assert_allclose(value, np.log(2), rtol=1e-15)
    np.testing.assert_allclose(slope, [[0.0, (-101 + np.log(2)) / 2, np.log(2) / 2]], rtol=1e-15)


def test_targets_of_kl_divergence_are_checked_as_what_they_are():
    with pytest.raises(ValueError, match="y_true holds"):
        ul.kl_divergence(np.log([[0.5, 0.5]]), np.array([[0.5, 0.5]]))
    assert ul.kl_divergence(np.log([[0.5, 0.5]]), np.array([[0.5, 0.5]]), log_target=True) == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_primitives_without_a_graph_are_the_defaults(dtype):
    torch = pytest.importorskip("torch")
    xp = backend_named("torch").namespace
    numbers = [0.0, -0.0, 1e-45, 1e-38, 1e-30, 0.3, 1 - 2**-24, 1.0, 1 + 1e-6, 40.0, 1e30, INF, float("nan")]
    x = torch.tensor(numbers + [-n for n in numbers], dtype=getattr(torch, dtype))
    y = x.flip(0)
    calls = {
        "clamped_log": (x.abs(),),
        "clamped_log_complement": (x.abs(),),
        "clamped_reciprocal": (x.abs(),),
        "zero_product": (x[:, None], y[None, :]),
        "safe_divide": (x[:, None], y[None, :]),
        "log_sigmoids": (x,),
    }
    for name, arguments in calls.items():
        # All at once (some entry is not finite: the careful way) and one by one (the fast way, where it will do).
        with torch.no_grad():
            found = getattr(xp, name)(*arguments)
            single = [getattr(xp, name)(*pair) for pair in zip(*(a.ravel() for a in arguments), strict=True)]
        expected = getattr(Namespace, name)(xp, *arguments)
        for f, e in zip(_many(found), _many(expected), strict=True):
            torch.testing.assert_close(f, e, rtol=1e-6 if dtype == "float32" else 1e-14, atol=0, equal_nan=True)
        pairs = [getattr(Namespace, name)(xp, *pair) for pair in zip(*(a.ravel() for a in arguments), strict=True)]
        for f, e in zip(single, pairs, strict=True):
            torch.testing.assert_close(f, e, rtol=1e-6 if dtype == "float32" else 1e-14, atol=0, equal_nan=True)


def _many(x):
    return x if isinstance(x, tuple) else (x,)
