"""Two variables at once. ``joint[x, y]`` is the probability of ``x`` and ``y`` together: X on axis 0, Y on axis 1.

Joint distributions of a batch lie on other axes than the two that ``axis`` names.
"""

from __future__ import annotations

from typing import Any

from ..namespace import Array, Namespace
from .distribution import Base, Distribution, distributions, in_units
from .divergence import relative_terms
from .entropy import entropy_terms


def joint_entropy(
    joint: Any = None, *, log_joint: Any = None, base: Base = 2, axis: int | tuple[int, ...] | None = None
) -> Array:
    r"""The entropy of all variables together: :math:`H(X, Y) = -\sum_{x, y} p(x, y) \log p(x, y)`.

    ``axis`` are the axes of the variables, None for all axes of ``joint``; there may be any number of them. The chain
    rule :math:`H(X, Y) = H(X) + H(Y | X)` holds, and :math:`H(X, Y) = H(X) + H(Y)` for independent variables.
    """
    xp, axes, (P,) = distributions("joint_entropy", axis, joint=(joint, log_joint))
    return in_units(xp.sum(entropy_terms(P), axis=axes), base)


def conditional_entropy(
    joint: Any = None, *, log_joint: Any = None, base: Base = 2, axis: tuple[int, int] = (-2, -1)
) -> Array:
    r"""What remains unknown of Y when X is known: :math:`H(Y | X) = -\sum_{x, y} p(x, y) \log p(y | x)`.

    ``axis`` are the axes of X and of Y; ``axis=(1, 0)`` gives :math:`H(X | Y)`. Between 0 (Y is a function of X) and
    :math:`H(Y)` (they are independent). The derivative with respect to ``joint`` is :math:`-\log p(y | x)`: +inf where
    ``joint`` is 0, except for an x that never happens, where it is 0.
    """
    xp, axes, P = _pair("conditional_entropy", joint, log_joint, axis)
    return in_units(-xp.sum(relative_terms(P, P.marginal(axes[1])), axis=axes), base)


def mutual_information(
    joint: Any = None, *, log_joint: Any = None, base: Base = 2, axis: tuple[int, int] = (-2, -1)
) -> Array:
    r"""What X and Y tell of each other: :math:`I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) p(y)}`.

    It is :math:`H(Y) - H(Y | X)`, and the KL divergence of the joint distribution from independence: at least 0, and 0
    only if X and Y are independent. The derivative with respect to ``joint`` is -inf where ``joint`` is 0 although both
    marginals are not, and +inf where both marginals are 0.
    """
    xp, axes, P = _pair("mutual_information", joint, log_joint, axis)
    X, Y = P.marginal(axes[1]), P.marginal(axes[0])
    terms = P.times_log(P) - P.times_log(X) - P.times_log(Y)
    steep = P.vertical(X.zero & Y.zero) - P.vertical(P.zero & ~X.zero & ~Y.zero)
    return in_units(xp.sum(terms + steep, axis=axes), base)


def _pair(
    function: str, joint: Any, log_joint: Any, axis: tuple[int, int]
) -> tuple[Namespace, tuple[int, ...], Distribution]:
    if not isinstance(axis, tuple | list) or len(axis) != 2:
        raise ValueError(f"{function}: axis={axis!r}; wanted a pair, the axis of X and the axis of Y.")
    xp, axes, (P,) = distributions(function, tuple(axis), joint=(joint, log_joint))
    return xp, axes, P
