"""Gradients in the arrays' own framework, by the closed form where there is one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import reduction as reductions
from .composition import Combination, add_up
from .evaluation import Call, divisor, entry_mask, has_derivative, plain, prepare
from .loss import Loss
from .namespace import Array

Arrays = Array | tuple[Array, ...]


def _call(
    loss: Loss,
    *arrays: Any,
    reduction: str = "mean",
    sample_weight: Any = None,
    mask: Any = None,
    normalizer: Any = None,
    **parameters: Any,
) -> Call:
    return prepare(loss, arrays, reduction, sample_weight, mask, normalizer, parameters)


def _require_loss(loss: Any, function: str) -> Loss:
    if not isinstance(loss, Loss):
        raise TypeError(f"{function} takes a loss of unilosses, such as unilosses.huber, but was given {loss!r}.")
    return loss


def _untouched(function: Any) -> Any:
    function.autograph_info__ = True  # as in Loss: nothing for TensorFlow's AutoGraph to rewrite
    return function


def value_and_grad(loss: Loss | Combination) -> Callable[..., tuple[Array, Arrays]]:
    """A function of the loss' arguments that returns ``(value, gradient)``.

    The gradient is with respect to ``y_pred``; a loss of several predictions (a pair, a triplet, mean and variance)
    gives a tuple of gradients in argument order. Gradients have the dtype of their input. With ``reduction="none"``
    the gradient is that of the sum. NumPy needs no autodiff framework: the closed form is evaluated.
    """
    if isinstance(loss, Combination):
        return _untouched(_of_combination(loss))
    _require_loss(loss, "value_and_grad")

    @functools.wraps(loss.function, assigned=("__module__", "__name__", "__qualname__"), updated=())
    def value_and_gradient(*arrays: Any, **keywords: Any) -> tuple[Array, Arrays]:
        call = _call(loss, *arrays, **keywords)
        closed = has_derivative(loss, call)
        value, gradients = call.backend.closed_form(call) if closed else _by_autodiff(call)
        if len(gradients) == 1:
            return value, gradients[0]
        given = [call.arrays[i] is not None for i in loss.positions]
        gradients = tuple(g for g, used in zip(gradients, given, strict=True) if used)
        return value, gradients if len(loss.predictions) > 1 else gradients[0]

    return _untouched(value_and_gradient)


def _of_combination(combination: Combination) -> Callable[..., tuple[Array, Arrays]]:
    def value_and_gradient(*arrays: Any, **keywords: Any) -> tuple[Array, Arrays]:
        values: list[Array] = []
        gradients: list[list[Array]] = []
        for term in combination.calls(keywords):
            value, gradient = value_and_grad(term.loss)(*arrays, **term.keywords)
            values.append(value * term.weight)
            several = gradient if isinstance(gradient, tuple) else (gradient,)
            gradients.append([g * term.weight for g in several])
        added = tuple(add_up(list(column)) for column in zip(*gradients, strict=True))
        return add_up(values), added if len(added) > 1 else added[0]

    return value_and_gradient


def _by_autodiff(call: Call) -> tuple[Array, tuple[Array, ...]]:
    positions = [i for i, name in enumerate(call.loss.inputs) if name in call.loss.predictions]

    def summed(*predictions: Array) -> Array:
        for i, x in zip(positions, predictions, strict=True):
            call.arrays[i] = x
        value = plain(call)
        return call.backend.namespace.sum(value) if call.reduction == "none" else value

    predictions = [call.arrays[i] for i in positions]
    total, gradients = call.backend.value_and_grad(summed, predictions)
    call.arrays = [predictions[positions.index(i)] if i in positions else x for i, x in enumerate(call.arrays)]
    return plain(call) if call.reduction == "none" else total, gradients


def grad(loss: Loss | Combination) -> Callable[..., Arrays]:
    """A function of the loss' arguments that returns the gradient; see :func:`value_and_grad`."""
    both = value_and_grad(loss)

    def gradient(*arrays: Any, **keywords: Any) -> Arrays:
        return both(*arrays, **keywords)[1]

    return _untouched(gradient)


def sum_and_normalizer(loss: Loss) -> Callable[..., tuple[Array, Array]]:
    """A function of the loss' arguments that returns the pair whose ratio is the reduced loss.

    Pairs of micro-batches and of devices add up exactly: the sum of the sums over the sum of the normalizers is the
    loss of the whole batch. Both are differentiable. ``reduction`` must be ``"mean"``, ``"weighted_mean"`` or
    ``"batchmean"``; for ``"sum"`` the normalizer is 1.
    """
    if isinstance(loss, Combination):
        raise TypeError(
            f"sum_and_normalizer: {loss.name} has one pair for each of its terms, which are reduced one by one. Fix: "
            "take the pairs of the losses in .terms, and add up weight * sum / normalizer after merging them."
        )
    _require_loss(loss, "sum_and_normalizer")

    def pair(*arrays: Any, **keywords: Any) -> tuple[Array, Array]:
        call = _call(loss, *arrays, **keywords)
        if call.reduction == "none":
            raise ValueError(f"{loss.name}: reduction='none' has no normalizer; wanted 'mean' or another reduction.")
        xp = call.backend.namespace
        by = divisor(call, entry_mask(call, call.mask))
        call.reduction, call.normalizer, call.shortcut = "sum", None, None
        total = call.backend.evaluate(call)
        if isinstance(by, int | float):
            by = xp.zeros_like(xp.astype(total, total.dtype)) + by
        return total, by

    return _untouched(pair)


__all__ = ["grad", "reductions", "sum_and_normalizer", "value_and_grad"]
