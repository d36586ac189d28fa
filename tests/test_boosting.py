"""Losses as boosting objectives: exact derivatives, the boosters' own objectives reproduced, and real training."""

import catboost
import lightgbm
import numpy as np
import pytest
import torch
import xgboost
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

import unilosses as ul
from unilosses.loss import Loss
from unilosses.testing import assert_close

generator = np.random.default_rng(5)
SCORES = 2 * generator.normal(size=24)
CLASS_SCORES = generator.normal(size=(24, 4))
BINARY = (generator.random(24) > 0.5).astype(np.float64)
REAL = generator.normal(size=24)
COUNTS = generator.poisson(3.0, 24).astype(np.float64)
LABELS = generator.integers(0, 4, 24)

CASES = {
    "binary_cross_entropy": (BINARY, SCORES, {"from_logits": True, "pos_weight": 2.0}),
    "binary_focal_cross_entropy": (BINARY, SCORES, {"from_logits": True, "alpha": 0.3}),
    "huber": (REAL, SCORES, {"delta": 0.7}),
    "log_cosh": (REAL, SCORES, {}),
    "mean_squared_error": (REAL, SCORES, {}),
    "poisson_nll": (COUNTS, SCORES, {}),
    "soft_margin": (2 * BINARY - 1, SCORES, {}),
    "squared_hinge": (2 * BINARY - 1, SCORES, {}),
    "sparse_categorical_cross_entropy": (LABELS, CLASS_SCORES, {"from_logits": True, "label_smoothing": 0.1}),
    "categorical_focal_cross_entropy": (np.eye(4)[LABELS], CLASS_SCORES, {"from_logits": True}),
}


def torch_diagonal(loss, y_true, score, parameters):
    target = torch.tensor(y_true)
    matrix = torch.autograd.functional.hessian(
        lambda z: loss(target, z, reduction="sum", **parameters), torch.tensor(score)
    )
    return matrix.reshape(score.size, score.size).diagonal().reshape(score.shape)


@pytest.mark.parametrize("name", CASES)
def test_derivatives_are_the_closed_form_and_its_exact_derivative(name):
    y_true, score, parameters = CASES[name]
    loss = ul.get(name)
    gradient, hessian = ul.objective(loss, curvature="exact", **parameters).gradient_and_hessian(y_true, score)
    assert_close(gradient, ul.grad(loss)(y_true, score, reduction="sum", **parameters))
    assert_close(hessian, torch_diagonal(loss, y_true, score, parameters))


def test_curvature_is_made_usable_for_a_newton_step():
    focal = ul.objective(ul.binary_focal_cross_entropy)
    _, hessian = focal.gradient_and_hessian(np.ones(200), np.linspace(-9, 9, 200))
    assert (hessian > 0).all()
    exact = ul.objective(ul.binary_focal_cross_entropy, curvature="exact")
    assert (exact.gradient_and_hessian(np.ones(200), np.linspace(-9, 9, 200))[1] < 0).any()
    assert (ul.objective(ul.quantile, q=0.9).gradient_and_hessian(REAL, SCORES)[1] == 1).all()


def test_the_initial_score_is_the_best_constant():
    assert ul.objective(ul.mean_squared_error).initial_score(REAL) == pytest.approx(REAL.mean(), abs=1e-10)
    share = BINARY.mean()
    logit = ul.objective(ul.binary_cross_entropy).initial_score(BINARY)
    assert logit == pytest.approx(np.log(share / (1 - share)), abs=1e-9)
    frequencies = np.bincount(LABELS, minlength=4) / len(LABELS)
    objective = ul.objective(ul.sparse_categorical_cross_entropy)
    np.testing.assert_allclose(objective.link(objective.initial_score(LABELS)), frequencies, atol=1e-9)
    assert np.exp(ul.objective(ul.poisson_nll).initial_score(COUNTS)) == pytest.approx(COUNTS.mean(), rel=1e-6)


def test_links_turn_scores_into_predictions():
    assert_close(ul.objective(ul.binary_cross_entropy).link(SCORES), 1 / (1 + np.exp(-SCORES)))
    assert_close(ul.objective(ul.poisson_nll).link(SCORES), np.exp(SCORES))
    assert_close(ul.objective(ul.huber).link(SCORES), SCORES)
    np.testing.assert_allclose(ul.objective(ul.categorical_cross_entropy).link(CLASS_SCORES).sum(axis=1), 1)


