"""What ``unilosses`` offers, for editors and type checkers. Written by docs/stub.py, not by hand."""
# mypy: disable-error-code="override"

from typing import Any, Literal

from . import importance as importance
from . import information as information
from . import losses as losses
from . import testing as testing
from ._version import __version__ as __version__
from .boosting import objective as objective
from .composition import Combination as Combination
from .composition import from_json as from_json
from .equivalence import Equivalence as Equivalence
from .equivalence import compare as compare
from .equivalence import convert as convert
from .equivalence import equivalents as equivalents
from .equivalence import recommend as recommend
from .equivalence import verify as verify
from .explanation import explain as explain
from .gradient import grad as grad
from .gradient import sum_and_normalizer as sum_and_normalizer
from .gradient import value_and_grad as value_and_grad
from .loss import Loss as Loss
from .loss import get as get
from .loss import list_losses as list_losses
from .loss import loss as loss

#: An array of NumPy, PyTorch, TensorFlow, JAX or another array API library.
Array = Any
Reduction = Literal["none", "sum", "mean", "weighted_mean", "batchmean"]

class _Asymmetric(Loss):
    r"""A focal loss of many labels, most of them absent: positives and negatives have a gamma each.

    Negatives of a probability up to ``clip`` c have no loss. Defaults are the paper's. The derivative is that of the
    whole value; the authors' code takes the powers for constants on request.

    Formula: \ell = -y (1 - p)^{\gamma_+} \log p - (1 - y)\, q^{\gamma_-} \log(1 - q), \quad q = \max(p - c, 0),
        \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial p = y (1 - p)^{\gamma_+} \left( \gamma_+ \frac{\log p}{1 - p} - \frac1p \right)
        - (1 - y)\, q^{\gamma_-} \left( \gamma_- \frac{\log(1 - q)}{q} - \frac{1}{1 - q} \right) [p > c],
        \quad \text{times } p (1 - p) \text{ for logits}
    Kinks: 0 at p = clip, and where the logarithm of a probability is clamped
    Also known as: ASL
    Reference: Ridnik et al., Asymmetric Loss For Multi-Label Classification, ICCV, 2021

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        gamma_positive: Any = 0.0,
        gamma_negative: Any = 4.0,
        clip: Any = 0.05,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""A focal loss of many labels, most of them absent: positives and negatives have a gamma each.

        Negatives of a probability up to ``clip`` c have no loss. Defaults are the paper's. The derivative is that of the
        whole value; the authors' code takes the powers for constants on request.

        Formula: \ell = -y (1 - p)^{\gamma_+} \log p - (1 - y)\, q^{\gamma_-} \log(1 - q), \quad q = \max(p - c, 0),
            \quad p = \sigma(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial p = y (1 - p)^{\gamma_+} \left( \gamma_+ \frac{\log p}{1 - p} - \frac1p \right)
            - (1 - y)\, q^{\gamma_-} \left( \gamma_- \frac{\log(1 - q)}{q} - \frac{1}{1 - q} \right) [p > c],
            \quad \text{times } p (1 - p) \text{ for logits}
        Kinks: 0 at p = clip, and where the logarithm of a probability is clamped
        Also known as: ASL
        Reference: Ridnik et al., Asymmetric Loss For Multi-Label Classification, ICCV, 2021

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

asymmetric: _Asymmetric

class _BarlowTwins(Loss):
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

    Inputs:
        x1: any real number
        x2: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        x1: Array,
        x2: Array,
        *,
        off_diagonal: Any = 0.005,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
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

        Inputs:
            x1: any real number
            x2: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

barlow_twins: _BarlowTwins

class _BinaryCrossEntropy(Loss):
    r"""The cross-entropy of a yes-or-no outcome, or of several independent ones (multi-label classification).

    ``label_smoothing`` s moves targets towards one half, y (1 - s) + s / 2. ``pos_weight`` w multiplies the term of
    class 1: a number, or an array that broadcasts to the elements. Logarithms of probabilities are at least -100;
    ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead, as Keras does.

    Formula: \ell = -w\, y \log p - (1 - y) \log(1 - p), \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y = (1 - y)\, p - w\, y\, (1 - p) \text{ for logits},
        \quad (1 - y) / (1 - p) - w\, y / p \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: log loss, sigmoid cross-entropy, logistic loss
    Reference: Good, Rational Decisions, Journal of the Royal Statistical Society B, 1952

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        label_smoothing: Any = 0.0,
        pos_weight: Any = None,
        epsilon: Any = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy of a yes-or-no outcome, or of several independent ones (multi-label classification).

        ``label_smoothing`` s moves targets towards one half, y (1 - s) + s / 2. ``pos_weight`` w multiplies the term of
        class 1: a number, or an array that broadcasts to the elements. Logarithms of probabilities are at least -100;
        ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead, as Keras does.

        Formula: \ell = -w\, y \log p - (1 - y) \log(1 - p), \quad p = \sigma(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y = (1 - y)\, p - w\, y\, (1 - p) \text{ for logits},
            \quad (1 - y) / (1 - p) - w\, y / p \text{ for probabilities}
        Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
        Also known as: log loss, sigmoid cross-entropy, logistic loss
        Reference: Good, Rational Decisions, Journal of the Royal Statistical Society B, 1952

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

binary_cross_entropy: _BinaryCrossEntropy

class _BinaryFocalCrossEntropy(Loss):
    r"""The binary cross-entropy, weighed by the improbability of what happened to the power gamma.

    ``alpha`` a weighs class 1 and 1 - a class 0; None weighs neither. Soft targets mix weight and probability before
    the power is taken, as torchvision, Keras and optax do. ``label_smoothing`` and ``epsilon`` are those of
    ``binary_cross_entropy``.

    Formula: \ell = -w\, m^\gamma (y \log p + (1 - y) \log(1 - p)), \quad m = y (1 - p) + (1 - y)\, p,
        \quad w = a\, y + (1 - a) (1 - y), \quad p = \sigma(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y = w\, m^\gamma \left( p - y + \gamma (1 - 2 y)\, p (1 - p)\,
        \frac{b}{m} \right) \text{ for logits,} \quad \text{the same over } p (1 - p) \text{ for probabilities,}
        \quad b \text{ the cross-entropy}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: sigmoid focal loss
    Reference: Lin et al., Focal Loss for Dense Object Detection, 2017

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        gamma: Any = 2.0,
        alpha: Any = None,
        label_smoothing: Any = 0.0,
        epsilon: Any = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The binary cross-entropy, weighed by the improbability of what happened to the power gamma.

        ``alpha`` a weighs class 1 and 1 - a class 0; None weighs neither. Soft targets mix weight and probability before
        the power is taken, as torchvision, Keras and optax do. ``label_smoothing`` and ``epsilon`` are those of
        ``binary_cross_entropy``.

        Formula: \ell = -w\, m^\gamma (y \log p + (1 - y) \log(1 - p)), \quad m = y (1 - p) + (1 - y)\, p,
            \quad w = a\, y + (1 - a) (1 - y), \quad p = \sigma(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y = w\, m^\gamma \left( p - y + \gamma (1 - 2 y)\, p (1 - p)\,
            \frac{b}{m} \right) \text{ for logits,} \quad \text{the same over } p (1 - p) \text{ for probabilities,}
            \quad b \text{ the cross-entropy}
        Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
        Also known as: sigmoid focal loss
        Reference: Lin et al., Focal Loss for Dense Object Detection, 2017

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

binary_focal_cross_entropy: _BinaryFocalCrossEntropy

class _Brier(Loss):
    r"""The squared distance of predicted probabilities from what happened: a proper score between 0 and 2.

    Formula: \ell = \sum_c (\hat y_c - y_c)^2
    Derivative: \partial \ell / \partial \hat y_c = 2 (\hat y_c - y_c)
    Also known as: quadratic score; sklearn.metrics.brier_score_loss of two classes is half of it
    Reference: Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review, 1950

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The squared distance of predicted probabilities from what happened: a proper score between 0 and 2.

        Formula: \ell = \sum_c (\hat y_c - y_c)^2
        Derivative: \partial \ell / \partial \hat y_c = 2 (\hat y_c - y_c)
        Also known as: quadratic score; sklearn.metrics.brier_score_loss of two classes is half of it
        Reference: Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review, 1950

        Inputs:
            y_true: class indices, or one-hot rows
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

brier: _Brier

class _CategoricalCrossEntropy(Loss):
    r"""The cross-entropy of one of C classes, given as a one-hot row or as a distribution along ``axis``.

    ``label_smoothing`` s spreads a share of the target over all classes, y (1 - s) + s / C; ``class_weight`` w
    multiplies the term of each class. Probabilities are taken as they are, without renormalisation, their logarithms
    at least -100; ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead.

    Formula: \ell = -\sum_c w_c\, y_c \log p_c, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k w_k y_k - w_c y_c \text{ for logits},
        \quad -w_c\, y_c / p_c \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax cross-entropy, multinomial logistic loss
    Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)

    Inputs:
        y_true: one-hot rows or class probabilities in [0, 1]
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        epsilon: Any = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy of one of C classes, given as a one-hot row or as a distribution along ``axis``.

        ``label_smoothing`` s spreads a share of the target over all classes, y (1 - s) + s / C; ``class_weight`` w
        multiplies the term of each class. Probabilities are taken as they are, without renormalisation, their logarithms
        at least -100; ``epsilon`` clips probabilities (those of logits as well) to [epsilon, 1 - epsilon] instead.

        Formula: \ell = -\sum_c w_c\, y_c \log p_c, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k w_k y_k - w_c y_c \text{ for logits},
            \quad -w_c\, y_c / p_c \text{ for probabilities}
        Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
        Also known as: softmax cross-entropy, multinomial logistic loss
        Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
            Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)

        Inputs:
            y_true: one-hot rows or class probabilities in [0, 1]
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

categorical_cross_entropy: _CategoricalCrossEntropy

class _CategoricalFocalCrossEntropy(Loss):
    r"""The categorical cross-entropy, each class weighed by its improbability to the power gamma.

    ``alpha`` a is a number, or one weight per class; None weighs none. ``label_smoothing`` and ``epsilon`` are those
    of ``categorical_cross_entropy``.

    Formula: \ell = -\sum_c a_c\, y_c\, (1 - p_c)^\gamma \log p_c,
        \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c \text{ for logits},
        \quad -t_c / p_c \text{ for probabilities},
        \quad t_c = a_c\, y_c\, (1 - p_c)^{\gamma - 1} (1 - p_c - \gamma\, p_c \log p_c)
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax focal loss
    Reference: Lin et al., Focal Loss for Dense Object Detection, 2017

    Inputs:
        y_true: one-hot rows or class probabilities in [0, 1]
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        gamma: Any = 2.0,
        alpha: Any = None,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        epsilon: Any = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The categorical cross-entropy, each class weighed by its improbability to the power gamma.

        ``alpha`` a is a number, or one weight per class; None weighs none. ``label_smoothing`` and ``epsilon`` are those
        of ``categorical_cross_entropy``.

        Formula: \ell = -\sum_c a_c\, y_c\, (1 - p_c)^\gamma \log p_c,
            \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c \text{ for logits},
            \quad -t_c / p_c \text{ for probabilities},
            \quad t_c = a_c\, y_c\, (1 - p_c)^{\gamma - 1} (1 - p_c - \gamma\, p_c \log p_c)
        Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
        Also known as: softmax focal loss
        Reference: Lin et al., Focal Loss for Dense Object Detection, 2017

        Inputs:
            y_true: one-hot rows or class probabilities in [0, 1]
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

categorical_focal_cross_entropy: _CategoricalFocalCrossEntropy

class _CategoricalHinge(Loss):
    r"""The score of the true class has to beat the largest wrong score, and 0, by 1.

    The true class enters the maximum with 0, as in Keras. So this is not the Crammer-Singer hinge: the two differ
    where all wrong scores are negative.

    Formula: \ell = \max(0, 1 + \max_c (1 - y_c) \hat y_c - \sum_c y_c \hat y_c)
    Derivative: \partial \ell / \partial \hat y_c = (1 - y_c) s_c - y_c \text{ where } \ell > 0, \text{ else } 0,
        \text{ with } s_c = 1 \text{ at the class of the maximum}
    Kinks: 0 at the margin; classes that tie for the maximum share its derivative in equal parts
    Reference: Chollet et al., Keras, 2015 (keras.losses.CategoricalHinge)

    Inputs:
        y_true: one-hot rows or class probabilities in [0, 1]
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The score of the true class has to beat the largest wrong score, and 0, by 1.

        The true class enters the maximum with 0, as in Keras. So this is not the Crammer-Singer hinge: the two differ
        where all wrong scores are negative.

        Formula: \ell = \max(0, 1 + \max_c (1 - y_c) \hat y_c - \sum_c y_c \hat y_c)
        Derivative: \partial \ell / \partial \hat y_c = (1 - y_c) s_c - y_c \text{ where } \ell > 0, \text{ else } 0,
            \text{ with } s_c = 1 \text{ at the class of the maximum}
        Kinks: 0 at the margin; classes that tie for the maximum share its derivative in equal parts
        Reference: Chollet et al., Keras, 2015 (keras.losses.CategoricalHinge)

        Inputs:
            y_true: one-hot rows or class probabilities in [0, 1]
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

categorical_hinge: _CategoricalHinge

class _Ciou(Loss):
    r"""The loss of ``diou``, plus a term for the aspect ratio that grows as the boxes overlap.

    The derivative is that of the whole value; torchvision and the paper take the weight v / (1 - IoU + v) of the term
    for a constant.

    Formula: \ell = \operatorname{diou} + \frac{v^2}{1 - \text{IoU} + v + \epsilon}, \quad
        v = \frac{4}{\pi^2} \left( \arctan \frac wh - \arctan \frac{\hat w}{\hat h} \right)^2
    Derivative: \partial \ell = \partial \operatorname{diou} + \alpha (2 - \alpha)\, \partial v
        + \alpha^2\, \partial \text{IoU}, \quad \alpha = \frac{v}{1 - \text{IoU} + v + \epsilon}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area;
        the angle of a box without width and height is 0
    Also known as: complete IoU, torchvision.ops.complete_box_iou_loss
    Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        epsilon: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The loss of ``diou``, plus a term for the aspect ratio that grows as the boxes overlap.

        The derivative is that of the whole value; torchvision and the paper take the weight v / (1 - IoU + v) of the term
        for a constant.

        Formula: \ell = \operatorname{diou} + \frac{v^2}{1 - \text{IoU} + v + \epsilon}, \quad
            v = \frac{4}{\pi^2} \left( \arctan \frac wh - \arctan \frac{\hat w}{\hat h} \right)^2
        Derivative: \partial \ell = \partial \operatorname{diou} + \alpha (2 - \alpha)\, \partial v
            + \alpha^2\, \partial \text{IoU}, \quad \alpha = \frac{v}{1 - \text{IoU} + v + \epsilon}
        Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area;
            the angle of a box without width and height is 0
        Also known as: complete IoU, torchvision.ops.complete_box_iou_loss
        Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020

        Inputs:
            y_true: the corners (x1, y1, x2, y2) of a box along the last axis
            y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

ciou: _Ciou

class _Circle(Loss):
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

    Inputs:
        labels: an integer that samples of one group share
        embeddings: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        labels: Array,
        embeddings: Array,
        *,
        gamma: Any = 80.0,
        margin: Any = 0.4,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
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

        Inputs:
            labels: an integer that samples of one group share
            embeddings: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

circle: _Circle

class _Contrastive(Loss):
    r"""Pulls matching pairs (y = 1) together and pushes the others (y = 0) apart up to ``margin``.

    Formula: \ell = y d^2 + (1 - y) \max(0, m - d)^2
    Derivative: \partial \ell / \partial d = 2 y d - 2 (1 - y) \max(0, m - d)
    Reference: Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR, 2006

    Inputs:
        y_true: 0, 1, or a probability in between
        distance: a distance, at least 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        distance: Array,
        *,
        margin: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Pulls matching pairs (y = 1) together and pushes the others (y = 0) apart up to ``margin``.

        Formula: \ell = y d^2 + (1 - y) \max(0, m - d)^2
        Derivative: \partial \ell / \partial d = 2 y d - 2 (1 - y) \max(0, m - d)
        Reference: Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR, 2006

        Inputs:
            y_true: 0, 1, or a probability in between
            distance: a distance, at least 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

contrastive: _Contrastive

class _CosineEmbedding(Loss):
    r"""Turns similar pairs (y = 1) the same way and dissimilar ones (y = -1) until their cosine is ``margin``.

    Formula: \ell = 1 - \cos(x_1, x_2) \text{ where } y = 1, \quad \max(0, \cos(x_1, x_2) - m) \text{ where } y = -1
    Derivative: \partial \ell / \partial x_1 = s \frac{u_2 - \cos \cdot u_1}{|x_1|}, \quad u_k = x_k / |x_k|, \quad
        s = -1 \text{ where } y = 1, \; 1 \text{ where } y = -1 \text{ and } \cos > m, \; 0 \text{ elsewhere};
        \text{ likewise for } x_2
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0; 0 at cosine = margin of a dissimilar pair
    Reference: Bromley et al., Signature Verification using a Siamese Time Delay Neural Network, NeurIPS, 1993

    Inputs:
        y_true: -1 or 1
        x1: any real number
        x2: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        x1: Array,
        x2: Array,
        *,
        margin: Any = 0.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Turns similar pairs (y = 1) the same way and dissimilar ones (y = -1) until their cosine is ``margin``.

        Formula: \ell = 1 - \cos(x_1, x_2) \text{ where } y = 1, \quad \max(0, \cos(x_1, x_2) - m) \text{ where } y = -1
        Derivative: \partial \ell / \partial x_1 = s \frac{u_2 - \cos \cdot u_1}{|x_1|}, \quad u_k = x_k / |x_k|, \quad
            s = -1 \text{ where } y = 1, \; 1 \text{ where } y = -1 \text{ and } \cos > m, \; 0 \text{ elsewhere};
            \text{ likewise for } x_2
        Kinks: a zero vector has cosine 0 with every vector, and derivative 0; 0 at cosine = margin of a dissimilar pair
        Reference: Bromley et al., Signature Verification using a Siamese Time Delay Neural Network, NeurIPS, 1993

        Inputs:
            y_true: -1 or 1
            x1: any real number
            x2: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

cosine_embedding: _CosineEmbedding

class _CosineSimilarity(Loss):
    r"""One minus the cosine of the angle between two vectors: 0 for one direction, 2 for opposite ones.

    Formula: \ell = 1 - \frac{y \cdot \hat y}{|y| \, |\hat y|}
    Derivative: \partial \ell / \partial \hat y = \frac{\cos \cdot u - v}{|\hat y|}, \quad
        u = \hat y / |\hat y|, \quad v = y / |y|
    Kinks: a zero vector has cosine 0 with every vector, and derivative 0
    Also known as: cosine distance, cosine proximity
    Reference: Salton, Wong and Yang, A Vector Space Model for Automatic Indexing, Communications of the ACM, 1975

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""One minus the cosine of the angle between two vectors: 0 for one direction, 2 for opposite ones.

        Formula: \ell = 1 - \frac{y \cdot \hat y}{|y| \, |\hat y|}
        Derivative: \partial \ell / \partial \hat y = \frac{\cos \cdot u - v}{|\hat y|}, \quad
            u = \hat y / |\hat y|, \quad v = y / |y|
        Kinks: a zero vector has cosine 0 with every vector, and derivative 0
        Also known as: cosine distance, cosine proximity
        Reference: Salton, Wong and Yang, A Vector Space Model for Automatic Indexing, Communications of the ACM, 1975

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

cosine_similarity: _CosineSimilarity

class _CrammerSingerHinge(Loss):
    r"""The score of the true class has to beat the largest wrong score by ``margin``.

    Formula: \ell = \max(0, m + \max_{j \ne y} \hat y_j - \hat y_y)
    Derivative: \partial \ell / \partial \hat y_y = -1 \text{ and } \partial \ell / \partial \hat y_j = 1
        \text{ at the largest wrong score, where } \ell > 0, \text{ else } 0
    Kinks: 0 at the margin; wrong scores that tie for the largest share its derivative in equal parts
    Also known as: multiclass hinge, optax.multiclass_hinge_loss, sklearn.metrics.hinge_loss of several classes
    Reference: Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines,
        Journal of Machine Learning Research, 2001

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The score of the true class has to beat the largest wrong score by ``margin``.

        Formula: \ell = \max(0, m + \max_{j \ne y} \hat y_j - \hat y_y)
        Derivative: \partial \ell / \partial \hat y_y = -1 \text{ and } \partial \ell / \partial \hat y_j = 1
            \text{ at the largest wrong score, where } \ell > 0, \text{ else } 0
        Kinks: 0 at the margin; wrong scores that tie for the largest share its derivative in equal parts
        Also known as: multiclass hinge, optax.multiclass_hinge_loss, sklearn.metrics.hinge_loss of several classes
        Reference: Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines,
            Journal of Machine Learning Research, 2001

        Inputs:
            y_true: an integer from 0 to the number of classes - 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

crammer_singer_hinge: _CrammerSingerHinge

class _Ctc(Loss):
    r"""The cost of a label sequence, summed over all ways to place it in time, with blanks and repetitions between.

    ``y_pred`` holds logits (batch, time, classes), ``y_true`` class indices (batch, labels), of which the first
    ``label_length`` count; without it, those that are neither ``blank`` nor negative. The first ``logit_length`` times
    count. A sequence that cannot be placed (too few times, or only over classes of probability 0) costs infinity, or 0
    with ``zero_infinity``, and has derivative 0. Labels out of range give an error, or NaN where they cannot be read.

    Formula: \ell = -\log \sum_{\pi \in \mathcal B^{-1}(y)} \prod_t p_{t, \pi_t}, \quad
        p_t = \operatorname{softmax}(\hat y_t), \quad \mathcal B \text{ merges repetitions, then drops blanks}
    Derivative: \partial \ell / \partial \hat y_{t, c} = p_{t, c} - P(\pi_t = c \mid y)
    Also known as: connectionist temporal classification
    Reference: Graves et al., Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent
        Neural Networks, 2006

    Inputs:
        y_true: class indices, padded by the blank class or by negative numbers
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        label_length: Any = None,
        logit_length: Any = None,
        blank: int = 0,
        zero_infinity: bool = False,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cost of a label sequence, summed over all ways to place it in time, with blanks and repetitions between.

        ``y_pred`` holds logits (batch, time, classes), ``y_true`` class indices (batch, labels), of which the first
        ``label_length`` count; without it, those that are neither ``blank`` nor negative. The first ``logit_length`` times
        count. A sequence that cannot be placed (too few times, or only over classes of probability 0) costs infinity, or 0
        with ``zero_infinity``, and has derivative 0. Labels out of range give an error, or NaN where they cannot be read.

        Formula: \ell = -\log \sum_{\pi \in \mathcal B^{-1}(y)} \prod_t p_{t, \pi_t}, \quad
            p_t = \operatorname{softmax}(\hat y_t), \quad \mathcal B \text{ merges repetitions, then drops blanks}
        Derivative: \partial \ell / \partial \hat y_{t, c} = p_{t, c} - P(\pi_t = c \mid y)
        Also known as: connectionist temporal classification
        Reference: Graves et al., Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent
            Neural Networks, 2006

        Inputs:
            y_true: class indices, padded by the blank class or by negative numbers
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

ctc: _Ctc

class _Dice(Loss):
    r"""One minus twice the overlap of two regions over their sizes.

    ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{2 \sum y \hat y + s}{\sum y + \sum \hat y + s}
    Derivative: \partial \ell / \partial \hat y = \frac{1 - \ell - 2 y}{\sum y + \sum \hat y + s}
    Kinks: 0 for two empty regions with smooth = 0
    Also known as: F1 loss, Sorensen-Dice loss
    Reference: Milletari, Navab and Ahmadi, V-Net, 2016

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""One minus twice the overlap of two regions over their sizes.

        ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

        Formula: \ell = 1 - \frac{2 \sum y \hat y + s}{\sum y + \sum \hat y + s}
        Derivative: \partial \ell / \partial \hat y = \frac{1 - \ell - 2 y}{\sum y + \sum \hat y + s}
        Kinks: 0 for two empty regions with smooth = 0
        Also known as: F1 loss, Sorensen-Dice loss
        Reference: Milletari, Navab and Ahmadi, V-Net, 2016

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

dice: _Dice

class _Diou(Loss):
    r"""One minus the overlap of two boxes, plus the squared distance of their centres, relative to the enclosing box.

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{d^2}{c^2 + \epsilon},
        \quad d \text{ the distance of the centres and } c \text{ the diagonal of the enclosing box}
    Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
        + \frac{(c^2 + \epsilon)\, \partial d^2 - d^2\, \partial c^2}{(c^2 + \epsilon)^2}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
    Also known as: distance IoU, torchvision.ops.distance_box_iou_loss
    Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        epsilon: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""One minus the overlap of two boxes, plus the squared distance of their centres, relative to the enclosing box.

        Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{d^2}{c^2 + \epsilon},
            \quad d \text{ the distance of the centres and } c \text{ the diagonal of the enclosing box}
        Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
            + \frac{(c^2 + \epsilon)\, \partial d^2 - d^2\, \partial c^2}{(c^2 + \epsilon)^2}
        Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
        Also known as: distance IoU, torchvision.ops.distance_box_iou_loss
        Reference: Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, AAAI, 2020

        Inputs:
            y_true: the corners (x1, y1, x2, y2) of a box along the last axis
            y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

diou: _Diou

class _Dpo(Loss):
    r"""The logistic loss of how much more the model prefers the chosen answer than the reference model does.

    Log-probabilities are sums over tokens. ``label_smoothing`` s is the share of pairs whose labels are swapped.

    Formula: \ell = -(1 - s) \log \sigma(\beta m) - s \log \sigma(-\beta m), \quad
        m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = \beta (s - \sigma(-\beta m)),
        \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
    Also known as: direct preference optimization; conservative DPO with label_smoothing
    Reference: Rafailov et al., Direct Preference Optimization: Your Language Model is Secretly a Reward Model, 2023

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0
        reference_chosen: the logarithm of a probability, at most 0
        reference_rejected: the logarithm of a probability, at most 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        chosen: Array,
        rejected: Array,
        reference_chosen: Array,
        reference_rejected: Array,
        *,
        beta: Any = 0.1,
        label_smoothing: Any = 0.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The logistic loss of how much more the model prefers the chosen answer than the reference model does.

        Log-probabilities are sums over tokens. ``label_smoothing`` s is the share of pairs whose labels are swapped.

        Formula: \ell = -(1 - s) \log \sigma(\beta m) - s \log \sigma(-\beta m), \quad
            m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
        Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = \beta (s - \sigma(-\beta m)),
            \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
        Also known as: direct preference optimization; conservative DPO with label_smoothing
        Reference: Rafailov et al., Direct Preference Optimization: Your Language Model is Secretly a Reward Model, 2023

        Inputs:
            chosen: the logarithm of a probability, at most 0
            rejected: the logarithm of a probability, at most 0
            reference_chosen: the logarithm of a probability, at most 0
            reference_rejected: the logarithm of a probability, at most 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

dpo: _Dpo

class _FocalTversky(Loss):
    r"""The Tversky loss to the power ``gamma``: below 1 it keeps pushing where the overlap is nearly perfect.

    Formula: \ell = t^\gamma, \quad t = \operatorname{tversky}(y, \hat y)
    Derivative: \partial \ell / \partial \hat y = \gamma t^{\gamma - 1} \, \partial t / \partial \hat y
    Kinks: 0 at perfect overlap, t = 0, for a fractional gamma
    Reference: Abraham and Khan, A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion
        Segmentation, 2018 (their exponent is the reciprocal)

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        gamma: Any = 0.75,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The Tversky loss to the power ``gamma``: below 1 it keeps pushing where the overlap is nearly perfect.

        Formula: \ell = t^\gamma, \quad t = \operatorname{tversky}(y, \hat y)
        Derivative: \partial \ell / \partial \hat y = \gamma t^{\gamma - 1} \, \partial t / \partial \hat y
        Kinks: 0 at perfect overlap, t = 0, for a fractional gamma
        Reference: Abraham and Khan, A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion
            Segmentation, 2018 (their exponent is the reciprocal)

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

focal_tversky: _FocalTversky

class _GammaDeviance(Loss):
    r"""The deviance of a gamma distribution of mean ``y_pred``: relative errors of positive numbers.

    Formula: \ell = 2 \left( \log \frac{\hat y}{y} + \frac{y}{\hat y} - 1 \right)
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y) / \hat y^2
    Also known as: sklearn.metrics.mean_gamma_deviance, Tweedie deviance of power 2, QLIKE (half of it)
    Reference: McCullagh and Nelder, Generalized Linear Models, 1989

    Inputs:
        y_true: a number greater than 0
        y_pred: a number greater than 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The deviance of a gamma distribution of mean ``y_pred``: relative errors of positive numbers.

        Formula: \ell = 2 \left( \log \frac{\hat y}{y} + \frac{y}{\hat y} - 1 \right)
        Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y) / \hat y^2
        Also known as: sklearn.metrics.mean_gamma_deviance, Tweedie deviance of power 2, QLIKE (half of it)
        Reference: McCullagh and Nelder, Generalized Linear Models, 1989

        Inputs:
            y_true: a number greater than 0
            y_pred: a number greater than 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

