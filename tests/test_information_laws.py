"""Shannon's axioms, the identities of information theory and the derivatives at the simplex' edges, everywhere."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import unilosses as ul
from unilosses.testing import TOLERANCE, assert_close, framework

info = ul.information
INF = math.inf
LN2 = math.log(2)
#: Sums of logarithms of probabilities above 1e-4 cancel in the identities.
SCALE = 100.0
ROUNDING = SCALE * TOLERANCE["float64"]

#: The fixture is a backend, which no example changes; and a busy machine is no failure.
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
law = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=QUIET)


def distribution(*shape, least=0):
    """Distributions of this shape; with ``least=0`` some probabilities are 0."""
    size = math.prod(shape)
    entry = st.one_of(st.integers(least, 3), st.integers(1, 1000))
    rows = st.lists(entry, min_size=size, max_size=size).filter(any)
    return rows.map(lambda row: np.reshape(row, shape) / np.sum(row))


@pytest.fixture
def backend64(backend):
    """The backend, with float64."""
    with backend.session():
        yield backend


@pytest.fixture
def measured(backend64):
    """``measured("entropy", p, …)``: a measure of NumPy arrays, evaluated by the backend, as NumPy numbers."""

    def measure(name, *arrays, **keywords):
        return backend64.numpy(getattr(info, name)(*map(backend64.array, arrays), **keywords))

    return measure


# -- Shannon's axioms --------------------------------------------------------------------------------------------------


@law
@given(p=distribution(3), q=distribution(3))
def test_entropy_is_continuous(measured, p, q):
    """Fannes' inequality in Audenaert's sharp form: |H(P) - H(Q)| <= T log2(n - 1) + h(T) at distance T."""
    distance = float(measured("total_variation_distance", p, q))
    allowed = distance * math.log2(2) + float(info.entropy([distance, 1 - distance]))
    assert abs(measured("entropy", p) - measured("entropy", q)) <= allowed + ROUNDING


@law
@given(p=distribution(3))
def test_entropy_is_largest_for_the_uniform_distribution(measured, p):
    """H(U) - H(P) = D(P || U), so that no other distribution reaches it."""
    uniform = np.full(3, 1 / 3)
    gap = measured("entropy", uniform) - measured("entropy", p)
    assert_close(gap, measured("kl_divergence", p, uniform), scale=SCALE)
    assert gap >= 2 / LN2 * measured("total_variation_distance", p, uniform) ** 2 - ROUNDING
    assert 1 - ROUNDING <= measured("perplexity", p) <= 3 + ROUNDING


@law
@given(joint=distribution(2, 2))
def test_chain_rule(measured, joint):
    whole = measured("joint_entropy", joint)
    x, y = (measured("entropy", joint.sum(axis=a)) for a in (1, 0))
    assert_close(whole, x + measured("conditional_entropy", joint), scale=SCALE)
    assert_close(whole, y + measured("conditional_entropy", joint, axis=(1, 0)), scale=SCALE)


@law
@given(p=distribution(2), q=distribution(2))
def test_independent_variables_add_up(measured, p, q):
    joint = np.outer(p, q)
    assert_close(measured("joint_entropy", joint), measured("entropy", p) + measured("entropy", q), scale=SCALE)
    assert_close(measured("mutual_information", joint), 0.0, scale=SCALE)
    assert_close(measured("conditional_entropy", joint), measured("entropy", q), scale=SCALE)


@law
@given(p=st.floats(1e-6, 1), q=st.floats(1e-6, 1))
def test_surprises_of_independent_events_add_up_and_rare_events_surprise_more(measured, p, q):
    first, second, both = measured("self_information", np.array([p, q, p * q]))
    assert_close(both, first + second, scale=SCALE)
    assert (first >= second) == (p <= q) or first == second


# -- identities --------------------------------------------------------------------------------------------------------


@law
@given(p=distribution(3), q=distribution(3))
def test_cross_entropy_is_entropy_and_divergence(measured, p, q):
    """Infinite together, too."""
    crossed, divergence = measured("cross_entropy", p, q), measured("kl_divergence", p, q)
    assert_close(crossed, measured("entropy", p) + divergence, scale=SCALE)
    assert np.isinf(divergence) == ((p > 0) & (q == 0)).any()


@law
@given(p=distribution(3), q=distribution(3))
def test_divergence_is_positive_and_zero_only_if_equal(measured, p, q):
    """Pinsker's inequality: D >= 2 T^2 nats, so that D = 0 leaves no distance."""
    distance = measured("total_variation_distance", p, q)
    assert measured("kl_divergence", p, q) >= 2 / LN2 * distance**2 - ROUNDING
    assert measured("kl_divergence", p, p) == 0
    assert (distance == 0) == (p == q).all()


