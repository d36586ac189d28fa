"""Where the drop-ins differ from ``keras.losses`` on purpose: one row a fact, each with a test of its key.

Numbers are those of Keras 3.15 in float32, on the backends named; "Keras" alone means all three.
"""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """One deliberate difference."""

    #: What the test of the row is called.
    key: str
    #: The classes concerned; ``"*"`` is all of them.
    names: tuple[str, ...]
    native: str
    ours: str
    reason: str


ALL = ("*",)
_CROSS_ENTROPIES = (
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "SparseCategoricalCrossentropy",
)  # fmt: skip
_INDICES = ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Circle", "CTC")

DIFFERENCES = (
    # Configuration
    Difference(
        "configuration", ("Huber", "CosineSimilarity", "SparseCategoricalCrossentropy"),
        "get_config loses delta (Huber) and axis (CosineSimilarity, SparseCategoricalCrossentropy): a loaded "
        "Huber(delta=2.0) has delta 1.0.",
        "get_config has every argument of the constructor.",
        "A loaded model continues to train with the loss it was saved with.",
    ),
    Difference(
        "configuration_dtype", ALL,
        "get_config loses dtype.",
        "get_config has dtype, if it was given.",
        "As above.",
    ),
    # Labels
    Difference(
        "labels_stay_integers", _INDICES,
        "Labels are cast to the dtype of the loss. With dtype='bfloat16', label 257, and a score of 8 for class 257 of "
        "300, the loss is 8.06 to 8.13 (that of class 256); with dtype='float16' label 2049 is another class too.",
        "0.096: labels stay integers.",
        "bfloat16 has no odd numbers above 256, float16 none above 2048.",
    ),
    Difference(
        "labels_out_of_range", ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy"),
        "On JAX a label out of range costs 0 without a gradient; in CategoricalGeneralizedCrossEntropy on TensorFlow "
        "and JAX 1 / q. Elsewhere an error.",
        "ValueError where values can be read, NaN under a compiler.",
        "A wrong label must not pass for a perfect prediction.",
    ),
    Difference(
        "labels_with_an_axis", ("CategoricalGeneralizedCrossEntropy",),
        "Labels of shape (N, 1) give N x N values: every sample against every label.",
        "The N values that labels of shape (N,) give.",
        "The other loss of class indices reads (N, 1) so.",
    ),
    # Probabilities and logits
    Difference(
        "other_activation", ("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
        "On TensorFlow the logits behind any activation are taken for those of the one that the loss expects: a "
        "softmax of (2, -1, 0.5) in BinaryCrossentropy, target (1, 0, 0), costs 0.4714 instead of 0.1580; a sigmoid of "
        "it in CategoricalCrossentropy costs 0.2413 instead of 0.6991.",
        "0.1580 and 0.6991, as Keras on torch and JAX: logits are used if they are those of the right activation.",
        "The loss must be that of the predictions.",
    ),
    Difference(
        "logits_behind_an_activation", _CROSS_ENTROPIES,
        "On TensorFlow the logits behind a softmax or sigmoid layer replace probabilities, on torch they do not: a "
        "softmax of (60, -30, 15) against class 1 costs 90 on TensorFlow and 16.118 on torch. The focal losses clip.",
        "90 on TensorFlow and torch. On JAX, whose tensors carry no attributes under a compiler, 16.118 as in Keras.",
        "One model, one loss; and a gradient where probabilities saturate.",
    ),
    Difference(
        "focal_from_logits", ("BinaryFocalCrossentropy", "CategoricalFocalCrossentropy"),
        "With from_logits=True the probabilities are clipped: a logit of -20 for a true class costs 16.118 without a "
        "gradient (BinaryFocalCrossentropy on TensorFlow: 20); two logits of -20 and 20 cost 16.118.",
        "20 and 40, with gradients.",
        "Logits are given so that nothing saturates.",
    ),
    Difference(
        "soft_targets_gradient", ("CategoricalCrossentropy",),
        "On TensorFlow, from logits, the gradient assumes targets that sum to 1: (-0.769, -0.371, 0.140) for logits "
        "(1, 2, 0.5) and target (1, 1, 0).",
        "(-0.538, 0.257, 0.280), as Keras on torch and JAX.",
        "It is the derivative of the value.",
    ),
    Difference(
        "label_smoothing_axis", ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"),
        "Label smoothing divides by the length of the last axis, also where axis=1 has the classes.",
        "It divides by the number of classes.",
        "Smoothed targets sum to 1.",
    ),
    Difference(
        "alpha_axis", ("CategoricalFocalCrossentropy",),
        "One alpha per class is applied along the last axis, also where axis=1 has the classes.",
        "It is applied along the class axis.",
        "alpha weighs classes.",
    ),
    Difference(
        "zero_row", ("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "SparseCategoricalCrossentropy"),
        "A row of probabilities that are all 0 gives NaN (SparseCategoricalCrossentropy on TensorFlow: a number).",
        "16.118 for the true class, gradient 0: clipped like any other 0.",
        "One bad row must not end a training.",
    ),
    Difference(
        "sparse_axis", ("SparseCategoricalCrossentropy",),
        "axis other than the last is an error on TensorFlow and JAX.",
        "Any axis on every backend.",
        "Keras on torch has it.",
    ),
    Difference(
        "sparse_sums", ("SparseCategoricalCrossentropy",),
        "On TensorFlow probabilities are clipped before they are divided by their sum: (2, 3) counts as (0.5, 0.5), "
        "0.693 for class 0.",
        "0.916: divided by the sum first, as Keras on torch and JAX, and as CategoricalCrossentropy.",
        "One model, one loss.",
    ),
    Difference(
        "probabilities_only", ("CategoricalGeneralizedCrossEntropy",),
        "Predictions outside of [0, 1] give numbers or NaN.",
        "ValueError where values can be read.",
        "They are logits, most likely.",
    ),
    # Gradients
    Difference(
        "powers_at_zero", ("BinaryFocalCrossentropy", "CategoricalGeneralizedCrossEntropy"),
        "A fractional power has an infinite slope at 0: NaN gradients at a perfect prediction with gamma=0.5, and at a "
        "probability of 0 in CategoricalGeneralizedCrossEntropy.",
        "Slope 0 there.",
        "Finite gradients.",
    ),
    Difference(
        "kinks", ("MeanAbsoluteError", "MeanAbsolutePercentageError", "Hinge", "CategoricalHinge"),
        "At an error of 0 the gradient of MeanAbsoluteError is -1 on JAX and 0 elsewhere; at the margin that of Hinge "
        "is -1 on TensorFlow and -0.5 elsewhere, for y = 1.",
        "0 at every kink, on every backend: the subgradient of smallest size.",
        "One model, one gradient.",
    ),
    Difference(
        "ends_of_the_clip", ("KLDivergence", *_CROSS_ENTROPIES, "MeanSquaredLogarithmicError"),
        "On JAX the gradient at exactly the end of a clip is half of that elsewhere: KLDivergence at y_pred = 1 has "
        "-0.5.",
        "-1, as Keras on TensorFlow and torch.",
        "One model, one gradient.",
    ),
    Difference(
        "zero_vectors", ("CosineSimilarity",),
        "At a zero vector the gradient is NaN on torch and JAX and 1e7 on TensorFlow; (3e-8, 4e-8) against (1, 0) "
        "gives -0.3.",
        "0 at a zero vector; -0.6 for the short one.",
        "The cosine does not depend on lengths.",
    ),
    Difference(
        "small_errors", ("LogCosh",),
        "An error of 1e-4 costs 0: numbers near log 2 are subtracted. In float64 the constant has float32's digits.",
        "5e-9.",
        "Accuracy.",
    ),
    Difference(
        "infeasible_sequences", ("CTC",),
        "A label that does not fit into the time steps costs about 700 on TensorFlow, 100000 on JAX and infinity on "
        "torch, with gradients of their own (torch: NaN).",
        "Infinity with gradient 0, on every backend.",
        "It is impossible, and nothing can be learnt from it.",
    ),
    # Dtypes, weights and masks
    Difference(
        "half_precision", ALL,
        "With dtype='float16' or 'bfloat16' everything is computed in half precision: BinaryCrossentropy of a perfect "
        "prediction has value or gradient NaN in float16.",
        "Computed and accumulated in float32, the result rounded once.",
        "1 - 1e-7 is 1 in half precision.",
    ),
    Difference(
        "float64", ALL,
        "On torch and JAX dtype='float64' is computed in float32 in parts (means, maxima, products with numbers), and "
        "on torch the mean over a batch is returned in float32.",
        "Values and results are float64, with its digits. (Only on torch has the mean over a batch those of float32: "
        "the final division is Keras' own.)",
        "Accuracy.",
    ),
    Difference(
        "nan_under_the_mask", ALL,
        "A NaN under the mask (_keras_mask) makes value and gradient NaN.",
        "It reaches neither, where the mask hides whole values (not in Dice, Tversky, Circle and CTC, nor under a mask "
        "that has more axes than the values).",
        "Masked entries are padding: they may hold anything.",
    ),
    Difference(
        "weights_in_place", ALL,
        "On torch sample_weight is multiplied by the mask in place: the caller's tensor changes, and weights of "
        "another shape than the mask are an error.",
        "Weights stay as they are, and are broadcast.",
        "Arguments are not written to.",
    ),
    # Arguments
    Difference(
        "refused_arguments",
        ("Huber", "Dice", "Tversky", "CosineSimilarity", "BinaryCrossentropy", "BinaryFocalCrossentropy",
         "CategoricalCrossentropy", "CategoricalFocalCrossentropy"),
        "Huber(delta=0) is 0 everywhere and Huber(delta=-0.5) negative; Dice and Tversky broadcast targets of another "
        "shape, but not their sums; CosineSimilarity repeats vectors of length 1, and falls below -1; a "
        "label_smoothing outside of [0, 1] makes targets that are no probabilities.",
        "ValueError.",
        "None of them is a loss that anybody wants.",
    ),
)  # fmt: skip

__all__ = ["ALL", "DIFFERENCES", "Difference"]
