"""The oracle's answers: what it finds, what it says, and that the calls it gives can be pasted."""

import functools
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

import unilosses as ul
from unilosses.equivalence.docs import markdown, summary, with_summary, write
from unilosses.equivalence.documents import CLAIMS, RECOMMENDATIONS
from unilosses.equivalence.lookup import NAMES, known_arguments
from unilosses.equivalence.model import FRAMEWORKS
from unilosses.equivalence.pairing import NATIVES
from unilosses.equivalence.rows import rows, table

jax, keras, optax, torch = map(pytest.importorskip, ("jax", "keras", "optax", "torch"))

ROWS = table()
SCOPE = {"torch": torch, "keras": keras, "optax": optax, "functools": functools}


def targets(loss, to=None):
    return [row.target for row in ul.equivalents(loss, to)]


def bare(call):
    """The dotted name in a call."""
    return call.removeprefix("functools.partial(").partition("(")[0].partition(",")[0].rstrip(")")


# -- completeness --------------------------------------------------------------------------------------------------


def test_every_torch_loss_has_a_row():
    unlisted = {"AdaptiveLogSoftmaxWithLoss", "NLLLoss2d"}  # a layer with parameters, and a deprecated name
    losses = {name for name in dir(torch.nn) if name.endswith("Loss")} | {"NLLLoss2d"}
    assert {f"torch.nn.{name}" for name in losses - unlisted} == {n for n in NAMES if n.startswith("torch.")}


def test_every_keras_loss_has_a_row():
    classes = {name for name, value in vars(keras.losses).items() if inspect.isclass(value)} - {"Loss"}
    assert {f"keras.losses.{name}" for name in classes} == {n for n in NAMES if n.startswith("keras.")}


def test_every_optax_loss_has_a_row():
    functions = {name for name, value in vars(optax.losses).items() if callable(value)}
    assert {f"optax.losses.{name}" for name in functions} == {n for n in NAMES if n.startswith("optax.")}


@pytest.mark.parametrize("name", NAMES)
def test_a_loss_is_answered_for_in_every_other_framework(name):
    own = name.split(".")[0]
    for framework in {"torch", "keras", "optax"} - {own}:
        answers = rows(name, framework)
        assert answers
        for row in answers:
            assert row.relation in ("exact", "affine", "conditional", "different", "none")
            assert (row.target is None) == (row.relation == "none")
            assert row.relation in ("exact", "affine") or row.conditions, "a reason is always given"
            assert (row.relation == "affine") <= ((row.scale, row.offset) != (1.0, 0.0))


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("torchvision")])
def test_recorded_arguments_and_defaults_are_those_of_the_installed_version(name):
    loss = functools.reduce(getattr, name.split(".")[1:], SCOPE[name.split(".")[0]])
    parameters = inspect.signature(loss).parameters
    selecting = [a for n in NATIVES if n.name == name for f in (*n.predictions.values(), *n.labels.values()) for a in f]
    assert set(selecting) <= set(parameters)
    for argument, default in known_arguments(name).items():
        assert parameters[argument].default == default


@pytest.mark.parametrize("text", sorted({row.target for row in ROWS if row.target and "torchvision" not in row.target}))
def test_a_target_can_be_evaluated_and_is_found_again(text):
    made = eval(text, dict(SCOPE))
    assert callable(made)
    name = text.removeprefix("functools.partial(").partition("(")[0].partition(",")[0].rstrip(")")
    for loss in (text, made):
        assert {
            row.source.removeprefix("functools.partial(").split("(")[0].split(",")[0] for row in ul.equivalents(loss)
        } == {name}


def test_a_configured_target_is_the_configured_source_again():
    plain = ("argument order", "class axis", "values of")
    for row in ROWS:
        if row.relation == "exact" and all(line.startswith(plain) for line in row.inputs):
            back = targets(row.target, row.source.removeprefix("functools.partial(").split(".")[0])
            assert bare(row.source) in map(bare, filter(None, back)), row


# -- what is meant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss",
    [
        "torch.nn.HuberLoss",
        "HuberLoss",
        "nn.HuberLoss",
        "torch.nn.functional.huber_loss",
        "torch.nn.HuberLoss()",
        torch.nn.HuberLoss,
        torch.nn.HuberLoss(),
        torch.nn.functional.huber_loss,
    ],
    ids=lambda loss: str(loss).partition(" at 0x")[0],  # workers of a parallel run must agree
)
def test_all_ways_to_name_a_torch_loss(loss):
    assert targets(loss, "keras") == ["keras.losses.Huber()"]
    assert targets(loss, "optax") == targets(loss, "jax") == ["optax.losses.huber_loss"]


