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
from core.evidence.language.phases import LASTING, PHASE_STEMS, are_apart, phase_of, phrases_of
from core.evidence.language.stems import stem
from core.evidence.readings.predicates import Subject, is_unsure, rows_about, rows_said, subject_before
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
    yield from _phases(frame)
    yield from _labels(frame)
    if not frame.words.isdisjoint(_LEVELS):
        yield from _levels(frame)
    if frame.index.flags:
        yield from _flags(frame)


def _phases(frame: Frame) -> Iterator[Said]:
    for first, last, told in _phases_told(frame):
        subject = subject_before(frame, first)
        between = subject.between if subject else _lows(frame, first)
        if not _NOT.isdisjoint(between) or (told in LASTING and not _is_now(between)):
            continue
        if first == last and (subject is None or _is_act(frame, first, subject)):
            continue
        there = [_status(facts, row) for facts, row in rows_about(frame, first, subject)]
        if all(told != phase for _, phase in there):
            yield from [Said(first, last, denied) for denied, phase in there if are_apart(told, phase)][:1]


def _status(facts: SetFacts, row: int) -> tuple[Support, str]:
    """The phase a row is in, with what would deny another one; "" where its labels tell none."""
    for column in _status_columns(facts):
        if phase := _phase_told(column.texts[row] or ""):
            return denial(facts, row, column), phase
    return Support(Verdict.IGNORED, ""), ""


def _phases_told(frame: Frame) -> Iterator[tuple[int, int, str]]:
    """First and last token of each, and the phase it tells."""
    start = frame.sentence.start
    for begin, end, phase in phrases_of(frame.sentence.text, frame.words):
        places = [i for i, t in enumerate(frame.tokens) if begin <= t.start - start < end]
        if places:
            yield places[0], places[-1], phase
    for place, token in enumerate(() if frame.word_stems.isdisjoint(PHASE_STEMS) else frame.tokens):
        if phase := phase_of(token.stem):
            yield place, place, phase


def _status_columns(facts: SetFacts) -> list[Column]:
    """Those that are called so first; else any kind that tells of phases."""
    labels = [c for c in facts.columns if c.role is Role.LABEL]
    return sorted(labels, key=lambda c: STATES.isdisjoint(c.stems))


def _lows(frame: Frame, place: int) -> frozenset[str]:
    """The three words before."""
    return frozenset(t.low for t in frame.tokens[max(0, place - 3) : place])


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
        if told in LASTING and not _is_now(subject.between):
            continue
        for facts, row in rows_said(frame, subject):
            column = next((e.column for e in entries if e.column.set_index == facts.index), None)
            text = (column.texts[row] or "") if column is not None else ""
            there = _phase_told(text)
            both = bool(told and there) and not are_apart(told, there)
            if column is not None and text and not both and all(row not in e.rows for e in entries):
                yield Said(mention.last, mention.last, denial(facts, row, column))
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


def _is_now(between: frozenset[str]) -> bool:
    """No "was open" of then, no "the open ticket"."""
    past = not between or not _PAST.isdisjoint(between)
    return not past or "still" in between


def denial(facts: SetFacts, row: int, column: Column) -> Support:
    told = column.texts[row] or next((str(span[0]) for span in (column.spans[row],) if span), "empty")
    return Support(Verdict.CONTRADICTED, f"{where(facts, row)}: {column.name} is {told}.", (facts.cell(row, column),))


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
                yield Said(place, place, denial(facts, row, column))
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
                    yield Said(place, place, denial(facts, 0, column))


def _is_hit(hits: Iterable[Hit], place: int) -> bool:
    return any(hit.place == place and hit.weight == 1.0 for hit in hits)
