"""Segmentation: how well a predicted region covers the true one. A mask leaves out pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..domains import BINARY, LABEL_PROBABILITY, LOGITS, PROBABILITY
from ..loss import loss
from ..namespace import Array, Namespace

Axis = int | Sequence[int] | None

#: Under the mask: outside both regions, so that nothing is counted; for logits, beyond the margin of the hinge.
TARGET = replace(LABEL_PROBABILITY, safe=0.0)
PREDICTION = replace(PROBABILITY, safe=0.0)
SCORE = replace(LOGITS, safe=-2.0)


def summed_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes as a tuple; None: all but the batch."""
    if axis is None:
        return tuple(range(1, ndim))
    return tuple(a % ndim for a in ((axis,) if isinstance(axis, int) else axis))


def overlap_loss(
    xp: Namespace, y_true: Array, y_pred: Array, axis: Axis, smooth: Any, shared: Any, alpha: Any, beta: Any
) -> Any:
    """``errors / (shared * overlap + errors + smooth)`` with ``alpha`` false positives and ``beta`` false negatives.

    The same as one minus the coefficient, without the cancellation near perfect overlap.
    """
    axes = summed_axes(axis, y_pred.ndim)
    outside = 1 - y_true
    errors = xp.sum(alpha * outside * y_pred + beta * y_true * (1 - y_pred), axis=axes, keepdims=True)
    agreement = shared * xp.sum(y_true * y_pred, axis=axes, keepdims=True) + smooth
    whole = agreement + errors
    value = xp.safe_divide(errors, whole)

    def derivative() -> Array:
        slope = alpha * outside - beta * y_true
        return xp.safe_divide(slope * xp.safe_divide(agreement, whole) - value * shared * y_true, whole)

    return xp.squeeze(value, axis=axes), derivative


@loss(kind="samplewise", masks_elements=True, y_true=TARGET, y_pred=PREDICTION)
def dice(xp: Namespace, y_true: Array, y_pred: Array, *, axis: Axis = None, smooth: Any = 1e-7) -> Any:
    r"""One minus twice the overlap of two regions over their sizes.

    ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{2 \sum y \hat y + s}{\sum y + \sum \hat y + s}
    Derivative: \partial \ell / \partial \hat y = \frac{1 - \ell - 2 y}{\sum y + \sum \hat y + s}
    Kinks: 0 for two empty regions with smooth = 0
    Also known as: F1 loss, Sorensen-Dice loss
    Reference: Milletari, Navab and Ahmadi, V-Net, 2016
    """
    return overlap_loss(xp, y_true, y_pred, axis, smooth, 2, 1, 1)


@loss(kind="samplewise", masks_elements=True, y_true=TARGET, y_pred=PREDICTION)
def jaccard(xp: Namespace, y_true: Array, y_pred: Array, *, axis: Axis = None, smooth: Any = 1e-7) -> Any:
    r"""One minus the intersection of two regions over their union.

    ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{\sum y \hat y + s}{\sum y + \sum \hat y - \sum y \hat y + s}
    Derivative: \partial \ell / \partial \hat y = \frac{(1 - \ell)(1 - y) - y}{\sum y + \sum \hat y - \sum y \hat y + s}
    Kinks: 0 for two empty regions with smooth = 0
    Also known as: intersection-over-union loss
    Reference: Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation, 2016
    """
    return overlap_loss(xp, y_true, y_pred, axis, smooth, 1, 1, 1)


@loss(kind="samplewise", masks_elements=True, y_true=TARGET, y_pred=PREDICTION)
def tversky(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    axis: Axis = None,
    smooth: Any = 1e-7,
    alpha: Any = 0.5,
    beta: Any = 0.5,
) -> Any:
    r"""An overlap loss that weighs false positives by ``alpha`` and false negatives by ``beta``.

    ``alpha = beta = 0.5`` is the Dice loss (with half its ``smooth``), ``alpha = beta = 1`` the Jaccard loss. ``axis``
    names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{T + s}{T + \alpha F + \beta M + s}, \quad T = \sum y \hat y, \;
        F = \sum (1 - y) \hat y, \; M = \sum y (1 - \hat y)
    Derivative: \partial \ell / \partial \hat y = \frac{g - \ell (g + y)}{T + \alpha F + \beta M + s}, \quad
        g = \alpha (1 - y) - \beta y
    Kinks: 0 for two empty regions with smooth = 0
    Reference: Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation using 3D fully
        convolutional deep networks, 2017
    """
    return overlap_loss(xp, y_true, y_pred, axis, smooth, 1, alpha, beta)


