"""What a bare number counts: "35 orders", "three of the five open tickets", "number of visits: 4"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.claims import Claim, Form, Kind
from core.evidence.columns import Column, Role
from core.evidence.frame import PREPOSITIONS, Frame
from core.evidence.index import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions import Sort
from core.evidence.text import tokenise

_STOPS = words(
    "is are was were be been being has have had do does did will would can could should may must and "
    "or but that which who whom while came went stood remained remain remains stands fell rose worth together "
    "altogether totalling totaling totalled costing weighing each apiece per than as so if because when where after"
) | (PREPOSITIONS - {"of", "per"})
_LOOK = 7
_COUNT_LEAD = re.compile(
    r"\b(?:number|count|total number|tally) of (?:the )?(?P<np>[\w\s-]{1,40}?)(?:\s(?:is|was|are|were|stands at|stood at|came to|:|=|in \w+|reached|totals?))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Noun:
    """The sets whose rows, and the columns whose values, the number counts. `place`: its token."""

    place: int
    sets: list[tuple[SetFacts, float]]
    columns: list[tuple[Column, float]]
    word: str
    of_total: bool = False  # "4 of the 35": this is the 35
    part: bool = False  # this is the 4

    def allows(self, frame: Frame, column: Column, claim: Claim) -> bool:
        """Whether a cell of this column may be what is counted: its name must say so."""
        if claim.unit is not None:
            return True
        if not self.sets:
            return not (self.part or self.of_total) or bool(self.columns)
        return any(c is column for c, _ in self.columns) or frame.score(column, claim) >= 0.5


def noun_of(frame: Frame, claim: Claim) -> Noun | None:
    """None when the figure counts nothing that has a name here."""
    if claim.kind is not Kind.NUMBER or claim.form is Form.MULTIPLE:
        return None
    if claim.unit is not None and claim.dimension is not Dimension.PERCENT:
        return None
    if (
        claim.dimension is None
        and claim.form is not Form.FRACTION
        and any(not (v + 1e-9).is_integer() and step < 1 for v, step in claim.readings[:1])
    ):
        return None
    of_total = _follows_of(frame, claim)
    place = _after(frame, claim)
    part = False
    if place < 0 and (noun := _pronoun(frame, claim)) is not None:
        return noun
    if place < 0:
        part = _is_part(frame, claim)
        return Noun(claim.last, [], [], "", of_total, part) if of_total or part else None
    return _noun_at(frame, place, of_total, _is_part(frame, claim))


def _follows_of(frame: Frame, claim: Claim) -> bool:
    if claim.unit is not None:
        return False
    before = [t.low for t in frame.tokens[max(0, claim.first - 3) : claim.first]]
    return bool(before) and (
        before[-1] == "of"
        or before[-2:]
        in (["of", "the"], ["of", "all"], ["of", "its"], ["of", "their"], ["of", "her"], ["of", "his"], ["of", "these"])
        or before[-1] in {"all"}
        or before[-2:] == ["all", "the"]
    )


def _is_part(frame: Frame, claim: Claim) -> bool:
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    return bool(after) and (after[0] == "of" or after[:2] == ["out", "of"])


def _after(frame: Frame, claim: Claim) -> int:
    """The token of the counted noun: the last word with a meaning here before a verb, a preposition or a mark."""
    tokens = frame.tokens
    found, sure = -1, False
    at = claim.last + 1
    limit = min(len(tokens), at + _LOOK)
    passed_of = False
    while at < limit:
        token = tokens[at]
        if not token.is_word:
            if token.text in "-*_'’\"“”" or (token.text == "%" and at == claim.last + 1):
                at += 1
                continue
            break
        inside = next((c for c in frame.claims if c.first <= at <= c.last and c is not claim), None)
        if inside is not None:
            if inside.kind is Kind.NUMBER and found < 0 and passed_of:
                at = inside.last + 1
                limit = min(len(tokens), at + _LOOK)
                continue
            break
        if token.low == "of" or (token.low == "out" and at + 1 < len(tokens) and tokens[at + 1].low == "of"):
            if found >= 0:
                break
            passed_of = True
            at += 1
            continue
        if token.low in _STOPS:
            break
        if token.stem in frame.index.set_words:
            found, sure = at, True
        elif not sure and (_is_label(frame, at) or token.stem in frame.index.column_words):
            found = at
        elif sure or token.low.endswith("ing"):
            break
        at += 1
    return found


def _is_label(frame: Frame, at: int) -> bool:
    return any(m.first <= at <= m.last and m.entries and m.sort is Sort.VALUE for m in frame.mentions)


_PRONOUNS = words("them these those which whom")


def _pronoun(frame: Frame, claim: Claim) -> Noun | None:
    """ "seven containers, three of them refrigerated": they are what was counted before."""
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    if not (after[:1] == ["of"] and after[1:2] and after[1] in _PRONOUNS) and not (
        frame.tokens[claim.first - 1 : claim.first] and frame.tokens[claim.first - 1].low in _PRONOUNS
    ):
        if not (after[:1] == ["of"] and after[1:2] == ["which"]):
            return None
    for place in range(claim.first - 1, -1, -1):
        word = frame.tokens[place].stem
        if word and word in frame.index.set_words:
            return _noun_at(frame, place, False, False)
    return None


def _noun_at(frame: Frame, place: int, of_total: bool, part: bool) -> Noun:
    word = frame.tokens[place].stem
    sets = list(frame.index.set_words.get(word, ()))
    if not sets:
        holders = {
            e.column.set_index for m in frame.mentions if m.first <= place <= m.last for e in m.entries if e.whole
        }
        sets = [(frame.index.sets[s], 1.0) for s in sorted(holders)]
    best = max((w for _, w in sets), default=0.0)
    sets = [(facts, weight) for facts, weight in sets if weight >= best]
    columns = [
        (column, weight)
        for column, weight in frame.index.column_words.get(word, ())
        if weight >= 0.5 and (column.is_number or column.role in (Role.LABEL, Role.CODE))
    ]
    return Noun(place, sets, columns, frame.tokens[place].low, of_total, part)


def counted_before(frame: Frame, claim: Claim) -> Noun | None:
    """ "Number of orders: 35", "Open tickets: 4"."""
    start = frame.sentence.start
    lead = frame.sentence.text[max(0, claim.start - start - 70) : claim.start - start]
    match = _COUNT_LEAD.search(lead)
    label = re.search(r"(?P<np>[A-Za-z][\w\s'-]{1,40}?)\s*(?:\*\*)?\s*[:=]\s*(?:\*\*)?\s*$", lead)
    if frame.sentence.lead and not match:
        return _by_words(frame, frame.sentence.lead.split("|")[0])
    if match is None and label is None:
        return None
    chosen = match or label
    return _by_words(frame, chosen["np"]) if chosen else None


def _by_words(frame: Frame, text: str) -> Noun | None:
    for token in reversed(tokenise(text)):
        if token.stem in frame.index.set_words:
            sets = frame.index.set_words[token.stem]
            best = max(w for _, w in sets)
            columns = [(c, w) for c, w in frame.index.column_words.get(token.stem, ()) if w >= 0.5]
            place = next((i for i, t in enumerate(frame.tokens) if t.low == token.low), 0)
            return Noun(place, [(s, w) for s, w in sets if w >= best], columns, token.low)
    return None
