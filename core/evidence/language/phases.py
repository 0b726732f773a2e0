"""Words for where a thing stands in its life, and which of them cannot both be true of it at one time. General English.

Kept apart only where no usual process has both: an order may be delivered and returned, a contract approved and active.
"""

from __future__ import annotations

import re

from core.evidence.language.listed import words
from core.evidence.language.stems import stem

_PHASES = {
    stem(word): phase
    for phase, listed in {
        "draft": "draft drafted planned proposed scheduled",
        "pending": "pending awaiting await awaited waiting outstanding unresolved unsolved unpaid unapproved queued",
        "open": "open new",
        "begun": "begun started underway",
        "active": "active ongoing running live force valid",
        "closed": "closed done ended concluded",
        "completed": "completed finished solved resolved",
        "moving": "",
        "delivered": "delivered settled",
        "shipped": "shipped dispatched",
        "paid": "paid",
        "granted": "approved awarded accepted granted passed won",
        "returned": "returned",
        "cancelled": "cancelled withdrawn aborted revoked voided abandoned",
        "missed": "missed",
        "refused": "rejected declined refused denied failed lost",
        "lapsed": "expired terminated lapsed",
        "suspended": "suspended paused frozen blocked",
    }.items()
    for word in listed.split()
}
_APART = {
    frozenset((one, other))
    for one, others in {
        "draft": "begun active closed completed delivered shipped granted lapsed refused",
        "pending": "closed completed delivered shipped paid granted refused cancelled lapsed returned",
        "open": "closed completed delivered shipped refused cancelled lapsed returned",
        "active": "closed completed delivered refused cancelled lapsed suspended",
        "moving": "draft delivered closed completed returned cancelled refused",
        "held": "draft cancelled missed refused",
        "missed": "completed delivered",
        "granted": "refused cancelled",
        "completed": "cancelled refused suspended",
        "delivered": "cancelled refused suspended",
        "shipped": "cancelled refused suspended",
        "paid": "refused",
        "returned": "refused",
        "suspended": "closed lapsed",
    }.items()
    for other in others.split()
}
LASTING = frozenset({"draft", "pending", "open", "active", "suspended", "moving"})
"""Phases that end: what "was open" may be closed by now."""


PHASE_STEMS = frozenset(_PHASES)


def phase_of(word: str) -> str:
    """The phase a stem tells; "" for other words."""
    return _PHASES.get(word, "")


def are_apart(one: str, other: str) -> bool:
    return frozenset((one, other)) in _APART


_PHRASES = {
    phase: re.compile(rf"\b(?:{listed})\b", re.IGNORECASE)
    for phase, listed in {
        "active": "(?:being|still) worked on|in progress|in (?:operation|service|use|force)|up and running|under way",
        "moving": "in transit|en route|on (?:its|the|their) way|on the road|at sea",
        "suspended": "at a standstill|out of (?:order|service|action|use)|on hold|broken down|shut down",
        "held": "went ahead|gone ahead|goes ahead|took place|taken place|was held|were held|got under way",
        "pending": "yet to be \\w+|still to be \\w+|still waiting|in the queue|in limbo",
        "cancelled": "called off|fell through|fallen through|abandoned",
        "refused": "turned down|knocked back|thrown out",
        "granted": "signed off|given the go-ahead|waved through|green-lit",
        "completed": "wrapped up|dealt with|sorted out|over and done|finished off",
        "closed": "wound up|laid to rest",
    }.items()
}


_PHRASE_WORDS = words(
    "worked progress operation service use force running way transit route road sea standstill order action hold "
    "broken shut ahead place taken held yet still queue limbo called fell fallen abandoned turned knocked thrown "
    "signed given waved green wrapped dealt sorted over finished wound laid"
)
"""Each phrase has one of them."""


def phrases_of(text: str, words: frozenset[str]) -> list[tuple[int, int, str]]:
    """(start, end, phase) of what is told in several words: "on its way", "called off"."""
    if words.isdisjoint(_PHRASE_WORDS):
        return []
    return [(m.start(), m.end(), phase) for phase, pattern in _PHRASES.items() for m in pattern.finditer(text)]
