"""What the figures beside it say of a count: the rows one of them is made of ("three payments bring EUR 6,242.60"), the
whole that one of them is part of ("14 of 25 cases"), what two of them leave ("seven of twelve …, the other five")."""

from __future__ import annotations

from collections.abc import Mapping

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.language.listed import words
from core.evidence.match import Fit
from core.evidence.support import MOST_CELLS, CellsOf, Support, derived
from core.evidence.verdict import TO_CHECK, Verdict

Known = Mapping[Claim, Support]


def read(frame: Frame, claim: Claim, known: Known) -> Support | None:
    """`known`: what the claims of the sentence are carried by."""
    if claim.kind is not Kind.NUMBER or claim.form not in (Form.DIGITS, Form.WORDS) or claim.bound is not Bound.EXACT:
        return None
    if claim.unit is not None or claim.value < 2 or not claim.value.is_integer():
        return None
    return _of_rows(frame, claim, known) or _of_whole(frame, claim, known) or _of_rest(frame, claim, known)


def _of_rows(frame: Frame, claim: Claim, known: Known) -> Support | None:
    for other, support in known.items():
        if other is claim or support.verdict is not Verdict.DERIVED or frame.turns_between(claim.first, other.first):
            continue
        places = {(cell.set, cell.row) for cell in support.cells}
        if len(places) != claim.value or len({number for number, _ in places}) > 1 or len(places) >= MOST_CELLS:
            continue
        if support.why.startswith(_ADDED) or support.why.endswith("added up."):
            return derived(Fit.EXACT, f"{claim.text} rows are what {other.text} is made of", support.cells)
    return None


_ADDED = ("sum", "average", "median")


def _of_whole(frame: Frame, claim: Claim, known: Known) -> Support | None:
    """All of a column of which the figure before has a cell."""
    lead = [t.low for t in frame.tokens[max(0, claim.first - 2) : claim.first]]
    part = next((c for c in frame.claims if 0 < claim.first - c.last <= 3 and c.kind is Kind.NUMBER), None)
    if part is None or "of" not in lead or part not in known or known[part].verdict is not Verdict.FOUND:
        return None
    for cell in known[part].cells[:1]:
        for column in frame.index.numbers:
            facts = frame.index.sets[column.set_index]
            rows, total = column.filled(facts.all)
            if (facts.name, column.name) == (cell.set, cell.column) and total == claim.value and not column.rates:
                why = f"sum of {len(rows)} values of {column.name} in {facts.name}"
                return derived(Fit.EXACT, why, CellsOf(facts, column, rows))
    return None


def _of_rest(frame: Frame, claim: Claim, known: Known) -> Support | None:
    """ "the other five", where seven of twelve are told before."""
    lead = {t.low for t in frame.tokens[max(0, claim.first - 2) : claim.first]}
    if _OTHER.isdisjoint(lead):
        return None
    told = [c for c, s in known.items() if s.verdict not in TO_CHECK and c.unit is None and c.first < claim.first]
    for whole in told:
        for part in told:
            if part is not whole and whole.value - part.value == claim.value:
                return derived(Fit.EXACT, f"{whole.text} less {part.text}", known[whole].cells)
    return None


_OTHER = words("other remaining rest others")
