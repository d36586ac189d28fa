"""Every class of ``keras.losses`` against its drop-in: values and gradients over the options of each constructor.

The native class computes in float64, so that it has digits to spare; the drop-in in float32 too, on inputs that float32
holds. The inputs are ordinary ones, on which native is right on every backend; where it is not is the subject of
``test_keras_differences.py``.
"""

import inspect
import itertools

import numpy as np
import pytest

from unilosses.testing import assert_close, to_numpy

from .keras_cases import CASES, OPTIONS, generator, label, make
from .keras_helpers import BACKEND, REDUCTIONS, keras, tensor, value_and_gradient

import unilosses.keras as drop_ins  # isort: skip

pytestmark = pytest.mark.keras

SHAPES = ((4, 3), (2, 4, 3))


def both(name, **options):
    """The native class in float64 and the drop-in in the dtype of the options, float32."""
    return getattr(keras.losses, name)(**{**options, "dtype": "float64"}), getattr(drop_ins, name)(**options)


def compare(native, ours, y_true, y_pred, sample_weight=None, mask=None, what=""):
    """Value and gradient of both."""

    def run(loss):
        def value(x):
            weights = sample_weight
            if mask is not None:
                keras.src.backend.set_keras_mask(x, tensor(mask))
            # On torch Keras can only multiply weights by a mask (Circle makes its own) that have its shape already.
            hidden = y_pred.shape[:1] if type(loss).__name__ == "Circle" else getattr(mask, "shape", None)
            if loss is native and weights is not None and hidden is not None:
                weights = np.broadcast_to(weights, hidden).astype("float64")
            return loss(y_true, x, weights)

        return value_and_gradient(value, y_pred.astype(loss.dtype))

    expected, found = run(native), run(ours)
    # Asked for float64, Keras computes parts in float32 all the same: means, maxima and products with numbers on torch
    # and JAX; CTC and a list of alphas on TensorFlow; the constant of LogCosh.
    name = type(native).__name__
    narrow = BACKEND != "tensorflow" or name in ("LogCosh", "CTC") or isinstance(getattr(ours, "alpha", None), list)
    # Exponentials of differences: in Circle times gamma, in CTC of log-probabilities of about 10.
    size = {"Circle": getattr(ours, "gamma", 1.0), "CTC": 10.0}.get(name, 1.0)
    for kind, left, right in zip(("value", "gradient"), found, expected, strict=True):
        scale = size * max(1.0, np.abs(right).max(initial=0))
        assert_close(left, right, "float32" if narrow else ours.dtype, what=f"{what} {kind}", scale=scale)


def test_every_class_of_keras_is_compared():
    base = {"Loss", "LossFunctionWrapper"}
    classes = {n for n, x in vars(keras.losses).items() if inspect.isclass(x) and issubclass(x, keras.losses.Loss)}
    assert classes - base == set(CASES) == {made.__name__ for made in drop_ins.DROP_INS.values()}


@pytest.mark.parametrize("name", CASES)
def test_constructor_is_that_of_keras(name):
    """Same parameters, defaults and order; what unilosses adds is keyword-only."""
    native = inspect.signature(getattr(keras.losses, name)).parameters
    ours = inspect.signature(getattr(drop_ins, name)).parameters
    same = {key: p for key, p in ours.items() if p.kind is not p.KEYWORD_ONLY}
    assert [(key, p.default) for key, p in same.items()] == [(key, p.default) for key, p in native.items()]
    first, second = getattr(keras.losses, name)(), getattr(drop_ins, name)()
    assert first.get_config().items() <= second.get_config().items()
    assert (first.name, first.reduction, first.dtype) == (second.name, second.reduction, second.dtype)