def test_divergence_is_not_symmetric(measured):
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    assert_close(measured("kl_divergence", p, q), 0.5 * math.log2(0.25 / 0.09))
    assert_close(measured("kl_divergence", q, p), 1 - float(info.entropy([0.9, 0.1])))
    assert measured("kl_divergence", p, q) - measured("kl_divergence", q, p) > 0.2


@law
@given(p=distribution(3), q=distribution(3, least=1), channel=st.tuples(*[distribution(3)] * 3))
def test_no_processing_of_data_adds_information(measured, p, q, channel):
    channel = np.stack(channel)
    for name in ("kl_divergence", "js_divergence", "total_variation_distance", "hellinger_distance"):
        after, before = measured(name, p @ channel, q @ channel), measured(name, p, q)
        # The distances are roots: rounding near 0 shows as its root.
        assert after <= before + (math.sqrt(ROUNDING) if name == "hellinger_distance" else ROUNDING), name


@law
@given(joint=distribution(2, 2), channel=st.tuples(*[distribution(2)] * 2))
def test_information_is_shared_and_lost(measured, joint, channel):
    shared = measured("mutual_information", joint)
    x, y = joint.sum(axis=1), joint.sum(axis=0)
    assert_close(shared, measured("kl_divergence", joint.ravel(), np.outer(x, y).ravel()), scale=SCALE)
    assert_close(shared, measured("entropy", y) - measured("conditional_entropy", joint), scale=SCALE)
    assert shared >= -ROUNDING
    assert measured("mutual_information", joint @ np.stack(channel)) <= shared + ROUNDING


@law
@given(p=distribution(3), q=distribution(3), r=distribution(3))
def test_the_distances_are_metrics_and_bound_each_other(measured, p, q, r):
    for name in ("jensen_shannon_distance", "total_variation_distance", "hellinger_distance"):
        there, back = measured(name, p, q), measured(name, q, p)
        assert_close(there, back)
        assert -ROUNDING <= there <= 1 + ROUNDING
        assert there <= measured(name, p, r) + measured(name, r, q) + math.sqrt(ROUNDING)
    variation, hellinger = measured("total_variation_distance", p, q), measured("hellinger_distance", p, q)
    assert hellinger**2 <= variation + ROUNDING
    assert variation <= math.sqrt(2) * hellinger + ROUNDING
    assert measured("js_divergence", p, q) <= variation + ROUNDING


@law
@given(p=distribution(3))
def test_renyi_entropy_falls_with_its_order(measured, p):
    entropies = [float(measured("renyi_entropy", p, order=order)) for order in (0, 0.5, 1, 2, 10, INF)]
    assert all(a >= b - ROUNDING for a, b in itertools.pairwise(entropies))
    assert_close(measured("renyi_entropy", p, order=2, base="e"), -np.log1p(-measured("tsallis_entropy", p, order=2)))


@law
@given(samples=st.lists(st.integers(0, 2), min_size=7, max_size=7), q=distribution(3, least=1))
def test_the_losses_are_empirical_cross_entropies(backend64, samples, q):
    """The mean loss, the negative log-likelihood and the cross-entropy of the samples' frequencies are one number."""
    array = backend64.array
    labels, frequencies = np.array(samples), np.bincount(samples, minlength=3) / len(samples)
    expected = backend64.numpy(info.cross_entropy(array(frequencies), array(q), base="e"))
    rows = array(np.broadcast_to(q, (len(samples), 3)))
    log_rows = array(np.log(np.broadcast_to(q, (len(samples), 3))))
    found = {
        "empirical, one q": info.empirical_cross_entropy(array(labels), array(q), base="e"),
        "empirical, logarithms": info.empirical_cross_entropy(array(labels), log_q=log_rows, base="e"),
        "negative_log_likelihood": ul.negative_log_likelihood(array(labels), log_rows),
        "sparse": ul.sparse_categorical_cross_entropy(array(labels), rows, from_logits=False),
        "sparse, logits": ul.sparse_categorical_cross_entropy(array(labels), log_rows, from_logits=True),
        "categorical": ul.categorical_cross_entropy(array(np.eye(3)[labels]), rows, from_logits=False),
    }
    for name, value in found.items():
        assert_close(value, expected, what=name, scale=SCALE)


