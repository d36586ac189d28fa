"""The losses that torch.nn has no class for. Written by docs/torch_pages.py, not by hand."""

from typing import Any

from .module import Module

NATIVE: dict[str, tuple[str, ...]]

__all__ = [
    "AsymmetricLoss",
    "BarlowTwinsLoss",
    "BinaryFocalCrossEntropyLoss",
    "BrierLoss",
    "CategoricalCrossEntropyLoss",
    "CategoricalFocalCrossEntropyLoss",
    "CategoricalHingeLoss",
    "CiouLoss",
    "CircleLoss",
    "ContrastiveLoss",
    "CosineSimilarityLoss",
    "CrammerSingerHingeLoss",
    "DiceLoss",
    "DiouLoss",
    "DpoLoss",
    "FocalTverskyLoss",
    "GammaDevianceLoss",
    "GeneralizedCrossEntropyLoss",
    "GeneralizedDiceLoss",
    "GiouLoss",
    "HingeLoss",
    "IpoLoss",
    "JaccardLoss",
    "JsDivergenceLoss",
    "ListnetLoss",
    "LogCoshLoss",
    "LovaszHingeLoss",
    "LovaszSoftmaxLoss",
    "MeanAbsolutePercentageErrorLoss",
    "MeanSquaredLogarithmicErrorLoss",
    "NtXentLoss",
    "OrpoLoss",
    "PoissonLoss",
    "PolyCrossEntropyLoss",
    "PseudoHuberLoss",
    "QuantileLoss",
    "RanknetLoss",
    "SimpoLoss",
    "SparseCategoricalCrossEntropyLoss",
    "SparsemaxLoss",
    "SquaredHingeLoss",
    "SupervisedContrastiveLoss",
    "TverskyLoss",
    "TweedieDevianceLoss",
    "WestonWatkinsHingeLoss",
    "ZLoss",
]

class AsymmetricLoss(Module):
    def __init__(
        self,
        *,
        from_logits: bool,
        gamma_positive: Any = 0.0,
        gamma_negative: Any = 4.0,
        clip: Any = 0.05,
        reduction: str = "mean",
    ) -> None: ...

class BarlowTwinsLoss(Module):
    def __init__(self, *, off_diagonal: Any = 0.005, reduction: str = "mean") -> None: ...

class BinaryFocalCrossEntropyLoss(Module):
    def __init__(
        self,
        *,
        from_logits: bool,
        gamma: Any = 2.0,
        alpha: Any = None,
        label_smoothing: Any = 0.0,
        epsilon: Any = None,
        reduction: str = "mean",
    ) -> None: ...

class BrierLoss(Module):
    def __init__(self, *, ignore_index: int | None = None, reduction: str = "mean") -> None: ...

class CategoricalCrossEntropyLoss(Module):
    def __init__(
        self,
        *,
        from_logits: bool,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        epsilon: Any = None,
        reduction: str = "mean",
    ) -> None: ...

class CategoricalFocalCrossEntropyLoss(Module):
    def __init__(
        self,
        *,
        from_logits: bool,
        gamma: Any = 2.0,
        alpha: Any = None,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        epsilon: Any = None,
        reduction: str = "mean",
    ) -> None: ...

class CategoricalHingeLoss(Module):
    def __init__(self, *, axis: int = -1, reduction: str = "mean") -> None: ...

class CiouLoss(Module):
    def __init__(self, *, epsilon: Any = 1e-07, reduction: str = "mean") -> None: ...

class CircleLoss(Module):
    def __init__(self, *, gamma: Any = 80.0, margin: Any = 0.4, reduction: str = "mean") -> None: ...

class ContrastiveLoss(Module):
    def __init__(self, *, margin: Any = 1.0, reduction: str = "mean") -> None: ...

class CosineSimilarityLoss(Module):
    def __init__(self, *, axis: int = -1, reduction: str = "mean") -> None: ...

