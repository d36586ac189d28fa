"""Run the matrix loss × framework × mode × size × dtype and write JSON and a markdown table."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import click
from rich.progress import Progress

from .cases import CASES, MODES, build
from .inputs import SIZES
from .report import markdown
from .timing import interleaved


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    packages = ("numpy", "torch", "tensorflow-cpu", "tensorflow", "keras", "jax", "optax", "scipy", "unilosses")
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": versions,
    }


@click.command()
@click.option("--frameworks", default=",".join(CASES), show_default=True)
@click.option("--sizes", default=",".join(SIZES), show_default=True)
@click.option("--dtypes", default="float32", show_default=True)
@click.option("--losses", default="", help="Only these, separated by commas.")
@click.option("--modes", default="", help="Only these: eager, compiled, jit, tf.function.")
@click.option("--budget", default=0.6, show_default=True, help="Seconds for each case.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the measurements here.")
@click.option("--markdown", "markdown_path", type=click.Path(path_type=Path), help="Write the table here.")
def main(
    frameworks: str, sizes: str, dtypes: str, losses: str, modes: str, budget: float,
    json_path: Path | None, markdown_path: Path | None,
) -> None:  # fmt: skip
    """Measure value + gradient, ours and native interleaved; ratios are ours/native, lower is better."""
    rows: list[dict[str, Any]] = []
    chosen = losses.split(",") if losses else []
    plan = [
        (framework, mode, size, dtype)
        for framework in frameworks.split(",")
        for mode in MODES[framework]
        if not modes or mode in modes.split(",")
        for size in sizes.split(",")
        for dtype in dtypes.split(",")
    ]
    with Progress() as progress:
        bar = progress.add_task("measuring", total=len(plan))
        for framework, mode, size, dtype in plan:
            for case, ours, native in build(framework, mode, SIZES[size], dtype, chosen):
                progress.update(bar, description=f"{framework} {mode} {SIZES[size]} {case.loss}")
                own, other, ratio = interleaved(ours, native, budget)
                rows.append(
                    {"framework": framework, "mode": mode, "size": size, "shape": str(SIZES[size]), "dtype": dtype,
                     "loss": case.loss, "native": case.native, "ours_s": own, "native_s": other, "ratio": ratio}
                )  # fmt: skip
            progress.advance(bar)
    result = {"machine": machine(), "rows": rows}
    table = markdown(result)
    click.echo(table)
    if json_path:
        json_path.write_text(json.dumps(result, indent=1) + "\n")
    if markdown_path:
        markdown_path.write_text(table)


if __name__ == "__main__":
    main()
