"""Laws of masks: what is masked might as well not be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...loss import Loss
from ..compare import assert_close
from ..draw import Case
from ..frameworks import Framework
from .base import (
    axes,
    exact,
    gradient_exists,
    has_batch,
    independent,
    law,
    numbers,
    predictions,
    upstream,
    value,
    value_and_grad,
    value_shape,
    weighted,
)
from .values import rows, shared


def _pattern(shape: tuple[int, ...]) -> np.ndarray:
    """Some kept, some not, of any shape with more than one entry."""
    mask = upstream(shape) < 1.0
    if mask.ndim and mask.all():
        mask.flat[0] = False
    return mask


def _has_entries(loss: Loss, framework: Framework, case: Case) -> bool:
    return has_batch(loss, framework, case)


def _takes_apart(loss: Loss, case: Case) -> bool:
    """Single entries can be deleted, not only whole samples: no parameter or shape rule ties them together."""
    vectors = any(isinstance(x, np.ndarray) for x in case.parameters.values())
    return loss.kind != "coupled" and loss.check is None and loss.value_shape is None and (
        not vectors or len(axes(loss, case)) == 1
    )  # fmt: skip


def _delete(loss: Loss, case: Case, mask: np.ndarray) -> tuple[Case, Callable[[np.ndarray], np.ndarray]]:
    """The case without what is masked, and how an input's gradient is cut in the same way."""
    if mask.ndim == 1 or not _takes_apart(loss, case):
        kept = mask if mask.ndim == 1 else mask.reshape(len(mask), -1).any(axis=1)
        return rows(loss, case, kept), lambda g: g[kept]
    lost = axes(loss, case)

    def cut(x: np.ndarray) -> np.ndarray:
        return np.moveaxis(x, lost, range(-len(lost), 0))[mask] if x.ndim > mask.ndim else x[mask]

    inputs = {n: x if x is None or shared(loss, n) else cut(x) for n, x in case.inputs.items()}
    parameters = dict(case.parameters)
    if "axis" in parameters:
        parameters["axis"] = -1 if len(lost) == 1 else tuple(range(-len(lost), 0))
    return Case(inputs, parameters, case.values), cut


def _mask_of_values(loss: Loss, case: Case) -> np.ndarray:
    shape = value_shape(loss, case)
    if _takes_apart(loss, case):
        return _pattern(shape)
    return np.broadcast_to(_pattern(shape[:1]).reshape(-1, *([1] * (len(shape) - 1))), shape).copy()


@law("mask equals deletion", condition=lambda *given: _has_entries(*given) and not given[0].masks_elements)
def deletion(loss: Loss, framework: Framework, case: Case) -> None:
    """Value and gradient under a mask are those of the entries that are left, and 0 at the others."""
    mask = _mask_of_values(loss, case)
    left, cut = _delete(loss, case, mask)
    kept = mask if mask.ndim > 1 and _takes_apart(loss, case) else mask.reshape(len(mask), -1).any(axis=1)
    values = value(loss, framework, case, mask=mask)
    assert_close(values[~mask], np.zeros((~mask).sum()), "float64", what="masked values")
    expected = value(loss, framework, left)
    assert_close(values[kept].reshape(expected.shape), expected, "float64", what="kept values")
    for reduction in ("sum", "mean", "weighted_mean"):
        found = value(loss, framework, case, mask=mask, reduction=reduction)
        assert_close(found, value(loss, framework, left, reduction=reduction), "float64", what=reduction)
    if not gradient_exists(loss, framework, case):
        return
    masked = numbers(framework, value_and_grad(loss, framework, case, mask=mask, reduction="mean")[1])
    wanted = numbers(framework, value_and_grad(loss, framework, left, reduction="mean")[1])
    for name, g, w in zip(predictions(loss, case), masked, wanted, strict=True):
        if shared(loss, name):
            assert_close(g, w, "float64", what=f"gradient for {name}")
            continue
        assert_close(cut(g), w, "float64", what=f"gradient for {name} of what is kept")
        if np.count_nonzero(g) != np.count_nonzero(w):
            raise AssertionError(f"gradient for {name} is not 0 under the mask: {g}")


