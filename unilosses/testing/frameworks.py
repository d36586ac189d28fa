"""How the laws speak to each framework: arrays in and out, and every way that it differentiates and compiles.

A framework without an entry in :data:`DIFFERENTIATION` is tested through its adapter alone. Nothing here is imported
before a law needs it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..arrays import to_numpy
from ..dispatch import Backend, backend_for, backend_named, backend_names

Array = Any
Function = Callable[..., Any]
#: ``(function, arrays, wrt) -> (value, gradients)`` of a scalar function of all arrays; ``wrt`` are positions.
Transform = Callable[[Function, Sequence[Array], Sequence[int]], tuple[Array, Sequence[Array]]]
#: ``(function, arrays, wrt, tangents) -> products`` with the Hessian.
Curvature = Callable[[Function, Sequence[Array], Sequence[int], Sequence[Array]], Sequence[Array]]


class Framework:
    """One array library in the tests. The base class serves a library without differentiation of its own."""

    dtypes: tuple[str, ...] = ("float32", "float64")
    differentiates = False
    #: Compilers and functional transforms, by the name that a report gives them; those in ``slow`` take seconds.
    transforms: dict[str, Transform]
    slow: frozenset[str] = frozenset()
    curvatures: dict[str, Curvature]

    def __init__(self, backend: Backend, name: str | None = None) -> None:
        self.backend = backend
        self.name = name or backend.name
        self.transforms = {}
        self.curvatures = {}

    def __repr__(self) -> str:
        return self.name

    def session(self) -> contextlib.AbstractContextManager[Any]:
        """Where float64 is float64."""
        return contextlib.nullcontext()

    def dtype(self, name: str) -> Any:
        """The framework's dtype of that name."""
        return getattr(self.backend.namespace.standard, name)

    def array(self, x: Any, dtype: str = "float64") -> Array:
        """A NumPy array in this framework, in memory of its own; integers and booleans keep their dtype."""
        x = np.array(x)
        return self.backend.asarray(x, None, self.dtype(dtype if x.dtype.kind == "f" else x.dtype.name))

    def numpy(self, x: Array) -> np.ndarray:
        """The numbers of an array, floats as float64."""
        return to_numpy(x)

    def views(self, x: np.ndarray, dtype: str) -> dict[str, Array]:
        """Arrays of equal numbers whose elements do not lie in memory row by row."""
        return {}

    def gradient(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> tuple[Array, list[Array]]:
        """The scalar ``function(*arrays)`` and its gradients by reverse mode."""
        arrays = list(arrays)

        def of_moved(*moved: Array) -> Array:
            return function(*_put(arrays, wrt, moved))

        value, gradients = self.backend.value_and_grad(of_moved, [arrays[i] for i in wrt])
        return value, list(gradients)

    def forward(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int], along: Sequence[Array]) -> Array:
        """The derivative of the scalar ``function(*arrays)`` along a direction, by forward mode."""
        raise TypeError(f"{self.name} has no forward mode")


def _put(arrays: Sequence[Array], wrt: Sequence[int], moved: Sequence[Array]) -> list[Array]:
    changed = list(arrays)
    for i, x in zip(wrt, moved, strict=True):
        changed[i] = x
    return changed


