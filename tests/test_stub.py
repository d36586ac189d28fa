"""Editors and type checkers know every loss by signature and docstring: the stub follows the registry."""

import ast
import inspect
import runpy
from pathlib import Path

import pytest

import unilosses as ul

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = runpy.run_path(str(ROOT / "docs" / "stub.py"))["WRITTEN"]
((PATH, WRITE),) = WRITTEN.items()


def test_the_stub_is_up_to_date():
    assert PATH.read_text(encoding="utf-8") == WRITE(), "run: python docs/stub.py"


def test_every_public_name_is_in_the_stub():
    names = set()
    for node in ast.parse(PATH.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.asname}
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
    library = {n for n in ul.list_losses() if ul.get(n).__module__.startswith("unilosses.")}
    assert names == (set(ul.__all__) - set(ul.list_losses())) | library


def test_a_call_in_the_stub_takes_what_the_loss_takes():
    classes = {n.name: n for n in ast.parse(PATH.read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)}
    for name in ("huber", "binary_cross_entropy", "ctc", "linear_cross_entropy"):
        _, call = classes["_" + name.title().replace("_", "")].body
        arguments = call.args
        assert [a.arg for a in (*arguments.args[1:], *arguments.kwonlyargs)] == list(
            inspect.signature(ul.get(name)).parameters
        )
        assert ast.get_docstring(call).startswith(ul.get(name).summary)


@pytest.mark.parametrize("path", ["unilosses/__init__.pyi", "backends/torch/extra.pyi", "backends/keras/extra.pyi"])
def test_an_editor_shows_signature_and_docstring_of_every_class(path):
    classes = [n for n in ast.parse((ROOT / path).read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)]
    assert len(classes) > 40
    for made in classes:
        text, call = made.body
        assert call.name in ("__init__", "__call__"), made.name
        assert "Formula: " in ast.literal_eval(text.value), made.name
        assert all(a.annotation for a in (*call.args.args[1:], *call.args.kwonlyargs)), made.name
