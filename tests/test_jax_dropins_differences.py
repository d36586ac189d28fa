"""Each deliberate difference from optax.losses, shown: what native does and what the drop-in does instead."""

import math

import numpy as np
import pytest

import unilosses.jax
from unilosses.jax.differences import DIFFERENCES
from unilosses.testing import assert_close

from .jax_parity import Compiled, compiled, jax, jnp, optax

native, drop_ins = Compiled(optax.losses), Compiled(unilosses.jax)
NAN, INF = math.nan, math.inf
SHOWN = {}


def shows(key):
    """Mark a test as the demonstration of one row of the table."""

    def mark(test):
        assert key not in SHOWN
        SHOWN[key] = test
        return test

    return mark


def gradient(function, *arrays, position=0):
    """The gradient of the summed value with respect to one argument."""
    return compiled(jax.grad(lambda *x: jnp.sum(function(*x)), argnums=position), *arrays)


def array(*numbers, dtype="float32"):
    return jnp.array(numbers, dtype)


def test_every_difference_is_shown():
    assert [row.key for row in DIFFERENCES if row.key not in SHOWN] == []
    assert len({row.key for row in DIFFERENCES}) == len(DIFFERENCES)


def test_rows_are_about_functions_and_say_everything():
    for row in DIFFERENCES:
        assert all(text.endswith((".", ".)")) for text in (row.native, row.ours, row.reason))
        for name in row.functions:
            assert hasattr(native, name)
            assert row.ours in getattr(drop_ins, name).__doc__


@shows("half precision")
def test_half_precision():
    error = array(0.1, dtype="bfloat16")
    assert float(optax.losses.log_cosh(error)[0]) == 2.0**-7
    np.testing.assert_allclose(
        drop_ins.log_cosh(error).astype("float32"), math.log(math.cosh(float(error[0]))), rtol=2.0**-8
    )
    x, y = array(300, 400, dtype="float16"), array(400, 300, dtype="float16")
    assert float(optax.losses.cosine_similarity(x, y)) == 0
    similarity = drop_ins.cosine_similarity(x, y)
    assert similarity.dtype == "float16"
    assert_close(similarity, 0.96)


@shows("NumPy arrays")
def test_numpy_arrays():
    x, y = np.array([2.0, 1.0]), np.array([0.5, 1.5])
    assert isinstance(native.squared_error(x, y), np.ndarray)
    value = drop_ins.squared_error(x, y)
    assert isinstance(value, jax.Array)
    assert value.dtype == "float32"
    assert_close(value, [2.25, 0.25])


@shows("zero vector")
def test_zero_vector():
    zero, one = jnp.zeros(3), jnp.ones(3)
    assert jnp.isnan(native.cosine_distance(zero, one))
    assert jnp.isnan(gradient(native.cosine_distance, zero, one)).all()
    assert float(drop_ins.cosine_distance(zero, one)) == 1
    assert float(drop_ins.cosine_similarity(zero, one)) == 0
    assert float(drop_ins.cosine_similarity(one, one, where=jnp.zeros(3, bool))) == 0
    for function in (drop_ins.cosine_distance, drop_ins.cosine_similarity):
        for x, y in ((zero, one), (one, zero), (zero, zero)):
            assert_close(gradient(function, x, y), np.zeros(3))
            assert_close(gradient(function, x, y, position=1), np.zeros(3))
            assert jnp.isfinite(compiled(jax.hessian(function), x, y)).all()


@shows("long and short vectors")
@pytest.mark.parametrize(("size", "wrong"), [(1e20, 0.0), (1e-25, INF)])
def test_long_and_short_vectors(size, wrong):
    x, y = size * array(3, 4), size * array(4, 3)
    assert float(optax.losses.cosine_similarity(x, y)) == wrong
    assert_close(drop_ins.cosine_similarity(x, y), 0.96)
    assert_close(drop_ins.cosine_distance(x, y), 0.04)
    assert_close(size * gradient(drop_ins.cosine_similarity, x, y), [0.0448, -0.0336])


