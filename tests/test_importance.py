"""Importance sampling: against arviz, exact expectations and the worked examples; in every framework."""

import importlib.util
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from arviz_stats.base import array_stats

import unilosses as ul
from unilosses.testing import assert_close, to_numpy

importance = ul.importance
normal = scipy.stats.norm


@pytest.fixture
def backend64(backend):
    """The backend, with float64."""
    with backend.session():
        yield backend


def load(name):
    """An example as a module."""
    path = Path(__file__).parent.parent / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draws(seed=0, count=1000, spread=1.0):
    """Samples of a standard normal distribution, and their log densities under a wider one and itself."""
    x = np.random.default_rng(seed).normal(size=count)
    return x, normal.logpdf(x, scale=spread), normal.logpdf(x)


# -- weights and their diagnostics ------------------------------------------------------------------------------------


def test_weights_are_the_ratio_of_the_densities(backend64):
    _, log_p, log_q = draws(count=50, spread=1.3)
    ratio = np.exp(log_p - log_q)
    assert_close(importance.weights(backend64.array(log_p), backend64.array(log_q)), ratio)
    assert_close(
        importance.weights(backend64.array(log_p), backend64.array(log_q), normalize=True), ratio / ratio.sum()
    )


def test_normalised_weights_never_overflow(backend64):
    log_p, log_q = backend64.array([1000.0, 1000.0, -np.inf]), backend64.array([0.0, math.log(3), 0.0])
    assert_close(importance.weights(log_p, log_q, normalize=True), [0.75, 0.25, 0.0])


def test_effective_sample_size(backend64):
    equal = backend64.array(np.full(10, 700.0))
    assert_close(importance.effective_sample_size(equal), 10.0)
    assert_close(importance.effective_sample_size(backend64.array([0.0, -np.inf, -np.inf])), 1.0)
    assert_close(importance.effective_sample_size(backend64.array([-np.inf, -np.inf])), 0.0)
    assert_close(importance.effective_sample_size(backend64.array(np.log([[1.0, 2.0, 3.0]]))), [36 / 14])


@pytest.mark.parametrize("count", [25, 100, 226, 2000])
@pytest.mark.parametrize("heaviness", [0.3, 1.0, 3.0])
def test_smoothed_weights_and_k_are_arvizs(count, heaviness):
    log_weights = heaviness * np.random.default_rng(count).normal(size=count)
    expected, k = array_stats.psislw(-log_weights)  # arviz takes log likelihoods left out: the weights' reciprocals
    # The mean of logarithms and the posterior's softmax add rounding of 1e-13 times their size of up to some hundreds.
    found, shape = importance.smoothed_log_weights(log_weights + 800.0)
    assert_close(shape, float(k), scale=10.0)
    assert_close(importance.pareto_k(log_weights), float(k), scale=10.0)
    assert_close(found - scipy.special.logsumexp(found), expected, scale=100.0)


def test_smoothed_weights_in_every_framework(backend64):
    log_weights = np.random.default_rng(0).normal(size=(3, 60)) * [[0.5], [1.0], [2.0]]
    expected, k = importance.smoothed_log_weights(log_weights)
    found, shape = importance.smoothed_log_weights(backend64.array(log_weights))
    assert_close(shape, k, scale=10.0)
    assert_close(found, expected, scale=100.0)
    assert_close(importance.pareto_k(backend64.array(log_weights)), k, scale=10.0)


def test_k_tells_how_many_moments_the_weights_have():
    """Pareto weights with index a have moments below a, so that k is 1 / a."""
    levels = (np.arange(4000) + 0.5) / 4000
    for index in (1.0, 2.0, 5.0):
        # The tail has 189 weights; the deviation of the estimate is about (1 + k) / sqrt(189).
        assert abs(importance.pareto_k(-np.log(levels) / index) - 1 / index) < (1 + 1 / index) / math.sqrt(189)


