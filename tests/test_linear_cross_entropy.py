"""Linear cross-entropy: everything together equals the dense route, derivatives included, and no chunk is kept."""

import tracemalloc

import numpy as np
import pytest

import unilosses as ul

torch = pytest.importorskip("torch")

ROWS, FEATURES, CLASSES, IGNORED = 7, 4, 5, 2
CHUNKS = 2 * CLASSES * 8  # four chunks of float64, the last one shorter
generator = np.random.default_rng(3)
LAYER = tuple(generator.normal(size=s) for s in ((ROWS, FEATURES), (CLASSES, FEATURES), (CLASSES,)))
DIRECTION = tuple(generator.normal(size=x.shape) for x in LAYER)
UPSTREAM = generator.normal(size=ROWS)
LABELS = generator.integers(0, CLASSES, ROWS)
LABELS[3] = IGNORED
SOFT = generator.dirichlet(np.ones(CLASSES), ROWS)
WEIGHT = generator.uniform(0.5, 2, CLASSES)
TOGETHER = {"label_smoothing": 0.1, "z_loss": 0.05, "softcap": 2.5}
#: Rounding of float64 in some dozen operations on numbers of size one.
NEAR = {"rtol": 1e-12, "atol": 1e-13}


def dense(y_true, hidden, weight, bias, ignore_index=None):
    """All logits at once, with nothing of the library."""
    scores = 2.5 * torch.tanh((hidden @ weight.T + bias) / 2.5)
    target = torch.nn.functional.one_hot(y_true, CLASSES).double() if y_true.ndim == 1 else y_true
    target = (0.9 * target + 0.1 / CLASSES) * torch.from_numpy(WEIGHT)
    value = -(target * torch.log_softmax(scores, -1)).sum(-1) + 0.05 * torch.logsumexp(scores, -1) ** 2
    return value if ignore_index is None else torch.where(y_true == ignore_index, 0.0, value)


def derivatives_in_torch(function):
    """Value, pulled-back upstream, pushed-forward direction, and the Hessian of the weighted sum times a direction."""
    layer = tuple(torch.tensor(x, requires_grad=True) for x in LAYER)
    direction, upstream = tuple(map(torch.from_numpy, DIRECTION)), torch.from_numpy(UPSTREAM)
    value = function(*layer)
    pulled = torch.autograd.grad(value, layer, upstream, create_graph=True)
    along = sum((g * d).sum() for g, d in zip(pulled, direction, strict=True))
    second = torch.autograd.grad(along, layer)
    return value, *pulled, torch.func.jvp(function, layer, direction)[1], *second


def in_torch(y_true, **keywords):
    y_true, weight = torch.from_numpy(y_true), torch.from_numpy(WEIGHT)
    return derivatives_in_torch(
        lambda *layer: ul.linear_cross_entropy(y_true, *layer, class_weight=weight, reduction="none", **keywords)
    )


def in_jax(y_true, **keywords):
    jax = pytest.importorskip("jax")

    def function(*layer):
        return ul.linear_cross_entropy(y_true, *layer, class_weight=WEIGHT, reduction="none", **keywords)

    def along(*layer):
        return sum((g * d).sum() for g, d in zip(jax.vjp(function, *layer)[1](UPSTREAM), DIRECTION, strict=True))

    def everything(*layer):
        value, pull = jax.vjp(function, *layer)
        return value, *pull(UPSTREAM), jax.jvp(function, layer, DIRECTION)[1], *jax.grad(along, (0, 1, 2))(*layer)

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        return jax.jit(everything)(*map(jax.numpy.asarray, LAYER))
    finally:
        jax.config.update("jax_enable_x64", before)


def in_tensorflow(y_true, compiled=False, **keywords):
    tf = pytest.importorskip("tensorflow")
    layer, direction = tuple(map(tf.constant, LAYER)), tuple(map(tf.constant, DIRECTION))

    def function(*layer):
        return ul.linear_cross_entropy(y_true, *layer, class_weight=WEIGHT, reduction="none", **keywords)

    def everything(*layer):
        with tf.GradientTape() as outer:
            outer.watch(layer)
            with tf.GradientTape() as inner:
                inner.watch(layer)
                value = function(*layer)
            pulled = inner.gradient(value, layer, tf.constant(UPSTREAM))
            along = tf.add_n([tf.reduce_sum(g * d) for g, d in zip(pulled, direction, strict=True)])
        return value, *pulled, *outer.gradient(along, layer)

    value, *derivatives = (tf.function(everything) if compiled else everything)(*layer)
    with tf.autodiff.ForwardAccumulator(layer, direction) as pushed:
        again = function(*layer)
    return value, *derivatives[:3], pushed.jvp(again), *derivatives[3:]


def in_graph_of_tensorflow(y_true, **keywords):
    return in_tensorflow(y_true, compiled=True, **keywords)


THOROUGH = [pytest.param(way, marks=pytest.mark.thorough) for way in (in_jax, in_graph_of_tensorflow)]


@pytest.mark.parametrize("way", [in_torch, in_tensorflow, *THOROUGH])
@pytest.mark.parametrize("y_true", [LABELS, SOFT], ids=["indices", "soft targets"])
@pytest.mark.parametrize("chunk_bytes", [CHUNKS, 1 << 20])
def test_everything_together_is_the_dense_route(way, y_true, chunk_bytes):
    ignored = {"ignore_index": IGNORED} if y_true is LABELS else {}
    expected = derivatives_in_torch(lambda *layer: dense(torch.from_numpy(y_true), *layer, **ignored))
    got = way(y_true, chunk_bytes=chunk_bytes, **TOGETHER, **ignored)
    for x, wanted in zip(got, expected, strict=True):
        np.testing.assert_allclose(getattr(x, "detach", lambda x=x: x)(), wanted.detach(), **NEAR)


