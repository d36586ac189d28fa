"""Definitions of losses with the conventions of one framework: what ``conventions.py`` has converted to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from unilosses.domains import GROUPS, LABEL_PROBABILITY, LABELS, PROBABILITY, REAL
from unilosses.loss import Loss, get
from unilosses.namespace import Array, Namespace

CLIP = 1e-7
"""``keras.config.epsilon()``, unless it has been set."""

INFINITY = float("inf")


def _definition(**options: Any) -> Callable[[Callable[..., Any]], Loss]:
    return lambda function: Loss(function, **options)


# -- Keras -----------------------------------------------------------------------------------------------------------


def _signs(xp: Namespace, y_true: Array) -> Array:
    """Labels 0 and 1 as -1 and 1, if all of them are."""
    return xp.where(xp.all((y_true == 0) | (y_true == 1)), 2 * y_true - 1, y_true)


def _log_shares(xp: Namespace, y_pred: Array, axis: int) -> Array:
    """Logarithms of probabilities that are divided by their sum and clipped."""
    return xp.log(_shares(xp, y_pred, axis))


def _shares(xp: Namespace, y_pred: Array, axis: int) -> Array:
    return xp.clip(xp.safe_divide(y_pred, xp.sum(y_pred, axis=axis, keepdims=True)), CLIP, 1 - CLIP)


@_definition()
def keras_hinge(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``keras.losses.Hinge``: labels of 0 and 1 alone are taken for -1 and 1."""
    return xp.relu(1 - _signs(xp, y_true) * y_pred)


