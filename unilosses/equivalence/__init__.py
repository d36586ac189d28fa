"""What a loss of one framework is in another: looked up, measured, converted."""

from unilosses.equivalence.comparison import compare
from unilosses.equivalence.conversion import convert
from unilosses.equivalence.documents import recommend
from unilosses.equivalence.lookup import equivalents
from unilosses.equivalence.model import Equivalence
from unilosses.equivalence.verification import verify

__all__ = ["Equivalence", "compare", "convert", "equivalents", "recommend", "verify"]
