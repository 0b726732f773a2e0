"""Which of several mentions of one kind a claim is about: "A and B cost 100 and 200"."""

from __future__ import annotations

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.frame.frame import SMALL, Frame
from core.evidence.language.listed import words
from core.evidence.mentions.mention import Mention
from core.evidence.text.tokens import Token

RIGHT_BINDERS = words("for in at from of by to on with during via through since as")


def bind(frame: Frame, claim: Claim, mentions: list[Mention]) -> list[Mention]:
    """Which of several mentions of one slot the claim is about."""
    if len(mentions) == 1:
        return mentions
    tokens = frame.tokens
    after = [m for m in mentions if m.first > claim.last]
    before = [m for m in mentions if m.last < claim.first]
    if before and after and _directly_after(tokens, claim, after[0]):
        return [after[0]]
    figures = [c for c in frame.claims if c.kind is Kind.NUMBER and c.form is not Form.ORDINAL]
    aligned = _respectively(mentions, figures, claim)
    if aligned is not None:
        return [aligned]
    group = frame.groups[claim.first]
    first_figure = min((c.first for c in figures if frame.groups[c.first] == group), default=claim.first)
    if before and mentions[0].first < first_figure:
        return _coordinated(tokens, before, before[-1])
    if after:
        return _coordinated(tokens, after, after[0])
    return [before[-1]] if before else mentions


def _directly_after(tokens: list[Token], claim: Claim, mention: Mention) -> bool:
    between = [t for t in tokens[claim.last + 1 : mention.first] if t.low not in SMALL]
    if any(not t.is_word for t in between):
        return False
    return 0 < len(between) <= 3 and between[-1].low in RIGHT_BINDERS


def _respectively(mentions: list[Mention], figures: list[Claim], claim: Claim) -> Mention | None:
    """ "A and B cost 100 and 200": two lists of one length, one after the other."""
    if claim not in figures or len(mentions) != len(figures):
        return None
    if mentions[-1].last < figures[0].first or figures[-1].last < mentions[0].first:
        return mentions[figures.index(claim)]
    return None


def _coordinated(tokens: list[Token], mentions: list[Mention], chosen: Mention) -> list[Mention]:
    """The chosen one and those listed with it: "A, B and C"."""
    listed = [chosen]
    at = mentions.index(chosen)
    for step in (-1, 1):
        place = at
        while 0 <= place + step < len(mentions):
            left, right = sorted((mentions[place], mentions[place + step]), key=lambda m: m.first)
            between = tokens[left.last + 1 : right.first]
            if any(t.low not in {"and", "or", ",", "&", "the", "/"} for t in between):
                break
            place += step
            listed.append(mentions[place])
    return listed
