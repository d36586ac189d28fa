"""What the tests share. The fixture ``backend`` and ``--backends`` come from ``unilosses.testing.plugin``."""

import functools

import pytest

import unilosses as ul
from unilosses.testing import LAWS, Case, cases
from unilosses.testing.draw import VALUES


@functools.cache
def drawn(name: str, values: str) -> list[Case]:
    """The everyday cases of a loss."""
    return list(cases(ul.get(name), values))


@pytest.fixture(scope="session", params=ul.list_losses())
def loss(request: pytest.FixtureRequest) -> ul.Loss:
    """Every loss of the library."""
    return ul.get(request.param)


@pytest.fixture(scope="session")
def obeys():
    """``obeys(loss, backend, module)``: the laws of one file hold for all cases, and there were some."""
    from unilosses.testing import check_law

    def check(loss: ul.Loss, backend, module, slow: bool = False) -> None:
        laws = [law for law in LAWS.values() if law in vars(module).values() and law.slow is slow]
        assert laws, f"{module.__name__} states no laws"
        counts = {
            law.name: check_law(law, loss, backend, (case for v in VALUES for case in drawn(loss.name, v)))
            for law in laws
        }
        assert any(counts.values()), f"no law of {module.__name__} applies to {loss.name} on {backend.name}"

    return check
