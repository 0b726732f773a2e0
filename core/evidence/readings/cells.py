"""A figure that stands in a cell, in a row the words allow and a column no other column is meant instead of."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Form
from core.evidence.columns.column import Column, Role
from core.evidence.columns.rows import mask_of, rows_of
from core.evidence.fields import field_before
from core.evidence.fit import Fit
from core.evidence.frame.frame import TOLD, Frame
from core.evidence.frame.scopes import Scope, scopes
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import DOWN, NEGATIVE, POSITIVE, STATISTIC, TOTAL_PHRASES, UP
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension
from core.evidence.readings.choice import NAMED, candidates, compatible
from core.evidence.readings.extremes import extremes_of, narrow
from core.evidence.readings.matching import Matches, matching
from core.evidence.readings.nouns import Noun
from core.evidence.support import Support, found, show, where

CHANGES = frozenset(
    stem(w) for w in words("change growth variance delta difference diff balance profit margin result gain deviation")
)
_LOSS, _GAIN = NEGATIVE | DOWN, POSITIVE | UP
_SUMMARIES = frozenset(stem(w) for w in ["average", "avg", "mean", "median", "typical"])


def read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if noun is not None:
        return _read(frame, claim, noun)
    if claim not in frame.in_cells:
        frame.in_cells[claim] = _read(frame, claim, None)
    return frame.in_cells[claim]


def _read(frame: Frame, claim: Claim, noun: Noun | None) -> Support | None:
    if claim.form is Form.MULTIPLE or claim.dimension is Dimension.POINTS:
        return None
    best: tuple[Fit, Support] | None = None
    for column in candidates(frame, claim):
        matches = matching(claim, column)
        if not matches.any or not _form_fits(claim, column):
            continue
        if noun is not None and not noun.allows(frame, column, claim):
            continue
        facts = frame.index.sets[column.set_index]
        if frame.score(column, claim) < TOLD and is_other_statistic(frame, claim, column, facts.size):
            matches = matches.within(_statistic_rows(facts, matches.any))
        for scope in scopes(frame, facts, claim) if matches.any else ():
            allowed = _allowed(frame, claim, column, scope, matches)
            if not allowed.any:
                continue
            row, quality = allowed.first
            if not _sign_holds(frame, claim, column, row) or _is_foreign(frame, claim, scope, column):
                continue
            if noun is None and _is_chance(frame, claim, column, scope):
                continue
            if best is None or quality > best[0]:
                best = (quality, found(quality, facts, row, column))
            break
        if best is not None and best[0] is Fit.EXACT:
            return best[1]
    return best[1] if best else None


def _is_chance(frame: Frame, claim: Claim, column: Column, scope: Scope) -> bool:
    """A small bare number that neither a word for its column nor one for its row, nor what it counts, relates to it."""
    if claim.form not in (Form.DIGITS, Form.WORDS):
        return False
    bare = claim.unit is None or claim.dimension in (Dimension.TIME, Dimension.PERCENT)
    small = claim.value < SMALL and claim.value.is_integer()
    return bare and small and not scope.used and frame.score(column, claim) == 0


SMALL = 20  # every record has such whole numbers
RANKS = frozenset(stem(w) for w in words("rank position place standing"))


def _form_fits(claim: Claim, column: Column) -> bool:
    """Ordinals stand in columns of ranks, fractions in columns of shares."""
    if claim.form is Form.ORDINAL:
        return bool(RANKS & set(column.stems))
    if claim.form is Form.FRACTION:
        return column.unit is None and all(n is None or 0 <= n <= 1 for n in column.numbers)
    return True


def _allowed(frame: Frame, claim: Claim, column: Column, scope: Scope, matches: Matches) -> Matches:
    """Those in the rows the words mean."""
    inside = matches.within(scope.mask)
    if not inside.any or (left := narrow(frame, claim, scope, column)) is None:
        return inside
    return inside.within(left)


def _sign_holds(frame: Frame, claim: Claim, column: Column, row: int) -> bool:
    """A negative cell is told with a minus, brackets or a word for it; a positive one is not told as a loss."""
    return sign_holds(frame, claim, column.numbers[row] or 0.0, signed=_is_signed(column))


def sign_holds(frame: Frame, claim: Claim, value: float, *, signed: bool) -> bool:
    """`signed`: values of this kind may be negative, so a positive one is not told as a loss."""
    if claim.sign < 0 and value > 0:
        return False
    group = frame.groups[claim.first]
    near = frame.stems(group)
    if value < 0 and claim.sign == 0 and not claim.text.startswith("("):
        return bool(near & _LOSS)
    if value < 0 and claim.sign > 0:
        return False
    if value > 0 and claim.sign >= 0 and signed:
        return not (near & _LOSS and not near & _GAIN)
    if value < 0:
        return not (near & POSITIVE and not near & NEGATIVE)
    return True


def _is_signed(column: Column) -> bool:
    return bool(CHANGES & set(column.stems)) or column.has_negative


def is_other_statistic(frame: Frame, claim: Claim, column: Column, size: int) -> bool:
    """ "average", "median" and "in total" ask for arithmetic over several rows, not for one of their cells."""
    if size <= 1:
        return False
    if _SUMMARIES & set(column.stems) or "average" in column.marks:
        facts = frame.index.sets[column.set_index]
        if extremes_of(frame, claim):
            return False  # "the average wait peaked at 72 seconds"
        return not facts.summary and all(s.mask.bit_count() > 1 for s in scopes(frame, facts, claim)) and size > 3
    near = [frame.tokens[i] for i in frame.places(frame.groups[claim.first])]
    if not frame.word_stems.isdisjoint(STATISTIC) and any(
        (t.start < claim.end and abs(t.start - claim.start) < 60) or 0 < t.start - claim.end < 24
        for t in near
        if t.stem in STATISTIC
    ):
        return not _compared_with(frame, claim, STATISTIC)
    facts = frame.index.sets[column.set_index]
    if not frame.adds_up or facts.summary or any(s.mask.bit_count() == 1 for s in scopes(frame, facts, claim)[:1]):
        return False
    start = frame.sentence.start
    lead = frame.sentence.text[max(0, claim.start - start - 44) : claim.start - start]
    after = frame.sentence.text[claim.end - start : claim.end - start + 16]
    if _ONE & {t.low for t in near if t.start < claim.start}:
        return False
    return bool(TOTAL_PHRASES.pattern.search(lead) or TOTAL_PHRASES.pattern.match(after.strip()))


_ONE = words("an one single each another")


def _statistic_rows(facts: SetFacts, mask: int) -> int:
    """Those of the rows that call themselves "Median of the segment"."""
    texts = [column.texts for column in facts.columns if column.role is not Role.PROSE]
    return mask_of(
        row
        for row in rows_of(mask)
        if any(stem(word) in STATISTIC for t in texts for word in (t[row] or "").lower().split()[:6])
    )


def _compared_with(frame: Frame, claim: Claim, words: frozenset[str]) -> bool:
    """ "EUR 980, above the average of 700": the average is the other figure's word."""
    places = [i for i, t in enumerate(frame.tokens) if t.stem in words]
    if not places:
        return False
    others = [c for c in frame.claims if c is not claim and c.unit == claim.unit and c.readings]

    def distance(c: Claim) -> int:
        return min(abs(p - c.first) + (1 if p > c.last else 0) for p in places)

    return any(distance(other) < distance(claim) for other in others) or all(
        p > claim.last + 1
        and any(
            t.stem in {"abov", "below", "over", "under", "than", "versu", "against", "compar"}
            for t in frame.tokens[claim.last : p]
        )
        for p in places
    )


