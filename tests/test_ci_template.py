"""docs/testing.md and docs/ci-template.yml: what they show runs, and every option, extra and law they name exists."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import yaml

from unilosses.cli import main
from unilosses.dispatch import backend_names
from unilosses.testing.laws import LAWS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((ROOT / "docs" / "ci-template.yml").read_text(encoding="utf-8"))
JOB = WORKFLOW["jobs"]["losses"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_matrix_names_extras_and_backends_that_exist():
    matrix = JOB["strategy"]["matrix"]
    assert [row["framework"] for row in matrix["include"]] == matrix["framework"]
    for row in matrix["include"]:
        assert row["extras"].strip("[]") in {"", *PROJECT["optional-dependencies"]}
        assert set(row["backends"].split(",")) <= set(backend_names())
    classifiers = [c.rsplit(" ", 1)[-1] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert matrix["python"] == classifiers


def test_the_commands_have_the_options_that_are_named(pytestconfig):
    steps = " ".join(step.get("run", "") for step in JOB["steps"])
    assert "pytest --backends ${{ matrix.backends }}" in steps
    assert pytestconfig.pluginmanager.hasplugin("unilosses.testing.plugin")
    pytestconfig.getoption("--backends")
    (frameworks,) = re.findall(r"unilosses verify --frameworks ([\w,]+)", steps)
    assert set(frameworks.split(",")) == {"torch", "keras", "jax"}
    options = [o for p in main.commands["verify"].params if isinstance(p, click.Option) for o in p.opts]
    assert "--frameworks" in options


def test_every_variable_of_the_matrix_is_defined():
    text = (ROOT / "docs" / "ci-template.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"matrix\.(\w+)", text))
    matrix = JOB["strategy"]["matrix"]
    assert used <= {"framework", "python", *matrix["include"][0]}


def test_the_page_names_laws_that_exist():
    table = PAGE[PAGE.index("| a mistake") : PAGE.index("## pytest")]
    named = re.findall(r"`([^`]+)`", table)
    assert len(named) == 4
    assert set(named) <= set(LAWS)


def test_the_blocks_of_the_page_run(tmp_path):
    """In a process of their own: the page's losses stay out of the registry of the other tests."""
    calls = """
from unilosses.testing import framework

test_mean(framework("numpy"))
test_laws(framework("numpy"))
"""
    path = tmp_path / "page.py"
    path.write_text("\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)) + calls, encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "charbonnier: " in done.stdout
    assert "no law broken" in done.stdout
    assert "law 'derivative equals differences' does not hold for half_wrong on numpy with " in done.stdout
