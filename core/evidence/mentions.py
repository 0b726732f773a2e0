"""Which rows a sentence talks about: values, dates, superlatives and row references, each with the rows it means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from core.evidence.claims import Claim, Kind, find_citations
from core.evidence.columns import Column, Role
from core.evidence.index import STOP, Entry, Index
from core.evidence.language.calendar import Grain, Span
from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, name_parts, singulars, stem
from core.evidence.language.synonyms import are_synonyms, status_synonyms
from core.evidence.text import OWNER, Sentence, Token

DAY = timedelta(days=1)


class Sort(StrEnum):
    VALUE = "value"
    TIME = "time"
    EXTREME = "extreme"
    ROW = "row"


@dataclass(slots=True)
class Mention:
    """`options`: for each set it speaks about, the alternative row masks it may mean.

    `slot` names what is restricted; two mentions of one slot are alternatives or a list, of two slots both hold.
    `strength`: 3 an identifier or a full name, 2 a label, 1 a part or a form of one.
    """

    first: int
    last: int
    segment: int
    sort: Sort
    slot: str
    text: str
    strength: float
    options: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    entries: list[Entry] = field(default_factory=list[Entry])
    claim: Claim | None = None
    negated: bool = False
    spans: list[Span] = field(default_factory=list[Span])
    own_spans: list[Span] = field(default_factory=list[Span])  # the date alone, where `spans` is a stretch
    open_end: bool = False  # since, before …
    context: bool = False  # taken from the heading or an earlier sentence
    binding: bool = False  # context that says what a line is about: a table's row, a heading that is an identifier


_STATUS = frozenset(
    stem(w)
    for w in words(
        "status state stage category type kind priority severity result flag decision channel class level grade reason "
        "outcome mood lies"
    )
)
_NEGATION = words("not never no without except excluding unlike nor neither instead rather isn wasn weren hasn didn")


def find_values(sentence: Sentence, index: Index) -> list[Mention]:
    """Longest match first; overlapping shorter ones are left out."""
    found: list[Mention] = []
    tokens = sentence.tokens
    i = 0
    while i < len(tokens):
        token = tokens[i]
        mention = None
        if token.is_word:
            mention = _phrase_at(sentence, index, i) or _label_form(sentence, index, i)
        if mention is None:
            i += 1
            continue
        found.append(mention)
        i = mention.last + 1
    return _join_parts(sentence, index, found)


def _join_parts(sentence: Sentence, index: Index, found: list[Mention]) -> list[Mention]:
    """ "Calibration standard K-7" for a longer value: neighbouring parts of one value name it together."""
    joined: list[Mention] = []
    for mention in found:
        last = joined[-1] if joined else None
        parts = not any(e.whole for e in mention.entries)
        between = sentence.tokens[last.last + 1 : mention.first] if last else []
        if last and parts and len(between) <= 2 and not any(e.whole for e in last.entries):
            both = [e for e in last.entries if any(o.column is e.column and o.text == e.text for o in mention.entries)]
            if both and all((not t.is_word and t.text in "-,/ ") or t.low in _LINKS for t in between):
                joined[-1] = _mention(sentence, index, last.first, mention.last, both)
                joined[-1].strength = 2.6
                continue
        joined.append(mention)
    return joined


_LINKS = words("was were is are been has had the of")


def _phrase_at(sentence: Sentence, index: Index, i: int) -> Mention | None:
    tokens = sentence.tokens
    low = tokens[i].low
    starts = [low, *(one for one in singulars(low) if one in index.phrase_lengths)]
    for start in starts:
        for length in index.phrase_lengths.get(start, ()):
            words, last = _words_from(tokens, i, length)
            if last < 0:
                continue
            words = (start, *words[1:])
            tries = [words, *((*words[:-1], one) for one in singulars(words[-1]) if length > 1)]
            for told in tries:
                entries = [e for e in index.phrases.get(told, ()) if _fits(sentence, i, last, told, e)]
                if entries:
                    whole = [e for e in entries if e.whole]
                    return _mention(sentence, index, i, last, whole or entries)
    return None


def _words_from(tokens: list[Token], i: int, length: int) -> tuple[tuple[str, ...], int]:
    """The next `length` words from i with at most two marks between neighbours; the last is -1 when there are none."""
    words: list[str] = []
    at = last = i
    skipped = 0
    while at < len(tokens) and len(words) < length:
        token = tokens[at]
        if token.is_word:
            words.append(token.low)
            last, skipped = at, 0
        else:
            skipped += 1
            if skipped > 2 or token.text in ";!?|":
                break
        at += 1
    return tuple(words), last if len(words) == length else -1


def _fits(sentence: Sentence, first: int, last: int, words: tuple[str, ...], entry: Entry) -> bool:
    """Whether the words mean the value here: short and common words only in the record's own spelling."""
    tokens = sentence.tokens
    typed = sentence.text[tokens[first].start - sentence.start : tokens[last].end - sentence.start]
    word = words[0]
    column = entry.column
    if len(words) > 1:
        if all(w.isdigit() or len(w) == 1 for w in words) and not all(w.isdigit() for w in words):
            return OWNER.sub("", typed).replace(" ", "") == entry.text.replace(" ", "")
        if all(w.isdigit() for w in words):
            return typed == entry.text
        return True
    if word.isdigit():
        if column.role is Role.CODE and len(word) >= 5:
            return True
        return entry.whole and column.role is not Role.PROSE and _named_before(tokens, first, column)
    if len(word) == 1:
        return typed == entry.text and _named_before(tokens, first, column)
    if word in STOP or len(word) == 2:
        return typed == entry.text and typed.isupper() and not sentence.text.isupper()
    if not entry.whole:
        return typed[:1].isupper() or len(word) > 3
    return True


