"""Findings → the answer: each where the prompt's headings want it, the weightiest first, short enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from . import attention, compare, differences, events, facts, gaps, outliers, question, ranges, series, signals, texts
from .figures import shorten
from .finding import Finding, Place
from .parse import Prompt, Section
from .profile import profile
from .tables import Table
from .words import SECTION_WORDS, STOP_WORDS, capital, singular, tokens

NOTICE = "*Digest, not a language model: computed from the record by fixed rules.*"
_DEFAULT = tuple(Section(name) for name in ("Headline", "Findings", "Risks", "Next steps", "What is missing"))
_MOST_WORDS = 340
_MOST = {"summary": 2, "findings": 7, "risks": 4, "solution": 2, "actions": 4, "missing": 4}
_PER_TABLE = 3
_WORTH_A_HEADLINE = 50
_QUIET = "The record's own checks raise nothing. "
_EMPTY = {
    "findings": "Nothing more stands out by these rules.",
    "risks": "No row is marked as a problem and no figure is far from the others by these rules.",
    "solution": "The record holds no solved case to quote.",
    "actions": "The record names no next step, and rules do not invent one.",
}


@dataclass(slots=True)
class _Part:
    """A section on its way to the page."""

    heading: str
    kind: str
    words: frozenset[str]
    hints: frozenset[str]
    opening: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])


def write(prompt: Prompt) -> str:
    """The whole answer as Markdown. Says so when there is no record to read."""
    if prompt.record is None:
        return f"{NOTICE}\n\n{_nothing(prompt)}\n"
    record = prompt.record
    tables = profile(record)
    parts = [_part(section, i) for i, section in enumerate(prompt.sections or _DEFAULT)]
    subject = facts.subject_of([t for t in tables if not signals.is_signal_set(t)], shorten(record.record_id, 80))
    found = collect(tables, subject, shorten(record.record_id, 80))
    _head(parts, found, subject)
    _place(parts, found)
    _limit(parts)
    blocks = [NOTICE]
    if prompt.question:
        bullets = question.answer(prompt.question, tables)
        lines = [question.preface(bullets, tables), "", *(f"- {bullet}" for bullet in bullets)]
        blocks.append("\n".join(lines).strip())
    blocks += [_render(part, parts, len(tables)) for part in parts]
    return "\n\n".join(blocks) + "\n"


def _nothing(prompt: Prompt) -> str:
    if prompt.damaged:
        return (
            "The record in this prompt is not whole: its text does not fit its checksum, so nothing is said about it."
            " Ask again; if it stays, the prompt is being cut on its way."
        )
    return (
        "There is no record in this prompt, so there is nothing to compute. Ask about a record, or choose a language"
        " model."
    )


def collect(tables: Sequence[Table], subject: str, record_id: str) -> list[Finding]:
    """Everything the rules say, weightiest first; ties keep the record's order."""
    found: list[Finding] = []
    single = 0
    for table in tables:
        if table.size == 0:
            continue
        if signals.is_signal_set(table):
            found += signals.find(table, record_id)
            continue
        found += ranges.find(table) if ranges.has_ranges(table) else differences.find(table)
        if table.size == 1:
            found += facts.find(table, 46 if single else 99, subject)
            single += 1
            continue
        if compare.is_comparison(table):
            found += compare.find(table)
            continue
        if series.is_series(table):
            found += series.find(table)
            found += outliers.find(table)
            continue
        if texts.solution(table) is not None:
            found += texts.find_solutions(table)
            continue
        found += series.find_groups(table)
        found += texts.find(table)
        found += attention.find(table)
        found += outliers.find(table)
        found += events.find(table)
    found = _once(found)
    found += [Finding(Place.ACTION, f.weight - 15, f.action, f.table, topics=f.topics) for f in found if f.action]
    found += gaps.find(tables)
    return sorted(found, key=lambda finding: -finding.weight)


def _once(found: list[Finding]) -> list[Finding]:
    """Two sets may hold the same figures (a report and its months): the second telling goes."""
    seen: set[str] = set()
    kept: list[Finding] = []
    for finding in found:
        said = finding.lead.lower().rpartition(": ")[2].removeprefix("total ")
        if finding.place is Place.SIGNAL or not said or said not in seen:
            kept.append(finding)
        seen.add(said)
    return kept


def _part(section: Section, position: int) -> _Part:
    named = tokens(section.heading)
    kind = next((k for k in ("missing", "actions", "solution", "risks") if set(named) & SECTION_WORDS[k]), "findings")
    if set(named) & SECTION_WORDS["summary"] and (position == 0 or (kind == "findings" and len(named) == 1)):
        kind = "summary"
    return _Part(section.heading, kind, _stems(named), _stems(tokens(section.hint)))


def _stems(words: Sequence[str]) -> frozenset[str]:
    return frozenset(singular(w)[:6] for w in words if w not in STOP_WORDS and len(w) > 2)


