"""What a native module is besides its value: constructor, representation, state, pickling, devices, warnings."""

import copy
import inspect
import pickle
import warnings

import pytest
import torch

import unilosses.torch as drop_ins
from unilosses.testing import assert_close

EXCEPT = {"AdaptiveLogSoftmaxWithLoss", "NLLLoss2d"}
NAMES = sorted(name for name in dir(torch.nn) if name.endswith("Loss") and name not in EXCEPT)
REQUIRED = {"LinearCrossEntropyLoss": {"in_features": 3, "num_classes": 4}}
TENSORS = {
    "BCELoss": ("weight",),
    "BCEWithLogitsLoss": ("weight", "pos_weight"),
    "CrossEntropyLoss": ("weight",),
    "LinearCrossEntropyLoss": ("weight",),
    "MultiLabelSoftMarginLoss": ("weight",),
    "MultiMarginLoss": ("weight",),
    "NLLLoss": ("weight",),
}


def both(name, **options):
    """Our class and native, constructed alike."""
    options = {**REQUIRED.get(name, {}), **options}
    return getattr(drop_ins, name)(**options), getattr(torch.nn, name)(**options)


def test_every_class_is_there():
    assert len(NAMES) >= 22
    assert [name for name in NAMES if name not in drop_ins.__all__] == []


@pytest.mark.parametrize("name", NAMES)
def test_constructor_is_the_same(name):
    ours = inspect.signature(getattr(drop_ins, name).__init__).parameters
    native = inspect.signature(getattr(torch.nn, name).__init__).parameters
    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in native.values()
    ]
    forward = inspect.signature(getattr(drop_ins, name).forward).parameters
    assert list(forward) == list(inspect.signature(getattr(torch.nn, name).forward).parameters)


@pytest.mark.parametrize("name", NAMES)
def test_documented(name):
    assert f"Drop-in for ``torch.nn.{name}``" in inspect.getdoc(getattr(drop_ins, name))


@pytest.mark.parametrize("name", NAMES)
def test_representation_attributes_and_state(name):
    tensors = {tensor: torch.arange(1.0, 5.0) for tensor in TENSORS.get(name, ())}
    ours, native = both(name, **tensors)
    assert repr(ours) == repr(native)
    assert set(native.__dict__) <= set(ours.__dict__)
    assert list(ours.state_dict()) == list(native.state_dict())
    assert [key for key, _ in ours.named_buffers()] == [key for key, _ in native.named_buffers()]
    other, _ = both(name, **{tensor: torch.zeros(4) for tensor in tensors})
    other.load_state_dict(native.state_dict())
    for key, value in native.state_dict().items():
        assert torch.equal(other.state_dict()[key], value)
    native.load_state_dict(ours.state_dict())


@pytest.mark.parametrize("name", NAMES)
def test_pickled_copied_and_moved(name):
    tensors = {tensor: torch.arange(1.0, 5.0) for tensor in TENSORS.get(name, ())}
    ours, _ = both(name, reduction="sum", **tensors)
    for other in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert type(other) is type(ours)
        assert repr(other) == repr(ours)
        for key, value in ours.state_dict().items():
            assert torch.equal(other.state_dict()[key], value)
    assert {x.dtype for x in ours.double().state_dict().values()} <= {torch.float64}
    assert {x.device.type for x in ours.to("meta").state_dict().values()} <= {"meta"}


LEGACY = [{"size_average": True}, {"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": True}]


@pytest.mark.parametrize("options", LEGACY, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_legacy_arguments(name, options):
    if "size_average" not in inspect.signature(getattr(torch.nn, name).__init__).parameters:
        with pytest.raises(TypeError):
            both(name, **options)
        return
    found = []
    for module in (drop_ins, torch.nn):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loss = getattr(module, name)(**options)
        found.append((loss.reduction, [(w.category, str(w.message)) for w in caught]))
    assert found[0] == found[1]
    assert len(found[0][1]) == 1


CALLS_THAT_WARN = [
    *((name, {}, (4, 3), (3,)) for name in ("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss")),
    ("KLDivLoss", {}, (4, 3), (4, 3)),
    *((name, {"reduction": "elementwise_mean"}, (4, 3), (4, 3)) for name in ("MSELoss", "KLDivLoss")),
]


@pytest.mark.parametrize(("name", "options", "shape", "target"), CALLS_THAT_WARN)
def test_warnings_are_those_of_native(name, options, shape, target):
    arguments = torch.rand(shape), torch.rand(target)
    found = []
    for module in both(name, **options):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = module(*arguments)
        found.append((value, [(w.category, str(w.message)[:60]) for w in caught]))
    assert found[0][1] == found[1][1]
    assert len(found[0][1]) == 1
    assert_close(found[0][0], found[1][0])


def test_learned_weights_of_the_linear_layer_are_those_of_native():
    torch.manual_seed(3)
    ours = drop_ins.LinearCrossEntropyLoss(3, 4, bias=True)
    torch.manual_seed(3)
    native = torch.nn.LinearCrossEntropyLoss(3, 4, bias=True)
    for key, value in native.state_dict().items():
        assert torch.equal(ours.state_dict()[key], value)
