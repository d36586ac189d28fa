"""Hinge and other margin losses of scores."""

from __future__ import annotations

from typing import Any

from .arrays import elementwise, mp, number, one_hot, per_row, relu, softplus, times, total, weights_per_class


def hinge(y_true: Any, y_pred: Any) -> Any:
    """max(0, 1 - y f), y in {-1, 1}."""
    return elementwise(lambda y, score: relu(1 - y * score), y_true, y_pred)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(0, 1 - y f)^2, y in {-1, 1}."""
    return elementwise(lambda y, score: relu(1 - y * score) ** 2, y_true, y_pred)


def soft_margin(y_true: Any, y_pred: Any) -> Any:
    """log(1 + exp(-y f)), y in {-1, 1}."""
    return elementwise(lambda y, score: softplus(-y * score), y_true, y_pred)


def categorical_hinge(y_true: Any, y_pred: Any, *, axis: int = -1) -> Any:
    """max(0, 1 + max_c (1 - y_c) z_c - sum_c y_c z_c), as Keras: the true class takes part in the maximum with 0.

    So it differs from the Crammer–Singer hinge where all wrong scores are negative: z = (-1, -4, -5), class 0 gives 2.
    """

    def value(target: list[Any], scores: list[Any]) -> Any:
        right = total(y * z for y, z in zip(target, scores, strict=True))
        wrong = max((1 - y) * z for y, z in zip(target, scores, strict=True))
        return relu(1 + wrong - right)

    return per_row(value, y_true, y_pred, axis=axis)


def multi_margin(
    y_true: Any, y_pred: Any, *, p: int = 1, margin: Any = 1.0, class_weight: Any = None, axis: int = -1
) -> Any:
    """w_y / C times the sum over wrong classes j of max(0, margin - z_y + z_j)^p; w outside the power."""

    def value(target: Any, scores: list[Any]) -> Any:
        label = one_hot(target, len(scores)).index(1)
        violations = [relu(number(margin) - scores[label] + z) ** p for j, z in enumerate(scores) if j != label]
        return weights_per_class(class_weight, len(scores))[label] * total(violations) / len(scores)

    return per_row(value, y_true, y_pred, axis=axis)


def multilabel_margin(y_true: Any, y_pred: Any, *, axis: int = -1) -> Any:
    """1 / C times the sum over positives j and negatives i of max(0, 1 - (z_j - z_i)); without a pair 0."""

    def value(target: list[Any], scores: list[Any]) -> Any:
        positives = [z for y, z in zip(target, scores, strict=True) if y == 1]
        negatives = [z for y, z in zip(target, scores, strict=True) if y == 0]
        return total(relu(1 - (j - i)) for j in positives for i in negatives) / len(scores)

    return per_row(value, y_true, y_pred, axis=axis)


def multilabel_soft_margin(y_true: Any, y_pred: Any, *, axis: int = -1) -> Any:
    """Mean over classes of the binary cross-entropy with logits."""

    def value(target: list[Any], logits: list[Any]) -> Any:
        costs = [times(y, softplus(-z)) + times(1 - y, softplus(z)) for y, z in zip(target, logits, strict=True)]
        return total(costs) / len(logits)

    return per_row(value, y_true, y_pred, axis=axis)


def hinge_embedding(y_true: Any, y_pred: Any, *, margin: Any = 1.0) -> Any:
    """The distance d itself at y = 1, max(0, margin - d) at y = -1."""

    def value(y: Any, distance: Any) -> Any:
        return distance if y == 1 else relu(number(margin) - distance)

    return elementwise(value, y_true, y_pred)


def margin_ranking(y_true: Any, x1: Any, x2: Any, *, margin: Any = 0.0) -> Any:
    """max(0, margin - y (x1 - x2)): y = 1 wants x1 the larger, y = -1 the smaller."""
    return elementwise(lambda y, first, second: relu(number(margin) - y * (first - second)), y_true, x1, x2)


def contrastive(y_true: Any, distance: Any, *, margin: Any = 1.0) -> Any:
    """y d^2 + (1 - y) max(0, margin - d)^2: y = 1 marks a matching pair; no factor 1/2."""

    def value(y: Any, d: Any) -> Any:
        return y * d**2 + (mp.one - y) * relu(number(margin) - d) ** 2

    return elementwise(value, y_true, distance)


def crammer_singer_hinge(y_true: Any, y_pred: Any, *, margin: Any = 1.0, axis: int = -1) -> Any:
    """max(0, margin + max_{j != y} z_j - z_y): only the largest wrong score counts; 0 where there is no other class."""

    def value(target: Any, scores: list[Any]) -> Any:
        label = one_hot(target, len(scores)).index(1)
        return max([relu(number(margin) - scores[label] + z) for j, z in enumerate(scores) if j != label] or [mp.zero])

    return per_row(value, y_true, y_pred, axis=axis)


def weston_watkins_hinge(y_true: Any, y_pred: Any, *, margin: Any = 1.0, axis: int = -1) -> Any:
    """The sum over wrong classes j of max(0, margin + z_j - z_y), not divided by the number of classes."""

    def value(target: Any, scores: list[Any]) -> Any:
        label = one_hot(target, len(scores)).index(1)
        return total(relu(number(margin) - scores[label] + z) for j, z in enumerate(scores) if j != label)

    return per_row(value, y_true, y_pred, axis=axis)
