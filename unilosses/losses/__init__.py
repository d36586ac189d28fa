"""The losses, one file per family. Importing a family fills the registry."""

from . import regression

__all__ = ["regression"]
