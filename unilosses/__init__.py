"""One definition per loss function, exact in every framework."""

from unilosses._version import __version__

__all__ = ["__version__"]
