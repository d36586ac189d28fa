"""The module class of every loss that torch.nn has no class for, and of one's own."""

import copy
import inspect
import pickle
import runpy
import sys
from pathlib import Path

import pytest
import torch

import unilosses as ul
import unilosses.torch as modules
from unilosses.testing import assert_close
from unilosses.torch.module import call_order, class_name

ROOT = Path(__file__).resolve().parent.parent
BUILT_IN = [name for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.losses.")]
OWN = [name for name in BUILT_IN if name not in modules.extra.NATIVE]


@ul.Loss  # as ul.loss, but without an entry in the registry that other tests read
def charbonnier(xp, y_true, y_pred, *, epsilon=1e-3):
    """A smooth absolute error."""
    error = y_pred - y_true
    root = xp.sqrt(error * error + epsilon * epsilon)
    return root, lambda: error / root


@ul.Loss
def shadowing(xp, y_true, y_pred, *, half=0.5):
    """A parameter that nn.Module has a method for."""
    return half * (y_pred - y_true)


def test_every_loss_has_a_module():
    for name in BUILT_IN:
        classes = modules.extra.NATIVE.get(name, (class_name(name),))
        assert [c for c in classes if c not in modules.__all__ or not hasattr(modules, c)] == [], name


def test_native_names_are_losses():
    assert sorted(set(modules.extra.NATIVE) - set(BUILT_IN)) == []


@pytest.mark.parametrize("name", ["extra.pyi", "torch.md"])
def test_what_is_generated_is_up_to_date(name):
    written = runpy.run_path(str(ROOT / "docs" / "torch_pages.py"))["WRITTEN"]
    (path,) = (path for path in written if path.name == name)
    sys.path.insert(0, str(ROOT))  # for the tests' own data
    try:
        assert path.read_text() == written[path](), "run: python docs/torch_pages.py"
    finally:
        sys.path.remove(str(ROOT))


@pytest.mark.parametrize("name", OWN)
def test_constructor_call_and_documentation(name):
    loss, cls = ul.get(name), getattr(modules, class_name(name))
    assert issubclass(cls, torch.nn.Module)
    signature = inspect.signature(cls).parameters
    assert list(signature) == [*loss.parameters, "reduction"]
    assert {p.default for p in signature.values() if p.name == "reduction"} == {"mean"}
    assert loss.summary.split(".")[0].split("\n")[0] in inspect.getdoc(cls)
    assert cls.__module__ == "unilosses.torch.extra"
    required = {"from_logits": True} if "from_logits" in loss.parameters else {}
    module = cls(**required, reduction="sum")
    assert repr(module).startswith(f"{class_name(name)}(")
    assert "reduction='sum'" in repr(module)
    for other in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module)):
        assert type(other) is cls
        assert repr(other) == repr(module)


X = torch.tensor([[0.3, -1.2, 0.8], [1.5, 0.2, -0.4]], dtype=torch.float64)
SIGNS = torch.tensor([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]], dtype=torch.float64)
INDICES = torch.tensor([2, 0])
CALLS = [
    ("HingeLoss", {}, X, SIGNS),
    ("LogCoshLoss", {"reduction": "none"}, X, SIGNS),
    ("QuantileLoss", {"q": 0.9, "reduction": "sum"}, X, SIGNS),
    ("DiceLoss", {"smooth": 1.0}, X.sigmoid(), (SIGNS + 1) / 2),
    ("BinaryFocalCrossEntropyLoss", {"from_logits": True, "alpha": 0.25}, X, (SIGNS + 1) / 2),
    ("SparseCategoricalCrossEntropyLoss", {"from_logits": True, "class_weight": [1.0, 2.0, 0.5]}, X, INDICES),
    ("CategoricalFocalCrossEntropyLoss", {"from_logits": True, "gamma": 1.0}, X, torch.eye(3, dtype=X.dtype)[INDICES]),
    ("CosineSimilarityLoss", {"reduction": "batchmean"}, X, SIGNS),
    ("NtXentLoss", {"temperature": 0.5}, torch.cat([X, X + 0.1]), torch.tensor([0, 1, 0, 1])),
    ("ContrastiveLoss", {"margin": 2.0}, X.abs(), (SIGNS + 1) / 2),
]


@pytest.mark.parametrize(("name", "options", "input", "target"), CALLS)
def test_a_module_is_its_function_with_the_prediction_first(name, options, input, target):
    module = getattr(modules, name)(**options)
    prediction = input.clone().requires_grad_()
    value = module(prediction, target)
    expected = type(module).loss(target, input, **options)
    assert_close(value.detach(), expected)
    (gradient,) = torch.autograd.grad(value.sum(), prediction)
    assert_close(gradient, ul.grad(type(module).loss)(target, input, **options))


def test_arguments_by_keyword_weights_and_masks():
    module = modules.HingeLoss()
    weight, mask = torch.tensor([1.0, 3.0]), torch.tensor([[True, False, True], [True, True, False]])
    value = module(input=X, target=SIGNS, sample_weight=weight, mask=mask)
    assert_close(value, ul.hinge(SIGNS, X, sample_weight=weight, mask=mask))


