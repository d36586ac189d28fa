"""Masks: what is masked might as well not be there."""

from unilosses.testing.laws import masks


def test_laws_of_masks(obeys, loss, backend):
    obeys(loss, backend, masks)
