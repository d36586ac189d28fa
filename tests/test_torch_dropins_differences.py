"""Each deliberate difference from torch.nn, shown: what native does and what the drop-in does instead."""

import math

import pytest
import torch

import unilosses.torch as drop_ins
from unilosses.testing import assert_close
from unilosses.torch.differences import DIFFERENCES

nn = torch.nn
NAN, INF = math.nan, math.inf
SHOWN = {}


def shows(key):
    """Mark a test as the demonstration of one row of the table."""

    def mark(test):
        assert key not in SHOWN
        SHOWN[key] = test
        return test

    return mark


def tensor(*numbers, dtype=torch.float64):
    return torch.tensor(numbers, dtype=dtype)


def value_and_gradient(module, *arguments, position=0):
    """The value and the gradient of its sum with respect to one argument."""
    arguments = list(arguments)
    arguments[position] = arguments[position].clone().requires_grad_()
    value = module(*arguments)
    (gradient,) = torch.autograd.grad(value.sum(), arguments[position])
    return value.detach(), gradient


def second_gradient(module, x, *rest):
    """The gradient of the sum of the gradient."""
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(module(x, *rest).sum(), x, create_graph=True)
    return torch.autograd.grad(gradient.sum(), x)[0]


def test_every_difference_is_shown():
    assert [row.key for row in DIFFERENCES if row.key not in SHOWN] == []
    assert len({row.key for row in DIFFERENCES}) == len(DIFFERENCES)


def test_rows_are_about_classes_and_say_everything():
    for row in DIFFERENCES:
        assert all(hasattr(drop_ins, name) for name in row.classes)
        assert all(text.endswith(".") for text in (row.native, row.ours, row.reason))
        for name in row.classes:
            assert row.ours in getattr(drop_ins, name).__doc__


EMPTY = {
    "BCELoss": ((0, 3), (0, 3)),
    "CosineEmbeddingLoss": ((0, 3), (0, 3), (0,)),
    "CrossEntropyLoss": ((0, 3), (0, 3)),
    "GaussianNLLLoss": ((0, 3), (0, 3), (0, 3)),
    "HuberLoss": ((0, 3), (0, 3)),
    "L1Loss": ((0, 3), (0, 3)),
    "MSELoss": ((0, 3), (0, 3)),
    "MarginRankingLoss": ((0,), (0,), (0,)),
    "MultiLabelSoftMarginLoss": ((0, 3), (0, 3)),
    "PoissonNLLLoss": ((0, 3), (0, 3)),
    "TripletMarginLoss": ((0, 3), (0, 3), (0, 3)),
}


@shows("empty mean")
@pytest.mark.parametrize("name", EMPTY)
def test_empty_mean(name):
    arguments = [torch.zeros(shape) for shape in EMPTY[name]]
    assert getattr(nn, name)()(*arguments).isnan()
    value, gradient = value_and_gradient(getattr(drop_ins, name)(), *arguments)
    assert value == 0
    assert gradient.shape == arguments[0].shape


def test_empty_mean_of_margin_losses():
    indices = torch.zeros(0, dtype=torch.int64)
    assert drop_ins.MultiMarginLoss()(torch.zeros(0, 3), indices) == 0
    assert drop_ins.MultiLabelMarginLoss()(torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.int64)) == 0


@shows("nothing counted")
@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss", "LinearCrossEntropyLoss"])
@pytest.mark.parametrize("options", [{}, {"weight": torch.zeros(3)}], ids=["ignored", "weights of zero"])
def test_nothing_counted(name, options):
    scores = torch.randn(4, 3)
    target = torch.zeros(4, dtype=torch.int64) if options else torch.full((4,), -100)
    required = {"in_features": 3, "num_classes": 3} if name == "LinearCrossEntropyLoss" else {}
    assert getattr(nn, name)(**required, **options)(scores, target).isnan()
    value, gradient = value_and_gradient(getattr(drop_ins, name)(**required, **options), scores, target)
    assert value == 0
    assert not gradient.any()


