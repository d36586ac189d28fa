"""Laws of values: the same number everywhere, finite, and one sample at a time."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import unilosses as ul

from ...loss import Loss
from .. import draw
from ..compare import assert_close, dtype_name
from ..draw import Case, indexed
from ..frameworks import Framework
from .base import (
    arguments,
    assert_near,
    call,
    closed,
    common,
    exact,
    exact_gradients,
    gradient_exists,
    has_batch,
    independent,
    law,
    numbers,
    predictions,
    present,
    rounded,
    upstream,
    value,
    value_and_grad,
    value_shape,
)


def rows(loss: Loss, case: Case, chosen: Any) -> Case:
    """The case of some of the samples: an index into the first axis."""

    def taken(name: str, x: Any) -> Any:
        return x if x is None or loss.domains[name].shared else x[chosen]

    lengths = {n: x[chosen] for n, x in case.parameters.items() if n.endswith("_length") and isinstance(x, np.ndarray)}
    inputs = {n: taken(n, x) for n, x in case.inputs.items()}
    return Case(inputs, {**case.parameters, **lengths}, case.values)


def shared(loss: Loss, name: str) -> bool:
    """Whether an input belongs to all samples together."""
    return loss.domains[name].shared


@law("values agree across backends")
def values_agree(loss: Loss, framework: Framework, case: Case) -> None:
    """In float64 and float32 the value is that of NumPy in float64 at the same numbers."""
    assert_close(value(loss, framework, case), exact(loss, case), "float64", what="float64 against NumPy")
    near = rounded(framework, case, "float32")
    found = value(loss, framework, near, "float32")
    assert_near(found, functools.partial(exact, loss), "float32", "float32", loss, near)


@law("finite at the extremes", values=("lattice", "extreme"))
def finite(loss: Loss, framework: Framework, case: Case) -> None:
    """No NaN and no infinity in value or gradient, in float64, and in float32 where float64 fits into it."""
    largest = float(np.finfo(np.float32).max)
    for dtype in ("float64", "float32"):
        near = rounded(framework, case, dtype)
        fits = np.abs(exact(loss, near)) < largest if dtype == "float32" else np.True_
        _all_finite(np.where(fits, value(loss, framework, near, dtype), 0), f"value in {dtype}")
        if not gradient_exists(loss, framework, case):
            continue
        wanted = value_and_grad(loss, framework, near, "float64", reduction="sum")[1]
        found = value_and_grad(loss, framework, near, dtype, reduction="sum")[1]
        for name, g, w in zip(predictions(loss, case), numbers(framework, found), wanted, strict=True):
            fits = np.abs(framework.numpy(w)) < largest if dtype == "float32" else np.True_
            _all_finite(np.where(fits, g, 0), f"gradient for {name} in {dtype}")


def _all_finite(x: np.ndarray, what: str) -> None:
    if not np.isfinite(x).all():
        at = tuple(map(int, np.argwhere(~np.isfinite(x))[0])) if x.ndim else ()
        raise AssertionError(f"{what} is {x[at]} at {at}; the mathematics is finite there")


@law("NaN in, NaN out", values="ordinary")
def nan_shows(loss: Loss, framework: Framework, case: Case) -> None:
    """A sample with a NaN prediction or target has no silent number, and neither has the mean."""
    if not np.atleast_1d(_counted(loss, case))[:1].all():
        return  # the sample is ignored, whatever it holds
    for name in present(case):
        if case.inputs[name].dtype.kind != "f" or not _depends(loss, case, name):
            continue
        poisoned = np.array(case.inputs[name])
        poisoned[...] = np.nan
        if not shared(loss, name) and has_batch(loss, framework, case):
            poisoned[1:] = case.inputs[name][1:]
        spoilt = case.change(**{name: poisoned})
        found = value(loss, framework, spoilt)
        first = found[0] if found.ndim and has_batch(loss, framework, case) else found
        if not np.isnan(first).all():
            raise AssertionError(f"NaN in {name} gives the value {first}")
        mean = value(loss, framework, spoilt, reduction="mean")
        if not np.isnan(mean):
            raise AssertionError(f"NaN in {name} gives the mean {mean}")


def _depends(loss: Loss, case: Case, name: str) -> bool:
    """Whether the first value depends on an input at all: a multilabel margin without a pair of classes is 0."""
    before = exact(loss, case).flat[0]
    domain = loss.domain(name, {**loss.parameters, **case.parameters})
    for seed in range(5):
        other = draw.numbers(draw.seeded(seed), domain, case.inputs[name].shape, "ordinary")
        if exact(loss, case.change(**{name: other})).flat[0] != before:
            return True
    return False


@law("dtypes", values="ordinary")
def dtypes(loss: Loss, framework: Framework, case: Case) -> None:
    """Unreduced values keep the dtype of y_pred, reduced half precision is float32, gradients have their input's."""
    for dtype in framework.dtypes:
        near = rounded(framework, case, dtype)
        unreduced = call(loss, framework, near, dtype, reduction="none")
        _has_dtype(unreduced, dtype, "unreduced value")
        found = framework.numpy(unreduced)
        assert_near(found, functools.partial(exact, loss), dtype, f"value in {dtype}", loss, near)
        wide = dtype if dtype in ("float32", "float64") else "float32"
        for reduction in ("mean", "sum"):
            reduced = call(loss, framework, near, dtype, reduction=reduction)
            _has_dtype(reduced, wide, reduction)
            again = functools.partial(exact, loss, reduction=reduction)
            assert_near(framework.numpy(reduced), again, wide, f"{reduction} in {dtype}", loss, near)
        if not gradient_exists(loss, framework, case):
            continue
        slopes = value_and_grad(loss, framework, near, dtype, reduction="sum")[1]
        ones = np.ones(value_shape(loss, case))
        for i, (name, g) in enumerate(zip(predictions(loss, case), slopes, strict=True)):
            _has_dtype(g, dtype, f"gradient for {name}")

            def wanted(other: Case, i: int = i, ones: np.ndarray = ones) -> np.ndarray:
                return exact_gradients(loss, other, ones)[i]

            assert_near(framework.numpy(g), wanted, dtype, f"gradient for {name} in {dtype}", loss, near)


