"""The option products of every class of torch.nn, as data: the parity tests run them and the docs list them."""

import math
from typing import Any

import torch

from .torch_parity import Case, Inputs

float64 = torch.float64


def real(*shapes: tuple[int, ...]) -> Inputs:
    """Normal numbers of these shapes."""
    return lambda g: tuple(torch.randn(s, generator=g, dtype=float64) for s in shapes)


def unit(*shapes: tuple[int, ...]) -> Inputs:
    """Numbers in (0.05, 0.95)."""
    return lambda g: tuple(0.05 + 0.9 * torch.rand(s, generator=g, dtype=float64) for s in shapes)


def positive(*shapes: tuple[int, ...]) -> Inputs:
    """Numbers in (0.1, 3.1)."""
    return lambda g: tuple(0.1 + 3 * torch.rand(s, generator=g, dtype=float64) for s in shapes)


def real_and_unit(shape: tuple[int, ...], other: tuple[int, ...] | None = None) -> Inputs:
    """Normal numbers, then numbers in (0.05, 0.95)."""
    return lambda g: (*real(shape)(g), *unit(other if other is not None else shape)(g))


def real_and_signs(*shapes: tuple[int, ...]) -> Inputs:
    """Normal numbers, the last of the shapes -1 and 1."""
    return lambda g: (*real(*shapes[:-1])(g), 2.0 * torch.randint(0, 2, shapes[-1], generator=g).to(float64) - 1)


def counts(shape: tuple[int, ...], first: Inputs) -> Inputs:
    """Arguments, then counts from 0 to 6."""
    return lambda g: (*first(g), torch.randint(0, 7, shape, generator=g).to(float64))


def classes(shape: tuple[int, ...], number: int, *, ignored: bool = False, log: bool = False) -> Inputs:
    """Scores with the class axis of torch.nn, and class indices, every third -100 if some are ignored."""

    def draw(g: torch.Generator) -> tuple[Any, ...]:
        axis = 1 if len(shape) > 1 else 0
        (scores,) = real(shape)(g)
        target = torch.randint(0, number, (*shape[:axis], *shape[axis + 1 :]), generator=g)
        if ignored:
            target.view(-1)[::3] = -100
        return scores.log_softmax(axis) if log else scores, target

    return draw


def features(shape: tuple[int, ...], target: tuple[int, ...]) -> Inputs:
    """Features of a layer, and class indices from 0 to 2 of which the last is 0."""

    def draw(g: torch.Generator) -> tuple[Any, ...]:
        indices = torch.randint(0, 3, target, generator=g)
        indices.view(-1)[-1] = 0
        return (*real(shape)(g), indices)

    return draw


def distributions(shape: tuple[int, ...]) -> Inputs:
    """Scores, and class probabilities of the same shape."""

    def draw(g: torch.Generator) -> tuple[Any, ...]:
        scores, other = real(shape, shape)(g)
        return scores, other.softmax(1 if len(shape) > 1 else 0)

    return draw


def log_probabilities(shape: tuple[int, ...]) -> Inputs:
    """Log-probabilities and probabilities along the last axis."""
    return lambda g: (real(shape)(g)[0].log_softmax(-1), real(shape)(g)[0].softmax(-1))


def label_lists(shape: tuple[int, ...]) -> Inputs:
    """Scores, and lists of class indices ended by -1, empty and full ones among them."""

    def draw(g: torch.Generator) -> tuple[Any, ...]:
        (scores,) = real(shape)(g)
        number = shape[-1]
        rows = max(1, math.prod(shape[:-1]))
        lists = [[*torch.randperm(number, generator=g).tolist()] for _ in range(rows)]
        lengths = torch.randint(0, number + 1, (rows,), generator=g).tolist()
        padded = [[*row[:n], -1, *row[n + 1 :]][:number] for row, n in zip(lists, lengths, strict=True)]
        return scores, torch.tensor(padded).reshape(shape)

    return draw


def vector(*numbers: float) -> torch.Tensor:
    """A weight."""
    return torch.tensor(numbers, dtype=float64)


WEIGHT_3 = vector(0.5, 2.0, 1.25)
SHAPES = {"(4, 3)": (4, 3), "scalar": (), "(2, 3, 2, 2)": (2, 3, 2, 2)}


def elementwise(name: str, options: dict[str, list[Any]], inputs: Any, **more: Any) -> list[Case]:
    """A class of equal shapes on several of them."""
    return [Case(name, kind, inputs(shape), options, **more) for kind, shape in SHAPES.items()]


def pair_of(draw: Any) -> Any:
    """Both arguments of one shape."""
    return lambda shape: draw(shape, shape)


