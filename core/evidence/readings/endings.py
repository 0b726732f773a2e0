"""Whether something is over, by the day that it ended: "DEV-5561 is still open" against `closed_on`, "EX-8820 was
delivered" where `delivered_on` is empty."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Kind
from core.evidence.columns.column import Column, Role
from core.evidence.conditions import ENDS, PENDING
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.phases import phase_of
from core.evidence.language.stems import stem
from core.evidence.language.synonyms import are_synonyms
from core.evidence.readings.predicates import is_unsure, rows_about, subject_before
from core.evidence.readings.said import Said
from core.evidence.readings.states import denial

_MODAL = words("should could would may might can cannot must will if whether unless until when once to almost partly")
_NOT = words("not never no yet isn't wasn't hasn't await awaits awaited awaiting")
_BEING = words("is are was were been being remains remain stays has have had got gets")
_PAST = words("was were had")
_RUNNING = frozenset(stem(w) for w in words("end expire expiry valid until stop departure checkout"))
"""Of what may lie ahead: a contract that ends next year is active."""


def read(frame: Frame) -> Iterator[Said]:
    """Only what the record contradicts."""
    if is_unsure(frame, _MODAL) or frame.sentence.text.endswith("?"):
        return
    for place, token in enumerate(frame.tokens):
        pending = token.low in PENDING and token.low != "still"
        if not pending and not token.low.endswith(("ed", "en", "d", "t", "n")):
            continue
        subject = subject_before(frame, place)
        between = subject.between if subject else frozenset(t.low for t in frame.tokens[max(0, place - 4) : place])
        if between.isdisjoint(_BEING) or not between.isdisjoint(_NOT):
            continue
        if pending and not between.isdisjoint(_PAST) and "still" not in between:
            continue
        if not pending and any(c.kind is Kind.DATE and place < c.first <= place + 3 for c in frame.claims):
            continue  # the date is checked
        for facts, row in rows_about(frame, place, subject):
            column = _still_open(frame, facts, row) if pending else _not_done(facts, row, token.stem)
            if column is not None:
                yield Said(place, place, denial(facts, row, column))
                break


def _still_open(frame: Frame, facts: SetFacts, row: int) -> Column | None:
    """The day it was closed; none where it lies ahead, or a label tells of a phase."""
    if any(
        phase_of(stem(word)) for c in facts.columns if c.role is Role.LABEL for word in (c.texts[row] or "").split()
    ):
        return None
    ends = [c for c in facts.times if not ENDS.isdisjoint(c.stems) and _RUNNING.isdisjoint(c.stems)]
    over = [c for c in ends if (span := c.spans[row]) and (frame.index.today is None or span[0] <= frame.index.today)]
    return over[0] if len(over) == len(ends) == 1 else None


def _not_done(facts: SetFacts, row: int, told: str) -> Column | None:
    """The one column of when it was done, where it is empty."""
    own = [c for c in facts.times_or_empty if any(told == s or are_synonyms(told, s) for s in c.stems)]
    own = [c for c in own if not ENDS.isdisjoint(c.stems)]
    return own[0] if len(own) == 1 and own[0].spans[row] is None else None
