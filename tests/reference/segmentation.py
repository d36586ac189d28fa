"""Overlap losses of masks, from probabilities, and the Lovász hinge, from logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .arrays import number, per_block, relu, total

Axis = int | Sequence[int] | None


def counts(y: list[Any], p: list[Any]) -> tuple[Any, Any, Any]:
    """Soft true positives, false positives and false negatives."""
    pairs = list(zip(y, p, strict=True))
    return total(a * b for a, b in pairs), total((1 - a) * b for a, b in pairs), total(a * (1 - b) for a, b in pairs)


def dice(y_true: Any, y_pred: Any, *, axis: Axis = None, smooth: Any = 1e-7) -> Any:
    """1 - (2 tp + s) / (sum y + sum p + s); ``axis`` None sums over all axes but the first."""

    def value(y: list[Any], p: list[Any]) -> Any:
        true_positives, false_positives, false_negatives = counts(y, p)
        numerator = 2 * true_positives + number(smooth)
        return 1 - numerator / (numerator + false_positives + false_negatives)

    return per_block(value, y_true, y_pred, axis=axis)


def jaccard(y_true: Any, y_pred: Any, *, axis: Axis = None, smooth: Any = 1e-7) -> Any:
    """1 - (tp + s) / (sum y + sum p - tp + s): the product form of the intersection, for soft masks too."""
    return tversky(y_true, y_pred, axis=axis, smooth=smooth, alpha=1, beta=1)


def tversky(
    y_true: Any, y_pred: Any, *, axis: Axis = None, smooth: Any = 1e-7, alpha: Any = 0.5, beta: Any = 0.5
) -> Any:
    """1 - (tp + s) / (tp + alpha fp + beta fn + s); at alpha = beta = 1/2 the Dice loss with smooth 2 s."""

    def value(y: list[Any], p: list[Any]) -> Any:
        true_positives, false_positives, false_negatives = counts(y, p)
        numerator = true_positives + number(smooth)
        return 1 - numerator / (numerator + number(alpha) * false_positives + number(beta) * false_negatives)

    return per_block(value, y_true, y_pred, axis=axis)


def focal_tversky(
    y_true: Any,
    y_pred: Any,
    *,
    axis: Axis = None,
    smooth: Any = 1e-7,
    alpha: Any = 0.5,
    beta: Any = 0.5,
    gamma: Any = 0.75,
) -> Any:
    """The Tversky loss to the power gamma (Abraham & Khan 2019 write 1 / gamma)."""

    def value(y: list[Any], p: list[Any]) -> Any:
        return tversky([y], [p], axis=1, smooth=smooth, alpha=alpha, beta=beta)[0] ** number(gamma)

    return per_block(value, y_true, y_pred, axis=axis)


def lovasz_hinge(y_true: Any, y_pred: Any, *, axis: Axis = None) -> Any:
    """Berman et al. 2018, per region: the Lovász extension of the Jaccard loss of mistakes; ``axis`` as for Dice.

    With the hinge errors sorted in falling order, every error counts by how much the Jaccard loss of the set of
    mistakes grows when its pixel joins the set. No foreground at all: the largest error alone counts.
    """

    def jaccard_loss(labels: list[Any], mistakes: list[int]) -> Any:
        foreground = {i for i, y in enumerate(labels) if y == 1}
        union = foreground | set(mistakes)
        return number(len(mistakes)) / len(union) if union else number(0)

    def value(labels: list[Any], logits: list[Any]) -> Any:
        errors = [relu(1 - (2 * y - 1) * z) for y, z in zip(labels, logits, strict=True)]
        order = sorted(range(len(errors)), key=lambda i: errors[i], reverse=True)
        return total(
            errors[pixel] * (jaccard_loss(labels, order[: k + 1]) - jaccard_loss(labels, order[:k]))
            for k, pixel in enumerate(order)
        )

    return per_block(value, y_true, y_pred, axis=axis)
