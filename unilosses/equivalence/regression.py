"""Native losses of real values, rates, distances and directions, each against its hub."""

from __future__ import annotations

import numpy as np

from unilosses.equivalence.hubs import INF, NAN, ramp
from unilosses.equivalence.model import Condition, Native

DELTA = {"delta": ("delta", 1.0)}
AWAY_FROM_ZERO = Condition(
    "true values are at least 1e-07 in size (Keras divides by no less)",
    violate=lambda d: d | {"y_true": 1e-9 * d["y_true"]},
)
NOT_NEGATIVE = Condition(
    "predictions and true values are at least 1e-07 (Keras clips them there)",
    violate=lambda d: d | {"y_pred": -0.2 * d["y_pred"]},
)
SIMILAR_ONLY = Condition(
    "every target is 1 (similar)",
    hold=lambda d: d | {"sign": np.ones_like(d["sign"])},
    violate=lambda d: d | {"sign": -np.ones_like(d["sign"])},
)
LARGE_DISTANCES = Condition(
    "distances are much larger than the epsilon, which each framework adds elsewhere (equal to 1e-4 near 1)",
    violate=lambda d: d | {"positive": d["y_pred"] + 1e-5, "negative": d["y_pred"] + 2e-5},
    tolerance=1e-4,
)
NORMALISED = Condition(
    "predictions and targets each sum to 1 over the class axis, predictions because a softmax makes them",
    violate=lambda d: d | {"unnormalised": 0.5},
)
BOTH_ABOVE_CLIP = Condition(
    "predictions and targets are at least 1e-07 (Keras clips both there)",
    violate=lambda d: d | {"y_pred": 40 * d["y_pred"]},
    forms=("probabilities",),
)
LARGE_RATES = Condition(
    "rates are much larger than the 1e-07 that Keras adds to them (what is left is 1e-07 * count / rate)",
    violate=lambda d: d | {"y_pred": d["y_pred"] - 15},
    forms=("log rates",),
    tolerance=1e-3,
)


def _poisson_epsilon(arguments: dict) -> dict:
    """eps counts with log_input=False alone; the logarithm of a rate needs none and is compared at Keras' value."""
    return {"full": arguments["full"], "epsilon": 1e-7 if arguments["log_input"] else arguments["eps"]}


LOG_TARGETS = {"probabilities": {"log_target": False}, "log-probabilities": {"log_target": True}}
LOG_PREDICTIONS: dict = {"log-probabilities": {}}
PROBABILITIES: dict = {"probabilities": {}}

