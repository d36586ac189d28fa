"""Points where a formula has no derivative or divides by nothing: exact values and gradients, in every framework.

Each gradient is taken three ways: by the closed form, through the framework, and by differentiating the plain value.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

import unilosses as ul
from unilosses.dispatch import Backend
from unilosses.testing.compare import assert_close

ROOT = math.sqrt(0.5)
INF = math.inf


class Point(NamedTuple):
    """A loss at a point, its unreduced values, and the gradients of their sum for each prediction."""

    name: str
    arrays: list[Any]
    values: Any
    gradients: list[Any]
    parameters: dict[str, Any] = {}  # noqa: RUF012  # never written to

    def __str__(self) -> str:
        return f"{self.name}-{self.values}-{self.parameters}"


def triplet(anchor: Any, positive: Any, negative: Any, values: Any, gradients: Any, **parameters: Any) -> Point:
    return Point("triplet_margin", [anchor, positive, negative], values, gradients, {"epsilon": 0.0, **parameters})


ZERO = [0.0, 0.0]
POINTS = [
    # margins: exactly at the margin nothing pulls; at logit 0 the logistic slope is a half
    Point("hinge", [[1.0, -1.0], [1.0, -1.0]], [0, 0], [[0, 0]]),
    Point("squared_hinge", [[1.0, -1.0], [1.0, -1.0]], [0, 0], [[0, 0]]),
    Point("soft_margin", [[1.0, -1.0, 1.0, -1.0], [0.0, 0.0, -1e4, -1e4]],
          [math.log(2), math.log(2), 1e4, 0], [[-0.5, 0.5, -1, 0]]),
    Point("hinge_embedding", [[1.0, -1.0], [0.0, 1.0]], [0, 0], [[1, 0]]),
    Point("categorical_hinge", [[[1.0, 0, 0]], [[1.0, 1.0, 1.0]]], [1], [[[-1, 0.5, 0.5]]]),
    Point("categorical_hinge", [[[1.0, 0, 0]], [[-1.0, -4.0, -5.0]]], [2], [[[-1, 0, 0]]]),
    Point("categorical_hinge", [[[1.0, 0, 0]], [[1e30, 1e30, -1e30]]], [1], [[[-1, 1, 0]]]),
    Point("multi_margin", [[0], [[1.0, 0.0, 0.0]]], [0], [[[0, 0, 0]]]),
    Point("multi_margin", [[0], [[1e30, 1e30, -1e30]]], [1 / 3], [[[-1 / 3, 1 / 3, 0]]]),
    Point("multilabel_margin", [[[1.0, 0], [1, 1], [0, 0], [1, 0]], [[1.0, 0], [9, 9], [9, 9], [1e30, -1e30]]],
          [0, 0, 0, 0], [np.zeros((4, 2))]),
    Point("multilabel_soft_margin", [[[1.0, 0]], [[0.0, 0.0]]], [math.log(2)], [[[-0.25, 0.25]]]),
    Point("multilabel_soft_margin", [[[1.0, 0]], [[INF, -INF]]], [0], [[[0, 0]]]),
    Point("margin_ranking", [[1.0, -1.0], [0.0, 0.0], [0.0, 0.0]], [0, 0], [[0, 0], [0, 0]]),
    Point("contrastive", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [0, 1, 0], [[0, -2, 0]]),
    # cosines: a zero vector is orthogonal to everything and stays where it is; no magnitude is too large or too small
    Point("cosine_similarity", [[ZERO, [1.0, 0], ZERO], [ZERO, ZERO, [1.0, 0]]], [1, 1, 1], [np.zeros((3, 2))]),
    Point("cosine_similarity", [[[1e200, 0.0]], [[0.0, 1e-200]]], [1], [[[-1e200, 0]]]),
    Point("cosine_similarity", [[[1e-300, 0.0]], [[1e300, 1e300]]], [1 - ROOT],
          [[[-0.5e-300 * ROOT, 0.5e-300 * ROOT]]]),
    Point("cosine_embedding", [[1.0, -1.0, -1.0], [ZERO, ZERO, [1.0, 0]], [[1.0, 0], ZERO, [0.0, 1]]],
          [1, 0, 0], [np.zeros((3, 2)), np.zeros((3, 2))]),
    # distances: coincident points do not move each other
    *[triplet([ZERO], [ZERO], [ZERO], [1], np.zeros((3, 1, 2)), p=p, swap=swap)
      for p in (1, 1.5, 2, 3, INF) for swap in (False, True)],
    triplet([ZERO], [ZERO], [[0.0, 0.5]], [0.5], [[[0, 1]], [[0, 0]], [[0, -1]]]),
    triplet([ZERO], [ZERO], [[0.0, 1.0]], [0], np.zeros((3, 1, 2))),
    triplet([ZERO], [[2.0, 2.0]], [ZERO], [3], [[[-0.5, -0.5]], [[0.5, 0.5]], [[0, 0]]], p=INF),
    triplet([ZERO], [[2.0, -2.0]], [ZERO], [5], [[[-1, 1]], [[1, -1]], [[0, 0]]], p=1),
    triplet([ZERO], [[1e200, 1e200]], [ZERO], [1e200 / ROOT], [[[-ROOT, -ROOT]], [[ROOT, ROOT]], [[0, 0]]]),
    triplet([ZERO], [[1e-200, 1e-200]], [ZERO], [1], [[[-ROOT, -ROOT]], [[ROOT, ROOT]], [[0, 0]]]),
    # swapped distances that are equal: the one to the anchor counts
    triplet([ZERO], [[2.0, 0.0]], [[1.0, 0.0]], [2], [[[0, 0]], [[1, 0]], [[-1, 0]]], swap=True),
    # regions: two empty ones agree, and nothing divides by their size
    *[Point(name, [[ZERO, [1.0, 1.0]], [ZERO, [1.0, 1.0]]], [0, 0], [[[0, 0], [slope, slope]]], {"smooth": 0.0})
      for name, slope in (("dice", -0.25), ("jaccard", -0.5), ("tversky", -0.25), ("focal_tversky", 0))],
    Point("dice", [[ZERO], [[0.5, 0.5]]], [0.5], [[[0.25, 0.25]]], {"smooth": 1.0}),
    Point("lovasz_hinge", [[ZERO, [1.0, 1.0]], [[-1.0, -1.0], [1.0, 1.0]]], [0, 0], [np.zeros((2, 2))]),
    Point("lovasz_hinge", [[ZERO, [1.0, 1.0]], [ZERO, ZERO]], [1, 1], [[[1, 0], [-0.5, -0.5]]]),
    # regions of classes: an absent class weighs as much as the smallest, or is left out
    Point("generalized_dice", [[[[1.0, 0], [1, 0]]], [[[1.0, 0], [0.5, 0.5]]]], [1 / 4],
          [[[[-5 / 16, 3 / 16], [-5 / 16, 3 / 16]]]], {"smooth": 0.0}),
    Point("generalized_dice", [[[ZERO, ZERO]], [[ZERO, ZERO]]], [0], [[[ZERO, ZERO]]], {"smooth": 0.0}),
    Point("generalized_dice", [[[ZERO, ZERO]], [[ZERO, [1.0, 0]]]], [1], [[[ZERO, ZERO]]], {"smooth": 0.0}),
    Point("lovasz_softmax", [[[[1.0, 0], [1, 0]]], [[[1.0, 0], [0.5, 0.5]]]], [1 / 4], [[[[0, 0], [-0.5, 0]]]]),
    Point("lovasz_softmax", [[[[1.0, 0], [1, 0]]], [[[1.0, 0], [0.5, 0.5]]]], [3 / 8], [[[[0, 0], [-0.25, 0.5]]]],
          {"only_present": False}),
    Point("lovasz_softmax", [[[ZERO, ZERO]], [[[0.5, 0.5], ZERO]]], [0], [[[ZERO, ZERO]]]),
    Point("lovasz_softmax", [[[[1.0, 0], [0, 1]]], [[[0.5, 0.5], [0.5, 0.5]]]], [1 / 2],
          [[[[-0.5, 0.25], [0, -0.25]]]]),
    # regression and likelihoods
    Point("log_cosh", [[0.0, 0.0, 0.0], [0.0, 1e30, -1e30]], [0, 1e30, 1e30], [[0, 1, -1]]),
    Point("mean_squared_logarithmic_error", [[math.e - 1, 0.0], [0.0, -1.0]], [1, 0], [[-2, 0]]),
    Point("mean_absolute_percentage_error", [[0.0, 1e30], [0.0, -1e30]], [0, 200], [[0, -1e-28]]),
    Point("quantile", [[1.0], [1.0]], [0], [[0]], {"q": 0.9}),
    Point("poisson_nll", [[0.0], [0.0]], [0], [[1]], {"log_input": False, "epsilon": 0.0}),
    Point("poisson_nll", [[0.0], [-INF]], [0], [[0]]),
    Point("gaussian_nll", [[0.0], [0.0], [0.0]], [0.5 * math.log(1e-6)], [[0], [0.5e6]]),
    Point("gaussian_nll", [[0.0], [1e30], [1e30]], [0.5 * (math.log(1e30) + 1e30)], [[1], [-0.5]]),
    # batches: an anchor without a positive, without a negative, alone
    *[Point(name, [labels, embeddings], [0] * len(labels), [np.zeros_like(embeddings)])
      for name in ("circle", "nt_xent")
      for labels, embeddings in (([0, 1, 2], np.eye(3)), ([1, 1, 1], np.eye(3)), ([5], np.ones((1, 3))))],
    Point("nt_xent", [[0, 0, 1], np.zeros((3, 2))], [math.log(2), math.log(2), 0], [np.zeros((3, 2))]),
]  # fmt: skip


def array(x: Any) -> np.ndarray:
    x = np.asarray(x)
    return x if isinstance(x.flat[0], np.int64) else x.astype(float)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_values_and_gradients_at_degenerate_points(point, backend, monkeypatch):
    loss = ul.get(point.name)
    wrt = [i for i, name in enumerate(loss.inputs) if name in loss.predictions]
    with backend.session():
        arrays = [backend.array(array(x)) for x in point.arrays]
        assert_close(backend.numpy(loss(*arrays, reduction="none", **point.parameters)), array(point.values))

        def total(*moved: Any) -> Any:
            return loss(*moved, reduction="sum", **point.parameters)

        closed = ul.grad(loss)(*arrays, reduction="sum", **point.parameters)
        ways = {"closed form": closed if isinstance(closed, tuple) else (closed,)}
        if backend.differentiates:
            ways["framework"] = backend.gradient(total, arrays, wrt)[1]
            monkeypatch.setitem(backend.backend._attached, loss, Backend.attach(backend.backend, loss))
            monkeypatch.setattr(type(backend.backend), "evaluate", Backend.evaluate)
            ways["plain value"] = backend.gradient(total, arrays, wrt)[1]
        for way, gradients in ways.items():
            for gradient, expected in zip(gradients, point.gradients, strict=True):
                assert_close(backend.numpy(gradient), array(expected), what=way, scale=1e-300)


@pytest.mark.parametrize("name", ["log_cosh", "soft_margin"])
def test_smooth_losses_keep_their_curvature_at_zero(name, backend):
    if not backend.curvatures:  # NumPy and the strict reference have closed forms, and nothing that differentiates them
        pytest.skip(f"{backend} has no second derivatives")
    loss = ul.get(name)
    with backend.session():
        arrays = [backend.array([1.0]), backend.array([1.0 if name == "log_cosh" else 0.0])]
        for way, curvature in backend.curvatures.items():
            (product,) = curvature(lambda *x: loss(*x, reduction="sum"), arrays, [1], [backend.array([1.0])])
            assert_close(backend.numpy(product), [1.0 if name == "log_cosh" else 0.25], what=way)


@pytest.mark.parametrize("name", ["dice", "jaccard", "tversky", "focal_tversky", "lovasz_hinge"])
def test_masked_pixels_are_as_good_as_absent(name, backend):
    """In the value and in the gradient, NaN included; a region without any pixel left counts for nothing."""
    loss = ul.get(name)
    generator = np.random.default_rng(7)
    y_true, y_pred = generator.integers(0, 2, (4, 3, 5)).astype(float), generator.uniform(size=(4, 3, 5))
    mask = generator.uniform(size=(4, 3, 5)) < 0.6
    mask[2] = False
    poisoned = np.where(mask, y_pred, np.nan)
    with backend.session():
        value, gradient = ul.value_and_grad(loss)(*map(backend.array, (y_true, poisoned)), mask=backend.array(mask))
        kept = [ul.value_and_grad(loss)(y_true[i][mask[i]][None], y_pred[i][mask[i]][None]) for i in (0, 1, 3)]
        assert_close(backend.numpy(value), np.mean([v for v, _ in kept]))
        expected = np.zeros_like(y_pred)
        for i, (_, g) in zip((0, 1, 3), kept, strict=True):
            expected[i][mask[i]] = g[0] / 3
        assert_close(backend.numpy(gradient), expected)
        if backend.differentiates:
            by_framework = backend.gradient(
                lambda y, p: loss(y, p, mask=backend.array(mask)), [*map(backend.array, (y_true, poisoned))], [1]
            )
            assert_close(backend.numpy(by_framework[1][0]), expected)


@pytest.mark.parametrize("name", ["generalized_dice", "lovasz_softmax"])
def test_masked_pixels_of_all_classes_are_as_good_as_absent(name, backend):
    """In the value and in the gradient, NaN included, with classes before the pixels."""
    loss = ul.get(name)
    generator = np.random.default_rng(7)
    y_true = np.moveaxis(np.eye(3)[generator.integers(0, 3, (4, 10))], -1, 1)
    y_pred = generator.uniform(size=(4, 3, 10))
    mask = generator.uniform(size=(4, 1, 10)) < 0.6
    mask[2] = False
    with backend.session():
        arrays = [backend.array(y_true), backend.array(np.where(mask, y_pred, np.nan))]
        keywords = {"class_axis": 1, "mask": backend.array(mask)}
        value, gradient = ul.value_and_grad(loss)(*arrays, **keywords)
        cut = [[x[i][:, mask[i, 0]][None] for x in (y_true, y_pred)] for i in (0, 1, 3)]
        kept = [ul.value_and_grad(loss)(*pair, class_axis=1) for pair in cut]
        assert_close(backend.numpy(value), np.mean([v for v, _ in kept]))
        expected = np.zeros_like(y_pred)
        for i, (_, g) in zip((0, 1, 3), kept, strict=True):
            expected[i][:, mask[i, 0]] = g[0] / 3
        assert_close(backend.numpy(gradient), expected)
        if backend.differentiates:
            by_framework = backend.gradient(lambda y, p: loss(y, p, **keywords), arrays, [1])
            assert_close(backend.numpy(by_framework[1][0]), expected)


@pytest.mark.parametrize("name", ["dice", "lovasz_hinge"])
def test_large_masked_regions(name):
    """Beyond the size from which losses are evaluated in blocks."""
    loss = ul.get(name)
    generator = np.random.default_rng(8)
    y_true, y_pred = generator.integers(0, 2, (70, 4096)).astype(float), generator.uniform(size=(70, 4096))
    mask = np.broadcast_to(np.arange(4096) < 3000, y_pred.shape)
    value, gradient = ul.value_and_grad(loss)(y_true, y_pred, mask=mask)
    cut_value, cut_gradient = ul.value_and_grad(loss)(y_true[:, :3000].copy(), y_pred[:, :3000].copy())
    assert_close(value, cut_value)
    assert_close(gradient[:, :3000], cut_gradient)
    assert not gradient[:, 3000:].any()


def test_large_regions_in_float32_keep_their_digits():
    """The growth of the Jaccard loss is no difference of numbers near 1."""
    generator = np.random.default_rng(9)
    y_true = generator.integers(0, 2, (1, 1 << 18)).astype(float)
    scores = np.round(generator.normal(size=y_true.shape) * 4096).astype("float32") / 4096  # errors are exact
    single = ul.grad(ul.lovasz_hinge)(y_true.astype("float32"), scores)
    double = ul.grad(ul.lovasz_hinge)(y_true, scores.astype(float))
    np.testing.assert_allclose(single, double, rtol=4 * np.finfo("float32").eps)
