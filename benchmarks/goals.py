"""The goals that the project set itself before it measured, and known reasons for what is slower than native."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .inputs import SIZES

#: A loss counts as slower than native above this ratio: two runs of the same code differ by less.
SLOWER = 1.05


class Goal(NamedTuple):
    """Ratios ours / native to stay below: the geometric mean over the losses, and the worst of them."""

    framework: str
    mode: str
    size: str
    mean: float
    worst: float
    #: Why it is missed where it is: what a profile showed, and what was tried.
    missed: str = ""


GOALS = [
    Goal("torch", "eager", "small", 1.3, 2.0,
         "A call is the layers below: a node of autograd in Python that does nothing takes two thirds of what "
         "native's whole call does, and every operation of a definition 2 µs. See the reasons for what was tried."),
    Goal("torch", "eager", "medium", 0.85, 1.2,
         "The regression losses, whose native has two kernels: see their reason, with the profile of huber."),
    Goal("torch", "eager", "large", 0.5, 0.8,
         "The worst differs between runs: huber took 0.68 to 1.25 of native's time, smooth_l1 0.65 to 2.04, "
         "categorical cross-entropy 0.56 to 1.0. Intermediates cost 8000 page faults a call, until their memory was "
         "kept: 190 since. Blocks of 2^16 elements took 46 to 65 ms where these, of 2^18, took 49 to 75; of 2^15, 55 "
         "to 85."),
    Goal("jax", "jit", "small", 1.05, 1.4),
    Goal("jax", "jit", "medium", 0.8, 1.15),
    Goal("jax", "jit", "large", 0.75, 1.1,
         "Reading 64 MB takes XLA 2 to 7 ms here, writing them 22 to 28: the gradient alone is two thirds of native's "
         "time of a squared error, and both write it. Derivatives made apart from values brought the mean from 0.95 "
         "down. Softmax losses keep an array for their guards; bounds in place of choices lost NaN, exponentials made "
         "twice were slower."),
    Goal("keras", "eager", "small", 0.8, 1.3),
    Goal("keras", "eager", "large", 0.5, 0.9),
    Goal("keras", "tf.function", "small", 1.0, 1.4,
         "10 to 25 nodes of 2 to 5 µs beside 250 µs that any tf.function with a tape takes. Value and gradient at "
         "once in the graph gave 1.00 for 1.02, but a second trace and no NaN for labels out of range; a product "
         "with 1 / n in place of a division stayed (1.00 for 1.015)."),
    Goal("keras", "tf.function", "large", 0.65, 1.05),
    Goal("numpy", "eager", "small", 1.0, 1.8),
    Goal("numpy", "eager", "large", 0.6, 0.9,
         "The absolute error alone, against scikit-learn's compiled loop: see its reason."),
    Goal("torch", "compiled", "small", 1.1, 1.3),
    Goal("torch", "compiled", "medium", 1.0, 1.2, "Cosines and triplets: see their reasons."),
    Goal("torch", "compiled", "large", 1.0, 1.2, "Cosines, triplets and poisson_nll: see their reasons."),
]  # fmt: skip


class Summary(NamedTuple):
    """The ratios of one framework, mode, size and dtype, beside the goal."""

    framework: str
    mode: str
    size: str
    dtype: str
    quantity: str
    mean: float
    worst: dict[str, Any]
    losses: int
    goal: Goal | None

    @property
    def verdict(self) -> str:
        """Whether the goal is met, or by which half it is missed."""
        if self.goal is None:
            return ""
        missed = [name for name, measured, wanted in (
            ("mean", self.mean, self.goal.mean), ("worst", self.worst["ratio"], self.goal.worst),
        ) if measured > wanted]  # fmt: skip
        return "missed: " + " and ".join(missed) if missed else "met"


def geometric_mean(values: Sequence[float]) -> float:
    """The mean of ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))


