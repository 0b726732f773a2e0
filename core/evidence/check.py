"""The check: every figure, date and identifier of an answer against the record it was made from.

Each sentence is linked to the record (`frame`), then each claim is read in the ways a record can carry it: a cell, a
count, a total, two values set against each other, a length of time, free text. The first way that holds is the
verdict; when none does, the verdict says whether the figure stands elsewhere in the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.claims.find import find_claims
from core.evidence.columns import Role
from core.evidence.frame.build import build_frame
from core.evidence.frame.frame import Frame
from core.evidence.index import Index
from core.evidence.language.cues import ADVICE, IMPERATIVE, WINDOW
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.mentions.times import find_times
from core.evidence.mentions.values import find_values
from core.evidence.readings import (
    cells,
    codes,
    comparisons,
    counts,
    directions,
    durations,
    labels,
    moments,
    pairs,
    products,
    prose,
    totals,
)
from core.evidence.readings.cells import RANKS
from core.evidence.readings.extremes import find_extremes
from core.evidence.readings.labels import Said
from core.evidence.readings.nouns import Noun, counted_before, noun_of
from core.evidence.readings.quotes import Passage, Quotes
from core.evidence.support import Support
from core.evidence.text import Block, Sentence, sentences, tokenise
from core.evidence.verdict import TO_CHECK, CheckedClaim, Evidence, Verdict
from core.records.record import Record

MOST_CLAIMS = 4000  # of one answer; no reader looks at more


class Checker:
    """Builds its index of the record once; `check` may then be called with any number of answers."""

    def __init__(self, record: Record) -> None:
        self._index = Index(record)
        self._quotes = Quotes(self._index)

    def check(self, answer: str) -> Evidence:
        """Never raises; the same answer always gets the same verdicts."""
        return self.check_from(answer, 0)

    def check_from(self, answer: str, start: int) -> Evidence:
        """The claims of the sentences that begin at `start` or later; what stands before is read for what it names."""
        claims: list[CheckedClaim] = []
        context: list[Mention] = []
        leads: dict[tuple[str, str], list[Mention]] = {}
        paragraph = -1
        goes_on = False
        passages = self._quotes.find(answer)
        for sentence in sentences(answer):
            if sentence.paragraph != paragraph:
                context, paragraph, goes_on = [], sentence.paragraph, False
            told = sentence.heading, sentence.lead
            if told not in leads:
                leads[told] = self._lead(sentence)
            lead = leads[told]
            frame = build_frame(sentence, self._index, [*lead, *(context if goes_on else _carried(sentence, context))])
            goes_on = sentence.clause
            frame.extremes = find_extremes(frame)
            if sentence.start >= start:
                claims += (_as_quoted(claim, passages) for claim in check_sentence(frame))
            context = _subjects(frame) or context
            if len(claims) > MOST_CLAIMS:
                break
        return Evidence(tuple(claims))

    def _lead(self, sentence: Sentence) -> list[Mention]:
        """What the heading above, the head of the table's column and its row say the sentence is about."""
        found: list[Mention] = []
        for text in filter(None, (sentence.heading.split(" · ")[-1], sentence.lead)):
            virtual = Sentence(0, len(text), text, Block.TEXT, tokenise(text))
            virtual.segments = [0] * len(virtual.tokens)
            mentions = [*find_values(virtual, self._index), *find_times(virtual, find_claims(virtual, []), self._index)]
            for mention in mentions:
                if mention.strength >= 2 or text is sentence.lead:
                    mention.context = True
                    mention.claim = None
                    mention.binding = mention.strength >= (2.5 if text is sentence.lead else 3)
                    found.append(mention)
        return found


def _as_quoted(claim: CheckedClaim, passages: list[Passage]) -> CheckedClaim:
    """What stands in a passage of the record's own text needs no look."""
    if claim.verdict not in TO_CHECK:
        return claim
    passage = next((p for p in passages if p.start <= claim.start and claim.end <= p.end), None)
    if passage is None:
        return claim
    return replace(claim, verdict=passage.support.verdict, why=passage.support.why, cells=passage.support.cells)


_ANAPHORA = words("it its this that these those they their he she his her the both")


def _carried(sentence: Sentence, context: list[Mention]) -> list[Mention]:
    """The subjects of the sentence before, where this one goes on about them."""
    first = next((t.low for t in sentence.tokens if t.is_word), "")
    return context if first in _ANAPHORA else []


def _subjects(frame: Frame) -> list[Mention]:
    strong = [m for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2.5 and not m.context]
    for mention in strong:
        mention.context = True
    return strong


def check_sentence(frame: Frame) -> list[CheckedClaim]:
    """All claims of one sentence, in reading order, never overlapping."""
    heading = frame.sentence.block is Block.HEADING
    checked: list[CheckedClaim] = []
    for claim in frame.claims:
        if claim.form is Form.NONE and _nothing_counted(frame, claim):
            continue
        support = Support(Verdict.IGNORED, "A heading.") if heading else judge(frame, claim)
        checked.append(
            CheckedClaim(claim.start, claim.end, claim.text, support.verdict, _sentence(support.why), support.cells)
        )
    if not heading:
        for said in [
            *labels.superlatives(frame),
            *labels.read(frame),
            *labels.of_single_sets(frame),
            *directions.read(frame),
            *comparisons.read(frame),
            *_known_codes(frame),
        ]:
            _add(frame, checked, said)
    return sorted(checked, key=lambda c: c.start)


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
        found = tuple(facts.cell(row, entry.column) for row in entry.rows[:20])
        why = f"{facts.name} row {entry.rows[0] + 1}: {entry.column.name} is {entry.text}."
        yield Said(mention.first, mention.last, Support(Verdict.FOUND, why, found))


