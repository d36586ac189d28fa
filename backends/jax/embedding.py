"""Embeddings: points that belong together, and points that do not."""

from __future__ import annotations

import jax.numpy as jnp

import unilosses as ul

from .common import Array, ArrayLike, floating, is_array, widened, xp
from .differences import drop_in


@drop_in
def ntxent(embeddings: ArrayLike, labels: ArrayLike, temperature: ArrayLike = 0.07) -> Array:
    """``log(1 + Σ_n exp((s_an - s_ap) / temperature))``, averaged over the positive pairs (a, p).

    ``s`` are cosines; n runs over the samples with another label than the anchor a.

    Shapes: embeddings ``[batch, features]``, labels ``[batch]``. Returns a scalar. Reference: Chen et al., A Simple
    Framework for Contrastive Learning of Visual Representations, 2020.
    """
    embeddings, labels = floating("ntxent", embeddings=embeddings), jnp.asarray(labels)
    if labels.shape[0] != embeddings.shape[0]:
        raise ValueError(
            f"ntxent: labels has shape {labels.shape} and embeddings has shape {embeddings.shape}; wanted one label "
            "for each embedding."
        )
    same = labels[:, None] == labels[None, :]
    groups = jnp.argmax(same, axis=1)  # labels of any dtype, as the position of the first of their kind
    dtype, (points, *_) = widened(embeddings, *([temperature] if is_array(temperature) else []))
    positives = jnp.sum(same, axis=1).astype(points.dtype) - 1
    value = ul.nt_xent(groups, points, temperature=temperature, sample_weight=positives, reduction="weighted_mean")
    return value.astype(dtype)


@drop_in
def triplet_margin_loss(
    anchors: ArrayLike,
    positives: ArrayLike,
    negatives: ArrayLike,
    axis: int = -1,
    norm_degree: ArrayLike = 2,
    margin: ArrayLike = 1.0,
    eps: ArrayLike = 1e-6,
) -> Array:
    """``max(0, d(anchors, positives) - d(anchors, negatives) + margin)``, ``d(x, y) = (Σ |x - y|^p + eps)^(1/p)``.

    ``p`` is ``norm_degree``. With ``eps=0``, a distance of 0 has gradient 0.

    Shapes: ``[..., features]``, broadcast to each other. Returns ``[...]``. Reference: Balntas et al., Learning Local
    Feature Descriptors with Triplets and Shallow Convolutional Neural Networks, BMVC, 2016.
    """
    arrays = floating("triplet_margin_loss", anchors=anchors, positives=positives, negatives=negatives)
    given = [x for x in (norm_degree, margin, eps) if is_array(x)]
    dtype, (anchor, positive, negative, *_) = widened(*arrays, *given)

    def distance(difference: Array) -> Array:
        total = jnp.sum(xp.safe_power(xp.abs(difference), norm_degree), axis=axis) + eps
        return xp.safe_power(total, 1 / norm_degree)

    missing = distance(anchor - positive) - distance(anchor - negative) + margin
    return jnp.maximum(missing, 0).astype(dtype)


__all__ = ["ntxent", "triplet_margin_loss"]
