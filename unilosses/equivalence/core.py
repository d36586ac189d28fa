"""The losses of unilosses themselves, described against the same hubs: what stands in for a missing native."""

from __future__ import annotations

from typing import Any

import numpy as np

from unilosses.equivalence import classification, regression
from unilosses.equivalence.model import Native

CLIPPED_AT: dict[Any, dict[str, Any]] = {classification.CLIPPED: {"epsilon": 1e-7}}
"""Conditions under which Keras equals the formula → arguments with which unilosses equals Keras without them."""

CLIPPING = ("binary_cross_entropy", "cross_entropy")
"""Hubs whose losses here have that argument."""

SCORES = {"logits": {"from_logits": True}, "probabilities": {"from_logits": False}}
CLASSES: dict = {"class indices": {}}
ROWS: dict = {"one-hot or probabilities": {}}
SIGNS: dict = {"-1 or 1": {}}
FOCAL = {"gamma": ("gamma", 2.0), "alpha": ("alpha", None), "label_smoothing": ("label_smoothing", 0.0)}
SMOOTHING = {"label_smoothing": ("label_smoothing", 0.0)}
WEIGHTED = {"class_weight": ("class_weight", None), "ignore_index": ("ignore_index", None)}


def _core(name: str, hub: str, arguments: dict[str, Any] | None = None, **rest: Any) -> Native:
    return Native(f"unilosses.{name}", hub, name, arguments or {}, **rest)


NATIVES = (
    _core("mean_squared_error", "squared_error"),
    _core("mean_absolute_error", "absolute_error"),
    _core("huber", "huber", {"delta": ("delta", 1.0)}),
    _core("smooth_l1", "huber", {"delta": ("beta", 1.0)}, scale=lambda p: 1.0 / p["delta"]),
    _core("log_cosh", "log_cosh"),
    _core("mean_squared_logarithmic_error", "mean_squared_logarithmic_error"),
    _core("mean_absolute_percentage_error", "mean_absolute_percentage_error", conditions=(regression.AWAY_FROM_ZERO,)),
    _core(
        "poisson_nll",
        "poisson",
        {"full": ("full", False), "epsilon": ("epsilon", 1e-8)},
        predictions={"log rates": {"log_input": True}, "rates": {"log_input": False}},
        convert=(
            lambda a: {"full": a["full"], "epsilon": 1e-7 if a["log_input"] else a["epsilon"]},
            lambda p: {"full": p["full"], "epsilon": p["epsilon"]},
        ),
        conditions=(regression.LARGE_RATES,),
    ),
    _core(
        "gaussian_nll",
        "gaussian_nll",
        {"full": ("full", False), "eps": ("epsilon", 1e-6)},
        call=lambda d: (d["y_true"], d["y_pred"], d["variance"]),
    ),
    _core(
        "binary_cross_entropy",
        "binary_cross_entropy",
        SMOOTHING | {"pos_weight": ("pos_weight", None)},
        predictions=SCORES,
        labels={"0 or 1": {}},
    ),
    _core("soft_margin", "binary_cross_entropy", predictions={"logits": {}}, labels=SIGNS),
    _core(
        "multilabel_soft_margin", "binary_cross_entropy", predictions={"logits": {}}, labels={"0 or 1": {}}, level="row"
    ),
    _core(
        "sparse_categorical_cross_entropy", "cross_entropy", SMOOTHING | WEIGHTED, predictions=SCORES, labels=CLASSES
    ),
    _core("categorical_cross_entropy", "cross_entropy", SMOOTHING, predictions=SCORES, labels=ROWS),
    _core("negative_log_likelihood", "cross_entropy", WEIGHTED, predictions={"log-probabilities": {}}, labels=CLASSES),
    _core("binary_focal_cross_entropy", "focal", FOCAL, predictions=SCORES),
    _core("categorical_focal_cross_entropy", "categorical_focal", FOCAL, predictions=SCORES, labels=ROWS),
    _core("hinge", "hinge", fixed={"margin": 1.0}, labels=SIGNS),
    _core("squared_hinge", "squared_hinge", labels=SIGNS),
    _core("categorical_hinge", "categorical_hinge", labels=ROWS),
    _core(
        "multi_margin",
        "multi_margin",
        {"p": ("p", 1), "margin": ("margin", 1.0), "class_weight": ("class_weight", None)},
        labels=CLASSES,
    ),
    _core("hinge_embedding", "hinge_embedding", {"margin": ("margin", 1.0)}, labels=SIGNS),
    _core("sparsemax", "multiclass_sparsemax", labels=CLASSES),
    _core(
        "generalized_cross_entropy",
        "generalized_cross_entropy",
        {"q": ("q", 0.5)},
        predictions={"probabilities": {}},
        labels=CLASSES,
    ),
    _core("poly_cross_entropy", "poly_cross_entropy", {"epsilon": ("epsilon", 2.0)}, labels=ROWS),
    _core(
        "kl_divergence",
        "kl_divergence",
        predictions={"probabilities": {"from_logits": False}, "logits": {"from_logits": True}},
        labels=regression.LOG_TARGETS,
    ),
    _core("cosine_similarity", "cosine"),
    _core(
        "cosine_embedding",
        "cosine_embedding",
        {"margin": ("margin", 0.0)},
        call=lambda d: (d["sign"], d["y_pred"], d["y_true"]),
    ),
    _core(
        "margin_ranking",
        "margin_ranking",
        {"margin": ("margin", 0.0)},
        labels=SIGNS,
        call=lambda d: (2 * d["y_true"] - 1, d["y_pred"], np.zeros(d["y_true"].shape)),
    ),
    _core(
        "triplet_margin",
        "triplet_margin",
        {"margin": ("margin", 1.0), "p": ("p", 2.0), "swap": ("swap", False), "eps": ("epsilon", 1e-6)},
        conditions=(regression.LARGE_DISTANCES,),
        call=lambda d: (d["y_pred"], d["positive"], d["negative"]),
    ),
    _core(
        "ctc",
        "ctc",
        {"blank": ("blank", 0), "zero_infinity": ("zero_infinity", False)},
        predictions={"logits": {}},
        call=lambda d: (d["y_true"], d["y_pred"]),
    ),
    _core("tversky", "tversky", {"alpha": ("alpha", 0.5), "beta": ("beta", 0.5)}, predictions={"probabilities": {}}),
)
"""One description each, of what ``convert`` gives in another framework; what a framework has with conventions of its
own is in ``conventions.py``. ``verify`` measures both as conversions: see ``converted.py``."""
