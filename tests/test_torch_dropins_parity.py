"""Every class of torch.nn under its own name: values, gradients, second gradients and dtypes of native."""

import pytest

from .torch_cases import CASES
from .torch_parity import DTYPES, compare


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: str(d).removeprefix("torch."))
@pytest.mark.parametrize("case", CASES, ids=str)
def test_parity(case, dtype):
    assert compare(case, dtype) == len(list(case.combinations()))