def _is_foreign(frame: Frame, claim: Claim, scope: Scope, column: Column) -> bool:
    """A clearly named thing has rows elsewhere with such figures, and this set says nothing about it."""
    if scope.used or scope.facts.size <= 1:
        return False
    for mention in frame.mentions:
        if mention.context or mention.strength < 3 or scope.facts.index in mention.options or mention.claim is claim:
            continue
        if frame.groups[mention.first] != frame.groups[claim.first]:
            continue
        for number in mention.options:
            facts = frame.index.sets[number]
            if facts.size > 1 and any(c.is_number and c.dimension == column.dimension for c in facts.columns):
                return True
    return False


def is_told_otherwise(frame: Frame, claim: Claim) -> bool:
    """Whether the words name one column by all of its own words, in one row, and it has another figure."""
    for column in candidates(frame, claim)[:3]:
        facts = frame.index.sets[column.set_index]
        score = frame.score(column, claim)
        if score >= TOLD and any(n is not None for n in column.numbers) and not _is_verb(frame, claim):
            return True
        if (
            facts.size == 1
            and score >= _PLAINLY
            and _is_told_in_full(frame, claim, column)
            and not _tells_change(frame)
        ):
            return True
        if score < NAMED or facts.size < 2:
            continue
        for scope in scopes(frame, facts, claim)[:1]:
            if scope.used and scope.mask.bit_count() == 1 and column.numbers[scope.mask.bit_length() - 1] is not None:
                return True
    return False


_PLAINLY = 0.9


def _is_verb(frame: Frame, claim: Claim) -> bool:
    """ "the port to open is 7443": no name of a column."""
    name = field_before(frame.fields, frame.tokens, claim.first)
    return name is not None and name.first > 0 and frame.tokens[name.first - 1].low == "to"


def _is_told_in_full(frame: Frame, claim: Claim, column: Column) -> bool:
    told = set(column.stems) <= frame.stems(frame.groups[claim.first])
    return told and len(column.stems) > 1 and column.numbers[0] is not None


def _tells_change(frame: Frame) -> bool:
    return bool(frame.ways or frame.words & _PAST)


_PAST = words("from before was were had")


def elsewhere(frame: Frame, claim: Claim) -> Support | None:
    """Any cell with this figure, whatever the words: to say where the right figure of the wrong place stands."""
    for strict in (True, False):
        for column in frame.index.numbers:
            if strict and not compatible(frame, claim, column):
                continue
            exact = matching(claim, column).exact if strict else _plainly(claim, column)
            if exact:
                facts = frame.index.sets[column.set_index]
                row = (exact & -exact).bit_length() - 1
                return found(
                    Fit.EXACT,
                    facts,
                    row,
                    column,
                    f"{where(facts, row)} has {show(column.numbers[row], column.unit_at(row))} as {column.name}",
                )
    return None


def _plainly(claim: Claim, column: Column) -> int:
    return column.rows_between(claim.value - 1e-6, claim.value + 1e-6) if claim.readings else 0
