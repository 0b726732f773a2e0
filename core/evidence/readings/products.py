"""A quantity times its unit price: what a row, or several together, come to when no column says it."""

from __future__ import annotations

import math

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.fit import Fit
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts
from core.evidence.language.units import UNITS, Dimension
from core.evidence.match import fit
from core.evidence.readings.choice import factor_for
from core.evidence.readings.nouns import Noun
from core.evidence.support import MOST_CELLS, Support, derived

_PRICES = words("price rate fee tariff fare cost charge wage each unit per")
_TOTALS = words("total amount sum gross net")


def read(frame: Frame, claim: Claim, _noun: Noun | None) -> Support | None:
    if claim.dimension is not Dimension.MONEY or claim.form not in (Form.DIGITS, Form.WORDS):
        return None
    best: tuple[Fit, Support] | None = None
    for facts in frame.index.sets:
        for price, quantity in _factors(facts):
            factor = factor_for(claim, price)
            if factor is None:
                continue
            for scope in scopes(frame, facts, claim, union=True):
                rows = [r for r in rows_of(scope.mask) if price.numbers[r] is not None and quantity.numbers[r]]
                total = math.fsum((price.numbers[r] or 0.0) * (quantity.numbers[r] or 0.0) for r in rows) * factor
                quality = fit(claim, total, sign=False) if rows else Fit.NO
                if quality is not Fit.NO and (best is None or quality > best[0]):
                    plural = f", added up over {len(rows)} rows" if len(rows) > 1 else ""
                    why = f"{quantity.name} times {price.name} in {facts.name}{plural}"
                    cells = [facts.cell(r, c) for r in rows for c in (quantity, price)][:MOST_CELLS]
                    best = (quality, derived(quality, why, cells))
    return best[1] if best else _over_time(frame, claim)


_EVERY = {"yearly": "year", "annual": "year", "monthly": "month", "weekly": "week", "daily": "day"}


def _over_time(frame: Frame, claim: Claim) -> Support | None:
    """ "Over five years EUR 90,000" of `yearly_value_eur`."""
    lengths = [c for c in frame.claims if c is not claim and c.dimension is Dimension.TIME and c.readings]
    for length in lengths:
        for column in frame.index.numbers:
            every = next((unit for part in name_parts(column.name) if (unit := _EVERY.get(part))), None)
            factor = factor_for(claim, column)
            if every is None or factor is None or length.unit is None or column.dimension is not Dimension.MONEY:
                continue
            times = length.value * length.unit.factor / UNITS[every].factor
            facts = frame.index.sets[column.set_index]
            for scope in scopes(frame, facts, claim)[:1]:
                rows, total = column.filled(scope.mask)
                quality = fit(claim, total * factor * times, sign=False) if rows else Fit.NO
                if quality is not Fit.NO:
                    why = f"{times:g} times {column.name} in {facts.name}"
                    return derived(quality, why, [facts.cell(r, column) for r in rows][:MOST_CELLS])
    return None


def _factors(facts: SetFacts) -> list[tuple[Column, Column]]:
    """Pairs of a unit price and a quantity. "price_per_kg" goes with kilograms, "per month" with what has none."""
    prices = [c for c in facts.numbers if c.dimension is Dimension.MONEY and _is_price(c) and not c.hard_marks]
    quantities = [c for c in facts.numbers if c.dimension not in _NO_QUANTITY and not c.hard_marks]
    return [(price, c) for price in prices for c in quantities if not c.rates and c is not price]


_NO_QUANTITY = (Dimension.MONEY, Dimension.PERCENT, Dimension.TEMPERATURE)


def _is_price(column: Column) -> bool:
    parts = set(name_parts(column.name))
    return bool(parts & _PRICES) and not parts & _TOTALS
