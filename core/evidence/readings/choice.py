"""Which columns a figure may come from: units that fit, and words that name another column better."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import MARKS, Column
from core.evidence.fields import Field, field_before
from core.evidence.frame.frame import TOLD, Frame
from core.evidence.language.listed import words
from core.evidence.language.stems import name_parts, stem
from core.evidence.language.units import Dimension
from core.evidence.match import convert
from core.evidence.mentions.mention import Sort
from core.evidence.readings.nouns import follows_part, participle

NAMED = 0.6  # from here on a column is named, by a word of its own
VETO = 0.45  # a column may be named this much less clearly than the best one
_MARK_WORDS = {mark: frozenset(stem(w) for w in listed.split()) for mark, listed in MARKS.items()}
_MARK_WORDS["previous"] |= {"from", "earli", "ago", "than", "previou"}
_MARK_WORDS["budget"] |= {"against", "forecast", "expect", "allocat"}
_MARK_WORDS["limit"] |= {"up", "allow", "may", "out", "permit"}
_MARK_WORDS["reference"] |= {"within", "outsid", "between"}
_MARK_WORDS["average"] |= {"per", "normal"}
_MARK_WORDS["cumulative"] |= {"date", "far", "total"}
_MARKS_TOLD = {
    told: frozenset(mark for mark, listed in _MARK_WORDS.items() if told in listed)
    for told in frozenset[str]().union(*_MARK_WORDS.values())
}


def factor_for(claim: Claim, column: Column, row: int | None = None) -> float | None:
    """What a value of the column is multiplied with to come into the claim's unit; None when it cannot."""
    unit = column.unit if row is None else column.unit_at(row)
    if claim.unit is None or unit is not None:
        return convert(claim.unit, unit)
    return 1.0


def compatible(frame: Frame, claim: Claim, column: Column) -> bool:
    """Whether the figure's unit and the column's go together, rows of several units left open."""
    if claim.unit is None:
        return True
    if column.units is not None:
        return any(u is not None and convert(claim.unit, u) is not None for u in column.units) or any(
            u is None for u in column.units
        )
    if column.unit is not None:
        return convert(claim.unit, column.unit) is not None
    if column.dimension is None and _counts_here(frame, claim, column):
        return False
    match claim.unit.dimension:
        case Dimension.MONEY:
            known = frame.index.currencies
            if column.dimension is Dimension.MONEY:
                return not known or claim.unit.name in known
            if known and claim.unit.name not in known:
                return False
            if known and frame.score(column, claim) == 0:
                return False  # the record says which of its columns are money
            return column.dimension is None and not any(
                c.dimension is Dimension.MONEY for c in frame.index.sets[column.set_index].columns
            )
        case Dimension.PERCENT | Dimension.POINTS:
            told = frame.index.sets[column.set_index].numbers
            if not column.is_ratio and any(c.dimension is Dimension.PERCENT for c in told):
                return False  # the set says which of its columns are percentages
            return column.dimension is None and (column.is_ratio or frame.score(column, claim) > 0)
        case Dimension.TIME:
            if column.dimension is None and any(s in frame.index.set_words for s in column.stems):
                return False  # `orders` counts orders, no months
            return column.dimension is Dimension.TIME or (column.dimension is None and frame.score(column, claim) > 0)
        case dimension:
            return column.dimension is dimension or (
                column.dimension is None
                and (dimension is Dimension.OTHER or frame.score(column, claim) > 0 or column.rates)
            )


def _counts_here(frame: Frame, claim: Claim, column: Column) -> bool:
    """ "fell from 14 to 3 in three weeks": a column with the bare figures beside this one is no column of weeks."""
    return any(
        other is not claim
        and other.kind is Kind.NUMBER
        and other.unit is None
        and other.form in (Form.DIGITS, Form.WORDS)
        and frame.groups[other.first] == frame.groups[claim.first]
        and column.rows_between(other.value, other.value)
        for other in frame.claims
    )


def open_marks(frame: Frame, claim: Claim) -> frozenset[str]:
    """The marks ("budget", "upper", "previous") the words around the claim speak of."""
    if (known := frame.marks.get(claim)) is not None:
        return known
    group = frame.groups[claim.first]
    near = frame.tokens[max(0, claim.first - 6) : claim.first + 7]
    stems = frame.stems(group) | {t.stem for t in near if t.is_word}
    if frame.sentence.lead:
        stems |= {stem(w) for w in frame.sentence.lead.split()}
    marks = frozenset[str]().union(*(_MARKS_TOLD[s] for s in stems if s in _MARKS_TOLD))
    frame.marks[claim] = marks
    return marks


def candidates(frame: Frame, claim: Claim) -> list[Column]:
    """Number columns that may hold the figure, best named first."""
    if claim not in frame.candidates:
        fitting = frame.index.numbers
        if claim.unit is not None:
            fitting = [c for c in fitting if compatible(frame, claim, c)]
        frame.candidates[claim] = chosen(frame, claim, fitting, whole=follows_part(frame, claim))
    return frame.candidates[claim]


_OF_WHOLE = frozenset({"high", "limit", "budget"})


