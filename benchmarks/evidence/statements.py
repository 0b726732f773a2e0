"""The statements the check is measured with: read from JSON lines, checked, and counted by what they are.

A statement is one answer about one record with one label: "true", "false" or "non-claim", and a kind that says how it
is true ("found", "derived", "rounded"), false ("row", "unit", "date", …) or no claim ("advice", "idiom", …). A model's
answer carries many labels instead, one for each stretch of it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.evidence.check import Checker
from core.evidence.record_file import read_record
from core.evidence.verdict import TO_CHECK, CheckedClaim, Verdict

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Label:
    """What a reader says about `answer[start:end]`; the whole of it for a statement."""

    label: str  # true, false, non-claim
    kind: str
    start: int = 0
    end: int = 1 << 30


@dataclass(frozen=True)
class Statement:
    id: str
    record: str
    answer: str
    labels: tuple[Label, ...]


@dataclass
class Tally:
    """How many labels of each (label, kind) there were, and how many of them the check flagged."""

    all: Counter[tuple[str, str]] = field(default_factory=Counter)
    flagged: Counter[tuple[str, str]] = field(default_factory=Counter)
    unmarked: int = 0  # true ones that got no verdict at all
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[tuple[Statement, Label]] = field(default_factory=list)

    def rate(self, label: str) -> tuple[int, int, float]:
        """Flagged, all, and their ratio."""
        flagged = sum(n for (name, _), n in self.flagged.items() if name == label)
        total = sum(n for (name, _), n in self.all.items() if name == label)
        return flagged, total, flagged / total if total else 0.0


def read_statements(name: str) -> Iterator[Statement]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if "labels" in item:
            labels = tuple(
                Label(one["label"], one["kind"], start, start + len(one["text"]))
                for one in item["labels"]
                for start in [_place(item["answer"], one)]
            )
        else:
            labels = (Label(item["label"], item["kind"]),)
        yield Statement(item["id"], item["record"], item["answer"], labels)


def _place(answer: str, label: dict[str, str]) -> int:
    """Where the labelled text stands: after the words in "after", when it stands there more than once."""
    after = label.get("after", "")
    lead = answer.index(after) + len(after)
    return answer.index(label["text"], lead)


def measure(statements: Iterator[Statement]) -> Tally:
    checkers: dict[str, Checker] = {}
    tally = Tally()
    for statement in statements:
        checker = checkers.setdefault(statement.record, Checker(read_record(HERE / statement.record)))
        started = time.perf_counter()
        claims = checker.check(statement.answer).claims
        tally.milliseconds.append((time.perf_counter() - started) * 1000)
        for label in statement.labels:
            _count(tally, statement, label, [one for one in claims if one.start < label.end and label.start < one.end])
    return tally


def _count(tally: Tally, statement: Statement, label: Label, claims: list[CheckedClaim]) -> None:
    key = (label.label, label.kind)
    flagged = any(claim.verdict in TO_CHECK for claim in claims)
    tally.all[key] += 1
    tally.flagged[key] += flagged
    tally.unmarked += label.label == "true" and all(claim.verdict is Verdict.IGNORED for claim in claims)
    if flagged is not (label.label == "false"):
        tally.wrong.append((statement, label))