@shows("tiny vectors")
def test_tiny_vectors():
    points, labels = jnp.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), jnp.array([0, 1, 0])
    value = native.ntxent(points, labels)
    assert_close(drop_ins.ntxent(points, labels), value)
    assert abs(native.ntxent(1e-4 * points, labels) - value) > 0.1
    assert_close(drop_ins.ntxent(1e-4 * points, labels), value)
    with_zero = points.at[0].set(0)
    assert jnp.abs(gradient(native.ntxent, with_zero, labels)).max() > 1e4
    ours = gradient(drop_ins.ntxent, with_zero, labels)
    assert_close(ours[0], [0, 0])
    assert jnp.abs(ours).max() < 100


@shows("no positive pairs")
def test_no_positive_pairs():
    points, labels = jnp.array([[1.0, 0.0], [0.0, 1.0]]), jnp.array([0, 1])
    assert jnp.isnan(native.ntxent(points, labels))
    assert float(drop_ins.ntxent(points, labels)) == 0
    assert_close(gradient(drop_ins.ntxent, points, labels), np.zeros((2, 2)))


@shows("zero probability")
def test_zero_probability():
    log_p, y = jnp.log(array(0.5, 0.5)), array(0, 1)
    for name in ("kl_divergence", "generalized_kl_divergence"):
        theirs, ours = getattr(native, name), getattr(drop_ins, name)
        assert_close(ours(log_p, y), theirs(log_p, y))
        assert jnp.isnan(gradient(theirs, log_p, y, position=1)[0])
        expected = gradient(theirs, log_p, y, position=1)[1]
        slope = math.log(2) - (1 if name.startswith("gen") else 0)
        assert_close(gradient(ours, log_p, y, position=1), [slope, expected])
        assert jnp.isnan(theirs(array(-INF, 0), y))
        assert float(ours(array(-INF, 0), y)) == 0
        assert_close(gradient(ours, array(-INF, -1), y)[0], 0)
        assert jnp.isfinite(gradient(ours, array(-INF, -1), y, position=1)).all()
    logarithms = array(-1, -0.5), array(-INF, 0)
    assert jnp.isnan(native.kl_divergence_with_log_targets(*logarithms))
    assert_close(drop_ins.kl_divergence_with_log_targets(*logarithms), 0.5)
    assert_close(gradient(drop_ins.kl_divergence_with_log_targets, *logarithms), [0, -1])
    assert_close(gradient(drop_ins.kl_divergence_with_log_targets, *logarithms, position=1), [0, 1.5])
    assert float(drop_ins.kl_divergence_with_log_targets(array(-INF, 0), array(-INF, 0))) == 0


@shows("NaN left out")
def test_nan_left_out():
    kept = jnp.array([False, True, True])
    for name in (
        "kl_divergence", "kl_divergence_with_log_targets", "generalized_kl_divergence", "cosine_similarity",
        "cosine_distance",
    ):  # fmt: skip
        x, y = array(NAN, 0.3, 0.4), array(NAN, 0.2, 0.5)
        theirs, ours = (lambda x, y, m=m, n=name: getattr(m, n)(x, y, where=kept) for m in (native, drop_ins))
        assert_close(ours(x, y), theirs(x, y))
        for position in (0, 1):
            assert jnp.isnan(gradient(theirs, x, y, position=position)[0])
            expected = gradient(getattr(native, name), x[1:], y[1:], position=position)
            assert_close(gradient(ours, x, y, position=position), [0, *expected])


@shows("labels left out")
def test_labels_left_out():
    kept = jnp.array([False, True, True])
    logits, labels = array(3, 1, 2), array(0.2, 0.3, 0.5)
    for name in ("softmax_cross_entropy", "poly_loss_cross_entropy"):
        theirs, ours = (lambda x, y, m=m, n=name: getattr(m, n)(x, y, where=kept) for m in (native, drop_ins))
        expected = gradient(theirs, logits, labels, position=1)
        assert jnp.isnan(expected[0])
        assert_close(gradient(ours, logits, labels, position=1), [0, *expected[1:]])


