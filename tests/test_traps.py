"""The traps of docs/design.md, each sprung once."""

import math

import numpy as np
import pytest

import unilosses as ul
from unilosses import blocks
from unilosses.domains import REAL
from unilosses.loss import Loss
from unilosses.testing import assert_close, framework

Y = np.array([0.3, -1.2, 0.8])
F = np.array([1.5, -0.4, 0.7])


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def jax():
    jax = pytest.importorskip("jax")
    with framework("jax").session():
        yield jax


def test_1_pytorch_a_gradient_made_in_the_forward_pass_is_a_constant(torch):
    """The second derivative is that of the value, not zero and not that of a stored gradient."""
    y, f = torch.tensor(Y), torch.tensor(F, requires_grad=True)
    (slope,) = torch.autograd.grad(ul.log_cosh(y, f, reduction="sum"), f, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), f)
    assert_close(curvature, 1 - np.tanh(F - Y) ** 2)
    assert torch.autograd.gradcheck(lambda x: ul.log_cosh(y, x), f)
    assert torch.autograd.gradgradcheck(lambda x: ul.log_cosh(y, x), f)


def test_1_pytorch_backward_twice_through_a_retained_graph(torch):
    f = torch.tensor(F, requires_grad=True)
    total = ul.mean_squared_error(torch.tensor(Y), f, reduction="sum")
    total.backward(retain_graph=True)
    total.backward()
    assert_close(f.grad, 4 * (F - Y))


def test_2_pytorch_transforms_and_compiler_take_the_plain_value(torch):
    y, f = torch.tensor(Y), torch.tensor(F)

    def mean(x):
        return ul.huber(y, x)

    wanted = ul.grad(ul.huber)(Y, F)
    assert_close(torch.func.grad(mean)(f), wanted)
    assert_close(torch.func.jvp(mean, (f,), (torch.ones_like(f),))[1], wanted.sum())
    moved = f.clone().requires_grad_()
    torch.compile(mean, fullgraph=True, backend="aot_eager")(moved).backward()
    assert_close(moved.grad, wanted)


@pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node:UserWarning")  # of linearize itself
def test_2_pytorch_records_operations_without_a_look_at_values(torch):
    """``linearize`` and ``make_fx`` record operations; fake tensors have no numbers."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    labels, scores = torch.tensor([2]), torch.tensor(F)[None]

    def entropy(x):
        return ul.sparse_categorical_cross_entropy(labels, x, from_logits=True)

    wanted = ul.grad(ul.sparse_categorical_cross_entropy)(np.array([2]), F[None], from_logits=True)
    assert_close(torch.func.linearize(entropy, scores)[1](torch.tensor(Y)[None]), (wanted * Y).sum())
    assert_close(torch.fx.experimental.proxy_tensor.make_fx(entropy)(scores)(scores), entropy(scores))
    with FakeTensorMode():
        fake = torch.zeros(2, 3)
        assert ul.binary_cross_entropy(fake, fake, from_logits=True).shape == ()
        assert ul.value_and_grad(ul.huber)(fake, fake)[1].shape == (2, 3)


def test_2_pytorch_autocast_leaves_losses_in_float32_but_not_the_layer(torch):
    generator = torch.Generator().manual_seed(0)
    embeddings, weight = torch.randn(6, 4, generator=generator), torch.randn(3, 4, generator=generator)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    for name in ("nt_xent", "circle", "supervised_contrastive"):
        wanted = ul.value_and_grad(ul.get(name))(labels, embeddings)
        moved = embeddings.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16):
            value = ul.get(name)(labels, moved)
        value.backward()
        assert_close(value.detach(), wanted[0])
        assert_close(moved.grad, wanted[1])
    for reduction in ("mean", "none"):
        for dtype in (torch.float32, torch.bfloat16):
            hidden, layer = embeddings.to(dtype).requires_grad_(), weight.clone().requires_grad_()
            with torch.autocast("cpu", torch.bfloat16):
                value = ul.linear_cross_entropy(labels, hidden, layer, reduction=reduction)
                native = torch.nn.functional.cross_entropy(hidden @ layer.T, labels, reduction=reduction)
            assert value.dtype is torch.float32
            torch.testing.assert_close(value, native)
            d_hidden, d_layer = torch.autograd.grad(value.sum(), (hidden, layer))
            wanted = torch.autograd.grad(native.sum(), (hidden, layer))
            # Native's backward rounds to bfloat16 between its steps.
            torch.testing.assert_close((d_hidden, d_layer), wanted, rtol=0, atol=2e-2)


def test_2_jax_traces_what_is_made_of_arrays_at_hand(jax):
    """Inside of jit, and under a mask of vmap, concrete targets and predictions cannot be looked at either."""
    y_true, y_pred = jax.numpy.asarray([0.0, 1.0, 1.0]), jax.numpy.asarray([0.2, 0.7, 0.9])
    numbers = np.asarray(y_true), np.asarray(y_pred)

    def entropy(mask=None, weight=None, scale=1.0):
        return scale * ul.binary_cross_entropy(y_true, y_pred, from_logits=False, mask=mask, sample_weight=weight)

    masks = np.array([[True, False, True], [False, True, True]])
    wanted = [ul.binary_cross_entropy(*numbers, from_logits=False, mask=mask) for mask in masks]
    assert_close(jax.vmap(entropy)(jax.numpy.asarray(masks)), wanted)
    assert_close(jax.jit(entropy)(masks[0]), wanted[0])
    assert_close(jax.jit(lambda scale: entropy(masks[0], scale=scale))(2.0), 2 * wanted[0])
    weight = np.array([1.0, 2.0, 3.0])
    wanted = ul.binary_cross_entropy(*numbers, from_logits=False, sample_weight=weight)
    assert_close(jax.jit(lambda weight: entropy(weight=weight))(weight), wanted)
    wrong, scores = jax.numpy.asarray([3]), jax.numpy.asarray(F)[None]
    for given in ({}, {"mask": jax.numpy.asarray([True])}):
        loss = jax.jit(lambda w, given=given: w * ul.sparse_categorical_cross_entropy(
            wrong, scores, from_logits=True, **given))  # fmt: skip
        assert np.isnan(loss(1.0))
    with pytest.raises(ValueError, match="holds 3 to 3"):  # but a derivative alone does not hinder
        jax.grad(lambda w: w * ul.sparse_categorical_cross_entropy(wrong, scores, from_logits=True))(1.0)


def test_2_jax_differentiates_at_python_numbers(jax):
    def call(x):
        return ul.log_cosh(1.0, x)

    slope = np.tanh(2.0)
    assert_close(jax.grad(call)(3.0), slope)
    assert_close(jax.linearize(call, 3.0)[1](1.0), slope)
    assert_close(jax.vjp(lambda y: ul.log_cosh(y, 3.0), 1.0)[1](1.0)[0], -slope)
    assert_close(jax.hessian(call)(3.0), 1 - slope**2)


@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
@pytest.mark.parametrize("which", ["y_true", "y_pred", "both"])
def test_3_gradients_of_targets_do_not_vanish(name, which):
    pytest.importorskip(name)
    chosen = framework(name)
    wanted = {"y_true": Y - F, "y_pred": F - Y}
    asked = ["y_true", "y_pred"] if which == "both" else [which]
    with chosen.session():
        arrays = [chosen.array(Y), chosen.array(F)]
        wrt = [("y_true", "y_pred").index(n) for n in asked]
        found = chosen.gradient(lambda y, f: ul.mean_squared_error(y, f, reduction="sum") / 2, arrays, wrt)[1]
        for n, g in zip(asked, found, strict=True):
            assert_close(chosen.numpy(g), wanted[n])


@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
def test_3_gradients_of_parameters_do_not_vanish(name):
    pytest.importorskip(name)
    chosen = framework(name)
    with chosen.session():
        arrays = [chosen.array(Y), chosen.array(F), chosen.array(np.array(0.5))]
        found = chosen.gradient(lambda y, f, d: ul.huber(y, f, delta=d, reduction="sum"), arrays, [2])[1]
        error = np.abs(F - Y)
        assert_close(chosen.numpy(found[0]), np.sum(np.where(error > 0.5, error - 0.5, 0)))


@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
def test_4_where_does_not_leak_nan_into_gradients(name):
    """A zero vector, a probability of 0 under a label of 0, coincident points: by plain differentiation, too."""
    pytest.importorskip(name)
    chosen = framework(name)
    zero = np.zeros((1, 2))
    with chosen.session():
        calls = [
            (lambda a, b: ul.cosine_similarity(a, b, reduction="sum"), zero + 1, zero),
            (lambda a, b: ul.kl_divergence(a, b, reduction="sum"), np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])),
            (lambda a, b: ul.triplet_margin(a, b, b + 1, reduction="sum", epsilon=0.0), zero, zero),
        ]
        for call, first, second in calls:
            for wrt in ([0], [1], [0, 1]):
                for g in chosen.gradient(call, [chosen.array(first), chosen.array(second)], wrt)[1]:
                    assert np.isfinite(chosen.numpy(g)).all()


def test_5_slopes_of_abs_and_clip_at_their_kinks(jax):
    """JAX has 1 for abs at 0 and 1/2 for clip at its ends; the namespace has 0 and 1, as PyTorch has."""
    xp = framework("jax").backend.namespace
    numpy = jax.numpy
    assert jax.grad(lambda x: xp.abs(x))(numpy.asarray(0.0)) == 0
    assert jax.grad(lambda x: xp.clip(x, -1.0, 1.0))(numpy.asarray(1.0)) == 1
    assert jax.grad(lambda x: xp.relu(x))(numpy.asarray(0.0)) == 0


@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
def test_5_a_loss_without_closed_form_has_the_same_slope_at_a_kink_everywhere(name):
    pytest.importorskip(name)
    chosen = framework(name)

    def tube(xp, y_true, y_pred):
        return xp.relu(xp.abs(y_pred - y_true) - 0.5) + xp.clip(y_pred, -1.0, 1.0)

    loss = Loss(tube)
    with chosen.session():
        arrays = [chosen.array(np.array([0.0, 0.5, 0.5])), chosen.array(np.array([0.0, 1.0, 0.0]))]
        found = chosen.gradient(lambda y, f: loss(y, f, reduction="sum"), arrays, [1])[1]
        assert_close(chosen.numpy(found[0]), [1.0, 1.0, 1.0])


def test_coupled_values_meet_the_upstream_that_they_are_given(torch):
    """PyTorch: a pullback made in the forward pass knows the upstream of the sum only."""
    labels = torch.tensor([0, 0, 1, 1])
    points = torch.tensor(np.random.default_rng(0).normal(size=(4, 3)), requires_grad=True)
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    (found,) = torch.autograd.grad((ul.nt_xent(labels, points, reduction="none") * weights).sum(), points)
    wanted = ul.grad(ul.nt_xent)(labels, points.detach(), reduction="sum", sample_weight=weights)
    assert_close(found, wanted)


def sum_of_squares(xp, y_true, y_pred):
    """One value for all rows: samples that meet."""
    error = y_pred - y_true
    return xp.sum(error * error, axis=-1), lambda upstream: 2 * error * xp.expand_dims(upstream, axis=-1)


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_7_blocks_are_for_large_eager_arrays_of_losses_whose_samples_do_not_meet(name, monkeypatch):
    """What the definition is shown: pieces of a large input, the whole of a small one and of a coupled loss."""
    pytest.importorskip(name)
    chosen, seen = framework(name), []
    monkeypatch.setattr(blocks, "BLOCK", 64)

    def squared(xp, y_true, y_pred):
        seen.append(math.prod(y_pred.shape))
        error = y_pred - y_true
        return error * error, lambda: 2 * error

    def coupled(xp, y_true, y_pred):
        seen.append(math.prod(y_pred.shape))
        return sum_of_squares(xp, y_true, y_pred)

    rows = np.random.default_rng(0).normal(size=(40, 8))
    cases = [
        (Loss(squared), rows, True),
        (Loss(squared), rows[:15], False),  # below two blocks
        (Loss(coupled, kind="coupled", y_true=REAL, y_pred=REAL), rows, False),
    ]
    for loss, numbers, cut in cases:
        y, f = chosen.array(np.zeros_like(numbers)), chosen.array(numbers)
        ul.grad(loss)(y, f)  # the first one asks the definition whether it has a derivative, and of which shapes
        seen.clear()
        value, slope = ul.value_and_grad(loss)(y, f, reduction="sum")
        assert_close(chosen.numpy(value), np.sum(numbers**2))
        assert_close(chosen.numpy(slope), 2 * numbers)
        assert sum(seen) == numbers.size
        assert (max(seen) <= 64) is cut, f"{loss.name} saw {seen} of {numbers.size} elements"


def test_7_no_blocks_while_pytorch_traces(torch, monkeypatch):
    """A compiler and a transform see the plain value of the whole."""
    monkeypatch.setattr(blocks, "BLOCK", 64)
    seen = []

    def squared(xp, y_true, y_pred):
        seen.append(math.prod(y_pred.shape))
        error = y_pred - y_true
        return error * error, lambda: 2 * error

    loss, y, f = Loss(squared), torch.zeros(40, 8), torch.ones(40, 8)
    traced = [
        lambda: torch.func.grad(lambda x: loss(y, x, reduction="sum"))(f),
        lambda: torch.func.vmap(lambda x: loss(torch.zeros(8), x, reduction="sum"))(f),
        lambda: torch.fx.experimental.proxy_tensor.make_fx(lambda x: loss(y, x))(f),
    ]
    for call, size in zip(traced, (f.numel(), f.shape[1], f.numel()), strict=True):
        seen.clear()
        call()
        assert set(seen) == {size}, f"saw {seen}"


@pytest.mark.parametrize(
    "name",
    ["weights and mask", "numbers and lists", "array parameter", "ignored", "small indices", "sum"],
)
def test_2_pytorch_compiles_every_kind_of_argument(torch, name):
    """With ``fullgraph=True``: the checks of arguments are traced, too."""
    y, x = torch.rand(4, 3), torch.randn(4, 3, requires_grad=True)
    labels, weights = torch.tensor([0, 2, 1, 1]), torch.tensor([1.0, 2.0, 0.5])
    calls = {
        "weights and mask": lambda x: ul.huber(y, x, mask=y > 0.3, sample_weight=y),
        "numbers and lists": lambda x: ul.huber([[0.0] * 3] * 4, x) + ul.huber(0.0, x, delta=0.5),
        "array parameter": lambda x: ul.huber(y, x, delta=weights),
        "ignored": lambda x: ul.sparse_categorical_cross_entropy(
            labels, x, from_logits=True, ignore_index=1, class_weight=weights, label_smoothing=0.1
        ),
        "small indices": lambda x: ul.poly_cross_entropy(labels.to(torch.uint8), x, epsilon=1.5),
        "sum": lambda x: (0.5 * ul.huber + ul.log_cosh)(y, x, delta=2.0),
    }
    found = torch.compile(calls[name], fullgraph=True, backend="aot_eager")(x)
    wanted = calls[name](x)
    assert_close(found.detach(), wanted.detach(), "float32")
    assert_close(*(torch.autograd.grad(value, x)[0] for value in (found, wanted)), "float32")