@law
@given(p=distribution(3), q=distribution(3, least=1))
def test_the_divergence_losses_are_these_divergences(measured, backend64, p, q):
    for name in ("kl_divergence", "js_divergence"):
        loss = ul.get(name)(backend64.array(p), backend64.array(q))
        assert_close(loss, measured(name, p, q, base="e"), what=name, scale=SCALE)


# -- derivatives -------------------------------------------------------------------------------------------------------

H = np.array([0.0, 0.25, 0.75])
E = np.array([0.0, 0.5, 0.5])
L = np.log

#: (measure, keywords, arrays, derivatives by array), in nats, at edges of the simplex. None: not looked at.
EDGES = [
    ("self_information", {}, [np.array([0.0, 0.25])], [[-INF, -4.0]]),
    ("entropy", {}, [H], [[INF, -L(0.25) - 1, -L(0.75) - 1]]),
    ("renyi_entropy", {"order": 0.5}, [E], [[INF, 2**0.5 / 2**0.5 / 1.0, 1.0]]),
    ("renyi_entropy", {"order": 2}, [E], [[0.0, -2.0, -2.0]]),
    ("tsallis_entropy", {"order": 0.5}, [E], [[INF, 2**0.5 - 2, 2**0.5 - 2]]),
    ("tsallis_entropy", {"order": 2}, [E], [[1.0, 0.0, 0.0]]),
    ("cross_entropy", {}, [H, E], [[0.0, L(2), L(2)], [0.0, -0.5, -1.5]]),
    ("cross_entropy", {}, [H, H[::-1]], [[-L(0.75), -L(0.25), INF], [0.0, -1.0, -INF]]),
    ("kl_divergence", {}, [H, E], [[0.0, L(0.5) + 1, L(1.5) + 1], [0.0, -0.5, -1.5]]),
    ("kl_divergence", {}, [H, H[::-1]], [[-INF, 1.0, INF], [0.0, -1.0, -INF]]),
    ("js_divergence", {}, [H, E], [[0.0, L(2 / 3) / 2, L(6 / 5) / 2], [0.0, L(4 / 3) / 2, L(4 / 5) / 2]]),
    ("js_divergence", {}, [H, H[::-1]], [[-INF, 0.0, L(2) / 2], [L(2) / 2, 0.0, -INF]]),
    ("total_variation_distance", {}, [H, E], [[0.0, -0.5, 0.5], [0.0, 0.5, -0.5]]),
    ("hellinger_distance", {}, [H, H[::-1]], [[-INF, 0.0, None], [None, 0.0, -INF]]),
    ("joint_entropy", {}, [np.array([[0.5, 0.0], [0.0, 0.5]])], [[[L(2) - 1, INF], [INF, L(2) - 1]]]),
    # The second row never happens.
    ("conditional_entropy", {}, [np.array([[1.0, 0.0], [0.0, 0.0]])], [[[0.0, INF], [0.0, 0.0]]]),
    ("mutual_information", {}, [np.array([[0.5, 0.0], [0.0, 0.5]])], [[[L(2) - 1, -INF], [-INF, L(2) - 1]]]),
    # Alone in its row and column a cell brings -t log t; alone in its row -log p(y) - 1.
    ("mutual_information", {}, [np.array([[1.0, 0.0], [0.0, 0.0]])], [[[-1.0, -1.0], [-1.0, INF]]]),
]
# The row of an equal divergence: at p = q every derivative of a divergence with a smallest value there is 0.
EDGES += [(name, {}, [H, H], [[0.0] * 3] * 2) for name in ("js_divergence", "jensen_shannon_distance")]
EDGES += [(name, {}, [H, H], [[0.0] * 3] * 2) for name in ("total_variation_distance", "hellinger_distance")]


