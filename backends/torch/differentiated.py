"""Definitions without a derivative, differentiated block by block.

Where only the gradient of the predictions is wanted, eagerly and on the CPU, a large call is evaluated in blocks like
that of a definition with a derivative: PyTorch differentiates each block and forgets its intermediates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from unilosses.loss import Loss

_twins: dict[Loss, Loss] = {}


def differentiated(loss: Loss) -> Loss:
    """The loss with the derivative that PyTorch finds of its value."""
    twin = _twins.get(loss)
    if twin is None:
        twin = _twins[loss] = object.__new__(Loss)
        twin.__dict__.update(loss.__dict__)
        twin.function = _by_autograd(loss)
    return twin


def _by_autograd(loss: Loss) -> Callable[..., Any]:
    def definition(xp: Any, *arrays: Any, **parameters: Any) -> Any:
        moved = list(arrays)
        with torch.enable_grad():
            for i in loss.positions:
                if arrays[i] is not None:
                    moved[i] = arrays[i].detach().requires_grad_()
            value = loss.function(xp, *moved, **parameters)

        def derivative() -> tuple[Any, ...]:
            leaves = [moved[i] for i in loss.positions if moved[i] is not None]
            found = iter(torch.autograd.grad(value, leaves, torch.ones_like(value), materialize_grads=True))
            return tuple(None if moved[i] is None else next(found) for i in loss.positions)

        return value.detach(), derivative

    return definition


__all__ = ["differentiated"]
