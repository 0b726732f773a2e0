"""What the check says about one figure, date, identifier or direction, and about an answer as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    FOUND = "found"  # stands in the record as written
    DERIVED = "derived"  # follows from the record by the arithmetic in `why`
    ROUNDED = "rounded"  # a rounding of a value of the record, or of one that follows from it
    UNSUPPORTED = "unsupported"  # it stands nowhere, and no arithmetic that was tried leads to it
    CONTRADICTED = "contradicted"  # the record says something else about the very thing the sentence names
    IGNORED = "ignored"  # claims nothing about the record: list numbers, advice, idioms


SUPPORTED = frozenset({Verdict.FOUND, Verdict.DERIVED, Verdict.ROUNDED})
TO_CHECK = frozenset({Verdict.UNSUPPORTED, Verdict.CONTRADICTED})


class Cell(NamedTuple):
    """A cell of the record. `row` counts from 0; `column` is a column name of the result set `set`."""

    set: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """`answer[start:end] == text`; `why` is for the reader; `cells` are what carries or denies it."""

    start: int
    end: int
    text: str
    verdict: Verdict
    why: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The claims of one answer, in reading order, never overlapping."""

    claims: tuple[CheckedClaim, ...] = ()

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many claims have each verdict; every verdict is a key."""
        counts = dict.fromkeys(Verdict, 0)
        for claim in self.claims:
            counts[claim.verdict] += 1
        return counts

    @property
    def checked(self) -> int:
        """Claims about the record: everything that is not ignored."""
        return sum(claim.verdict is not Verdict.IGNORED for claim in self.claims)

    @property
    def supported(self) -> int:
        return sum(claim.verdict in SUPPORTED for claim in self.claims)

    @property
    def to_check(self) -> int:
        """How many a person should look at: unsupported and contradicted."""
        return sum(claim.verdict in TO_CHECK for claim in self.claims)

    @property
    def score(self) -> float:
        """Share of the claims about the record that it supports; 1.0 when there are none."""
        return self.supported / self.checked if self.checked else 1.0

    def summary(self) -> str:
        """One line for people: "23 of 25 figures found; 2 to check"."""
        if not self.checked:
            return "No figures to check"
        line = f"{self.supported} of {self.checked} {'figure' if self.checked == 1 else 'figures'} found"
        return f"{line}; {self.to_check} to check" if self.to_check else line
