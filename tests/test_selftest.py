"""The suite itself is tested: each deliberately broken definition must fail the law that is there for it."""

import importlib.util

import numpy as np
import pytest

import unilosses as ul
from unilosses.domains import PROBABILITY, REAL, SIMPLEX
from unilosses.loss import Loss
from unilosses.testing import BrokenLaw, check_loss
from unilosses.testing.laws import LAWS


def squared(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error, lambda: 2 * error


def smoothed(xp, y_true, y_pred, *, label_smoothing=0.0):
    """Squared error of smoothed targets."""
    error = y_pred - (y_true * (1 - label_smoothing) + label_smoothing / 2)
    return error * error, lambda: 2 * error


def per_class(xp, y_true, y_pred, *, axis=-1):
    """Softmax cross-entropy."""
    log_p = xp.log_softmax(y_pred, axis)
    return -xp.sum(y_true * log_p, axis=axis), lambda: xp.exp(log_p) * xp.sum(y_true, axis=axis, keepdims=True) - y_true


# -- each of the following is one of the above with one mistake ------------------------------------------------------


def wrong_derivative(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error, lambda: error


def wrong_constant_in_derivative(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error, lambda: 2 * error + 1e-9


def wrong_slope_beyond_a_million(xp, y_true, y_pred):
    """Right wherever ordinary numbers are drawn."""
    error = y_pred - y_true
    root = xp.sqrt(error * error + 1)
    return root, lambda: xp.where(xp.abs(error) > 1e6, 0 * error, error / root)


def derivative_forgets_label_smoothing(xp, y_true, y_pred, *, label_smoothing=0.0):
    error = y_pred - (y_true * (1 - label_smoothing) + label_smoothing / 2)
    return error * error, lambda: 2 * (y_pred - y_true)


def derivative_of_the_default_axis(xp, y_true, y_pred, *, axis=-1):
    log_p = xp.log_softmax(y_pred, axis)
    return -xp.sum(y_true * log_p, axis=axis), lambda: xp.softmax(y_pred, -1) - y_true


def value_of_the_default_axis(xp, y_true, y_pred, *, axis=-1):
    log_p = xp.log_softmax(y_pred, -1)
    return -xp.sum(y_true * log_p, axis=axis)


def depends_on_the_batch(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error - xp.mean(error * error), lambda: 2 * error - 2 * xp.mean(error)


def depends_on_the_place(xp, y_true, y_pred):
    error = y_pred - y_true
    weight = 1 + xp.cumulative_sum(xp.ones_like(xp.reshape(error, (-1,))), axis=0)
    weight = xp.reshape(weight, error.shape)
    return weight * error * error, lambda: 2 * weight * error


def modifies_its_inputs(xp, y_true, y_pred):
    if hasattr(y_pred, "__setitem__") and isinstance(y_pred, np.ndarray) and y_pred.flags.writeable:
        y_pred[...] = y_pred - y_true
        return y_pred * y_pred
    return (y_pred - y_true) ** 2


def other_slope_at_the_kink(xp, y_true, y_pred):
    error = y_pred - y_true
    return xp.abs(error), lambda: xp.where(error >= 0, xp.ones_like(error), -xp.ones_like(error))


def overflows(xp, y_true, y_pred):
    return xp.log(1 + xp.exp(y_pred)) - y_true * y_pred, lambda: xp.sigmoid(y_pred) - y_true


def infinite_at_zero(xp, y_true, y_pred):
    return -y_true * xp.log(y_pred), lambda: -y_true / y_pred


def nan_in_the_branch_not_taken(xp, y_true, y_pred):
    error = y_pred - y_true
    return xp.where(error > 0, xp.sqrt(error), 0 * error)


def hides_nan(xp, y_true, y_pred):
    error = y_pred - y_true
    error = xp.where(xp.isnan(error), xp.zeros_like(error), error)
    return error * error, lambda: 2 * error


def computes_in_float32(xp, y_true, y_pred):
    error = xp.astype(xp.astype(y_pred - y_true, xp.float32), y_pred.dtype)
    return error * error, lambda: 2 * error


def returns_float64(xp, y_true, y_pred):
    error = xp.astype(y_pred - y_true, xp.float64)
    return error * error, lambda: 2 * error


def derivative_of_one_framework(xp, y_true, y_pred):
    """Right in NumPy, wrong in PyTorch."""
    error = y_pred - y_true
    slope = 2 if isinstance(error, np.ndarray) else 3
    return error * error, lambda: slope * error


def value_of_one_framework(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error * (1 if isinstance(error, np.ndarray) else 1 + 1e-9)


def no_gradient_for_targets(xp, y_true, y_pred):
    error = y_pred - xp.stop_gradient(y_true)
    return error * error, lambda: 2 * error


def no_second_derivative(xp, y_true, y_pred):
    """The first derivative of the value is right, the second is that of a constant slope."""
    slope = xp.stop_gradient(2 * (y_pred - y_true))
    error = xp.stop_gradient(y_pred - y_true)
    return error * error + slope * (y_pred - y_true - error), lambda: slope


def needs_values_while_traced(xp, y_true, y_pred):
    error = y_pred - y_true
    return error * error if float(xp.max(xp.abs(error))) >= 0 else error


def makes_the_wrong_blocks(xp, y_true, y_pred):
    """Right for the shapes of the laws, wrong for one of three elements in a row, as blocks are cut."""
    error = y_pred - y_true
    factor = 1 + (error.shape == (3,)) * 1e-6
    return factor * error * error, lambda: 2 * factor * error


def zero_where_nothing_is_left(xp, y_true, y_pred):
    """Divides by the number of entries: an empty batch is 0 / 0."""
    error = y_pred - y_true
    return error * error + xp.max(error) * 0, lambda: 2 * error


#: The law that compares the closed form of NumPy, too, with what another framework differentiates.
BESIDE_AUTODIFF = {"closed-form derivative at the extremes"}
BROKEN = [
    # definition, options, backends, the laws that may name it (the first of them is the one it was made for)
    (wrong_derivative, {}, ["numpy"], {"derivative equals differences"}),
    (wrong_derivative, {}, ["torch"], {"closed-form derivative equals autodiff"}),
    (wrong_constant_in_derivative, {}, ["torch"], {"closed-form derivative equals autodiff"}),
    (wrong_slope_beyond_a_million, {}, ["numpy"], BESIDE_AUTODIFF),
    (wrong_slope_beyond_a_million, {}, ["torch"], BESIDE_AUTODIFF),
    (derivative_forgets_label_smoothing, {}, ["numpy"], {"derivative equals differences"}),
    (derivative_forgets_label_smoothing, {}, ["torch"], {"closed-form derivative equals autodiff"}),
    (derivative_of_the_default_axis, "samplewise", ["numpy"], {"derivative equals differences"}),
    (
        value_of_the_default_axis,
        "samplewise",
        ["numpy"],
        {"mask equals deletion"},
    ),
    (depends_on_the_batch, {}, ["numpy"], {"each sample by itself"}),
    (depends_on_the_place, {}, ["numpy"], {"permuted samples permute the values"}),
    (modifies_its_inputs, {}, ["numpy"], {"inputs are not modified"}),
    (other_slope_at_the_kink, {}, ["torch"], {"closed-form derivative equals autodiff"}),
    (overflows, "probability targets", ["numpy"], {"finite at the extremes"}),
    (infinite_at_zero, "probabilities", ["numpy"], {"finite at the extremes"}),
    (nan_in_the_branch_not_taken, {}, ["torch"], {"finite at the extremes"}),
    (hides_nan, {}, ["numpy"], {"NaN in, NaN out"}),
    (computes_in_float32, {}, ["torch"], {"derivative equals differences"}),
    (returns_float64, {}, ["numpy"], {"dtypes"}),
    (derivative_of_one_framework, {}, ["torch"], {"gradients agree across backends"}),
    (value_of_one_framework, {}, ["torch"], {"values agree across backends"}),
    (no_gradient_for_targets, {}, ["torch"], {"gradients reach targets and weights"}),
    (no_second_derivative, {}, ["torch"], {"second derivative equals differences"}),
    (needs_values_while_traced, {}, ["torch"], {"transforms equal eager"}),
    (makes_the_wrong_blocks, {}, ["numpy"], {"blocked equals unblocked"}),
    (zero_where_nothing_is_left, {}, ["numpy"], {"an empty batch gives 0"}),
]


def made(definition, options) -> Loss:
    """A loss that is not registered, so that the other tests do not see it."""
    return (
        {
            "samplewise": lambda: Loss(definition, kind="samplewise", y_true=SIMPLEX, y_pred=REAL),
            "probabilities": lambda: Loss(definition, y_true=PROBABILITY, y_pred=PROBABILITY),
            "probability targets": lambda: Loss(definition, y_true=PROBABILITY, y_pred=REAL),
        }.get(options, lambda: Loss(definition))()
        if isinstance(options, str)
        else Loss(definition)
    )


@pytest.mark.parametrize(
    ("definition", "options", "backends", "laws"), BROKEN, ids=[f"{b[0].__name__}-{b[2][0]}" for b in BROKEN]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_broken_definition_is_caught(definition, options, backends, laws):
    for name in backends:
        pytest.importorskip(name)
    # NumPy has nothing to differentiate with: the law needs another framework beside it.
    if laws == BESIDE_AUTODIFF and not any(map(importlib.util.find_spec, ("torch", "jax", "tensorflow"))):
        pytest.skip("no framework that differentiates is installed")
    loss = made(definition, options)
    with pytest.raises(BrokenLaw) as caught:
        check_loss(loss, backends, laws=sorted(laws))
    message = str(caught.value)
    assert caught.value.law in laws
    assert definition.__name__ in message
    assert backends[0] in message
    assert "failing input: y_true=" in message


def test_the_definitions_without_their_mistakes_pass():
    pytest.importorskip("torch")
    for loss in (Loss(squared), Loss(smoothed), made(per_class, "samplewise")):
        report = check_loss(loss, ["numpy", "torch"])
        assert report.cases > 100
        assert loss.name in str(report)
        assert all(law.slow or law.name in str(report) for law in LAWS.values())


def test_the_smallest_failing_input_is_reported():
    """A derivative that is wrong above 2 only is shown with one number, not with the case that found it."""
    pytest.importorskip("torch")

    def wrong_above_two(xp, y_true, y_pred):
        error = y_pred - y_true
        return error * error, lambda: xp.where(error > 2, 3 * error, 2 * error)

    with pytest.raises(BrokenLaw, match="smallest failing input") as caught:
        check_loss(Loss(wrong_above_two), ["torch"], laws=["closed-form derivative equals autodiff"])
    assert caught.value.case.inputs["y_pred"].shape == (1,)


def test_a_loss_without_derivative_passes_where_it_can_be_differentiated():
    pytest.importorskip("torch")

    def charbonnier(xp, y_true, y_pred, *, epsilon=1e-3):
        error = y_pred - y_true
        return xp.sqrt(error * error + epsilon * epsilon)

    report = check_loss(Loss(charbonnier), ["numpy", "torch"])
    assert report.counts["derivative equals differences"]["numpy"] == 0
    assert report.counts["derivative equals differences"]["torch"] > 3
    assert report.counts["values agree across backends"]["numpy"] > 0


def squared_alone(xp, y_true, y_pred):
    """Without a derivative: automatic differentiation carries 0 * NaN out of a mask that is applied too late."""
    return (y_pred - y_true) ** 2


def test_an_infinite_slope_under_the_mask_is_no_defect():
    """Masked gradients are zero, whatever the derivative at the stand-in is."""

    def logarithm(xp, y_true, y_pred):
        return xp.log(xp.abs(y_pred)) - y_true, lambda: 1 / y_pred

    with np.errstate(all="ignore"):
        value, gradient = ul.value_and_grad(Loss(logarithm))(
            np.zeros(2), np.array([2.0, np.nan]), mask=np.array([True, False]), reduction="sum"
        )
    assert value == np.log(2.0)
    assert gradient.tolist() == [0.5, 0.0]


def test_masks_are_tested_too(monkeypatch):
    """A mask that multiplies lets NaN through; one that forgets the count changes the mean."""
    pytest.importorskip("torch")
    import unilosses.evaluation as evaluation

    ready = evaluation.ready
    monkeypatch.setattr(evaluation, "ready", lambda call, arrays, mask: ready(call, arrays, None))
    with pytest.raises(BrokenLaw, match="NaN under the mask"):
        check_loss(Loss(squared_alone), ["torch"], laws=["NaN under the mask"])
    monkeypatch.undo()
    count = evaluation.reductions.count
    monkeypatch.setattr(evaluation.reductions, "count", lambda mask, values, xp: count(None, values, xp))
    with pytest.raises(BrokenLaw, match="mask equals deletion"):
        check_loss(Loss(squared), ["numpy"], laws=["mask equals deletion"])


def test_what_is_no_loss_is_refused():
    with pytest.raises(TypeError, match="check_loss takes a loss"):
        check_loss(squared)
    with pytest.raises(LookupError, match="no law 'gravity'"):
        check_loss(Loss(squared), laws=["gravity"])
