"""``compare``: the change that makes two losses equal is found by experiment, or the place where they part."""

import functools

import numpy as np
import pytest

import unilosses as ul
from unilosses.equivalence import comparison, measuring

jax, keras, optax, torch = map(pytest.importorskip, ("jax", "keras", "optax", "torch"))

generator = np.random.default_rng(7)
SCORES = generator.normal(size=(6, 4))
OTHER = generator.normal(size=(6, 4))
CLASSES = generator.integers(0, 4, 6)
BITS = (generator.normal(size=(6, 4)) > 0).astype(float)
PROBABILITIES = np.exp(SCORES) / np.exp(SCORES).sum(-1, keepdims=True)
IMAGE = generator.normal(size=(3, 4, 5))
IMAGE_CLASSES = generator.integers(0, 4, (3, 5))
DISTRIBUTIONS = np.exp(OTHER) / np.exp(OTHER).sum(-1, keepdims=True)
WEIGHT = torch.tensor([1.0, 2.0, 3.0, 4.0])
INDICES = keras.losses.SparseCategoricalCrossentropy
ONE_HOT = keras.losses.CategoricalCrossentropy
BINARY = keras.losses.BinaryCrossentropy


@pytest.mark.parametrize(
    ("first", "second", "y_true", "y_pred", "changes"),
    [
        (torch.nn.MSELoss(), keras.losses.MeanSquaredError(), OTHER, SCORES, ()),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.SparseCategoricalCrossentropy(),
            CLASSES,
            SCORES,
            ("set from_logits=True",),
        ),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.CategoricalCrossentropy(),
            CLASSES,
            SCORES,
            ("set from_logits=True", "pass one-hot labels"),
        ),
        (torch.nn.HuberLoss(delta=2.0), keras.losses.Huber(), OTHER, SCORES, ("set delta=2.0",)),
        (torch.nn.HuberLoss(), optax.losses.huber_loss, OTHER, SCORES, ("take the mean of its values",)),
        (
            optax.losses.huber_loss,
            torch.nn.HuberLoss(),
            OTHER,
            SCORES,
            ("take the mean of the values of optax.losses.huber_loss",),
        ),
        (
            torch.nn.BCELoss(),
            torch.nn.BCEWithLogitsLoss(),
            BITS,
            PROBABILITIES,
            ("pass log(y_pred / (1 - y_pred))",),
        ),
        (
            torch.nn.SoftMarginLoss(),
            keras.losses.BinaryCrossentropy(from_logits=True),
            2 * BITS - 1,
            SCORES,
            ("pass labels 0 and 1: (y_true + 1) / 2",),
        ),
        (
            torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0])),
            torch.nn.CrossEntropyLoss(),
            CLASSES,
            SCORES,
            ("set weight=torch.tensor([1.0, 2.0, 3.0, 4.0])",),
        ),
        (
            keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            torch.nn.CrossEntropyLoss(),
            np.eye(4)[CLASSES],
            SCORES,
            ("set label_smoothing=0.1",),
        ),
        (
            torch.nn.CrossEntropyLoss(),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            IMAGE_CLASSES,
            IMAGE,
            ("move the class axis from place 1 to the end",),
        ),
        (torch.nn.MSELoss(reduction="sum"), torch.nn.MSELoss(), OTHER, SCORES, ("set reduction='sum'",)),
        (
            torch.nn.BCELoss(),
            keras.losses.BinaryCrossentropy(),
            np.array([[1.0], [0.0], [1.0], [1.0]]),
            np.array([[0.3], [0.2], [0.9], [1e-9]]),
            ("set from_logits=True", "pass log(y_pred / (1 - y_pred))"),
        ),
        (
            keras.losses.BinaryCrossentropy(),
            torch.nn.BCELoss(),
            np.array([[1.0], [0.0], [1.0], [1.0]]),
            np.array([[0.3], [0.2], [0.9], [1e-9]]),
            ("clip y_pred to [1e-07, 1 - 1e-07]",),
        ),
    ],
)
def test_the_change_is_found(first, second, y_true, y_pred, changes):
    found = ul.compare(first, second, y_true, y_pred)
    assert found.equal
    assert found.changes == changes
    assert (found.scale, found.offset) == (1.0, 0.0)
    assert all(change in str(found) for change in changes)


