"""Losses as objectives of gradient boosting: gradient and diagonal Hessian for LightGBM, XGBoost and CatBoost.

The gradient is the definition's closed form; the Hessian is its exact derivative, by dual numbers. Of a loss without a
closed form both are exact derivatives of the value. No booster is imported: each calls the objective with what it has.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .composition import Combination
from .domains import LOGITS, SCORES
from .dual import Dual, bend_of, namespace, slope_of, value_of
from .evaluation import prepare, ready
from .gradient import value_and_grad
from .loss import Loss
from .namespace import Array

#: The most Newton steps towards the best constant scores.
STEPS = 100
#: Constant scores are not looked for beyond: with one class only, the best logit is infinite.
FARTHEST = 2.0**20


class Objective:
    """A loss of raw scores, as boosters want it. Made by :func:`objective`."""

    def __init__(self, loss: Loss | Combination, curvature: str, parameters: dict[str, Any]) -> None:
        self.loss = loss
        self.curvature = curvature
        self.parameters = parameters
        self.name = self.__name__ = loss.name
        #: The losses that are added up: each with its weight and its parameters.
        self.terms = [
            (term.weight, term.loss, {n: x for n, x in term.keywords.items() if n != "reduction"})
            for term in Combination(loss._terms()).calls(parameters)
        ]
        self.multiclass = self.terms[0][1].kind == "samplewise"

    def gradient_and_hessian(self, y_true: Any, score: Any, sample_weight: Any = None) -> tuple[Array, Array]:
        """First and second derivative of the loss of each sample with respect to its own score(s).

        ``score`` has shape (samples,), or (samples, classes) for a loss over a class axis; so have the results. The
        Hessian is its diagonal, exact, and made usable for a Newton step as ``curvature`` says.
        """
        y_true, score = np.asarray(y_true), np.asarray(score, dtype=np.float64)
        gradient, hessian = np.zeros_like(score), np.zeros_like(score)
        for factor, loss, parameters in self.terms:
            of_term = self._exact(loss, parameters, y_true, score)
            gradient, hessian = gradient + factor * of_term[0], hessian + factor * of_term[1]
        if self.curvature == "positive":
            hessian = np.where(hessian == 0, 1.0, np.maximum(np.abs(hessian), 1e-6))
        if sample_weight is not None:
            weight = np.asarray(sample_weight).reshape((-1,) + (1,) * (score.ndim - 1))
            gradient, hessian = gradient * weight, hessian * weight
        return gradient, hessian

    def _exact(self, loss: Loss, parameters: dict[str, Any], y_true: Array, score: Array) -> tuple[Array, Array]:
        """First and second derivative of one loss."""
        call = prepare(loss, (y_true, score), "none", None, None, None, dict(parameters))
        target, prediction = ready(call, call.arrays, None)
        gradient, hessian = np.empty_like(score), np.empty_like(score)
        # A diagonal takes one direction per class; entries of an elementwise loss do not meet and share one.
        directions = np.eye(score.shape[1]) if self.multiclass else [1.0]
        for c, direction in enumerate(directions):
            at = (slice(None), c) if self.multiclass else ...
            moved = Dual(prediction, direction)
            _, thunk = loss.value_and_derivative(namespace, [target, moved], call.parameters)
            if thunk is None:
                moved = Dual(prediction, direction, 0.0)
                value, _ = loss.value_and_derivative(namespace, [target, moved], call.parameters)
                gradient[at], hessian[at] = slope_of(value), bend_of(value)
                continue
            derivative = thunk()
            gradient[at] = np.broadcast_to(value_of(derivative), score.shape)[at]
            hessian[at] = np.broadcast_to(slope_of(derivative), score.shape)[at]
        return gradient, hessian

    def __call__(self, first: Any, second: Any, weight: Any = None) -> tuple[Array, Array]:
        """``(y_true, score)`` as scikit-learn's wrappers of LightGBM and XGBoost call it, or ``(score, data)``.

        ``data`` is the ``Dataset`` or ``DMatrix`` of the native interfaces: anything with ``get_label``.
        """
        if hasattr(second, "get_label"):
            score, y_true = first, second.get_label()
            given = second.get_weight() if hasattr(second, "get_weight") else None
            weight = None if given is None or not len(given) else given
        else:
            y_true, score = first, second
        if self.multiclass and np.ndim(score) == 1:
            # LightGBM hands scores over flat, class after class.
            shaped = np.reshape(score, (len(y_true), -1), order="F")
            gradient, hessian = self.gradient_and_hessian(self._labels(y_true), shaped, weight)
            return gradient.ravel(order="F"), hessian.ravel(order="F")
        return self.gradient_and_hessian(self._labels(y_true), score, weight)

    def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> list[tuple[float, float]]:
        """CatBoost's interface: derivatives of what is maximised, so with the sign turned; CatBoost multiplies
        weights in where they are given here."""
        gradient, hessian = self.gradient_and_hessian(np.array(targets), np.array(approxes), weights)
        return list(zip((-gradient).tolist(), (-hessian).tolist(), strict=True))

    def _labels(self, y_true: Any) -> Array:
        if any(domain.indices for _, loss, _ in self.terms for domain in loss.domains.values()):
            return np.asarray(y_true).astype(np.int64)
        return np.asarray(y_true)

    def initial_score(self, y_true: Any, sample_weight: Any = None, classes: int | None = None) -> Any:
        """The constant score of least loss: a number, or one per class. Boosters start from it."""
        y_true = self._labels(y_true)
        if self.multiclass:
            count = classes or (int(y_true.max()) + 1 if y_true.ndim == 1 else y_true.shape[1])
            return self._best_scores(y_true, sample_weight, count)

        def slope(score: float) -> float:
            return float(self.gradient_and_hessian(y_true, np.full(y_true.shape, score), sample_weight)[0].sum())

        low, high = -1.0, 1.0
        while slope(high) < 0 and high < FARTHEST:
            low, high = high, 2 * high
        while slope(low) > 0 and low > -FARTHEST:
            low, high = 2 * low if low < 0 else -1.0, low
        while (middle := (low + high) / 2) not in (low, high):
            low, high = (middle, high) if slope(middle) < 0 else (low, middle)
        return high

    def _best_scores(self, y_true: Array, sample_weight: Any, classes: int) -> Array:
        """Newton's method with the diagonal of the Hessian, halving steps that do not help."""
        total = value_and_grad(self.loss)

        def at(score: Array) -> tuple[float, Array]:
            scores = np.broadcast_to(score, (len(y_true), classes))
            value, gradient = total(y_true, scores, sample_weight=sample_weight, reduction="sum", **self.parameters)
            return float(value), np.sum(gradient, axis=0)

        score = np.zeros(classes)
        value, slope = at(score)
        for _ in range(STEPS):
            scores = np.broadcast_to(score, (len(y_true), classes))
            step = -slope / self.gradient_and_hessian(y_true, scores, sample_weight)[1].sum(axis=0)
            while np.max(np.abs(step)) > 1e-12:
                lower, new_slope = at(score + step)
                if lower < value:
                    break
                step = step / 2
            else:
                break
            score, value, slope = score + step, lower, new_slope
        return score

    def _scores_are_logits(self) -> bool:
        return any(domain in (SCORES, LOGITS) for _, loss, _ in self.terms for domain in loss.domains.values())

    def link(self, score: Any) -> Array:
        """From raw scores to predictions: sigmoid, softmax, exp or identity, as the loss reads its scores."""
        score = np.asarray(score, dtype=np.float64)
        if self._scores_are_logits():
            return namespace.softmax(score, -1) if self.multiclass else namespace.sigmoid(score)
        of_logarithm = any(own.get("log_input", loss.parameters.get("log_input")) for _, loss, own in self.terms)
        return np.exp(score) if of_logarithm else score

    def metric(self, first: Any, second: Any) -> tuple[str, float]:
        """The mean loss, as an evaluation function with the arguments of a call."""
        score, y_true = (first, second.get_label()) if hasattr(second, "get_label") else (second, first)
        if self.multiclass and np.ndim(score) == 1:
            score = np.reshape(score, (len(y_true), -1), order="F")
        value = self.loss(self._labels(y_true), np.asarray(score, dtype=np.float64), **self.parameters)
        return self.name, float(value)