def test_several_predictions_come_before_the_target():
    ranking = modules.module(ul.margin_ranking)
    assert call_order(ul.margin_ranking) == ["x1", "x2", "y_true"]
    assert_close(ranking(margin=0.5)(X, 2 * X, SIGNS), ul.margin_ranking(SIGNS, X, 2 * X, margin=0.5))
    with pytest.raises(TypeError, match="x1, x2, y_true"):
        ranking()(X, X, SIGNS, SIGNS)


def test_a_loss_of_one_array_has_no_target():
    module = modules.ZLoss(axis=0, reduction="sum")
    assert_close(module(X), ul.z_loss(X, axis=0, reduction="sum"))
    assert_close(module(X, mask=torch.tensor([True, False, True])), torch.logsumexp(X, 0)[[0, 2]].square().sum())
    with pytest.raises(TypeError, match="takes y_pred; 2 given"):
        module(X, X)
    with pytest.raises(TypeError, match="takes y_pred, y_true; 1 given"):
        modules.HingeLoss()(X)


def test_tensors_are_buffers_that_move_and_load():
    module = modules.SparseCategoricalCrossEntropyLoss(from_logits=True, class_weight=torch.tensor([1.0, 2.0, 0.5]))
    assert list(module.state_dict()) == ["class_weight"]
    assert module.double().class_weight.dtype is torch.float64
    other = modules.SparseCategoricalCrossEntropyLoss(from_logits=True, class_weight=[0, 0, 0])
    other.load_state_dict(module.state_dict())
    assert_close(other(X, INDICES), module(X, INDICES))
    assert "class_weight=tensor of shape (3,)" in repr(module)


def test_a_parameter_is_learned():
    delta = torch.nn.Parameter(torch.tensor(0.7, dtype=torch.float64))
    module = modules.module(ul.huber)(delta=delta)
    assert list(module.parameters()) == [delta]
    module(2 * X, SIGNS).backward()
    value = lambda d: ul.huber(SIGNS, 2 * X, delta=d)  # noqa: E731
    step = 1e-6
    assert_close(delta.grad, (value(0.7 + step) - value(0.7 - step)) / (2 * step), "differences")


def test_a_loss_of_ones_own():
    cls = modules.module(charbonnier)
    assert modules.module(charbonnier) is cls
    assert cls.__name__ == "CharbonnierLoss"
    module = cls(epsilon=torch.tensor(0.1, dtype=torch.float64), reduction="sum")
    assert_close(module(X, SIGNS), ((X - SIGNS) ** 2 + 0.01).sqrt().sum())
    for other in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module)):
        assert type(other) is cls
        assert_close(other(X, SIGNS), module(X, SIGNS))


class Weighted(modules.HingeLoss):
    """A subclass is pickled by its own name."""


def test_a_subclass_is_pickled():
    assert type(pickle.loads(pickle.dumps(Weighted()))) is Weighted


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: modules.HingeLoss(margin=2), TypeError, "no parameter 'margin'"),
        (lambda: modules.QuantileLoss(q=2.0), ValueError, "q=2.0"),
        (lambda: modules.HingeLoss(reduction="average"), ValueError, "average"),
        (lambda: modules.BinaryFocalCrossEntropyLoss(), TypeError, "from_logits"),
        (lambda: modules.module(torch.nn.HuberLoss), TypeError, "takes a loss"),
        (lambda: modules.module(shadowing), ValueError, "another name"),
    ],
)
def test_mistakes_show_when_the_module_is_made(make, error, match):
    with pytest.raises(error, match=match):
        make()


def focal(inputs, targets, alpha, gamma):
    """torchvision's formula, in its own steps."""
    p = torch.sigmoid(inputs)
    cost = torch.nn.functional.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    p_t = p * targets + (1 - p) * (1 - targets)
    value = cost * (1 - p_t) ** gamma
    return value if alpha < 0 else (alpha * targets + (1 - alpha) * (1 - targets)) * value


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16], ids=str)
@pytest.mark.parametrize("alpha", [0.25, 0.0, 1.0, -1])
@pytest.mark.parametrize("gamma", [2, 0, 1.5])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_sigmoid_focal_loss_is_that_of_torchvision(reduction, gamma, alpha, dtype):
    inputs, targets = X.to(dtype), ((SIGNS + 1) / 2).to(dtype)
    wanted = focal(inputs.double(), targets.double(), alpha, gamma)
    wanted = wanted if reduction == "none" else getattr(wanted, reduction)()
    value = modules.sigmoid_focal_loss(inputs, targets, alpha, gamma, reduction)
    assert value.dtype is dtype
    assert_close(value, wanted)


def test_sigmoid_focal_loss_defaults_and_errors():
    targets = (SIGNS + 1) / 2
    assert_close(modules.sigmoid_focal_loss(X, targets), focal(X, targets, 0.25, 2))
    for options in ({"alpha": 1.5}, {"alpha": -0.5}, {"reduction": "average"}):
        with pytest.raises(ValueError, match=r"invalid alpha|not a valid"):
            modules.sigmoid_focal_loss(X, targets, **options)