def _moving(function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Function:
    return lambda *moved: function(*_put(arrays, wrt, moved))


def _batched_mean(function: Function, vmap: Function, stack: Function, total: Function) -> Function:
    """``function`` of one set of arrays, evaluated by ``vmap`` on two copies of it; half the sum is the same number."""

    def doubled(*arrays: Array) -> Array:
        return total(vmap(function)(*(stack([x, x]) for x in arrays))) / 2

    return doubled


class NumpyFramework(Framework):
    """NumPy: the closed forms are all the differentiation there is."""

    dtypes = ("float16", "float32", "float64")

    def array(self, x: Any, dtype: str = "float64") -> Array:
        x = np.array(x)
        return x.astype(dtype) if x.dtype.kind == "f" else x

    def views(self, x: np.ndarray, dtype: str) -> dict[str, Array]:
        x = self.array(x, dtype)
        found = {"column-major": np.asfortranarray(x), "every other element": np.repeat(x, 2, axis=-1)[..., ::2]}
        found["negative strides"] = x[..., ::-1].copy()[..., ::-1]
        read_only = x.copy()
        read_only.flags.writeable = False
        return {**found, "read-only": read_only}


class TorchFramework(Framework):
    """PyTorch."""

    dtypes = ("float16", "bfloat16", "float32", "float64")
    differentiates = True
    slow = frozenset({"torch.compile(inductor)"})

    def __init__(self, backend: Backend, name: str | None = None) -> None:
        super().__init__(backend, name)
        self.torch = torch = importlib.import_module("torch")
        self.transforms = {
            "torch.func.grad": self._func_grad,
            "torch.func.vmap": self._func_vmap,
            "torch.func.jacrev": self._func_jacrev,
            "torch.compile(aot_eager)": functools.partial(self._compiled, "aot_eager"),
            "torch.compile(inductor)": functools.partial(self._compiled, "inductor"),
        }
        self.curvatures = {"create_graph": self._create_graph, "torch.func.hessian": self._func_hessian}
        torch.func  # noqa: B018  # loaded lazily by PyTorch

    def dtype(self, name: str) -> Any:
        return getattr(self.torch, name)

    def views(self, x: np.ndarray, dtype: str) -> dict[str, Array]:
        doubled = self.array(np.repeat(x, 2, axis=-1), dtype)[..., ::2]
        found = {"every other element": doubled}
        if x.ndim > 1:
            found["transposed"] = self.array(np.swapaxes(x, 0, -1), dtype).transpose(0, -1)
        return found

    def gradient(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> tuple[Array, list[Array]]:
        leaves = [x.detach().requires_grad_() if i in wrt else x for i, x in enumerate(arrays)]
        value = function(*leaves)
        wanted = [leaves[i] for i in wrt]
        if not value.requires_grad:
            raise AssertionError("the result is not connected to its inputs")
        found = self.torch.autograd.grad(value, wanted, allow_unused=True, materialize_grads=True)
        return value.detach(), list(found)

    def forward(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int], along: Sequence[Array]) -> Array:
        dual = self.torch.autograd.forward_ad
        with dual.dual_level():
            moved = [dual.make_dual(arrays[i], t) for i, t in zip(wrt, along, strict=True)]
            tangent = dual.unpack_dual(function(*_put(arrays, wrt, moved))).tangent
        if tangent is None:
            raise AssertionError("the result is not connected to its inputs")
        return tangent

    def _create_graph(self, function: Function, arrays: Sequence[Array], wrt: Any, along: Any) -> Sequence[Array]:
        leaves = [x.detach().requires_grad_() if i in wrt else x for i, x in enumerate(arrays)]
        wanted = [leaves[i] for i in wrt]
        gradients = self.torch.autograd.grad(function(*leaves), wanted, create_graph=True)
        slope = sum((g * t).sum() for g, t in zip(gradients, along, strict=True))
        if not slope.requires_grad:  # a linear loss
            return [self.torch.zeros_like(x) for x in wanted]
        return self.torch.autograd.grad(slope, wanted, allow_unused=True, materialize_grads=True)

    def _func_hessian(self, function: Function, arrays: Sequence[Array], wrt: Any, along: Any) -> Sequence[Array]:
        numbers = tuple(range(len(wrt)))
        moved = [arrays[i] for i in wrt]
        blocks = self.torch.func.hessian(_moving(function, arrays, wrt), argnums=numbers)(*moved)
        return [sum(self.torch.tensordot(b, t, dims=t.ndim) for b, t in zip(row, along, strict=True)) for row in blocks]

    def _func_grad(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        gradients, value = self.torch.func.grad_and_value(function, argnums=tuple(wrt))(*arrays)
        return value, gradients

    def _func_vmap(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        func, stack, total = self.torch.func, self.torch.stack, self.torch.sum
        return self._func_grad(_batched_mean(function, func.vmap, stack, total), arrays, wrt)

    def _func_jacrev(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        return function(*arrays), self.torch.func.jacrev(function, argnums=tuple(wrt))(*arrays)

    def _compiled(self, compiler: str, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        importlib.import_module("torch._dynamo").reset()
        return self.gradient(self.torch.compile(function, fullgraph=True, backend=compiler), arrays, wrt)


class TensorFlowFramework(Framework):
    """TensorFlow."""

    dtypes = ("float16", "bfloat16", "float32", "float64")
    differentiates = True

    def __init__(self, backend: Backend, name: str | None = None) -> None:
        super().__init__(backend, name)
        self.tf = importlib.import_module("tensorflow")
        self.transforms = {
            "tf.function": functools.partial(self._function, False),
            "tf.function(jit_compile=True)": functools.partial(self._function, True),
        }
        self.curvatures = {"nested tapes": self._nested}

    def dtype(self, name: str) -> Any:
        return self.tf.as_dtype(name)

    def array(self, x: Any, dtype: str = "float64") -> Array:
        x = np.array(x)
        return self.tf.cast(self.tf.constant(x), self.dtype(dtype)) if x.dtype.kind == "f" else self.tf.constant(x)

    def gradient(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> tuple[Array, list[Array]]:
        wanted = [arrays[i] for i in wrt]
        with self.tf.GradientTape() as tape:
            tape.watch(wanted)
            value = function(*arrays)
        found = tape.gradient(value, wanted)
        if all(g is None for g in found):
            raise AssertionError("the result is not connected to its inputs")
        return value, [self._dense(g, x) for g, x in zip(found, wanted, strict=True)]

    def _dense(self, gradient: Any, x: Array) -> Array:
        """Zeros where there is no way from the input to the result; an array where only some rows have a gradient."""
        return self.tf.zeros_like(x) if gradient is None else self.tf.convert_to_tensor(gradient)

    def forward(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int], along: Sequence[Array]) -> Array:
        with self.tf.autodiff.ForwardAccumulator([arrays[i] for i in wrt], list(along)) as accumulator:
            value = function(*arrays)
        tangent = accumulator.jvp(value)
        if tangent is None:
            raise AssertionError("the result is not connected to its inputs")
        return tangent

    def _nested(self, function: Function, arrays: Sequence[Array], wrt: Any, along: Any) -> Sequence[Array]:
        wanted = [arrays[i] for i in wrt]
        with self.tf.GradientTape() as outer:
            outer.watch(wanted)
            gradients = self.gradient(function, arrays, wrt)[1]
            slope = sum(self.tf.reduce_sum(g * t) for g, t in zip(gradients, along, strict=True))
        found = outer.gradient(slope, wanted)
        return [self._dense(g, x) for g, x in zip(found, wanted, strict=True)]

    def _function(self, compiled: bool, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        traced = self.tf.function(lambda *given: self.gradient(function, given, wrt), jit_compile=compiled)
        return traced(*arrays)


class JaxFramework(Framework):
    """JAX."""

    dtypes = ("float16", "bfloat16", "float32", "float64")
    differentiates = True

    def __init__(self, backend: Backend, name: str | None = None) -> None:
        super().__init__(backend, name)
        self.jax = jax = importlib.import_module("jax")
        self.transforms = {
            "jax.jit": lambda function, arrays, wrt: jax.jit(self._both(function, wrt))(*arrays),
            "jax.vmap": self._vmap,
        }
        self.curvatures = {"grad of grad": self._grad_of_grad, "jax.hessian": self._hessian}

    def session(self) -> contextlib.AbstractContextManager[Any]:
        # jax.enable_x64 came with JAX 0.8; before, it was experimental.
        home = self.jax if hasattr(self.jax, "enable_x64") else importlib.import_module("jax.experimental")
        return home.enable_x64(True)

    def _both(self, function: Function, wrt: Sequence[int]) -> Function:
        return self.jax.value_and_grad(function, argnums=tuple(wrt))

    def gradient(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> tuple[Array, list[Array]]:
        value, gradients = self._both(function, wrt)(*arrays)
        return value, list(gradients)

    def forward(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int], along: Sequence[Array]) -> Array:
        moved = _moving(function, arrays, wrt)
        return self.jax.jvp(moved, [arrays[i] for i in wrt], list(along))[1]

    def _vmap(self, function: Function, arrays: Sequence[Array], wrt: Sequence[int]) -> Any:
        numpy = self.jax.numpy
        return self._both(_batched_mean(function, self.jax.vmap, numpy.stack, numpy.sum), wrt)(*arrays)

    def _grad_of_grad(self, function: Function, arrays: Sequence[Array], wrt: Any, along: Any) -> Sequence[Array]:
        def slope(*given: Array) -> Array:
            gradients = self._both(function, wrt)(*given)[1]
            return sum((g * t).sum() for g, t in zip(gradients, along, strict=True))

        return self.jax.grad(slope, argnums=tuple(wrt))(*arrays)

    def _hessian(self, function: Function, arrays: Sequence[Array], wrt: Any, along: Any) -> Sequence[Array]:
        blocks = self.jax.jit(self.jax.hessian(function, argnums=tuple(wrt)))(*arrays)
        dot = self.jax.numpy.tensordot
        return [sum(dot(b, t, axes=t.ndim) for b, t in zip(row, along, strict=True)) for row in blocks]


DIFFERENTIATION: dict[str, type[Framework]] = {
    "numpy": NumpyFramework,
    "torch": TorchFramework,
    "tensorflow": TensorFlowFramework,
    "jax": JaxFramework,
}


@functools.cache
def framework(name: str) -> Framework:
    """The framework of a registered backend, or of an array API library that needs none, by the name of its module."""
    if name in backend_names():
        backend = backend_named(name)
        return DIFFERENTIATION.get(name, Framework)(backend, name)
    module = importlib.import_module(name)
    found = backend_for(module.asarray(1.0))
    assert found is not None
    return Framework(found, name)


def framework_of(backend: Any) -> Framework:
    """A framework from its name, from an adapter, or as it is."""
    if isinstance(backend, Framework):
        return backend
    if isinstance(backend, Backend):
        return DIFFERENTIATION.get(backend.name, Framework)(backend)
    return framework(backend)


def installed() -> list[str]:
    """The registered backends whose framework is installed; array-api-strict comes along where it is."""
    found = [name for name in (*backend_names(), "array_api_strict") if importlib.util.find_spec(name) is not None]
    return sorted(found, key=lambda name: (name != "numpy", name))


@contextlib.contextmanager
def blocks_of(elements: int) -> Iterator[None]:
    """Cut eager evaluation into blocks of this many elements, however small the arrays are."""
    blocks: Any = importlib.import_module("unilosses.blocks")
    before = blocks.BLOCK
    blocks.BLOCK = elements
    try:
        yield
    finally:
        blocks.BLOCK = before