gamma_deviance: _GammaDeviance

class _GaussianNll(Loss):
    r"""The likelihood of the target under a normal distribution of mean ``y_pred`` and ``variance``.

    A variance below ``epsilon`` counts as ``epsilon``, but keeps its gradient, so that a collapsed variance can grow
    again (as in PyTorch). ``full`` adds the constant.

    Formula: \ell = \tfrac12 \left( \log v + \frac{e^2}{v} \right) \; [+\, \tfrac12 \log 2 \pi], \quad
        e = \hat y - y, \; v = \max(\text{variance}, \epsilon)
    Derivative: \partial \ell / \partial \hat y = e / v, \quad
        \partial \ell / \partial \text{variance} = \tfrac12 (1 - e^2 / v) / v
    Kinks: below epsilon the derivative for the variance is that at epsilon
    Reference: Nix and Weigend, Estimating the Mean and Variance of the Target Probability Distribution, 1994

    Inputs:
        y_true: any real number
        y_pred: any real number
        variance: a number that is at least 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        variance: Array,
        *,
        full: bool = False,
        epsilon: Any = 1e-06,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The likelihood of the target under a normal distribution of mean ``y_pred`` and ``variance``.

        A variance below ``epsilon`` counts as ``epsilon``, but keeps its gradient, so that a collapsed variance can grow
        again (as in PyTorch). ``full`` adds the constant.

        Formula: \ell = \tfrac12 \left( \log v + \frac{e^2}{v} \right) \; [+\, \tfrac12 \log 2 \pi], \quad
            e = \hat y - y, \; v = \max(\text{variance}, \epsilon)
        Derivative: \partial \ell / \partial \hat y = e / v, \quad
            \partial \ell / \partial \text{variance} = \tfrac12 (1 - e^2 / v) / v
        Kinks: below epsilon the derivative for the variance is that at epsilon
        Reference: Nix and Weigend, Estimating the Mean and Variance of the Target Probability Distribution, 1994

        Inputs:
            y_true: any real number
            y_pred: any real number
            variance: a number that is at least 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

gaussian_nll: _GaussianNll

class _GeneralizedCrossEntropy(Loss):
    r"""Between cross-entropy (q to 0) and mean absolute error (q = 1): at most 1 / q, so it tolerates wrong labels.

    Formula: \ell = \sum_c y_c (1 - p_c^q) / q, \quad p = \hat y
    Derivative: \partial \ell / \partial \hat y_c = -y_c\, p_c^{q - 1}
    Kinks: 0 at p = 0, where the slope is infinite for q < 1
    Reference: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels,
        2018

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        q: Any = 0.5,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Between cross-entropy (q to 0) and mean absolute error (q = 1): at most 1 / q, so it tolerates wrong labels.

        Formula: \ell = \sum_c y_c (1 - p_c^q) / q, \quad p = \hat y
        Derivative: \partial \ell / \partial \hat y_c = -y_c\, p_c^{q - 1}
        Kinks: 0 at p = 0, where the slope is infinite for q < 1
        Reference: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels,
            2018

        Inputs:
            y_true: class indices, or one-hot rows
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

