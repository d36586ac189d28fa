"""The laws of the library, stated once: ``law(loss, framework, case)`` raises ``AssertionError`` where it is broken."""

from . import execution, gradients, masks, values
from .base import LAWS, Law, Unjudged, law

# The order of checking: what tells most about a mistake comes before the laws that it breaks as well.
_modules = [module.__name__ for module in (masks, values, gradients, execution)]
for _law in sorted(
    LAWS.values(), key=lambda law: (law is not values.by_itself, _modules.index(law.statement.__module__))
):
    LAWS[_law.name] = LAWS.pop(_law.name)

__all__ = ["LAWS", "Law", "Unjudged", "execution", "gradients", "law", "masks", "values"]
