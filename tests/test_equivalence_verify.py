"""The measurement: every row holds on the installed versions, and a row that were false would be found out."""

import dataclasses
import json

import numpy as np
import pytest

import unilosses as ul
from unilosses.equivalence import (
    agreement,
    conventions,
    converted,
    core,
    definitions,
    documents,
    formulas,
    hubs,
    measuring,
    pairing,
    regression,
    verification,
)
from unilosses.equivalence.model import Condition, Contrast
from unilosses.equivalence.report import Report, Result
from unilosses.equivalence.rows import general_pairs, views

jax, keras, optax, torch = map(pytest.importorskip, ("jax", "keras", "optax", "torch"))


@pytest.fixture(scope="module")
def report():
    return ul.verify(("torch", "keras", "torchvision"))


@pytest.fixture(scope="module")
def full_report():
    return ul.verify(("torch", "keras", "optax", "torchvision"))


def native(name, hub):
    return next(n for n in pairing.NATIVES if (n.name, n.hub) == (name, hub))


def measured(source, target):
    pair = pairing.pair(source, target, next(iter(pairing.variants(source))))
    assert pair is not None
    return verification.measure(pair)


# -- the rows hold ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_row_of_all_frameworks_holds(full_report):
    assert not full_report.failed, str(full_report)
    assert {result.status for result in full_report.rows} == {"passed"}
    seen = " ".join(f"{result.row.source} {result.row.target}" for result in full_report.rows)
    assert all(native.name in seen for native in pairing.NATIVES)
    assert full_report.versions["optax"] == optax.__version__


@pytest.mark.parametrize("pair", [("torch.nn.NLLLoss", "optax"), ("optax.losses.huber_loss", "keras")], ids=str)
def test_rows_with_optax_hold(pair):
    for native in views(pair[0]):
        for found in general_pairs(native, pair[1]):
            assert verification.measure(found).status == "passed"


def test_every_row_holds(report):
    assert not report.failed, str(report)
    assert {result.status for result in report.rows} == {"passed"}
    assert all(result.checks for result in report.rows)


def test_every_native_loss_is_in_the_report(report):
    seen = " ".join(f"{result.row.source} {result.row.target}" for result in report.rows)
    assert all(native.name in seen for native in pairing.NATIVES if native.framework != "optax")


def test_exact_rows_agree_to_double_precision(report):
    single = [n.name for n in pairing.NATIVES if n.precision]  # what their descriptions own up to
    exact = [r for r in report.rows if r.kind == "row" and r.row.relation == "exact"]
    double = [r for r in exact if not any(name in f"{r.row.source} {r.row.target}" for name in single)]
    tolerance = 1e-9 if keras.backend.backend() == "tensorflow" else 2e-6  # see measuring.precision
    assert len(double) > 20
    assert max(r.error for r in double) < tolerance


def test_the_report_names_the_versions(report):
    assert report.versions["torch"] == torch.__version__
    assert keras.__version__ in report.versions["keras"]
    assert keras.backend.backend() in report.versions["keras"]
    assert report.versions["torchvision"] == "formula" or report.versions["torchvision"][0].isdigit()
    assert report.summary in str(report)


def test_forms_of_the_report(report):
    data = json.loads(report.to_json())
    assert data["failed"] == 0
    assert len(data["rows"]) == len(report.rows)
    assert data["versions"]["torch"] == torch.__version__
    lines = report.to_markdown().splitlines()
    assert len([line for line in lines if line.startswith("|")]) == len(report.rows) + 2


def test_progress_counts_every_row():
    seen = []
    report = ul.verify(("torch", "torchvision"), progress=lambda done, total, what: seen.append((done, total, what)))
    assert [done for done, _, _ in seen] == list(range(len(report.rows) + 1))
    assert {total for _, total, _ in seen} == {len(report.rows)}


# -- a false row is found out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"scale": 0.5},
        {"offset": 1e-6},
        {"arguments": {}, "fixed": {"delta": 2.0}},
        {"call": lambda d: (d["y_true"] + 1e-5, d["y_pred"])},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_false_statement_about_a_loss_fails(broken):
    false = dataclasses.replace(native("keras.losses.Huber", "huber"), **broken)
    truth = measured(native("torch.nn.HuberLoss", "huber"), native("keras.losses.Huber", "huber"))
    assert truth.status == "passed"
    assert measured(native("torch.nn.HuberLoss", "huber"), false).status == "failed"


