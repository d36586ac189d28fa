"""JAX at sizes where XLA hands sums to a library, whose minimum and maximum lose NaN: nothing may be lost with it."""

import numpy as np
import pytest

import unilosses as ul

jax = pytest.importorskip("jax")

ROWS, COLUMNS = 512, 32
ELEMENTWISE = [
    ("mean_squared_error", "real", {}),
    ("mean_absolute_error", "real", {}),
    ("huber", "real", {}),
    ("smooth_l1", "real", {"beta": 0.5}),
    ("log_cosh", "real", {}),
    ("quantile", "real", {"q": 0.3}),
    ("binary_cross_entropy", "probability", {"from_logits": True}),
    ("binary_focal_cross_entropy", "probability", {"from_logits": True}),
    ("hinge", "sign", {}),
    ("squared_hinge", "sign", {}),
    ("soft_margin", "sign", {}),
    ("poisson_nll", "count", {}),
    ("cosine_similarity", "real", {}),
    ("categorical_cross_entropy", "distribution", {"from_logits": True}),
    ("kl_divergence", "distribution", {"from_logits": True}),
    ("poly_cross_entropy", "distribution", {}),
    ("sparse_categorical_cross_entropy", "label", {"from_logits": True}),
]


def targets(kind, rng):
    if kind == "label":
        return rng.integers(0, COLUMNS, ROWS).astype("int32")
    if kind == "distribution":
        return rng.dirichlet(np.ones(COLUMNS), ROWS).astype("float32")
    if kind == "sign":
        return rng.choice([-1.0, 1.0], (ROWS, COLUMNS)).astype("float32")
    if kind == "count":
        return rng.poisson(2.0, (ROWS, COLUMNS)).astype("float32")
    if kind == "probability":
        return rng.choice([0.0, 0.3, 1.0], (ROWS, COLUMNS)).astype("float32")
    return rng.standard_normal((ROWS, COLUMNS)).astype("float32")


@pytest.mark.parametrize(("name", "kind", "parameters"), ELEMENTWISE, ids=[name for name, *_ in ELEMENTWISE])
def test_one_special_number_among_many(name, kind, parameters):
    rng = np.random.default_rng(0)
    y_true, y_pred = targets(kind, rng), rng.standard_normal((ROWS, COLUMNS)).astype("float32")
    loss = ul.get(name)
    compiled = jax.jit(jax.value_and_grad(lambda y, x: loss(y, x, **parameters), argnums=1))
    for special in (0.0, np.nan, np.inf, -np.inf, 1e30, -1e30, 1e-30):
        y_pred[300, 17] = special
        value, gradient = compiled(y_true, y_pred.copy())
        with np.errstate(invalid="ignore"):
            wanted, wanted_gradient = ul.value_and_grad(loss)(y_true, y_pred, **parameters)
        # float32, sums of 2^14 terms in another order
        if special == np.inf and np.isnan(wanted):
            # Infinity less infinity: before JAX 0.10 exp(inf) is the largest number in some of XLA's loops.
            assert not np.isfinite(value)
        else:
            np.testing.assert_allclose(value, wanted, rtol=1e-5, err_msg=f"{special}")
        np.testing.assert_allclose(gradient, wanted_gradient, rtol=2e-5, atol=1e-9, err_msg=f"{special}")


def test_transforms_of_many_numbers():
    """The barrier between value and derivative has rules for vmap, forward mode and second derivatives."""
    y_true, y_pred = np.random.default_rng(1).standard_normal((2, 3, 5000)).astype("float32")
    gradient = jax.grad(ul.huber, argnums=1)
    together = jax.vmap(gradient)(y_true, y_pred)
    np.testing.assert_allclose(together, [gradient(*pair) for pair in zip(y_true, y_pred, strict=True)], rtol=1e-6)
    curvature = jax.jvp(lambda x: gradient(y_true[0], x), (y_pred[0],), (np.ones_like(y_pred[0]),))[1]
    np.testing.assert_allclose(curvature, (np.abs(y_pred[0] - y_true[0]) < 1) / 5000, rtol=1e-6)
