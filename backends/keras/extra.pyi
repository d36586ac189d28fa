"""One class per loss of the registry. Written by docs/keras_pages.py, not by hand."""

from typing import Any

from unilosses.loss import Loss

from .base import KerasLoss
from .generic import DefinedLoss

DROP_INS: dict[str, type[KerasLoss]]

def loss(definition: Loss) -> type[KerasLoss]: ...

__all__ = [
    "Asymmetric",
    "BarlowTwins",
    "Brier",
    "Ciou",
    "Contrastive",
    "CosineEmbedding",
    "CrammerSingerHinge",
    "Diou",
    "Dpo",
    "FocalTversky",
    "GammaDeviance",
    "GaussianNll",
    "GeneralizedDice",
    "Giou",
    "HingeEmbedding",
    "Ipo",
    "Jaccard",
    "JsDivergence",
    "LinearCrossEntropy",
    "Listnet",
    "LovaszHinge",
    "LovaszSoftmax",
    "MarginRanking",
    "MultiMargin",
    "MultilabelMargin",
    "MultilabelSoftMargin",
    "NegativeLogLikelihood",
    "NtXent",
    "Orpo",
    "PoissonNll",
    "PolyCrossEntropy",
    "PseudoHuber",
    "Quantile",
    "Ranknet",
    "Simpo",
    "SmoothL1",
    "SoftMargin",
    "Sparsemax",
    "SupervisedContrastive",
    "TripletMargin",
    "TweedieDeviance",
    "WestonWatkinsHinge",
    "ZLoss",
]

class Asymmetric(DefinedLoss):
    def __init__(
        self,
        *,
        from_logits: bool,
        gamma_positive: Any = 0.0,
        gamma_negative: Any = 4.0,
        clip: Any = 0.05,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class BarlowTwins(DefinedLoss):
    def __init__(
        self,
        *,
        off_diagonal: Any = 0.005,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Brier(DefinedLoss):
    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ciou(DefinedLoss):
    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Contrastive(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class CosineEmbedding(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class CrammerSingerHinge(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Diou(DefinedLoss):
    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Dpo(DefinedLoss):
    def __init__(
        self,
        *,
        beta: Any = 0.1,
        label_smoothing: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class FocalTversky(DefinedLoss):
    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        gamma: Any = 0.75,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GammaDeviance(DefinedLoss):
    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GaussianNll(DefinedLoss):
    def __init__(
        self,
        *,
        full: bool = False,
        epsilon: Any = 1e-06,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GeneralizedDice(DefinedLoss):
    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        smooth: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Giou(DefinedLoss):
    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class HingeEmbedding(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ipo(DefinedLoss):
    def __init__(
        self,
        *,
        tau: Any = 0.1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Jaccard(DefinedLoss):
    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class JsDivergence(DefinedLoss):
    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LinearCrossEntropy(DefinedLoss):
    def __init__(
        self,
        *,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        z_loss: Any = 0.0,
        softcap: Any = None,
        chunk_bytes: int = 67108864,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Listnet(DefinedLoss):
    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LovaszHinge(DefinedLoss):
    def __init__(
        self,
        *,
        axis: Any = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LovaszSoftmax(DefinedLoss):
    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        only_present: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MarginRanking(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultiMargin(DefinedLoss):
    def __init__(
        self,
        *,
        p: Any = 1,
        margin: Any = 1.0,
        class_weight: Any = None,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultilabelMargin(DefinedLoss):
    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultilabelSoftMargin(DefinedLoss):
    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class NegativeLogLikelihood(DefinedLoss):
    def __init__(
        self,
        *,
        axis: int = -1,
        class_weight: Any = None,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class NtXent(DefinedLoss):
    def __init__(
        self,
        *,
        temperature: Any = 0.07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Orpo(DefinedLoss):
    def __init__(
        self,
        *,
        beta: Any = 0.1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PoissonNll(DefinedLoss):
    def __init__(
        self,
        *,
        log_input: bool = True,
        full: bool = False,
        epsilon: Any = 1e-08,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PolyCrossEntropy(DefinedLoss):
    def __init__(
        self,
        *,
        epsilon: Any = 2.0,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PseudoHuber(DefinedLoss):
    def __init__(
        self,
        *,
        delta: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Quantile(DefinedLoss):
    def __init__(
        self,
        *,
        q: Any = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ranknet(DefinedLoss):
    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Simpo(DefinedLoss):
    def __init__(
        self,
        *,
        beta: Any = 2.0,
        gamma: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SmoothL1(DefinedLoss):
    def __init__(
        self,
        *,
        beta: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SoftMargin(DefinedLoss):
    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Sparsemax(DefinedLoss):
    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SupervisedContrastive(DefinedLoss):
    def __init__(
        self,
        *,
        temperature: Any = 0.07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class TripletMargin(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        p: Any = 2,
        swap: bool = False,
        epsilon: Any = 1e-06,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class TweedieDeviance(DefinedLoss):
    def __init__(
        self,
        *,
        power: Any = 1.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class WestonWatkinsHinge(DefinedLoss):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class ZLoss(DefinedLoss):
    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...
