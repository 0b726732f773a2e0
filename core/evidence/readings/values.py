"""A label of the record told of a row that has another one, in whatever words: "Nia plays the violin", "Clause 5 deals
with liability", "her last stay was in a suite"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.index.vocabulary import STATUS
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.extremes import at_extreme, way_of
from core.evidence.readings.labels import is_event
from core.evidence.readings.linked import linked
from core.evidence.readings.predicates import is_unsure
from core.evidence.readings.said import Said
from core.evidence.readings.subjects import COPULAS
from core.evidence.readings.superlatives import targets
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict

_UNSURE = words(
    "should could would may might can cannot must will if whether unless until when once not never no nor neither "
    "without unlike than instead versus vs compared contrast rather besides apart against similar like between or "
    "except but while whereas before after beside besides near next"
)
_SURE = 1.6  # strength of a form of a label


def read(frame: Frame) -> Iterator[Said]:
    """Only what the record contradicts."""
    if is_unsure(frame, _UNSURE) or frame.sentence.text.endswith("?"):
        return
    for mention in frame.mentions:
        alone = all(m is mention or m.slot != mention.slot for m in frame.mentions)
        if alone and _is_label(mention) and not _is_noun(frame, mention) and not is_event(frame, mention):
            yield from _judge(frame, mention)


def _judge(frame: Frame, mention: Mention) -> Iterator[Said]:
    """At most one; none where any set has it in a row that the other words mean."""
    others = [i for i in range(len(frame.tokens)) if not mention.first <= i <= mention.last]
    denied: list[Said] = []
    for number, masks in mention.options.items():
        facts = frame.index.sets[number]
        rows = linked(frame, facts, others, timed=True)
        row = rows.row if rows is not None and rows.named else _at_end(frame, facts)
        if row is None:
            continue
        if any(mask >> row & 1 for mask in masks):
            return
        column = next((e.column for e in mention.entries if e.column.set_index == number), None)
        if column is not None and (text := column.texts[row]) is not None:
            why = f"{where(facts, row)}: {column.name} is {text}."
            support = Support(Verdict.CONTRADICTED, why, (facts.cell(row, column),))
            denied.append(Said(mention.first, mention.last, support))
    yield from denied[:1]


def _at_end(frame: Frame, facts: SetFacts) -> int | None:
    """ "the last stay": the row that the one superlative means, whatever column it may be of."""
    if len(frame.extremes) != 1 or facts.size < 2:
        return None
    extreme = frame.extremes[0]
    if not any(h.place == extreme.place + 1 and h.weight == 1.0 for h in frame.set_hits.get(facts.index, ())):
        return None
    columns = targets(frame, extreme, facts) or []
    ends = {at_extreme(c, facts.all, way_of(frame, extreme, c), extreme.rank) for c in columns}
    rows = rows_of(ends.pop()) if len(ends) == 1 else ()
    return rows[0] if len(rows) == 1 else None


def _is_label(mention: Mention) -> bool:
    return (
        mention.sort is Sort.VALUE
        and bool(mention.entries)
        and not mention.context
        and not mention.negated
        and mention.strength >= _SURE
        and all(e.whole and e.column.role is Role.LABEL and _is_kind(e.column) for e in mention.entries)
    )


def _is_kind(column: Column) -> bool:
    """No name of its row."""
    return column.distinct < len(column.texts) or not STATUS.isdisjoint(column.stems)


def _is_noun(frame: Frame, mention: Mention) -> bool:
    """ "One payment is missing": what rows are called, or a form of a label that something else is told of."""
    told = frame.tokens[mention.first : mention.last + 1]
    after = frame.tokens[mention.last + 1].low if mention.last + 1 < len(frame.tokens) else ""
    is_form = all(fold(e.text) != fold(mention.text) for e in mention.entries)
    return all(t.stem in frame.index.set_words for t in told if t.is_word) or (is_form and after in COPULAS)
