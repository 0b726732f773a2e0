"""The check: every figure, date and identifier of an answer against the record it was made from.

Each sentence is linked to the record (`frame`), then each claim is read in the ways a record can carry it: a cell, a
count, a total, two values set against each other, a length of time, free text. The first way that holds is the
verdict; when none does, the verdict says whether the figure stands elsewhere in the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.evidence.claims.find import find_claims
from core.evidence.frame.build import build_frame
from core.evidence.frame.frame import Frame
from core.evidence.index.index import Index
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.mentions.times import find_times
from core.evidence.mentions.values import find_values
from core.evidence.readings.quotes import Passage, Quotes
from core.evidence.readings.superlatives import find_extremes
from core.evidence.sentence import check_sentence
from core.evidence.text.blocks import Block
from core.evidence.text.sentences import Sentence, sentences
from core.evidence.verdict import TO_CHECK, CheckedClaim, Evidence
from core.records.record import Record

MOST_CLAIMS = 4000  # of one answer; no reader looks at more


@dataclass(frozen=True, eq=False)
class _Judged:
    """A sentence that stood at `start`, with what it names for the next one of its paragraph."""

    start: int
    claims: list[CheckedClaim]
    context: list[Mention]
    goes_on: bool

    def claims_at(self, start: int) -> list[CheckedClaim]:
        by = start - self.start
        return [replace(c, start=c.start + by, end=c.end + by) for c in self.claims] if by else self.claims


_Place = tuple[_Judged | None, str, str, Block, str, bool]  # what came before, heading, lead, block, text, clause


class Checker:
    """Builds its index of the record once; `check` may then be called with any number of answers."""

    def __init__(self, record: Record) -> None:
        self._index = Index(record)
        self._quotes = Quotes(self._index)
        self._judged: dict[_Place, _Judged] = {}
        self._leads: dict[tuple[str, str], list[Mention]] = {}

    def check(self, answer: str) -> Evidence:
        """Never raises; the same answer always gets the same verdicts."""
        return self.check_from(answer, 0)

    def check_from(self, answer: str, start: int) -> Evidence:
        """The claims of the sentences that begin at `start` or later; what stands before is read for what it names."""
        claims: list[CheckedClaim] = []
        before: _Judged | None = None
        paragraph = -1
        spoken = sentences(answer)
        needed = next((one.paragraph for one in spoken if one.start >= start), paragraph)
        for sentence in spoken:
            if sentence.paragraph < needed:
                continue  # a paragraph names nothing for the next one
            if sentence.paragraph != paragraph:
                before, paragraph = None, sentence.paragraph
            before = self._judge(sentence, before)
            if sentence.start >= start:
                claims += before.claims_at(sentence.start)
            if len(claims) > MOST_CLAIMS:
                break
        if any(claim.verdict in TO_CHECK for claim in claims):
            passages = self._quotes.find(answer)
            claims = [_as_quoted(claim, passages) for claim in claims]
        return Evidence(tuple(claims))

    def _judge(self, sentence: Sentence, before: _Judged | None) -> _Judged:
        """Once for each sentence in its place: the same ones come again while text streams, and at its end."""
        key = (before, sentence.heading, sentence.lead, sentence.block, sentence.text, sentence.clause)
        judged = self._judged.get(key)
        if judged is None:
            context = before.context if before and (before.goes_on or _goes_back(sentence)) else []
            frame = build_frame(sentence, self._index, [*self._lead(sentence), *context])
            frame.extremes = find_extremes(frame)
            claims = check_sentence(frame)
            context = _subjects(frame) or (before.context if before else [])
            if len(self._judged) > MOST_CLAIMS:
                self._judged.clear()
            judged = self._judged[key] = _Judged(sentence.start, claims, context, sentence.clause)
        return judged

    def _lead(self, sentence: Sentence) -> list[Mention]:
        """What the heading above, the head of the table's column and its row say the sentence is about."""
        told = sentence.heading, sentence.lead
        if told not in self._leads:
            if len(self._leads) > MOST_CLAIMS:
                self._leads.clear()
            self._leads[told] = list(self._find_lead(sentence))
        return self._leads[told]

    def _find_lead(self, sentence: Sentence) -> Iterator[Mention]:
        for text in filter(None, (sentence.heading.split(" · ")[-1], sentence.lead)):
            virtual = Sentence(0, len(text), text, Block.TEXT)
            virtual.segments = [0] * len(virtual.tokens)
            mentions = [*find_values(virtual, self._index), *find_times(virtual, find_claims(virtual, []), self._index)]
            for mention in mentions:
                if mention.strength >= 2 or text is sentence.lead:
                    mention.context = True
                    mention.claim = None
                    mention.binding = mention.strength >= (2.5 if text is sentence.lead else 3)
                    yield mention


def _as_quoted(claim: CheckedClaim, passages: list[Passage]) -> CheckedClaim:
    """What stands in a passage of the record's own text needs no look."""
    if claim.verdict not in TO_CHECK:
        return claim
    passage = next((p for p in passages if p.start <= claim.start and claim.end <= p.end), None)
    if passage is None:
        return claim
    return replace(claim, verdict=passage.support.verdict, why=passage.support.why, cells=passage.support.cells)


_ANAPHORA = words("it its this that these those they their he she his her the both")


def _goes_back(sentence: Sentence) -> bool:
    """Whether it goes on about the subjects of the sentence before."""
    return next((t.low for t in sentence.tokens if t.is_word), "") in _ANAPHORA


def _subjects(frame: Frame) -> list[Mention]:
    strong = [m for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2.5 and not m.context]
    for mention in strong:
        mention.context = True
    return strong
