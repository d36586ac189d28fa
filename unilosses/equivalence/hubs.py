"""The formulas that native losses share: their variables, how these are drawn, and the forms they are passed in.

Every function of ``y_pred`` here is analytic and works on complex arrays, so that ``measuring.py`` can carry gradients
from a native loss's own argument back to the hub's variable by a complex step, exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from unilosses.equivalence.model import Data, Edge, Hub

BATCH, STEPS, CLASSES = 3, 2, 4


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))


def log_softmax(x: Any) -> Any:
    """Logarithm of the softmax over the last axis."""
    shifted = x - x.real.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def softmax(x: Any) -> Any:
    """Softmax over the last axis."""
    return np.exp(log_softmax(x))


def one_hot(index: Any, classes: int) -> Any:
    """Rows of the identity; an index outside the classes gives a row of zeros."""
    return (np.asarray(index)[..., None] == np.arange(classes)).astype(float)


def ramp(x: Any) -> Any:
    """max(0, x), also for a complex step."""
    return np.where(x.real > 0, x, 0 * x)


def _distribution(data: Data) -> Any:
    return data["y_soft"] if "y_soft" in data else one_hot(data["y_true"], data["y_pred"].shape[-1])


def _reals(rng: np.random.Generator) -> Data:
    return {"y_pred": 2 * rng.normal(size=(BATCH, CLASSES)), "y_true": 2 * rng.normal(size=(BATCH, CLASSES))}


def _positives(rng: np.random.Generator) -> Data:
    return {"y_pred": rng.uniform(0.2, 3, (BATCH, CLASSES)), "y_true": rng.uniform(0.2, 3, (BATCH, CLASSES))}


def _bits(rng: np.random.Generator) -> Data:
    y_true = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0]], dtype=float)
    return {"y_pred": 2 * rng.normal(size=(BATCH, CLASSES)), "y_true": y_true}


def _scores(rng: np.random.Generator) -> Data:
    return {"y_pred": 2 * rng.normal(size=(2 * BATCH, CLASSES)), "y_true": np.array([0, 3, 1, 2, 2, 0])}


def _sequences_of_scores(rng: np.random.Generator) -> Data:
    y_true = np.array([[0, 3], [1, 2], [2, 0]])
    return {"y_pred": 2 * rng.normal(size=(BATCH, STEPS, CLASSES)), "y_true": y_true}


def _distributions(rng: np.random.Generator) -> Data:
    return _scores(rng) | {"y_true": softmax(rng.normal(size=(2 * BATCH, CLASSES)))}


def _counts(rng: np.random.Generator) -> Data:
    log_rates = rng.normal(size=(BATCH, CLASSES)) - np.array([0, 0, 0, 6])
    return {"y_pred": log_rates, "y_true": rng.integers(0, 5, (BATCH, CLASSES)).astype(float)}


def _vectors(rng: np.random.Generator) -> Data:
    x, y = rng.normal(size=(2, 2 * BATCH, CLASSES))
    return {"y_pred": x, "y_true": y, "sign": np.array([1.0, -1, 1, -1, 1, 1])}


def _embeddings(rng: np.random.Generator) -> Data:
    vectors = rng.normal(size=(2 * BATCH, CLASSES))
    unit = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return {"y_pred": unit, "y_true": np.array([0, 0, 1, 1, 2, 2])}


def _triplets(rng: np.random.Generator) -> Data:
    anchor, positive, negative = rng.normal(size=(3, 2 * BATCH, CLASSES))
    return {"y_pred": anchor, "positive": positive, "negative": anchor + 0.4 * negative}


def _alignments(rng: np.random.Generator) -> Data:
    y_true, lengths = np.array([[1, 2, 0], [3, 3, 1], [2, 0, 0]]), np.array([2, 3, 1])
    return {"y_pred": rng.normal(size=(BATCH, 7, CLASSES)), "y_true": y_true, "label_length": lengths}


def _gaussian(rng: np.random.Generator) -> Data:
    return _reals(rng) | {"variance": rng.uniform(0.3, 2, (BATCH, CLASSES))}


AS_IT_IS = "as it is"
"""Marks arrays whose ``y_pred`` is passed on in the form it has: what happens to those who forget to change it."""


def _form(change: Callable[[Any], Any]) -> Callable[[Data], Any]:
    def changed(data: Data) -> Any:
        if AS_IT_IS in data:
            return data["y_pred"]
        # Log-probabilities that are not normalised are the scores shifted by a number.
        return change(data["y_pred"]) + (data.get("unnormalised", 0.0) if change is log_softmax else 0.0)

    return changed


def _same(x: Any) -> Any:
    return x


LOGITS_OR_PROBABILITIES = {"logits": _form(_same), "probabilities": _form(sigmoid)}
CLASS_SCORES = {"logits": _form(_same), "probabilities": _form(softmax), "log-probabilities": _form(log_softmax)}
BINARY_LABELS = {"0 or 1": lambda d: d["y_true"], "-1 or 1": lambda d: 2 * d["y_true"] - 1}
CLASS_LABELS = {"class indices": lambda d: d["y_true"], "one-hot or probabilities": _distribution}
RELEVANCES = {"relevances": _distribution}
"""Labels that need not sum to 1."""

PLAIN_FOCAL = {"gamma": 2.0, "alpha": None}
NAN, INF = float("nan"), float("inf")
_ONE_ZERO = np.array([[0.0]]), np.array([[1.0]])

HUBS: dict[str, Hub] = {
    "squared_error": Hub(_reals),
    "absolute_error": Hub(
        _reals,
        edges={"kink": Edge("derivative where prediction and target are equal", *_ONE_ZERO[:1] * 2, of="gradient")},
    ),
    "huber": Hub(_reals, settings=({"delta": 1.0}, {"delta": 0.5}, {"delta": 2.0})),
    "log_cosh": Hub(_reals),
    "mean_squared_logarithmic_error": Hub(_positives),
    "mean_absolute_percentage_error": Hub(_positives),
    "poisson": Hub(
        _counts,
        settings=({"full": False, "epsilon": 1e-7}, {"full": False, "epsilon": 1e-8}),
        predictions={"log rates": _form(_same), "rates": _form(np.exp)},
        neutral={"full": False},
        edges={"zero": Edge("rate 0 against a count of 1", *_ONE_ZERO, form="rates")},
    ),
    "gaussian_nll": Hub(_gaussian, settings=({"full": False, "eps": 1e-6}, {"full": True, "eps": 1e-3})),
    "binary_cross_entropy": Hub(
        _bits,
        settings=(
            {"label_smoothing": 0.0, "pos_weight": None},
            {"label_smoothing": 0.2},
            {"pos_weight": [2.0, 1.0, 3.0, 0.5]},
        ),
        predictions=LOGITS_OR_PROBABILITIES,
        labels=BINARY_LABELS,
        neutral={"label_smoothing": 0.0, "pos_weight": None, "weight": None},
        edges={
            "zero": Edge("probability 0 of a true label", *_ONE_ZERO, form="probabilities"),
            "far": Edge("logit -1000 of a true label", np.array([[-1000.0]]), np.array([[1.0]]), form="logits"),
        },
    ),
    "cross_entropy": Hub(
        _sequences_of_scores,
        level="sample",
        settings=(
            {"label_smoothing": 0.0},
            {"label_smoothing": 0.2},
            {"ignore_index": 2},
            {"class_weight": [1.0, 2.0, 0.5, 3.0]},
            {"entry_weight": [1.0, 2.0, 0.5, 3.0]},
            {"class_weight": [1.0, 2.0, 0.5, 3.0], "label_smoothing": 0.2},
            {"class_weight": [1.0, 2.0, 0.5, 3.0], "ignore_index": 2},
        ),
        predictions=CLASS_SCORES,
        labels=CLASS_LABELS | RELEVANCES,
        neutral={
            "label_smoothing": 0.0,
            "class_weight": None,
            "entry_weight": None,
            "ignore_index": None,
            "ignored_entries": None,
        },
        class_axis=True,
        edges={
            "zero": Edge(
                "probability 0 of the true class", np.array([[1.0, 0.0]]), np.array([1]), form="probabilities"
            ),
            "range": Edge("label one past the last class", np.zeros((1, 3)), np.array([3]), form="logits"),
            "ignored": Edge(
                "mean when every label is ignored",
                np.zeros((1, 3)),
                np.array([1]),
                form="logits",
                parameters={"ignore_index": 1},
            ),
            "negative": Edge("label -1 of 3 classes", np.array([[1.0, 2.0, 0.5]]), np.array([-1]), form="logits"),
        },
    ),
    "focal": Hub(
        _bits,
        settings=(
            {"gamma": 2.0, "alpha": None},
            {"gamma": 1.0, "alpha": 0.25},
            {"gamma": 2.0, "alpha": 0.25},
            {"gamma": 0.0, "alpha": 0.5},
        ),
        predictions=LOGITS_OR_PROBABILITIES,
        neutral={"label_smoothing": 0.0, "alpha": None},
        edges={
            "zero": Edge("probability 0 of a true label", *_ONE_ZERO, form="probabilities", parameters=PLAIN_FOCAL),
            "far": Edge(
                "logit -1000 of a true label",
                np.array([[-1000.0]]),
                np.array([[1.0]]),
                form="logits",
                parameters=PLAIN_FOCAL,
            ),
        },
    ),
    "categorical_focal": Hub(
        _scores,
        level="sample",
        predictions=CLASS_SCORES,
        labels=CLASS_LABELS,
        neutral={"label_smoothing": 0.0},
        class_axis=True,
    ),
    "hinge": Hub(
        _bits,
        settings=({"margin": 1.0}, {"margin": 0.0}),
        labels=BINARY_LABELS,
        edges={"kink": Edge("derivative at the margin", *_ONE_ZERO[1:] * 2, of="gradient", parameters={"margin": 1.0})},
    ),
    "squared_hinge": Hub(_bits, labels=BINARY_LABELS),
    "multiclass_hinge": Hub(
        _scores,
        level="sample",
        labels=CLASS_LABELS,
        neutral={"p": 1, "margin": 1.0, "class_weight": None},
        class_axis=True,
    ),
    "categorical_hinge": Hub(_scores, level="sample", labels=CLASS_LABELS, class_axis=True),
    "multi_margin": Hub(
        _scores,
        level="sample",
        settings=({"p": 1}, {"p": 2, "margin": 0.5}, {"class_weight": [1.0, 2.0, 0.5, 3.0]}),
        labels=CLASS_LABELS,
        neutral={"class_weight": None},
        class_axis=True,
    ),
    "margin_ranking": Hub(_bits, settings=({"margin": 0.0}, {"margin": 0.3}), labels=BINARY_LABELS),
    "multilabel_margin": Hub(_bits, level="sample"),
    "hinge_embedding": Hub(
        lambda rng: {"y_pred": rng.uniform(0.1, 2, (BATCH, CLASSES)), "y_true": _bits(rng)["y_true"]},
        labels=BINARY_LABELS,
    ),
    "multiclass_perceptron": Hub(_scores, level="sample", labels=CLASS_LABELS, class_axis=True),
    "sparsemax": Hub(_bits),
    "multiclass_sparsemax": Hub(_scores, level="sample", labels=CLASS_LABELS, class_axis=True),
    "generalized_cross_entropy": Hub(
        _scores, level="sample", predictions=CLASS_SCORES, labels=CLASS_LABELS, class_axis=True
    ),
    "poly_cross_entropy": Hub(_scores, level="sample", labels=CLASS_LABELS, class_axis=True),
    "kl_divergence": Hub(
        _distributions,
        level="sample",
        predictions=CLASS_SCORES,
        labels={"probabilities": lambda d: d["y_true"], "log-probabilities": lambda d: np.log(d["y_true"])},
        class_axis=True,
        edges={
            "zero": Edge(
                "prediction 0 where the target is 1",
                np.array([[-INF, 0.0]]),
                np.array([[1.0, 0.0]]),
                form="log-probabilities",
            ),
            "zero probability": Edge(
                "prediction 0 where the target is 1",
                np.array([[0.0, 1.0]]),
                np.array([[1.0, 0.0]]),
                form="probabilities",
            ),
        },
    ),
    "cosine": Hub(
        _vectors,
        level="sample",
        class_axis=True,
        edges={"zero": Edge("cosine of a zero vector", np.array([[0.0, 0.0]]), np.array([[1.0, 2.0]]))},
    ),
    "cosine_embedding": Hub(_vectors, level="sample", settings=({"margin": 0.0}, {"margin": 0.2})),
    "triplet_margin": Hub(
        _triplets,
        level="sample",
        settings=({"margin": 1.0, "p": 2.0}, {"margin": 0.3, "p": 2.0}, {"margin": 1.0, "p": 4.0}),
        neutral={"swap": False, "distance": None, "eps": 1e-6},
    ),
    "circle": Hub(_embeddings, level="sample"),
    "nt_xent": Hub(_embeddings, level="batch"),
    "ctc": Hub(
        _alignments,
        level="sample",
        settings=({"blank": 0},),
        predictions=CLASS_SCORES,
        neutral={"zero_infinity": False, "blank": 0},
        edges={
            "infeasible": Edge(
                "two labels in one time step (three classes, equal scores)",
                np.zeros((1, 1, 3)),
                np.array([[1, 2]]),
                form="logits",
                more={"label_length": np.array([2])},
            )
        },
    ),
    "tversky": Hub(
        _bits,
        level="batch",
        settings=({"alpha": 0.5, "beta": 0.5}, {"alpha": 0.3, "beta": 0.7}),
        predictions=LOGITS_OR_PROBABILITIES,
    ),
    "generalized_dice": Hub(_scores, level="batch", labels=CLASS_LABELS, class_axis=True),
    "label_smoothing": Hub(_scores, labels=CLASS_LABELS),
}
