"""``convert``: the loss of the other framework gives the number of the source, or there is a reason why none does."""

import functools
import importlib
import inspect
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import unilosses as ul
from unilosses.equivalence import agreement, measuring
from unilosses.equivalence.conventions import CONVENTIONS
from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.lookup import NAMES, find
from unilosses.equivalence.measuring import arrange, call_arguments, resolve
from unilosses.equivalence.model import Native
from unilosses.equivalence.pairing import defaults, selected
from unilosses.equivalence.rows import views

jax, keras, optax, torch = map(pytest.importorskip, ("jax", "keras", "optax", "torch"))

#: Keras and JAX compute in float32 here; values are of size 1, sums of 30 of them.
TOLERANCE = {"rtol": 2e-5, "atol": 2e-5}


@pytest.fixture(autouse=True, scope="module")
def _compiled_quickly():
    """Each of hundreds of small programs runs once: JAX would spend most of the time on optimising them."""
    before = jax.config.values["jax_disable_most_optimizations"]
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", before)


def answer(loss, framework, arrays):
    """The value of a loss called with NumPy arrays."""
    if framework == "torch":
        return loss(*map(torch.from_numpy, map(np.ascontiguousarray, arrays))).detach().numpy()
    if framework in ("optax", "jax"):
        return np.asarray(loss(*(jax.numpy.asarray(a) for a in arrays)))
    return np.asarray(keras.ops.convert_to_numpy(loss(*arrays)))


def arrays_of(name, given, framework, seed=3):
    """What a native takes, and the same for a loss of another framework."""
    native = next(v for v in views(name) if selected(v.predictions, defaults(v) | given))
    native = next((v for v in views(name) if v.role == "both"), native)
    data = HUBS[native.hub].sample(np.random.default_rng(seed))
    form = selected(native.predictions, defaults(native) | given)[0]
    label = selected(native.labels, defaults(native) | given)[0]
    ours = call_arguments(native, form, label, data)
    hub = HUBS[native.hub]
    if native.call is not None:
        return ours, None
    prediction, labels = hub.predictions[form](data), hub.labels[label](data)
    target = {"torch": "torch.nn", "keras": "keras.losses", "jax": "optax.losses"}[framework]
    stand_in = Native(f"{target}.x", native.hub, native.concept)
    return ours, arrange(stand_in, prediction, labels)


CONFIGURED = [
    "torch.nn.SmoothL1Loss(beta=0.5)",
    "torch.nn.HuberLoss(delta=0.7)",
    "torch.nn.L1Loss()",
    "torch.nn.MSELoss(reduction='none')",
    "torch.nn.MSELoss(reduction='sum')",
    "torch.nn.BCELoss()",
    "torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0, 1.0, 2.0, 0.5]))",
    "torch.nn.CrossEntropyLoss(label_smoothing=0.1)",
    "torch.nn.CrossEntropyLoss(ignore_index=2)",
    "torch.nn.CrossEntropyLoss(reduction='sum')",
    "torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5, 3.0]))",
    "torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5, 3.0]), ignore_index=2)",
    "torch.nn.NLLLoss()",
    "torch.nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 0.5, 3.0]))",
    "torch.nn.SoftMarginLoss()",
    "torch.nn.HingeEmbeddingLoss(margin=0.5)",
    "torch.nn.MultiMarginLoss(p=2)",
    "torch.nn.PoissonNLLLoss()",
    "torch.nn.PoissonNLLLoss(log_input=False)",
    "torch.nn.SmoothL1Loss(beta=0.0)",
    "torch.nn.SmoothL1Loss(beta=0.5, reduction='sum')",
    "torch.nn.BCELoss(weight=torch.tensor([2.0, 1.0, 0.5, 1.0]))",
    "torch.nn.BCEWithLogitsLoss(weight=torch.tensor([2.0, 1.0, 0.5, 1.0]), reduction='sum')",
    "torch.nn.MultiLabelSoftMarginLoss(weight=torch.tensor([2.0, 1.0, 0.5, 1.0]), reduction='none')",
    "torch.nn.KLDivLoss()",
    "torch.nn.KLDivLoss(reduction='batchmean')",
    "torch.nn.KLDivLoss(reduction='none', log_target=True)",
    "keras.losses.Huber(delta=0.7)",
    "keras.losses.Huber(delta=0.7, reduction='sum')",
    "keras.losses.LogCosh(reduction='none')",
    "keras.losses.KLDivergence()",
    "keras.losses.MeanSquaredLogarithmicError()",
    "keras.losses.Dice()",
    "keras.losses.Tversky(alpha=0.3, beta=0.6, axis=1)",
    "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)",
    "keras.losses.SparseCategoricalCrossentropy()",
    "keras.losses.BinaryFocalCrossentropy(alpha=0.3, gamma=1.5, apply_class_balancing=True, label_smoothing=0.1)",
    "keras.losses.CategoricalFocalCrossentropy(gamma=1.5, label_smoothing=0.1)",
    "optax.losses.perceptron_loss",
    "optax.losses.sparsemax_loss",
    "optax.losses.multiclass_hinge_loss",
    "optax.losses.multiclass_perceptron_loss",
    "optax.losses.kl_divergence",
    "optax.losses.generalized_kl_divergence",
    "functools.partial(optax.losses.poly_loss_cross_entropy, epsilon=1.5)",
    "functools.partial(optax.losses.cosine_similarity, epsilon=0.001)",
    "keras.losses.LogCosh()",
    "keras.losses.Hinge()",
    "keras.losses.SquaredHinge()",
    "keras.losses.CategoricalHinge()",
    "keras.losses.CosineSimilarity()",
    "keras.losses.Poisson()",
    "keras.losses.BinaryCrossentropy()",
    "keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)",
    "keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=2)",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction='sum')",
    "keras.losses.BinaryFocalCrossentropy(from_logits=True, apply_class_balancing=True)",
    "optax.losses.softmax_cross_entropy_with_integer_labels",
    "optax.losses.l2_loss",
    "optax.losses.squared_error",
    "optax.losses.cosine_distance",
    "optax.losses.softmax_cross_entropy",
    "optax.losses.sigmoid_focal_loss",
    "optax.losses.multiclass_sparsemax_loss",
    "optax.losses.poly_loss_cross_entropy",
]


