"""Rows on either side of what they are measured against: budget, target, limit, last year, or nought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import fold
from core.evidence.language.units import Dimension
from core.evidence.readings.cells import CHANGES
from core.evidence.readings.choice import open_marks

_ABOVE = words(
    "above over exceed exceeds exceeded exceeding beat beats beaten overspent overspend overran overrun outperformed "
    "topped surpassed ahead overshot beyond higher more"
)
_BELOW = words(
    "below under missed miss misses short behind underspent undershot underperformed lower less underneath saved"
)
_MET = words("met meet meets reached reach hit achieved attained within kept")
_AIMS = frozenset({"budget", "limit", "previous", "reference"})


class Side(NamedTuple):
    mask: int
    why: str
    column: Column


Numbers = tuple[Column, dict[int, float]]  # by row of the set that is asked about


def side_told(frame: Frame, place: int, group: int) -> str:
    """ "above", "below" or "met": the nearest such word of the stretch; "" when there is none."""
    near = [
        (abs(i - place), side)
        for i in frame.places(group)
        for side, listed in (("above", _ABOVE), ("below", _BELOW), ("met", _MET))
        if frame.tokens[i].low in listed
    ]
    return min(near)[1] if near else ""


def sides(frame: Frame, claim: Claim, facts: SetFacts, side: str) -> Iterator[Side]:
    """The rows on the side told, by each pair of columns that may be set against each other."""
    pairs = list(_pairs(frame, facts))
    marks = open_marks(frame, claim)
    told = [pair for pair in pairs if pair[1][0].hard_marks & marks]
    plans = [pair for pair in pairs if "previous" not in pair[1][0].hard_marks]
    for (column, numbers), (aim, aims) in told or plans:
        mask = mask_of(row for row, number in numbers.items() if row in aims and _is_on(number - aims[row], side))
        yield Side(mask, f"{column.name} {side} {aim.name}", column)
    for column in facts.numbers if not pairs else ():
        if column.has_negative and not column.hard_marks and CHANGES & set(column.stems):
            mask = mask_of(row for row, n in enumerate(column.numbers) if n is not None and _is_on(n, side))
            yield Side(mask, f"{column.name} {side} nought", column)


def of_all(frame: Frame, facts: SetFacts) -> Iterator[Side]:
    """ "found in every agreement": the rows whose share is 100 %."""
    if frame.words.isdisjoint(_ALL):
        return
    for column in facts.numbers:
        if column.dimension is Dimension.PERCENT and not column.has_negative:
            full = column.rows_between(_FULL, _FULL)
            if full and column.in_size[0][-1] == _FULL:
                yield Side(full, f"{column.name} of {_FULL:g} %", column)


_FULL = 100.0
_ALL = words("every all each always any")


def _is_on(difference: float, side: str) -> bool:
    return difference > 0 if side == "above" else difference < 0 if side == "below" else difference >= 0


def _pairs(frame: Frame, facts: SetFacts) -> Iterator[tuple[Numbers, Numbers]]:
    """What is measured and its aim, in the set or in one that has a row for each of its rows."""
    known = [(c, {row: n for row, n in enumerate(c.numbers) if n is not None}) for c in facts.numbers]
    for (origin, target), keys in frame.index.joins.items():
        if origin == facts.index and target != origin:
            beside = [(c, _joined(*keys[0], c)) for c in frame.index.sets[target].numbers]
            known += [one for one in beside if len(one[1]) == facts.size]
    plain = [one for one in known if not one[0].hard_marks and CHANGES.isdisjoint(one[0].stems)]
    for aim in known:
        if aim[0].hard_marks & _AIMS and aim[1]:
            yield from ((one, aim) for one in plain if one[1] and _alike(one[0], aim[0]))


def _joined(key: Column, rows: dict[str, list[int]], column: Column) -> dict[int, float]:
    found: dict[int, float] = {}
    for row, text in enumerate(key.texts):
        others = rows.get(fold(text), []) if text else []
        if len(others) == 1 and (number := column.numbers[others[0]]) is not None:
            found[row] = number
    return found


def _alike(column: Column, aim: Column) -> bool:
    """Of one unit; without a unit, called alike."""
    if column.unit != aim.unit or column.dimension is not aim.dimension:
        return False
    return column.unit is not None or not set(aim.stems).isdisjoint(column.stems)
