"""The rows: each native loss in each other framework, with what the documents say about the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unilosses.equivalence.documents import CLAIMS, CONTRASTS
from unilosses.equivalence.model import FRAMEWORKS, Claim, Contrast, Equivalence, Native
from unilosses.equivalence.pairing import NATIVES, Pair, changes_form, pair, pairs, variants
from unilosses.equivalence.wording import describe, spell


def documented(source: str, target: str | None) -> Claim | None:
    """What the documents say about two losses, in whichever direction."""
    for claim in CLAIMS:
        if {claim.source.partition("(")[0], claim.target.partition("(")[0]} == {source, target}:
            return claim
    return None


def _text(claim: Claim | None) -> str | None:
    return None if claim is None else str(claim)


def contrast(source: str, target: str) -> Contrast | None:
    """The entry that says that two losses are not what they are taken for, in whichever direction."""
    return next((c for c in CONTRASTS if {c.source, c.target} == {source, target}), None)


def views(name: str) -> list[Native]:
    """The descriptions that a loss can be translated from."""
    return [native for native in NATIVES if native.name == name and native.role != "target"]


def row(p: Pair) -> Equivalence:
    """A pair as a row."""
    conditions, inputs, divergences = describe(p)
    return Equivalence(
        concept=p.source.concept,
        source=spell(p.source, p.source_arguments),
        target=spell(p.target, p.target_arguments),
        relation=p.relation,
        scale=p.scale,
        offset=p.offset,
        conditions=conditions,
        inputs=inputs,
        divergences=divergences,
        documented=_text(documented(p.source.name, p.target.name)),
    )


def general_pairs(native: Native, framework: str) -> list[Pair]:
    """A loss known by its name: one pair for each form that its arguments select and each answer to it."""
    found = [p for chosen in variants(native) for p in pairs(native, framework, chosen, general=True)]
    kept = [p for p in found if not changes_form(p)] or found
    answered = {p.target.name for p in found if p in kept}
    # Where a form of the source has no counterpart, the change of form is the answer for that form.
    kept += [p for p in found if p not in kept and p.source_form not in {k.source_form for k in kept}]
    for native_target in NATIVES:
        listed = documented(native.name, native_target.name) and native_target.name not in answered
        if listed and native_target.framework == framework and native_target.hub == native.hub:
            extra = [pair(native, native_target, chosen) for chosen in variants(native)]
            kept += [p for p in extra if p is not None and p.target.role != "source"]
    return list({(spell(p.source, p.source_arguments), spell(p.target, p.target_arguments)): p for p in kept}.values())


def contrasts(native: Native, framework: str) -> Iterator[Equivalence]:
    """Rows that warn of a loss with a similar name."""
    for other in dict.fromkeys(n.name for n in NATIVES if n.framework == framework):
        warning = contrast(native.name, other)
        if warning:
            arguments = warning.arguments if warning.target == other else {}
            target = next(n for n in NATIVES if n.name == other)
            yield Equivalence(
                native.concept,
                spell(native, {}),
                spell(target, arguments),
                "different",
                conditions=(warning.reason,),
                documented=_text(documented(native.name, other)),
            )


def nothing(native: Native, framework: str) -> Equivalence:
    """The row that says that a framework has no such loss."""
    from unilosses.equivalence.conversion import has_own  # which in turn looks up rows

    own = native.framework == framework
    replaced = not own and has_own(native.name, framework)
    return Equivalence(
        native.concept,
        spell(native, native.required),
        None,
        "none",
        conditions=(f"{framework} has no {'other ' if own else ''}loss with this formula",),
        inputs=(f"ul.convert(loss, to={framework!r}) gives unilosses' own",) if replaced else (),
        divergences=native.notes,
    )


def rows(name: str, framework: str, given: Mapping[str, Any] | None = None) -> list[Equivalence]:
    """All rows of a loss towards a framework: by name alone, or for the very arguments given."""
    found: list[Equivalence] = []
    for native in views(name):
        if given is None:
            found += map(row, general_pairs(native, framework))
        else:
            found += map(row, pairs(native, framework, given, general=False))
    ranks = ("exact", "affine", "conditional", "different")
    found.sort(key=lambda r: ranks.index(r.relation))
    if found and found[0].relation != "different":
        found = [r for r in found if r.relation != "different"]
    best = {(r.source, r.target): r for r in reversed(found)}
    native = views(name)[0]
    return [r for r in found if best[r.source, r.target] is r] + list(contrasts(native, framework)) or [
        nothing(native, framework)
    ]


def table(frameworks: tuple[str, ...] = tuple(FRAMEWORKS)) -> list[Equivalence]:
    """Every row between these frameworks, in both directions."""
    names = dict.fromkeys(n.name for n in NATIVES if n.framework in frameworks and n.role != "target")
    found = []
    for name in names:
        own = name.split(".")[0]
        for framework in frameworks:
            if framework != own:
                found += [r for r in rows(name, framework) if r.target or framework != "torchvision"]
    return found
