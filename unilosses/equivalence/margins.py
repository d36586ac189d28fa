"""Native losses of margins, each against its hub."""

from __future__ import annotations

import numpy as np

from unilosses.equivalence.classification import DISTRIBUTIONS, INDICES, SIGNS
from unilosses.equivalence.model import Condition, Native

WRONG_SCORE_ABOVE_ZERO = Condition(
    "the largest score of a wrong class is at least 0 (Keras compares with the 0 left in the true class's place)",
    hold=lambda d: d | {"y_pred": d["y_pred"] + 10},
    violate=lambda d: d | {"y_pred": d["y_pred"] - 10},
)
TWO_CLASSES = Condition(
    "there are two classes (of more, torch takes the sum over the wrong ones by their number, the other the largest)",
    hold=lambda d: d | {"y_pred": d["y_pred"][:, :2], "y_true": d["y_true"] % 2},
    violate=lambda d: d | {"y_pred": 0.1 * d["y_pred"]},
)

NATIVES = (
    Native(
        "keras.losses.Hinge",
        "hinge",
        "hinge",
        fixed={"margin": 1.0},
        labels=SIGNS,
        edges={"kink": {"tensorflow": -1.0, "torch": -0.5, "jax": -0.5}},
        notes=("labels of 0 and 1 alone are taken for -1 and 1",),
    ),
    Native("optax.losses.hinge_loss", "hinge", "hinge", fixed={"margin": 1.0}, labels=SIGNS, edges={"kink": -0.5}),
    Native("optax.losses.perceptron_loss", "hinge", "perceptron", fixed={"margin": 0.0}, labels=SIGNS),
    Native(
        "torch.nn.MarginRankingLoss",
        "hinge",
        "hinge",
        {"margin": ("margin", 0.0)},
        labels=SIGNS,
        role="target",
        call=lambda d: (d["y_pred"], np.zeros(d["y_true"].shape), 2 * d["y_true"] - 1),
        inputs=("call it as (y_pred, 0, y_true) with zeros of the prediction's shape",),
        edges={"kink": -1.0},
    ),
    Native(
        "torch.nn.MarginRankingLoss",
        "hinge",
        "margin_ranking",
        {"margin": ("margin", 0.0)},
        labels=SIGNS,
        role="source",
        call=lambda d: (d["y_pred"] + 0.5, np.full(d["y_true"].shape, 0.5), 2 * d["y_true"] - 1),
        inputs=("y_pred = x1 - x2",),
        edges={"kink": -1.0},
    ),
    Native("keras.losses.SquaredHinge", "squared_hinge", "squared_hinge", labels=SIGNS),
    Native(
        "keras.losses.CategoricalHinge",
        "multiclass_hinge",
        "categorical_hinge",
        labels=DISTRIBUTIONS,
        conditions=(WRONG_SCORE_ABOVE_ZERO,),
    ),
    Native("optax.losses.multiclass_hinge_loss", "multiclass_hinge", "multiclass_hinge", labels=INDICES),
    Native(
        "torch.nn.MultiMarginLoss",
        "multiclass_hinge",
        "multi_margin",
        {"p": ("p", 1), "margin": ("margin", 1.0), "class_weight": ("weight", None)},
        labels=INDICES,
        scale=0.5,
        conditions=(TWO_CLASSES,),
        flat=True,
    ),
    Native("keras.losses.CategoricalHinge", "categorical_hinge", "categorical_hinge", labels=DISTRIBUTIONS),
    Native(
        "torch.nn.MultiMarginLoss",
        "multi_margin",
        "multi_margin",
        {"p": ("p", 1), "margin": ("margin", 1.0), "class_weight": ("weight", None)},
        labels=INDICES,
    ),
    Native(
        "torch.nn.MarginRankingLoss",
        "margin_ranking",
        "margin_ranking",
        {"margin": ("margin", 0.0)},
        labels=SIGNS,
        call=lambda d: (d["y_pred"], np.zeros(d["y_true"].shape), 2 * d["y_true"] - 1),
    ),
    Native(
        "torch.nn.MultiLabelMarginLoss",
        "multilabel_margin",
        "multilabel_margin",
        call=lambda d: (d["y_pred"], np.array([[1, 2, -1, 0], [0, 2, -1, 1], [0, 1, -1, 2]])),
    ),
    Native(
        "torch.nn.HingeEmbeddingLoss",
        "hinge_embedding",
        "hinge_embedding",
        {"margin": ("margin", 1.0)},
        labels=SIGNS,
    ),
    Native("optax.losses.multiclass_perceptron_loss", "multiclass_perceptron", "multiclass_perceptron", labels=INDICES),
    Native("optax.losses.sparsemax_loss", "sparsemax", "sparsemax"),
    Native(
        "optax.losses.multiclass_sparsemax_loss",
        "multiclass_sparsemax",
        "sparsemax",
        labels=INDICES,
        notes=("takes scores of two axes: with more, optax raises, or gives values that are not one for each sample",),
    ),
    Native(
        "optax.losses.poly_loss_cross_entropy",
        "poly_cross_entropy",
        "poly_cross_entropy",
        {"epsilon": ("epsilon", 2.0)},
        labels=DISTRIBUTIONS,
    ),
)
