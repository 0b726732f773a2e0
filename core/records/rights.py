"""Rows of what a login may do, as findings for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.records.contract import Finding

SHOWN = 5


def summarise(rows: Iterable[Sequence[str]], problems: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """One finding for each kind: `rows` are (kind, name), `problems` maps a kind to its sentence and its remedy."""
    names: dict[str, list[str]] = {}
    for kind, name in rows:
        names.setdefault(kind, []).append(name)
    findings: list[Finding] = []
    for kind, found in names.items():
        problem, remedy = problems[kind]
        listed = ", ".join(found[:SHOWN]) + (", …" if len(found) > SHOWN else "")
        findings.append(Finding(problem.format(count=len(found), names=listed), remedy))
    return findings
