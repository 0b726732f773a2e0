"""Superlatives said of a named thing: whether it is at that end of the column, or of the sums by group."""

from __future__ import annotations

from itertools import pairwise

from core.evidence.claims.claim import Kind
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Extreme, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.choice import compatible
from core.evidence.readings.extremes import at_extreme, at_furthest, way_of
from core.evidence.readings.linked import is_series
from core.evidence.readings.matching import matching
from core.evidence.readings.subjects import COPULAS
from core.evidence.readings.superlatives import targets
from core.evidence.support import Support, where
from core.evidence.verdict import Verdict

_SKIPS = words("among not second third than after behind like versus vs compared never")


_RIVAL = 1.6  # strength of a mention that names another thing; "field" is in "Chapel Field" and what a row is called


def holds_extreme(frame: Frame, mention: Mention) -> Support | None:
    """None when the words leave open whether, or of what, the superlative is said."""
    for extreme in frame.extremes:
        apart = extreme.group != frame.groups[mention.first] and not _goes_on(frame, mention, extreme)
        if apart or extreme.rank != 1 or _is_beside(frame, mention, extreme):
            continue
        answers: list[tuple[bool, Support]] = []
        for facts in frame.index.sets:
            if facts.size < 2 or facts.index not in mention.options:
                continue
            if mention.sort is Sort.TIME and not is_series(facts):
                continue
            answers += _in_set(frame, mention, extreme, facts)
        if answers:
            yes = next((support for holds, support in answers if holds), None)
            return yes or answers[0][1]
    return None


def _goes_on(frame: Frame, mention: Mention, extreme: Extreme) -> bool:
    """ "May, with EUR 466, was the weakest": the stretch of the superlative begins with the verb of the subject."""
    first = next((i for i, group in enumerate(frame.groups) if group == extreme.group and frame.tokens[i].is_word), 0)
    alone = all(m is mention or m.context or not m.first < first for m in frame.mentions if m.sort is mention.sort)
    return mention.last < first and alone and frame.tokens[first].low in COPULAS


def _is_beside(frame: Frame, mention: Mention, extreme: Extreme) -> bool:
    """ "the largest order in Hamburg": Hamburg says where. Another thing of its kind nearby leaves it open."""
    low, high = sorted((mention.first, extreme.place))
    between = [t.low for t in frame.tokens[low:high] if t.is_word]
    one_of = any(a == "one" and b == "of" for a, b in pairwise(between))
    if len(between) > 8 or one_of or _SKIPS & set(between):
        return True
    rivals = [
        m
        for m in frame.mentions
        if m is not mention and m.sort is mention.sort and m.slot == mention.slot and not m.context
        if m.strength >= _RIVAL
    ]
    if rivals:
        return True
    before = frame.tokens[mention.first - 1].low if mention.first else ""
    if before == "the" and mention.first > 1:
        before = frame.tokens[mention.first - 2].low
    if mention.first > extreme.place:
        verbs = {
            "is",
            "was",
            "were",
            "are",
            "be",
            "being",
            "remains",
            "remained",
            "went",
            "came",
            "belongs",
            "belonged",
        }
        said = verbs & set(between) or before in {",", ":", "(", "–", "—"} or mention.first - extreme.place <= 2
        return not said or (before in {"in", "at", "for", "of", "from", "on"} and not verbs & set(between))
    return before in {"in", "at", "for", "of", "from", "with", "among", "during", "by", "to"}


