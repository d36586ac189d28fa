"""Checks for people who write losses and backends: the laws of the library, and a comparison by dtype."""

from ..arrays import to_numpy
from .check import BrokenLaw, Report, check_law, check_loss
from .compare import TOLERANCE, assert_close
from .conformance import check_backend
from .draw import Case, cases, strategy
from .frameworks import Framework, blocks_of, framework, installed
from .laws import LAWS, Law

__all__ = [
    "LAWS", "TOLERANCE", "BrokenLaw", "Case", "Framework", "Law", "Report", "assert_close", "blocks_of", "cases",
    "check_backend", "check_law", "check_loss", "framework", "installed", "strategy", "to_numpy",
]  # fmt: skip
