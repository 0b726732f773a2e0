"""Conditions a word puts on rows without quoting a value: flags ("remote", "faulty"), and what has or has not happened
yet ("unpaid", "not delivered", "still open")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.evidence.columns.column import Column, Role
from core.evidence.fields import Field
from core.evidence.index.index import Index
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem
from core.evidence.language.synonyms import are_opposites, are_synonyms
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.mentions.naming import is_negated
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token

PENDING = words(
    "still currently ongoing active outstanding pending unresolved open remaining running uncleared unfinished live"
)
ENDS = frozenset(
    stem(w)
    for w in words(
        "left ended end closed cleared solved resolved back returned paid delivered completed finished cancelled "
        "expired terminated stopped departure checkout released discharged fixed settled answered shipped received"
    )
)
_LATE = words("late overdue delayed")
_HAVING = words("with without had have has having any no")
_AWAITED = words("await awaits awaited awaiting")
_RETURNED = stem("returned")
STRENGTH = 1.6  # binds counts; for cells it may be left out


def find_conditions(sentence: Sentence, index: Index, found: list[Mention], fields: list[Field]) -> list[Mention]:
    """Mentions of conditions. Where the word is also a label, its rows become one more meaning of that label."""
    mentions: list[Mention] = []
    if not index.conditional and not index.punctual and sentence.words.isdisjoint(_HAVING):
        return mentions
    taken = {i: m for m in found for i in range(m.first, m.last + 1)}
    mentions += _flags(sentence, index, fields)
    named = {i for m in mentions for i in range(m.first, m.last + 1)}
    for i, token in enumerate(sentence.tokens):
        if not token.is_word or len(token.low) < 4 or token.is_digits or i in named:
            continue
        options, columns, slot, negated = _options(sentence.tokens, i, token, index)
        if not options:
            continue
        other = taken.get(i)
        if other is not None:
            if other.strength >= 3:
                continue
            for number in [number for number in options if number in other.options]:
                other.options[number] += [mask for mask in options.pop(number) if mask not in other.options[number]]
            if not options:
                continue
        mention = Mention(i, i, sentence.segments[i], Sort.VALUE, slot, token.text, STRENGTH, options)
        mention.negated, mention.conditions = negated, columns
        mentions.append(mention)
    return mentions


def _flags(sentence: Sentence, index: Index, fields: list[Field]) -> Iterator[Mention]:
    """ "without Gift Aid": a flag by its name of several words."""
    for one in fields:
        flags = [c for c in one.columns if id(c) in index.flag_masks] if one.last > one.first else []
        if flags:
            words = sentence.text[sentence.tokens[one.first].start - sentence.start :][:40]
            mention = Mention(
                one.first, one.last, sentence.segments[one.first], Sort.VALUE, f"if:{flags[0].key}", words, STRENGTH
            )
            mention.options = {c.set_index: [index.flag_masks[id(c)]] for c in flags}
            mention.negated, mention.conditions = is_negated(sentence.tokens, one.first), flags
            yield mention


def _options(
    tokens: list[Token], i: int, token: Token, index: Index
) -> tuple[dict[int, list[int]], list[Column], str, bool]:
    options: dict[int, list[int]] = {}
    columns: list[Column] = []
    slot = ""
    negated = False
    single = tokens[i - 1].low == "single" if i else False  # "without a single order"
    before = {t.low for t in tokens[max(0, i - 2 - single) : i]}
    if before & _HAVING:
        for column, weight in index.column_words.get(token.stem, ()):
            facts = index.sets[column.set_index]
            if column.role in (Role.LABEL, Role.PROSE) and weight == 1.0 and 0 < len(column.held) < facts.size:
                options.setdefault(column.set_index, []).append(column.held_mask)
                slot, negated = slot or f"if:{column.key}", bool(before & {"without", "no"})
            if column.is_number and weight == 1.0 and index.sets[column.set_index].size > 1:
                mask = column.something
                if 0 < mask < index.sets[column.set_index].all:
                    options.setdefault(column.set_index, []).append(mask)
                    slot, negated = slot or f"if:{column.key}", bool(before & {"without", "no"})
    if (late := token.low in _LATE) or _says_on_time(tokens, i):
        for number, masks in index.punctual.items():
            options[number] = [masks[0] if late is not is_negated(tokens, i) else masks[1]]
            slot = "if:late"
    for column in index.conditional:
        mask = None
        if column.role is Role.FLAG:
            if token.stem not in index.sets[column.set_index].nouns and names_flag(token, column):
                mask, negated = index.flag_masks[id(column)], is_negated(tokens, i) or _is_awaited(tokens, i)
            elif any(are_opposites(token.stem, s) for s in column.stems):
                mask = index.false_masks[id(column)]
                mask = index.flag_masks[id(column)] if is_negated(tokens, i) else mask
        elif (token.low in PENDING and (ENDS & set(column.stems))) or (
            token.low.startswith("un") and stem(token.low[2:]) in column.stems
        ):
            mask = index.empty_masks[id(column)]
        elif token.low.endswith(("ed", "en", "d", "t", "n", "back")) and _happened(token, column):
            size = index.sets[column.set_index].all
            empty = index.empty_masks[id(column)]
            mask = empty if is_negated(tokens, i) else size & ~empty
        if mask is not None:
            options.setdefault(column.set_index, []).append(mask)
            columns.append(column)
            slot = slot or f"if:{column.key}"
    return options, columns, slot, negated


def names_flag(token: Token, column: Column) -> bool:
    return _names(token.low, token.stem, column.name)


@lru_cache(maxsize=20_000)
def _names(low: str, told: str, name: str) -> bool:
    """ "approval" names `approved`, "billed" names `billable`."""
    for part in name_parts(name):
        if len(part) < 4 or part in {"flag", "with", "have", "been"}:
            continue
        base = part[:-4] if part.endswith(("able", "ible")) and len(part) >= 8 else part
        shared = next((i for i, (a, b) in enumerate(zip(low, base, strict=False)) if a != b), min(len(low), len(base)))
        if shared >= max(4, len(base) - 2) and len(low) - shared <= 4:
            return True
        if told == stem(part) or are_synonyms(told, stem(part)):
            return True
    return False


def _is_awaited(tokens: list[Token], i: int) -> bool:
    return any(t.low in _AWAITED for t in tokens[max(0, i - 2) : i])


def _says_on_time(tokens: list[Token], i: int) -> bool:
    low = tokens[i].low
    return low in {"punctual", "punctually"} or (low == "time" and i > 0 and tokens[i - 1].low == "on")


def _happened(token: Token, column: Column) -> bool:
    if token.low == "back":
        return _RETURNED in column.stems
    return any(token.stem == s for s in column.stems) and token.low not in {"open", "date", "start"}
