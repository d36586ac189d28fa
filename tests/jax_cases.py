"""What the drop-ins of optax.losses are called with: every option, over shapes that differ in every axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

GENERATOR = np.random.default_rng(20)


class Case(NamedTuple):
    """One call. Arrays of float64 are differentiated, except for those at the positions ``still``."""

    name: str
    arrays: tuple[Any, ...]
    options: dict[str, Any]
    label: str = ""
    still: tuple[int, ...] = ()

    @property
    def moving(self) -> tuple[int, ...]:
        """The positions of the floating-point arrays."""
        return tuple(
            i for i, x in enumerate(self.arrays) if getattr(x, "dtype", None) == np.float64 and i not in self.still
        )

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, np.shape(x))) for x in self.arrays if x is not None)
        options = ",".join(f"{k}={'x'.join(map(str, v.shape)) if hasattr(v, 'shape') else v}"
                           for k, v in self.options.items() if k != "reduce_fn" or v is None)  # fmt: skip
        return "-".join(filter(None, (self.name, shapes, options.replace(" ", ""), self.label)))


def normal(*shape: int, scale: float = 2.0) -> np.ndarray:
    """Numbers at some distance from 0, so that no difference of two of them is on a kink."""
    return scale * GENERATOR.normal(size=shape)


def uniform(*shape: int) -> np.ndarray:
    """Probabilities away from 0 and 1."""
    return GENERATOR.uniform(0.05, 0.95, size=shape)


def distribution(shape: tuple[int, ...], axis: Any = -1) -> np.ndarray:
    """Positive numbers that sum to 1 along ``axis``."""
    powers = np.exp(normal(*shape))
    return powers / powers.sum(axis=axis, keepdims=True)


def bits(*shape: int) -> np.ndarray:
    """0 and 1, as integers."""
    return GENERATOR.integers(0, 2, size=shape)


def signs(*shape: int) -> np.ndarray:
    """-1.0 and 1.0."""
    return 2.0 * bits(*shape) - 1.0


def kept(shape: tuple[int, ...]) -> np.ndarray:
    """A mask that leaves out about a third, but never the first entry of an axis."""
    mask = GENERATOR.uniform(size=shape) > 0.33
    for axis in range(len(shape)):
        mask[(slice(None),) * axis + (0,)] = True
    return mask


SHAPE = (2, 3, 4)
AXES = (-1, 1, 0, (1, 2), (2, 0), None)


def masks(axis: Any, samples: bool = True) -> Iterator[Any]:
    """No mask, one over the classes, and one over the samples."""
    yield None
    yield kept(SHAPE)
    if samples and axis is not None:
        axes = {a % 3 for a in (axis if isinstance(axis, tuple) else (axis,))}
        left = tuple(n for a, n in enumerate(SHAPE) if a not in axes)
        yield np.arange(np.prod(left, dtype=int)).reshape(left) != 1


def regression() -> Iterator[Case]:
    for name in ("squared_error", "l2_loss", "huber_loss", "log_cosh"):
        deltas: list[dict[str, Any]] = [{}]
        if name == "huber_loss":
            deltas += [{"delta": 0.3}, {"delta": uniform(4)}]
        for options in deltas:
            yield Case(name, (normal(3, 4), normal(3, 4)), options)
            yield Case(name, (normal(3, 4), None), options)
            yield Case(name, (normal(), normal()), options)
            yield Case(name, (normal(3, 4), GENERATOR.integers(-3, 4, size=(3, 4))), options, "integer-targets")
            if name in ("huber_loss", "log_cosh"):
                yield Case(name, (normal(3, 1), normal(4)), options)
    for name, axis in product(("cosine_similarity", "cosine_distance"), AXES):
        for where, epsilon in product(masks(axis, samples=False), (0.0, 0.5, 50.0)):
            options = {"axis": axis, "epsilon": epsilon} | ({} if where is None else {"where": where})
            yield Case(name, (normal(*SHAPE), normal(*SHAPE)), options)
        yield Case(name, (normal(1, 3, 4), normal(2, 1, 4)), {})
        yield Case(name, (normal(4), normal(2, 1, 4)), {})
    for axis, where in product(AXES, (None, kept(SHAPE))):
        options = {"axis": axis} | ({} if where is None else {"where": where})
        yield Case("smooth_labels", (distribution(SHAPE), 0.1), options)
    yield Case("smooth_labels", (distribution(SHAPE), uniform(2, 1, 1)), {})


def binary() -> Iterator[Case]:
    for logits, labels in (
        (normal(3, 4), uniform(3, 4)),
        (normal(3, 4), bits(3, 4)),
        (normal(3, 4), bits(3, 4) > 0),
        (normal(3, 4), normal(3, 4)),
        (normal(3, 1), uniform(4)),
        (normal(4), uniform(3, 1)),
        (normal(), uniform()),
    ):
        yield Case("sigmoid_binary_cross_entropy", (logits, labels), {}, str(labels.dtype))
        if logits.shape != (3, 4) or labels.dtype != np.float64 or labels.min() > 0:
            for alpha, gamma in product((None, 0.25, uniform(4)), (2.0, 0.5, 1.0, 0.0, 1 + uniform(4))):
                yield Case("sigmoid_focal_loss", (logits, labels), {"alpha": alpha, "gamma": gamma}, str(labels.dtype))
        yield Case("hinge_loss", (logits, labels), {}, str(labels.dtype))
        yield Case("sparsemax_loss", (logits, labels), {}, str(labels.dtype))
    yield Case("hinge_loss", (normal(3, 4), signs(3, 4)), {})
    yield Case("perceptron_loss", (normal(3, 4), signs(3, 4)), {})
    yield Case("perceptron_loss", (np.zeros((3, 4)), signs(3, 4)), {}, "at-zero")
    yield Case("perceptron_loss", (normal(3, 4), normal(3, 4)), {})
    yield Case("sparsemax_loss", (normal(), 1), {})


def classes() -> Iterator[Case]:
    name, integer = "softmax_cross_entropy", "softmax_cross_entropy_with_integer_labels"
    for axis in AXES:
        for where in masks(axis):
            options = {"axis": axis} | ({} if where is None else {"where": where})
            # The gradient of labels that are left out is NaN in optax.
            still = () if where is None else (1,)
            yield Case(name, (normal(*SHAPE), distribution(SHAPE, axis)), options, still=still)
            if where is None or where.shape == SHAPE:
                yield Case("poly_loss_cross_entropy", (normal(*SHAPE), distribution(SHAPE, axis)), options, still=still)
            if axis is not None:
                count = np.prod([SHAPE[a] for a in (axis if isinstance(axis, tuple) else (axis,))])
                left = kept(SHAPE).sum(axis=axis).shape
                yield Case(integer, (normal(*SHAPE), GENERATOR.integers(0, count, size=left)), options)
    for name in ("softmax_cross_entropy", "safe_softmax_cross_entropy"):
        if name == "softmax_cross_entropy":  # the safe one has no gradient there in optax
            yield Case(name, (normal(5, 4), np.eye(4, dtype=int)[[0, 3, 1, 2, 0]]), {}, "integer-one-hot")
        yield Case(name, (normal(5, 4), distribution((5, 4))), {})
        yield Case(name, (normal(5, 4), uniform(5, 4)), {}, "not-normalised")
        yield Case(name, (normal(5, 4), distribution((4,))), {})
        yield Case(name, (normal(4), distribution((5, 4))), {})
        yield Case(name, (normal(4), distribution((4,))), {})
        yield Case(name, (normal(5, 4), uniform(5, 1)), {})
    for epsilon in (-1.0, 0.5, uniform(5)):
        yield Case("poly_loss_cross_entropy", (normal(5, 4), uniform(5, 4)), {"epsilon": epsilon}, "not-normalised")
    yield Case(integer, (normal(5, 4), np.array([0, 3, 1, 2, 0], np.int8)), {})
    yield Case(integer, (normal(5, 4), np.array([0, 3, 1, 2, 0], np.uint8)), {})
    yield Case(integer, (normal(5, 4), np.array([-1, -4, 1, -2, 0])), {}, "negative-labels")
    yield Case(integer, (normal(1, 4), np.array([0, 3, 1, 2, 0])), {})
    yield Case(integer, (normal(5, 4), np.array([3])), {})
    yield Case(integer, (normal(4), np.array(2)), {})
    for name in ("multiclass_hinge_loss", "multiclass_perceptron_loss"):
        yield Case(name, (normal(5, 4), np.array([0, 3, 1, 2, 0])), {})
        yield Case(name, (normal(2, 3, 4), GENERATOR.integers(0, 4, size=(2, 3))), {})
        yield Case(name, (normal(4), np.array(2)), {})
        yield Case(name, (np.zeros((5, 4)), np.array([0, 3, 1, 2, 0])), {}, "ties")
    yield Case("multiclass_sparsemax_loss", (normal(5, 4), np.array([0, 3, 1, 2, 0])), {})
    yield Case("multiclass_sparsemax_loss", (normal(5, 4, scale=0.3), np.array([0, 3, 1, -1, 0])), {})


def divergences() -> Iterator[Case]:
    for name in ("kl_divergence", "generalized_kl_divergence", "kl_divergence_with_log_targets"):
        for axis in AXES:
            for where in masks(axis, samples=False):
                options = {"axis": axis} | ({} if where is None else {"where": where})
                target = distribution(SHAPE, axis)
                if name == "kl_divergence_with_log_targets":
                    target = np.log(target)
                yield Case(name, (np.log(distribution(SHAPE, axis)), target), options)
        for shapes in (((3, 4), (4,)), ((4,), (3, 1))):
            target = uniform(*shapes[1])
            yield Case(name, (-uniform(*shapes[0]), -target if "log" in name else target), {}, "not-normalised")


def lists() -> Iterator[Case]:
    for where, weights, reduce in product((None, kept((3, 5))), (None, uniform(3, 5)), ("mean", "sum", None)):
        options: dict[str, Any] = {} if reduce == "mean" else {"reduce_fn": reduce}
        options |= {} if where is None else {"where": where}
        options |= {} if weights is None else {"weights": weights}
        yield Case("ranking_softmax_loss", (normal(3, 5), uniform(3, 5)), options, str(reduce))
    yield Case("ranking_softmax_loss", (normal(5), bits(5)), {})
    yield Case("ranking_softmax_loss", (normal(2, 3, 5), bits(2, 3, 5)), {"where": kept((2, 3, 5))})


def regions() -> Iterator[Case]:
    shape = (2, 3, 4, 3)
    one_hot = np.eye(3)[GENERATOR.integers(0, 3, size=shape[:-1])]
    for reduction, background, weights in product(("mean", "sum", "none"), (False, True), (None, uniform(3))):
        options = {"reduction": reduction, "ignore_background": background, "class_weights": weights}
        yield Case("dice_loss", (normal(*shape), one_hot), options)
    for axis in (None, 1, -1, (1, 2), (0, 1, 2)):
        yield Case("dice_loss", (normal(*shape), one_hot), {"axis": axis, "reduction": "none"})
    for options in ({"smooth": 0.1}, {"alpha": 0.3, "beta": 0.7}, {"smooth": uniform(3), "alpha": uniform(2, 1)}):
        yield Case("dice_loss", (normal(*shape), one_hot), options)
    yield Case("dice_loss", (distribution(shape), one_hot), {"apply_softmax": False})
    yield Case("dice_loss", (normal(2, 6), bits(2, 6)), {})
    yield Case("dice_loss", (normal(2, 6, 1), bits(2, 6)), {})
    yield Case("dice_loss", (normal(2, 6), bits(2, 6, 1)), {})
    yield Case("dice_loss", (normal(2, 6), uniform(2, 6)), {})
    for background in (False, True):
        options = {"ignore_background": background}
        yield Case("multiclass_generalized_dice_loss", (normal(*shape), one_hot), options)
    yield Case("multiclass_generalized_dice_loss", (distribution(shape), one_hot), {"apply_softmax": False})
    yield Case("multiclass_generalized_dice_loss", (normal(*shape), one_hot), {"smooth": 0.01})
    for options in ({}, {"smooth": 0.1}):
        yield Case("binary_dice_loss", (normal(2, 3, 4), uniform(2, 3, 4)), options)
        yield Case("binary_dice_loss", (normal(2, 3, 1), bits(2, 3, 1)), options)
        yield Case("binary_dice_loss", (normal(5), bits(5)), options)


def points() -> Iterator[Case]:
    labels = np.array([0, 0, 1, 1, 1, 2])
    for options in ({}, {"temperature": 0.5}, {"temperature": np.array(0.5)}):
        yield Case("ntxent", (normal(6, 3), labels), options)
    yield Case("ntxent", (normal(6, 3), np.array([5, -7, -7, 5, 5, 5])), {})
    yield Case("ntxent", (normal(6, 3), np.array([0.5, 0.25, 0.25, 0.5, 1.0, 1.0], np.float32)), {}, "float-labels")
    for axis, degree in product((-1, 1, 0), (2, 4, 2.0)):
        options = {"axis": axis, "norm_degree": degree}
        yield Case("triplet_margin_loss", (normal(*SHAPE), normal(*SHAPE), normal(*SHAPE)), options)
    yield Case("triplet_margin_loss", (normal(5, 3), normal(5, 3), normal(5, 3)), {"margin": 0.0, "eps": 0.1})
    yield Case("triplet_margin_loss", (normal(5, 3), normal(5, 3), normal(3)), {"margin": uniform(5)})


def sequences() -> Iterator[Case]:
    frames = (np.arange(7) >= np.array([[7], [5], [6], [4]])).astype(np.float32)
    labels = np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0], [0, 0, 0]])
    paddings = (np.arange(3) >= np.array([[3], [2], [1], [0]])).astype(np.float32)
    scattered = GENERATOR.permuted(frames, axis=1)
    for name in ("ctc_loss", "ctc_loss_with_forward_probs"):
        yield Case(name, (normal(4, 7, 4), frames, labels, paddings), {})
        yield Case(name, (normal(4, 7, 4), scattered, labels, paddings), {}, "scattered-paddings")
        yield Case(name, (normal(4, 7, 4), frames, 3 - labels, paddings), {"blank_id": 3})


CASES = [
    case
    for family in (regression, binary, classes, divergences, lists, regions, points, sequences)
    for case in family()
]
