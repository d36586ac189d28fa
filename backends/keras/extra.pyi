"""One class per loss of the registry. Written by docs/keras_pages.py, not by hand."""

from typing import Any

from unilosses.loss import Loss

from .base import KerasLoss
from .generic import DefinedLoss

DROP_INS: dict[str, type[KerasLoss]]

def loss(definition: Loss) -> type[KerasLoss]: ...

__all__ = [
    "Asymmetric",
    "BarlowTwins",
    "Brier",
    "Ciou",
    "Contrastive",
    "CosineEmbedding",
    "CrammerSingerHinge",
    "Diou",
    "Dpo",
    "FocalTversky",
    "GammaDeviance",
    "GaussianNll",
    "GeneralizedDice",
    "Giou",
    "HingeEmbedding",
    "Ipo",
    "Jaccard",
    "JsDivergence",
    "LinearCrossEntropy",
    "Listnet",
    "LovaszHinge",
    "LovaszSoftmax",
    "MarginRanking",
    "MultiMargin",
    "MultilabelMargin",
    "MultilabelSoftMargin",
    "NegativeLogLikelihood",
    "NtXent",
    "Orpo",
    "PoissonNll",
    "PolyCrossEntropy",
    "PseudoHuber",
    "Quantile",
    "Ranknet",
    "Simpo",
    "SmoothL1",
    "SoftMargin",
    "Sparsemax",
    "SupervisedContrastive",
    "TripletMargin",
    "TweedieDeviance",
    "WestonWatkinsHinge",
    "ZLoss",
]

