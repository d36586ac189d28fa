"""The documentation: its code runs, its excerpts are the source, every public name is on a page, the site is built."""

import ast
import importlib.util
import inspect
import re
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

import unilosses as ul
from unilosses.cli import main
from unilosses.equivalence.pairing import NATIVES
from unilosses.loss import _registry

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MADE = {"_build", "generated"}
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.relative_to(DOCS).parts[0] not in MADE),
]
BLOCK = re.compile(
    r"(?:^ *<!-- excerpt: (?P<source>\S+) -->\n)?^ *```(?P<language>\w+)\n(?P<code>.*?)^ *```$", re.M | re.S
)
#: What the code of a page takes for granted.
GIVEN = {"docs/keras.md": "import keras\nmodel = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])\n"}
#: Distributions whose modules have another name.
NAMES = {"sklearn": "scikit-learn"}


def label(page):
    return str(page.relative_to(ROOT))


def blocks(page, language):
    """The blocks of a language that are run: (first line, code), and those that are excerpts: (source, code)."""
    text = page.read_text(encoding="utf-8")
    run, excerpts = [], []
    for found in BLOCK.finditer(text):
        if found["language"] == language:
            code = textwrap.dedent(found["code"])
            if found["source"]:
                excerpts.append((ROOT / found["source"], code))
            else:
                run.append((text.count("\n", 0, found.start("code")), code))
    return run, excerpts


def with_blocks(language):
    return [pytest.param(page, id=label(page)) for page in PAGES if blocks(page, language)[0]]


