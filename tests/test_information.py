"""Information measures: values against SciPy and the documents, exactness at zero, errors; in every framework."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from scipy.spatial.distance import jensenshannon

import unilosses as ul
from unilosses.information import differential
from unilosses.testing import assert_close
from unilosses.testing.frameworks import framework, installed

info = ul.information
LN2 = math.log(2)

#: Distributions with zeros, among them a certain outcome, and the uniform one.
P = np.array([[0.5, 0.3, 0.2, 0.0], [0.0, 1.0, 0.0, 0.0], [0.25] * 4, [0.1, 0.2, 0.3, 0.4]])
#: Not zero where P is not, except in the last row.
Q = np.array([[0.1, 0.2, 0.7, 0.0], [0.2, 0.6, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.0, 0.5, 0.25, 0.25]])
JOINT = np.array([[0.1, 0.2, 0.0], [0.0, 0.0, 0.0], [0.3, 0.15, 0.25]])


@pytest.fixture
def backend64(backend):
    """The backend, with float64."""
    with backend.session():
        yield backend


def log(x):
    with np.errstate(divide="ignore"):
        return np.log(x)


# -- the documents ---------------------------------------------------------------------------------------------------


def test_document_loss_functions_self_information_table(backend64):
    """ "Loss Functions", table of events: fair coin 1 bit, die 2.58 bits, certain event 0 bits."""
    bits = backend64.numpy(info.self_information(backend64.array([0.5, 1 / 6, 1.0])))
    assert [f"{x:.2f}" for x in bits] == ["1.00", "2.58", "0.00"]


@pytest.mark.parametrize(("p", "bits"), [([0.5, 0.5], "1.00"), ([0.99, 0.01], "0.08"), ([1 / 8] * 8, "3.00")])
def test_document_loss_functions_entropy_table(backend64, p, bits):
    """ "Loss Functions", table of distributions: fair coin 1 bit, 99/1 coin 0.08 bits, uniform over 8 items 3 bits."""
    assert f"{backend64.numpy(info.entropy(backend64.array(p))):.2f}" == bits


@pytest.mark.parametrize(("predicted", "loss"), [(0.01, "4.61"), (0.99, "0.01")])
def test_document_loss_functions_confident_predictions(backend64, predicted, loss):
    """ "Loss Functions": predicting 0.01 for the true class costs 4.6, predicting 0.99 costs 0.01 (both in nats)."""
    one_hot, q = backend64.array([[0.0, 1.0]]), backend64.array([[1 - predicted, predicted]])
    assert f"{backend64.numpy(info.cross_entropy(one_hot, q, base='e'))[0]:.2f}" == loss
    assert f"{backend64.numpy(ul.categorical_cross_entropy(one_hot, q, from_logits=False)):.2f}" == loss


@pytest.mark.parametrize(("p", "bits"), [([0.0, 1.0, 0.0], "0.00"), ([0.5, 0.3, 0.2], "1.49")])
def test_document_cross_entropy_explained_entropy(backend64, p, bits):
    """ "Cross-Entropy Explained": entropies 0.00 (without the 1e-16 that the notebook adds) and 1.49."""
    assert f"{backend64.numpy(info.entropy(backend64.array(p))):.2f}" == bits


@pytest.mark.parametrize(
    ("q", "bits"), [([0.6, 0.2, 0.2], "2.32"), ([0.3, 0.5, 0.2], "1.00"), ([0.1, 0.8, 0.1], "0.32")]
)
def test_document_cross_entropy_explained_cross_entropy(backend64, q, bits):
    """ "Cross-Entropy Explained": cross-entropies 2.32, 1.00 and 0.32; P is certain, so they are KL divergences too."""
    p, q = backend64.array([0.0, 1.0, 0.0]), backend64.array(q)
    assert f"{backend64.numpy(info.cross_entropy(p, q)):.2f}" == bits
    assert f"{backend64.numpy(info.kl_divergence(p, q)):.2f}" == bits


def test_document_cross_entropy_loss_surprises(backend64):
    """ "On the cover: Cross Entropy Loss": gravity still works, 0 bits; Mercury moves the market, infinitely many."""
    assert backend64.numpy(info.self_information(backend64.array([1.0, 0.0]))).tolist() == [0.0, math.inf]


def test_cross_entropy_counts_all_bits_and_kl_the_additional_ones():
    """Where "Cross-Entropy Explained" says additional bits, it is KL: P itself needs 1.49 bits, none additional."""
    p = [0.5, 0.3, 0.2]
    assert_close(info.cross_entropy(p, p), info.entropy(p))
    assert info.kl_divergence(p, p) == 0


# -- against SciPy -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("base", "number"), [(2, 2), ("e", math.e), (10, 10)])
def test_values_are_scipys(backend64, base, number, dtype):
    p, q = backend64.array(P, dtype), backend64.array(Q, dtype)
    close = {"dtype": dtype, "scale": 10.0}  # infinite terms aside, logarithms of up to 7 are summed
    assert_close(info.self_information(p, base=base), -log(P) / math.log(number), **close)
    assert_close(info.entropy(p, base=base), scipy.stats.entropy(P, base=number, axis=-1), **close)
    assert_close(info.kl_divergence(p, q, base=base), scipy.stats.entropy(P, Q, base=number, axis=-1), **close)
    assert_close(info.kl_divergence(p, q, base="e"), scipy.special.kl_div(P, Q).sum(axis=-1), **close)
    assert_close(info.kl_divergence(p, q, base="e"), scipy.special.rel_entr(P, Q).sum(axis=-1), **close)
    crossed = scipy.stats.entropy(P, base=number, axis=-1) + scipy.stats.entropy(P, Q, base=number, axis=-1)
    assert_close(info.cross_entropy(p, q, base=base), crossed, **close)
    distance = jensenshannon(P, Q, base=number, axis=-1)
    assert_close(info.js_divergence(p, q, base=base), distance**2, **close)
    assert_close(info.jensen_shannon_distance(p, q, base=base), distance, **close)
    assert_close(info.perplexity(p, base=base), np.exp(scipy.stats.entropy(P, axis=-1)), **close)


def test_values_of_the_other_distances(backend64):
    p, q = backend64.array(P), backend64.array(Q)
    assert_close(info.total_variation_distance(p, q), abs(P - Q).sum(axis=-1) / 2)
    assert_close(info.hellinger_distance(p, q) ** 2, 1 - np.sqrt(P * Q).sum(axis=-1))


@pytest.mark.parametrize("order", [0, 0.3, 1, 2, 7.5, math.inf])
def test_renyi_and_tsallis_are_their_formulas(backend64, order):
    p = backend64.array(P)
    powers = np.where(P > 0, P, np.inf if order == 0 else 0.0)  # so that 0 ** 0 counts nothing
    if order == 1:
        renyi = tsallis = scipy.stats.entropy(P, axis=-1)
    elif order == math.inf:
        renyi, tsallis = -np.log(P.max(axis=-1)), np.zeros(4)
    else:
        total = (P > 0).sum(axis=-1) if order == 0 else (powers**order).sum(axis=-1)
        renyi, tsallis = np.log(total) / (1 - order), (1 - total) / (order - 1)
    assert_close(info.renyi_entropy(p, order=order, base="e"), renyi, scale=2.0)
    assert_close(info.tsallis_entropy(p, order=order), tsallis, scale=2.0)


def test_tsallis_is_exact_next_to_order_one():
    for order in (1 - 1e-9, 1 + 1e-9):
        # The derivative with respect to the order is half the second moment of the surprise: below 1.
        assert abs(info.tsallis_entropy([0.5, 0.3, 0.2], order=order) - info.entropy([0.5, 0.3, 0.2], base="e")) < 1e-9


def test_joint_measures(backend64):
    joint = backend64.array(JOINT)
    x, y = JOINT.sum(axis=1), JOINT.sum(axis=0)
    total = scipy.stats.entropy(JOINT.ravel())
    assert_close(info.joint_entropy(joint, base="e"), total, scale=10.0)
    assert_close(info.conditional_entropy(joint, base="e"), total - scipy.stats.entropy(x), scale=10.0)
    assert_close(info.conditional_entropy(joint, base="e", axis=(1, 0)), total - scipy.stats.entropy(y), scale=10.0)
    shared = scipy.special.rel_entr(JOINT, np.outer(x, y)).sum()
    assert_close(info.mutual_information(joint, base="e"), shared, scale=10.0)


def test_joint_distributions_in_a_batch_and_of_three_variables():
    batch = np.stack([JOINT, np.full((3, 3), 1 / 9)])
    assert_close(info.conditional_entropy(batch), [float(info.conditional_entropy(JOINT)), math.log2(3)])
    last = info.mutual_information(np.moveaxis(batch, 0, -1), axis=(0, 1))
    assert_close(last, [float(info.mutual_information(JOINT)), 0.0])
    assert_close(info.joint_entropy(np.full((2, 3, 4), 1 / 24)), math.log2(24), scale=10.0)
    assert_close(info.joint_entropy(batch, axis=(1, 2)), [float(info.joint_entropy(x)) for x in batch])


def test_empirical_cross_entropy_of_one_distribution_and_of_one_for_each_sample(backend64):
    q = np.array([0.25, 0.75])
    samples = np.array([0, 1, 1, 0, 1])
    expected = -np.log2(q)[samples].mean()
    assert_close(info.empirical_cross_entropy(backend64.array(samples), backend64.array(q)), expected)
    assert_close(info.empirical_cross_entropy(backend64.array(samples), log_q=backend64.array(np.log(q))), expected)
    each = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    expected = -np.log2([0.5, 0.8]).mean()
    assert_close(info.empirical_cross_entropy(backend64.array(np.array([1, 2])), backend64.array(each)), expected)
    assert_close(
        info.empirical_cross_entropy(backend64.array(np.array([1, 2])), backend64.array(each.T), axis=0), expected
    )
    assert_close(info.empirical_cross_entropy([0, 0], backend64.array([0.0, 1.0])), math.inf)


# -- logarithms, lists, dtypes, axes -----------------------------------------------------------------------------------


def test_logarithms_give_the_same_values(backend64):
    p, q, log_p, log_q = (backend64.array(x) for x in (P, Q, log(P), log(Q)))
    assert_close(info.self_information(log_p=log_p), info.self_information(p), scale=10.0)
    for name in ("entropy", "perplexity"):
        measure = getattr(info, name)
        assert_close(measure(log_p=log_p), backend64.numpy(measure(p)), what=name)
    for name in ("renyi_entropy", "tsallis_entropy"):
        for order in (0, 0.5, 1, 3, math.inf):
            measure = getattr(info, name)
            assert_close(measure(log_p=log_p, order=order), backend64.numpy(measure(p, order=order)), what=name)
    for name in PAIRS:
        measure = getattr(info, name)
        for form in ({"log_p": log_p, "log_q": log_q}, {"p": p, "log_q": log_q}, {"log_p": log_p, "q": q}):
            # A distance is the root of the sum: at distance 0 rounding of 1e-16 becomes 1e-8, but no rows are equal.
            assert_close(measure(**form), backend64.numpy(measure(p, q)), scale=10.0, what=f"{name} {list(form)}")
    log_joint = backend64.array(log(JOINT))
    for name in ("joint_entropy", "conditional_entropy", "mutual_information"):
        measure = getattr(info, name)
        assert_close(measure(log_joint=log_joint), backend64.numpy(measure(backend64.array(JOINT))), what=name)


PAIRS = (
    "cross_entropy",
    "kl_divergence",
    "js_divergence",
    "jensen_shannon_distance",
    "total_variation_distance",
    "hellinger_distance",
)


def test_probabilities_too_small_to_write_down(backend64):
    """exp(-2000) is 0 in every dtype; its surprise is not."""
    log_q = backend64.array([[-2000.0, 0.0]])
    assert_close(info.self_information(log_p=log_q, base="e"), [[2000.0, 0.0]])
    assert_close(info.cross_entropy([[0.5, 0.5]], log_q=log_q, base="e"), [1000.0])
    assert_close(info.kl_divergence([[0.5, 0.5]], log_q=log_q, base="e"), [1000.0 - LN2], scale=1000.0)


def test_a_ratio_that_overflows_is_a_finite_divergence():
    tiny = 1e-309
    assert math.isfinite(info.kl_divergence([0.5, 0.5], [tiny, 1.0]))
    assert_close(info.kl_divergence([0.5, 0.5], [tiny, 1.0], base="e"), -LN2 - 0.5 * math.log(tiny), scale=1000.0)


def test_lists_and_integers_are_distributions_too():
    assert info.entropy([0, 1, 0]) == 0
    assert info.cross_entropy([0, 1], [0.75, 0.25]) == 2
    assert info.entropy([True, False]) == 0


def test_lists_next_to_an_array_are_of_its_framework(backend64):
    q = backend64.array([[0.75, 0.25], [0.5, 0.5]], "float32")
    found = info.cross_entropy([0, 1], q)
    assert backend64.backend.is_array(found)
    assert found.dtype == q.dtype
    assert_close(found, [2.0, 1.0])


def test_any_axis(backend64):
    p, q = np.moveaxis(P, -1, 0), np.moveaxis(Q, -1, 0)
    assert_close(info.entropy(backend64.array(p), axis=0), backend64.numpy(info.entropy(backend64.array(P))))
    assert_close(info.kl_divergence(backend64.array(p), backend64.array(q), axis=0), info.kl_divergence(P, Q))
    assert_close(info.kl_divergence(backend64.array(P[0]), backend64.array(q), axis=0), info.kl_divergence(P[0], Q))


def test_half_precision_is_computed_in_float32():
    for backend64 in map(framework, installed()):
        for dtype in {"float16", "bfloat16"} & set(backend64.dtypes):
            with backend64.session():
                found = info.entropy(backend64.array(P[:3], dtype), base="e")
                assert found.dtype == backend64.dtype("float32")
                rounded = backend64.numpy(backend64.array(P[:3], dtype))
                assert_close(found, scipy.special.entr(rounded).sum(axis=-1), dtype="float32", scale=2.0)


# -- continuous distributions ------------------------------------------------------------------------------------------

CLOSED_FORMS = [
    ("normal", {"scale": 2.0}, scipy.stats.norm(scale=2)),
    ("normal", {"loc": 5.0, "scale": 0.1}, scipy.stats.norm(scale=0.1)),
    ("lognormal", {"loc": 0.3, "scale": 0.7}, scipy.stats.lognorm(0.7, scale=math.exp(0.3))),
    ("half_normal", {"scale": 2.0}, scipy.stats.halfnorm(scale=2)),
    ("uniform", {"low": 1.0, "high": 4.0}, scipy.stats.uniform(1, 3)),
    ("uniform", {"scale": 3.0}, scipy.stats.uniform(0, 3)),
    ("triangular", {"scale": 3.0}, scipy.stats.triang(0.3, scale=3)),
    ("exponential", {"scale": 2.0}, scipy.stats.expon(scale=2)),
    ("exponential", {"rate": 2.0}, scipy.stats.expon(scale=0.5)),
    ("laplace", {"scale": 2.0}, scipy.stats.laplace(scale=2)),
    ("logistic", {"scale": 2.0}, scipy.stats.logistic(scale=2)),
    ("cauchy", {"scale": 2.0}, scipy.stats.cauchy(scale=2)),
    ("gumbel", {"scale": 2.0}, scipy.stats.gumbel_r(scale=2)),
    ("rayleigh", {"scale": 2.0}, scipy.stats.rayleigh(scale=2)),
    ("weibull", {"shape": 1.7, "scale": 2.0}, scipy.stats.weibull_min(1.7, scale=2)),
    ("pareto", {"shape": 1.7, "scale": 2.0}, scipy.stats.pareto(1.7, scale=2)),
    ("gamma", {"shape": 0.3, "scale": 2.0}, scipy.stats.gamma(0.3, scale=2)),
    ("gamma", {"shape": 30.0, "rate": 2.0}, scipy.stats.gamma(30, scale=0.5)),
    ("chi_squared", {"df": 5.0}, scipy.stats.chi2(5)),
    ("beta", {"a": 0.2, "b": 3.0}, scipy.stats.beta(0.2, 3)),
    ("student_t", {"df": 2.5, "scale": 2.0}, scipy.stats.t(2.5, scale=2)),
]


def test_every_family_is_in_the_table():
    assert {name for name, _, _ in CLOSED_FORMS} == set(info.FAMILIES)


@pytest.mark.parametrize(("name", "parameters", "reference"), CLOSED_FORMS)
def test_closed_forms_are_scipys(backend64, name, parameters, reference):
    arrays = {key: backend64.array([x]) for key, x in parameters.items()}
    # lgamma and digamma are shifted by recurrence: logarithms of up to 40 cancel.
    assert_close(info.differential_entropy(name, base="e", **arrays), [float(reference.entropy())], scale=40.0)


def test_closed_forms_take_plain_numbers():
    assert_close(info.differential_entropy("normal", scale=2.0), 0.5 * math.log2(2 * math.pi * math.e * 4))
    assert info.differential_entropy("uniform", scale=0.5) == -1


def test_digamma_is_scipys():
    x = np.array([1e-3, 0.1, 0.5, 1.0, 5.0, 7.999, 8.0, 8.001, 100.0, 1e6])
    xp = framework("numpy").backend.namespace
    assert_close(differential.digamma(xp, x), scipy.special.digamma(x), scale=10.0)


def test_parameters_receive_gradients(backend64):
    if not backend64.differentiates:  # NumPy: these are functions without closed forms of their derivatives
        pytest.skip(f"{backend64.name} does not differentiate")
    total = backend64.backend.namespace.sum
    scale = backend64.array([0.5, 2.0])
    _, (slope,) = backend64.gradient(
        lambda scale: total(info.differential_entropy("normal", scale=scale, base="e")), [scale], [0]
    )
    assert_close(slope, [2.0, 0.5])


def test_quadrature_and_samples_of_a_density(backend64):
    grid = np.linspace(-12.0, 12.0, 2001)
    exact = scipy.stats.norm.entropy()
    # The trapezoid rule converges faster than any power of the step for smooth densities that vanish at the ends.
    assert_close(
        info.differential_entropy(backend64.array(scipy.stats.norm.pdf(grid)), backend64.array(grid), base="e"), exact
    )
    xp = backend64.backend.namespace
    normal = lambda x: xp.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)  # noqa: E731
    assert_close(info.differential_entropy(normal, backend64.array(grid), base="e"), exact)
    x = np.random.default_rng(0).normal(size=40_000)
    # The standard deviation of -log f is 0.71: four standard errors.
    found = float(info.differential_entropy(normal, samples=backend64.array(x), base="e"))
    assert abs(found - exact) < 4 * 0.71 / 200


def test_quadrature_where_the_density_is_zero():
    grid = np.linspace(0.0, 4.0, 401)
    box = np.where((grid > 1) & (grid <= 3), 0.5, 0.0)
    assert_close(info.differential_entropy(box, grid), 1.0)
    assert_close(info.differential_entropy(lambda x: 0.25 + 0 * x, [0.0, 1.0, 4.0]), 2.0)


# -- errors ------------------------------------------------------------------------------------------------------------

ERRORS = [
    (lambda: info.entropy([0.3, 0.3]), ValueError, r"entropy: p sums to 0\.6 .*0\.4 too little; wanted 1"),
    (lambda: info.entropy([[0.5, 0.5], [0.7, 0.7]]), ValueError, r"p sums to 1\.4 along axis 1 .* too much"),
    (lambda: info.entropy([-0.1, 1.1]), ValueError, r"p holds -0\.1; wanted probabilities, at least 0"),
    (lambda: info.entropy(log_p=[2.0, -1.0]), ValueError, r"log_p holds 2; .*log_softmax"),
    (lambda: info.entropy(log_p=[-2.0, -1.0]), ValueError, r"exp\(log_p\) sums to 0\.503"),
    (lambda: info.entropy(), TypeError, "either p or log_p"),
    (lambda: info.entropy([1.0], log_p=[0.0]), TypeError, "both"),
    (lambda: info.entropy([]), ValueError, "no outcomes"),
    (lambda: info.entropy(1.0), ValueError, "no axis"),
    (lambda: info.entropy([0.5, 0.5], axis=1), ValueError, "no axis 1"),
    (lambda: info.entropy([0.5, 0.5], base=1), ValueError, "bits"),
    (lambda: info.entropy([0.5, 0.5], base="2"), ValueError, "bits"),
    (lambda: info.perplexity([0.5, 0.5], base=0), ValueError, "bits"),
    (lambda: info.entropy(np.array([1j, 1])), ValueError, "complex"),
    (lambda: info.self_information(1.5), ValueError, "from 0 to 1"),
    (lambda: info.self_information(log_p=[0.5]), ValueError, "from -inf to 0"),
    (lambda: info.kl_divergence([0.5, 0.5], [0.2, 0.3, 0.5]), ValueError, r"p \(2,\), q \(3,\)"),
    (lambda: info.kl_divergence(np.ones((3, 1)), np.full((1, 3), 1 / 3)), ValueError, "one shape"),
    (lambda: info.renyi_entropy([0.5, 0.5], order=-1), ValueError, "order=-1"),
    (lambda: info.conditional_entropy([[1.0]], axis=0), ValueError, "a pair"),
    (lambda: info.joint_entropy([[1.0]], axis=(0, 0)), ValueError, "twice"),
    (lambda: info.empirical_cross_entropy([0, 2], [0.5, 0.5]), ValueError, "samples go from 0 to 2; q has 2 outcomes"),
    (lambda: info.empirical_cross_entropy([0.0], [0.5, 0.5]), ValueError, "integers"),
    (lambda: info.empirical_cross_entropy([0, 1], [[0.5, 0.5]]), ValueError, "shape of samples"),
    (lambda: info.differential_entropy("nrmal"), LookupError, "normal"),
    (lambda: info.differential_entropy("normal", shape=1), TypeError, "has no parameter 'shape'"),
    (lambda: info.differential_entropy("normal", scale=-1.0), ValueError, "above 0"),
    (lambda: info.differential_entropy("normal", [0, 1]), TypeError, "closed form"),
    (lambda: info.differential_entropy(np.ones), TypeError, "a density and a grid"),
    (lambda: info.differential_entropy(np.ones(3), [0, 1, 2]), ValueError, "integrates to 2"),
    (lambda: info.differential_entropy(np.ones(3), [0.0, 1.0, 0.5]), ValueError, "do not increase"),
    (lambda: info.differential_entropy(np.ones(3), [0.0, 1.0]), ValueError, "last axis"),
    (lambda: info.differential_entropy(np.ones(2), [0.0, 1.0], scale=1), TypeError, "named families"),
]


@pytest.mark.parametrize(("call", "kind", "message"), ERRORS)
def test_errors_say_what_is_wrong(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_sum_is_judged_by_its_dtype(backend64):
    """Softmax in float32 is off by some 1e-7, which float64 numbers may inherit; 1e-4 is a mistake in both."""
    off = np.array([0.5, 0.5 + 5e-7])
    info.entropy(backend64.array(off))
    info.entropy(backend64.array(off, "float32"))
    for dtype in ("float64", "float32"):
        with pytest.raises(ValueError, match="too much"):
            info.entropy(backend64.array(off + 1e-4, dtype))


def test_a_nan_shows_in_the_result(backend64):
    assert np.isnan(backend64.numpy(info.entropy(backend64.array([np.nan, 1.0]))))


def test_arrays_of_two_frameworks_are_refused():
    names = [name for name in installed() if name not in ("numpy", "array_api_strict")]
    if len(names) < 2:  # arrays of NumPy go with those of every framework, so it takes two others
        pytest.skip(f"needs two frameworks, but only {names} are installed")
    first, second = map(framework, names[:2])
    with first.session(), second.session(), pytest.raises(TypeError, match="must belong to one framework"):
        info.kl_divergence(first.array([0.5, 0.5]), second.array([0.5, 0.5]))
