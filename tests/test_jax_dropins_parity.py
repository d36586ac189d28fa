"""The drop-ins of optax.losses compute what optax computes: values, gradients and Hessians, over every option."""

import functools

import numpy as np
import pytest

import unilosses.jax as drop_ins
from unilosses.testing import TOLERANCE, assert_close

from .jax_cases import CASES
from .jax_parity import (
    FIRST,
    compiled,
    double_precision,
    function_of,
    jax,
    jnp,
    measured,
    optax,
    scale_of,
    value_and_gradients,
)

#: These cases of each function run every day, the others with -m slow; the time goes into XLA's compiler.
EVERYDAY = 12
seen: dict[str, int] = {}
PARAMETERS = []
for case in CASES:
    position = seen[case.name] = seen.get(case.name, -1) + 1
    marks = () if position % EVERYDAY == 0 else pytest.mark.slow
    PARAMETERS.append(pytest.param(case, marks=marks, id=str(case)))
EACH = pytest.mark.parametrize("case", FIRST.values(), ids=list(FIRST))


def test_every_function_has_a_case():
    functions = {name for name in dir(optax.losses) if not name.startswith("_")}
    elsewhere = {"make_fenchel_young_loss", "convex_kl_divergence"}  # in test_jax_dropins
    assert set(FIRST) == functions - elsewhere


#: Forward probabilities of the impossible lie near log_epsilon = -1e5, where numbers of float64 are 1.5e-11 apart.
#: Derivatives weigh sums by differences of such numbers: each of the 7 frames of a case adds one such rounding, which
#: is so many times what is allowed of a number as large as 1.
SPACING = {"ctc_loss_with_forward_probs": 7 * np.spacing(1e5) / TOLERANCE["float64"]}


def compare(case, twice):
    native, ours = measured(optax.losses, case, twice), measured(drop_ins, case, twice)
    for what, arrays in native.items():
        for expected, actual in zip(arrays, ours[what], strict=True):
            assert actual.dtype == expected.dtype
            assert np.isfinite(expected).all(), "a case without an answer"
            assert_close(actual, expected, what=what, scale=scale_of(expected) * SPACING.get(case.name, 1))


@pytest.mark.parametrize("case", PARAMETERS)
def test_value_and_gradient(case):
    compare(case, twice=False)


#: Every day the second derivative of closed forms of each kind, with -m slow that of all cases.
TWICE = ("cosine_distance", "dice_loss", "huber_loss", "sigmoid_focal_loss", "softmax_cross_entropy")
HESSIANS = [
    pytest.param(case, marks=() if case.name in TWICE and case is FIRST[case.name] else pytest.mark.slow, id=str(case))
    for case in CASES
]


@pytest.mark.parametrize("case", HESSIANS)
def test_hessian(case):
    compare(case, twice=True)


#: Near log_epsilon = -1e5, numbers of float32 are 0.008 apart: forward probabilities are compared in float64 alone.
SINGLE = FIRST.keys() - {"ctc_loss_with_forward_probs"}


@functools.cache
def expected_of(name):
    """The first case of a function with numbers that every dtype has, and what optax computes of them in float64."""
    case = FIRST[name]
    arrays = list(case.arrays)
    for i in case.moving:
        arrays[i] = np.asarray(jnp.asarray(arrays[i]).astype("bfloat16").astype("float32"), np.float64)
    case = case._replace(arrays=tuple(arrays))
    return case, measured(optax.losses, case)


@pytest.mark.parametrize("name", sorted(SINGLE))
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", pytest.param("float16", marks=pytest.mark.slow)])
def test_single_and_half_precision(name, dtype):
    """Against optax in float64."""
    case, expected = expected_of(name)
    moving = [jnp.asarray(case.arrays[i]).astype(dtype) for i in case.moving]
    function = function_of(drop_ins, case)
    values, gradients = compiled(lambda *x: value_and_gradients(function, *x), *moving)
    for actual, wanted in zip(values, expected["value"], strict=True):
        assert_close(actual, wanted, what="value", scale=scale_of(wanted))
    for x, actual, wanted in zip(moving, gradients, expected["gradient"], strict=True):
        assert actual.dtype == x.dtype
        assert_close(actual, wanted, what="gradient", scale=scale_of(wanted))


@EACH
def test_vmap(case):
    """A mapped call is the stack of single calls."""
    with double_precision():
        function = function_of(drop_ins, case)
        moving = [jnp.asarray(case.arrays[i]) for i in case.moving]
        other = [x[..., ::-1] if x.ndim else x + 1 for x in moving]

        def both(first, second):
            stacked = [jnp.stack(pair) for pair in zip(first, second, strict=True)]
            return jax.vmap(function)(*stacked), (function(*first), function(*second))

        mapped, single = compiled(both, moving, other)
        for i in range(2):
            for actual, expected in zip(jax.tree.leaves(mapped), jax.tree.leaves(single[i]), strict=True):
                assert_close(actual[i], expected, scale=scale_of(np.asarray(expected)))
