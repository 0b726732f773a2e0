"""Rows cited as asked: "[orders 3, 5]"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.evidence.text.sentences import Sentence

_CITATION = re.compile(
    r"\[(?P<set>[^\[\]\n|]{1,60}?)(?:[ ,:#]+(?:rows? )?(?P<rows>\d{1,6}(?:\s?(?:[-–,]|and)\s?\d{1,6})*))?\]"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """ "[orders 3, 5]": the name as written and the row numbers, counted from 1."""

    start: int
    end: int
    name: str
    rows: tuple[int, ...]


def find_citations(sentence: Sentence) -> list[Citation]:
    found: list[Citation] = []
    if "[" not in sentence.text:
        return found
    for match in _CITATION.finditer(sentence.text):
        rows: list[int] = []
        for part in re.split(r"\s?(?:,|and)\s?", match["rows"] or ""):
            ends = [int(n) for n in re.findall(r"\d+", part)]
            if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + 500:
                rows += range(ends[0], ends[1] + 1)
            else:
                rows += ends
        found.append(
            Citation(sentence.start + match.start(), sentence.start + match.end(), match["set"].strip(), tuple(rows))
        )
    return found