OWN = {"torch": "torch", "keras": "keras", "optax": "jax"}


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides the total loss")  # torch's own, of KLDivLoss()
@pytest.mark.parametrize(
    ("text", "to"), [(text, to) for text in CONFIGURED for to in OWN.values() if OWN[find(text)[0].split(".")[0]] != to]
)
def test_a_converted_loss_gives_the_same_number(text, to):
    name, given = find(text)
    own = name.split(".")[0]
    source = eval(text, {"torch": torch, "keras": keras, "optax": optax, "functools": functools})
    ours, theirs = arrays_of(name, given or {}, to)
    float32 = [a.astype(np.float32) if a.dtype == float else a for a in map(np.asarray, ours)]
    wanted = answer(source, own, float32)
    converted = ul.convert(source, to)
    reached = answer(converted, to, [a.astype(np.float32) if a.dtype == float else a for a in map(np.asarray, theirs)])
    assert reached.shape == wanted.shape
    np.testing.assert_allclose(reached, wanted, **TOLERANCE)


@pytest.mark.parametrize(
    ("loss", "to", "kind"),
    [
        (torch.nn.CrossEntropyLoss(label_smoothing=0.1), "keras", "unilosses"),
        (torch.nn.CrossEntropyLoss(), "keras", "keras"),
        (torch.nn.HuberLoss(delta=2.0), "keras", "keras"),
        (torch.nn.SmoothL1Loss(beta=0.5), "keras", "unilosses"),
        (torch.nn.BCELoss(), "keras", "unilosses"),
        (keras.losses.BinaryCrossentropy(from_logits=True), "torch", "torch"),
        (keras.losses.LogCosh(), "torch", "unilosses"),
        (optax.losses.huber_loss, "torch", "torch"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_native_where_it_is_exact_and_unilosses_elsewhere(loss, to, kind):
    made = ul.convert(loss, to)
    module = type(made).__module__
    assert module.startswith(kind) or (kind == "unilosses" and "unilosses" in f"{module} {type(made).__mro__}")


@pytest.mark.parametrize(
    ("loss", "to", "reason"),
    [
        (torch.nn.CTCLoss(), "keras", "log-probabilities"),
        (torch.nn.CTCLoss(), "jax", "use 'sum'"),
        (keras.losses.Circle(), "torch", "no loss has this formula"),
        (keras.losses.BinaryCrossentropy(axis=1), "torch", "axis=1"),
        (torch.nn.TripletMarginWithDistanceLoss(distance_function=torch.nn.PairwiseDistance(p=1)), "jax", "distance"),
        (functools.partial(optax.losses.dice_loss, ignore_background=True), "keras", "ignore_background=True"),
        (functools.partial(optax.losses.dice_loss, reduction="sum"), "keras", "reduction='sum'"),
        ("torch.nn.CrossEntropyLoss(reduction='avg')", "keras", "has no reduction='avg'"),
        (optax.losses.smooth_labels, "keras", "no loss has this formula"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_where_nothing_is_right_the_reason_is_given(loss, to, reason):
    with pytest.raises(ValueError, match=reason):
        ul.convert(loss, to)


@pytest.mark.parametrize(
    ("loss", "axis"),
    [
        (optax.losses.poly_loss_cross_entropy, 1),
        (functools.partial(optax.losses.poly_loss_cross_entropy, axis=0), 0),
        (functools.partial(optax.losses.dice_loss, smooth=0.5), 1),
        (optax.losses.multiclass_generalized_dice_loss, 1),
    ],
    ids=["poly", "poly with an axis", "dice", "generalized dice"],
)
def test_classes_are_on_axis_1_in_torch_also_where_the_loss_has_no_axis(loss, axis):
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(2, 4, 3)).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[generator.integers(0, 3, (2, 4))]
    moved = [np.moveaxis(x, -1, 1) if axis == 1 else x for x in (logits, labels)]
    wanted = answer(loss, "jax", (logits, labels))
    np.testing.assert_allclose(answer(ul.convert(loss, "torch"), "torch", moved), wanted, **TOLERANCE)
    np.testing.assert_allclose(answer(ul.convert(loss, "keras"), "keras", (labels, logits)), wanted, **TOLERANCE)


def test_torchvision_has_the_class_axis_of_torch():
    loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    logits, labels = torch.linspace(-1, 1, 24).reshape(2, 3, 4).sin(), torch.tensor([[0, 1, 2, 1]] * 2)
    assert float(ul.convert(loss, "torchvision")(logits, labels)) == pytest.approx(
        float(loss(logits, labels)), rel=1e-6
    )


def test_relevances_that_do_not_sum_to_1_have_the_gradient_of_optax():
    scores, relevance = np.array([[1.0, 2.0, 0.5]], np.float32), np.array([[1.0, 1.0, 0.0]], np.float32)
    wanted = jax.grad(optax.losses.ranking_softmax_loss)(scores, relevance)
    made = ul.convert(optax.losses.ranking_softmax_loss, "keras")
    reached = keras_gradient(lambda x: made(relevance, x), scores)
    np.testing.assert_allclose(reached, wanted, **TOLERANCE)


def keras_gradient(loss, x):
    """By the framework that Keras runs on."""
    if keras.backend.backend() == "tensorflow":
        tensorflow = pytest.importorskip("tensorflow")
        variable = tensorflow.Variable(x)
        with tensorflow.GradientTape() as tape:
            value = loss(variable)
        return tape.gradient(value, variable).numpy()
    if keras.backend.backend() == "torch":
        tensor = torch.tensor(x, requires_grad=True)
        return torch.autograd.grad(loss(tensor), tensor)[0].numpy()
    return jax.grad(loss)(x)


@pytest.mark.parametrize(
    "loss",
    [
        functools.partial(optax.losses.binary_dice_loss, apply_sigmoid=True),
        functools.partial(optax.losses.dice_loss, ignore_background=False, reduction="mean"),
    ],
    ids=["binary", "classes"],
)
def test_an_argument_at_its_default_is_none(loss):
    assert repr(ul.convert(loss, "torch")) == repr(ul.convert(loss.func, "torch"))


def test_a_sum_of_scaled_values_is_one_of_each():
    loss = keras.losses.CosineSimilarity(reduction="sum")
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    wanted = answer(loss, "keras", (y, x))
    assert answer(ul.convert(loss, "torch"), "torch", (x, y)) == pytest.approx(float(wanted), rel=1e-5)  # float32


@pytest.mark.parametrize("to", ["torch", "jax"])
def test_a_converted_ctc_takes_predictions_and_labels(to):
    labels, scores = np.array([[1, 2], [3, 3]]), np.random.default_rng(0).normal(size=(2, 7, 4)).astype(np.float32)
    wanted = answer(keras.losses.CTC(), "keras", (labels, scores))
    assert answer(ul.convert(keras.losses.CTC(), to), to, (scores, labels)) == pytest.approx(float(wanted), rel=1e-5)


def test_labels_that_torch_ignores_are_ignored():
    made = ul.convert(torch.nn.CrossEntropyLoss(), "keras")
    logits, labels = np.array([[1.0, 2.0, 0.5], [0.1, 0.2, 0.3]], np.float32), np.array([1, -100])
    wanted = float(torch.nn.CrossEntropyLoss()(torch.tensor(logits), torch.tensor(labels)))
    assert float(made(labels, logits)) == pytest.approx(wanted, rel=1e-6)  # float32


@pytest.mark.parametrize("weight", [None, [1.0, 2.0, 0.5]])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("to", ["keras", "jax"])
def test_labels_that_torch_ignores_do_not_count(weight, smoothing, to):
    weight = None if weight is None else torch.tensor(weight)
    loss = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)
    logits, labels = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32), np.array([[0, 2]] * 4)
    labels[1, 0] = labels[2] = -100
    wanted = float(loss(torch.tensor(np.moveaxis(logits, -1, 1)), torch.tensor(labels)))
    arrays = (labels, logits) if to == "keras" else (logits, labels)
    assert answer(ul.convert(loss, to), to, arrays) == pytest.approx(wanted, rel=1e-5)  # float32


def test_the_mean_of_a_batch_is_one_of_the_first_axis():
    loss = torch.nn.KLDivLoss(reduction="batchmean")
    logits, target = np.random.default_rng(0).random((2, 4, 3, 5)).astype(np.float32)
    wanted = float(loss(torch.tensor(np.log(logits)), torch.tensor(target)))
    assert answer(ul.convert(loss, "keras"), "keras", (target, np.log(logits))) == pytest.approx(wanted, rel=1e-5)
    assert answer(ul.convert(loss, "jax"), "jax", (np.log(logits), target)) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("to", ["torch", "jax"])
@pytest.mark.parametrize(
    "loss",
    [
        keras.losses.CosineSimilarity(axis=1, reduction="none"),
        keras.losses.CategoricalCrossentropy(axis=1, from_logits=True, reduction="none"),
        keras.losses.CategoricalCrossentropy(axis=1, reduction="none"),
    ],
    ids=["cosine", "logits", "probabilities"],
)
def test_an_axis_that_was_given_is_kept(loss, to):
    y_true, y_pred = (
        np.exp(x) / np.exp(x).sum(1, keepdims=True) for x in np.random.default_rng(0).normal(size=(2, 4, 3, 5))
    )
    arrays = y_true.astype(np.float32), y_pred.astype(np.float32)
    wanted = answer(loss, "keras", arrays)
    np.testing.assert_allclose(answer(ul.convert(loss, to), to, arrays[::-1]), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("to", ["torch", "jax"])
@pytest.mark.parametrize("name", ["Hinge", "SquaredHinge"])
def test_keras_takes_bits_for_signs(name, to):
    loss = getattr(keras.losses, name)()
    y_true, y_pred = np.array([[1.0, 0.0, 1.0]], np.float32), np.array([[0.3, -0.2, 2.0]], np.float32)
    wanted = answer(loss, "keras", (y_true, y_pred))
    assert answer(ul.convert(loss, to), to, (y_pred, y_true)) == pytest.approx(float(wanted), rel=1e-6)


def test_conventions_are_not_losses_of_the_registry():
    assert not {convention.loss.name for convention in CONVENTIONS.values()} & set(ul.list_losses())
    assert set(CONVENTIONS) <= set(NAMES)


def test_a_loss_of_unilosses_is_put_into_a_framework():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    wanted = float(ul.huber(y, x))
    assert answer(ul.convert(ul.huber, "torch"), "torch", (x, y)) == pytest.approx(wanted, rel=1e-6)
    assert answer(ul.convert(ul.huber, "jax"), "jax", (x, y)) == pytest.approx(wanted, rel=1e-6)
    assert answer(ul.convert(ul.huber, "keras"), "keras", (y, x)) == pytest.approx(wanted, rel=1e-6)


IMAGE = np.random.default_rng(1).uniform(0.1, 0.9, (4, 3, 5)).astype(np.float32)
MASK = (np.random.default_rng(2).random((4, 3, 5)) > 0.5).astype(np.float32)


@pytest.mark.parametrize("to", ["torch", "keras", "jax"])
@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("torch", "own.torch.DiceLoss(smooth=0.5)"),
        ("torch", "own.torch.TverskyLoss(alpha=0.3, axis=[1], reduction='sum')"),
        ("torch", "own.torch.LogCoshLoss(reduction='none')"),
        ("torch", "own.torch.CategoricalHingeLoss(axis=1)"),
        ("keras", "own.keras.Jaccard(smooth=0.5, reduction='sum')"),
        ("keras", "own.keras.SmoothL1(beta=0.5)"),
        ("keras", "own.keras.SmoothL1(beta=0.5, reduction='sum')"),
        ("keras", "own.keras.SmoothL1(reduction='none')"),
        ("keras", "ul.convert(torch.nn.SmoothL1Loss(beta=0.5), 'keras')"),
        ("jax", "ul.convert(keras.losses.Tversky(alpha=0.3), 'jax')"),
    ],
)
def test_a_class_without_a_native_namesake_keeps_its_configuration(own, text, to):
    packages = {name: importlib.import_module(f"unilosses.{name}") for name in ("torch", "keras")}
    loss = eval(text, {"ul": ul, "torch": torch, "keras": keras, "own": SimpleNamespace(**packages)})
    made = ul.convert(loss, to)
    values = []
    for one, framework in ((loss, own), (made, to)):
        values.append(answer(one, framework, (MASK, IMAGE) if framework == "keras" else (IMAGE, MASK)))
    assert values[0].shape == values[1].shape
    np.testing.assert_allclose(*values, **TOLERANCE)
    assert (made is loss) if to == own else (ul.convert(made, to) is made)


def test_what_convert_composed_is_not_taken_apart():
    scaled = ul.convert(torch.nn.SmoothL1Loss(beta=0.5), "keras")
    with pytest.raises(ValueError, match=r"scaled_huber is not in ul\.list_losses\(\): convert what it was made of"):
        ul.convert(ul.convert(scaled, "torch"), "keras")


@pytest.mark.parametrize("package", ["torch", "keras"])
def test_every_class_without_a_native_namesake_is_converted(package):
    classes = importlib.import_module(f"unilosses.{package}.extra")
    for name in classes.__all__:
        made = getattr(classes, name)
        required = {"from_logits": True} if "from_logits" in inspect.signature(made).parameters else {}
        for to in {"torch", "keras", "jax"} - {package}:
            assert callable(ul.convert(made(**required), to)), name


@pytest.mark.parametrize(
    "loss", [keras.losses.CategoricalCrossentropy, keras.losses.CategoricalFocalCrossentropy], ids=["plain", "focal"]
)
@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize("to", ["torch", "jax"])
def test_labels_that_keras_smooths_along_another_axis_are_refused(loss, from_logits, to):
    configured = loss(axis=1, label_smoothing=0.3, from_logits=from_logits)
    with pytest.raises(ValueError, match="axis=1: label_smoothing divides by the size of the last axis"):
        ul.convert(configured, to)
    assert {row.relation for row in ul.equivalents(configured, to)} <= {"different", "none"}


@pytest.mark.parametrize("name", ["kl_divergence", "generalized_kl_divergence", "kl_divergence_with_log_targets"])
def test_the_last_axis_is_the_default_whether_it_is_written_or_not(name):
    loss = getattr(optax.losses, name)
    written = ul.convert(functools.partial(loss, axis=-1), "torch")
    assert repr(written) == repr(ul.convert(loss, "torch"))
    assert "axis=1" in repr(written)


def test_a_loss_is_already_where_it_should_be():
    loss = torch.nn.HuberLoss()
    assert ul.convert(loss, "torch") is loss


@pytest.mark.parametrize("to", ["torch", "keras", "jax"])
@pytest.mark.parametrize("name", NAMES)
def test_every_native_loss_is_converted_or_refused_with_a_reason(name, to):
    if "smooth_labels" in name or "make_fenchel" in name or name.startswith("torchvision"):
        assert resolve(name) is not None  # not a loss of two arrays, or not installed
        return
    try:
        made = ul.convert(name, to)
    except ValueError:
        with pytest.raises(ValueError, match=rf"^{name} .*(has no equal in|averages)"):
            ul.convert(name, to)
    except TypeError:
        assert "LinearCrossEntropyLoss" in name  # its shape has to be given
    else:
        assert callable(made)


def test_unknown_losses_and_frameworks():
    with pytest.raises(LookupError):
        ul.convert("HubrLoss", "torch")
    with pytest.raises(LookupError):
        ul.convert("mse", "tourch")


def test_a_converted_loss_trains_a_keras_model_and_is_restored_from_its_configuration():
    source = torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]), ignore_index=2)
    made = ul.convert(source, "keras")
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(8, 4)).astype(np.float32), generator.integers(0, 3, (8, 1))
    model = keras.Sequential([keras.layers.Dense(3)])
    model.compile(loss=made, optimizer="sgd")
    before = model(x)
    loss = model.fit(x, y, batch_size=8, verbose=0).history["loss"][0]
    wanted = float(source(torch.tensor(keras.ops.convert_to_numpy(before)), torch.tensor(y[:, 0])))
    assert loss == pytest.approx(wanted, rel=1e-5)  # float32
    restored = keras.losses.deserialize(keras.losses.serialize(made))
    assert answer(restored, "keras", (y, before)) == pytest.approx(wanted, rel=1e-5)


