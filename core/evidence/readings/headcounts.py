"""Counts of rows whose condition the sentence tells in its own words: "three acoustically", "four fell short of
theirs", "seven of the twelve overspent", "all but two". Asked only when no other reading holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.columns.periods import PERIODS
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.match import fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.by_period import is_of, sets_by_period
from core.evidence.readings.how_often import how_often
from core.evidence.readings.nouns import Noun
from core.evidence.readings.restrictions import Restriction, restrictions
from core.evidence.support import CellsOf, Support, derived

_MOST = 400  # rows of a set that anybody counts by what they have in common
_MOST_WAYS = 40  # to combine what is told


def read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if not _counts(claim) or (claim.unit is not None and not _tells_when(frame, claim)):
        return None
    if claim.form is not Form.FRACTION and (counted := _all(frame, claim, noun)) is not None:
        return counted
    if noun is not None and noun.times and (counted := how_often(frame, claim)) is not None:
        return counted
    if noun is not None and noun.columns and not noun.sets and not noun.times and not _row_columns(noun):
        return None
    if claim.form is Form.FRACTION and (noun is None or not noun.sets):
        return None
    for facts in _sets(frame, claim, noun):
        for mask, why, column in _groups(frame, claim, facts, noun):
            told = facts.size - mask.bit_count() if _is_left_out(frame, claim) else mask.bit_count()
            if mask and (quality := fit(claim, _value(claim, told, facts), named=True)) is not Fit.NO:
                if claim.form is Form.FRACTION and quality is not Fit.EXACT:
                    continue
                shown = column if column.set_index == facts.index else facts.columns[0]
                return derived(quality, f"count of {told} in {facts.name}: {why}", CellsOf(facts, shown, mask))
    return None


def _all(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    """ "of the eight shops", "seen five times": all rows of the set that the sentence is about, whatever they are
    called there."""
    if noun is not None and noun.sets:
        return None
    before = frame.tokens[claim.first - 1].low if claim.first else ""
    if before not in _DEFINITE and (noun is None or not (noun.of_total or noun.times)):
        return None
    own = {c.set_index for c, _ in noun.columns} if noun is not None else set[int]()
    sets = [frame.index.sets[s] for s in sorted(own)] or list(_sets(frame, claim, noun))
    if noun is not None and noun.times:
        sets = [facts for facts in sets if _is_told_here(frame, claim, facts)]
    for facts in sets:
        if facts.size == claim.value and facts.columns:
            why = f"count of {facts.size} rows in {facts.name}"
            return derived(Fit.EXACT, why, CellsOf(facts, facts.columns[0], facts.all))
    return None


def _is_told_here(frame: Frame, claim: Claim, facts: SetFacts) -> bool:
    """ "seen five times in four departments": the stretch names a column of the set."""
    after = frame.tokens[claim.last + 2] if claim.last + 2 < len(frame.tokens) else None
    if after is not None and (after.low.endswith("'s") or after.low in {"as", "the"}):
        return False  # "four times Edda's"
    group = frame.groups[claim.first]
    hits = (h for c in facts.columns if not c.is_number for h in frame.column_hits.get(id(c), ()))
    return any(h.weight == 1.0 and h.place >= 0 and frame.groups[h.place] == group for h in hits)


_DEFINITE = words("the all its their these those")


def _counts(claim: Claim) -> bool:
    if claim.kind is not Kind.NUMBER or claim.partner is not None:
        return False
    if claim.unit is not None and claim.unit.name not in PERIODS:
        return False
    if claim.form is Form.FRACTION:
        return claim.value < 1
    return claim.form in (Form.DIGITS, Form.WORDS) and claim.value.is_integer() and 1 <= claim.value <= _MOST


def _tells_when(frame: Frame, claim: Claim) -> bool:
    """ "in five months", "of the five months", and no length of time."""
    at = claim.first - 1
    while at >= 0 and frame.tokens[at].low in _BEFORE_COUNT:
        at -= 1
    return at < 0 or frame.tokens[at].low in _WHEN


_BEFORE_COUNT = words("the all only just these those")
_WHEN = words("in of during")


def _value(claim: Claim, told: int, facts: SetFacts) -> float:
    return told / facts.size if claim.form is Form.FRACTION else float(told)


def _is_left_out(frame: Frame, claim: Claim) -> bool:
    return [t.low for t in frame.tokens[max(0, claim.first - 2) : claim.first]] == ["all", "but"]


def _sets(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[SetFacts]:
    """Those whose rows the noun means; where it is unknown here, those that the sentence is about."""
    if claim.unit is not None:
        yield from (facts for facts in frame.index.sets if 1 < facts.size <= _MOST and is_of(facts, claim.unit.name))
        return
    by_period = sets_by_period(frame)
    if by_period and noun is not None and noun.part:
        yield from by_period
    if noun is not None and not noun.times:
        rows = [facts for facts, _ in noun.sets]
        rows = rows or [frame.index.sets[s] for s in sorted({c.set_index for c in _row_columns(noun)})]
        if rows:
            yield from (facts for facts in rows if 1 < facts.size <= _MOST)
            return
    if by_period:
        yield from by_period
        return
    named = [s for s, hits in frame.set_hits.items() if any(h.weight == 1.0 and h.place >= 0 for h in hits)]
    if named:
        yield from (frame.index.sets[s] for s in named if 1 < frame.index.sets[s].size <= _MOST)
        return
    values = [m for m in frame.mentions if m.sort is Sort.VALUE and not m.context]
    about = {s for m in values if m.strength >= _PLAIN for s in m.options}
    if not about:
        about = {s for m in values if m.strength >= _WEAK for s in m.options}
        about |= {
            frame.index.by_id[column].set_index
            for column, hits in frame.column_hits.items()
            if any(h.weight == 1.0 for h in hits)
        }
    yield from (facts for facts in frame.index.sets if 1 < facts.size <= _MOST and facts.index in about)


def _row_columns(noun: Noun) -> list[Column]:
    """Columns that are called as their rows are: "three of the five reserves" of `reserve_eur`."""
    return [c for c, w in noun.columns if w == 1.0 and (c.dimension is not None or c.hard_marks or not c.is_number)]


_PLAIN, _WEAK = 2, 1.5  # strengths of mentions


def _groups(frame: Frame, claim: Claim, facts: SetFacts, noun: Noun | None) -> Iterator[Restriction]:
    """Of one set the rows that meet all that is told; "of the seven scored reviews" are those that are scored."""
    told = restrictions(frame, claim, facts)
    if noun is not None and noun.of_total and (own := restrictions(frame, claim, facts, until=noun.place)):
        yield from _met(facts, own)
    yield from _met(facts, told)


def _met(facts: SetFacts, told: list[list[Restriction]]) -> Iterator[Restriction]:
    for chosen in islice(product(*told) if told else (), _MOST_WAYS):
        mask = facts.all
        for one in chosen:
            mask &= one.mask
        yield Restriction(mask, ", ".join(one.why for one in chosen), chosen[0].column)