def _named_before(tokens: list[Token], first: int, column: Column) -> bool:
    """ "room 12", "grade A", "# 4711": the word before says which column it is."""
    near = [t for t in tokens[max(0, first - 3) : first] if t.text not in ".:"]
    if not near:
        return False
    if near[-1].text == "#":
        return True
    return any(
        t.stem and (t.stem in column.stems or any(are_synonyms(t.stem, s) for s in column.stems)) for t in near[-2:]
    ) or (near[-1].low in {"id", "no", "number", "nr"})


def _label_form(sentence: Sentence, index: Index, i: int) -> Mention | None:
    """ "cancellations" for the label Cancelled: a form of it, weaker than the word itself."""
    token = sentence.tokens[i]
    if len(token.low) < 3 or token.low in STOP:
        return None
    entries = index.labels_by_stem.get(token.stem)
    if not entries and len(token.low) > 3:
        entries = [
            e
            for s in status_synonyms(token.stem)
            for e in index.labels_by_stem.get(s, ())
            if _STATUS & set(e.column.stems)
        ]
    if not entries:
        return None
    mention = _mention(sentence, index, i, i, entries)
    foreign = all(fold(e.text) in FOREIGN or e.text.lower() in FOREIGN for e in entries)
    verbal = token.low.endswith(("ed", "en", "wn", "ew", "un", "id", "st", "ft")) or token.low in _IRREGULAR
    mention.strength = 2 if foreign else 1.6 if verbal else 1.0
    return mention


_IRREGULAR = words("won lost sent sold paid left met held")