def _head(parts: list[_Part], found: list[Finding], subject: str) -> None:
    """The headline: what weighs most, then what weighs most in another set; then who this is about."""
    leads = [f for f in found if f.lead and f.place in (Place.SIGNAL, Place.RISK, Place.FINDING)]
    chosen = leads[:1]
    flagged = any(f.place is Place.RISK and f.text.startswith("No ") for f in found)
    telling = [f for f in leads[1:] if f.weight >= _WORTH_A_HEADLINE or chosen[0].weight < _WORTH_A_HEADLINE]
    second = [f for f in telling if f.place is Place.SIGNAL or f.table != chosen[0].table]
    chosen += second[:1]
    said = " ".join(f"{capital(shorten(f.lead, 240)).rstrip('.')}." for f in chosen)
    if not any(f.place is Place.SIGNAL for f in found):
        said = f"{_QUIET if flagged else ''}{said}" or "Nothing stands out by these rules."
    intro = next((f for f in found if f.place is Place.INTRO), None)
    target = next((p for p in parts if p.kind == "summary"), None)
    if target is None:
        target = next((p for p in parts if p.kind == "findings"), parts[0])
    target.opening.append(f"**{subject}**: {said}")
    if intro is not None and intro.weight > 90:
        found.remove(intro)
        target.opening.append(intro.text)


def _place(parts: list[_Part], found: list[Finding]) -> None:
    used: dict[tuple[int, str], int] = {}
    for finding in found:
        part = _where(parts, finding)
        if part is None:
            continue
        key = (id(part), finding.table)
        if finding.place is not Place.SIGNAL and used.get(key, 0) >= _PER_TABLE:
            continue
        used[key] = used.get(key, 0) + 1
        part.findings.append(finding)


def _where(parts: list[_Part], finding: Finding) -> _Part | None:
    """By kind first; among several sections of one kind by the words they share with the finding's set."""
    by_kind = {kind: [p for p in parts if p.kind == kind] for kind in _MOST}
    if finding.place is Place.MISSING:
        return (by_kind["missing"] or [None])[0]
    if finding.place is Place.ACTION:
        solves = "solution" in finding.topics
        wanted = (by_kind["solution"] if solves else []) or by_kind["actions"] or by_kind["solution"]
        return _closest(wanted, finding) if wanted else None
    wanted = by_kind["risks"] if finding.place is Place.RISK else by_kind["findings"]
    plain = any("findin" in part.words for part in by_kind["findings"])
    both = by_kind["findings"] + by_kind["risks"] if plain else by_kind["risks"] + by_kind["findings"]
    candidates = both if finding.place is Place.SIGNAL else wanted or both
    if not candidates:
        return by_kind["summary"][0] if by_kind["summary"] else parts[0]
    return _closest(candidates, finding)


def _closest(candidates: list[_Part], finding: Finding) -> _Part:
    """A section that is named after the finding's set or topic; else the first, which takes everything."""
    stems = _stems((*tokens(finding.table), *finding.topics))
    return max(candidates, key=lambda p: len(stems & p.words))


def _grouped(findings: list[Finding]) -> list[Finding]:
    """Signals first; then set by set, the set with the weightiest finding first."""
    best: dict[str, float] = {}
    for finding in findings:
        best[finding.table] = max(finding.weight, best.get(finding.table, 0.0))
    order = {table: place for place, table in enumerate(sorted(best, key=lambda table: -best[table]))}
    return sorted(findings, key=lambda f: (f.place is not Place.SIGNAL, order[f.table], -f.weight))


def _limit(parts: list[_Part]) -> None:
    """At most so many per section, then the lightest go until the whole is short; signals and firsts stay."""
    for part in parts:
        told = [f for f in part.findings if f.place is Place.SIGNAL]
        room = max(2, _MOST[part.kind] - len(told))
        others = [f for f in part.findings if f.place is not Place.SIGNAL][:room]
        part.findings = _grouped(told + others)
    while sum(len(f.text.split()) for p in parts for f in p.findings) > _MOST_WORDS:
        light = [(f.weight, i, p) for p in parts for i, f in enumerate(p.findings) if i and f.place is not Place.SIGNAL]
        if not light:
            return
        _, index, part = min(light, key=lambda item: (item[0], -item[1]))
        del part.findings[index]


def _render(part: _Part, parts: list[_Part], sets: int) -> str:
    lines = [
        f"{number}. {finding.text}" if "number" in part.hints else f"- {finding.text}"
        for number, finding in enumerate(part.findings, 1)
    ]
    if part.kind == "missing":
        lines.append(
            f"- Reasons and plans are known only where a row states them; nothing outside these {sets} "
            f"{'set' if sets == 1 else 'sets'} was read."
        )
    if not lines and not part.opening:
        lines = [_empty(part, parts)]
    body = "\n\n".join([*part.opening, *(["\n".join(lines)] if lines else [])])
    return f"## {part.heading}\n\n{body}"


def _empty(part: _Part, parts: list[_Part]) -> str:
    told = [f for p in parts if p is not part for f in p.findings if f.place is Place.SIGNAL]
    if part.kind == "risks" and told:
        points = "point" if len(told) == 1 else f"{len(told)} points"
        return f"Beyond the {points} above, {_EMPTY['risks'][0].lower()}{_EMPTY['risks'][1:]}"
    return _EMPTY.get(part.kind, _EMPTY["findings"])