@pytest.mark.parametrize(
    "loss", ["mse", "MeanSquaredError", "tf.keras.losses.MeanSquaredError", "keras.losses.mean_squared_error"]
)
def test_keras_names_and_aliases(loss):
    assert targets(loss, "torch") == ["torch.nn.MSELoss()"]


def test_keras_functions_are_unreduced():
    (row,) = ul.equivalents(keras.losses.mean_squared_error, "torch")
    assert row.target == "torch.nn.MSELoss(reduction='none')"
    assert any("mean over the last axis" in line for line in row.inputs)


@pytest.mark.parametrize(
    ("loss", "to", "target", "scale"),
    [
        (torch.nn.SmoothL1Loss(beta=0.5), "keras", "keras.losses.Huber(delta=0.5)", 0.5),
        ("torch.nn.SmoothL1Loss(beta=0.5)", "keras", "keras.losses.Huber(delta=0.5)", 0.5),
        (keras.losses.Huber(delta=3.0), "optax", "functools.partial(optax.losses.huber_loss, delta=3.0)", 1.0),
        (functools.partial(optax.losses.huber_loss, delta=2.0), "torch", "torch.nn.HuberLoss(delta=2.0)", 1.0),
        (torch.nn.MSELoss(reduction="none"), "optax", "optax.losses.squared_error", 1.0),
        (optax.losses.l2_loss, "torch", "torch.nn.MSELoss()", 2.0),
        (keras.losses.Poisson(), "torch", "torch.nn.PoissonNLLLoss(eps=1e-07, log_input=False)", 1.0),
        (optax.losses.sparsemax_loss, "torch", "torch.nn.SmoothL1Loss(beta=2.0)", 1.0),
        (
            keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255),
            "torch",
            "torch.nn.CrossEntropyLoss(ignore_index=255)",
            1.0,
        ),
        (
            torch.nn.CrossEntropyLoss(label_smoothing=0.1),
            "keras",
            "keras.losses.CategoricalCrossentropy(label_smoothing=0.1, from_logits=True)",
            1.0,
        ),
        (
            torch.nn.CrossEntropyLoss(reduction="sum"),
            "keras",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction='sum')",
            1.0,
        ),
        (
            torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0])),
            "keras",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction='mean_with_sample_weight')",
            1.0,
        ),
        (
            keras.losses.BinaryFocalCrossentropy(from_logits=True, apply_class_balancing=True, alpha=0.3, gamma=1.5),
            "optax",
            "functools.partial(optax.losses.sigmoid_focal_loss, alpha=0.3, gamma=1.5)",
            1.0,
        ),
        (
            keras.losses.Tversky(alpha=0.3, beta=0.7),
            "optax",
            "functools.partial(optax.losses.dice_loss, smooth=0.0, alpha=0.7, beta=0.3)",
            1.0,
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_configured_instances_keep_their_arguments(loss, to, target, scale):
    row = ul.equivalents(loss, to)[0]
    assert (row.target, row.scale) == (target, scale)


@pytest.mark.parametrize(
    ("loss", "to", "reason"),
    [
        (torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0])), "keras", "pos_weight"),
        (torch.nn.KLDivLoss(), "keras", "batchmean"),
        (torch.nn.CTCLoss(), "keras", "use 'sum'"),
        (torch.nn.CrossEntropyLoss(weight=torch.ones(3), label_smoothing=0.1), "keras", "weight"),
        (functools.partial(optax.losses.cosine_distance, epsilon=1e-8), "keras", "epsilon=1e-08"),
        (torch.nn.TripletMarginWithDistanceLoss(distance_function=torch.nn.PairwiseDistance(p=1)), "optax", "distance"),
        (optax.losses.dice_loss, "keras", "smooth"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_arguments_that_have_no_counterpart_are_never_dropped(loss, to, reason):
    answers = ul.equivalents(loss, to)
    assert answers[0].relation in ("different", "conditional")
    assert any(reason in line for line in answers[0].conditions)


def test_a_sum_of_elements_is_no_sum_of_rows():
    (row,) = ul.equivalents(torch.nn.MSELoss(reduction="sum"), "keras")
    assert row.relation == "conditional"
    x, y = np.random.default_rng(0).normal(size=(2, 5, 3))
    ours = float(torch.nn.MSELoss(reduction="sum")(torch.tensor(x), torch.tensor(y)))
    theirs = float(keras.losses.MeanSquaredError(reduction="sum")(y, x))
    assert theirs == pytest.approx(ours / 3, rel=1e-6)  # Keras computes in float32


def test_a_source_with_a_scalar_tensor_can_be_evaluated():
    row = ul.equivalents(torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)), "keras")[0]
    assert eval(row.source, SCOPE).pos_weight == 3.0
    assert ul.equivalents(row.source, "keras")[0] == row


