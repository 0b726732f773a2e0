"""The check: every figure, date and identifier of an answer against the record it was made from.

Each sentence is linked to the record (`frame`), then each claim is read in the ways a record can carry it: a cell, a
count, a total, two values set against each other, a length of time, free text. The first way that holds is the
verdict; when none does, the verdict says whether the figure stands elsewhere in the record.
"""

from __future__ import annotations

from dataclasses import replace

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
from core.evidence.text.tokens import tokenise
from core.evidence.verdict import TO_CHECK, CheckedClaim, Evidence
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
        spoken = sentences(answer)
        needed = next((one.paragraph for one in spoken if one.start >= start), paragraph)
        for sentence in spoken:
            if sentence.paragraph < needed:
                continue  # a paragraph names nothing for the next one
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
                claims += check_sentence(frame)
            context = _subjects(frame) or context
            if len(claims) > MOST_CLAIMS:
                break
        if any(claim.verdict in TO_CHECK for claim in claims):
            passages = self._quotes.find(answer)
            claims = [_as_quoted(claim, passages) for claim in claims]
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
