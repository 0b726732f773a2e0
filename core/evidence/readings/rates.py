""" "3.2 orders per month": over how many months, orders or customers the rows spread."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Role
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.language.stems import fold
from core.evidence.readings.nouns import Noun
from core.evidence.readings.statistics import Value, unit_after_per
from core.evidence.support import CellsOf

DAYS = {"day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def divisors(frame: Frame, scope: Scope, per: str) -> Iterator[tuple[float, str]]:
    """How many months, orders, customers … the rows spread over."""
    facts = scope.facts
    if per in DAYS:
        for column in facts.times[:3]:
            keys = column.periods(scope.mask, per)
            if not keys:
                continue
            yield float(len(keys)), f"{per}s with rows"
            whole = max(keys) - min(keys) + 1
            if whole != len(keys):
                yield float(whole), f"{per}s from first to last"
        return
    if not per:
        return
    for other, weight in frame.index.set_words.get(per, ()):
        if weight < 1.0:
            continue
        if other is facts:
            yield float(scope.mask.bit_count()), f"rows of {facts.name}"
        elif other.size:
            yield float(other.size), f"rows of {other.name}"
    for column, weight in frame.index.column_words.get(per, ()):
        if weight >= 0.5 and column.set_index == facts.index and column.role in (Role.LABEL, Role.CODE):
            different = {fold(t) for row in rows_of(scope.mask) if (t := column.texts[row])}
            if different:
                yield float(len(different)), f"different values of {column.name}"


def counts_per(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[Value]:
    """ "3.2 orders per month", "on average two items per order"."""
    per = unit_after_per(frame, claim)
    place = claim.last + 1
    word = frame.tokens[place].stem if place < len(frame.tokens) else ""
    sets = noun.sets if noun else frame.index.set_words.get(word, [])
    for facts, _ in sets:
        for scope in scopes(frame, facts, claim, union=True):
            for count, unit in divisors(frame, scope, per):
                rows = scope.mask.bit_count()
                cells = CellsOf(facts, facts.columns[0], scope.mask)
                yield Value(rows / count, f"{rows} rows of {facts.name} over {count:g} {unit}", cells)