REGRESSION = [
    *elementwise("L1Loss", {}, pair_of(real), differentiable=(0, 1)),
    *elementwise("MSELoss", {}, pair_of(real), differentiable=(0, 1)),
    *elementwise("SmoothL1Loss", {"beta": [1.0, 0.0, 0.3, 2]}, pair_of(real), differentiable=(0, 1)),
    *elementwise("HuberLoss", {"delta": [1.0, 0.3, 2]}, pair_of(real), differentiable=(0, 1)),
    *(
        Case(name, f"{left} broadcast with {right}", real(left, right), differentiable=(0, 1))
        for name in ("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss")
        for left, right in (((4, 3), (3,)), ((4, 1), (4, 3)), ((3,), (4, 1)))
    ),
    *(
        Case("PoissonNLLLoss", kind, counts(shape, real(shape)), {"full": [False, True], "eps": [1e-8, 0.1]})
        for kind, shape in SHAPES.items()
    ),
    *(
        Case(
            "PoissonNLLLoss", f"rates {kind}", counts(shape, positive(shape)),
            {"log_input": [False], "full": [False, True], "eps": [1e-8, 0.1]},
        )
        for kind, shape in SHAPES.items()
    ),
    Case("PoissonNLLLoss", "(4, 3) broadcast with (3,)", real((4, 3), (3,)), differentiable=(0, 1)),
    *(
        Case(
            "GaussianNLLLoss", f"var {var} for {shape}",
            lambda g, shape=shape, var=var: (*real(shape, shape)(g), *positive(var)(g)),
            {"full": [False, True], "eps": [1e-6, 0.5]}, differentiable=(0, 1, 2),
        )
        for shape, var in (((4, 3), (4, 3)), ((4, 3), (4, 1)), ((4, 3), (4,)), ((4, 3), (1, 3)), ((3,), ()), ((), ()))
    ),
    Case(
        "GaussianNLLLoss", "var a number", lambda g: (*real((4, 3), (4, 3))(g), 0.7), {"full": [False, True]},
        differentiable=(0, 1),
    ),
    *(
        Case(
            "KLDivLoss", str(shape), log_probabilities(shape), differentiable=(0, 1),
            reductions=("none", "mean", "sum", "batchmean"),
        )
        for shape in ((4, 3), (3,), (2, 3, 4))
    ),
    Case(
        "KLDivLoss", "log targets", lambda g: tuple(x.log_softmax(-1) for x in real((4, 3), (4, 3))(g)),
        {"log_target": [True]}, differentiable=(0, 1), reductions=("none", "mean", "sum", "batchmean"),
    ),
    Case(
        "KLDivLoss", "unnormalised, broadcast", lambda g: (*real((4, 3))(g), *positive((3,))(g)), differentiable=(0, 1),
        reductions=("none", "mean", "sum", "batchmean"),
    ),
]  # fmt: skip

BINARY = [
    *elementwise("BCELoss", {}, pair_of(unit), differentiable=(0, 1), native_error=100),
    Case(
        "BCELoss", "weights", unit((4, 3), (4, 3)),
        {"weight": [WEIGHT_3, WEIGHT_3[:1], torch.arange(1.0, 5.0, dtype=float64)[:, None]]}, differentiable=(0, 1),
        native_error=100,
    ),
    *elementwise("BCEWithLogitsLoss", {}, real_and_unit, differentiable=(0, 1)),
    Case(
        "BCEWithLogitsLoss", "weights", real_and_unit((4, 3)),
        {
            "weight": [None, WEIGHT_3, torch.arange(1.0, 5.0, dtype=float64)[:, None]],
            "pos_weight": [None, WEIGHT_3, vector(3.0), torch.arange(1.0, 5.0, dtype=float64)[:, None]],
        },
        differentiable=(0, 1),
    ),
    Case("BCEWithLogitsLoss", "targets outside [0, 1]", real((4, 3), (4, 3)), {"pos_weight": [None, WEIGHT_3]}),
    *elementwise("SoftMarginLoss", {}, lambda shape: real_and_signs(shape, shape)),
    Case("SoftMarginLoss", "any target, broadcast", real((4, 3), (3,))),
    *elementwise("HingeEmbeddingLoss", {"margin": [1.0, 0.0, 2]}, lambda shape: real_and_signs(shape, shape)),
    Case("HingeEmbeddingLoss", "targets other than signs", counts((4, 1), real((4, 3))), {"margin": [1.0]}),
    *(
        Case("MultiLabelSoftMarginLoss", str(shape), real_and_unit(shape), {"weight": [None, WEIGHT_3]})
        for shape in ((4, 3), (3,), (2, 2, 3))
    ),
    Case("MultiLabelSoftMarginLoss", "any target, broadcast", real((4, 3), (3,)), differentiable=(0, 1)),
    *(
        Case("MultiLabelSoftMarginLoss", kind, real(*shapes), {"weight": [None, WEIGHT_3]}, differentiable=(0, 1))
        for kind, shapes in {
            "class axis broadcast": ((4, 1), (4, 3)), "one score": ((1,), (3,)), "higher target": ((3,), (2, 3)),
            "both of one class": ((2, 1), (2, 1)),
        }.items()
    ),
    *elementwise(
        "MarginRankingLoss", {"margin": [0.0, 0.5, -0.5]}, lambda shape: real_and_signs(shape, shape, shape),
        differentiable=(0, 1),
    ),
    Case("MarginRankingLoss", "any target, broadcast", real((4, 1), (1, 3), (1, 1)), differentiable=(0, 1, 2)),
]  # fmt: skip

