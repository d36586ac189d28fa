"""A module class of any loss: its parameters become the constructor, its arrays the call, predictions first."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from unilosses import Combination, Loss
from unilosses.checks import check_parameters
from unilosses.reduction import check_reduction


class Module(nn.Module):
    """A loss of unilosses as a module. Parameters are keywords of the constructor, with the loss' own defaults.

    Tensors (and lists) become buffers that move with the module and appear in its ``state_dict``; an
    ``nn.Parameter`` stays one, to be learned. Call it with the predictions first: ``module(input, target)``. A loss of
    several predictions takes them in its own order, then the targets, then its optional inputs.
    """

    loss: ClassVar[Loss | Combination]
    reduction: str

    def __init__(self, *, reduction: str | None = None, **parameters: Any) -> None:
        super().__init__()
        reduction = reduction or self.loss.reduction
        _, filled = self.loss.bind((None,) * len(self.loss.inputs), parameters)
        check_reduction(self.loss.name, reduction, None)
        check_parameters(self.loss, filled)
        self.reduction = reduction
        for name, x in filled.items():
            if isinstance(x, list | tuple) and name != "axis":
                x = torch.tensor(x, dtype=torch.get_default_dtype())
            if isinstance(x, Tensor) and not isinstance(x, nn.Parameter):
                self.register_buffer(name, x)
            else:
                setattr(self, name, x)

    def forward(
        self,
        input: Tensor,
        target: Tensor | None = None,
        *others: Tensor,
        sample_weight: Any = None,
        mask: Any = None,
    ) -> Tensor:
        """The loss of these arrays; a loss of one array has no target."""
        order = call_order(self.loss)
        arrays = (input, *others) if target is None else (input, target, *others)
        required = len(order) - len(self.loss.optional)
        if not required <= len(arrays) <= len(order):
            raise TypeError(f"{type(self).__name__} takes {', '.join(order)}; {len(arrays)} given.")
        given = dict(zip(order, arrays, strict=False))
        parameters = {name: getattr(self, name) for name in self.loss.parameters}
        return self.loss(
            *map(given.get, self.loss.inputs),
            reduction=self.reduction, sample_weight=sample_weight, mask=mask, **parameters,
        )  # fmt: skip

    def extra_repr(self) -> str:
        parameters = {name: getattr(self, name) for name in self.loss.parameters}
        shown = {k: f"tensor of shape {tuple(x.shape)}" if isinstance(x, Tensor) else repr(x) for k, x in
                 parameters.items()}  # fmt: skip
        return ", ".join(f"{name}={text}" for name, text in {**shown, "reduction": repr(self.reduction)}.items())

    def __reduce_ex__(self, protocol: Any) -> Any:
        if _modules.get(self.loss) is not type(self):  # a subclass is importable by its own name
            return super().__reduce_ex__(protocol)
        return _restore, (self.loss,), self.__dict__.copy()


_modules: dict[Loss | Combination, type[Module]] = {}


def module(loss: Loss | Combination) -> type[Module]:
    """The module class of a loss, for example of one that you wrote: ``module(charbonnier)(epsilon=1e-2)``.

    A weighted sum of losses is taken as well: ``module(0.5 * ul.dice + ul.binary_cross_entropy)(from_logits=False)``.
    """
    if not isinstance(loss, Loss | Combination):
        raise TypeError(f"module takes a loss of unilosses, such as unilosses.huber, but was given {loss!r}.")
    found = _modules.get(loss)
    if found is None:
        found = _modules[loss] = _make(loss)
    return found


def _make(loss: Loss | Combination) -> type[Module]:
    taken = [name for name in loss.parameters if hasattr(nn.Module, name) or name == "loss"]
    if taken:
        raise ValueError(
            f"{loss.name}: nn.Module has an attribute {taken[0]!r} of its own. Fix: give the parameter another name."
        )
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(name, keyword, default=x) for name, x in loss.parameters.items()]
    parameters.append(inspect.Parameter("reduction", keyword, default=loss.reduction))
    described = inspect.getdoc(loss.function) if isinstance(loss, Loss) else None
    text = f"{described or loss.name}\n\nCall: module({', '.join(call_order(loss))})."
    namespace = {
        "loss": loss,
        "__doc__": text,
        "__module__": Module.__module__,
        "__signature__": inspect.Signature(parameters),
    }
    return type(class_name(loss.name), (Module,), namespace)


def class_name(name: str) -> str:
    """``focal_tversky`` becomes ``FocalTverskyLoss``."""
    if not name.isidentifier():  # a weighted sum
        return "CombinedLoss"
    return "".join(part.capitalize() for part in name.removesuffix("_loss").split("_")) + "Loss"


def call_order(loss: Loss | Combination) -> list[str]:
    """The arrays of a loss in PyTorch's order: predictions, targets, optional ones."""
    required = [name for name in loss.inputs if name not in loss.optional]
    return [
        *(name for name in required if name in loss.predictions),
        *(name for name in required if name not in loss.predictions),
        *(name for name in loss.inputs if name in loss.optional),
    ]


def _restore(loss: Loss | Combination) -> Module:
    cls = module(loss)
    return cls.__new__(cls)