def every_option():
    """Each class with each of its options; every day with one shape, and at most six options of a class."""
    for name, all_options in OPTIONS.items():
        for i, options in enumerate(all_options):
            # TensorFlow refuses another axis, and Keras on JAX takes the wrong one.
            if name.startswith("Sparse") and options["axis"] != -1 and BACKEND != "torch":
                continue
            for shape in SHAPES:
                everyday = shape == SHAPES[-1] and i % -(-len(all_options) // 6) == 0
                marks = () if everyday else pytest.mark.slow
                yield pytest.param(name, options, shape, marks=marks, id=f"{name}-{label(options)}-{len(shape)}d")


@pytest.mark.parametrize(("name", "options", "shape"), list(every_option()))
def test_options(name, options, shape):
    if name in ("Circle", "CTC") and len(shape) > 2:
        shape = (5, 6)
    y_true, y_pred = make(name, options, shape)
    for dtype in ("float32", "float64"):
        compare(*both(name, **options, reduction="none", dtype=dtype), y_true, y_pred, what=dtype)


#: One class of each kind of values: averaged over the last axis, summed over classes, masking some, scalar.
KINDS = ("MeanSquaredError", "CategoricalCrossentropy", "Circle", "Dice")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in KINDS else pytest.mark.slow) for name in CASES]
)
def test_reductions_weights_and_masks(name, reduction):
    y_true, y_pred = make(name)
    native, ours = both(name, reduction=reduction)
    shape = tuple(both(name, reduction="none")[0](y_true, y_pred).shape)
    weights = [None, generator.uniform(0, 2, shape)]
    if shape:
        weights += [generator.integers(0, 3, (*shape[:1], *(1,) * (len(shape) - 1))), 2.5]
    masks = [None]
    if shape and shape == y_pred.shape[: len(shape)]:
        masks += [generator.integers(0, 2, shape).astype(bool), np.zeros(shape, bool)]
    for i, j in itertools.product(range(len(weights)), range(len(masks))):
        weight, mask = weights[i], masks[j]
        compare(native, ours, y_true, y_pred, weight, mask, what=f"weights {i}, mask {j}:")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", CASES)
def test_half_precision(name, dtype):
    """Same dtype of the result; the numbers are those of float32, rounded once."""
    y_true, y_pred = make(name)
    dtype = keras.DTypePolicy(dtype) if "mixed" in dtype else dtype
    native, ours = getattr(keras.losses, name)(dtype=dtype), getattr(drop_ins, name)(dtype=dtype)
    result = ours(y_true, y_pred)
    assert keras.backend.standardize_dtype(result.dtype) == native.dtype == ours.dtype
    wide = getattr(keras.losses, name)(dtype="float32")(y_true, y_pred)
    assert_close(keras.ops.cast(result, "float32"), wide, ours.dtype, scale=max(1.0, float(abs(wide))))


#: Shapes of targets and predictions that Keras takes for one another.
@pytest.mark.parametrize(
    "shapes",
    [((4,), (4, 1)), ((4, 1), (4,)), ((4, 3, 1), (4, 3)), ((1, 3), (4, 3)), ((4, 1), (4, 3)), ((), (4, 3))],
    ids=str,
)
@pytest.mark.parametrize("name", ["MeanSquaredError", "Huber", "Poisson", "Hinge", "LogCosh"])
def test_squeezed_and_broadcast_shapes(name, shapes):
    y_true = generator.uniform(0.2, 2.0, shapes[0])
    y_pred = generator.uniform(0.2, 2.0, shapes[1])
    compare(*both(name), y_true, y_pred)


#: Shapes of targets, predictions and a mask that Keras broadcasts from the right, and masks finer than the values.
MASKED = {
    "fewer axes": ((3, 3, 3), (3, 3, 3), (3,)),
    "fewer axes, one value each": ((3, 1, 3), (3, 1, 3), (3,)),
    "an axis of 1": ((4, 3, 3), (4, 3, 3), (4, 1)),
    "a last axis of 1": ((4, 3, 3), (4, 3, 3), (4, 3, 1)),
    "finer": ((3, 3), (3, 3), (3, 3)),
    "finer, squeezed": ((3, 3), (3, 3, 1), (3, 3)),
    "one prediction": ((3,), (3, 1), (3,)),
    "broadcast to the targets": ((3, 3, 3), (3, 1, 3), (3,)),
    "targets broadcast": ((1, 3), (4, 3), (4,)),
}


@pytest.mark.parametrize("shapes", MASKED.values(), ids=MASKED)
def test_masks_of_other_shapes(shapes):
    """Values and gradients of finite numbers are those of Keras, whichever axes a mask is applied along."""
    y_true, y_pred = (generator.uniform(0.1, 0.9, shape) for shape in shapes[:2])
    mask = generator.permutation(np.arange(np.prod(shapes[2])) % 3 > 0).reshape(shapes[2])
    for reduction in ("none", "sum_over_batch_size"):
        compare(*both("MeanSquaredError", reduction=reduction), y_true, y_pred, mask=mask, what=reduction)


