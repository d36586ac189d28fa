"""Checks for people who write losses and backends: the laws of the library, and a comparison by dtype."""

from .compare import TOLERANCE, assert_close, to_numpy

__all__ = ["TOLERANCE", "assert_close", "to_numpy"]