@law("mask of elements equals deletion", condition=lambda loss, framework, case: loss.masks_elements)
def element_deletion(loss: Loss, framework: Framework, case: Case) -> None:
    """Where the mask covers the elements summed over, each region is that of its remaining elements.

    Classes are deleted together: what remains has its class axis last.
    """
    shape = case.inputs[loss.predictions[0]].shape
    both = {**loss.parameters, **case.parameters}
    classes = (both["class_axis"] % len(shape),) if "class_axis" in both else ()
    pattern = _pattern(tuple(1 if a in classes else n for a, n in enumerate(shape)))
    mask = np.broadcast_to(pattern, shape).copy()
    values = value(loss, framework, case, mask=mask)
    lost = (*(a for a in axes(loss, case) if a not in classes), *classes)
    parameters = {n: x for n, x in case.parameters.items() if n not in ("axis", "class_axis")}
    regions = {n: np.moveaxis(x, lost, range(-len(lost), 0)) for n, x in case.inputs.items() if x is not None}
    kept = np.moveaxis(mask, lost, range(-len(lost), 0))
    kept = kept[..., 0] if classes else kept
    for at in np.ndindex(values.shape):
        if not kept[at].any():
            assert_close(values[at], 0.0, "float64", what=f"region {at}, masked altogether")
            continue
        alone = Case({n: x[at][kept[at]][None] for n, x in regions.items()}, parameters, case.values)
        assert_close(values[at], value(loss, framework, alone)[0], "float64", what=f"region {at}")
    if gradient_exists(loss, framework, case):
        found = value_and_grad(loss, framework, case, mask=mask, reduction="sum")[1]
        for name, g in zip(predictions(loss, case), numbers(framework, found), strict=True):
            if g[~mask].any():
                raise AssertionError(f"gradient for {name} is not 0 under the mask: {g}")


def _one_number(loss: Loss, framework: Framework, case: Case) -> bool:
    """The loss is one number for a batch of several samples."""
    return loss.kind == "coupled" and not value_shape(loss, case) and len(case.inputs[loss.predictions[0]]) > 1


@law("mask of samples equals deletion", condition=_one_number)
def sample_deletion(loss: Loss, framework: Framework, case: Case) -> None:
    """The number of a batch is that of its remaining samples, in any order, whatever is under the mask; of none 0."""
    mask = _pattern(case.inputs[loss.predictions[0]].shape[:1])
    spoilt = case.change(**{n: np.where(mask.reshape(-1, 1), x, np.nan) for n, x in case.inputs.items()})
    left = rows(loss, case, np.flatnonzero(mask)[::-1])
    expected = value(loss, framework, left)
    for given in (case, spoilt):
        assert_close(value(loss, framework, given, mask=mask, reduction="mean"), expected, "float64", what="value")
    for nothing, none in ((rows(loss, case, slice(0, 0)), None), (spoilt, np.zeros_like(mask))):
        assert_close(value(loss, framework, nothing, reduction="mean", mask=none), 0.0, "float64", what="no sample")
    if not gradient_exists(loss, framework, case):
        return
    wanted = numbers(framework, value_and_grad(loss, framework, left)[1])
    for given in (case, spoilt):
        slopes = numbers(framework, value_and_grad(loss, framework, given, mask=mask)[1])
        for name, g, w in zip(predictions(loss, case), slopes, wanted, strict=True):
            assert_close(g[mask][::-1], w, "float64", what=f"gradient for {name}")
            if g[~mask].any() or np.isnan(g[~mask]).any():
                raise AssertionError(f"gradient for {name} is not 0 under the mask: {g}")
    if framework.differentiates:
        ones = np.ones(value_shape(loss, case))
        found = numbers(
            framework, framework.gradient(*weighted(loss, framework, spoilt, ones, "float64", mask=mask))[1]
        )
        for name, g, w in zip(predictions(loss, case), found, wanted, strict=True):
            assert_close(g[mask][::-1], w, "float64", what=f"gradient for {name} by differentiation of the call")
            assert_close(g[~mask], np.zeros_like(g[~mask]), "float64", what=f"gradient for {name} under the mask")


def _poisoned(loss: Loss, case: Case, mask: np.ndarray) -> Case:
    """NaN, or a class that does not exist, wherever the mask is False."""
    lost = axes(loss, case)
    inputs = dict(case.inputs)
    for name, x in case.inputs.items():
        if x is None or shared(loss, name):
            continue
        kept = mask
        if not loss.masks_elements:
            for axis in lost if x.ndim > mask.ndim else ():
                kept = np.expand_dims(kept, axis)
            kept = kept.reshape(kept.shape + (1,) * (x.ndim - kept.ndim))
        if kept.ndim <= x.ndim:
            inputs[name] = np.where(kept, x, np.nan if x.dtype.kind == "f" else 99)
    return Case(inputs, case.parameters, case.values)


