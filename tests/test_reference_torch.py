"""The oracle against PyTorch: values, and derivatives by differences against PyTorch's automatic differentiation."""

import math

import numpy as np
import pytest

from .reference import REFERENCE, gradient
from .reference_inputs import (
    BINARY,
    CLASS_WEIGHT,
    COUNTS,
    CTC_LABELS,
    CTC_LENGTHS,
    CTC_LOGITS,
    IMAGE,
    IMAGE_INDICES,
    IMAGE_TARGET,
    INDICES,
    OTHER,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIGNS,
    SIMPLEX,
    TARGET,
    THIRD,
    assert_close,
    case,
    import_native,
    pair,
)

torch = import_native("torch")

WEIGHT = torch.tensor(CLASS_WEIGHT)
BOTH = "y_true y_pred"


def native(name, **options):
    """The functional of that name with predictions last, unreduced."""
    function = getattr(torch.nn.functional, name)
    return lambda *arrays: function(*arrays[1:], arrays[0], reduction="none", **options)


def multilabel_margin(y, scores):
    # The native takes the positive classes as a list that ends with -1.
    width = y.shape[-1]
    positives = [[c for c in range(width) if row[c] == 1] for row in y.tolist()]
    listed = torch.tensor([row + [-1] * (width - len(row)) for row in positives])
    return native("multilabel_margin_loss")(listed, scores)


def ctc(labels, logits):
    log_probabilities = logits.log_softmax(-1).transpose(0, 1)
    lengths = CTC_LENGTHS["logit_length"], CTC_LENGTHS["label_length"]
    return torch.nn.functional.ctc_loss(log_probabilities, labels, *lengths, reduction="none")


def triplet(**options):
    # The native names its options like the reference, but for epsilon.
    function = torch.nn.functional.triplet_margin_loss
    return lambda *arrays: function(*arrays, reduction="none", **options)


def gaussian(**options):
    function = torch.nn.functional.gaussian_nll_loss
    return lambda y, x, variance: function(x, y, variance, reduction="none", **options)


def linear(z_loss=0.0, softcap=None, **options):
    def loss(y, hidden, matrix, bias):
        logits = hidden @ matrix.T + bias
        if softcap is not None:
            logits = softcap * torch.tanh(logits / softcap)
        counted = y != options.get("ignore_index", -100) if y.ndim == 1 else True
        penalty = z_loss * torch.logsumexp(logits, -1) ** 2
        return native("cross_entropy", **options)(y, logits) + penalty * counted

    return loss


SMOOTHED = {"label_smoothing": 0.1}
IGNORED = {"ignore_index": 2}
WEIGHTED = {"class_weight": CLASS_WEIGHT}
GAUSSIAN = {"y_true": OTHER, "y_pred": REAL, "variance": POSITIVE}
TRIPLETS = {"anchor": REAL, "positive": OTHER, "negative": THIRD}
LAYER = {"y_true": INDICES, "hidden": REAL, "weight": THIRD[:3], "bias": OTHER[0]}
CAPPED = {"z_loss": 0.3, "softcap": 1.5, "ignore_index": 1, "label_smoothing": 0.1}