# The boosters' built-in objectives compute in float32, and thousands of sums over rows round differently.
TREES = {"n_estimators": 20, "learning_rate": 0.3, "random_state": 0}


def test_xgboost_learns_the_same_as_with_its_own_logistic_objective():
    x, y = load_breast_cancer(return_X_y=True)
    own = xgboost.XGBClassifier(objective="binary:logistic", base_score=0.5, max_depth=3, **TREES).fit(x, y)
    objective = ul.objective(ul.binary_cross_entropy)
    ours = xgboost.XGBClassifier(objective=objective, base_score=0.5, max_depth=3, **TREES).fit(x, y)
    margin = ours.predict(x, output_margin=True)
    np.testing.assert_allclose(margin, own.predict(x, output_margin=True), atol=1e-3)
    assert ((objective.link(margin) > 0.5) == y).mean() > 0.97


def test_xgboost_learns_the_same_as_with_its_own_squared_error():
    """Which is half of the mean squared error: with a penalty on the leaves the factor counts."""
    x, y = load_diabetes(return_X_y=True)
    own = xgboost.XGBRegressor(objective="reg:squarederror", base_score=150.0, max_depth=3, **TREES).fit(x, y)
    half, whole = (
        xgboost.XGBRegressor(objective=ul.objective(loss), base_score=150.0, max_depth=3, **TREES).fit(x, y).predict(x)
        for loss in (0.5 * ul.mean_squared_error, ul.mean_squared_error)
    )
    np.testing.assert_allclose(half, own.predict(x), rtol=1e-5)  # float32, summed over the trees
    assert abs(whole - half).max() > 1


def test_lightgbm_learns_the_same_as_with_its_own_objectives():
    x, y = load_breast_cancer(return_X_y=True)
    settings = {"num_leaves": 7, "verbosity": -1, "deterministic": True, "num_threads": 1, **TREES}
    own = lightgbm.LGBMClassifier(objective="binary", boost_from_average=False, **settings).fit(x, y)
    ours = lightgbm.LGBMClassifier(objective=ul.objective(ul.binary_cross_entropy), **settings).fit(x, y)
    np.testing.assert_allclose(ours.predict(x, raw_score=True), own.predict(x, raw_score=True), atol=1e-3)
    x, y = load_iris(return_X_y=True)
    ours = lightgbm.LGBMClassifier(objective=ul.objective(ul.sparse_categorical_cross_entropy), **settings).fit(x, y)
    assert (np.argmax(ours.predict(x, raw_score=True), axis=1) == y).mean() > 0.95


def test_quantile_and_focal_losses_train_boosters():
    x, y = load_diabetes(return_X_y=True)
    objective = ul.objective(ul.quantile, q=0.9)
    start = objective.initial_score(y)
    assert np.mean(y <= start) == pytest.approx(0.9, abs=0.01)
    data = xgboost.DMatrix(x, label=y, base_margin=np.full(len(y), start))
    booster = xgboost.train(
        {"max_depth": 3, "eta": 20.0}, data, num_boost_round=60, obj=lambda score, d: objective(score, d)
    )
    predicted = booster.predict(data)
    loss_of = lambda prediction: float(ul.quantile(y, np.asarray(prediction, dtype=np.float64), q=0.9))  # noqa: E731
    assert loss_of(predicted) < 0.5 * loss_of(np.full(len(y), start))
    assert 0.85 < np.mean(y <= predicted) < 0.95

    x, y = load_breast_cancer(return_X_y=True)
    focal = ul.objective(ul.binary_focal_cross_entropy, gamma=2.0, alpha=0.25)
    model = lightgbm.LGBMClassifier(objective=focal, num_leaves=7, verbosity=-1, **TREES).fit(x, y)
    assert ((focal.link(model.predict(x, raw_score=True)) > 0.5) == y).mean() > 0.95


