"""Every registered loss is complete, and the definitions and the core keep their style: read off the source."""

import ast
import re
from pathlib import Path

import pytest

import unilosses as ul
from unilosses.namespace import DTYPES, STANDARD
from unilosses.testing.conformance import primitives

from .reference import REFERENCE

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "unilosses"
FRAMEWORKS = {"torch", "tensorflow", "tf", "jax", "jnp", "keras", "optax", "numpy", "np", "array_api_compat"}
#: What definitions may import besides the core: mathematics and types.
PLAIN = {"__future__", "collections", "dataclasses", "functools", "itertools", "math", "typing"}
#: The core may import these; nothing else that is not Python's own.
CORE_NEEDS = {"numpy", "array_api_compat", "click", "rich"}
#: Imported by the function that needs it, from the extras ``test`` and ``docs``.
OPTIONAL = {"hypothesis", "matplotlib", "pytest"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> set[str]:
    """Root modules of absolute imports anywhere in a tree."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


DEFINITIONS = sorted((CORE / "losses").glob("[a-z]*.py"))


def test_every_loss_is_complete(loss):
    assert loss.name in REFERENCE, f"{loss.name} has no reference in tests/reference"
    assert loss.name in ul.__all__
    assert getattr(ul, loss.name) is loss
    assert loss.formula, f"{loss.name} has no Formula: in its docstring"
    assert loss.summary.endswith((".", ":")), f"{loss.name}: its docstring opens with {loss.summary!r}, no sentence"
    assert loss.derivative or not _has_thunk(loss), f"{loss.name} has a derivative, but no Derivative: field"
    assert loss.references, f"{loss.name} has no Reference: in its docstring"
    for reference in loss.references:
        assert re.search(r"\b(1[89]|20)\d\d\b", reference), f"{loss.name}: the reference {reference!r} has no year"


def _has_thunk(loss) -> bool:
    source = parsed(Path(loss.function.__code__.co_filename))
    function = next(n for n in ast.walk(source) if isinstance(n, ast.FunctionDef) and n.name == loss.name)
    returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
    return any(isinstance(value, ast.Tuple) for value in returns)


def test_no_reference_is_left_over():
    assert set(REFERENCE) == {n for n in ul.list_losses() if ul.get(n).__module__.startswith("unilosses.losses")}


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_definitions_import_mathematics_only(path):
    assert imported(parsed(path)) <= PLAIN


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_definitions_name_no_framework(path):
    """No variable or attribute of a definition is a framework, and no import hides inside a function."""
    for function in (n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef)):
        names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        assert not names & FRAMEWORKS, f"{path.name}: {function.name} names {names & FRAMEWORKS}"
        inside = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not inside, f"{path.name}: {function.name} imports"


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_definitions_use_the_functions_of_one_page(path):
    """Trap 6: a library that lacks parts of the standard needs an adapter for these functions only."""
    page = {*STANDARD, *DTYPES, *primitives()}
    used = {
        n.attr
        for n in ast.walk(parsed(path))
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "xp"
    }
    assert used <= page, f"{path.name} uses {sorted(used - page)}, which unilosses/namespace.py does not list"


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_definitions_leave_weights_and_reductions_to_the_shared_path(path):
    for function in (n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef)):
        words = {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
        words |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        taken = words & {"reduction", "sample_weight", "normalizer"}
        assert not taken, f"{path.name}: {function.name} handles {taken}"


def test_the_core_imports_no_framework():
    """Not even lazily: adapters live in backends/ and are found through their entry points."""
    import sys

    for path in sorted(CORE.rglob("*.py")):
        foreign = imported(parsed(path)) - set(sys.stdlib_module_names) - CORE_NEEDS - {"unilosses"}
        assert not foreign & (FRAMEWORKS - CORE_NEEDS), f"{path.relative_to(ROOT)} imports {foreign & FRAMEWORKS}"
        if path.parent.name in ("unilosses", "losses", "testing", "laws"):
            assert foreign <= OPTIONAL, f"{path.relative_to(ROOT)} imports {sorted(foreign - OPTIONAL)}"


def modules_imported(path: Path, *, anywhere: bool) -> set[str]:
    """What a file of the core imports of the package, at its top or anywhere: the names below ``unilosses``."""
    package = ("unilosses", *path.relative_to(CORE).parts[:-1])
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom) and (anywhere or not node.col_offset):
            if isinstance(node, ast.Import):
                full = [alias.name for alias in node.names]
            else:
                home = package[: len(package) - node.level + 1] if node.level else ()
                source = ".".join((*home, *filter(None, [node.module])))
                full = [f"{source}.{alias.name}" for alias in node.names] if source == "unilosses" else [source]
            found |= {[*name.split("."), "__init__"][1] for name in full if name.split(".")[0] == "unilosses"}
    return found


def test_the_code_map_of_the_design_is_true():
    """Imports lead to the same row of the table or upwards, and every module of the core has its row."""
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    table = design.partition("| in `unilosses/` |")[2].partition("\n\n")[0]
    rows = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in table.splitlines()[2:]]
    place = {module: row for row, modules in enumerate(rows) for module in modules}
    assert set(place) == {
        path.stem for path in CORE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    for path in CORE.rglob("*.py"):
        own = path.relative_to(CORE).parts[0].removesuffix(".py")
        for module in modules_imported(path, anywhere=False) & set(place):
            assert place[module] <= place[own], f"{path.relative_to(ROOT)} imports unilosses.{module}"


def test_the_core_imports_no_adapter():
    adapters = {path.name for path in (ROOT / "backends").iterdir() if path.is_dir()}
    assert {"torch", "keras", "jax"} <= adapters
    for path in CORE.rglob("*.py"):
        taken = modules_imported(path, anywhere=True) & adapters
        assert not taken, f"{path.relative_to(ROOT)} imports the adapters {sorted(taken)}"


def test_files_of_definitions_stay_readable():
    for path in DEFINITIONS:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 400, f"{path.name} has {lines} lines; split the family"
