"""The command line: ``unilosses list | show | plot | equivalents | table | verify | recommend``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

FORMATS = ("text", "markdown", "json")


class Group(click.Group):
    """Answers a user's mistake with one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LookupError as problem:
            raise click.ClickException(str(problem.args[0])) from problem
        except ImportError as problem:
            raise click.ClickException(str(problem)) from problem


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unilosses")
def main() -> None:
    """Loss functions defined once, and what each framework's own losses are in the others."""


def _print_table(headings: tuple[str, ...], lines: Sequence[tuple[str, ...]], title: str = "") -> None:
    """A table as wide as the terminal, or as the text where the output goes to a file."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*headings, title=title or None, show_lines=False, title_justify="left")
    for line in lines:
        table.add_row(*line)
    Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)


@main.command("list")
def list_command() -> None:
    """List the losses of unilosses and what the frameworks call them."""
    import unilosses as ul
    from unilosses.equivalence.pairing import NATIVES

    lines = []
    for name in ul.list_losses():
        natives = dict.fromkeys(n.name for n in NATIVES if n.concept == name and n.role != "target")
        lines.append((name, ul.get(name).summary, "\n".join(natives)))
    _print_table(("loss", "what", "native losses"), lines)


@main.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a loss: what it is, its formula, derivative, arguments, references and native names."""
    import unilosses as ul
    from unilosses.equivalence import equivalents
    from unilosses.equivalence.pairing import NATIVES

    if name not in ul.list_losses():
        found = _equivalents_or_names(lambda: equivalents(name), name, ul.list_losses())
        click.echo("\n\n".join(map(str, found)))
        return
    loss = ul.get(name)
    click.echo(f"{name}{loss.__signature__}\n\n{loss.__doc__}\n")
    natives = dict.fromkeys(n.name for n in NATIVES if n.concept == name and n.role != "target")
    click.echo("Native losses: " + (", ".join(natives) or "none"))


@main.command()
@click.argument("name")
@click.option(
    "--out", type=click.Path(dir_okay=False), help="The file; png, svg or pdf by its ending. [default: NAME.png]"
)
def plot(name: str, out: str | None) -> None:
    """Draw the value and the gradient of a loss over its prediction."""
    import unilosses as ul
    from unilosses.plotting import draw, save

    path = out or f"{name}.png"
    try:
        save(draw(ul.get(name)), path)
    except (ValueError, OSError) as problem:
        raise click.BadParameter(str(problem), param_hint="--out") from problem
    click.echo(path)


def _equivalents_or_names(answer: Callable[[], Any], name: str, losses: list[str]) -> Any:
    """A native loss by this name; the hint of the error also knows the losses of unilosses, by-names too."""
    import difflib

    import unilosses as ul

    try:
        return answer()
    except LookupError as problem:
        called = [loss for loss in losses if name.lower() in ul.get(loss).also_known_as.lower()]
        near = dict.fromkeys([*called, *difflib.get_close_matches(name, losses, n=3)])
        hint = f" Losses of unilosses with this or a similar name: {', '.join(near)}." if near else ""
        raise LookupError(str(problem.args[0]) + hint) from problem


@main.command("equivalents")
@click.argument("name")
@click.option("--to", help="torch, keras, optax (or jax), torchvision; all of them unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def equivalents_command(name: str, to: str | None, as_json: bool) -> None:
    """Say what a native loss is in the other frameworks.

    NAME is "torch.nn.HuberLoss", "HuberLoss", Keras' "mse", or a call such as "torch.nn.SmoothL1Loss(beta=0.5)".
    """
    from unilosses.equivalence import equivalents

    rows = equivalents(name, to)
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in rows], indent=2))
    else:
        click.echo("\n\n".join(map(str, rows)))


@main.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
def table(form: str) -> None:
    """Print the table of equivalences, in both directions between all frameworks."""
    from unilosses.equivalence.docs import markdown
    from unilosses.equivalence.rows import table as all_rows

    if form == "markdown":
        click.echo(markdown(), nl=False)
    elif form == "json":
        click.echo(json.dumps([row.to_dict() for row in all_rows()], indent=2))
    else:
        lines = [(r.source, r.target or "–", r.relation, "; ".join(r.conditions)) for r in all_rows()]
        _print_table(("source", "target", "relation", "conditions"), lines)


@main.command("verify")
@click.option("--frameworks", default="torch,keras", show_default=True, help="Separated by commas; numpy: the core.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the report as markdown.")
def verify_command(frameworks: str, as_json: bool, as_markdown: bool) -> None:
    """Measure every row on the versions installed here; exit with 1 if one does not hold."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from unilosses.equivalence import verify
    from unilosses.equivalence.report import HEADINGS

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("importing the frameworks")
        asked = [name.strip() for name in frameworks.split(",") if name.strip()]
        report = verify(
            asked, lambda done, total, what: bar.update(task, completed=done, total=total, description=what)
        )
    if as_json:
        click.echo(report.to_json())
    elif as_markdown:
        click.echo(report.to_markdown(), nl=False)
    else:
        _print_table(HEADINGS, [result.cells for result in report.rows])
        for result in report.failed:
            click.echo(f"FAILED {result.cells[0]}: {result.detail}")
        click.echo(report.summary)
    if report.failed:
        sys.exit(1)


@main.command("recommend")
@click.argument("task")
def recommend_command(task: str) -> None:
    """Name the loss for a TASK, its output activation, and the call in each framework."""
    from unilosses.equivalence import recommend

    click.echo(str(recommend(task)))


if __name__ == "__main__":
    main()
