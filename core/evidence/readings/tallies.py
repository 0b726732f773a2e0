"""Counts whose thing stands beside the figure: "open 4, closed 1", "EUR 0.00 in 14 of 18 months"."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column, Role
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Sort
from core.evidence.readings.choice import candidates
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived


def beside(frame: Frame, claim: Claim) -> Support | None:
    """What is counted stands beside the figure in a way of its own."""
    return (
        of_sets(frame, claim)
        or tallied(frame, claim)
        or repeated(frame, claim)
        or lacking(frame, claim)
        or each(frame, claim)
        or of_room(frame, claim)
    )


_SETS = words("sets tables")


def of_sets(frame: Frame, claim: Claim) -> Support | None:
    """ "these 6 sets": of the record itself."""
    after = frame.tokens[claim.last + 1].low if claim.last + 1 < len(frame.tokens) else ""
    if after not in _SETS or claim.unit is not None or claim.value != len(frame.index.sets):
        return None
    return derived(Fit.EXACT, f"the record has {len(frame.index.sets)} sets", [])


_ROWS = words("row rows")


def tells_rows(frame: Frame, claim: Claim) -> bool:
    """ "13 rows": of a set, whatever they are called."""
    after = frame.tokens[claim.last + 1] if claim.last + 1 < len(frame.tokens) else None
    if after is None or after.low not in _ROWS or claim.unit is not None:
        return False
    return after.stem not in frame.index.set_words and after.stem not in frame.index.column_words


def of_rows(frame: Frame, claim: Claim) -> Support | None:
    """All rows of a set that is named, or of any where none is; or those that the words mean."""
    named = [s for s, hits in frame.set_hits.items() if any(h.weight == 1.0 for h in hits)]
    named = named or sorted({c.set_index for c in _labelling(frame, claim)})
    for number in named or range(len(frame.index.sets)):
        facts = frame.index.sets[number]
        for scope in scopes(frame, facts, claim, union=True, free=True):
            if scope.mask.bit_count() == claim.value and facts.columns:
                cells = CellsOf(facts, facts.columns[0], scope.mask)
                return derived(Fit.EXACT, f"count of {claim.text} rows in {facts.name}", cells)
    return None


def _labelling(frame: Frame, claim: Claim) -> list[Column]:
    """ "Main postings: 12 rows": columns that all words before the colon name."""
    if claim.first < 2 or frame.tokens[claim.first - 1].text != ":":
        return []
    told = {t.stem for t in frame.tokens[: claim.first - 1] if t.is_word}
    return [c for c in frame.index.columns if told and told <= set(c.stems)]


def tallied(frame: Frame, claim: Claim) -> Support | None:
    """ "open 4, closed 1": how many rows have the label that stands before the figure."""
    if claim.unit is not None or claim.form is not Form.DIGITS:
        return None
    for mention in frame.mentions:
        between = frame.tokens[mention.last + 1 : claim.first]
        if mention.sort is not Sort.VALUE or mention.last >= claim.first or any(t.text not in ":=(×" for t in between):
            continue
        for entry in mention.entries:
            if entry.whole and entry.column.role is Role.LABEL and len(entry.rows) == claim.value and len(between) <= 1:
                facts = frame.index.sets[entry.column.set_index]
                why = f"count of {len(entry.rows)} rows in {facts.name} with {entry.column.name} {entry.text}"
                return derived(Fit.EXACT, why, [facts.cell(row, entry.column) for row in entry.rows[:MOST_CELLS]])
    return None


def lacking(frame: Frame, claim: Claim) -> Support | None:
    """ "no owner or date for 2 of 5 orders": how many rows leave a column empty that is named, and of how many."""
    if all(c.form is not Form.NONE for c in frame.claims):
        return None
    for none, few, of in zip(frame.claims, frame.claims[1:], frame.claims[2:], strict=False):
        if claim not in (few, of) or none.form is not Form.NONE or not is_of_some(frame, few, of):
            continue
        named = range(none.last + 1, few.first)
        for column in frame.index.columns:
            if not any(hit.place in named for hit in frame.column_hits.get(id(column), ())):
                continue
            facts = frame.index.sets[column.set_index]
            rows = [row for row in range(facts.size) if column.is_empty_at(row)]
            if len(rows) == few.value and facts.size == of.value:
                why = f"{len(rows)} of {facts.size} rows of {facts.name} have no {column.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def is_of_some(frame: Frame, few: Claim, of: Claim) -> bool:
    """ "… for 2 of 5"."""
    return (
        frame.tokens[few.first - 1].low in {"for", "in", "on"}
        and frame.tokens[few.last + 1].low == "of"
        and of.first == few.last + 2
    )


def of_room(frame: Frame, claim: Claim) -> Support | None:
    """ "84 of 120", "26 of 28 beds": what a row has of what it has room for."""
    if "of" not in frame.words or claim.unit is not None or claim.form is not Form.DIGITS:
        return None
    for few, of in pairwise(frame.claims):
        if claim not in (few, of) or of.first != few.last + 2 or frame.tokens[few.last + 1].low != "of":
            continue
        for room in frame.index.numbers:
            facts = frame.index.sets[room.set_index]
            if not (room.is_room or few.form is Form.ORDINAL) or of.unit is not None or few.unit is not None:
                continue
            for scope in scopes(frame, facts, claim)[:1]:
                rows = room.rows_between(of.value, of.value) & scope.mask
                for column in facts.numbers if rows else ():
                    both = rows & column.rows_between(few.value, few.value)
                    if column is not room and both and column.unit == room.unit and few.value <= of.value:
                        row = (both & -both).bit_length() - 1
                        why = f"{column.name} and {room.name} of {facts.name}"
                        return derived(Fit.EXACT, why, [facts.cell(row, c) for c in (column, room)])
    return None


def repeated(frame: Frame, claim: Claim) -> Support | None:
    """ "EUR 0.00 in 14 of 18 months": how many rows have the figure told just before; and that figure."""
    if "in" not in frame.words:
        return None
    for figure in frame.claims:
        if figure.kind is not Kind.NUMBER or figure.form is not Form.DIGITS:
            continue
        count = next((c for c in frame.claims if c.first == figure.last + 2 and c.kind is Kind.NUMBER), None)
        if count is None or claim not in (figure, count) or count.unit is not None:
            continue
        if frame.tokens[figure.last + 1].low != "in":
            continue
        for column in candidates(frame, figure):
            rows = column.rows_between(figure.value, figure.value)
            if rows and rows.bit_count() == count.value:
                facts = frame.index.sets[column.set_index]
                why = f"{rows.bit_count()} rows of {facts.name} have {column.name} {figure.text}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def each(frame: Frame, claim: Claim) -> Support | None:
    """ "two from each side", "Novak and Ito two each": several values of a column have that many rows."""
    after = {t.low for t in frame.tokens[claim.last + 1 : claim.last + 4]}
    if frame.tokens[0].low in {"each", "every"} and claim.first > 1:
        return _for_every(frame, claim)
    if claim.unit is not None or claim.form not in (Form.DIGITS, Form.WORDS) or not {"each", "apiece"} & after:
        return None
    others = any(m.sort is Sort.VALUE and m.strength >= _PLAIN and not m.context for m in frame.mentions)
    for facts in frame.index.sets:
        for column in facts.columns:
            if column.role is not Role.LABEL or not 2 <= column.distinct <= _FEW_VALUES:
                continue
            held = Counter(text for text in column.texts if text)
            alike = [text for text, count in held.items() if count == claim.value]
            named = [m for m in frame.mentions if any(e.column is column for e in m.entries) and not m.context]
            told = {e.text for m in named for e in m.entries if e.column is column}
            if not told and others:
                continue  # "Lindqvist and Amari hold two awards each" says nothing of the kinds of cost
            if len(alike) > 1 and (told <= set(alike) or not told or len(told & set(alike)) > 1):
                why = f"{claim.text} rows of {facts.name} each for {', '.join(alike[:4])} ({column.name})"
                rows = [row for row, text in enumerate(column.texts) if text in alike]
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def _for_every(frame: Frame, claim: Claim) -> Support | None:
    """ "Each handler has two files": all values of a named column have that many rows."""
    for column, weight in frame.index.column_words.get(frame.tokens[1].stem, ()):
        if weight == 1.0 and column.role is Role.LABEL and claim.unit is None:
            facts = frame.index.sets[column.set_index]
            if {count for text, count in Counter(column.texts).items() if text} == {claim.value}:
                why = f"every {column.name} has {claim.text} rows of {facts.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, facts.all))
    return None


_PLAIN = 2  # strength of a mention
_FEW_VALUES = 12
