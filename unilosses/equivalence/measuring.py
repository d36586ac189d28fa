"""Native losses run on NumPy arrays: value and gradient, in double precision, whatever framework they come from.

No framework is imported before a measurement asks for it by name.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from unilosses.equivalence.hubs import HUBS
from unilosses.equivalence.model import Data, Native, is_tensor

STEP = 1e-30
"""Of the complex step: no difference is taken, so it may be as small as it likes."""

Arrays = tuple[Any, ...]
Reading = tuple[Any, list[Any]]
"""Value, and the gradient of its sum with respect to each array asked for."""


def installed(framework: str) -> bool:
    """Whether a framework can be measured here. torchvision's focal loss has a formula to stand in for it."""
    needed = {"torchvision": ["torch"], "optax": ["optax", "jax"]}.get(framework, [framework])
    if framework == "keras":
        return importlib.util.find_spec("keras") is not None and any(
            map(importlib.util.find_spec, ("tensorflow", "torch", "jax"))
        )
    return all(importlib.util.find_spec(name) is not None for name in needed)


@cache
def load(name: str) -> Any:
    """Import a framework."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as problem:
            if problem.name != name:
                raise
            raise ImportError(f"{name} is not installed. Fix: pip install 'unilosses[{name}]'.") from problem


def load_keras() -> None:
    """Import Keras for a measurement, on TensorFlow where that is installed: the recorded rows are of that backend.

    A Keras that has been imported already keeps its backend, and the environment is left as it was.
    """
    if "keras" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    before = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = next(n for n in ("tensorflow", "torch", "jax") if importlib.util.find_spec(n))
    try:
        load("keras")
    finally:
        os.environ.pop("KERAS_BACKEND")
        if before is not None:
            os.environ["KERAS_BACKEND"] = before


def version(framework: str) -> str:
    """Version that was measured, or what stood in for it."""
    if framework == "torchvision":
        spec = importlib.util.find_spec("torchvision")
        return str(load("torchvision").__version__) if spec else "formula"
    if framework == "keras":
        backend = load("keras").backend.backend()
        return f"{load('keras').__version__} on {backend} {load(backend).__version__}"
    return str(load(framework).__version__)


def sigmoid_focal_loss_formula(
    inputs: Any, targets: Any, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Any:
    """Stand-in for ``torchvision.ops.sigmoid_focal_loss`` where torchvision is not installed: its published formula."""
    functional = load("torch").nn.functional
    p = inputs.sigmoid()
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = functional.binary_cross_entropy_with_logits(inputs, targets, reduction="none") * (1 - p_t) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]


def resolve(name: str) -> Any:
    """The object behind a dotted name."""
    if name.startswith("torchvision.") and importlib.util.find_spec("torchvision") is None:
        return sigmoid_focal_loss_formula
    root, *rest = name.split(".")
    found = load(root)
    for part in rest:
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(f"{found.__name__}.{part}")
    return found


def _array_arguments(framework: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    def converted(name: str, value: Any) -> Any:
        if framework in ("torch", "torchvision") and (isinstance(value, np.ndarray) or is_tensor(name, value)):
            return load("torch").tensor(np.asarray(value), dtype=load("torch").float64)
        return resolve(value) if isinstance(value, str) and "." in value else value

    return {name: converted(name, value) for name, value in arguments.items()}


def torch_engine(
    call: Callable[..., Any], arrays: Arrays, wrt: Sequence[int], cotangent: Callable[[Any], Any]
) -> Reading:
    torch = load("torch")
    tensors = [torch.from_numpy(np.array(a)) for a in arrays]
    for i in wrt:
        tensors[i].requires_grad_(True)
    value = call(*tensors)
    read = value.detach().numpy()
    if not wrt:
        return read, []
    gradients = torch.autograd.grad(
        value, [tensors[i] for i in wrt], torch.as_tensor(cotangent(read)), allow_unused=True
    )
    return read, [np.zeros_like(arrays[i]) if g is None else g.numpy() for i, g in zip(wrt, gradients, strict=True)]


def tensorflow_engine(
    call: Callable[..., Any], arrays: Arrays, wrt: Sequence[int], cotangent: Callable[[Any], Any]
) -> Reading:
    tensorflow = load("tensorflow")
    tensors = [tensorflow.constant(a) for a in arrays]
    watched = [tensors[i] for i in wrt]
    with tensorflow.GradientTape() as tape:
        tape.watch(watched)
        value = call(*tensors)
    read = value.numpy()
    gradients = tape.gradient(value, watched, output_gradients=tensorflow.constant(cotangent(read), value.dtype))
    return read, [np.zeros_like(arrays[i]) if g is None else np.asarray(g) for i, g in zip(wrt, gradients, strict=True)]


def jax_engine(
    call: Callable[..., Any], arrays: Arrays, wrt: Sequence[int], cotangent: Callable[[Any], Any]
) -> Reading:
    jax = load("jax")

    def of_watched(*watched: Any) -> Any:
        placed = [jax.numpy.asarray(a) for a in arrays]
        for i, value in zip(wrt, watched, strict=True):
            placed[i] = value
        return call(*placed)

    value, pull = jax.vjp(of_watched, *[jax.numpy.asarray(arrays[i]) for i in wrt])
    return np.asarray(value), [
        np.asarray(g) for g in pull(jax.numpy.asarray(cotangent(np.asarray(value)), value.dtype))
    ]


def loaded_keras_engine() -> Callable[..., Reading]:
    """The engine of the framework that Keras runs on."""
    engines = {"tensorflow": tensorflow_engine, "torch": torch_engine, "jax": jax_engine}
    return engines[load("keras").backend.backend()]


@contextlib.contextmanager
def double_precision() -> Iterator[None]:
    """Every framework that is loaded computes in double precision, and what it was set to before is set again."""
    jax, torch, keras = map(sys.modules.get, ("jax", "torch", "keras"))
    before: list[Callable[[], Any]] = []
    if jax:
        # A measurement runs each of hundreds of tiny programs once: optimising them would take most of its time.
        for name in ("jax_enable_x64", "jax_disable_most_optimizations"):
            before.append(partial(jax.config.update, name, jax.config.values[name]))
            jax.config.update(name, True)
    if torch:
        before.append(partial(torch.set_default_dtype, torch.get_default_dtype()))
        torch.set_default_dtype(torch.float64)
    if keras:
        before.append(partial(keras.config.set_floatx, keras.config.floatx()))
        keras.config.set_floatx("float64")
    try:
        yield
    finally:
        for restore in before:
            restore()


def precision(native: Native) -> float:
    """Error that a loss makes by itself, for want of double precision."""
    # Keras' mean falls back to float32 on JAX and torch, whatever the dtype of the loss and of the arrays.
    single = native.framework == "keras" and load("keras").backend.backend() != "tensorflow"
    return max(native.precision, 1e-6 if single else 0.0)


def run(
    native: Native,
    arguments: Mapping[str, Any],
    arrays: Arrays,
    wrt: Sequence[int],
    after: Any = None,
    weights: Any = None,
) -> Reading:
    """Call a native loss, reduce its values as the caller would, and differentiate."""
    framework = native.framework
    function = resolve(native.name)
    arguments = _array_arguments(framework, arguments)
    after = after or REDUCE["none"]
    with warnings.catch_warnings(), double_precision():
        warnings.simplefilter("ignore")
        if framework == "keras":
            loss = function(**arguments, dtype="float64")
            extra = {} if weights is None else {"sample_weight": weights}
            engine = loaded_keras_engine()
            call, weights = lambda *a: loss(*a, **extra), None
        elif framework == "optax":
            engine, call = jax_engine, _optax_call(native, function, arguments)
        elif framework == "torchvision":
            engine, call = torch_engine, lambda *a: function(*a, **arguments)
        else:
            engine, call = torch_engine, _torch_module(native, function, arguments)
        value, gradients = engine(call, arrays, wrt, lambda value: after[1](value, weights))
    return after[0](value, weights), gradients


def _torch_module(native: Native, function: Any, arguments: Mapping[str, Any]) -> Any:
    module = function(**arguments)
    if hasattr(module, "linear"):  # LinearCrossEntropyLoss: the diagonal weight that `_linear_arguments` divides by
        torch = load("torch")
        module = module.double()
        module.linear.weight.data = torch.diag(torch.arange(1, module.num_classes + 1, dtype=torch.float64))
    return module


def _optax_call(native: Native, function: Any, arguments: Mapping[str, Any]) -> Any:
    if native.name.endswith("make_fenchel_young_loss"):
        return function(**arguments)
    if native.name.endswith("with_forward_probs"):
        return lambda *a: function(*a, **arguments)[0]
    return lambda *a: function(*a, **arguments)


def _rows(value: Any) -> Any:
    return value.reshape(len(value), -1) if value.ndim else value


REDUCE: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "none": (
        lambda v, w: v if w is None else v * w,
        lambda v, w: np.ones_like(v) if w is None else np.broadcast_to(w, v.shape),
    ),
    "mean": (lambda v, w: v.mean(), lambda v, w: np.full_like(v, 1 / max(v.size, 1))),
    "sum": (
        lambda v, w: (v if w is None else v * w).sum(),
        lambda v, w: np.ones_like(v) if w is None else np.broadcast_to(w, v.shape),
    ),
    "weighted mean": (lambda v, w: (v * w).sum() / w.sum(), lambda v, w: np.broadcast_to(w / w.sum(), v.shape)),
    "weighted, then mean": (lambda v, w: (v * w).mean(), lambda v, w: w / v.size),
    "row sum": (lambda v, w: v.sum(-1), lambda v, w: np.ones_like(v)),
    "row mean": (lambda v, w: v.mean(-1), lambda v, w: np.full_like(v, 1 / v.shape[-1])),
    "row mean, then sum": (lambda v, w: v.mean(-1).sum(), lambda v, w: np.full_like(v, 1 / v.shape[-1])),
}
"""What a caller does with unreduced values: the value, and the derivative of its sum. Arguments: values, weights."""


def call_arguments(
    native: Native, form: str, label: str, data: Data, relabel: Callable[[Any], Any] = lambda x: x
) -> Arrays:
    """The arrays a native loss is called with, made of the hub's variables."""
    if native.call:
        return native.call(data)
    hub = HUBS[native.hub]
    prediction, labels = hub.predictions[form](data), relabel(hub.labels[label](data))
    return arrange(native, prediction, labels)


