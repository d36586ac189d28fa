"""Values: the same number in every framework, finite, in every dtype, one sample at a time."""

from unilosses.testing.laws import values


def test_laws_of_values(obeys, loss, backend):
    obeys(loss, backend, values)