CLASSES = {"(4, 3)": (4, 3), "unbatched": (3,), "(2, 3, 4)": (2, 3, 4), "(2, 3, 2, 2)": (2, 3, 2, 2)}

CLASSIFICATION = [
    *(
        Case("CrossEntropyLoss", f"indices {kind}", classes(shape, 3), {
            "weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2, 1.0] if kind == "(4, 3)" else [0.0, 0.2],
            "ignore_index": [-100, 1],
        })
        for kind, shape in CLASSES.items()
        if kind != "unbatched"
    ),
    Case(
        "CrossEntropyLoss", "indices unbatched", classes((3,), 3),
        {"weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2]},
    ),
    Case(
        "CrossEntropyLoss", "some indices ignored", classes((7, 3), 3, ignored=True),
        {"weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2]},
    ),
    *(
        Case(
            "CrossEntropyLoss", f"probabilities {kind}", distributions(shape),
            {"weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2]}, differentiable=(0, 1),
        )
        for kind, shape in CLASSES.items()
    ),
    Case("CrossEntropyLoss", "targets that are no distribution", real((4, 3), (4, 3)), {"weight": [None, WEIGHT_3]}),
    *(
        Case(
            "NLLLoss", kind, classes(shape, 3, log=True), {"weight": [None, WEIGHT_3], "ignore_index": [-100, 1]}
        )
        for kind, shape in CLASSES.items()
        if kind != "unbatched"
    ),
    Case("NLLLoss", "unbatched", classes((3,), 3, log=True), {"weight": [None, WEIGHT_3]}),
    Case("NLLLoss", "some ignored", classes((7, 3), 3, log=True, ignored=True), {"weight": [None, WEIGHT_3]}),
    Case("NLLLoss", "any scores", classes((4, 3), 3), {"weight": [None, WEIGHT_3]}),
    *(
        Case(
            "LinearCrossEntropyLoss", kind, inputs,
            {
                "in_features": [2], "num_classes": [3], "bias": [False, True], "weight": [None, WEIGHT_3],
                "label_smoothing": [0.0, 0.2], "ignore_index": [None, 1],
            },
        )
        for kind, inputs in {"(5, 2)": features((5, 2), (5,)), "unbatched": features((2,), ())}.items()
    ),
    Case(
        "LinearCrossEntropyLoss", "further axes", features((5, 2), (5, 4)),
        {
            "in_features": [2], "num_classes": [3], "out_features": [(4,)], "bias": [False, True],
            "weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2],
        },
    ),
    Case(
        "LinearCrossEntropyLoss", "probabilities", lambda g: (*real((5, 2))(g), real((5, 3))(g)[0].softmax(-1)),
        {"in_features": [2], "num_classes": [3], "weight": [None, WEIGHT_3], "label_smoothing": [0.0, 0.2]},
        differentiable=(0, 1),
    ),
    *(
        Case(
            "MultiMarginLoss", kind, classes(shape, 3),
            {"p": [1, 2], "margin": [1.0, 0.5, -0.5], "weight": [None, WEIGHT_3]}, second=False, half=False,
        )
        for kind, shape in {"(4, 3)": (4, 3), "unbatched": (3,)}.items()
    ),
    *(
        Case("MultiLabelMarginLoss", kind, label_lists(shape), second=False, half=False)
        for kind, shape in {"(6, 4)": (6, 4), "unbatched": (4,)}.items()
    ),
    Case("MultiMarginLoss", "one row, its class a scalar", lambda g: (*real((1, 3))(g), torch.tensor(2)),
         {"weight": [None, WEIGHT_3]}, second=False, half=False),
    Case("MultiLabelMarginLoss", "a scalar, its list of one", lambda g: (*real(())(g), torch.tensor([0])),
         second=False, half=False),
]  # fmt: skip

EMBEDDING = [
    *(
        Case(
            "CosineEmbeddingLoss", kind, real_and_signs(*shapes), {"margin": [0.0, 0.5, -0.5]}, differentiable=(0, 1),
            native_error=10,
        )
        for kind, shapes in {
            "(4, 3)": ((4, 3), (4, 3), (4,)),
            "unbatched": ((3,), (3,), ()),
            "broadcast": ((4, 3), (1, 3), (4,)),
            "one target": ((4, 3), (4, 3), (1,)),
        }.items()
    ),
    Case("CosineEmbeddingLoss", "targets other than signs", counts((6,), real((6, 3), (6, 3))), differentiable=(0, 1),
         native_error=10),
    Case(
        "TripletMarginLoss", "(4, 3)", real((4, 3), (4, 3), (4, 3)),
        {"margin": [1.0, 0.25], "p": [2.0, 1.0, 3.0, 0.5], "eps": [1e-6, 0.1], "swap": [False, True]},
        differentiable=(0, 1, 2),
    ),
    *(
        Case(
            "TripletMarginLoss", kind, real(*shapes), {"p": [2.0, 3.0], "swap": [False, True]},
            differentiable=(0, 1, 2),
        )
        for kind, shapes in {
            "unbatched": ((3,),) * 3, "(2, 2, 3)": ((2, 2, 3),) * 3, "broadcast": ((4, 3), (1, 3), (4, 3)),
            "scalars": ((),) * 3,
        }.items()
    ),
    Case("TripletMarginLoss", "largest difference", real((4, 3), (4, 3), (4, 3)), {"p": [math.inf]},
         differentiable=(0, 1, 2)),
    Case("TripletMarginLoss", "no norm", real((4, 3), (4, 3), (4, 3)), {"p": [0, -1.0]}, differentiable=(0, 1, 2)),
    *(
        Case(
            "TripletMarginWithDistanceLoss", kind, real(*shapes),
            {"margin": [1.0, 0.25], "swap": [False, True],
             "distance_function": [None, torch.nn.PairwiseDistance(1.0), lambda x, y: (x - y).pow(2).sum(-1)]},
            differentiable=(0, 1, 2), user_function=16.0,
        )
        for kind, shapes in {"(4, 3)": ((4, 3),) * 3, "unbatched": ((3,),) * 3}.items()
    ),
]  # fmt: skip


def sequences(batched: bool, joined: bool, lengths: Any) -> Inputs:
    """Logits of 6 times and 4 classes, label sequences of up to 3, and the lengths of both."""

    def draw(g: torch.Generator) -> tuple[Any, ...]:
        if not batched:
            return (*real((6, 4))(g), torch.tensor([3, 1]), lengths([6])[0], lengths([2])[0])
        used = [3, 1, 0]
        labels = [[2, 2, 3], [1, 3, 3], [0, 1, 2]]
        rows = [label for row, n in zip(labels, used, strict=True) for label in row[:n]] if joined else labels
        return (*real((6, 3, 4))(g), torch.tensor(rows), lengths([6, 5, 2]), lengths(used))

    return draw


def log_softmax(x: torch.Tensor) -> torch.Tensor:
    """Log-probabilities along the last axis."""
    return x.log_softmax(-1)


#: Native has no half precision, no second derivative, and a gradient that is right behind log_softmax only.
CTC = [
    *(
        Case(
            "CTCLoss", kind, inputs, {"zero_infinity": [False, True]}, second=False, through=log_softmax,
            dtypes=(torch.float64, torch.float32),
        )
        for kind, inputs in {
            "padded": sequences(True, False, torch.tensor),
            "one after the other": sequences(True, True, torch.tensor),
            "lengths as tuples": sequences(True, False, tuple),
            "unbatched": sequences(False, False, torch.tensor),
        }.items()
    ),
    Case(
        "CTCLoss", "another blank", lambda g: (*real((6, 2, 4))(g), torch.tensor([[0, 1], [2, 0]]), (6, 4), (2, 2)),
        {"blank": [3]}, second=False, through=log_softmax, dtypes=(torch.float64, torch.float32),
    ),
    Case(
        "CTCLoss", "impossible sequences",
        lambda g: (*real((6, 2, 4))(g), torch.tensor([[1, 1], [2, 3]]), (2, 4), (2, 2)),
        {"zero_infinity": [True]}, second=False, through=log_softmax, dtypes=(torch.float64, torch.float32),
    ),
]  # fmt: skip

CASES = [*REGRESSION, *BINARY, *CLASSIFICATION, *EMBEDDING, *CTC]
