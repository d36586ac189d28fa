"""Derivatives: closed form, automatic differentiation and differences are one; forward, reverse and second."""

import pytest

from unilosses.testing.laws import gradients


def test_laws_of_gradients(obeys, loss, backend):
    obeys(loss, backend, gradients)


@pytest.mark.slow
def test_laws_of_gradients_in_every_setting(obeys, loss, backend):
    obeys(loss, backend, gradients, every=True)