NATIVES = (
    Native("torch.nn.MSELoss", "squared_error", "mean_squared_error"),
    Native("keras.losses.MeanSquaredError", "squared_error", "mean_squared_error"),
    Native("optax.losses.squared_error", "squared_error", "mean_squared_error"),
    Native("optax.losses.l2_loss", "squared_error", "mean_squared_error", scale=0.5),
    Native("torch.nn.L1Loss", "absolute_error", "mean_absolute_error", edges={"kink": 0.0}),
    Native(
        "keras.losses.MeanAbsoluteError",
        "absolute_error",
        "mean_absolute_error",
        edges={"kink": {"tensorflow": 0.0, "torch": 0.0, "jax": 1.0}},
    ),
    Native("torch.nn.HuberLoss", "huber", "huber", DELTA),
    Native(
        "torch.nn.SmoothL1Loss",
        "huber",
        "smooth_l1",
        {"delta": ("beta", 1.0)},
        scale=lambda parameters: 1.0 / parameters["delta"],
        notes=("SmoothL1Loss(beta=b) = HuberLoss(delta=b) / b; beta=0 is L1Loss, which no delta gives",),
    ),
    Native("keras.losses.Huber", "huber", "huber", DELTA),
    Native("optax.losses.huber_loss", "huber", "huber", DELTA),
    Native(
        "keras.losses.LogCosh", "log_cosh", "log_cosh", precision=1e-8, notes=("Keras' log 2 has single precision",)
    ),
    Native("optax.losses.log_cosh", "log_cosh", "log_cosh"),
    Native(
        "torch.nn.BCEWithLogitsLoss",
        "log_cosh",
        "log_cosh",
        role="target",
        offset=float(np.log(2)),
        call=lambda d: (2 * (d["y_pred"] - d["y_true"]), np.full(d["y_true"].shape, 0.5)),
        inputs=("input = 2 * (y_pred - y_true)", "target = 0.5 everywhere"),
    ),
    Native(
        "keras.losses.MeanSquaredLogarithmicError",
        "mean_squared_logarithmic_error",
        "mean_squared_logarithmic_error",
        conditions=(NOT_NEGATIVE,),
    ),
    Native(
        "torch.nn.MSELoss",
        "mean_squared_logarithmic_error",
        "mean_squared_logarithmic_error",
        role="target",
        call=lambda d: (np.log1p(d["y_pred"]), np.log1p(d["y_true"])),
        inputs=("pass log1p(y_pred) and log1p(y_true)",),
    ),
    Native(
        "optax.losses.squared_error",
        "mean_squared_logarithmic_error",
        "mean_squared_logarithmic_error",
        role="target",
        call=lambda d: (np.log1p(d["y_pred"]), np.log1p(d["y_true"])),
        inputs=("pass log1p(y_pred) and log1p(y_true)",),
    ),
    Native(
        "keras.losses.MeanAbsolutePercentageError",
        "mean_absolute_percentage_error",
        "mean_absolute_percentage_error",
        conditions=(AWAY_FROM_ZERO,),
    ),
    Native(
        "torch.nn.L1Loss",
        "mean_absolute_percentage_error",
        "mean_absolute_percentage_error",
        role="target",
        scale=0.01,
        call=lambda d: (d["y_pred"] / np.abs(d["y_true"]), np.sign(d["y_true"])),
        inputs=("pass y_pred / abs(y_true) and sign(y_true)",),
    ),
    Native(
        "keras.losses.Poisson",
        "poisson",
        "poisson",
        fixed={"epsilon": 1e-7},
        predictions={"rates": {}},
        edges={"zero": 16.118096},
    ),
    Native(
        "torch.nn.PoissonNLLLoss",
        "poisson",
        "poisson_nll",
        {"full": ("full", False), "epsilon": ("eps", 1e-8)},
        convert=(_poisson_epsilon, lambda p: {"full": p["full"], "eps": p["epsilon"]}),
        conditions=(LARGE_RATES,),
        predictions={"log rates": {"log_input": True}, "rates": {"log_input": False}},
        edges={"zero": 18.420681},
    ),
    Native(
        "torch.nn.GaussianNLLLoss",
        "gaussian_nll",
        "gaussian_nll",
        {"full": ("full", False), "eps": ("eps", 1e-6)},
        call=lambda d: (d["y_pred"], d["y_true"], d["variance"]),
    ),
    Native("keras.losses.CosineSimilarity", "cosine", "cosine_similarity", offset=-1.0, edges={"zero": 0.0}),
    Native("optax.losses.cosine_distance", "cosine", "cosine_similarity", edges={"zero": NAN}),
    Native(
        "optax.losses.cosine_similarity", "cosine", "cosine_similarity", scale=-1.0, offset=1.0, edges={"zero": NAN}
    ),
    Native(
        "torch.nn.CosineEmbeddingLoss",
        "cosine",
        "cosine_similarity",
        role="target",
        call=lambda d: (d["y_pred"], d["y_true"], np.ones(len(d["y_true"]))),
        inputs=("call it as (y_pred, y_true, target) with target = 1 for every pair",),
        flat=True,
    ),
    Native(
        "torch.nn.CosineEmbeddingLoss",
        "cosine",
        "cosine_embedding",
        role="source",
        conditions=(SIMILAR_ONLY,),
        call=lambda d: (d["y_pred"], d["y_true"], d["sign"]),
        inputs=("y_pred = x1, y_true = x2",),
    ),
    Native(
        "torch.nn.CosineEmbeddingLoss",
        "cosine_embedding",
        "cosine_embedding",
        {"margin": ("margin", 0.0)},
        call=lambda d: (d["y_pred"], d["y_true"], d["sign"]),
    ),
    Native(
        "torch.nn.TripletMarginLoss",
        "triplet_margin",
        "triplet_margin",
        {"margin": ("margin", 1.0), "p": ("p", 2.0), "swap": ("swap", False), "eps": ("eps", 1e-6)},
        call=lambda d: (d["y_pred"], d["positive"], d["negative"]),
        conditions=(LARGE_DISTANCES,),
    ),
    Native(
        "torch.nn.TripletMarginWithDistanceLoss",
        "triplet_margin",
        "triplet_margin",
        {"margin": ("margin", 1.0), "swap": ("swap", False), "distance": ("distance_function", None)},
        fixed={"p": 2.0},
        call=lambda d: (d["y_pred"], d["positive"], d["negative"]),
        conditions=(LARGE_DISTANCES,),
    ),
    Native(
        "optax.losses.triplet_margin_loss",
        "triplet_margin",
        "triplet_margin",
        {"margin": ("margin", 1.0), "p": ("norm_degree", 2)},
        call=lambda d: (d["y_pred"], d["positive"], d["negative"]),
        notes=(
            "an odd norm_degree takes no absolute value: negative differences cancel or give NaN; torch's p takes it",
        ),
    ),
    Native(
        "torch.nn.KLDivLoss",
        "kl_divergence",
        "kl_divergence",
        predictions=LOG_PREDICTIONS,
        labels=LOG_TARGETS,
        reductions={"batchmean": "mean", "sum": "sum", "none": "terms"},
        edges={"zero": INF},
        notes=(
            "reduction='mean', torch's default, divides by the number of classes too; 'batchmean' by the batch alone, "
            "also where arrays have more than two axes",
        ),
    ),
    Native(
        "keras.losses.KLDivergence",
        "kl_divergence",
        "kl_divergence",
        predictions=PROBABILITIES,
        labels=PROBABILITIES,
        conditions=(BOTH_ABOVE_CLIP,),
        edges={"zero probability": 16.118094},
    ),
    Native(
        "optax.losses.kl_divergence",
        "kl_divergence",
        "kl_divergence",
        predictions=LOG_PREDICTIONS,
        labels=PROBABILITIES,
        edges={"zero": INF},
    ),
    Native(
        "optax.losses.kl_divergence_with_log_targets",
        "kl_divergence",
        "kl_divergence",
        predictions=LOG_PREDICTIONS,
        labels={"log-probabilities": {}},
    ),
    Native(
        "optax.losses.generalized_kl_divergence",
        "kl_divergence",
        "kl_divergence",
        predictions=LOG_PREDICTIONS,
        labels=PROBABILITIES,
        conditions=(NORMALISED,),
    ),
    Native(
        "optax.losses.convex_kl_divergence",
        "kl_divergence",
        "kl_divergence",
        predictions=LOG_PREDICTIONS,
        labels=PROBABILITIES,
        conditions=(NORMALISED,),
        notes=("deprecated name of optax.losses.generalized_kl_divergence",),
    ),
    Native(
        "keras.losses.Huber",
        "sparsemax",
        "sparsemax",
        role="target",
        required={"delta": 2.0},
        scale=2.0,
        call=lambda d: (np.zeros(d["y_true"].shape), ramp(1 + np.where(d["y_true"] > 0, -1, 1) * d["y_pred"])),
        inputs=("y_true = 0 everywhere", "y_pred = relu(1 - (2 * labels - 1) * logits)"),
    ),
    Native(
        "torch.nn.SmoothL1Loss",
        "sparsemax",
        "sparsemax",
        role="target",
        required={"beta": 2.0},
        call=lambda d: (ramp(1 + np.where(d["y_true"] > 0, -1, 1) * d["y_pred"]), np.zeros(d["y_true"].shape)),
        inputs=("input = relu(1 - (2 * labels - 1) * logits)", "target = 0 everywhere"),
    ),
)