def nats(name, keywords):
    """The measure in nats, where it has a base."""
    measure = getattr(info, name)
    bare = name in ("tsallis_entropy", "total_variation_distance", "hellinger_distance")
    return lambda *arrays: measure(*arrays, **keywords, **({} if bare else {"base": "e"}))


def differentiating(backend):
    if not backend.differentiates:  # NumPy: these are functions without closed forms of their derivatives
        pytest.skip(f"{backend.name} does not differentiate")
    return backend


@pytest.mark.parametrize(("name", "keywords", "arrays", "expected"), EDGES)
def test_derivatives_at_the_edges(backend64, name, keywords, arrays, expected):
    """Right in value; and 0, not NaN, for the row of a batch that nothing above depends on."""
    backend = differentiating(backend64)
    total = backend.backend.namespace.sum
    # No weight silences an infinite value.
    silenced = 0.0 if np.isfinite(nats(name, keywords)(*arrays)).all() else 1.0
    measure = nats(name, {**keywords, "axis": (1, 2)} if name == "joint_entropy" else keywords)
    weights = backend.array([1.0, silenced] if name != "self_information" else [[1.0] * 2, [silenced] * 2])
    batch = [backend.array(np.stack([a, a])) for a in arrays]
    _, gradients = backend.gradient(lambda *a: total(weights * measure(*a)), batch, list(range(len(arrays))))
    for gradient, wanted in zip(gradients, expected, strict=True):
        first, second = backend.numpy(gradient)
        wanted = np.array(wanted, dtype=float)
        assert_close(np.where(np.isnan(wanted), np.nan, first), wanted, scale=10.0)
        assert (second == 0).all() if silenced == 0 else (second == first).all()


@pytest.mark.parametrize(
    "name", ["torch.func.grad", "torch.compile(aot_eager)", "jax.jit", "tf.function(jit_compile=True)"]
)
def test_derivatives_at_the_edges_under_compilers(backend64, name):
    backend = differentiating(backend64)
    if name not in backend.transforms:  # every transform belongs to one framework, and is tested with it
        pytest.skip(f"{name} is none of {backend.name}'s")

    def both(p, q):
        return info.entropy(p, base="e") + info.kl_divergence(p, q, base="e")

    _, (of_p, of_q) = backend.transforms[name](both, [backend.array(H), backend.array(E)], [0, 1])
    assert_close(of_p, [INF, L(2), L(2)])
    assert_close(of_q, [0.0, -0.5, -1.5])


@pytest.mark.parametrize("name", ["torch.func.jacfwd", "jax.jacfwd"])
@pytest.mark.parametrize(
    ("measure", "order"),
    [(info.renyi_entropy, 2), (info.renyi_entropy, 3), (info.renyi_entropy, INF), (info.tsallis_entropy, 2)],
)
def test_forward_and_second_derivatives_of_powers_at_the_edges(name, measure, order):
    """At p = 0 a power above 1 is smooth, in every mode of differentiation."""
    module, _, function = name.rpartition(".")
    transforms = pytest.importorskip(module)
    backend = framework(name.partition(".")[0])
    p = np.array([0.0, 0.25, 0.75])
    if measure is info.tsallis_entropy:
        first, second = 1 - 2 * p, -2 * np.eye(3)
    elif order == INF:
        first, second = np.array([0.0, 0.0, -1 / 0.75]), None
    else:
        total = (p**order).sum()
        slope, bend = order * p ** (order - 1), order * (order - 1) * np.diag(p ** (order - 2))
        first, second = slope / total / (1 - order), (bend / total - np.outer(slope, slope) / total**2) / (1 - order)

    def value(x):
        return measure(x, order=order) * (1 if measure is info.tsallis_entropy else LN2)

    with backend.session():
        forward = getattr(transforms, function)
        assert_close(backend.numpy(forward(value)(backend.array(p))), first, scale=10.0)
        if second is not None:
            assert_close(backend.numpy(transforms.hessian(value)(backend.array(p))), second, scale=10.0)


