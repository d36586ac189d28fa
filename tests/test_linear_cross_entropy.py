"""Linear cross-entropy: everything together equals the dense route, derivatives included, and no chunk is kept."""

import tracemalloc

import numpy as np
import pytest

import unilosses as ul

torch = pytest.importorskip("torch")

ROWS, FEATURES, IGNORED = 7, 4, 2
generator = np.random.default_rng(3)
UPSTREAM = generator.normal(size=ROWS)
TOGETHER = {"label_smoothing": 0.1, "z_loss": 0.05, "softcap": 2.5}
#: Rounding of float64 in some dozen operations on numbers of size one.
NEAR = {"rtol": 1e-12, "atol": 1e-13}


class Case:
    """Inputs for so many classes: fewer than samples, which are cut then, or more, so that classes are cut."""

    def __init__(self, classes):
        self.classes = classes
        # Four chunks of float64, the last one shorter.
        self.chunk_bytes = (2 * classes if classes < ROWS else 3 * ROWS) * 8
        shapes = (ROWS, FEATURES), (classes, FEATURES), (classes,)
        self.layer, self.direction = (tuple(generator.normal(size=s) for s in shapes) for _ in range(2))
        self.labels = generator.integers(0, classes, ROWS)
        self.labels[3] = IGNORED
        self.soft = generator.dirichlet(np.ones(classes), ROWS)
        self.class_weight = generator.uniform(0.5, 2, classes)

    def targets(self, soft):
        return (self.soft, {}) if soft else (self.labels, {"ignore_index": IGNORED})

    def __repr__(self):
        return f"{self.classes} classes"


CASES = Case(5), Case(11)


def dense(y_true, class_weight, hidden, weight, bias, ignore_index=None):
    """All logits at once, with nothing of the library."""
    scores = 2.5 * torch.tanh((hidden @ weight.T + bias) / 2.5)
    y_true, class_weight = torch.from_numpy(y_true), torch.from_numpy(class_weight)
    target = torch.nn.functional.one_hot(y_true, len(weight)).double() if y_true.ndim == 1 else y_true
    target = (0.9 * target + 0.1 / len(weight)) * class_weight
    value = -(target * torch.log_softmax(scores, -1)).sum(-1) + 0.05 * torch.logsumexp(scores, -1) ** 2
    return value if ignore_index is None else torch.where(y_true == ignore_index, 0.0, value)


def derivatives_in_torch(case, function):
    """Value, pulled-back upstream, pushed-forward direction, and the Hessian of the weighted sum times a direction."""
    layer = tuple(torch.tensor(x, requires_grad=True) for x in case.layer)
    direction, upstream = tuple(map(torch.from_numpy, case.direction)), torch.from_numpy(UPSTREAM)
    value = function(*layer)
    pulled = torch.autograd.grad(value, layer, upstream, create_graph=True)
    along = sum((g * d).sum() for g, d in zip(pulled, direction, strict=True))
    second = torch.autograd.grad(along, layer)
    return value, *pulled, torch.func.jvp(function, layer, direction)[1], *second


def in_torch(case, y_true, **keywords):
    y_true, weight = torch.from_numpy(y_true), torch.from_numpy(case.class_weight)
    return derivatives_in_torch(
        case, lambda *x: ul.linear_cross_entropy(y_true, *x, class_weight=weight, reduction="none", **keywords)
    )


def in_jax(case, y_true, **keywords):
    jax = pytest.importorskip("jax")

    def function(*layer):
        return ul.linear_cross_entropy(y_true, *layer, class_weight=case.class_weight, reduction="none", **keywords)

    def along(*layer):
        return sum((g * d).sum() for g, d in zip(jax.vjp(function, *layer)[1](UPSTREAM), case.direction, strict=True))

    def everything(*layer):
        value, pull = jax.vjp(function, *layer)
        return value, *pull(UPSTREAM), jax.jvp(function, layer, case.direction)[1], *jax.grad(along, (0, 1, 2))(*layer)

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        return jax.jit(everything)(*map(jax.numpy.asarray, case.layer))
    finally:
        jax.config.update("jax_enable_x64", before)


def in_tensorflow(case, y_true, compiled=False, **keywords):
    tf = pytest.importorskip("tensorflow")
    layer, direction = tuple(map(tf.constant, case.layer)), tuple(map(tf.constant, case.direction))

    def function(*layer):
        return ul.linear_cross_entropy(y_true, *layer, class_weight=case.class_weight, reduction="none", **keywords)

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


