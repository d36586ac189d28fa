"""A loss of your own: mistakes in its definition are told at once, and planted ones are named by ``check_loss``."""

from dataclasses import replace

import numpy as np
import pytest

import unilosses as ul
from unilosses.domains import POSITIVE, REAL
from unilosses.loss import Loss
from unilosses.testing import BrokenLaw, assert_close, check_loss

ZERO, ONE = np.zeros(3), np.ones(3)


def keeps(y_true, y_pred):
    return y_pred


def parameter_among_arrays(xp, y_true, y_pred, delta=1.0):
    return y_pred


def open_ended(xp, *arrays):
    return arrays[0]


def reduction_of_its_own(xp, y_true, y_pred, *, reduction="mean"):
    return y_pred


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (keeps, "the first argument is 'y_true'; wanted xp"),
        (parameter_among_arrays, r"delta has the default 1.0.*put a \* before it"),
        (open_ended, "open-ended"),
        (reduction_of_its_own, "every loss has 'reduction' already"),
        ("huber", "takes a function"),
    ],
)
def test_what_is_no_definition(definition, message):
    with pytest.raises(TypeError, match=message):
        ul.loss(definition)


def test_a_domain_is_no_string():
    with pytest.raises(TypeError, match=r"y_true='real' is a str; wanted a domain of unilosses\.domains"):
        Loss(mean, y_true="real")


def mean(xp, y_true, y_pred):
    return xp.mean((y_pred - y_true) ** 2)


def nothing(xp, y_true, y_pred):
    y_pred - y_true


def derivative_at_once(xp, y_true, y_pred):
    return (y_pred - y_true) ** 2, 2 * (y_pred - y_true)


def summed_derivative(xp, y_true, y_pred):
    return (y_pred - y_true) ** 2, lambda: xp.sum(2 * (y_pred - y_true))


def forgotten_derivative(xp, y_true, y_pred):
    return (y_pred - y_true) ** 2, lambda: None


def one_derivative_of_two(xp, y_true, y_pred, weight):
    return weight * (y_pred - y_true) ** 2, lambda: 2 * weight * (y_pred - y_true)


@pytest.mark.parametrize(
    ("definition", "error", "message"),
    [
        (mean, ValueError, r"values of shape \(\) for predictions of shape \(3,\); wanted shape \(3,\).*Do not reduce"),
        (nothing, TypeError, r"returned NoneType; wanted the array of unreduced values, or \(value, derivative\)"),
        (derivative_at_once, TypeError, "return value, lambda: derivative"),
        (summed_derivative, ValueError, r"derivative has the shapes \[\(\)\]; .*'y_pred': \(3,\)"),
        (forgotten_derivative, ValueError, r"derivative has the shapes \[None\]; wanted one array"),
        (one_derivative_of_two, ValueError, "one array for each prediction"),
    ],
)
def test_what_a_definition_must_return(definition, error, message, backend):
    loss = Loss(definition)
    with backend.session():
        arrays = [backend.array(x) for x in (ZERO, ONE, ONE)[: len(loss.inputs)]]
        for _ in range(2):
            with pytest.raises(error, match=message):
                ul.value_and_grad(loss)(*arrays)
        if "derivative" not in definition.__name__:
            with pytest.raises(error, match=message):
                loss(*arrays)


