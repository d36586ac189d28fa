"""Drop-ins of torch.nn: classes. The class axis is axis 1, or axis 0 of an unbatched input."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

import unilosses as ul

from .conversion import (
    IGNORE_INDEX,
    InputError,
    check_class_weight,
    check_labels,
    evaluate,
    floating,
    reduction_of,
)
from .differences import drop_in
from .forward import is_transformed


@drop_in
class CrossEntropyLoss(nn.CrossEntropyLoss):
    """The cross-entropy of logits with class indices, or with class probabilities of the input's shape."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return _cross_entropy(
            "CrossEntropyLoss", input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


def _cross_entropy(
    name: str,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    reduction = reduction_of(reduction)
    axis = _class_axis(name, input)
    check_class_weight(name, weight, input.shape[axis])
    options = {"from_logits": True, "axis": axis, "class_weight": weight, "label_smoothing": label_smoothing}
    if target.is_floating_point():
        _check_probabilities(name, input, target, ignore_index)
        dtype = torch.promote_types(input.dtype, target.dtype)
        return evaluate(
            ul.categorical_cross_entropy, target, input.to(dtype), reduction=reduction, dtype=dtype, **options
        )
    target = _check_indices(name, input.shape, target, axis)
    ignored = check_labels(name, target, input.shape[axis], ignore_index)
    return evaluate(
        ul.sparse_categorical_cross_entropy, target, input,
        reduction="weighted_mean" if reduction == "mean" else reduction,
        dtype=input.dtype, ignore_index=ignored, **options,
    )  # fmt: skip


def _class_axis(name: str, input: Tensor) -> int:
    if not input.ndim or not input.is_floating_point():
        raise InputError(
            f"{name}: input has shape {tuple(input.shape)} and dtype {input.dtype}; wanted floating-point scores of "
            "shape (C,), (N, C) or (N, C, d1, ...)."
        )
    return 1 if input.ndim > 1 else 0


def _check_probabilities(name: str, input: Tensor, target: Tensor, ignore_index: int) -> None:
    if target.shape != input.shape:
        raise InputError(
            f"{name}: class probabilities have shape {tuple(target.shape)}, expected the input's shape "
            f"{tuple(input.shape)}. For class indices, cast target to int64."
        )
    if ignore_index >= 0:
        raise InputError(
            f"{name}: ignore_index={ignore_index} is not supported for class probabilities. "
            "Fix: leave it out, and give the rows to ignore a probability of 0 in every class."
        )


def _check_indices(name: str, shape: tuple[int, ...], target: Tensor, axis: int) -> Tensor:
    """Class indices in the shape that scores of ``shape`` want."""
    if target.dtype is torch.bool or target.is_complex():
        raise InputError(f"{name}: target has dtype {target.dtype}; wanted class indices of an integer dtype.")
    wanted = (*shape[:axis], *shape[axis + 1 :])
    if not wanted and target.shape == (1,):
        return target[0]
    if target.shape != wanted:
        raise InputError(
            f"{name}: expected target size {wanted} for scores of shape {tuple(shape)}, got {tuple(target.shape)}. "
            f"Wanted: class indices without the class axis (axis {axis}), or class "
            "probabilities of that shape and a floating-point dtype."
        )
    return target


@drop_in
class NLLLoss(nn.NLLLoss):
    """Minus the log-probability of the class; ``input`` holds log-probabilities."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        axis = _class_axis("NLLLoss", input)
        check_class_weight("NLLLoss", self.weight, input.shape[axis])
        if target.is_floating_point():
            raise InputError(
                f"NLLLoss: target has dtype {target.dtype}; wanted class indices of an integer dtype. "
                "For class probabilities, use CrossEntropyLoss, or KLDivLoss."
            )
        target = _check_indices("NLLLoss", input.shape, target, axis)
        ignored = check_labels("NLLLoss", target, input.shape[axis], self.ignore_index)
        return evaluate(
            ul.negative_log_likelihood, target, _with_connected_gradient(input),
            reduction="weighted_mean" if reduction == "mean" else reduction,
            dtype=input.dtype, axis=axis, class_weight=self.weight, ignore_index=ignored,
        )  # fmt: skip


def _with_connected_gradient(x: Tensor) -> Tensor:
    """``x``, whose gradient can be differentiated even where it is constant: to zeros, as native has it."""
    if is_transformed() or not (torch.is_grad_enabled() and x.requires_grad):
        return x
    same = x.view_as(x)

    def connect(gradient: Tensor) -> Tensor:
        nowhere = torch.zeros((), dtype=torch.bool, device=x.device)
        return torch.where(nowhere, x, gradient) if torch.is_grad_enabled() else gradient

    same.register_hook(connect)
    return same


@drop_in
class LinearCrossEntropyLoss(nn.Module):
    """A linear layer and the cross-entropy of its outputs, without ever holding all of them.

    The layer is ``linear``; ``out_features`` are further axes of its output after the classes. ``options`` are those
    of native's chunks: they are kept and shown, and change nothing here, where chunks are always used.
    """

    __constants__ = ("ignore_index", "label_smoothing", "num_classes", "out_features", "reduction")
    weight: Tensor | None

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: Any = None,
    ) -> None:
        super().__init__()
        check_class_weight("LinearCrossEntropyLoss", weight, num_classes)
        if not 0 <= label_smoothing <= 1:
            raise InputError(f"LinearCrossEntropyLoss: label_smoothing={label_smoothing}; wanted a number in [0, 1].")
        self.register_buffer("weight", weight)
        self.reduction = reduction
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        outputs = math.prod(out_features, start=num_classes)
        self.linear = nn.Linear(in_features, outputs, bias=bias, device=device, dtype=dtype)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        name, linear = "LinearCrossEntropyLoss", self.linear
        if input.ndim not in (1, 2) or input.shape[-1] != linear.in_features:
            raise InputError(
                f"{name}: input has shape {tuple(input.shape)}; wanted (N, {linear.in_features}) or "
                f"({linear.in_features},)."
            )
        if self.out_features and input.ndim == 1:
            raise InputError(f"{name}: out_features={self.out_features} needs a batch; wanted input of shape (N, F).")
        logits_shape = (*input.shape[:-1], self.num_classes, *self.out_features)
        if target.shape == logits_shape and self.ignore_index is not None:
            raise InputError(f"{name}: ignore_index cannot be specified when target contains probabilities.")
        ignore_index = IGNORE_INDEX if self.ignore_index is None else self.ignore_index
        if self.out_features or target.is_floating_point():
            logits = linear(input).reshape(logits_shape)
            return _cross_entropy(name, logits, target, self.weight, ignore_index, self.reduction, self.label_smoothing)
        reduction = reduction_of(self.reduction)
        target = _check_indices(name, logits_shape, target, input.ndim - 1)
        ignored = check_labels(name, target, self.num_classes, ignore_index)
        if input.dtype != linear.weight.dtype and not torch.is_autocast_enabled(input.device.type):
            raise InputError(
                f"{name}: input has dtype {input.dtype} and the layer {linear.weight.dtype}; wanted the same."
            )
        value = evaluate(
            ul.linear_cross_entropy, target.reshape(-1), input.reshape(-1, linear.in_features), linear.weight,
            linear.bias,
            reduction="weighted_mean" if reduction == "mean" else reduction, dtype=input.dtype,
            class_weight=self.weight, label_smoothing=self.label_smoothing, ignore_index=ignored,
        )  # fmt: skip
        return value.reshape(target.shape) if reduction == "none" else value

    def extra_repr(self) -> str:
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, reduction={self.reduction}, "
            f"ignore_index={self.ignore_index}, label_smoothing={self.label_smoothing}, options={self.options}"
        )


@drop_in
class MultiMarginLoss(nn.MultiMarginLoss):
    """Every wrong score has to stay ``margin`` below that of the class; weighted by class, divided by their number."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        scores, target, squeeze = _rows("MultiMarginLoss", input, target, per_class=False)
        classes = scores.shape[-1]
        check_class_weight("MultiMarginLoss", self.weight, classes)
        check_labels("MultiMarginLoss", target, classes)
        value = evaluate(
            ul.multi_margin, target, scores, reduction=reduction, dtype=scores.dtype,
            p=self.p, margin=self.margin, class_weight=self.weight,
        )  # fmt: skip
        return value[0] if squeeze and reduction == "none" else value


@drop_in
class MultiLabelMarginLoss(nn.MultiLabelMarginLoss):
    """Every score of a class that applies has to beat every score of one that does not by 1.

    ``target`` has the shape of ``input`` and lists class indices, ended by -1.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        scores, target, squeeze = _rows("MultiLabelMarginLoss", input, target, per_class=True)
        classes = scores.shape[-1]
        check_labels("MultiLabelMarginLoss", target, classes, ignore_index=-1)
        listed = (target >= 0).to(torch.int64).cumprod(-1)
        applies = torch.zeros_like(scores).scatter_add(-1, target.clamp(min=0), listed.to(scores.dtype)).clamp(max=1)
        value = evaluate(ul.multilabel_margin, applies, scores, reduction=reduction, dtype=scores.dtype)
        return value[0] if squeeze and reduction == "none" else value


def _rows(name: str, input: Tensor, target: Tensor, per_class: bool) -> tuple[Tensor, Tensor, bool]:
    """Scores as rows, targets for them, and whether the result is that of one unbatched sample."""
    if input.ndim > 2 or target.is_floating_point() or target.dtype is torch.bool:
        raise InputError(
            f"{name}: input has shape {tuple(input.shape)} and target has dtype {target.dtype}; wanted scores of "
            "shape (N, C) or (C,) and class indices of an integer dtype."
        )
    scores = input.to(floating(input.dtype))
    scores = scores.reshape(1, -1) if input.ndim < 2 else scores
    if per_class:
        single = input.ndim < 2
        rows = target.reshape(1, -1) if single and target.ndim < 2 else target
        fits = rows.shape == scores.shape and not (single and target.ndim > 1)
    else:
        single = target.ndim == 0
        rows = target.reshape(-1) if single else target
        fits = rows.shape == scores.shape[:1]
    if not fits:
        raise InputError(
            f"{name}: target has shape {tuple(target.shape)} for input of shape {tuple(input.shape)}; wanted "
            + ("the same shape, each row a list of class indices ended by -1." if per_class else "one class per row.")
        )
    return scores, rows.long(), single