generalized_cross_entropy: _GeneralizedCrossEntropy

class _GeneralizedDice(Loss):
    r"""The Dice loss of several classes at once, each weighed by the inverse square of its true size.

    ``class_axis`` is the axis of the classes, ``axis`` names the axes of a region; None: all but the batch. Weights are
    relative to that of the smallest class that is there, so that ``smooth`` counts pixels of it. A class without any
    true pixel weighs as much as the smallest: predicted pixels of it are errors. Without any true pixel at all every
    class weighs 1, and the loss is 0 where nothing is predicted either.

    Formula: \ell = 1 - \frac{2 \sum_c w_c \sum y_c \hat y_c + s}{\sum_c w_c \sum (y_c + \hat y_c) + s}, \quad
        w_c = \left( \min_{k:\, v_k > 0} v_k / v_c \right)^2, \; v_c = \sum y_c, \quad w_c = 1 \text{ where } v_c = 0
    Derivative: \partial \ell / \partial \hat y_c = w_c
        \frac{1 - \ell - 2 y_c}{\sum_k w_k \sum (y_k + \hat y_k) + s}
    Kinks: 0 for empty regions with smooth = 0; the weight of a class jumps where its last true pixel vanishes
    Also known as: GDL; monai.losses.GeneralizedDiceLoss without a background class of its own
    Reference: Sudre, Li, Vercauteren, Ourselin and Cardoso, Generalised Dice overlap as a deep learning loss function
        for highly unbalanced segmentations, 2017

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        class_axis: int = -1,
        smooth: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The Dice loss of several classes at once, each weighed by the inverse square of its true size.

        ``class_axis`` is the axis of the classes, ``axis`` names the axes of a region; None: all but the batch. Weights are
        relative to that of the smallest class that is there, so that ``smooth`` counts pixels of it. A class without any
        true pixel weighs as much as the smallest: predicted pixels of it are errors. Without any true pixel at all every
        class weighs 1, and the loss is 0 where nothing is predicted either.

        Formula: \ell = 1 - \frac{2 \sum_c w_c \sum y_c \hat y_c + s}{\sum_c w_c \sum (y_c + \hat y_c) + s}, \quad
            w_c = \left( \min_{k:\, v_k > 0} v_k / v_c \right)^2, \; v_c = \sum y_c, \quad w_c = 1 \text{ where } v_c = 0
        Derivative: \partial \ell / \partial \hat y_c = w_c
            \frac{1 - \ell - 2 y_c}{\sum_k w_k \sum (y_k + \hat y_k) + s}
        Kinks: 0 for empty regions with smooth = 0; the weight of a class jumps where its last true pixel vanishes
        Also known as: GDL; monai.losses.GeneralizedDiceLoss without a background class of its own
        Reference: Sudre, Li, Vercauteren, Ourselin and Cardoso, Generalised Dice overlap as a deep learning loss function
            for highly unbalanced segmentations, 2017

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

generalized_dice: _GeneralizedDice

class _Giou(Loss):
    r"""One minus the overlap of two boxes, plus the share of their smallest enclosing box that neither covers.

    Boxes that do not touch still attract each other; the loss is between 0 and 2.

    Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{C - U}{C + \epsilon},
        \quad I, U, C \text{ the areas of intersection, union and enclosing box}
    Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
        + \frac{(U + \epsilon)\, \partial C}{(C + \epsilon)^2} - \frac{\partial U}{C + \epsilon}, \text{ along the
        edges of the predicted box}
    Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
    Also known as: generalized IoU, torchvision.ops.generalized_box_iou_loss
    Reference: Rezatofighi et al., Generalized Intersection over Union, CVPR, 2019

    Inputs:
        y_true: the corners (x1, y1, x2, y2) of a box along the last axis
        y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        epsilon: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""One minus the overlap of two boxes, plus the share of their smallest enclosing box that neither covers.

        Boxes that do not touch still attract each other; the loss is between 0 and 2.

        Formula: \ell = 1 - \frac{I}{U + \epsilon} + \frac{C - U}{C + \epsilon},
            \quad I, U, C \text{ the areas of intersection, union and enclosing box}
        Derivative: \partial \ell = -\frac{(U + \epsilon)\, \partial I - I\, \partial U}{(U + \epsilon)^2}
            + \frac{(U + \epsilon)\, \partial C}{(C + \epsilon)^2} - \frac{\partial U}{C + \epsilon}, \text{ along the
            edges of the predicted box}
        Kinks: edges that coincide share the derivative of their maximum or minimum in equal parts; 0 for an empty area
        Also known as: generalized IoU, torchvision.ops.generalized_box_iou_loss
        Reference: Rezatofighi et al., Generalized Intersection over Union, CVPR, 2019

        Inputs:
            y_true: the corners (x1, y1, x2, y2) of a box along the last axis
            y_pred: the corners (x1, y1, x2, y2) of a box along the last axis

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

