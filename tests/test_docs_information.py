"""docs/information.md: every block runs, every number after an arrow is what its line gives, every figure is drawn."""

import ast
import importlib.util
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from unilosses.testing import to_numpy

DOCS = Path(__file__).parent.parent / "docs"
TEXT = (DOCS / "information.md").read_text(encoding="utf-8")


def blocks():
    return [textwrap.dedent(block) for block in re.findall(r"^ *```python\n(.*?)^ *```", TEXT, re.S | re.M)]


def printed(comment, count):
    """The first ``count`` numbers of a comment, and half a unit of the last digit of each."""
    found = [text.replace(",", "") for text in re.findall(r"-?inf|-?\d+(?:\.\d+)?", comment)][:count]
    return [float(text) for text in found], [0.5 * 10.0 ** -len(text.partition(".")[2]) for text in found]


def test_every_block_runs_and_every_number_holds():
    names, checked = {}, 0
    for block in blocks():
        if "import torch" in block:
            pytest.importorskip("torch")
        lines = block.splitlines()
        for statement in ast.parse(block).body:
            code = ast.get_source_segment(block, statement)
            comment = lines[statement.end_lineno - 1].partition("# →")[2]
            if not isinstance(statement, ast.Expr):
                exec(code, names)
                continue
            result = to_numpy(eval(code, names)).ravel()
            wanted, units = printed(comment, result.size)
            assert len(wanted) == result.size, f"{code}: {result}, but the page says {comment!r}"
            for x, number, unit in zip(result, wanted, units, strict=True):
                assert x == number or abs(x - number) <= unit * 1.0001, f"{code}: {result}, the page says {comment!r}"
            checked += 1
    assert checked > 30


def test_every_figure_is_drawn_by_the_script(tmp_path):
    spec = importlib.util.spec_from_file_location("information_figures", DOCS / "figures" / "information.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == set(re.findall(r"\(figures/(\w+\.svg)\)", TEXT))
    assert drawn <= {path.name for path in (DOCS / "figures").iterdir()}
    assert all((tmp_path / name).stat().st_size > 10_000 for name in drawn)


def test_the_numbers_of_the_notes():
    assert f"{-np.log(1e-16):.1f} nats" in TEXT
    assert f"{-np.log2(0.01):.2f}" in TEXT