def test_a_condition_that_is_not_needed_fails():
    always = Condition("the moon is full", violate=lambda d: d)
    false = dataclasses.replace(native("optax.losses.squared_error", "squared_error"), conditions=(always,))
    result = measured(native("torch.nn.MSELoss", "squared_error"), false)
    assert result.status == "failed"
    assert "must differ" in result.detail


def test_a_condition_that_is_not_enough_fails():
    source = native("torch.nn.CosineEmbeddingLoss", "cosine")
    source = next(n for n in pairing.NATIVES if n.name == source.name and n.hub == "cosine" and n.role == "source")
    weaker = dataclasses.replace(regression.SIMILAR_ONLY, hold=lambda d: d)
    false = dataclasses.replace(source, conditions=(weaker,))
    assert measured(false, native("keras.losses.CosineSimilarity", "cosine")).status == "failed"


def test_a_missing_condition_fails():
    false = dataclasses.replace(native("keras.losses.CategoricalHinge", "multiclass_hinge"), conditions=())
    assert measured(false, native("optax.losses.multiclass_hinge_loss", "multiclass_hinge")).status == "failed"


def test_a_wrong_edge_fails():
    loss = native("torch.nn.BCELoss", "binary_cross_entropy")
    assert verification.measure_edges(loss).status == "passed"
    assert verification.measure_edges(dataclasses.replace(loss, edges={"zero": 16.118})).status == "failed"


def test_a_difference_that_is_none_fails():
    equal = Contrast("torch.nn.MSELoss", "keras.losses.MeanSquaredError", "they are equal")
    assert verification.measure_contrast(equal).status == "failed"


@pytest.mark.parametrize("claim", documents.CLAIMS, ids=lambda claim: f"{claim.source} {claim.target}")
def test_the_opposite_of_a_verdict_fails(claim):
    opposite = dataclasses.replace(claim, holds=not claim.holds)
    assert verification.measure_claim(claim).status == "passed"
    assert verification.measure_claim(opposite).status == "failed"


def test_a_false_number_fails():
    assert definitions.measure_number("a document", "entropy", (0.5, 0.5), (0.5, 0.5), 1.0, 2).status == "passed"
    assert definitions.measure_number("a document", "entropy", (0.5, 0.5), (0.5, 0.5), 1.1, 2).status == "failed"


def test_a_false_derivative_fails():
    def wrong(xp, y_true, y_pred):
        return (y_pred - y_true) ** 2, lambda: y_pred - y_true

    assert definitions.measure_definition(ul.huber).status == "passed"
    assert definitions.measure_definition(ul.Loss(wrong)).status == "failed"


def test_a_loss_that_raises_fails():
    false = dataclasses.replace(native("torch.nn.HuberLoss", "huber"), call=lambda d: (d["y_pred"],))
    result = measured(native("keras.losses.Huber", "huber"), false)
    assert result.status == "failed"
    assert "TypeError" in result.detail


# -- what convert gives ----------------------------------------------------------------------------------------------


def test_conversions_are_in_the_report(report):
    found = {r.row.source: r for r in report.rows if r.kind == "converted"}
    assert found["keras.losses.Dice()"].status == "passed"
    assert found["torch.nn.KLDivLoss()"].checks > 4
    assert len(found) > 30


def test_every_convention_is_measured_somewhere():
    for name in conventions.CONVENTIONS:
        own = name.split(".")[0]
        assert any(list(converted._stand_ins(name, to)) for to in {"torch", "keras", "optax"} - {own}), name


@pytest.mark.parametrize("to", ["torch", "optax"])
def test_a_convention_that_does_not_clip_fails(to, monkeypatch):
    assert converted.measure_conversion("keras.losses.KLDivergence", to).status == "passed"
    monkeypatch.setattr(formulas, "CLIP", 1e-6)
    broken = converted.measure_conversion("keras.losses.KLDivergence", to)
    assert broken.status == "failed"
    assert "not only where predictions and targets are at least 1e-07" in broken.detail


