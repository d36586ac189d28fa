"""Segmentation: how well a predicted region covers the true one. A mask leaves out pixels.

A mask has the shape of the prediction, with unit axes where it is the same for all: one of (batch, height, width, 1)
masks pixels of predictions whose classes are on the last axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
REGION = replace(BINARY, safe=0.0)


def summed_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes as a tuple; None: all but the batch."""
    if axis is None:
        return tuple(range(1, ndim))
    return tuple(a % ndim for a in ((axis,) if isinstance(axis, int) else axis))


def overlap_loss(
    xp: Namespace, y_true: Array, y_pred: Array, axis: Axis, smooth: Any, shared: Any, alpha: Any, beta: Any,
    weight: Array | None = None,
) -> Any:  # fmt: skip
    """``errors / (shared * overlap + errors + smooth)`` with ``alpha`` false positives and ``beta`` false negatives.

    The same as one minus the coefficient, without the cancellation near perfect overlap. ``weight`` multiplies what
    an element adds to the sums.
    """
    axes = summed_axes(axis, y_pred.ndim)
    inside, outside = y_true, 1 - y_true
    if weight is not None:
        inside, outside = weight * inside, weight * outside
    errors = xp.sum(alpha * outside * y_pred + beta * inside * (1 - y_pred), axis=axes, keepdims=True)
    agreement = shared * xp.sum(inside * y_pred, axis=axes, keepdims=True) + smooth
    whole = agreement + errors
    value = xp.safe_divide(errors, whole)

    def derivative() -> Array:
        slope = alpha * outside - beta * inside
        return xp.safe_divide(slope * xp.safe_divide(agreement, whole) - value * shared * inside, whole)

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


@loss(kind="samplewise", masks_elements=True, y_true=TARGET, y_pred=PREDICTION)
def generalized_dice(
    xp: Namespace, y_true: Array, y_pred: Array, *, axis: Axis = None, class_axis: int = -1, smooth: Any = 1e-7
) -> Any:
    r"""The Dice loss of several classes at once, each weighed by the inverse square of its true size.

    ``class_axis`` is the axis of the classes, ``axis`` names the axes of a region; None: all but the batch. Weights are
    relative to that of the smallest class that is there, so that ``smooth`` counts pixels of it. A class without any
    true pixel weighs as much as the smallest: predicted pixels of it are errors. Without any true pixel at all every
    class weighs 1, and the loss is 0 where nothing is predicted either.

    Formula: \ell = 1 - \frac{2 \sum_c w_c \sum y_c \hat y_c + s}{\sum_c w_c \sum (y_c + \hat y_c) + s}, \quad
        w_c = \left( \min_{k:\, v_k > 0} v_k / v_c \right)^2, \; v_c = \sum y_c, \quad w_c = 1 \text{ where } v_c = 0
    Derivative: \partial \ell / \partial \hat y_c = w_c
        \frac{1 - \ell - 2 y_c}{\sum_k w_k \sum (y_k + \hat y_k) + s}
    Kinks: 0 for empty regions with smooth = 0; the weight of a class jumps where its last true pixel vanishes
    Also known as: GDL; monai.losses.GeneralizedDiceLoss without a background class of its own
    Reference: Sudre, Li, Vercauteren, Ourselin and Cardoso, Generalised Dice overlap as a deep learning loss function
        for highly unbalanced segmentations, 2017
    """
    classes = class_axis % y_pred.ndim
    region = tuple(a for a in summed_axes(axis, y_pred.ndim) if a != classes)
    size = xp.sum(y_true, axis=region, keepdims=True) if region else y_true
    absent = size <= 0
    smallest = xp.min(xp.where(absent, xp.zeros_like(size) + math.inf, size), axis=classes, keepdims=True)
    ratio = xp.where(absent, xp.ones_like(size), smallest / xp.where(absent, xp.ones_like(size), size))
    return overlap_loss(xp, y_true, y_pred, (*region, classes), smooth, 2, 1, 1, ratio * ratio)


