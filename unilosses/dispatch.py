"""Which framework do these arrays belong to? Adapters are found by the type of the array, and imported only then."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .namespace import Array, Namespace, is_number

if TYPE_CHECKING:
    import importlib.metadata

    from .evaluation import Call
    from .loss import Loss

#: Types that belong to every framework.
_NEUTRAL = (bool, int, float, complex, list, tuple, str, type(None))


class NoDerivative(TypeError):
    """Neither the definition nor the arrays' framework differentiates."""


class Backend:
    """What the core asks of a framework. The defaults serve any array API library without autodiff or mutation.

    An adapter overrides what its framework does differently and registers an instance under the entry point group
    ``unilosses.backends``, named by the root module of its array type.
    """

    #: The framework's name in messages and reports.
    name = "array API"
    #: NumPy arrays next to this framework's arrays are constants (JAX, TensorFlow) instead of a mistake.
    takes_numpy = False
    #: Shapes and dtypes are hashable and cheap to read, so that a signature is checked once.
    remembers = False
    #: Arrays can be written to, so that large inputs may be evaluated in blocks.
    mutable = False

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self._float_names: dict[Any, str | None] = {}
        self._attached: dict[Any, Callable[..., Array]] = {}

    def is_array(self, x: Any) -> bool:
        """Whether ``x`` is an array of this framework."""
        return hasattr(x, "__array_namespace__")

    def accepts(self, x: Any) -> bool:
        """Whether ``asarray`` makes an array of ``x`` that gradients flow through; variables, say."""
        return self.is_array(x)

    def is_tracing(self, arrays: Sequence[Array]) -> bool:
        """Whether values cannot be looked at now: under a compiler or a functional transform, or on an accelerator."""
        return False

    def device(self, x: Array) -> Any:
        """Where ``x`` lives, or None where the framework moves arrays by itself."""
        return getattr(x, "device", None)

    def is_dense(self, x: Array) -> bool:
        """Whether every element of ``x`` has a place in memory."""
        return True

    def asarray(self, x: Any, like: Array | None, dtype: Any = None) -> Array:
        """A Python number, a list or a NumPy array as an array of this framework, on the device of ``like``."""
        device = None if like is None else self.device(like)
        place = {} if device is None else {"device": device}
        return self.namespace.asarray(x, dtype=dtype, **place)

    def default_float(self) -> Any:
        """The dtype of Python floats."""
        return self.namespace.float64

    def float_name(self, dtype: Any) -> str | None:
        """``"float64"``, ``"float32"``, ``"bfloat16"`` or ``"float16"``; None for any other dtype."""
        try:
            return self._float_names[dtype]
        except KeyError:
            text = str(getattr(dtype, "name", dtype)).rsplit(".", 1)[-1].rstrip("'>")
            known = text if text in ("float64", "float32", "bfloat16", "float16") else None
            self._float_names[dtype] = known
            return known

    def is_integer(self, dtype: Any) -> bool:
        """Whether ``dtype`` counts: signed or unsigned integers."""
        return bool(self.namespace.isdtype(dtype, "integral"))

    def is_bool(self, dtype: Any) -> bool:
        """Whether ``dtype`` is boolean."""
        return bool(self.namespace.isdtype(dtype, "bool"))

    def is_contiguous(self, x: Array) -> bool:
        """Whether ``x`` lies in memory row by row; asked of mutable arrays only."""
        raise TypeError(f"{self.name} is not evaluated in blocks")

    def check_sizes(self, x: Array, y: Array, axes: Sequence[tuple[int, int]], message: str) -> None:
        """Refuse other sizes of ``x`` than of ``y`` at pairs of axes when the program runs: asked where a compiler
        does not know them before."""

    def block_size(self) -> int:
        """Elements of the prediction in one block. Half a megabyte of float32, so that a block and its intermediates
        fit the second-level cache of a core."""
        return 1 << 17

    def empty_like(self, x: Array, shape: tuple[int, ...] | None = None, dtype: Any = None) -> Any:
        """Memory to be filled with an array of the shape, dtype and device of ``x``, or of others; asked of mutable
        backends only."""
        raise TypeError(f"{self.name} is not evaluated in blocks")

    def piece(self, x: Array, at: tuple[slice, ...]) -> Array:
        """The block ``at`` of leading axes."""
        return x[at]

    def store(self, target: Any, x: Array, factor: Any) -> None:
        """Write ``x * factor`` into ``target``, a view of memory, in one pass."""
        target[...] = x * factor

    def filled(self, memory: Any) -> Array:
        """The array of what was written into the memory."""
        return memory

    def scalar(self, x: float, dtype: Any) -> Any:
        """A number that multiplies arrays of ``dtype`` often: a Python number, unless another form is cheaper."""
        return x

    def extent(self, x: Array) -> tuple[float, float]:
        """The smallest and the largest value of ``x``, as Python numbers."""
        return float(self.namespace.min(x)), float(self.namespace.max(x))

    def quietly(self, function: Callable[[], Any]) -> Any:
        """What ``function`` returns, without warnings of numbers that grow beyond their dtype."""
        return function()

    def is_infinite(self, x: Array) -> bool:
        """Whether the scalar ``x`` is known to be infinite, for a mean whose sum is beyond the dtype."""
        return not self.is_tracing([x]) and math.isinf(float(self.namespace.stop_gradient(x)))

    def attach(self, loss: Loss) -> Callable[..., Array]:
        """``(arrays, parameters) -> value``, with the closed form hooked into the framework's differentiation."""

        def value(arrays: Sequence[Array], parameters: dict[str, Any]) -> Array:
            return loss.value_and_derivative(self.namespace, arrays, parameters)[0]

        return value

    def attached(self, loss: Loss) -> Callable[..., Array]:
        """:meth:`attach`, once per loss."""
        found = self._attached.get(loss)
        if found is None:
            found = self._attached[loss] = self.attach(loss)
        return found

    def evaluate(self, call: Call) -> Array:
        """The result of one call; adapters with an execution policy of their own override this."""
        from .evaluation import plain

        return plain(call)

    def closed_form(self, call: Call) -> tuple[Array, tuple[Array, ...]]:
        """Value and gradients by the definition's derivative, for ``unilosses.value_and_grad``."""
        from .evaluation import closed_form

        return closed_form(call)

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[Array]
    ) -> tuple[Array, tuple[Array, ...]]:
        """The scalar ``function(*arrays)`` and its gradients by the framework's own differentiation."""
        raise NoDerivative(
            f"{self.name} arrays have no automatic differentiation, and this loss has no closed-form derivative. "
            "Return (value, derivative) from its definition, or pass torch, TensorFlow or JAX arrays."
        )


