"""Pictures of a loss: its value and its gradient over one entry of the prediction, from the definition itself.

``draw(loss)`` gives a matplotlib figure, ``save(figure, path)`` writes it. What moves and what stays follows from the
domains of the inputs; ``PATHS`` says it for the losses where something else shows more. matplotlib is imported when
something is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import numpy as np

from .domains import CLASSES, LABELS, LOG_PROBABILITY, SIGNS, SIMPLEX, Domain, under
from .gradient import value_and_grad
from .loss import Loss

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 241
#: Blue, vermilion, green, purple: told apart by people who do not see all colours (Okabe and Ito, 2008).
COLORS = ("#0072b2", "#d55e00", "#009e73", "#a0529a", "#7f7f7f")
STYLES = ("-", "--", "-.", ":", "-")

#: How far the moving entry goes, by the name of its domain.
SPANS = {
    "logits": (-6.0, 6.0),
    "probability": (0.03, 0.97),
    "positive": (0.1, 6.0),
    "non-negative": (0.1, 4.0),
    "distance": (0.0, 3.0),
    "log-probability": (-5.0, 0.0),
    "log-rate": (-2.0, 3.0),
}
CLASS_COUNT = 3


@dataclass(frozen=True)
class Curve:
    """One line of the picture: parameters, and inputs where they differ from the path's."""

    label: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Path:
    """One entry of one input (its name, its index in the flat array) moves over ``span``; all others stay."""

    inputs: Mapping[str, Any]
    moving: tuple[str, int]
    span: tuple[float, float]
    label: str
    curves: Sequence[Curve]


def varied(parameter: str, *values: Any, **others: Any) -> tuple[Curve, ...]:
    """A line for each value of a parameter."""
    return tuple(Curve(f"{parameter} = {value}", {parameter: value, **others}) for value in values)


def targets(*values: float, **parameters: Any) -> tuple[Curve, ...]:
    """A line for each target of one element."""
    return tuple(Curve(f"y_true = {value:g}", parameters, {"y_true": [value]}) for value in values)


