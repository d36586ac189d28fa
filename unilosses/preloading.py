"""Adapters of the frameworks that are imported already: importing this module looks them up.

``torch.compile`` runs imports while it traces, but refuses to trace the search for entry points. So a first call under
the compiler finds its adapter by importing this module.
"""

from __future__ import annotations

from .dispatch import preload

#: Adapters by array type. A compiler has read dispatch's own table before, and would not see it change.
adapters = preload()
