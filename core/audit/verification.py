"""What verifying the audit log found, as a program and as a person read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    INTACT = "intact"
    BROKEN = "broken"
    UNANCHORED = "unanchored"  # nothing wrong to be seen, but a cut end could not be seen


class Damage(StrEnum):
    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    FORKED = "forked"
    CUT_TAIL = "cut tail"
    OLDER_COPY = "older copy"
    CLOCK_BACK = "clock gone backwards"
    UNKNOWN_KEY = "unknown key"
    RETIRED_KEY = "retired key"
    CHECKPOINTS = "checkpoints damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    damage: Damage
    seq: int  # where it shows; 0 when it is not about one row
    words: str


@dataclass(frozen=True, slots=True)
class Verification:
    state: State
    full: bool
    first: int  # the rows that were read, by seq; 0 and 0 when there were none
    up_to: int  # the last row that is in order
    head: int  # the newest row there is
    anchored_to: int | None
    anchored_at: str | None
    at: str  # when it was read, by the database's clock
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    rows: int
    seconds: float

    @property
    def exit_code(self) -> int:
        return {State.INTACT: 0, State.BROKEN: 1, State.UNANCHORED: 2}[self.state]

    @property
    def words(self) -> str:
        """Some sentences for an administrator."""
        if self.state is State.BROKEN:
            order = f" Up to event {self.up_to:,} it is in order." if self.up_to else ""
            return f"The audit log is broken: {' '.join(f.words for f in self.findings)}{order}"
        if not self.head:
            read = "The audit log is empty."
        elif self.full or self.first == 1:
            read = f"All {self.head:,} events were read, and every one is in order."
        else:
            read = f"Events {self.first:,} to {self.head:,} are in order; the earlier ones were not read again."
        return " ".join((read, *self.notes))
