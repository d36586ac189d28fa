"""Drop-ins of torch.nn: connectionist temporal classification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

import unilosses as ul

from .conversion import InputError, LabelError, check_labels, evaluate, is_eager, reduction_of
from .differences import drop_in

Lengths: TypeAlias = Tensor | Sequence[int]


@drop_in
class CTCLoss(nn.CTCLoss):
    """Minus the log-probability of all alignments of a label sequence with a longer sequence of predictions.

    ``log_probs`` has shape (T, N, C), or (T, C) for one sequence. ``targets`` has shape (N, S), padded with anything,
    or holds the sequences one after the other. ``reduction="mean"`` divides each loss by its number of labels first.
    """

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Lengths, target_lengths: Lengths) -> Tensor:
        reduction = reduction_of(self.reduction)
        single = log_probs.ndim == 2
        scores = log_probs.unsqueeze(1) if single else log_probs
        if scores.ndim != 3 or not scores.numel() or not 0 <= self.blank < scores.shape[-1]:
            raise InputError(
                f"CTCLoss: log_probs has shape {tuple(log_probs.shape)} and blank is {self.blank}; wanted non-empty "
                "log-probabilities of shape (T, N, C) or (T, C), and a class for the blank."
            )
        steps, batch, classes = scores.shape
        input_length = _lengths("input_lengths", input_lengths, batch, steps, scores)
        labels, target_length = _rows(targets, target_lengths, batch, scores)
        used = torch.arange(labels.shape[1], device=labels.device) < target_length[:, None]
        labels = torch.where(used, labels, self.blank)
        check_labels("CTCLoss", labels, classes)
        if is_eager(labels) and bool((used & (labels == self.blank)).any()):
            raise LabelError(f"CTCLoss: a target is {self.blank}, the blank; wanted other classes, or another blank=.")

        dtype = torch.promote_types(log_probs.dtype, torch.float32)
        value = self._values(scores.to(dtype), labels, input_length, target_length)
        if reduction == "mean":
            value = (value / target_length.clamp(min=1)).mean()
        elif reduction == "sum":
            value = value.sum()
        elif single:
            value = value[0]
        half = dtype is not log_probs.dtype and not torch.is_autocast_enabled(value.device.type)
        return value.to(log_probs.dtype) if half else value

    def _values(self, scores: Tensor, labels: Tensor, input_length: Tensor, target_length: Tensor) -> Tensor:
        """One value per sequence. The definition normalises its logits; here they are taken as they are."""
        read = torch.arange(scores.shape[0], device=scores.device)[:, None] < input_length
        dead = (scores == -torch.inf).all(-1) & read
        scores = torch.where((dead | ~read)[..., None], 0, scores)
        value = evaluate(
            ul.ctc, labels, scores.transpose(0, 1), reduction="none", dtype=scores.dtype,
            label_length=target_length, logit_length=input_length, blank=self.blank,
        )  # fmt: skip
        normalisation = torch.where(read, torch.logsumexp(scores, -1), 0).sum(0)
        impossible = torch.isinf(value) | dead.any(0)
        return torch.where(impossible, 0 if self.zero_infinity else torch.inf, value - normalisation)


def _lengths(name: str, lengths: Lengths, batch: int, longest: int, like: Tensor) -> Tensor:
    """Lengths as one integer per sequence, refused where they are negative or too long."""
    found = torch.as_tensor(lengths, device=like.device)
    if found.is_floating_point() or found.numel() != batch or found.ndim > 1:
        raise InputError(
            f"CTCLoss: {name} has shape {tuple(found.shape)} and dtype {found.dtype}; wanted integers, one for each "
            f"of the {batch} sequences."
        )
    found = found.reshape(batch).long()
    if is_eager(found) and bool(((found < 0) | (found > longest)).any()):
        raise InputError(f"CTCLoss: {name} are {found.tolist()}; wanted numbers from 0 to {longest}.")
    return found


def _rows(targets: Tensor, target_lengths: Lengths, batch: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Labels as padded rows, and their lengths."""
    targets = targets.to(like.device).long()
    joined = targets.ndim == 1
    if not joined and (targets.ndim != 2 or targets.shape[0] != batch):
        raise InputError(
            f"CTCLoss: targets has shape {tuple(targets.shape)}; wanted (N, S) with N={batch}, or one axis with the "
            "sequences one after the other."
        )
    lengths = _lengths("target_lengths", target_lengths, batch, targets.shape[-1], like)
    if not joined:
        return targets, lengths
    longest = targets.shape[0]
    if is_eager(lengths):
        if int(lengths.sum()) != targets.shape[0]:
            raise InputError(
                f"CTCLoss: targets holds {targets.shape[0]} labels, but target_lengths sum to {int(lengths.sum())}."
            )
        longest = int(lengths.max())
    starts = lengths.cumsum(0) - lengths
    at = starts[:, None] + torch.arange(longest, device=targets.device)
    return torch.nn.functional.pad(targets, (0, 1))[at.clamp(max=targets.shape[0])], lengths
