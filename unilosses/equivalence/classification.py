"""Native losses of classes and margins, each against its hub."""

from __future__ import annotations

from typing import Any

import numpy as np

from unilosses.equivalence.hubs import CLASS_SCORES, CLASSES, INF, NAN, one_hot
from unilosses.equivalence.model import Condition, Native

Arguments = dict[str, Any]

CLIPPED = Condition(
    "probabilities lie in [1e-07, 1 - 1e-07] (Keras clips them there)",
    violate=lambda d: d | {"y_pred": 60 * d["y_pred"]},
    forms=("probabilities",),
)
LOGITS: dict = {"logits": {}}
PROBABILITIES: dict = {"probabilities": {}}
KERAS_SCORES = {"probabilities": {"from_logits": False}, "logits": {"from_logits": True}}
OUT_OF_RANGE = {"tensorflow": "error", "torch": "error", "jax": 0.0}
INDICES: dict = {"class indices": {}}
DISTRIBUTIONS: dict = {"one-hot or probabilities": {}}
RELEVANCES: dict = DISTRIBUTIONS | {"relevances": {}}
BITS: dict = {"0 or 1": {}}
SIGNS: dict = {"-1 or 1": {}}
SMOOTHING = {"label_smoothing": ("label_smoothing", 0.0)}
TORCH_CLASSES = {"class_weight": ("weight", None), "ignore_index": ("ignore_index", -100)}
DIVIDED = "Keras divides probabilities by their sum: every entry of the gradient is 1 larger, not behind a softmax"
SMOOTHS_ALONG_THE_LAST = "label_smoothing divides by the size of the last axis, whatever axis= says"
IGNORED = ("labels of -100 are ignored by torch unless told otherwise; elsewhere they have to be named",)


def _linear_arguments(d: dict[str, Any]) -> tuple[Any, ...]:
    """Features that the measurement's diagonal weight turns into the hub's logits."""
    return (d["y_pred"] / (1 + np.arange(CLASSES))).reshape(-1, CLASSES), d["y_true"].reshape(-1)


def _keras_focal_alpha(arguments: Arguments) -> Arguments:
    parameters = {k: arguments[k] for k in ("gamma", "label_smoothing")}
    return parameters | {"alpha": arguments["alpha"] if arguments["apply_class_balancing"] else None}


def _to_keras_focal_alpha(parameters: Arguments) -> Arguments:
    balanced = parameters["alpha"] is not None
    alpha = {"alpha": parameters["alpha"]} if balanced else {}
    rest = {k: parameters[k] for k in ("gamma", "label_smoothing")}
    return rest | {"apply_class_balancing": balanced} | alpha


KERAS_FOCAL = {
    "alpha": ("alpha", 0.25),
    "gamma": ("gamma", 2.0),
    "label_smoothing": ("label_smoothing", 0.0),
    "balanced": ("apply_class_balancing", False),
}

