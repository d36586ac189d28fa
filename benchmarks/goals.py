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


GOALS = [
    Goal("torch", "eager", "small", 1.3, 2.0),
    Goal("torch", "eager", "medium", 0.85, 1.2),
    Goal("torch", "eager", "large", 0.5, 0.8),
    Goal("jax", "jit", "small", 1.05, 1.4),
    Goal("jax", "jit", "medium", 0.8, 1.15),
    Goal("jax", "jit", "large", 0.75, 1.1),
    Goal("keras", "eager", "small", 0.8, 1.3),
    Goal("keras", "eager", "large", 0.5, 0.9),
    Goal("keras", "tf.function", "small", 1.0, 1.4),
    Goal("keras", "tf.function", "large", 0.65, 1.05),
    Goal("numpy", "eager", "small", 1.0, 1.8),
    Goal("numpy", "eager", "large", 0.6, 0.9),
    Goal("torch", "compiled", "small", 1.1, 1.3),
    Goal("torch", "compiled", "medium", 1.0, 1.2),
    Goal("torch", "compiled", "large", 1.0, 1.2),
]


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
    Reason("scikit-learn's loop is compiled: no call of NumPy's per operation, no intermediate array.",
           framework="numpy", native="sklearn "),
    Reason("One compiled loop that gives the value alone, where the definition is several operations of NumPy's.",
           framework="numpy", native="scipy."),
    Reason("All digits of small errors are kept, where log(2 cosh e) - log 2 cancels: a tanh beside the logarithm, and "
           "a choice between the two. With expm1 in place of the exponential it took 1.38 of native's time in JAX.",
           loss="log_cosh"),
    Reason("Squares of large or tiny vectors must neither overflow nor vanish. The compiled loops sum them in float64, "
           "which takes two conversions for each vector of numbers; scaling by the largest entry first took another "
           "pass and was slower (1.75 of native's time for 8192×2000, both losses).",
           framework="torch", mode="compiled", loss="cosine"),
    Reason("As for cosines: the sum of squares in float64. The backward pass reads the three inputs again, as "
           "native's does, and makes their differences a second time.",
           framework="torch", mode="compiled", loss="triplet"),
    Reason("Squares must neither overflow nor vanish. From medium sizes on, one pass that finds all squares ordinary "
           "is enough (1.56 and 1.32 before); for small ones the condition costs what the other pass did.",
           framework="jax", loss="cosine"),
    Reason("Vectors are scaled first, so that squares neither overflow nor vanish: two more passes.", loss="cosine"),
    Reason("The generated loops have three exponentials where native's have two: p and 1 - p have all digits however "
           "confident the scores are. The cost itself is now made as in binary cross-entropy, sparing six choices.",
           framework="torch", mode="compiled", loss="binary_focal_cross_entropy"),
    Reason("Choices at probabilities of 0 and 1, in value and derivative; fewer of them and no derivative written to "
           "memory in the forward pass brought the large size from 1.33 down.",
           framework="torch", mode="compiled", loss="binary_cross_entropy", native="BCELoss"),
    Reason("1 - p has all digits however confident the scores are, where native rounds p to 1 or clips it.",
           loss="binary_focal_cross_entropy"),
    Reason("Soft targets: 0 · log 0 is 0 where a logit is -inf, and targets need not sum to 1, which the gradient of "
           "TensorFlow's kernel takes for granted.", loss="categorical_cross_entropy"),
    Reason("Soft targets: 0 · log 0 is 0 where a logit is -inf.", loss="poly_cross_entropy"),
    Reason("A node of autograd that is written in Python costs most of what native's whole call does: see the layers. "
           "A native product as the node, with hooks for second derivatives, was slower (1.86 for huber, where this is "
           "1.60); checking each signature once brought the mean down from 2.4.",
           framework="torch", mode="eager", size="small"),
    Reason("One kernel of native's, in memory that it has from the call before, against several. Smaller blocks cost "
           "more calls and larger ones leave the cache: both were slower.",
           framework="torch", mode="eager", size="medium", loss="huber"),
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