LOGITS_OF_THREE = "logit of the true class (the two others are 0)"
REGION = {"y_true": [[1.0, 1.0, 0.0, 0.0]], "y_pred": [[0.0, 0.8, 0.3, 0.1]]}
PIXEL = {"inputs": REGION, "label": "probability of one of two pixels of the region"}
PIXEL_OF_CLASSES = {
    "inputs": {
        "y_true": [[[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]],
        "y_pred": [[[0.5, 0.3, 0.2], [0.8, 0.1, 0.1], [0.2, 0.7, 0.1]]],
    },
    "label": "probability of the true class of one of three pixels (the others stay)",
}
GROUPS = {"labels": [0, 0, 1], "embeddings": [[0.0, 1.0], [1.0, 1.0], [-1.0, 1.0]]}
NEIGHBOUR = {
    "inputs": GROUPS,
    "moving": ("embeddings", 0),
    "span": (-4.0, 4.0),
    "label": "first coordinate of a sample (x, 1)\n(the other of its group is (1, 1), that of another group (-1, 1))",
}
RIGHT_EDGE = {
    "inputs": {"y_true": [[0.0, 0.0, 1.0, 1.0]], "y_pred": [[0.0, 0.0, 1.0, 1.0]]},
    "moving": ("y_pred", 2),
    "span": (0.1, 3.0),
    "label": "right edge x2 of the box (0, 0, x2, 1); the true box is (0, 0, 1, 1)",
}
DISTRIBUTIONS = tuple(
    Curve(f"y_true = ({p:g}, {1 - p:g})", {}, {"y_true": [[p, 1 - p]]}) for p in (1.0, 0.8, 0.5)
)  # fmt: skip

#: What differs from the path that the domains give.
PATHS: dict[str, dict[str, Any]] = {
    "binary_cross_entropy": {
        "curves": (
            *targets(1, 0, from_logits=True),
            Curve("y_true = 1, label_smoothing = 0.2", {"from_logits": True, "label_smoothing": 0.2}),
            Curve("y_true = 1, pos_weight = 2", {"from_logits": True, "pos_weight": 2.0}),
        )
    },
    "binary_focal_cross_entropy": {"curves": varied("gamma", 0, 1, 2, 5, from_logits=True)},
    "categorical_cross_entropy": {"curves": varied("label_smoothing", 0.0, 0.1, 0.3, from_logits=True)},
    "sparse_categorical_cross_entropy": {"curves": varied("label_smoothing", 0.0, 0.1, 0.3, from_logits=True)},
    "categorical_focal_cross_entropy": {"curves": varied("gamma", 0, 1, 2, 5, from_logits=True)},
    "generalized_cross_entropy": {"curves": varied("q", 0.1, 0.5, 0.7, 1.0)},
    "poly_cross_entropy": {"curves": varied("epsilon", -1.0, 0.0, 2.0)},
    "linear_cross_entropy": {
        "inputs": {"y_true": [0], "hidden": [[0.0, 1.0]], "weight": [[1.0, 0.0], [0.0, 0.5], [0.0, -0.5]]},
        "span": (-6.0, 8.0),
        "label": "feature that the true class has weight 1 for",
        "curves": (*varied("softcap", None, 3.0), *varied("z_loss", 0.02)),
    },
    "multi_margin": {"curves": (*varied("margin", 0.5, 1.0), Curve("margin = 1, p = 2", {"p": 2}))},
    "categorical_hinge": {"span": (-2.0, 3.0), "label": "score of the true class (the two others are 0)"},
    "hinge_embedding": {"span": (0.0, 3.0), "label": "y_pred, a distance"},
    "huber": {"curves": varied("delta", 0.5, 1.0, 2.0)},
    "smooth_l1": {"curves": varied("beta", 0.0, 0.5, 1.0, 2.0)},
    "pseudo_huber": {"curves": varied("delta", 0.5, 1.0, 2.0)},
    "quantile": {"curves": varied("q", 0.1, 0.5, 0.9)},
    "mean_absolute_percentage_error": {"span": (-1.0, 6.0), "curves": targets(1, 2, 4)},
    "mean_squared_logarithmic_error": {"span": (0.0, 8.0), "curves": targets(1, 2, 4)},
    "cosine_similarity": {
        "inputs": {"y_true": [[1.0, 1.0]], "y_pred": [[0.0, 1.0]]},
        "label": "first coordinate of y_pred = (x, 1); y_true = (1, 1)",
    },
    "cosine_embedding": {
        "inputs": {"y_true": [1.0], "x1": [[0.0, 1.0]], "x2": [[1.0, 1.0]]},
        "label": "first coordinate of x1 = (x, 1); x2 = (1, 1)",
        "curves": (
            Curve("y_true = 1", {}, {"y_true": [1.0]}),
            Curve("y_true = -1", {}, {"y_true": [-1.0]}),
            Curve("y_true = -1, margin = 0.5", {"margin": 0.5}, {"y_true": [-1.0]}),
        ),
    },
    "margin_ranking": {
        "label": "x1 (x2 is 0)",
        "curves": (
            Curve("y_true = 1", {}, {"y_true": [1.0]}),
            Curve("y_true = 1, margin = 1", {"margin": 1.0}, {"y_true": [1.0]}),
            Curve("y_true = -1, margin = 1", {"margin": 1.0}, {"y_true": [-1.0]}),
        ),
    },
    "triplet_margin": {
        "inputs": {"anchor": [[0.0, 0.0]], "positive": [[1.0, 0.0]], "negative": [[0.0, 0.5]]},
        "moving": ("negative", 0),
        "label": "first coordinate of the negative (x, 0.5)\n(anchor (0, 0), positive (1, 0))",
        "curves": (*varied("margin", 0.5, 1.0), Curve("margin = 1, swap", {"swap": True})),
    },
    "circle": {**NEIGHBOUR, "curves": varied("gamma", 2.0, 8.0, 16.0)},
    "nt_xent": {**NEIGHBOUR, "curves": varied("temperature", 0.2, 0.5, 1.0)},
    "barlow_twins": {
        "inputs": {"x1": [[0.0, 0.0], [1.0, -1.0], [2.0, 1.0]], "x2": [[0.0, 0.0], [1.0, -1.0], [2.0, 1.0]]},
        "label": "first feature of the first of three samples of a view\n(in the other view it is 0)",
        "curves": varied("off_diagonal", 0.005, 0.5),
    },
    "kl_divergence": {
        "inputs": {"y_true": [[1.0, 0.0]], "y_pred": [[0.0, 0.0]]},
        "span": (-6.0, 6.0),
        "label": "first of two logits (the other is 0)",
        "curves": tuple(Curve(c.label, {"from_logits": True}, c.inputs) for c in DISTRIBUTIONS),
    },
    "js_divergence": {
        "inputs": {"y_true": [[1.0, 0.0]], "y_pred": [[0.0, 0.5]]},
        "label": "first entry of y_pred, the other stays at 0.5",
        "curves": DISTRIBUTIONS,
    },
    "gamma_deviance": {"span": (0.3, 6.0), "curves": targets(1, 3)},
    "poisson": {"curves": targets(1, 3)},
    "tweedie_deviance": {"span": (0.3, 6.0), "curves": targets(0, 1, 3)},
    "poisson_nll": {"curves": targets(1, 3)},
    "gaussian_nll": {
        "inputs": {"y_true": [0.0], "y_pred": [0.0], "variance": [1.0]},
        "label": "prediction (the target is 0)",
        "curves": tuple(Curve(f"variance = {v:g}", {}, {"variance": [v]}) for v in (0.5, 1.0, 4.0)),
    },
    "contrastive": {"curves": (*targets(1), *(Curve(f"y_true = 0, margin = {m:g}", {"margin": m}, {"y_true": [0.0]})
                                              for m in (1.0, 2.0)))},
    "dice": {**PIXEL, "curves": varied("smooth", 1e-7, 1.0)},
    "jaccard": {**PIXEL, "curves": varied("smooth", 1e-7, 1.0)},
    "tversky": {**PIXEL, "curves": tuple(
        Curve(f"alpha = {a:g}, beta = {1 - a:g}", {"alpha": a, "beta": 1 - a}) for a in (0.3, 0.5, 0.7))},
    "focal_tversky": {**PIXEL, "curves": varied("gamma", 0.5, 0.75, 1.0)},
    "lovasz_hinge": {
        "inputs": {"y_true": [[1.0, 1.0, 0.0, 0.0]], "y_pred": [[0.0, 0.5, 0.2, -2.0]]},
        "span": (-3.0, 3.0),
        "label": "logit of one of two pixels of the region",
    },
    "generalized_dice": {**PIXEL_OF_CLASSES, "curves": varied("smooth", 1e-7, 1.0)},
    "lovasz_softmax": {**PIXEL_OF_CLASSES, "curves": varied("only_present", True, False)},
    "z_loss": {"label": "first of three logits (the two others are 0)"},
    "giou": RIGHT_EDGE,
    "diou": RIGHT_EDGE,
    "ciou": RIGHT_EDGE,
    "ctc": {
        "inputs": {"y_true": [[1]], "y_pred": [[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]},
        "moving": ("y_pred", 1),
        "label": "logit of the label in the first of two time steps (all others are 0)",
    },
}  # fmt: skip


def _entries(name: str, domain: Domain, kind: str) -> Any:
    """A harmless value of an input: of one element, or of one sample of three classes."""
    if domain.indices or domain is CLASSES:
        return [0]
    rest = -1.0 if domain is LOG_PROBABILITY else domain.safe
    if kind == "elementwise" or not domain.spans_axis:
        return [1.0 if domain.high == 1.0 or domain is SIGNS else rest]
    # Of targets the first is the one that is meant: the true class, the relevant document, the region's pixel.
    first = 1.0 if name == "y_true" and domain is not LOG_PROBABILITY else rest
    return [[first, *[rest] * (CLASS_COUNT - 1)]]


def path_of(loss: Loss) -> Path:
    """The path of a loss, from the domains of its inputs and from ``PATHS``."""
    parameters: dict[str, Any] = {
        **loss.parameters,
        **({"from_logits": True} if "from_logits" in loss.parameters else {}),
    }
    domains = {name: under(domain, parameters) for name, domain in loss.domains.items()}
    inputs = {n: _entries(n, d, loss.kind) for n, d in domains.items() if n not in loss.optional}
    own = PATHS.get(loss.name, NEIGHBOUR if "labels" in loss.inputs else {})
    moving = own.get("moving", (loss.predictions[0], 0))
    span = own.get("span", SPANS.get(domains[moving[0]].name, (-4.0, 4.0)))
    given = {"from_logits": True} if loss.parameters.get("from_logits", False) is not False else {}
    target = domains.get("y_true")
    curves: Sequence[Curve] = (Curve("", given),)
    if loss.kind == "elementwise" and target is not None and target.high == 1.0:
        curves = targets(1, -1 if target is SIGNS else 0, **given)
    curves = own.get("curves", curves)
    what = domains[moving[0]].name
    label = moving[0] if what in ("real", moving[0]) else f"{moving[0]}, {what}"
    if loss.kind == "samplewise":
        of_classes = target is not None and target in (LABELS, CLASSES, SIMPLEX)
        entry = "entry of the true class" if of_classes else "first of three entries, whose y_true is (1, 0, 0)"
        label = LOGITS_OF_THREE if of_classes and what == "logits" else f"{label}: {entry}"
    elif target is not None and not any("y_true" in curve.inputs for curve in curves):
        label += f" (y_true is {inputs['y_true'][0]:g})"
    return Path({**inputs, **own.get("inputs", {})}, moving, span, own.get("label", label), curves)


def trace(loss: Loss, path: Path, curve: Curve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions, values and slopes along a path."""
    name, index = path.moving
    positions = np.linspace(*path.span, POINTS)
    # All positions are the samples of one batch, unless samples meet each other: then each is a batch of its own.
    batches = np.split(positions, POINTS if loss.kind == "coupled" else 1)
    values, slopes = [], []
    for batch in batches:
        inputs = {n: np.repeat(np.array(x), len(batch), axis=0) for n, x in {**path.inputs, **curve.inputs}.items()}
        inputs[name].reshape(len(batch), -1)[:, index] = batch
        reduction = "mean" if loss.kind == "coupled" else "none"
        arrays = (inputs.get(n) for n in loss.inputs)
        value, gradients = value_and_grad(loss)(*arrays, reduction=reduction, **curve.parameters)
        gradient = gradients[loss.predictions.index(name)] if isinstance(gradients, tuple) else gradients
        values.append(np.reshape(value, -1))
        slopes.append(gradient.reshape(len(batch), -1)[:, index])
    return positions, np.concatenate(values), np.concatenate(slopes)


def _without_jumps(positions: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The line interrupted where it jumps, so that no slope is drawn that the loss does not have."""
    steps = np.abs(np.diff(slopes))
    around = np.maximum(np.concatenate([[0.0, 0.0], steps[:-2]]), np.concatenate([steps[2:], [0.0, 0.0]]))
    jumps = np.flatnonzero((steps > 0.04 * np.ptp(slopes)) & (steps > 6 * around)) + 1
    return np.insert(positions, jumps, np.nan), np.insert(slopes, jumps, np.nan)


def draw_on(value_axes: Axes, gradient_axes: Axes, loss: Loss, path: Path | None = None) -> None:
    """Draw the lines of a path on two axes: the value on one, the gradient on the other."""
    path = path or path_of(loss)
    for i, curve in enumerate(path.curves):
        look: dict[str, Any] = {
            "color": COLORS[i % len(COLORS)],
            "linestyle": STYLES[i % len(STYLES)],
            "linewidth": 2.2,
        }
        positions, values, slopes = trace(loss, path, curve)
        value_axes.plot(positions, values, label=curve.label or None, **look)
        gradient_axes.plot(*_without_jumps(positions, slopes), **look)
    for axes in (value_axes, gradient_axes):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="0.92")
        axes.set_axisbelow(True)
        axes.margins(x=0.01)
    gradient_axes.axhline(0.0, color="0.6", linewidth=0.8)


def draw(loss: Loss) -> Figure:
    """The picture of a loss: the value above, the gradient below."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Pictures need matplotlib. Fix: pip install 'unilosses[plot]'.") from error

    path = path_of(loss)
    with mpl.rc_context({"font.size": 11.5}):
        figure = Figure(figsize=(6.4, 5.6), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        draw_on(above, below, loss, path)
        above.set(ylabel="value", title=loss.name)
        below.set(ylabel="gradient", xlabel=path.label)
        if any(curve.label for curve in path.curves):
            above.legend(frameon=False, fontsize=10.5)
    return figure


def save(figure: Figure, path: FilePath | str) -> None:
    """Write a figure, the same bytes each time; the format is that of the name's end."""
    import matplotlib as mpl

    form = FilePath(path).suffix.lstrip(".")
    known = figure.canvas.get_supported_filetypes()
    if form not in known:
        raise ValueError(f"The file {path} ends in {form!r}; wanted one of {', '.join(sorted(known))}.")
    with mpl.rc_context({"svg.hashsalt": "unilosses", "svg.fonttype": "path"}):
        figure.savefig(path, dpi=150, metadata={"Date": None} if form == "svg" else None)


__all__ = ["Curve", "Path", "draw", "draw_on", "path_of", "save", "trace"]
