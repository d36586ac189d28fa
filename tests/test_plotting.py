"""Pictures: what is drawn is the loss and its slope, files are reproducible, mistakes get one sentence."""

import sys

import numpy as np
import pytest
from click.testing import CliRunner

import unilosses as ul
from unilosses import plotting
from unilosses.cli import main


def test_the_gradient_drawn_is_the_slope_of_the_value_drawn(loss):
    path = plotting.path_of(loss)
    for curve in path.curves:
        positions, values, slopes = plotting.trace(loss, path, curve)
        assert np.ptp(values) > 0.05, "a flat line shows nothing"
        assert np.isfinite(slopes).all()
        error = np.abs(np.gradient(values, positions) - slopes)
        # Differences over two steps are wrong beside a kink, and by the third derivative where a curve is steep.
        assert np.quantile(error, 0.9) < 0.02 * np.abs(slopes).max()


def test_labels_tell_the_curves_apart(loss):
    labels = [curve.label for curve in plotting.path_of(loss).curves]
    assert len(set(labels)) == len(labels)
    assert len(labels) == 1 or all(labels)


def test_a_jump_interrupts_the_line():
    x = np.linspace(-1.0, 1.0, 20)
    _, drawn = plotting._without_jumps(x, np.sign(x))
    assert np.isnan(drawn).sum() == 1
    _, smooth = plotting._without_jumps(x, np.tanh(3 * x))
    assert not np.isnan(smooth).any()


def test_the_same_picture_is_the_same_file(tmp_path):
    for name in ("a.svg", "b.svg"):
        plotting.save(plotting.draw(ul.huber), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_loss_of_your_own_is_drawn():
    @ul.loss
    def drawn_by_the_tests(xp, y_true, y_pred):
        return xp.abs(y_pred - y_true), lambda: xp.sign(y_pred - y_true)

    try:
        figure = plotting.draw(drawn_by_the_tests)
        above, below = figure.axes
        assert above.get_title() == "drawn_by_the_tests"
        assert below.get_xlabel() == "y_pred (y_true is 0)"
    finally:
        ul.loss.__globals__["_registry"].pop("drawn_by_the_tests")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_command_writes_the_file(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    result = CliRunner().invoke(main, ["plot", "quantile", "--out", str(path)])
    assert result.exit_code == 0, result.output
    assert path.stat().st_size > 5_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["hubr"], "Near misses: huber"), (["huber", "--out", "picture.doc"], "ends in 'doc'; wanted one of")],
)
def test_a_mistake_gets_one_sentence(arguments, said):
    result = CliRunner().invoke(main, ["plot", *arguments])
    assert result.exit_code
    assert said in result.output
    assert "Traceback" not in result.output


def test_without_matplotlib_the_fix_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'unilosses\[plot\]'"):
        plotting.draw(ul.huber)