@shows("infinite logits")
def test_infinite_logits():
    logits, labels = array(-INF, 0, 1), array(0, 1, 0)
    for name in ("softmax_cross_entropy", "poly_loss_cross_entropy"):
        theirs, ours = getattr(native, name), getattr(drop_ins, name)
        assert jnp.isnan(theirs(logits, labels))
        assert_close(ours(logits, labels), theirs(logits[1:], labels[1:]))
        assert_close(gradient(ours, logits, labels), [0, *gradient(theirs, logits[1:], labels[1:])])
    for name in ("sigmoid_binary_cross_entropy", "sigmoid_focal_loss"):
        right = array(INF, -INF), array(1, 0)
        assert jnp.isnan(getattr(native, name)(*right)).all()
        assert_close(getattr(drop_ins, name)(*right), [0, 0])
        assert_close(gradient(getattr(drop_ins, name), *right), [0, 0])
    for name, value in (("multiclass_hinge_loss", 1.0), ("multiclass_perceptron_loss", 0.0)):
        assert jnp.isnan(getattr(optax.losses, name)(array(-INF, 0), jnp.array(1)))
        assert float(getattr(drop_ins, name)(array(-INF, -1), jnp.array(1))) == value - (
            name == "multiclass_hinge_loss"
        )
        assert jnp.isfinite(gradient(getattr(drop_ins, name), array(-INF, -1), jnp.array(1))).all()


@shows("gradient of impossible labels")
def test_gradient_of_impossible_labels():
    arrays = array(-INF, 0, 1), array(0, 1, 0)
    assert_close(drop_ins.safe_softmax_cross_entropy(*arrays), native.safe_softmax_cross_entropy(*arrays))
    expected = gradient(native.safe_softmax_cross_entropy, *arrays, position=1)
    assert float(expected[0]) == INF
    assert_close(gradient(drop_ins.safe_softmax_cross_entropy, *arrays, position=1), [0, *expected[1:]])


@shows("gradient beside integer labels")
def test_gradient_beside_integer_labels():
    logits, labels = array(0.5, 1), jnp.array([0, 1])
    with pytest.raises(TypeError, match="float0"):
        gradient(native.safe_softmax_cross_entropy, logits, labels)
    expected = gradient(native.safe_softmax_cross_entropy, logits, labels.astype("float32"))
    assert_close(gradient(drop_ins.safe_softmax_cross_entropy, logits, labels), expected)


@shows("arguments of the convex function")
def test_arguments_of_the_convex_function():
    def maximum(scores, temperature=1.0):
        return temperature * jax.nn.logsumexp(scores / temperature)

    arrays = array(1, 2), array(0, 1)
    theirs, ours = (module.make_fenchel_young_loss(maximum) for module in (native, drop_ins))
    with pytest.raises(TypeError, match="wrong number of positional arguments"):
        theirs(*arrays, 0.5)
    assert_close(theirs(*arrays, temperature=0.5), theirs(*arrays))
    expected = 0.5 * jnp.log(jnp.exp(2.0) + jnp.exp(4.0)) - 2
    assert_close(ours(*arrays, 0.5), expected)
    assert_close(ours(*arrays, temperature=0.5), expected)


@shows("unknown labels")
def test_unknown_labels():
    scores, labels = array(3, 0, 2)[None], jnp.array([7])
    assert_close(
        native.multiclass_sparsemax_loss(scores, labels), native.multiclass_sparsemax_loss(scores, labels * 0 + 2)
    )
    assert jnp.isnan(native.softmax_cross_entropy_with_integer_labels(scores, labels))
    frames = (jnp.zeros((1, 2, 3)), jnp.zeros((1, 2)), jnp.array([[7]]), jnp.zeros((1, 1)))
    assert native.ctc_loss(*frames)[0] < 0
    for name in ("multiclass_sparsemax_loss", "softmax_cross_entropy_with_integer_labels"):
        function = getattr(drop_ins, name)
        assert jnp.isnan(getattr(unilosses.jax, name)(scores, labels)).all()
        assert jnp.isnan(function(scores, labels)).all()
        assert jnp.isnan(function(scores, labels - 11)).all()
        assert_close(gradient(function, scores, labels), np.zeros((1, 3)))
    assert jnp.isnan(drop_ins.ctc_loss(*frames)).all()