def test_k_of_degenerate_weights(backend64):
    few = np.zeros(60)
    few[:3] = 1.0, 1.0, 2.0  # ties at the cutoff, as weights of a discrete distribution have
    weights = backend64.array(np.stack([np.zeros(60), np.full(60, -np.inf), few]))
    found = to_numpy(importance.pareto_k(weights))
    assert_close(found[:2], [-math.inf, -math.inf])
    assert np.isfinite(found[2])
    assert_close(to_numpy(importance.smoothed_log_weights(weights)[0])[0], np.zeros(60))
    assert_close(importance.pareto_k(backend64.array(np.zeros(24))), math.inf)
    unknown = np.random.default_rng(0).normal(size=60)
    unknown[7] = np.nan
    assert np.isnan(to_numpy(importance.pareto_k(backend64.array(unknown))))


def test_functions_need_samples():
    with pytest.raises(TypeError, match="pass samples="):
        importance.estimate(lambda x: x > 0, [0.0, 0.0], [0.0, 0.0])


# -- estimates --------------------------------------------------------------------------------------------------------


def test_plain_and_normalised_estimates_are_their_formulas(backend64):
    x, log_p, log_q = draws(count=60, spread=0.8)
    f, w = x * x, np.exp(log_p - log_q)
    plain = importance.estimate(backend64.array(f), backend64.array(log_p), backend64.array(log_q))
    assert_close(plain.value, (w * f).mean())
    assert_close(plain.standard_error, (w * f).std(ddof=1) / math.sqrt(60))
    assert_close(plain.effective_sample_size, w.sum() ** 2 / (w * w).sum(), scale=100.0)
    assert_close(plain.pareto_k, importance.pareto_k(np.log(w * f)), scale=10.0)
    shares = w / w.sum()
    normalised = importance.estimate(backend64.array(f), backend64.array(log_p), backend64.array(log_q), normalize=True)
    value = (shares * f).sum()
    assert_close(normalised.value, value)
    assert_close(normalised.effective_sample_size, importance.effective_sample_size(np.log(w)), scale=100.0)
    assert_close(normalised.standard_error, np.sqrt((shares**2 * (f - value) ** 2).sum()))
    low, high = plain.confidence_interval(0.9)
    assert_close(high - low, 2 * normal.ppf(0.95) * to_numpy(plain.standard_error))
    assert_close((low + high) / 2, to_numpy(plain.value))


def test_functions_of_the_samples_and_many_expectations_at_once():
    x, log_p, log_q = draws(spread=0.9)
    by_arrays = importance.estimate(np.stack([x, x * x]), log_p, log_q)
    by_functions = importance.estimate(
        lambda x: np.stack([x, x * x]), lambda x: normal.logpdf(x, scale=0.9), normal.logpdf, samples=x
    )
    assert_close(by_functions.value, by_arrays.value)
    single = importance.estimate(x * x, log_p, log_q)
    assert_close(by_arrays.value[1], single.value)
    assert_close(by_arrays.standard_error[1], single.standard_error)
    assert_close(by_arrays.pareto_k[1], single.pareto_k)


def test_normalised_estimate_does_not_need_the_constants():
    x, log_p, log_q = draws(spread=0.9)
    with_constants = importance.estimate(x, log_p, log_q, normalize=True)
    without = importance.estimate(x, log_p + 500.0, log_q - 300.0, normalize=True)
    assert_close(without.value, with_constants.value)
    assert_close(without.standard_error, with_constants.standard_error)


