"""Which way things went where no word names a series: "CRP has risen" of a row with `previous_value` and
`latest_value`, "weight rose in subject 5" of two visits.

Contradicted only where the record can be read as at least one such pair of values, and no pair goes that way.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Kind
from core.evidence.frame.frame import Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import ADVICE, GROWTH_STEP, GROWTH_YEAR, VERB_DOWN, VERB_UP
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.mentions.mention import Mention, Sort
from core.evidence.readings.choice import is_name
from core.evidence.readings.linked import columns_told, is_series, linked
from core.evidence.readings.operands.beside import aged_pairs
from core.evidence.readings.predicates import is_unsure
from core.evidence.readings.said import Said
from core.evidence.readings.versus import Answer, best_of, versus

_UNSURE = words(
    "not never no without hardly should could would may might can must will if whether unless until when once why "
    "isn wasn doesn didn hasn neither nor only almost nearly partly than"
)
_GOING = words("went go goes gone going came come comes pick picked picks moved move moves crept edged shot is are was")
_PARTICLES = {"up": 1, "upward": 1, "upwards": 1, "down": -1, "downward": -1, "downwards": -1}
_NO_MOVES = frozenset(stem(w) for w in words("improve recover deteriorate lost"))  # better may be more or less
_NOUNS = words("the this that its their any each")  # "the rise": no verb


def read(frame: Frame) -> Iterator[Said]:
    """At most one."""
    if is_unsure(frame, _UNSURE) or any(c.kind is Kind.NUMBER for c in frame.claims):
        return
    ways = [(place, sign) for place in range(len(frame.tokens)) if (sign := _sign(frame, place))]
    if len(ways) != 1 or ADVICE.search(frame.sentence.text):
        return
    place, sign = ways[0]
    if any(m.sort is Sort.TIME and not m.context and not _is_step(frame, m) for m in frame.mentions):
        return
    answers = [one for facts in frame.index.sets if facts.size for one in _in_set(frame, facts, place, sign)]
    if answers:
        yield Said(place, place, best_of(answers))


def _sign(frame: Frame, place: int) -> int:
    token, before = frame.tokens[place], frame.tokens[place - 1].low if place else ""
    if token.low in _PARTICLES:
        return _PARTICLES[token.low] if before in _GOING else 0
    sign = (token.stem in VERB_UP) - (token.stem in VERB_DOWN)
    if sign and token.text[0].isupper() and any(m.first <= place <= m.last for m in frame.mentions if not m.context):
        return 0  # a name
    return 0 if not sign or token.stem in _NO_MOVES or before in _NOUNS or is_name(frame, place) else sign


def _is_step(frame: Frame, mention: Mention) -> bool:
    """ "against the previous year": the time before, whichever the record has."""
    text = frame.sentence.text
    relative = mention.claim is not None and mention.claim.moment is not None and bool(mention.claim.moment.relative)
    return relative and bool(GROWTH_YEAR.search(text) or GROWTH_STEP.search(text))


def _in_set(frame: Frame, facts: SetFacts, place: int, sign: int) -> Iterator[Answer]:
    rows = linked(frame, facts, [i for i in range(len(frame.tokens)) if i != place])
    if rows is None:
        return
    if rows.row is not None and (rows.named or facts.size == 1):
        yield from _in_row(frame, facts, rows.row, place, sign, named=rows.named)
    elif rows.named or is_series(facts):
        yield from _in_series(frame, facts, rows.mask, place, sign)


def _in_row(frame: Frame, facts: SetFacts, row: int, place: int, sign: int, *, named: bool) -> Iterator[Answer]:
    pairs = aged_pairs(facts, row)
    told = columns_told(frame, facts.numbers, range(place))
    if told or not named:
        pairs = [(new, old) for new, old in pairs if new in told or old in told]
    for new, old in pairs:
        yield versus(facts, sign, (new, row), (old, row))


def _in_series(frame: Frame, facts: SetFacts, mask: int, place: int, sign: int) -> Iterator[Answer]:
    """The last row of a thing against its first, and against the one before."""
    for column in columns_told(frame, facts.numbers, range(place)):
        rows = column.rows_over_time(facts.times[0], mask) if facts.times else []
        if len(rows) < 2:
            continue
        yield versus(facts, sign, (column, rows[-1]), (column, rows[-2]))
        if not GROWTH_STEP.search(frame.sentence.text):
            yield versus(facts, sign, (column, rows[-1]), (column, rows[0]))