@shows("several labels")
def test_several_labels():
    scores, one_hot = array((0.1, 0.2, 0.3), (0.5, 0.1, 0.7)), jnp.array([[0, 1, 0], [1, 0, 0]])
    meant = native.multiclass_sparsemax_loss(scores, jnp.array([1, 0]))
    assert jnp.isfinite(native.multiclass_sparsemax_loss(scores, one_hot)).all()
    assert not jnp.allclose(native.multiclass_sparsemax_loss(scores, one_hot), meant)
    with pytest.raises(ValueError, match="one class index for each row"):
        drop_ins.multiclass_sparsemax_loss(scores, one_hot)
    assert_close(drop_ins.multiclass_sparsemax_loss(scores, jnp.argmax(one_hot, axis=-1)), meant)


@shows("at the margin")
def test_at_the_margin():
    arrays = array(1, -1), array(1, -1)
    assert_close(gradient(native.hinge_loss, *arrays), [-0.5, 0.5])
    assert_close(gradient(drop_ins.hinge_loss, *arrays), [0, 0])


@shows("odd norms")
@pytest.mark.parametrize("degree", [1, 3, 2.5, 1.5])
def test_odd_norms(degree):
    anchor, positive, negative = array(0, 0), array(1, -2), array(0.5, 0.25)

    def distance(x, y):
        return (np.sum(np.abs(np.float64(x) - np.float64(y)) ** degree) + 1e-6) ** (1 / degree)

    expected = distance(anchor, positive) - distance(anchor, negative) + 1
    wrong = native.triplet_margin_loss(anchor, positive, negative, norm_degree=degree)
    assert jnp.isnan(wrong) or abs(wrong - expected) > 0.1
    assert_close(drop_ins.triplet_margin_loss(anchor, positive, negative, norm_degree=degree), expected)


@shows("coincident points")
@pytest.mark.parametrize("degree", [2, 2.0, 3, 1, 1.5])
def test_coincident_points(degree):
    def loss(module):
        return lambda a, p, n: module.triplet_margin_loss(a, p, n, eps=0.0, margin=3.0, norm_degree=degree)

    zero, one = jnp.zeros(2), array(0.5, 1)
    if degree == 2:
        assert jnp.isnan(gradient(loss(native), zero, zero, one)).any()
    length = float(jnp.sum(one**degree) ** (1 / degree))
    assert_close(gradient(loss(drop_ins), zero, zero, one), (one / length) ** (degree - 1))
    assert jnp.isfinite(compiled(jax.hessian(loss(drop_ins)), zero, zero, one)).all()


@shows("binary probabilities")
def test_binary_probabilities():
    p, y = array(0.5, 0.2)[None], array(1, 0)[None]
    with pytest.raises(ValueError, match="sum to 1"):
        native.binary_dice_loss(p, y, apply_sigmoid=False)
    expected = native.binary_dice_loss(jnp.log(p / (1 - p)), y)
    assert_close(drop_ins.binary_dice_loss(p, y, apply_sigmoid=False), expected)
    assert_close(drop_ins.dice_loss(p[..., None], y[..., None], apply_softmax=False), expected)
    with pytest.raises(ValueError, match="no probabilities in"):
        drop_ins.binary_dice_loss(p + 1, y, apply_sigmoid=False)


@shows("probabilities under transforms")
def test_probabilities_under_transforms():
    p, y = array(0.7, 0.3)[None, None], array(1, 0)[None, None]
    for name in ("dice_loss", "multiclass_generalized_dice_loss"):
        theirs, ours = (lambda p, y, m=m, n=name: getattr(m, n)(p, y, apply_softmax=False) for m in (native, drop_ins))
        for transform in (jax.jit, jax.vmap):
            with pytest.raises(jax.errors.TracerBoolConversionError):
                transform(theirs)(p[None], y[None])
        assert_close(jax.jit(ours)(p, y), theirs(p, y))
        assert_close(jax.vmap(ours)(p[None], y[None])[0], theirs(p, y))
        with pytest.raises(ValueError, match="no probabilities that sum to 1"):
            jax.grad(lambda p, f=ours: f(2 * p, y).sum())(p)
    thirds = jnp.full((1, 1, 3), 1 / 3, "bfloat16")
    assert drop_ins.dice_loss(thirds, thirds, apply_softmax=False).dtype == "bfloat16"


