"""What the numbers were measured on: versions, cores and threads; no names of hosts or people."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from pathlib import Path
from typing import Any

PACKAGES = (
    "unilosses", "numpy", "scipy", "scikit-learn", "torch", "tensorflow-cpu", "tensorflow", "keras", "jax", "optax",
)  # fmt: skip


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """The threads that the frameworks' loops use: those of OpenMP where they are set, else all cores."""
    return int(os.environ.get("OMP_NUM_THREADS") or cores())


#: Settings of the environment that take threads from a framework.
LIMITS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "XLA_FLAGS")


def limits() -> list[str]:
    """The settings that are in force, for a warning: the times of a run are those of so many threads."""
    return [f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name)]


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": cores(),
        "threads": threads(),
        "machine": _processor(),
        "python": platform.python_version(),
        "versions": versions,
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {platform.machine()}" if models else platform.machine()
