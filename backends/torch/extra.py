"""The losses that torch.nn has no class for, each as ``<CamelCase>Loss``; ``extra.pyi`` lists them for editors.

A new loss of the library appears here by itself; ``python docs/torch_pages.py`` writes the stub anew.
"""

from __future__ import annotations

import unilosses as ul

from .module import Module, class_name, module

#: Losses that go by torch.nn's own names, with the classes that they are behind.
NATIVE = {
    "binary_cross_entropy": ("BCELoss", "BCEWithLogitsLoss"),
    "cosine_embedding": ("CosineEmbeddingLoss",),
    "ctc": ("CTCLoss",),
    "gaussian_nll": ("GaussianNLLLoss",),
    "hinge_embedding": ("HingeEmbeddingLoss",),
    "huber": ("HuberLoss",),
    "kl_divergence": ("KLDivLoss",),
    "linear_cross_entropy": ("LinearCrossEntropyLoss",),
    "margin_ranking": ("MarginRankingLoss", "TripletMarginWithDistanceLoss"),
    "mean_absolute_error": ("L1Loss",),
    "mean_squared_error": ("MSELoss",),
    "multi_margin": ("MultiMarginLoss",),
    "multilabel_margin": ("MultiLabelMarginLoss",),
    "multilabel_soft_margin": ("MultiLabelSoftMarginLoss",),
    "negative_log_likelihood": ("NLLLoss",),
    "poisson_nll": ("PoissonNLLLoss",),
    "smooth_l1": ("SmoothL1Loss",),
    "soft_margin": ("SoftMarginLoss",),
    "triplet_margin": ("TripletMarginLoss",),
}


def _own() -> dict[str, type[Module]]:
    losses = [ul.get(name) for name in ul.list_losses() if name not in NATIVE]
    return {class_name(x.name): module(x) for x in losses if x.__module__.startswith("unilosses.losses.")}


__all__ = sorted(_own())
globals().update(_own())
for _class in _own().values():
    _class.__module__ = __name__
