"""Words for where a thing stands in its life, and which of them cannot both be true of it at one time. General English.

Kept apart only where no usual process has both: an order may be delivered and returned, a contract approved and active.
"""

from __future__ import annotations

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
        "delivered": "delivered shipped settled",
        "paid": "paid",
        "granted": "approved awarded accepted granted passed won",
        "returned": "returned",
        "cancelled": "cancelled withdrawn aborted revoked voided abandoned",
        "refused": "rejected declined refused denied failed lost",
        "lapsed": "expired terminated lapsed",
        "suspended": "suspended paused frozen blocked",
    }.items()
    for word in listed.split()
}
_APART = {
    frozenset((one, other))
    for one, others in {
        "draft": "begun active closed completed delivered granted lapsed refused",
        "pending": "closed completed delivered paid granted refused cancelled lapsed returned",
        "open": "closed completed delivered refused cancelled lapsed returned",
        "active": "closed completed refused cancelled lapsed suspended",
        "granted": "refused cancelled",
        "completed": "cancelled refused suspended",
        "delivered": "cancelled refused suspended",
        "paid": "refused",
        "returned": "refused",
        "suspended": "closed lapsed",
    }.items()
    for other in others.split()
}
LASTING = frozenset({"draft", "pending", "open", "active", "suspended"})
"""Phases that end: what "was open" may be closed by now."""


def phase_of(word: str) -> str:
    """The phase a stem tells; "" for other words."""
    return _PHASES.get(word, "")


def are_apart(one: str, other: str) -> bool:
    return frozenset((one, other)) in _APART


PHASE_STEMS = frozenset(_PHASES)