def in_graph_of_tensorflow(case, y_true, **keywords):
    return in_tensorflow(case, y_true, compiled=True, **keywords)


THOROUGH = [pytest.param(way, marks=pytest.mark.thorough) for way in (in_jax, in_graph_of_tensorflow)]
TARGETS = pytest.mark.parametrize("soft", [False, True], ids=["indices", "soft targets"])
BOTH_CUTS = pytest.mark.parametrize("case", CASES, ids=repr)


@pytest.mark.parametrize("way", [in_torch, in_tensorflow, *THOROUGH])
@TARGETS
@pytest.mark.parametrize("chunked", [True, False])
@BOTH_CUTS
def test_everything_together_is_the_dense_route(way, soft, chunked, case):
    y_true, ignored = case.targets(soft)
    expected = derivatives_in_torch(case, lambda *layer: dense(y_true, case.class_weight, *layer, **ignored))
    got = way(case, y_true, chunk_bytes=case.chunk_bytes if chunked else 1 << 20, **TOGETHER, **ignored)
    for x, wanted in zip(got, expected, strict=True):
        np.testing.assert_allclose(getattr(x, "detach", lambda x=x: x)(), wanted.detach(), **NEAR)


@TARGETS
@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@BOTH_CUTS
def test_numpy_has_the_gradient_of_every_reduction(soft, reduction, case):
    y_true, ignored = case.targets(soft)
    sample_weight = np.abs(UPSTREAM)
    value, gradients = ul.value_and_grad(ul.linear_cross_entropy)(
        y_true, *case.layer, class_weight=case.class_weight, chunk_bytes=case.chunk_bytes, reduction=reduction,
        sample_weight=sample_weight, **TOGETHER, **ignored,
    )  # fmt: skip
    kept = np.ones(ROWS, bool) if soft else y_true != IGNORED
    of_classes = y_true @ case.class_weight if soft else case.class_weight[y_true]
    by = {"sum": 1, "mean": kept.sum(), "weighted_mean": (sample_weight * of_classes)[kept].sum()}[reduction]
    layer = tuple(torch.tensor(x, requires_grad=True) for x in case.layer)
    values = dense(y_true, case.class_weight, *layer, **ignored)
    expected = (values * torch.from_numpy(sample_weight)).sum() / by
    np.testing.assert_allclose(value, expected.detach(), **NEAR)
    for gradient, wanted in zip(gradients, torch.autograd.grad(expected, layer), strict=True):
        np.testing.assert_allclose(gradient, wanted, **NEAR)


