"""Losses of embeddings: cosines, pairs, triplets, and whole batches."""

from __future__ import annotations

from typing import Any

from .arrays import Array, cosine, mp, number, per_row, relu, total


def cosine_similarity(y_true: Any, y_pred: Any, *, axis: int = -1) -> Any:
    """1 - cos; with a zero vector the cosine is 0, so the loss is 1."""
    return per_row(lambda first, second: 1 - cosine(first, second), y_true, y_pred, axis=axis)


def cosine_embedding(y_true: Any, x1: Any, x2: Any, *, margin: Any = 0.0) -> Any:
    """1 - cos at y = 1, max(0, cos - margin) at y = -1; without torch's 1e-12 in the squared norms."""

    def value(y: Any, first: list[Any], second: list[Any]) -> Any:
        return 1 - cosine(first, second) if y == 1 else relu(cosine(first, second) - number(margin))

    return per_row(value, y_true, x1, x2)


def distance(first: list[Any], second: list[Any], p: Any, epsilon: Any) -> Any:
    """The p-norm of ``first - second + epsilon``, epsilon added to every entry as torch does."""
    differences = [abs(a - b + number(epsilon)) for a, b in zip(first, second, strict=True)]
    if p == float("inf"):
        return max(differences)
    return total(d ** number(p) for d in differences) ** (1 / number(p))


def triplet_margin(
    anchor: Any, positive: Any, negative: Any, *, margin: Any = 1.0, p: Any = 2, swap: bool = False, epsilon: Any = 1e-6
) -> Any:
    """max(0, d(a, p) - d(a, n) + margin); ``swap`` takes the smaller of d(a, n) and d(p, n)."""

    def value(a: list[Any], near: list[Any], far: list[Any]) -> Any:
        away = distance(a, far, p, epsilon)
        if swap:
            away = min(away, distance(near, far, p, epsilon))
        return relu(distance(a, near, p, epsilon) - away + number(margin))

    return per_row(value, anchor, positive, negative)


def similarities(labels: Any, embeddings: Any) -> list[tuple[list[Any], list[Any]]]:
    """For every anchor the cosines to the other samples of its label and to the samples of other labels."""
    label, entries = Array(labels), Array(embeddings)
    count, features = entries.shape
    rows = [[entries[(i, k)] for k in range(features)] for i in range(count)]
    pairs = []
    for i in range(count):
        others = [(label[(i,)] == label[(j,)], cosine(rows[i], rows[j])) for j in range(count) if j != i]
        pairs.append(([s for same, s in others if same], [s for same, s in others if not same]))
    return pairs


def circle(labels: Any, embeddings: Any, *, gamma: Any = 80.0, margin: Any = 0.4) -> Any:
    """Sun et al. 2020, equation 6, per anchor: log(1 + sum over positives and negatives of exp(gamma (a_n + a_p))).

    a_n = max(0, s_n + m) (s_n - m) and a_p = -max(0, 1 + m - s_p) (s_p - 1 + m), of the cosines s of the normalised
    embeddings; an anchor without a positive or without a negative has loss 0, as in Keras.
    """
    g, m = number(gamma), number(margin)

    def value(positives: list[Any], negatives: list[Any]) -> Any:
        attraction = [-relu(1 + m - s) * (s - (1 - m)) for s in positives]
        repulsion = [relu(s + m) * (s - m) for s in negatives]
        return mp.log1p(total(mp.exp(g * (a + r)) for a in attraction for r in repulsion))

    return [value(*pair) for pair in similarities(labels, embeddings)]


def nt_xent(labels: Any, embeddings: Any, *, temperature: Any = 0.07) -> Any:
    """Per anchor the mean over its positives of log(1 + sum over negatives of exp((s_n - s_p) / temperature)).

    Other positives stay out of the denominator, as in optax; an anchor without a positive has loss 0. optax' scalar is
    the mean over pairs: the mean of these values weighted by the anchors' numbers of positives.
    """
    t = number(temperature)

    def value(positives: list[Any], negatives: list[Any]) -> Any:
        costs = [mp.log1p(total(mp.exp((n - p) / t) for n in negatives)) for p in positives]
        return total(costs) / len(costs) if costs else mp.zero

    return [value(*pair) for pair in similarities(labels, embeddings)]


def supervised_contrastive(labels: Any, embeddings: Any, *, temperature: Any = 0.07) -> Any:
    """Khosla et al. 2020, L_out, per anchor: all other samples are in the denominator; 0 without a positive."""
    t = number(temperature)

    def value(positives: list[Any], negatives: list[Any]) -> Any:
        if not positives:
            return mp.zero
        whole = mp.log(total(mp.exp(s / t) for s in [*positives, *negatives]))
        return whole - total(positives) / t / len(positives)

    return [value(*pair) for pair in similarities(labels, embeddings)]


def barlow_twins(x1: Any, x2: Any, *, off_diagonal: Any = 0.005) -> Any:
    """Zbontar et al. 2021: one number for the batch, of Pearson correlations; 0 with a feature that is constant.

    Without the 1e-5 that batch normalisation adds to variances in the paper's code.
    """
    columns = []
    for entries in (Array(x1), Array(x2)):
        count, features = entries.shape
        means = [total(entries[(i, k)] for i in range(count)) / count for k in range(features)]
        columns.append([[entries[(i, k)] - means[k] for i in range(count)] for k in range(features)])
    correlations = [[cosine(a, b) for b in columns[1]] for a in columns[0]]
    return total(
        (1 - c) ** 2 if i == j else number(off_diagonal) * c**2
        for i, row in enumerate(correlations)
        for j, c in enumerate(row)
    )
