"""Benchmarks of value and gradient against each framework's own losses: ``python -m benchmarks --help``."""
