"""What a sentence claims, in reading order.

Recognises how things are written; whether the record carries them is decided elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from core.evidence.claims.bounds import find_bounds
from core.evidence.claims.citations import find_citations
from core.evidence.claims.claim import Claim, Kind
from core.evidence.claims.digits import find_digits
from core.evidence.claims.identifiers import SECTION, find_codes, find_skipped
from core.evidence.claims.idioms import find_idioms
from core.evidence.claims.ranges import join_compounds, share_units
from core.evidence.claims.ratios import find_fractions, find_multiples, find_ordinals
from core.evidence.claims.spelled import find_dozens, find_nothing, find_words
from core.evidence.language.dates import find_moments
from core.evidence.text.blocks import Block
from core.evidence.text.sentences import Sentence


class _Taken:
    """Which characters of the sentence are spoken for."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self._mask = 0  # bit n is character n

    def add(self, start: int, end: int) -> None:
        self._spans.append((start, end))
        self._mask |= (1 << end - start) - 1 << start

    def ends_within(self, start: int, end: int) -> bool:
        """Whether all that overlaps ends where this one does: the "19:30" of a date with its time."""
        return all(start < a and b == end for a, b in self._spans if start < b and a < end)

    def overlaps(self, start: int, end: int) -> bool:
        return self._mask >> start & (1 << end - start) - 1 != 0


def find_claims(sentence: Sentence, known: list[tuple[int, int]]) -> list[Claim]:
    """Claims in reading order, not overlapping. `known`: places of values of the record, which are not read again."""
    text, offset = sentence.text, sentence.start
    taken = _Taken()
    for start, end in known:
        taken.add(start - offset, end - offset)
    claims: list[Claim] = []
    for citation in find_citations(sentence):
        taken.add(citation.start - offset, citation.end - offset)
    has_digit = any(c.isdigit() for c in text)
    if has_digit:
        if sentence.block is Block.HEADING and (section := SECTION.match(text.lstrip("# "))):
            start = text.index(section.group().strip()[0])
            taken.add(start, start + len(section.group().strip()))
        for claim in find_skipped(text, sentence.words):
            if not taken.overlaps(claim.start, claim.end):
                taken.add(claim.start, claim.end)
                claims.append(claim)
    for claim in find_idioms(text, sentence.words):
        if not taken.overlaps(claim.start, claim.end):
            taken.add(claim.start, claim.end)
            claims.append(claim)
    for found in find_moments(text):
        if not taken.overlaps(found.start, found.end) or taken.ends_within(found.start, found.end):
            taken.add(found.start, found.end)
            claims.append(Claim(found.start, found.end, text[found.start : found.end], Kind.DATE, moment=found.moment))
    claims.extend(_figures(text, sentence.words, has_digit, taken))
    claims.sort(key=lambda claim: claim.start)
    claims = join_compounds(claims, text)
    share_units(claims, text)
    _place(claims, sentence)
    find_bounds(claims, sentence)
    return claims


def _figures(text: str, words: frozenset[str], has_digit: bool, taken: _Taken) -> Iterator[Claim]:
    for claims in (
        find_multiples(text, words),
        find_fractions(text, words),
        find_ordinals(text, words),
        find_codes(text) if has_digit else (),
        find_digits(text, taken.overlaps) if has_digit else (),
        find_dozens(text, words),
        find_nothing(text, words),
        find_words(text, words),
    ):
        for claim in claims:
            if not taken.overlaps(claim.start, claim.end):
                taken.add(claim.start, claim.end)
                yield claim


def _place(claims: list[Claim], sentence: Sentence) -> None:
    """Places in the answer instead of the sentence, and the tokens each claim covers."""
    if not claims:
        return
    starts, ends = [t.start for t in sentence.tokens], [t.end for t in sentence.tokens]
    for claim in claims:
        claim.start += sentence.start
        claim.end += sentence.start
        claim.first = max(0, min(bisect_right(ends, claim.start), len(ends) - 1))
        claim.last = max(claim.first, bisect_left(starts, claim.end) - 1)