CASES = [
    pair("binary_cross_entropy", PROBABILITY, SIMPLEX, native("binary_cross_entropy"), from_logits=False),
    pair(
        "binary_cross_entropy",
        PROBABILITY,
        REAL,
        native("binary_cross_entropy_with_logits", pos_weight=WEIGHT),
        BOTH,
        from_logits=True,
        pos_weight=CLASS_WEIGHT,
    ),
    pair(
        "categorical_cross_entropy",
        TARGET,
        REAL,
        native("cross_entropy", weight=WEIGHT, **SMOOTHED),
        BOTH,
        from_logits=True,
        **WEIGHTED,
        **SMOOTHED,
    ),
    pair("categorical_cross_entropy", IMAGE_TARGET, IMAGE, native("cross_entropy"), from_logits=True, axis=1),
    pair("categorical_cross_entropy", TARGET, SIMPLEX, lambda y, p: -(y * p.log()).sum(-1), BOTH, from_logits=False),
    pair(
        "sparse_categorical_cross_entropy",
        INDICES,
        REAL,
        native("cross_entropy", weight=WEIGHT, **IGNORED, **SMOOTHED),
        from_logits=True,
        **WEIGHTED,
        **IGNORED,
        **SMOOTHED,
    ),
    pair("sparse_categorical_cross_entropy", IMAGE_INDICES, IMAGE, native("cross_entropy"), from_logits=True, axis=1),
    pair(
        "sparse_categorical_cross_entropy",
        INDICES,
        SIMPLEX,
        lambda y, p: native("nll_loss", weight=WEIGHT)(y, p.log()),
        from_logits=False,
        **WEIGHTED,
    ),
    pair(
        "negative_log_likelihood",
        INDICES,
        REAL,
        native("nll_loss", weight=WEIGHT, **IGNORED),
        **WEIGHTED,
        **IGNORED,
    ),
    pair("negative_log_likelihood", IMAGE_INDICES, IMAGE, native("nll_loss"), axis=1),
    pair("soft_margin", SIGNS, REAL, native("soft_margin_loss")),
    pair("multi_margin", INDICES, REAL, native("multi_margin_loss", margin=0.7), margin=0.7),
    pair("multi_margin", INDICES, REAL, native("multi_margin_loss", p=2, weight=WEIGHT), p=2, **WEIGHTED),
    pair("multilabel_margin", BINARY, REAL, multilabel_margin),
    pair("multilabel_soft_margin", BINARY, REAL, native("multilabel_soft_margin_loss")),
    pair("hinge_embedding", SIGNS, POSITIVE, native("hinge_embedding_loss", margin=1.5), margin=1.5),
    pair("mean_squared_error", OTHER, REAL, native("mse_loss"), BOTH),
    pair("mean_absolute_error", OTHER, REAL, native("l1_loss"), BOTH),
    pair("huber", OTHER, REAL, native("huber_loss", delta=0.7), BOTH, delta=0.7),
    pair("smooth_l1", OTHER, REAL, native("smooth_l1_loss", beta=0.7), BOTH, beta=0.7),
    pair("quantile", OTHER, REAL, lambda y, x: torch.maximum(0.3 * (y - x), -0.7 * (y - x)), BOTH, q=0.3),
    pair("log_cosh", OTHER, REAL, lambda y, x: torch.log(torch.cosh(x - y)), BOTH),
    pair("cosine_similarity", OTHER, REAL, lambda y, x: 1 - torch.cosine_similarity(y, x), BOTH),
    pair("cosine_similarity", IMAGE_TARGET, IMAGE, lambda y, x: 1 - torch.cosine_similarity(y, x), BOTH, axis=1),
    pair("kl_divergence", TARGET, SIMPLEX, lambda y, p: native("kl_div")(y, p.log()).sum(-1), BOTH),
    pair(
        "kl_divergence",
        np.log(TARGET),
        REAL,
        lambda y, z: native("kl_div", log_target=True)(y, z.log_softmax(-1)).sum(-1),
        BOTH,
        from_logits=True,
        log_target=True,
    ),
    pair("poisson_nll", COUNTS, REAL, native("poisson_nll_loss")),
    pair("poisson_nll", COUNTS, REAL, native("poisson_nll_loss", full=True), full=True),
    pair("poisson_nll", COUNTS, POSITIVE, native("poisson_nll_loss", log_input=False), log_input=False),
    case(
        "gaussian_nll",
        GAUSSIAN,
        gaussian(full=True),
        "y_true y_pred variance",
        full=True,
    ),
    case("gaussian_nll", {**GAUSSIAN, "variance": POSITIVE[:, :1]}, gaussian()),
    # Long vectors, because the native adds 1e-12 to each squared norm.
    case(
        "cosine_embedding",
        {"y_true": SIGNS[:, 0], "x1": 100 * REAL, "x2": 100 * OTHER},
        native("cosine_embedding_loss", margin=-0.5),
        margin=-0.5,
    ),
    case(
        "margin_ranking",
        {"y_true": SIGNS, "x1": REAL, "x2": OTHER},
        native("margin_ranking_loss", margin=0.4),
        margin=0.4,
    ),
    case("triplet_margin", TRIPLETS, triplet()),
    case("triplet_margin", TRIPLETS, triplet(margin=2.0, p=3, swap=True), margin=2.0, p=3, swap=True),
    case("triplet_margin", TRIPLETS, triplet(margin=3.0, p=1, eps=1e-3), margin=3.0, p=1, epsilon=1e-3),
    case("triplet_margin", TRIPLETS, triplet(p=math.inf, swap=True), p=math.inf, swap=True),
    pair("ctc", CTC_LABELS, CTC_LOGITS, ctc, **CTC_LENGTHS),
    case("linear_cross_entropy", LAYER, linear(**CAPPED), **CAPPED),
    case("linear_cross_entropy", LAYER, linear(weight=WEIGHT), **WEIGHTED),
    case("linear_cross_entropy", {**LAYER, "y_true": TARGET}, linear(), "y_true hidden weight bias"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_and_gradients(case):
    tensors = {name: torch.tensor(array) for name, array in case.arrays.items()}
    for name in case.differentiated:
        tensors[name].requires_grad_()
    values = case.native(*tensors.values())
    assert_close(REFERENCE[case.name](**case.arrays, **case.params), values.detach())
    derivatives = torch.autograd.grad(values.sum(), [tensors[name] for name in case.differentiated])
    for name, derivative in zip(case.differentiated, derivatives, strict=True):
        assert_close(gradient(case.name, case.arrays, name, **case.params), derivative)


def test_a_parameter_has_a_gradient_too():
    weight = torch.tensor(CLASS_WEIGHT, requires_grad=True)
    native("cross_entropy", weight=weight)(torch.tensor(TARGET), torch.tensor(REAL)).sum().backward()
    arrays = {"y_true": TARGET, "y_pred": REAL, "class_weight": CLASS_WEIGHT}
    assert_close(gradient("categorical_cross_entropy", arrays, "class_weight", from_logits=True), weight.grad)