def judge(frame: Frame, claim: Claim) -> Support:
    match claim.kind:
        case Kind.IGNORED:
            return Support(Verdict.IGNORED, claim.why)
        case Kind.CODE:
            return codes.read(frame, claim) or Support(Verdict.UNSUPPORTED, "The record has no such identifier.")
        case Kind.DATE:
            return _judge_date(frame, claim)
        case Kind.NUMBER:
            return _judge_number(frame, claim)


def _judge_date(frame: Frame, claim: Claim) -> Support:
    support = moments.read(frame, claim)
    if support is not None:
        return support
    if _is_advice(frame, claim) or _is_vague(claim):
        return Support(Verdict.IGNORED, "Says when to act, not what the record holds.")
    years, today = frame.index.years, frame.index.today
    spans = claim.moment.spans(years, today) if claim.moment else []
    there = any(
        span and a <= span[0] and span[1] <= b
        for a, b in spans
        for f in frame.index.sets
        for c in f.times
        for span in c.spans
    )
    if there:
        return Support(Verdict.CONTRADICTED, "The record has this date, but not for what the sentence is about.")
    return Support(Verdict.UNSUPPORTED, "The record has no such date.")


def _is_vague(claim: Claim) -> bool:
    return claim.moment is not None and claim.moment.relative in {
        "today",
        "yesterday",
        "next",
        "this",
        "current",
        "coming",
    }


def _judge_number(frame: Frame, claim: Claim) -> Support:
    noun = noun_of(frame, claim) or (counted_before(frame, claim) if claim.unit is None else None)
    support = _read_number(frame, claim, noun)
    if support is not None:
        return support
    if reason := _claims_nothing(frame, claim):
        return Support(Verdict.IGNORED, reason)
    other = cells.elsewhere(frame, claim) if claim.value >= 10 or claim.unit is not None else None
    if other is not None:
        return Support(Verdict.CONTRADICTED, f"Not what the record says of this; {other.why}", other.cells)
    return Support(Verdict.UNSUPPORTED, "Nothing in the record carries this figure.")


def _read_number(frame: Frame, claim: Claim, named: Noun | None) -> Support | None:
    if (
        named is not None
        and claim.unit is None
        and claim.form is not Form.FRACTION
        and (support := counts.read(frame, claim, named))
    ):
        return support
    if other := counts.beside(frame, claim):
        return other
    support = cells.read(frame, claim, named)
    if support is not None and support.verdict is Verdict.FOUND:
        return support
    for other in (
        totals.read(frame, claim, named),
        durations.read(frame, claim),
        pairs.read(frame, claim, named),
        products.read(frame, claim),
    ):
        if other is not None and (support is None or not other.why.endswith("rounded.")):
            return other
    return support or (None if cells.is_told_otherwise(frame, claim) else prose.read(frame, claim))


def _nothing_counted(frame: Frame, claim: Claim) -> bool:
    """ "no" that counts nothing of the record."""
    noun = noun_of(frame, claim)
    return noun is None or _is_of_some(frame, claim) or not noun.sets or frame.sentence.block is Block.HEADING


def _is_of_some(frame: Frame, claim: Claim) -> bool:
    """ "no owner or date for 1 of 2 changes": how many lack it is told by the other figures."""
    after = frame.claims[frame.claims.index(claim) + 1 :][:2]
    return len(after) == 2 and counts.is_of_some(frame, *after)


def _claims_nothing(frame: Frame, claim: Claim) -> str:
    if claim.form is Form.ORDINAL:
        ranks = any(t.stem in RANKS for t in frame.tokens) and any(RANKS & set(c.stems) for c in frame.index.numbers)
        return "" if ranks else "An ordinal that ranks nothing."
    if claim.form is Form.NONE:
        return ""
    lead = frame.sentence.text[: claim.start - frame.sentence.start]
    if re.search(r"\b(?:next|coming|following|upcoming)\s+$", lead, re.IGNORECASE):
        return "Of times to come, not of the record."
    if claim.dimension is Dimension.TIME and WINDOW.search(lead):
        return "A span of time to act in, not a figure of the record."
    if _is_advice(frame, claim):
        return "Advice, not a figure of the record."
    if claim.form is Form.WORDS and claim.value == 2 and claim.text.lower() == "both":
        return "Not a figure."
    if (
        claim.form is Form.FRACTION
        and claim.text.lower() == "half"
        and not frame.set_hits
        and claim.bound is Bound.EXACT
    ):
        return ""
    return ""


def _is_advice(frame: Frame, claim: Claim) -> bool:
    """Recommendations propose figures; they do not tell them."""
    words = [t for t in frame.tokens if t.is_word]
    if not words:
        return False
    group = frame.group_of(claim.first)
    if (
        words[0].low in IMPERATIVE
        and not words[0].low.endswith(("ed", "ing"))
        and not _is_label_word(frame, words[0].low)
    ):
        return True
    stretch = " ".join(t.text for i, t in enumerate(frame.tokens) if frame.group_of(i) == group)
    return bool(ADVICE.search(stretch) or ADVICE.search(frame.sentence.text[: claim.start - frame.sentence.start]))


def _is_label_word(frame: Frame, low: str) -> bool:
    first = next((i for i, t in enumerate(frame.tokens) if t.low == low), 0)
    after = frame.tokens[first + 1].text if first + 1 < len(frame.tokens) else ""
    return after in {":", "="}
