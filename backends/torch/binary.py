"""Drop-ins of torch.nn: binary targets and signs. One value per element, but for the multi-label soft margin."""

from __future__ import annotations

import torch
from torch import Tensor, nn

import unilosses as ul

from .conversion import (
    InputError,
    broadcast,
    check_real,
    check_same_shape,
    check_unit_interval,
    evaluate,
    floating,
    is_eager,
    reduction_of,
    together,
)
from .differences import drop_in


@drop_in
class BCELoss(nn.BCELoss):
    """The binary cross-entropy of probabilities; logarithms are at least -100."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        check_same_shape("BCELoss", input, target)
        dtype = floating(input.dtype)
        check_real(target.dtype)
        check_unit_interval("BCELoss", input=input, target=target)
        weight = _weight_over("BCELoss", self.weight, input)
        return evaluate(
            ul.binary_cross_entropy, target, input.to(dtype),
            reduction=reduction, dtype=dtype, sample_weight=weight, from_logits=False,
        )  # fmt: skip


@drop_in
class BCEWithLogitsLoss(nn.BCEWithLogitsLoss):
    """The binary cross-entropy of logits; ``pos_weight`` weighs the positive part."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        check_same_shape("BCEWithLogitsLoss", input, target)
        dtype = target.dtype if target.is_floating_point() else floating(input.dtype)
        weight = _weight_over("BCEWithLogitsLoss", self.weight, input)
        positive = _weight_over("BCEWithLogitsLoss", self.pos_weight, input, "pos_weight")
        return evaluate(
            ul.binary_cross_entropy, target, input.to(floating(input.dtype)),
            reduction=reduction, dtype=dtype, sample_weight=weight, from_logits=True, pos_weight=positive,
        )  # fmt: skip


def _weight_over(name: str, weight: Tensor | None, input: Tensor, label: str = "weight") -> Tensor | None:
    """A weight with leading axes of unit length, as broadcasting has it, refused where it is larger than the input."""
    if weight is None or weight.shape == input.shape:
        return weight
    lengths = (1,) * (input.ndim - weight.ndim) + tuple(weight.shape)
    if len(lengths) > input.ndim or any(w not in (1, n) for w, n in zip(lengths, input.shape, strict=True)):
        raise InputError(
            f"{name}: {label} has shape {tuple(weight.shape)}, which does not broadcast to the input's shape "
            f"{tuple(input.shape)}. Wanted: one number per entry of the last axis, or that shape."
        )
    return weight.reshape(lengths)


@drop_in
class SoftMarginLoss(nn.SoftMarginLoss):
    """The logistic loss of signs (targets -1 and 1)."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        shape = torch.broadcast_shapes(input.shape, target.shape)
        if shape != input.shape:
            raise InputError(
                f"SoftMarginLoss: target has shape {tuple(target.shape)}, which does not broadcast to the input's "
                f"shape {tuple(input.shape)}."
            )
        dtype = floating(input.dtype)
        target = target.expand(shape)
        return evaluate(ul.soft_margin, target, input.to(dtype), reduction=reduction, dtype=dtype)


@drop_in
class HingeEmbeddingLoss(nn.HingeEmbeddingLoss):
    """The distance itself where ``target`` is 1, ``max(0, margin - distance)`` where it is -1.

    A target that is neither counts as both, as native has it.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        dtype = floating(input.dtype)
        input, target = broadcast(input.to(dtype), target.detach())  # a choice, which has no derivative
        options = {"reduction": reduction, "dtype": dtype, "margin": self.margin}
        unknown = (target != 1) & (target != -1)
        if is_eager(target) and not bool(unknown.any()):
            return evaluate(ul.hinge_embedding, target, input, **options)
        normalizer = input.numel() if reduction == "mean" else None
        similar = evaluate(ul.hinge_embedding, torch.where(unknown, 1, target), input, **options)
        dissimilar = torch.full_like(input, -1)
        return similar + evaluate(ul.hinge_embedding, dissimilar, input, mask=unknown, normalizer=normalizer, **options)


@drop_in
class MultiLabelSoftMarginLoss(nn.MultiLabelSoftMarginLoss):
    """The mean over classes (the last axis) of the binary cross-entropy of logits, weighted by class.

    Where broadcasting adds classes or axes, the classes are still counted, and their axis found, in ``input``.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction, old_name=False)
        if not input.ndim:
            raise IndexError("MultiLabelSoftMarginLoss: input is a scalar; wanted a last axis of classes.")
        weights = () if self.weight is None else (self.weight,)
        dtype, (logits, labels, *weight) = together(input, target, *weights)
        options = {"from_logits": True, "sample_weight": weight[0] if weight else None}
        axis, classes = input.ndim - 1, input.shape[-1]
        if reduction == "none":
            logits = logits.to(torch.promote_types(dtype, torch.float32))
            values = evaluate(ul.binary_cross_entropy, labels, logits, reduction="none", dtype=logits.dtype, **options)
            return (values.sum(axis) / classes).to(dtype)
        normalizer = None
        if reduction == "sum":
            normalizer = classes
        elif logits.shape[axis] != classes:
            normalizer = logits.numel() // max(logits.shape[axis], 1) * classes
        return evaluate(
            ul.binary_cross_entropy, labels, logits,
            reduction="mean", dtype=dtype, normalizer=normalizer, **options,
        )  # fmt: skip


@drop_in
class MarginRankingLoss(nn.MarginRankingLoss):
    """``max(0, margin - target * (input1 - input2))``: a target of 1 wants ``input1`` the larger, -1 the smaller."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        if not input1.ndim == input2.ndim == target.ndim:
            raise InputError(
                "MarginRankingLoss: all inputs should have the same number of axes, but input1 has shape "
                f"{tuple(input1.shape)}, input2 {tuple(input2.shape)} and target {tuple(target.shape)}."
            )
        dtype, (input1, input2, target) = together(input1, input2, target)
        return evaluate(ul.margin_ranking, target, input1, input2, reduction=reduction, dtype=dtype, margin=self.margin)