def test_shapes_of_samplewise_and_coupled_definitions():
    def forgets_to_sum(xp, y_true, y_pred):
        return (y_pred - y_true) ** 2

    with pytest.raises(ValueError, match=r"wanted shape \(2,\), one value per sample, summed over axis \(1,\)"):
        Loss(forgets_to_sum, kind="samplewise")(np.zeros((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="value_shape="):
        Loss(forgets_to_sum, kind="coupled")(np.zeros((2, 3)), np.ones((2, 3)))
    own = Loss(forgets_to_sum, kind="coupled", value_shape=lambda arrays, parameters: tuple(arrays[1].shape))
    assert own(np.zeros((2, 3)), np.ones((2, 3))) == 1


def wrong_derivative(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error, lambda: error


def meets_the_batch(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error + 1e-3 * xp.sum(error * error), lambda: 2 * error


def forgets_the_mask(xp, y_true, y_pred):
    """The gradient of what is masked is an upstream of 0 times an infinite slope."""
    return xp.sum(xp.log(y_pred), axis=-1), lambda upstream: xp.expand_dims(upstream, axis=-1) / y_pred


MASKED = {"kind": "coupled", "y_true": REAL.per_sample(), "y_pred": replace(POSITIVE, safe=0.0)}


@pytest.mark.parametrize("backends", [["numpy"], ["torch", "numpy"], ["numpy", "torch"]])
@pytest.mark.parametrize(
    ("definition", "options", "laws"),
    [
        (wrong_derivative, {}, {"closed-form derivative equals autodiff", "derivative equals differences"}),
        (meets_the_batch, {}, {"each sample by itself"}),
        (forgets_the_mask, MASKED, {"mask equals deletion", "NaN under the mask"}),
    ],
)
def test_a_planted_mistake_is_named_by_its_law(definition, options, laws, backends):
    """Whichever backends there are, and with the numbers that show it."""
    for name in backends:
        pytest.importorskip(name)
    with pytest.raises(BrokenLaw) as caught:
        check_loss(Loss(definition, **options), backends)
    assert caught.value.law in laws
    text = str(caught.value)
    assert f"for {definition.__name__} on {caught.value.backend}" in text
    assert "smallest failing input: y_true=" in text
    if definition is wrong_derivative:
        assert "off by" in text
        assert "allowed 1e-" in text


@ul.loss
def logarithmic_without(xp, y_true, y_pred, *, scale=1.0):
    return xp.log1p(((y_pred - y_true) / scale) ** 2)


@ul.loss(kind="samplewise")
def entropy_without(xp, y_true, y_pred, *, axis=-1):
    return -xp.sum(y_true * xp.log_softmax(y_pred, axis), axis=axis)


@ul.loss
def heteroscedastic_without(xp, y_true, mean, log_scale):
    return ((y_true - mean) * xp.exp(-log_scale)) ** 2 + log_scale


@pytest.mark.parametrize(
    "keywords", [{}, {"reduction": "none"}, {"reduction": "weighted_mean"}, {"mask": True}], ids=str
)
@pytest.mark.parametrize("loss", [logarithmic_without, entropy_without, heteroscedastic_without], ids=lambda x: x.name)
def test_eager_pytorch_runs_a_loss_without_derivative_in_blocks(loss, keywords, monkeypatch):
    """The definition never sees more than a block, and value, gradient and second derivative are those of the whole."""
    torch = pytest.importorskip("torch")
    size = ul.dispatch.backend_named("torch").block_size()
    generator = torch.Generator().manual_seed(2)
    shape = (2 * size // 64, 160)
    arrays = [torch.rand(shape, generator=generator, dtype=torch.float64) for _ in loss.inputs]
    rows = shape[:1] if loss.kind == "samplewise" else shape
    keywords = dict(keywords)
    if keywords.pop("mask", None):
        keywords["mask"] = torch.rand(rows, generator=generator) < 0.7
    if keywords.get("reduction") == "weighted_mean":
        keywords["sample_weight"] = torch.rand(rows, generator=generator, dtype=torch.float64)
    leaves = [arrays[0], *(x.clone().requires_grad_() for x in arrays[1:])]
    upstream = torch.rand(rows, generator=generator, dtype=torch.float64) if "reduction" in keywords else None

    def gradients(function):
        value = function()
        total = value if value.ndim == 0 else (value * upstream).sum()
        return value.detach(), torch.autograd.grad(total, leaves[1:])

    weight = torch.ones((), dtype=torch.float64, requires_grad=True)  # its gradient is wanted: not in blocks
    wanted = gradients(lambda: loss(*leaves, **keywords) * weight)
    loss(*leaves)  # asks the definition once whether it has a derivative
    seen = []
    function = loss.function
    monkeypatch.setattr(loss, "function", lambda xp, *x, **p: (seen.append(x[-1].numel()), function(xp, *x, **p))[1])
    from unilosses.torch import differentiated

    differentiated._twins.pop(loss, None)
    found = gradients(lambda: loss(*leaves, **keywords))
    differentiated._twins.pop(loss, None)
    assert len(seen) > 1
    assert max(seen) <= size
    assert_close(found[0], wanted[0])
    for a, b in zip(found[1], wanted[1], strict=True):
        assert_close(a, b, "float64", what="gradient")
    if "reduction" not in keywords:
        for a, b in zip(*(_curvature(loss, leaves, keywords, w) for w in (1.0, weight)), strict=True):
            assert_close(a, b, "float64", what="second derivative")


def _curvature(loss, leaves, keywords, weight):
    import torch

    first = torch.autograd.grad(loss(*leaves, **keywords) * weight, leaves[1:], create_graph=True)
    return torch.autograd.grad(sum((x * x).sum() for x in first) * 1e6, leaves[1:])


def test_the_losses_of_a_sum_are_checked():
    report = check_loss(0.5 * ul.huber.configure(delta=2.0) + ul.log_cosh, ["numpy"], laws=["each sample by itself"])
    one = check_loss(ul.log_cosh, ["numpy"], laws=["each sample by itself"])
    assert report.loss == "0.5 * huber(delta=2.0) + log_cosh"
    assert report.cases > one.cases > 0
    with pytest.raises(BrokenLaw, match="does not hold for wrong_derivative"):
        check_loss(ul.huber + Loss(wrong_derivative), ["numpy"])


def test_the_first_calls_may_be_compiled_ones():
    torch = pytest.importorskip("torch")

    @ul.loss
    def compiled_first(xp, y_true, y_pred, *, power=2):
        return (y_pred - y_true) ** power

    @ul.loss
    def compiled_second(xp, y_true, y_pred, *, slope=3.0):
        return slope * y_pred

    def several(f):
        return compiled_first(y, f) + compiled_second(y, f) + (compiled_first + 2 * compiled_second)(y, f)

    y, f = torch.zeros(3), torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    value = torch.compile(several, fullgraph=True, backend="aot_eager")(f)
    (gradient,) = torch.autograd.grad(value, f)
    assert torch.allclose(gradient, 4 / 3 * f.detach() + 3)
