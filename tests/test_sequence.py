"""Language models and temporal classification: chunks, shapes, lengths, and sequences that cannot be placed."""

import numpy as np
import pytest

import unilosses as ul

generator = np.random.default_rng(7)
HIDDEN = generator.normal(size=(2, 3, 4))
WEIGHT = generator.normal(size=(5, 4))
BIAS = generator.normal(size=5)
TOKENS = generator.integers(0, 5, size=(2, 3))
LOGITS = generator.normal(size=(4, 5, 4))
SEQUENCES = np.array([[1, 2, 1], [2, 2, 0], [3, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("parameters", [{}, {"softcap": 2.0, "z_loss": 0.1, "label_smoothing": 0.2}])
@pytest.mark.parametrize("chunk_bytes", [1, 100])
def test_chunks_change_nothing(parameters, chunk_bytes):
    whole = ul.value_and_grad(ul.linear_cross_entropy)(TOKENS, HIDDEN, WEIGHT, BIAS, **parameters)
    parts = ul.value_and_grad(ul.linear_cross_entropy)(
        TOKENS, HIDDEN, WEIGHT, BIAS, chunk_bytes=chunk_bytes, **parameters
    )
    np.testing.assert_allclose(parts[0], whole[0], rtol=1e-14)
    for part, gradient in zip(parts[1], whole[1], strict=True):
        np.testing.assert_allclose(part, gradient, rtol=1e-13, atol=1e-15)


def test_a_linear_layer_and_its_cross_entropy_are_the_two_in_turn():
    value = ul.linear_cross_entropy(TOKENS, HIDDEN, WEIGHT, BIAS, reduction="none")
    expected = ul.sparse_categorical_cross_entropy(TOKENS, HIDDEN @ WEIGHT.T + BIAS, from_logits=True, reduction="none")
    np.testing.assert_allclose(value, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("arrays", "wrong"),
    [
        ((TOKENS[:1], HIDDEN, WEIGHT, BIAS), "y_true"),
        ((TOKENS, HIDDEN, WEIGHT.T, BIAS), "weight"),
        ((TOKENS, HIDDEN, WEIGHT, BIAS[:3]), "bias"),
    ],
)
def test_shapes_of_a_layer_that_do_not_fit(arrays, wrong):
    with pytest.raises(ValueError, match=f"{wrong} has shape .* Fix: give {wrong} the shape"):
        ul.linear_cross_entropy(*arrays)


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_a_sequence_that_cannot_be_placed_has_no_derivative(zero_infinity):
    labels = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [2, 0, 0]])
    logits = LOGITS.copy()
    logits[3, :, 2] = -np.inf  # the only label has probability 0 at all times
    value, gradient = ul.value_and_grad(ul.ctc)(
        labels, logits, logit_length=np.array([4, 2, 0, 5]), zero_infinity=zero_infinity, reduction="none"
    )
    np.testing.assert_array_equal(value, np.full(4, 0.0 if zero_infinity else np.inf))
    np.testing.assert_array_equal(gradient, np.zeros_like(logits))


def test_times_beyond_the_length_are_not_looked_at():
    lengths = {"label_length": np.array([2, 2, 1, 0]), "logit_length": np.array([3, 4, 1, 2])}
    spoiled = LOGITS.copy()
    for row, length in zip(spoiled, lengths["logit_length"], strict=True):
        row[length:] = np.nan
    value, gradient = ul.value_and_grad(ul.ctc)(SEQUENCES, spoiled, **lengths)
    expected = ul.value_and_grad(ul.ctc)(SEQUENCES, LOGITS, **lengths)
    assert value == expected[0]
    np.testing.assert_array_equal(gradient, expected[1])


def test_padding_is_blank_or_negative():
    value = ul.ctc(SEQUENCES, LOGITS, reduction="none")
    padded = np.where(SEQUENCES == 0, -1, SEQUENCES)
    np.testing.assert_array_equal(ul.ctc(padded, LOGITS, reduction="none"), value)
    given = ul.ctc(padded, LOGITS, reduction="none", label_length=[3, 2, 1, 0], logit_length=5)
    np.testing.assert_array_equal(given, value)


def test_lengths_that_the_arrays_do_not_have_give_nan():
    assert np.isnan(ul.ctc(SEQUENCES, LOGITS, label_length=[4, 2, 1, 0], reduction="none")).tolist() == [1, 0, 0, 0]
    assert np.isnan(ul.ctc(SEQUENCES, LOGITS, logit_length=[5, 5, 6, 5], reduction="none")).tolist() == [0, 0, 1, 0]
    assert np.isnan(ul.ctc(SEQUENCES, LOGITS, label_length=[3, 3, 1, 0], reduction="none")).tolist() == [0, 1, 0, 0]


def test_logits_of_nan_give_nan():
    logits = LOGITS.copy()
    logits[1, 2, 3] = np.nan
    value = ul.ctc(SEQUENCES, logits, zero_infinity=True, reduction="none")
    assert np.isnan(value).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("arrays", "parameters", "message"),
    [
        ((SEQUENCES, LOGITS[0]), {}, "Wanted: y_true \\(batch, labels\\)"),
        ((SEQUENCES, LOGITS), {"label_length": [1, 2]}, "label_length has shape \\(2,\\)"),
        ((SEQUENCES + 2, LOGITS), {}, "y_true holds 2 to 5; .* There are 4 classes"),
        ((SEQUENCES, LOGITS), {"blank": 4}, "blank=4, but y_pred has 4 classes"),
    ],
)
def test_bad_arguments_of_ctc(arrays, parameters, message):
    with pytest.raises(ValueError, match=message):
        ul.ctc(*arrays, **parameters)


def test_ctc_is_that_of_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    logits = torch.randn(6, 30, 8, dtype=torch.float64, requires_grad=True)
    labels = torch.randint(1, 8, (6, 7))
    label_length, logit_length = torch.tensor([7, 6, 5, 3, 1, 0]), torch.tensor([30, 28, 20, 9, 3, 5])
    value = ul.ctc(labels, logits, label_length=label_length, logit_length=logit_length, reduction="none")
    native = torch.nn.functional.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1), labels, logit_length, label_length, reduction="none"
    )
    torch.testing.assert_close(value, native, rtol=1e-13, atol=1e-13)
    upstream = torch.rand(6, dtype=torch.float64)
    gradient, expected = (torch.autograd.grad((v * upstream).sum(), logits)[0] for v in (value, native))
    torch.testing.assert_close(gradient, expected, rtol=1e-11, atol=1e-12)


def test_ctc_has_first_and_second_derivatives():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    labels, logits = torch.tensor([[1, 2], [2, 2]]), torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: ul.ctc(labels, x, reduction="none"), (logits,))
    assert torch.autograd.gradgradcheck(lambda x: ul.ctc(labels, x, reduction="none"), (logits,))
