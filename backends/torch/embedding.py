"""Drop-ins of torch.nn: pairs and triplets of vectors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

import unilosses as ul

from .conversion import InputError, evaluate, is_eager, reduction_of, together
from .differences import drop_in


@drop_in
class CosineEmbeddingLoss(nn.CosineEmbeddingLoss):
    """``1 - cos`` where ``target`` is 1, ``max(0, cos - margin)`` where it is -1, 0 where it is neither."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        if target.ndim > 1 or not input1.ndim == input2.ndim == target.ndim + 1:
            raise InputError(
                f"CosineEmbeddingLoss: inputs have shapes {tuple(input1.shape)} and {tuple(input2.shape)} and target "
                f"has shape {tuple(target.shape)}; wanted (N, D), (N, D) and (N,), or (D,), (D,) and ()."
            )
        dtype, (input1, input2) = together(input1, input2)
        target = target.detach()  # a choice, which has no derivative
        target = target.expand(torch.broadcast_shapes(target.shape, input1.shape[:-1]))
        if target.shape != input1.shape[:-1]:
            input1, input2 = (x.expand(*target.shape, -1) for x in (input1, input2))
        masking: dict[str, Any] = {}
        known = (target == 1) | (target == -1)
        if not is_eager(target) or not bool(known.all()):
            masking = {"mask": known, "normalizer": target.numel() if reduction == "mean" else None}
        return evaluate(
            ul.cosine_embedding, target, input1, input2,
            reduction=reduction, dtype=dtype, margin=self.margin, **masking,
        )  # fmt: skip


@drop_in
class TripletMarginLoss(nn.TripletMarginLoss):
    """The anchor has to be closer to the positive than to the negative by ``margin``, in p-norms."""

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        _check_triplet("TripletMarginLoss", anchor, positive, negative)
        dtype, (anchor, positive, negative) = together(anchor, positive, negative)
        if self.p <= 0:  # no norm, so not the definition's; native's distance has a meaning for it
            distance = nn.PairwiseDistance(self.p, self.eps)
            return _of_distances(distance, anchor, positive, negative, self.margin, self.swap, reduction)
        if not anchor.ndim:
            anchor, positive, negative = (x.unsqueeze(0) for x in (anchor, positive, negative))
        return evaluate(
            ul.triplet_margin, anchor, positive, negative, reduction=reduction, dtype=dtype,
            margin=self.margin, p=self.p, swap=self.swap, epsilon=self.eps,
        )  # fmt: skip


@drop_in
class TripletMarginWithDistanceLoss(nn.TripletMarginWithDistanceLoss):
    """The anchor has to be closer to the positive than to the negative by ``margin``, in a distance of your own."""

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction, old_name=False)
        _check_triplet("TripletMarginWithDistanceLoss", anchor, positive, negative)
        return _of_distances(self.distance_function, anchor, positive, negative, self.margin, self.swap, reduction)


def _check_triplet(name: str, anchor: Tensor, positive: Tensor, negative: Tensor) -> None:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise InputError(
            f"{name}: the anchor, positive, and negative tensors are expected to have the same number of axes, but "
            f"have shapes {tuple(anchor.shape)}, {tuple(positive.shape)} and {tuple(negative.shape)}."
        )


def _of_distances(
    distance: Any, anchor: Tensor, positive: Tensor, negative: Tensor, margin: float, swap: bool, reduction: str
) -> Tensor:
    """The triplet loss is a margin ranking of distances: that to the negative has to be the larger."""
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = torch.minimum(far, distance(positive, negative))
    dtype, (near, far) = together(near, far)
    return evaluate(ul.margin_ranking, torch.ones_like(far), far, near, reduction=reduction, dtype=dtype, margin=margin)
