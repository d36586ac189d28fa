"""The benchmarks: both sides compute the same, goals and tables follow from the rows, the page from the results."""

import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from benchmarks import goals, layers, matrix, memory, report, scaling, timing  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.cases import Case  # noqa: E402
from benchmarks.inputs import SIZES, Inputs, Size  # noqa: E402
from benchmarks.runners import build  # noqa: E402
from benchmarks.timing import in_turns, interleaved  # noqa: E402

PAGES = runpy.run_path(str(ROOT / "docs" / "benchmark_pages.py"))
#: The modules that a framework's cases import.
NEEDS = {"torch": ["torch"], "jax": ["optax"], "keras": ["keras", "tensorflow"], "numpy": ["scipy"]}
#: Rounding of float32 sums in another order, and the 1e-7 that Keras' losses of probabilities add.
CLOSE = {"rtol": 2e-4, "atol": 2e-6}


def flat(result):
    """The arrays in a value, or in a value with its gradients."""
    parts = result if isinstance(result, tuple | list) else [result]
    return [array for x in parts for array in (flat(x) if isinstance(x, tuple | list) else [_numpy(x)])]


def _numpy(x):
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


@pytest.mark.parametrize(
    ("framework", "mode"),
    [
        ("numpy", "eager"),
        ("torch", "eager"),
        *(pytest.param(*x, marks=pytest.mark.thorough) for x in (("jax", "jit"), ("keras", "eager"))),
    ],
)
def test_ours_and_native_compute_the_same(framework, mode):
    for name in NEEDS[framework]:
        pytest.importorskip(name, reason=f"the cases of {framework} need {name}")
    if framework == "keras":
        import keras

        if keras.backend.backend() != "tensorflow":
            # What is compared is native Keras on TensorFlow; the benchmark itself refuses other backends.
            pytest.skip("Keras runs on another backend here; it is measured on TensorFlow")
    done = 0
    for case, ours, native in build(framework, mode, Size("small", 12, 10), "float32"):
        for own, other in zip(flat(ours()), flat(native()), strict=True):
            np.testing.assert_allclose(own, other, **CLOSE, err_msg=f"{case.loss} and {case.native}")
        done += 1
    assert done > 9


def test_inputs_do_not_depend_on_what_was_drawn_before():
    size = Size("small", 3, 4)
    one, other = Inputs(size, "float32"), Inputs(size, "float32")
    assert one["real"] is one["real"]
    other["binary"]
    np.testing.assert_array_equal(one["y_pred"], other["y_pred"])
    assert not np.array_equal(one["real"], one["y_pred"])


