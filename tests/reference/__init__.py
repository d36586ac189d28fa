"""The oracle of the tests: every loss again, as scalar mathematics in 50 digits, written from papers and documentation.

It shares nothing with the library. ``REFERENCE[name]`` takes the arguments of the loss of that name (nested lists, or
arrays with ``tolist``) and returns the unreduced values as nested lists of mpmath numbers; weights, masks and
reductions are not its business. Each docstring opens with the convention chosen where the
literature leaves a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import (
    boxes,
    cross_entropy,
    divergence,
    embedding,
    listwise,
    margin,
    preference,
    regression,
    segmentation,
    sequence,
)
from .arrays import flatten, mp
from .differentiation import differentiate

REFERENCE: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        cross_entropy.binary_cross_entropy,
        cross_entropy.categorical_cross_entropy,
        cross_entropy.sparse_categorical_cross_entropy,
        cross_entropy.negative_log_likelihood,
        cross_entropy.binary_focal_cross_entropy,
        cross_entropy.categorical_focal_cross_entropy,
        cross_entropy.generalized_cross_entropy,
        cross_entropy.poly_cross_entropy,
        cross_entropy.sparsemax,
        cross_entropy.linear_cross_entropy,
        cross_entropy.brier,
        cross_entropy.asymmetric,
        cross_entropy.z_loss,
        margin.hinge,
        margin.squared_hinge,
        margin.soft_margin,
        margin.categorical_hinge,
        margin.multi_margin,
        margin.multilabel_margin,
        margin.multilabel_soft_margin,
        margin.hinge_embedding,
        margin.margin_ranking,
        margin.contrastive,
        margin.crammer_singer_hinge,
        margin.weston_watkins_hinge,
        regression.mean_squared_error,
        regression.mean_absolute_error,
        regression.log_cosh,
        regression.mean_squared_logarithmic_error,
        regression.mean_absolute_percentage_error,
        regression.huber,
        regression.smooth_l1,
        regression.quantile,
        regression.poisson,
        regression.poisson_nll,
        regression.gaussian_nll,
        regression.pseudo_huber,
        regression.gamma_deviance,
        regression.tweedie_deviance,
        divergence.kl_divergence,
        divergence.js_divergence,
        embedding.cosine_similarity,
        embedding.cosine_embedding,
        embedding.triplet_margin,
        embedding.circle,
        embedding.nt_xent,
        embedding.supervised_contrastive,
        embedding.barlow_twins,
        segmentation.dice,
        segmentation.jaccard,
        segmentation.tversky,
        segmentation.focal_tversky,
        segmentation.lovasz_hinge,
        segmentation.generalized_dice,
        segmentation.lovasz_softmax,
        sequence.ctc,
        boxes.giou,
        boxes.diou,
        boxes.ciou,
        preference.dpo,
        preference.ipo,
        preference.simpo,
        preference.orpo,
        listwise.ranknet,
        listwise.listnet,
    )
}


def gradient(name: str, inputs: Mapping[str, Any], wrt: str, **params: Any) -> Any:
    """The derivative of the summed values of a loss with respect to one input, away from kinks: see ``differentiate``.

    ``gradient("huber", {"y_true": [0.0], "y_pred": [3.0]}, "y_pred", delta=1.0)`` is ``[1]``.
    """
    return differentiate(REFERENCE[name], inputs, wrt, **params)


__all__ = ["REFERENCE", "differentiate", "flatten", "gradient", "mp"]
