"""Statuses, names and other labels said of one clearly named row: "O-1 was returned", "Lot 7 is in Hamburg"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Kind
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import rows_of
from core.evidence.conditions import PENDING
from core.evidence.frame.frame import Frame
from core.evidence.index.vocabulary import STATES, STATUS
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, stem
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.predicates import is_unsure
from core.evidence.readings.ranks import holds_extreme
from core.evidence.readings.said import Said
from core.evidence.readings.subjects import COPULAS, is_dated_row, is_single, row_meant, subject_of
from core.evidence.support import Support, where
from core.evidence.text.tokens import Token
from core.evidence.verdict import Verdict

_CONTRASTS = words(
    "unlike than instead versus vs compared contrast rather besides apart against similar like "
    "between or if whether from before after beside near"
)


_MODAL = words("should could would may might can cannot must will if whether unless until when once")


def read(frame: Frame) -> Iterator[Said]:
    """Contradicted ones, and those that hold, in the order of the sentence."""
    if is_unsure(frame, _MODAL) or frame.sentence.text.endswith("?"):
        return
    subjects = [m for m in frame.mentions if m.sort is Sort.VALUE and m.strength >= 2 and is_single(frame, m)]
    subjects = [m for m in subjects if not all(STATES & set(e.column.stems) for e in m.entries)]  # "approved"
    subjects += [m for m in frame.mentions if m.sort is Sort.TIME and not m.context and is_dated_row(frame, m)]
    if not subjects:
        return
    for mention in frame.mentions:
        if mention.sort is not Sort.VALUE or mention.context:
            continue
        if mention.entries and mention.strength < 1.6 and not _is_state(frame, mention):
            continue
        subject = subject_of(frame, mention, subjects)
        if subject is None or not _is_predicate(frame, mention, subject):
            continue
        said = _judge(frame, mention, subject)
        if said is not None:
            yield said


def _is_state(frame: Frame, mention: Mention) -> bool:
    """ "is in range": the whole of a status in plain words, directly behind the verb."""
    before = frame.tokens[mention.first - 1].low if mention.first else ""
    whole = all(e.whole and STATUS & set(e.column.stems) for e in mention.entries)
    return before in COPULAS and mention.last > mention.first and whole


def _is_predicate(frame: Frame, mention: Mention, subject: Mention) -> bool:
    """Whether the sentence says the label of the subject, rather than mentioning it beside."""
    low, high = sorted((mention, subject), key=lambda m: m.first)
    between = frame.tokens[low.last + 1 : high.first]
    between_words = [t.low for t in between if t.is_word]
    before = [t.low for t in frame.tokens[max(0, mention.first - 3) : mention.first]]
    contrasts = _CONTRASTS if "to" in frame.words or "apart" in frame.words else _CONTRASTS - {"from"}
    if len(between_words) > 9 or not contrasts.isdisjoint(between_words) or not contrasts.isdisjoint(before):
        return False
    if mention.strength >= 2.5:
        return True
    if not mention.entries:
        return mention.first > subject.first and len(between_words) <= 3
    if mention.first < subject.first:  # "the billing ticket TKT-0966"
        return len(between_words) <= 1 and all(frame.index.set_words.get(stem(word)) for word in between_words)
    if mention.strength < 2 and mention.first == subject.last + 1:  # "the run of 9 January passed"
        return True
    return mention.first > subject.first and (
        any(word in COPULAS for word in between_words) or any(t.text in ":(" for t in between) or mention.negated
    )


def _judge(frame: Frame, mention: Mention, subject: Mention) -> Said | None:
    if not mention.entries:
        return _judge_flag(frame, mention, subject)
    checked: list[tuple[Column, int]] = []
    for entry in mention.entries:
        if entry.column.role is not Role.LABEL or not entry.whole:
            continue
        option = row_meant(frame, subject, entry.column.set_index)
        if option is None:
            continue
        if option in entry.rows:
            return _said(frame, mention, entry.column, option, holds=not mention.negated)
        checked.append((entry.column, option))
    if not checked:
        return None
    column, row = checked[0]
    if column.texts[row] is None or _mentioned_in_row(frame, mention, subject) or is_event(frame, mention):
        return None
    if column.distinct == 1 or (mention.strength < 2.5 and column.distinct > 25):
        return None
    return _said(frame, mention, column, row, holds=mention.negated)


def _judge_flag(frame: Frame, mention: Mention, subject: Mention) -> Said | None:
    """ "E-1041 works remotely" against a column of true and false."""
    between = {t.low for t in frame.tokens[subject.last + 1 : mention.first]}
    if mention.slot == "if:late":
        for number in mention.options:
            row = row_meant(frame, subject, number)
            if row is not None and len(between) <= _VERBS:
                return _punctual(frame, mention, number, row)
        return None
    for column in mention.conditions:
        row = row_meant(frame, subject, column.set_index)
        if row is None:
            continue
        if column.role is Role.FLAG and column.texts[row] is not None:
            meant = any(mask >> row & 1 for mask in mention.options[column.set_index])
            return _said(frame, mention, column, row, holds=meant is not mention.negated)
        if column.role is Role.TIME and _is_now(frame, mention, between) and not is_event(frame, mention):
            return _happened(frame, mention, column, row)
    return None


def _is_now(frame: Frame, mention: Mention, between: set[str]) -> bool:
    """What "was open" may have ended since."""
    pending = frame.tokens[mention.first].low in PENDING
    return bool(between & COPULAS) and not (pending and between & _PAST and "still" not in between)


_PAST = words("was were stayed remained became")
_VERBS = 3  # words of a sentence's verb: "left", "was delivered"


def _punctual(frame: Frame, mention: Mention, number: int, row: int) -> Said:
    facts = frame.index.sets[number]
    late, _ = frame.index.punctual[number]
    holds = any(mask >> row & 1 for mask in mention.options[number])
    why = f"{where(facts, row)} is {'late' if late >> row & 1 else 'on time'}."
    verdict = Verdict.FOUND if holds else Verdict.CONTRADICTED
    return Said(mention.first, mention.last, Support(verdict, why, (facts.cell(row, facts.columns[0]),)))


def _happened(frame: Frame, mention: Mention, column: Column, row: int) -> Said:
    """ "J-866 is still open" against the day it was closed."""
    facts = frame.index.sets[column.set_index]
    holds = any(mask >> row & 1 for mask in mention.options[column.set_index])
    span = column.spans[row]
    why = f"{where(facts, row)}: {column.name} is {span[0] if span else 'empty'}."
    verdict = Verdict.FOUND if holds else Verdict.CONTRADICTED
    return Said(mention.first, mention.last, Support(verdict, why, (facts.cell(row, column),)))


def _mentioned_in_row(frame: Frame, mention: Mention, subject: Mention) -> bool:
    """Whether any set has the label in a row of the subject, in whatever column."""
    words = fold(mention.text)
    for number, options in subject.options.items():
        facts = frame.index.sets[number]
        for mask in options:
            if facts.size > 1 and mask == facts.all:
                continue
            for row in rows_of(mask)[:40]:
                if any(
                    words in fold(text) for c in facts.columns if (text := c.texts[row]) and _tells(c, mention, subject)
                ):
                    return True
        for mask in mention.options.get(number, ()):
            if any(mask & option for option in options):
                return True
    return False


def _tells(column: Column, mention: Mention, subject: Mention) -> bool:
    """Free text may tell of a place or a person; that it has the word "solved" does not make a status."""
    if column.role is not Role.PROSE:
        return True
    few = any(e.column.distinct <= 4 for e in mention.entries)
    same = any(e.column.set_index == column.set_index for e in mention.entries)
    return mention.strength >= 2.5 and (same or not few)


def is_event(frame: Frame, mention: Mention) -> bool:
    """ "was shipped on 3 May": told with its date, it is the event, not the status; the date is checked."""
    after: list[Token] = frame.tokens[mention.last + 1 : mention.last + 4]
    dated = any(c.kind is Kind.DATE and mention.last < c.first <= mention.last + 3 for c in frame.claims)
    word = stem(frame.tokens[mention.last].low)
    timed = any(word in c.stems for facts in frame.index.sets for c in facts.times)
    return (dated or any(t.low in {"by", "via", "from", "to", "after", "within", "late"} for t in after[:1])) and timed


def _said(frame: Frame, mention: Mention, column: Column, row: int, *, holds: bool) -> Said:
    facts = frame.index.sets[column.set_index]
    cell = (facts.cell(row, column),)
    fact = f"{where(facts, row)}: {column.name} is {column.texts[row]}"
    if holds:
        return Said(mention.first, mention.last, Support(Verdict.FOUND, fact + ".", cell))
    return Said(mention.first, mention.last, Support(Verdict.CONTRADICTED, fact + ".", cell))


def superlatives(frame: Frame) -> Iterator[Said]:
    """ "O-1 is the largest order", "Hamburg handled the most": the named one must be at the extreme."""
    for mention in frame.mentions if frame.extremes else ():
        timed = mention.sort is Sort.TIME and not mention.open_end
        if mention.context or not (timed or (mention.sort is Sort.VALUE and mention.strength >= 2 and mention.entries)):
            continue
        verdict = holds_extreme(frame, mention)
        if verdict is not None:
            yield Said(mention.first, mention.last, verdict)
