"""Arguments that are refused, with what was given, what is wanted and the fix; and odd ones that are taken."""

import numpy as np
import pytest

import unilosses as ul
from unilosses import evaluation
from unilosses.testing import assert_close

ONE, ROWS, INDICES = np.ones(1), np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([1, 0])
BIG = np.zeros((2, 2))


def bce(y_pred=ONE / 2, **keywords):
    return ul.binary_cross_entropy(ONE, y_pred, **{"from_logits": True, **keywords})


def scce(**keywords):
    return ul.sparse_categorical_cross_entropy(INDICES, ROWS, **{"from_logits": True, **keywords})


REFUSED = [
    # parameters of another kind
    ("delta a", lambda: ul.huber(0.0, 1.0, delta="a"), TypeError, "delta='a' is a str; wanted a number"),
    ("delta none", lambda: ul.huber(0.0, 1.0, delta=None), TypeError, "delta=None"),
    ("delta list", lambda: ul.huber(0.0, 1.0, delta=["a"]), ValueError, "delta has dtype <U1"),
    ("delta complex", lambda: ul.huber(0.0, 1.0, delta=1j), TypeError, "delta=1j is a complex"),
    ("margin", lambda: ul.margin_ranking(ONE, ONE, ONE, margin="a"), TypeError, "margin='a'"),
    ("full", lambda: ul.poisson_nll(ONE, ONE, full="no"), TypeError, "wanted True or False"),
    ("class_weight", lambda: scce(class_weight=2.0), TypeError, "wanted one number per class"),
    ("class_weight number", lambda: scce(class_weight=np.asarray(2.0)), TypeError, "wanted one number per class"),
    ("class_weight dict", lambda: scce(class_weight={0: 1.0, 1: 2.0}), TypeError, "wanted one number per class"),
    ("axis float", lambda: scce(axis=1.0), TypeError, "axis=1.0 is a float; wanted an integer"),
    ("axis string", lambda: ul.dice(ROWS, ROWS, axis="a"), TypeError, "wanted an integer, or a tuple"),
    ("axis tuple", lambda: scce(axis=(0, 1)), TypeError, "wanted an integer"),
    ("ignore_index", lambda: scce(ignore_index=1.5), TypeError, "ignore_index=1.5 is a float; wanted an integer"),
    ("ignore_index rows", lambda: ul.sparsemax(ROWS, ROWS, ignore_index=0), ValueError, "needs class indices"),
    ("blank", lambda: ul.ctc(INDICES[:, None], np.zeros((2, 3, 4)), blank=1.5), TypeError, "blank=1.5"),
    ("reduction none", lambda: ul.huber(0.0, 1.0, reduction=None), ValueError, "reduction='none'"),
    ("reduction list", lambda: ul.huber(ONE, ONE, reduction=["mean"]), ValueError, "is unknown"),
    ("reduction array", lambda: ul.huber(ONE, ONE, reduction=ONE), ValueError, "is unknown"),
    ("normalizer", lambda: ul.huber(ONE, ONE, normalizer="a"), ValueError, "normalizer is 'a'"),
    # out of range, as a number, a NumPy number and an array
    ("pos_weight", lambda: bce(pos_weight=-1.0), ValueError, "pos_weight=-1.0 is out of range"),
    ("pos_weight array", lambda: bce(pos_weight=-ONE), ValueError, "pos_weight=-1.0 is out of range"),
    ("epsilon", lambda: bce(epsilon=0.5), ValueError, r"wanted a number in \[0.0, 0.5\)"),
    ("epsilon array", lambda: bce(epsilon=ONE), ValueError, "epsilon=1.0 is out of range"),
    ("epsilon poisson", lambda: ul.poisson_nll(ONE, ONE, epsilon=-1.0), ValueError, "epsilon=-1.0"),
    ("delta", lambda: ul.huber(ONE, ONE, delta=np.float64(-1)), ValueError, "delta=-1.0 is out of range"),
    ("delta array", lambda: ul.huber(BIG, BIG, delta=np.array([1.0, -2])), ValueError, "holds -2 to 1, which is out"),
    ("alpha", lambda: ul.binary_focal_cross_entropy(ONE, ONE, alpha=-1, from_logits=True), ValueError, "alpha=-1"),
    ("alpha array", lambda: ul.binary_focal_cross_entropy(ONE, ONE, alpha=[0.2, 0.3], from_logits=True), ValueError,
     "alpha has shape .* does not broadcast"),
    ("p", lambda: ul.triplet_margin(ROWS, ROWS, ROWS, p=0), ValueError, "p=0 is out of range"),
    ("margin of rows", lambda: ul.triplet_margin(ROWS, ROWS, ROWS, margin=np.ones((2, 1))), ValueError,
     r"margin has shape \(2, 1\); wanted a number"),
    ("q", lambda: ul.generalized_cross_entropy(INDICES, ROWS, q=0.0), ValueError, r"q=0.0 .* in \(0.0, 1.0\]"),
    # arrays that hold no real numbers, or none that can be read
    ("complex", lambda: ul.huber(ONE, ONE * 1j), ValueError, "y_pred has dtype complex128.*real part"),
    ("complex target", lambda: ul.huber(ONE * 1j, ONE), ValueError, "y_true has dtype complex128.*real part"),
    ("complex number", lambda: ul.huber(1.0, 1j), ValueError, "y_pred has dtype complex128"),
    ("complex weight", lambda: ul.huber(ONE, ONE, sample_weight=ONE * 1j), ValueError, "sample_weight has dtype"),
    ("extended", lambda: ul.huber(ONE, ONE.astype(np.longdouble)), ValueError, "y_pred has dtype .*cast y_pred to"),
    ("objects", lambda: ul.huber(ONE, ONE.astype(object)), ValueError, "y_pred has dtype object.*convert y_pred"),
    ("strings", lambda: ul.huber(["a"], ["b"]), ValueError, "y_true has dtype <U1"),
    ("ragged", lambda: ul.huber([[1.0], [2.0, 3.0]], ROWS), ValueError, "y_true cannot be made .* equally long"),
    ("ragged mask", lambda: ul.huber(ROWS, ROWS, mask=[[True], [True, False]]), ValueError, "mask cannot be made"),
    ("masked array", lambda: ul.huber(ONE, np.ma.array(ONE)), TypeError, "MaskedArray of NumPy .* mask=~"),
    ("matrix", lambda: ul.huber(ROWS, ROWS.view(np.matrix)), TypeError, r"Fix: pass numpy\.asarray"),
    # the fix is one that the loss takes
    ("logits without a parameter", lambda: ul.dice(ROWS, 3 * ROWS), ValueError, "are logits .* apply sigmoid or soft"),
    ("logits with one", lambda: bce(from_logits=False, y_pred=3 * ONE), ValueError, "are logits .* pass from_logits"),
    ("logits as labels", lambda: ul.dice(3 * ROWS, ROWS), ValueError, "or a probability in between.$"),
    ("set", lambda: ul.huber({1.0}, ONE), TypeError, r"builtins\.set is no array.*numpy\.asarray"),
    ("no name", lambda: ul.get(None), TypeError, "get takes the name of a loss"),
    ("none", lambda: ul.huber(None, None), TypeError, "y_true is None"),
    # shapes without a meaning
    *[(f"{name} without classes", lambda name=name: ul.get(name)(np.zeros((3, 0)), np.zeros((3, 0))), ValueError,
       r"shape \(3, 0\), with nothing along axis 1")
      for name in ("categorical_hinge", "cosine_similarity", "sparsemax")],
    *[(f"{name} of numbers", lambda name=name: ul.get(name)(np.array([0, 1]), np.ones(2)), ValueError,
       r"shape \(2,\); wanted \(samples, features\)") for name in ("circle", "nt_xent", "supervised_contrastive")],
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_taken():
    assert ul.quantile(0.0, 1.0, q=0) == 1
    assert ul.quantile(0.0, 1.0, q=1) == 0
    assert scce(axis=np.int64(1), class_weight=[1, 2], ignore_index=np.int64(0)) == pytest.approx(0.874976, rel=1e-5)
    assert ul.poly_cross_entropy(INDICES, ROWS, epsilon=-0.5) > 0

    @ul.loss
    def own_parameters(xp, y_true, y_pred, *, delta=-1.0, q=3.0, epsilon=2.0):
        return delta + q + epsilon + 0 * y_pred

    assert own_parameters(0.0, 1.0, q=7.0, delta=-2.0) == 7  # the names of the library's parameters are free


def test_tensors_in_lists_and_sparse_ones():
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(1.0, requires_grad=True), torch.tensor(2.0)]
    for call in (
        lambda: ul.huber([0.0, 1.0], tensors),
        lambda: ul.huber([[0.0, 1.0]], [tensors]),
        lambda: ul.huber(torch.zeros(2), torch.ones(2), sample_weight=tensors),
        lambda: ul.huber(torch.zeros(2), torch.ones(2), delta=tensors),
    ):
        with pytest.raises(TypeError, match=r"is a list that holds arrays of torch.*torch\.stack"):
            call()
    dense = torch.eye(2)
    for _ in range(2):  # after a call that is remembered, too
        with pytest.raises(TypeError, match="y_pred is sparse"):
            ul.huber(dense, dense.to_sparse())
        with pytest.raises(TypeError, match="sample_weight is sparse"):
            ul.huber(dense, dense, sample_weight=dense.to_sparse())
        ul.huber(dense, dense)
    assert ul.huber([np.float64(0), 1.0], torch.ones(2, dtype=torch.float64)) == 0.25
    assert ul.huber(torch.zeros(2), torch.ones(2), delta=np.float64(0.5), normalizer=np.int64(3)) == 0.25


