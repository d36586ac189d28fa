"""Overlap losses of masks, from probabilities, and the Lovász hinge, from logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .arrays import Array, build, indices, mp, number, per_block, relu, total

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

    def value(labels: list[Any], logits: list[Any]) -> Any:
        return lovasz_extension(labels, [relu(1 - (2 * y - 1) * z) for y, z in zip(labels, logits, strict=True)])

    return per_block(value, y_true, y_pred, axis=axis)


def lovasz_extension(labels: list[Any], errors: list[Any]) -> Any:
    """Every error, from the largest on, times the growth of the Jaccard loss when its pixel joins the mistakes."""

    def jaccard_loss(mistakes: list[int]) -> Any:
        foreground = {i for i, y in enumerate(labels) if y == 1}
        union = foreground | set(mistakes)
        return number(len(mistakes)) / len(union) if union else number(0)

    order = sorted(range(len(errors)), key=lambda i: errors[i], reverse=True)
    return total(
        errors[pixel] * (jaccard_loss(order[: k + 1]) - jaccard_loss(order[:k])) for k, pixel in enumerate(order)
    )


def per_image(function: Any, y_true: Any, y_pred: Any, axis: Axis, class_axis: int) -> Any:
    """Apply a function of the classes' regions: a list of (labels, predictions), one pair per class."""
    truth, predicted = Array(y_true), Array(y_pred)
    shape = predicted.shape
    along = class_axis % len(shape)
    axes = range(1, len(shape)) if axis is None else [axis] if isinstance(axis, int) else axis
    summed = {along, *(a % len(shape) for a in axes)}
    kept = [a for a in range(len(shape)) if a not in summed]

    def regions(index: tuple[int, ...]) -> list[Any]:
        pixels = [i for i in indices(shape) if tuple(i[a] for a in kept) == index]
        of_class = [[i for i in pixels if i[along] == c] for c in range(shape[along])]
        return [([truth[i] for i in part], [predicted[i] for i in part]) for part in of_class]

    return build([shape[a] for a in kept], lambda index: function(regions(index)))


def generalized_dice(y_true: Any, y_pred: Any, *, axis: Axis = None, class_axis: int = -1, smooth: Any = 1e-7) -> Any:
    """Sudre et al. 2017 with weights 1 / volume^2 times the square of the smallest volume that is not 0.

    A class of volume 0 has the largest weight (as in MONAI), 1; so have all classes if none has any volume.
    """

    def value(regions: list[Any]) -> Any:
        volumes = [total(y) for y, _ in regions]
        smallest = min((v for v in volumes if v), default=mp.one)
        weights = [(smallest / v) ** 2 if v else mp.one for v in volumes]
        overlap = total(
            w * total(a * b for a, b in zip(y, p, strict=True)) for w, (y, p) in zip(weights, regions, strict=True)
        )
        sizes = total(w * (total(y) + total(p)) for w, (y, p) in zip(weights, regions, strict=True))
        below = sizes + number(smooth)
        return 1 - (2 * overlap + number(smooth)) / below if below else mp.zero

    return per_image(value, y_true, y_pred, axis, class_axis)


def lovasz_softmax(
    y_true: Any, y_pred: Any, *, axis: Axis = None, class_axis: int = -1, only_present: bool = True
) -> Any:
    """Berman et al. 2018, classes='present' (or 'all'), per image; no class at all: 0."""

    def value(regions: list[Any]) -> Any:
        counted = [(y, p) for y, p in regions if any(y) or not only_present]
        losses = [lovasz_extension(y, [abs(b - a) for a, b in zip(y, p, strict=True)]) for y, p in counted]
        return total(losses) / len(losses) if losses else mp.zero

    return per_image(value, y_true, y_pred, axis, class_axis)