def _has_dtype(x: Any, dtype: str, what: str) -> None:
    if dtype_name(x) != dtype:
        raise AssertionError(f"the {what} of {dtype} inputs has dtype {dtype_name(x)}")


@law("reductions agree with unreduced values", values="ordinary")
def reductions(loss: Loss, framework: Framework, case: Case) -> None:
    """Sum, mean, weighted mean, batch mean and a given normalizer are those of the unreduced weighted values."""
    shape = value_shape(loss, case)
    weights = upstream(shape)
    values = value(loss, framework, case)
    classes = _class_weights(loss, case)
    total = np.sum(values * weights)
    kept = _counted(loss, case)
    size = max(1, values.size)
    expected = {
        "sum": total,
        "mean": total / max(1, kept.sum()) if kept.any() else 0.0,
        "batchmean": total / (shape[0] if shape else 1),
    }
    by = np.sum(np.where(kept, weights * classes, 0))
    expected["weighted_mean"] = total / by if by else 0.0
    for reduction, wanted in expected.items():
        found = value(loss, framework, case, reduction=reduction, sample_weight=weights)
        assert_close(found, wanted, "float64", what=reduction)
    found = value(loss, framework, case, reduction="mean", sample_weight=weights, normalizer=7.0 * size)
    assert_close(found, total / (7 * size), "float64", what="mean with a normalizer")
    assert_close(
        value(loss, framework, case, sample_weight=weights), values * weights, "float64", what="weighted values"
    )
    if shape:
        first: tuple[Any, ...] = (slice(None), *([0] * (len(shape) - 1)))
        leading = weights[first]
        spread = leading.reshape(leading.shape + (1,) * (len(shape) - 1))
        found = value(loss, framework, case, sample_weight=leading)
        assert_close(found, values * spread, "float64", what="one weight per sample")


