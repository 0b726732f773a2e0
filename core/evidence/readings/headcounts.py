"""Counts of rows whose condition the sentence tells in its own words: "three acoustically", "four fell short of
theirs", "seven of the twelve overspent", "all but two". Asked only when no other reading holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.index.traits import traits_of
from core.evidence.language.listed import words
from core.evidence.match import Fit, fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.aims import of_all, side_told, sides
from core.evidence.readings.nouns import Noun
from core.evidence.support import CellsOf, Support, derived

_MOST = 400  # rows of a set that anybody counts by what they have in common
_MOST_WAYS = 40  # to combine what is told


def read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if not _counts(claim):
        return None
    if claim.form is not Form.FRACTION and (counted := _all(frame, claim, noun)) is not None:
        return counted
    if noun is not None and noun.columns and not noun.sets and not noun.times:
        return None
    if claim.form is Form.FRACTION and (noun is None or not noun.sets):
        return None
    for facts in _sets(frame, claim, noun):
        for mask, why, column in _groups(frame, claim, facts):
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
    if claim.kind is not Kind.NUMBER or claim.unit is not None or claim.partner is not None:
        return False
    if claim.form is Form.FRACTION:
        return claim.value < 1
    return claim.form in (Form.DIGITS, Form.WORDS) and claim.value.is_integer() and 1 <= claim.value <= _MOST


def _value(claim: Claim, told: int, facts: SetFacts) -> float:
    return told / facts.size if claim.form is Form.FRACTION else float(told)


def _is_left_out(frame: Frame, claim: Claim) -> bool:
    return [t.low for t in frame.tokens[max(0, claim.first - 2) : claim.first]] == ["all", "but"]


def _sets(frame: Frame, claim: Claim, noun: Noun | None) -> Iterator[SetFacts]:
    """Those whose rows the noun means; where it is unknown here, those that the sentence is about."""
    if noun is not None and noun.sets and not noun.times:
        yield from (facts for facts, _ in noun.sets if 1 < facts.size <= _MOST)
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


_PLAIN, _WEAK = 2, 1.5  # strengths of mentions


def _groups(frame: Frame, claim: Claim, facts: SetFacts) -> Iterator[tuple[int, str, Column]]:
    """Of one set the rows that meet all that is told: (mask, words for it, a column to show)."""
    group = frame.groups[claim.first]
    known = {i for c in frame.claims for i in range(c.first, c.last + 1)}
    by_column: dict[int, list[tuple[int, str, Column]]] = {}
    for mention in frame.mentions:
        whole = [e for e in mention.entries if e.whole and e.column.set_index == facts.index]
        if whole and mention.strength >= 2 and not mention.context and frame.groups[mention.first] == group:
            known.update(range(mention.first, mention.last + 1))
            for entry in whole:
                by_column.setdefault(id(entry.column), []).append((entry.mask, f"“{mention.text}”", entry.column))
    for place in frame.places(group):
        token = frame.tokens[place]
        if place in known or len(token.low) < 4 or token.stem in facts.nouns:
            continue
        for trait in traits_of(facts).told(token.stem):
            if trait.mask != facts.all:
                told = (trait.mask, f"{trait.column.name} “{token.low}”", trait.column)
                by_column.setdefault(id(trait.column), []).append(told)
    choices = list(by_column.values())
    if side := side_told(frame, claim.first, group):
        beyond = [(s.mask, s.why, s.column) for s in sides(frame, claim, facts, side)]
        if beyond:
            choices.append(beyond)
    elif full := [(s.mask, s.why, s.column) for s in of_all(frame, facts)]:
        choices.append(full)
    for ways, chosen in enumerate(product(*choices) if choices else ()):
        if ways > _MOST_WAYS:
            return
        mask = facts.all
        for one, _, _ in chosen:
            mask &= one
        yield mask, ", ".join(why for _, why, _ in chosen), chosen[0][2]
