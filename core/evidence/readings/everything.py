"""What is said of all or most rows: "All six gifts carried Gift Aid", "Every invoice has been settled"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Kind
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.said import Said
from core.evidence.support import CellsOf, Support, where
from core.evidence.verdict import Verdict

_ALL = words("all every each")
_MOST = words("most")
_PARTS = words("of in at above after for with to")  # "half of all", "in all"
_OPEN = words("not nearly almost but except apart besides unless if should must could would may might can will")
_REACH = 4  # words from "all" to what its rows are called


def read(frame: Frame) -> Iterator[Said]:
    """Nothing where the words allow any reading under which it holds."""
    if frame.words.isdisjoint(_ALL | _MOST) or not frame.words.isdisjoint(_OPEN):
        return
    for place, token in enumerate(frame.tokens):
        if token.low not in _ALL | _MOST or (place and frame.tokens[place - 1].low in _PARTS):
            continue
        for noun, facts in _told(frame, place):
            told = {m.slot: m for m in reversed(frame.mentions) if _is_predicate(frame, m, facts, noun)}
            for mention in reversed(told.values()):
                yield from _judge(frame, mention, facts, place)


def _told(frame: Frame, place: int) -> Iterator[tuple[int, SetFacts]]:
    near = range(place + 1, place + 1 + _REACH)
    for number, hits in frame.set_hits.items():
        facts = frame.index.sets[number]
        noun = next((h.place for h in hits if h.place in near and h.weight == 1.0), None)
        if noun is not None and facts.size > 1 and not facts.cut and frame.tokens[noun - 1].low not in {"per", "of"}:
            yield noun, facts


def _is_predicate(frame: Frame, mention: Mention, facts: SetFacts, noun: int) -> bool:
    """A label or a condition told behind the noun and its verb."""
    if mention.sort is not Sort.VALUE or mention.context or mention.strength >= 2.5 or mention.first <= noun:
        return False
    if facts.index not in mention.options or frame.groups[mention.first] != frame.groups[noun]:
        return False
    between = frame.tokens[noun + 1 : mention.first]
    dated = {i for c in frame.claims if c.kind is Kind.DATE for i in range(c.first, c.last + 1)}
    plain = [t for i, t in enumerate(between, noun + 1) if i not in dated]
    return 0 < len(plain) <= _REACH and all(t.is_word for t in plain)


def _judge(frame: Frame, mention: Mention, facts: SetFacts, place: int) -> Iterator[Said]:
    base = facts.all
    for other in frame.mentions:
        if other is not mention and facts.index in other.options and not other.context and other.slot != mention.slot:
            base &= _together(other, facts)
    meant = _together(mention, facts)
    for other in frame.mentions:  # "early or late"
        if other.slot == mention.slot and other.first > mention.first and facts.index in other.options:
            meant |= _together(other, facts)
    meant = facts.all & ~meant if mention.negated else meant
    if not base:
        return
    others = base & ~meant
    if frame.tokens[place].low in _MOST:
        yield _of_most(facts, place, base, meant)
    elif others:
        row = rows_of(others)[0]
        column = next((e.column for e in mention.entries if e.column.set_index == facts.index), None)
        column = column or next((c for c in mention.conditions if c.set_index == facts.index), facts.columns[0])
        told = column.texts[row] or column.spans[row]
        why = f"{where(facts, row)}: {column.name} is {told[0] if isinstance(told, tuple) else told or 'empty'}."
        yield Said(place, place, Support(Verdict.CONTRADICTED, why, (facts.cell(row, column),)))
    else:
        why = f"It holds of all {base.bit_count()} rows of {facts.name}."
        yield Said(place, place, Support(Verdict.DERIVED, why, tuple(CellsOf(facts, facts.columns[0], base))))


def _of_most(facts: SetFacts, place: int, base: int, meant: int) -> Said:
    some, every = (base & meant).bit_count(), base.bit_count()
    verdict = Verdict.DERIVED if 2 * some > every else Verdict.CONTRADICTED
    why = f"It holds of {some} of {every} rows of {facts.name}."
    return Said(place, place, Support(verdict, why, tuple(CellsOf(facts, facts.columns[0], base & meant))))


def _together(mention: Mention, facts: SetFacts) -> int:
    mask = 0
    for option in mention.options[facts.index]:
        mask |= option
    return mask
