"""PyTorch calls the same loss again with something else: another batch size, a scheduled parameter, many upstreams."""

import pytest

import unilosses as ul

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("name", "options"),
    [("huber", {}), ("binary_cross_entropy", {"from_logits": True}), ("dice", {"axis": None})],
)
def test_a_compiled_loss_takes_a_shorter_last_batch(name, options):
    torch._dynamo.reset()
    loss = ul.get(name)
    compiled = torch.compile(lambda y, f: loss(y, f, **options), fullgraph=True, backend="aot_eager")
    for size in (6, 5, 3):
        y = (torch.arange(size * 2.0).reshape(size, 2) > 3).to(torch.float64)
        f = torch.linspace(0.1, 0.9, size * 2, dtype=torch.float64).reshape(size, 2).requires_grad_()
        (found,) = torch.autograd.grad(compiled(y, f), f)
        (expected,) = torch.autograd.grad(loss(y, f, **options), f)
        assert torch.allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_a_compiled_loss_takes_a_scheduled_parameter():
    torch._dynamo.reset()
    y, f = torch.zeros(5), torch.linspace(-2, 2, 5, requires_grad=True)
    compiled = torch.compile(lambda delta: ul.huber(y, f, delta=delta), fullgraph=True, backend="aot_eager")
    for delta in (0.3, 0.4, 0.5):
        value, expected = compiled(delta), ul.huber(y, f, delta=delta)
        assert torch.allclose(value, expected)
        (found,), (wanted,) = torch.autograd.grad(value, f), torch.autograd.grad(expected, f)
        assert torch.allclose(found, wanted)


def test_dynamic_shapes_from_the_first_call():
    torch._dynamo.reset()
    y, f = torch.ones(6), torch.linspace(-2, 2, 6, requires_grad=True)

    def loss(y, f):
        return ul.binary_cross_entropy(y, f, from_logits=True)

    compiled = torch.compile(loss, fullgraph=True, dynamic=True, backend="aot_eager")
    assert torch.allclose(compiled(y, f), loss(y, f))


def test_many_upstreams_at_once():
    x = torch.tensor([0.3, -0.2, 2.0, 0.1])
    y = torch.zeros(4)
    jacobian = torch.autograd.functional.jacobian(lambda f: ul.huber(y, f), x, vectorize=True)
    assert torch.allclose(jacobian, x.clamp(-1, 1) / 4)
    f = x.clone().requires_grad_()
    (several,) = torch.autograd.grad(ul.huber(y, f), f, torch.tensor([1.0, 2.0]), is_grads_batched=True)
    assert torch.allclose(several, torch.stack([x, 2 * x]).clamp(max=torch.tensor([[1.0], [2.0]])) / 4)


def test_numbers_and_lists_keep_their_digits_beside_float64():
    x = torch.zeros(2, dtype=torch.float64)
    assert ul.mean_squared_error(x + 1, x, sample_weight=0.1, reduction="sum").item() == 0.2
    assert ul.mean_absolute_error([16777217.0] * 2, x + 16777216).item() == 1
    labels, weights = torch.tensor([0, 0]), [0.1, 0.2]
    value = ul.negative_log_likelihood(labels, x.reshape(1, 2).expand(2, 2) - 1, class_weight=weights, reduction="sum")
    assert value.item() == 0.2


def test_a_compiled_cross_entropy_of_infinite_logits():
    torch._dynamo.reset()
    infinity = float("inf")
    y = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5, 0.3], dtype=torch.float64)
    f = torch.tensor([infinity, infinity, -infinity, -infinity, 0.0, 2.0], dtype=torch.float64, requires_grad=True)

    def loss(y, f):
        return ul.binary_cross_entropy(y, f, from_logits=True, reduction="none")

    value, expected = torch.compile(loss, fullgraph=True, backend="aot_eager")(y, f), loss(y, f)
    assert torch.allclose(value, expected, rtol=1e-14)
    (found,), (wanted,) = torch.autograd.grad(value.sum(), f), torch.autograd.grad(expected.sum(), f)
    assert torch.allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize("kind", ["function", "module"])
def test_a_compiled_loss_is_guarded_as_native_is(kind):
    """Each attribute that a traced call looks at is compared again at every call: ours is taken whole instead."""
    from unilosses import torch as drop_ins

    y, f = torch.zeros(4), torch.ones(4, requires_grad=True)
    native = torch.nn.HuberLoss()
    ours = drop_ins.HuberLoss() if kind == "module" else lambda f, y: ul.huber(y, f)
    guards = {}
    for loss in (ours, native):
        torch._dynamo.reset()
        guards[loss] = len(torch._dynamo.explain(loss)(f, y).out_guards)
    assert guards[ours] <= 2 * guards[native] + 10, guards.values()


def test_a_tensor_that_has_left_a_transform_is_a_constant():
    left = []
    torch.func.grad(lambda x: left.append(x * 1.0) or (x * x).sum())(torch.arange(4.0))
    target = torch.zeros(4)
    native = torch.nn.functional.huber_loss(left[0], target)
    ours = ul.huber(target, left[0])
    assert (ours.requires_grad, ours.item()) == (native.requires_grad, native.item()) == (False, 1.125)
