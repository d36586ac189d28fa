"""Where native raises, the drop-in raises the same kind of error, and says what is wanted."""

import pytest
import torch

import unilosses.torch as drop_ins

R = torch.rand
INDICES = torch.tensor([0, 1, 2, 1])
LISTS = torch.tensor([[1, 2, -1], [0, -1, -1]])

SAME_SHAPE = ("BCELoss", "BCEWithLogitsLoss")
ELEMENTWISE = ("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss", "KLDivLoss", "SoftMarginLoss",
               "HingeEmbeddingLoss", "MultiLabelSoftMarginLoss")  # fmt: skip

COMPLEX = {
    **{(name, 0): 2 for name in ("MSELoss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "KLDivLoss",
                                 "HingeEmbeddingLoss", "MultiLabelSoftMarginLoss", "CrossEntropyLoss")},
    **{(name, 1): 2 for name in ("MSELoss", "SmoothL1Loss", "HuberLoss", "BCELoss", "SoftMarginLoss", "KLDivLoss",
                                 "CrossEntropyLoss")},
    **{("MarginRankingLoss", position): 3 for position in (0, 1, 2)},
    ("GaussianNLLLoss", 2): 3,
}  # fmt: skip

WRONG = [
    *((name, {}, tuple(R(4, 3) * (1j if i == position else 1) for i in range(number)))
      for (name, position), number in COMPLEX.items()),
    *(("CosineEmbeddingLoss", {}, (R(4, 3) * a, R(4, 3) * b, torch.ones(4))) for a, b in ((1j, 1), (1, 1j))),
    *((name, {}, (R(4, 3) * 1j, INDICES)) for name in ("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss")),
    ("MultiLabelMarginLoss", {}, (R(2, 3) * 1j, LISTS)),
    ("MSELoss", {}, (R(3) * 1j, R(()))),
    *((name, {}, (R(4, 3), R(2, 3))) for name in (*ELEMENTWISE, *SAME_SHAPE)),
    *((name, {}, (R(4, 3), R(4, 1))) for name in SAME_SHAPE),
    *((name, {"reduction": "average"}, (R(4, 3), R(4, 3))) for name in (*ELEMENTWISE, *SAME_SHAPE)),
    ("SoftMarginLoss", {}, (R(4, 1), R(4, 3))),
    ("SmoothL1Loss", {"beta": -1.0}, (R(3), R(3))),
    ("HuberLoss", {"delta": 0.0}, (R(3), R(3))),
    ("HuberLoss", {"delta": -1.0}, (R(3), R(3))),
    ("KLDivLoss", {}, (INDICES, R(4))),
    ("KLDivLoss", {}, (R(4), INDICES)),
    ("GaussianNLLLoss", {}, (R(4, 3), R(4, 3), -R(4, 3))),
    ("GaussianNLLLoss", {}, (R(4, 3), R(4, 3), -0.5)),
    ("GaussianNLLLoss", {}, (R(4, 3), R(4, 3), R(4, 2))),
    ("GaussianNLLLoss", {}, (R(4, 3), R(4, 3), R(1, 1))),
    ("GaussianNLLLoss", {}, (R(1, 4), R(1, 4), R(2, 4))),
    ("GaussianNLLLoss", {"reduction": "average"}, (R(3), R(3), R(3))),
    *(("BCELoss", {}, pair) for pair in ((R(3) + 1, R(3)), (R(3) - 1, R(3)), (R(3), R(3) + 1), (R(3), -R(3)),
                                         (torch.full((3,), float("nan")), R(3)))),
    *(("BCELoss", {"weight": w}, (R(4, 3), R(4, 3))) for w in (R(5), R(2, 4, 3))),
    *(("BCEWithLogitsLoss", {"weight": w}, (R(4, 3), R(4, 3))) for w in (R(5), R(2, 4, 3))),
    *(("BCEWithLogitsLoss", {"pos_weight": w}, (R(4, 3), R(4, 3))) for w in (R(4), R(2, 4, 3))),
    ("MultiLabelSoftMarginLoss", {}, (R(()), R(()))),
    ("MarginRankingLoss", {}, (R(4, 1), R(3), R(1, 1))),
    ("MarginRankingLoss", {}, (R(4), R(3), R(4))),
    *((name, {}, (R(4, 3), target)) for name in ("CrossEntropyLoss", "NLLLoss") for target in (
        INDICES + 1, INDICES - 1, INDICES[:3], INDICES[:, None], INDICES.bool(), torch.eye(4)[:3].long(), R(3, 3),
    )),
    *((name, {"weight": w}, (R(4, 3), INDICES)) for name in ("CrossEntropyLoss", "NLLLoss") for w in (R(2), R(1, 3))),
    *((name, {}, (R(4, 3, 2), INDICES)) for name in ("CrossEntropyLoss", "NLLLoss")),
    *((name, {}, (R(4, 3, 2), INDICES[:, None].expand(4, 3))) for name in ("CrossEntropyLoss", "NLLLoss")),
    *((name, {}, (R(()), INDICES[0])) for name in ("CrossEntropyLoss", "NLLLoss")),
    *((name, {}, (INDICES[:, None].expand(4, 3), INDICES)) for name in ("CrossEntropyLoss", "NLLLoss")),
    ("NLLLoss", {}, (R(4, 3), R(4, 3))),
    ("CrossEntropyLoss", {"label_smoothing": 1.5}, (R(4, 3), INDICES)),
    ("CrossEntropyLoss", {"ignore_index": 0}, (R(4, 3), R(4, 3))),
    ("CrossEntropyLoss", {"weight": R(2)}, (R(4, 3), R(4, 3))),
    ("CrossEntropyLoss", {}, (R(4, 3), torch.eye(3)[INDICES].long())),
    ("LinearCrossEntropyLoss", {"weight": R(3)}, None),
    ("LinearCrossEntropyLoss", {"label_smoothing": 2}, None),
    *(("LinearCrossEntropyLoss", {}, pair) for pair in (
        (R(4, 2, 3), INDICES), (R(4, 2), INDICES), (R(4, 3), INDICES + 3), (R(4, 3), INDICES[:3]),
        (R(4, 3).half(), INDICES),
    )),
    ("LinearCrossEntropyLoss", {"out_features": (2,)}, (R(3), INDICES[:2])),
    ("LinearCrossEntropyLoss", {"ignore_index": 1}, (R(4, 3), R(4, 4))),
    ("MultiMarginLoss", {"p": 3}, None),
    ("MultiMarginLoss", {"weight": R(1, 3)}, None),
    *(("MultiMarginLoss", options, pair) for options, pair in (
        ({}, (R(4, 3), INDICES + 1)), ({}, (R(4, 3), INDICES - 1)), ({}, (R(4, 3, 2), INDICES)),
        ({}, (R(4, 3), INDICES[:3])), ({}, (R(4, 3), INDICES[:, None])), ({}, (R(4, 3), R(4))),
        ({"weight": R(2)}, (R(4, 3), INDICES)),
    )),
    *(("MultiLabelMarginLoss", {}, pair) for pair in (
        (R(2, 3), LISTS + 1), (R(2, 3), LISTS - 1), (R(2, 3), LISTS[:, :2]), (R(2, 3, 2), LISTS),
        (R(2, 3), LISTS.float()), (R(1), LISTS[:1, :1]), (R(3), LISTS[:1]), (R(()), LISTS[:1, :1]), (R(3), LISTS[0, 0]),
        (R(1, 3), torch.tensor([[0, -1, 7]])),
    )),
    *(("CosineEmbeddingLoss", {}, arrays) for arrays in (
        (R(4, 3), R(3), R(4)), (R(4, 3), R(4, 3), R(())), (R(3), R(3), R(1)), (R(4, 3, 2), R(4, 3, 2), R(4)),
        (R(4, 3), R(4, 3), R(3)), (R(2, 3), R(2, 4), R(2)),
    )),
    *(("CTCLoss", {}, (R(5, 2, 3), torch.ones(2, 2).long(), times, lengths)) for times, lengths in (
        ((6, 4), (2, 1)), ((-1, 4), (2, 1)), ((5, 4), (3, 1)), ((5, 4), (-1, 1)), ((5,), (2, 1)), ((5, 4), (2,)),
        (R(2), torch.tensor([2, 1])),
    )),
    ("CTCLoss", {"blank": 3}, (R(5, 2, 3), torch.ones(2, 2).long(), (5, 4), (2, 1))),
    *(("CTCLoss", {}, (R(shape), torch.ones(2, 2).long(), (5, 4), (2, 1))) for shape in ((5, 2, 3, 1), (0, 2, 3))),
    *(("CTCLoss", {}, (R(5, 2, 3), torch.ones(shape).long(), (5, 4), (2, 1))) for shape in ((1, 2), (2,), (4,))),
    ("CTCLoss", {"reduction": "average"}, (R(5, 2, 3), torch.ones(2, 2).long(), (5, 4), (2, 1))),
    ("TripletMarginLoss", {"margin": 0}, None),
    ("TripletMarginLoss", {}, (R(4, 3), R(3), R(4, 3))),
    ("TripletMarginLoss", {}, (R(4, 3), R(4, 2), R(4, 3))),
    ("TripletMarginLoss", {"reduction": "average"}, (R(3), R(3), R(3))),
    ("TripletMarginWithDistanceLoss", {"margin": -1}, None),
    *((name, {"reduction": "elementwise_mean"}, (R(4, 3),) * number) for name, number in (
        ("PoissonNLLLoss", 2), ("MultiLabelSoftMarginLoss", 2), ("GaussianNLLLoss", 3),
        ("TripletMarginWithDistanceLoss", 3),
    )),
    ("TripletMarginWithDistanceLoss", {}, (R(4, 3), R(3), R(4, 3))),
    ("TripletMarginWithDistanceLoss", {"reduction": "average"}, (R(3), R(3), R(3))),
]  # fmt: skip


def describe(case):
    name, options, arguments = case
    shapes = "no call" if arguments is None else " ".join(
        f"{str(x.dtype).removeprefix('torch.')}{tuple(x.shape)}" if isinstance(x, torch.Tensor) else str(x)
        for x in arguments
    )  # fmt: skip
    return f"{name}-{','.join(options)}-{shapes}"


def build_and_call(module, name, options, arguments):
    required = {"in_features": 3, "num_classes": 4} if name == "LinearCrossEntropyLoss" else {}
    loss = getattr(module, name)(**required, **options)
    return loss if arguments is None else loss(*arguments)


def error_of(module, case):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (any error: its kind is what is compared)
        build_and_call(module, *case)
    return caught.value


@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:reduction")
@pytest.mark.parametrize("case", WRONG, ids=describe)
def test_same_kind_of_error(case):
    native = error_of(torch.nn, case)
    ours = error_of(drop_ins, case)
    # NotImplementedError is what PyTorch raises for a missing kernel: a RuntimeError for whoever catches it.
    wanted = RuntimeError if isinstance(native, NotImplementedError) else type(native)
    assert isinstance(ours, wanted), f"{type(ours).__name__}: {ours}; native {type(native).__name__}: {native}"
    assert len(str(ours)) > 20