@shows("ignored entries")
@pytest.mark.parametrize("bad", [NAN, INF])
def test_ignored_entries(bad):
    scores, target = tensor([bad, 1.0], [0.0, 1.0]), torch.tensor([-100, 0])
    native, native_gradient = value_and_gradient(nn.CrossEntropyLoss(), scores, target)
    value, gradient = value_and_gradient(drop_ins.CrossEntropyLoss(), scores, target)
    assert_close(value, native)
    assert native_gradient[0].isnan().all()
    assert not gradient[0].any()
    assert_close(gradient[1], native_gradient[1])
    layer = drop_ins.LinearCrossEntropyLoss(2, 2, dtype=torch.float64)
    assert not value_and_gradient(layer, scores, target)[1][0].any()
    (gradient,) = torch.autograd.grad(layer(scores, target), layer.linear.weight)
    assert gradient.isfinite().all()


@shows("integers")
def test_integers():
    x, ones = torch.rand(4, 3), torch.ones(4, 3, dtype=torch.int64)
    for name in ("BCELoss", "BCEWithLogitsLoss"):
        with pytest.raises(RuntimeError):
            getattr(nn, name)(reduction="sum")(x, ones)
    for name in ("BCELoss", "BCEWithLogitsLoss"):
        for target in (ones, ones.bool(), ones.double()):
            assert_close(getattr(drop_ins, name)()(x, target).float(), getattr(nn, name)()(x, ones.float()))
    with pytest.raises(RuntimeError):
        nn.CrossEntropyLoss()(x, ones[:, 0].int())
    assert_close(drop_ins.CrossEntropyLoss()(x, ones[:, 0].int()), nn.CrossEntropyLoss()(x, ones[:, 0]))
    assert nn.L1Loss(reduction="sum")(ones, ones).dtype is torch.int64
    assert drop_ins.L1Loss(reduction="sum")(ones, ones).dtype is torch.float32


@shows("complex numbers")
@pytest.mark.parametrize(
    ("name", "number", "position"),
    [
        ("BCEWithLogitsLoss", 2, 1),
        ("GaussianNLLLoss", 3, 0),
        ("GaussianNLLLoss", 3, 1),
        ("HingeEmbeddingLoss", 2, 1),
        ("MultiLabelSoftMarginLoss", 2, 1),
        ("PoissonNLLLoss", 2, 0),
        ("PoissonNLLLoss", 2, 1),
        ("SoftMarginLoss", 2, 0),
        ("TripletMarginLoss", 3, 0),
        ("TripletMarginLoss", 3, 1),
        ("TripletMarginLoss", 3, 2),
    ],
)
def test_complex_numbers(name, number, position):
    arguments = [torch.rand(4, 3) for _ in range(number)]
    arguments[position] = arguments[position] + 1j
    assert getattr(nn, name)()(*arguments).isfinite()
    with pytest.raises(drop_ins.InputError, match="complex64; wanted real"):
        getattr(drop_ins, name)()(*arguments)


def test_complex_scalar_among_real_arrays():
    with pytest.raises(drop_ins.InputError, match="complex64; wanted real"):
        drop_ins.PoissonNLLLoss()(torch.rand(3), torch.tensor(1 + 1j))


@shows("half precision")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision(dtype):
    scores = torch.randn(4, 3, dtype=dtype)
    for name, target in {
        "MultiMarginLoss": torch.tensor([0, 2, 1, 1]),
        "MultiLabelMarginLoss": torch.tensor([[0, -1, 1], [1, 2, -1], [2, -1, -1], [-1, 0, 0]]),
    }.items():
        with pytest.raises(NotImplementedError, match="not implemented for"):  # native has no such kernel
            getattr(nn, name)()(scores, target)
        value = getattr(drop_ins, name)()(scores, target)
        assert value.dtype is dtype
        assert_close(value, getattr(nn, name)()(scores.double(), target))


@shows("half accumulation")
def test_half_accumulation():
    x = torch.full((1000,), 200.0, dtype=torch.float16)
    x[1:] = 1.0
    y = torch.zeros_like(x)
    assert_close(drop_ins.MSELoss()(x, y), nn.MSELoss()(x.double(), y.double()))
    square = torch.full((4,), 300.0, dtype=torch.float16)
    assert drop_ins.MSELoss()(square, square) == 0
    with torch.autocast("cpu", dtype=torch.bfloat16):
        narrow = torch.rand(3, dtype=torch.bfloat16)
        assert nn.MSELoss()(narrow, narrow).dtype is drop_ins.MSELoss()(narrow, narrow).dtype is torch.float32
        assert nn.GaussianNLLLoss()(narrow, narrow, narrow).dtype is torch.bfloat16
        assert drop_ins.GaussianNLLLoss()(narrow, narrow, narrow).dtype is torch.float32