class Rows:
    """Regions as the last axis of arrays, for what goes through the elements of each in order."""

    def __init__(self, xp: Namespace, like: Array, kept: tuple[int, ...], region: tuple[int, ...]) -> None:
        self.xp, self.kept, self.order = xp, len(kept), kept + region
        self.shape = tuple(like.shape[a] for a in self.order)

    def of(self, x: Array) -> Array:
        """``x`` with the axes of the region as one, last."""
        size = math.prod(self.shape[self.kept :])
        return self.xp.reshape(self.xp.permute_dims(x, self.order), (*self.shape[: self.kept], size))

    def back(self, rows: Array) -> Array:
        """The inverse of :meth:`of`."""
        places = tuple(self.order.index(a) for a in range(len(self.order)))
        return self.xp.permute_dims(self.xp.reshape(rows, self.shape), places)


def lovasz_extension(xp: Namespace, labels: Array, errors: Array) -> tuple[Array, Callable[[], Array]]:
    """The convex extension of the Jaccard loss of rows of errors, and its derivative for them."""
    falling = xp.argsort(errors, axis=-1, descending=True)
    growth = jaccard_growth(xp, xp.take_along_axis(labels, falling, axis=-1))
    value = xp.sum(xp.take_along_axis(errors, falling, axis=-1) * growth, axis=-1)
    return value, lambda: xp.take_along_axis(growth, xp.argsort(falling, axis=-1), axis=-1)


@loss(kind="samplewise", masks_elements=True, y_true=REGION, y_pred=SCORE)
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
    region = summed_axes(axis, y_pred.ndim)
    rows = Rows(xp, y_pred, tuple(a for a in range(y_pred.ndim) if a not in region), region)
    labels = rows.of(y_true)
    signs = 2 * labels - 1
    missing = 1 - signs * rows.of(y_pred)
    value, growth = lovasz_extension(xp, labels, xp.relu(missing))
    return value, lambda: rows.back(-signs * xp.step(missing) * growth())


@loss(kind="samplewise", masks_elements=True, y_true=REGION, y_pred=PREDICTION)
def lovasz_softmax(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    axis: Axis = None,
    class_axis: int = -1,
    only_present: bool = True,
) -> Any:
    r"""The errors of all pixels, each weighted by what its mistake adds to the Jaccard loss of its class.

    The convex extension of the Jaccard loss of several classes, from probabilities (after softmax) and one-hot targets
    along ``class_axis``; the mean over the classes that have a true pixel, or over all with ``only_present=False``
    (of an absent class the largest error alone counts). ``axis`` names the axes of a region; None: all but the batch,
    each image by itself. All axes, ``axis=(0, 1, 2)``, make one region of the whole batch, as in the paper's training.

    Formula: \ell = \frac{1}{|C|} \sum_{c \in C} \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\})
        - J(\{\pi_1 \dots \pi_{k-1}\})), \quad e = |\hat y_c - y_c| \text{ in falling order } \pi, \quad
        J(S) = |S| / |S \cup \{y_c = 1\}|
    Derivative: \partial \ell / \partial \hat y_{c, \pi_k} = \frac{1}{|C|} \operatorname{sign}(\hat y_c - y_c) \,
        (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\}))
    Kinks: 0 where there is no error; equal errors take their places in the order of the pixels
    Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018
    """
    classes = class_axis % y_pred.ndim
    region = tuple(a for a in summed_axes(axis, y_pred.ndim) if a != classes)
    kept = tuple(a for a in range(y_pred.ndim) if a not in region and a != classes)
    rows = Rows(xp, y_pred, (*kept, classes), region)
    labels = rows.of(y_true)
    gap = rows.of(y_pred) - labels
    values, growth = lovasz_extension(xp, labels, xp.abs(gap))
    counted = xp.ones_like(values)
    if only_present:
        counted = xp.astype(xp.sum(labels, axis=-1) != 0, values.dtype)  # NaN is present: it shows
    share = xp.safe_divide(counted, xp.sum(counted, axis=-1, keepdims=True))
    value = xp.sum(share * values, axis=-1)
    return value, lambda: rows.back(xp.expand_dims(share, axis=-1) * xp.sign(gap) * growth())


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