#: A fresh process: the import of unilosses.keras alone registers what ``convert`` made.
LOAD = """
import keras
import numpy as np
import unilosses.keras
model = keras.models.load_model("model.keras")
x, y = np.load("x.npy"), np.load("y.npy")
print(model.evaluate(x, y, batch_size=8, verbose=0))
"""


def test_a_saved_model_is_loaded_in_a_fresh_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1)
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(8, 4)).astype(np.float32), generator.integers(0, 3, 8)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile(loss=ul.convert(source, "keras"), optimizer="sgd")
    wanted = model.evaluate(x, y, batch_size=8, verbose=0)
    assert wanted == pytest.approx(float(source(torch.tensor(model.predict(x, verbose=0)), torch.tensor(y))), rel=1e-5)
    model.save("model.keras")
    np.save("x.npy", x)
    np.save("y.npy", y)
    printed = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True).stdout
    assert float(printed.splitlines()[-1]) == pytest.approx(wanted, rel=1e-6)


def test_sample_weights_and_masks_of_keras_reach_a_converted_loss():
    made = ul.convert(torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0])), "keras")
    logits, labels = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32), np.array([[0, 2]] * 4)
    weights, mask = np.array([1.0, 0.0, 2.0, 3.0], np.float32), np.array([[True, False]] * 4)
    options = {"from_logits": True, "class_weight": [1.0, 2.0, 3.0], "reduction": "weighted_mean"}
    for given in (weights, weights[:, None]):
        wanted = ul.sparse_categorical_cross_entropy(labels, logits, sample_weight=weights, **options)
        assert float(made(labels, logits, given)) == pytest.approx(float(wanted), rel=1e-6)
    prediction = keras.ops.convert_to_tensor(logits)
    prediction._keras_mask = keras.ops.convert_to_tensor(mask)
    wanted = ul.sparse_categorical_cross_entropy(labels, logits, mask=mask, **options)
    assert float(made(labels, prediction)) == pytest.approx(float(wanted), rel=1e-6)