def test_inputs_say_what_to_do():
    row = ul.equivalents("torch.nn.CrossEntropyLoss", "keras")[0]
    assert "argument order: (input, target) → (y_true, y_pred)" in row.inputs
    assert "class axis of arrays with more than two axes: 1 → -1" in row.inputs
    row = ul.equivalents("torch.nn.SoftMarginLoss", "keras")[0]
    assert "labels: -1 or 1 → 0 or 1" in row.inputs


def test_an_axis_is_moved_also_where_the_target_takes_three_arrays():
    row = ul.equivalents(functools.partial(optax.losses.cosine_distance, axis=0), "torch")[0]
    assert "move axis 0, which was asked for, to -1" in row.inputs
    assert "torch.nn.CosineEmbeddingLoss takes arrays of two axes: flatten those before the last" in row.inputs
    row = next(r for r in ul.equivalents("torch.nn.NLLLoss", "optax") if r.target == "optax.losses.kl_divergence")
    assert "class axis of arrays with more than two axes: 1 → -1" in row.inputs


def test_an_ignored_label_has_no_class_weight():
    loss = torch.nn.NLLLoss(weight=torch.tensor([1.0, 2.0]), ignore_index=255)
    row = ul.equivalents(loss, "keras")[0]
    assert "call it with sample_weight = weight[y_true], 0 where y_true is 255" in row.inputs


def test_a_loss_of_two_axes_has_no_class_axis_1():
    (row,) = (r for r in ul.equivalents(optax.losses.multiclass_hinge_loss, "torch") if "Multi" in r.target)
    assert "torch.nn.MultiMarginLoss takes arrays of two axes: flatten those before the last" in row.inputs
    assert not any("class axis" in line for line in row.inputs)


def test_relevances_have_another_gradient_in_keras():
    (row,) = (r for r in ul.equivalents(optax.losses.ranking_softmax_loss, "keras") if ".Categorical" in r.target)
    assert row.relation == "conditional"
    assert row.conditions[0].startswith("the relevances of each list sum to 1")
    assert ul.equivalents(optax.losses.ranking_softmax_loss, "torch")[0].relation == "exact"


@pytest.mark.parametrize("name", ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_what_keras_does_to_probabilities_is_on_the_rows_of_probabilities_alone(name):
    for row in ul.equivalents(f"keras.losses.{name}", "torch"):
        divided = any("divides probabilities by their sum" in line for line in row.divergences)
        assert divided is ("from_logits=True" not in row.source)


def test_divergences_carry_numbers():
    (row,) = ul.equivalents("torch.nn.BCELoss", "keras")
    assert (
        "probability 0 of a true label: torch.nn.BCELoss 100, keras.losses.BinaryCrossentropy 16.1181"
        in row.divergences
    )
    (row,) = ul.equivalents("torch.nn.CTCLoss", "optax")
    assert any("torch.nn.CTCLoss inf, optax.losses.ctc_loss 99999.5" in line for line in row.divergences)


def test_mean_of_an_empty_batch_is_as_stated():
    empty = np.zeros((0, 3))
    assert torch.nn.MSELoss()(torch.tensor(empty), torch.tensor(empty)).isnan()
    assert keras.losses.MeanSquaredError()(empty, empty).shape == (0,)
    assert np.isnan(optax.losses.squared_error(jax.numpy.zeros((0, 3)), jax.numpy.zeros((0, 3))).mean())


def test_frameworks_without_the_loss_say_so():
    (row,) = ul.equivalents("torch.nn.TripletMarginLoss", "keras")
    assert (row.relation, row.target) == ("none", None)


def test_a_framework_that_has_this_loss_alone_says_so():
    (row,) = ul.equivalents("keras.losses.Huber", "keras")
    assert row.conditions == ("keras has no other loss with this formula",)
    assert not row.inputs


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("HubrLoss", "torch.nn.HuberLoss"),
        ("keras.losses.Hubert", "keras.losses.Huber"),
        ("cosine_similarity", "keras.losses.CosineSimilarity, optax.losses.cosine_similarity"),
        ("sigmoid_focal_loss", "optax.losses.sigmoid_focal_loss, torchvision.ops.sigmoid_focal_loss"),
        ("qqqq", "unilosses table"),
        ("torch.nn.HuberLoss(", "cannot read the call"),
        ("torch.nn.HuberLoss(2.0)", "by name"),
        ("torch.nn.HuberLoss(dleta=2.0)", "did you mean 'delta'"),
        ("sklearn.metrics.mean_squared_error", "no native loss 'sklearn"),
        ("ul.huber", "no native loss 'ul.huber'"),
        (functools.partial(torch.nn.functional.huber_loss, 1, 2, "mean", 0.5), "by name"),
        (torch.nn.Linear(2, 2), "no loss of torch"),
        (ul.huber, "unilosses' own huber, .* the closest: torch.nn.HuberLoss"),
        (len, "no loss of torch"),
        (3, "no loss of torch"),
    ],
    ids=lambda x: re.sub(" at 0x[0-9a-f]+", "", str(x)),
)
def test_unknown_losses_are_lookup_errors_with_a_hint(name, hint):
    with pytest.raises(LookupError, match=hint.replace("(", r"\(")):
        ul.equivalents(name)


