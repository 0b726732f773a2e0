"""Several columns of a row added up: labour and parts, a price with its extras."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.match import fit
from core.evidence.readings.choice import factor_for
from core.evidence.readings.nouns import Noun
from core.evidence.support import CellsOf, Support, derived
from core.evidence.verdict import Cell

_TOGETHER = words(
    "together combined including included inclusive with plus and total totals totalled altogether overall all sum both"
    " spent paid cost costs"
)
_MOST = 4


def read(frame: Frame, claim: Claim, _noun: Noun | None) -> Support | None:
    if claim.form not in (Form.DIGITS, Form.WORDS) or (frame.words.isdisjoint(_TOGETHER) and not frame.adds_up):
        return None
    best: tuple[Fit, Support] | None = None
    for facts in frame.index.sets:
        for columns in _groups(frame, facts):
            factor = factor_for(claim, columns[0])
            if factor is None or (claim.unit is None) is not (columns[0].unit is None):
                continue
            for scope in scopes(frame, facts, claim, union=True):
                total = together(columns, scope)
                quality = Fit.NO if total is None else fit(claim, total * factor, sign=False)
                if quality is not Fit.NO and (best is None or quality > best[0]):
                    best = (
                        quality,
                        derived(quality, f"{named(columns)} of {facts.name} added up", cells(columns, scope)),
                    )
    return best[1] if best else None


def _groups(frame: Frame, facts: SetFacts) -> Iterator[list[Column]]:
    """The columns that the words name; and all that may be added, where they name one of them."""
    plain = [c for c in facts.numbers if not c.rates and not c.marks]
    for unit in dict.fromkeys(c.unit for c in plain):
        alike = [c for c in plain if c.unit == unit]
        told = [c for c in alike if any(h.weight >= 0.5 for h in frame.column_hits.get(id(c), ()))]
        if len(told) > 1:
            yield told
        whole = told or (unit is not None and unit.dimension is Dimension.MONEY and not any(map(_is_total, plain)))
        if whole and unit is not None and len(told) < len(alike) <= _MOST:
            yield alike  # "the clutch job cost CHF 5,740", where labour and parts are all there is


def _is_total(column: Column) -> bool:
    return not _TOTALS.isdisjoint(column.stems)


_TOTALS = frozenset(stem(w) for w in words("total amount sum gross net"))


def wholes(column: Column, facts: SetFacts) -> list[Column]:
    """What the column may be a part of, itself among it: all plain columns of its unit."""
    alike = [c for c in facts.numbers if not c.rates and not c.marks and c.unit == column.unit]
    if column.unit is None:
        alike = [c for c in alike if set(c.stems) & set(column.stems)]  # lessons attended, lessons missed
    return alike if column in alike and 2 <= len(alike) <= _MOST else []


def together(columns: list[Column], scope: Scope) -> float | None:
    """None where a column has nothing to add."""
    filled = [column.filled(scope.mask) for column in columns]
    return sum(total for _, total in filled) if all(rows for rows, _ in filled) else None


def named(columns: list[Column]) -> str:
    return " and ".join(c.name for c in columns)


def cells(columns: list[Column], scope: Scope) -> list[Cell]:
    return [cell for column in columns for cell in CellsOf(scope.facts, column, scope.mask)]