@pytest.mark.parametrize("order", [0.5, 1.5, 2.0])
@pytest.mark.parametrize("measure", [info.renyi_entropy, info.tsallis_entropy])
def test_forward_mode_of_tensorflow_at_the_edges(measure, order):
    """It multiplies values by tangents of 0, so that infinite ones would give NaN."""
    tensorflow = pytest.importorskip("tensorflow")
    p, direction = np.array([0.0, 0.25, 0.75]), np.array([0.0, 0.5, -0.5])
    with np.errstate(divide="ignore"):
        inputs = {"p": p, "log_p": np.log(p)}
    for name, x in inputs.items():
        x = tensorflow.constant(x)
        with tensorflow.autodiff.ForwardAccumulator(x, tensorflow.constant(direction)) as accumulator:
            found = accumulator.jvp(measure(**{name: x}, order=order))
        with tensorflow.GradientTape() as tape:
            tape.watch(x)
            value = measure(**{name: x}, order=order)
        slope = tape.gradient(value, x)[1:]
        assert_close(found, (slope.numpy() * direction[1:]).sum(), scale=10.0)


def test_derivatives_by_logarithms_are_finite(backend64):
    """Training goes through scores; one of them may be -inf."""
    backend = differentiating(backend64)
    xp = backend.backend.namespace
    scores, other = backend.array([-INF, 0.0, 1.0]), backend.array([-INF, 1.0, 0.0])

    def both(z, w):
        log_p, log_q = xp.log_softmax(z, -1), xp.log_softmax(w, -1)
        return info.entropy(log_p=log_p, base="e") + info.kl_divergence(log_p=log_p, log_q=log_q, base="e")

    _, gradients = backend.gradient(both, [scores, other], [0, 1])
    # The sum is the cross-entropy: q - p for its scores, and the covariance of -log q for those of p.
    p = math.e / (1 + math.e)
    assert_close(gradients[0], [0.0, -p * (1 - p), p * (1 - p)])
    assert_close(gradients[1], [0.0, p - (1 - p), (1 - p) - p])


INTERIOR = {
    "p": np.array([0.2, 0.3, 0.5]),
    "q": np.array([0.45, 0.35, 0.2]),
    "joint": np.array([[0.1, 0.2], [0.3, 0.4]]),
}


@pytest.mark.parametrize(
    ("name", "keywords", "inputs"),
    [
        ("entropy", {}, "p"),
        ("perplexity", {}, "p"),
        ("renyi_entropy", {"order": 0.7}, "p"),
        ("renyi_entropy", {"order": 3}, "p"),
        ("renyi_entropy", {"order": INF}, "p"),
        ("tsallis_entropy", {"order": 0.7}, "p"),
        ("tsallis_entropy", {"order": 3}, "p"),
        ("cross_entropy", {}, "pq"),
        ("kl_divergence", {}, "pq"),
        ("js_divergence", {}, "pq"),
        ("jensen_shannon_distance", {}, "pq"),
        ("total_variation_distance", {}, "pq"),
        ("hellinger_distance", {}, "pq"),
        ("joint_entropy", {}, ["joint"]),
        ("conditional_entropy", {}, ["joint"]),
        ("mutual_information", {}, ["joint"]),
    ],
)
def test_derivatives_along_the_simplex_are_differences(backend64, name, keywords, inputs):
    """Mass that moves from the first outcome to the others."""
    backend = differentiating(backend64)
    arrays = [INTERIOR[key] for key in inputs]
    measure = nats(name, keywords)
    _, gradients = backend.gradient(measure, [backend.array(a) for a in arrays], list(range(len(arrays))))
    step = 1e-3
    for i, gradient in enumerate(gradients):
        direction = np.ones(arrays[i].shape)
        direction.flat[0] -= direction.size
        direction /= direction.size

        def moved(t, i=i, direction=direction):
            changed = [a + t * direction if j == i else a for j, a in enumerate(arrays)]
            return float(measure(*changed))

        slope = (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step)
        assert_close((backend.numpy(gradient) * direction).sum(), slope, "differences")