def _mention(sentence: Sentence, index: Index, first: int, last: int, entries: list[Entry]) -> Mention:
    tokens = sentence.tokens
    codes = [e for e in entries if e.column.role is Role.CODE]
    typed = sentence.text[tokens[first].start - sentence.start : tokens[last].end - sentence.start]
    whole = any(e.whole for e in entries)
    if codes or (whole and last > first):
        strength = 3.0
    elif whole:
        naming = any(not _STATUS & set(e.column.stems) for e in entries)
        strength = 2.5 if typed[:1].isupper() and (first > 0 or naming) else 2.0
    else:
        naming = any(not _STATUS & set(e.column.stems) for e in entries) and len(typed) > 3
        strength = 2.0 if typed[:1].isupper() and (first > 0 or naming) and last == first else 1.0
    mention = Mention(first, last, sentence.segments[first], Sort.VALUE, "", typed, strength, entries=entries)
    mention.slot = min(e.column.key for e in entries)
    mention.negated = is_negated(tokens, first)
    masks: dict[int, dict[str, int]] = {}
    for entry in entries:
        by_column = masks.setdefault(entry.column.set_index, {})
        by_column[entry.column.key] = by_column.get(entry.column.key, 0) | index.rows_mask(entry.rows)
    mention.options = {s: list(by_column.values()) for s, by_column in masks.items()}
    names_column = any(c.is_number and w == 1.0 for c, w in index.column_words.get(tokens[first].stem, ()))
    if last == first and not codes and names_column and any(len(e.rows) > 1 or not e.whole for e in entries):
        mention.strength = min(mention.strength, 1.6)  # "solar output": a column as well as a label
    if last == first and not codes and typed[:1].islower() and _is_column_word(tokens, first, index):
        mention.strength = min(mention.strength, 1.0)  # "vacation days left": a word of a column's name as well
    if codes or any(len(e.rows) == 1 for e in entries):
        _join(mention, index)
    return mention


def _is_column_word(tokens: list[Token], first: int, index: Index) -> bool:
    """Whether the words beside it belong to the same column's name."""
    beside = {t.stem for t in tokens[max(0, first - 2) : first + 3] if t.is_word} - {tokens[first].stem}
    return any(
        c.is_number and w == 1.0 and (beside & set(c.stems) or beside & {stem(p) for p in name_parts(c.name)})
        for c, w in index.column_words.get(tokens[first].stem, ())
    )


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
                mention.options.setdefault(target, []).append(index.rows_mask(reached))


def is_negated(tokens: list[Token], first: int) -> bool:
    near = tokens[max(0, first - 3) : first]
    for token in reversed(near):
        if token.text in ",;:(":
            return False
        if token.low in _NEGATION or token.low in {"isn't", "wasn't", "weren't", "hasn't", "didn't", "never"}:
            return True
    return False


_SINCE = re.compile(
    r"\b(?:since|starting|beginning|onwards? from)\s+(?:the )?(?:end of |start of |beginning of )?$", re.IGNORECASE
)
_UNTIL = re.compile(
    r"\b(?:until|till|up to|through|by the end of|by end of|as of|as at)\s+(?:the )?(?:end of )?$", re.IGNORECASE
)
_AFTER_CLAUSE = re.compile(r"(?:^|[,;(] ?)(?:after|once|following)\b[^,;]{0,70}$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|prior to|earlier than)\s+$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|later than|following)\s+$", re.IGNORECASE)
_JOINED = re.compile(
    r"\s*(?:-|–|—|to|and|until|till|through|thru|bis)\s*(?:early |late |the |end of )?$", re.IGNORECASE
)
_PAIR_LEAD = re.compile(r"\b(?:between|from)\s+(?:the )?(?:early |late |end of |start of )?$", re.IGNORECASE)


def find_times(sentence: Sentence, claims: list[Claim], index: Index) -> list[Mention]:
    """Each date claim as a restriction to the rows of that time; "since", "before" and "from … to" as ranges."""
    found: list[Mention] = []
    dated = [c for c in claims if c.kind is Kind.DATE and c.moment is not None]
    for place, claim in enumerate(dated):
        moment = claim.moment
        if moment is None or moment.grain is Grain.MINUTE:
            continue
        spans = moment.spans(index.years, index.today)
        own = spans
        lead = sentence.text[max(0, claim.start - sentence.start - 80) : claim.start - sentence.start]
        ranged, open_end = _range(lead, spans), False
        if ranged is not spans:
            spans, open_end = ranged, True
        slot = "since" if open_end else "time"
        mention = Mention(
            claim.first, claim.last, sentence.segments[claim.first], Sort.TIME, slot, claim.text, 2.5, claim=claim
        )
        mention.spans, mention.own_spans, mention.open_end = spans, own, open_end
        found.append(mention)
        if place and found[:-1]:
            _pair_up(sentence, found[-2], mention, dated[place - 1], claim, index)
    for mention in found:
        mention.options = time_options(mention.spans, index)
    return found


