"""The options and inputs that the Keras drop-ins are compared on: data for the tests and for the page of coverage."""

import inspect
import itertools
import zlib

import numpy as np

generator = np.random.default_rng(7)


def simplex(shape, axis=-1):
    return np.moveaxis(generator.dirichlet(np.full(shape[axis], 2.0), size=np.delete(shape, axis)), -1, axis)


def real(shape):
    return generator.normal(size=shape), generator.normal(size=shape)


def positive(shape):
    return generator.uniform(0.1, 4.0, shape), generator.uniform(0.1, 4.0, shape)


def signs(shape):
    return np.sign(generator.normal(size=shape)), generator.normal(size=shape)


def zeros_and_ones(shape):
    return generator.integers(0, 2, shape), generator.normal(size=shape)


def one_hot(shape, axis=-1):
    labels = generator.integers(0, shape[axis], np.delete(shape, axis))
    return np.moveaxis(np.eye(shape[axis])[labels], -1, axis)


def one_hot_and_logits(shape):
    return one_hot(shape), generator.normal(size=shape)


def probabilities(shape):
    return generator.integers(0, 2, shape), generator.uniform(0.01, 0.99, shape)


def soft_masks(shape):
    return generator.uniform(0, 1, shape), generator.uniform(0, 1, shape)


def distributions(shape):
    return simplex(shape), simplex(shape)


def scores(shape, options):
    """Probabilities or logits, as the options say."""
    return 3 * generator.normal(size=shape) if options.get("from_logits") else generator.uniform(0.01, 0.99, shape)


def class_scores(shape, options):
    axis = options.get("axis", -1)
    # Not normalised: Keras divides by the sum.
    return 3 * generator.normal(size=shape) if options.get("from_logits") else 1.5 * simplex(shape, axis)


def binary(shape, options):
    return generator.integers(0, 2, shape), scores(shape, options)


def categorical(shape, options):
    return one_hot(shape, options.get("axis", -1)), class_scores(shape, options)


def sparse(shape, options):
    axis = options.get("axis", -1)
    labels = generator.integers(0, shape[axis], np.delete(shape, axis))
    labels.flat[0] = options.get("ignore_class") or 0
    # On TensorFlow Keras clips probabilities before it divides by their sum: normalised ones come out alike.
    return labels, class_scores(shape, options) if options.get("from_logits") else simplex(shape, axis)


def classes_and_distributions(shape):
    return generator.integers(0, shape[-1], shape[:-1]), simplex(shape)


def embeddings(shape):
    x = generator.normal(size=(4 * shape[0], shape[-1]))
    return generator.integers(0, 3, 4 * shape[0]), x / np.linalg.norm(x, axis=-1, keepdims=True)


def sequences(shape):
    labels = np.array([[1, 2, 2, 0], [3, 0, 0, 0], [1, 2, 3, 1]])
    return labels, generator.normal(size=(3, 9, 4))


def product(**choices):
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


SMOOTHED = {"from_logits": (False, True), "label_smoothing": (0.0, 0.1)}

#: Class, its options, and what makes the inputs.
CASES = {
    "MeanSquaredError": ([{}], real),
    "MeanAbsoluteError": ([{}], real),
    "MeanAbsolutePercentageError": ([{}], positive),
    "MeanSquaredLogarithmicError": ([{}], positive),
    "Huber": (product(delta=(0.3, 1.0, 2)), real),
    "LogCosh": ([{}], real),
    "Poisson": ([{}], positive),
    "CosineSimilarity": (product(axis=(-1, 1, 0)), real),
    "Hinge": ([{}], signs),
    "SquaredHinge": ([{}], zeros_and_ones),
    "CategoricalHinge": ([{}], one_hot_and_logits),
    "KLDivergence": ([{}], distributions),
    "BinaryCrossentropy": (product(**SMOOTHED, axis=(-1, 0)), binary),
    "BinaryFocalCrossentropy": (
        product(**SMOOTHED, gamma=(2.0, 1.5, 0))
        + product(**SMOOTHED, apply_class_balancing=(True,), alpha=(0.25, 0.6)),
        binary,
    ),
    "CategoricalCrossentropy": (product(**SMOOTHED) + product(from_logits=(False, True), axis=(1,)), categorical),
    "CategoricalFocalCrossentropy": (
        product(**SMOOTHED, alpha=(0.25, [0.2, 0.3, 0.5]), gamma=(2.0, 1.5, 0)), categorical
    ),
    "SparseCategoricalCrossentropy": (
        product(from_logits=(False, True), ignore_class=(None, 1, -1), axis=(-1, 1)), sparse
    ),
    "CategoricalGeneralizedCrossEntropy": (product(q=(0.5, 0.9)), classes_and_distributions),
    "Dice": (product(axis=(None, -1, (0, 1))), soft_masks),
    "Tversky": (product(alpha=(0.5, 0.2), beta=(0.5, 0.9), axis=(None, -1, (0, 1))), soft_masks),
    "Circle": (product(gamma=(80.0, 4.0), margin=(0.4, 0.25), remove_diagonal=(True, False)), embeddings),
    "CTC": ([{}], sequences),
}  # fmt: skip
#: The options alone, by class.
OPTIONS = {name: options for name, (options, _) in CASES.items()}


def label(options):
    return ",".join(f"{key}={value}" for key, value in options.items()) or "default"


def make(name, options=None, shape=(2, 4, 3)):
    """Targets and predictions in float64 that are the same in float32."""
    inputs = CASES[name][1]
    generator.bit_generator.state = np.random.default_rng(zlib.crc32(f"{name} {options}".encode())).bit_generator.state
    takes_options = len(inspect.signature(inputs).parameters) == 2
    y_true, y_pred = inputs(shape, options or {}) if takes_options else inputs(shape)
    single = [x.astype("float32").astype("float64") if x.dtype.kind == "f" else x for x in (y_true, y_pred)]
    return single[0], single[1]
