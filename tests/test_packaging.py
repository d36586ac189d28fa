"""What is built, what is in it, and that it installs: from a wheel, an sdist, a folder, and in place."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGE_DIR = PROJECT["tool"]["setuptools"]["package-dir"]
CORE = {"array-api-compat", "click", "numpy", "rich"}
# What the core dependencies bring with them.
BROUGHT = {"markdown-it-py", "mdurl", "pygments"}


def run(*command, cwd, **environment):
    """Run a command, demand that it succeeds, and return its standard output."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    result = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def installed_path(source):
    """Where a source file of the tree ends up in an installation."""
    for package, folder in sorted(PACKAGE_DIR.items(), reverse=True):
        if source.is_relative_to(folder):
            return str(Path(*package.split("."), source.relative_to(folder)))
    raise AssertionError(f"{source} is in no folder of [tool.setuptools.package-dir].")


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """The files of the checkout without what builds left in it: a stale build folder ends up in a wheel."""
    target = tmp_path_factory.mktemp("source")
    listing = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in listing.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def distributions(source, tmp_path_factory):
    """The sdist, and the wheel that is made from that sdist."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", target, source, cwd=target)
    (sdist,) = target.glob("*.tar.gz")
    (wheel,) = target.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


@pytest.fixture
def environment(tmp_path):
    """A virtual environment with nothing in it but pip."""
    venv.create(tmp_path / "venv", with_pip=True)
    return tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")


def source_files(root):
    """Every file that belongs in an installation, relative to the tree."""
    files = [path.relative_to(root) for top in ("unilosses", "backends") for path in (root / top).rglob("*")]
    return [path for path in files if path.suffix in (".py", ".pyi", ".json") or path.name == "py.typed"]


def test_every_folder_with_modules_is_a_listed_package():
    folders = {Path(path.parent).as_posix() for path in map(Path, source_files(ROOT)) if path.suffix == ".py"}
    packages = {installed_path(Path(folder) / "__init__.py").rsplit("/", 1)[0].replace("/", ".") for folder in folders}
    assert packages == set(PROJECT["tool"]["setuptools"]["packages"])


def test_version_is_written_once():
    import unilosses

    assert "version" not in PROJECT["project"]
    assert metadata.version("unilosses") == unilosses.__version__


def test_core_requires_numpy_and_three_small_packages():
    names = {requirement.split(">")[0] for requirement in PROJECT["project"]["dependencies"]}
    assert names == CORE


def test_every_requirement_is_pinned():
    """constraints.txt has one exact version of whatever the extras name, and nothing of one machine."""
    lines = [line.split("#")[0].strip() for line in (ROOT / "constraints.txt").read_text().splitlines()]
    pins = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    assert all("==" in line and "+" not in line and "/" not in line for line in lines if line)
    extras = PROJECT["project"]["optional-dependencies"].values()
    requirements = [requirement for extra in extras for requirement in extra if ">" in requirement]
    wanted = {requirement.split(">")[0].split("[")[0] for requirement in requirements}
    assert wanted <= pins


@pytest.mark.packaging
def test_wheel_holds_every_source_file_and_nothing_else(source, distributions):
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
    information = {name for name in names if ".dist-info/" in name}
    assert names - information == {installed_path(path) for path in source_files(source)}
    assert "unilosses/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in information)


@pytest.mark.packaging
def test_sdist_holds_sources_and_tests(source, distributions):
    with tarfile.open(distributions["sdist"]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    sources = {path.as_posix() for path in source_files(source)}
    assert sources | {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "tests/test_packaging.py"} <= names


@pytest.mark.packaging
def test_wheel_describes_itself(distributions):
    with zipfile.ZipFile(distributions["wheel"]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        description = wheel.read(name).decode()
    assert "\nLicense-Expression: Apache-2.0\n" in description
    assert "\nRequires-Python: >=3.11\n" in description
    for extra in PROJECT["project"]["optional-dependencies"]:
        assert f"\nProvides-Extra: {extra}\n" in description


@pytest.mark.packaging
@pytest.mark.parametrize("form", ["wheel", "sdist", "folder", "editable"])
def test_installs_with_numpy_alone(form, source, distributions, environment, tmp_path):
    """In an empty environment: the core works, no framework came along, and a missing one is explained."""
    python = environment / "python"
    tree = tmp_path / "tree"
    if form in ("folder", "editable"):
        shutil.copytree(source, tree)
    target = {"folder": [tree], "editable": ["--editable", tree]}.get(form) or [distributions[form]]
    run(python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", *target, cwd=tmp_path)
    if form == "folder":
        shutil.rmtree(tree)  # what is installed must not need where it came from

    listed = run(python, "-m", "pip", "list", "--format=freeze", cwd=tmp_path).splitlines()
    installed = {line.split("==")[0].lower().replace("_", "-") for line in listed}
    assert installed - {"pip", "setuptools"} == CORE | BROUGHT | {"unilosses"}

    code = "import numpy, unilosses as ul; print(ul.huber(numpy.array([0.0, 0.0]), numpy.array([0.5, 3.0])))"
    # 0.5² / 2 and 1 · (3 - 1/2), averaged
    assert float(run(python, "-c", code, cwd=tmp_path)) == (0.125 + 2.5) / 2
    assert "huber" in run(environment / "unilosses", "list", cwd=tmp_path)
    for framework in ("torch", "keras", "jax"):
        code = f"try:\n    import unilosses.{framework}\nexcept ImportError as error:\n    print(error)"
        assert f"unilosses[{framework}]" in run(python, "-c", code, cwd=tmp_path)


@pytest.mark.packaging
@pytest.mark.parametrize(
    ("framework", "array"),
    [
        ("torch", "torch.tensor"),
        ("tensorflow", "tensorflow.constant"),
        ("jax", "jax.numpy.asarray"),
    ],
)
def test_wheel_works_beside_a_framework(framework, array, distributions, tmp_path):
    """The wheel, unpacked and put before the editable installation, with the frameworks of this environment."""
    site = tmp_path / "site"
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, distributions["wheel"],
        cwd=tmp_path)  # fmt: skip
    code = (
        f"import {framework}, unilosses as ul, unilosses.{framework} as skin; "
        f"print(ul.__file__, skin.__file__); print(float(ul.huber({array}([0.0, 0.0]), {array}([0.5, 3.0]))))"
    )
    files, value = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(site)).splitlines()
    assert all(Path(file).is_relative_to(site) for file in files.split())
    assert float(value) == (0.125 + 2.5) / 2
