"""What the tests share. The fixture ``backend`` and ``--backends`` come from ``unilosses.testing.plugin``."""

import functools
import zlib

import pytest

import unilosses as ul
from unilosses.testing import LAWS, Case, cases, check_law
from unilosses.testing.draw import VALUES

#: Cases of a law that a framework other than NumPy takes every day.
EVERYDAY = 3


@functools.cache
def drawn(name: str) -> list[Case]:
    """The cases of a loss, all values."""
    return [case for values in VALUES for case in cases(ul.get(name), values, reals=1e30)]


def some(everything: list[Case], name: str, count: int) -> list[Case]:
    """The first case and ``count - 1`` others, spread evenly, other ones for other names."""
    if len(everything) <= count:
        return everything
    stride = (len(everything) - 1) / (count - 1)
    start = zlib.crc32(name.encode()) % max(1, int(stride))
    return [everything[0], *(everything[1 + start + int(i * stride)] for i in range(count - 1))]


@pytest.fixture(scope="session", params=[n for n in ul.list_losses() if ul.get(n).__module__.startswith("unilosses.")])
def loss(request: pytest.FixtureRequest) -> ul.Loss:
    """Every loss of the library."""
    return ul.get(request.param)


@pytest.fixture(scope="session")
def obeys():
    """``obeys(loss, backend, module)``: the laws of one file hold, and there were some cases.

    Every day NumPy takes all cases and each other framework ``EVERYDAY`` of them per law, other settings for other
    laws; ``every=True`` takes all cases everywhere.
    """

    def check(loss: ul.Loss, backend, module, *, every: bool = False, slow: bool = False) -> None:
        laws = [law for law in LAWS.values() if law in vars(module).values() and law.slow is slow]
        assert laws, f"{module.__name__} states no laws"
        counts = {}
        for law in laws:
            with backend.session():
                taken = [case for case in drawn(loss.name) if law.applies(loss, backend, case)]
            if not every and backend.name != "numpy":
                taken = some(taken, law.name + loss.name, EVERYDAY)
            counts[law.name] = check_law(law, loss, backend, taken)
        assert any(counts.values()), f"no law of {module.__name__} applies to {loss.name} on {backend.name}"

    return check
