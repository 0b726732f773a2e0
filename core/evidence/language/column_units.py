"""The unit that a column's name carries, or the dimension its words tell."""

from __future__ import annotations

from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem
from core.evidence.language.units import CURRENCIES, PERCENT, UNITS, Dimension, Unit

# Letters that are units only at the end of a column name and only beside a word that says so.
_SHORT = {"m", "c", "t", "g", "l", "h", "d", "s", "a", "v", "w", "min", "mi", "mo", "nm", "k", "f", "kn", "ph", "n"}
_NEEDS = {
    "min": words("duration time delay wait travel run late setup talk call walk overtime downtime response session"),
    "m": words("distance length height width depth jump throw altitude elevation"),
    "t": words("weight load tonnage mass gross net cargo payload"),
    "h": words("duration time hours run runtime work worked overtime flight downtime idle"),
    "d": ["duration", "delay"],
    "s": words("duration time delay latency lap split"),
    "l": ["volume", "fuel", "tank", "capacity", "consumption"],
    "g": ["weight", "mass"],
    "w": ["power"],
    "v": ["voltage"],
    "a": ["current"],
    "kn": ["speed", "wind"],
    "mi": ["distance"],
    "mo": ["duration", "term"],
    "nm": ["wavelength"],
}
_COMPOUND = {
    ("mg", "dl"): "mg/dl",
    ("g", "dl"): "g/dl",
    ("g", "l"): "g/l",
    ("mg", "l"): "mg/l",
    ("mmol", "l"): "mmol/l",
    ("umol", "l"): "µmol/l",
    ("km", "h"): "km/h",
    ("m", "s"): "m/s",
    ("ml", "min"): "ml/min",
    ("u", "l"): "u/l",
    ("l", "s"): "l/s",
    ("l", "min"): "l/min",
    ("m3", "h"): "m3/h",
    ("m3", "d"): "m3/d",
    ("kg", "h"): "kg/h",
    ("g", "km"): "g/km",
}
_NO_PLURAL = {"min", "h", "d", "mo", *FOREIGN}
_PERCENT_WORDS = {"pct", "percent", "percentage", "perc"}
_MONEY_WORDS = words(
    "price amount cost revenue salary fee balance premium budget spend turnover payment paid charge "
    "wage expense expenses payout reserve deductible rent bonus invoice fare discount refund debt "
    "loan income profit sales tax tariff freight"
)
_DIMENSION_WORDS = {
    "weight": Dimension.MASS,
    "mass": Dimension.MASS,
    "tonnage": Dimension.MASS,
    "distance": Dimension.LENGTH,
    "height": Dimension.LENGTH,
    "temperature": Dimension.TEMPERATURE,
    "temp": Dimension.TEMPERATURE,
    "duration": Dimension.TIME,
}


_NOT_MONEY = frozenset({"try", "all", "pound", "pounds"})


def unit_of_column(name: str) -> tuple[Unit | None, frozenset[str]]:
    """The unit a column name carries (`gross_weight_kg`, `total_eur`, `margin_pct`) and the parts that say so."""
    parts = whole = name_parts(name)
    if "per" in parts and parts.index("per"):
        parts = parts[: parts.index("per")]  # euros per kilowatt hour are no kilowatt hours
        if money := next((part for part in whole if part in CURRENCIES and part not in _NOT_MONEY), None):
            return Unit(Dimension.MONEY, CURRENCIES[money]), frozenset({money})
    if "%" in name:
        return PERCENT, frozenset()
    if "°C" in name or "℃" in name:
        return UNITS["°c"], frozenset({"c"})
    for i, part in enumerate(parts):
        if part in _PERCENT_WORDS:
            return PERCENT, frozenset({part})
        if part in CURRENCIES and part not in _NOT_MONEY:
            return Unit(Dimension.MONEY, CURRENCIES[part]), frozenset({part})
        if i + 1 < len(parts) and (compound := _COMPOUND.get((part, parts[i + 1]))):
            return UNITS[compound], frozenset({part, parts[i + 1]})
    if (over := quotient_of(name)) is not None:
        return UNITS[over[0]], frozenset(over)
    last = parts[-1] if parts else ""
    if last == "nm" and _SAILED & set(parts):
        return UNITS["nmi"], frozenset({"nm"})
    if last == "t" and len(parts) > 1:
        return UNITS["t"], frozenset({"t"})
    if last == "c" and {"temp", "temperature"} & set(parts):
        return UNITS["°c"], frozenset({"c"})
    for part in reversed(parts):
        unit = UNITS.get(part) or (UNITS.get(FOREIGN[part]) if part in FOREIGN and len(parts) > 1 else None)
        if unit is None or (part in _SHORT and (part != last or not set(_NEEDS.get(part, ())) & set(parts))):
            continue
        if part in {"second", "seconds", "month", "quarter", "year", "day", "week", "hour"} and len(parts) == 1:
            continue  # a period, not a length of time
        if unit.dimension is Dimension.TIME and not part.endswith("s") and part not in _NO_PLURAL:
            continue  # `day_of_week`, `month_name`
        return unit, frozenset({part})
    if "age" in parts:
        return UNITS["year"], frozenset()
    if parts and parts[-1] in {"rate", "share", "margin", "utilisation", "utilization"}:
        return PERCENT, frozenset()
    return None, frozenset()


_SAILED = frozenset(words("distance run range leg sailed steamed voyage passage"))


def quotient_of(name: str) -> tuple[str, str] | None:
    """`yield_t_ha`: tonnes over hectares, told as tonnes."""
    *others, over, under = ("", "", *name_parts(name))
    quotient = others[1:] and over in _QUANTITIES and under in _QUANTITIES and (over, under) not in _COMPOUND
    return (over, under) if quotient else None


_QUANTITIES = frozenset(
    word
    for word, unit in UNITS.items()
    if unit.dimension in (Dimension.MASS, Dimension.VOLUME, Dimension.ENERGY, Dimension.AREA) and len(word) <= 3
)


def dimension_of_name(name: str) -> Dimension | None:
    """What the words of a column name say where it carries no unit: `price` is money of unknown currency."""
    parts = name_parts(name)
    for part in reversed(parts):
        if part in _DIMENSION_WORDS:
            return _DIMENSION_WORDS[part]
        if part in _MONEY_WORDS or stem(part) in _MONEY_WORDS:
            return Dimension.MONEY
    return None
