"""Native losses of sequences, overlaps and whole batches, each against its hub."""

from __future__ import annotations

from typing import Any

import numpy as np

from unilosses.equivalence.hubs import CLASS_SCORES, INF
from unilosses.equivalence.model import Condition, Data, Native

LOGITS: dict = {"logits": {}}
SCORES: dict = {"probabilities": {}}
FOREGROUND = Condition(
    "the masks hold much more than 1e-07 of foreground (Keras adds that below the fraction line)",
    violate=lambda d: d | {"y_true": 0 * d["y_true"], "y_pred": 0 * d["y_pred"] - 800},
    tolerance=1e-7,
)


def _padding(lengths: Any, size: int) -> Any:
    return (np.arange(size) >= np.asarray(lengths)[:, None]).astype(float)


def _torch_ctc(d: Data) -> tuple[Any, ...]:
    batch, time, _ = d["y_pred"].shape
    log_probabilities = np.moveaxis(CLASS_SCORES["log-probabilities"](d), 1, 0)
    return log_probabilities, d["y_true"], np.full(batch, time), d["label_length"]


def _optax_ctc(d: Data) -> tuple[Any, ...]:
    batch, time, _ = d["y_pred"].shape
    return d["y_pred"], np.zeros((batch, time)), d["y_true"], _padding(d["label_length"], d["y_true"].shape[1])


def _one_volume(d: Data) -> tuple[Any, ...]:
    return d["y_pred"].reshape(1, -1, 1), d["y_true"].reshape(1, -1, 1)


ONE_VOLUME = (
    "reshape both to (1, number of entries, 1): optax sums per sample and class, Keras (axis=None) over everything",
)

NATIVES = (
    Native(
        "torch.nn.CTCLoss",
        "ctc",
        "ctc",
        {"blank": ("blank", 0), "zero_infinity": ("zero_infinity", False)},
        predictions={"log-probabilities": {}},
        reductions={"sum": "sum", "none": "none"},
        call=_torch_ctc,
        inputs=(
            "torch: (log_softmax of the scores as (time, batch, class), labels, time lengths, label lengths)",
            "torch's gradient is right behind a log_softmax only",
        ),
        notes=("reduction='mean', torch's default, first divides each value by the label's length",),
        edges={"infeasible": INF},
    ),
    Native(
        "keras.losses.CTC",
        "ctc",
        "ctc",
        predictions=LOGITS,
        precision=1e-6,
        call=lambda d: (d["y_true"], d["y_pred"]),
        inputs=(
            "Keras: (labels padded with 0, scores as (batch, time, class)); blank is class 0, every time step counts",
        ),
        edges={"infeasible": {"tensorflow": 707.299072, "torch": INF, "jax": 99999.492188}},
    ),
    Native(
        "optax.losses.ctc_loss",
        "ctc",
        "ctc",
        {"blank": ("blank_id", 0)},
        predictions=LOGITS,
        call=_optax_ctc,
        inputs=("optax: (scores as (batch, time, class), time paddings, labels, label paddings), padding = 1",),
        edges={"infeasible": 99999.489174},
    ),
    Native(
        "optax.losses.ctc_loss_with_forward_probs",
        "ctc",
        "ctc",
        {"blank": ("blank_id", 0)},
        predictions=LOGITS,
        role="source",
        call=_optax_ctc,
        inputs=("the first of the three arrays returned is the loss", "optax: as in optax.losses.ctc_loss"),
    ),
    Native(
        "keras.losses.Dice",
        "tversky",
        "dice",
        fixed={"alpha": 0.5, "beta": 0.5, "smooth": 0.0},
        predictions=SCORES,
        conditions=(FOREGROUND,),
    ),
    Native(
        "keras.losses.Tversky",
        "tversky",
        "tversky",
        {"alpha": ("beta", 0.5), "beta": ("alpha", 0.5)},
        fixed={"smooth": 0.0},
        predictions=SCORES,
        conditions=(FOREGROUND,),
        notes=("alpha, documented as the weight of false positives, weighs false negatives; beta the other way round",),
    ),
    Native(
        "optax.losses.dice_loss",
        "tversky",
        "tversky",
        {"smooth": ("smooth", 1.0), "alpha": ("alpha", 0.5), "beta": ("beta", 0.5)},
        predictions=LOGITS,
        call=_one_volume,
        inputs=ONE_VOLUME,
        notes=("with apply_softmax=False it refuses probabilities that do not sum to 1 over the last axis",),
    ),
    Native(
        "optax.losses.binary_dice_loss",
        "tversky",
        "dice",
        {"smooth": ("smooth", 1.0)},
        fixed={"alpha": 0.5, "beta": 0.5},
        predictions=LOGITS,
        call=_one_volume,
        inputs=ONE_VOLUME,
        notes=("apply_sigmoid=False rejects every map of probabilities but all ones",),
    ),
    Native(
        "optax.losses.multiclass_generalized_dice_loss",
        "generalized_dice",
        "generalized_dice",
        labels={"one-hot or probabilities": {}},
    ),
    Native("keras.losses.Circle", "circle", "circle", call=lambda d: (d["y_true"], d["y_pred"])),
    Native("optax.losses.ntxent", "nt_xent", "nt_xent", call=lambda d: (d["y_pred"], d["y_true"])),
)
