"""The prompt, read back: the shape it asks for, the record it carries, the question at its end.

The digest gets nothing but chat messages, so this is where text becomes tables again. A record block counts only
when the eight hex digits of its tag are the start of the SHA-256 of what stands between the tags: nothing inside a
cell, a question or an earlier answer can pass for a record.
"""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_OPEN = re.compile(r"^<record-([0-9a-f]{8})((?:[ \t][^\n]*)?)>\r?\n", re.MULTILINE)
_ATTRIBUTE = re.compile(r'([A-Za-z_][\w-]*)="([^"]*)"')
_HEAD = re.compile(r"^\[([^\]\n]{1,200})\] (\d{1,9}) rows?(?: of (\d{1,9}))?( \([^)]*\))?(?:[;:,.]\s*(.*))?$")
_ASKED = re.compile(r"^The analyst asks:\s*(.*?)(?:\nAnswer it from the record above[^\n]*)?$", re.DOTALL)
_MARK = re.compile(r"^\[mark [0-9a-f]+[^\]\n]*\]\s*")  # not a question
_HEADING = re.compile(r"^##[ \t]+(\S.*?)[ \t#]*$")
_AFTER_HEADING = re.compile(r"\s+[—–-]\s+|:\s")
_MOST_BLOCKS = 64  # a prompt has one block, a chat a few: more is somebody trying to keep us busy


@dataclass(frozen=True, slots=True)
class Section:
    """A `## Heading` of the shape and the line that says what belongs there."""

    heading: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RawSet:
    """One result set as text. Cells are exactly what the prompt showed; an empty string is NULL."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]  # the `#` of each row
    of: int | None = None  # rows there were before the set was cut to fit
    note: str = ""  # what the head line says about the cut


@dataclass(frozen=True, slots=True)
class RawRecord:
    record_id: str
    use_case: str
    sets: tuple[RawSet, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """`record` is None when no genuine block was found; `damaged` says that one was there and did not verify."""

    sections: tuple[Section, ...]
    record: RawRecord | None
    question: str
    damaged: bool = False


def read_prompt(messages: Sequence[Mapping[str, str]]) -> Prompt:
    """Never raises on any text; the last genuine block wins, the question is what follows it in the last message."""
    system = "\n".join(_content(m) for m in messages if m.get("role") == "system")
    others = [_content(m) for m in messages if m.get("role") != "system"]
    asked = [_content(m) for m in messages if m.get("role") == "user"]
    record: RawRecord | None = None
    damaged = False
    for text in [*others[::-1], system]:
        block, broken = _last_block(text)
        damaged = damaged or broken
        if block is not None:
            record = block
            break
    return Prompt(_sections(system), record, _question(asked[-1]) if asked else "", damaged and record is None)


def _content(message: Mapping[str, str]) -> str:
    return str(message.get("content") or "")


def _sections(system: str) -> tuple[Section, ...]:
    """Headings outside code fences, in order; text after a dash or colon in the heading is its hint."""
    found: list[tuple[str, list[str]]] = []
    fenced = False
    for line in system.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        match = None if fenced else _HEADING.match(line.rstrip("\r"))
        if match:
            heading, *rest = _AFTER_HEADING.split(match.group(1), maxsplit=1)
            found.append((heading.strip("*_ "), rest))
        elif found and line.strip():
            found[-1][1].append(line.strip())
    return tuple(Section(heading, " ".join(hint)[:400]) for heading, hint in found[:20] if heading)


def _last_block(text: str) -> tuple[RawRecord | None, bool]:
    """The last block whose digits fit its text, and whether a block was seen that does not fit."""
    broken = False
    for match in reversed(list(_OPEN.finditer(text))[-_MOST_BLOCKS:]):
        body = _genuine_body(text, match.end(), match.group(1))
        if body is None:
            broken = True
            continue
        attributes = {k: html.unescape(v) for k, v in _ATTRIBUTE.findall(match.group(2))}
        return RawRecord(attributes.get("record_id", ""), attributes.get("use_case", ""), _read_sets(body)), broken
    return None, broken


def _genuine_body(text: str, start: int, digits: str) -> str | None:
    """The text up to the closing tag that makes the checksum right; a closing tag inside the data does not."""
    closing = f"</record-{digits}>"
    hashed = hashlib.sha256()
    done, end = start, text.find(closing, start)
    for _ in range(_MOST_BLOCKS):
        if end < 0:
            return None
        hashed.update(text[done:end].encode("utf-8", "surrogatepass"))
        if hashed.hexdigest().startswith(digits):
            return text[start:end]
        done, end = end, text.find(closing, end + 1)
    return None


def _read_sets(body: str) -> tuple[RawSet, ...]:
    lines = [line.rstrip("\r") for line in body.split("\n")]
    sets: list[RawSet] = []
    at = 0
    while at < len(lines):
        head = _HEAD.match(lines[at])
        at += 1
        if head is None:
            continue
        name, count, of = head.group(1), int(head.group(2)), head.group(3)
        note = " ".join(part.strip() for part in head.group(4, 5) if part)
        columns = _cells(lines[at]) if at < len(lines) and not _HEAD.match(lines[at]) else []
        at += bool(columns)
        rows: list[list[str]] = []
        while at < len(lines) and len(rows) < count and lines[at] and not _HEAD.match(lines[at]):
            rows.append(_cells(lines[at]))
            at += 1
        sets.append(_raw_set(name, columns, rows, int(of) if of else None, note))
    return tuple(sets)


def _raw_set(name: str, columns: list[str], rows: list[list[str]], of: int | None, note: str) -> RawSet:
    numbered = bool(columns) and columns[0] == "#"
    width = len(columns) - numbered
    padded = [(row[numbered:] + [""] * width)[:width] for row in rows]
    numbers = [row[0] if numbered and row else str(i) for i, row in enumerate(rows, 1)]
    return RawSet(name, tuple(columns[numbered:]), tuple(map(tuple, padded)), tuple(numbers), of, note)


def _cells(line: str) -> list[str]:
    """One line of CSV; a line no CSV reader accepts is split at its commas."""
    if '"' not in line:
        return line.split(",")
    try:
        for cells in csv.reader([line]):
            return cells
    except csv.Error:
        pass
    return line.split(",")


def _question(text: str) -> str:
    """The analyst's own words: after "The analyst asks:", or a whole later message; the plain task line is none."""
    end = max((m.end() for m in re.finditer(r"^</record-[0-9a-f]{8}>", text, re.MULTILINE)), default=0)
    rest = _MARK.sub("", text[end:].strip())
    asked = _ASKED.match(rest)
    return asked.group(1).strip() if asked else ("" if end else rest)
