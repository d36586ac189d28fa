"""Where the drop-ins differ from ``keras.losses`` on purpose: one row a fact, measured with Keras 3.15."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """One deliberate difference; ``name`` is the class, ``"*"`` all of them."""

    name: str
    native: str
    ours: str
    reason: str


DIFFERENCES: tuple[Difference, ...] = ()

__all__ = ["DIFFERENCES", "Difference"]
