"""Names and kinds told of the one thing a set is about: "The head nurse is Anna Roth", "on the Enterprise plan"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.columns.column import Column, Role
from core.evidence.frame.frame import Frame
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.readings.said import Said
from core.evidence.support import Support, where
from core.evidence.text.tokens import Token
from core.evidence.verdict import Verdict

_IS = words("is was : =")
_OPEN = words("not never no if whether should could would may might can must will or than unlike like called")
_MOST = 4  # words of a name
_ENDS = frozenset(".,;!?)")


def read(frame: Frame) -> Iterator[Said]:
    """Only what the record contradicts: a name in capitals that is neither the column's value nor a part of it."""
    if not (frame.column_hits or frame.fields) or not frame.words.isdisjoint(_OPEN):
        return
    places = {h.place for hits in frame.column_hits.values() for h in hits if h.weight >= _OWN}
    for place in sorted(places | {name.last for name in frame.fields}):
        columns = _told_in_full(frame, place)
        if not columns:
            continue
        told = _name_after(frame.tokens, place) or _name_first(frame.tokens, place, columns)
        told = told or _name_before(frame.tokens, place, columns)
        if told is not None and all(_differs(frame.tokens[told[0] : told[1] + 1], c) for c in columns):
            column = columns[0]
            facts = frame.index.sets[column.set_index]
            why = f"{where(facts, 0)}: {column.name} is {column.texts[0]}."
            yield Said(*told, Support(Verdict.CONTRADICTED, why, (facts.cell(0, column),)))


def _told_in_full(frame: Frame, place: int) -> list[Column]:
    """Label columns of sets with one row, all of whose name's words end at this one."""
    found: list[Column] = []
    if place < 0:
        return found
    for key, hits in frame.column_hits.items():
        if not any(h.place == place and h.weight >= _OWN for h in hits):
            continue
        column = frame.index.by_id[key]
        told = {t.stem for t in frame.tokens[max(0, place - len(column.stems)) : place + 1]}
        if column.role is Role.LABEL and frame.index.sets[column.set_index].size == 1 and told.issuperset(column.stems):
            found.append(column)
    named = (c for name in frame.fields if name.last == place for c in name.columns if c not in found)
    found += (c for c in named if c.role is Role.LABEL and frame.index.sets[c.set_index].size == 1)
    return [c for c in found if c.texts[0]]


_OWN = 0.6


def _name_after(tokens: list[Token], place: int) -> tuple[int, int] | None:
    """ "… is Anna Roth.": what stands behind the verb in capitals, up to a mark or the end."""
    first = place + 2
    if first >= len(tokens) or tokens[place + 1].low not in _IS:
        return None
    last = first - 1
    while last + 1 < len(tokens) and tokens[last + 1].text[:1].isupper() and tokens[last + 1].text[:1].isalpha():
        last += 1
    ended = last + 1 == len(tokens) or tokens[last + 1].text in _ENDS
    return (first, last) if first <= last < first + _MOST and ended else None


def _name_first(tokens: list[Token], place: int, columns: list[Column]) -> tuple[int, int] | None:
    """ "Belgium is the governing law": the name begins the sentence, nothing but the verb before the column's name."""
    first = place - min(len(c.stems) for c in columns) + 1
    if tokens[first - 1].low not in {"the", "its", "our", "their"} or tokens[first - 2].low not in {"is", "was"}:
        return None
    last = first - 3
    name = (
        0 <= last < _MOST
        and tokens[0].low not in _PRONOUNS
        and all(t.text[:1].isupper() and t.is_word for t in tokens[: last + 1])
    )
    return (0, last) if name else None


_PRONOUNS = words("it this that he she there they these those here what who which")


def _name_before(tokens: list[Token], place: int, columns: list[Column]) -> tuple[int, int] | None:
    """ "the Enterprise plan": one word in capitals between the article and a column called by this word alone."""
    if place < 2 or tokens[place - 2].low not in {"the", "a", "an"} or any(len(c.stems) > 1 for c in columns):
        return None
    return (place - 1, place - 1) if tokens[place - 1].text[:1].isupper() else None


def _differs(told: list[Token], column: Column) -> bool:
    there = set(fold(column.texts[0] or "").replace("-", " ").replace(",", " ").split())
    said = {t.low for t in told}
    return not said <= there and not there <= said and not any(c.isdigit() for c in column.texts[0] or "")
