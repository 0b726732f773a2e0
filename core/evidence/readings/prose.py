"""A figure that stands inside free text: a note, a subject, a clause."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Role
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.index.words import STOP
from core.evidence.language.listed import words
from core.evidence.language.synonyms import synonyms
from core.evidence.match import convert, fit
from core.evidence.mentions.mention import Sort
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict


def _near(frame: Frame, claim: Claim) -> set[str]:
    before = [t.stem for t in frame.tokens[max(0, claim.first - 4) : claim.first] if t.is_word]
    after = [t.stem for t in frame.tokens[claim.last + 1 : claim.last + 5] if t.is_word]
    return {*before[-2:], *after[:2]}


def _holds(frame: Frame, claim: Claim, scope: Scope, row: int) -> bool:
    if not scope.mask >> row & 1:
        return False
    left = narrow(frame, claim, scope)
    return left is None or bool(left >> row & 1)


def read(frame: Frame, claim: Claim) -> Support | None:
    """Only in rows the words allow, and with the same unit where the text has one."""
    if claim.form in (Form.FRACTION, Form.MULTIPLE, Form.ORDINAL, Form.NONE):
        return None
    if (pair := _pair(frame, claim)) is not None:
        return _pair_in_text(frame, claim, pair)
    for value, _ in claim.readings:
        for entry in frame.index.text_figures.get(value, ()):
            if entry.unit is not None and claim.unit is not None and convert(claim.unit, entry.unit) != 1.0:
                continue
            if (claim.unit is None or entry.unit is None) and value < 100 and not entry.near & _near(frame, claim):
                continue
            if fit(claim, value) is Fit.NO:
                continue
            facts = frame.index.sets[entry.column.set_index]
            row = (c.texts[entry.row] for c in facts.columns if c.role in (Role.CODE, Role.LABEL, Role.PROSE))
            about = any(text and is_about(frame, claim, text) for text in row)
            if any(
                (about or scope.used) and _holds(frame, claim, scope, entry.row)
                for scope in scopes(frame, facts, claim)
            ):
                why = f"{where(facts, entry.row)}: stands in the text of {entry.column.name}."
                return Support(Verdict.FOUND, why, (facts.cell(entry.row, entry.column),))
    return None


_PAIR = re.compile(r"(?<![\w/.,-])\d{1,4}/\d{1,4}(?![\w/]|[.,-]\d)")


def _pair(frame: Frame, claim: Claim) -> str | None:
    """ "142/76": two figures that are one reading."""
    sentence = frame.sentence
    for match in _PAIR.finditer(sentence.text) if "/" in sentence.text else ():
        if match.start() + sentence.start <= claim.start and claim.end <= match.end() + sentence.start:
            return match.group()
    return None


def _pair_in_text(frame: Frame, claim: Claim, pair: str) -> Support | None:
    for entry in frame.index.text_figures.get(float(pair.split("/")[0]), ()):
        facts = frame.index.sets[entry.column.set_index]
        if pair not in _PAIR.findall(entry.column.texts[entry.row] or ""):
            continue
        if _is_of_named(frame, claim, facts, entry.row):
            why = f"{where(facts, entry.row)}: stands in the text of {entry.column.name}."
            return Support(Verdict.FOUND, why, (facts.cell(entry.row, entry.column),))
    return None


def _is_of_named(frame: Frame, claim: Claim, facts: SetFacts, row: int) -> bool:
    """Whether the row is of the nearest date told, of what is named in full, and at the end a superlative means."""
    left = narrow(frame, claim, Scope(facts, facts.all, ()))
    if extremes_of(frame, claim) and (left is None or not left >> row & 1):
        return False
    named = [m for m in frame.mentions if facts.index in m.options and not m.context]
    times = sorted((m for m in named if m.sort is Sort.TIME), key=lambda m: abs(m.first - claim.first))
    binding = [*times[:1], *(m for m in named if m.sort is Sort.VALUE and m.strength >= 3)]
    return all(any(mask >> row & 1 for mask in m.options[facts.index]) for m in binding)


def is_about(frame: Frame, claim: Claim, text: str) -> bool:
    """Whether a word of the sentence, or one that may stand for it, is in the text: the same figure alone is chance."""
    if frame.tokens[0].low in _GOES_ON and claim.first <= 2:
        return True  # "it was 90 days": of what the clause before named
    there = frame.index.stems_of(text)
    return any(
        t.stem in there or not there.isdisjoint(synonyms(t.stem))
        for place, t in enumerate(frame.tokens)
        if t.is_word and t.low not in STOP and not claim.first <= place <= claim.last
    )


_GOES_ON = words("it its this that these those they")
