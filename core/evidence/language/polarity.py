"""Whether more of a thing is better, and the words that say that things went well. General English."""

from __future__ import annotations

from collections.abc import Iterable

from core.evidence.language.listed import words
from core.evidence.language.stems import stem

BETTER = frozenset(stem(w) for w in words("improve improved better recover recovered rebound rebounded"))
WORSE = frozenset(stem(w) for w in words("worsen worsened deteriorate deteriorated worse"))
_GOOD = frozenset(
    stem(w)
    for w in words(
        "rating score star satisfaction revenue sale profit margin yield occupancy attendance conversion income "
        "turnover uptime availability point grade mark login user member accuracy coverage answered donation gift "
        "surplus earning visitor reach retention punctuality productivity output mobility flexion mood win goal taking"
    )
)
_BAD = frozenset(
    stem(w)
    for w in words(
        "downtime fault error defect complaint delay wait late lateness overdue cost expense spend spending loss lost "
        "absence absent sick cancellation cancelled return returned refund scrap waste reject rejected incident "
        "accident fall injury pain death churn debt arrears abandoned missed failure outage turnaround latency backlog "
        "unpaid overtime bug impurity emission vacancy default damage dropout shrinkage breakdown crash "
        "spoilt warning alarm"
    )
)


def goodness(stems: Iterable[str]) -> int:
    """1 where more of what is called so is better, -1 where less is, 0 where the words do not tell."""
    told = set(stems)
    return (not told.isdisjoint(_GOOD)) - (not told.isdisjoint(_BAD))
