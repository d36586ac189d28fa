"""Arrays that do not live on the default device, as on an accelerator: everything that a call makes is put beside them.

``array_api_strict`` has devices that exist in name only and refuses to combine them; PyTorch's ``meta`` has no numbers.
"""

import itertools

import numpy as np
import pytest

import unilosses as ul
from unilosses.testing import assert_close, cases

strict = pytest.importorskip("array_api_strict")
ELSEWHERE = strict.Device("device1")


def moved(x):
    return strict.asarray(np.asarray(x), device=ELSEWHERE) if isinstance(x, np.ndarray) else x


def test_results_are_where_the_arrays_are(loss):
    for case in itertools.islice(cases(loss, "ordinary"), 20):
        arrays, parameters = case.inputs.values(), {name: moved(x) for name, x in case.parameters.items()}
        for reduction in ("mean", "none", "weighted_mean", "batchmean"):
            value, gradients = ul.value_and_grad(loss)(*map(moved, arrays), **parameters, reduction=reduction)
            wanted = loss(*arrays, **case.parameters, reduction=reduction)
            for x in (value, *(gradients if isinstance(gradients, tuple) else (gradients,))):
                assert x.device == ELSEWHERE
            assert_close(np.asarray(strict.asarray(value, device=strict.Device("CPU_DEVICE"))), wanted)


LABELS, LOGITS = np.array([0, 1]), np.array([[0.1, 0.2], [0.3, 0.4]])


@pytest.mark.parametrize(
    "keywords",
    [{"mask": [True, False]}, {"sample_weight": [1.0, 2.0]}, {"class_weight": [1.0, 2.0]}, {"ignore_index": 1}],
    ids=str,
)
def test_lists_follow_the_arrays(keywords):
    loss = ul.sparse_categorical_cross_entropy
    value = loss(moved(LABELS), moved(LOGITS), from_logits=True, **keywords)
    assert value.device == ELSEWHERE
    assert float(value) == pytest.approx(float(loss(LABELS, LOGITS, from_logits=True, **keywords)))
    torch = pytest.importorskip("torch")
    labels, logits = torch.tensor(LABELS, device="meta"), torch.tensor(LOGITS, device="meta", requires_grad=True)
    value = loss(labels, logits, from_logits=True, **keywords)
    value.backward()
    assert value.device == logits.grad.device == labels.device
    assert value.shape == ()


def test_two_devices_are_refused():
    with pytest.raises(TypeError, match=r"y_true is on device .*device1.* and y_pred is on device .*CPU"):
        ul.huber(moved(LOGITS), strict.asarray(LOGITS))