@shows("scripting")
def test_scripting():
    module = drop_ins.HuberLoss()
    exported = torch.export.export(module, (torch.rand(3), torch.rand(3))).module()
    x, y = torch.rand(3), torch.rand(3)
    assert_close(exported(x, y), module(x, y))
    with pytest.raises(torch.fx.proxy.TraceError):
        torch.fx.symbolic_trace(module)


@shows("no classes or features")
def test_no_classes_or_features():
    nothing, labels = torch.zeros(3, 0), torch.zeros(3, dtype=torch.int64)
    for name, arguments, value in (
        ("CrossEntropyLoss", (nothing, nothing), NAN),
        ("NLLLoss", (nothing[:0], labels[:0]), NAN),
        ("CosineEmbeddingLoss", (nothing, nothing, torch.ones(3)), 1.0),
        ("TripletMarginLoss", (nothing, nothing, nothing), 1.0),
    ):
        assert_close(getattr(nn, name)()(*arguments), torch.tensor(value))
        with pytest.raises(ValueError, match="at least one class or feature"):
            getattr(drop_ins, name)()(*arguments)


@shows("broadcast features of triplets")
def test_broadcast_features_of_triplets():
    anchor, positive, negative = tensor(3.0, 3.0, 3.0, 3.0)[None], tensor(2.0)[None], tensor(1.0)[None]
    options = {"margin": 2.0, "swap": True, "eps": 0.0}
    # Distances over four features: 2 to the positive, 4 to the negative, 2 between them; natively the last is 1.
    assert_close(nn.TripletMarginLoss(**options)(anchor, positive, negative), torch.tensor(3.0).double())
    found = drop_ins.TripletMarginLoss(**options)(anchor, positive, negative)
    assert_close(found, torch.tensor(2.0).double())
    whole = [x.expand(1, 4) for x in (anchor, positive, negative)]
    assert_close(found, nn.TripletMarginLoss(**options)(*whole))


@shows("probability at 0 and 1")
def test_probability_at_0_and_1():
    p, y = tensor(0.0, 1.0, 1e-13, 0.0), tensor(1.0, 0.0, 1.0, 0.0)
    value, gradient = value_and_gradient(drop_ins.BCELoss(reduction="none"), p, y)
    native_value, native_gradient = value_and_gradient(nn.BCELoss(reduction="none"), p, y)
    assert_close(value, native_value)
    assert_close(native_gradient, tensor(-1e12, 1e12, -1e12, 0.0), "differences")  # native's 1e-12 is a float32
    assert native_gradient[3] == 0
    assert gradient.tolist() == [0.0, 0.0, pytest.approx(-1e13), pytest.approx(1.0)]


@shows("infinite logits")
def test_infinite_logits():
    z, y = tensor(INF, -INF), tensor(1.0, 0.0)
    assert nn.BCEWithLogitsLoss(reduction="none")(z, y).isnan().all()
    assert not drop_ins.BCEWithLogitsLoss(reduction="none")(z, y).any()
    assert nn.MultiLabelSoftMarginLoss()(z, y).isnan()
    assert drop_ins.MultiLabelSoftMarginLoss()(z, y) == 0
    masked, target = tensor(0.0, -INF, 1.0)[None], tensor(1.0, 0.0, 0.0)[None]
    assert nn.CrossEntropyLoss()(masked, target).isnan()
    value, gradient = value_and_gradient(drop_ins.CrossEntropyLoss(), masked, target)
    assert_close(value, math.log(1 + math.e))
    assert gradient.isfinite().all()


@shows("zero weight of an infinite cost")
def test_zero_weight_of_an_infinite_cost():
    logs, label, weight = tensor(0.0, -INF)[None], torch.tensor([1]), tensor(1.0, 0.0)
    for name in ("NLLLoss", "CrossEntropyLoss"):
        options = {"weight": weight, "reduction": "sum"}
        assert getattr(nn, name)(**options)(logs, label).isnan()
        assert getattr(drop_ins, name)(**options)(logs, label) == 0