giou: _Giou

class _Hinge(Loss):
    r"""Linear until the score has the right sign and is at least 1 in size: the loss of support vector machines.

    Formula: \ell = \max(0, 1 - y \hat y)
    Derivative: \partial \ell / \partial \hat y = -y \text{ where } y \hat y < 1, \text{ else } 0
    Kinks: 0 at the margin, y * y_pred = 1
    Reference: Cortes and Vapnik, Support-Vector Networks, Machine Learning, 1995

    Inputs:
        y_true: -1 or 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Linear until the score has the right sign and is at least 1 in size: the loss of support vector machines.

        Formula: \ell = \max(0, 1 - y \hat y)
        Derivative: \partial \ell / \partial \hat y = -y \text{ where } y \hat y < 1, \text{ else } 0
        Kinks: 0 at the margin, y * y_pred = 1
        Reference: Cortes and Vapnik, Support-Vector Networks, Machine Learning, 1995

        Inputs:
            y_true: -1 or 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

hinge: _Hinge

class _HingeEmbedding(Loss):
    r"""Pulls similar pairs (y = 1) together and pushes dissimilar ones (y = -1) apart up to ``margin``.

    ``y_pred`` is the distance of a pair; any real number is taken.

    Formula: \ell = \hat y \text{ where } y = 1, \quad \max(0, m - \hat y) \text{ where } y = -1
    Derivative: \partial \ell / \partial \hat y = 1 \text{ where } y = 1, \quad
        -1 \text{ where } y = -1 \text{ and } \hat y < m, \quad 0 \text{ elsewhere}
    Kinks: 0 at y_pred = margin of a dissimilar pair
    Reference: Chopra, Hadsell and LeCun, Learning a Similarity Metric Discriminatively, 2005

    Inputs:
        y_true: -1 or 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        margin: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Pulls similar pairs (y = 1) together and pushes dissimilar ones (y = -1) apart up to ``margin``.

        ``y_pred`` is the distance of a pair; any real number is taken.

        Formula: \ell = \hat y \text{ where } y = 1, \quad \max(0, m - \hat y) \text{ where } y = -1
        Derivative: \partial \ell / \partial \hat y = 1 \text{ where } y = 1, \quad
            -1 \text{ where } y = -1 \text{ and } \hat y < m, \quad 0 \text{ elsewhere}
        Kinks: 0 at y_pred = margin of a dissimilar pair
        Reference: Chopra, Hadsell and LeCun, Learning a Similarity Metric Discriminatively, 2005

        Inputs:
            y_true: -1 or 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

hinge_embedding: _HingeEmbedding

class _Huber(Loss):
    r"""Quadratic near zero and linear beyond ``delta``.

    Formula: \ell = \tfrac12 e^2 \text{ where } |e| \le \delta, \quad \delta (|e| - \tfrac12 \delta) \text{ elsewhere},
        \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = \min(\max(e, -\delta), \delta)
    Reference: Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics, 1964

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        delta: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Quadratic near zero and linear beyond ``delta``.

        Formula: \ell = \tfrac12 e^2 \text{ where } |e| \le \delta, \quad \delta (|e| - \tfrac12 \delta) \text{ elsewhere},
            \quad e = \hat y - y
        Derivative: \partial \ell / \partial \hat y = \min(\max(e, -\delta), \delta)
        Reference: Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics, 1964

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

huber: _Huber

class _Ipo(Loss):
    r"""The squared distance of the preference, relative to the reference model's, from the margin 1 / (2 tau).

    Unlike in DPO the preference does not grow without bound. Log-probabilities are sums over tokens in the paper;
    TRL, where ``tau`` is called beta, takes averages.

    Formula: \ell = \left( m - \frac{1}{2 \tau} \right)^2, \quad m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
    Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = 2 m - 1 / \tau,
        \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
    Also known as: identity preference optimization
    Reference: Azar et al., A General Theoretical Paradigm to Understand Learning from Human Preferences, 2023

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0
        reference_chosen: the logarithm of a probability, at most 0
        reference_rejected: the logarithm of a probability, at most 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        chosen: Array,
        rejected: Array,
        reference_chosen: Array,
        reference_rejected: Array,
        *,
        tau: Any = 0.1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The squared distance of the preference, relative to the reference model's, from the margin 1 / (2 tau).

        Unlike in DPO the preference does not grow without bound. Log-probabilities are sums over tokens in the paper;
        TRL, where ``tau`` is called beta, takes averages.

        Formula: \ell = \left( m - \frac{1}{2 \tau} \right)^2, \quad m = (c - r) - (c_{\text{ref}} - r_{\text{ref}})
        Derivative: \partial \ell / \partial c = \partial \ell / \partial r_{\text{ref}} = 2 m - 1 / \tau,
            \quad \partial \ell / \partial r = \partial \ell / \partial c_{\text{ref}} = -\partial \ell / \partial c
        Also known as: identity preference optimization
        Reference: Azar et al., A General Theoretical Paradigm to Understand Learning from Human Preferences, 2023

        Inputs:
            chosen: the logarithm of a probability, at most 0
            rejected: the logarithm of a probability, at most 0
            reference_chosen: the logarithm of a probability, at most 0
            reference_rejected: the logarithm of a probability, at most 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

ipo: _Ipo

class _Jaccard(Loss):
    r"""One minus the intersection of two regions over their union.

    ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{\sum y \hat y + s}{\sum y + \sum \hat y - \sum y \hat y + s}
    Derivative: \partial \ell / \partial \hat y = \frac{(1 - \ell)(1 - y) - y}{\sum y + \sum \hat y - \sum y \hat y + s}
    Kinks: 0 for two empty regions with smooth = 0
    Also known as: intersection-over-union loss
    Reference: Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation, 2016

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""One minus the intersection of two regions over their union.

        ``axis`` names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

        Formula: \ell = 1 - \frac{\sum y \hat y + s}{\sum y + \sum \hat y - \sum y \hat y + s}
        Derivative: \partial \ell / \partial \hat y = \frac{(1 - \ell)(1 - y) - y}{\sum y + \sum \hat y - \sum y \hat y + s}
        Kinks: 0 for two empty regions with smooth = 0
        Also known as: intersection-over-union loss
        Reference: Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation, 2016

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

jaccard: _Jaccard

class _JsDivergence(Loss):
    r"""The mean of the divergences of two distributions from their mixture, in nats: symmetric, at most log 2.

    Formula: \ell = \tfrac12 \sum_c \left( y_c \log \frac{y_c}{m_c} + p_c \log \frac{p_c}{m_c} \right),
        \quad m = \tfrac12 (y + p), \quad p = \hat y
    Derivative: \partial \ell / \partial \hat y_c = \tfrac12 \log (p_c / m_c)
    Kinks: logarithms are at least -100: at a prediction of 0 beside a positive target, where the slope is infinite, it
        is (-100 - \log m - 1) / 2; where both are 0 it is 0
    Reference: Lin, Divergence Measures Based on the Shannon Entropy, IEEE Transactions on Information Theory, 1991

    Inputs:
        y_true: one-hot rows or class probabilities in [0, 1]
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The mean of the divergences of two distributions from their mixture, in nats: symmetric, at most log 2.

        Formula: \ell = \tfrac12 \sum_c \left( y_c \log \frac{y_c}{m_c} + p_c \log \frac{p_c}{m_c} \right),
            \quad m = \tfrac12 (y + p), \quad p = \hat y
        Derivative: \partial \ell / \partial \hat y_c = \tfrac12 \log (p_c / m_c)
        Kinks: logarithms are at least -100: at a prediction of 0 beside a positive target, where the slope is infinite, it
            is (-100 - \log m - 1) / 2; where both are 0 it is 0
        Reference: Lin, Divergence Measures Based on the Shannon Entropy, IEEE Transactions on Information Theory, 1991

        Inputs:
            y_true: one-hot rows or class probabilities in [0, 1]
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

js_divergence: _JsDivergence

class _KlDivergence(Loss):
    r"""What is lost, in nats, by coding events of the distribution ``y_true`` for the distribution ``y_pred``.

    ``from_logits=True`` takes logits as predictions, ``log_target=True`` log-probabilities as targets. Probabilities
    are taken as they are, without renormalisation, and the logarithm of a prediction is at least -100; 0 log 0 = 0.

    Formula: \ell = \sum_c y_c (\log y_c - \log p_c), \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k y_k - y_c \text{ for logits},
        \quad -y_c / p_c \text{ for probabilities}
    Kinks: 0 where the logarithm of a prediction is clamped; at a target of 0 the infinite slope of y log y in the
        target is taken as 0
    Also known as: relative entropy
    Reference: Kullback and Leibler, On Information and Sufficiency, Annals of Mathematical Statistics, 1951

    Inputs:
        y_true: class probabilities, or their logarithms with log_target=True
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool = False,
        log_target: bool = False,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""What is lost, in nats, by coding events of the distribution ``y_true`` for the distribution ``y_pred``.

        ``from_logits=True`` takes logits as predictions, ``log_target=True`` log-probabilities as targets. Probabilities
        are taken as they are, without renormalisation, and the logarithm of a prediction is at least -100; 0 log 0 = 0.

        Formula: \ell = \sum_c y_c (\log y_c - \log p_c), \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k y_k - y_c \text{ for logits},
            \quad -y_c / p_c \text{ for probabilities}
        Kinks: 0 where the logarithm of a prediction is clamped; at a target of 0 the infinite slope of y log y in the
            target is taken as 0
        Also known as: relative entropy
        Reference: Kullback and Leibler, On Information and Sufficiency, Annals of Mathematical Statistics, 1951

        Inputs:
            y_true: class probabilities, or their logarithms with log_target=True
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

kl_divergence: _KlDivergence

class _LinearCrossEntropy(Loss):
    r"""The cross-entropy of a linear layer's logits, computed together with the layer.

    ``hidden`` holds features on its last axis, ``weight`` is (classes, features), ``y_true`` class indices or
    distributions over the classes. Logits are made ``chunk_bytes`` at a time, and made again for the derivative, so
    that all of them never exist at once: those of some classes, or of some samples where there are more samples than
    classes or targets are distributions. ``softcap`` c bounds logits smoothly, c tanh(z / c). ``z_loss`` weighs the
    square of the log-partition, which keeps logits from drifting; it is neither smoothed nor weighted by class.

    Formula: \ell = -w_y \log p_y + \zeta \left( \log \sum_c e^{z_c} \right)^2, \quad p = \operatorname{softmax}(z),
        \quad z = W h + b
    Derivative: \partial \ell / \partial z_c = w_y (p_c - [c = y]) + 2 \zeta\, p_c \log \sum_k e^{z_k} = g_c, \quad
        \partial \ell / \partial h = W^\top g, \quad \partial \ell / \partial W = g h^\top, \quad
        \partial \ell / \partial b = g
    Also known as: fused linear cross-entropy
    Reference: Wijmans et al., Cut Your Losses in Large-Vocabulary Language Models, 2025;
        de Brebisson and Vincent, The Z-loss: a shift and scale invariant classification loss, 2016 (z-loss)

    Inputs:
        y_true: class indices, or one-hot rows
        hidden: any real number
        weight: any real number, shared by all samples
        bias: any real number, shared by all samples

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        hidden: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        z_loss: Any = 0.0,
        softcap: Any = None,
        chunk_bytes: int = 33554432,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy of a linear layer's logits, computed together with the layer.

        ``hidden`` holds features on its last axis, ``weight`` is (classes, features), ``y_true`` class indices or
        distributions over the classes. Logits are made ``chunk_bytes`` at a time, and made again for the derivative, so
        that all of them never exist at once: those of some classes, or of some samples where there are more samples than
        classes or targets are distributions. ``softcap`` c bounds logits smoothly, c tanh(z / c). ``z_loss`` weighs the
        square of the log-partition, which keeps logits from drifting; it is neither smoothed nor weighted by class.

        Formula: \ell = -w_y \log p_y + \zeta \left( \log \sum_c e^{z_c} \right)^2, \quad p = \operatorname{softmax}(z),
            \quad z = W h + b
        Derivative: \partial \ell / \partial z_c = w_y (p_c - [c = y]) + 2 \zeta\, p_c \log \sum_k e^{z_k} = g_c, \quad
            \partial \ell / \partial h = W^\top g, \quad \partial \ell / \partial W = g h^\top, \quad
            \partial \ell / \partial b = g
        Also known as: fused linear cross-entropy
        Reference: Wijmans et al., Cut Your Losses in Large-Vocabulary Language Models, 2025;
            de Brebisson and Vincent, The Z-loss: a shift and scale invariant classification loss, 2016 (z-loss)

        Inputs:
            y_true: class indices, or one-hot rows
            hidden: any real number
            weight: any real number, shared by all samples
            bias: any real number, shared by all samples

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

