"""What an input of a loss may hold, as data.

Domains make the value checks, the error messages, the stand-ins under a mask, the inputs that tests draw and the
column "domain" of the docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Domain:
    """A set of values.

    ``low`` and ``high`` are closed bounds; ``members``, where given, lists all values there are. ``safe`` is a harmless
    member: masked entries are computed with it and then dropped. ``indices`` marks class indices: integers that are
    never cast to floats. ``extreme`` is the largest magnitude at which value and gradient are promised to be finite, in
    float32 too where the mathematics is within its range. ``spans_axis`` says whether the input has the class (or
    feature) axis; an input without it holds one entry per sample. A ``shared`` input belongs to no sample: a weight
    matrix, say. ``width`` is the size that the last axis must have. ``hint`` ends the message that refuses a value, and
    ``logits_hint`` does with what makes probabilities of logits in that loss.
    """

    name: str
    description: str
    low: float | None = None
    high: float | None = None
    safe: float = 0.0
    members: tuple[float, ...] = ()
    indices: bool = False
    spans_axis: bool = True
    shared: bool = False
    hint: str = ""
    logits_hint: str = ""
    extreme: float = 1e30
    width: int | None = None

    def per_sample(self) -> Domain:
        """The same values, one per sample: without the class axis."""
        return replace(self, spans_axis=False)


REAL = Domain("real", "any real number", extreme=1e15)  # its square is within float32
LOGITS = Domain("logits", "unnormalised scores, any real number")
POSITIVE = Domain("positive", "a number greater than 0", low=0.0, safe=1.0)
NONNEGATIVE = Domain("non-negative", "a number that is at least 0", low=0.0)
PROBABILITY = Domain(
    "probability",
    "a number in [0, 1]",
    low=0.0,
    high=1.0,
    safe=0.5,
    logits_hint="If these are logits (scores before sigmoid or softmax), {}.",
)
LABEL_PROBABILITY = replace(PROBABILITY, name="label", description="0, 1, or a probability in between", logits_hint="")
LOG_PROBABILITY = Domain(
    "log-probability",
    "the logarithm of a probability, at most 0",
    high=0.0,
    hint="Apply log_softmax first, or use a cross-entropy with from_logits=True.",
)
#: y_pred of the cross-entropies: LOGITS with ``from_logits=True``, PROBABILITY with ``from_logits=False``.
SCORES = Domain("scores", "logits or probabilities, as from_logits says")
SIMPLEX = Domain("class probabilities", "one-hot rows or class probabilities in [0, 1]", low=0.0, high=1.0, safe=0.0)
#: Targets of a divergence: SIMPLEX, or LOG_PROBABILITY with ``log_target=True``.
DISTRIBUTION = Domain("distribution", "class probabilities, or their logarithms with log_target=True")
SIGNS = Domain(
    "signs",
    "-1 or 1",
    low=-1.0,
    high=1.0,
    safe=1.0,
    members=(-1.0, 1.0),
    hint="Labels 0 and 1 become signs by 2 * y_true - 1.",
)
BINARY = Domain("binary", "0 or 1", low=0.0, high=1.0, members=(0.0, 1.0))
LABELS = Domain("class index", "an integer from 0 to the number of classes - 1", indices=True, spans_axis=False)
LABEL_SEQUENCE = Domain(
    "label sequence", "class indices, padded by the blank class or by negative numbers", indices=True, spans_axis=False
)
#: Class indices, or one-hot rows (told apart by their number of axes).
CLASSES = Domain("classes", "class indices, or one-hot rows", low=0.0, high=1.0)
GROUPS = Domain("group", "an integer that samples of one group share", indices=True, spans_axis=False)
WEIGHTS = Domain("weights", "any real number, shared by all samples", shared=True)
BOX = Domain("box", "the corners (x1, y1, x2, y2) of a box along the last axis", width=4)
DISTANCE = Domain("distance", "a distance, at least 0", low=0.0)


LOG_RATE = Domain("log-rate", "the logarithm of a rate, any real number", extreme=80.0)  # exp(89) is beyond float32
#: Predictions of a Poisson likelihood: LOG_RATE with ``log_input=True``, rates (POSITIVE) with ``log_input=False``.
RATES = Domain("rates", "log-rates, or rates with log_input=False")
#: Targets and means of a Tweedie distribution, of the sign that its ``power`` allows.
AMOUNTS = Domain("amounts", "numbers greater than 0 where power >= 2, at least 0 where 1 <= power < 2, else any")
MEANS = Domain("means", "numbers greater than 0, any where power is 0")


def under(domain: Domain, parameters: Mapping[str, Any]) -> Domain:
    """The domain that a parameter chooses: SCORES, DISTRIBUTION, RATES and so on stand for several; others stay."""
    if domain is SCORES:
        return LOGITS if parameters["from_logits"] else PROBABILITY
    if domain is DISTRIBUTION:
        return LOG_PROBABILITY if parameters["log_target"] else SIMPLEX
    if domain is RATES:
        return LOG_RATE if parameters["log_input"] else POSITIVE
    if domain in (AMOUNTS, MEANS):
        power = parameters["power"] if isinstance(parameters["power"], int | float) else 1.5  # an array may hold any
        if domain is MEANS:
            return POSITIVE if power else REAL
        return POSITIVE if power >= 2 else NONNEGATIVE if power > 0 else REAL
    return domain


Range = tuple[float | None, bool, float | None, bool]
#: What the parameters of the library's losses may hold: (low, low is allowed, high, high is allowed), by their names;
#: "loss.parameter" where one loss differs, with None for any number.
PARAMETERS: dict[str, Range | None] = {
    "alpha": (0.0, True, None, False),
    "asymmetric.clip": (0.0, True, 1.0, False),
    "beta": (0.0, True, None, False),
    "binary_focal_cross_entropy.alpha": (0.0, True, 1.0, True),
    "chunk_bytes": (0, False, None, False),
    "delta": (0.0, False, None, False),
    "epsilon": (0.0, True, 0.5, False),
    "gamma": (0.0, True, None, False),
    "gamma_negative": (0.0, True, None, False),
    "gamma_positive": (0.0, True, None, False),
    "gaussian_nll.epsilon": (0.0, True, None, False),
    "generalized_cross_entropy.q": (0.0, False, 1.0, True),
    "label_smoothing": (0.0, True, 1.0, True),
    "off_diagonal": (0.0, True, None, False),
    "p": (0.0, False, None, False),
    "poisson_nll.epsilon": (0.0, True, None, False),
    "poly_cross_entropy.epsilon": None,
    "pos_weight": (0.0, True, None, False),
    "q": (0.0, True, 1.0, True),
    "smooth": (0.0, True, None, False),
    "softcap": (0.0, False, None, False),
    "tau": (0.0, False, None, False),
    "temperature": (0.0, False, None, False),
    "triplet_margin.epsilon": None,
    "z_loss": (0.0, True, None, False),
}


def parameter_range(loss: str, parameter: str) -> Range | None:
    """The range of a parameter of a loss of the library, or None for any number."""
    if (own := f"{loss}.{parameter}") in PARAMETERS:
        return PARAMETERS[own]
    return PARAMETERS.get(parameter)


#: Open intervals in which a parameter has no meaning.
EXCLUDED: dict[str, tuple[float, float]] = {"power": (0.0, 1.0)}
