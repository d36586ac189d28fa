"""The losses, one file per family. Importing a family fills the registry."""

from . import (
    boxes,
    cross_entropy,
    ctc,
    divergence,
    embedding,
    focal,
    likelihood,
    listwise,
    margin,
    preference,
    ranking,
    regression,
    robust,
    segmentation,
    sequence,
)

__all__ = [
    "boxes",
    "cross_entropy",
    "ctc",
    "divergence",
    "embedding",
    "focal",
    "likelihood",
    "listwise",
    "margin",
    "preference",
    "ranking",
    "regression",
    "robust",
    "segmentation",
    "sequence",
]
