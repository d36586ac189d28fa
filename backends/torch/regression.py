"""Drop-ins of torch.nn: regression, likelihoods and divergences. One value per element."""

from __future__ import annotations

import torch
from torch import Tensor, nn

import unilosses as ul

from .conversion import (
    InputError,
    broadcast_with_warning,
    evaluate,
    floating,
    is_eager,
    reduction_of,
    together,
    warn,
)
from .definitions import kl_divergence_terms
from .differences import drop_in


@drop_in
class L1Loss(nn.L1Loss):
    """The absolute error; complex numbers too."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        input, target = broadcast_with_warning(input, target)
        if input.is_complex() or target.is_complex():
            input = (input - target).abs()
            target = torch.zeros_like(input)
        dtype, (input, target) = together(input, target)
        return evaluate(ul.mean_absolute_error, target, input, reduction=reduction, dtype=dtype)


@drop_in
class MSELoss(nn.MSELoss):
    """The squared error."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        dtype, (input, target) = together(*broadcast_with_warning(input, target))
        return evaluate(ul.mean_squared_error, target, input, reduction=reduction, dtype=dtype)


@drop_in
class SmoothL1Loss(nn.SmoothL1Loss):
    """The absolute error, rounded off within ``beta`` of zero."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        dtype, (input, target) = together(*broadcast_with_warning(input, target))
        return evaluate(ul.smooth_l1, target, input, reduction=reduction, dtype=dtype, beta=self.beta)


@drop_in
class HuberLoss(nn.HuberLoss):
    """Quadratic near zero and linear beyond ``delta``."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction)
        dtype = floating(input.dtype)
        input, target = broadcast_with_warning(input, target)
        return evaluate(ul.huber, target, input.to(dtype), reduction=reduction, dtype=dtype, delta=self.delta)


@drop_in
class PoissonNLLLoss(nn.PoissonNLLLoss):
    """The negative log-likelihood of counts, from the rate or (``log_input``) from its logarithm."""

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction, old_name=False)
        dtype, (input, target) = together(log_input, target)
        options = {"log_input": self.log_input, "full": self.full, "epsilon": self.eps}
        return evaluate(ul.poisson_nll, target, input, reduction=reduction, dtype=dtype, **options)


@drop_in
class GaussianNLLLoss(nn.GaussianNLLLoss):
    """The negative log-likelihood of a normal distribution with the given mean (``input``) and variance.

    A variance below ``eps`` counts as ``eps``; its gradient passes as if it did not, as native has it.
    """

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        reduction = reduction_of(self.reduction, old_name=False)
        if not isinstance(var, Tensor):
            var = torch.full_like(input, var, dtype=floating(input.dtype))
        if is_eager(var) and bool(torch.any(var < 0)):
            raise InputError("GaussianNLLLoss: var has negative entry/entries; wanted variances of at least 0.")
        if var.shape != input.shape:
            var = self._aligned(input, var)
        # Raised to eps in value alone. A clamp in the definition as well would take the gradient away.
        var = torch.where(var < self.eps, var + (self.eps - var).detach(), var)
        dtype, (input, target, var) = together(input, target, var)
        options = {"full": self.full, "epsilon": 0.0}
        return evaluate(ul.gaussian_nll, target, input, var, reduction=reduction, dtype=dtype, **options)

    @staticmethod
    def _aligned(input: Tensor, var: Tensor) -> Tensor:
        """One variance per row, or one axis of unit length."""
        if input.shape[:-1] == var.shape:
            return var.unsqueeze(-1)
        unequal = [v for v, n in zip(var.shape, input.shape, strict=False) if v != n]
        if input.ndim != var.ndim or unequal != [1]:
            raise InputError(
                f"GaussianNLLLoss: var is of incorrect size {tuple(var.shape)} for input of shape "
                f"{tuple(input.shape)}; wanted that shape, without its last axis, or with one axis of length 1."
            )
        return var


@drop_in
class KLDivLoss(nn.KLDivLoss):
    """The divergence of ``target`` from ``input``, which holds log-probabilities, per element.

    ``reduction="batchmean"`` is the divergence of mathematics, averaged over the batch; ``"mean"`` divides by the
    number of all elements.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction = reduction_of(self.reduction, "batchmean")
        if self.reduction == "mean":
            warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' "
                "divides only by the batch size, and aligns with the KL div math definition."
            )
        if not (input.is_floating_point() and target.is_floating_point()):
            raise InputError(
                f"KLDivLoss: input has dtype {input.dtype} and target has dtype {target.dtype}; wanted floating-point "
                "log-probabilities and probabilities."
            )
        normalizer = None
        if reduction == "batchmean":  # over the batch of the input, whatever the target adds
            reduction, normalizer = "mean", input.shape[0] if input.ndim else 1
        dtype, (input, target) = together(input, target)
        return evaluate(
            kl_divergence_terms, target, input,
            reduction=reduction, dtype=dtype, normalizer=normalizer, log_target=self.log_target,
        )  # fmt: skip
