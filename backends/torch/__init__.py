"""Losses as ``torch.nn`` modules, called ``(input, target)``.

Every loss of torch.nn under its own name is a drop-in; every other loss of unilosses is ``<CamelCase>Loss``;
``module(loss)`` makes a class of a loss of your own. ``unilosses.torch.differences`` lists where the drop-ins
deliberately differ from native.
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError("unilosses.torch needs PyTorch. Fix: pip install 'unilosses[torch]'.") from error

from . import differences, extra
from .binary import (
    BCELoss,
    BCEWithLogitsLoss,
    HingeEmbeddingLoss,
    MarginRankingLoss,
    MultiLabelSoftMarginLoss,
    SoftMarginLoss,
)
from .classification import (
    CrossEntropyLoss,
    LinearCrossEntropyLoss,
    MultiLabelMarginLoss,
    MultiMarginLoss,
    NLLLoss,
)
from .conversion import InputError, LabelError
from .embedding import CosineEmbeddingLoss, TripletMarginLoss, TripletMarginWithDistanceLoss
from .extra import *  # noqa: F403  (one class per loss of the registry; extra.pyi names them)
from .functional import sigmoid_focal_loss
from .module import Module, module
from .regression import GaussianNLLLoss, HuberLoss, KLDivLoss, L1Loss, MSELoss, PoissonNLLLoss, SmoothL1Loss
from .sequence import CTCLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "InputError",
    "KLDivLoss",
    "L1Loss",
    "LabelError",
    "LinearCrossEntropyLoss",
    "MSELoss",
    "MarginRankingLoss",
    "Module",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
    "differences",
    "module",
    "sigmoid_focal_loss",
]
__all__ += extra.__all__
