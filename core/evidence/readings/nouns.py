"""What a bare number counts: "35 orders", "three of the five open tickets", "number of visits: 4", "beaten twice"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from core.evidence.claims.claim import Claim, Form, Kind
from core.evidence.columns.column import Column, Role
from core.evidence.frame.frame import PREPOSITIONS, Frame
from core.evidence.index.facts import SetFacts
from core.evidence.language.cues import STATISTIC
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Sort
from core.evidence.text.tokens import tokenise

_STOPS = words(
    "is are was were be been being has have had do does did will would can could should may must and or but that which "
    "who whom while came went stood remained remain remains stands fell rose worth together altogether totalling "
    "totaling totalled costing weighing each apiece per than as so if because when where after between"
) | (PREPOSITIONS - {"of", "per"})
_LOOK = 7
_COUNT_LEAD = re.compile(
    r"\b(?:number|count|total number|tally) of (?:the )?(?P<np>[\w\s-]{1,40}?)"
    r"(?:\s(?:is|was|are|were|stands at|stood at|came to|:|=|in \w+|reached|totals?))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?P<np>[A-Za-z][\w\s'-]{1,40}?)\s*(?:\*\*)?\s*[:=]\s*(?:\*\*)?\s*$")
_PRONOUNS = words("them these those which whom")


@dataclass(slots=True)
class Noun:
    """The sets whose rows, and the columns whose values, the number counts. `place`: its token."""

    place: int
    sets: list[tuple[SetFacts, float]]
    columns: list[tuple[Column, float]]
    word: str
    of_total: bool = False  # "4 of the 35": this is the 35
    part: bool = False  # this is the 4
    times: bool = False  # "three times": whatever happened

    @property
    def is_bare(self) -> bool:
        """Counts something that has no name here."""
        return not self.sets and not self.columns

    def allows(self, frame: Frame, column: Column, claim: Claim) -> bool:
        """Whether a cell of this column may be what is counted: its name must say so."""
        if claim.unit is not None:
            return True
        if self.of_total and column.is_room:
            return True  # "412 of 450 tickets", where a column is the capacity
        if self.times:
            told = any(h.weight == 1.0 and h.place >= 0 for hits in frame.set_hits.values() for h in hits)
            return frame.score(column, claim) >= (0.6 if told else 0.4)
        counted = [c for c, _ in self.columns if c.is_number and c.set_index == column.set_index]
        if counted and column not in counted and len(counted) == 1:
            if column.stems == (participle(frame, claim),):
                return True
            return frame.score(column, claim) >= 0.5
        if not self.sets:
            free = not (self.part or self.of_total or self.times) or bool(self.columns)
            return free or frame.score(column, claim) >= 0.6  # "scored 74 out of 100"
        told = max((w for c, w in self.columns if c is column), default=0.0)
        if told and not (self.part and told < max(w for _, w in self.sets)):  # "of the five stays" are no nights
            return True
        return frame.score(column, claim) >= 0.5 and not self._is_of_another(frame, column)

    def _is_of_another(self, frame: Frame, column: Column) -> bool:
        """ "7 products" are no `orders`: the column counts something else than what is counted."""
        counted = {s.index for part in column.stems for s, w in frame.index.set_words.get(part, ()) if w == 1.0}
        if counted:
            return counted.isdisjoint(s.index for s, _ in self.sets)
        return column.unit is None and column.name.lower().endswith("s") and len(column.stems) == 1


def noun_of(frame: Frame, claim: Claim) -> Noun | None:
    """None when the figure counts nothing that has a name here."""
    if claim.kind is not Kind.NUMBER or claim.form in (Form.MULTIPLE, Form.ORDINAL):
        return None
    if claim.unit is not None and claim.dimension is not Dimension.PERCENT:
        return None
    whole = all((v + 1e-9).is_integer() or step >= 1 for v, step in claim.readings[:1])
    if claim.dimension is None and claim.form is not Form.FRACTION and not whole:
        return None
    of_total, part = follows_part(frame, claim) or claim.across, _is_part(frame, claim)
    if claim.text.lower() == "twice" or _word(frame, claim.last + 1) == "times":
        return Noun(claim.last, _done(frame, claim), [], "times", times=True)
    place = _after(frame, claim)
    if place >= 0:
        return _noun_at(frame, place, of_total, part)
    if (noun := _pronoun(frame, claim)) is not None:
        return noun
    if of_total or part or _word(frame, claim.first - 1) in {"first", "last", "past"}:
        return Noun(claim.last, [], [], "", of_total, part)
    return _as_before(frame, claim)


def _done(frame: Frame, claim: Claim) -> list[tuple[SetFacts, float]]:
    """ "stayed five times": the sets of what was done."""
    before = frame.tokens[max(0, claim.first - 3) : claim.first]
    return [one for t in before for one in frame.index.set_words.get(t.stem, ()) if one[1] == 1.0]


def _word(frame: Frame, place: int) -> str:
    return frame.tokens[place].low if 0 <= place < len(frame.tokens) else ""


def participle(frame: Frame, claim: Claim) -> str:
    """ "297 calls were answered": the stem of what was done to what is counted; "" when nothing is told so."""
    if frame.words.isdisjoint(_WERE):
        return ""
    after = frame.tokens[claim.last + 1 : claim.last + 6]
    verb = next((i for i, t in enumerate(after) if t.low in _WERE), 0)
    told = 0 < verb < len(after) - 1 and all(t.is_word for t in after[: verb + 2])
    return after[verb + 1].stem if told else ""


_WERE = words("was were is are")


def follows_part(frame: Frame, claim: Claim) -> bool:
    """ "4 of the 35", "3 out of 8", "all 35": the whole of which a part is told."""
    if claim.unit is not None and claim.dimension is not Dimension.TIME:
        return False
    at = claim.first - 1
    while at >= 0 and (frame.tokens[at].low in _OWNERS or _owns(frame, at)):
        if frame.tokens[at].low == "all":
            return True
        at -= 1
    if at < 0 or frame.tokens[at].low != "of":
        return False
    if at == 0 or frame.tokens[at - 1].text in ",;:":
        return claim.unit is None and any(c.first > claim.last and c.kind is Kind.NUMBER for c in frame.claims)
    at -= 2 if frame.tokens[at - 1].low == "out" else 1
    if {t.stem for t in frame.tokens[max(0, at - 8) : at]} & STATISTIC:
        return True  # "the median EUR 1,748.75 of 6 variances"
    before = frame.tokens[at].low
    return (
        before in _SOME_OF
        or before.endswith(("er", "est"))
        or any(
            c.first <= at <= c.last and c.kind is Kind.NUMBER and (c.unit is None or c.dimension is Dimension.PERCENT)
            for c in frame.claims
        )
    )


_OWNERS = words("the its their her his these all")
_SOME_OF = words("one each most all both none either neither any some many half every first last")


def _is_part(frame: Frame, claim: Claim) -> bool:
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    return bool(after) and (after[0] == "of" or after[:2] == ["out", "of"])


def _after(frame: Frame, claim: Claim) -> int:
    """The token of the counted noun: the last word with a meaning here before a verb, a preposition or a mark."""
    tokens = frame.tokens
    if _word(frame, claim.last + 1) in {"a", "an"}:
        return -1  # "65 a month" are no months
    found, sure = -1, 0.0  # how surely the word names a set
    at = claim.last + 1
    limit = min(len(tokens), at + _LOOK)
    passed_of = False
    while at < limit:
        token = tokens[at]
        if not token.is_word:
            if token.text in "-*_'’\"“”":
                at += 1
                continue
            break
        inside = next((c for c in frame.claims if c.first <= at <= c.last and c is not claim), None)
        if inside is not None:
            if inside.kind is Kind.NUMBER and found < 0 and passed_of:
                at = inside.last + 1
                limit = min(len(tokens), at + _LOOK)
                continue
            break
        if token.low == "of" or (token.low == "out" and _word(frame, at + 1) == "of"):
            if found >= 0:
                break
            passed_of = True
            at += 1
            continue
        if token.low in _STOPS or token.low in _PRONOUNS:
            break
        if passed_of and found < 0 and _owns(frame, at):  # "half of the customer's four tickets"
            at += 1
            continue
        weight = max((w for _, w in frame.index.set_words.get(token.stem, ())), default=0.0)
        if weight and weight >= sure:
            found, sure = at, weight
        elif not sure and (
            _is_label(frame, at) or token.stem in frame.index.column_words or frame.index.shorthand.columns(token.low)
        ):
            found = at
        elif sure or token.low.endswith("ing"):
            break
        at += 1
    return found


def _owns(frame: Frame, at: int) -> bool:
    return frame.tokens[at].text.endswith(("'s", "’s"))


def _is_label(frame: Frame, at: int) -> bool:
    return any(m.first <= at <= m.last and m.entries and m.sort is Sort.VALUE for m in frame.mentions)


def _pronoun(frame: Frame, claim: Claim) -> Noun | None:
    """ "seven containers, three of them refrigerated": they are what was counted before."""
    if _word(frame, claim.last + 1) == "of":
        if _word(frame, claim.last + 2) not in _PRONOUNS:
            return None
    elif _word(frame, claim.first - 1) not in _PRONOUNS:
        return None
    for place in range(claim.first - 1, -1, -1):
        word = frame.tokens[place].stem
        if word and (word in frame.index.set_words or any(c.is_number for c, _ in _named_columns(frame, word))):
            return _noun_at(frame, place, False, False)
    return None


def _as_before(frame: Frame, claim: Claim) -> Noun | None:
    """ "won five of its ten matches, drew three and lost two": the same things are counted on."""
    earlier = [c for c in frame.claims if c.kind is Kind.NUMBER and c.last < claim.first]
    if not earlier or claim.unit is not None or claim.partner is not None or claim.value > 1000:
        return None
    if any(c.unit is not None or c.form not in (Form.DIGITS, Form.WORDS, Form.NONE) for c in earlier):
        return None
    for before in earlier[: -_LOOK - 1 : -1]:
        if (place := _after(frame, before)) >= 0:
            noun = _noun_at(frame, place, False, False)
            return noun if noun.sets and max(w for _, w in noun.sets) >= 0.5 else None
    return None


def _named_columns(frame: Frame, word: str) -> list[tuple[Column, float]]:
    return [(c, w) for c, w in frame.index.column_words.get(word, ()) if w >= 0.5]


def _noun_at(frame: Frame, place: int, of_total: bool, part: bool) -> Noun:
    word = frame.tokens[place].stem
    sets = list(frame.index.set_words.get(word, ()))
    named = _named_columns(frame, word) or [(c, 1.0) for c in frame.index.shorthand.columns(frame.tokens[place].low)]
    columns = [(c, w) for c, w in named if c.is_number or c.role in (Role.LABEL, Role.CODE)]
    if not sets:
        holders = {
            e.column.set_index for m in frame.mentions if m.first <= place <= m.last for e in m.entries if e.whole
        }
        named = {c.set_index for c, w in columns if not c.is_number and w == 1.0}
        sets = [(frame.index.sets[s], 1.0) for s in sorted(holders or named) if frame.index.sets[s].size > 1]
    best = max((w for _, w in sets), default=0.0)
    sets = [(facts, weight) for facts, weight in sets if weight >= best]
    near = {t.stem for t in frame.tokens[max(0, place - 3) : place + 1]} - {word}
    if topical := [(facts, weight) for facts, weight in sets if facts.topics & near]:
        sets = topical  # "similar tickets" are those of `similar_solved`
    return Noun(place, sets, columns, frame.tokens[place].low, of_total, part)


def counted_before(frame: Frame, claim: Claim) -> Noun | None:
    """ "Number of orders: 35", "Open tickets: 4"."""
    start = frame.sentence.start
    lead = frame.sentence.text[max(0, claim.start - start - 70) : claim.start - start]
    match = _COUNT_LEAD.search(lead)
    if frame.sentence.lead and not match:
        return _by_words(frame, frame.sentence.lead.split("|")[0])
    if match is None and (label := _LABEL.search(lead)):
        noun = _by_words(frame, label["np"])
        return noun and replace(noun, of_total=True)  # "Months: 13 (January 2026)": all of them, whatever follows
    return _by_words(frame, match["np"]) if match else None


def _by_words(frame: Frame, text: str) -> Noun | None:
    for token in reversed(tokenise(text)):
        if token.stem in frame.index.set_words:
            sets = frame.index.set_words[token.stem]
            best = max(w for _, w in sets)
            columns = _named_columns(frame, token.stem)
            place = next((i for i, t in enumerate(frame.tokens) if t.low == token.low), 0)
            return Noun(place, [(s, w) for s, w in sets if w >= best], columns, token.low)
    return None