@shows("zero probability")
def test_zero_probability():
    logs, y = tensor(-INF, -1.0), tensor(0.0, 0.5)
    assert nn.KLDivLoss(reduction="sum")(logs, y).isnan()
    value, gradient = value_and_gradient(drop_ins.KLDivLoss(reduction="sum"), logs, y)
    assert_close(value, 0.5 * math.log(0.5) + 0.5)
    assert_close(gradient, tensor(0.0, -0.5))
    finite = tensor(-2.0, -1.0)
    _, native = value_and_gradient(nn.KLDivLoss(reduction="sum"), finite, y, position=1)
    _, ours = value_and_gradient(drop_ins.KLDivLoss(reduction="sum"), finite, y, position=1)
    assert native[0].isnan()
    assert ours.isfinite().all()
    assert_close(ours[1], native[1])
    both = tensor(-INF, -1.0)
    assert nn.KLDivLoss(reduction="sum", log_target=True)(both, both).isnan()
    assert drop_ins.KLDivLoss(reduction="sum", log_target=True)(both, both) == 0


@shows("count of zero")
def test_count_of_zero():
    logs, none = tensor(-INF), tensor(0.0)
    assert nn.PoissonNLLLoss()(logs, none).isnan()
    assert drop_ins.PoissonNLLLoss()(logs, none) == 0
    options = {"log_input": False, "eps": 0.0}
    assert nn.PoissonNLLLoss(**options)(none, none).isnan()
    value, gradient = value_and_gradient(drop_ins.PoissonNLLLoss(**options), none, none)
    assert value == 0
    assert gradient == 1


@shows("overflow")
def test_overflow():
    x, y = torch.tensor([-1e4, -100.0, 1e4]), torch.ones(3)
    native, native_gradient = value_and_gradient(nn.SoftMarginLoss(reduction="none"), x, y)
    assert native[0].isinf()
    assert native_gradient[0].isnan()
    value, gradient = value_and_gradient(drop_ins.SoftMarginLoss(reduction="none"), x, y)
    assert_close(value, torch.tensor([1e4, 100.0, 0.0]))
    assert_close(gradient, torch.tensor([-1.0, -1.0, 0.0]))


@shows("at the margin")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("HingeEmbeddingLoss", (tensor(1.0), tensor(-1.0))),
        ("MarginRankingLoss", (tensor(0.5), tensor(0.5), tensor(1.0))),
        ("CosineEmbeddingLoss", (tensor(0.0, 1.0)[None], tensor(1.0, 0.0)[None], tensor(-1.0))),
        ("TripletMarginLoss", (tensor(0.0, 0.0)[None], tensor(1.0, 0.0)[None], tensor(2.0, 0.0)[None])),
        ("TripletMarginWithDistanceLoss", (tensor(0.0, 0.0)[None], tensor(1.0, 0.0)[None], tensor(2.0, 0.0)[None])),
    ],
)
def test_at_the_margin(name, arguments):
    options = {}
    if name == "TripletMarginLoss":
        options = {"eps": 0.0}
    if name == "TripletMarginWithDistanceLoss":
        options = {"distance_function": lambda x, y: (x - y).abs().sum(-1)}
    position = 1 if name.startswith("Triplet") else 0
    value, gradient = value_and_gradient(getattr(drop_ins, name)(**options), *arguments, position=position)
    native_value, native_gradient = value_and_gradient(getattr(nn, name)(**options), *arguments, position=position)
    assert value == native_value == 0
    assert native_gradient.any()
    assert not gradient.any()


def test_class_margins_have_it_natively():
    scores, target = tensor(1.0, 0.0)[None], torch.tensor([0])
    for module in (nn, drop_ins):
        assert not value_and_gradient(module.MultiMarginLoss(), scores, target)[1].any()
        assert not value_and_gradient(module.MultiLabelMarginLoss(), scores, torch.tensor([[0, -1]]))[1].any()


@shows("ties")
def test_ties():
    anchor, positive, negative = tensor([0.0, 0.0]), tensor([2.0, 0.0]), tensor([1.0, 1.0])
    arguments = anchor, positive, negative
    native_value, native = value_and_gradient(nn.TripletMarginLoss(swap=True, eps=0.0), *arguments, position=1)
    value, gradient = value_and_gradient(drop_ins.TripletMarginLoss(swap=True, eps=0.0), *arguments, position=1)
    assert_close(value, native_value)
    unswapped = value_and_gradient(nn.TripletMarginLoss(eps=0.0), *arguments, position=1)[1]
    assert_close(gradient, unswapped)
    assert not torch.allclose(native, unswapped)


def test_infinite_distance_is_no_violation():
    near, far = tensor([0.0, 0.0]), tensor([INF, 0.0])
    for p in (1.0, 2.0, INF):
        assert nn.TripletMarginLoss(p=p)(near, near, far) == drop_ins.TripletMarginLoss(p=p)(near, near, far) == 0