@pytest.mark.parametrize("axis", [0, 1, -2])
@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CosineSimilarity"])
def test_masks_beside_another_axis(name, axis):
    """The values' axes are those that are left, and a NaN is hidden along them."""
    y_true, y_pred = (generator.uniform(0.1, 0.9, (4, 3, 2)) for _ in range(2))
    mask = np.arange(24 // y_true.shape[axis]).reshape(np.delete((4, 3, 2), axis)) % 3 > 0
    native, ours = both(name, axis=axis)
    compare(native, ours, y_true, y_pred, mask=mask)
    hidden = np.where(np.expand_dims(mask, axis), y_pred, np.nan).astype("float32")
    values = []
    for x in (y_pred.astype("float32"), hidden):
        x = tensor(x)
        keras.src.backend.set_keras_mask(x, tensor(mask))
        values.append(to_numpy(ours(y_true, x)))
    assert_close(values[1], values[0], "float32")


def test_masks_of_a_single_class():
    """What stands in for a masked label is a class that there is."""
    native, ours = both("SparseCategoricalCrossentropy", from_logits=True)
    compare(native, ours, np.zeros((4, 1), "int32"), np.ones((4, 1)), mask=np.array([True, False, True, True]))


@pytest.mark.parametrize("name", CASES)
def test_nested_lists_are_arrays(name):
    """Of numbers, or of one tensor per sample."""
    y_true, y_pred = make(name, {}, (5, 6) if name == "Circle" else (2, 4, 3))
    native, ours = both(name, reduction="none")
    expected = native(y_true, y_pred)
    for targets, predictions in (
        (y_true.tolist(), y_pred.tolist()),
        (y_true, y_pred.tolist()),
        ([tensor(x) for x in y_true], [tensor(x) for x in y_pred]),
    ):
        assert_close(
            to_numpy(ours(targets, predictions)),
            to_numpy(expected),
            "float32",
            scale=10.0 * getattr(ours, "gamma", 1.0),
        )


@pytest.mark.parametrize("labels", [np.array([0, 2, 1, 2]), np.array([[0], [2], [1], [2]]), np.array([0.0, 2, 1, 2])])
def test_sparse_labels_of_any_rank_and_dtype(labels):
    y_pred = generator.normal(size=(4, 3))
    for y_true in (labels, labels.astype("uint8"), labels.astype("float32")):
        compare(*both("SparseCategoricalCrossentropy", from_logits=True, ignore_class=1), y_true, y_pred)


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy"])
def test_shapes_that_keras_refuses_are_refused(name):
    for loss in both(name):
        with pytest.raises(ValueError, match="shape"):
            loss(np.zeros((4, 1), "float32"), np.full((4, 3), 0.5, "float32"))


def test_saturated_probabilities_are_clipped_alike():
    """Outside of [1e-7, 1 - 1e-7] Keras clips, and its gradient stops there."""
    p, y = np.array([[0.0, 1.0, 0.5, 1e-9, 1.0]]), np.array([[1.0, 0.0, 1.0, 1.0, 1.0]])
    for name in ("BinaryCrossentropy", "BinaryFocalCrossentropy"):
        compare(*both(name, reduction="none", dtype="float64"), y, p, what=name)
    p, y = np.array([[0.0, 1.0, 0.0], [0.25, 0.75, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for name in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        compare(*both(name, reduction="none", dtype="float64"), y, p, what=name)
    p, y = np.array([[0.0, 0.9, 1e-9]]), np.array([[0.5, 0.5, 0.0]])
    compare(*both("KLDivergence", dtype="float64"), y, p)


@pytest.mark.parametrize("axis", [(0, 1), [1, 2], (-1, 0), (0, 1, 2), None], ids=str)
def test_cosine_over_several_axes(axis):
    compare(*both("CosineSimilarity", axis=axis, reduction="none"), *make("CosineSimilarity"))


@pytest.mark.parametrize("shapes", [((3,), (4, 3)), ((1, 3), (4, 3)), ((4, 3), (3,)), ((3,), (2, 4, 3))], ids=str)
def test_cosine_of_broadcast_vectors(shapes):
    y_true, y_pred = (generator.uniform(0.2, 2.0, shape) for shape in shapes)
    compare(*both("CosineSimilarity", reduction="none"), y_true, y_pred)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)], ids=str)
@pytest.mark.parametrize("name", ["Dice", "Tversky"])
def test_empty_batches(name, axis):
    compare(*both(name, axis=axis, reduction="none"), np.zeros((0, 3)), np.zeros((0, 3)))


def test_empty_masks():
    zeros = np.zeros((2, 3))
    compare(*both("Dice"), zeros, zeros)
    compare(*both("Tversky", axis=-1, reduction="none"), zeros, zeros)


def test_epsilon_of_the_configuration():
    try:
        keras.config.set_epsilon(1e-3)
        p, y = np.array([[0.0, 0.9999, 0.4]]), np.array([[1.0, 0.0, 0.0]])
        for name in ("BinaryCrossentropy", "KLDivergence", "MeanAbsolutePercentageError", "Poisson", "Dice"):
            compare(*both(name, dtype="float64"), y, p, what=name)
    finally:
        keras.config.set_epsilon(1e-7)
