"""A claim: a figure, a date or a code of a sentence with its place, unit, bound and sign."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from core.evidence.fit import Stretch
from core.evidence.language.calendar import Moment
from core.evidence.language.numerals import Reading
from core.evidence.language.units import Dimension, Unit


class Kind(StrEnum):
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    IGNORED = "ignored"


class Bound(StrEnum):
    EXACT = ""
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    JUST_OVER = "just over"
    JUST_UNDER = "just under"


class Form(StrEnum):
    DIGITS = "digits"
    WORDS = "words"
    NONE = "none"  # "no", "none"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    ORDINAL = "ordinal"


@dataclass(slots=True, eq=False)
class Claim:
    """`first` and `last` are the places of its tokens in the sentence; readings are (value, step), likeliest first."""

    start: int
    end: int
    text: str
    kind: Kind
    readings: tuple[Reading, ...] = ()
    unit: Unit | None = None
    bound: Bound = Bound.EXACT
    across: bool = False  # told with "over", which may mean no bound: "over four losses", "a claim over EUR 940"
    sign: int = 0  # written: -1, +1; 0 when not
    form: Form = Form.DIGITS
    moment: Moment | None = None
    why: str = ""  # of an ignored one
    first: int = 0
    last: int = 0
    partner: Claim | None = field(default=None, repr=False)  # the other end of a range
    stretches: dict[bool, tuple[Stretch, ...]] = field(
        default_factory=dict[bool, "tuple[Stretch, ...]"], init=False, repr=False
    )  # what fits, kept by `match`

    @property
    def signed(self) -> float:
        return -self.value if self.sign < 0 else self.value

    @property
    def value(self) -> float:
        return self.readings[0][0] if self.readings else 0.0

    @property
    def dimension(self) -> Dimension | None:
        return self.unit.dimension if self.unit else None


def ignored_at(start: int, end: int, text: str, why: str) -> Claim:
    return Claim(start, end, text[start:end], Kind.IGNORED, why=why)


def number_at(match: re.Match[str], text: str, readings: tuple[Reading, ...], form: Form) -> Claim:
    return Claim(match.start(), match.end(), match.group(), Kind.NUMBER, readings, form=form)
