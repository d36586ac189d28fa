"""What a change of form, of labels or of reduction between two losses demands."""

from __future__ import annotations

from unilosses.equivalence.hubs import AS_IT_IS, one_hot
from unilosses.equivalence.model import Condition

ONE_COLUMN = Condition(
    "the last axis has one entry (Keras averages over it before it reduces)",
    hold=lambda d: {key: value.reshape(-1, 1) for key, value in d.items()},
    violate=lambda d: d,
)
ONE_VALUE = Condition(
    "there is one value to reduce (the target always takes the mean)",
    hold=lambda d: {key: value[:1, :1] for key, value in d.items()},
    violate=lambda d: d,
)
TWO_AXES = Condition(
    "arrays have two axes ('batchmean' divides by the first alone, a mean by all positions)",
    violate=lambda d: {key: value.reshape(2, 3, -1) for key, value in d.items()},
)
NORMALISED_LOGARITHMS = Condition(
    "predictions are log-probabilities that sum to 1, as a log_softmax makes them: these are logits too",
    violate=lambda d: d | {"unnormalised": 0.5},
)


EXACTLY_ONE_HOT = Condition(
    "labels are exactly one-hot: the target takes class indices",
    violate=lambda d: d | {"y_soft": 0.6 * one_hot(d["y_true"], d["y_pred"].shape[-1]) + 0.1},
)


LOSSY_LABELS = {
    ("one-hot or probabilities", "class indices"): EXACTLY_ONE_HOT,
    ("relevances", "class indices"): EXACTLY_ONE_HOT,
    ("relevances", "one-hot or probabilities"): Condition(
        "the relevances of each list sum to 1 (of others the target's gradient is wrong on TensorFlow)",
        violate=lambda d: d | {"y_soft": 3 * one_hot(d["y_true"], d["y_pred"].shape[-1]) + 0.5},
        backend="tensorflow",
    ),
    ("0 or 1", "-1 or 1"): Condition(
        "labels are exactly 0 or 1, not probabilities between",
        violate=lambda d: d | {"y_true": 0.25 + 0.5 * d["y_true"]},
    ),
}


def form_condition(source: str, target: str, how: str) -> Condition:
    """The condition that the prediction is passed in another form."""
    return Condition(
        f"the prediction changes its form, from {source} to {target}: {how}", violate=lambda d: d | {AS_IT_IS: True}
    )


FORM_CHANGES = {
    ("logits", "probabilities"): "pass sigmoid(y_pred) of a binary loss, softmax(y_pred) of classes",
    ("probabilities", "logits"): "pass log(y_pred / (1 - y_pred)) of a binary loss, log(y_pred) of classes",
    ("probabilities", "log-probabilities"): "pass log(y_pred)",
    ("log-probabilities", "probabilities"): "pass exp(y_pred)",
    ("log-probabilities", "logits"): "pass y_pred as it is, it has been normalised",
    ("logits", "log-probabilities"): "pass log_softmax(y_pred)",
    ("log rates", "rates"): "pass exp(y_pred)",
    ("rates", "log rates"): "pass log(y_pred)",
}
