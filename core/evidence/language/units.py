"""Units and currencies as people write them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Dimension(StrEnum):
    MONEY = "money"
    PERCENT = "percent"
    POINTS = "percentage points"
    TIME = "time"
    MASS = "mass"
    LENGTH = "length"
    ENERGY = "energy"
    POWER = "power"
    VOLUME = "volume"
    AREA = "area"
    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    DATA = "data"
    OTHER = "other"  # compound units (mmol/l, bpm): equal by name or not at all


class Unit(NamedTuple):
    """`factor` leads to the base unit of the dimension; `name` is the currency code, or the canonical name."""

    dimension: Dimension
    name: str
    factor: float = 1.0


CURRENCIES: dict[str, str] = {}
for _code, _words in {
    "EUR": "€ eur euro euros",
    "USD": "$ usd us$ dollar dollars",
    "GBP": "£ gbp pound pounds sterling",
    "CHF": "chf sfr francs franc",
    "JPY": "¥ jpy yen",
    "SEK": "sek",
    "NOK": "nok",
    "DKK": "dkk",
    "PLN": "pln zł zloty",
    "CZK": "czk",
    "HUF": "huf forint",
    "INR": "₹ inr rupee rupees",
    "CNY": "cny rmb yuan",
    "AUD": "aud a$",
    "CAD": "cad c$",
    "KRW": "krw ₩",
    "BRL": "brl r$",
    "TRY": "try",
    "ZAR": "zar",
    "SGD": "sgd s$",
    "MXN": "mxn",
    "RUB": "rub",
    "ILS": "₪ ils",
    "AED": "aed",
    "HKD": "hkd",
    "NZD": "nzd",
}.items():
    for _word in _words.split():
        CURRENCIES[_word] = _code
for _code, _listed in {
    "CHF": "swiss francs|swiss franc",
    "USD": "us dollars|us dollar|american dollars",
    "CAD": "canadian dollars",
    "AUD": "australian dollars",
    "NZD": "new zealand dollars",
    "HKD": "hong kong dollars",
    "SGD": "singapore dollars",
    "GBP": "british pounds|pounds sterling",
    "SEK": "swedish kronor|swedish krona|swedish crowns",
    "NOK": "norwegian kroner|norwegian krone|norwegian crowns",
    "DKK": "danish kroner|danish krone|danish crowns",
    "CZK": "czech crowns|czech koruna",
    "JPY": "japanese yen",
    "TRY": "turkish lira|turkish liras",
    "BRL": "brazilian reais",
}.items():
    CURRENCIES.update(dict.fromkeys(_listed.split("|"), _code))

DAY = 1.0
UNITS: dict[str, Unit] = {}


def _add(dimension: Dimension, table: dict[str, float]) -> None:
    for listed, factor in table.items():
        names = listed.split()
        for name in names:
            UNITS[name] = Unit(dimension, names[0], factor)


_add(
    Dimension.TIME,
    {
        "day days d": DAY,
        "week weeks wk wks": 7.0,
        "fortnight fortnights": 14.0,
        "month months mo mos": 30.4375,
        "quarter quarters": 91.3125,
        "year years yr yrs": 365.25,
        "hour hours h hr hrs": 1 / 24,
        "minute minutes mins min": 1 / 1440,
        "second seconds sec secs s": 1 / 86400,
        "millisecond milliseconds ms": 1 / 86_400_000,
    },
)
_add(
    Dimension.MASS,
    {
        "kg kgs kilo kilos kilogram kilograms": 1,
        "g gram grams": 1e-3,
        "mg milligram milligrams": 1e-6,
        "µg ug mcg microgram micrograms": 1e-9,
        "t tonne tonnes ton tons": 1000,
        "lb lbs": 0.45359237,
        "oz ounce ounces": 0.028349523,
    },
)
_add(
    Dimension.LENGTH,
    {
        "m metre metres meter meters": 1,
        "km kilometre kilometres kilometer kilometers kms": 1000,
        "cm centimetre centimetres centimeter centimeters": 0.01,
        "mm millimetre millimetres millimeter millimeters": 0.001,
        "mi mile miles": 1609.344,
        "ft foot feet": 0.3048,
        "inch inches": 0.0254,
        "nm": 1e-9,
        "nmi": 1852,
    },
)
_add(Dimension.ENERGY, {"kwh": 1, "wh": 1e-3, "mwh": 1e3, "gwh": 1e6, "kj": 1 / 3600, "mj": 1 / 3.6, "gj": 1000 / 3.6})
_add(Dimension.POWER, {"kw kilowatt kilowatts": 1, "w watt watts": 1e-3, "mw megawatt megawatts": 1e3, "gw": 1e6})
_add(
    Dimension.VOLUME,
    {
        "l litre litres liter liters ltr": 1,
        "ml millilitre millilitres milliliter milliliters": 1e-3,
        "cl": 1e-2,
        "hl": 100,
        "m3 m³ cbm": 1000,
        "gallon gallons gal": 3.785411784,
        "barrel barrels bbl": 158.987294928,
    },
)
_add(Dimension.AREA, {"m2 m² sqm": 1, "ha hectare hectares": 1e4, "km2 km²": 1e6, "acre acres": 4046.8564224})
for _name, _listed in {
    "m2": "square metres|square metre|square meters|square meter",
    "km2": "square kilometres|square kilometers",
    "m3": "cubic metres|cubic metre|cubic meters|cubic meter",
    "nmi": "nautical miles|nautical mile|sea miles|sea mile",
    "t": "metric tons|metric ton|metric tonnes",
}.items():
    UNITS.update(dict.fromkeys(_listed.split("|"), UNITS[_name]))
UNITS.update(
    dict.fromkeys(("square feet", "square foot", "sq ft", "sqft"), Unit(Dimension.AREA, "square feet", 0.09290304))
)
UNITS.update(dict.fromkeys(("cubic feet", "cubic foot"), Unit(Dimension.VOLUME, "cubic feet", 28.316846592)))
_add(Dimension.TEMPERATURE, {"°c ℃ celsius": 1})
UNITS["°f"] = UNITS["fahrenheit"] = Unit(Dimension.OTHER, "°f")
UNITS["kelvin"] = Unit(Dimension.OTHER, "kelvin")
_add(Dimension.PRESSURE, {"bar bars": 1, "mbar hpa": 1e-3, "kpa": 1e-2, "mpa": 10, "psi": 0.0689476})
_add(Dimension.DATA, {"mb": 1, "kb": 1e-3, "gb": 1e3, "tb": 1e6, "gib": 1073.741824, "mib": 1.048576})
for _names in (
    "bpm",
    "rpm",
    "mmhg",
    "hz",
    "khz",
    "mhz",
    "ghz",
    "ppm",
    "ppb",
    "kcal",
    "km/h kph kmh",
    "mph",
    "m/s",
    "knots kn knot",
    "mmol/l",
    "mmol/mol",
    "µmol/l umol/l",
    "mg/dl",
    "g/dl",
    "g/l",
    "mg/l",
    "ng/ml",
    "iu/l",
    "u/l",
    "miu/l",
    "ml/min",
    "kg/m2 kg/m²",
    "db dba",
    "volt volts v",
    "ampere amperes amps amp a",
    "ph",
    "teu",
    "l/s",
    "l/min",
    "l/h",
    "m3/h m³/h",
    "m3/d m³/d m3/day",
    "kg/h",
    "t/h",
    "w/m2 w/m²",
    "kwh/m2 kwh/m²",
    "g/km",
    "mg/m3 mg/m³",
    "pallets",
    "mah",
):
    for _name in _names.split():
        UNITS.setdefault(_name, Unit(Dimension.OTHER, _names.split()[0]))

PERCENT = Unit(Dimension.PERCENT, "%")
POINTS = Unit(Dimension.POINTS, "percentage points")


def unit_of_word(word: str) -> Unit | None:
    """The unit or currency a word or symbol of the text stands for."""
    low = word.lower().rstrip(".")
    if low in CURRENCIES:
        return Unit(Dimension.MONEY, CURRENCIES[low])
    if low in {"%", "percent", "per cent", "pct"}:
        return PERCENT
    return UNITS.get(low)
