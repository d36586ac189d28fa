"""The laws of the library, stated once: ``law(loss, framework, case)`` raises ``AssertionError`` where it is broken."""

from . import execution, gradients, masks, values
from .base import LAWS, Law, Unjudged, law

__all__ = ["LAWS", "Law", "Unjudged", "execution", "gradients", "law", "masks", "values"]