@pytest.mark.parametrize("y_true", [LABELS, SOFT], ids=["indices", "soft targets"])
@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
def test_numpy_has_the_gradient_of_every_reduction(y_true, reduction):
    ignored = {"ignore_index": IGNORED} if y_true is LABELS else {}
    sample_weight = np.abs(UPSTREAM)
    value, gradients = ul.value_and_grad(ul.linear_cross_entropy)(
        y_true, *LAYER, class_weight=WEIGHT, chunk_bytes=CHUNKS, reduction=reduction, sample_weight=sample_weight,
        **TOGETHER, **ignored,
    )  # fmt: skip
    kept = y_true != IGNORED if y_true is LABELS else np.ones(ROWS, bool)
    of_classes = WEIGHT[y_true] if y_true is LABELS else y_true @ WEIGHT
    by = {"sum": 1, "mean": kept.sum(), "weighted_mean": (sample_weight * of_classes)[kept].sum()}[reduction]
    layer = tuple(torch.tensor(x, requires_grad=True) for x in LAYER)
    expected = (dense(torch.from_numpy(y_true), *layer, **ignored) * torch.from_numpy(sample_weight)).sum() / by
    np.testing.assert_allclose(value, expected.detach(), **NEAR)
    for gradient, wanted in zip(gradients, torch.autograd.grad(expected, layer), strict=True):
        np.testing.assert_allclose(gradient, wanted, **NEAR)


@pytest.mark.parametrize("chunking", [None, "aspect_ratio"])
def test_value_and_gradient_are_those_of_torch(chunking):
    # The chunks of torch know no smoothing.
    smoothing = 0.0 if chunking else 0.1
    options = None if chunking is None else torch.nn.LinearCrossEntropyOptions(chunking_method=chunking)
    y_true, weight = torch.from_numpy(LABELS), torch.from_numpy(WEIGHT)
    results = []
    for ours in (True, False):
        hidden, matrix, bias = (torch.tensor(x, requires_grad=True) for x in LAYER)
        if ours:
            value = ul.linear_cross_entropy(
                y_true, hidden, matrix, bias, class_weight=weight, ignore_index=IGNORED, label_smoothing=smoothing,
                reduction="weighted_mean", chunk_bytes=CHUNKS,
            )  # fmt: skip
        else:
            value = torch.nn.functional.linear_cross_entropy(
                hidden, matrix, y_true, linear_bias=bias, weight=weight, ignore_index=IGNORED,
                label_smoothing=smoothing, options=options,
            )  # fmt: skip
        value.backward()
        results.append((value.detach(), hidden.grad, matrix.grad, bias.grad))
    for x, wanted in zip(*results, strict=True):
        torch.testing.assert_close(x, wanted, **NEAR)


LARGE = {"rows": 512, "features": 8, "classes": 1000}
LOGITS = LARGE["rows"] * LARGE["classes"] * 4


def large():
    shapes = (LARGE["rows"], LARGE["features"]), (LARGE["classes"], LARGE["features"])
    hidden, weight = (generator.normal(size=s).astype(np.float32) for s in shapes)
    return generator.integers(0, LARGE["classes"], LARGE["rows"]), hidden, weight


def test_numpy_needs_the_memory_of_a_chunk():
    arrays = large()
    tracemalloc.start()
    try:
        ul.value_and_grad(ul.linear_cross_entropy)(*arrays, chunk_bytes=LOGITS // 16)
        assert tracemalloc.get_traced_memory()[1] < LOGITS / 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("twice", [False, True])
def test_torch_keeps_no_logits_for_the_backward_pass(twice):
    """``twice``: the plain value, differentiated, as a second derivative wants it."""
    y_true, hidden, weight = map(torch.from_numpy, large())
    kept = {}

    def pack(x):
        kept[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x

    reduction = "none" if twice else "mean"
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        value = ul.linear_cross_entropy(
            y_true, hidden.requires_grad_(), weight.requires_grad_(), chunk_bytes=LOGITS // 16, reduction=reduction
        )
    assert value.requires_grad
    assert sum(kept.values()) < LOGITS / 8


def test_the_gradient_in_jax_needs_the_memory_of_some_chunks():
    jax = pytest.importorskip("jax")
    arrays = tuple(map(jax.numpy.asarray, large()))

    def gradient(y_true, *layer, chunk_bytes):
        return jax.grad(lambda *x: ul.linear_cross_entropy(y_true, *x, chunk_bytes=chunk_bytes), (0, 1))(*layer)

    compiled = jax.jit(gradient, static_argnames="chunk_bytes").lower(*arrays, chunk_bytes=LOGITS // 16).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < LOGITS / 2


def test_no_graph_of_tensorflow_holds_all_logits():
    tf = pytest.importorskip("tensorflow")
    y_true, *layer = map(tf.constant, large())

    def gradient(*layer):
        with tf.GradientTape() as tape:
            tape.watch(layer)
            value = ul.linear_cross_entropy(y_true, *layer, chunk_bytes=LOGITS // 16)
        return tape.gradient(value, layer)

    graph = tf.function(gradient).get_concrete_function(*layer).graph
    graphs = [graph, *(graph._get_function(f.signature.name).graph for f in graph.as_graph_def().library.function)]
    outputs = [x for g in graphs for op in g.get_operations() for x in op.outputs]
    assert any(x.shape.rank == 2 and x.shape[-1] == LARGE["classes"] for x in outputs)
    sizes = [x.shape.num_elements() or 0 for x in outputs if x.shape.rank]
    assert max(sizes) * 4 < LOGITS / 8
    assert any(op.type in ("While", "StatelessWhile") for op in graph.get_operations())
