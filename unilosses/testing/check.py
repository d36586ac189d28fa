"""``check_loss``: every law on every backend, and the smallest input that breaks one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any

from ..composition import Combination
from ..loss import Loss
from .draw import VALUES, Case, cases, sizes, strategy
from .frameworks import Framework, framework_of, installed
from .laws import LAWS, Law, Unjudged


class BrokenLaw(AssertionError):
    """A law that does not hold. Attributes: ``law``, ``loss``, ``backend`` (names), ``case`` and ``reason``."""

    def __init__(self, law: Law, loss: Loss, framework: Framework, case: Case, reason: str, shrunk: bool) -> None:
        self.law, self.loss, self.backend = law.name, loss.name, framework.name
        self.case, self.reason = case, reason
        which = "smallest failing input" if shrunk else "failing input"
        super().__init__(
            f"law {law.name!r} does not hold for {loss.name} on {framework.name} with {case.setting()}\n"
            f"  {reason}\n  {which}: {case}"
        )

    def __reduce__(self) -> Any:  # messages cross processes (pytest-xdist); the objects behind them need not
        return AssertionError, (str(self),)


@dataclass
class Report:
    """What was checked: the number of cases of each law on each backend."""

    loss: str
    backends: list[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """All cases together."""
        return sum(sum(row.values()) for row in self.counts.values())

    def __str__(self) -> str:
        width = max(map(len, self.counts), default=0)
        columns = [max(len(name), 4) for name in self.backends]
        lines = [f"{self.loss}: {self.cases} cases, no law broken"]
        lines.append("  ".join([" " * width, *(n.rjust(c) for n, c in zip(self.backends, columns, strict=True))]))
        for law, row in self.counts.items():
            cells = (str(row.get(n, 0) or "–").rjust(c) for n, c in zip(self.backends, columns, strict=True))
            lines.append("  ".join([law.ljust(width), *cells]))
        return "\n".join(lines)


def failure(law: Law, loss: Loss, framework: Framework, case: Case) -> str | None:
    """Why a law does not hold for a case; None where it does."""
    try:
        law(loss, framework, case)
    except AssertionError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def check_law(
    law: Law, loss: Loss, framework: Framework, drawn: Iterable[Case], given: Mapping[str, Any] | None = None
) -> int:
    """Check one law on one backend; returns the number of cases it applied to, raises :class:`BrokenLaw`."""
    count = 0
    for case in drawn:
        if not law.applies(loss, framework, case):
            continue
        if law.limit is not None and count >= law.limit:
            break
        count += 1
        reason = failure(law, loss, framework, case)
        if reason is not None:
            case, reason, shrunk = shrink(law, loss, framework, case, reason)
            raise BrokenLaw(law, loss, framework, case, reason, shrunk)
    return count


def shrink(law: Law, loss: Loss, framework: Framework, case: Case, reason: str) -> tuple[Case, str, bool]:
    """The smallest case with these parameters that breaks the law, by hypothesis where it is installed."""
    try:
        import hypothesis
    except ImportError:
        return case, reason, False

    def breaks(other: Case) -> bool:
        if not law.applies(loss, framework, other):
            return False
        try:
            law(loss, framework, other)
        except Unjudged:
            return False
        except Exception:
            return True
        return False

    setting = {n: x for n, x in case.parameters.items() if n != "axis" and not n.endswith("_length")}
    quiet = hypothesis.settings(
        max_examples=10 if law.limit else 100,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for size in range(sizes(loss)):
        try:
            smallest = hypothesis.find(strategy(loss, case.values, setting, size), breaks, settings=quiet)
        except hypothesis.errors.NoSuchExample:
            continue
        return smallest, failure(law, loss, framework, smallest) or reason, True
    return case, reason, False


def _check_terms(loss: Combination, backends: Sequence[Any] | None, settings: Any, **options: Any) -> Report:
    report = Report(loss.name, [])
    for term in loss.terms:
        complete = all(n in term.parameters for n, x in term.loss.parameters.items() if x is Parameter.empty)
        own = [dict(term.parameters)] if settings is None and term.parameters and complete else settings
        found = check_loss(term.loss, backends, settings=own, **options)
        report.backends = found.backends
        for law, row in found.counts.items():
            whole = report.counts.setdefault(law, {})
            whole.update({name: whole.get(name, 0) + count for name, count in row.items()})
    return report


def check_loss(
    loss: Loss | Combination,
    backends: Sequence[Any] | None = None,
    *,
    laws: Sequence[str] | None = None,
    settings: Sequence[Mapping[str, Any]] | None = None,
    seed: int = 0,
    slow: bool = False,
) -> Report:
    """Check a loss against every law that applies to it; returns a report whose ``str`` is a table.

    ``backends`` are names (``"torch"``) or adapters; by default all that are installed. ``laws`` are names of laws to
    check, by default all but the slow ones, which ``slow=True`` adds. ``settings`` are the parameters to check the loss
    with: by default its own defaults and some others. Raises ``AssertionError`` naming the law, the backend and the
    smallest failing input. Of a weighted sum each loss is checked, with the parameters that are set in it.
    """
    if isinstance(loss, Combination):
        return _check_terms(loss, backends, laws=laws, settings=settings, seed=seed, slow=slow)
    if not isinstance(loss, Loss):
        raise TypeError(
            f"check_loss takes a loss, such as unilosses.huber or what @unilosses.loss makes, not {loss!r}."
        )
    unknown = set(laws or ()) - set(LAWS)
    if unknown:
        raise LookupError(f"There is no law {sorted(unknown)[0]!r}; there are {sorted(LAWS)}.")
    chosen = [law for law in LAWS.values() if (law.name in laws if laws else slow or not law.slow)]
    frameworks = [framework_of(x) for x in (installed() if backends is None else backends)]
    report = Report(loss.name, [f.name for f in frameworks])
    drawn = {values: list(cases(loss, values, seed=seed, given=settings)) for values in VALUES}
    for law in chosen:
        row = report.counts[law.name] = {}
        for framework in frameworks:
            everything = (case for values in law.values for case in drawn[values])
            row[framework.name] = check_law(law, loss, framework, everything)
    return report
