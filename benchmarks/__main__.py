"""``python -m benchmarks``: the matrix; beside it ``scaling``, ``layers``, ``memory``, and ``all`` for the docs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import click
from rich.progress import Progress

from . import layers, matrix, memory, report, scaling
from .cases import CASES
from .inputs import SIZES
from .machine import limits, machine

RESULTS = Path(__file__).parent / "results"
JSON = click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the measurements here.")


def words(context: click.Context, parameter: click.Parameter, value: str) -> list[str]:
    """An option's value, taken apart at commas."""
    return [word for word in value.split(",") if word]


def write(path: Path | None, rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The rows with what they were measured on, in a file where one is named."""
    result = {"machine": machine(), **more, "rows": rows}
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return result


def shown(title: str, jobs: Iterable[tuple[str, Iterator[dict[str, Any]]]]) -> Iterator[list[dict[str, Any]]]:
    """Run jobs below a progress bar; the rows so far after each, so that a run that breaks off keeps them."""
    jobs = list(jobs)
    rows: list[dict[str, Any]] = []
    with Progress() as progress:
        bar = progress.add_task(title, total=len(jobs))
        for name, job in jobs:
            progress.update(bar, description=f"{title}: {name}")
            for row in job:
                rows.append(row)
                progress.update(bar, description=f"{title}: {name} {row['loss']}")
            progress.advance(bar)
            yield rows


@click.group(invoke_without_command=True)
@click.option("--frameworks", default=",".join(CASES), show_default=True, callback=words)
@click.option("--sizes", default=",".join(SIZES), show_default=True, callback=words)
@click.option("--dtypes", default="float32", show_default=True, callback=words, help="bfloat16: PyTorch and JAX.")
@click.option("--losses", default="", callback=words, help="Only these, separated by commas.")
@click.option("--modes", default="", callback=words, help="Only these: eager, compiled, jit, tf.function.")
@click.option("--budget", default=0.5, show_default=True, help="Seconds of measuring for each case.")
@JSON
@click.option("--markdown", "markdown_path", type=click.Path(path_type=Path), help="Write the tables here.")
@click.pass_context
def main(
    context: click.Context, frameworks: list[str], sizes: list[str], dtypes: list[str], losses: list[str],
    modes: list[str], budget: float, json_path: Path | None, markdown_path: Path | None,
) -> None:  # fmt: skip
    """Measure value + gradient, ours and native interleaved; ratios are ours/native, lower is better."""
    if limits():
        click.echo(f"The environment sets {', '.join(limits())}: the times are those of so many threads.")
    if context.invoked_subcommand is None:
        result = run_matrix(matrix.plan(frameworks, modes, sizes, dtypes), budget, losses, json_path)
        tables = report.markdown(result)
        click.echo(tables)
        if markdown_path:
            markdown_path.write_text(tables, encoding="utf-8")


def run_matrix(
    parts: list[matrix.Part], budget: float, losses: list[str], json_path: Path | None
) -> dict[str, Any]:  # fmt: skip
    """Measure the parts of a plan."""
    result: dict[str, Any] = {}
    for rows in shown("measuring", ((str(part), matrix.measure(part, budget, losses)) for part in parts)):
        result = write(json_path, rows)
    return result


@main.command("scaling")
@click.option("--frameworks", default=",".join(scaling.FRAMEWORKS), show_default=True, callback=words)
@click.option("--least", default=1e2, show_default=True, help="The fewest elements.")
@click.option("--most", default=1e8, show_default=True, help="The most elements.")
@click.option("--budget", default=0.4, show_default=True, help="Seconds of measuring for each case.")
@click.option("--figure", type=click.Path(path_type=Path), help="Draw the times here (the name ends in .svg or .png).")
@JSON
def scaling_command(
    frameworks: list[str], least: float, most: float, budget: float, figure: Path | None, json_path: Path | None
) -> None:
    """Time against the number of elements, beside the limit of memory bandwidth."""
    bandwidth = scaling.copy_bandwidth(int(min(max(most, 1 << 20), 1 << 27)))
    jobs = (
        (f"{framework} {elements}", scaling.measure(framework, elements, bandwidth, budget))
        for framework in frameworks
        for elements in scaling.counts(least, most)
    )
    result: dict[str, Any] = {"rows": []}
    for rows in shown("scaling", jobs):
        result = write(json_path, rows, bandwidth=bandwidth)
    click.echo(f"Copies move {bandwidth / 1e9:.1f} GB/s.\n\n{report.scaling_table(result['rows'])}")
    if figure:
        from unilosses.plotting import save

        save(scaling.figure(result["rows"]), figure)


@main.command("layers")
@click.option("--frameworks", default=",".join(layers.FRAMEWORKS), show_default=True, callback=words)
@click.option("--budget", default=0.5, show_default=True, help="Seconds of measuring for each layer.")
@JSON
def layers_command(frameworks: list[str], budget: float, json_path: Path | None) -> None:
    """Microseconds per layer of one small call."""
    result: dict[str, Any] = {"rows": []}
    for rows in shown("layers", ((framework, layers.measure(framework, budget)) for framework in frameworks)):
        result = write(json_path, rows)
    click.echo(report.layers_table(result["rows"]))


@main.command("memory")
@click.option("--frameworks", default="torch,jax,tensorflow,numpy", show_default=True, callback=words)
@click.option("--rows", default=8192, show_default=True, help="Rows of the logits of softmax cross-entropy.")
@click.option("--classes", default=32000, show_default=True, help="Classes of softmax cross-entropy.")
@click.option("--linear-rows", default=2048, show_default=True, help="Rows of linear cross-entropy; 0 leaves it out.")
@click.option("--features", default=1024, show_default=True, help="Features of linear cross-entropy.")
@click.option("--vocabularies", default="32000,128000", show_default=True, callback=words)
@JSON
def memory_command(
    frameworks: list[str], rows: int, classes: int, linear_rows: int, features: int, vocabularies: list[str],
    json_path: Path | None,
) -> None:  # fmt: skip
    """Peak memory and time, each in a fresh process, above that of the inputs."""
    sizes = map(int, vocabularies) if linear_rows else ()
    jobs = memory.jobs(frameworks, rows, classes, linear_rows, features, sizes)
    result: dict[str, Any] = {"rows": []}
    named = ((f"{j.loss} {j.shape} {j.framework} {j.route}", row_of(j)) for j in jobs)
    for measured in shown("memory", named):
        result = write(json_path, measured)
    click.echo(report.memory_table(result["rows"]))


def row_of(job: memory.Job) -> Iterator[dict[str, Any]]:
    """The one row of a job, measured when it is asked for."""
    yield memory.measure(job)


@main.command("all")
@click.option("--linear-rows", default=2048, show_default=True, help="Rows of linear cross-entropy.")
@click.option("--budget", default=0.5, show_default=True, help="Seconds of measuring for each case.")
@click.pass_context
def all_command(context: click.Context, linear_rows: int, budget: float) -> None:
    """Everything that the documentation shows: writes benchmarks/results, then docs/benchmarks.md with its figure."""
    context.invoke(
        memory_command,
        linear_rows=linear_rows,
        frameworks=["torch", "jax", "tensorflow", "numpy"],
        vocabularies=["32000", "128000"],
        json_path=RESULTS / "memory.json",
    )
    context.invoke(layers_command, frameworks=list(layers.FRAMEWORKS), json_path=RESULTS / "layers.json")
    context.invoke(
        scaling_command, frameworks=list(scaling.FRAMEWORKS), budget=budget, json_path=RESULTS / "scaling.json"
    )
    run_matrix(matrix.plan(), budget, [], RESULTS / "matrix.json")
    subprocess.run([sys.executable, RESULTS.parent.parent / "docs" / "benchmark_pages.py"], check=True)


if __name__ == "__main__":
    main()
