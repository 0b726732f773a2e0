"""An answer → sentences with their places, the way Markdown means them.

A sentence ends at its full stop, at a blank line, at a list item, a heading or a table row. What stands before a
sentence never depends on what comes after it, so the check can run while text streams.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from core.evidence.language.listed import words
from core.evidence.text.blocks import Block, Line, find_blocks
from core.evidence.text.tokens import Token, tokenise


@dataclass
class Sentence:
    """`lead` names what a list item, a label or the column head of a table cell is about."""

    start: int
    end: int
    text: str
    block: Block
    heading: str = ""  # the text of the headings above
    lead: str = ""  # in a table: the column's head and the row's first cell
    paragraph: int = 0
    clause: bool = False  # ends with a semicolon: the next one goes on

    @cached_property
    def tokens(self) -> list[Token]:
        return tokenise(self.text, self.start)

    @cached_property
    def segments(self) -> list[int]:
        """The number of its segment, for each token."""
        return _segment(self.tokens)

    @cached_property
    def words(self) -> frozenset[str]:
        """All of them, folded."""
        return frozenset([t.low for t in self.tokens])


_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")


_END = re.compile(r"[.!?…]+[\"”’')*_\]]*(?=\s|$)|;(?=\s)")


_SHORT_FORMS = words(
    "approx ca c e.g i.e eg ie vs no nr dr mr mrs ms prof st inc ltd co corp jan feb mar apr jun jul "
    "aug sep sept oct nov dec etc incl excl max min avg fig est dept tel p.a u.s a.m p.m z.b d.h bzw "
    "ref op cf al art sec par"
)


LONGEST = 700  # characters of one sentence; the rest is read as another


def sentences(answer: str) -> list[Sentence]:
    """All sentences in reading order, not overlapping."""
    found: list[Sentence] = []
    heading: list[tuple[int, str]] = []
    table_heads: list[str] = []
    paragraph = 0
    for lines in find_blocks(answer):
        first = lines[0]
        paragraph += 1
        if first.block is Block.HEADING:
            level = len(first.text) - len(first.text.lstrip("# ")) if first.text.lstrip().startswith("#") else 9
            heading = [(depth, text) for depth, text in heading if depth < level]
            text = first.text.strip(" #*_:")
            heading.append((level, text))
            found.append(_sentence(answer, first.start, first.start + len(first.text), first.block, "", paragraph))
            continue
        above = " · ".join(text for _, text in heading)
        if first.block is Block.TABLE:
            rows = [line for line in lines if not _TABLE_RULE.match(line.text)]
            ruled = len(rows) < len(lines)
            for i, line in enumerate(rows):
                cells = _cells(line)
                if i == 0 and ruled:
                    table_heads = [text.strip() for _, text in cells]
                    continue
                found += _table_row(answer, cells, table_heads if ruled else [], above, paragraph)
            continue
        end = lines[-1].start + len(lines[-1].text)
        found += _split(answer, first.start + first.marker, end, first.block, above, paragraph)
    return found


def _cells(line: Line) -> list[tuple[int, str]]:
    cells: list[tuple[int, str]] = []
    place = line.start
    for part in line.text.split("|"):
        cells.append((place, part))
        place += len(part) + 1
    if cells and not cells[0][1].strip():
        cells = cells[1:]
    if cells and not cells[-1][1].strip():
        cells = cells[:-1]
    return cells


def _table_row(
    answer: str, cells: list[tuple[int, str]], heads: list[str], heading: str, paragraph: int
) -> list[Sentence]:
    label = cells[0][1].strip() if cells else ""
    found: list[Sentence] = []
    for i, (start, text) in enumerate(cells):
        if not text.strip():
            continue
        head = heads[i] if i < len(heads) else ""
        sentence = _sentence(answer, start, start + len(text), Block.TABLE, heading, paragraph)
        sentence.lead = f"{head} | {label}" if i else head
        found.append(sentence)
    return found


def _split(answer: str, start: int, end: int, block: Block, heading: str, paragraph: int) -> list[Sentence]:
    text = answer[start:end]
    found: list[Sentence] = []
    begin = 0
    for match in _END.finditer(text):
        if match.end() < len(text) and (_goes_on(text, match) or _is_inside(text[begin : match.start()], match)):
            continue
        found += _bounded(answer, start + begin, start + match.end(), block, heading, paragraph)
        found[-1].clause = match.group() == ";"
        begin = match.end()
    if text[begin:].strip():
        found += _bounded(answer, start + begin, end, block, heading, paragraph)
    return found


def _is_inside(before: str, match: re.Match[str]) -> bool:
    """A semicolon within brackets or quotes parts no statements."""
    return match.group() == ";" and (before.count("(") > before.count(")") or before.count('"') % 2 == 1)


def _bounded(answer: str, start: int, end: int, block: Block, heading: str, paragraph: int) -> list[Sentence]:
    found: list[Sentence] = []
    while start < end:
        cut = end if end - start <= LONGEST else answer.rfind(" ", start + 1, start + LONGEST) + 1 or start + LONGEST
        found.append(_sentence(answer, start, cut, block, heading, paragraph))
        start = cut
    return found


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """An abbreviation, an initial or an ordinal ("2. September") ends no sentence, nor does a title that asks:
    "Where is my parcel? (solved, 3 May)"."""
    if match.group()[0] == "?" and text.startswith(" (", match.end()):
        return True
    if match.group()[0] != ".":
        return False
    before = re.search(r"[\w.]+$", text[max(0, match.start() - 16) : match.start()])
    word = before.group().lower() if before else ""
    after = text[match.end() : match.end() + 24].lstrip(" *_\"'“(")
    if word in _SHORT_FORMS:
        return not after[:1].isupper() or word not in {"etc", "no", "p.a", "a.m", "p.m", "max", "min", "co", "inc"}
    if len(word) == 1 and word.isalpha():
        return True
    if word.isdigit() and len(word) <= 2:
        return bool(re.match(r"(?:Jan|Feb|Mär|Mar|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[kc]t|Nov|De[zc])", after))
    return after[:1].islower()


def _sentence(answer: str, start: int, end: int, block: Block, heading: str, paragraph: int) -> Sentence:
    return Sentence(start, end, answer[start:end], block, heading, "", paragraph)


_BREAKS = frozenset(",;:()[]—–|!?") | words("but while whereas although though however yet")


def _segment(tokens: list[Token]) -> list[int]:
    """Numbers the stretches between commas, brackets and contrasting words."""
    numbers: list[int] = []
    current = 0
    for i, token in enumerate(tokens):
        if token.low in _BREAKS:
            current += i > 0 if token.is_word else not _is_between_digits(tokens, i)
        numbers.append(current)
    return numbers


def _is_between_digits(tokens: list[Token], i: int) -> bool:
    """ "1,204" and "12:30" go on."""
    return (
        tokens[i].text in ",:–"
        and 0 < i < len(tokens) - 1
        and tokens[i - 1].end == tokens[i].start
        and tokens[i].end == tokens[i + 1].start
        and tokens[i - 1].is_digits
        and tokens[i + 1].is_digits
    )