def test_what_was_remembered_is_not_taken_for_another_type():
    torch = pytest.importorskip("torch")
    x = torch.ones(1, 1)
    ul.poisson_nll(x, x, full=True)
    with pytest.raises(TypeError, match="full=1 is a int"):
        ul.poisson_nll(x, x, full=1)


def test_class_indices_of_every_integer_dtype(backend):
    """Beside more classes than the dtype counts, too: 300 wraps to 44 in eight bits."""
    generator = np.random.default_rng(4)
    labels, logits = np.array([3, 99, 44, 0]), generator.normal(size=(4, 300))
    cases = {
        "sparse_categorical_cross_entropy": {"from_logits": True, "ignore_index": -100},
        "poly_cross_entropy": {},
        "crammer_singer_hinge": {},
        "multi_margin": {"class_weight": np.linspace(1, 2, 300)},
    }
    with backend.session():
        for name, parameters in cases.items():
            wanted, slope = ul.value_and_grad(ul.get(name))(labels, logits, **parameters)
            given = {n: backend.array(x) if isinstance(x, np.ndarray) else x for n, x in parameters.items()}
            for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
                arrays = backend.array(labels.astype(dtype)), backend.array(logits)
                found, gradient = ul.value_and_grad(ul.get(name))(*arrays, **given)
                assert_close(backend.numpy(found), wanted, "float64", what=f"{name} of {dtype}")
                assert_close(backend.numpy(gradient), slope, "float64", what=f"{name} of {dtype}")


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_array_parameters_make_nothing_larger(name):
    convert = np.asarray if name == "numpy" else pytest.importorskip("torch").tensor
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


def test_labels_are_looked_at_before_a_definition_is_asked_for_its_derivative(monkeypatch):
    """The first call of a loss finds out whether it has a closed form; labels out of range are told all the same."""
    monkeypatch.setattr(evaluation, "_derivatives", {})
    with pytest.raises(ValueError, match="holds 0 to 7; wanted class indices from 0 to 2"):
        ul.value_and_grad(ul.sparse_categorical_cross_entropy)([0, 7], np.zeros((2, 3)), from_logits=True)