MISTAKES = {
    "a sum of samples": (
        (torch.nn.CrossEntropyLoss(), INDICES(from_logits=True, reduction="sum"), CLASSES, SCORES),
        ("set reduction='sum_over_batch_size'",),
    ),
    "a sum, and another delta": (
        (torch.nn.HuberLoss(delta=2.0), keras.losses.Huber(reduction="sum"), OTHER, SCORES),
        ("set delta=2.0", "set reduction='sum_over_batch_size'"),
    ),
    "values that optax does not reduce": (
        (torch.nn.CrossEntropyLoss(), optax.losses.softmax_cross_entropy_with_integer_labels, CLASSES, SCORES),
        ("take the mean of its values",),
    ),
    "the mean over classes of a divergence": (
        (torch.nn.KLDivLoss(reduction="batchmean"), torch.nn.KLDivLoss(), DISTRIBUTIONS, np.log(PROBABILITIES)),
        ("set reduction='batchmean'",),
    ),
    "log-probabilities": (
        (torch.nn.KLDivLoss(reduction="batchmean"), keras.losses.KLDivergence(), DISTRIBUTIONS, np.log(PROBABILITIES)),
        ("pass exp(y_pred)",),
    ),
    "probabilities, unreduced": (
        (keras.losses.KLDivergence(), optax.losses.kl_divergence, DISTRIBUTIONS, PROBABILITIES),
        ("take the mean of its values", "pass log(y_pred)"),
    ),
    "no sigmoid": ((BINARY(from_logits=True), torch.nn.BCELoss(), BITS, SCORES), ("pass sigmoid(y_pred)",)),
    "no from_logits": ((torch.nn.BCEWithLogitsLoss(), BINARY(), BITS, SCORES), ("set from_logits=True",)),
    "a second softmax": ((INDICES(), torch.nn.CrossEntropyLoss(), CLASSES, PROBABILITIES), ("pass log(y_pred)",)),
    "no logarithm": ((INDICES(), torch.nn.NLLLoss(), CLASSES, PROBABILITIES), ("pass log(y_pred)",)),
    "no log_softmax": (
        (torch.nn.CrossEntropyLoss(), torch.nn.NLLLoss(), CLASSES, SCORES),
        ("pass log_softmax(y_pred)",),
    ),
    "one-hot labels": (
        (ONE_HOT(from_logits=True), INDICES(from_logits=True), np.eye(4)[CLASSES], SCORES),
        ("pass class indices: argmax(y_true, -1)",),
    ),
    "labels 0 and 1, unreduced": (
        (keras.losses.Hinge(), optax.losses.hinge_loss, BITS, SCORES),
        ("take the mean of its values", "pass labels -1 and 1: 2 * y_true - 1"),
    ),
    "the class axis, and no from_logits": (
        (torch.nn.CrossEntropyLoss(), INDICES(), IMAGE_CLASSES, IMAGE),
        ("set from_logits=True", "move the class axis from place 1 to the end"),
    ),
    "no class weights": (
        (torch.nn.CrossEntropyLoss(weight=WEIGHT), INDICES(from_logits=True), CLASSES, SCORES),
        ("call it with sample_weight=weight[y_true] and set reduction='mean_with_sample_weight'",),
    ),
    "no class weights, and no from_logits": (
        (torch.nn.CrossEntropyLoss(weight=WEIGHT), INDICES(), CLASSES, SCORES),
        (
            "set from_logits=True",
            "call it with sample_weight=weight[y_true] and set reduction='mean_with_sample_weight'",
        ),
    ),
    "no class weights in optax": (
        (
            torch.nn.CrossEntropyLoss(weight=WEIGHT),
            optax.losses.softmax_cross_entropy_with_integer_labels,
            CLASSES,
            SCORES,
        ),
        ("divide their weighted sum by the sum of the weights: weight[y_true]",),
    ),
    "class weights that should not be": (
        (torch.nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(weight=WEIGHT), CLASSES, SCORES),
        ("leave out weight",),
    ),
    "no pos_weight in optax": (
        (torch.nn.BCEWithLogitsLoss(pos_weight=WEIGHT), optax.losses.sigmoid_binary_cross_entropy, BITS, SCORES),
        ("multiply its values by 1 + (pos_weight - 1) * y_true, and take their mean",),
    ),
    "no smoothing": (
        (torch.nn.CrossEntropyLoss(label_smoothing=0.1), torch.nn.CrossEntropyLoss(), CLASSES, SCORES),
        ("set label_smoothing=0.1",),
    ),
    "no smoothing, and labels in another format": (
        (torch.nn.CrossEntropyLoss(label_smoothing=0.1), ONE_HOT(from_logits=True), CLASSES, SCORES),
        ("set label_smoothing=0.1", "pass one-hot labels"),
    ),
    "no smoothing in torch": (
        (BINARY(from_logits=True, label_smoothing=0.2), torch.nn.BCEWithLogitsLoss(), BITS, SCORES),
        ("smooth the labels: y_true * (1 - 0.2) + 0.2 / 2",),
    ),
    "no smoothing in optax, unreduced": (
        (
            ONE_HOT(from_logits=True, label_smoothing=0.1),
            optax.losses.softmax_cross_entropy,
            np.eye(4)[CLASSES],
            SCORES,
        ),
        ("take the mean of its values", "smooth the labels: y_true * (1 - 0.1) + 0.1 / classes"),
    ),
    "an ignored class": (
        (torch.nn.CrossEntropyLoss(ignore_index=2), INDICES(from_logits=True), CLASSES, SCORES),
        ("set ignore_class=2",),
    ),
    "no class weights, and an ignored label that is no class": (
        (
            torch.nn.CrossEntropyLoss(weight=WEIGHT, ignore_index=255),
            INDICES(from_logits=True),
            np.where(np.arange(6) == 1, 255, CLASSES),
            SCORES,
        ),
        (
            "set ignore_class=255",
            "call it with sample_weight=weight[y_true], 0 where y_true is 255 and set "
            "reduction='mean_with_sample_weight'",
        ),
    ),
    "labels that torch ignores": (
        (
            torch.nn.CrossEntropyLoss(),
            INDICES(from_logits=True),
            np.where(np.arange(6) == 1, -100, CLASSES),
            SCORES,
        ),
        ("set ignore_class=-100",),
    ),
    "an ignored class in optax, unreduced": (
        (
            torch.nn.CrossEntropyLoss(ignore_index=int(CLASSES[0])),
            optax.losses.softmax_cross_entropy_with_integer_labels,
            CLASSES,
            SCORES,
        ),
        (f"leave out the samples whose label is {CLASSES[0]}", "take the mean of its values"),
    ),
    "pos_weight forgotten": (
        (
            torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)),
            torch.nn.BCEWithLogitsLoss(),
            BITS,
            SCORES,
        ),
        ("set pos_weight=torch.tensor(3.0)",),
    ),
    "padding among many samples": (
        (
            torch.nn.CrossEntropyLoss(ignore_index=3),
            optax.losses.softmax_cross_entropy_with_integer_labels,
            np.array([0, 3, 1, 2, 0, 1, 2, 0, 1, 2, 3, 1]),
            np.concatenate([SCORES, OTHER]),
        ),
        ("leave out the samples whose label is 3", "take the mean of its values"),
    ),
    "alpha without balancing": (
        (
            "torchvision.ops.sigmoid_focal_loss",
            keras.losses.BinaryFocalCrossentropy(),
            BITS,
            SCORES,
        ),
        (
            "take the mean of the values of torchvision.ops.sigmoid_focal_loss",
            "set apply_class_balancing=True, set from_logits=True",
        ),
    ),
    "alpha and beta the other way round": (
        (
            keras.losses.Tversky(alpha=0.3, beta=0.7),
            keras.losses.Tversky(alpha=0.7, beta=0.3),
            BITS,
            PROBABILITIES,
        ),
        ("set beta=0.7, set alpha=0.3",),
    ),
    "a column": (
        (BINARY(from_logits=True), torch.nn.BCEWithLogitsLoss(), BITS[:, 0], SCORES[:, :1]),
        ("drop the last axis of y_pred: y_pred[..., 0]",),
    ),
    "no logarithms": (
        (keras.losses.MeanSquaredLogarithmicError(), torch.nn.MSELoss(), abs(OTHER), abs(SCORES)),
        ("pass log1p(y_true) and log1p(y_pred)",),
    ),
    "the log of a rate": (
        (torch.nn.PoissonNLLLoss(), keras.losses.Poisson(), abs(OTHER), SCORES),
        ("pass exp(y_pred)",),
    ),
}


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides the total loss")  # torch's own, of KLDivLoss()
@pytest.mark.parametrize("mistake", MISTAKES)
def test_realistic_mistakes_are_named(mistake):
    given, changes = MISTAKES[mistake]
    found = ul.compare(*given)
    assert found.equal, str(found)
    assert found.changes == changes
    assert (found.scale, found.offset) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("first", "second", "y_true", "reason"),
    [
        (torch.nn.BCEWithLogitsLoss(pos_weight=WEIGHT), BINARY(from_logits=True), BITS, "has no pos_weight"),
        (torch.nn.CrossEntropyLoss(label_smoothing=0.1), INDICES(from_logits=True), CLASSES, "has no label_smoothing"),
    ],
    ids=["pos_weight", "label_smoothing"],
)
def test_an_argument_without_a_counterpart_is_named(first, second, y_true, reason):
    found = ul.compare(first, second, y_true, SCORES)
    assert not found.equal
    assert reason in str(found)
    assert "part at sample 0" in str(found)


