"""Configured losses and weighted sums of losses: ``0.5 * ul.dice + ul.binary_cross_entropy`` is a loss again.

One concept serves both: a :class:`Combination` is a list of terms, each a weight, a loss and its parameters; a
configured loss is a combination of one term. It goes wherever a loss goes and is written as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from .arrays import to_numpy

if TYPE_CHECKING:
    from .loss import Loss

#: The number of the JSON layout, so that a later layout can still read this one.
LAYOUT = 1


@dataclass(frozen=True)
class Term:
    """One part of a sum."""

    loss: Loss
    parameters: Mapping[str, Any] = field(default_factory=dict)
    weight: Any = 1.0

    @property
    def name(self) -> str:
        """The loss' name with the parameters that were set."""
        inside = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.loss.name}({inside})" if inside else self.loss.name


class Composable:
    """What may be multiplied by a number and added: losses and their combinations."""

    reduction: str = "mean"
    __array_ufunc__ = None  # an array times a loss is a weight, not one loss for each of its entries
    # Tells TensorFlow's AutoGraph to call this as it is: there is no control flow on tensors to rewrite.
    autograph_info__ = True

    def _terms(self) -> tuple[Term, ...]:
        raise TypeError(f"{type(self).__name__} has no terms")

    def configure(self, *, reduction: str | None = None, **parameters: Any) -> Combination:
        """The same loss with parameters set: a loss that is called with arrays alone.

        Every term takes the parameters that it has; a parameter that no term has is a ``TypeError``.
        """
        return Combination(_assign(self._terms(), parameters), reduction or self.reduction)

    def __mul__(self, weight: Any) -> Combination:
        if isinstance(weight, Composable):
            raise TypeError(f"{self!r} * {weight!r}: losses are multiplied by numbers and added, not by each other.")
        terms = tuple(replace(term, weight=term.weight * weight) for term in self._terms())
        return Combination(terms, self.reduction)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Combination:
        if not isinstance(other, Composable):
            raise TypeError(f"{self!r} and {other!r}: only losses and their combinations can be added or subtracted.")
        return Combination(self._terms() + other._terms(), self.reduction)

    def __radd__(self, other: Any) -> Combination:
        if isinstance(other, int | float) and other == 0:  # what sum() starts from
            return Combination(self._terms(), self.reduction)
        return self.__add__(other)

    def __neg__(self) -> Combination:
        return self * -1.0

    def __sub__(self, other: Any) -> Combination:
        return self + (-other if isinstance(other, Composable) else other)

    def __truediv__(self, by: Any) -> Combination:
        return self * (1 / by)

    def to_json(self) -> str:
        """This loss, its parameters and reduction, as text that :func:`from_json` reads in any framework."""
        terms = [
            {
                "loss": term.loss.name,
                "weight": _plain(term.weight),
                "parameters": {name: _plain(value) for name, value in term.parameters.items()},
            }
            for term in self._terms()
        ]
        import json  # only here and in from_json: `import unilosses` stays light

        return json.dumps({"unilosses": LAYOUT, "reduction": self.reduction, "terms": terms})