def _counted(loss: Loss, case: Case) -> np.ndarray:
    """Where entries count: not at ``ignore_index``."""
    ignored = case.parameters.get("ignore_index")
    shape = value_shape(loss, case)
    for name, x in case.inputs.items():
        if ignored is not None and x is not None and x.dtype.kind == "i" and x.shape == shape:
            return np.array(case.inputs[name] != ignored)
    return np.ones(shape, dtype=bool)


def _class_weights(loss: Loss, case: Case) -> Any:
    """The class weight of every entry: that of its class, or of its distribution over classes."""
    weights = case.parameters.get("class_weight")
    if weights is None:
        return 1.0
    target = case.inputs[loss.inputs[0]]
    if target.dtype.kind == "i":
        return weights[target]
    axis = loss.axes({**loss.parameters, **case.parameters}, target.ndim)[0]
    return np.tensordot(np.moveaxis(target, axis, -1), weights, axes=1)


@law("an empty batch gives 0", values="ordinary", condition=has_batch)
def empty(loss: Loss, framework: Framework, case: Case) -> None:
    """Every reduction of no samples is 0 with an empty gradient, never NaN."""
    nothing = rows(loss, case, slice(0, 0))
    for reduction in ("sum", "mean", "weighted_mean", "batchmean"):
        found = value(loss, framework, nothing, reduction=reduction)
        if found.shape != () or found != 0:
            raise AssertionError(f"reduction={reduction!r} of an empty batch is {found}")
    shape = value(loss, framework, nothing).shape
    if shape != (0, *value_shape(loss, case)[1:]):
        raise AssertionError(f"the unreduced values of an empty batch have shape {shape}")
    if gradient_exists(loss, framework, case):
        slopes = value_and_grad(loss, framework, nothing, reduction="mean")[1]
        for name, g in zip(predictions(loss, case), numbers(framework, slopes), strict=True):
            if g.shape != nothing.inputs[name].shape or g.any():
                raise AssertionError(f"the gradient for {name} of an empty batch is {g}")


@law("each sample by itself", condition=independent)
def by_itself(loss: Loss, framework: Framework, case: Case) -> None:
    """The value of a sample does not depend on the others: alone in its batch it has the same."""
    values = value(loss, framework, case)
    for i in range(len(values)):
        alone = value(loss, framework, rows(loss, case, slice(i, i + 1)))
        assert_close(alone, values[i : i + 1], "float64", what=f"sample {i} alone")


@law("permuted samples permute the values", condition=has_batch)
def permuted(loss: Loss, framework: Framework, case: Case) -> None:
    """Values and gradients follow the samples, coupled or not."""
    values = value(loss, framework, case)
    order = np.roll(np.arange(len(values)), 1)
    order[:2] = order[1::-1]
    other = rows(loss, case, order)
    assert_close(value(loss, framework, other), values[order], "float64", what="value")
    if not gradient_exists(loss, framework, case) or not closed(loss, case):
        return
    before = value_and_grad(loss, framework, case, reduction="mean")[1]
    after = value_and_grad(loss, framework, other, reduction="mean")[1]
    pairs = zip(numbers(framework, before), numbers(framework, after), strict=True)
    for name, (a, b) in zip(predictions(loss, case), pairs, strict=True):
        assert_close(b, a if shared(loss, name) else a[order], "float64", what=f"gradient for {name}")


