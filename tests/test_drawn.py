"""Shapes and values that hypothesis draws, extremes among them: a few laws that hold for every input there is."""

import importlib.util

import hypothesis
import pytest

import unilosses as ul
from unilosses.testing import LAWS, framework, strategy
from unilosses.testing.check import failure
from unilosses.testing.draw import VALUES, settings

LAW_NAMES = (
    "values agree across backends",
    "gradients agree across backends",
    "NaN under the mask",
    "finite at the extremes",
)
#: Its kink is where a cosine, a rounded quotient, equals the margin: on a lattice of inputs the last digit of a
#: framework's sum decides the side.
ROUNDED_KINK = {"cosine_embedding"}
NAMES = [name for name in ul.list_losses() if ul.get(name).__module__.startswith("unilosses.")]


@pytest.mark.parametrize("name", NAMES)
def test_laws_hold_for_drawn_inputs(name):
    loss = ul.get(name)
    frameworks = [framework(backend) for backend in ("numpy", "torch") if importlib.util.find_spec(backend)]
    judged = []
    excluded = {(name, "lattice")} if name in ROUNDED_KINK else set()

    @hypothesis.settings(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(hypothesis.strategies.data())
    def check(data):
        values = data.draw(hypothesis.strategies.sampled_from([v for v in VALUES if (name, v) not in excluded]))
        setting = data.draw(hypothesis.strategies.sampled_from(settings(loss)))
        case = data.draw(strategy(loss, values, setting))
        for law in (LAWS[law_name] for law_name in LAW_NAMES):
            for backend in frameworks:
                with backend.session():
                    if law.applies(loss, backend, case):
                        judged.append(law)
                        reason = failure(law, loss, backend, case)
                        assert reason is None, f"{name} on {backend.name} breaks {law.name!r}: {reason}\n{case}"

    check()
    assert len(judged) > 12
