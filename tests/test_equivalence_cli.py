"""The command line: what it prints, and that a user's mistake gets one sentence."""

import dataclasses
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

import unilosses as ul
from unilosses.cli import main
from unilosses.equivalence import report as reports
from unilosses.equivalence import verification
from unilosses.equivalence.docs import markdown
from unilosses.equivalence.lookup import NAMES
from unilosses.equivalence.pairing import NATIVES, pair


def run(*arguments, code=0):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output.strip() if code else result.stdout  # the progress bar goes to stderr


def test_list_names_every_loss_and_its_natives():
    output = run("list")
    assert all(name in output for name in ul.list_losses())
    assert "torch.nn.HuberLoss" in output


def test_show_a_loss():
    output = run("show", "huber")
    assert "delta=1.0" in output
    assert "Huber, Robust Estimation" in output
    assert "keras.losses.Huber" in output


def test_show_a_native_loss():
    assert "keras.losses.Huber(delta=0.5)" in run("show", "torch.nn.SmoothL1Loss(beta=0.5)")


def test_equivalents():
    output = run("equivalents", "BCEWithLogitsLoss", "--to", "keras")
    assert "keras.losses.BinaryCrossentropy(from_logits=True) (exact)" in output
    assert "optax" not in output


def test_equivalents_as_json():
    rows = json.loads(run("equivalents", "torch.nn.SmoothL1Loss(beta=0.5)", "--to", "jax", "--json"))
    assert rows[0]["target"] == "functools.partial(optax.losses.huber_loss, delta=0.5)"
    assert rows[0]["scale"] == 0.5


@pytest.mark.parametrize("name", NAMES)
def test_every_native_loss_is_answered_for(name):
    for to in {"torch", "keras", "optax"} - {name.split(".")[0]}:
        found = json.loads(run("equivalents", name, "--to", to, "--json"))
        assert found
        assert all(row["target"] is None or row["target"] in run("equivalents", name) for row in found)
        assert all(row["source"] in run("show", row["source"]) for row in found)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_table_lists_every_native_loss(form):
    output = run("table", "--format", form)
    squeezed = "".join(output.split())
    assert all(native.name in squeezed for native in NATIVES)


def test_the_markdown_table_is_the_page():
    assert run("table", "--format", "markdown") == markdown()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("equivalents", "HubrLoss"), "did you mean torch.nn.HuberLoss"),
        (("equivalents", "mse", "--to", "toch"), "did you mean 'torch'"),
        (("show", "hubr"), "huber"),
        (("recommend", "world peace"), "'segmentation'"),
        (("verify", "--frameworks", "tensorflow"), "unknown framework 'tensorflow'"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else "",
)
def test_mistakes_are_answered_in_one_sentence(arguments, hint):
    output = run(*arguments, code=1)
    assert output.startswith("Error: ")
    assert hint in output


def test_recommend():
    assert "torch.nn.BCEWithLogitsLoss()" in run("recommend", "binary classification")


@pytest.fixture
def bare(monkeypatch):
    """No framework is installed, and the library has two losses."""
    monkeypatch.setattr(verification, "installed", lambda name: False)
    monkeypatch.setattr(ul, "list_losses", lambda: ["huber", "hinge"])


@pytest.mark.usefixtures("bare")
def test_verify_without_frameworks():
    output = run("verify")
    assert "ul.huber" in output
    assert "not installed" in output
    assert "0 failed" in output


@pytest.mark.usefixtures("bare")
def test_verify_as_json_and_markdown():
    assert json.loads(run("verify", "--json"))["failed"] == 0
    assert run("verify", "--markdown").lstrip().startswith("| row | document |")


@pytest.mark.usefixtures("bare")
def test_verify_exits_with_1_when_a_row_fails(monkeypatch):
    row = ul.Equivalence("a", "left", "right", "exact")
    broken = reports.Result(row, "failed", 1, 0.1, "as it stands: error 0.1")
    monkeypatch.setattr(verification, "numbers", lambda: [("a row", (), lambda: broken)])
    assert "FAILED left → right: as it stands: error 0.1" in run("verify", code=1)
    assert json.loads(run("verify", "--json", code=1))["failed"] == 1


def test_a_row_that_is_broken_on_purpose_fails(monkeypatch):
    pytest.importorskip("torch")
    half = dataclasses.replace(next(n for n in NATIVES if n.name == "torch.nn.HuberLoss"), scale=0.5)
    false = pair(next(n for n in NATIVES if n.name == "torch.nn.SmoothL1Loss"), half, {})
    monkeypatch.setattr(verification, "plan", lambda names: [("a row", names[:1], lambda: verification.measure(false))])
    output = run("verify", "--frameworks", "torch", code=1)
    assert "FAILED torch.nn.SmoothL1Loss() → torch.nn.HuberLoss(): as it stands: error" in output


def test_the_command_is_installed():
    command = [sys.executable, "-m", "unilosses.cli", "equivalents", "mse", "--to", "torch"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "keras.losses.MeanSquaredError() → torch.nn.MSELoss() (exact)" in printed
    command = [sys.executable, "-m", "unilosses.cli", "equivalents", "mes"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_help_and_version():
    assert "verify" in run("--help")
    assert ul.__version__ in run("--version")


def test_a_folder_that_does_not_exist_gets_one_sentence(tmp_path):
    pytest.importorskip("matplotlib")
    assert "No such file or directory" in run("plot", "huber", "--out", str(tmp_path / "none" / "huber.png"), code=2)
