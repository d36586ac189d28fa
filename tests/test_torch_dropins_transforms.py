"""The drop-ins under torch.compile (without a graph break), torch.func and autocast."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import unilosses.torch as drop_ins
from unilosses.testing import assert_close

from .torch_cases import CASES
from .torch_parity import build

#: Classes whose native kernel or module reads values, and so refuses fake tensors.
READS = ("CTCLoss", "GaussianNLLLoss", "MultiLabelMarginLoss")
#: The first case of every class.
FIRST = list({case.name: case for case in reversed(CASES)}.values())


def options_of(case):
    """The last combination of options with a mean: weights and other tensors rather than defaults."""
    return [options for options in case.combinations() if options["reduction"] == "mean"][-1]


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("case", FIRST, ids=str)
def test_compiled_without_graph_break(case):
    module = build(drop_ins, case.name, options_of(case), torch.float64)
    arguments = case.draw(torch.float64)
    torch._dynamo.reset()
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    results = []
    for function in (compiled, module):
        leaves = [x.clone() for x in arguments]
        for i in case.differentiable:
            leaves[i].requires_grad_()
        value = function(*leaves)
        value.backward()
        results.append([value.detach(), *(leaves[i].grad for i in case.differentiable)])
    for found, wanted in zip(*results, strict=True):
        assert_close(found, wanted)


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("case", FIRST, ids=str)
def test_vmap_over_a_batch_of_batches(case):
    module = build(drop_ins, case.name, options_of(case), torch.float64)
    arguments = [x.expand(2, *x.shape) if isinstance(x, torch.Tensor) else x for x in case.draw(torch.float64)]
    found = torch.func.vmap(torch.func.grad(module, argnums=0))(*arguments)
    wanted = torch.func.grad(module, argnums=0)(*(x[0] for x in arguments))
    assert_close(found[0], wanted)
    assert_close(found[1], wanted)


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("case", FIRST, ids=str)
def test_autocast_gives_float32(case):
    module = build(drop_ins, case.name, options_of(case), torch.bfloat16)
    arguments = case.draw(torch.bfloat16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = module(*arguments)
    assert value.dtype is torch.float32
    assert_close(value, module(*arguments), "bfloat16")


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("weight", [None, torch.tensor([1.0, 2.0, 3.0])], ids=["plain", "weighted"])
def test_constant_gradient_is_differentiated_to_zeros(reduction, weight):
    """As a penalty on the size of the gradient does it; log-probabilities of -inf included."""
    scores, target = torch.randn(4, 3), torch.tensor([0, 2, 1, -100])
    scores[0, 1] = -torch.inf
    for module in (torch.nn, drop_ins):
        for x in (scores.clone().requires_grad_(), (scores + torch.zeros(4, 3, requires_grad=True))):
            value = module.NLLLoss(weight=weight, reduction=reduction)(x, target).sum()
            (gradient,) = torch.autograd.grad(value, x, create_graph=True)
            (second,) = torch.autograd.grad(gradient.pow(2).sum(), x)
            assert_close(second, torch.zeros(4, 3))
    leaf = scores.clone().requires_grad_()
    drop_ins.NLLLoss(weight=weight)(leaf, target).backward()
    assert not leaf.grad.requires_grad


def test_kept_graph_runs_again_after_its_gradient_was_written_to():
    x = torch.rand(3, 4, requires_grad=True)
    value = drop_ins.MSELoss(reduction="sum")(x.reshape(-1), torch.zeros(12))
    for _ in range(3):
        value.backward(retain_graph=True)
        assert_close(x.grad, 2 * x.detach())
        x.grad.zero_()  # as zero_grad(set_to_none=False) does: the view before the loss shares memory


def test_gradient_of_millions_owns_memory_that_can_be_resized():
    x = torch.zeros(1 << 20, requires_grad=True)
    drop_ins.MSELoss(reduction="sum")(x, torch.ones(1 << 20)).backward()
    assert x.grad.min() == x.grad.max() == -2
    x.grad.untyped_storage().resize_(0)  # how sharded training gives memory back
    assert not x.grad.untyped_storage().size()


def test_scalar_floats_beside_integers_keep_their_dtype():
    rate, counts = torch.tensor(0.5, dtype=torch.float16), torch.tensor([1, 2])
    found = drop_ins.PoissonNLLLoss()(rate, counts)
    wanted = torch.nn.PoissonNLLLoss()(rate, counts)
    assert found.dtype is wanted.dtype is torch.float16
    assert_close(found, wanted)


@pytest.mark.parametrize("name", ["CosineEmbeddingLoss", "HingeEmbeddingLoss"])
def test_targets_that_choose_have_no_derivative(name):
    """As in native: what does not depend on anything that wants a gradient wants none itself."""
    target = torch.ones(4, requires_grad=True)
    arrays = (torch.randn(4, 3), torch.randn(4, 3)) if name == "CosineEmbeddingLoss" else (torch.randn(4),)
    for module in (torch.nn, drop_ins):
        assert not getattr(module, name)()(*arrays, target).requires_grad


@pytest.mark.parametrize("name", ["MarginRankingLoss", "TripletMarginLoss"])
def test_predictions_of_inference_mode_beside_ones_with_a_gradient(name):
    """As embeddings of a teacher are made."""
    x = torch.randn(4, 3, requires_grad=True)
    with torch.inference_mode():
        others = torch.randn(4, 3), torch.ones(4, 3)
    gradients = []
    for module in (torch.nn, drop_ins):
        (gradient,) = torch.autograd.grad(getattr(module, name)()(x, *others), x)
        gradients.append(gradient)
    assert_close(gradients[1], gradients[0])


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("case", [case for case in FIRST if case.name not in READS], ids=str)
def test_fake_tensors_outside_of_their_mode(case):
    """As PyTorch's tools estimate memory with them: there are shapes, and no numbers to look at."""
    found = []
    for module in (torch.nn, drop_ins):
        with FakeTensorMode(allow_non_fake_inputs=True) as mode:
            arguments = [mode.from_tensor(x) if isinstance(x, torch.Tensor) else x for x in case.draw(torch.float32)]
            loss = build(module, case.name, options_of(case), torch.float32)
        for i in case.differentiable:
            arguments[i] = arguments[i].detach().requires_grad_()
        value = loss(*arguments)
        value.backward()
        found.append((value.shape, value.dtype, [arguments[i].grad.shape for i in case.differentiable]))
    assert found[1] == found[0]