@pytest.fixture
def registry():
    """Losses that a page defines are gone after it."""
    before = dict(_registry)
    yield
    _registry.clear()
    _registry.update(before)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("page", with_blocks("python"))
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    found, _ = blocks(page, "python")
    given = GIVEN.get(label(page), "")
    for node in ast.walk(ast.parse(given + "\n".join(code for _, code in found))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            root = name.removeprefix("unilosses.").partition(".")[0]
            if root in ("torch", "keras", "jax", "optax", "tensorflow", "sklearn"):
                pytest.importorskip(root, reason=f"{label(page)} needs {NAMES.get(root, root)}")
    monkeypatch.chdir(tmp_path)
    scope = {"__name__": "page"}
    exec(given, scope)
    for line, code in found:
        # As many empty lines before the code as there are in the page: a traceback names the page's line.
        exec(compile("\n" * line + code, page, "exec"), scope)


def test_most_pages_have_code_that_runs():
    assert len(with_blocks("python")) > 10


def test_an_excerpt_is_in_the_source():
    excerpts = [(page, *excerpt) for page in PAGES for excerpt in blocks(page, "python")[1]]
    assert excerpts
    for page, source, code in excerpts:
        lines = {line.strip() for line in source.read_text(encoding="utf-8").splitlines()}
        # A signature may be shorter than the source's, and an ellipsis stands for what is left out.
        kept = [line.strip() for line in code.splitlines() if not line.strip().startswith("def ") and "…" not in line]
        assert [line for line in kept if line not in lines] == [], f"{label(page)} and {source.name}"


@pytest.mark.parametrize("page", with_blocks("sh"))
def test_the_commands_of_a_page_work(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _, code in blocks(page, "sh")[0]:
        for line in code.splitlines():
            command, *arguments = line.split()
            if command == "unilosses":
                # The measurement takes half a minute and has tests of its own.
                result = CliRunner().invoke(main, ["verify", "--help"] if arguments == ["verify"] else arguments)
                assert result.exit_code == 0, f"{line}\n{result.output}"
            elif command == "python" and arguments[0].endswith(".py"):
                assert (ROOT / arguments[0]).is_file(), line
            else:
                assert command in ("python", "pip", "pre-commit", "sphinx-build"), f"{line}: no test knows this command"


@pytest.mark.parametrize("page", [pytest.param(page, id=label(page)) for page in PAGES])
def test_links_to_files_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and Path(target).parts[0] not in MADE and "generated" not in Path(target).parts:
            assert (page.parent / target).exists(), f"{label(page)}: {target}"


@pytest.fixture(scope="module")
def generate():
    """docs/generate.py; it describes what is there for all three frameworks."""
    for name in ("torch", "keras", "jax"):
        pytest.importorskip(name, reason=f"the reference of unilosses.{name} needs {name}")
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(generate):
    return generate.pages()


#: The modules with the drop-ins for frameworks of another name.
SKINS = {"optax": "jax", "torchvision": "torch"}


def test_every_loss_has_a_page_with_everything(loss, pages):
    page = pages[f"losses/{loss.name}.md"]
    assert f"({loss.name}.svg)" in page
    for heading in ("Formula", "Derivative", "Arguments", "In PyTorch, Keras and optax"):
        assert f"## {heading}\n" in page
    for part in (loss.formula, loss.derivative):
        assert all(piece.strip() in page for piece in part.split(r"\quad"))
    for name in (*loss.inputs, *loss.parameters):
        assert f"`{name}`" in page
    for native in NATIVES:
        if native.concept == loss.name and native.role != "target":
            assert native.name in page
            drop_ins = importlib.import_module(f"unilosses.{SKINS.get(native.framework, native.framework)}")
            name = native.name.rpartition(".")[2]
            if hasattr(drop_ins, name):
                assert f"\n{drop_ins.__name__}.{name}\n" in page
    assert all(reference in page for reference in loss.references)
    assert f"[{loss.name}]({loss.name}.md)" in pages["losses/index.md"]


@pytest.mark.parametrize(
    "module",
    [
        "unilosses",
        "unilosses.information",
        "unilosses.importance",
        "unilosses.testing",
        "unilosses.torch",
        "unilosses.keras",
        "unilosses.jax",
    ],
)
def test_every_public_name_has_a_docstring_and_a_place(module, pages):
    found = importlib.import_module(module)
    reference = pages[f"api/{'core' if module == 'unilosses' else module.rpartition('.')[2]}.md"]
    own_pages = {name for name in ul.list_losses() if f"losses/{name}.md" in pages}
    for name in found.__all__:
        value = getattr(found, name)
        if name == "__version__" or inspect.ismodule(value):
            continue
        if not getattr(value, "__module__", "unilosses").startswith("unilosses"):
            continue  # passed on from the framework, which documents it
        if module == "unilosses" and name in own_pages:
            continue
        assert f":: {module}.{name}\n" in reference
        if callable(value):
            assert len(inspect.getdoc(value) or "") > 20, f"{module}.{name} has no docstring"


def test_every_deliberate_difference_is_on_the_page(pages):
    import unilosses.jax
    import unilosses.keras
    from unilosses.torch.differences import DIFFERENCES

    for row in (*DIFFERENCES, *unilosses.keras.DIFFERENCES, *unilosses.jax.DIFFERENCES):
        assert row.native in pages["differences.md"]
        assert row.ours in pages["differences.md"]


def test_formulas_break_between_their_parts_alone(generate):
    assert generate.displayed(r"a, \quad b").count("&") == 2
    assert generate.displayed(r"\left( a \quad b \right)").count("&") == 1
    assert generate.displayed(r"\text{a \quad b}").count("&") == 1


def test_the_hero_figure_is_drawn_by_its_script(tmp_path):
    script = runpy.run_path(str(DOCS / "figures" / "hero.py"))
    script["save"](script["hero"](), tmp_path / "hero.svg")
    assert (tmp_path / "hero.svg").stat().st_size > 20_000
    assert script["TARGET"].is_file()


@pytest.mark.thorough
def test_the_site_builds_without_a_warning_and_without_the_network(tmp_path):
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name, reason="the site needs the extra docs")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", "html", "-d", tmp_path / "trees"]
    result = subprocess.run([*command, DOCS, tmp_path / "site"], capture_output=True, text=True, timeout=1200)
    assert result.returncode == 0, result.stderr
    site = tmp_path / "site"
    for name in (name for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.")):
        page = (site / "generated" / "losses" / f"{name}.html").read_text(encoding="utf-8")
        assert "math notranslate" in page
    # What a page loads when it is read: scripts, styles, pictures.
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|link rel=\"stylesheet\")[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        assert loaded
        assert [address for address in loaded if "//" in address] == [], page
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert all(name in index for name in ("huber", "label_smooth", "CrossEntropyLoss"))


@pytest.mark.parametrize(("name", "loss"), [("pinball", "quantile"), ("InfoNCE", "nt_xent"), ("hubre", "huber")])
def test_the_shell_finds_a_loss_by_another_name(name, loss):
    result = CliRunner().invoke(main, ["show", name])
    assert result.exit_code == 1
    assert re.search(rf"Losses of unilosses with this or a similar name: (\w+, )*{loss}\b", result.output)
