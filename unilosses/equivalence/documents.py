"""What the source documents' tables say, row by row, with what a measurement of each row as written gave.

"As written" means: both losses are made exactly as the table shows them and get the same prediction and the same
labels, in the order and with the label encoding that each of them asks for.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from unilosses.equivalence.model import Claim, Contrast

NOTEBOOK = "Loss Functions"
"""The notebook "Probability, Entropy, Cross-Entropy / Loss Functions", which has all the tables."""

EXPLAINED = "02. Cross-Entropy Explained"
"""The second notebook: no table, but numbers."""


def _claim(source: str, target: str, holds: bool, verdict: str) -> Claim:
    return Claim(NOTEBOOK, source, target, holds, verdict)


CLAIMS = (
    _claim(
        "torch.nn.BCELoss()",
        "keras.losses.BinaryCrossentropy()",
        True,
        "Inside [1e-07, 1 - 1e-07]; at probability 0 of a true label torch gives 100, Keras 16.118.",
    ),
    _claim("torch.nn.BCEWithLogitsLoss()", "keras.losses.BinaryCrossentropy(from_logits=True)", True, "Exact."),
    _claim(
        "torch.nn.CrossEntropyLoss()",
        "keras.losses.SparseCategoricalCrossentropy()",
        False,
        "torch takes logits, Keras as written takes probabilities: write from_logits=True.",
    ),
    _claim(
        "torch.nn.NLLLoss()",
        "keras.losses.CategoricalCrossentropy()",
        False,
        "torch takes log-probabilities and class indices, Keras as written probabilities and one-hot labels: "
        "write SparseCategoricalCrossentropy(from_logits=True), to which log-probabilities are logits.",
    ),
    _claim(
        "torchvision.ops.sigmoid_focal_loss",
        "keras.losses.BinaryFocalCrossentropy()",
        False,
        "torchvision takes logits, applies alpha=0.25 and does not reduce; Keras as written takes probabilities, "
        "ignores alpha, takes the mean: write BinaryFocalCrossentropy(apply_class_balancing=True, from_logits=True).",
    ),
    _claim(
        "torchvision.ops.sigmoid_focal_loss",
        "keras.losses.CategoricalFocalCrossentropy()",
        False,
        "One is a sum of independent binary losses, the other a softmax loss of exclusive classes.",
    ),
    _claim(
        "torch.nn.HingeEmbeddingLoss()",
        "keras.losses.Hinge()",
        False,
        "HingeEmbeddingLoss takes a distance: x where y = 1, max(0, margin - x) where y = -1. "
        "The hinge of a score is torch.nn.MarginRankingLoss(margin=1.0)(y_pred, 0, y_true).",
    ),
    _claim(
        "torch.nn.HingeEmbeddingLoss()",
        "keras.losses.SquaredHinge()",
        False,
        "See Hinge; torch.nn has no squared hinge.",
    ),
    _claim(
        "torch.nn.HingeEmbeddingLoss()",
        "keras.losses.CategoricalHinge()",
        False,
        "See Hinge; the multi-class margin loss of torch is MultiMarginLoss, equal for two classes only.",
    ),
    _claim("torch.nn.MSELoss()", "keras.losses.MeanSquaredError()", True, "Exact."),
    _claim("torch.nn.L1Loss()", "keras.losses.MeanAbsoluteError()", True, "Exact."),
    _claim(
        "torch.nn.SmoothL1Loss()",
        "keras.losses.Huber()",
        True,
        "At beta = delta = 1 only; in general SmoothL1Loss(beta=b) = Huber(delta=b) / b.",
    ),
    _claim("torch.nn.HuberLoss()", "keras.losses.Huber()", True, "Exact, for every delta."),
    _claim(
        "torch.nn.CosineEmbeddingLoss()",
        "keras.losses.CosineSimilarity()",
        False,
        "Where every target is 1, CosineEmbeddingLoss = 1 + CosineSimilarity; where it is -1, max(0, cos - margin).",
    ),
)
"""The rows that map a PyTorch loss to a Keras loss."""

EXISTENCE = (
    ("KL Divergence", "torch.nn.KLDivLoss"),
    ("Triplet Loss", "torch.nn.TripletMarginLoss"),
    ("CTC Loss", "torch.nn.CTCLoss"),
    ("Dice Loss", "keras.losses.Dice"),
)
"""The table "Other Notable Losses": it names losses and maps none; Dice is custom in PyTorch."""

CONTRASTS = (
    Contrast(
        "torch.nn.HingeEmbeddingLoss",
        "keras.losses.Hinge",
        "HingeEmbeddingLoss takes a distance, Hinge a score: x where y = 1 against max(0, 1 - x)",
    ),
    Contrast(
        "torch.nn.HingeEmbeddingLoss",
        "keras.losses.SquaredHinge",
        "HingeEmbeddingLoss takes a distance, SquaredHinge a score, and squares",
    ),
    Contrast(
        "torch.nn.HingeEmbeddingLoss",
        "keras.losses.CategoricalHinge",
        "HingeEmbeddingLoss takes a distance, CategoricalHinge compares the scores of classes",
    ),
    Contrast(
        "torchvision.ops.sigmoid_focal_loss",
        "keras.losses.CategoricalFocalCrossentropy",
        "independent binary losses against a softmax over exclusive classes",
        {"from_logits": True},
    ),
)
"""Pairs that are taken for one another and have no formula in common."""

NUMBERS = {
    NOTEBOOK: (
        ("self-information of a fair coin, bits", (0.5,), (1.0,), 1.0, 0),
        ("self-information of a die's six, bits", (1 / 6,), (1.0,), 2.58, 2),
        ("self-information of a certain event, bits", (1.0,), (1.0,), 0.0, 0),
        ("entropy of a fair coin, bits", (0.5, 0.5), (0.5, 0.5), 1.0, 0),
        ("entropy of a 99/1 coin, bits", (0.99, 0.01), (0.99, 0.01), 0.08, 2),
        ("entropy of 8 equal items, bits", (0.125,) * 8, (0.125,) * 8, 3.0, 0),
        ("loss of predicting 0.01 for the true class, nats", (0.01,), (1.0,), 4.6, 1),
        ("loss of predicting 0.99 for the true class, nats", (0.99,), (1.0,), 0.01, 2),
    ),
    EXPLAINED: (
        ("entropy of [0, 1, 0], bits", (0.0, 1.0, 0.0), (0.0, 1.0, 0.0), 0.0, 2),
        ("entropy of [0.5, 0.3, 0.2], bits", (0.5, 0.3, 0.2), (0.5, 0.3, 0.2), 1.49, 2),
        ("cross-entropy of [0, 1, 0] and [0.6, 0.2, 0.2], bits", (0.6, 0.2, 0.2), (0.0, 1.0, 0.0), 2.32, 2),
        ("cross-entropy of [0, 1, 0] and [0.3, 0.5, 0.2], bits", (0.3, 0.5, 0.2), (0.0, 1.0, 0.0), 1.0, 2),
        ("cross-entropy of [0, 1, 0] and [0.1, 0.8, 0.1], bits", (0.1, 0.8, 0.1), (0.0, 1.0, 0.0), 0.32, 2),
    ),
}
"""Numbers printed in the documents: what, predicted q, true p, printed -sum p log q, decimals printed."""


@dataclass(frozen=True)
class Recommendation:
    """A row of the quick reference: task, loss, output activation, and the call in each framework."""

    task: str
    loss: str
    activation: str
    calls: dict[str, str]
    note: str = ""

    def __str__(self) -> str:
        lines = [f"{self.task}: {self.loss}; output activation: {self.activation}"]
        lines += [f"  {framework}: {call}" for framework, call in self.calls.items()]
        return "\n".join(lines + ([f"  {self.note}"] if self.note else []))


RECOMMENDATIONS = (
    Recommendation(
        "binary classification",
        "binary cross-entropy from logits",
        "none (raw logits)",
        {
            "torch": "torch.nn.BCEWithLogitsLoss()",
            "keras": "keras.losses.BinaryCrossentropy(from_logits=True)",
            "optax": "optax.losses.sigmoid_binary_cross_entropy",
            "unilosses": "ul.binary_cross_entropy(y_true, y_pred, from_logits=True)",
        },
        "several labels at once are as many binary ones: one logit and one target of 0 or 1 for each",
    ),
    Recommendation(
        "multi-class classification",
        "softmax cross-entropy from logits",
        "none (raw logits)",
        {
            "torch": "torch.nn.CrossEntropyLoss()",
            "keras": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
            "optax": "optax.losses.softmax_cross_entropy_with_integer_labels",
            "unilosses": "ul.sparse_categorical_cross_entropy(y_true, y_pred, from_logits=True)",
        },
        "class indices as labels; one-hot labels: CrossEntropyLoss, CategoricalCrossentropy, softmax_cross_entropy",
    ),
    Recommendation(
        "regression",
        "mean squared error",
        "none",
        {
            "torch": "torch.nn.MSELoss()",
            "keras": "keras.losses.MeanSquaredError()",
            "optax": "optax.losses.squared_error",
            "unilosses": "ul.mean_squared_error(y_true, y_pred)",
        },
        "or the mean absolute error: torch.nn.L1Loss(), keras.losses.MeanAbsoluteError(), ul.mean_absolute_error",
    ),
    Recommendation(
        "regression with outliers",
        "Huber",
        "none",
        {
            "torch": "torch.nn.HuberLoss()",
            "keras": "keras.losses.Huber()",
            "optax": "optax.losses.huber_loss",
            "unilosses": "ul.huber(y_true, y_pred)",
        },
        "delta is the error, in the target's units, from which on the loss grows linearly",
    ),
    Recommendation(
        "segmentation",
        "Dice + binary cross-entropy",
        "sigmoid",
        {
            "torch": "unilosses.torch.DiceLoss() + torch.nn.BCELoss(), each called (input, target) and added",
            "keras": "keras.losses.Dice() + keras.losses.BinaryCrossentropy(), each called (y_true, y_pred) and added",
            "optax": "optax.losses.binary_dice_loss + optax.losses.sigmoid_binary_cross_entropy, both on logits",
            "unilosses": "ul.dice(y_true, y_pred) + ul.binary_cross_entropy(y_true, y_pred, from_logits=False)",
        },
        "torch.nn has no Dice loss",
    ),
)


def recommend(task: str) -> Recommendation:
    """The documents' quick reference: the loss for a task, its output activation, and the call in each framework."""
    known = {entry.task: entry for entry in RECOMMENDATIONS}
    wanted = " ".join(str(task).lower().replace("_", " ").replace("-", " ").split())
    spellings = {name.replace("-", " "): entry for name, entry in known.items()}
    aliases = {
        "multiclass classification": "multi class classification",
        "classification": "multi class classification",
    }
    aliases |= {
        "regression (with outliers)": "regression with outliers",
        "robust regression": "regression with outliers",
    }
    aliases |= {"multiclass": "multi class classification", "binary": "binary classification"}
    aliases |= dict.fromkeys(("multi label classification", "multilabel classification"), "binary classification")
    found = spellings.get(aliases.get(wanted, wanted))
    if found is None:
        near = difflib.get_close_matches(wanted, spellings, n=1, cutoff=0.75)
        found = spellings[near[0]] if near else None
    if found is None:
        raise LookupError(f"no recommendation for the task {task!r}; choose one of {', '.join(map(repr, known))}")
    return found