def arrange(native: Native, prediction: Any, labels: Any) -> Arrays:
    """Prediction and labels in the framework's order, with the classes on its axis."""
    if HUBS[native.hub].class_axis and native.framework == "torch" and prediction.ndim > 2:
        prediction = np.moveaxis(prediction, -1, 1)
        labels = np.moveaxis(labels, -1, 1) if labels.ndim == prediction.ndim else labels
    return (labels, prediction) if native.framework == "keras" else (prediction, labels)


def pulled_back(
    arrays: Callable[[Data], Arrays], data: Data, evaluate: Callable[[Arrays, list[int]], Reading]
) -> Reading:
    """Value, and the gradient with respect to the hub's ``y_pred`` instead of the native arguments."""
    y_pred = np.asarray(data["y_pred"], dtype=float)
    plain = arrays(data)
    stepped = arrays(data | {"y_pred": y_pred + 1j * STEP})
    wrt = [i for i, a in enumerate(stepped) if np.iscomplexobj(a)]
    value, gradients = evaluate(tuple(np.ascontiguousarray(a) for a in plain), wrt)
    total = np.zeros_like(y_pred)
    for k in np.ndindex(y_pred.shape):
        one = np.zeros_like(y_pred)
        one[k] = STEP
        moved = arrays(data | {"y_pred": y_pred + 1j * one})
        total[k] = sum(float((g * (moved[i].imag / STEP)).sum()) for i, g in zip(wrt, gradients, strict=True))
    return value, [total]