_by_type: dict[type, Backend] = {}


def _load(entry_point: importlib.metadata.EntryPoint) -> Backend:
    return entry_point.load()


@functools.cache
def _entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    from importlib.metadata import entry_points  # half of what `import unilosses` would cost

    return {entry.name: entry for entry in entry_points(group="unilosses.backends")}


@functools.cache
def _generic(standard: Any) -> Backend:
    backend = Backend(Namespace(standard))
    backend.name = standard.__name__
    return backend


def backend_named(name: str) -> Backend:
    """The adapter registered under ``name`` (``"numpy"``, ``"torch"``, ``"tensorflow"``, ``"jax"``, …)."""
    try:
        return _load(_entry_points()[name])
    except KeyError:
        raise LookupError(f"No backend {name!r} is registered; there are {sorted(_entry_points())}.") from None


def backend_names() -> list[str]:
    """The frameworks that have an adapter, installed or not."""
    return sorted({entry.value: name for name, entry in sorted(_entry_points().items(), reverse=True)}.values())


def known_backend(kind: type) -> Backend | None:
    """The adapter of an array type that has been seen before."""
    return _by_type.get(kind)


def backend_for(x: Any) -> Backend | None:
    """The adapter of an array's framework; None for Python numbers and lists."""
    kind = type(x)
    found = _by_type.get(kind)
    if found is None and kind not in _NEUTRAL:
        from .preloading import adapters

        found = adapters.get(kind)
        if found is None:
            found = _find(kind, x)
        if found is not None:
            _by_type[kind] = found
    return found


def _find(kind: type, x: Any) -> Backend | None:
    if is_number(x) or isinstance(x, list | tuple):
        return None
    for base in kind.__mro__:
        entry = _entry_points().get(base.__module__.partition(".")[0])
        if entry is not None:
            backend = _load(entry)
            if backend.accepts(x):
                return backend
    if hasattr(x, "__array_namespace__"):
        return _generic(x.__array_namespace__())
    raise TypeError(
        f"{kind.__module__}.{kind.__qualname__} is no array that unilosses knows. Wanted: arrays of NumPy, PyTorch, "
        "TensorFlow, JAX or another library that follows the Python array API standard, or Python numbers and lists. "
        "Fix: numpy.asarray(x), or what makes a dense array of it."
    )


def _refuse_arrays_in(name: str, label: str, items: Sequence[Any]) -> None:
    """A list of tensors would be read as numbers, and their gradients be lost."""
    for item in items:
        if isinstance(item, list | tuple):
            _refuse_arrays_in(name, label, item)
            continue
        backend = None if type(item) in _NEUTRAL else _backend_of(item)
        if backend is not None and backend.name != "numpy":
            raise TypeError(
                f"{name}: {label} is a list that holds arrays of {backend.name}; wanted one array, through which "
                f"gradients flow. Fix: stack them first, for example {_STACK.get(backend.name, 'stack')}({label})."
            )


_STACK = {"torch": "torch.stack", "tensorflow": "tf.stack", "jax": "jnp.stack"}


def _backend_of(x: Any) -> Backend | None:
    try:
        return backend_for(x)
    except TypeError:  # a number of another library: mpmath, decimal
        return None


def common_backend(name: str, labelled: Iterable[tuple[str, Any]]) -> Backend:
    """The one framework of all arguments of loss ``name``; ``labelled`` are (argument name, value) pairs."""
    found: Backend | None = None
    first = ""
    for label, x in labelled:
        try:
            backend = backend_for(x)
        except TypeError as error:
            raise TypeError(f"{name}, {label}: {error}") from None
        if backend is None and isinstance(x, list | tuple):
            _refuse_arrays_in(name, label, x)
        if backend is None or backend is found:
            continue
        if found is None or (backend.takes_numpy and found.name == "numpy"):
            found, first = backend, label
        elif not (found.takes_numpy and backend.name == "numpy"):
            raise TypeError(
                f"{name}: {first} is an array of {found.name} and {label} is an array of {backend.name}. "
                f"All arrays of a call must belong to one framework; convert {label} first."
            )
    return found if found is not None else backend_named("numpy")


def preload() -> dict[type, Backend]:
    """The adapters of frameworks that are imported already and that compile Python; see the module ``preloading``."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "Tensor"):
        return {}
    return dict.fromkeys((torch.Tensor, torch.nn.Parameter), backend_named("torch"))
