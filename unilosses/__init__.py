"""unilosses: every loss function defined once, exact in NumPy, PyTorch, TensorFlow, Keras and JAX."""

from __future__ import annotations

import importlib
from typing import Any

from . import losses  # fills the registry
from ._version import __version__
from .composition import Combination, from_json
from .gradient import grad, sum_and_normalizer, value_and_grad
from .loss import Loss, get, list_losses, loss

#: Public names that are imported when first used: they need more than the losses do.
_LAZY = {
    "Equivalence": "equivalence",
    "compare": "equivalence",
    "convert": "equivalence",
    "equivalents": "equivalence",
    "explain": "explanation",
    "objective": "boosting",
    "recommend": "equivalence",
    "verify": "equivalence",
}
_MODULES = ("importance", "information", "testing")

globals().update({name: get(name) for name in list_losses()})


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_MODULES})


__all__ = [
    "Combination",
    "Loss",
    "__version__",
    "from_json",
    "get",
    "grad",
    "list_losses",
    "loss",
    "sum_and_normalizer",
    "value_and_grad",
]
__all__ += ["losses", *_LAZY, *_MODULES, *list_losses()]
