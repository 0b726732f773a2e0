"""Words that name columns and sets, and the claims they say it of."""

from __future__ import annotations

from itertools import accumulate

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import SMALL, Frame, Hit
from core.evidence.index.index import Index
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.text.tokens import Token, tokenise


def find_hits(frame: Frame) -> None:
    """Words inside a value of the record name no column ("Open" of a status is no opening)."""
    covered = {
        i for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2.5 for i in range(m.first, m.last + 1)
    }
    for claim in frame.claims:
        if claim.kind is not Kind.NUMBER or claim.form is Form.DIGITS:
            covered.update(range(claim.first, claim.last + 1))
    index = frame.index
    if not frame.word_stems.isdisjoint(index.naming):
        written = _written_sets(frame)
        for place, token in enumerate(frame.tokens):
            if written and place in written:
                frame.set_hits.setdefault(written[place], []).append(Hit(place, 1.0))
            elif token.stem in index.naming and place not in covered and not token.is_digits:
                _hit(frame, index, token.stem, place, _standing(frame.tokens, place))
    for place, column in index.shorthand.find(frame.tokens):
        if place not in covered:
            frame.column_hits.setdefault(id(column), []).append(Hit(place, _SHORTENED))
    lead = frame.sentence.lead
    if lead:
        for token in tokenise(lead):
            if token.stem:
                _hit(frame, index, token.stem, -1, 1.0)


_SHORTENED = 0.9  # what a name's short form may stand for


def _written_sets(frame: Frame) -> dict[int, int]:
    """ "orders_by_month": tokens of a set's name as the record writes it, which names no column `orders`."""
    found: dict[int, int] = {}
    if "_" not in frame.sentence.text:
        return found
    for facts in frame.index.sets:
        size = 2 * facts.name.count("_") + 1
        for at in range(len(frame.tokens) - size + 1 if size > 1 else 0):
            if "".join(t.text for t in frame.tokens[at : at + size]).lower() == facts.name.lower():
                found |= dict.fromkeys(range(at, at + size), facts.index)
    return found


def _standing(tokens: list[Token], place: int) -> float:
    """How far a word may name a column: "totals" is a verb, "largest" a superlative, "after arrival" a reference."""
    low = tokens[place].low
    if low in _VERBS_OF_SUM:
        return 0.4
    if low in _ORDERING:
        return 0.3 if place and tokens[place - 1].low == "the" else 0.4  # "the latest" is no `latest_on`
    before = [t.low for t in tokens[max(0, place - 2) : place]]
    return 0.3 if _REFERENCES & set(before) else 1.0


_VERBS_OF_SUM = words("totals totalled totaled totalling totaling amounts amounted sums best worst most least")


_ORDERING = words("first last latest next previous earlier earliest highest lowest")


_REFERENCES = words("after before since until following prior")


def _hit(frame: Frame, index: Index, word: str, place: int, standing: float) -> None:
    for column, weight in index.column_words.get(word, ()):
        frame.column_hits.setdefault(id(column), []).append(Hit(place, weight * standing))
    for facts, weight in index.set_words.get(word, ()):
        frame.set_hits.setdefault(facts.index, []).append(Hit(place, weight))


def find_owners(frame: Frame) -> None:
    """For each naming word the claims nearest to it: what it says, it says of them."""
    places = {hit.place for hits in frame.column_hits.values() for hit in hits if hit.place >= 0}
    if not places:
        return
    real = [c for c in frame.claims if c.kind is Kind.NUMBER or c.kind is Kind.DATE]
    figures = any(c.kind is Kind.NUMBER for c in real)
    before = [0, *accumulate([(3 if t.low in SMALL else 10) if t.is_word else 0 for t in frame.tokens])]
    for place in places:
        costs = [
            (_distance(frame, place, claim, before, real) + 5 * (figures and claim.kind is Kind.DATE), claim)
            for claim in real
            if not claim.first <= place <= claim.last
        ]
        if costs:
            least = min([cost for cost, _ in costs])
            frame.owners[place] = [claim for cost, claim in costs if cost <= least + 6]


def _distance(frame: Frame, place: int, claim: Claim, before: list[int], claims: list[Claim]) -> int:
    """Words between, more across commas, over other claims, and when the word comes after the figure.

    In tenths of a word; `before` has those before each token.
    """
    low, high = (place, claim.first) if place < claim.first else (claim.last, place)
    cost = before[high] - before[low + 1]
    if frame.groups[place] != frame.groups[claim.first]:
        cost += 40
    for other in claims:
        if low < other.first and other.last < high:
            cost += 30
    return cost + 4 if place > claim.last else cost