def test_unknown_frameworks_are_lookup_errors_with_a_hint():
    with pytest.raises(LookupError, match="did you mean 'torch'"):
        ul.equivalents("mse", "toch")


# -- the documents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.source} {claim.target}")
def test_every_claim_of_the_documents_is_on_a_row_of_each_direction(claim):
    names = [call.partition("(")[0] for call in (claim.source, claim.target)]
    for source, target in (names, names[::-1]):
        found = [row for row in rows(source, target.split(".")[0]) if row.documented == str(claim)]
        assert found
        assert all(("does not hold" in row.documented) is not claim.holds for row in found)


def test_the_wrong_claims_are_known():
    wrong = {(c.source, c.target) for c in CLAIMS if not c.holds}
    assert ("torch.nn.CrossEntropyLoss()", "keras.losses.SparseCategoricalCrossentropy()") in wrong
    assert ("torch.nn.NLLLoss()", "keras.losses.CategoricalCrossentropy()") in wrong
    assert ("torch.nn.HingeEmbeddingLoss()", "keras.losses.Hinge()") in wrong
    assert ("torch.nn.CosineEmbeddingLoss()", "keras.losses.CosineSimilarity()") in wrong
    assert {row.relation for row in ul.equivalents("torch.nn.HingeEmbeddingLoss", "keras")} == {"different"}


@pytest.mark.parametrize("entry", RECOMMENDATIONS, ids=lambda entry: entry.task)
def test_recommendations_can_be_made(entry):
    for framework in ("torch", "keras", "optax"):
        for call in entry.calls[framework].split(", ")[0].split(" + "):
            if not call.startswith("unilosses."):
                assert callable(eval(call, dict(SCOPE)))
    assert entry.calls["unilosses"].startswith("ul.")
    assert ul.recommend(entry.task) is entry
    assert entry.activation in str(entry)


@pytest.mark.parametrize(
    ("task", "meant"),
    [
        ("Binary Classification", "binary classification"),
        ("multiclass classification", "multi-class classification"),
        ("Multi-class  Classification", "multi-class classification"),
        ("regresion", "regression"),
        ("multi-label classification", "binary classification"),
        ("multilabel classification", "binary classification"),
        ("Regression (with outliers)", "regression with outliers"),
    ],
)
def test_recommend_takes_near_spellings(task, meant):
    assert ul.recommend(task).task == meant


def test_recommend_names_the_choices():
    with pytest.raises(LookupError, match="'segmentation'"):
        ul.recommend("world peace")


# -- forms -----------------------------------------------------------------------------------------------------------


def test_rows_are_plain_values_for_json():
    for row in ROWS:
        assert json.loads(json.dumps(row.to_dict()))["source"] == row.source
        assert row.source in str(row)


def test_the_page_is_up_to_date():
    page = Path(__file__).parent.parent / "docs" / "equivalence.md"
    assert page.read_text(encoding="utf-8") == markdown(), (
        "run: python -m unilosses.equivalence.docs docs/equivalence.md README.md"
    )


def test_the_table_of_the_readme_is_up_to_date(tmp_path):
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert with_summary(readme) == readme, "run: python -m unilosses.equivalence.docs docs/equivalence.md README.md"
    assert "keras.losses.BinaryCrossentropy(from_logits=True)" in summary()
    stale = tmp_path / "README.md"
    stale.write_text(readme.replace("`keras.losses.LogCosh()`", "`keras.losses.LogCsh()`"), encoding="utf-8")
    assert with_summary(stale.read_text(encoding="utf-8")) == readme
    write([str(stale)])
    assert stale.read_text(encoding="utf-8") == readme
    with pytest.raises(ValueError, match="lacks the lines"):
        with_summary("# unilosses")


def test_every_framework_has_its_prefix():
    assert {name.rpartition(".")[0] + "." for name in NAMES} == set(FRAMEWORKS.values())
