"""Rankings: samples of one batch against each other."""

from __future__ import annotations

from typing import Any

from ..domains import GROUPS, REAL
from ..loss import loss
from ..namespace import Array, Namespace
from .embedding import direction


def pairs_of(xp: Namespace, labels: Array, embeddings: Array, mask: Array | None) -> tuple[Array, Array]:
    """Which ordered pairs of samples share a label, and which do not; a sample is no pair with itself."""
    same = xp.expand_dims(labels, axis=-1) == xp.expand_dims(labels, axis=-2)
    place = xp.cumulative_sum(xp.ones_like(embeddings[..., 0]), axis=-1)
    pair = xp.expand_dims(place, axis=-1) != xp.expand_dims(place, axis=-2)
    if mask is not None:
        mask = mask & (xp.ones_like(embeddings[..., 0]) > 0)
        pair = pair & xp.expand_dims(mask, axis=-1) & xp.expand_dims(mask, axis=-2)
    return same & pair, ~same & pair


def logsumexp_of(xp: Namespace, x: Array, kept: Array) -> tuple[Array, Array, Array]:
    """``log(sum(exp(x)))`` of the kept entries of each row, its derivative, and which rows have any.

    A row without any gives 0, with derivative 0.
    """
    if x.shape[-1] == 0:  # an empty batch has no largest entry; None, a size not known yet, may have one
        nothing = xp.sum(x, axis=-1, keepdims=True)
        return nothing, x, nothing > 0
    some = xp.any(kept, axis=-1, keepdims=True)
    top = xp.max(xp.where(kept, x, xp.zeros_like(x) - float("inf")), axis=-1, keepdims=True)
    top = xp.stop_gradient(xp.where(some, top, xp.zeros_like(top)))
    powers = xp.where(kept, xp.exp(xp.where(kept, x - top, xp.zeros_like(x))), xp.zeros_like(x))
    total = xp.sum(powers, axis=-1, keepdims=True)
    total = xp.where(some, total, xp.ones_like(total))
    return xp.log(total) + top, powers / total, some


@loss(kind="coupled", labels=GROUPS, embeddings=REAL)
def circle(
    xp: Namespace, labels: Array, embeddings: Array, *, gamma: Any = 80.0, margin: Any = 0.4, mask: Array | None = None
) -> Any:
    r"""Pulls the cosines of pairs of one label towards 1 and of other pairs towards 0, each with its own weight.

    The derivative is that of the whole value, as in Keras; the paper's own takes the weights for constants. An anchor
    without a pair of its label, or without any other, has loss 0.

    Formula: \ell_i = \log \left( 1 + \sum_{n} e^{\gamma a_n (s_{in} - m)} \sum_{p} e^{-\gamma a_p (s_{ip} - 1 + m)}
        \right), \quad a_n = \max(0, s_{in} + m), \; a_p = \max(0, 1 + m - s_{ip}), \quad s_{ij} = \cos(x_i, x_j)
    Derivative: \partial \ell_i / \partial s_{in} = 2 \gamma \sigma_i w_{in} s_{in} \text{ where } a_n > 0, \quad
        \partial \ell_i / \partial s_{ip} = -2 \gamma \sigma_i w_{ip} (1 - s_{ip}) \text{ where } a_p > 0, \quad
        \sigma_i = 1 - e^{-\ell_i}, \; w \text{ each exponential's share of its sum}
    Kinks: 0 where a weight begins; a zero vector has cosine 0 with every vector, and derivative 0
    Reference: Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, CVPR, 2020
    """
    positive, negative = pairs_of(xp, labels, embeddings, mask)
    unit, pullback = direction(xp, embeddings, -1)
    cosine = xp.matmul(unit, xp.matrix_transpose(unit))
    short, beyond = 1 + margin - cosine, cosine + margin
    attraction = -gamma * xp.relu(short) * (cosine - (1 - margin))
    repulsion = gamma * xp.relu(beyond) * (cosine - margin)
    near, near_share, has_near = logsumexp_of(xp, attraction, positive)
    far, far_share, has_far = logsumexp_of(xp, repulsion, negative)
    both = has_near & has_far

    def derivative(upstream: Array) -> Array:
        outer = xp.where(both, xp.sigmoid(near + far), xp.zeros_like(near)) * xp.expand_dims(upstream, axis=-1)
        pull, push = (1 - cosine) * near_share * xp.step(short), cosine * far_share * xp.step(beyond)
        slope = 2 * gamma * outer * (push - pull)
        return pullback(xp.matmul(slope + xp.matrix_transpose(slope), unit))

    return xp.squeeze(xp.where(both, xp.softplus(near + far), xp.zeros_like(near)), axis=-1), derivative


