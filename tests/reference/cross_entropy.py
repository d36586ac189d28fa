"""Cross-entropies, negative log-likelihood and focal losses.

Each works with the *cost* of an outcome, -log of its probability, beside the probability and its complement: computed
apart, none of the three loses digits at either end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .arrays import Array, elementwise, mp, number, one_hot, per_row, softplus, times, total, weights_per_class

# -log(probability) is at most this for given probabilities. Logits need no such limit.
LARGEST_COST = 100


class Outcome(NamedTuple):
    """An outcome that may happen: its probability, 1 - probability and -log(probability)."""

    probability: Any
    complement: Any
    cost: Any


def given(probability: Any, complement: Any, epsilon: Any = None) -> Outcome:
    """The outcome with a given probability, taken as it is or clipped to [epsilon, 1 - epsilon]."""
    if epsilon is not None:
        probability = min(max(probability, number(epsilon)), 1 - number(epsilon))
        complement = 1 - probability
    if probability <= mp.exp(-LARGEST_COST):
        return Outcome(probability, complement, mp.mpf(LARGEST_COST))
    return Outcome(probability, complement, -mp.log(probability) if probability < 0.5 else -mp.log1p(-complement))


def binary_outcomes(score: Any, from_logits: bool, epsilon: Any = None) -> tuple[Outcome, Outcome]:
    """The outcomes "class 1" and "class 0"; ``epsilon`` clips a given probability and that of a logit alike."""
    if not from_logits:
        return given(score, 1 - score, epsilon), given(1 - score, score, epsilon)
    one, zero = 1 / (1 + mp.exp(-score)), 1 / (1 + mp.exp(score))
    if epsilon is not None:
        return given(one, zero, epsilon), given(zero, one, epsilon)
    return Outcome(one, zero, softplus(-score)), Outcome(zero, one, softplus(score))


def class_outcomes(scores: list[Any], from_logits: bool, epsilon: Any = None) -> list[Outcome]:
    """One outcome per class; probabilities are not renormalised; ``epsilon`` clips as for ``binary_outcomes``."""
    if not from_logits:
        return [given(score, 1 - score, epsilon) for score in scores]
    # p_c = 1 / (1 + sum over the other classes of exp(z_j - z_c)); a logit of -inf is an impossible class.
    outcomes = []
    for c, score in enumerate(scores):
        if score == -mp.inf:
            outcomes.append(Outcome(mp.zero, mp.one, mp.inf))
            continue
        others = total(mp.exp(other - score) for j, other in enumerate(scores) if j != c and other != -mp.inf)
        outcomes.append(Outcome(1 / (1 + others), others / (1 + others), mp.log1p(others)))
    if epsilon is not None:
        return [given(outcome.probability, outcome.complement, epsilon) for outcome in outcomes]
    return outcomes


def smooth_labels(distribution: list[Any], label_smoothing: Any) -> list[Any]:
    """y (1 - e) + e / C, with C the number of classes."""
    e = number(label_smoothing)
    return [y * (1 - e) + e / len(distribution) for y in distribution]


def binary_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    label_smoothing: Any = 0.0,
    pos_weight: Any = None,
    epsilon: Any = None,
) -> Any:
    """-(w y log p + (1 - y) log(1 - p)), y smoothed first: y (1 - e) + e / 2; ``pos_weight`` w is broadcast."""
    e = number(label_smoothing)

    def value(y: Any, score: Any, positive_weight: Any) -> Any:
        one, zero = binary_outcomes(score, from_logits, epsilon)
        y = y * (1 - e) + e / 2
        return positive_weight * times(y, one.cost) + times(1 - y, zero.cost)

    return elementwise(value, y_true, y_pred, 1 if pos_weight is None else pos_weight)


def categorical_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    axis: int = -1,
    label_smoothing: Any = 0.0,
    class_weight: Any = None,
    epsilon: Any = None,
) -> Any:
    """sum over classes of w_c y'_c (-log p_c), with y' the smoothed labels, which need not sum to 1."""

    def value(target: list[Any], scores: list[Any]) -> Any:
        outcomes = class_outcomes(scores, from_logits, epsilon)
        weights = weights_per_class(class_weight, len(scores))
        target = smooth_labels(target, label_smoothing)
        return total(w * times(y, outcome.cost) for w, y, outcome in zip(weights, target, outcomes, strict=True))

    return per_row(value, y_true, y_pred, axis=axis)


def sparse_categorical_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    axis: int = -1,
    label_smoothing: Any = 0.0,
    class_weight: Any = None,
    ignore_index: int | None = None,
    epsilon: Any = None,
) -> Any:
    """The categorical cross-entropy of the one-hot row; 0 where the label is ``ignore_index`` (in range or not)."""

    def value(target: Any, scores: list[Any]) -> Any:
        if ignore_index is not None and target == ignore_index:
            return mp.zero
        return categorical_cross_entropy(
            one_hot(target, len(scores)),
            scores,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            class_weight=class_weight,
            epsilon=epsilon,
        )

    return per_row(value, y_true, y_pred, axis=axis)


def negative_log_likelihood(
    y_true: Any, y_pred: Any, *, axis: int = -1, class_weight: Any = None, ignore_index: int | None = None
) -> Any:
    """-w_y times the given log-probability of class y: no normalisation and no limit; 0 at ``ignore_index``."""

    def value(target: Any, log_probabilities: list[Any]) -> Any:
        if ignore_index is not None and target == ignore_index:
            return mp.zero
        weights = weights_per_class(class_weight, len(log_probabilities))
        label = one_hot(target, len(log_probabilities)).index(1)
        return -times(weights[label], log_probabilities[label])

    return per_row(value, y_true, y_pred, axis=axis)


def binary_focal_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    gamma: Any = 2.0,
    alpha: Any = None,
    label_smoothing: Any = 0.0,
    epsilon: Any = None,
) -> Any:
    """a_t (1 - p_t)^g times the binary cross-entropy, with p_t = y p + (1 - y) (1 - p) and a_t likewise.

    For soft labels this is what Keras, optax and torchvision compute; for 0 and 1 it is the paper's formula.
    """
    e, g = number(label_smoothing), number(gamma)
    weight_one, weight_zero = (mp.one, mp.one) if alpha is None else (number(alpha), 1 - number(alpha))

    def value(y: Any, score: Any) -> Any:
        one, zero = binary_outcomes(score, from_logits, epsilon)
        y = y * (1 - e) + e / 2
        missed = y * one.complement + (1 - y) * zero.complement
        weight = y * weight_one + (1 - y) * weight_zero
        return weight * missed**g * (times(y, one.cost) + times(1 - y, zero.cost))

    return elementwise(value, y_true, y_pred)


def categorical_focal_cross_entropy(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    gamma: Any = 2.0,
    alpha: Any = None,
    axis: int = -1,
    label_smoothing: Any = 0.0,
    epsilon: Any = None,
) -> Any:
    """sum over classes of a_c y'_c (1 - p_c)^g (-log p_c), with y' the smoothed labels."""
    g = number(gamma)

    def value(target: list[Any], scores: list[Any]) -> Any:
        outcomes = class_outcomes(scores, from_logits, epsilon)
        weights = weights_per_class(alpha, len(scores))
        target = smooth_labels(target, label_smoothing)
        return total(a * times(y, focal(outcome, g)) for a, y, outcome in zip(weights, target, outcomes, strict=True))

    return per_row(value, y_true, y_pred, axis=axis)


def focal(outcome: Outcome, gamma: Any) -> Any:
    """(1 - p)^gamma (-log p), with 0^0 = 1: gamma = 0 is the cross-entropy everywhere."""
    return (mp.one if gamma == 0 else outcome.complement**gamma) * outcome.cost


def poly_cross_entropy(y_true: Any, y_pred: Any, *, epsilon: Any = 2.0) -> Any:
    """Poly-1 (Leng et al. 2022), from logits: cross-entropy + epsilon sum_c y_c (1 - p_c); soft targets as they are."""

    def value(target: Any, logits: list[Any]) -> Any:
        outcomes = class_outcomes(logits, from_logits=True)
        distribution = one_hot(target, len(logits))
        return total(
            times(y, o.cost) + number(epsilon) * y * o.complement for y, o in zip(distribution, outcomes, strict=True)
        )

    return per_row(value, y_true, y_pred)


def generalized_cross_entropy(y_true: Any, y_pred: Any, *, q: Any = 0.5) -> Any:
    """Zhang & Sabuncu 2018, from probabilities: sum_c y_c (1 - p_c^q) / q with q > 0 (its limit at 0 is not taken)."""

    def value(target: Any, probabilities: list[Any]) -> Any:
        distribution = one_hot(target, len(probabilities))
        return total(y * (1 - p ** number(q)) / number(q) for y, p in zip(distribution, probabilities, strict=True))

    return per_row(value, y_true, y_pred)


def sparsemax(y_true: Any, y_pred: Any) -> Any:
    """Martins & Astudillo 2016: the Fenchel–Young loss of the half squared norm; y a class index or a distribution.

    L(z, y) = sum over the support of (z_j^2 - tau^2) / 2 + |y|^2 / 2 - y . z; tau is the threshold of the projection
    of z on the simplex, found by sorting.
    """

    def value(target: Any, logits: list[Any]) -> Any:
        y = one_hot(target, len(logits))
        ordered = sorted(logits, reverse=True)
        size = max(k for k in range(1, len(logits) + 1) if 1 + k * ordered[k - 1] > total(ordered[:k]))
        threshold = (total(ordered[:size]) - 1) / size
        conjugate = total(z**2 - threshold**2 for z in ordered[:size]) / 2
        return conjugate + total(p**2 for p in y) / 2 - total(p * z for p, z in zip(y, logits, strict=True))

    return per_row(value, y_true, y_pred)


def linear_cross_entropy(
    y_true: Any,
    hidden: Any,
    weight: Any,
    bias: Any = None,
    *,
    label_smoothing: Any = 0.0,
    class_weight: Any = None,
    ignore_index: int | None = None,
    z_loss: Any = 0.0,
    softcap: Any = None,
    chunk_bytes: int | None = None,
) -> Any:
    """Cross-entropy of the logits W h + b, capped as c tanh(z / c), plus z_loss logsumexp(z)^2 of the capped logits.

    The z-loss of a sample is neither weighted by class nor smoothed; a sample at ``ignore_index`` has none. Targets are
    class indices, or distributions when they have as many dimensions as ``hidden``. ``chunk_bytes`` changes no value.
    """
    matrix = Array(weight)
    classes = matrix.shape[0]
    offsets = None if bias is None else Array(bias)

    def logits(features: list[Any]) -> list[Any]:
        row = [total(h * matrix[(c, i)] for i, h in enumerate(features)) for c in range(classes)]
        if offsets is not None:
            row = [z + offsets[(c,)] for c, z in enumerate(row)]
        return row if softcap is None else [number(softcap) * mp.tanh(z / number(softcap)) for z in row]

    def value(target: Any, features: list[Any]) -> Any:
        if ignore_index is not None and not isinstance(target, list) and target == ignore_index:
            return mp.zero
        row = logits(features)
        outcomes = class_outcomes(row, from_logits=True)
        weights = weights_per_class(class_weight, classes)
        distribution = smooth_labels(one_hot(target, classes), label_smoothing)
        entropy = total(w * times(y, o.cost) for w, y, o in zip(weights, distribution, outcomes, strict=True))
        return entropy + number(z_loss) * (row[0] + outcomes[0].cost) ** 2

    return per_row(value, y_true, hidden)


def brier(y_true: Any, y_pred: Any) -> Any:
    """The sum over classes of (p_c - y_c)^2, as Brier wrote it: scikit-learn's binary score is half of it."""

    def value(target: Any, probabilities: list[Any]) -> Any:
        labels = one_hot(target, len(probabilities))
        return total((p - y) ** 2 for p, y in zip(probabilities, labels, strict=True))

    return per_row(value, y_true, y_pred)


def asymmetric(
    y_true: Any,
    y_pred: Any,
    *,
    from_logits: bool,
    gamma_positive: Any = 0.0,
    gamma_negative: Any = 4.0,
    clip: Any = 0.05,
) -> Any:
    """Ridnik et al. 2021, equations 5 and 6; logarithms of probabilities are clamped at -100 as in the entropies."""
    g_one, g_zero, c = number(gamma_positive), number(gamma_negative), number(clip)

    def value(y: Any, score: Any) -> Any:
        one, zero = binary_outcomes(score, from_logits)
        shifted = max(one.probability - c, mp.zero)
        absent = -mp.log1p(-shifted) if c else zero.cost
        return times(y * one.complement**g_one, one.cost) + times((1 - y) * shifted**g_zero, absent)

    return elementwise(value, y_true, y_pred)


def z_loss(y_pred: Any, *, axis: int = -1) -> Any:
    """(log sum exp z)^2, not weighted: PaLM multiplies it by 1e-4."""
    return per_row(lambda row: mp.log(total(mp.exp(z) for z in row)) ** 2, y_pred, axis=axis)
