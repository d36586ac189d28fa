"""unilosses.jax has every function of optax.losses: names, signatures, dtypes, errors, and no need of optax."""

import inspect
import runpy
import subprocess
import sys
import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import unilosses.jax as drop_ins
from unilosses.testing import assert_close

from .jax_parity import double_precision, jax, jnp, optax

ROOT = Path(__file__).resolve().parent.parent
NAMES = [name for name in dir(optax.losses) if not name.startswith("_")]


def test_names():
    assert set(NAMES) == set(drop_ins.__all__) - {"DIFFERENCES", "Difference"}


@pytest.mark.parametrize("name", NAMES)
def test_signature(name):
    """Names, kinds and defaults of parameters; optax' annotations are not repeated."""
    shapes = [
        [(p.name, p.kind, p.default) for p in inspect.signature(getattr(module, name)).parameters.values()]
        for module in (optax.losses, drop_ins)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", NAMES)
def test_documented(name):
    text = inspect.getdoc(getattr(drop_ins, name))
    assert f"``optax.losses.{name}``" in text
    assert "Shapes: " in text or "shapes " in text or "deprecated name" in text


def test_page_is_up_to_date():
    written = runpy.run_path(str(ROOT / "docs" / "jax_pages.py"))["WRITTEN"]
    sys.path.insert(0, str(ROOT))  # for the tests' own data
    try:
        for path, text in written.items():
            assert path.read_text() == text(), "run: python docs/jax_pages.py"
    finally:
        sys.path.remove(str(ROOT))


def run_python(code, folder):
    result = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_optax_is_not_needed(tmp_path):
    code = (
        "import sys; sys.modules['optax'] = None; import unilosses.jax as losses, jax.numpy as jnp; "
        "print(float(losses.huber_loss(jnp.array(3.0), jnp.array(0.0))))"
    )
    assert float(run_python(code, tmp_path)) == 2.5


@pytest.mark.parametrize("framework", ["jax", "tensorflow"])
def test_missing_framework_is_explained(framework, tmp_path):
    code = (
        f"import sys; sys.modules[{framework!r}] = None\n"
        f"try:\n    import unilosses.{framework}\nexcept ImportError as error:\n    print(error)"
    )
    assert f"unilosses[{framework}]" in run_python(code, tmp_path)


def test_deprecated_name_warns():
    log_p, y = jnp.log(jnp.array([0.2, 0.8])), jnp.array([0.5, 0.4])
    with pytest.warns(DeprecationWarning, match="generalized_kl_divergence") as native:
        expected = optax.losses.convex_kl_divergence(log_p, y)
    with pytest.warns(DeprecationWarning, match="generalized_kl_divergence") as ours:
        actual = drop_ins.convex_kl_divergence(log_p, y)
    assert str(ours[0].message) == str(native[0].message)
    assert ours[0].filename == native[0].filename == __file__
    assert_close(actual, expected)


def test_fenchel_young_losses():
    """Of a convex function, over leading axes, with its gradients."""
    native, ours = (module.make_fenchel_young_loss(jax.nn.logsumexp) for module in (optax.losses, drop_ins))
    generator = np.random.default_rng(5)
    with double_precision():
        scores, targets = (jnp.asarray(generator.normal(size=(2, 3, 4))) for _ in range(2))
        assert_close(ours(scores, targets[0, 0]), native(scores, targets[0, 0]))
        assert ours(scores, targets).shape == (2, 3)
        for position in (0, 1):
            slopes = [jax.grad(lambda *x, f=f: f(*x).sum(), argnums=position)(scores, targets) for f in (native, ours)]
            assert_close(slopes[1], slopes[0])


@pytest.mark.parametrize("shape", [(4,), (3, 4), (3, 1), (1, 4), (2, 3, 4)])
@pytest.mark.parametrize("reduce_fn", [None, jnp.mean, jnp.sum])
def test_mask_of_items_is_broadcast(shape, reduce_fn):
    """As optax has it: from the right, so that a vector is about items and never about lists."""
    generator = np.random.default_rng(6)
    logits, labels = (jnp.asarray(generator.normal(size=(3, 4)), "float32") for _ in range(2))
    where = jnp.asarray(generator.random(shape) < 0.6)
    native, ours = (
        module.ranking_softmax_loss(logits, labels, where=where, reduce_fn=reduce_fn)
        for module in (optax.losses, drop_ins)
    )
    assert native.shape == ours.shape
    assert_close(ours, native)


@pytest.mark.parametrize("name", ["hinge_loss", "perceptron_loss", "huber_loss"])
def test_lists_beside_numpy_arrays(name):
    value = getattr(drop_ins, name)(np.array([1.0, 0.5]), [1, -1])
    assert_close(value, getattr(optax.losses, name)(np.array([1.0, 0.5]), [1, -1]))
    assert value.dtype == "float32"


@pytest.mark.parametrize(
    "name", ["l2_loss", "huber_loss", "hinge_loss", "perceptron_loss", "squared_error", "log_cosh"]
)
def test_result_of_python_numbers_promotes_no_array(name):
    narrow = jnp.ones(2, "bfloat16")
    for kind in (jnp.asarray, jnp.float32):  # as weak as a Python number, and not
        arrays = kind(1.5), kind(-1.0)
        native, ours = (getattr(module, name)(*arrays) for module in (optax.losses, drop_ins))
        assert ours.weak_type == native.weak_type
        assert (narrow * ours).dtype == (narrow * native).dtype
        assert_close(ours, native)
    assert_close(jax.grad(getattr(drop_ins, name))(1.5, -1.0), jax.grad(getattr(optax.losses, name))(*arrays))
    assert jax.jit(getattr(drop_ins, name))(1.5, -1.0).weak_type == (name != "log_cosh")


def test_labels_of_sparsemax_as_a_column():
    scores, labels = jnp.array([[0.1, 0.2, 0.3], [0.5, 0.1, 0.7]]), jnp.array([[0], [-1]])
    native, ours = (module.multiclass_sparsemax_loss(scores, labels) for module in (optax.losses, drop_ins))
    assert_close(ours, native)


DTYPES = ("float32", "bfloat16", "float16", "int32", "float64")
FLOATS = ("float32", "bfloat16", "float16", "float64")
PAIRS = {
    "squared_error": ((3, 4), (3, 4)), "l2_loss": ((3, 4), (3, 4)), "huber_loss": ((3, 4), (3, 4)),
    "log_cosh": ((3, 4), (3, 4)), "cosine_similarity": ((3, 4), (3, 4)), "cosine_distance": ((3, 4), (3, 4)),
    "sigmoid_binary_cross_entropy": ((3, 4), (3, 4)), "sigmoid_focal_loss": ((3, 4), (3, 4)),
    "hinge_loss": ((3, 4), (3, 4)), "perceptron_loss": ((3, 4), (3, 4)), "sparsemax_loss": ((3, 4), (3, 4)),
    "softmax_cross_entropy": ((3, 4), (3, 4)), "safe_softmax_cross_entropy": ((3, 4), (3, 4)),
    "poly_loss_cross_entropy": ((3, 4), (3, 4)), "kl_divergence": ((3, 4), (3, 4)),
    "kl_divergence_with_log_targets": ((3, 4), (3, 4)), "generalized_kl_divergence": ((3, 4), (3, 4)),
    "softmax_cross_entropy_with_integer_labels": ((3, 4), (3,)), "multiclass_hinge_loss": ((3, 4), (3,)),
    "multiclass_perceptron_loss": ((3, 4), (3,)), "multiclass_sparsemax_loss": ((3, 4), (3,)),
    "ranking_softmax_loss": ((3, 4), (3, 4)), "dice_loss": ((3, 4, 2), (3, 4, 2)),
    "multiclass_generalized_dice_loss": ((3, 4, 2), (3, 4, 2)), "binary_dice_loss": ((3, 4), (3, 4)),
    "ntxent": ((3, 4), (3,)), "triplet_margin_loss": ((3, 4), (3, 4), (4,)), "smooth_labels": ((3, 4), ()),
    "ctc_loss": ((3, 5, 4), (3, 5), (3, 2), (3, 2)),
}  # fmt: skip


def outcome(module, name, shapes, dtypes):
    """The dtype and shape of a result, or the kind of error; nothing is computed."""
    arrays = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # JAX, of the softmax of integers
            result = jax.eval_shape(getattr(module, name), *arrays)
    except (TypeError, ValueError) as error:
        return type(error)
    return result.dtype, result.shape


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("wide", [False, True], ids=["float32", "x64"])
def test_dtypes_and_shapes(name, wide):
    """Over all pairs of dtypes: the dtype that optax returns, or its kind of error."""
    shapes = PAIRS[name]
    allowed = DTYPES if wide else DTYPES[:-1]
    checked = 0
    # The classes' indices and the groups' names are integers.
    seconds = ("int32", "int8", "uint8") if "(3,)" in str(shapes[1:]) else allowed
    # The softmax and the sigmoid of integers, and their projection, are an error or a warning in JAX.
    firsts = [x for x in allowed if x != "int32" or ("dice" not in name and "multiclass_sparsemax" not in name)]
    for first, second in product(firsts, seconds):
        dtypes = [first, *[second] * (len(shapes) - 1)]
        if name == "ctc_loss":
            dtypes = [first, second, "int32", second]
        if wide:
            with double_precision():
                native, ours = (outcome(module, name, shapes, dtypes) for module in (optax.losses, drop_ins))
        else:
            native, ours = (outcome(module, name, shapes, dtypes) for module in (optax.losses, drop_ins))
        assert ours == native, f"{first}, {second}: {ours}, optax {native}"
        checked += 1
    assert checked > 8


ONE, TWO = np.ones((3, 4), np.float32), np.ones((3, 2), np.float32)
LABELS = np.array([0, 1, 2])
REGIONS = np.ones((2, 3, 4), np.float32)
FRAMES, SILENCE = np.zeros((3, 5, 4), np.float32), np.zeros((3, 5), np.float32)
WORDS, NONE = np.ones((3, 2), np.int32), np.zeros((3, 2), np.float32)
ERRORS = {
    "integer predictions": ("squared_error", (LABELS, LABELS), {}, TypeError),
    "integer logits": ("sigmoid_binary_cross_entropy", (LABELS, LABELS), {}, TypeError),
    "integer embeddings": ("ntxent", (np.ones((3, 2), int), LABELS), {}, TypeError),
    "integer labels to smooth": ("smooth_labels", (LABELS, 0.1), {}, TypeError),
    "integer targets": ("kl_divergence", (ONE[0], np.ones(4, int)), {}, TypeError),
    "floating class indices": ("softmax_cross_entropy_with_integer_labels", (ONE, ONE[:, 0]), {}, TypeError),
    "shapes": ("squared_error", (ONE, ONE[:, :1]), {}, ValueError),
    "shapes of the perceptron": ("perceptron_loss", (ONE, ONE[0]), {}, ValueError),
    "shapes that do not broadcast": ("huber_loss", (ONE, TWO), {}, (TypeError, ValueError)),
    "axis": ("softmax_cross_entropy", (ONE, ONE), {"axis": 2}, ValueError),
    "axis of labels": ("softmax_cross_entropy_with_integer_labels", (ONE, LABELS), {"axis": 2}, ValueError),
    "axes of labels": ("softmax_cross_entropy_with_integer_labels", (ONE, 1), {"axis": (0, 2)}, ValueError),
    "no axis": ("softmax_cross_entropy_with_integer_labels", (ONE, LABELS), {"axis": None}, ValueError),
    "number of labels": ("ntxent", (ONE, LABELS[:2]), {}, ValueError),
    "one value for several lists": ("ranking_softmax_loss", (ONE, ONE), {"where": np.ones(3, bool)}, ValueError),
    "one value for all lists": ("ranking_softmax_loss", (ONE, ONE), {"where": np.array(True)}, ValueError),
    "regions": ("dice_loss", (REGIONS, REGIONS[:, :2]), {}, ValueError),
    "reduction": ("dice_loss", (REGIONS, REGIONS), {"reduction": "average"}, ValueError),
    "class weights": ("dice_loss", (REGIONS, REGIONS), {"class_weights": REGIONS[0]}, ValueError),
    "logits for probabilities": ("dice_loss", (REGIONS, REGIONS), {"apply_softmax": False}, ValueError),
    "regions of generalized Dice": ("multiclass_generalized_dice_loss", (REGIONS, REGIONS[:1]), {}, ValueError),
    "rank of frames": ("ctc_loss", (FRAMES[0], SILENCE, WORDS, NONE), {}, ValueError),
    "rank of labels": ("ctc_loss", (FRAMES, SILENCE, WORDS[0], NONE[0]), {}, ValueError),
    "paddings of frames": ("ctc_loss", (FRAMES, SILENCE[:, :4], WORDS, NONE), {}, ValueError),
    "paddings of labels": ("ctc_loss", (FRAMES, SILENCE, WORDS, NONE[:, :1]), {}, ValueError),
    "batch of labels": ("ctc_loss_with_forward_probs", (FRAMES, SILENCE, WORDS[:2], NONE[:2]), {}, ValueError),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case):
    """What optax refuses is refused with the same kind of error, which names the function and says what is wanted."""
    name, arrays, options, error = ERRORS[case]
    arrays = [jnp.asarray(x) for x in arrays]
    with pytest.raises(error):
        getattr(optax.losses, name)(*arrays, **options)
    with pytest.raises(error) as caught:
        getattr(drop_ins, name)(*arrays, **options)
    assert case.startswith("shapes that") or str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["huber_loss", "squared_error", "sigmoid_binary_cross_entropy", "hinge_loss"])
def test_python_numbers_and_numpy_arrays(name):
    for arrays in ((2.0, 1.0), (np.array([2.0, 0.5], np.float32), np.array([1.0, -1.0], np.float32))):
        expected = getattr(optax.losses, name)(*map(jnp.asarray, arrays))
        actual = getattr(drop_ins, name)(*arrays)
        assert isinstance(actual, jax.Array)
        assert_close(actual, expected)


def test_ranking_of_no_lists():
    logits = jnp.zeros((0, 3))
    assert optax.losses.ranking_softmax_loss(logits, logits) == 0
    assert drop_ins.ranking_softmax_loss(logits, logits) == 0


def test_ranking_means_do_not_overflow_half_precision():
    logits = jnp.full((300, 2), 10, jnp.float16).at[:, 0].set(-300)
    labels, where = jnp.ones((300, 2), jnp.float16).at[:, 1].set(0), jnp.ones((300, 2), bool)
    for mask in (None, where):
        assert drop_ins.ranking_softmax_loss(logits, labels, where=mask) == 310