@loss(kind="coupled", labels=GROUPS, embeddings=REAL)
def nt_xent(
    xp: Namespace, labels: Array, embeddings: Array, *, temperature: Any = 0.07, mask: Array | None = None
) -> Any:
    r"""The cross-entropy of finding a sample of the same label among all samples of other labels, by the cosine.

    The mean over an anchor's positives; the other positives stay out of the denominator. An anchor without a positive
    or without a negative has loss 0.

    Formula: \ell_i = \frac{1}{|P_i|} \sum_{p \in P_i} \log \left( 1 + \sum_{n \in N_i} e^{(s_{in} - s_{ip}) / \tau}
        \right), \quad s_{ij} = \cos(x_i, x_j)
    Derivative: \partial \ell_i / \partial s_{ip} = -\frac{q_{ip}}{\tau}, \quad
        \partial \ell_i / \partial s_{in} = \frac{w_{in}}{\tau} \sum_{p} q_{ip}, \quad
        q_{ip} = \frac{1 - e^{-\ell_{ip}}}{|P_i|}, \; w \text{ each exponential's share of its sum}
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0
    Also known as: normalised temperature-scaled cross-entropy, InfoNCE
    Reference: Chen, Kornblith, Norouzi and Hinton, A Simple Framework for Contrastive Learning of Visual
        Representations, ICML, 2020
    """
    positive, negative = pairs_of(xp, labels, embeddings, mask)
    unit, pullback = direction(xp, embeddings, -1)
    score = xp.matmul(unit, xp.matrix_transpose(unit)) / temperature
    far, far_share, has_far = logsumexp_of(xp, score, negative)
    weight = xp.astype(positive & has_far, score.dtype)
    weight = xp.safe_divide(weight, xp.sum(weight, axis=-1, keepdims=True))
    missing = far - score

    def derivative(upstream: Array) -> Array:
        slope = xp.expand_dims(upstream, axis=-1) * weight * xp.sigmoid(missing)
        slope = (xp.sum(slope, axis=-1, keepdims=True) * far_share - slope) / temperature
        return pullback(xp.matmul(slope + xp.matrix_transpose(slope), unit))

    return xp.sum(weight * xp.softplus(missing), axis=-1), derivative


@loss(kind="coupled", labels=GROUPS, embeddings=REAL)
def supervised_contrastive(
    xp: Namespace, labels: Array, embeddings: Array, *, temperature: Any = 0.07, mask: Array | None = None
) -> Any:
    r"""The cross-entropy of finding the samples of the same label among all other samples, by the cosine.

    The mean over an anchor's positives, outside the logarithm (the paper's L_out). Unlike in ``nt_xent`` the other
    positives are in the denominator. An anchor without a positive has loss 0.

    Formula: \ell_i = -\frac{1}{|P_i|} \sum_{p \in P_i} \log \frac{e^{s_{ip} / \tau}}{\sum_{a \ne i} e^{s_{ia} / \tau}},
        \quad s_{ij} = \cos(x_i, x_j)
    Derivative: \partial \ell_i / \partial s_{ij} = \frac1\tau \left( w_{ij} - \frac{[j \in P_i]}{|P_i|} \right), \quad
        w \text{ each exponential's share of its sum}
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0
    Also known as: SupCon loss
    Reference: Khosla et al., Supervised Contrastive Learning, 2020
    """
    positive, negative = pairs_of(xp, labels, embeddings, mask)
    unit, pullback = direction(xp, embeddings, -1)
    score = xp.matmul(unit, xp.matrix_transpose(unit)) / temperature
    whole, share, _ = logsumexp_of(xp, score, positive | negative)
    weight = xp.astype(positive, score.dtype)
    weight = xp.safe_divide(weight, xp.sum(weight, axis=-1, keepdims=True))

    def derivative(upstream: Array) -> Array:
        found = xp.sum(weight, axis=-1, keepdims=True)  # 1, or 0 without a positive
        slope = xp.expand_dims(upstream, axis=-1) * (found * share - weight) / temperature
        return pullback(xp.matmul(slope + xp.matrix_transpose(slope), unit))

    return xp.sum(weight * (whole - score), axis=-1), derivative
