"""Every class of torch.nn under its own name: values, gradients, second gradients and dtypes of native."""

import pytest

from .torch_cases import CASES
from .torch_parity import compare

RUNS = [pytest.param(case, dtype, id=f"{case}-{dtype}") for case in CASES for dtype in case.dtypes]


@pytest.mark.parametrize(("case", "dtype"), RUNS)
def test_parity(case, dtype):
    assert compare(case, dtype) == len(list(case.combinations()))
