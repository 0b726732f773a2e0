"""Values of the record that a sentence names, the longest first."""

from __future__ import annotations

from core.evidence.columns.column import Column, Role
from core.evidence.index.facts import Entry
from core.evidence.index.index import Index
from core.evidence.index.vocabulary import Word
from core.evidence.index.words import STOP
from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, singulars
from core.evidence.language.synonyms import are_synonyms
from core.evidence.mentions.mention import Mention
from core.evidence.mentions.naming import mention_of
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import OWNER, Token


def find_values(sentence: Sentence, index: Index) -> list[Mention]:
    """Longest match first; overlapping shorter ones are left out."""
    found: list[Mention] = []
    end = -1
    vocabulary = index.vocabulary
    silent = vocabulary.silent
    for i, token in enumerate(sentence.tokens):
        if token.text in silent or i <= end or not token.is_word or (word := vocabulary.find(token)) is None:
            continue
        mention = _phrase_at(sentence, index, i, word) or _label_form(sentence, index, i, word)
        if mention is not None:
            found.append(mention)
            end = mention.last
    return _join_parts(sentence, index, found) if len(found) > 1 else found


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
                joined[-1] = mention_of(sentence, index, last.first, mention.last, both)
                told = {t.stem for t in sentence.tokens[last.first : mention.last + 1]}
                sure = all(_names_row(e) or index.stems_of(e.text) <= told for e in both)
                joined[-1].strength = _NAME if sure else _KIND
                continue
        joined.append(mention)
    return joined


def _names_row(entry: Entry) -> bool:
    return entry.column.distinct == len(entry.column.texts)


_NAME, _KIND = 2.6, 1.9  # parts of a row's own name say which row; "blood pressure" is more than a kind of visit
_LINKS = words("was were is are been has had the of")


def _phrase_at(sentence: Sentence, index: Index, i: int, word: Word) -> Mention | None:
    for start, length in word.starts:
        words, last = _words_from(sentence.tokens, i, length)
        if last < 0:
            continue
        words = (start, *words[1:])
        tries = [words, *((*words[:-1], one) for one in singulars(words[-1]) if length > 1)]
        for told in tries:
            entries = [e for e in index.vocabulary.phrases.get(told, ()) if _fits(sentence, i, last, told, e)]
            if entries:
                whole = [e for e in entries if e.whole]
                return mention_of(sentence, index, i, last, whole or entries)
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


def _label_form(sentence: Sentence, index: Index, i: int, word: Word) -> Mention | None:
    """ "cancellations" for the label Cancelled: a form of it, weaker than the word itself."""
    token, entries = sentence.tokens[i], word.forms
    if not entries:
        return None
    mention = mention_of(sentence, index, i, i, entries)
    foreign = all(fold(e.text) in FOREIGN or e.text.lower() in FOREIGN for e in entries)
    verbal = token.low.endswith(("ed", "en", "wn", "ew", "un", "id", "st", "ft")) or token.low in _IRREGULAR
    mention.strength = 2 if foreign else 1.6 if verbal else 1.0
    return mention


_IRREGULAR = words("won lost sent sold paid left met held")