@shows("masked lengths")
def test_masked_lengths():
    x, y = jnp.array([[1.0, 2.0, 2.0], [-3.0, 0.0, -4.0]]), jnp.array([3.0, 1.0, 4.0])
    where = jnp.array([[True, True, False], [True, True, True]])
    broadcast = jnp.broadcast_to(y, (2, 3))
    wanted = optax.losses.cosine_distance(x, broadcast, where=where)
    native = optax.losses.cosine_distance(x, y, where=where)
    assert float(jnp.abs(native - wanted).max()) > 0.1
    for targets in (y, broadcast):
        assert_close(unilosses.jax.cosine_distance(x, targets, where=where), wanted)


@shows("empty regions")
def test_empty_regions():
    p, y = array(0, 1)[None, None], array(0, 1)[None, None]
    options = {"smooth": 0.0, "apply_softmax": False, "reduction": "none"}
    assert_close(native.dice_loss(p, y, **options), [[NAN, 0]])
    assert_close(drop_ins.dice_loss(p, y, **options), [[0, 0]])
    assert_close(gradient(lambda p: drop_ins.dice_loss(p, y, **options), p), [[[0, -0.5]]])


@shows("sizes in half precision")
def test_sizes_in_half_precision():
    for sizes in ((4, 0), (300, 300)):
        y = jnp.repeat(jnp.eye(2, dtype="float16"), jnp.array(sizes), axis=0, total_repeat_length=sum(sizes))[None]
        logits = jnp.zeros_like(y)
        assert jnp.isnan(native.multiclass_generalized_dice_loss(logits, y))
        expected = native.multiclass_generalized_dice_loss(logits.astype("float32"), y.astype("float32"))
        value = drop_ins.multiclass_generalized_dice_loss(logits, y)
        assert value.dtype == "float16"
        assert_close(value, expected)


@shows("number of classes")
def test_number_of_classes():
    labels = array(1, 0, 0)[None]
    assert_close(native.smooth_labels(labels, 0.3, where=jnp.array([[True]])).sum(), 1.6)
    assert_close(drop_ins.smooth_labels(labels, 0.3, where=jnp.array([[True]])), [[0.8, 0.1, 0.1]])
    nothing = jnp.zeros((1, 3), bool)
    assert jnp.isinf(native.smooth_labels(labels, 0.3, where=nothing)).all()
    assert_close(drop_ins.smooth_labels(labels, 0.3, where=nothing), [[1.0, 0.3, 0.3]])


@shows("impossible alignments")
def test_impossible_alignments():
    logits = array(0.5, -1, 2, 0.25, 1, 0).reshape(1, 2, 3)
    rest = jnp.zeros((1, 2)), jnp.array([[1, 2, 1]]), jnp.zeros((1, 3))
    assert 9e4 < native.ctc_loss(logits, *rest)[0] < 1e5
    assert jnp.abs(gradient(native.ctc_loss, logits, *rest)).max() > 0.1
    assert_close(drop_ins.ctc_loss(logits, *rest), [1e5])
    assert_close(drop_ins.ctc_loss_with_forward_probs(logits, *rest)[0], [1e5])
    assert_close(drop_ins.ctc_loss(logits, *rest, log_epsilon=-1e3), [1e3])
    assert_close(gradient(drop_ins.ctc_loss, logits, *rest), np.zeros((1, 2, 3)))
    # Enough frames, but a label of probability 0.
    rest = jnp.zeros((1, 2)), jnp.array([[1]]), jnp.zeros((1, 1))
    assert_close(drop_ins.ctc_loss(logits.at[:, :, 1].set(-INF), *rest), [1e5])
    assert_close(gradient(drop_ins.ctc_loss, logits.at[:, :, 1].set(-INF), *rest), np.zeros((1, 2, 3)))


@shows("negative losses")
def test_negative_losses():
    logits = jnp.array([[[0.0, 50.0, 0.0]] * 2])
    rest = jnp.zeros((1, 2)), jnp.array([[1]]), jnp.zeros((1, 1))
    assert native.ctc_loss(logits, *rest)[0] < 0
    assert 0 <= drop_ins.ctc_loss(logits, *rest)[0] < 1e-6


@shows("small errors")
def test_small_errors():
    errors = array(1e-4, 1e-3)
    assert float(native.log_cosh(errors)[0]) == 0
    np.testing.assert_allclose(native.log_cosh(errors)[1], 5e-7, rtol=0.2)
    np.testing.assert_allclose(drop_ins.log_cosh(errors), [5e-9, 5e-7], rtol=1e-6)


