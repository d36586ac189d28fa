"""Masks: what is masked might as well not be there."""

import pytest

from unilosses.testing.laws import masks


def test_laws_of_masks(obeys, loss, backend):
    obeys(loss, backend, masks)


@pytest.mark.slow
def test_laws_of_masks_in_every_setting(obeys, loss, backend):
    obeys(loss, backend, masks, every=True)
