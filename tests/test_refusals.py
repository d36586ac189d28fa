"""Parameters that would change what is computed without a word are refused."""

import numpy as np
import pytest
import torch

import unilosses as ul


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor])
def test_array_parameters_make_nothing_larger(convert):
    y_true, y_pred = convert(np.ones((2, 3))), convert(np.zeros((2, 3)))
    for delta in (np.ones((4, 2, 3)), np.ones(2), np.ones((2, 1, 3))):
        with pytest.raises(ValueError, match="does not broadcast"):
            ul.huber(y_true, y_pred, delta=convert(delta))
    assert ul.huber(y_true, y_pred, delta=convert(np.ones((2, 1))), reduction="none").shape == (2, 3)
    with pytest.raises(ValueError, match="does not broadcast"):
        ul.binary_cross_entropy(y_true, y_pred, from_logits=True, pos_weight=convert(np.ones((4, 2, 3))))


@pytest.mark.parametrize("given", [None, "no", 0])
def test_from_logits_is_true_or_false(given):
    with pytest.raises(TypeError, match="from_logits"):
        ul.binary_cross_entropy([0, 1], [0.2, 0.3], from_logits=given)


def test_the_normalizer_is_one_number():
    x = np.ones((5, 2))
    with pytest.raises(ValueError, match="normalizer has shape"):
        ul.mean_squared_error(x, x + 1, normalizer=np.ones(5))
    assert ul.mean_squared_error(x, x + 1, normalizer=np.asarray(20.0)) == 0.5