class Asymmetric(DefinedLoss):
    r"""A focal loss of many labels, most of them absent: positives and negatives have a gamma each.

    The Keras class of ``unilosses.asymmetric``.

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: logits or probabilities, as from_logits says

    Formula: \ell = -y (1 - p)^{\gamma_+} \log p - (1 - y)\, q^{\gamma_-} \log(1 - q), \quad q = \max(p - c, 0), \quad p = \sigma(\hat y) \text{ for logits}
    """

    def __init__(
        self,
        *,
        from_logits: bool,
        gamma_positive: Any = 0.0,
        gamma_negative: Any = 4.0,
        clip: Any = 0.05,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class BarlowTwins(DefinedLoss):
    r"""Makes the features of two views of a batch the same, and those of one view independent of each other.

    The Keras class of ``unilosses.barlow_twins``.

    ``y_pred`` holds (x1, x2): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([x1, x2], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        x1: any real number
        x2: any real number

    Formula: \ell = \sum_i (1 - C_{ii})^2 + \lambda \sum_{i \ne j} C_{ij}^2, \quad C = U_1^\top U_2, \quad (U_k)_{\cdot i} = c_i / |c_i|, \; c_i = (x_k)_{\cdot i} - \overline{(x_k)_{\cdot i}}
    """

    def __init__(
        self,
        *,
        off_diagonal: Any = 0.005,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Brier(DefinedLoss):
    r"""The squared distance of predicted probabilities from what happened: a proper score between 0 and 2.

    The Keras class of ``unilosses.brier``.

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: a number in [0, 1]

    Formula: \ell = \sum_c (\hat y_c - y_c)^2
    """

    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ciou(DefinedLoss):
    r"""The loss of ``diou``, plus a term for the aspect ratio that grows as the boxes overlap.

    The Keras class of ``unilosses.ciou``.

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    Formula: \ell = \operatorname{diou} + \frac{v^2}{1 - \text{IoU} + v + \epsilon}, \quad v = \frac{4}{\pi^2} \left( \arctan \frac wh - \arctan \frac{\hat w}{\hat h} \right)^2
    """

    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Contrastive(DefinedLoss):
    r"""Pulls matching pairs (y = 1) together and pushes the others (y = 0) apart up to ``margin``.

    The Keras class of ``unilosses.contrastive``.

    Inputs:
        y_true: 0, 1, or a probability in between
        distance: a distance, at least 0

    Formula: \ell = y d^2 + (1 - y) \max(0, m - d)^2
    """

    def __init__(
        self,
        *,
        margin: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class CosineEmbedding(DefinedLoss):
    r"""Turns similar pairs (y = 1) the same way and dissimilar ones (y = -1) until their cosine is ``margin``.

    The Keras class of ``unilosses.cosine_embedding``.

    ``y_pred`` holds (x1, x2): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([x1, x2], axis=1)``.

    Inputs:
        y_true: -1 or 1
        x1: any real number
        x2: any real number

    Formula: \ell = 1 - \cos(x_1, x_2) \text{ where } y = 1, \quad \max(0, \cos(x_1, x_2) - m) \text{ where } y = -1
    """

    def __init__(
        self,
        *,
        margin: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class CrammerSingerHinge(DefinedLoss):
    r"""The score of the true class has to beat the largest wrong score by ``margin``.

    The Keras class of ``unilosses.crammer_singer_hinge``.

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    Formula: \ell = \max(0, m + \max_{j \ne y} \hat y_j - \hat y_y)
    """

    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Diou(DefinedLoss):
    r"""One minus the overlap of two boxes, plus the squared distance of their centres, relative to the enclosing box.

    The Keras class of ``unilosses.diou``.

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{d^2}{c^2 + \epsilon}, \quad d \text{ the distance of the centres and } c \text{ the diagonal of the enclosing box}
    """

    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Dpo(DefinedLoss):
    r"""The logistic loss of how much more the model prefers the chosen answer than the reference model does.

    The Keras class of ``unilosses.dpo``.

    ``y_pred`` holds (chosen, rejected, reference_chosen, reference_rejected): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([chosen, rejected, reference_chosen, reference_rejected], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0
        reference_chosen: the logarithm of a probability, at most 0
        reference_rejected: the logarithm of a probability, at most 0

    Formula: \ell = -(1 - s) \log \sigma(\beta m) - s \log \sigma(-\beta m), \quad m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    """

    def __init__(
        self,
        *,
        beta: Any = 0.1,
        label_smoothing: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class FocalTversky(DefinedLoss):
    r"""The Tversky loss to the power ``gamma``: below 1 it keeps pushing where the overlap is nearly perfect.

    The Keras class of ``unilosses.focal_tversky``.

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    Formula: \ell = t^\gamma, \quad t = \operatorname{tversky}(y, \hat y)
    """

    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        gamma: Any = 0.75,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GammaDeviance(DefinedLoss):
    r"""The deviance of a gamma distribution of mean ``y_pred``: relative errors of positive numbers.

    The Keras class of ``unilosses.gamma_deviance``.

    Inputs:
        y_true: a number greater than 0
        y_pred: a number greater than 0

    Formula: \ell = 2 \left( \log \frac{\hat y}{y} + \frac{y}{\hat y} - 1 \right)
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GaussianNll(DefinedLoss):
    r"""The likelihood of the target under a normal distribution of mean ``y_pred`` and ``variance``.

    The Keras class of ``unilosses.gaussian_nll``.

    ``y_pred`` holds (y_pred, variance): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([y_pred, variance], axis=1)``.

    Inputs:
        y_true: any real number
        y_pred: any real number
        variance: a number that is at least 0

    Formula: \ell = \tfrac12 \left( \log v + \frac{e^2}{v} \right) \; [+\, \tfrac12 \log 2 \pi], \quad e = \hat y - y, \; v = \max(\text{variance}, \epsilon)
    """

    def __init__(
        self,
        *,
        full: bool = False,
        epsilon: Any = 1e-06,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class GeneralizedDice(DefinedLoss):
    r"""The Dice loss of several classes at once, each weighed by the inverse square of its true size.

    The Keras class of ``unilosses.generalized_dice``.

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    Formula: \ell = 1 - \frac{2 \sum_c w_c \sum y_c \hat y_c + s}{\sum_c w_c \sum (y_c + \hat y_c) + s}, \quad w_c = \left( \min_{k:\, v_k > 0} v_k / v_c \right)^2, \; v_c = \sum y_c, \quad w_c = 1 \text{ where } v_c = 0
    """

    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        smooth: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Giou(DefinedLoss):
    r"""One minus the overlap of two boxes, plus the share of their smallest enclosing box that neither covers.

    The Keras class of ``unilosses.giou``.

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{C - U}{C + \epsilon}, \quad I, U, C \text{ the areas of intersection, union and enclosing box}
    """

    def __init__(
        self,
        *,
        epsilon: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class HingeEmbedding(DefinedLoss):
    r"""Pulls similar pairs (y = 1) together and pushes dissimilar ones (y = -1) apart up to ``margin``.

    The Keras class of ``unilosses.hinge_embedding``.

    Inputs:
        y_true: -1 or 1
        y_pred: any real number

    Formula: \ell = \hat y \text{ where } y = 1, \quad \max(0, m - \hat y) \text{ where } y = -1
    """

    def __init__(
        self,
        *,
        margin: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ipo(DefinedLoss):
    r"""The squared distance of the preference, relative to the reference model's, from the margin 1 / (2 tau).

    The Keras class of ``unilosses.ipo``.

    ``y_pred`` holds (chosen, rejected, reference_chosen, reference_rejected): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([chosen, rejected, reference_chosen, reference_rejected], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0
        reference_chosen: the logarithm of a probability, at most 0
        reference_rejected: the logarithm of a probability, at most 0

    Formula: \ell = \left( m - \frac{1}{2 \tau} \right)^2, \quad m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    """

    def __init__(
        self,
        *,
        tau: Any = 0.1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Jaccard(DefinedLoss):
    r"""One minus the intersection of two regions over their union.

    The Keras class of ``unilosses.jaccard``.

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    Formula: \ell = 1 - \frac{\sum y \hat y + s}{\sum y + \sum \hat y - \sum y \hat y + s}
    """

    def __init__(
        self,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class JsDivergence(DefinedLoss):
    r"""The mean of the divergences of two distributions from their mixture, in nats: symmetric, at most log 2.

    The Keras class of ``unilosses.js_divergence``.

    Inputs:
        y_true: one-hot rows or class probabilities in [0, 1]
        y_pred: a number in [0, 1]

    Formula: \ell = \tfrac12 \sum_c \left( y_c \log \frac{y_c}{m_c} + p_c \log \frac{p_c}{m_c} \right), \quad m = \tfrac12 (y + p), \quad p = \hat y
    """

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LinearCrossEntropy(DefinedLoss):
    r"""The cross-entropy of a linear layer's logits, computed together with the layer.

    The Keras class of ``unilosses.linear_cross_entropy``.

    ``y_pred`` holds (hidden, weight, bias): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([hidden, weight, bias], axis=1)``. bias may be left out.

    Inputs:
        y_true: class indices, or one-hot rows
        hidden: any real number
        weight: any real number, shared by all samples
        bias: any real number, shared by all samples

    Formula: \ell = -w_y \log p_y + \zeta \left( \log \sum_c e^{z_c} \right)^2, \quad p = \operatorname{softmax}(z), \quad z = W h + b
    """

    def __init__(
        self,
        *,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        z_loss: Any = 0.0,
        softcap: Any = None,
        chunk_bytes: int = 33554432,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Listnet(DefinedLoss):
    r"""The cross-entropy between the softmax of a list's relevance and the softmax of its scores.

    The Keras class of ``unilosses.listnet``.

    Inputs:
        y_true: unnormalised scores, any real number
        y_pred: unnormalised scores, any real number

    Formula: \ell = -\sum_i q_i \log p_i, \quad q = \operatorname{softmax}(y), \; p = \operatorname{softmax}(\hat y)
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LovaszHinge(DefinedLoss):
    r"""The hinge errors of all pixels, each weighted by what its mistake adds to the Jaccard loss.

    The Keras class of ``unilosses.lovasz_hinge``.

    Inputs:
        y_true: 0 or 1
        y_pred: unnormalised scores, any real number

    Formula: \ell = \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})), \quad e = \max(0, 1 - (2 y - 1) \hat y) \text{ in falling order } \pi, \quad J(S) = |S| / |S \cup \{y = 1\}|
    """

    def __init__(
        self,
        *,
        axis: Any = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class LovaszSoftmax(DefinedLoss):
    r"""The errors of all pixels, each weighted by what its mistake adds to the Jaccard loss of its class.

    The Keras class of ``unilosses.lovasz_softmax``.

    Inputs:
        y_true: 0 or 1
        y_pred: a number in [0, 1]

    Formula: \ell = \frac{1}{|C|} \sum_{c \in C} \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})), \quad e = |\hat y_c - y_c| \text{ in falling order } \pi, \quad J(S) = |S| / |S \cup \{y_c = 1\}|
    """

    def __init__(
        self,
        *,
        axis: Any = None,
        class_axis: int = -1,
        only_present: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MarginRanking(DefinedLoss):
    r"""The first score has to be the larger by ``margin`` where y = 1, the second where y = -1.

    The Keras class of ``unilosses.margin_ranking``.

    ``y_pred`` holds (x1, x2): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([x1, x2], axis=1)``.

    Inputs:
        y_true: -1 or 1
        x1: any real number
        x2: any real number

    Formula: \ell = \max(0, m - y (x_1 - x_2))
    """

    def __init__(
        self,
        *,
        margin: Any = 0.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultiMargin(DefinedLoss):
    r"""Every wrong score has to stay ``margin`` below the score of the true class.

    The Keras class of ``unilosses.multi_margin``.

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    Formula: \ell = \frac{w_y}{C} \sum_{j \ne y} \max(0, m - \hat y_y + \hat y_j)^p
    """

    def __init__(
        self,
        *,
        p: Any = 1,
        margin: Any = 1.0,
        class_weight: Any = None,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultilabelMargin(DefinedLoss):
    r"""The score of every class that applies has to beat the score of every class that does not by 1.

    The Keras class of ``unilosses.multilabel_margin``.

    Inputs:
        y_true: 0 or 1
        y_pred: any real number

    Formula: \ell = \frac1C \sum_{j: y_j = 1} \sum_{i: y_i = 0} \max(0, 1 - \hat y_j + \hat y_i)
    """

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultilabelSoftMargin(DefinedLoss):
    r"""The mean over classes of the binary cross-entropy from logits.

    The Keras class of ``unilosses.multilabel_soft_margin``.

    Inputs:
        y_true: 0 or 1
        y_pred: unnormalised scores, any real number

    Formula: \ell = \frac1C \sum_c \left( y_c \log(1 + e^{-\hat y_c}) + (1 - y_c) \log(1 + e^{\hat y_c}) \right)
    """

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class NegativeLogLikelihood(DefinedLoss):
    r"""The cost of a class index under given log-probabilities, which are neither normalised nor clamped.

    The Keras class of ``unilosses.negative_log_likelihood``.

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: the logarithm of a probability, at most 0

    Formula: \ell = -w_y\, \hat y_y
    """

    def __init__(
        self,
        *,
        axis: int = -1,
        class_weight: Any = None,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class NtXent(DefinedLoss):
    r"""The cross-entropy of finding a sample of the same label among all samples of other labels, by the cosine.

    The Keras class of ``unilosses.nt_xent``.

    ``y_true`` holds (labels).

    Inputs:
        labels: an integer that samples of one group share
        embeddings: any real number

    Formula: \ell_i = \frac{1}{|P_i|} \sum_{p \in P_i} \log \left( 1 + \sum_{n \in N_i} e^{(s_{in} - s_{ip}) / \tau} \right), \quad s_{ij} = \cos(x_i, x_j)
    """

    def __init__(
        self,
        *,
        temperature: Any = 0.07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Orpo(DefinedLoss):
    r"""The negative log-likelihood of the chosen answer, and the logistic loss of the ratio of the answers' odds.

    The Keras class of ``unilosses.orpo``.

    ``y_pred`` holds (chosen, rejected): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([chosen, rejected], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0

    Formula: \ell = -c - \beta \log \sigma(o(c) - o(r)), \quad o(x) = x - \log(1 - e^x)
    """

    def __init__(
        self,
        *,
        beta: Any = 0.1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PoissonNll(DefinedLoss):
    r"""The likelihood of a count under a Poisson distribution of log-rate ``y_pred``.

    The Keras class of ``unilosses.poisson_nll``.

    Inputs:
        y_true: a number that is at least 0
        y_pred: log-rates, or rates with log_input=False

    Formula: \ell = e^{\hat y} - y \hat y \quad (\text{or } \hat y - y \log(\hat y + \epsilon)) \quad [+\, y \log y - y + \tfrac12 \log(2 \pi y)]
    """

    def __init__(
        self,
        *,
        log_input: bool = True,
        full: bool = False,
        epsilon: Any = 1e-08,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PolyCrossEntropy(DefinedLoss):
    r"""The cross-entropy with another weight on the first term of its expansion in powers of 1 - p.

    The Keras class of ``unilosses.poly_cross_entropy``.

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: unnormalised scores, any real number

    Formula: \ell = \sum_c y_c (-\log p_c + \epsilon (1 - p_c)), \quad p = \operatorname{softmax}(\hat y)
    """

    def __init__(
        self,
        *,
        epsilon: Any = 2.0,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PseudoHuber(DefinedLoss):
    r"""A Huber loss without corners: half the squared error near zero, linear with slope ``delta`` far away.

    The Keras class of ``unilosses.pseudo_huber``.

    Inputs:
        y_true: any real number
        y_pred: any real number

    Formula: \ell = \delta^2 \left( \sqrt{1 + (e / \delta)^2} - 1 \right), \quad e = \hat y - y
    """

    def __init__(
        self,
        *,
        delta: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Quantile(DefinedLoss):
    r"""The loss whose minimum is the ``q``-quantile of the target: errors below it cost ``q``, above it ``1 - q``.

    The Keras class of ``unilosses.quantile``.

    Inputs:
        y_true: any real number
        y_pred: any real number

    Formula: \ell = \max(q (y - \hat y), (q - 1) (y - \hat y))
    """

    def __init__(
        self,
        *,
        q: Any = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Ranknet(DefinedLoss):
    r"""The logistic loss of every pair of items in a list, of which the more relevant one should score higher.

    The Keras class of ``unilosses.ranknet``.

    Inputs:
        y_true: any real number
        y_pred: unnormalised scores, any real number

    Formula: \ell = \sum_{i, j:\, y_i > y_j} \log(1 + e^{\hat y_j - \hat y_i})
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Simpo(DefinedLoss):
    r"""The logistic loss of the preference of the chosen answer by a margin, without a reference model.

    The Keras class of ``unilosses.simpo``.

    ``y_pred`` holds (chosen, rejected): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([chosen, rejected], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0

    Formula: \ell = -\log \sigma(\beta (c - r) - \gamma)
    """

    def __init__(
        self,
        *,
        beta: Any = 2.0,
        gamma: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SmoothL1(DefinedLoss):
    r"""The absolute error, rounded off within ``beta`` of zero: ``huber(delta=beta) / beta``.

    The Keras class of ``unilosses.smooth_l1``.

    Inputs:
        y_true: any real number
        y_pred: any real number

    Formula: \ell = \tfrac{1}{2\beta} e^2 \text{ where } |e| \le \beta, \quad |e| - \tfrac12 \beta \text{ elsewhere}, \quad e = \hat y - y
    """

    def __init__(
        self,
        *,
        beta: Any = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SoftMargin(DefinedLoss):
    r"""The logistic loss of signs: binary cross-entropy from logits, with -1 and 1 for 0 and 1.

    The Keras class of ``unilosses.soft_margin``.

    Inputs:
        y_true: -1 or 1
        y_pred: unnormalised scores, any real number

    Formula: \ell = \log(1 + \exp(-y \hat y))
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Sparsemax(DefinedLoss):
    r"""The loss of sparsemax, the projection of scores on the simplex: exactly 0 beyond a margin of 1.

    The Keras class of ``unilosses.sparsemax``.

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: unnormalised scores, any real number

    Formula: \ell = \tfrac12 \sum_{c: p_c > 0} (\hat y_c^2 - \tau^2) + \tfrac12 \|y\|^2 - y \cdot \hat y, \quad p_c = \max(\hat y_c - \tau, 0), \quad \sum_c p_c = 1
    """

    def __init__(
        self,
        *,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SupervisedContrastive(DefinedLoss):
    r"""The cross-entropy of finding the samples of the same label among all other samples, by the cosine.

    The Keras class of ``unilosses.supervised_contrastive``.

    ``y_true`` holds (labels).

    Inputs:
        labels: an integer that samples of one group share
        embeddings: any real number

    Formula: \ell_i = -\frac{1}{|P_i|} \sum_{p \in P_i} \log \frac{e^{s_{ip} / \tau}}{\sum_{a \ne i} e^{s_{ia} / \tau}}, \quad s_{ij} = \cos(x_i, x_j)
    """

    def __init__(
        self,
        *,
        temperature: Any = 0.07,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class TripletMargin(DefinedLoss):
    r"""The anchor has to be closer to the positive than to the negative by ``margin``.

    The Keras class of ``unilosses.triplet_margin``.

    ``y_pred`` holds (anchor, positive, negative): a tuple, or, as a model's output in ``compile`` and ``fit``, one tensor with them on axis 1, ``keras.ops.stack([anchor, positive, negative], axis=1)``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        anchor: any real number
        positive: any real number
        negative: any real number

    Formula: \ell = \max(0, d(a, p) - d(a, n) + m), \quad d(x, y) = \| x - y + \epsilon \|_p
    """

    def __init__(
        self,
        *,
        margin: Any = 1.0,
        p: Any = 2,
        swap: bool = False,
        epsilon: Any = 1e-06,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class TweedieDeviance(DefinedLoss):
    r"""The deviance of a Tweedie distribution of mean ``y_pred`` whose variance grows with the mean's ``power``.

    The Keras class of ``unilosses.tweedie_deviance``.

    Inputs:
        y_true: numbers greater than 0 where power >= 2, at least 0 where 1 <= power < 2, else any
        y_pred: numbers greater than 0, any where power is 0

    Formula: \ell = 2 \left( \frac{\max(y, 0)^{2-p}}{(1-p)(2-p)} - \frac{y\, \hat y^{1-p}}{1-p} + \frac{\hat y^{2-p}}{2-p} \right), \quad 2 (y \log(y / \hat y) - y + \hat y) \text{ for } p = 1, \quad 2 (\log(\hat y / y) + y / \hat y - 1) \text{ for } p = 2
    """

    def __init__(
        self,
        *,
        power: Any = 1.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class WestonWatkinsHinge(DefinedLoss):
    r"""The score of the true class has to beat every wrong score by ``margin``; the shortfalls are summed.

    The Keras class of ``unilosses.weston_watkins_hinge``.

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    Formula: \ell = \sum_{j \ne y} \max(0, m + \hat y_j - \hat y_y)
    """

    def __init__(
        self,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class ZLoss(DefinedLoss):
    r"""The square of the log-partition of logits: keeps them from drifting when it is added to a cross-entropy.

    The Keras class of ``unilosses.z_loss``.

    ``y_true`` is ignored: pass anything with one entry per sample.

    Inputs:
        y_pred: unnormalised scores, any real number

    Formula: \ell = \left( \log \sum_c e^{\hat y_c} \right)^2
    """

    def __init__(
        self,
        *,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...
