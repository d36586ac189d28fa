"""Embeddings: cosines, and distances of pairs and triplets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..domains import DISTANCE, LABEL_PROBABILITY, REAL, SIGNS
from ..loss import loss
from ..namespace import Array, Namespace


def direction(xp: Namespace, x: Array, axis: int) -> tuple[Array, Callable[[Array], Array]]:
    """``x / |x|`` (a zero vector stays zero), and the pullback of that map, which gives a zero vector 0.

    The squares are of entries divided by a scale, which is a constant: the direction does not depend on it.
    """
    scale, scaled, length = xp.scaled_length(x, axis)
    inverse = xp.safe_divide(xp.ones_like(length), length)
    unit = scaled * inverse

    def pullback(upstream: Array) -> Array:
        across = upstream - xp.sum(upstream * unit, axis=axis, keepdims=True) * unit
        slope = across * inverse
        return slope if scale is None else slope / scale

    return unit, pullback


@loss(kind="samplewise", y_true=REAL, y_pred=REAL)
def cosine_similarity(xp: Namespace, y_true: Array, y_pred: Array, *, axis: int = -1) -> Any:
    r"""One minus the cosine of the angle between two vectors: 0 for one direction, 2 for opposite ones.

    Formula: \ell = 1 - \frac{y \cdot \hat y}{|y| \, |\hat y|}
    Derivative: \partial \ell / \partial \hat y = \frac{\cos \cdot u - v}{|\hat y|}, \quad
        u = \hat y / |\hat y|, \quad v = y / |y|
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0
    Also known as: cosine distance, cosine proximity
    Reference: Salton, Wong and Yang, A Vector Space Model for Automatic Indexing, Communications of the ACM, 1975
    """
    target, _ = direction(xp, y_true, axis)
    predicted, pullback = direction(xp, y_pred, axis)
    return 1 - xp.sum(target * predicted, axis=axis), lambda: -pullback(target)


@loss(kind="samplewise", y_true=SIGNS.per_sample(), x1=REAL, x2=REAL)
def cosine_embedding(xp: Namespace, y_true: Array, x1: Array, x2: Array, *, margin: Any = 0.0) -> Any:
    r"""Turns similar pairs (y = 1) the same way and dissimilar ones (y = -1) until their cosine is ``margin``.

    Formula: \ell = 1 - \cos(x_1, x_2) \text{ where } y = 1, \quad \max(0, \cos(x_1, x_2) - m) \text{ where } y = -1
    Derivative: \partial \ell / \partial x_1 = s \frac{u_2 - \cos \cdot u_1}{|x_1|}, \quad u_k = x_k / |x_k|, \quad
        s = -1 \text{ where } y = 1, \; 1 \text{ where } y = -1 \text{ and } \cos > m, \; 0 \text{ elsewhere};
        \text{ likewise for } x_2
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0; 0 at cosine = margin of a dissimilar pair
    Reference: Bromley et al., Signature Verification using a Siamese Time Delay Neural Network, NeurIPS, 1993
    """
    first, pull_first = direction(xp, x1, -1)
    second, pull_second = direction(xp, x2, -1)
    cosine = xp.sum(first * second, axis=-1)
    similar = y_true > 0
    value = xp.where(similar, 1 - cosine, xp.relu(cosine - margin)) + 0 * y_true  # a NaN target shows

    def derivative() -> tuple[Array, Array]:
        slope = xp.where(similar, -xp.ones_like(cosine), xp.step(cosine - margin))
        slope = xp.expand_dims(slope, axis=-1)
        return slope * pull_first(second), slope * pull_second(first)

    return value, derivative


def norm(xp: Namespace, x: Array, p: Any) -> tuple[Array, Callable[[], Array]]:
    """The p-norm along the last axis, and its derivative; both are 0 at a zero vector.

    As in ``direction`` entries are divided by a constant scale: the norm is homogeneous.
    """
    if isinstance(p, int | float) and p == math.inf:
        size = xp.abs(x)
        return xp.max(size, axis=-1), lambda: xp.sign(x) * xp.share_of_max(size, -1)
    if isinstance(p, int | float) and p == 2:
        scale, scaled, length = xp.scaled_length(x, -1)
        value = length if scale is None else scale * length
        return xp.squeeze(value, axis=-1), lambda: scaled * xp.safe_divide(xp.ones_like(length), length)
    scale = xp.largest_entry(x, -1)
    size = xp.abs(x / scale)
    total = xp.sum(xp.safe_power(size, p), axis=-1, keepdims=True)  # at least 1, unless the vector is zero
    zero = total == 0
    filled = xp.where(zero, xp.ones_like(total), total)
    length = xp.where(zero, xp.zeros_like(total), filled ** (1 / p))
    return xp.squeeze(scale * length, axis=-1), lambda: xp.sign(x) * xp.safe_power(size, p - 1) * filled ** (1 / p - 1)


@loss(kind="samplewise", anchor=REAL, positive=REAL, negative=REAL)
def triplet_margin(
    xp: Namespace,
    anchor: Array,
    positive: Array,
    negative: Array,
    *,
    margin: Any = 1.0,
    p: Any = 2,
    swap: bool = False,
    epsilon: Any = 1e-6,
) -> Any:
    r"""The anchor has to be closer to the positive than to the negative by ``margin``.

    Distances are p-norms (``p=math.inf``: the largest difference); ``epsilon`` is added to every difference. With
    ``swap`` the negative's distance is the smaller of those to the anchor and to the positive.

    Formula: \ell = \max(0, d(a, p) - d(a, n) + m), \quad d(x, y) = \| x - y + \epsilon \|_p
    Derivative: \partial \ell / \partial a = g(a, p) - g(a, n), \quad \partial \ell / \partial p = -g(a, p), \quad
        \partial \ell / \partial n = g(a, n) \text{ where } \ell > 0, \text{ else } 0, \quad
        g(x, y)_i = \operatorname{sign}(z_i) |z_i|^{p-1} / d(x, y)^{p-1}, \quad z = x - y + \epsilon
    Kinks: 0 where the maximum is of equals; a distance of 0 has derivative 0; for p = inf, differences that tie for
        the largest share its derivative; where the swapped distances are equal, that to the anchor counts
    Reference: Schroff, Kalenichenko and Philbin, FaceNet, 2015; Balntas, Riba, Ponsa and Mikolajczyk, Learning local
        feature descriptors with triplets and shallow convolutional neural networks, BMVC, 2016
    """
    near, near_slope = norm(xp, anchor - positive + epsilon, p)
    far, far_slope = norm(xp, anchor - negative + epsilon, p)
    swapped, swapped_slope = norm(xp, positive - negative + epsilon, p) if swap else (far, far_slope)
    closer = swapped < far if swap else None
    missing = near - (xp.where(closer, swapped, far) if swap else far) + margin

    def derivative() -> tuple[Array, Array, Array]:
        active = xp.expand_dims(xp.step(missing), axis=-1)
        pull, push = active * near_slope(), active * far_slope()
        if not swap:
            return pull - push, -pull, push
        replaced = xp.expand_dims(closer, axis=-1)
        zero = xp.zeros_like(push)
        push, swapped_push = xp.where(replaced, zero, push), xp.where(replaced, active * swapped_slope(), zero)
        return pull - push, -pull - swapped_push, push + swapped_push

    return xp.relu(missing), derivative


@loss(kind="elementwise", y_true=LABEL_PROBABILITY, distance=DISTANCE)
def contrastive(xp: Namespace, y_true: Array, distance: Array, *, margin: Any = 1.0) -> Any:
    r"""Pulls matching pairs (y = 1) together and pushes the others (y = 0) apart up to ``margin``.

    Formula: \ell = y d^2 + (1 - y) \max(0, m - d)^2
    Derivative: \partial \ell / \partial d = 2 y d - 2 (1 - y) \max(0, m - d)
    Reference: Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR, 2006
    """
    missing = xp.relu(margin - distance)
    value = y_true * distance * distance + (1 - y_true) * missing * missing
    return value, lambda: 2 * (y_true * distance - (1 - y_true) * missing)


@loss(kind="elementwise", y_true=SIGNS, x1=REAL, x2=REAL)
def margin_ranking(xp: Namespace, y_true: Array, x1: Array, x2: Array, *, margin: Any = 0.0) -> Any:
    r"""The first score has to be the larger by ``margin`` where y = 1, the second where y = -1.

    Formula: \ell = \max(0, m - y (x_1 - x_2))
    Derivative: \partial \ell / \partial x_1 = -y, \quad \partial \ell / \partial x_2 = y
        \text{ where } y (x_1 - x_2) < m, \text{ else } 0
    Kinks: 0 at the margin
    Reference: Herbrich, Graepel and Obermayer, Large Margin Rank Boundaries for Ordinal Regression, 2000
    """
    missing = margin - y_true * (x1 - x2)

    def derivative() -> tuple[Array, Array]:
        slope = y_true * xp.step(missing)
        return -slope, slope

    return xp.relu(missing), derivative


def _one_number(arrays: Sequence[Array], parameters: Mapping[str, Any]) -> tuple[int, ...]:
    shape = tuple(arrays[0].shape)
    if len(shape) != 2:
        raise ValueError(f"barlow_twins: x1 and x2 have shape {shape}; wanted (batch, features).")
    return ()


@loss(kind="coupled", x1=REAL, x2=REAL, value_shape=_one_number)
def barlow_twins(xp: Namespace, x1: Array, x2: Array, *, off_diagonal: Any = 0.005, mask: Array | None = None) -> Any:
    r"""Makes the features of two views of a batch the same, and those of one view independent of each other.

    The distance of the features' cross-correlation from the identity matrix, whose other entries weigh
    ``off_diagonal``. It is one number for the whole batch, whatever the reduction: a mask leaves out samples, but they
    have no weights, and the losses of parts of a batch do not add up to that of the batch.

    Formula: \ell = \sum_i (1 - C_{ii})^2 + \lambda \sum_{i \ne j} C_{ij}^2, \quad
        C = U_1^\top U_2, \quad (U_k)_{\cdot i} = c_i / |c_i|, \; c_i = (x_k)_{\cdot i} - \overline{(x_k)_{\cdot i}}
    Derivative: \partial \ell / \partial U_1 = U_2 G^\top, \quad \partial \ell / \partial U_2 = U_1 G, \quad
        G_{ii} = -2 (1 - C_{ii}), \; G_{ij} = 2 \lambda C_{ij}
    Kinks: a feature that is the same in all samples has correlation 0 with every feature, and derivative 0
    Reference: Zbontar, Jing, Misra, LeCun and Deny, Barlow Twins: Self-Supervised Learning via Redundancy Reduction,
        ICML, 2021
    """
    if x1.shape[0] == 0:
        return xp.sum(x1 * x2), lambda upstream: (xp.zeros_like(x1), xp.zeros_like(x2))
    kept = xp.zeros_like(x1[:, :1]) == 0
    if mask is not None:
        kept = kept & (xp.expand_dims(mask, axis=1) if mask.ndim else mask)
    first, pull_first = standard_features(xp, x1, kept)
    second, pull_second = standard_features(xp, x2, kept)
    correlation = xp.matmul(xp.matrix_transpose(first), second)
    place = xp.cumulative_sum(xp.ones_like(correlation), axis=0)
    same = place == xp.matrix_transpose(place)
    one, zero = xp.ones_like(correlation), xp.zeros_like(correlation)
    gap = correlation - xp.where(same, one, zero)
    weighted = xp.where(same, one, zero + off_diagonal) * gap

    def pullback(upstream: Array) -> tuple[Array, Array]:
        slope = 2 * upstream * weighted
        of_first = xp.matmul(second, xp.matrix_transpose(slope))
        return pull_first(of_first), pull_second(xp.matmul(first, slope))

    return xp.sum(weighted * gap), pullback


def standard_features(xp: Namespace, x: Array, kept: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Each feature less its mean over the kept samples, divided by its length; and the pullback of sums of features.

    Such sums have mean 0 already, so that subtracting the mean has nothing left to pull back.
    """
    zero = xp.zeros_like(x)
    count = xp.sum(xp.astype(kept, x.dtype))
    # Relative to one of them first, so that features that are all the same are exactly 0.
    top = xp.stop_gradient(xp.max(xp.where(kept, x, zero - math.inf), axis=0, keepdims=True))
    moved = xp.where(kept, x - xp.where(xp.isinf(top), xp.zeros_like(top), top), zero)
    mean = xp.sum(moved, axis=0, keepdims=True) / xp.where(count == 0, xp.ones_like(count), count)
    return direction(xp, xp.where(kept, moved - mean, zero), 0)
