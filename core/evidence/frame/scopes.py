"""The row sets that the words about a claim may mean."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.binding import bind
from core.evidence.frame.frame import Frame, Scope, Slots, inherits
from core.evidence.index.facts import SetFacts
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention, Sort

MOST_SCOPES = 24
BINDING, WEAKEST = 2, 1.5  # the strength of mentions that restrict; the second where conditions do as well


def scopes(
    frame: Frame,
    facts: SetFacts,
    claim: Claim,
    *,
    union: bool = False,
    free: bool = False,
    strict: bool = False,
    timeless: bool = False,
) -> tuple[Scope, ...]:
    """The row sets that may be meant, the most restricted first; every mention that binds the claim is in each.

    `union`: several mentions of one slot count together ("A and B"). `free`: mentions of the claim's own stretch may
    be left out too ("4 of the 35 orders were returned": the 35 were not). `strict`: conditions bind as well.
    `timeless`: dates do not count.
    """
    timeless = timeless or claim.kind is Kind.DATE  # a date is not restricted by another date
    slots = frame.slots.get(facts.index)
    if slots is None:
        slots = frame.slots[facts.index] = _slots(frame, facts)
    if not slots.mentions:
        return (Scope(facts, facts.all, ()),)
    asked = (union and slots.several, free, strict and slots.weak, timeless and slots.dated)
    key = (claim, facts.index, *asked)
    found = frame.scopes.get(key)
    if found is None:
        found = frame.scopes[key] = _scopes(frame, facts, claim, slots, *asked)
    return found


def _slots(frame: Frame, facts: SetFacts) -> Slots:
    slots: dict[tuple[bool, str], list[Mention]] = {}
    for mention in frame.mentions:
        if facts.index in mention.options:
            slots.setdefault((mention.sort is Sort.VALUE, mention.slot), []).append(mention)
    every = [mention for mentions in slots.values() for mention in mentions]
    return Slots(
        list(slots.values()),
        len(every) > len(slots),
        any(WEAKEST <= m.strength < BINDING for m in every),
        any(m.sort is Sort.TIME for m in every),
    )


def _scopes(
    frame: Frame, facts: SetFacts, claim: Claim, slots: Slots, union: bool, free: bool, strict: bool, timeless: bool
) -> tuple[Scope, ...]:
    found: list[tuple[int, tuple[Mention, ...]]] = [(facts.all, ())]
    free_of_all = True
    for listed in slots.mentions:
        mentions = [m for m in listed if m.claim is not claim and not (timeless and m.sort is Sort.TIME)]
        if not mentions:
            continue
        choices = _choices(frame, facts, claim, mentions, union=union, free=free, strict=strict)
        if not choices:
            continue
        free_of_all = free_of_all and any(mask == facts.all for mask, _ in choices)
        grown: dict[int, tuple[Mention, ...]] = {}
        for mask, used in found:
            for option, chosen in choices:
                if (both := mask & option) not in grown:
                    grown[both] = (*used, *chosen)
        found = list(grown.items())[:MOST_SCOPES]
    if free_of_all and all(mask != facts.all for mask, _ in found):
        found.append((facts.all, ()))  # a long list of things leaves more combinations than are looked at
    ordered = sorted(found, key=lambda item: -len(item[1]))
    return tuple(Scope(facts, mask, used) for mask, used in ordered)


def _choices(
    frame: Frame,
    facts: SetFacts,
    claim: Claim,
    mentions: list[Mention],
    *,
    union: bool,
    free: bool,
    strict: bool,
) -> list[tuple[int, tuple[Mention, ...]]]:
    """For one slot: (mask, mentions) alternatives; (all, ()) among them where the slot need not bind."""
    group = frame.groups[claim.first]
    own = [
        m
        for m in mentions
        if not m.context and (frame.groups[m.first] == group or frame.groups[m.first] in frame.label_groups)
    ]
    choices: list[tuple[int, tuple[Mention, ...]]] = []
    everything = (facts.all, ())
    if own:
        bound = bind(frame, claim, own)
        for mention in bound:
            choices += [(_masked(facts, claim, mention, mask), (mention,)) for mask in mention.options[facts.index]]
        listed = [m for m in own if not _told_of_another(frame, claim, bound[0], m)] if union else []
        if len(listed) > 1:
            choices.append((_union(facts, listed), tuple(listed)))
        weak = all(m.strength < (WEAKEST if strict else BINDING) or m.sort is Sort.ROW for m in bound)
        trivial = all(mask == facts.all for m in own for mask in m.options[facts.index])
        if free or weak or trivial:
            choices.append(everything)
        return choices
    outside = [m for m in mentions if not m.context]
    if outside:
        before = [m for m in outside if m.first < claim.first]
        nearest = before[-1] if before else outside[0]
        choices = [(_masked(facts, claim, nearest, mask), (nearest,)) for mask in nearest.options[facts.index]]
        if union and len(outside) > 1:
            choices.append((_union(facts, outside), tuple(outside)))
        sure = BINDING if _is_predicate(frame, group) else _NAMED
        if not before or not inherits(frame, claim) or nearest.strength < sure or free:
            choices.append(everything)
        return choices
    chosen = mentions[-1]
    choices = [(_masked(facts, claim, chosen, mask), (chosen,)) for mask in chosen.options[facts.index]]
    if chosen.binding and not _SPEAKS_OF_ALL & frame.words and any(mask for mask, _ in choices):
        return choices
    return [*choices, everything]


_NAMED = 2.5  # the strength of a subject that a stretch goes on about
_VERBS = words("is was are were has had")


def _is_predicate(frame: Frame, group: int) -> bool:
    """ "The store, opened in 2015, was refitted on …": what an apposition has parted from its subject."""
    places = frame.places(group)
    return bool(places) and frame.tokens[places[0]].low in _VERBS


_SPEAKS_OF_ALL = words("all other others total totals overall average mean altogether combined each every sum")


def _told_of_another(frame: Frame, claim: Claim, bound: Mention, mention: Mention) -> bool:
    """ "A stands for 60 % and B for 20 %": the other figure stands between."""
    first, last = sorted((bound.first, mention.first))
    return any(c.kind is Kind.NUMBER and c is not claim and first < c.first < last for c in frame.claims) or (
        first < claim.first < last and any(c.kind is Kind.NUMBER and c.first > last for c in frame.claims)
    )


def _union(facts: SetFacts, mentions: list[Mention]) -> int:
    total = 0
    for mention in mentions:
        for mask in mention.options[facts.index]:
            total |= mask
    return total


def _masked(facts: SetFacts, claim: Claim, mention: Mention, mask: int) -> int:
    """ "no berths" counts berths: it is the count that tells there are none."""
    negated = mention.negated and mention.sort is Sort.VALUE and mention.strength < 3
    counted = claim.form is Form.NONE and claim.last < mention.first
    return facts.all & ~mask if negated and not counted else mask
