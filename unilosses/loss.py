"""A loss: one definition, and the callable object that users hold.

A definition is a pure function ``(xp, inputs..., *, parameters...)`` of the abstract namespace. It returns the
unreduced value, or ``(value, derivative)`` where ``derivative()`` gives the closed form of d value / d prediction from
the value's own intermediates. Everything else (checks, weights, masks, reductions, frameworks, blocks) is shared.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

from .composition import Composable, Term
from .definition import check_signature, checked
from .domains import CLASSES, LABELS, REAL, Domain, under
from .evaluation import evaluate, prepare
from .namespace import Array, Namespace

#: What every loss accepts besides its own parameters.
COMMON = {"reduction": "mean", "sample_weight": None, "mask": None, "normalizer": None}
KINDS = ("elementwise", "samplewise", "coupled")
_TARGETS = ("y_true", "labels")
_FIELDS = ("Formula", "Derivative", "Kinks", "Also known as", "Reference")

Thunk = Callable[..., Any]


class Loss(Composable):
    """A loss function that works on the arrays of every framework. Call it like a function.

    Attributes: ``name``; ``kind``; ``inputs`` (names of the array arguments); ``predictions`` (those that the closed
    form is the derivative for); ``domains`` (by input); ``parameters`` (name to default; ``inspect.Parameter.empty``
    where there is none); ``formula`` (LaTeX); ``derivative``; ``kinks``; ``also_known_as``; ``references``.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        kind: str = "elementwise",
        masks_elements: bool = False,
        value_shape: Callable[..., tuple[int, ...]] | None = None,
        check: Callable[..., None] | None = None,
        classes: Callable[..., int] | None = None,
        **domains: Domain,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind={kind!r} is unknown; wanted one of {', '.join(map(repr, KINDS))}.")
        arguments = check_signature(function, COMMON)
        self.function = function
        self.name = self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__module__ = function.__module__ or "__main__"
        self.kind = kind
        self.masks_elements = masks_elements
        self.value_shape = value_shape
        self.check = check
        self.classes = classes

        arrays = [a for a in arguments if a.kind is a.POSITIONAL_OR_KEYWORD]
        keywords = {a.name: a.default for a in arguments if a.kind is a.KEYWORD_ONLY}
        if not arrays:
            raise ValueError(f"{self.name} takes no arrays; wanted a definition (xp, y_true, y_pred, *, ...).")
        unknown = domains.keys() - {a.name for a in arrays}
        if unknown:
            raise ValueError(f"{self.name} has no inputs {sorted(unknown)}; it has {[a.name for a in arrays]}.")
        for name, domain in domains.items():
            if not isinstance(domain, Domain):
                raise TypeError(
                    f"{self.name}: {name}={domain!r} is a {type(domain).__name__}; wanted a domain of "
                    "unilosses.domains, such as unilosses.domains.PROBABILITY."
                )
        self.inputs = tuple(a.name for a in arrays)
        self.optional = frozenset(a.name for a in arrays if a.default is None)
        self.domains = {name: domains.get(name, REAL) for name in self.inputs}
        self.predictions = tuple(n for n in self.inputs if n not in _TARGETS and not self.domains[n].indices)
        self.positions = [i for i, n in enumerate(self.inputs) if n in self.predictions]
        #: A coupled loss whose samples meet each other needs the mask itself; it says so by a ``mask`` keyword.
        self.takes_mask = "mask" in keywords
        keywords.pop("mask", None)
        self.takes_class_indices = any(d in (LABELS, CLASSES) for d in self.domains.values())
        if self.takes_class_indices:
            keywords.setdefault("ignore_index", None)
        self.parameters: Mapping[str, Any] = keywords
        self._defaults = {k: v for k, v in keywords.items() if v is not inspect.Parameter.empty}
        self._required = frozenset(keywords) - frozenset(self._defaults)
        #: Calls by signature, checked: see evaluation.prepare.
        self.prepared: dict[Any, Any] = {}
        #: The whole call as one function, which an adapter may hide from a compiler that traces Python.
        self.evaluated = _evaluated(self)
        #: Parameters that the definition itself sees.
        self.own_parameters = tuple(a.name for a in arguments if a.kind is a.KEYWORD_ONLY)
        if not self.__module__.startswith("unilosses."):
            self.function = checked(self, function)
        self._describe(inspect.getdoc(function) or "")

    def _describe(self, text: str) -> None:
        fields = dict.fromkeys(_FIELDS, "")
        for name in _FIELDS:
            found = re.search(rf"^{name}: (.*?)(?=\n\n|\n(?:{'|'.join(_FIELDS)}): |\Z)", text, re.S | re.M)
            if found:
                fields[name] = " ".join(found.group(1).split())
        self.summary = text.partition("\n\n")[0].replace("\n", " ")
        self.formula = fields["Formula"]
        self.derivative = fields["Derivative"]
        self.kinks = fields["Kinks"]
        self.also_known_as = fields["Also known as"]
        self.references = tuple(r.strip() for r in fields["Reference"].split(";") if r.strip())
        inputs = "\n".join(f"    {name}: {domain.description}" for name, domain in self.domains.items())
        self.__doc__ = (
            f"{text}\n\nInputs:\n{inputs}\n\nThe keywords reduction ('none', 'sum', 'mean', 'weighted_mean', "
            "'batchmean'), sample_weight, mask (False = ignored)\nand normalizer (replaces the divisor of a mean) "
            "are those of every loss."
        )

    @property
    def __signature__(self) -> inspect.Signature:
        positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
        empty = inspect.Parameter.empty
        arrays = [inspect.Parameter(n, positional, default=None if n in self.optional else empty) for n in self.inputs]
        keywords = {**self.parameters, **COMMON}
        return inspect.Signature(arrays + [inspect.Parameter(n, keyword, default=d) for n, d in keywords.items()])

    def __repr__(self) -> str:
        return f"<loss {self.name}{self.__signature__}>"

    def __reduce__(self) -> str:
        return self.name  # pickled by reference, as a function is

    def __call__(
        self,
        *arrays: Any,
        reduction: str = "mean",
        sample_weight: Any = None,
        mask: Any = None,
        normalizer: Any = None,
        **parameters: Any,
    ) -> Any:
        return self.evaluated(arrays, reduction, sample_weight, mask, normalizer, parameters)

    def _terms(self) -> tuple[Term, ...]:
        return (Term(self),)

    def bind(self, arrays: tuple[Any, ...], parameters: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Inputs in order and all parameters, defaults filled in; raises what a function call would raise."""
        if len(arrays) < len(self.inputs):
            rest = [parameters.pop(n, None) if n in self.optional else parameters.pop(n, inspect) for n in
                    self.inputs[len(arrays):]]  # fmt: skip
            missing = [n for n, x in zip(self.inputs[len(arrays) :], rest, strict=True) if x is inspect]
            if missing:
                raise TypeError(f"{self.name} misses the argument {missing[0]!r}; its signature is {self!r}.")
            bound = [*arrays, *rest]
        elif len(arrays) > len(self.inputs):
            raise TypeError(
                f"{self.name} takes the arrays {', '.join(self.inputs)}, but {len(arrays)} positional arguments were "
                "given; pass parameters by keyword."
            )
        else:
            bound = list(arrays)
        if not parameters:
            filled = self._defaults
        else:
            for name in parameters:
                if name not in self.parameters:
                    near = difflib.get_close_matches(name, [*self.parameters, *COMMON], 1)
                    hint = f"; did you mean {near[0]!r}?" if near else f"; it has {[*self.parameters, *COMMON]}."
                    raise TypeError(f"{self.name} has no parameter {name!r}{hint}")
            filled = {**self._defaults, **parameters}
        if self._required and not self._required <= filled.keys():
            self._explain_missing(self._required - filled.keys())
        return bound, filled

    def _explain_missing(self, missing: frozenset[str]) -> None:
        if "from_logits" in missing:
            raise TypeError(
                f"{self.name} needs from_logits: pass from_logits=True if y_pred holds scores (the output of a last "
                "layer without activation), or from_logits=False if y_pred holds probabilities (after sigmoid or "
                "softmax). There is no default, because the wrong one trains silently."
            )
        raise TypeError(f"{self.name} misses the parameter {sorted(missing)[0]!r}; its signature is {self!r}.")

    def domain(self, name: str, parameters: Mapping[str, Any]) -> Domain:
        """The domain of an input under these parameters."""
        return under(self.domains[name], parameters)

    def axes(self, parameters: Mapping[str, Any], ndim: int) -> tuple[int, ...]:
        """The axes of the predictions that the unreduced value has lost, in ascending order."""
        if self.kind == "elementwise":
            return ()
        axis = parameters.get("axis", -1)
        given = range(1, ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        if "class_axis" in parameters:
            given = (*given, parameters["class_axis"])
        for a in given:
            if not -ndim <= a < ndim:
                raise ValueError(f"{self.name}: axis={a} does not exist in predictions with {ndim} axes.")
        return tuple(sorted({a % ndim for a in given}))

    def value_and_derivative(
        self, xp: Namespace, arrays: Sequence[Array], parameters: Mapping[str, Any]
    ) -> tuple[Array, Thunk | None]:
        """The definition's unreduced value, and its derivative thunk or None."""
        result = self.function(xp, *arrays, **{n: parameters[n] for n in self.own_parameters})
        return result if isinstance(result, tuple) else (result, None)


_registry: dict[str, Loss] = {}


def _evaluated(loss: Loss) -> Callable[..., Any]:
    def evaluated(
        arrays: tuple[Any, ...], reduction: str, sample_weight: Any, mask: Any, normalizer: Any,
        parameters: dict[str, Any], check: bool = True,
    ) -> Any:  # fmt: skip
        return evaluate(prepare(loss, arrays, reduction, sample_weight, mask, normalizer, parameters, check))

    return evaluated


@overload
def loss(function: Callable[..., Any], /) -> Loss: ...
@overload
def loss(
    *,
    kind: str = "elementwise",
    masks_elements: bool = False,
    value_shape: Callable[..., tuple[int, ...]] | None = None,
    check: Callable[..., None] | None = None,
    classes: Callable[..., int] | None = None,
    **domains: Domain,
) -> Callable[[Callable[..., Any]], Loss]: ...
def loss(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a loss of a definition, usable in every framework.

    ``kind`` is ``"elementwise"`` (one value per entry), ``"samplewise"`` (the class or feature axis is summed over) or
    ``"coupled"`` (samples meet each other: the derivative is a pullback that takes the upstream gradient). The domain
    of each input is given by its name, for example ``y_true=PROBABILITY``; the default is ``REAL``.
    """
    if function is None:
        return lambda definition: loss_of(definition, options)
    return loss_of(function, {})


def loss_of(function: Callable[..., Any], options: dict[str, Any]) -> Loss:
    """The registered loss of a definition."""
    made = Loss(function, **options)
    known = _registry.get(made.name)
    if known is not None and known.__module__ != made.__module__ and known.__module__.startswith("unilosses."):
        raise ValueError(f"{made.name} is a loss of unilosses already; give your loss another name.")
    _registry[made.name] = made
    return made


def list_losses() -> list[str]:
    """The names of all losses, your own included."""
    return sorted(_registry)


def get(name: str) -> Loss:
    """The loss object of that name."""
    if not isinstance(name, str):
        raise TypeError(f"get takes the name of a loss, such as 'huber', but was given {name!r}.")
    try:
        return _registry[name]
    except KeyError:
        near = difflib.get_close_matches(name, _registry, 3, 0.5)
        hint = f" Near misses: {', '.join(near)}." if near else ""
        raise LookupError(f"There is no loss {name!r}.{hint} unilosses.list_losses() names them all.") from None


__all__ = ["COMMON", "Loss", "get", "list_losses", "loss"]
