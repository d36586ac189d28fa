"""Libraries that are no part of unilosses: the standard's strict reference, and a plug-in with an entry point."""

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from unilosses.testing import check_backend

PLUGIN = Path(__file__).parent.parent / "examples" / "backend_plugin"
PROJECT = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))
needs_mlx = pytest.mark.skipif(
    importlib.util.find_spec("mlx") is None, reason='MLX is not installed: pip install "mlx[cpu]"'
)


@pytest.fixture
def installed(tmp_path):
    """``installed(script)`` runs a script where the plug-in is installed, without installing it anywhere.

    What an installation of pure Python adds to the path is its modules and its metadata; the metadata are written from
    its pyproject.toml.
    """
    name, version = PROJECT["project"]["name"], PROJECT["project"]["version"]
    metadata = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = []
    for group, entries in PROJECT["project"]["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")

    def run(*arguments):
        path = os.pathsep.join([str(tmp_path), str(PLUGIN), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, *arguments]
        quiet = {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
        return subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, timeout=300, check=False)

    return run


def test_array_api_strict():
    pytest.importorskip("array_api_strict")
    reports = check_backend("array_api_strict")
    assert [report.loss for report in reports] == ["huber", "sparse_categorical_cross_entropy", "dice", "nt_xent"]
    assert all(report.cases > 30 for report in reports)


@needs_mlx
def test_the_plugin_is_found_by_the_type_of_the_array(installed):
    done = installed("-c", "import mlx.core as mx, unilosses as ul; print(ul.huber(mx.zeros(3), mx.ones(3)).item())")
    assert done.stdout.strip() == "0.5", done.stderr


def test_the_entry_point_names_an_object_of_the_plugin():
    ((name, value),) = PROJECT["project"]["entry-points"]["unilosses.backends"].items()
    module, _, attribute = value.partition(":")
    assert name == "mlx"
    assert PROJECT["tool"]["setuptools"]["py-modules"] == [module]
    assert f"\n{attribute} = " in (PLUGIN / f"{module}.py").read_text(encoding="utf-8")


@pytest.mark.slow
@needs_mlx
def test_the_laws_hold_on_mlx(installed):
    done = installed(str(PLUGIN / "check.py"))
    assert done.returncode == 0, done.stderr
    for name in ("huber", "sparse_categorical_cross_entropy", "dice", "nt_xent"):
        assert f"{name}: " in done.stdout
