"""Amounts that a column tells in thousands or millions: `sales_keur`, `budget_teur`, `total_usd_m`."""

from __future__ import annotations

from core.evidence.language.units import CURRENCIES, Dimension, Unit

_LETTERS = {"k": 1e3, "t": 1e3, "m": 1e6}
_WORDS = {
    "k": 1e3,
    **dict.fromkeys(("thousand", "thousands", "tsd", "000", "000s"), 1e3),
    **dict.fromkeys(("million", "millions", "mio", "mn", "mln"), 1e6),
}
_LETTERED = 4  # characters of a scaled code: "keur"


def scaled_unit(parts: tuple[str, ...]) -> tuple[Unit, frozenset[str]] | None:
    """The unit, with what its amounts are multiplied with as its factor, and the parts of the name that say so."""
    for i, part in enumerate(parts):
        if len(part) == _LETTERED and part[0] in _LETTERS and part[1:] in CURRENCIES:
            return Unit(Dimension.MONEY, CURRENCIES[part[1:]], _LETTERS[part[0]]), frozenset({part})
        for beside in parts[max(0, i - 1) : i] + parts[i + 1 : i + 2]:
            if part in CURRENCIES and len(part) == _LETTERED - 1 and beside in _WORDS:
                return Unit(Dimension.MONEY, CURRENCIES[part], _WORDS[beside]), frozenset({part, beside})
    return None
