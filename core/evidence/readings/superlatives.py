"""Which words of a sentence are superlatives, and of which columns."""

from __future__ import annotations

from core.evidence.columns.column import Column
from core.evidence.frame.frame import Extreme, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import EXTREMES, MOST
from core.evidence.language.listed import words
from core.evidence.language.numerals import ORDINALS
from core.evidence.language.polarity import goodness
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.readings.choice import is_name
from core.evidence.text.tokens import OWNER

WORDS_AFTER = 4


def find_extremes(frame: Frame) -> list[Extreme]:
    found: list[Extreme] = []
    tokens = frame.tokens
    if frame.words.isdisjoint(_SUPERLATIVES):
        return found
    for i in range(len(tokens)):
        if tokens[i].low not in _SUPERLATIVES:
            continue
        meaning = _meaning(frame, i)
        if meaning is None:
            continue
        direction, hint = meaning
        temporal = hint == "time"
        before = tokens[i - 1].low if i else ""
        if before == "-" and i > 1:
            before = tokens[i - 2].low
        rank = ORDINALS.get(before, 1)
        words: frozenset[str] = frozenset() if temporal else frozenset(stem(w) for w in hint.split())
        steps = None if temporal else _steps(frame, i + 1)
        found.append(Extreme(i, frame.groups[i], direction, words, temporal, rank, steps))
    return found


_OF_TWO = {f"{word[:-3]}er": meaning for word, meaning in EXTREMES.items() if word.endswith("est")}
_SUPERLATIVES = EXTREMES.keys() | _OF_TWO.keys() | words("most least fewest record first last")


_STEPS = {
    **dict.fromkeys((stem(w) for w in words("step swing move")), 0),
    **dict.fromkeys((stem(w) for w in words("jump rise increase climb leap surge")), 1),
    **dict.fromkeys((stem(w) for w in words("drop fall decrease decline plunge slump dip")), -1),
}


def _steps(frame: Frame, after: int) -> int | None:
    """Whether the next word is a change, and no column or set is called so."""
    word = frame.tokens[after].stem if after < len(frame.tokens) else ""
    return None if word in frame.index.column_words or word in frame.index.set_words else _STEPS.get(word)


def _meaning(frame: Frame, i: int) -> tuple[int, str] | None:
    tokens = frame.tokens
    low = tokens[i].low
    before = tokens[i - 1].low if i else ""
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    if is_name(frame, i):
        return None  # `latest_on`, told as "latest on"
    if low in EXTREMES:
        if low in {"peak", "maximum"} and after in {"hours", "season", "time", "load"}:
            return None
        if low == "latest" and before == "at":
            return None
        return EXTREMES[low]
    if low in _OF_TWO:  # "the larger one", "the older of the two"
        return _OF_TWO[low] if before == "the" and after in {"one", "of"} else None
    if low in {"most", "least"} and after in MOST:
        direction, hint = MOST[after]
        return (direction if low == "most" else -direction), hint
    if low in {"most", "least"} and _is_done(frame, i + 1):
        return (1 if low == "most" else -1), after
    if low in {"most", "least"} and after in {"often", "frequently"}:
        return (1 if low == "most" else -1), ""
    if low == "record" and after in {"high", "low"}:
        return (1 if after == "high" else -1), ""
    if low in {"first", "last"} and any(c.first == i + 1 for c in frame.claims):
        return None  # "the first 9 months": a stretch, no single row
    owned = before in {"the", "its", "his", "her", "their", "very"} or (i > 0 and OWNER.search(tokens[i - 1].text))
    if low in {"first", "last"} and owned and _set_noun(frame, i):
        return (1 if low == "last" else -1), "time"
    if low in {"most", "least", "fewest"} and before == "the" and after not in {"of", "part", "recent"}:
        return (1 if low == "most" else -1), ""
    return None


def _is_done(frame: Frame, place: int) -> bool:
    """ "the clause least used": a participle that a column of figures is called after."""
    token = frame.tokens[place] if place < len(frame.tokens) else None
    if token is None or not token.low.endswith(("ed", "en", "ld", "ght")):
        return False
    return any(c.is_number and w == 1.0 for c, w in frame.index.column_words.get(token.stem, ()))


def _set_noun(frame: Frame, i: int) -> bool:
    near = frame.tokens[i + 1 : i + 1 + WORDS_AFTER]
    return any(t.stem in frame.index.set_words for t in near if t.is_word)


def targets(frame: Frame, extreme: Extreme, facts: SetFacts) -> list[Column] | None:
    """The columns the superlative may be about in this set; None when it is about another set."""
    near = range(extreme.place + 1, min(extreme.place + 1 + WORDS_AFTER, len(frame.tokens)))
    sets = {s for s, hits in frame.set_hits.items() for hit in hits if hit.place in near and hit.weight >= 0.5}
    plain = [c for c in facts.numbers if not c.hard_marks]
    named = [
        (hit.weight, c)
        for c in frame.index.numbers
        for hit in frame.column_hits.get(id(c), ())
        if hit.place in near or (extreme.place - 2 <= hit.place < extreme.place)
    ]
    if extreme.temporal:
        if sets and facts.index not in sets:
            return None
        return facts.times or None
    if named:
        best = max(weight for weight, _ in named)
        columns = [c for weight, c in named if weight >= best - 0.1]
        own = [c for c in columns if c.set_index == facts.index]
        if own:
            return own
        if not (sets and facts.index in sets):
            return None
    if sets and facts.index not in sets:
        return None
    if extreme.hint:
        hinted = [c for c in plain if is_hinted(c, extreme)]
        hinted = hinted or [c for c in facts.numbers if is_hinted(c, extreme)]
        if hinted:
            return hinted
        if _AGE in extreme.hint:
            return facts.times or plain
    if frame.tokens[extreme.place].low in _GOODNESS and (money := [c for c in plain if c.dimension is Dimension.MONEY]):
        return [c for c in money if goodness(c.stems) >= 0] or money  # no refunds
    if frame.tokens[extreme.place].low in _SIZE and (areas := [c for c in plain if c.dimension is Dimension.AREA]):
        return areas  # the largest field
    if frame.tokens[extreme.place].low in _SIZE and (sizes := [c for c in plain if not c.rates]):
        return sizes  # the largest order is not the one of the highest price per piece
    return plain or None


def is_hinted(column: Column, extreme: Extreme) -> bool:
    """Whether it holds what the superlative is about: "longest" is said of lengths and times."""
    return bool(extreme.hint & set(column.stems)) or (
        column.dimension is not None and stem(column.dimension.value) in extreme.hint
    )


_AGE = stem("age")
_SIZE = words("largest biggest greatest smallest")


_GOODNESS = words("best worst top strongest weakest")
