"""The conformance suite for adapters: ours pass it, broken ones are told what is wrong."""

import array_api_compat.numpy as standard
import numpy as np
import pytest

from unilosses.dispatch import Backend
from unilosses.namespace import Namespace
from unilosses.testing import check_backend
from unilosses.testing.conformance import PRIMITIVES, THROUGH_LOSSES, primitives


def test_the_backends_conform(backend):
    (report,) = check_backend(backend, losses=["mean_absolute_error"])
    assert report.backends == [backend.name]
    assert report.cases > 20


def test_every_primitive_has_an_example():
    assert set(PRIMITIVES) | THROUGH_LOSSES == primitives()


class Broken(Namespace):
    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))  # overflows

    def relu(self, x):
        return np.maximum(x, 0) + 1e-9


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_wrong_primitive_is_named():
    import array_api_strict

    adapter = Backend(Broken(standard))
    adapter.is_array = lambda x: isinstance(x, np.ndarray)
    with pytest.raises(AssertionError, match="relu"):
        check_backend(adapter, losses=[])
    assert check_backend(Backend(Namespace(array_api_strict)), losses=[]) == []


def test_an_adapter_that_takes_numbers_for_arrays_is_told():
    adapter = Backend(Namespace(standard))
    adapter.is_array = lambda x: True
    with pytest.raises(AssertionError, match=r"is_array\(3.0\) is True, expected False"):
        check_backend(adapter, losses=[])


def test_a_missing_function_of_the_standard_is_named():
    class Poor(Namespace):
        tanh = None

    adapter = Backend(Poor(standard))
    adapter.is_array = lambda x: isinstance(x, np.ndarray)
    with pytest.raises(AssertionError, match="lacks the standard's function tanh"):
        check_backend(adapter, losses=[])