@loss(kind="samplewise", masks_elements=True, y_true=TARGET, y_pred=PREDICTION)
def focal_tversky(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    axis: Axis = None,
    smooth: Any = 1e-7,
    alpha: Any = 0.5,
    beta: Any = 0.5,
    gamma: Any = 0.75,
) -> Any:
    r"""The Tversky loss to the power ``gamma``: below 1 it keeps pushing where the overlap is nearly perfect.

    Formula: \ell = t^\gamma, \quad t = \operatorname{tversky}(y, \hat y)
    Derivative: \partial \ell / \partial \hat y = \gamma t^{\gamma - 1} \, \partial t / \partial \hat y
    Kinks: 0 at perfect overlap, t = 0, for a fractional gamma
    Reference: Abraham and Khan, A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion
        Segmentation, 2018 (their exponent is the reciprocal)
    """
    axes = summed_axes(axis, y_pred.ndim)
    value, slope = overlap_loss(xp, y_true, y_pred, axis, smooth, 1, alpha, beta)

    def derivative() -> Array:
        outer = gamma * xp.safe_power(value, gamma - 1)
        for a in sorted(axes):
            outer = xp.expand_dims(outer, axis=a)
        return outer * slope()

    return xp.safe_power(value, gamma), derivative


@loss(kind="samplewise", masks_elements=True, y_true=replace(BINARY, safe=0.0), y_pred=SCORE)
def lovasz_hinge(xp: Namespace, y_true: Array, y_pred: Array, *, axis: Axis = None) -> Any:
    r"""The hinge errors of all pixels, each weighted by what its mistake adds to the Jaccard loss.

    The convex extension of the Jaccard loss to real-valued errors, from logits. ``axis`` names the axes of a region;
    None: all but the batch. Without any true pixel the largest error alone counts.

    Formula: \ell = \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})), \quad
        e = \max(0, 1 - (2 y - 1) \hat y) \text{ in falling order } \pi, \quad
        J(S) = |S| / |S \cup \{y = 1\}|
    Derivative: \partial \ell / \partial \hat y_{\pi_k} = -(2 y - 1) \,
        (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})) \text{ where } e > 0, \text{ else } 0
    Kinks: 0 at the margin; equal errors take their places in the order of the pixels
    Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018
    """
    axes = summed_axes(axis, y_pred.ndim)
    kept = tuple(a for a in range(y_pred.ndim) if a not in axes)
    order = kept + axes

    def as_rows(x: Array) -> Array:
        x = xp.permute_dims(x, order)
        return xp.reshape(x, (*x.shape[: len(kept)], math.prod(x.shape[len(kept) :])))

    signs = 2 * as_rows(y_true) - 1
    missing = 1 - signs * as_rows(y_pred)
    errors = xp.relu(missing)
    falling = xp.argsort(errors, axis=-1, descending=True)
    growth = jaccard_growth(xp, xp.take_along_axis(as_rows(y_true), falling, axis=-1))

    def derivative() -> Array:
        places = xp.argsort(falling, axis=-1)
        slope = -signs * xp.step(missing) * xp.take_along_axis(growth, places, axis=-1)
        slope = xp.reshape(slope, tuple(y_pred.shape[a] for a in order))
        return xp.permute_dims(slope, tuple(order.index(a) for a in range(y_pred.ndim)))

    return xp.sum(xp.take_along_axis(errors, falling, axis=-1) * growth, axis=-1), derivative


def jaccard_growth(xp: Namespace, labels: Array) -> Array:
    """By how much the Jaccard loss of mistakes grows when the pixels join them one by one, along the last axis.

    A true pixel leaves the union as it is and the intersection loses it; any other pixel enlarges the union. Written
    without the difference of two numbers near 1, which would leave no digits for large regions.
    """
    intersection = xp.sum(labels, axis=-1, keepdims=True) - xp.cumulative_sum(labels, axis=-1)
    union = xp.sum(labels, axis=-1, keepdims=True) + xp.cumulative_sum(1 - labels, axis=-1)
    before = union - 1
    first = before <= 0
    grown = intersection / (union * xp.where(first, xp.ones_like(before), before))
    grown = xp.where(first, xp.ones_like(grown), grown)
    return xp.where(labels > 0, 1 / xp.where(labels > 0, union, xp.ones_like(union)), grown)