@pytest.mark.parametrize("text", [text for text in CONFIGURED if text.startswith("keras") and "reduction" not in text])
def test_gradients_of_a_converted_loss_are_those_of_the_source(text):
    name, given = find(text)
    ours, theirs = arrays_of(name, given or {}, "torch")
    source = eval(text, {"keras": keras})
    prediction = torch.tensor(np.ascontiguousarray(theirs[0]), requires_grad=True)
    loss = ul.convert(source, "torch")(prediction, torch.tensor(np.ascontiguousarray(theirs[1])))
    (gradient,) = torch.autograd.grad(loss, prediction)
    native = views(name)[0]
    wanted = measuring.run(native, given or {}, tuple(map(np.ascontiguousarray, ours)), [1])[1][0]
    wanted = np.moveaxis(wanted, -1, 1) if wanted.shape != tuple(gradient.shape) else wanted
    # In double precision, but for the means that Keras takes in float32 on torch and JAX.
    assert agreement.error_of(wanted, gradient.numpy()) <= agreement.TOLERANCE + measuring.precision(native)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_promises_a_loss_of_unilosses_only_where_convert_gives_one(name):
    for to in {"torch", "keras", "optax"} - {name.split(".")[0]}:
        for row in ul.equivalents(name, to):
            if row.relation == "none" and row.inputs:
                assert "unilosses" in repr(type(ul.convert(name, to)).__mro__)