linear_cross_entropy: _LinearCrossEntropy

class _Listnet(Loss):
    r"""The cross-entropy between the softmax of a list's relevance and the softmax of its scores.

    These are the probabilities of each item to be the first of the list. Relevance is a number on the scale of logits,
    as in the paper; where it is a distribution already, take ``categorical_cross_entropy``.

    Formula: \ell = -\sum_i q_i \log p_i, \quad q = \operatorname{softmax}(y), \; p = \operatorname{softmax}(\hat y)
    Derivative: \partial \ell / \partial \hat y = p - q
    Also known as: ListNet top-one loss, softmax ranking loss
    Reference: Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, 2007

    Inputs:
        y_true: unnormalised scores, any real number
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy between the softmax of a list's relevance and the softmax of its scores.

        These are the probabilities of each item to be the first of the list. Relevance is a number on the scale of logits,
        as in the paper; where it is a distribution already, take ``categorical_cross_entropy``.

        Formula: \ell = -\sum_i q_i \log p_i, \quad q = \operatorname{softmax}(y), \; p = \operatorname{softmax}(\hat y)
        Derivative: \partial \ell / \partial \hat y = p - q
        Also known as: ListNet top-one loss, softmax ranking loss
        Reference: Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach, ICML, 2007

        Inputs:
            y_true: unnormalised scores, any real number
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

listnet: _Listnet

class _LogCosh(Loss):
    r"""The logarithm of the hyperbolic cosine of the error: half its square near 0, its size minus log 2 far away.

    Formula: \ell = \log \cosh(\hat y - y)
    Derivative: \partial \ell / \partial \hat y = \tanh(\hat y - y)
    Reference: Green, Bayesian Reconstructions from Emission Tomography Data Using a Modified EM Algorithm, IEEE
        Transactions on Medical Imaging, 1990

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The logarithm of the hyperbolic cosine of the error: half its square near 0, its size minus log 2 far away.

        Formula: \ell = \log \cosh(\hat y - y)
        Derivative: \partial \ell / \partial \hat y = \tanh(\hat y - y)
        Reference: Green, Bayesian Reconstructions from Emission Tomography Data Using a Modified EM Algorithm, IEEE
            Transactions on Medical Imaging, 1990

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

log_cosh: _LogCosh

class _LovaszHinge(Loss):
    r"""The hinge errors of all pixels, each weighted by what its mistake adds to the Jaccard loss.

    The convex extension of the Jaccard loss to real-valued errors, from logits. ``axis`` names the axes of a region;
    None: all but the batch. Without any true pixel the largest error alone counts.

    Formula: \ell = \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})), \quad
        e = \max(0, 1 - (2 y - 1) \hat y) \text{ in falling order } \pi, \quad
        J(S) = |S| / |S \cup \{y = 1\}|
    Derivative: \partial \ell / \partial \hat y_{\pi_k} = -(2 y - 1) \,
        (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})) \text{ where } e > 0, \text{ else } 0
    Kinks: 0 at the margin; equal errors take their places in the order of the pixels
    Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018

    Inputs:
        y_true: 0 or 1
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The hinge errors of all pixels, each weighted by what its mistake adds to the Jaccard loss.

        The convex extension of the Jaccard loss to real-valued errors, from logits. ``axis`` names the axes of a region;
        None: all but the batch. Without any true pixel the largest error alone counts.

        Formula: \ell = \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})), \quad
            e = \max(0, 1 - (2 y - 1) \hat y) \text{ in falling order } \pi, \quad
            J(S) = |S| / |S \cup \{y = 1\}|
        Derivative: \partial \ell / \partial \hat y_{\pi_k} = -(2 y - 1) \,
            (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\})) \text{ where } e > 0, \text{ else } 0
        Kinks: 0 at the margin; equal errors take their places in the order of the pixels
        Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018

        Inputs:
            y_true: 0 or 1
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

lovasz_hinge: _LovaszHinge

class _LovaszSoftmax(Loss):
    r"""The errors of all pixels, each weighted by what its mistake adds to the Jaccard loss of its class.

    The convex extension of the Jaccard loss of several classes, from probabilities (after softmax) and one-hot targets
    along ``class_axis``; the mean over the classes that have a true pixel, or over all with ``only_present=False``
    (of an absent class the largest error alone counts). ``axis`` names the axes of a region; None: all but the batch,
    each image by itself. All axes, ``axis=(0, 1, 2)``, make one region of the whole batch, as in the paper's training.

    Formula: \ell = \frac{1}{|C|} \sum_{c \in C} \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\})
        - J(\{\pi_1 \dots \pi_{k-1}\})), \quad e = |\hat y_c - y_c| \text{ in falling order } \pi, \quad
        J(S) = |S| / |S \cup \{y_c = 1\}|
    Derivative: \partial \ell / \partial \hat y_{c, \pi_k} = \frac{1}{|C|} \operatorname{sign}(\hat y_c - y_c) \,
        (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\}))
    Kinks: 0 where there is no error; equal errors take their places in the order of the pixels
    Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018

    Inputs:
        y_true: 0 or 1
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        class_axis: int = -1,
        only_present: bool = True,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The errors of all pixels, each weighted by what its mistake adds to the Jaccard loss of its class.

        The convex extension of the Jaccard loss of several classes, from probabilities (after softmax) and one-hot targets
        along ``class_axis``; the mean over the classes that have a true pixel, or over all with ``only_present=False``
        (of an absent class the largest error alone counts). ``axis`` names the axes of a region; None: all but the batch,
        each image by itself. All axes, ``axis=(0, 1, 2)``, make one region of the whole batch, as in the paper's training.

        Formula: \ell = \frac{1}{|C|} \sum_{c \in C} \sum_k e_{\pi_k} \, (J(\{\pi_1 \dots \pi_k\})
            - J(\{\pi_1 \dots \pi_{k-1}\})), \quad e = |\hat y_c - y_c| \text{ in falling order } \pi, \quad
            J(S) = |S| / |S \cup \{y_c = 1\}|
        Derivative: \partial \ell / \partial \hat y_{c, \pi_k} = \frac{1}{|C|} \operatorname{sign}(\hat y_c - y_c) \,
            (J(\{\pi_1 \dots \pi_k\}) - J(\{\pi_1 \dots \pi_{k-1}\}))
        Kinks: 0 where there is no error; equal errors take their places in the order of the pixels
        Reference: Berman, Rannen Triki and Blaschko, The Lovasz-Softmax loss, CVPR, 2018

        Inputs:
            y_true: 0 or 1
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

lovasz_softmax: _LovaszSoftmax

class _MarginRanking(Loss):
    r"""The first score has to be the larger by ``margin`` where y = 1, the second where y = -1.

    Formula: \ell = \max(0, m - y (x_1 - x_2))
    Derivative: \partial \ell / \partial x_1 = -y, \quad \partial \ell / \partial x_2 = y
        \text{ where } y (x_1 - x_2) < m, \text{ else } 0
    Kinks: 0 at the margin
    Reference: Herbrich, Graepel and Obermayer, Large Margin Rank Boundaries for Ordinal Regression, 2000

    Inputs:
        y_true: -1 or 1
        x1: any real number
        x2: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        x1: Array,
        x2: Array,
        *,
        margin: Any = 0.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The first score has to be the larger by ``margin`` where y = 1, the second where y = -1.

        Formula: \ell = \max(0, m - y (x_1 - x_2))
        Derivative: \partial \ell / \partial x_1 = -y, \quad \partial \ell / \partial x_2 = y
            \text{ where } y (x_1 - x_2) < m, \text{ else } 0
        Kinks: 0 at the margin
        Reference: Herbrich, Graepel and Obermayer, Large Margin Rank Boundaries for Ordinal Regression, 2000

        Inputs:
            y_true: -1 or 1
            x1: any real number
            x2: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

margin_ranking: _MarginRanking

class _MeanAbsoluteError(Loss):
    r"""The absolute error: less sensitive to outliers than the squared error.

    Formula: \ell = |\hat y - y|
    Derivative: \partial \ell / \partial \hat y = \operatorname{sign}(\hat y - y)
    Kinks: 0 where prediction and target are equal
    Also known as: L1 loss
    Reference: Bloomfield and Steiger, Least Absolute Deviations: Theory, Applications, and Algorithms, 1983

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The absolute error: less sensitive to outliers than the squared error.

        Formula: \ell = |\hat y - y|
        Derivative: \partial \ell / \partial \hat y = \operatorname{sign}(\hat y - y)
        Kinks: 0 where prediction and target are equal
        Also known as: L1 loss
        Reference: Bloomfield and Steiger, Least Absolute Deviations: Theory, Applications, and Algorithms, 1983

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

mean_absolute_error: _MeanAbsoluteError

class _MeanAbsolutePercentageError(Loss):
    r"""The size of the error in percent of the target, which counts as at least 1e-7.

    Formula: \ell = 100 \frac{|\hat y - y|}{\max(|y|, 10^{-7})}
    Derivative: \partial \ell / \partial \hat y = 100 \frac{\operatorname{sign}(\hat y - y)}{\max(|y|, 10^{-7})}
    Kinks: 0 where prediction and target are equal
    Also known as: MAPE
    Reference: Hyndman and Koehler, Another Look at Measures of Forecast Accuracy, International Journal of
        Forecasting, 2006

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The size of the error in percent of the target, which counts as at least 1e-7.

        Formula: \ell = 100 \frac{|\hat y - y|}{\max(|y|, 10^{-7})}
        Derivative: \partial \ell / \partial \hat y = 100 \frac{\operatorname{sign}(\hat y - y)}{\max(|y|, 10^{-7})}
        Kinks: 0 where prediction and target are equal
        Also known as: MAPE
        Reference: Hyndman and Koehler, Another Look at Measures of Forecast Accuracy, International Journal of
            Forecasting, 2006

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

mean_absolute_percentage_error: _MeanAbsolutePercentageError

class _MeanSquaredError(Loss):
    r"""The squared error.

    Formula: \ell = (\hat y - y)^2
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)
    Also known as: L2 loss, quadratic loss; optax.l2_loss is half of it
    Reference: Legendre, Nouvelles methodes pour la determination des orbites des cometes, 1805;
        Gauss, Theoria motus corporum coelestium, 1809

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The squared error.

        Formula: \ell = (\hat y - y)^2
        Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)
        Also known as: L2 loss, quadratic loss; optax.l2_loss is half of it
        Reference: Legendre, Nouvelles methodes pour la determination des orbites des cometes, 1805;
            Gauss, Theoria motus corporum coelestium, 1809

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

