"""States told against the record's own: "The ticket is still open" of one that is solved, "The priority is high", "The
patient does not smoke"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.evidence.columns.column import Column, Role
from core.evidence.conditions import names_flag
from core.evidence.frame.frame import PREPOSITIONS, Frame, Hit
from core.evidence.index.facts import SetFacts
from core.evidence.index.vocabulary import STATES
from core.evidence.language.listed import words
from core.evidence.language.phases import LASTING, PHASE_STEMS, are_apart, phase_of
from core.evidence.language.stems import stem
from core.evidence.readings.predicates import Subject, is_unsure, rows_said, subject_before
from core.evidence.readings.said import Said
from core.evidence.readings.subjects import COPULAS
from core.evidence.support import Support, where
from core.evidence.text.tokens import Token
from core.evidence.verdict import Verdict

_LEVELS = words("high low medium normal urgent critical severe minor major")
_MODAL = words(
    "cannot should could would may might can must will if whether unless until when once partly partially almost"
)
_NOT = words("not never no isn't wasn't hasn't doesn't didn't await awaits awaited awaiting lacks lacked needs")
_PAST = words("was were stayed remained became")
_BEING = words("is are was were been being remains remained remain stays stayed became")
_HAVING = _BEING | words("has have had")
_SURE = 1.6  # strength of a form of a status
_TURNING = ("in", "un", "im", "ir")
_LEAST = 4  # letters of a word that names a flag
_REACH = 4  # words from the subject to what is said of it


def read(frame: Frame) -> Iterator[Said]:
    """Only what the record contradicts."""
    if is_unsure(frame, _MODAL) or frame.sentence.text.endswith("?"):
        return
    if not frame.word_stems.isdisjoint(PHASE_STEMS):
        yield from _phases(frame)
    yield from _labels(frame)
    if not frame.words.isdisjoint(_LEVELS):
        yield from _levels(frame)
    if frame.index.flags:
        yield from _flags(frame)


def _phases(frame: Frame) -> Iterator[Said]:
    for place, token in enumerate(frame.tokens):
        told = phase_of(token.stem)
        subject = subject_before(frame, place) if told else None
        if subject is None or not _NOT.isdisjoint(subject.between):
            continue
        if _is_act(frame, place, subject) or (told in LASTING and _is_over(subject)):
            continue
        for facts, row in rows_said(frame, subject):
            column = next((c for c in facts.columns if c.role is Role.LABEL and STATES & set(c.stems)), None)
            text = (column.texts[row] or "") if column is not None else ""
            there = _phase_told(text)
            if column is not None and there and are_apart(told, there):
                yield _denied(place, facts, row, column)
                break


def _labels(frame: Frame) -> Iterator[Said]:
    """A status in the record's own word, of a row that has another one."""
    for mention in frame.mentions:
        entries = [e for e in mention.entries if e.whole and STATES & set(e.column.stems)]
        if not entries or len(entries) < len(mention.entries) or mention.context or mention.strength < _SURE:
            continue
        subject = subject_before(frame, mention.first)
        if subject is None or subject.between.isdisjoint(_HAVING) or not _NOT.isdisjoint(subject.between):
            continue
        told = phase_of(stem(entries[0].text))
        if told in LASTING and _is_over(subject):
            continue
        for facts, row in rows_said(frame, subject):
            column = next((e.column for e in entries if e.column.set_index == facts.index), None)
            text = (column.texts[row] or "") if column is not None else ""
            there = _phase_told(text)
            both = bool(told and there) and not are_apart(told, there)
            if column is not None and text and not both and all(row not in e.rows for e in entries):
                yield _denied(mention.last, facts, row, column)
                break


def _phase_told(text: str) -> str:
    """ "Not started" is no start."""
    words = text.lower().replace("-", " ").split()
    phase = next((p for word in words if (p := phase_of(stem(word)))), "")
    return "" if "not" in words and phase != "begun" else "draft" if "not" in words else phase


def _is_act(frame: Frame, place: int, subject: Subject) -> bool:
    """ "lost three kilos": done to something else, no state of the subject."""
    after = frame.tokens[place + 1] if place + 1 < len(frame.tokens) else None
    object_after = after is not None and after.is_word and after.low not in PREPOSITIONS
    return object_after and subject.between.isdisjoint(_BEING)


def _is_over(subject: Subject) -> bool:
    """ "was open" then; "the open ticket"."""
    past = not subject.between or not _PAST.isdisjoint(subject.between)
    return past and "still" not in subject.between


def _denied(place: int, facts: SetFacts, row: int, column: Column) -> Said:
    why = f"{where(facts, row)}: {column.name} is {column.texts[row]}."
    return Said(place, place, Support(Verdict.CONTRADICTED, why, (facts.cell(row, column),)))


def _flags(frame: Frame) -> Iterator[Said]:
    """ "still awaits approval" of a row with `approved` true; "does not smoke" of one with `smoker` true."""
    for place, token in enumerate(frame.tokens):
        if not token.is_word or len(token.low) < _LEAST:
            continue
        flags, turned = _flags_told(frame, token)
        subject = subject_before(frame, place) if flags else None
        if subject is None or (not subject.between and not token.low.endswith(("s", "ed"))):
            continue
        for facts, row in rows_said(frame, subject):
            column = next((c for c in flags if c.set_index == facts.index and c.texts[row] is not None), None)
            if column is not None and (column.texts[row] == "true") is not (
                _NOT.isdisjoint(subject.between) is not turned
            ):
                yield _denied(place, facts, row, column)
                break


def _flags_told(frame: Frame, token: Token) -> tuple[list[Column], bool]:
    """The flags a word names, and whether it turns them: "invalid"."""
    flags = [c for c in frame.index.flags if names_flag(token, c)]
    if flags or not token.low.startswith(_TURNING) or len(token.low) < _LEAST + 2:
        return flags, False
    rest = replace(token, low=token.low[2:], stem=stem(token.low[2:]))
    return [c for c in frame.index.flags if names_flag(rest, c)], True


def _levels(frame: Frame) -> Iterator[Said]:
    """ "The priority is high": a column by its name, of the one thing a set is about."""
    tokens = frame.tokens
    for place, token in enumerate(tokens):
        copula = next((i for i in range(max(1, place - _REACH), place) if tokens[i].low in COPULAS), 0)
        if token.low not in _LEVELS or not copula:
            continue
        for facts in frame.index.sets:
            for column in facts.columns if facts.size == 1 else ():
                text = (column.texts[0] or "").lower() if column.role is Role.LABEL else ""
                told = text in _LEVELS and _is_hit(frame.column_hits.get(id(column), ()), copula - 1)
                if told and text != token.low and _NOT.isdisjoint(frame.words):
                    yield _denied(place, facts, 0, column)


def _is_hit(hits: Iterable[Hit], place: int) -> bool:
    return any(hit.place == place and hit.weight == 1.0 for hit in hits)