@law("micro-batches add up to the whole", values="ordinary", condition=independent)
def micro_batches(loss: Loss, framework: Framework, case: Case) -> None:
    """By ``sum_and_normalizer`` and by ``normalizer=``, in value and gradient, with weights and a mask."""
    shape = value_shape(loss, case)
    weights = upstream(shape)
    mask = None if loss.masks_elements else weights < 1.2
    parts = [slice(0, 1), slice(1, None)]
    for reduction in ("mean", "weighted_mean", "batchmean"):
        keywords: dict[str, Any] = {"reduction": reduction, "sample_weight": weights, "mask": mask}
        whole = value(loss, framework, case, **keywords)
        total, by = _pair(loss, framework, case, keywords)
        pieces = [rows(loss, case, part) for part in parts]
        own = [{**keywords, **{n: x[p] for n, x in keywords.items() if isinstance(x, np.ndarray)}} for p in parts]
        pairs = [_pair(loss, framework, piece, k) for piece, k in zip(pieces, own, strict=True)]
        summed = [sum(column) for column in zip(*pairs, strict=True)]
        assert_close(summed[0], total, "float64", what=f"sums of micro-batches, {reduction}")
        assert_close(summed[1], by, "float64", what=f"normalizers of micro-batches, {reduction}")
        assert_close(summed[0] / summed[1] if summed[1] else 0.0, whole, "float64", what=f"ratio, {reduction}")
        own = [{**k, "normalizer": float(by)} for k in own]
        again: Any = sum(value(loss, framework, piece, **k) for piece, k in zip(pieces, own, strict=True))
        assert_close(again, whole, "float64", what=f"{reduction} with normalizer={by}")
        if not gradient_exists(loss, framework, case):
            continue
        wanted = numbers(framework, value_and_grad(loss, framework, case, **keywords)[1])
        found = [
            numbers(framework, value_and_grad(loss, framework, piece, **k)[1])
            for piece, k in zip(pieces, own, strict=True)
        ]
        for i, name in enumerate(predictions(loss, case)):
            joined = [part[i] for part in found]
            g = sum(joined) if shared(loss, name) else np.concatenate(joined)
            assert_close(g, wanted[i], "float64", what=f"gradient for {name} of micro-batches, {reduction}")


def _pair(loss: Loss, framework: Framework, case: Case, keywords: dict[str, Any]) -> list[np.ndarray]:
    arrays, parameters = arguments(framework, case)
    given = dict(zip(present(case), arrays, strict=True))
    pair = ul.sum_and_normalizer(loss)
    inputs = [given.get(name) for name in loss.inputs]
    return numbers(framework, pair(*inputs, **parameters, **common(framework, keywords, "float64")))


def one_hot_twin(loss: Loss) -> Loss | None:
    """The loss of one-hot targets beside one of class indices: ``categorical_X`` beside ``sparse_categorical_X``."""
    name = loss.name.removeprefix("sparse_")
    return ul.get(name) if name != loss.name and name in ul.list_losses() else None


def _has_indices(loss: Loss, framework: Framework, case: Case) -> bool:
    if case.parameters.get("ignore_index") is not None:
        return False
    return one_hot_twin(loss) is not None or (indexed(loss, case) is not None)


@law("one-hot rows equal class indices", condition=_has_indices)
def one_hot(loss: Loss, framework: Framework, case: Case) -> None:
    """Value and gradient are the same for both forms of the target."""
    twin = one_hot_twin(loss)
    target = loss.inputs[0]
    if twin is not None:
        prediction = case.inputs[loss.predictions[0]]
        axis = loss.axes({**loss.parameters, **case.parameters}, prediction.ndim)[0]
        rows_of = np.moveaxis(np.eye(prediction.shape[axis])[case.inputs[target]], -1, axis)
        dense, sparse, other = twin, case, case.change(**{target: rows_of})
    else:
        found = indexed(loss, case)
        assert found is not None
        dense, sparse, other = loss, found, case
    assert_close(value(loss, framework, sparse), value(dense, framework, other), "float64", what="index against row")
    if gradient_exists(loss, framework, case):
        a = value_and_grad(loss, framework, sparse, reduction="sum")[1]
        b = value_and_grad(dense, framework, other, reduction="sum")[1]
        for name, x, y in zip(predictions(loss, case), a, b, strict=True):
            assert_close(framework.numpy(x), framework.numpy(y), "float64", what=f"gradient for {name}")
