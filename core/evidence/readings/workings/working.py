"""One figure worked out from the record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from core.evidence.readings.operands.pair import Name, Pair, Term
from core.evidence.verdict import Cell


class Working(NamedTuple):
    """`way`: 1 where what is told of is known to be more than what it is set against, or to come in, -1 where less or
    to go out, 0 where nobody knows; None where nothing goes either way."""

    value: float
    why: Name
    terms: tuple[Term, ...]
    way: int | None = None
    against: tuple[float, float] | None = None  # the two values that a percentage may restate, the newer first

    @property
    def cells(self) -> Iterator[Cell]:
        return chain.from_iterable(term.cells for term in self.terms)


def difference(pair: Pair) -> Working:
    new, old = pair.new, pair.old
    value = new.value - old.value
    name = Name("{} less {}", (new, old) if value >= 0 else (old, new))
    way = (1 if value >= 0 else -1) if pair.ordered else 0
    return Working(value, name, (new, old), way, (new.value, old.value))


def total(pair: Pair) -> Working:
    terms = (pair.new, pair.old)
    return Working(sum(t.value for t in terms), Name("{} and {} added up", terms), terms)