@_definition()
def keras_squared_hinge(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``keras.losses.SquaredHinge``: labels of 0 and 1 alone are taken for -1 and 1."""
    return xp.square(xp.relu(1 - _signs(xp, y_true) * y_pred))


@_definition()
def keras_squared_logarithmic_error(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``keras.losses.MeanSquaredLogarithmicError``: both are clipped."""
    return xp.square(xp.log1p(xp.clip(y_pred, CLIP, INFINITY)) - xp.log1p(xp.clip(y_true, CLIP, INFINITY)))


@_definition(kind="samplewise")
def keras_kl_divergence(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``keras.losses.KLDivergence``: both are clipped."""
    target, prediction = xp.clip(y_true, CLIP, 1.0), xp.clip(y_pred, CLIP, 1.0)
    return xp.sum(target * (xp.log(target) - xp.log(prediction)), axis=axis)


@_definition(kind="samplewise")
def keras_categorical_crossentropy(
    xp: Namespace, y_true: Array, y_pred: Array, *, label_smoothing: Any = 0.0, axis: int = -1
) -> Any:
    """``keras.losses.CategoricalCrossentropy`` of probabilities."""
    target = y_true * (1 - label_smoothing) + label_smoothing / y_pred.shape[axis]
    return -xp.sum(target * _log_shares(xp, y_pred, axis), axis=axis)


@_definition(kind="samplewise", y_true=LABELS)
def keras_sparse_categorical_crossentropy(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``keras.losses.SparseCategoricalCrossentropy`` of probabilities."""
    return -xp.pick(_log_shares(xp, y_pred, axis), y_true, axis)


@_definition(kind="samplewise", y_true=LABELS)
def keras_generalized_cross_entropy(
    xp: Namespace, y_true: Array, y_pred: Array, *, q: Any = 0.5, axis: int = -1
) -> Any:
    """``keras.losses.CategoricalGeneralizedCrossEntropy``."""
    return (1 - xp.safe_power(xp.pick(y_pred, y_true, axis), q)) / q


@_definition(kind="samplewise")
def keras_categorical_focal_crossentropy(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    alpha: Any = 0.25,
    gamma: Any = 2.0,
    label_smoothing: Any = 0.0,
    axis: int = -1,
) -> Any:
    """``keras.losses.CategoricalFocalCrossentropy`` of probabilities."""
    target = y_true * (1 - label_smoothing) + label_smoothing / y_pred.shape[axis]
    shares = _shares(xp, y_pred, axis)
    return -xp.sum(
        xp.on_axis(alpha, y_pred, axis) * xp.safe_power(1 - shares, gamma) * target * xp.log(shares), axis=axis
    )


@_definition()
def keras_binary_focal_crossentropy(
    xp: Namespace,
    y_true: Array,
    y_pred: Array,
    *,
    apply_class_balancing: bool = False,
    alpha: Any = 0.25,
    gamma: Any = 2.0,
    label_smoothing: Any = 0.0,
) -> Any:
    """``keras.losses.BinaryFocalCrossentropy`` of probabilities: the cross-entropy alone is clipped."""
    target = y_true * (1 - label_smoothing) + 0.5 * label_smoothing
    clipped = xp.clip(y_pred, CLIP, 1 - CLIP)
    entropy = -target * xp.log(clipped) - (1 - target) * xp.log(1 - clipped)
    weight = target * alpha + (1 - target) * (1 - alpha) if apply_class_balancing else 1.0
    return weight * xp.safe_power(target * (1 - y_pred) + (1 - target) * y_pred, gamma) * entropy


def _left(arrays: Any, parameters: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape that is left by a sum over ``axis``, None being all axes, that of the batch too."""
    shape, axis = tuple(arrays[1].shape), parameters["axis"]
    gone = range(len(shape)) if axis is None else [a % len(shape) for a in ([axis] if isinstance(axis, int) else axis)]
    return tuple(size for a, size in enumerate(shape) if a not in gone)


@_definition(kind="coupled", value_shape=_left)
def keras_tversky(
    xp: Namespace, y_true: Array, y_pred: Array, *, alpha: Any = 0.5, beta: Any = 0.5, axis: Any = None
) -> Any:
    """``keras.losses.Tversky``: ``alpha`` weighs what was missed, ``beta`` what was predicted in excess."""
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)
    both = xp.sum(y_true * y_pred, axis=axes)
    missed, excess = xp.sum((1 - y_pred) * y_true, axis=axes), xp.sum(y_pred * (1 - y_true), axis=axes)
    return 1 - both / (both + alpha * missed + beta * excess + CLIP)


@_definition(kind="coupled", value_shape=_left)
def keras_dice(xp: Namespace, y_true: Array, y_pred: Array, *, axis: Any = None) -> Any:
    """``keras.losses.Dice``: over the whole batch unless ``axis`` is given."""
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)
    return 1 - 2 * xp.sum(y_true * y_pred, axis=axes) / (xp.sum(y_true, axis=axes) + xp.sum(y_pred, axis=axes) + CLIP)


# -- optax -----------------------------------------------------------------------------------------------------------


@_definition()
def perceptron(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``optax.losses.perceptron_loss``."""
    return xp.relu(-y_true * y_pred)


@_definition()
def binary_sparsemax(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``optax.losses.sparsemax_loss``."""
    score = xp.where(y_true != 0, -y_pred, y_pred)
    bounded = xp.clip(score, -1.0, 1.0)
    return 0.25 * xp.square(bounded + 1) + xp.relu(score - 1)


@_definition(kind="samplewise", y_true=LABELS)
def multiclass_hinge(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``optax.losses.multiclass_hinge_loss``."""
    return xp.max(y_pred + 1 - xp.one_hot(y_true, y_pred, axis), axis=axis) - xp.pick(y_pred, y_true, axis)


@_definition(kind="samplewise", y_true=LABELS)
def multiclass_perceptron(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``optax.losses.multiclass_perceptron_loss``."""
    return xp.max(y_pred, axis=axis) - xp.pick(y_pred, y_true, axis)


def _divergence_terms(xp: Namespace, y_true: Array, y_pred: Array, log_target: bool) -> Array:
    target = xp.exp(y_true) if log_target else y_true
    own = xp.zero_product(target, y_true) if log_target else xp.xlogy(target, target)
    return own - xp.zero_product(target, y_pred)


@_definition(kind="samplewise")
def log_kl_divergence(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``optax.losses.kl_divergence``: of log-probabilities, which need not sum to 1."""
    return xp.sum(_divergence_terms(xp, y_true, y_pred, log_target=False), axis=axis)


@_definition(kind="samplewise")
def log_kl_divergence_with_log_targets(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``optax.losses.kl_divergence_with_log_targets``."""
    return xp.sum(_divergence_terms(xp, y_true, y_pred, log_target=True), axis=axis)


@_definition(kind="samplewise")
def generalized_kl_divergence(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    """``optax.losses.generalized_kl_divergence``: the masses that are left over count too."""
    terms = _divergence_terms(xp, y_true, y_pred, log_target=False)
    return xp.sum(terms + xp.exp(y_pred) - y_true, axis=axis)


@_definition(kind="samplewise")
def bounded_cosine_distance(xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 0.0, axis: int = -1) -> Any:
    """``optax.losses.cosine_distance``: squared norms are at least ``epsilon``."""
    return 1 - _bounded_cosine(xp, y_true, y_pred, epsilon, axis)


@_definition(kind="samplewise")
def bounded_cosine_similarity(
    xp: Namespace, y_true: Array, y_pred: Array, *, epsilon: Any = 0.0, axis: int = -1
) -> Any:
    """``optax.losses.cosine_similarity``: squared norms are at least ``epsilon``."""
    return _bounded_cosine(xp, y_true, y_pred, epsilon, axis)


def _bounded_cosine(xp: Namespace, x: Array, y: Array, epsilon: Any, axis: int) -> Array:
    def unit(vector: Array) -> Array:
        squares = xp.sum(xp.square(vector), axis=axis, keepdims=True)
        return xp.safe_divide(vector, xp.safe_sqrt(xp.clip(squares, epsilon, INFINITY)))

    return xp.sum(unit(x) * unit(y), axis=axis)


@_definition(kind="samplewise", anchor=REAL, positive=REAL, negative=REAL)
def power_triplet_margin(
    xp: Namespace,
    anchor: Array,
    positive: Array,
    negative: Array,
    *,
    axis: int = -1,
    norm_degree: Any = 2,
    margin: Any = 1.0,
    eps: Any = 1e-6,
) -> Any:
    """``optax.losses.triplet_margin_loss``: ``eps`` is added to the power of the distance, and nothing is made
    positive."""

    def distance(other: Array) -> Array:
        return (xp.sum((anchor - other) ** norm_degree, axis=axis) + eps) ** (1 / norm_degree)

    return xp.relu(distance(positive) - distance(negative) + margin)


def _per_sample(arrays: Any, parameters: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(arrays[1].shape[:1])


def _single(arrays: Any, parameters: Mapping[str, Any]) -> tuple[int, ...]:
    return ()


def _dice_of_classes(xp: Namespace, y_true: Array, y_pred: Array, smooth: Any, alpha: Any, beta: Any) -> Array:
    """One value per sample and class, of logits: of a sigmoid where there is one class, else of a softmax."""
    probability = xp.sigmoid(y_pred) if y_pred.shape[-1] == 1 else xp.softmax(y_pred, -1)
    places = tuple(range(1, y_pred.ndim - 1))

    def total(x: Array) -> Array:
        return xp.sum(x, axis=places) if places else x

    both = total(probability * y_true)
    excess, missed = total(probability) - both, total(y_true) - both
    return 1 - (both + smooth) / (both + alpha * excess + beta * missed + smooth)


@_definition(kind="coupled", value_shape=_per_sample)
def optax_dice(
    xp: Namespace, y_true: Array, y_pred: Array, *, smooth: Any = 1.0, alpha: Any = 0.5, beta: Any = 0.5
) -> Any:
    """``optax.losses.dice_loss``: the mean over the classes, on the last axis."""
    return xp.mean(_dice_of_classes(xp, y_true, y_pred, smooth, alpha, beta), axis=-1)


@_definition(kind="coupled", value_shape=_per_sample)
def optax_binary_dice(xp: Namespace, y_true: Array, y_pred: Array, *, smooth: Any = 1.0) -> Any:
    """``optax.losses.binary_dice_loss``."""
    if y_pred.shape[-1] != 1:
        y_true, y_pred = xp.expand_dims(y_true, axis=-1), xp.expand_dims(y_pred, axis=-1)
    return xp.squeeze(_dice_of_classes(xp, y_true, y_pred, smooth, 0.5, 0.5), axis=-1)


@_definition(kind="coupled", value_shape=_single)
def optax_generalized_dice(xp: Namespace, y_true: Array, y_pred: Array, *, smooth: Any = 1.0) -> Any:
    """``optax.losses.multiclass_generalized_dice_loss``: rare classes weigh more."""
    weight = 1 / (xp.square(xp.sum(y_true, axis=tuple(range(y_true.ndim - 1)))) + 1e-7)
    weight = weight / xp.sum(weight) * y_true.shape[-1]
    return xp.mean(weight * _dice_of_classes(xp, y_true, y_pred, smooth, 0.5, 0.5))


@_definition(kind="coupled", value_shape=_single, y_true=GROUPS)
def optax_ntxent(xp: Namespace, y_true: Array, y_pred: Array, *, temperature: Any = 0.07) -> Any:
    """``optax.losses.ntxent``: the mean over all pairs of equal labels, not over the samples."""
    squares = xp.sum(xp.square(y_pred), axis=-1, keepdims=True)
    unit = y_pred / xp.sqrt(xp.clip(squares, float(xp.finfo(y_pred.dtype).eps), INFINITY))
    score = xp.matmul(unit, xp.matrix_transpose(unit)) / temperature
    equal = xp.expand_dims(y_true, axis=1) == xp.expand_dims(y_true, axis=0)
    place = xp.cumulative_sum(xp.ones_like(y_true), axis=0)
    pair = equal & (xp.expand_dims(place, axis=1) != xp.expand_dims(place, axis=0))
    others = xp.logsumexp(xp.where(equal, xp.zeros_like(score) - 1e30, score), axis=-1, keepdims=True)
    values = xp.where(pair, xp.softplus(others - score), xp.zeros_like(score))
    return xp.sum(values) / xp.sum(xp.astype(pair, score.dtype))


@_definition(kind="coupled", value_shape=_single)
def optax_ranking_softmax(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``optax.losses.ranking_softmax_loss``: relevances need not sum to 1."""
    return -xp.mean(xp.sum(y_true * xp.log_softmax(y_pred, -1), axis=-1))


# -- torch -----------------------------------------------------------------------------------------------------------


@_definition()
def kl_divergence_terms(xp: Namespace, y_true: Array, y_pred: Array, *, log_target: bool = False) -> Any:
    """``torch.nn.KLDivLoss``: one value per class of log-probabilities, which need not sum to 1."""
    return _divergence_terms(xp, y_true, y_pred, log_target)


def _binary_entropy(xp: Namespace, y_true: Array, y_pred: Array, weight: Any, **parameters: Any) -> Array:
    plain = {"label_smoothing": 0.0, "pos_weight": None, "epsilon": None}
    value = get("binary_cross_entropy").function(xp, y_true, y_pred, **plain | parameters)
    return weight * value[0]


@_definition(y_true=LABEL_PROBABILITY)
def weighted_cross_entropy_of_logits(
    xp: Namespace, y_true: Array, y_pred: Array, *, weight: Any = 1.0, pos_weight: Any = None
) -> Any:
    """``torch.nn.BCEWithLogitsLoss`` and ``MultiLabelSoftMarginLoss``, whose ``weight`` multiplies the values."""
    return _binary_entropy(xp, y_true, y_pred, weight, from_logits=True, pos_weight=pos_weight)


@_definition(y_true=LABEL_PROBABILITY, y_pred=PROBABILITY)
def weighted_cross_entropy_of_probabilities(xp: Namespace, y_true: Array, y_pred: Array, *, weight: Any = 1.0) -> Any:
    """``torch.nn.BCELoss``, whose ``weight`` multiplies the values."""
    return _binary_entropy(xp, y_true, y_pred, weight, from_logits=False)


@_definition(kind="samplewise")
def listed_multilabel_margin(xp: Namespace, y_true: Array, y_pred: Array) -> Any:
    """``torch.nn.MultiLabelMarginLoss``: the classes of a sample are listed, up to the first negative entry."""
    listed = xp.cumulative_sum(xp.astype(y_true < 0, y_pred.dtype), axis=-1) == 0
    classes = xp.cumulative_sum(xp.ones_like(y_pred), axis=-1) - 1
    named = xp.expand_dims(y_true, axis=-1) == xp.expand_dims(classes, axis=-2)
    member = xp.any(named & xp.expand_dims(listed, axis=-1), axis=-2)
    margins = xp.relu(1 - xp.expand_dims(y_pred, axis=-1) + xp.expand_dims(y_pred, axis=-2))
    counted = xp.expand_dims(member, axis=-1) & xp.expand_dims(~member, axis=-2)
    return xp.sum(xp.where(counted, margins, xp.zeros_like(margins)), axis=(-2, -1)) / y_pred.shape[-1]
