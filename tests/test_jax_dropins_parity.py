"""The drop-ins of optax.losses compute what optax computes: values, gradients and Hessians, over every option."""

import numpy as np
import pytest

import unilosses.jax as drop_ins
from unilosses.testing import assert_close

from .jax_cases import CASES
from .jax_parity import double_precision, function_of, jax, jnp, measured, optax, scale_of, total

FIRST = {case.name: case for case in reversed(CASES)}
#: Every fourth case of a function runs every day, all of them with -m slow.
EVERYDAY = 4
seen: dict[str, int] = {}
PARAMETERS = []
for case in CASES:
    position = seen[case.name] = seen.get(case.name, -1) + 1
    marks = () if position % EVERYDAY == 0 else pytest.mark.slow
    PARAMETERS.append(pytest.param(case, marks=marks, id=str(case)))


def test_every_function_has_a_case():
    functions = {name for name in dir(optax.losses) if not name.startswith("_")}
    made_of_functions = {"make_fenchel_young_loss", "convex_kl_divergence"}  # tested below
    assert set(FIRST) == functions - made_of_functions


@pytest.mark.parametrize("case", PARAMETERS)
def test_value_gradient_and_hessian(case):
    native, ours = measured(optax.losses, case), measured(drop_ins, case)
    for what, arrays in native.items():
        for expected, actual in zip(arrays, ours[what], strict=True):
            assert actual.dtype == expected.dtype
            assert np.isfinite(expected).all(), "a case without an answer"
            assert_close(actual, expected, what=what, scale=scale_of(expected))


#: Near log_epsilon = -1e5, numbers of float32 are 0.008 apart: forward probabilities are compared in float64 alone.
SINGLE = {name: case for name, case in FIRST.items() if name != "ctc_loss_with_forward_probs"}


@pytest.mark.parametrize("case", SINGLE.values(), ids=list(SINGLE))
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_single_and_half_precision(case, dtype):
    """Without a compiler, against optax in float64 on the rounded numbers."""
    rounded = [jnp.asarray(case.arrays[i]).astype(dtype) for i in case.moving]
    ours = function_of(drop_ins, case)

    def widened(*moving):
        return [x.astype("float32") for x in jax.tree.leaves(ours(*moving))]

    values = jax.tree.leaves(ours(*rounded))
    gradients = jax.grad(lambda *x: total(widened, *x), argnums=tuple(range(len(rounded))))(*rounded)

    arrays = list(case.arrays)
    for i, x in zip(case.moving, rounded, strict=True):
        arrays[i] = np.asarray(x.astype("float32"), np.float64)
    expected = measured(optax.losses, case._replace(arrays=tuple(arrays)))
    for actual, wanted in zip(values, expected["value"], strict=True):
        assert_close(actual, wanted, what="value", scale=scale_of(wanted))
    for x, actual, wanted in zip(rounded, gradients, expected["gradient"], strict=True):
        assert actual.dtype == x.dtype
        assert_close(actual, wanted, what="gradient", scale=scale_of(wanted))


@pytest.mark.parametrize("case", FIRST.values(), ids=list(FIRST))
def test_vmap(case):
    """A mapped call is the stack of single calls."""
    with double_precision():
        function = function_of(drop_ins, case)
        moving = [jnp.asarray(case.arrays[i]) for i in case.moving]
        other = [x[..., ::-1] if x.ndim else x + 1 for x in moving]
        mapped = jax.jit(jax.vmap(function))(*(jnp.stack(pair) for pair in zip(moving, other, strict=True)))
        for i, single in enumerate((moving, other)):
            for actual, expected in zip(jax.tree.leaves(mapped), jax.tree.leaves(function(*single)), strict=True):
                assert_close(actual[i], expected, scale=scale_of(np.asarray(expected)))
