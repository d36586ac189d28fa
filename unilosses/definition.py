"""What a definition of your own must look like and return; the library's are held to it by its tests."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .reduction import fits

if TYPE_CHECKING:
    from .loss import Loss

_FORM = "def my_loss(xp, y_true, y_pred, *, parameter=1.0)"


def check_signature(function: Any, common: Any) -> list[inspect.Parameter]:
    """The arguments after ``xp``; refuses a function that is no definition, with what is wrong about them."""
    if not callable(function) or not hasattr(function, "__name__"):
        raise TypeError(f"loss takes a function, {_FORM}: ..., but was given {function!r}.")
    name, arguments = function.__name__, list(inspect.signature(function).parameters.values())
    if not arguments or arguments[0].name != "xp":
        first = f"is {arguments[0].name!r}" if arguments else "is missing"
        raise TypeError(
            f"{name}: the first argument {first}; wanted xp, the array functions of the framework that it is called "
            f"with. Fix: {_FORM}: ..., with xp.exp(...) instead of numpy.exp(...) or torch.exp(...)."
        )
    for a in arguments[1:]:
        if a.kind in (a.VAR_POSITIONAL, a.VAR_KEYWORD):
            raise TypeError(f"{name}: {a} is open-ended; wanted arrays and parameters by name: {_FORM}.")
        if a.kind is not a.KEYWORD_ONLY and a.default not in (a.empty, None):
            raise TypeError(
                f"{name}: {a.name} has the default {a.default!r}, so it is a parameter, but stands among the arrays. "
                f"Fix: put a * before it: {_FORM}."
            )
        if a.name in common and not (a.name == "mask" and a.kind is a.KEYWORD_ONLY):
            raise TypeError(
                f"{name}: every loss has {a.name!r} already. Fix: leave it out; the values are not reduced."
            )
    return arguments[1:]


def checked(loss: Loss, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with a look at what it returns."""

    @functools.wraps(function)
    def definition(xp: Any, *arrays: Any, **parameters: Any) -> Any:
        result = function(xp, *arrays, **parameters)
        value, thunk = result if isinstance(result, tuple) and len(result) == 2 else (result, None)
        if not hasattr(value, "shape"):
            raise TypeError(
                f"{loss.name}: the definition returned {type(value).__name__}; wanted the array of unreduced values, "
                "or (value, derivative)."
            )
        prediction = arrays[loss.inputs.index(loss.predictions[0])] if loss.predictions else arrays[-1]
        if loss.value_shape is None:
            _check_value(loss, tuple(value.shape), tuple(prediction.shape), parameters)
        if thunk is None:
            return value
        if not callable(thunk):
            raise TypeError(
                f"{loss.name}: the derivative is of type {type(thunk).__name__}; wanted a function without arguments "
                "that computes it when it is needed. Fix: return value, lambda: derivative."
            )

        def derivative(*upstream: Any) -> Any:
            found = thunk(*upstream)
            several = found if isinstance(found, tuple) else (found,)
            given = [arrays[i] for i in loss.positions]
            shapes = [None if d is None else tuple(getattr(d, "shape", ())) for d in several]
            if len(several) != len(given) or not all(
                x is None or (shape is not None and fits(shape, tuple(x.shape)))
                for shape, x in zip(shapes, given, strict=True)
            ):
                wanted = {n: tuple(x.shape) for n, x in zip(loss.predictions, given, strict=True) if x is not None}
                raise ValueError(
                    f"{loss.name}: the derivative has the shapes {shapes}; wanted one array for each prediction, of "
                    f"its shape: {wanted}."
                )
            return found

        return value, derivative

    return definition


def _check_value(loss: Loss, shape: tuple[int, ...], prediction: tuple[int, ...], parameters: dict[str, Any]) -> None:
    axes = loss.axes(parameters, len(prediction))
    wanted = tuple(n for i, n in enumerate(prediction) if i not in axes)
    if fits(shape, wanted):
        return
    kinds = {
        "elementwise": "one value per entry; kind='samplewise' is for values that sum over classes or features",
        "samplewise": f"one value per sample, summed over axis {axes}",
        "coupled": "one value per sample; value_shape= says so if there is another number",
    }
    reduced = " Do not reduce them: reduction='mean' does, with weights and masks." if shape == () else ""
    raise ValueError(
        f"{loss.name}: the definition returned values of shape {shape} for predictions of shape {prediction}; wanted "
        f"shape {wanted}, {kinds[loss.kind]}.{reduced}"
    )


__all__ = ["check_signature", "checked"]
