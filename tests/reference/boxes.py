"""Losses of boxes (x1, y1, x2, y2) along the last axis, as torchvision; a box with x2 <= x1 or y2 <= y1 is empty."""

from __future__ import annotations

from typing import Any

from .arrays import mp, number, per_row, relu

Box = list[Any]


def area(box: Box) -> Any:
    """Width times height, neither below 0."""
    return relu(box[2] - box[0]) * relu(box[3] - box[1])


def parts(true: Box, predicted: Box) -> tuple[Any, Any, Box]:
    """The areas of the intersection and the union, and the smallest box around both."""
    inner = [f(a, b) for f, a, b in zip((max, max, min, min), true, predicted, strict=True)]
    outer = [f(a, b) for f, a, b in zip((min, min, max, max), true, predicted, strict=True)]
    return area(inner), area(true) + area(predicted) - area(inner), outer


def giou(y_true: Any, y_pred: Any, *, epsilon: Any = 1e-7) -> Any:
    """1 - I / (U + eps) + (C - U) / (C + eps)."""

    def value(true: Box, predicted: Box) -> Any:
        intersection, union, outer = parts(true, predicted)
        e = number(epsilon)
        return mp.one - intersection / (union + e) + (area(outer) - union) / (area(outer) + e)

    return per_row(value, y_true, y_pred)


def diou(y_true: Any, y_pred: Any, *, epsilon: Any = 1e-7) -> Any:
    """1 - I / (U + eps) + squared distance of the centres / (squared diagonal of the enclosing box + eps)."""

    def value(true: Box, predicted: Box) -> Any:
        intersection, union, outer = parts(true, predicted)
        e = number(epsilon)
        centres = sum(((predicted[k] + predicted[k + 2]) / 2 - (true[k] + true[k + 2]) / 2) ** 2 for k in (0, 1))
        diagonal = relu(outer[2] - outer[0]) ** 2 + relu(outer[3] - outer[1]) ** 2
        return mp.one - intersection / (union + e) + centres / (diagonal + e)

    return per_row(value, y_true, y_pred)


def ciou(y_true: Any, y_pred: Any, *, epsilon: Any = 1e-7) -> Any:
    """The distance loss plus v^2 / (1 - IoU + v + eps); an angle is atan2(width, height), 0 where both are 0."""

    def angle(box: Box) -> Any:
        width, height = relu(box[2] - box[0]), relu(box[3] - box[1])
        return mp.atan2(width, height) if width or height else mp.zero

    def value(true: Box, predicted: Box) -> Any:
        intersection, union, _ = parts(true, predicted)
        e = number(epsilon)
        v = 4 / mp.pi**2 * (angle(true) - angle(predicted)) ** 2
        (distance,) = diou([true], [predicted], epsilon=epsilon)
        return distance + (v**2 / (1 - intersection / (union + e) + v + e) if v else mp.zero)

    return per_row(value, y_true, y_pred)
