"""What a loss of one framework is in another: looked up, measured, converted."""

from unilosses.equivalence.documents import recommend
from unilosses.equivalence.lookup import equivalents
from unilosses.equivalence.model import Equivalence
from unilosses.equivalence.verification import verify

__all__ = ["Equivalence", "equivalents", "recommend", "verify"]
