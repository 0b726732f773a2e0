"""What happened on a date, and which dates of the record are of another event: "signed on" is not `starts_on`."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.index.states import DONE, DUE
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.synonyms import synonyms


def event_of(frame: Frame, claim: Claim) -> str:
    """ "was last updated on 3 May": the stem of what happened then; "" when the words before the date tell no event."""
    before = frame.tokens[max(0, claim.first - 3) : claim.first]
    if before and (before[-1].low in _WHEN or before[-1].text == "("):
        before.pop()
    return before[-1].stem if before and before[-1].is_word and _PARTICIPLE.fullmatch(before[-1].low) else ""


def happens(frame: Frame, event: str, column: Column) -> bool:
    """Whether a column may tell when the event was: not where it is called after another event."""
    if event in _ANY_EVENT or not synonyms(event) or event in frame.index.vocabulary.labels:
        return True
    if event in frame.index.sets[column.set_index].nouns or not any(synonyms(part) for part in column.stems):
        return True
    return any(c is column for c, _ in frame.index.column_words.get(event, ()))


def done_instead(frame: Frame, claim: Claim, facts: SetFacts, column: Column) -> Column | None:
    """ "was held on 13 July": not the day it was planned for, where the row has the one day that it was done."""
    if (
        DUE.isdisjoint(column.stems)
        or not frame.word_stems.isdisjoint(_DUE_TOLD)
        or any(h.weight >= _NAMED and h.place >= 0 for h in frame.column_hits.get(id(column), ()))
    ):
        return None
    lead = frame.tokens[max(0, claim.first - _REACH) : claim.first]
    if not any(_PARTICIPLE.fullmatch(t.low) or t.low in _PAST for t in lead):
        return None
    done = [c for c in facts.times if not DONE.isdisjoint(c.stems)]
    return done[0] if len(done) == 1 else None


_REACH = 6  # words from what happened to its date
_NAMED = 0.6
_PAST = words("was were took came went left began ended did")
_DUE_TOLD = DUE | {stem(w) for w in words("should ought supposed meant plan deadline before after until by early late")}


def rows_of_event(frame: Frame, event: str, facts: SetFacts, column: Column) -> int:
    """Where each row is called after what falls on its date ("End of the term"), those not called after another."""
    if any(synonyms(part) for part in column.stems) or not synonyms(event) or event in _ANY_EVENT:
        return facts.all
    labels = next((c for c in facts.columns if c.role is Role.LABEL and c.distinct == facts.size > 1), None)
    if labels is None:
        return facts.all
    told = [frame.index.stems_of(text or "") for text in labels.texts]
    others = [row for row, stems in enumerate(told) if any(synonyms(s) for s in stems)]
    own = [row for row in others if event in told[row] or not synonyms(event).isdisjoint(told[row])]
    return facts.all & ~mask_of(set(others) - set(own))


def tells(frame: Frame, event: str, text: str) -> bool:
    """Whether a date in the text may be when the event was: not where the text tells of another one."""
    there = frame.index.stems_of(text)
    if event in there or not synonyms(event).isdisjoint(there):
        return True
    others = there if synonyms(event) and event not in _ANY_EVENT else ()
    return not any(c.role is Role.TIME for s in (event, *others) for c, _ in frame.index.column_words.get(s, ()))


_WHEN = words("on in by at")
_PARTICIPLE = re.compile(r"[a-z]{2,}ed|sent|paid|sold|bought|lent|built|held|begun|born|taken|given|withdrawn")
_ANY_EVENT = frozenset(stem(w) for w in words("expected planned requested recorded registered reported measured"))