def test_a_description_of_our_own_loss_that_is_false_fails(monkeypatch):
    false = [dataclasses.replace(n, scale=2.0) if n.name == "unilosses.log_cosh" else n for n in core.NATIVES]
    assert converted.measure_conversion("keras.losses.LogCosh", "torch").status == "passed"
    monkeypatch.setattr(core, "NATIVES", tuple(false))
    assert converted.measure_conversion("keras.losses.LogCosh", "torch").status == "failed"


# -- what is not installed -------------------------------------------------------------------------------------------


def test_what_is_not_installed_is_shown_and_neither_passes_nor_fails(monkeypatch):
    monkeypatch.setattr(verification, "installed", lambda name: name == "torch")
    report = ul.verify(("torch", "keras"))
    absent = [result for result in report.rows if result.status == "not installed"]
    assert absent
    assert not report.failed
    assert all(result.row.conditions[0].endswith("not installed") for result in absent)
    assert f"{len(absent)} not installed" in report.summary
    assert "keras" not in report.versions


def test_without_a_framework_the_core_is_measured(monkeypatch):
    monkeypatch.setattr(verification, "installed", lambda name: False)
    monkeypatch.setattr(ul, "list_losses", lambda: ["huber", "hinge"])
    report = ul.verify()
    assert not report.failed
    passed = {result.row.source for result in report.rows if result.status == "passed"}
    assert {"ul.huber", "ul.hinge", "entropy of a fair coin, bits"} <= passed


def test_a_framework_that_is_missing_says_what_to_install():
    with pytest.raises(ImportError, match=r"pip install 'unilosses\[framework_that_is_missing\]'"):
        measuring.load("framework_that_is_missing")


def test_an_unknown_framework_is_a_lookup_error():
    with pytest.raises(LookupError, match="verify was given no framework; wanted some of torch, keras"):
        ul.verify([])
    with pytest.raises(LookupError, match="known: 'torch'"):
        ul.verify(("tourch",))


# -- how it measures -------------------------------------------------------------------------------------------------


def test_gradients_are_carried_through_the_forms():
    data = {"y_pred": np.array([[0.3, -1.2, 2.0]]), "y_true": np.array([1])}

    def value(y_pred):
        return -hubs.log_softmax(y_pred)[0, 1]

    loss = native("torch.nn.NLLLoss", "cross_entropy")
    found, (gradient,) = measuring.pulled_back(
        lambda d: measuring.call_arguments(loss, "log-probabilities", "class indices", d),
        data,
        lambda arrays, wrt: measuring.run(loss, {}, arrays, wrt),
    )
    step = 1e-6
    slopes = [
        (value(data["y_pred"] + step * e) - value(data["y_pred"] - step * e)) / (2 * step) for e in np.eye(3)[:, None]
    ]
    assert found == pytest.approx(value(data["y_pred"]), abs=1e-14)
    assert gradient[0] == pytest.approx(slopes, abs=1e-9)  # differences of this step are that good


@pytest.mark.parametrize("name", sorted(measuring.REDUCE))
def test_reductions_have_their_derivative(name):
    apply, derivative = measuring.REDUCE[name]
    values, weights = np.array([[1.0, 2.0, 4.0], [0.5, 3.0, 1.0]]), np.array([[1.0, 2.0, 0.5], [3.0, 1.0, 1.0]])
    weights = weights if name.startswith("weighted") else None
    total = float(np.sum(derivative(values, weights) * values))
    assert total == pytest.approx(np.sum(apply(values, weights)))  # the reductions are linear


def test_infinite_and_misshapen_answers_are_differences():
    assert agreement.error_of(np.array([np.inf, 1.0]), np.array([np.inf, 1.0])) == 0
    assert agreement.error_of(np.array([np.inf]), np.array([1.0])) == np.inf
    assert agreement.error_of(np.array([np.nan]), np.array([np.nan])) == 0


def test_a_failed_row_is_printed_with_its_reason():
    row = ul.equivalents("mse", "torch")[0]
    text = str(Report([Result(row, "failed", 3, 0.1, "as it stands: error 0.1")], {"torch": "0"}))
    assert "FAILED keras.losses.MeanSquaredError() → torch.nn.MSELoss(): as it stands: error 0.1" in text
    assert "1 rows, 3 checks: 0 passed, 1 failed (torch 0)" in text