@shows("tiny vectors")
def test_tiny_vectors():
    a, b, same = tensor(1e-6, 0.0)[None], tensor(1.0, 0.0)[None], tensor(1.0)
    assert nn.CosineEmbeddingLoss()(a, b, same).item() == pytest.approx(1 - math.sqrt(0.5))
    assert_close(drop_ins.CosineEmbeddingLoss()(a, b, same), 0.0)
    zero = torch.zeros_like(a)
    value, native = value_and_gradient(nn.CosineEmbeddingLoss(), zero, b, same)
    assert native.abs().max() > 9e5
    ours, gradient = value_and_gradient(drop_ins.CosineEmbeddingLoss(), zero, b, same)
    assert value == ours == 1
    assert not gradient.any()
    large = torch.tensor([[1e20, 1e20]])
    assert not torch.isclose(nn.CosineEmbeddingLoss()(large, large, same.float()), torch.tensor(0.0))
    assert_close(drop_ins.CosineEmbeddingLoss()(large, large, same.float()), 0.0)


@shows("broadcast features")
def test_broadcast_features():
    a, b, same = tensor(1.0, 2.0, 3.0)[None], tensor(2.0)[None], tensor(1.0)
    assert nn.CosineEmbeddingLoss()(a, b, same).item() == pytest.approx(1 - 6 / math.sqrt(14))
    for one, other in ((a, b), (b, a)):
        value = drop_ins.CosineEmbeddingLoss()(one, other, same)
        assert_close(value, nn.CosineEmbeddingLoss()(a, b.expand_as(a), same))
        assert 0 < value < 1


@shows("coincident points")
def test_coincident_points():
    a, n = tensor(0.0, 1.0)[None], tensor(0.0, 1.5)[None]
    assert second_gradient(nn.TripletMarginLoss(eps=0.0), a, a, n).isnan().any()
    assert second_gradient(drop_ins.TripletMarginLoss(eps=0.0), a, a, n).isfinite().all()
    far = torch.tensor([[1e20, 0.0]])
    assert nn.TripletMarginLoss()(torch.zeros(1, 2), far, torch.zeros(1, 2)).isinf()
    assert_close(drop_ins.TripletMarginLoss()(torch.zeros(1, 2), far, torch.zeros(1, 2)), 1e20)


@shows("NaN scores")
@pytest.mark.parametrize("at", [0, 1])
def test_nan_scores(at):
    scores = tensor([1.0, 0.0])
    scores[0, at] = NAN
    for name, target in {"MultiMarginLoss": torch.tensor([0]), "MultiLabelMarginLoss": torch.tensor([[0, -1]])}.items():
        assert getattr(nn, name)()(scores, target) == 0
        assert getattr(drop_ins, name)()(scores, target).isnan()


@shows("double backward")
@pytest.mark.parametrize("p", [1, 2])
def test_double_backward(p):
    scores, target = torch.randn(4, 3, dtype=torch.float64), torch.tensor([0, 2, 1, 1])
    with pytest.raises(RuntimeError, match="not implemented"):
        second_gradient(nn.MultiMarginLoss(p=p), scores, target)
    scores.requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: drop_ins.MultiMarginLoss(p=p)(x, target), (scores,))
    lists = torch.tensor([[0, -1, 1], [1, 2, -1], [2, -1, -1], [-1, 0, 0]])
    with pytest.raises(RuntimeError, match="not implemented"):
        second_gradient(nn.MultiLabelMarginLoss(), scores.detach(), lists)
    assert torch.autograd.gradgradcheck(lambda x: drop_ins.MultiLabelMarginLoss()(x, lists), (scores,))


def sequences(dtype=torch.float64):
    """Log-probabilities of 5 times, 2 sequences and 3 classes; the labels of the second cannot be placed in 2 times."""
    scores = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return scores.log_softmax(-1).to(dtype), torch.tensor([[1, 2], [1, 1]]), torch.tensor([2, 2])


