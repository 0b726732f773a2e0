"""The named row that something is said of."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Kind
from core.evidence.columns.column import Role
from core.evidence.columns.rows import rows_of
from core.evidence.frame.binding import bind
from core.evidence.frame.frame import Frame
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention


def is_single(frame: Frame, mention: Mention) -> bool:
    """Whether the mention names one row of a set that has several, by a value no other row has.

    A label does so where most rows have their own, or before what its row is called: "the clutch job"."""
    after = frame.tokens[mention.last + 1].stem if mention.last + 1 < len(frame.tokens) else ""
    return any(
        e.whole
        and len(e.rows) == 1
        and frame.index.sets[e.column.set_index].size > 1
        and (
            e.column.role is Role.CODE
            or e.column.distinct * 2 > sum(t is not None for t in e.column.texts)
            or after in frame.index.sets[e.column.set_index].nouns
        )
        for e in mention.entries
    )


def is_dated_row(frame: Frame, mention: Mention) -> bool:
    """ "the run of 9 January", "the May pledge": a date that leaves one row of a set the sentence names beside it."""
    near = {*range(mention.first - 4, mention.first), mention.last + 1}
    sets = {s for s, hits in frame.set_hits.items() for h in hits if h.place in near and h.weight == 1.0}
    kept = {s: masks for s, masks in mention.options.items() if s in sets and any(m.bit_count() == 1 for m in masks)}
    if not kept or mention.open_end:
        return False
    frame.scopes.clear()  # the mention means fewer rows from here on
    mention.options = {**mention.options, **{s: [m for m in masks if m.bit_count() == 1] for s, masks in kept.items()}}
    return True


def subject_of(frame: Frame, mention: Mention, subjects: list[Mention]) -> Mention | None:
    """The named row the label is said of: in its own stretch, or the only one before it."""
    others = [s for s in subjects if s is not mention and not _same_column(s, mention)]
    group = frame.groups[mention.first]
    near = [s for s in others if not s.context and frame.groups[s.first] == group]
    if not near:
        near = [s for s in others if not s.context and s.first < mention.first]
        if len(near) != 1 or not _goes_on(frame, mention):
            return None
    probe = Claim(0, 0, "", Kind.NUMBER, first=mention.first, last=mention.last)
    bound = bind(frame, probe, sorted(near, key=lambda m: m.first))
    return bound[0] if len(bound) == 1 else None


def _goes_on(frame: Frame, mention: Mention) -> bool:
    """ ", not shipped" and ", was returned" go on about the subject before."""
    group = frame.groups[mention.first]
    words = [t for i, t in enumerate(frame.tokens) if t.is_word and frame.groups[i] == group]
    return bool(words) and (
        words[0].low in COPULAS or words[0].low in {"not", "but", "and", "then", "never"} or len(words) <= 2
    )


def _same_column(one: Mention, other: Mention) -> bool:
    keys = {e.column.key for e in one.entries}
    return any(e.column.key in keys for e in other.entries)


def row_meant(frame: Frame, subject: Mention, set_index: int) -> int | None:
    """The one row of the set the subject means."""
    masks = {mask for mask in subject.options.get(set_index, ()) if mask}
    if len(masks) != 1 or frame.index.sets[set_index].size < 2:
        return None
    rows = rows_of(masks.pop())
    return rows[0] if len(rows) == 1 else None


COPULAS = words(
    "is was are were be been being has have had remains remained became stays stayed marked status as "
    "currently now still already got gets"
)