@shows("number of classes differs")
def test_number_of_classes_differs():
    logits, labels = jnp.ones((2, 1)), jnp.eye(3)[:2]
    assert_close(native.softmax_cross_entropy(logits, labels), [0, 0])
    for name in ("softmax_cross_entropy", "safe_softmax_cross_entropy", "poly_loss_cross_entropy"):
        with pytest.raises(ValueError, match="number of classes"):
            getattr(drop_ins, name)(logits, labels)
    for name in ("cosine_similarity", "cosine_distance"):
        with pytest.raises(ValueError, match="equal length"):
            getattr(drop_ins, name)(logits, labels)


@shows("parameters out of range")
def test_parameters_out_of_range():
    x, points, labels = array(2, 0.5), jnp.eye(3), jnp.array([0, 0, 1])
    assert native.huber_loss(x, delta=-1.0)[0] < 0
    assert native.ntxent(points, labels, -0.07) > 0
    for call in (
        lambda: drop_ins.huber_loss(x, delta=-1.0),
        lambda: drop_ins.sigmoid_focal_loss(x, x, gamma=-1.0),
        lambda: drop_ins.ntxent(points, labels, -0.07),
        lambda: drop_ins.dice_loss(points, points, smooth=-1.0),
        lambda: drop_ins.multiclass_generalized_dice_loss(points, points, smooth=-1.0),
        lambda: drop_ins.binary_dice_loss(points, points, smooth=-1.0),
    ):
        with pytest.raises(ValueError, match="is out of range"):
            call()


@shows("no classes")
def test_no_classes():
    nothing, labels = jnp.zeros((3, 0)), jnp.zeros(3, "int32")
    cases = {
        "softmax_cross_entropy": (nothing, 0.0),
        "safe_softmax_cross_entropy": (nothing, 0.0),
        "poly_loss_cross_entropy": (nothing, 0.0),
        "softmax_cross_entropy_with_integer_labels": (labels, -INF),
    }
    for name, (target, cost) in cases.items():
        np.testing.assert_array_equal(getattr(native, name)(nothing, target), [cost] * 3)
        with pytest.raises(ValueError, match="wanted at least one class"):
            getattr(drop_ins, name)(nothing, target)


@shows("gradient in half precision")
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_gradient_in_half_precision(dtype):
    scores, labels = array((0.125, 2, 0.25), (0.25, 0.5, 0.75), dtype=dtype), jnp.array([0, 2])
    assert native.multiclass_sparsemax_loss(scores, labels).dtype == "float32"
    with pytest.raises(TypeError, match="JVP"):
        jax.grad(lambda z: jnp.sum(optax.losses.multiclass_sparsemax_loss(z, labels)))(scores)
    expected = gradient(native.multiclass_sparsemax_loss, scores.astype("float32"), labels)

    def step(z, _):
        slope = jax.grad(lambda z: jnp.sum(unilosses.jax.multiclass_sparsemax_loss(z, labels)))(z)
        return z, slope

    (slope,) = jax.lax.scan(step, scores, None, length=1)[1]
    assert slope.dtype == dtype
    # One rounding of numbers below 1, plus that of the probabilities of sparsemax.
    np.testing.assert_allclose(slope.astype("float32"), expected, atol=2 * float(jnp.finfo(dtype).eps))


@shows("batches of any shape")
def test_batches_of_any_shape():
    scores = jnp.linspace(-1.0, 1.0, 12).reshape(2, 2, 3)
    labels = jnp.array([[0, 1], [2, 1]])
    with pytest.raises((TypeError, ValueError)):
        optax.losses.multiclass_sparsemax_loss(scores, labels)
    with pytest.raises(ValueError, match="vmap"):
        optax.losses.multiclass_sparsemax_loss(scores[0, 0], labels[0, 0])
    expected = optax.losses.multiclass_sparsemax_loss(scores.reshape(4, 3), labels.reshape(4))
    assert_close(drop_ins.multiclass_sparsemax_loss(scores, labels), expected.reshape(2, 2))
    assert_close(drop_ins.multiclass_sparsemax_loss(scores[0, 0], labels[0, 0]), expected[0])