mean_squared_error: _MeanSquaredError

class _MeanSquaredLogarithmicError(Loss):
    r"""The squared difference of the logarithms of 1 + x: relative errors of numbers that are not negative.

    A negative number counts as 0, without a gradient.

    Formula: \ell = (\log(1 + \hat y) - \log(1 + y))^2
    Derivative: \partial \ell / \partial \hat y = 2 (\log(1 + \hat y) - \log(1 + y)) / (1 + \hat y)
    Kinks: at 0 the derivative is that from above
    Also known as: MSLE
    Reference: Tornqvist, Vartia and Vartia, How Should Relative Changes Be Measured?, The American Statistician, 1985

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The squared difference of the logarithms of 1 + x: relative errors of numbers that are not negative.

        A negative number counts as 0, without a gradient.

        Formula: \ell = (\log(1 + \hat y) - \log(1 + y))^2
        Derivative: \partial \ell / \partial \hat y = 2 (\log(1 + \hat y) - \log(1 + y)) / (1 + \hat y)
        Kinks: at 0 the derivative is that from above
        Also known as: MSLE
        Reference: Tornqvist, Vartia and Vartia, How Should Relative Changes Be Measured?, The American Statistician, 1985

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

mean_squared_logarithmic_error: _MeanSquaredLogarithmicError

class _MultiMargin(Loss):
    r"""Every wrong score has to stay ``margin`` below the score of the true class.

    The sum over wrong classes is divided by the number C of all classes. The weight is that of the true class.

    Formula: \ell = \frac{w_y}{C} \sum_{j \ne y} \max(0, m - \hat y_y + \hat y_j)^p
    Derivative: \partial \ell / \partial \hat y_j = \frac{w_y}{C} p \max(0, m - \hat y_y + \hat y_j)^{p-1}
        \text{ where the maximum is positive}; \quad
        \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
    Kinks: for p = 1, 0 at the margin
    Also known as: Weston-Watkins hinge (p = 1, times C)
    Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        p: Any = 1,
        margin: Any = 1.0,
        class_weight: Any = None,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""Every wrong score has to stay ``margin`` below the score of the true class.

        The sum over wrong classes is divided by the number C of all classes. The weight is that of the true class.

        Formula: \ell = \frac{w_y}{C} \sum_{j \ne y} \max(0, m - \hat y_y + \hat y_j)^p
        Derivative: \partial \ell / \partial \hat y_j = \frac{w_y}{C} p \max(0, m - \hat y_y + \hat y_j)^{p-1}
            \text{ where the maximum is positive}; \quad
            \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
        Kinks: for p = 1, 0 at the margin
        Also known as: Weston-Watkins hinge (p = 1, times C)
        Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999

        Inputs:
            y_true: an integer from 0 to the number of classes - 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

multi_margin: _MultiMargin

class _MultilabelMargin(Loss):
    r"""The score of every class that applies has to beat the score of every class that does not by 1.

    A sample whose classes all apply, or none, has loss 0. Memory grows with the square of the number C of classes.

    Formula: \ell = \frac1C \sum_{j: y_j = 1} \sum_{i: y_i = 0} \max(0, 1 - \hat y_j + \hat y_i)
    Derivative: \partial \ell / \partial \hat y_k = \tfrac1C n_k \text{ where } y_k = 0,
        \quad -\tfrac1C n_k \text{ where } y_k = 1, \quad n_k \text{ the number of positive terms of class } k
    Kinks: 0 at the margin of a pair
    Reference: Elisseeff and Weston, A Kernel Method for Multi-Labelled Classification, NeurIPS, 2001

    Inputs:
        y_true: 0 or 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The score of every class that applies has to beat the score of every class that does not by 1.

        A sample whose classes all apply, or none, has loss 0. Memory grows with the square of the number C of classes.

        Formula: \ell = \frac1C \sum_{j: y_j = 1} \sum_{i: y_i = 0} \max(0, 1 - \hat y_j + \hat y_i)
        Derivative: \partial \ell / \partial \hat y_k = \tfrac1C n_k \text{ where } y_k = 0,
            \quad -\tfrac1C n_k \text{ where } y_k = 1, \quad n_k \text{ the number of positive terms of class } k
        Kinks: 0 at the margin of a pair
        Reference: Elisseeff and Weston, A Kernel Method for Multi-Labelled Classification, NeurIPS, 2001

        Inputs:
            y_true: 0 or 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

multilabel_margin: _MultilabelMargin

class _MultilabelSoftMargin(Loss):
    r"""The mean over classes of the binary cross-entropy from logits.

    Formula: \ell = \frac1C \sum_c \left( y_c \log(1 + e^{-\hat y_c}) + (1 - y_c) \log(1 + e^{\hat y_c}) \right)
    Derivative: \partial \ell / \partial \hat y_c = (\sigma(\hat y_c) - y_c) / C
    Reference: Nam et al., Large-scale Multi-label Text Classification: Revisiting Neural Networks, ECML PKDD, 2014

    Inputs:
        y_true: 0 or 1
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The mean over classes of the binary cross-entropy from logits.

        Formula: \ell = \frac1C \sum_c \left( y_c \log(1 + e^{-\hat y_c}) + (1 - y_c) \log(1 + e^{\hat y_c}) \right)
        Derivative: \partial \ell / \partial \hat y_c = (\sigma(\hat y_c) - y_c) / C
        Reference: Nam et al., Large-scale Multi-label Text Classification: Revisiting Neural Networks, ECML PKDD, 2014

        Inputs:
            y_true: 0 or 1
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

multilabel_soft_margin: _MultilabelSoftMargin

class _NegativeLogLikelihood(Loss):
    r"""The cost of a class index under given log-probabilities, which are neither normalised nor clamped.

    Formula: \ell = -w_y\, \hat y_y
    Derivative: \partial \ell / \partial \hat y_c = -[c = y]\, w_y
    Also known as: NLL loss; with log_softmax in front of it, the sparse categorical cross-entropy from logits
    Reference: Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: the logarithm of a probability, at most 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: int = -1,
        class_weight: Any = None,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cost of a class index under given log-probabilities, which are neither normalised nor clamped.

        Formula: \ell = -w_y\, \hat y_y
        Derivative: \partial \ell / \partial \hat y_c = -[c = y]\, w_y
        Also known as: NLL loss; with log_softmax in front of it, the sparse categorical cross-entropy from logits
        Reference: Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922

        Inputs:
            y_true: an integer from 0 to the number of classes - 1
            y_pred: the logarithm of a probability, at most 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

negative_log_likelihood: _NegativeLogLikelihood

class _NtXent(Loss):
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

    Inputs:
        labels: an integer that samples of one group share
        embeddings: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        labels: Array,
        embeddings: Array,
        *,
        temperature: Any = 0.07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
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

        Inputs:
            labels: an integer that samples of one group share
            embeddings: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

nt_xent: _NtXent

class _Orpo(Loss):
    r"""The negative log-likelihood of the chosen answer, and the logistic loss of the ratio of the answers' odds.

    Log-probabilities are averages over tokens. ``beta`` is the paper's lambda.

    Formula: \ell = -c - \beta \log \sigma(o(c) - o(r)), \quad o(x) = x - \log(1 - e^x)
    Derivative: \partial \ell / \partial c = -1 - \beta \frac{\sigma(o(r) - o(c))}{1 - e^c}, \quad
        \partial \ell / \partial r = \beta \frac{\sigma(o(r) - o(c))}{1 - e^r}
    Kinks: the logarithm in o is clamped at -100, with slope 0, where a probability is 1
    Also known as: odds ratio preference optimization
    Reference: Hong, Lee and Thorne, ORPO: Monolithic Preference Optimization without Reference Model, 2024

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        chosen: Array,
        rejected: Array,
        *,
        beta: Any = 0.1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The negative log-likelihood of the chosen answer, and the logistic loss of the ratio of the answers' odds.

        Log-probabilities are averages over tokens. ``beta`` is the paper's lambda.

        Formula: \ell = -c - \beta \log \sigma(o(c) - o(r)), \quad o(x) = x - \log(1 - e^x)
        Derivative: \partial \ell / \partial c = -1 - \beta \frac{\sigma(o(r) - o(c))}{1 - e^c}, \quad
            \partial \ell / \partial r = \beta \frac{\sigma(o(r) - o(c))}{1 - e^r}
        Kinks: the logarithm in o is clamped at -100, with slope 0, where a probability is 1
        Also known as: odds ratio preference optimization
        Reference: Hong, Lee and Thorne, ORPO: Monolithic Preference Optimization without Reference Model, 2024

        Inputs:
            chosen: the logarithm of a probability, at most 0
            rejected: the logarithm of a probability, at most 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

orpo: _Orpo

class _Poisson(Loss):
    r"""The likelihood of a count under a Poisson distribution of rate ``y_pred``, up to a constant.

    0 log 0 = 0: a count of 0 under a rate of 0 has loss 0. A count under a rate of 0 has infinite loss.

    Formula: \ell = \hat y - y \log \hat y
    Derivative: \partial \ell / \partial \hat y = 1 - y / \hat y
    Kinks: at y = y_pred = 0 the derivative is 1, that for y = 0
    Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972

    Inputs:
        y_true: a number that is at least 0
        y_pred: a number greater than 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The likelihood of a count under a Poisson distribution of rate ``y_pred``, up to a constant.

        0 log 0 = 0: a count of 0 under a rate of 0 has loss 0. A count under a rate of 0 has infinite loss.

        Formula: \ell = \hat y - y \log \hat y
        Derivative: \partial \ell / \partial \hat y = 1 - y / \hat y
        Kinks: at y = y_pred = 0 the derivative is 1, that for y = 0
        Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972

        Inputs:
            y_true: a number that is at least 0
            y_pred: a number greater than 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

poisson: _Poisson

class _PoissonNll(Loss):
    r"""The likelihood of a count under a Poisson distribution of log-rate ``y_pred``.

    With ``log_input=False`` ``y_pred`` is the rate, and ``epsilon`` is added to it in the logarithm. ``full`` adds
    Stirling's approximation of log y! where y > 1, a constant of the prediction.

    Formula: \ell = e^{\hat y} - y \hat y \quad (\text{or } \hat y - y \log(\hat y + \epsilon)) \quad
        [+\, y \log y - y + \tfrac12 \log(2 \pi y)]
    Derivative: \partial \ell / \partial \hat y = e^{\hat y} - y \quad (\text{or } 1 - y / (\hat y + \epsilon))
    Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972

    Inputs:
        y_true: a number that is at least 0
        y_pred: log-rates, or rates with log_input=False

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        log_input: bool = True,
        full: bool = False,
        epsilon: Any = 1e-08,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The likelihood of a count under a Poisson distribution of log-rate ``y_pred``.

        With ``log_input=False`` ``y_pred`` is the rate, and ``epsilon`` is added to it in the logarithm. ``full`` adds
        Stirling's approximation of log y! where y > 1, a constant of the prediction.

        Formula: \ell = e^{\hat y} - y \hat y \quad (\text{or } \hat y - y \log(\hat y + \epsilon)) \quad
            [+\, y \log y - y + \tfrac12 \log(2 \pi y)]
        Derivative: \partial \ell / \partial \hat y = e^{\hat y} - y \quad (\text{or } 1 - y / (\hat y + \epsilon))
        Reference: Nelder and Wedderburn, Generalized Linear Models, Journal of the Royal Statistical Society A, 1972

        Inputs:
            y_true: a number that is at least 0
            y_pred: log-rates, or rates with log_input=False

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

