"""Two named things set against each other without a figure: "Sula is newer than Havørn", "2025 beat 2024"."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Kind
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Extreme, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import AVERAGE, EXTREMES, MOST
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.extremes import way_of
from core.evidence.readings.said import Said
from core.evidence.readings.superlatives import is_hinted, targets
from core.evidence.readings.than import compare
from core.evidence.readings.told import AGAINST, figures_told
from core.evidence.readings.versus import Answer, best_of
from core.evidence.support import CellsOf, Support, show
from core.evidence.verdict import Verdict

_FAR = 9  # words from the comparison to "than"
_REACH = 5  # words from there to what is compared with
_PLAIN = {"more": 1, "less": -1, "fewer": -1, "better": 1, "worse": -1}
_VERBS = words(
    "exceeded exceeds outperformed outperforms outsold surpassed surpasses topped outnumber outnumbers outnumbered "
    "outweigh outweighs outweighed"
)
_ORDERS = {"before": -1, "after": 1}
_SIGNS = _VERBS | _ORDERS.keys() | {"than"}
_CUES = _SIGNS | AGAINST
_COMPARING = _PLAIN.keys() | _VERBS | _ORDERS.keys()
_OPEN = words("not never no if whether should could would may might must hardly unless rather")


def read(frame: Frame) -> Iterator[Said]:
    """Where the words leave open which column is meant, only what is wrong in all of them is contradicted."""
    if frame.words.isdisjoint(_CUES):
        return
    for place, token in enumerate(frame.tokens):
        may_be = token.low in _COMPARING or token.low.endswith("er")
        extreme = _comparison(frame, place) if may_be else None
        if extreme is None:
            continue
        if (told := figures_told(frame, extreme)) is not None:
            yield Said(place, place, told)
            continue
        than = place if token.low in _VERBS or token.low in _ORDERS else _than(frame, place)
        if than is None or _is_open(frame, place, than):
            continue
        pair = _compared(frame, place, than)
        sets = [facts for facts in frame.index.sets if facts.size]
        answers = [one for facts in sets for one in _in_set(frame, facts, extreme, *pair)] if pair else []
        answers = answers or [one for facts in sets for one in compare(frame, facts, extreme, than)]
        if answers:
            yield Said(place, place, best_of(answers))


def _comparison(frame: Frame, place: int) -> Extreme | None:
    """What a comparative asks for is what its superlative asks for."""
    low = frame.tokens[place].low
    after = frame.tokens[place + 1].low if place + 1 < len(frame.tokens) else ""
    if low in _PLAIN:
        direction, hint = MOST.get(after, (1, ""))
        direction *= _PLAIN[low]
    elif low in _VERBS:
        direction, hint = 1, ""
    elif low in _ORDERS:
        direction, hint = _ORDERS[low], "time"
    elif low.endswith("er") and (meaning := EXTREMES.get(f"{low[:-2]}est")) is not None:
        direction, hint = meaning
    else:
        return None
    temporal = hint == "time"
    return Extreme(
        place, frame.groups[place], direction, frozenset() if temporal else frozenset(map(stem, hint.split())), temporal
    )


def _than(frame: Frame, place: int) -> int | None:
    near = range(place + 1, min(place + 1 + _FAR, len(frame.tokens)))
    return next((i for i in near if frame.tokens[i].low == "than"), None)


def _is_open(frame: Frame, place: int, than: int) -> bool:
    """A figure tells by how much, or is what is compared with; or nothing is said to be so."""
    if any(
        c.kind is Kind.NUMBER and (place - 3 <= c.last < place or place < c.first <= than + 3) for c in frame.claims
    ):
        return True
    return any(t.low in _OPEN for t in frame.tokens[max(0, place - 4) : place])


def _compared(frame: Frame, place: int, than: int) -> tuple[Mention, Mention] | None:
    """What is said to be more, and what it is more than: two values of one column, or two times."""
    told = [m for m in frame.mentions if m.sort in (Sort.VALUE, Sort.TIME) and not m.context and not m.open_end]
    other = next((m for m in told if than < m.first <= than + _REACH), None)
    if other is None:
        return None
    alike = [m for m in told if m.sort is other.sort and m.slot == other.slot and m.last < than]
    before = [m for m in alike if m.last < place]
    one = before[-1] if before else next((m for m in alike if place < m.first), None)
    return None if one is None or len([m for m in alike if m.last < place]) > 1 else (one, other)


def _in_set(frame: Frame, facts: SetFacts, extreme: Extreme, one: Mention, other: Mention) -> Iterator[Answer]:
    """An answer for each column and each way to take the rows together."""
    if facts.index not in one.options or facts.index not in other.options:
        return
    columns = _columns(frame, facts, extreme, one, other)
    for a in one.options[facts.index]:
        for b in other.options[facts.index]:
            if not a or not b or a == b or a & b:
                continue
            for column in columns:
                yield from _in_column(frame, facts, column, extreme, a, b)
            if _counts_rows(frame, facts, extreme):
                yield _answer(facts, None, extreme.direction, float(a.bit_count()), float(b.bit_count()), a, b)


def _columns(frame: Frame, facts: SetFacts, extreme: Extreme, one: Mention, other: Mention) -> list[Column]:
    """Those the words before the comparison name; else those that its superlative would be of."""
    taken = {i for m in (one, other) for i in range(m.first, m.last + 1)}
    fitting = [c for c in frame.index.columns if (not c.is_number and any(c.spans)) is extreme.temporal]
    weights = {
        id(c): max(
            (
                h.weight
                for h in frame.column_hits.get(id(c), ())
                if 0 <= h.place <= other.first and h.place not in taken
            ),
            default=0.0,
        )
        for c in fitting
        if c.is_number or extreme.temporal
    }
    best = max(weights.values(), default=0.0)
    if best >= _NAMED:
        return [c for c in facts.columns if weights.get(id(c), 0.0) >= best - 0.1]
    columns = targets(frame, extreme, facts) or []
    hinted = [c for c in frame.index.numbers if is_hinted(c, extreme)]
    return [c for c in columns if c in hinted or not c.is_number] if hinted else columns


_NAMED = 0.5


def _in_column(frame: Frame, facts: SetFacts, column: Column, extreme: Extreme, a: int, b: int) -> Iterator[Answer]:
    way = way_of(frame, extreme, column)
    if not column.is_number:
        ones, twos = ([span for row in rows_of(mask) if (span := column.spans[row])] for mask in (a, b))
        if ones and twos and (max(ones) <= min(twos) or max(twos) <= min(ones)):  # none of one among the other
            one, two = (float(spans[0][0].toordinal()) for spans in (ones, twos))
            yield _answer(facts, column, way, one, two, a, b)
        return
    (rows, total), (others, rest) = column.filled(a), column.filled(b)
    if not rows or not others:
        return
    if not column.rates:
        yield _answer(facts, column, way, total, rest, a, b)
    if column.rates or not frame.word_stems.isdisjoint(AVERAGE):
        yield _answer(facts, column, way, total / len(rows), rest / len(others), a, b)


def _counts_rows(frame: Frame, facts: SetFacts, extreme: Extreme) -> bool:
    """ "more orders than": the rows are told."""
    near = range(extreme.place + 1, extreme.place + 4)
    return any(h.place in near and h.weight == 1.0 for h in frame.set_hits.get(facts.index, ()))


def _answer(facts: SetFacts, column: Column | None, way: int, one: float, two: float, a: int, b: int) -> Answer:
    holds = (one - two) * way > 0
    verdict = Verdict.DERIVED if holds else Verdict.CONTRADICTED
    if column is None:
        shown, name, cells = (f"{one:g}", f"{two:g}"), f"rows of {facts.name}", facts.columns[0]
    elif column.is_number:
        shown, name, cells = (show(one, column.unit), show(two, column.unit)), column.name, column
    else:
        spans = (column.spans[rows_of(mask)[0]] for mask in (a, b))
        shown, name, cells = tuple(str(span[0]) if span else "" for span in spans), column.name, column
    why = f"{name} of {facts.name}: {shown[0]} against {shown[1]}."
    return Answer(holds, Support(verdict, why, tuple(CellsOf(facts, cells, a | b))))