def objective(loss: Loss | Combination, *, curvature: str = "positive", **parameters: Any) -> Objective:
    """The loss as a custom objective of LightGBM, XGBoost or CatBoost.

    Parameters are those of the loss; a loss of scores is taken from logits, and a weighted sum of losses is one.
    ``curvature="exact"`` leaves the second derivative as it is; ``"positive"`` (boosters divide by it) replaces 0 by 1,
    as LightGBM does for absolute, quantile and Huber losses, and a negative one, of a loss that is not convex such as
    the focal loss, by its size.
    """
    if not isinstance(loss, Loss | Combination):
        raise TypeError(f"objective takes a loss of unilosses, such as unilosses.huber, but was given {loss!r}.")
    if curvature not in ("positive", "exact"):
        raise ValueError(f"curvature={curvature!r} is unknown; wanted 'positive' or 'exact'.")
    kinds = {term.loss.kind for term in loss._terms()}
    if "coupled" in kinds or len(kinds) > 1 or loss.inputs != ("y_true", "y_pred"):
        raise ValueError(
            f"{loss.name} is no sum over samples of (y_true, y_pred), which boosters need. "
            "Wanted: elementwise losses, or such over a class axis."
        )
    if "from_logits" in loss.parameters:
        parameters.setdefault("from_logits", True)
    return Objective(loss, curvature, parameters)


__all__ = ["Objective", "objective"]
