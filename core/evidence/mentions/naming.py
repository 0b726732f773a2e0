"""How surely words name a value, and which rows of which sets they mean by it."""

from __future__ import annotations

from itertools import pairwise

from core.evidence.columns.column import MARKS_OF, Column, Role
from core.evidence.columns.rows import mask_of
from core.evidence.index.facts import Entry
from core.evidence.index.index import Index
from core.evidence.index.vocabulary import STATUS
from core.evidence.index.words import STOP
from core.evidence.language.cues import EITHER_WAY, VERB_EITHER_WAY
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, name_parts, stem
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token

_LEFT_OUT = {("leaving", "out"), ("apart", "from"), ("aside", "from"), ("other", "than"), ("stripping", "out")}
_NEGATION = words(
    "not never no without except excluding excludes barring unlike nor neither instead rather isn wasn weren hasn didn"
)


_WHEN = words("on in at for by since")


def _moves(tokens: list[Token], first: int, entries: list[Entry]) -> bool:
    if tokens[first].stem not in VERB_EITHER_WAY or any(STATUS & set(e.column.stems) for e in entries):
        return False
    return first > 0 and tokens[first - 1].low not in {"the", "a", "an", "this", "each", "every"}


def mention_of(sentence: Sentence, index: Index, first: int, last: int, entries: list[Entry]) -> Mention:
    tokens = sentence.tokens
    codes = [e for e in entries if e.column.role is Role.CODE]
    typed = sentence.text[tokens[first].start - sentence.start : tokens[last].end - sentence.start]
    whole = any(e.whole for e in entries)
    if codes or (whole and last > first):
        strength = 3.0
    elif whole:
        naming = any(not STATUS & set(e.column.stems) for e in entries)
        strength = 2.5 if typed[:1].isupper() and (first > 0 or naming) else 2.0
    else:
        naming = any(not STATUS & set(e.column.stems) for e in entries) and len(typed) >= 3
        strength = 2.0 if typed[:1].isupper() and (first > 0 or naming) and last == first else 1.0
    mention = Mention(first, last, sentence.segments[first], Sort.VALUE, "", typed, strength, entries=entries)
    if last > first and not codes and typed.islower() and all(_is_plain(t) for t in tokens[first : last + 1]):
        mention.strength = 1.0  # "over budget": a label somewhere, and plain English
    mention.slot = min(e.column.key for e in entries)
    mention.negated = is_negated(tokens, first)
    masks: dict[int, dict[str, int]] = {}
    for entry in entries:
        by_column = masks.setdefault(entry.column.set_index, {})
        by_column[entry.column.key] = by_column.get(entry.column.key, 0) | entry.mask
    mention.options = {s: list(by_column.values()) for s, by_column in masks.items()}
    if last == first and not codes:
        mention.strength = min(mention.strength, _most_sure(tokens, first, entries, index))
    if whole and _describes(tokens, last, entries, index):
        mention.strength = max(mention.strength, 2.2)
    if codes or any(len(e.rows) == 1 for e in entries):
        _join(mention, index)
    return mention


def _describes(tokens: list[Token], last: int, entries: list[Entry], index: Index) -> bool:
    """ "the login ticket": a label just before what its row is called says which row."""
    after = tokens[last + 1].stem if last + 1 < len(tokens) else ""
    named = {facts.index for facts, weight in index.set_words.get(after, ()) if weight == 1.0}
    return any(e.column.set_index in named and e.column.role is Role.LABEL for e in entries)


def _most_sure(tokens: list[Token], first: int, entries: list[Entry], index: Index) -> float:
    """How surely a word can name a value at most: it may mean a column as well, or say how things went."""
    token, most = tokens[first], _SURE
    named = [c for c, w in index.column_words.get(token.stem, ()) if w == 1.0]
    if numbers := [c for c in named if c.is_number]:
        own = {e.column.set_index for e in entries}
        if any(len(e.rows) > 1 or not e.whole for e in entries):
            most = 1.6  # "solar output": a column as well as a label
        elif any(c.set_index not in own for c in numbers):
            most = 1.9  # "nitrate": a row of the limits, and a column of the samples
        if token.text[:1].islower() and _is_column_word(tokens, first, numbers):
            most = 1.0  # "vacation days left": a word of a column's name as well
    if token.text.islower() and any(c.role is Role.TIME for c in named):
        dated = first + 1 < len(tokens) and tokens[first + 1].low in _WHEN
        most = min(most, 1.0 if dated else 1.6)  # "planned for 3 May": `planned_on`
    if token.text.islower() and _moves(tokens, first, entries):
        most = 1.0  # "sales rose", where one is called Rose
    return most


_SURE = 3.0


def _is_column_word(tokens: list[Token], first: int, columns: list[Column]) -> bool:
    """Whether the words beside it belong to the same column's name."""
    beside = {t.stem for t in tokens[max(0, first - 2) : first + 3] if t.is_word} - {tokens[first].stem}
    return any(beside & set(c.stems) or beside & {stem(p) for p in name_parts(c.name)} for c in columns)


def _join(mention: Mention, index: Index) -> None:
    """Sets that do not hold the value but refer to its row are restricted through the key."""
    own = dict(mention.options)
    for (origin, target), pairs in index.joins.items():
        if origin not in own or target in own or index.sets[origin].size < 2:
            continue
        rows = {row for e in mention.entries if e.column.set_index == origin for row in e.rows}
        for column, by_key in pairs:
            reached = [r for row in rows if (text := column.texts[row]) for r in by_key.get(fold(text), ())]
            if reached:
                mention.options.setdefault(target, []).append(mask_of(reached))


def _is_plain(token: Token) -> bool:
    return token.stem in EITHER_WAY or token.low in MARKS_OF or token.low in STOP


def is_negated(tokens: list[Token], first: int) -> bool:
    near = tokens[max(0, first - 3) : first]
    for token in reversed(near):
        if token.text in ",;:(":
            return False
        if token.low in _NEGATION or token.low in {"isn't", "wasn't", "weren't", "hasn't", "didn't", "never"}:
            return True
    return any((one.low, other.low) in _LEFT_OUT for one, other in pairwise(near))
