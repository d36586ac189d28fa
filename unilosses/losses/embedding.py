"""Embeddings: cosines, and distances of pairs and triplets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..domains import DISTANCE, LABEL_PROBABILITY, REAL, SIGNS
from ..loss import loss
from ..namespace import Array, Namespace


def direction(xp: Namespace, x: Array, axis: int) -> tuple[Array, Callable[[Array], Array]]:
    """``x / |x|`` (a zero vector stays zero), and the pullback of that map, which gives a zero vector 0.

    The squares are of entries divided by a scale, which is a constant: the direction does not depend on it.
    """
    scale = xp.vector_scale(x, axis)
    scaled = x if scale is None else x / scale
    length = xp.safe_sqrt(xp.sum(scaled * scaled, axis=axis, keepdims=True))
    unit = xp.safe_divide(scaled, length)

    def pullback(upstream: Array) -> Array:
        across = upstream - xp.sum(upstream * unit, axis=axis, keepdims=True) * unit
        slope = xp.safe_divide(across, length)
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
        scale = xp.vector_scale(x, -1)
        scaled = x if scale is None else x / scale
        length = xp.safe_sqrt(xp.sum(scaled * scaled, axis=-1, keepdims=True))
        value = length if scale is None else scale * length
        return xp.squeeze(value, axis=-1), lambda: xp.safe_divide(scaled, length)
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
