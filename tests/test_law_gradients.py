"""Derivatives: closed form, automatic differentiation and differences are one; forward, reverse and second."""

from unilosses.testing.laws import gradients


def test_laws_of_gradients(obeys, loss, backend):
    obeys(loss, backend, gradients)