def summaries(rows: Iterable[dict[str, Any]]) -> list[Summary]:
    """Mean and worst of each group of rows; goals are for value and gradient in float32."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if "ratio" in row:
            key: tuple[str, ...] = (
                row["framework"], row["mode"], SIZES[row["size"]].name, row["dtype"], row["quantity"],
            )  # fmt: skip
            groups.setdefault(key, []).append(row)
    goals: dict[tuple[str, ...], Goal] = {
        (g.framework, g.mode, g.size, "float32", "value and gradient"): g for g in GOALS
    }
    found = []
    for key, members in groups.items():
        framework, mode, size, dtype, quantity = key
        mean = geometric_mean([row["ratio"] for row in members])
        worst = max(members, key=lambda row: row["ratio"])
        found.append(Summary(framework, mode, size, dtype, quantity, mean, worst, len(members), goals.get(key)))
    return found


class Reason(NamedTuple):
    """Why losses are slower than native: for rows that agree in everything that is not empty."""

    text: str
    framework: str = ""
    mode: str = ""
    size: str = ""
    loss: str = ""
    native: str = ""


#: The first that fits is shown, so the particular ones come first.
REASONS = [
    Reason("NumPy's sign takes 34 of the 114 µs of a block; by comparisons, by copysign, by division or by bits it "
           "took 27 to 42, and the fastest of these three times as long for small arrays. scikit-learn has one "
           "compiled loop.",
           framework="numpy", loss="mean_absolute_error", native="sklearn "),
    Reason("The definition is a dozen calls of NumPy's, 31 of 57 µs, where scikit-learn's compiled loop takes 39 in "
           "all. Short rows reduced as columns of a copy, and labels picked by index, brought it down from 3.0.",
           framework="numpy", loss="sparse", native="sklearn "),
    Reason("scikit-learn's loop is compiled: no call of NumPy's per operation, no intermediate array.",
           framework="numpy", native="sklearn "),
    Reason("One compiled loop that gives the value alone, where the definition is several operations of NumPy's.",
           framework="numpy", native="scipy."),
    Reason("The lines by hand check nothing: whether targets are -1 or 1 costs a fifth of the call. One look at "
           "distances in place of two brought it down from 1.49.", framework="numpy", size="small", loss="hinge"),
    Reason("All digits of small errors are kept, where log(2 cosh e) - log 2 cancels: a tanh beside the logarithm, "
           "and a choice between the two. Value and gradient made at once: 1.13.", loss="log_cosh"),
    Reason("Squares of large or tiny vectors must neither overflow nor vanish. The compiled loops sum them in "
           "float64, which takes two conversions for each vector of numbers. Scaling by the largest entry first was "
           "slower (1.75 for 8192×2000), as were three sums in float32 at three scales (2.33); one division for each "
           "row in place of each number was faster and stayed.", framework="torch", mode="compiled", loss="cosine"),
    Reason("As for cosines: the sum of squares in float64 (three sums in float32: 2.26 to 4.73; scaling by the "
           "largest entry: 1.75). The backward pass reads the three inputs again, as native's does, and makes their "
           "differences a second time.", framework="torch", mode="compiled", loss="triplet"),
    Reason("Lengths at any scale: below 65536 numbers another pass over the vector, above that a condition. Three "
           "sums at three scales took 1.6 to 1.8, the largest entry first 1.8 and 1.4 (medium, large).",
           framework="jax", loss="cosine"),
    Reason("Lengths are made by one kernel, and looked at: no square may have overflown or vanished. Before, squares "
           "were summed twice (1.4 small, 2.0 medium).", framework="torch", mode="eager", loss="cosine"),
    Reason("Choices at probabilities of 0 and 1, in value and derivative; fewer of them and no derivative written to "
           "memory in the forward pass brought the large size from 1.33 down.",
           framework="torch", mode="compiled", loss="binary_cross_entropy", native="BCELoss"),
    Reason("Two loops of few operations each, bound by memory, of which ours reads the prediction once more, for the "
           "derivative. Noise: the committed run was one of six of the same code, which gave 1.53, 1.02, 1.04, 1.04, "
           "1.03 and 0.99 for 8192×2000.",
           framework="torch", mode="compiled", loss="poisson_nll"),
    Reason("1 - p has all digits however confident the scores are, where native rounds p to 1 or clips it: a second "
           "sigmoid, and choices at infinite scores. Value and gradient at once: 1.18 for 1.27; a program of XLA "
           "takes 0.36 at 16M elements, but 0.4 s to compile, and is left to large sizes.",
           framework="keras", loss="binary_focal_cross_entropy"),
    Reason("1 - p has all digits however confident the scores are, where native rounds p to 1 or clips it.",
           loss="binary_focal_cross_entropy"),
    Reason("TensorFlow cuts the logarithms of 4096 numbers over two threads: 57 µs, where 2560 numbers take 20. "
           "Value and gradient at once did not help (1.27), and log(1 - p) in place of log1p(-p) would lose the "
           "digits of small p.",
           framework="keras", mode="tf.function", size="small", loss="binary_cross_entropy"),
    Reason("TensorFlow's Softplus takes 2.4 ms for 1M numbers, Exp and Log1p 1.3 ms; for 4096 it is the other way "
           "round (43 and 89 µs), so it stays.", framework="keras", mode="tf.function", loss="binary_cross_entropy"),
    Reason("XLA's sum takes in no choice, so that the guard of 0 · log 0 writes an array, 22 ms of 8192×2000. Bounds "
           "in place of choices took 0.95 to 1.0, but lost NaN; exponentials made twice in place of kept, 1.15 to "
           "1.5.",
           framework="jax", loss="poly_cross_entropy"),
    Reason("As for poly_cross_entropy: the guard of 0 · log 0 writes an array. Bounds in place of choices took 1.0, "
           "but lost NaN; exponentials made twice took 1.15 to 1.48.",
           framework="jax", loss="categorical_cross_entropy"),
    Reason("As for poly_cross_entropy: the guards of 0 · log 0 write arrays. Bounds in place of choices took 0.92 to "
           "1.04, but lost NaN.", framework="jax", loss="kl_divergence"),
    Reason("A node of autograd that is written in Python, and an operation of PyTorch's for each of the "
           "definition's. Of the 66 µs of a mean squared error (native 38) backward() takes 25, as native's does, "
           "the node 8 more, eight kernels 17 (native two) and Python the rest; a node that does nothing takes 33 in "
           "all. A native product as the node, with hooks for second derivatives, was slower (huber 1.86, where this "
           "is 1.60 with one thread), and so were NumPy's kernels on the tensors' memory (2.14 for 1.90; mean squared "
           "error 2.08 for 1.82); each signature checked once brought the mean down from 2.4, fewer operations to "
           "what it is.",
           framework="torch", mode="eager", size="small"),
    Reason("Several kernels over blocks in the cache, where native's has two over all: for huber six, each 0.10 to "
           "0.16 ms for 1M elements with two threads, and 0.2 ms for the calls, beside native's 1.0 ms. Blocks of "
           "2^15 to 2^20 elements took 2.65, 1.88, 1.54, 1.51, 2.14 and 1.71 ms; memory that the C library keeps "
           "made no difference here.", framework="torch", mode="eager", size="medium"),
    Reason("Runs of one and the same code gave 0.65 to 1.25, and once 2: a call is 370 short kernels on two threads, "
           "which wait for one another when one of them does not get its core. A third of the time was page faults of "
           "intermediates until their memory was kept.", framework="torch", mode="eager", size="large"),
    Reason("Soft targets: 0 · log 0 is 0 where a logit is -inf, and targets need not sum to 1, which the gradient of "
           "TensorFlow's kernel takes for granted.", loss="categorical_cross_entropy"),
    Reason("A call costs its layers (see below), not its arithmetic: the lines by hand check nothing.",
           framework="numpy", size="small"),
]  # fmt: skip


#: What is said of the others.
UNKNOWN = "The reason is not known."


def reason(row: dict[str, Any]) -> str:
    """The known reason why a row is slower than native."""
    facts = {**row, "size": SIZES[row["size"]].name}
    for known in REASONS:
        wanted = known._asdict()
        if all(facts[n].startswith(wanted[n]) for n in ("framework", "mode", "size", "loss", "native")):
            return known.text
    return UNKNOWN


def slower(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is slower than native, the worst first."""
    return sorted((r for r in rows if r.get("ratio", 0) > SLOWER), key=lambda r: -r["ratio"])