def test_functions_take_turns():
    called = []
    times = in_turns({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, budget=0.0, least=3)
    assert {name: len(x) for name, x in times.items()} == {"a": 3, "b": 3}
    # Warmed up twice and timed once, then rounds of bundles in turned order: a b, b a, a b.
    assert called[:6] == ["a", "b"] * 3
    order = [name for name, before in zip(called[6:], ["", *called[6:]], strict=False) if name != before]
    assert order == ["a", "b", "a", "b"]


def test_a_ratio_is_ours_over_native(monkeypatch):
    clock = [0.0]

    def lasting(seconds):
        return lambda: clock.append(clock.pop() + seconds)

    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    assert interleaved(lasting(3.0), lasting(2.0)) == (3.0, 2.0, 1.5)
    assert interleaved(lasting(3e-6), lasting(2e-6))[2] == pytest.approx(1.5)


def test_the_plan_measures_every_goal():
    found = {(p.framework, p.mode, SIZES[p.size].name) for p in matrix.plan()}
    assert {(g.framework, g.mode, g.size) for g in goals.GOALS} <= found


def test_a_dtype_is_measured_where_there_is_one():
    found = {(p.framework, p.dtype) for p in matrix.plan(dtypes=["float32", "bfloat16"])}
    assert ("torch", "bfloat16") in found
    assert ("numpy", "bfloat16") not in found


def row(ratio, **facts):
    given = {"framework": "torch", "mode": "eager", "size": "large", "dtype": "float32", "shape": "8192×2000",
             "loss": "huber", "native": "HuberLoss", "quantity": "value and gradient"}  # fmt: skip
    return {**given, **facts, "ours_s": ratio, "native_s": 1.0, "ratio": ratio}


def test_goals_are_met_or_missed_by_mean_and_worst():
    (met,) = goals.summaries([row(0.2), row(0.45)])
    assert met.mean == pytest.approx(0.3)
    assert (met.worst["ratio"], met.losses, met.verdict) == (0.45, 2, "met")
    assert goals.summaries([row(0.1), row(0.9)])[0].verdict == "missed: worst"
    assert goals.summaries([row(0.7), row(0.7)])[0].verdict == "missed: mean"
    assert goals.summaries([row(0.9)])[0].verdict == "missed: mean and worst"
    assert goals.summaries([row(0.9, dtype="bfloat16")])[0].verdict == ""
    assert "| 0.30 | 0.5 | 0.45 (huber, 8192×2000) | 0.8 | met |" in report.goals_table([row(0.2), row(0.45)])


def test_what_is_slower_is_listed_with_its_reason():
    rows = [
        row(0.5),
        row(1.2, framework="jax", mode="jit"),
        row(3.0, framework="numpy", size="tiny", native="sklearn HalfPoissonLoss"),
    ]
    assert [r["ratio"] for r in goals.slower(rows)] == [3.0, 1.2]
    listed = report.slower_table(rows)
    assert "scikit-learn's loop is compiled" in listed
    assert listed.index("scikit-learn's loop") < listed.index(goals.UNKNOWN) < listed.index("1.20")
    assert report.slower_table([row(0.5)]).startswith("No loss is slower")


def test_a_missed_goal_is_explained():
    assert report.missed_list([row(0.2), row(0.45)]) == ""
    assert report.missed_list([row(0.9)]).startswith("* **torch, eager, large.** The worst differs between runs")
    committed = json.loads((ROOT / "benchmarks" / "results" / "matrix.json").read_text(encoding="utf-8"))
    assert goals.UNKNOWN not in report.missed_list(committed["rows"])


def test_a_native_loss_that_refuses_is_shown_as_such(monkeypatch):
    def refuse(*arrays):
        raise RuntimeError('"huber" not implemented for this dtype\nand a trace')

    monkeypatch.setitem(matrix.build.__globals__["CASES"], "numpy", lambda: [
        Case("huber", "none", ("real", "y_pred"), refuse)])  # fmt: skip
    (found,) = matrix.measure(matrix.Part("numpy", "eager", "tiny", "float32"), 0.01)
    assert found["refused"] == '"huber" not implemented for this dtype'
    assert "refuses: " in report.rows_table([found])
    assert goals.summaries([found]) == []


def run(*arguments):
    result = CliRunner().invoke(main, [str(x) for x in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_measurements_become_a_page(tmp_path):
    pytest.importorskip("scipy", reason="NumPy's cases are lines with SciPy")
    pytest.importorskip("matplotlib", reason="the figure is drawn with matplotlib")
    output = run("--frameworks", "numpy", "--sizes", "tiny", "--losses", "huber", "--budget", "0.01",
                 "--json", tmp_path / "matrix.json", "--markdown", tmp_path / "tables.md")  # fmt: skip
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") in output
    run("layers", "--frameworks", "numpy", "--budget", "0.002", "--json", tmp_path / "layers.json")
    run("scaling", "--frameworks", "numpy", "--most", "1e3", "--budget", "0.002", "--figure", tmp_path / "figure.svg",
        "--json", tmp_path / "scaling.json")  # fmt: skip
    assert (tmp_path / "figure.svg").stat().st_size > 10_000

    results = PAGES["results"](tmp_path)
    page = PAGES["page"](results)
    for heading in ("Goals", "Slower than native", "Every row", "Layers of a small call", "Scaling"):
        assert f"# {heading}\n" in page
    assert "## Memory" not in page
    for line in ("| numpy, eager | 256×10 | huber | textbook lines |", "| signature |", "GB/s"):
        assert line in page
    times = {r["layer"]: r["us"] for r in results["layers"]["rows"] if r["loss"] == "huber"}
    assert 0 < times["signature"] < times["**ours, value and gradient**"]

    assert "| ours / native | NumPy, eager |" in PAGES["figure_for"]("huber", results)
    assert PAGES["figure_for"]("ctc", results) is None


def test_one_command_writes_all_results(tmp_path, monkeypatch):
    pytest.importorskip("scipy", reason="NumPy's cases are lines with SciPy")
    commands, pages = sys.modules[main.callback.__module__], []
    monkeypatch.setattr(commands, "RESULTS", tmp_path)
    monkeypatch.setattr(commands.subprocess, "run", lambda command, check: pages.append(command[1].name))
    monkeypatch.setattr(memory, "measure", lambda job: {"loss": job.loss, "route": job.route, "shape": job.shape,
                                                        "framework": job.framework, "failed": "not run"})  # fmt: skip
    monkeypatch.setattr(layers, "FRAMEWORKS", ())
    monkeypatch.setattr(scaling, "FRAMEWORKS", ("numpy",))
    monkeypatch.setattr(scaling, "counts", lambda least, most: [1000] if (least, most) == (1e2, 1e8) else [])
    monkeypatch.setattr(scaling, "copy_bandwidth", lambda size: 1e10)
    monkeypatch.setattr(matrix, "plan", lambda: [matrix.Part("numpy", "eager", "tiny", "float32")])
    run("all", "--budget", "0.001")
    assert {path.name for path in tmp_path.iterdir()} == {"matrix.json", "memory.json", "scaling.json"}
    assert pages == ["benchmark_pages.py"]
    shapes = {row["shape"] for row in json.loads((tmp_path / "memory.json").read_text(encoding="utf-8"))["rows"]}
    assert shapes == {"8192×32000", "2048×1024, 32000 classes", "2048×1024, 128000 classes"}


def test_elements_and_bytes_of_the_limit():
    assert scaling.counts(1e2, 1e4, 1) == [100, 1000, 10_000]
    assert scaling.moved("huber", 1000) == 12_000  # two inputs read, one gradient written
    assert scaling.moved("sparse_categorical_cross_entropy", 1000) == 8_000 + 80  # ten labels


def test_the_committed_page_is_that_of_the_committed_results():
    found = PAGES["results"]()
    assert PAGES["PAGE"].exists() == bool(found)
    if found:
        assert PAGES["PAGE"].read_text(encoding="utf-8") == PAGES["page"](found), "run: python docs/benchmark_pages.py"
        assert PAGES["FIGURE"].exists() == ("scaling" in found)
    for result in found.values():
        assert json.dumps(result["machine"]).isascii()
        assert set(result["machine"]) == {"date", "cores", "threads", "machine", "python", "versions"}


def test_memory_is_asked_for_by_framework_and_route():
    jobs = list(memory.jobs(["torch", "numpy"], 8, 16, 4, 2, [10, 20]))
    assert [j.route for j in jobs if j.framework == "torch" and not j.features] == ["ours", "native"]
    assert {j.shape for j in jobs if j.features} == {"4×2, 10 classes", "4×2, 20 classes"}
    assert {j.gradient for j in jobs if j.features} == {4 * (4 * 2 + 10 * 2), 4 * (4 * 2 + 20 * 2)}


def test_a_process_that_fails_says_why():
    found = memory.measure(memory.Job("no_such_loss", "numpy", "ours", 2, 4))
    assert "status 1: " in found["failed"]
    assert found["failed"] in report.memory_table([found])


@pytest.mark.thorough
@pytest.mark.parametrize("framework", ["torch", "numpy"])
def test_cross_entropy_needs_no_more_than_its_gradient(framework):
    """A quarter of a gradient is for the rows' values, the blocks and what the allocator holds back."""
    pytest.importorskip(framework, reason=f"the memory of {framework} needs it")
    job = memory.Job("sparse_categorical_cross_entropy", framework, "ours", 4096, 16000)
    measured = memory.measure(job)
    assert measured["peak"] <= 1.25 * job.gradient
    # What this test would find if blocks were switched off: the intermediates of the whole input.
    whole = memory.measure(memory.Job(job.loss, framework, "ours", job.rows, job.classes, block=1 << 40))
    assert whole["peak"] > 1.75 * job.gradient