@pytest.mark.parametrize(
    ("first", "second", "scale", "offset"),
    [
        (torch.nn.SmoothL1Loss(beta=0.5), keras.losses.Huber(delta=0.5), 0.5, 0.0),
        (keras.losses.CosineSimilarity(reduction="none"), optax.losses.cosine_distance, 1.0, 1.0),
        (optax.losses.squared_error, optax.losses.l2_loss, 0.5, 0.0),
    ],
)
def test_scale_and_offset_are_found(first, second, scale, offset):
    found = ul.compare(first, second, OTHER, SCORES)
    assert found.equal
    assert (found.scale, found.offset) == (pytest.approx(scale), pytest.approx(offset))


def test_arguments_in_the_wrong_order_are_found(monkeypatch):
    """The losses of a framework are all called in its order, so the port with the mistake is made here."""

    def mistaken(native, arguments, arrays, *rest):
        return measuring.run(native, arguments, arrays[::-1] if native.framework == "keras" else arrays, *rest)

    monkeypatch.setattr(comparison, "run", mistaken)
    found = ul.compare(torch.nn.BCELoss(), BINARY(), PROBABILITIES, DISTRIBUTIONS)
    assert found.changes == ("swap y_true and y_pred",)


def test_losses_that_are_not_equal_part_somewhere():
    found = ul.compare(torch.nn.MSELoss(), keras.losses.MeanAbsoluteError(), OTHER, SCORES)
    assert not found.equal
    assert "They part at sample 0" in str(found)


