"""What the tests share. The fixture ``backend`` and ``--backends`` come from ``unilosses.testing.plugin``."""

import functools
import importlib.util
import zlib

import pytest

import unilosses as ul
from unilosses.testing import LAWS, Case, cases, check_law
from unilosses.testing.draw import VALUES

#: Cases that each law takes every day, by framework; NumPy takes all.
EVERYDAY = {"torch": 2, "tensorflow": 2, "jax": 1}
#: JAX compiles every operation for every shape, so every day each loss keeps to one shape there, and laws that cut the
#: batch into others are left to the frameworks above, with which JAX shares the code that they are about.
CUTTING = {
    "an empty batch gives 0",
    "each sample by itself",
    "micro-batches add up to the whole",
    "mask equals deletion",
    "mask of elements equals deletion",
    "permuted samples permute the values",
}


#: Every day NumPy and PyTorch take all tests over backends; of the others, whose compilers and dispatch cost seconds
#: for each loss, a part, chosen by name: one test of so many. ``-m "slow or not slow"`` runs all of them.
ONE_OF = {"jax": 8, "tensorflow": 4, "array_api_strict": 4}
OVER_BACKENDS = ("test_law_", "test_degenerate", "test_information", "test_importance", "test_values")
#: Tests that wait for compilers most of the time: of these, too, every day takes one of so many, and .ci/run the rest.
THOROUGH = {
    "test_check_backend.py::test_the_backends_conform[jax]": 0,
    "test_ci_template.py::test_the_blocks_of_the_page_run": 0,
    "test_docs.py::test_every_loss_has_a_page_with_everything": 3,
    "test_drawn.py": 2,
    "test_equivalence_compare.py": 3,
    "test_equivalence_convert.py": 4,
    "test_examples.py::test_a_small_network_learns_the_same_in_every_framework": 6,
    "test_information_laws.py::test_forward_and_second_derivatives_of_powers_at_the_edges": 3,
    "test_jax_dropins.py": 10,
    "test_jax_dropins_differences.py": 12,
    "test_jax_dropins_parity.py": 12,
    "test_keras_models.py::test_saved_models_train_on_in_a_fresh_process": 0,
    "test_law_execution.py": 6,
    "test_reference_optax.py": 12,
    "test_tensorflow_blocks.py::test_every_derivative_is_that_of_one_block": 5,
    "test_torch_dropins_parity.py": 2,
    "test_torch_dropins_transforms.py::test_compiled_without_graph_break": 4,
    "test_values.py::test_gradients": 2,
}


#: The files that are about some frameworks, and not collected where one of them is not installed.
ABOUT = {
    "test_torch_*": ["torch"],
    "test_jax_dropins*": ["jax", "optax"],
    "test_tensorflow_*": ["tensorflow"],
    "test_unknown_batch.py": ["tensorflow"],
    "test_boosting.py": ["torch"],
    "test_explanation.py": ["jax", "torch"],
    "test_composition.py": ["jax", "tensorflow", "torch"],
}
collect_ignore_glob = [pattern for pattern, names in ABOUT.items() if not all(map(importlib.util.find_spec, names))]


def pytest_report_header() -> str | None:
    return f"not collected for want of a framework: {', '.join(collect_ignore_glob)}" if collect_ignore_glob else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests that are left to the continuous integration are thorough ones, those left to the sweep slow ones."""
    for item in items:
        backend = getattr(getattr(item, "callspec", None), "params", {}).get("backend")
        chance = zlib.crc32(item.name.encode())
        over_backends = item.path.name.startswith(OVER_BACKENDS)
        if over_backends and chance % ONE_OF.get(backend, 1):
            item.add_marker(pytest.mark.slow)
            continue
        name = f"{item.path.name}::{item.name}"
        one_of = next((n for start, n in THOROUGH.items() if name.startswith(start)), 1)
        if over_backends and backend in ONE_OF:
            one_of *= 6 if backend == "jax" else 3
        if backend != "numpy" and (not one_of or chance // 8 % one_of):
            item.add_marker(pytest.mark.thorough)


@functools.cache
def drawn(name: str) -> list[Case]:
    """The cases of a loss, all values."""
    return [case for values in VALUES for case in cases(ul.get(name), values, reals=1e30)]


def some(everything: list[Case], law: str, backend: str) -> list[Case]:
    """Everyday cases: spread evenly, other ones for other laws."""
    if backend == "numpy" or (backend == "jax" and law in CUTTING):
        return everything if backend == "numpy" else []
    if backend == "jax":
        everything = [case for case in everything if _shapes(case) == _shapes(everything[0])]
    count = EVERYDAY.get(backend, 2)
    stride = max(1, len(everything) // count)
    return everything[zlib.crc32(law.encode()) % stride :: stride][:count]


def _shapes(case: Case) -> list[tuple[int, ...]]:
    return [x.shape for x in case.inputs.values() if x is not None]


@pytest.fixture(scope="session", params=[n for n in ul.list_losses() if ul.get(n).__module__.startswith("unilosses.")])
def loss(request: pytest.FixtureRequest) -> ul.Loss:
    """Every loss of the library."""
    return ul.get(request.param)


@pytest.fixture(scope="session")
def obeys():
    """``obeys(loss, backend, module)``: the laws of one file hold, and there were some cases.

    Every day NumPy takes all cases and the other frameworks some, other settings for other laws; ``every=True`` takes
    all cases everywhere.
    """

    def check(loss: ul.Loss, backend, module, *, every: bool = False, slow: bool = False) -> None:
        laws = [law for law in LAWS.values() if law in vars(module).values() and law.slow is slow]
        assert laws, f"{module.__name__} states no laws"
        counts = {}
        for law in laws:
            with backend.session():
                taken = [case for case in drawn(loss.name) if law.applies(loss, backend, case)]
            if not every:
                taken = some(taken, law.name, backend.name)
            counts[law.name] = check_law(law, loss, backend, taken)
        assert any(counts.values()), f"no law of {module.__name__} applies to {loss.name} on {backend.name}"

    return check