@pytest.mark.parametrize("normalize", [False, True])
def test_confidence_intervals_cover_the_expectation(normalize):
    """E[x^2] = 1 under a normal distribution, from samples of twice the scale: 95 of 100 intervals cover it."""
    x = 2 * np.random.default_rng(1).normal(size=(2000, 400))
    found = importance.estimate(x * x, normal.logpdf(x), normal.logpdf(x, scale=2), normalize=normalize)
    low, high = found.confidence_interval()
    covered = ((low <= 1) & (high >= 1)).mean()
    # 2000 intervals: four standard deviations of the count, and the skewness of 400 samples.
    assert abs(covered - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 2000)
    # The average of the estimates shows no bias beyond that of order 1/N.
    spread = found.value.std() / math.sqrt(2000)
    assert abs(found.value.mean() - 1) < 4 * spread + (1 / 400 if normalize else 0)
    # And the standard errors tell their spread: to the error of a standard deviation from 2000 values, four times.
    assert abs(found.standard_error.mean() / found.value.std() - 1) < 4 / math.sqrt(2 * 2000)


def test_gradients_flow_through_the_value(backend64):
    if not backend64.differentiates:  # NumPy: these are functions without closed forms of their derivatives
        pytest.skip(f"{backend64.name} does not differentiate")
    x, log_p, log_q = draws(count=60, spread=0.9)
    f, w = x * x, np.exp(log_p - log_q)
    log_p[0], w[0] = -np.inf, 0.0
    arrays = [backend64.array(a) for a in (f, log_p, log_q)]
    _, plain = backend64.gradient(lambda f, p, q: importance.estimate(f, p, q).value, arrays, [0, 1, 2])
    for gradient, expected in zip(plain, (w, w * f, -w * f), strict=True):
        assert_close(gradient, expected / 60)
    _, normalised = backend64.gradient(
        lambda f, p, q: importance.estimate(f, p, q, normalize=True).value, arrays, [0, 1, 2]
    )
    shares = w / w.sum()
    slope = shares * (f - (shares * f).sum())
    for gradient, expected in zip(normalised, (shares, slope, -slope), strict=True):
        assert_close(gradient, expected)


@pytest.mark.thorough
def test_compiled_estimates_are_the_same(backend64):
    x, log_p, log_q = draws(count=60, spread=0.9)
    arrays = [backend64.array(a) for a in (x * x, log_p, log_q)]

    def all_fields(f, log_p, log_q):
        found = importance.estimate(f, log_p, log_q, smooth=True, normalize=True)
        return found.value + found.standard_error + found.effective_sample_size + found.pareto_k

    expected = all_fields(*(to_numpy(a) for a in arrays))
    for name in ("jax.jit", "tf.function(jit_compile=True)", "torch.compile(aot_eager)"):
        if name in backend64.transforms:
            assert_close(backend64.transforms[name](all_fields, arrays, [0])[0], expected, what=name, scale=100.0)


# -- when an estimate cannot be trusted -------------------------------------------------------------------------------


def test_warns_of_a_heavy_tail():
    x, log_p, log_q = draws(spread=3.0, count=4000)
    with pytest.warns(importance.UnreliableEstimateWarning, match=r"heavy tail, pareto_k = [01]\.\d\d > 0\.7"):
        importance.estimate(np.ones_like(x), log_p, log_q)


def test_warns_when_hardly_any_sample_counts(backend64):
    """Plain sampling of a rare event: no sample, a standard error of zero, and a warning instead of false certainty."""
    x, _, log_q = draws(count=60)
    with pytest.warns(importance.UnreliableEstimateWarning, match=r"60 samples are worth 0\.0"):
        found = importance.estimate(backend64.array((x > 5) * 1.0), backend64.array(log_q), backend64.array(log_q))
    assert_close(found.value, 0.0)