def _mask(loss: Loss, case: Case) -> np.ndarray:
    return _pattern(case.inputs[loss.predictions[0]].shape) if loss.masks_elements else _mask_of_values(loss, case)


@law("NaN under the mask", condition=has_batch)
def poison(loss: Loss, framework: Framework, case: Case) -> None:
    """NaN and labels out of range under the mask reach neither value nor gradient, whatever computes it."""
    mask = _mask(loss, case)
    spoilt = _poisoned(loss, case, mask)
    for reduction in ("none", "mean"):
        clean = value(loss, framework, case, mask=mask, reduction=reduction)
        assert_close(value(loss, framework, spoilt, mask=mask, reduction=reduction), clean, "float64", what=reduction)
    if not gradient_exists(loss, framework, case):
        return
    wanted = numbers(framework, value_and_grad(loss, framework, case, mask=mask, reduction="mean")[1])
    found = numbers(framework, value_and_grad(loss, framework, spoilt, mask=mask, reduction="mean")[1])
    for name, g, w in zip(predictions(loss, case), found, wanted, strict=True):
        assert_close(g, w, "float64", what=f"gradient for {name}")
        hidden = g[case.inputs[name] != spoilt.inputs[name]]
        assert_close(hidden, np.zeros(hidden.shape), "float64", what=f"gradient for {name} under the mask")
    if framework.differentiates:
        weights = upstream(value_shape(loss, case))
        wanted = numbers(
            framework, framework.gradient(*weighted(loss, framework, case, weights, "float64", mask=mask))[1]
        )
        found = numbers(
            framework, framework.gradient(*weighted(loss, framework, spoilt, weights, "float64", mask=mask))[1]
        )
        for name, g, w in zip(predictions(loss, case), found, wanted, strict=True):
            assert_close(g, w, "float64", what=f"gradient for {name} by differentiation of the call")


@law("everything masked gives 0", values="ordinary", condition=has_batch)
def all_masked(loss: Loss, framework: Framework, case: Case) -> None:
    """Every reduction is 0 and every gradient 0, never NaN, whatever the numbers under the mask are."""
    mask = np.zeros_like(_mask(loss, case))
    spoilt = _poisoned(loss, case, mask)
    for reduction in ("sum", "mean", "weighted_mean", "batchmean"):
        found = value(loss, framework, spoilt, mask=mask, reduction=reduction)
        if found != 0:
            raise AssertionError(f"reduction={reduction!r} with everything masked is {found}")
        if gradient_exists(loss, framework, case):
            gradients = value_and_grad(loss, framework, spoilt, mask=mask, reduction=reduction)[1]
            for name, g in zip(predictions(loss, case), numbers(framework, gradients), strict=True):
                if g.any() or np.isnan(g).any():
                    raise AssertionError(f"gradient for {name} of reduction={reduction!r}, everything masked, is {g}")


@law("weight 0 equals mask for the sum", condition=lambda *given: independent(*given) and not given[0].masks_elements)
def zero_weight(loss: Loss, framework: Framework, case: Case) -> None:
    """A weight of 0 and the mask give the same sum and the same gradient."""
    mask = _mask_of_values(loss, case)
    weights = np.where(mask, upstream(mask.shape), 0.0)
    found, a = value_and_gradients(loss, framework, case, sample_weight=weights)
    wanted, b = value_and_gradients(loss, framework, case, sample_weight=upstream(mask.shape), mask=mask)
    assert_close(found, wanted, "float64", what="sum")
    for name, g, w in zip(predictions(loss, case), a, b, strict=False):
        assert_close(g, w, "float64", what=f"gradient for {name}")
    assert_close(found, np.sum(exact(loss, case) * weights), "float64", what="sum of weighted values")


def value_and_gradients(
    loss: Loss, framework: Framework, case: Case, **keywords: Any
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The sum and its gradients, none where there are none."""
    total = value(loss, framework, case, reduction="sum", **keywords)
    if not gradient_exists(loss, framework, case):
        return total, []
    return total, numbers(framework, value_and_grad(loss, framework, case, reduction="sum", **keywords)[1])
