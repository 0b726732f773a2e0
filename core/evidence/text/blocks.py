"""The lines of an answer that belong together, as Markdown means them: a paragraph, a list item, a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Block(StrEnum):
    TEXT = "text"
    ITEM = "item"
    HEADING = "heading"
    TABLE = "table"
    CODE = "code"


_FENCE = re.compile(r"\s*(?:```|~~~)")


_HEADING = re.compile(r"\s{0,3}#{1,6}\s")


_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*+•‣–]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\[[ x]\])\s+", re.IGNORECASE)


_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")


_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*_]+?)(?:\*\*|__)\s*:?\s*$")


@dataclass(slots=True)
class Line:
    start: int
    text: str
    block: Block
    marker: int = 0  # characters of the list marker


def find_blocks(answer: str) -> list[list[Line]]:
    """Lines that belong together: a paragraph, one list item, one heading, one table."""
    blocks: list[list[Line]] = []
    place = 0
    in_code = False
    for raw in answer.splitlines(keepends=True):
        text = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        start, place = place, place + len(raw)
        if _FENCE.match(text):
            in_code = not in_code
            blocks.append([])
            continue
        if not text.strip() or _RULE.match(text):
            blocks.append([])
            continue
        if in_code:
            blocks.append([Line(start, text, Block.CODE)])
            continue
        line = _classify(start, text)
        if (line.block is Block.TABLE and blocks and blocks[-1] and blocks[-1][0].block is Block.TABLE) or (
            line.block is Block.TEXT and blocks and blocks[-1] and _continues(blocks[-1][-1], line)
        ):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [block for block in blocks if block]


def _classify(start: int, text: str) -> Line:
    if _HEADING.match(text):
        return Line(start, text, Block.HEADING)
    bold = _BOLD_LINE.match(text)
    if bold and len(bold["text"].split()) <= 7 and not bold["text"].rstrip().endswith((".", "!")):
        return Line(start, text, Block.HEADING)
    if text.count("|") >= 2 and text.lstrip().startswith("|"):
        return Line(start, text, Block.TABLE)
    item = _ITEM.match(text)
    if item:
        return Line(start, text, Block.ITEM, item.end())
    quote = re.match(r"\s*(?:>\s*)+", text)
    return Line(start, text, Block.TEXT, quote.end() if quote else 0)


def _continues(before: Line, line: Line) -> bool:
    """A hard-wrapped line goes on; lines such as "Total: 5" under each other do not."""
    if before.block not in (Block.TEXT, Block.ITEM):
        return False
    text = before.text.rstrip()
    if text.endswith((".", "!", "?", ":", ";", "|")):
        return False
    return line.text.lstrip()[:1].islower() or len(text) >= 60
