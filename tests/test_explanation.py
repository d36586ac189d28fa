"""The autopsy names entries and probable mistakes."""

import jax.numpy as jnp
import matplotlib as mpl
import numpy as np
import pytest
import torch

import unilosses as ul
from unilosses.loss import Loss

mpl.use("Agg")
generator = np.random.default_rng(11)
LABELS = generator.integers(0, 4, 50)
LOGITS = generator.normal(size=(50, 4))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
BINARY = (generator.random(50) > 0.5).astype(float)


def mistakes(*arguments, **keywords):
    return " ".join(finding.message for finding in ul.explain(*arguments, **keywords).of("mistake"))


def test_an_ordinary_call_has_no_findings():
    explanation = ul.explain(ul.sparse_categorical_cross_entropy, LABELS, LOGITS, from_logits=True)
    assert explanation.findings == []
    assert "ordinary" in str(explanation)
    assert explanation.reduced == pytest.approx(explanation.values.mean())
    assert explanation.values.shape == explanation.gradients.shape == (50,)


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor, jnp.asarray])
def test_probabilities_passed_as_logits_are_named_in_every_framework(convert):
    found = mistakes(ul.sparse_categorical_cross_entropy, convert(LABELS), convert(PROBABILITIES), from_logits=True)
    assert "applied twice" in found
    found = mistakes(ul.binary_cross_entropy, convert(BINARY), convert(PROBABILITIES[:, 0]), from_logits=True)
    assert "applied twice" in found


def test_other_mistakes_are_named():
    assert "look like logits" in mistakes(ul.binary_cross_entropy, BINARY, LOGITS[:, 0], from_logits=False)
    assert "swapped" in mistakes(ul.mean_squared_error, LOGITS[:, 0], BINARY)
    assert "2 * y_true - 1" in mistakes(ul.hinge, BINARY, LOGITS[:, 0])
    assert "counted from 1" in mistakes(
        ul.sparse_categorical_cross_entropy, np.array([1, 2, 3, 4]), LOGITS[:4], from_logits=True
    )
    images = np.moveaxis(PROBABILITIES.reshape(2, 5, 5, 4), -1, 1)
    labels = LABELS.reshape(2, 5, 5)
    found = ul.explain(ul.categorical_cross_entropy, np.moveaxis(np.eye(4)[labels], -1, 1), images, from_logits=False)
    assert "Pass axis=1" in str(found)


def test_a_refused_call_gives_the_reason():
    explanation = ul.explain(ul.huber, np.zeros((3, 1)), np.zeros(3))
    assert "Nothing is broadcast silently" in explanation.of("refused")[0].message


def test_entries_that_dominate_break_saturate_or_are_clamped_are_located():
    y_true, y_pred = np.zeros(200), np.full(200, 0.01)
    y_pred[17] = 100.0
    (dominant,) = ul.explain(ul.mean_squared_error, y_true, y_pred).of("dominant")
    assert dominant.entries[0] == (17,)
    y_pred[3] = np.nan
    (broken,) = ul.explain(ul.mean_squared_error, y_true, y_pred).of("not finite")
    assert broken.entries == ((3,),)
    assert "y_pred holds NaN" in broken.message

    probabilities = np.full(20, 0.7)
    probabilities[5] = 0.0
    (clamped,) = ul.explain(ul.binary_cross_entropy, np.ones(20), probabilities, from_logits=False).of("clamped")
    assert clamped.entries == ((5,),)
    (saturated,) = ul.explain(ul.binary_cross_entropy, np.ones(20), probabilities, from_logits=False).of("saturated")
    assert saturated.entries == ((5,),)


def test_masked_entries_are_counted():
    mask = np.arange(50) % 5 != 0
    keywords = {"from_logits": True, "mask": mask}
    (masked,) = ul.explain(ul.sparse_categorical_cross_entropy, LABELS, LOGITS, **keywords).of("masked")
    assert "20.0%" in masked.message
    assert len(masked.entries) == 10


def test_it_draws(tmp_path):
    explanation = ul.explain(ul.huber, LOGITS[:, 0], LOGITS[:, 1])
    explanation.plot(tmp_path / "autopsy.png")
    assert (tmp_path / "autopsy.png").stat().st_size > 5000


def test_it_takes_losses_only():
    with pytest.raises(TypeError, match="takes a loss"):
        ul.explain(np.mean, LABELS, LOGITS)


def test_a_loss_without_a_derivative_of_its_own():
    """Its gradients come from the arrays' framework; NumPy has none, and says so by NaN."""
    loss = Loss(lambda xp, y_true, y_pred: xp.log1p((y_pred - y_true) ** 2))
    y_true, y_pred = LOGITS[:, 0], LOGITS[:, 1]
    explanation = ul.explain(loss, torch.tensor(y_true), torch.tensor(y_pred, requires_grad=True))
    error = y_pred - y_true
    np.testing.assert_allclose(explanation.gradients, np.abs(2 * error / (1 + error**2)))
    explanation = ul.explain(loss, y_true, y_pred)
    assert explanation.reduced == pytest.approx(float(loss(y_true, y_pred)))
    assert np.isnan(explanation.gradients).all()
    assert not explanation.of("refused")


def test_a_weighted_sum_is_explained_term_by_term():
    both = 0.5 * ul.hinge + ul.mean_squared_error
    explanation = ul.explain(both, 2 * BINARY - 1, LOGITS[:, 0])
    assert explanation.reduced == pytest.approx(float(both(2 * BINARY - 1, LOGITS[:, 0])))
    assert explanation.values.mean() == pytest.approx(explanation.reduced)
    (finding,) = ul.explain(both, BINARY, LOGITS[:, 0]).of("mistake")
    assert finding.message.startswith("hinge: y_true holds 0 and 1 where -1 and 1 are meant")
    regions = ul.dice + ul.binary_cross_entropy
    explanation = ul.explain(regions, BINARY.reshape(5, 10), PROBABILITIES[:, 0].reshape(5, 10), from_logits=False)
    assert np.isfinite(explanation.reduced)
    assert explanation.values.size == 0
