"""Run mypy on the package as it is installed.

In the tree, ``backends/torch`` is a folder that shadows PyTorch; installed, it is ``unilosses.torch``. The installed
layout is laid out here with links, from the same table that setuptools reads, and the messages name the files of the
tree again. Arguments are passed on to mypy.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lay_out(target: Path, package_dir: dict[str, str]) -> None:
    """Link every source file and folder of the packages into `target` under its import path."""
    # Shortest name first: a package's own folder is made before what is mapped into it.
    for package, folder in sorted(package_dir.items()):
        destination = target.joinpath(*package.split("."))
        destination.mkdir(parents=True)
        for entry in (ROOT / folder).iterdir():
            if entry.name != "__pycache__":
                (destination / entry.name).symlink_to(entry)


def main() -> int:
    """Type check, print mypy's messages with the tree's paths, and return mypy's exit status."""
    package_dir = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-dir"]
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), package_dir)
        command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
        command += ["--cache-dir", str(ROOT / ".mypy_cache"), *sys.argv[1:], "--package", "unilosses"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    output = result.stdout
    for package, source in package_dir.items():
        output = output.replace(package.replace(".", "/") + "/", source + "/")
    print(output, end="")
    print(result.stderr, end="", file=sys.stderr)
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
