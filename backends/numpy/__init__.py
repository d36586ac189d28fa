"""The losses for NumPy arrays alone: the same functions, and gradients without any autodiff framework.

Every loss of ``unilosses.list_losses()`` is here under its name, with ``grad`` and ``value_and_grad``. Arrays of
another framework are a ``TypeError`` instead of being dispatched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import unilosses
from unilosses.dispatch import backend_for

from .array import backend

grad = unilosses.grad
value_and_grad = unilosses.value_and_grad


def _for_numpy_alone(loss: unilosses.Loss) -> Callable[..., Any]:
    @functools.wraps(loss, updated=())
    def function(*arrays: Any, **keywords: Any) -> Any:
        for x in (*arrays, *keywords.values()):
            if backend_for(x) not in (None, backend):
                raise TypeError(
                    f"unilosses.numpy.{loss.name} takes NumPy arrays, but was given {type(x).__module__}."
                    f"{type(x).__qualname__}. Fix: unilosses.{loss.name} takes the arrays of every framework."
                )
        return loss(*arrays, **keywords)

    return function


def __getattr__(name: str) -> Any:
    if name in unilosses.list_losses():
        function = globals()[name] = _for_numpy_alone(unilosses.get(name))
        return function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *unilosses.list_losses()})
