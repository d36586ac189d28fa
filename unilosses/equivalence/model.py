"""What a row is made of.

Nothing is written twice: each native loss is described once, against a *hub* (a formula with its own variables and
parameters), and the rows from loss to loss are composed by ``pairing.py`` from two such descriptions. The functions
that turn a hub's variables into the arguments of a native loss are the ones that ``verification.py`` calls, so what
the tables say about inputs is what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

Data = dict[str, Any]
"""The arrays of one call in a hub's own variables: always ``y_pred``, the one that is differentiated."""

FRAMEWORKS = {
    "torch": "torch.nn.",
    "keras": "keras.losses.",
    "optax": "optax.losses.",
    "torchvision": "torchvision.ops.",
}
"""Each framework and where its losses live."""

ORDERS = {
    "torch": "(input, target)",
    "keras": "(y_true, y_pred)",
    "optax": "(predictions, targets)",
    "torchvision": "(inputs, targets)",
}
"""The argument order a framework calls a loss of one prediction and one target with."""


def is_tensor(argument: str, value: Any) -> bool:
    """Whether torch wants a tensor for an argument, of which the numbers are kept here."""
    return isinstance(value, list | tuple) or (argument in ("weight", "pos_weight") and isinstance(value, int | float))


def unchanged(data: Data) -> Data:
    """Leave the arrays as they were drawn."""
    return data


@dataclass(frozen=True)
class Condition:
    """A statement under which two losses agree, with arrays that satisfy it and arrays that break it."""

    text: str
    violate: Callable[[Data], Data]
    hold: Callable[[Data], Data] = unchanged
    forms: tuple[str, ...] = ()
    """Only where the prediction comes in one of these forms; empty: always."""
    backend: str = ""
    """The backend of Keras on which the two part without it, where they do so on one alone."""
    tolerance: float = 0.0
    """Error that remains although the statement holds, where it says "much larger than" rather than "equal"."""


@dataclass(frozen=True)
class Edge:
    """A point where implementations part: the arrays, in the form named, and what it is called."""

    text: str
    y_pred: Any
    y_true: Any
    form: str = "values"
    of: str = "value"
    """``value``, or ``gradient``: its first entry."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further variables of the hub."""


@dataclass(frozen=True)
class Hub:
    """A formula shared by several native losses, in its own variables."""

    sample: Callable[[np.random.Generator], Data]
    level: str = "element"
    """What an unreduced value belongs to: ``element``, ``sample``, or ``batch`` for a single number."""
    settings: tuple[Mapping[str, Any], ...] = ({},)
    """Parameter values that a measurement goes through."""
    predictions: Mapping[str, Callable[[Data], Any]] = field(default_factory=lambda: {"values": lambda d: d["y_pred"]})
    labels: Mapping[str, Callable[[Data], Any]] = field(default_factory=lambda: {"values": lambda d: d["y_true"]})
    neutral: Mapping[str, Any] = field(default_factory=dict)
    """Value of a parameter at which a loss without that parameter stands."""
    edges: Mapping[str, Edge] = field(default_factory=dict)
    class_axis: bool = False


@dataclass(frozen=True)
class Native:
    """One loss of one framework, as a view of a hub: native = scale * hub + offset."""

    name: str
    hub: str
    concept: str
    arguments: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    """Hub parameter → (native argument, its default)."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Hub parameters that this loss has no argument for, where they do not stand at the neutral value."""
    predictions: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"values": {}})
    """Forms in which the prediction is taken → native arguments that select them; the first is the default."""
    labels: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"values": {}})
    level: str = ""
    """Where it differs from the hub's; Keras averages elementwise losses over the last axis: ``row``."""
    reductions: Mapping[str, str] = field(default_factory=dict)
    """Native reduction → what it is here, where it differs from the framework's own table."""
    scale: float | Callable[[Mapping[str, Any]], float] = 1.0
    offset: float = 0.0
    conditions: tuple[Condition, ...] = ()
    role: str = "both"
    """``target`` for a construction with prescribed arguments, which is no answer for that loss in general;
    ``source`` where the way back does not exist."""
    call: Callable[[Data], tuple[Any, ...]] | None = None
    """The native arguments, where they are more than a prediction and a label in the framework's order."""
    inputs: tuple[str, ...] = ()
    """The same in words."""
    convert: tuple[Callable[[dict], dict], Callable[[dict], dict]] | None = None
    """(native arguments → hub parameters, back), where renaming is not enough."""
    required: Mapping[str, Any] = field(default_factory=dict)
    """Constructor arguments that are always spelled out, with the values a measurement uses."""
    edges: Mapping[str, Any] = field(default_factory=dict)
    """Edge of the hub → measured value, or "error"; by backend where Keras gives several."""
    flat: bool = False
    """Takes arrays of at most two axes: (batch, classes) or (batch, features)."""
    precision: float = 0.0
    """Error that the loss itself makes, where it computes in single precision although asked for double."""
    notes: tuple[str, ...] = ()
    """Divergences that no number expresses."""
    form_notes: Mapping[str, str] = field(default_factory=dict)
    """Such a divergence where the prediction comes in this form."""

    @property
    def framework(self) -> str:
        return self.name.split(".")[0]


@dataclass(frozen=True)
class Contrast:
    """Two losses that are taken for one another and are not; ``arguments`` are those of the target."""

    source: str
    target: str
    reason: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


WRONG = "does not hold as written"


@dataclass(frozen=True)
class Claim:
    """A row of a document's table, and what became of it when it was measured as written."""

    document: str
    source: str
    target: str
    holds: bool
    verdict: str

    def __str__(self) -> str:
        answer = "holds as written" if self.holds else WRONG
        return f"{self.document}: {self.source} = {self.target}: {answer}. {self.verdict}"


@dataclass(frozen=True)
class Equivalence:
    """One row: what ``source`` is in the other framework. ``target = scale * source + offset``."""

    concept: str
    source: str
    target: str | None
    relation: str
    scale: float = 1.0
    offset: float = 0.0
    conditions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    divergences: tuple[str, ...] = ()
    documented: str | None = None
    """What the documents' table says about these two, and whether that holds as it is written there."""

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"{self.source} → {self.target or 'no native loss'} ({self.relation})"]
        if (self.scale, self.offset) != (1.0, 0.0):
            factor = "" if self.scale == 1 else f"{self.scale:g} * "
            lines.append(f"  target = {factor}source" + (f" {self.offset:+g}" if self.offset else ""))
        for title in ("conditions", "inputs", "divergences"):
            lines += [f"  {title}: {line}" for line in getattr(self, title)]
        if self.documented:
            lines.append(f"  documented: {self.documented}")
        return "\n".join(lines)
