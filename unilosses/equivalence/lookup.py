"""Which native loss is meant: a name, a call as a string, a class, a function, a partial, or a configured instance."""

from __future__ import annotations

import ast
import difflib
import functools
import inspect
import sys
from collections.abc import Mapping
from typing import Any

from unilosses.equivalence.measuring import resolve
from unilosses.equivalence.model import FRAMEWORKS, Equivalence
from unilosses.equivalence.pairing import NATIVES, defaults, same, understood
from unilosses.equivalence.rows import rows
from unilosses.loss import Loss

NAMES = tuple(dict.fromkeys(native.name for native in NATIVES))

KERAS_ALIASES = {
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "binary_crossentropy": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "categorical_generalized_cross_entropy": "CategoricalGeneralizedCrossEntropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "categorical_hinge": "CategoricalHinge",
    "squared_hinge": "SquaredHinge",
    "hinge": "Hinge",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "cosine_similarity": "CosineSimilarity",
    "kl_divergence": "KLDivergence",
    "poisson": "Poisson",
    "circle": "Circle",
    "ctc": "CTC",
    "dice": "Dice",
    "tversky": "Tversky",
}
"""Strings that ``model.compile(loss=…)`` takes, and Keras' function of the same name."""

TORCH_FUNCTIONS = {
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "cross_entropy": "CrossEntropyLoss",
    "kl_div": "KLDivLoss",
    "multilabel_margin_loss": "MultiLabelMarginLoss",
    "multilabel_soft_margin_loss": "MultiLabelSoftMarginLoss",
    "triplet_margin_with_distance_loss": "TripletMarginWithDistanceLoss",
    **{
        "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_"): name
        for name in ("HuberLoss", "MarginRankingLoss", "SoftMarginLoss", "MultiMarginLoss", "TripletMarginLoss")
    },
    "cosine_embedding_loss": "CosineEmbeddingLoss",
    "hinge_embedding_loss": "HingeEmbeddingLoss",
    "smooth_l1_loss": "SmoothL1Loss",
    "l1_loss": "L1Loss",
    "mse_loss": "MSELoss",
    "nll_loss": "NLLLoss",
    "ctc_loss": "CTCLoss",
    "poisson_nll_loss": "PoissonNLLLoss",
    "gaussian_nll_loss": "GaussianNLLLoss",
}
"""Functions of ``torch.nn.functional`` → the class that has the same arguments."""

ALIASES = {"tf": "keras", "nn": "torch", "F": "torch", "functional": "torch", "jax": "optax"}
"""How else a dotted name may begin."""

LEGACY = ("size_average", "reduce", "device", "dtype", "name", "self", "fn", "kwargs")
Meant = tuple[str, dict[str, Any] | None]
"""Dotted name, and the arguments where a configured loss was given rather than a name."""


