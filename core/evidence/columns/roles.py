"""Whether a column holds numbers, times, identifiers, labels, flags or free text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.evidence.columns.column import Role
from core.evidence.language.dates import parse_period
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts
from core.records.record import ColumnType, Value

_ID_PARTS = frozenset(
    {
        "id",
        "code",
        "key",
        "ref",
        "reference",
        "sku",
        "uuid",
        "iban",
        "ssn",
        "vin",
        "barcode",
        "ean",
        "number",
        "no",
        "nr",
    }
)


_NUMERIC = re.compile(r"-?\d{1,15}(?:\.\d+)?")


_SAMPLE = 400


def role_of(name: str, kind: ColumnType, values: list[Value]) -> Role:
    filled = [value for value in values[:_SAMPLE] if value is not None and value != ""]
    parts = set(name_parts(name))
    if not filled:
        return {ColumnType.DATE: Role.TIME, ColumnType.TIMESTAMP: Role.TIME, ColumnType.BOOLEAN: Role.FLAG}.get(
            kind, Role.NUMBER if kind in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT) else Role.EMPTY
        )
    if all(isinstance(value, bool) for value in filled):
        return Role.FLAG
    if all(isinstance(value, date) for value in filled):
        return Role.TIME
    if all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in filled):
        return _numeric_role(parts, filled)
    texts = [str(value) for value in filled]
    if all(text.lower() in SAID for text in texts) and {text.lower() for text in texts} != {"n"}:  # north
        return Role.FLAG
    dated = parts & {"month", "quarter", "period", "week", "date", "day", "on", "at", "year"}
    if (dated or any(c.isdigit() for c in texts[0])) and all(parse_period(text) for text in texts[:40]):
        return Role.TIME
    if parts & _ID_PARTS and not parts & {"note", "description"} and all(len(text) <= 40 for text in texts):
        return Role.CODE
    if all(_NUMERIC.fullmatch(text) for text in texts) and not any(
        t.startswith("0") and len(t) > 1 and "." not in t for t in texts
    ):
        return Role.NUMBER
    coded = sum(any(c.isdigit() for c in text) and " " not in text and len(text) <= 40 for text in texts)
    if coded >= 0.8 * len(texts) and len(set(texts)) > 0.7 * len(texts):
        return Role.CODE
    if parts & _NAMES and all(len(text) <= _LONG_NAME and not text.endswith(".") for text in texts):
        return Role.LABEL
    words = sum(len(text.split()) for text in texts) / len(texts)
    return Role.PROSE if words > 6 or any(len(text) > 90 for text in texts) else Role.LABEL


_NAMES = frozenset(words("name product item article model material part title service"))
_LONG_NAME = 60  # characters


SAID = {
    **dict.fromkeys(words("yes y true ja oui"), "true"),
    **dict.fromkeys(words("no n false nein non"), "false"),
}
"""True and false as texts."""


_YEARS = words("year yr built founded established since manufactured constructed opened planted born introduced")


def _numeric_role(parts: set[str], filled: Sequence[Value]) -> Role:
    if parts & _YEARS and len(parts) <= 2 and all(1900 <= float(str(value)) <= 2100 for value in filled):
        return Role.TIME
    if parts & _ID_PARTS and not parts & _MEASURED and all(_is_whole(value) for value in filled):
        return Role.CODE
    return Role.NUMBER


_MEASURED = words("count total low high lower upper min max minimum maximum")  # `reference_low` is no reference


def _is_whole(value: Value) -> bool:
    """Without decimal places: 4.0 is measured, 4 may be an identifier."""
    return float(str(value)).is_integer() and not (isinstance(value, Decimal) and "." in str(value))