@pytest.mark.parametrize("chunking", [None, "aspect_ratio"])
@BOTH_CUTS
def test_value_and_gradient_are_those_of_torch(chunking, case):
    # The chunks of torch know no smoothing.
    smoothing = 0.0 if chunking else 0.1
    options = None if chunking is None else torch.nn.LinearCrossEntropyOptions(chunking_method=chunking)
    y_true, weight = torch.from_numpy(case.labels), torch.from_numpy(case.class_weight)
    results = []
    for ours in (True, False):
        hidden, matrix, bias = (torch.tensor(x, requires_grad=True) for x in case.layer)
        if ours:
            value = ul.linear_cross_entropy(
                y_true, hidden, matrix, bias, class_weight=weight, ignore_index=IGNORED, label_smoothing=smoothing,
                reduction="weighted_mean", chunk_bytes=case.chunk_bytes,
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


def numpy_gradient(y_true, *layer, **keywords):
    value, gradients = ul.value_and_grad(ul.linear_cross_entropy)(y_true, *layer, **keywords)
    return value, *gradients


def torch_gradient(y_true, *layer, **keywords):
    value, *gradients = numpy_gradient(torch.from_numpy(y_true), *map(torch.from_numpy, layer), **keywords)
    return value, *gradients


def plain_torch_gradient(y_true, *layer, **keywords):
    """By differentiating the definition, not by its closed form."""
    layer = tuple(torch.tensor(x, requires_grad=True) for x in layer)
    value = ul.linear_cross_entropy(torch.from_numpy(y_true), *layer, **keywords)
    return value.detach(), *torch.autograd.grad(value, layer, create_graph=True)


def tensorflow_gradient(y_true, *layer, **keywords):
    tf = pytest.importorskip("tensorflow")
    return numpy_gradient(tf.constant(y_true), *map(tf.constant, layer), **keywords)


def jax_gradient(y_true, *layer, **keywords):
    jax = pytest.importorskip("jax")
    return numpy_gradient(jax.numpy.asarray(y_true), *map(jax.numpy.asarray, layer), **keywords)


WAYS = pytest.mark.parametrize(
    "way",
    [
        numpy_gradient,
        torch_gradient,
        plain_torch_gradient,
        tensorflow_gradient,
        pytest.param(jax_gradient, marks=pytest.mark.thorough),
    ],
)


@WAYS
@pytest.mark.parametrize("offset", [0.0, 1e6, -1e6])
def test_classes_cut_have_the_digits_of_classes_uncut(way, offset):
    """In float32: what all scores share cancels out before anything is summed up."""
    case = CASES[1]
    hidden, weight, bias = (np.round(x * 4).astype(np.float32) for x in case.layer)  # exact sums, of the offset as well
    expected = numpy_gradient(case.labels, *(x.astype(np.float64) for x in (hidden, weight, bias)))
    got = way(case.labels.astype(np.int32), hidden, weight, bias + np.float32(offset), chunk_bytes=3 * ROWS * 4)
    for x, wanted in zip(got, expected, strict=True):
        np.testing.assert_allclose(getattr(x, "detach", lambda x=x: x)(), wanted, rtol=1e-5, atol=1e-6)


@WAYS
@pytest.mark.parametrize("impossible", [slice(0, 3), slice(3, 6), slice(9, 11), slice(2, 10)], ids=str)
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1, "z_loss": 0.1}], ids=["plain", "smoothed"])
def test_chunks_of_impossible_classes_count_for_nothing(way, impossible, options):
    """Vocabularies are padded to round sizes, with scores of minus infinity. Weights of 0 keep smoothing from them."""
    case = CASES[1]
    hidden, weight, bias = (x.astype(np.float32) for x in case.layer)
    possible = np.ones(case.classes, bool)
    possible[impossible] = False
    bias = np.where(possible, bias, -np.inf).astype(np.float32)
    labels = np.flatnonzero(possible)[np.arange(ROWS) % possible.sum()].astype(np.int32)
    if options:
        options = {**options, "class_weight": possible.astype(np.float32)}
    expected = numpy_gradient(labels, *(x.astype(np.float64) for x in (hidden, weight, bias)), **options)
    assert all(map(np.all, map(np.isfinite, expected)))
    if "torch" in way.__name__ and options:
        options["class_weight"] = torch.from_numpy(options["class_weight"])
    got = way(labels, hidden, weight, bias, chunk_bytes=3 * ROWS * 4, **options)
    for x, wanted in zip(got, expected, strict=True):
        np.testing.assert_allclose(getattr(x, "detach", lambda x=x: x)(), wanted, rtol=1e-5, atol=1e-6)


@WAYS
def test_a_label_that_is_impossible_costs_infinitely_much(way):
    case = CASES[1]
    hidden, weight, bias = (x.astype(np.float32) for x in case.layer)
    bias = np.where(np.arange(case.classes) == 4, -np.inf, bias).astype(np.float32)
    labels = np.full(ROWS, 4, np.int32)
    assert way(labels, hidden, weight, bias, chunk_bytes=3 * ROWS * 4)[0] == np.inf


@pytest.mark.parametrize("weights", ["class_weight", "label_smoothing"])
def test_parameters_have_derivatives_over_chunks(weights):
    case = CASES[1]
    start = {"class_weight": torch.from_numpy(case.class_weight), "label_smoothing": torch.tensor(0.1).double()}
    layer, labels = tuple(map(torch.from_numpy, case.layer)), torch.from_numpy(case.labels)

    def gradient(chunk_bytes):
        moved = {name: x.clone().requires_grad_(name == weights) for name, x in start.items()}
        ul.linear_cross_entropy(labels, *layer, **moved, chunk_bytes=chunk_bytes).backward()
        return moved[weights].grad

    torch.testing.assert_close(gradient(case.chunk_bytes), gradient(1 << 20), **NEAR)