poisson_nll: _PoissonNll

class _PolyCrossEntropy(Loss):
    r"""The cross-entropy with another weight on the first term of its expansion in powers of 1 - p.

    Formula: \ell = \sum_c y_c (-\log p_c + \epsilon (1 - p_c)), \quad p = \operatorname{softmax}(\hat y)
    Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c, \quad t_c = y_c (1 + \epsilon\, p_c)
    Also known as: Poly-1 cross-entropy
    Reference: Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, 2022

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        epsilon: Any = 2.0,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy with another weight on the first term of its expansion in powers of 1 - p.

        Formula: \ell = \sum_c y_c (-\log p_c + \epsilon (1 - p_c)), \quad p = \operatorname{softmax}(\hat y)
        Derivative: \partial \ell / \partial \hat y_c = p_c \sum_k t_k - t_c, \quad t_c = y_c (1 + \epsilon\, p_c)
        Also known as: Poly-1 cross-entropy
        Reference: Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, 2022

        Inputs:
            y_true: class indices, or one-hot rows
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

poly_cross_entropy: _PolyCrossEntropy

class _PseudoHuber(Loss):
    r"""A Huber loss without corners: half the squared error near zero, linear with slope ``delta`` far away.

    Formula: \ell = \delta^2 \left( \sqrt{1 + (e / \delta)^2} - 1 \right), \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = e / \sqrt{1 + (e / \delta)^2}
    Also known as: Charbonnier loss, sqrt(e^2 + delta^2), which is this one over delta, plus delta; smooth L1 of VAEs;
        scipy.special.pseudo_huber; xgboost's reg:pseudohubererror
    Reference: Charbonnier, Blanc-Feraud, Aubert and Barlaud, Two deterministic half-quadratic regularization
        algorithms for computed imaging, ICIP, 1994

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        delta: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""A Huber loss without corners: half the squared error near zero, linear with slope ``delta`` far away.

        Formula: \ell = \delta^2 \left( \sqrt{1 + (e / \delta)^2} - 1 \right), \quad e = \hat y - y
        Derivative: \partial \ell / \partial \hat y = e / \sqrt{1 + (e / \delta)^2}
        Also known as: Charbonnier loss, sqrt(e^2 + delta^2), which is this one over delta, plus delta; smooth L1 of VAEs;
            scipy.special.pseudo_huber; xgboost's reg:pseudohubererror
        Reference: Charbonnier, Blanc-Feraud, Aubert and Barlaud, Two deterministic half-quadratic regularization
            algorithms for computed imaging, ICIP, 1994

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

pseudo_huber: _PseudoHuber

class _Quantile(Loss):
    r"""The loss whose minimum is the ``q``-quantile of the target: errors below it cost ``q``, above it ``1 - q``.

    Formula: \ell = \max(q (y - \hat y), (q - 1) (y - \hat y))
    Derivative: \partial \ell / \partial \hat y = -q \text{ where } \hat y < y, \quad 1 - q \text{ where } \hat y > y
    Kinks: 0 where prediction and target are equal
    Also known as: pinball loss
    Reference: Koenker and Bassett, Regression Quantiles, Econometrica, 1978

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        q: Any = 0.5,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The loss whose minimum is the ``q``-quantile of the target: errors below it cost ``q``, above it ``1 - q``.

        Formula: \ell = \max(q (y - \hat y), (q - 1) (y - \hat y))
        Derivative: \partial \ell / \partial \hat y = -q \text{ where } \hat y < y, \quad 1 - q \text{ where } \hat y > y
        Kinks: 0 where prediction and target are equal
        Also known as: pinball loss
        Reference: Koenker and Bassett, Regression Quantiles, Econometrica, 1978

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

quantile: _Quantile

class _Ranknet(Loss):
    r"""The logistic loss of every pair of items in a list, of which the more relevant one should score higher.

    The sum over pairs of different relevance; a list without such a pair has loss 0. Only the order of ``y_true``
    matters. Memory grows with the square of the list's length.

    Formula: \ell = \sum_{i, j:\, y_i > y_j} \log(1 + e^{\hat y_j - \hat y_i})
    Derivative: \partial \ell / \partial \hat y_k = \sum_{i:\, y_i > y_k} \sigma(\hat y_k - \hat y_i)
        - \sum_{j:\, y_k > y_j} \sigma(\hat y_j - \hat y_k)
    Also known as: pairwise logistic loss, rax.pairwise_logistic_loss, xgboost's rank:pairwise
    Reference: Burges et al., Learning to Rank using Gradient Descent, ICML, 2005

    Inputs:
        y_true: any real number
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The logistic loss of every pair of items in a list, of which the more relevant one should score higher.

        The sum over pairs of different relevance; a list without such a pair has loss 0. Only the order of ``y_true``
        matters. Memory grows with the square of the list's length.

        Formula: \ell = \sum_{i, j:\, y_i > y_j} \log(1 + e^{\hat y_j - \hat y_i})
        Derivative: \partial \ell / \partial \hat y_k = \sum_{i:\, y_i > y_k} \sigma(\hat y_k - \hat y_i)
            - \sum_{j:\, y_k > y_j} \sigma(\hat y_j - \hat y_k)
        Also known as: pairwise logistic loss, rax.pairwise_logistic_loss, xgboost's rank:pairwise
        Reference: Burges et al., Learning to Rank using Gradient Descent, ICML, 2005

        Inputs:
            y_true: any real number
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

ranknet: _Ranknet

class _Simpo(Loss):
    r"""The logistic loss of the preference of the chosen answer by a margin, without a reference model.

    Log-probabilities are averages over tokens. ``gamma`` is the margin after multiplication by ``beta``.

    Formula: \ell = -\log \sigma(\beta (c - r) - \gamma)
    Derivative: \partial \ell / \partial c = -\beta\, \sigma(\gamma - \beta (c - r)), \quad
        \partial \ell / \partial r = -\partial \ell / \partial c
    Also known as: simple preference optimization; TRL's simpo_gamma is gamma
    Reference: Meng, Xia and Chen, SimPO: Simple Preference Optimization with a Reference-Free Reward, 2024

    Inputs:
        chosen: the logarithm of a probability, at most 0
        rejected: the logarithm of a probability, at most 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        chosen: Array,
        rejected: Array,
        *,
        beta: Any = 2.0,
        gamma: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The logistic loss of the preference of the chosen answer by a margin, without a reference model.

        Log-probabilities are averages over tokens. ``gamma`` is the margin after multiplication by ``beta``.

        Formula: \ell = -\log \sigma(\beta (c - r) - \gamma)
        Derivative: \partial \ell / \partial c = -\beta\, \sigma(\gamma - \beta (c - r)), \quad
            \partial \ell / \partial r = -\partial \ell / \partial c
        Also known as: simple preference optimization; TRL's simpo_gamma is gamma
        Reference: Meng, Xia and Chen, SimPO: Simple Preference Optimization with a Reference-Free Reward, 2024

        Inputs:
            chosen: the logarithm of a probability, at most 0
            rejected: the logarithm of a probability, at most 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

simpo: _Simpo

class _SmoothL1(Loss):
    r"""The absolute error, rounded off within ``beta`` of zero: ``huber(delta=beta) / beta``.

    Formula: \ell = \tfrac{1}{2\beta} e^2 \text{ where } |e| \le \beta, \quad |e| - \tfrac12 \beta \text{ elsewhere},
        \quad e = \hat y - y
    Derivative: \partial \ell / \partial \hat y = \min(\max(e / \beta, -1), 1)
    Kinks: with beta = 0 this is the absolute error, with derivative 0 at e = 0
    Reference: Girshick, Fast R-CNN, 2015

    Inputs:
        y_true: any real number
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        beta: Any = 1.0,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The absolute error, rounded off within ``beta`` of zero: ``huber(delta=beta) / beta``.

        Formula: \ell = \tfrac{1}{2\beta} e^2 \text{ where } |e| \le \beta, \quad |e| - \tfrac12 \beta \text{ elsewhere},
            \quad e = \hat y - y
        Derivative: \partial \ell / \partial \hat y = \min(\max(e / \beta, -1), 1)
        Kinks: with beta = 0 this is the absolute error, with derivative 0 at e = 0
        Reference: Girshick, Fast R-CNN, 2015

        Inputs:
            y_true: any real number
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

smooth_l1: _SmoothL1

class _SoftMargin(Loss):
    r"""The logistic loss of signs: binary cross-entropy from logits, with -1 and 1 for 0 and 1.

    Formula: \ell = \log(1 + \exp(-y \hat y))
    Derivative: \partial \ell / \partial \hat y = -y / (1 + \exp(y \hat y))
    Also known as: logistic loss, optax.sigmoid_binary_cross_entropy of 0/1 labels
    Reference: Cox, The Regression Analysis of Binary Sequences, Journal of the Royal Statistical Society B, 1958;
        Friedman, Hastie and Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, Annals of
        Statistics, 2000 (with signs)

    Inputs:
        y_true: -1 or 1
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The logistic loss of signs: binary cross-entropy from logits, with -1 and 1 for 0 and 1.

        Formula: \ell = \log(1 + \exp(-y \hat y))
        Derivative: \partial \ell / \partial \hat y = -y / (1 + \exp(y \hat y))
        Also known as: logistic loss, optax.sigmoid_binary_cross_entropy of 0/1 labels
        Reference: Cox, The Regression Analysis of Binary Sequences, Journal of the Royal Statistical Society B, 1958;
            Friedman, Hastie and Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, Annals of
            Statistics, 2000 (with signs)

        Inputs:
            y_true: -1 or 1
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

soft_margin: _SoftMargin

class _SparseCategoricalCrossEntropy(Loss):
    r"""The cross-entropy of one of C classes, given as a class index.

    ``label_smoothing`` s spreads a share of the target over all classes: 1 - s + s / C at the label, s / C elsewhere;
    ``class_weight`` w multiplies the term of each class. Probabilities are taken as they are, without renormalisation,
    their logarithms at least -100; ``epsilon`` clips probabilities (those of logits as well) to
    [epsilon, 1 - epsilon] instead.

    Formula: \ell = -w_y \log p_y, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
    Derivative: \partial \ell / \partial \hat y_c = w_y (p_c - [c = y]) \text{ for logits},
        \quad -[c = y]\, w_y / p_y \text{ for probabilities}
    Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
    Also known as: softmax cross-entropy with integer labels; torch.nn.CrossEntropyLoss for class indices
    Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: logits or probabilities, as from_logits says

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        from_logits: bool,
        axis: int = -1,
        label_smoothing: Any = 0.0,
        class_weight: Any = None,
        epsilon: Any = None,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The cross-entropy of one of C classes, given as a class index.

        ``label_smoothing`` s spreads a share of the target over all classes: 1 - s + s / C at the label, s / C elsewhere;
        ``class_weight`` w multiplies the term of each class. Probabilities are taken as they are, without renormalisation,
        their logarithms at least -100; ``epsilon`` clips probabilities (those of logits as well) to
        [epsilon, 1 - epsilon] instead.

        Formula: \ell = -w_y \log p_y, \quad p = \operatorname{softmax}(\hat y) \text{ for logits}
        Derivative: \partial \ell / \partial \hat y_c = w_y (p_c - [c = y]) \text{ for logits},
            \quad -[c = y]\, w_y / p_y \text{ for probabilities}
        Kinks: 0 where the logarithm of a probability is clamped, and outside of [epsilon, 1 - epsilon]
        Also known as: softmax cross-entropy with integer labels; torch.nn.CrossEntropyLoss for class indices
        Reference: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990;
            Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label smoothing)

        Inputs:
            y_true: an integer from 0 to the number of classes - 1
            y_pred: logits or probabilities, as from_logits says

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

sparse_categorical_cross_entropy: _SparseCategoricalCrossEntropy