def test_double_backward_of_sequences():
    logs, labels, lengths = sequences()
    times = torch.tensor([5, 4])
    with pytest.raises(RuntimeError, match="not implemented"):
        second_gradient(nn.CTCLoss(), logs, labels, times, lengths)
    logs.requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: drop_ins.CTCLoss()(x, labels, times, lengths), (logs,))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_of_sequences(dtype):
    logs, labels, lengths = sequences(dtype)
    times = torch.tensor([5, 4])
    with pytest.raises(NotImplementedError, match="not implemented for"):  # native has no such kernel
        nn.CTCLoss()(logs, labels, times, lengths)
    value = drop_ins.CTCLoss()(logs, labels, times, lengths)
    assert value.dtype is dtype
    assert_close(value, nn.CTCLoss()(logs.double(), labels, times, lengths))


@shows("gradient of log-probabilities")
@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_gradient_of_log_probabilities(shift):
    logs, labels, lengths = sequences()
    logs, times = (logs + shift).requires_grad_(), torch.tensor([5, 4])
    for reduction in ("none", "mean", "sum"):
        ours, native = drop_ins.CTCLoss(reduction=reduction), nn.CTCLoss(reduction=reduction)
        assert_close(ours(logs, labels, times, lengths).detach(), native(logs, labels, times, lengths).detach())
        assert torch.autograd.gradcheck(lambda x: ours(x, labels, times, lengths), (logs,))  # noqa: B023
        with pytest.raises(RuntimeError, match="Jacobian"):
            torch.autograd.gradcheck(lambda x: native(x, labels, times, lengths), (logs,))  # noqa: B023


def test_gradient_of_impossible_sequences():
    logs, labels, lengths = sequences()
    times = torch.tensor([5, 2])
    value, gradient = value_and_gradient(drop_ins.CTCLoss(reduction="none"), logs, labels, times, lengths)
    native_value, native_gradient = value_and_gradient(nn.CTCLoss(reduction="none"), logs, labels, times, lengths)
    assert_close(value, native_value)
    assert value[1] == INF
    assert native_gradient[:2, 1].isnan().all()
    assert not gradient[:, 1].any()
    assert gradient.isfinite().all()
    dead = logs.clone()
    dead[1, 0] = -INF
    value, gradient = value_and_gradient(drop_ins.CTCLoss(reduction="none"), dead, labels, times, lengths)
    assert_close(value, nn.CTCLoss(reduction="none")(dead, labels, times, lengths))
    assert value.isinf().all()
    assert not gradient.any()


@shows("labels of sequences")
@pytest.mark.parametrize("label", [0, 3, -1])
def test_labels_of_sequences(label):
    logs, labels, lengths = sequences()
    labels[0, 0] = label
    with pytest.raises(IndexError, match="CTCLoss"):
        drop_ins.CTCLoss()(logs, labels, torch.tensor([5, 4]), lengths)


@shows("repeated classes")
def test_repeated_classes():
    scores = tensor(0.1, 0.2, 0.3)[None]
    once, twice = torch.tensor([[2, -1, -1]]), torch.tensor([[2, 2, -1]])
    assert_close(nn.MultiLabelMarginLoss()(scores, twice), 2 * nn.MultiLabelMarginLoss()(scores, once))
    assert_close(drop_ins.MultiLabelMarginLoss()(scores, twice), nn.MultiLabelMarginLoss()(scores, once))


@shows("padded targets under a compiler")
def test_padded_targets_under_a_compiler():
    scores, target = tensor([0.2, 0.1, 0.7, 0.4]), torch.tensor([[0, -1, 0, 0]])
    assert_close(nn.MultiLabelMarginLoss()(scores, target), 0.9)
    found = []
    for library in (nn, drop_ins):
        torch._dynamo.reset()
        found.append(torch.compile(library.MultiLabelMarginLoss(), backend="aot_eager")(scores, target))
    assert_close(found[0], 3.6)
    assert_close(found[1], 0.9)


@shows("negative smoothing")
def test_negative_smoothing():
    scores, target = torch.randn(2, 3), torch.tensor([0, 1])
    assert nn.CrossEntropyLoss(label_smoothing=-0.5)(scores, target) == nn.CrossEntropyLoss()(scores, target)
    with pytest.raises(ValueError, match=r"label_smoothing=-0\.5"):
        drop_ins.CrossEntropyLoss(label_smoothing=-0.5)(scores, target)


@shows("gradient of targets")
def test_gradient_of_targets():
    x, y = tensor(0.5), tensor(1.0)
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'target'"):
        value_and_gradient(nn.SoftMarginLoss(), x, y, position=1)
    _, gradient = value_and_gradient(drop_ins.SoftMarginLoss(), x, y, position=1)
    assert_close(gradient, -0.5 * torch.sigmoid(-x))