class Combination(Composable):
    """A weighted sum of configured losses, called like a loss: each term is reduced, then weighted and added."""

    def __init__(self, terms: tuple[Term, ...], reduction: str = "mean") -> None:
        inputs = {term.loss.inputs for term in terms}
        if len(inputs) != 1:
            described = "; ".join(f"{term.loss.name}({', '.join(term.loss.inputs)})" for term in terms)
            raise TypeError(
                f"Only losses of the same inputs can be added, but these are {described}. Fix: add their values."
            )
        self.terms = terms
        self.reduction = reduction
        self.inputs = terms[0].loss.inputs
        self.optional = terms[0].loss.optional
        self.predictions = terms[0].loss.predictions
        names = [term.name for term in terms]
        self.part_names = tuple(name if names.count(name) == 1 else f"{name} [{i}]" for i, name in enumerate(names))
        self.name = self.__name__ = " + ".join(
            name if type(term.weight) in (int, float) and term.weight == 1 else f"{term.weight} * {name}"
            for term, name in zip(terms, names, strict=True)
        )
        self.formula = " + ".join(f"{term.weight} \\cdot ({term.loss.formula})" for term in terms)
        #: Parameters that are still open, with the default that all terms have for them.
        self.parameters: Mapping[str, Any] = _open(terms)

    def _terms(self) -> tuple[Term, ...]:
        return self.terms

    def __reduce__(self) -> Any:
        return Combination, (self.terms, self.reduction)

    def bind(self, arrays: tuple[Any, ...], parameters: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arrays, and all open parameters with their defaults; what :meth:`Loss.bind` is to a loss."""
        filled: dict[str, Any] = {}
        for before, term in zip(self.terms, _assign(self.terms, parameters), strict=True):
            _, bound = term.loss.bind(arrays, dict(term.parameters))
            filled |= {k: v for k, v in bound.items() if k in self.parameters and k not in before.parameters}
        closed = [name for name in parameters if name not in self.parameters]
        if closed:
            raise TypeError(
                f"{self.name}: {closed[0]} is set already, or its terms have different defaults for it. Fix: set it "
                f"with .configure({closed[0]}=...) on the sum, or on one of its losses."
            )
        return list(arrays), filled

    def __repr__(self) -> str:
        return f"<loss {self.name}>"

    @property
    def __signature__(self) -> Signature:
        positional, keyword = Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY
        common = {"reduction": self.reduction, "sample_weight": None, "mask": None, "normalizer": None}
        keywords = {**self.parameters, **common}
        arrays = [Parameter(name, positional) for name in self.inputs]
        return Signature(arrays + [Parameter(name, keyword, default=value) for name, value in keywords.items()])

    def parts(self, *arrays: Any, **keywords: Any) -> dict[str, Any]:
        """The terms by name, unweighted: for logging. Their weighted sum is the loss."""
        return dict(zip(self.part_names, (term(arrays) for term in self.calls(keywords)), strict=True))

    def calls(self, keywords: Mapping[str, Any]) -> list[BoundTerm]:
        """Each term with everything that it is called with beside the arrays."""
        given: dict[str, Any] = {"reduction": self.reduction, **keywords}
        common: dict[str, Any] = {
            k: given.pop(k) for k in ("reduction", "sample_weight", "mask", "normalizer") if k in given
        }
        return [BoundTerm(t.weight, t.loss, {**t.parameters, **common}) for t in _assign(self.terms, given)]

    def __call__(self, *arrays: Any, **keywords: Any) -> Any:
        values = [(call.weight, call(arrays)) for call in self.calls(keywords)]
        return add_up([value * weight for weight, value in values])


@dataclass(frozen=True)
class BoundTerm:
    """A term ready to be called."""

    weight: Any
    loss: Loss
    keywords: Mapping[str, Any]

    def __call__(self, arrays: tuple[Any, ...]) -> Any:
        return self.loss(*arrays, **self.keywords)


def add_up(values: list[Any]) -> Any:
    """The sum of the terms' values; unreduced values must agree in shape."""
    shapes = {tuple(value.shape) for value in values}
    if len(shapes) > 1:
        raise ValueError(
            f"The unreduced terms have shapes {sorted(shapes)}, which do not add up. "
            "Fix: reduce with 'mean' or 'sum', or take the terms apart with .parts(...)."
        )
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def _open(terms: tuple[Term, ...]) -> dict[str, Any]:
    """Parameters that are not set, with their defaults; not those for which the terms have different ones."""
    found: dict[str, list[Any]] = {}
    for term in terms:
        for name, default in term.loss.parameters.items():
            if name not in term.parameters:
                found.setdefault(name, []).append(default)
    required = {name: Parameter.empty for name, defaults in found.items() if Parameter.empty in defaults}
    shared = {n: d[0] for n, d in found.items() if all(x is d[0] or x == d[0] for x in d)}
    return {name: {**shared, **required}[name] for name in found if name in shared or name in required}


def _assign(terms: tuple[Term, ...], parameters: Mapping[str, Any]) -> tuple[Term, ...]:
    for name in parameters:
        if not any(name in term.loss.parameters for term in terms):
            known = sorted({k for term in terms for k in term.loss.parameters})
            raise TypeError(
                f"No loss of {' + '.join(t.loss.name for t in terms)} has a parameter {name!r}; there are {known}."
            )
    # What is set in some terms stays as it is there, while it is open in others.
    still_open = {k for k in parameters for t in terms if k in t.loss.parameters and k not in t.parameters}
    assigned = []
    for term in terms:
        taken = [k for k in parameters if k in term.loss.parameters]
        taken = [k for k in taken if k not in still_open or k not in term.parameters]
        assigned.append(replace(term, parameters={**term.parameters, **{k: parameters[k] for k in taken}}))
    return tuple(assigned)


def _plain(x: Any) -> Any:
    """A number, string or None as it is; an array as nested lists."""
    if isinstance(x, bool | int | float | str | type(None)):
        return x
    return to_numpy(x).tolist()


def from_json(text: str) -> Combination:
    """The loss that ``to_json`` wrote."""
    import json

    from .loss import get

    data = json.loads(text)
    if not isinstance(data, dict) or data.get("unilosses") != LAYOUT:
        raise ValueError(
            f"This is no loss of unilosses in layout {LAYOUT}: {text[:80]!r}. Wanted: the text of to_json()."
        )
    try:
        terms = tuple(
            replace(get(term["loss"]).configure(**term["parameters"]).terms[0], weight=term["weight"])
            for term in data["terms"]
        )
    except LookupError as error:
        raise LookupError(f"{error.args[0]} If it is one of your own, run its definition before reloading.") from None
    return Combination(terms, data["reduction"])