class _Sparsemax(Loss):
    r"""The loss of sparsemax, the projection of scores on the simplex: exactly 0 beyond a margin of 1.

    Formula: \ell = \tfrac12 \sum_{c: p_c > 0} (\hat y_c^2 - \tau^2) + \tfrac12 \|y\|^2 - y \cdot \hat y,
        \quad p_c = \max(\hat y_c - \tau, 0), \quad \sum_c p_c = 1
    Derivative: \partial \ell / \partial \hat y = p - y
    Reference: Martins and Astudillo, From Softmax to Sparsemax, 2016

    Inputs:
        y_true: class indices, or one-hot rows
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The loss of sparsemax, the projection of scores on the simplex: exactly 0 beyond a margin of 1.

        Formula: \ell = \tfrac12 \sum_{c: p_c > 0} (\hat y_c^2 - \tau^2) + \tfrac12 \|y\|^2 - y \cdot \hat y,
            \quad p_c = \max(\hat y_c - \tau, 0), \quad \sum_c p_c = 1
        Derivative: \partial \ell / \partial \hat y = p - y
        Reference: Martins and Astudillo, From Softmax to Sparsemax, 2016

        Inputs:
            y_true: class indices, or one-hot rows
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

sparsemax: _Sparsemax

class _SquaredHinge(Loss):
    r"""The square of the hinge: smooth at the margin, harder on large violations.

    Formula: \ell = \max(0, 1 - y \hat y)^2
    Derivative: \partial \ell / \partial \hat y = -2 y \max(0, 1 - y \hat y)
    Also known as: L2-SVM loss
    Reference: Tang, Deep Learning using Linear Support Vector Machines, 2013

    Inputs:
        y_true: -1 or 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The square of the hinge: smooth at the margin, harder on large violations.

        Formula: \ell = \max(0, 1 - y \hat y)^2
        Derivative: \partial \ell / \partial \hat y = -2 y \max(0, 1 - y \hat y)
        Also known as: L2-SVM loss
        Reference: Tang, Deep Learning using Linear Support Vector Machines, 2013

        Inputs:
            y_true: -1 or 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

squared_hinge: _SquaredHinge

class _SupervisedContrastive(Loss):
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

    Inputs:
        labels: an integer that samples of one group share
        embeddings: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        labels: Array,
        embeddings: Array,
        *,
        temperature: Any = 0.07,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
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

        Inputs:
            labels: an integer that samples of one group share
            embeddings: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

supervised_contrastive: _SupervisedContrastive

class _TripletMargin(Loss):
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

    Inputs:
        anchor: any real number
        positive: any real number
        negative: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        anchor: Array,
        positive: Array,
        negative: Array,
        *,
        margin: Any = 1.0,
        p: Any = 2,
        swap: bool = False,
        epsilon: Any = 1e-06,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
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

        Inputs:
            anchor: any real number
            positive: any real number
            negative: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

triplet_margin: _TripletMargin

class _Tversky(Loss):
    r"""An overlap loss that weighs false positives by ``alpha`` and false negatives by ``beta``.

    ``alpha = beta = 0.5`` is the Dice loss (with half its ``smooth``), ``alpha = beta = 1`` the Jaccard loss. ``axis``
    names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

    Formula: \ell = 1 - \frac{T + s}{T + \alpha F + \beta M + s}, \quad T = \sum y \hat y, \;
        F = \sum (1 - y) \hat y, \; M = \sum y (1 - \hat y)
    Derivative: \partial \ell / \partial \hat y = \frac{g - \ell (g + y)}{T + \alpha F + \beta M + s}, \quad
        g = \alpha (1 - y) - \beta y
    Kinks: 0 for two empty regions with smooth = 0
    Reference: Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation using 3D fully
        convolutional deep networks, 2017

    Inputs:
        y_true: 0, 1, or a probability in between
        y_pred: a number in [0, 1]

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        axis: Any = None,
        smooth: Any = 1e-07,
        alpha: Any = 0.5,
        beta: Any = 0.5,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""An overlap loss that weighs false positives by ``alpha`` and false negatives by ``beta``.

        ``alpha = beta = 0.5`` is the Dice loss (with half its ``smooth``), ``alpha = beta = 1`` the Jaccard loss. ``axis``
        names the axes summed over; None: all but the batch. Two empty regions have loss 0, with ``smooth=0`` too.

        Formula: \ell = 1 - \frac{T + s}{T + \alpha F + \beta M + s}, \quad T = \sum y \hat y, \;
            F = \sum (1 - y) \hat y, \; M = \sum y (1 - \hat y)
        Derivative: \partial \ell / \partial \hat y = \frac{g - \ell (g + y)}{T + \alpha F + \beta M + s}, \quad
            g = \alpha (1 - y) - \beta y
        Kinks: 0 for two empty regions with smooth = 0
        Reference: Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation using 3D fully
            convolutional deep networks, 2017

        Inputs:
            y_true: 0, 1, or a probability in between
            y_pred: a number in [0, 1]

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

tversky: _Tversky

class _TweedieDeviance(Loss):
    r"""The deviance of a Tweedie distribution of mean ``y_pred`` whose variance grows with the mean's ``power``.

    ``power`` p is 0 (normal distributions: the squared error of any numbers), 1 (Poisson), 2 (gamma, as in
    ``gamma_deviance``), 3 (inverse Gaussian), less than 0 (extreme stable: targets of any sign), or any other number of
    at least 1; between 1 and 2 are the compound Poisson-gamma distributions of amounts that are often exactly 0
    (insurance claims, rainfall). From 2 on targets must be positive: 0 costs infinity. There is no distribution between
    0 and 1. A power that is an array must be neither 1 nor 2, and its targets not negative.

    Formula: \ell = 2 \left( \frac{\max(y, 0)^{2-p}}{(1-p)(2-p)} - \frac{y\, \hat y^{1-p}}{1-p}
        + \frac{\hat y^{2-p}}{2-p} \right), \quad 2 (y \log(y / \hat y) - y + \hat y) \text{ for } p = 1,
        \quad 2 (\log(\hat y / y) + y / \hat y - 1) \text{ for } p = 2
    Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)\, \hat y^{-p}
    Kinks: at y = 0 the derivative for the target counts as 0 between p = 1 and 2, where it is infinite
    Also known as: sklearn.metrics.mean_tweedie_deviance, mean_poisson_deviance (power 1)
    Reference: Jorgensen, Exponential Dispersion Models, Journal of the Royal Statistical Society, 1987

    Inputs:
        y_true: numbers greater than 0 where power >= 2, at least 0 where 1 <= power < 2, else any
        y_pred: numbers greater than 0, any where power is 0

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        power: Any = 1.5,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The deviance of a Tweedie distribution of mean ``y_pred`` whose variance grows with the mean's ``power``.

        ``power`` p is 0 (normal distributions: the squared error of any numbers), 1 (Poisson), 2 (gamma, as in
        ``gamma_deviance``), 3 (inverse Gaussian), less than 0 (extreme stable: targets of any sign), or any other number of
        at least 1; between 1 and 2 are the compound Poisson-gamma distributions of amounts that are often exactly 0
        (insurance claims, rainfall). From 2 on targets must be positive: 0 costs infinity. There is no distribution between
        0 and 1. A power that is an array must be neither 1 nor 2, and its targets not negative.

        Formula: \ell = 2 \left( \frac{\max(y, 0)^{2-p}}{(1-p)(2-p)} - \frac{y\, \hat y^{1-p}}{1-p}
            + \frac{\hat y^{2-p}}{2-p} \right), \quad 2 (y \log(y / \hat y) - y + \hat y) \text{ for } p = 1,
            \quad 2 (\log(\hat y / y) + y / \hat y - 1) \text{ for } p = 2
        Derivative: \partial \ell / \partial \hat y = 2 (\hat y - y)\, \hat y^{-p}
        Kinks: at y = 0 the derivative for the target counts as 0 between p = 1 and 2, where it is infinite
        Also known as: sklearn.metrics.mean_tweedie_deviance, mean_poisson_deviance (power 1)
        Reference: Jorgensen, Exponential Dispersion Models, Journal of the Royal Statistical Society, 1987

        Inputs:
            y_true: numbers greater than 0 where power >= 2, at least 0 where 1 <= power < 2, else any
            y_pred: numbers greater than 0, any where power is 0

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

tweedie_deviance: _TweedieDeviance

class _WestonWatkinsHinge(Loss):
    r"""The score of the true class has to beat every wrong score by ``margin``; the shortfalls are summed.

    Formula: \ell = \sum_{j \ne y} \max(0, m + \hat y_j - \hat y_y)
    Derivative: \partial \ell / \partial \hat y_j = 1 \text{ where the maximum is positive}; \quad
        \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
    Kinks: 0 at the margin
    Also known as: sum of hinges; multi_margin and torch.nn.MultiMarginLoss divide it by the number of classes
    Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999

    Inputs:
        y_true: an integer from 0 to the number of classes - 1
        y_pred: any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_true: Array,
        y_pred: Array,
        *,
        margin: Any = 1.0,
        axis: int = -1,
        ignore_index: int | None = None,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The score of the true class has to beat every wrong score by ``margin``; the shortfalls are summed.

        Formula: \ell = \sum_{j \ne y} \max(0, m + \hat y_j - \hat y_y)
        Derivative: \partial \ell / \partial \hat y_j = 1 \text{ where the maximum is positive}; \quad
            \partial \ell / \partial \hat y_y = -\sum_{j \ne y} \partial \ell / \partial \hat y_j
        Kinks: 0 at the margin
        Also known as: sum of hinges; multi_margin and torch.nn.MultiMarginLoss divide it by the number of classes
        Reference: Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, ESANN, 1999

        Inputs:
            y_true: an integer from 0 to the number of classes - 1
            y_pred: any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

weston_watkins_hinge: _WestonWatkinsHinge

class _ZLoss(Loss):
    r"""The square of the log-partition of logits: keeps them from drifting when it is added to a cross-entropy.

    It has no target. Language models weigh it by 1e-4 beside the cross-entropy, mixtures of experts by 1e-3 on the
    logits of the router; ``linear_cross_entropy`` has it built in.

    Formula: \ell = \left( \log \sum_c e^{\hat y_c} \right)^2
    Derivative: \partial \ell / \partial \hat y_c = 2\, p_c \log \sum_k e^{\hat y_k}, \quad
        p = \operatorname{softmax}(\hat y)
    Also known as: router z-loss, logit regularisation
    Reference: Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, 2022; Zoph et al., ST-MoE: Designing
        Stable and Transferable Sparse Expert Models, 2022 (of a router)

    Inputs:
        y_pred: unnormalised scores, any real number

    The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
    and normalizer (replaces the divisor of a mean) are those of every loss.
    """

    def __call__(
        self,
        y_pred: Array,
        *,
        axis: int = -1,
        reduction: Reduction = "mean",
        sample_weight: Array | None = None,
        mask: Array | None = None,
        normalizer: Any = None,
    ) -> Array:
        r"""The square of the log-partition of logits: keeps them from drifting when it is added to a cross-entropy.

        It has no target. Language models weigh it by 1e-4 beside the cross-entropy, mixtures of experts by 1e-3 on the
        logits of the router; ``linear_cross_entropy`` has it built in.

        Formula: \ell = \left( \log \sum_c e^{\hat y_c} \right)^2
        Derivative: \partial \ell / \partial \hat y_c = 2\, p_c \log \sum_k e^{\hat y_k}, \quad
            p = \operatorname{softmax}(\hat y)
        Also known as: router z-loss, logit regularisation
        Reference: Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, 2022; Zoph et al., ST-MoE: Designing
            Stable and Transferable Sparse Expert Models, 2022 (of a router)

        Inputs:
            y_pred: unnormalised scores, any real number

        The keywords reduction ('none', 'sum', 'mean', 'weighted_mean', 'batchmean'), sample_weight, mask (False = ignored)
        and normalizer (replaces the divisor of a mean) are those of every loss.
        """

z_loss: _ZLoss
