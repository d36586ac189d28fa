"""The parameters of a loss: what kind of thing each is, and the range of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .dispatch import Backend, backend_for
from .domains import EXCLUDED, parameter_range
from .namespace import is_integer, is_number

if TYPE_CHECKING:
    from .composition import Combination
    from .loss import Loss

#: Parameters that hold one number per class.
PER_CLASS = ("class_weight", "alpha")
_INTEGERS = ("blank", "chunk_bytes", "class_axis", "ignore_index")
#: Parameters that are numbers, or arrays of them, although their default is None.
_NUMBERS = ("alpha", "epsilon", "pos_weight", "softcap")


def check_parameters(loss: Loss | Combination, parameters: Mapping[str, Any]) -> None:
    """Refuse what no parameter can be: something of another kind, or a Python number outside of the range."""
    for term in getattr(loss, "terms", ()):
        check_parameters(term.loss, {n: parameters[n] for n in term.loss.parameters if n in parameters})
    if hasattr(loss, "terms"):
        return
    for name, x in parameters.items():
        if x is loss.parameters[name]:
            continue
        wanted = _wanted(loss, name, x)
        if wanted is not None:
            raise TypeError(f"{loss.name}: {name}={_short(x)} is a {type(x).__name__}; wanted {wanted}.")
        if type(x) in (int, float):
            check_range(loss, name, x, x)


def _wanted(loss: Any, name: str, x: Any) -> str | None:
    """What is wanted instead of ``x``; None where it will do."""
    default = loss.parameters[name]
    if name == "from_logits":
        return None if type(x) is bool else "True if y_pred holds scores, False if it holds probabilities"
    if isinstance(default, bool):
        return None if type(x) is bool else "True or False"
    if name == "axis":
        return _wanted_axis(loss, x)
    if name in _INTEGERS:
        return None if is_integer(x) or (x is None and default is None) else "an integer"
    if name == "class_weight":
        # A number would multiply every class alike; Keras' dictionaries have an order of their own.
        per_class = x is None or isinstance(x, list | tuple) or (_is_array(x) and getattr(x, "ndim", 1) != 0)
        return None if per_class else "one number per class, as a list or an array in the order of the classes"
    if name in _NUMBERS or is_number(default):
        if x is None and name in _NUMBERS:
            return None
        return None if is_number(x) or isinstance(x, list | tuple) or _is_array(x) else "a number, or an array of them"
    return None


def _wanted_axis(loss: Any, x: Any) -> str | None:
    default = loss.parameters["axis"]
    if type(x) is int or (x is None and default is None):
        return None
    if isinstance(default, int) and is_built_in(loss):
        return "an integer"
    several = isinstance(x, list | tuple) and all(type(a) is int for a in x)
    return None if several else "an integer, or a tuple of them"


def _is_array(x: Any) -> bool:
    try:
        return not isinstance(x, bool) and backend_for(x) is not None
    except TypeError:
        return False


def is_built_in(loss: Any) -> bool:
    """Whether a loss is the library's: names of parameters mean what its docs say. In yours they are your own."""
    return bool(loss.__module__.startswith("unilosses.losses."))


def check_range(loss: Any, name: str, smallest: float, largest: float) -> None:
    """Refuse numbers outside of the range of a built-in parameter."""
    if not is_built_in(loss):
        return
    low, low_closed, high, high_closed = parameter_range(loss.name, name) or (None, False, None, False)
    below = low is not None and (smallest < low or (smallest == low and not low_closed))
    above = high is not None and (largest > high or (largest == high and not high_closed))
    if below or above or smallest != smallest:
        left = f"{'[' if low_closed else '('}{low}" if low is not None else "(-inf"
        right = f"{high}{']' if high_closed else ')'}" if high is not None else "inf)"
        given = _extent(smallest, largest)
        raise ValueError(f"{loss.name}: {name}{given} is out of range; wanted a number in {left}, {right}.")
    end, start = EXCLUDED.get(name, (0.0, 0.0))
    if smallest < start and largest > end:
        given = _extent(smallest, largest)
        raise ValueError(f"{loss.name}: {name}{given} is out of range; wanted at most {end:g} or at least {start:g}.")


def _extent(smallest: float, largest: float) -> str:
    one = smallest == largest or smallest != smallest
    return f"={smallest}" if one else f" holds {smallest:g} to {largest:g}, which"


def check_array_parameters(loss: Loss, backend: Backend, parameters: Mapping[str, Any]) -> None:
    """The ranges of parameters that are arrays, where their values can be read."""
    for name, x in parameters.items():
        if (
            isinstance(x, bool | int | float | str | None)
            or not hasattr(x, "ndim")
            or 0 in x.shape
            or backend.is_tracing([x])
        ):
            continue
        if is_built_in(loss) and (name in EXCLUDED or parameter_range(loss.name, name) is not None):
            smallest, largest = backend.extent(x)
            if smallest == smallest:  # a NaN shows in the result
                check_range(loss, name, smallest, largest)


def _short(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "..."


__all__ = ["PER_CLASS", "check_array_parameters", "check_parameters", "check_range", "is_built_in"]