def framework_name(to: str) -> str:
    """``torch``, ``keras``, ``optax`` (also ``jax``) or ``torchvision``."""
    name = {"jax": "optax"}.get(to, to)
    if name not in FRAMEWORKS:
        near = difflib.get_close_matches(str(to), [*FRAMEWORKS, "jax"], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise LookupError(f"unknown framework {to!r}; known: {', '.join(map(repr, FRAMEWORKS))}, 'jax'{hint}")
    return name


def equivalents(loss: Any, to: str | None = None) -> list[Equivalence]:
    """What a native loss is in the other frameworks, the closest answers first.

    ``loss`` is a name (``"torch.nn.BCEWithLogitsLoss"``, ``"BCEWithLogitsLoss"``, Keras' ``"mse"``), a call as a
    string, a class, a function, a ``functools.partial`` or a configured instance, whose own arguments then count.
    Raises ``LookupError`` with near misses for what is no native loss.
    """
    name, given = find(loss)
    own = name.split(".")[0]
    wanted = [framework_name(to)] if to is not None else [f for f in FRAMEWORKS if f != own]
    found = {framework: rows(name, framework, given) for framework in wanted}
    return [row for f, listed in found.items() for row in listed if row.target or f != "torchvision" or to is not None]


def find(loss: Any) -> Meant:
    """The native loss that is meant, and its arguments where it is a configured one."""
    name, given = _find(loss)
    if name == "torch.nn.SmoothL1Loss" and given and given.get("beta") == 0:  # which is what torch computes then
        return "torch.nn.L1Loss", {key: value for key, value in given.items() if key != "beta"}
    return name, _saying(name, given) if given and isinstance(loss, str | functools.partial) else given


def _saying(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those at a default that no description knows; a misspelled one is refused."""
    known = [*dict.fromkeys(known for n in NATIVES if n.name == name for known in (*defaults(n), *understood(n)))]
    loaded = resolve(name) if name.split(".")[0] in sys.modules else None
    parameters = inspect.signature(loaded).parameters if loaded else {}
    for argument in set(given) - {*known, *parameters}:
        near = difflib.get_close_matches(argument, [*known, *parameters], n=1, cutoff=0.7)
        if near:
            raise LookupError(f"{name} has no argument {argument!r}; did you mean {near[0]!r}?")
    silent = {a for a, p in parameters.items() if a not in known and a in given and same(given[a], p.default)}
    return {argument: value for argument, value in given.items() if argument not in silent}


def _find(loss: Any) -> Meant:
    if isinstance(loss, str):
        return _from_string(loss.strip())
    if isinstance(loss, functools.partial):
        if loss.args:
            raise LookupError(f"{loss!r} holds arrays or arguments by their place: give the arguments by name alone")
        name, given = find(loss.func)
        return name, {**(given or {}), **{key: plain(value) for key, value in loss.keywords.items()}}
    if inspect.isclass(loss) or inspect.isroutine(loss) or not hasattr(type(loss), "__module__"):
        return _from_object(loss)
    if hasattr(loss, "__name__") and not _framework(type(loss).__module__):
        return _from_object(loss)  # a function in a wrapper, such as jax.jit's
    return _from_instance(loss)


def definition_of(loss: Any) -> Any:
    """The loss of unilosses that this is, or that a class of its packages, or an object of one, computes."""
    held = (loss, getattr(loss, "loss", None), getattr(loss, "definition", None))
    return next((x for x in held if isinstance(x, Loss)), None)


def _no_native(loss: Any) -> str:
    definition = definition_of(loss)
    if definition is None:
        return f"{loss!r} is no loss of {', '.join(FRAMEWORKS)}; give a native loss or its name"
    natives = ", ".join(dict.fromkeys(n.name for n in NATIVES if n.concept == definition.name)) or "none"
    return (
        f"{loss!r} is unilosses' own {definition.name}, and rows are about native losses; the closest: {natives}. "
        "ul.convert takes it to another framework as it is"
    )


def _framework(module: str | None) -> str | None:
    parts = (module or "").split(".")
    if parts[0] == "unilosses" and len(parts) > 1:  # the drop-ins have the names and arguments of the natives
        return {"torch": "torch", "keras": "keras", "jax": "optax"}.get(parts[1])
    return parts[0] if parts[0] in FRAMEWORKS else None


def _from_object(loss: Any) -> Meant:
    framework, name = _framework(getattr(loss, "__module__", None)), getattr(loss, "__name__", repr(loss))
    if framework is None:
        raise LookupError(_no_native(loss))
    if framework == "keras" and name in KERAS_ALIASES:
        return f"keras.losses.{KERAS_ALIASES[name]}", {"reduction": "none"}
    if framework == "torch" and name in TORCH_FUNCTIONS:
        return f"torch.nn.{TORCH_FUNCTIONS[name]}", None
    if inspect.isclass(loss) and definition_of(loss) is not None:
        raise LookupError(_no_native(loss))
    return _from_string(f"{framework}.{name}")


def _from_instance(loss: Any) -> Meant:
    kind = type(loss)
    framework = _framework(kind.__module__)
    name = f"{FRAMEWORKS[framework]}{kind.__name__}" if framework else ""
    if name not in NAMES:
        raise LookupError(_no_native(loss))
    config = {**loss.get_config(), **getattr(loss, "_fn_kwargs", {})} if hasattr(loss, "get_config") else {}
    given = {}
    for argument, parameter in inspect.signature(kind).parameters.items():
        if argument in LEGACY or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if argument in config or hasattr(loss, argument):
            given[argument] = plain(config.get(argument, getattr(loss, argument, None)))
    if hasattr(loss, "linear"):
        given |= {"in_features": loss.linear.in_features, "bias": loss.linear.bias is not None}
    return name, {k: v for k, v in given.items() if _counts(name, kind, k, v)}


def _counts(name: str, kind: type, argument: str, value: Any) -> bool:
    """Whether an argument says something: the descriptions know it, or it is not at its default."""
    known = argument == "reduction" or any(argument in dict(n.arguments.values()) for n in NATIVES if n.name == name)
    default = inspect.signature(kind).parameters.get(argument)
    return known or default is None or not (value is default.default or value == default.default)


def plain(value: Any) -> Any:
    """Tensors and arrays as lists of numbers, modules by their name, everything else as it is."""
    if type(value).__name__ == "PairwiseDistance" and getattr(value, "norm", 2) == 2:
        return None  # what TripletMarginWithDistanceLoss takes unless told otherwise
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    if hasattr(value, "tolist"):
        return value.tolist()
    return value if isinstance(value, str | int | float | bool | list | tuple | dict | type(None)) else repr(value)


def _from_string(text: str) -> Meant:
    if "(" in text:
        return _from_call(text)
    if text in NAMES:
        return text, None
    last, root = text.split(".")[-1], text.split(".")[0]
    framework = ALIASES.get(root, root)
    if "." in text and framework not in FRAMEWORKS:
        raise LookupError(f"no native loss {text!r}; {_near(last)}")
    functional = "functional" in text or root == "F"
    found = [n for n in NAMES if n.split(".")[-1] == last and not functional]
    found += [f"keras.losses.{KERAS_ALIASES[last]}"] if last in KERAS_ALIASES else []
    found += [f"torch.nn.{TORCH_FUNCTIONS[last]}"] if last in TORCH_FUNCTIONS and functional else []
    if "." in text:
        found = [n for n in found if n.startswith(framework + ".")]
    if len(set(found)) == 1:
        return found[0], None
    if found:
        raise LookupError(f"{text!r} is several losses; write one of {', '.join(sorted(set(found)))}")
    raise LookupError(f"no native loss {text!r}; {_near(last)}")


def _near(last: str) -> str:
    short = {n.split(".")[-1].lower(): n for n in NAMES} | {a: f"keras.losses.{n}" for a, n in KERAS_ALIASES.items()}
    guesses = difflib.get_close_matches(last.lower(), short, n=3, cutoff=0.5)
    guesses += [key for key in short if last and last.lower() in key and key not in guesses][:3]
    if not guesses:
        return "`unilosses table` lists them all"
    return "did you mean " + ", ".join(dict.fromkeys(short[guess] for guess in guesses)) + "?"


def _from_call(text: str) -> Meant:
    """``torch.nn.SmoothL1Loss(beta=0.5)`` or ``functools.partial(optax.losses.huber_loss, delta=2.0)``."""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call):
            raise ValueError
        positional = [ast.unparse(a) for a in call.args]
        partial = ast.unparse(call.func).endswith("partial")
        name, _ = _from_string(positional.pop(0) if partial else ast.unparse(call.func))
        given = {str(k.arg): _literal(k.value) for k in call.keywords}
    except (SyntaxError, ValueError, IndexError) as problem:
        raise LookupError(
            f"cannot read the call {text!r}: write name(argument=value, …) with plain values"
        ) from problem
    if positional:
        raise LookupError(f"{text!r}: write the arguments by name, as in name(argument=value)")
    return name, given


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("tensor", "array")) and len(node.args) == 1:
        return ast.literal_eval(node.args[0])
    if isinstance(node, ast.Attribute):
        return ast.unparse(node)
    return ast.literal_eval(node)


def known_arguments(name: str) -> Mapping[str, Any]:
    """Every argument that a description of this loss speaks about, for the tests of completeness."""
    return {argument: default for n in NATIVES if n.name == name for argument, default in n.arguments.values()}
