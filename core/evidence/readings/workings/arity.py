"""How many rows a figure of the same sentence is made of ("three payments bring EUR 6,242.60"), or the set has of which
another one counts some ("seven units came back, four of them …")."""

from __future__ import annotations

from collections.abc import Mapping

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived
from core.evidence.verdict import Cell, Verdict

Known = Mapping[Claim, Support]


def read(frame: Frame, claim: Claim, known: Known) -> Support | None:
    """`known`: what the claims of the sentence are carried by."""
    if claim.kind is not Kind.NUMBER or claim.form not in (Form.DIGITS, Form.WORDS) or claim.bound is not Bound.EXACT:
        return None
    if claim.unit is not None or claim.value < 2 or not claim.value.is_integer():
        return None
    return _of_rows(frame, claim, known) or _of_them(frame, claim, known)


def _of_rows(frame: Frame, claim: Claim, known: Known) -> Support | None:
    for other, support in known.items():
        if other is claim or support.verdict is not Verdict.DERIVED or frame.turns_between(claim.first, other.first):
            continue
        places = {(cell.set, cell.row) for cell in support.cells}
        something = {(cell.set, cell.row) for cell in support.cells if _number(frame, cell)}
        if (
            claim.value not in (len(places), len(something))
            or len({number for number, _ in places}) > 1
            or len(places) >= MOST_CELLS
        ):
            continue
        if support.why.startswith(_ADDED) or support.why.endswith("added up."):
            return derived(Fit.EXACT, f"{claim.text} rows are what {other.text} is made of", support.cells)
    return None


def _number(frame: Frame, cell: Cell) -> float | None:
    for facts in frame.index.sets:
        for column in facts.numbers if facts.name == cell.set else ():
            if column.name == cell.column:
                return column.numbers[cell.row]
    return None


_ADDED = ("sum", "average", "median")


def _of_them(frame: Frame, claim: Claim, known: Known) -> Support | None:
    """ "Seven units came back, four of them …": all rows of the set whose rows the part counts."""
    for part, support in known.items():
        after = " ".join(t.low for t in frame.tokens[part.last + 1 : part.last + 3])
        if part.first <= claim.last or support.verdict is not Verdict.DERIVED or not after.startswith(_THEM):
            continue
        for facts in frame.index.sets:
            if support.cells and facts.name == support.cells[0].set and facts.size == claim.value and facts.columns:
                why = f"count of {facts.size} rows in {facts.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, facts.columns[0], facts.all))
    return None


_THEM = ("of them", "of these", "of those", "of which", "of whom", "thereof")