@pytest.mark.parametrize("compiler", [pytest.param("jax", marks=pytest.mark.thorough), "torch"])
@BOTH_CUTS
def test_chunks_under_vmap(compiler, case):
    """Gradients of each of three layers on the same samples."""
    weights = np.stack([case.layer[1], case.layer[1] * 0.5, -case.layer[1]]).astype(np.float32)
    hidden = case.layer[0].astype(np.float32)
    if compiler == "jax":
        jax = pytest.importorskip("jax")
        grad, vmap, place = jax.grad, jax.vmap, jax.numpy.asarray
    else:
        grad, vmap, place = torch.func.grad, torch.func.vmap, torch.from_numpy
    labels, hidden, weights = place(case.labels), place(hidden), place(weights)
    gradient = grad(lambda w: ul.linear_cross_entropy(labels, hidden, w, chunk_bytes=case.chunk_bytes // 2))
    for x, weight in zip(vmap(gradient)(weights), weights, strict=True):
        wanted = ul.value_and_grad(ul.linear_cross_entropy)(labels, hidden, weight)[1][1]
        np.testing.assert_allclose(x, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["softcap", "z_loss", "label_smoothing"])
def test_a_number_for_each_class_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name} has shape \(5,\); wanted one number"):
        ul.linear_cross_entropy(CASES[0].labels, *CASES[0].layer, **{name: np.full(5, 0.5)})


def test_an_infinite_softcap_is_none():
    labels, layer = CASES[1].labels, CASES[1].layer
    assert ul.linear_cross_entropy(labels, *layer, softcap=np.inf) == ul.linear_cross_entropy(labels, *layer)


@WAYS
def test_no_samples_in_chunks(way):
    _, weight, bias = (x.astype(np.float32) for x in CASES[1].layer)
    hidden = np.zeros((2, 0, FEATURES), np.float32)
    value, *gradients = way(np.zeros((2, 0), np.int32), hidden, weight, bias, chunk_bytes=8)
    assert value == 0
    for x, wanted in zip(gradients, (hidden, weight, bias), strict=True):
        np.testing.assert_array_equal(getattr(x, "detach", lambda x=x: x)(), np.zeros_like(wanted))


@BOTH_CUTS
@pytest.mark.parametrize("changed", [0, 1, 2], ids=["hidden", "weight", "bias"])
def test_torch_notices_what_changed_since_the_forward_pass(case, changed):
    """Though the backward pass makes the logits again, it does not take them from other numbers."""
    layer = tuple(torch.tensor(x, requires_grad=True) for x in case.layer)
    value = ul.linear_cross_entropy(
        torch.from_numpy(case.labels), *layer, reduction="none", softcap=3.0, chunk_bytes=case.chunk_bytes
    )
    with torch.no_grad():
        layer[changed].add_(1)
    with pytest.raises(RuntimeError, match="modified"):
        value.sum().backward()


@BOTH_CUTS
def test_torch_has_the_derivative_of_a_tangent_or_none(case):
    """Some operations overwrite tangents, which native refuses; a checkpoint would read what they hold now."""
    labels = torch.from_numpy(case.labels)
    hidden, weight = (torch.tensor(x, requires_grad=True) for x in case.layer[:2])
    direction = torch.from_numpy(case.direction[0])

    def loss(x):
        return ul.linear_cross_entropy(labels, x, weight, chunk_bytes=case.chunk_bytes)

    along = torch.func.grad(lambda x: torch.func.jvp(loss, (x,), (direction,))[1])(hidden)
    with torch.autograd.forward_ad.dual_level():
        dual = loss(torch.autograd.forward_ad.make_dual(hidden, direction))
        tangent = torch.autograd.forward_ad.unpack_dual(dual).tangent
        try:
            found = torch.autograd.grad(tangent, hidden)[0]
        except RuntimeError as error:
            assert "modified by an inplace operation" in str(error)  # noqa: PT017
        else:
            torch.testing.assert_close(found, along, **NEAR)


def test_half_precision_is_summed_up_in_single():
    """However many chunks there are, the sum over them rounds no more than the products do."""
    samples, classes, features = 64, 500, 64
    labels = torch.arange(samples)
    layer = tuple(torch.from_numpy(generator.normal(size=(n, features)) * 0.2).float() for n in (samples, classes))
    wanted = ul.value_and_grad(ul.linear_cross_entropy)(labels, *layer)[1]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        leaves = [x.clone().requires_grad_() for x in layer]
        found = ul.value_and_grad(ul.linear_cross_entropy)(labels, *leaves, chunk_bytes=samples * 4)[1]
    for x, y in zip(found, wanted, strict=True):
        assert (x - y).norm() < 2**-8 * y.norm()


def test_a_batch_size_that_only_one_input_knows():
    tf = pytest.importorskip("tensorflow")
    case = CASES[1]
    hidden, weight, bias = (tf.constant(x.astype(np.float32)) for x in case.layer)
    labels = tf.constant(case.labels)
    wanted = ul.linear_cross_entropy(labels, hidden, weight, bias)
    unknown = tf.TensorSpec([None, FEATURES]), tf.TensorSpec([None], labels.dtype)
    of_hidden = tf.function(lambda x: ul.linear_cross_entropy(labels, x, weight, bias), input_signature=unknown[:1])
    of_labels = tf.function(lambda y: ul.linear_cross_entropy(y, hidden, weight, bias), input_signature=unknown[1:])
    np.testing.assert_allclose([of_hidden(hidden), of_labels(labels)], [wanted, wanted], rtol=1e-6)


LOGITS = 512 * 1000 * 4
#: Samples, features, classes: of the one, samples are cut, of the other, classes.
LARGE = pytest.mark.parametrize("sizes", [(1000, 8, 512), (512, 8, 1000)], ids=["samples", "classes"])


def large(sizes):
    samples, features, classes = sizes
    hidden, weight = (generator.normal(size=(n, features)).astype(np.float32) for n in (samples, classes))
    return generator.integers(0, classes, samples), hidden, weight


@LARGE
def test_numpy_needs_the_memory_of_a_chunk(sizes):
    arrays = large(sizes)
    ul.value_and_grad(ul.linear_cross_entropy)(*arrays)  # whatever is imported by a first call
    tracemalloc.start()
    try:
        ul.value_and_grad(ul.linear_cross_entropy)(*arrays, chunk_bytes=LOGITS // 16)
        assert tracemalloc.get_traced_memory()[1] < LOGITS / 2
    finally:
        tracemalloc.stop()


def kept_for_the_backward_pass(sizes, loss, **keywords):
    y_true, hidden, weight = map(torch.from_numpy, large(sizes))
    kept = {}

    def pack(x):
        kept[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        value = loss(y_true, hidden.requires_grad_(), weight.requires_grad_(), chunk_bytes=LOGITS // 16, **keywords)
    assert value.requires_grad
    assert kept
    return sum(kept.values())


@pytest.mark.parametrize("reduction", ["mean", "none"], ids=["closed form", "plain value"])
@LARGE
def test_torch_keeps_no_logits_for_the_backward_pass(sizes, reduction):
    assert kept_for_the_backward_pass(sizes, ul.linear_cross_entropy, reduction=reduction) < LOGITS / 8


@pytest.mark.thorough
@LARGE
def test_no_program_of_torch_keeps_logits_for_the_backward_pass(sizes):
    """The backward pass makes them again, though it is compiled together with the forward pass."""
    torch.compiler.reset()
    compiled = torch.compile(ul.linear_cross_entropy.__call__, backend="aot_eager_decomp_partition")
    assert kept_for_the_backward_pass(sizes, compiled) < LOGITS / 8


@LARGE
def test_the_gradient_in_jax_needs_the_memory_of_some_chunks(sizes):
    jax = pytest.importorskip("jax")
    arrays = tuple(map(jax.numpy.asarray, large(sizes)))

    def gradient(y_true, *layer, chunk_bytes):
        return jax.grad(lambda *x: ul.linear_cross_entropy(y_true, *x, chunk_bytes=chunk_bytes), (0, 1))(*layer)

    compiled = jax.jit(gradient, static_argnames="chunk_bytes").lower(*arrays, chunk_bytes=LOGITS // 16).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < LOGITS / 2


@LARGE
def test_no_graph_of_tensorflow_holds_all_logits(sizes):
    tf = pytest.importorskip("tensorflow")
    y_true, *layer = map(tf.constant, large(sizes))

    def gradient(*layer):
        with tf.GradientTape() as tape:
            tape.watch(layer)
            value = ul.linear_cross_entropy(y_true, *layer, chunk_bytes=LOGITS // 16)
        return tape.gradient(value, layer)

    graph = tf.function(gradient).get_concrete_function(*layer).graph
    graphs = [graph, *(graph._get_function(f.signature.name).graph for f in graph.as_graph_def().library.function)]
    outputs = [x for g in graphs for op in g.get_operations() for x in op.outputs]
    sizes = [4 * (x.shape.num_elements() or 0) for x in outputs if x.shape.rank]
    assert LOGITS / 32 < max(sizes) < LOGITS / 8  # those of a chunk
    assert any(op.type in ("While", "StatelessWhile") for op in graph.get_operations())
