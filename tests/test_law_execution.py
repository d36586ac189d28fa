"""Blocks, compilers, transforms and memory layouts change nothing but speed."""

import pytest

import unilosses as ul
from unilosses.testing import framework
from unilosses.testing.laws import execution


def test_laws_of_execution(obeys, loss, backend):
    obeys(loss, backend, execution)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["huber", "sparse_categorical_cross_entropy", "dice", "triplet_margin"])
def test_laws_of_code_generators(obeys, name):
    obeys(ul.get(name), framework("torch"), execution, slow=True)


@pytest.mark.slow
def test_laws_of_execution_in_every_setting(obeys, loss, backend):
    obeys(loss, backend, execution, every=True)