class CrammerSingerHingeLoss(Module):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str = "mean",
    ) -> None: ...

class DiceLoss(Module):
    def __init__(self, *, axis: Any = None, smooth: Any = 1e-07, reduction: str = "mean") -> None: ...

class DiouLoss(Module):
    def __init__(self, *, epsilon: Any = 1e-07, reduction: str = "mean") -> None: ...

class DpoLoss(Module):
    def __init__(self, *, beta: Any = 0.1, label_smoothing: Any = 0.0, reduction: str = "mean") -> None: ...

class FocalTverskyLoss(Module):
    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        gamma: Any = 0.75,
        reduction: str = "mean",
    ) -> None: ...

class GammaDevianceLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class GeneralizedCrossEntropyLoss(Module):
    def __init__(self, *, q: Any = 0.5, ignore_index: int | None = None, reduction: str = "mean") -> None: ...

class GeneralizedDiceLoss(Module):
    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        smooth: Any = 1e-07,
        reduction: str = "mean",
    ) -> None: ...

class GiouLoss(Module):
    def __init__(self, *, epsilon: Any = 1e-07, reduction: str = "mean") -> None: ...

class HingeLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class IpoLoss(Module):
    def __init__(self, *, tau: Any = 0.1, reduction: str = "mean") -> None: ...

class JaccardLoss(Module):
    def __init__(self, *, axis: Any = None, smooth: Any = 1e-07, reduction: str = "mean") -> None: ...

class JsDivergenceLoss(Module):
    def __init__(self, *, axis: int = -1, reduction: str = "mean") -> None: ...

class ListnetLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class LogCoshLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class LovaszHingeLoss(Module):
    def __init__(self, *, axis: Any = None, reduction: str = "mean") -> None: ...

class LovaszSoftmaxLoss(Module):
    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        only_present: bool = True,
        reduction: str = "mean",
    ) -> None: ...

class MeanAbsolutePercentageErrorLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class MeanSquaredLogarithmicErrorLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class NtXentLoss(Module):
    def __init__(self, *, temperature: Any = 0.07, reduction: str = "mean") -> None: ...

class OrpoLoss(Module):
    def __init__(self, *, beta: Any = 0.1, reduction: str = "mean") -> None: ...

class PoissonLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class PolyCrossEntropyLoss(Module):
    def __init__(self, *, epsilon: Any = 2.0, ignore_index: int | None = None, reduction: str = "mean") -> None: ...

class PseudoHuberLoss(Module):
    def __init__(self, *, delta: Any = 1.0, reduction: str = "mean") -> None: ...

class QuantileLoss(Module):
    def __init__(self, *, q: Any = 0.5, reduction: str = "mean") -> None: ...

class RanknetLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class SimpoLoss(Module):
    def __init__(self, *, beta: Any = 2.0, gamma: Any = 1.0, reduction: str = "mean") -> None: ...

class SparseCategoricalCrossEntropyLoss(Module):
    def __init__(
        self,
        *,
        from_logits: bool,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        epsilon: Any = None,
        ignore_index: int | None = None,
        reduction: str = "mean",
    ) -> None: ...

class SparsemaxLoss(Module):
    def __init__(self, *, ignore_index: int | None = None, reduction: str = "mean") -> None: ...

class SquaredHingeLoss(Module):
    def __init__(self, *, reduction: str = "mean") -> None: ...

class SupervisedContrastiveLoss(Module):
    def __init__(self, *, temperature: Any = 0.07, reduction: str = "mean") -> None: ...

class TverskyLoss(Module):
    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        reduction: str = "mean",
    ) -> None: ...

class TweedieDevianceLoss(Module):
    def __init__(self, *, power: Any = 1.5, reduction: str = "mean") -> None: ...

class WestonWatkinsHingeLoss(Module):
    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str = "mean",
    ) -> None: ...

class ZLoss(Module):
    def __init__(self, *, axis: int = -1, reduction: str = "mean") -> None: ...
