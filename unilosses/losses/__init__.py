"""The losses, one file per family. Importing a family fills the registry."""

from . import margin, regression

__all__ = ["margin", "regression"]
