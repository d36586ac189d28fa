"""Information theory in the arrays of every framework: from the surprise of one event to the loss of a classifier.

Discrete distributions are arrays of probabilities along ``axis``, or their logarithms (``log_p=``, for probabilities
too small to write down and for the output of ``log_softmax``). Results are in bits (``base=2``, the default), nats
(``base="e"``) or hartleys (``base=10``).

Zero probabilities are exact: ``0 log 0 = 0`` without any epsilon, in value and derivative. The derivative is infinite
where the mathematics says so: the entropy of ``p`` has slope +inf where ``p = 0``, the KL divergence has slope -inf
where ``p = 0 < q``. With respect to logarithms these derivatives are finite, so training goes through ``log_p``. Where
both ``p`` and ``q`` are 0, the divergences have a corner or an edge of their domain; the subgradient of smallest size,
0, is chosen, as everywhere in this library.

Distributions are checked: a negative entry, or a sum that is not 1, is a ``ValueError`` that says how far off it is.
Under a compiler, a functional transform or on an accelerator values cannot be read, and nothing is checked.
"""

import inspect

from .differential import FAMILIES, differential_entropy
from .divergence import (
    hellinger_distance,
    jensen_shannon_distance,
    js_divergence,
    kl_divergence,
    total_variation_distance,
)
from .entropy import (
    cross_entropy,
    empirical_cross_entropy,
    entropy,
    perplexity,
    renyi_entropy,
    self_information,
    tsallis_entropy,
)
from .joint import conditional_entropy, joint_entropy, mutual_information

__all__ = [
    "FAMILIES",
    "conditional_entropy",
    "cross_entropy",
    "differential_entropy",
    "empirical_cross_entropy",
    "entropy",
    "hellinger_distance",
    "jensen_shannon_distance",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "perplexity",
    "renyi_entropy",
    "self_information",
    "total_variation_distance",
    "tsallis_entropy",
]

# Tells TensorFlow's AutoGraph to call these as they are, as a Loss does: no control flow on tensors to rewrite.
for _function in filter(inspect.isfunction, [globals()[name] for name in __all__]):
    setattr(_function, "autograph_info__", True)  # noqa: B010  # functions have no such attribute for a type checker