def _in_set(frame: Frame, mention: Mention, extreme: Extreme, facts: SetFacts) -> list[tuple[bool, Support]]:
    columns = _with_figure(frame, extreme, facts) or targets(frame, extreme, facts)
    if not columns:
        return []
    base = together = facts.all
    verb = next((i for i in range(extreme.place, mention.first) if frame.tokens[i].low in COPULAS), None)
    for other in frame.mentions:
        if other is mention or facts.index not in other.options or other.context:
            continue
        if other.sort is Sort.VALUE and other.slot == mention.slot:
            continue
        mask = facts.all if other.open_end else 0
        for option in other.options[facts.index]:
            mask = mask & option if other.open_end else mask | option  # "since October": without it, in doubt
        if verb is not None and other.first > verb:
            together &= mask  # "was on 14 April by day": both say which
        elif mask.bit_count() > 1:
            base &= mask
    answers: list[tuple[bool, Support]] = []
    row_told = any(h.place == extreme.place + 1 and h.weight == 1.0 for h in frame.set_hits.get(facts.index, ()))
    for mask in (option & together or option for option in mention.options[facts.index]):
        if not mask or mask == facts.all or not mask & base:
            continue
        for column in columns:
            top = at_extreme(column, base, way_of(frame, extreme, column))
            if column.is_number and column.has_negative:
                top |= at_furthest(column, base, way_of(frame, extreme, column))
            holds = bool(top & mask)
            row = rows_of(top)[0] if top else 0
            why = f"{where(facts, row)} is at that end of {column.name}"
            verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
            answers.append((holds, Support(verdict, why + ".", (facts.cell(row, column),))))
            if not row_told and (mask.bit_count() > 1 or _repeats(mention, facts)):
                answers += _by_group(mention, way_of(frame, extreme, column), facts, column, base, mask)
        counting = frame.tokens[extreme.place].low in _COUNTING
        if counting and (mask.bit_count() > 1 or _repeats(mention, facts)):
            answers += _by_group(mention, extreme.direction, facts, None, base, mask)
    return answers


def _with_figure(frame: Frame, extreme: Extreme, facts: SetFacts) -> list[Column]:
    """ "converted best at 8.0 %": the columns that hold the figure told just behind."""
    figure = next((c for c in frame.claims if extreme.place < c.first <= extreme.place + _BEHIND), None)
    if figure is None or figure.kind is not Kind.NUMBER or figure.unit is None or extreme.temporal:
        return []
    return [c for c in facts.numbers if compatible(frame, figure, c) and matching(figure, c).any]


_BEHIND = 5  # words from a superlative to its figure
_COUNTING = words("most least fewest busiest")


def _repeats(mention: Mention, facts: SetFacts) -> bool:
    return any(e.column.set_index == facts.index and e.column.role is Role.LABEL for e in mention.entries)


def _by_group(
    mention: Mention, way: int, facts: SetFacts, measure: Column | None, base: int, mask: int
) -> list[tuple[bool, Support]]:
    """The sum (or, without a column, the count) of its rows against those of the other values of its column."""
    if measure is not None and not measure.is_number:
        return []
    own = next((e.column for e in mention.entries if e.column.set_index == facts.index), None)
    if own is None:
        return []
    groups: dict[str, float] = {}
    counts: dict[str, int] = {}
    for row in rows_of(base):
        key = own.texts[row]
        if key is None:
            continue
        groups[key] = groups.get(key, 0.0) + (1.0 if measure is None else measure.numbers[row] or 0.0)
        counts[key] = counts.get(key, 0) + 1
    if measure is not None and measure.rates:
        groups = {key: total / counts[key] for key, total in groups.items()}
    if len(groups) < 2 or len(set(groups.values())) == 1:
        return []
    mine = {key for row in rows_of(mask) if (key := own.texts[row])}
    answers: list[tuple[bool, Support]] = []
    for sign in (1, -1) if way == 0 else (way,):
        best = max(groups.values()) if sign > 0 else min(groups.values())
        leaders = {key for key, total in groups.items() if total == best}
        name = measure.name if measure is not None else "rows"
        why = (
            f"By {own.name}, {', '.join(sorted(leaders)[:3])} has the {'most' if sign > 0 else 'least'} {name} "
            f"in {facts.name}."
        )
        holds = bool(leaders & mine)
        cells = tuple(facts.cell(row, own) for row in rows_of(base) if own.texts[row] in leaders)[:20]
        answers.append((holds, Support(Verdict.DERIVED if holds else Verdict.CONTRADICTED, why, cells)))
    return answers