def test_does_not_warn_of_good_estimates():
    """Of exact ones neither, however few the samples; and not of bad weights where f is zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importance.estimate([1.0, 2.0, 3.0], [0.0] * 3, [0.0] * 3)
        x = 5 + np.random.default_rng(0).normal(size=1000)
        found = importance.estimate(x > 5, normal.logpdf(x), normal.logpdf(x, 5))
    assert found.effective_sample_size > 100
    assert importance.effective_sample_size(normal.logpdf(x) - normal.logpdf(x, 5)) < 10


ERRORS = [
    (
        lambda: importance.estimate([1.0, 2.0], [0.0, 0.0], [0.0, -math.inf]),
        r"log_q goes from -inf .*cannot come from q",
    ),
    (lambda: importance.estimate([1.0, 2.0], [0.0, 0.0], [0.0]), "one log density of each for every sample"),
    (lambda: importance.estimate([1.0, 2.0, 3.0], [0.0, 0.0], [0.0, 0.0]), r"f has shape \(3,\)"),
    (lambda: importance.estimate([1.0], [0.0], [0.0]), "at least two samples"),
    (lambda: importance.weights([math.nan], [math.nan]), "wanted finite numbers"),
    (lambda: importance.effective_sample_size(1.0), "along the last axis"),
    (lambda: importance.balance_heuristic([[0.0, 0.0]], [1]), "one row for each proposal"),
    (lambda: importance.balance_heuristic([[0.0], [0.0]], [1, 0]), "at least one sample from each"),
    (lambda: importance.Estimate(0.0, 1.0, 1.0, 0.0).confidence_interval(95), "between 0 and 1"),
]


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_errors_say_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# -- several proposals ------------------------------------------------------------------------------------------------


def test_balance_heuristic_is_the_mixture_of_the_proposals(backend64):
    densities = np.array([[0.2, 0.4, 0.1, 0.0], [0.3, 0.3, 0.3, 0.1]])
    with np.errstate(divide="ignore"):
        found = importance.balance_heuristic(backend64.array(np.log(densities)), [3, 1])
    assert_close(found, np.log(0.75 * densities[0] + 0.25 * densities[1]), scale=10.0)


def test_several_proposals_see_both_tails():
    """P(|x| > 4) from one proposal on each side and one in the middle."""
    rng = np.random.default_rng(0)
    counts, centres = [2000, 2000, 1000], [-4.0, 4.0, 0.0]
    x = np.concatenate([rng.normal(centre, size=count) for centre, count in zip(centres, counts, strict=True)])
    log_q = importance.balance_heuristic(np.stack([normal.logpdf(x, centre) for centre in centres]), counts)
    found = importance.estimate(abs(x) > 4, normal.logpdf(x), log_q)
    exact = 2 * normal.sf(4)
    assert abs(found.value - exact) < 4 * found.standard_error
    assert found.standard_error < 0.05 * exact


# -- the worked examples ----------------------------------------------------------------------------------------------


def test_five_sigma_from_ten_thousand_samples():
    """ "On the cover: Cross Entropy Loss", 5 sigma: 2.8665e-7 within 2 %, where plain sampling sees nothing."""
    example = load("five_sigma")
    for seed in range(20):
        found = example.tail_probability(seed)
        assert abs(found.value / 2.866515719e-7 - 1) < 0.02
        assert found.standard_error < 0.005 * found.value
    assert example.plain_hits(seed=0) == 0


def test_expected_shortfall_of_a_heavy_tailed_loss():
    example = load("expected_shortfall")
    found, exact = example.estimated(seed=0), example.exact()
    plain = example.sampled(seed=0)
    for name in ("value_at_risk", "expected_shortfall"):
        assert abs(found[name] / exact[name] - 1) < 0.02
        assert abs(plain[name] / exact[name] - 1) > abs(found[name] / exact[name] - 1)


def test_off_policy_evaluation_and_the_ratio_that_ppo_clips():
    example = load("off_policy_evaluation")
    near, far = example.evaluate(seed=0, step=0.3), example.evaluate(seed=0, step=6.0)
    assert abs(near["estimate"].value - near["exact"]) < 4 * near["estimate"].standard_error
    assert near["estimate"].effective_sample_size > 10 * far["estimate"].effective_sample_size
    # Where no ratio leaves the clipping range the objective is the estimate; where many do, it promises less.
    assert near["clipped"] <= near["estimate"].value + 1e-12
    assert far["clipped"] < far["estimate"].value
