"""Where the drop-ins deliberately do not do what torch.nn does: one table, each row with its reason and a test.

Everything else is as in PyTorch 2.13, to rounding: values, gradients, second gradients, dtypes, shapes, errors.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar


class Difference(NamedTuple):
    """One deliberate difference. ``classes`` are names of torch.nn; empty: every class."""

    key: str
    classes: tuple[str, ...]
    native: str
    ours: str
    reason: str


DIFFERENCES = (
    Difference(
        "empty mean",
        (),
        "The mean of an empty batch is NaN (about 1e35, uninitialised memory, in MultiMarginLoss and "
        "MultiLabelMarginLoss); so are its gradients.",
        "0, with gradient 0.",
        "A batch that has nothing to score is ordinary in multi-task training and must not poison the sum of losses.",
    ),
    Difference(
        "nothing counted",
        ("CrossEntropyLoss", "NLLLoss", "LinearCrossEntropyLoss"),
        "reduction='mean' is NaN when all targets are ignore_index or their weights sum to 0.",
        "0, with gradient 0.",
        "As for an empty batch.",
    ),
    Difference(
        "ignored entries",
        ("CrossEntropyLoss", "LinearCrossEntropyLoss"),
        "A NaN or inf among the scores of an entry at ignore_index makes its gradient NaN.",
        "Its gradient is 0, whatever the scores.",
        "An ignored entry must not reach the weights of the model.",
    ),
    Difference(
        "integers",
        (),
        "Some classes refuse integer or boolean targets, class indices other than int64 and uint8, or targets and "
        "weights of another floating dtype than the input's; others accept them.",
        "They are accepted. Integer predictions count as the default dtype (L1Loss and HingeEmbeddingLoss of integers "
        "alone return floats).",
        "The numbers are unambiguous; a kernel is missing, not a meaning.",
    ),
    Difference(
        "complex numbers",
        (
            "BCEWithLogitsLoss", "GaussianNLLLoss", "HingeEmbeddingLoss", "MultiLabelSoftMarginLoss", "PoissonNLLLoss",
            "SoftMarginLoss", "TripletMarginLoss",
        ),
        "Some number, often a complex one, comes out of complex predictions or targets.",
        "An error, as in all other losses but L1Loss, which takes complex numbers.",
        "No definition of these losses has complex numbers, and a complex loss cannot be minimised.",
    ),
    Difference(
        "half precision",
        ("MultiMarginLoss", "MultiLabelMarginLoss", "CTCLoss"),
        "float16 and bfloat16 are refused on the CPU.",
        "They are accepted; the result has their dtype.",
        "Computed in float32.",
    ),
    Difference(
        "half accumulation",
        (),
        "Several classes round to half precision between steps: MSELoss of float16 errors of 300 has mean inf.",
        "Computed and accumulated in float32, rounded once to native's dtype.",
        "Accuracy. GaussianNLLLoss, MultiLabelSoftMarginLoss and TripletMarginWithDistanceLoss also return float32 "
        "under autocast, as all other losses do.",
    ),
    Difference(
        "scripting",
        (),
        "torch.jit.script compiles the classes, and torch.fx.symbolic_trace leaves them whole.",
        "They do not; torch.compile and torch.export compile them, and make_fx traces them.",
        "torch.jit is deprecated, and definitions serve several frameworks, with the shapes at hand.",
    ),
    Difference(
        "no classes or features",
        ("CrossEntropyLoss", "NLLLoss", "CosineEmbeddingLoss", "TripletMarginLoss"),
        "Inputs without any class or feature, of shape (3, 0), give NaN, 0, 1 or the margin.",
        "An error; only a batch may be empty.",
        "A sample of nothing has neither a class nor a direction.",
    ),
    Difference(
        "probability at 0 and 1",
        ("BCELoss",),
        "The gradient is (p - y) / max(p (1 - p), 1e-12): -1e12 at p = 0, y = 1, where the value is clamped to 100, "
        "and at p = 1e-13, where it should be -1e13; 0 instead of 1 and -1 at p = y = 0 and 1. The second derivative "
        "is up to 1e24.",
        "The derivative of the value: -1/p down to p = exp(-100) or the smallest normal number, 0 where the value is "
        "clamped.",
        "The derivative of the value that is returned.",
    ),
    Difference(
        "infinite logits",
        ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss", "CrossEntropyLoss"),
        "NaN for a logit of plus or minus infinity on the right side of its target, and for -inf at a class of "
        "probability 0.",
        "The limit, 0 for such a term.",
        "Masked logits are ordinary; the mathematics is finite.",
    ),
    Difference(
        "zero weight of an infinite cost",
        ("NLLLoss", "CrossEntropyLoss"),
        "NaN where the class weight is 0 and the log-probability is -inf.",
        "0.",
        "A weight of zero leaves an entry out.",
    ),
    Difference(
        "zero probability",
        ("KLDivLoss",),
        "NaN where the target is 0 and input is -inf (or both logarithms are -inf); the gradient of a target of 0 is "
        "NaN if it is asked for.",
        "0 log 0 = 0: such a term is 0, and so is its gradient.",
        "The definition of the divergence.",
    ),
    Difference(
        "count of zero",
        ("PoissonNLLLoss",),
        "NaN where the target is 0 and the log-rate infinite, or with eps=0 the rate 0.",
        "0 log 0 = 0.",
        "The definition of the likelihood.",
    ),
    Difference(
        "overflow",
        ("SoftMarginLoss",),
        "inf, with NaN gradient, beyond exponents of 88 in float32 (709 in float64).",
        "The value, with the gradient.",
        "log(1 + exp(x)) is x there.",
    ),
    Difference(
        "at the margin",
        (
            "HingeEmbeddingLoss", "MarginRankingLoss", "CosineEmbeddingLoss", "TripletMarginLoss",
            "TripletMarginWithDistanceLoss",
        ),
        "Where the hinge max(0, x) has x = 0 exactly, the gradient is that of the violated side.",
        "0, the subgradient of smallest size, as in every loss and framework of this library.",
        "One convention everywhere; MultiMarginLoss and MultiLabelMarginLoss have it natively.",
    ),
    Difference(
        "ties",
        ("TripletMarginLoss",),
        "With swap, where the negative is equally far from anchor and positive, both distances share the gradient.",
        "The distance to the anchor counts.",
        "One branch, as without swap; either is a subgradient.",
    ),
    Difference(
        "tiny vectors",
        ("CosineEmbeddingLoss",),
        "1e-12 is added to the squared norms: vectors of size 1e-6 have half their cosine, and a zero vector has a "
        "gradient of size 1e6. Vectors of size 1e20 overflow in float32.",
        "The exact cosine of any vector other than zero; 0, with gradient 0, for a zero vector.",
        "The angle does not depend on the length.",
    ),
    Difference(
        "broadcast features",
        ("CosineEmbeddingLoss",),
        "Where one input has a single feature, which is broadcast over those of the other, its norm is taken of the "
        "one feature: cosines exceed 1, and 1 - cos falls to -0.7.",
        "The cosine of the vectors after broadcasting.",
        "No angle has a cosine of more than 1.",
    ),
    Difference(
        "broadcast features of triplets",
        ("TripletMarginLoss",),
        "With swap, where positive and negative have a single feature each, which is broadcast over those of the "
        "anchor, the distance between them is that of the one feature.",
        "All distances are those of the vectors after broadcasting.",
        "Distances of one triplet are compared, so they are of vectors of one length.",
    ),
    Difference(
        "coincident points",
        ("TripletMarginLoss",),
        "With eps=0 the second derivative where two points coincide is NaN; distances overflow beyond 1e19 in "
        "float32.",
        "Finite; a distance of 0 has derivative 0.",
        "Finite where the mathematics is finite.",
    ),
    Difference(
        "NaN scores",
        ("MultiMarginLoss", "MultiLabelMarginLoss"),
        "A NaN among the scores counts as no violation: the loss is finite.",
        "NaN.",
        "A model that has diverged should show it.",
    ),
    Difference(
        "double backward",
        ("MultiMarginLoss", "MultiLabelMarginLoss", "CTCLoss"),
        "There is no second derivative.",
        "There is.",
        "The definition is differentiable as often as wanted.",
    ),
    Difference(
        "gradient of targets",
        ("SoftMarginLoss",),
        "A target that requires a gradient is an error.",
        "There is one.",
        "The definition is differentiable in every array.",
    ),
    Difference(
        "gradient of log-probabilities",
        ("CTCLoss",),
        "The gradient is that of the logits behind a log_softmax, exp(log_probs) too large, and does not pass "
        "gradcheck; for an impossible sequence it is NaN.",
        "The derivative with respect to log_probs: behind log_softmax, the same numbers. 0 for an impossible sequence.",
        "The chain rule, for log-probabilities from anywhere.",
    ),
    Difference(
        "labels of sequences",
        ("CTCLoss",),
        "Target labels are not checked: one out of range reads other memory, the blank gives some number.",
        "An error; NaN where values cannot be read.",
        "A mistake that nobody would notice.",
    ),
    Difference(
        "repeated classes",
        ("MultiLabelMarginLoss",),
        "A class that the target lists twice counts twice.",
        "It counts once.",
        "The target is a set of classes.",
    ),
    Difference(
        "padded targets under a compiler",
        ("MultiLabelMarginLoss",),
        "Under torch.compile the entries of a target from its first -1 on count as well: scores (0.2, 0.1, 0.7, 0.4) "
        "with target (0, -1, 0, 0) cost 3.6.",
        "0.9, compiled or not.",
        "A compiled model trains on the loss that was asked for.",
    ),
    Difference(
        "negative smoothing",
        ("CrossEntropyLoss",),
        "A negative label_smoothing is taken for 0.",
        "An error.",
        "A mistake that nobody would notice.",
    ),
)  # fmt: skip


def of_class(name: str) -> list[Difference]:
    """The rows that concern one class of torch.nn."""
    return [row for row in DIFFERENCES if not row.classes or name in row.classes]


Class = TypeVar("Class", bound=type)


def drop_in(cls: Class) -> Class:
    """Say in the class' docstring what it is, and its own deliberate differences."""
    rows = [row for row in DIFFERENCES if cls.__name__ in row.classes]
    lines = [f"* {row.native} Here: {row.ours}" for row in rows]
    own = "\n\nDeliberately different:\n\n" + "\n".join(lines) if lines else ""
    cls.__doc__ = (
        f"{cls.__doc__}\n\nDrop-in for ``torch.nn.{cls.__name__}``: the same constructor, arguments, values, "
        f"gradients, dtypes and errors.\nWhat differs in every class is in ``unilosses.torch.differences``.{own}"
    )
    return cls