def chosen(frame: Frame, claim: Claim, fitting: list[Column], *, whole: bool = False) -> list[Column]:
    """Those of the columns that the words allow: none is left that another one is clearly meant instead of.

    `whole`: the figure is what a part is told of ("13 of 20 points"), which a limit or the record's head may hold.
    """
    near = frame.related(claim)
    if near and any(c.set_index in near for c in fitting):
        heads = {c.set_index for c in fitting if whole and frame.index.sets[c.set_index].size == 1}
        also = _columns_of_fields(frame)
        fitting = [c for c in fitting if c.set_index in near | heads or c in also or frame.score(c, claim) >= TOLD]
    if frame.fields and (counted := counted_field(frame, claim)) is not None:
        fitting = [c for c in fitting if c in counted.columns] or fitting
    if told := participle(frame, claim):
        fitting = [c for c in fitting if c.stems == (told,)] or fitting
    scores = frame.scores_of(claim)
    if near and (named := frame.named_sets(claim) & near) and any(c.set_index in named for c in fitting):
        fitting = [c for c in fitting if c.set_index in named or scores.get(id(c), 0.0) > 0]
    best = max([scores.get(id(c), 0.0) for c in fitting], default=0.0) if scores else 0.0
    marked = any(c.hard_marks for c in fitting)
    if best < NAMED and not marked:
        return _best_first(frame, fitting, scores, whole=whole)
    marks = open_marks(frame, claim) | (_OF_WHOLE if whole else frozenset[str]())
    if marked:  # what is out of sight is not meant instead of others
        best = max((s for c in fitting if (s := scores.get(id(c), 0.0)) >= 0.9 or not is_hidden(c, marks)), default=0.0)
    compares = _compares(frame, claim)
    kept: list[Column] = []
    for column in fitting:
        score = scores.get(id(column), 0.0)
        vetoed = best >= NAMED and best - score > VETO and not (whole and (column.marks & _OF_WHOLE or column.is_room))
        if vetoed:
            beside = compares and not column.hard_marks and score_of_marked(fitting, scores, column) == best
            if not beside:
                continue
        if is_hidden(column, marks) and score < 0.9 and _has_plain(column, fitting, scores):
            continue
        kept.append(column)
    return _best_first(frame, kept, scores, whole=whole)


def _columns_of_fields(frame: Frame) -> list[Column]:
    """ "the last 12 months" may be a row of one set and a column of another."""
    return [
        column
        for told in frame.fields
        for column in told.columns
        if any(m.sort is Sort.VALUE and m.first <= told.last and told.first <= m.last for m in frame.mentions)
    ]


def _best_first(frame: Frame, kept: list[Column], scores: dict[int, float], *, whole: bool) -> list[Column]:
    if frame.told_twice:
        kept = [
            c for c in kept if (whole and c.marks & _OF_WHOLE) or not any(_says_more(frame, other, c) for other in kept)
        ]
    return sorted(kept, key=lambda c: -scores.get(id(c), 0.0)) if scores else kept


def counted_field(frame: Frame, claim: Claim) -> Field | None:
    """ "33 more new members": a name of several words that tells what is counted, and that no figure follows."""
    if claim.unit is not None or field_before(frame.fields, frame.tokens, claim.first) is not None:
        return None
    for name in frame.fields:
        between = frame.tokens[claim.last + 1 : name.first]
        if not name.last > name.first > claim.last or len(between) > 1 or not all(t.is_word for t in between):
            continue
        if not any(c.first == name.last + 1 for c in frame.claims):
            return name
    return None


_AGAINST = words("against versus vs compared instead")


def _compares(frame: Frame, claim: Claim) -> bool:
    """ "EUR 153 against EUR 66": the first is told of what the second is set against."""
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 4]]
    return bool(_AGAINST & set(after))


def score_of_marked(fitting: list[Column], scores: dict[int, float], column: Column) -> float:
    """The best score of a marked column that could stand beside the plain one."""
    beside = [c for c in fitting if c.hard_marks and c.set_index == column.set_index and c.unit == column.unit]
    return max((scores.get(id(c), 0.0) for c in beside), default=-1.0)


def _says_more(frame: Frame, other: Column, column: Column) -> bool:
    """ "second-term average" names `second_term` by all the words that name `first_term`, and by one more."""
    if other is column or other.set_index != column.set_index:
        return False
    mine = {h.place for h in frame.column_hits.get(id(column), ()) if h.weight >= 0.5}
    its = {h.place for h in frame.column_hits.get(id(other), ()) if h.weight >= 0.5}
    return bool(mine) and mine < its and len(other.stems) == len(column.stems)


_AIMS = frozenset({"limit", "budget"})  # a ceiling may be called a target


def is_hidden(column: Column, marks: frozenset[str]) -> bool:
    """A marked column speaks only where one of its marks is told, and not where the opposite end is."""
    own = column.hard_marks
    if not own:
        return False
    if not own & marks and not (own & _AIMS and marks & _AIMS):
        return True
    return any(one in own and one not in marks and other in marks for one, other in (("low", "high"), ("high", "low")))


def _has_plain(column: Column, fitting: list[Column], scores: dict[int, float]) -> bool:
    """Whether the set has an unmarked column of the same kind, which is what is meant without the mark's word.

    Where the words name the marked one, the plain one must be named too."""
    return any(
        c.set_index == column.set_index
        and not c.hard_marks
        and c.dimension == column.dimension
        and (scores.get(id(c), 0.0) > 0 or scores.get(id(column), 0.0) == 0)
        for c in fitting
    )


def is_name(frame: Frame, place: int) -> bool:
    """ "minutes lost", "overdue days": the word is half of a column's name, no verb."""
    if frame.named is None:
        frame.named = frozenset(_names(frame))
    return place in frame.named


def _names(frame: Frame) -> Iterator[int]:
    for name in frame.fields:
        yield from range(name.first, name.last + 1)
    tokens = frame.tokens
    for column, hits in frame.column_hits.items():
        parts = {stem(part) for part in name_parts(frame.index.by_id[column].name)}
        for place in {h.place for h in hits if h.weight == 1.0 and h.place >= 0}:
            if any(tokens[near].stem in parts for near in (place - 1, place + 1) if 0 <= near < len(tokens)):
                yield place
