"""Loss autopsy: which entries make up a loss, which saturate or break it, and what was probably meant instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import to_numpy
from .composition import Combination
from .dispatch import NoDerivative, backend_for
from .domains import CLASSES, LABELS, SCORES, SIGNS, SIMPLEX
from .gradient import value_and_grad
from .loss import Loss
from .namespace import LOG_CLAMP, Array

#: An entry saturates when its gradient is this much smaller than the largest, although its loss is above the median.
SATURATION = 1e-6
#: How many entries of a kind are named one by one.
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing seen: its kind, what it means, and where (indices into the unreduced loss, most important first)."""

    kind: str
    message: str
    entries: tuple[tuple[int, ...], ...] = ()

    def __str__(self) -> str:
        where = ", ".join(map(str, self.entries[:NAMED]))
        more = f" and {len(self.entries) - NAMED} more" if len(self.entries) > NAMED else ""
        return f"[{self.kind}] {self.message}{f' At {where}{more}.' if where else ''}"


@dataclass(frozen=True)
class Explanation:
    """What :func:`explain` found. ``str`` gives the text; ``values`` and ``gradients`` are NumPy arrays, unreduced.

    ``gradients`` is the size of the gradient of each entry with respect to its prediction(s).
    """

    name: str
    reduced: float
    values: np.ndarray
    gradients: np.ndarray
    findings: list[Finding] = field(default_factory=list)

    def of(self, kind: str) -> list[Finding]:
        """The findings of one kind: "mistake", "not finite", "clamped", "saturated", "dominant" or "masked"."""
        return [finding for finding in self.findings if finding.kind == kind]

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.reduced:.6g} over {self.values.size} entries of shape {self.values.shape}"]
        return "\n".join(
            lines + [f"  {finding}" for finding in self.findings] + ([] if self.findings else ["  ordinary"])
        )

    def plot(self, path: str | Path | None = None) -> Any:
        """Share of the total loss that the largest entries make up, and gradient against loss; needs matplotlib."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError('A plot needs matplotlib. Fix: pip install "unilosses[docs]"') from error
        finite = np.isfinite(self.values)
        ordered = np.sort(np.abs(self.values[finite]).ravel())[::-1]
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
        if ordered.sum() > 0:
            left.plot(np.arange(1, ordered.size + 1) / ordered.size, np.cumsum(ordered) / ordered.sum())
        left.plot([0, 1], [0, 1], color="0.7", linestyle=":")
        left.set(xlabel="share of entries, largest first", ylabel="share of the loss", title=self.name)
        right.plot(self.values[finite].ravel(), self.gradients[finite].ravel(), ".", alpha=0.5)
        right.set(xlabel="loss of an entry", ylabel="size of its gradient")
        figure.tight_layout()
        if path is not None:
            figure.savefig(path, dpi=130)
            plt.close(figure)
        return figure


def explain(loss: Loss | Combination, *arrays: Any, **keywords: Any) -> Explanation:
    """Look at one call of a loss entry by entry.

    Takes the loss and the arguments of its call, in the arrays of any framework, and reads them in NumPy. Named are
    entries that dominate the loss, that saturate (large loss, vanishing gradient), that are clamped, masked, infinite
    or NaN and by which input; and probable mistakes: probabilities passed as logits or twice through softmax, logits
    as probabilities, swapped arguments, labels 0 and 1 where -1 and 1 are meant, labels counted from 1, a class axis in
    another place. A call that the loss refuses is a finding too, with the reason. A weighted sum is explained term by
    term; the size of its gradients is the sum of theirs, which is what it can be at most.
    """
    if isinstance(loss, Combination):
        return _explain_terms(loss, arrays, keywords)
    if not isinstance(loss, Loss):
        raise TypeError(f"explain takes a loss of unilosses, such as unilosses.huber, but was given {loss!r}.")
    inputs = [x if x is None else to_numpy(x) for x in arrays]
    given: dict[str, Any] = {name: to_numpy(x) if _is_array(x) else x for name, x in keywords.items()}
    mistakes = [Finding("mistake", text) for text in _mistakes(loss, inputs, given)]
    unreduced: dict[str, Any] = {**given, "reduction": "none"}
    unreduced.pop("normalizer", None)
    try:
        with np.errstate(all="ignore"):
            values = np.asarray(loss(*inputs, **unreduced), dtype=np.float64)
            slopes = _slopes(loss, inputs, arrays, unreduced, keywords)
            reduced = float(loss(*inputs, **given)) if given.get("reduction") != "none" else float(np.sum(values))
    except (TypeError, ValueError) as refused:
        empty = np.zeros(0)
        return Explanation(loss.name, float("nan"), empty, empty, [*mistakes, Finding("refused", str(refused))])
    first = slopes[0] if isinstance(slopes, tuple) else slopes
    steep = np.asarray(first, dtype=np.float64)
    lost = tuple(loss.axes({**loss.parameters, **given}, steep.ndim)) if loss.kind != "elementwise" else ()
    gradients = np.sqrt(np.sum(steep * steep, axis=lost)) if lost else np.abs(steep)
    if gradients.shape != values.shape:
        gradients = np.full(values.shape, np.nan)
    findings = [*mistakes, *_findings(loss, inputs, given, values, gradients)]
    return Explanation(loss.name, reduced, values, gradients, findings)


def _slopes(
    loss: Loss, inputs: list[Any], arrays: tuple[Any, ...], keywords: dict[str, Any], given: dict[str, Any]
) -> Any:
    """The gradients, in NumPy by the closed form; without one, by the framework of the arrays, or else NaN."""
    try:
        return value_and_grad(loss)(*inputs, **keywords)[1]
    except NoDerivative:
        try:
            own = {**given, "reduction": "none"}
            own.pop("normalizer", None)
            found = value_and_grad(loss)(*arrays, **own)[1]
        except NoDerivative:
            return np.full(np.shape(inputs[loss.positions[0]]), np.nan)
    return tuple(map(to_numpy, found)) if isinstance(found, tuple) else to_numpy(found)


def _explain_terms(loss: Combination, arrays: tuple[Any, ...], keywords: dict[str, Any]) -> Explanation:
    """The findings of each term, under its name; values and gradients where the terms have them in one shape."""
    found = [explain(call.loss, *arrays, **call.keywords) for call in loss.calls(keywords)]
    findings = [
        Finding(each.kind, each.message if len(found) == 1 else f"{name}: {each.message}", each.entries)
        for name, of_term in zip(loss.part_names, found, strict=True)
        for each in of_term.findings
    ]
    weights = [float(to_numpy(term.weight)) for term in loss.terms]
    reduced = sum(w * of_term.reduced for w, of_term in zip(weights, found, strict=True))
    if len({of_term.values.shape for of_term in found}) > 1:
        return Explanation(loss.name, reduced, np.zeros(0), np.zeros(0), findings)
    values = np.sum([w * of_term.values for w, of_term in zip(weights, found, strict=True)], axis=0)
    sizes = np.sum([abs(w) * of_term.gradients for w, of_term in zip(weights, found, strict=True)], axis=0)
    return Explanation(loss.name, reduced, values, sizes, findings)


def _is_array(x: Any) -> bool:
    return not isinstance(x, str | bool | int | float | list | tuple | type(None)) and backend_for(x) is not None


def _places(found: Array, order: Array | None = None) -> tuple[tuple[int, ...], ...]:
    at = np.argwhere(found)
    if order is not None:
        at = at[np.argsort(-np.abs(order[found]), kind="stable")]
    return tuple(tuple(map(int, row)) for row in at[:1000])


def _over_values(mask: Array, shape: tuple[int, ...]) -> Array:
    """The mask over unreduced values: an entry counts while one of its elements does."""
    if mask.ndim > len(shape):
        return np.any(mask, axis=tuple(range(len(shape), mask.ndim)))
    return np.broadcast_to(np.reshape(mask, mask.shape + (1,) * (len(shape) - mask.ndim)), shape)


def _findings(
    loss: Loss, inputs: list[Any], keywords: dict[str, Any], values: Array, gradients: Array
) -> Iterator[Finding]:
    mask = keywords.get("mask")
    if mask is not None:
        kept = _over_values(np.asarray(mask), values.shape)
        share = 1 - kept.mean() if kept.size else 0.0
        yield Finding("masked", f"{share:.1%} of the entries are masked and count for nothing.", _places(~kept))
    broken = ~np.isfinite(values)
    if broken.any():
        causes = [
            f"{name} holds {kind}" for name, x in zip(loss.inputs, inputs, strict=False) if isinstance(x, np.ndarray)
            for kind, found in (("NaN", np.isnan(x)), ("inf", np.isinf(x))) if x.dtype.kind == "f" and found.any()
        ]  # fmt: skip
        rule = (
            " and ".join(causes)
            or "the loss itself is infinite there: the event that happened was given no probability"
        )
        yield Finding("not finite", f"{int(broken.sum())} entries are not finite: {rule}.", _places(broken))
    if keywords.get("from_logits") is False or "log_target" in loss.parameters:
        clamped = values >= -LOG_CLAMP * 0.999
        if (clamped & ~broken).any():
            yield Finding(
                "clamped",
                "A probability of 0 was given to what happened: its logarithm is clamped at -100 and has no gradient. "
                "With from_logits=True nothing is clamped.",
                _places(clamped & ~broken, values),
            )
    size = np.where(broken, 0.0, np.abs(values))
    if size.size > 1 and gradients.max(initial=0.0) > 0:
        flat = (gradients < SATURATION * np.nanmax(gradients)) & (size > np.median(size)) & (size > 0) & ~broken
        if flat.any():
            yield Finding("saturated", "Large loss, vanishing gradient: these learn nothing.", _places(flat, values))
    total = size.sum()
    if size.size >= 10 and total > 0:
        few = max(1, size.size // 100)
        largest = np.partition(size.ravel(), -few)[-few:]
        if largest.sum() > 0.5 * total:
            threshold = largest.min()
            yield Finding(
                "dominant",
                f"{few} of {size.size} entries make up {largest.sum() / total:.0%} of the loss.",
                _places(size >= threshold, values),
            )


def _mistakes(loss: Loss, inputs: list[Any], keywords: dict[str, Any]) -> Iterator[str]:
    """What was probably meant, judged from the inputs alone."""
    by_name = dict(zip(loss.inputs, inputs, strict=False))
    y_true, y_pred = by_name.get("y_true"), by_name.get("y_pred")
    if not isinstance(y_true, np.ndarray) or not isinstance(y_pred, np.ndarray) or not y_pred.size:
        return
    domains = loss.domains
    within = bool(np.all((y_pred >= 0) & (y_pred <= 1)))
    axis = keywords.get("axis", loss.parameters.get("axis", -1))
    several = y_pred.ndim > 1 and loss.kind == "samplewise" and isinstance(axis, int)
    simplex = several and within and np.allclose(y_pred.sum(axis=axis), 1, atol=1e-3)
    if domains.get("y_pred") is SCORES:
        if keywords.get("from_logits") is True and within and (simplex or (not several and np.ptp(y_pred) > 0)):
            kind = "rows that sum to 1" if simplex else "numbers in [0, 1] only"
            yield (
                f"from_logits=True, but y_pred holds {kind}: these look like probabilities, and softmax or sigmoid "
                "would be applied twice. Pass from_logits=False, or take the activation out of the model."
            )
        if keywords.get("from_logits") is False and not within:
            yield (
                f"from_logits=False, but y_pred reaches from {y_pred.min():.3g} to {y_pred.max():.3g}: these look like "
                "logits. Pass from_logits=True."
            )
        if keywords.get("from_logits") is False and several and within and not simplex:
            other = [a for a in range(1, y_pred.ndim) if np.allclose(y_pred.sum(axis=a), 1, atol=1e-3)]
            if other and domains.get("y_true") in (LABELS, SIMPLEX):
                yield f"y_pred sums to 1 along axis {other[0]}, not along axis {axis}. Pass axis={other[0]}."
    binary = bool(np.isin(y_pred, (0.0, 1.0)).all()) and y_pred.size > 1
    if binary and y_true.dtype.kind == "f" and not np.isin(y_true, (-1.0, 0.0, 1.0)).all():
        yield (
            "y_pred holds zeros and ones only and y_true does not: the arguments look swapped. "
            "The order is (y_true, y_pred)."
        )
    if domains.get("y_true") == SIGNS and np.isin(y_true, (0, 1)).all() and (y_true == 0).any():
        yield "y_true holds 0 and 1 where -1 and 1 are meant. Pass 2 * y_true - 1."
    if domains.get("y_true") in (LABELS, CLASSES) and y_true.dtype.kind in "iu" and y_true.size and several:
        classes = y_pred.shape[axis]
        if y_true.max() == classes and y_true.min() >= 1:
            yield f"y_true runs from {y_true.min()} to {classes}: labels look counted from 1. Pass y_true - 1."


__all__ = ["Explanation", "Finding", "explain"]
