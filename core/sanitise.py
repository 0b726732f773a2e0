"""Text that did not come from us, made harmless for Markdown: answers, record cells, comments.

Headings, lists, bold, italics and tables stay. What loads, links, embeds or runs does not: no image, link, HTML,
formula, code span, directive or icon survives, whatever the renderer's extensions.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`$\[\]<>&~^|]|://|www\.|@(?=[\w-])|:(?=[a-z])|!(?=\[)", re.IGNORECASE)
_PUNCTUATION = re.compile(_SPECIAL.pattern + r"|[*_#+\-.!(){}]", re.IGNORECASE)
JOINER = "\u2060"  # invisible; an entity would be decoded before the renderer looks for addresses to link
_REPLACED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "://": f":{JOINER}//", "@": f"@{JOINER}", ":": f":{JOINER}"}
_TABLE_LINE = re.compile(r"^\s*\|.*\|\s*$")
# Four spaces make a block of code, in which nothing is marked; a list within a list may have them.
_INDENTED = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*(?![ \t]*(?:[-*+]|\d{1,3}[.)])[ \t])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")


def markdown_safe(text: str) -> str:
    """`text` as Markdown that draws the same words and can do nothing else."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    return "\n".join(_line(line) for line in text.split("\n"))


def plain(text: str) -> str:
    """`text` as Markdown that draws exactly these characters: for labels, headings and table cells."""
    line = _CONTROL.sub("", text).replace("\n", " ")
    return _PUNCTUATION.sub(lambda match: _harmless(match[0], keep_pipes=False), line)


def _line(line: str) -> str:
    keep_pipes = bool(_TABLE_LINE.match(line))
    line = _INDENTED.sub(lambda match: "\u00a0" * len(match[0].expandtabs(4)), line)
    return _SPECIAL.sub(lambda match: _harmless(match[0], keep_pipes), line)


def _harmless(found: str, keep_pipes: bool) -> str:
    if found == "|" and keep_pipes:
        return found
    if found.lower() == "www.":
        return f"{found[:-1]}{JOINER}."
    return _REPLACED.get(found, f"\\{found}")
