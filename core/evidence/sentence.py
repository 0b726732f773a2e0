"""All claims of one sentence with their verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Role
from core.evidence.frame.frame import Frame
from core.evidence.judge import judge
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings import (
    attributes,
    companions,
    comparisons,
    contrasts,
    directions,
    endings,
    everything,
    labels,
    portions,
    states,
    values,
    wholes,
)
from core.evidence.readings.nouns import noun_of
from core.evidence.readings.said import Said
from core.evidence.readings.tallies import is_of_some
from core.evidence.readings.workings import arity
from core.evidence.readings.workings.ratios import restated
from core.evidence.support import Support
from core.evidence.text.blocks import Block
from core.evidence.verdict import TO_CHECK, CheckedClaim, Verdict


def check_sentence(frame: Frame) -> list[CheckedClaim]:
    """All claims of one sentence, in reading order, never overlapping."""
    heading = frame.sentence.block is Block.HEADING
    checked: list[CheckedClaim] = []
    for claim, support in _supports(frame, heading).items():
        checked.append(
            CheckedClaim(claim.start, claim.end, claim.text, support.verdict, _sentence(support.why), support.cells)
        )
    if not heading:
        for said in [
            *labels.superlatives(frame),
            *labels.read(frame),
            *directions.read(frame),
            *comparisons.read(frame),
            *contrasts.read(frame),
            *everything.read(frame),
            *portions.read(frame),
            *attributes.read(frame),
            *states.read(frame),
            *endings.read(frame),
            *values.read(frame),
            *_known_codes(frame),
        ]:
            _add(frame, checked, said)
    return sorted(checked, key=lambda c: c.start)


def _supports(frame: Frame, heading: bool) -> dict[Claim, Support]:
    """Of the figures, dates and identifiers. What nothing carries is looked at once more beside those that hold."""
    supports: dict[Claim, Support] = {}
    for claim in frame.claims:
        if claim.form is not Form.NONE or not _nothing_counted(frame, claim):
            supports[claim] = Support(Verdict.IGNORED, "A heading.") if heading else judge(frame, claim)
    for claim, support in supports.items():
        if support.verdict in TO_CHECK:
            found = arity.read(frame, claim, supports) or companions.read(frame, claim, supports)
            found = found or wholes.read(frame, claim, supports) or restated(frame, claim)
            supports[claim] = found or support
    return supports


def _sentence(why: str) -> str:
    text = why[:1].upper() + why[1:] if why and not why[:2].isupper() else why
    return text if text.endswith((".", "!")) or not text else text + "."


def _add(frame: Frame, checked: list[CheckedClaim], said: Said) -> None:
    start, end = frame.tokens[said.first].start, frame.tokens[said.last].end
    for place, other in enumerate(checked):
        if start < other.end and other.start < end:
            if other.verdict is Verdict.IGNORED or (
                said.support.verdict is Verdict.CONTRADICTED and other.start == start and other.end == end
            ):
                checked[place] = CheckedClaim(
                    other.start,
                    other.end,
                    other.text,
                    said.support.verdict,
                    _sentence(said.support.why),
                    said.support.cells,
                )
            return
    text = frame.sentence.text[start - frame.sentence.start : end - frame.sentence.start]
    checked.append(
        CheckedClaim(start, end, text, said.support.verdict, _sentence(said.support.why), said.support.cells)
    )


def _known_codes(frame: Frame) -> Iterator[Said]:
    """Identifiers and labels with digits that the record has, as written."""
    for mention in frame.mentions:
        if mention.sort is not Sort.VALUE or mention.context or not any(c.isdigit() for c in mention.text):
            continue
        entry = mention.entries[0]
        if entry.column.role not in (Role.CODE, Role.LABEL):
            continue
        facts = frame.index.sets[entry.column.set_index]
        if (other := _called_otherwise(frame, mention)) is not None:
            why = f"{entry.column.name} of {facts.name}, not of {other}."
            cell = (facts.cell(entry.rows[0], entry.column),)
            yield Said(mention.first, mention.last, Support(Verdict.CONTRADICTED, why, cell))
            continue
        found = tuple(facts.cell(row, entry.column) for row in entry.rows[:20])
        why = f"{facts.name} row {entry.rows[0] + 1}: {entry.column.name} is {entry.text}."
        yield Said(mention.first, mention.last, Support(Verdict.FOUND, why, found))


def _called_otherwise(frame: Frame, mention: Mention) -> str | None:
    """ "the order TKT-2481": the set whose rows the word before is for, where the identifier is of no such row."""
    if any(e.column.role is not Role.CODE or not e.whole for e in mention.entries):
        return None
    before = [t for t in frame.tokens[max(0, mention.first - 6) : mention.first] if t.text not in _QUOTES]
    while before and before[-1].low in _CALLED:
        before.pop()
    if not before:
        return None
    told = before[-1].stem
    sets = [s for s, w in frame.index.set_words.get(told, ()) if w == 1.0]
    own = [frame.index.sets[e.column.set_index] for e in mention.entries]
    if any(told in s.topics or told in s.nouns for s in own):
        return None
    called = [c for c, w in frame.index.column_words.get(told, ()) if w == 1.0 and c.role is Role.CODE]
    called += [c for s in sets for c in s.columns if c.role is Role.CODE]
    kinds = {_kind(text) for c in called for text in c.texts if text}
    if not 0 < len(kinds) <= _FEW_KINDS or any(_kind(e.text) in kinds for e in mention.entries):
        return None
    return sets[0].name if sets else called[0].name


def _kind(code: str) -> str:
    """ "ORD-18895" → "ord-0": identifiers of one kind have the same letters."""
    return re.sub(r"\d+", "0", fold(code))


_FEW_KINDS = 2  # where the letters vary more, they say nothing
_QUOTES = frozenset("\"“”„'‘’*`#")
_CALLED = words("is was name named called listed known identified as id number no s :")  # "the customer is listed as …"


def _nothing_counted(frame: Frame, claim: Claim) -> bool:
    """ "no" that counts nothing of the record."""
    noun = noun_of(frame, claim)
    return (
        noun is None
        or _is_of_counted(frame, claim)
        or _is_of_some(frame, claim)
        or not noun.sets
        or frame.sentence.block is Block.HEADING
    )


def _is_of_counted(frame: Frame, claim: Claim) -> bool:
    """ "two depots have no reading": what the others are counted by."""
    before = frame.tokens[claim.first - 1].low if claim.first else ""
    counted = any(
        c.first < claim.first and c.unit is None and c.form in (Form.DIGITS, Form.WORDS) for c in frame.claims
    )
    return before in _HAVING and counted


_HAVING = words("have has had got saw with show shows")


def _is_of_some(frame: Frame, claim: Claim) -> bool:
    """ "no owner or date for 1 of 2 changes": how many lack it is told by the other figures."""
    after = frame.claims[frame.claims.index(claim) + 1 :][:2]
    return len(after) == 2 and is_of_some(frame, *after)
