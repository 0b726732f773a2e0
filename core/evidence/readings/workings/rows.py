"""The rows that the words mean, and which of two comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.frame.frame import Frame, Scope
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words

MOST_ROWS = 40  # of a set whose rows are set against each other


def meant(frame: Frame, claim: Claim, facts: SetFacts) -> list[Scope]:
    """Each rows once. Where none is of a time that the words name, the time may be another column's."""
    found: dict[int, Scope] = {}
    for timeless in (False, True):
        for scope in scopes(frame, facts, claim, union=True, strict=True, timeless=timeless):
            if scope.mask:
                found.setdefault(scope.mask, scope)
        if found:
            break
    used = [scope for scope in found.values() if any(not m.context for m in scope.used)]
    return used or list(found.values())


def in_unit(found: list[Scope], claim: Claim, column: Column) -> list[Scope]:
    """The rows whose own unit is that of the claim."""
    mask = mask_of(row for row, unit in enumerate(column.units or ()) if unit is not None and unit == claim.unit)
    return [replace(scope, mask=scope.mask & mask) for scope in found if scope.mask & mask]


def pairs_of(column: Column, scope: Scope) -> Iterator[tuple[int, int, int]]:
    """Two rows of the scope, the newer first, and 1 where that is known, else 0; the ends and the neighbours first."""
    rows, _ = column.filled(scope.mask)
    if not 1 < len(rows) <= MOST_ROWS:
        return
    clock = next((c for c in scope.facts.times if column.rows_over_time(c, scope.mask)), None)
    if clock is not None:
        ordered = column.rows_over_time(clock, scope.mask)
        near = [(ordered[-1], ordered[0]), *zip(ordered[1:], ordered, strict=False)]
        for new, old in dict.fromkeys([*near, *((b, a) for a, b in combinations(ordered, 2))]):
            yield new, old, 1
        return
    for one, other in combinations(rows, 2):
        yield one, other, order_of(scope.facts, one, other)


def order_of(facts: SetFacts, one: int, other: int) -> int:
    """1 when the labels say that the first row is the newer, -1 when the other is, else 0."""
    for labels in facts.columns:
        if labels.role is Role.LABEL:
            a, b = _age(labels.texts[one]), _age(labels.texts[other])
            if a != b:
                return 1 if a < b else -1
    return 0


_OLD = words("before previous prior earlier former first median average mean usual budget plan target")


def _age(text: str | None) -> int:
    return 0 if text is None else int(not _OLD.isdisjoint(text.lower().replace(",", " ").split()))
