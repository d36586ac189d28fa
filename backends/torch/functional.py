"""Functions that PyTorch's users know from elsewhere."""

from __future__ import annotations

from torch import Tensor

import unilosses as ul

from .conversion import check_same_shape, evaluate, floating, reduction_of


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """The focal loss of logits, as ``torchvision.ops.sigmoid_focal_loss`` has it.

    ``alpha`` weighs class 1 and ``1 - alpha`` class 0; -1 means no weighting.
    """
    if not (0 <= alpha <= 1) and alpha != -1:
        raise ValueError(f"sigmoid_focal_loss: invalid alpha value: {alpha}; wanted a number in [0, 1], or -1.")
    reduction = reduction_of(reduction)
    check_same_shape("sigmoid_focal_loss", inputs, targets)
    dtype = floating(inputs.dtype)
    return evaluate(
        ul.binary_focal_cross_entropy, targets, inputs.to(dtype), reduction=reduction, dtype=dtype,
        from_logits=True, gamma=gamma, alpha=None if alpha == -1 else alpha,
    )  # fmt: skip
