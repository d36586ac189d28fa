"""The losses, one file per family. Importing a family fills the registry."""

from . import cross_entropy, embedding, margin, regression

__all__ = ["cross_entropy", "embedding", "margin", "regression"]
