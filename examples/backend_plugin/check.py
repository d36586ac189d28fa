"""The conformance of the adapter: ``python check.py``, once the package is installed."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import mlx.core as mx
from unilosses_mlx import backend

import unilosses as ul
from unilosses.testing import Framework, check_backend


class MlxFramework(Framework):
    """What the laws may try beyond plain calls: MLX' differentiation, its compiler and its forward mode."""

    differentiates = True

    def __init__(self) -> None:
        super().__init__(backend)
        self.transforms = {"mx.compile": self._compiled}

    def session(self) -> contextlib.AbstractContextManager[Any]:
        return mx.stream(mx.cpu)  # float64 exists on the CPU only

    def forward(self, function: Callable, arrays: Sequence[Any], wrt: Sequence[int], along: Sequence[Any]) -> Any:
        def of_moved(*moved: Any) -> Any:
            changed = list(arrays)
            for i, x in zip(wrt, moved, strict=True):
                changed[i] = x
            return function(*changed)

        return mx.jvp(of_moved, [arrays[i] for i in wrt], list(along))[1][0]

    def _compiled(self, function: Callable, arrays: Sequence[Any], wrt: Sequence[int]) -> Any:
        return mx.compile(lambda *given: self.gradient(function, given, wrt))(*arrays)


def main() -> None:
    """Arrays of MLX are found by their type; then the namespace, then the laws on one loss of each kind."""
    y_true, y_pred = mx.array([0.0, 1.0]), mx.array([0.5, 3.0])
    value, gradient = ul.value_and_grad(ul.huber)(y_true, y_pred)
    assert isinstance(value, mx.array)
    assert value.item() == (0.125 + 1.5) / 2
    assert gradient.tolist() == mx.grad(lambda y_pred: ul.huber(y_true, y_pred))(y_pred).tolist() == [0.25, 0.5]
    for report in check_backend(MlxFramework()):
        print(report)


if __name__ == "__main__":
    main()
