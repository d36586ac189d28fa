"""Where the drop-ins deliberately do not do what optax does: one table, each row with its reason and a test.

Everything else is as in optax 0.2.8, to rounding: values, gradients, second gradients, dtypes, shapes, errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar


class Difference(NamedTuple):
    """One deliberate difference. ``functions`` are names of optax.losses; empty: every function."""

    key: str
    functions: tuple[str, ...]
    native: str
    ours: str
    reason: str


DIFFERENCES = (
    Difference(
        "half precision",
        (),
        "float16 and bfloat16 are rounded between steps: log_cosh(0.1) is 0.0078 instead of 0.005 in bfloat16, and "
        "vectors of size 300 have cosine 0 in float16.",
        "Computed in float32, rounded once to native's dtype.",
        "Accuracy.",
    ),
    Difference(
        "NumPy arrays",
        (),
        "squared_error, l2_loss and huber_loss of NumPy arrays may return NumPy arrays, in float64.",
        "A JAX array, in JAX' dtype.",
        "The same kind of result whatever was given.",
    ),
    Difference(
        "zero vector",
        ("cosine_similarity", "cosine_distance"),
        "With epsilon=0, a zero vector (or one that `where` empties) has cosine NaN, with NaN gradients.",
        "Cosine 0, distance 1, gradient 0.",
        "One dead unit must not poison a batch.",
    ),
    Difference(
        "long and short vectors",
        ("cosine_similarity", "cosine_distance"),
        "In float32 vectors of size 1e20 have cosine 0, and of size 1e-25 cosine inf: squares overflow or "
        "vanish.",
        "The cosine.",
        "The angle does not depend on the length.",
    ),
    Difference(
        "masked lengths",
        ("cosine_similarity", "cosine_distance"),
        "Where targets have fewer axes than `where`, their squares are summed over the samples in place of the "
        "features: the numbers are not those of the same targets once broadcast, and may be NaN.",
        "Targets are broadcast first.",
        "The length of a vector does not depend on the other samples.",
    ),
    Difference(
        "tiny vectors",
        ("ntxent",),
        "Embeddings with a squared length below the dtype's epsilon (1.2e-7 in float32, 0.0078 in bfloat16) have "
        "smaller cosines, and a zero embedding a gradient of size 1e4.",
        "The exact cosine of any vector other than zero; 0, with gradient 0, for a zero vector.",
        "The angle does not depend on the length.",
    ),
    Difference(
        "no positive pairs",
        ("ntxent",),
        "NaN if no two samples share a label.",
        "0, with gradient 0.",
        "Small batches of many classes are ordinary.",
    ),
    Difference(
        "zero probability",
        ("kl_divergence", "kl_divergence_with_log_targets", "generalized_kl_divergence", "convex_kl_divergence"),
        "NaN where a target is 0 and its log-prediction (or its own logarithm) is -inf; the gradient of a target of 0 "
        "is NaN.",
        "0 log 0 = 0; the gradient of such a target is minus its log-prediction, and 0 if that is infinite.",
        "The definition of the divergence.",
    ),
    Difference(
        "NaN left out",
        (
            "kl_divergence", "kl_divergence_with_log_targets", "generalized_kl_divergence", "convex_kl_divergence",
            "cosine_similarity", "cosine_distance",
        ),
        "A NaN where `where` is False stays out of the value, but not out of the gradient.",
        "It stays out of both.",
        "What is left out must not be seen.",
    ),
    Difference(
        "labels left out",
        ("softmax_cross_entropy", "poly_loss_cross_entropy"),
        "The gradient of labels where `where` is False is NaN.",
        "0.",
        "What is left out must not be seen.",
    ),
    Difference(
        "infinite logits",
        (
            "softmax_cross_entropy", "poly_loss_cross_entropy", "sigmoid_binary_cross_entropy", "sigmoid_focal_loss",
            "multiclass_hinge_loss", "multiclass_perceptron_loss",
        ),
        "NaN for a logit of -inf at a class of probability 0, and for an infinite logit on the right side of its "
        "label.",
        "The limit, 0 for such a term.",
        "Masked logits are ordinary; the mathematics is finite.",
    ),
    Difference(
        "gradient of impossible labels",
        ("safe_softmax_cross_entropy",),
        "The gradient of a label of 0 at a logit of -inf is inf.",
        "0.",
        "Finite gradients; such a label can never be anything but 0.",
    ),
    Difference(
        "gradient beside integer labels",
        ("safe_softmax_cross_entropy",),
        "With integer labels, the gradient of the logits is an error about float0 arrays.",
        "There is one.",
        "One-hot labels often are integers.",
    ),
    Difference(
        "arguments of the convex function",
        ("make_fenchel_young_loss",),
        "Of the arguments behind the targets, positional ones are an error, and keywords are dropped silently.",
        "They reach max_fun.",
        "The signature promises them.",
    ),
    Difference(
        "unknown labels",
        ("softmax_cross_entropy_with_integer_labels", "multiclass_sparsemax_loss", "ctc_loss"),
        "Of a label beyond the classes, multiclass_sparsemax_loss takes the last class, ctc_loss probability 1 (the "
        "loss may be negative), and softmax_cross_entropy_with_integer_labels is NaN with a finite gradient.",
        "NaN, with gradient 0. (Negative labels count from the last class where they do in optax.)",
        "A finite number would train on nonsense.",
    ),
    Difference(
        "several labels",
        ("multiclass_sparsemax_loss",),
        "Labels with as many entries in each row as there are scores give some number.",
        "ValueError.",
        "One-hot labels given for class indices are a mistake that nobody would notice.",
    ),
    Difference(
        "at the margin",
        ("hinge_loss",),
        "The gradient at predictor_outputs * targets = 1 is -targets / 2.",
        "0, the subgradient of smallest size, as in every framework of this library.",
        "One convention everywhere. (perceptron_loss keeps optax' half: a model that starts from zero has to move.)",
    ),
    Difference(
        "odd norms",
        ("triplet_margin_loss",),
        "Differences are raised to norm_degree with their signs: degree 1 sums signed differences, degree 3 is NaN for "
        "negative sums, degree 2.5 for negative differences.",
        "The p-norm, of absolute differences.",
        "What the parameter is documented to be.",
    ),
    Difference(
        "coincident points",
        ("triplet_margin_loss",),
        "With eps=0, the gradient where two points coincide is NaN.",
        "0.",
        "Finite where the mathematics is finite.",
    ),
    Difference(
        "binary probabilities",
        ("dice_loss", "binary_dice_loss"),
        "With apply_softmax=False (apply_sigmoid=False), probabilities of a single class are refused unless all are 1.",
        "They are accepted; only numbers outside [0, 1] are refused.",
        "A single class has no other to sum to 1 with.",
    ),
    Difference(
        "probabilities under transforms",
        ("dice_loss", "binary_dice_loss", "multiclass_generalized_dice_loss"),
        "With apply_softmax=False, jit and vmap fail: the check that probabilities sum to 1 reads values.",
        "Values are checked where they can be read.",
        "Losses are made for transforms.",
    ),
    Difference(
        "empty regions",
        ("dice_loss", "binary_dice_loss"),
        "With smooth=0, a class that is neither predicted nor there has loss NaN.",
        "0, with gradient 0.",
        "Two empty regions agree.",
    ),
    Difference(
        "sizes in half precision",
        ("multiclass_generalized_dice_loss",),
        "In float16, NaN for a class that is not there and for classes of more than 255 elements.",
        "The value.",
        "Class weights are computed in float32.",
    ),
    Difference(
        "number of classes",
        ("smooth_labels",),
        "Only what `where` itself holds is counted: with a mask of shape (N, 1) every sample has one class, and labels "
        "sum to more than 1. Where nothing is left, inf.",
        "The mask is broadcast before it is counted. Where nothing is left, labels gain alpha.",
        "Smoothed labels sum to 1.",
    ),
    Difference(
        "impossible alignments",
        ("ctc_loss", "ctc_loss_with_forward_probs"),
        "About -log_epsilon (99999.6, say), with a gradient of ordinary size that belongs to no alignment.",
        "-log_epsilon, with gradient 0.",
        "There is no alignment to make more probable.",
    ),
    Difference(
        "negative losses",
        ("ctc_loss", "ctc_loss_with_forward_probs"),
        "Rounding makes losses of confident predictions negative.",
        "At least 0.",
        "Minus the logarithm of a probability is not negative.",
    ),
    Difference(
        "small errors",
        ("log_cosh",),
        "In float32 the value of errors below 2e-4 is 0, and that of 1e-3 has one correct digit.",
        "All digits.",
        "log(2 cosh(e)) and log 2 cancel.",
    ),
    Difference(
        "number of classes differs",
        ("softmax_cross_entropy", "safe_softmax_cross_entropy", "poly_loss_cross_entropy", "cosine_similarity",
         "cosine_distance"),
        "Logits or vectors of length 1 are normalised alone and then broadcast along `axis`: a cross-entropy of 0.",
        "ValueError.",
        "Nobody means that; the batch axes are broadcast as in optax.",
    ),
    Difference(
        "no classes",
        ("softmax_cross_entropy", "safe_softmax_cross_entropy", "poly_loss_cross_entropy",
         "softmax_cross_entropy_with_integer_labels"),
        "Logits without any class, of shape (3, 0), cost 0, and -inf with integer labels.",
        "ValueError; only a batch may be empty.",
        "A sample of nothing has no class.",
    ),
    Difference(
        "gradient in half precision",
        ("multiclass_sparsemax_loss",),
        "In float16 and bfloat16 any derivative is an error about the dtypes of a custom JVP rule.",
        "There is one, in the dtype of the scores.",
        "Half precision is what models are trained in.",
    ),
    Difference(
        "batches of any shape",
        ("multiclass_sparsemax_loss",),
        "Scores of one sample, and batches with more than one axis, are errors of vmap and dot_general.",
        "They are accepted, as in the other losses.",
        "Every loss takes the same batches.",
    ),
    Difference(
        "parameters out of range",
        ("huber_loss", "sigmoid_focal_loss", "ntxent", "dice_loss", "binary_dice_loss",
         "multiclass_generalized_dice_loss"),
        "delta <= 0, gamma < 0, temperature <= 0 and smooth < 0 give negative or infinite losses.",
        "ValueError, for Python numbers.",
        "A mistake that nobody would notice.",
    ),
)  # fmt: skip

Function = TypeVar("Function", bound=Callable[..., Any])


def drop_in(function: Function) -> Function:
    """Say in the docstring which function this replaces, and where it differs on purpose."""
    name = function.__name__
    lines = [f"* {row.native} Here: {row.ours}" for row in DIFFERENCES if name in row.functions]
    own = "\n\nDeliberately different:\n\n" + "\n".join(lines) if lines else ""
    function.__doc__ = (
        f"{function.__doc__}\n\nDrop-in for ``optax.losses.{name}``: the same arguments, values, gradients, dtypes and "
        f"errors.\nWhat differs in every function is in ``unilosses.jax.DIFFERENCES``.{own}"
    )
    return function


__all__ = ["DIFFERENCES", "Difference", "drop_in"]
