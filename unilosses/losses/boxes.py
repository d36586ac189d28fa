"""Bounding boxes: how well a predicted box (x1, y1, x2, y2) covers the true one. Boxes lie along the last axis.

A box with x2 <= x1 or y2 <= y1 is empty. ``epsilon`` is added to the areas (and the squared diagonal) that are divided
by, as in torchvision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..domains import BOX
from ..loss import loss
from ..namespace import Array, Namespace


class Overlap(NamedTuple):
    """Two boxes in units of ``scale``, a constant that keeps squares within the dtype; values keep their last axis."""

    scale: Array
    epsilon: Array
    iou: Array
    union: Array
    true: Array
    predicted: Array
    enclosing: Array
    offset: Array
    pull: Callable[[Any, Any, Any, Any, Any], Array]


def larger(xp: Namespace, a: Array, b: Array) -> tuple[Array, Array]:
    """The larger number, and the share of ``a`` in it: one half where the two are equal."""
    half = 0.5 * xp.ones_like(a)
    share = xp.where(a > b, 2 * half, xp.where(a < b, 0 * half, half))
    return xp.where(a > b, a, xp.where(a < b, b, 0.5 * (a + b))), share


def product(x: Array) -> Array:
    """Width times height."""
    return x[..., :1] * x[..., 1:]


def overlap(xp: Namespace, y_true: Array, y_pred: Array, epsilon: Any) -> Overlap:
    """What the losses of boxes share. ``pull(d_iou, d_union, d_size, d_enclosing, d_offset)`` is the way back."""
    low, high = y_pred[..., :2], y_pred[..., 2:]
    true_low, true_high = y_true[..., :2], y_true[..., 2:]
    inner_low, low_share = larger(xp, low, true_low)
    inner_high, high_share = larger(xp, -high, -true_high)
    inner_high = -inner_high
    outer_low, outer_low_share = larger(xp, -low, -true_low)
    outer_high, outer_high_share = larger(xp, high, true_high)
    offset = 0.5 * ((low - true_low) + (high - true_high))
    span = outer_high + outer_low
    scale = xp.max(xp.relu(span), axis=-1, keepdims=True)
    scale = larger(xp, scale, xp.max(xp.abs(offset), axis=-1, keepdims=True))[0]
    scale = xp.stop_gradient(larger(xp, scale, xp.ones_like(scale))[0])
    predicted, true = xp.relu(high - low) / scale, xp.relu(true_high - true_low) / scale
    inner, enclosing, offset = xp.relu(inner_high - inner_low) / scale, xp.relu(span) / scale, offset / scale
    shared = product(inner)
    union = product(predicted) + product(true) - shared
    little = epsilon / scale / scale
    iou = xp.safe_divide(shared, union + little)

    def pull(d_iou: Any, d_union: Any, d_size: Any, d_enclosing: Any, d_offset: Any) -> Array:
        of_union = d_union - xp.safe_divide(d_iou * iou, union + little)
        of_shared = xp.safe_divide(d_iou * xp.ones_like(iou), union + little) - of_union
        of_inner = of_shared * xp.flip(inner, axis=-1) * xp.step(inner_high - inner_low)
        of_size = (of_union * xp.flip(predicted, axis=-1) + d_size) * xp.step(high - low)
        of_span = d_enclosing * xp.step(span)
        of_low = 0.5 * d_offset - of_inner * low_share - of_size - of_span * outer_low_share
        of_high = 0.5 * d_offset + of_inner * high_share + of_size + of_span * outer_high_share
        return xp.concat([of_low / scale, of_high / scale], axis=-1)

    return Overlap(scale, little, iou, union, true, predicted, enclosing, offset, pull)


@loss(kind="samplewise", y_true=BOX, y_pred=BOX)
def giou(xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 1e-7) -> Any:
    r"""One minus the overlap of two boxes, plus the share of their smallest enclosing box that neither covers.

    Boxes that do not touch still attract each other; the loss is between 0 and 2.

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{C - U}{C + \epsilon},
        \quad I, U, C \text{ the areas of intersection, union and enclosing box}
    Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
        + \frac{(U + \epsilon)\, \partial C}{(C + \epsilon)^2} - \frac{\partial U}{C + \epsilon}, \text{ along the
        edges of the predicted box}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
    Also known as: generalized IoU, torchvision.ops.generalized_box_iou_loss
    Reference: Rezatofighi et al., Generalized Intersection over Union, CVPR, 2019
    """
    boxes = overlap(xp, y_true, y_pred, epsilon)
    area = product(boxes.enclosing)
    whole = area + boxes.epsilon
    free = xp.safe_divide(area - boxes.union, whole)

    def derivative() -> Array:
        one = xp.ones_like(whole)
        of_area = xp.safe_divide(one - free, whole)
        return boxes.pull(-1, -xp.safe_divide(one, whole), 0, of_area * xp.flip(boxes.enclosing, axis=-1), 0)

    return xp.squeeze(1 - boxes.iou + free, axis=-1), derivative


def distance_term(xp: Namespace, boxes: Overlap) -> tuple[Array, Callable[[], tuple[Array, Array]]]:
    """The squared distance of the centres over the squared diagonal of the enclosing box; its derivative for the
    size of the latter and for the offset."""
    diagonal = xp.sum(boxes.enclosing * boxes.enclosing, axis=-1, keepdims=True) + boxes.epsilon
    distance = xp.safe_divide(xp.sum(boxes.offset * boxes.offset, axis=-1, keepdims=True), diagonal)
    return distance, lambda: (
        -2 * boxes.enclosing * xp.safe_divide(distance, diagonal),
        2 * xp.safe_divide(boxes.offset, diagonal + xp.zeros_like(boxes.offset)),
    )


@loss(kind="samplewise", y_true=BOX, y_pred=BOX)
def diou(xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 1e-7) -> Any:
    r"""One minus the overlap of two boxes, plus the squared distance of their centres, relative to the enclosing box.

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{d^2}{c^2 + \epsilon},
        \quad d \text{ the distance of the centres and } c \text{ the diagonal of the enclosing box}
    Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
        + \frac{(c^2 + \epsilon)\, \partial d^2 - d^2\, \partial c^2}{(c^2 + \epsilon)^2}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
    Also known as: distance IoU, torchvision.ops.distance_box_iou_loss
    Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020
    """
    boxes = overlap(xp, y_true, y_pred, epsilon)
    distance, slopes = distance_term(xp, boxes)
    return xp.squeeze(1 - boxes.iou + distance, axis=-1), lambda: boxes.pull(-1, 0, 0, *slopes())


def angle(xp: Namespace, size: Array) -> tuple[Array, Callable[[], Array]]:
    """The arc tangent of width over height, and its derivative for both; 0 where both are 0."""
    width, height = size[..., :1], size[..., 1:]
    wide = width > height
    steep = xp.atan(xp.safe_divide(xp.where(wide, height, width), xp.where(wide, width, height)))
    squares = width * width + height * height
    return xp.where(wide, 0.5 * math.pi - steep, steep), lambda: xp.concat(
        [xp.safe_divide(height, squares), -xp.safe_divide(width, squares)], axis=-1
    )


@loss(kind="samplewise", y_true=BOX, y_pred=BOX)
def ciou(xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 1e-7) -> Any:
    r"""The loss of ``diou``, plus a term for the aspect ratio that grows as the boxes overlap.

    The derivative is that of the whole value; torchvision and the paper take the weight v / (1 - IoU + v) of the term
    for a constant.

    Formula: \ell = \operatorname{diou} + \frac{v^2}{1 - \text{IoU} + v + \epsilon}, \quad
        v = \frac{4}{\pi^2} \left( \arctan \frac wh - \arctan \frac{\hat w}{\hat h} \right)^2
    Derivative: \partial \ell = \partial \operatorname{diou} + \alpha (2 - \alpha)\, \partial v
        + \alpha^2\, \partial \text{IoU}, \quad \alpha = \frac{v}{1 - \text{IoU} + v + \epsilon}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area;
        the angle of a box without width and height is 0
    Also known as: complete IoU, torchvision.ops.complete_box_iou_loss
    Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020
    """
    boxes = overlap(xp, y_true, y_pred, epsilon)
    distance, slopes = distance_term(xp, boxes)
    turned, turn = angle(xp, boxes.predicted)
    difference = angle(xp, boxes.true)[0] - turned
    shape = 4 / math.pi**2 * difference * difference
    weight = xp.safe_divide(shape, 1 - boxes.iou + shape + epsilon)

    def derivative() -> Array:
        of_shape = -8 / math.pi**2 * difference * weight * (2 - weight)
        return boxes.pull(weight * weight - 1, 0, of_shape * turn(), *slopes())

    return xp.squeeze(1 - boxes.iou + distance + weight * shape, axis=-1), derivative


__all__ = ["Overlap", "angle", "ciou", "diou", "distance_term", "giou", "larger", "overlap", "product"]