NATIVES = (
    Native(
        "torch.nn.BCELoss",
        "binary_cross_entropy",
        "binary_cross_entropy",
        {"weight": ("weight", None)},
        predictions=PROBABILITIES,
        labels=BITS,
        edges={"zero": 100.0},
    ),
    Native(
        "torch.nn.BCEWithLogitsLoss",
        "binary_cross_entropy",
        "binary_cross_entropy",
        {"pos_weight": ("pos_weight", None), "weight": ("weight", None)},
        predictions=LOGITS,
        labels=BITS,
        edges={"far": 1000.0},
    ),
    Native(
        "keras.losses.BinaryCrossentropy",
        "binary_cross_entropy",
        "binary_cross_entropy",
        SMOOTHING,
        predictions=KERAS_SCORES,
        labels=BITS,
        conditions=(CLIPPED,),
        edges={"zero": 16.118096, "far": 1000.0},
    ),
    Native(
        "optax.losses.sigmoid_binary_cross_entropy",
        "binary_cross_entropy",
        "binary_cross_entropy",
        predictions=LOGITS,
        labels=BITS,
        edges={"far": 1000.0},
    ),
    Native(
        "torch.nn.SoftMarginLoss",
        "binary_cross_entropy",
        "soft_margin",
        predictions=LOGITS,
        labels=SIGNS,
        edges={"far": INF},
    ),
    Native(
        "torch.nn.MultiLabelSoftMarginLoss",
        "binary_cross_entropy",
        "multilabel_soft_margin",
        {"weight": ("weight", None)},
        predictions=LOGITS,
        labels=BITS,
        level="row",
        edges={"far": 1000.0},
    ),
    Native(
        "torch.nn.CrossEntropyLoss",
        "cross_entropy",
        "sparse_categorical_cross_entropy",
        SMOOTHING | TORCH_CLASSES,
        predictions=LOGITS,
        labels=INDICES,
        edges={"range": "error", "negative": "error", "ignored": NAN},
        notes=IGNORED,
    ),
    Native(
        "torch.nn.CrossEntropyLoss",
        "cross_entropy",
        "categorical_cross_entropy",
        SMOOTHING | {"entry_weight": ("weight", None), "ignored_entries": ("ignore_index", -100)},
        predictions=LOGITS,
        labels=RELEVANCES,
    ),
    Native(
        "torch.nn.NLLLoss",
        "cross_entropy",
        "negative_log_likelihood",
        TORCH_CLASSES,
        predictions={"log-probabilities": {}},
        labels=INDICES,
        notes=IGNORED,
    ),
    Native(
        "torch.nn.LinearCrossEntropyLoss",
        "cross_entropy",
        "linear_cross_entropy",
        SMOOTHING | {"class_weight": ("weight", None), "ignore_index": ("ignore_index", None)},
        predictions=LOGITS,
        labels=INDICES,
        role="source",
        required={"in_features": CLASSES, "num_classes": CLASSES},
        call=_linear_arguments,
        inputs=("the prediction is the output of the layer inside: source.linear(input)",),
    ),
    Native(
        "keras.losses.CategoricalCrossentropy",
        "cross_entropy",
        "categorical_cross_entropy",
        SMOOTHING,
        predictions=KERAS_SCORES,
        labels=DISTRIBUTIONS,
        conditions=(CLIPPED,),
        edges={"zero": 16.118096},
        notes=(SMOOTHS_ALONG_THE_LAST,),
        form_notes={
            "logits": "on TensorFlow the gradient is wrong for labels that do not sum to 1",
            "probabilities": DIVIDED,
        },
    ),
    Native(
        "keras.losses.SparseCategoricalCrossentropy",
        "cross_entropy",
        "sparse_categorical_cross_entropy",
        {"ignore_index": ("ignore_class", None)},
        predictions=KERAS_SCORES,
        labels=INDICES,
        conditions=(CLIPPED,),
        edges={"zero": 16.118096, "range": OUT_OF_RANGE, "negative": OUT_OF_RANGE, "ignored": 0.0},
        form_notes={"probabilities": DIVIDED},
    ),
    Native(
        "optax.losses.softmax_cross_entropy",
        "cross_entropy",
        "categorical_cross_entropy",
        predictions=LOGITS,
        labels=RELEVANCES,
    ),
    Native(
        "optax.losses.safe_softmax_cross_entropy",
        "cross_entropy",
        "categorical_cross_entropy",
        predictions=LOGITS,
        labels=RELEVANCES,
        notes=("a logit of -inf on a class of probability 0 stays finite",),
    ),
    Native(
        "optax.losses.softmax_cross_entropy_with_integer_labels",
        "cross_entropy",
        "sparse_categorical_cross_entropy",
        predictions=LOGITS,
        labels=INDICES,
        edges={"range": NAN, "negative": 1.964369},
    ),
    Native(
        "optax.losses.ranking_softmax_loss",
        "cross_entropy",
        "categorical_cross_entropy",
        predictions=LOGITS,
        labels={"relevances": {}},
        level="batch",
    ),
    Native(
        "optax.losses.kl_divergence",
        "cross_entropy",
        "negative_log_likelihood",
        predictions={"log-probabilities": {}},
        labels=INDICES,
        role="target",
        call=lambda d: (CLASS_SCORES["log-probabilities"](d), one_hot(d["y_true"], d["y_pred"].shape[-1])),
        inputs=("call it as (log_predictions, targets) with targets = one_hot(labels, number of classes)",),
    ),
    Native(
        "optax.losses.make_fenchel_young_loss",
        "cross_entropy",
        "categorical_cross_entropy",
        predictions=LOGITS,
        labels=DISTRIBUTIONS,
        role="source",
        required={"max_fun": "jax.scipy.special.logsumexp"},
        inputs=("holds for max_fun=jax.scipy.special.logsumexp; other functions make other losses",),
    ),
    Native(
        "torchvision.ops.sigmoid_focal_loss",
        "focal",
        "binary_focal_cross_entropy",
        {"alpha": ("alpha", 0.25), "gamma": ("gamma", 2.0)},
        predictions=LOGITS,
        convert=(
            lambda a: {"gamma": a["gamma"], "alpha": a["alpha"] if a["alpha"] >= 0 else None},
            lambda p: {"gamma": p["gamma"], "alpha": -1.0 if p["alpha"] is None else p["alpha"]},
        ),
        edges={"far": 1000.0},
    ),
    Native(
        "keras.losses.BinaryFocalCrossentropy",
        "focal",
        "binary_focal_cross_entropy",
        KERAS_FOCAL,
        predictions=KERAS_SCORES,
        conditions=(CLIPPED,),
        convert=(_keras_focal_alpha, _to_keras_focal_alpha),
        edges={"zero": 16.118096, "far": {"tensorflow": 1000.0, "torch": 16.118095, "jax": 16.118095}},
        notes=("alpha is ignored unless apply_class_balancing=True",),
    ),
    Native(
        "optax.losses.sigmoid_focal_loss",
        "focal",
        "binary_focal_cross_entropy",
        {"alpha": ("alpha", None), "gamma": ("gamma", 2.0)},
        predictions=LOGITS,
        edges={"far": 1000.0},
    ),
    Native(
        "keras.losses.CategoricalFocalCrossentropy",
        "categorical_focal",
        "categorical_focal_cross_entropy",
        {"alpha": ("alpha", 0.25), "gamma": ("gamma", 2.0), "label_smoothing": ("label_smoothing", 0.0)},
        predictions=KERAS_SCORES,
        conditions=(CLIPPED,),
        labels=DISTRIBUTIONS,
        notes=(SMOOTHS_ALONG_THE_LAST,),
    ),
    Native(
        "keras.losses.CategoricalGeneralizedCrossEntropy",
        "generalized_cross_entropy",
        "generalized_cross_entropy",
        {"q": ("q", 0.5)},
        predictions=PROBABILITIES,
        labels=INDICES,
    ),
    Native(
        "optax.losses.smooth_labels",
        "label_smoothing",
        "label_smoothing",
        notes=("a change of labels, not a loss: it is the label_smoothing argument of the losses",),
    ),
)