@pytest.mark.parametrize(
    ("first", "second", "y_true", "y_pred"),
    [
        (torch.nn.MSELoss(), keras.losses.MeanAbsoluteError(), np.array([[1.0]]), np.array([[3.0]])),
        (torch.nn.L1Loss(), torch.nn.MSELoss(), np.zeros((6, 1)), np.array([[1.0], [2.0]] * 3)),
    ],
    ids=["one sample, two changes", "two points, one line"],
)
def test_what_chance_explains_is_not_claimed(first, second, y_true, y_pred):
    assert not ul.compare(first, second, y_true, y_pred).equal


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (torch.nn.HingeEmbeddingLoss(), keras.losses.Hinge()),
        (keras.losses.SquaredHinge(), optax.losses.hinge_loss),
        (torch.nn.BCEWithLogitsLoss(), torch.nn.CrossEntropyLoss()),
    ],
)
def test_arrays_of_one_axis_are_compared(first, second):
    signs = BITS[:, 0] if "BCE" in str(first) else 2 * BITS[:, 0] - 1
    found = ul.compare(first, second, signs, SCORES[:, 0])
    assert not found.equal
    assert "part at sample" in str(found)


def test_arrays_of_a_framework_are_taken():
    found = ul.compare("torch.nn.MSELoss", "mse", torch.tensor(OTHER), torch.tensor(SCORES, requires_grad=True))
    assert found.equal
    assert "They are equal." in str(found)


def test_a_partial_is_taken():
    found = ul.compare(functools.partial(optax.losses.huber_loss, delta=0.5), optax.losses.huber_loss, OTHER, SCORES)
    assert found.changes == ("set delta=0.5",)


def test_mistakes_are_explained():
    with pytest.raises(ValueError, match="one prediction and one target"):
        ul.compare(torch.nn.TripletMarginLoss(), torch.nn.MSELoss(), OTHER, SCORES)
    with pytest.raises(ValueError, match="does not take this batch"):
        ul.compare(torch.nn.MSELoss(), torch.nn.MSELoss(), OTHER[:, :3], SCORES)
    with pytest.raises(LookupError):
        ul.compare("HubrLoss", torch.nn.MSELoss(), OTHER, SCORES)
