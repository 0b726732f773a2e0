"""A sentence and the index of a record → the frame of the sentence."""

from __future__ import annotations

from core.evidence.claims.claim import Bound, Claim, Kind
from core.evidence.claims.find import find_claims
from core.evidence.conditions import find_conditions
from core.evidence.fields import Field, field_before
from core.evidence.frame.frame import Frame
from core.evidence.frame.groups import group_segments
from core.evidence.frame.hits import find_hits, find_owners
from core.evidence.index.index import Index
from core.evidence.language.calendar import Grain, Moment
from core.evidence.language.units import Dimension, unit_of_word
from core.evidence.mentions.cited import find_rows
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.mentions.times import find_times
from core.evidence.mentions.values import find_values
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token


def build_frame(sentence: Sentence, index: Index, context: list[Mention]) -> Frame:
    tokens = sentence.tokens
    fields = [one for one in index.fields.find(sentence) if not _is_unit(tokens, one)]
    values = [m for m in find_values(sentence, index) if not _is_told_figure(fields, tokens, m)]
    known = [
        (tokens[m.first].start, tokens[m.last].end)
        for m in values
        if (any(c.isdigit() for c in m.text) and m.strength >= 2)
        or (m.strength >= 3 and m.last > m.first + 1 and unit_of_word(m.text) is None)
    ]
    known += [(tokens[one.first].start, tokens[one.last].end) for one in fields if one.last > one.first]
    periods = index.fields.periods(tokens)
    known += [(tokens[at].start, tokens[at + 1].end) for at in periods]
    claims = find_claims(sentence, known)
    for claim in claims:
        _read_as_year(claim, index)
        _drop_false_unit(claim, sentence, index)
        _drop_false_currency(claim, sentence, index, values)
    told = [name for c in claims if (name := field_before(fields, tokens, c.first))] if fields else []
    fields = [name for name in fields if name.last > name.first or name in told]
    conditions = find_conditions(sentence, index, values, fields)
    mentions = [*values, *conditions, *find_times(sentence, claims, index), *find_rows(sentence, index)]
    if told:
        mentions = [m for m in mentions if not any(one.first <= m.first and m.last <= one.last for one in told)]
    mentions = _without_overlaps(mentions, claims)
    frame = Frame(index, sentence, tokens, claims, mentions, fields=fields)
    frame.group, frame.label_groups = group_segments(frame)
    frame.groups = [frame.group[segment] for segment in sentence.segments]
    find_hits(frame)
    find_owners(frame)
    frame.mentions += context
    return frame


def _is_unit(tokens: list[Token], name: Field) -> bool:
    """ "took 39.8 hours to solve", where `hours_to_solve` is a column: the unit of the figure before it."""
    counted = name.first > 0 and tokens[name.first - 1].is_digits
    return counted and name.last > name.first and unit_of_word(tokens[name.first].low) is not None


def _is_told_figure(fields: list[Field], tokens: list[Token], mention: Mention) -> bool:
    """ "lines 2" tells how many lines, where `lines` is a column: it is no line of that number."""
    if not mention.text.isdigit():
        return False
    name = field_before(fields, tokens, mention.first)
    return name is not None and not any(e.column in name.columns for e in mention.entries)


def _read_as_year(claim: Claim, index: Index) -> None:
    """ "the 2025 total": a year of the record, where nothing it has is so many."""
    if claim.kind is not Kind.NUMBER or claim.unit is not None or claim.bound is not Bound.EXACT or claim.sign:
        return
    if len(claim.text) != 4 or not claim.text.isdigit() or int(claim.text) not in index.years:
        return
    if all(facts.size != claim.value for facts in index.sets) and not any(
        column.rows_between(claim.value, claim.value) for column in index.numbers
    ):
        claim.kind, claim.moment = Kind.DATE, Moment(Grain.YEAR, int(claim.text))


def _drop_false_unit(claim: Claim, sentence: Sentence, index: Index) -> None:
    """ "four meters" of a record of meters are no length."""
    if claim.unit is None or claim.dimension in _SURE_UNITS or claim.first == claim.last:
        return
    last = sentence.tokens[claim.last]
    if len(last.low) > 2 and any(w == 1.0 for _, w in index.set_words.get(last.stem, ())):
        claim.unit = None
        while claim.last > claim.first and not any(c.isdigit() for c in sentence.tokens[claim.last].low):
            claim.last -= 1
            if sentence.tokens[claim.last].is_word:
                break
        claim.end = sentence.tokens[claim.last].end
        claim.text = sentence.text[claim.start - sentence.start : claim.end - sentence.start]


def _drop_false_currency(claim: Claim, sentence: Sentence, index: Index, values: list[Mention]) -> None:
    """ "INR 3.6" of a record with a test of that name is no money."""
    if claim.dimension is not Dimension.MONEY or claim.unit is None or claim.unit.name in index.currencies:
        return
    if any(m.first == m.last == claim.first < claim.last for m in values):
        claim.unit = None
        claim.first += 1
        claim.start = sentence.tokens[claim.first].start
        claim.text = sentence.text[claim.start - sentence.start : claim.end - sentence.start]


_SURE_UNITS = frozenset({Dimension.TIME, Dimension.MONEY, Dimension.PERCENT, Dimension.POINTS})


def _without_overlaps(mentions: list[Mention], claims: list[Claim]) -> list[Mention]:
    """Inside a figure or a date nothing else is meant."""
    kept: list[Mention] = []
    for mention in mentions:
        clash = any(
            c is not mention.claim
            and c.kind is not Kind.IGNORED
            and c.first <= mention.last
            and mention.first <= c.last
            for c in claims
        )
        if not clash or mention.sort is Sort.ROW:
            kept.append(mention)
    return sorted(kept, key=lambda m: m.first)
