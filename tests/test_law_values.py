"""Values: the same number in every framework, finite, in every dtype, one sample at a time."""

import pytest

from unilosses.testing.laws import values


def test_laws_of_values(obeys, loss, backend):
    obeys(loss, backend, values)


@pytest.mark.slow
def test_laws_of_values_in_every_setting(obeys, loss, backend):
    obeys(loss, backend, values, every=True)