def _range(lead: str, spans: list[Span]) -> list[Span]:
    if _BEFORE.search(lead):
        return [(date.min, first) for first, _ in spans]
    if _AFTER.search(lead) or _AFTER_CLAUSE.search(lead):
        return [(last, date.max) for _, last in spans]
    if _SINCE.search(lead):
        return [*((first, date.max) for first, _ in spans), *((last + DAY, date.max) for _, last in spans)]
    if _UNTIL.search(lead):
        return [(date.min, last) for _, last in spans]
    return spans


def _pair_up(sentence: Sentence, left: Mention, right: Mention, a: Claim, b: Claim, index: Index) -> None:
    """ "between March and May": each end alone may still be meant, so the whole stretch is one more option."""
    between = sentence.text[a.end - sentence.start : b.start - sentence.start]
    lead = sentence.text[max(0, a.start - sentence.start - 24) : a.start - sentence.start]
    if not _JOINED.fullmatch(between):
        return
    if not _PAIR_LEAD.search(lead) and between.strip().lower() in {"and"}:
        return
    stretches = [(x[0], y[1]) for x in left.spans for y in right.spans if x[0] <= y[0] and (y[1] - x[0]).days < 800]
    if stretches:
        left.spans = right.spans = stretches
        left.open_end = right.open_end = True


def time_options(spans: list[Span], index: Index) -> dict[int, list[int]]:
    """For each set with times: the rows inside each span, by each time column; an empty mask when there is none."""
    options: dict[int, list[int]] = {}
    for facts in index.sets:
        if not facts.times:
            continue
        masks: list[int] = []
        for first, last in spans:
            for column in facts.times:
                mask = rows_in_span(column, first, last)
                if mask and mask not in masks:
                    masks.append(mask)
            if mask := _running(facts.times, first, last):
                masks.append(mask)
        if masks:
            options[facts.index] = masks
        elif facts.size > 1:
            options[facts.index] = [0]
    return options


def rows_in_span(column: Column, first: date, last: date) -> int:
    mask = 0
    for row, span in enumerate(column.spans):
        if span is not None and span[0] >= first and span[1] <= last:
            mask |= 1 << row
    return mask


_STARTS = frozenset(stem(w) for w in words("start begin effective valid from since"))
_ENDS = frozenset(stem(w) for w in words("end stop until expire expiry to valid"))


def _running(times: list[Column], first: date, last: date) -> int:
    """Rows that were under way: started before the end of the span and not ended before its beginning."""
    starts = next((c for c in times if _STARTS & set(c.stems)), None)
    ends = next((c for c in times if _ENDS & set(c.stems) and c is not starts), None)
    if starts is None or ends is None:
        return 0
    mask = 0
    for row, span in enumerate(starts.spans):
        end = ends.spans[row]
        if span is not None and span[0] <= last and (end is None or end[1] >= first):
            mask |= 1 << row
    return mask


def find_rows(sentence: Sentence, index: Index) -> list[Mention]:
    """Row citations such as "[orders 3]"."""
    found: list[Mention] = []
    for citation in find_citations(sentence):
        facts = next((s for s in index.sets if s.name.casefold() == citation.name.casefold()), None)
        if facts is None or not citation.rows:
            continue
        rows = [row - 1 for row in citation.rows if 1 <= row <= facts.size]
        first = next((i for i, t in enumerate(sentence.tokens) if t.start >= citation.start), 0)
        mention = Mention(first, first, sentence.segments[first], Sort.ROW, "row", citation.name, 2)
        mention.options = {facts.index: [index.rows_mask(rows)]}
        found.append(mention)
    return found
