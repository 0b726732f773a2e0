"""One column over another: "USD 245 a night", "CHF 30 a customer", "29.3 litres per 100 km"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame, Scope
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import AVERAGE
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import unit_of_word
from core.evidence.match import fit
from core.evidence.readings.choice import candidates, compatible, factor_for
from core.evidence.readings.nouns import Noun
from core.evidence.readings.workings.joined import joined
from core.evidence.support import CellsOf, Support, derived

_RATES = words("per a an each every one")
_POWERS = re.compile(r"\b(?P<power>square|cubic) (?P<unit>met(?:re|er)s?)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:per|an?|each|every|one) (?:(?P<many>\d+) ?)?(?:[a-z]+ )?(?P<unit>[a-z]+\d?)\b", re.IGNORECASE)
_NEAREST = re.compile(r"\b(?:per|an?|each|every|one) (?:(?P<many>\d+) ?)?(?P<unit>[a-z]+\d?)\b", re.IGNORECASE)


def read(frame: Frame, claim: Claim, _noun: Noun | None) -> Support | None:
    if claim.form not in (Form.DIGITS, Form.WORDS):
        return None
    best: tuple[Fit, Support] | None = None
    for count, many in _counts(frame):
        facts = frame.index.sets[count.set_index]
        named = [c for c in candidates(frame, claim) if c is not count]
        for column in named or [c for c in facts.numbers if compatible(frame, claim, c)]:
            factor = factor_for(claim, column)
            if column is count or column.rates or factor is None:
                continue
            for scope, beside in _scopes(frame, claim, column, facts):
                (rows, total), (_, divisor) = column.filled(scope.mask), count.filled(beside.mask)
                quality = fit(claim, total * factor * many / divisor, sign=False) if rows and divisor else Fit.NO
                if quality is not Fit.NO and (best is None or quality > best[0]):
                    why = f"{column.name} over {count.name} in {scope.facts.name}"
                    cells = [*CellsOf(scope.facts, column, rows), *CellsOf(facts, count, beside.mask)]
                    best = quality, derived(quality, why, cells)
    return best[1] if best else None


def _scopes(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[tuple[Scope, Scope]]:
    """The rows that are meant, and of the set of what is counted those that belong to them."""
    own = frame.index.sets[column.set_index]
    for scope in scopes(frame, own, claim, union=True):
        if own is facts:
            yield scope, scope
        elif scope.restricted:
            yield from ((scope, beside) for beside in joined(frame.index, scope) if beside.facts is facts)


def _counts(frame: Frame) -> Iterator[tuple[Column, float]]:
    """The columns that a rate is told of, and of how many at a time."""
    text = _POWERS.sub(
        lambda m: f"{m['unit'][0].lower()}{'2' if m['power'].lower() == 'square' else '3'}", frame.sentence.text
    )
    patterns = () if frame.words.isdisjoint(_RATES) else (_EACH, _NEAREST)
    named = {m["unit"]: float(m["many"] or 1) for pattern in patterns for m in pattern.finditer(text)}
    told = {stem(word): many for word, many in named.items()}
    units = {unit: many for word, many in named.items() if (unit := unit_of_word(word)) is not None}
    if frame.word_stems & AVERAGE and frame.tokens and frame.tokens[0].stem:
        told[frame.tokens[0].stem] = 1.0  # "customers spent CHF 30 on average"
    for column in frame.index.numbers if told else ():
        many = units.get(column.unit) if column.unit is not None else None
        many = many or next((many for word, many in told.items() if word in column.stems), None)
        if many is not None and not column.rates:
            yield column, many