@pytest.mark.filterwarnings("ignore:Failed to import numba:UserWarning")  # it would compile what NumPy computes
def test_catboost_learns_the_same_as_with_its_own_objective():
    x, y = load_breast_cancer(return_X_y=True)
    settings = {"iterations": 15, "depth": 3, "learning_rate": 0.3, "random_seed": 0, "verbose": False,
                "leaf_estimation_iterations": 1, "leaf_estimation_method": "Newton", "boost_from_average": False,
                "allow_writing_files": False, "thread_count": 1, "eval_metric": "Logloss"}  # fmt: skip
    own = catboost.CatBoostClassifier(loss_function="Logloss", **settings).fit(x, y)
    ours = catboost.CatBoostClassifier(loss_function=ul.objective(ul.binary_cross_entropy), **settings).fit(x, y)
    first = ours.predict(x, prediction_type="RawFormulaVal")
    second = own.predict(x, prediction_type="RawFormulaVal")
    assert np.corrcoef(first, second)[0, 1] > 0.99
    assert ((first > 0) == y).mean() > 0.97


def test_what_is_no_objective_is_refused():
    with pytest.raises(ValueError, match="sum over samples"):
        ul.objective(ul.triplet_margin)
    with pytest.raises(ValueError, match="curvature"):
        ul.objective(ul.huber, curvature="none")
    with pytest.raises(TypeError, match="takes a loss"):
        ul.objective("huber")


def test_a_weighted_sum_is_an_objective():
    both = 0.5 * ul.huber.configure(delta=0.7) + 2.0 * ul.log_cosh
    gradient, hessian = ul.objective(both, curvature="exact").gradient_and_hessian(REAL, SCORES)
    assert_close(gradient, ul.grad(both)(REAL, SCORES, reduction="sum"))
    assert_close(hessian, torch_diagonal(both, REAL, SCORES, {}))
    assert ul.objective(both).metric(REAL, SCORES) == (both.name, float(both(REAL, SCORES)))
    classes = ul.sparse_categorical_cross_entropy + ul.crammer_singer_hinge
    objective = ul.objective(classes)
    wanted = ul.grad(classes)(LABELS, CLASS_SCORES, reduction="sum", from_logits=True)
    assert_close(objective.gradient_and_hessian(LABELS, CLASS_SCORES)[0], wanted)
    np.testing.assert_allclose(objective.link(CLASS_SCORES).sum(axis=1), 1)
    with pytest.raises(ValueError, match="sum over samples"):
        ul.objective(ul.huber + ul.categorical_hinge)


OWN = {
    "log1p": lambda xp, y, f: xp.log1p(0.5 * (f - y) * (f - y)),
    "sqrt": lambda xp, y, f: xp.sqrt((f - y) ** 2 + 0.01) / (2 + xp.sin(f)) + 1 / (3 + xp.cos(f)),
    "softplus": lambda xp, y, f: xp.softplus(f) - xp.zero_product(y, f) + xp.relu(f) ** 3 + xp.abs(f),
    "atan": lambda xp, y, f: xp.atan(f) * xp.tanh(f) + xp.square(f) + xp.expm1(0.1 * f) + xp.maximum(f, 0.5 * f),
}


@pytest.mark.parametrize("name", OWN)
def test_a_loss_without_a_derivative_of_its_own_has_exact_ones(name):
    loss = Loss(lambda xp, y_true, y_pred: OWN[name](xp, y_true, y_pred))
    gradient, hessian = ul.objective(loss, curvature="exact").gradient_and_hessian(REAL, SCORES)
    assert_close(gradient, ul.grad(loss)(torch.tensor(REAL), torch.tensor(SCORES), reduction="sum"))
    assert_close(hessian, torch_diagonal(loss, REAL, SCORES, {}))


def test_a_loss_over_classes_without_a_derivative_of_its_own_has_exact_ones():
    def squared_surprise(xp, y_true, y_pred):
        joined = xp.concat([y_pred, xp.max(y_pred, axis=-1, keepdims=True)], axis=-1)
        scores = xp.matmul(joined, xp.asarray(np.eye(5)[:, :4]))
        return xp.sum(y_true * xp.log_softmax(scores, -1) ** 2, axis=-1)

    loss = Loss(squared_surprise, kind="samplewise")
    one_hot = np.eye(4)[LABELS]
    gradient, hessian = ul.objective(loss, curvature="exact").gradient_and_hessian(one_hot, CLASS_SCORES)

    def in_torch(y_true, y_pred, reduction):
        return (y_true * torch.log_softmax(y_pred, -1) ** 2).sum()

    score = torch.tensor(CLASS_SCORES, requires_grad=True)
    in_torch(torch.tensor(one_hot), score, "sum").backward()
    assert_close(gradient, score.grad)
    assert_close(hessian, torch_diagonal(in_torch, one_hot, CLASS_SCORES, {}))
