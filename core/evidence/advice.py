"""What claims nothing of the record: advice, plans, idioms."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.frame.frame import Frame
from core.evidence.language.cues import ADVICE, IMPERATIVE, WINDOW, Cue
from core.evidence.language.listed import words
from core.evidence.language.units import Dimension
from core.evidence.mentions.mention import Sort
from core.evidence.readings.cells import RANKS
from core.evidence.text.blocks import Block


def is_vague(claim: Claim) -> bool:
    return claim.moment is not None and claim.moment.relative in {
        "today",
        "yesterday",
        "next",
        "this",
        "current",
        "coming",
    }


def claims_nothing(frame: Frame, claim: Claim) -> str:
    if claim.form is Form.ORDINAL:
        ranks = not frame.word_stems.isdisjoint(RANKS) and any(RANKS & set(c.stems) for c in frame.index.numbers)
        return "" if ranks else "An ordinal that ranks nothing."
    if claim.form is Form.NONE:
        return ""
    lead = frame.sentence.text[: claim.start - frame.sentence.start]
    before = _word_before(frame, claim)
    if before in _COMING:
        return "Of times to come, not of the record."
    if frame.search(_GENERAL):
        return "What is said of anybody, not of the record."
    if (claim.unit is not None or claim.value in _BASES) and before == "per":
        return "What a rate is told of."
    if claim.value == 2 and claim.form is Form.WORDS and before == "between":
        return "Any two neighbours, not a count."
    if frame.sentence.block is Block.TABLE and _numbers_row(frame, claim):
        return "Numbers the rows of the table."
    if _is_of_answer(frame, claim):
        return "Of what the answer itself lists."
    if before in _STRETCHES and _is_stretch(frame, claim, lead):
        return "A stretch of what the record has, not a count."
    if claim.dimension is Dimension.TIME and WINDOW.search(lead):
        return "A span of time to act in, not a figure of the record."
    if is_advice(frame, claim):
        return "Advice, not a figure of the record."
    if claim.form is Form.WORDS and claim.value == 2 and claim.text.lower() == "both":
        return "Not a figure."
    if (
        claim.form is Form.FRACTION
        and claim.text.lower() == "half"
        and not frame.set_hits
        and claim.bound is Bound.EXACT
    ):
        return ""
    return ""


_BASES = frozenset({100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0})
_GENERAL = Cue(
    words("thumb goes show shows suggest suggests known general generally"),
    re.compile(
        r"\b(?:rule of thumb|experience shows|as the saying goes|(?:studies|research|surveys) (?:show|suggest)s?"
        r"|it is (?:well )?known|in general,|generally speaking)\b",
        re.IGNORECASE,
    ),
)
_COMING = words("next coming following upcoming")
_STRETCHES = words("first last final the its their")


def _word_before(frame: Frame, claim: Claim) -> str:
    """The word directly before the figure, nothing but space between."""
    before = frame.tokens[claim.first - 1] if claim.first else None
    if before is None or not before.is_word:
        return ""
    start = frame.sentence.start
    return before.low if frame.sentence.text[before.end - start : claim.start - start].isspace() else ""


def _numbers_row(frame: Frame, claim: Claim) -> bool:
    """The first cell of a table's row, below "No" or "Line"."""
    head = frame.sentence.lead.strip(" #.*").lower()
    return frame.sentence.text.strip() == claim.text and (not head or head in _ROW_NUMBERS) and claim.unit is None


_ROW_NUMBERS = words("no nr number line pos position item row entry step")


def _is_of_answer(frame: Frame, claim: Claim) -> bool:
    """ "the 2 points above", "Here are three suggestions:"."""
    before = frame.tokens[claim.first - 1].low if claim.first else ""
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    if claim.unit is not None:
        return False
    if before in {"the", "these"} and after[1:] in (["above"], ["below"]):
        return True
    named = any(t.stem in frame.index.naming for t in frame.tokens[claim.last + 1 : claim.last + 4])
    return frame.sentence.text.rstrip("* ").endswith(":") and not named and claim.value <= _MOST_LISTED


_MOST_LISTED = 20


def _is_stretch(frame: Frame, claim: Claim, lead: str) -> bool:
    """ "the first three days", "in the last two rounds": no more of them than the record has rows."""
    if claim.form not in (Form.WORDS, Form.DIGITS):
        return False
    after = [t.low for t in frame.tokens[claim.last + 1 : claim.last + 3]]
    ranked = (
        claim.unit is None
        and lead.lower().endswith(("the ", "its ", "their "))
        and bool(after)
        and _RANKED.match(" ".join(after))
    )
    if not _STRETCH.search(lead) and not ranked:
        return False
    return claim.value.is_integer() and any(2 <= claim.value <= facts.size for facts in frame.index.sets)


_RANKED = re.compile(
    r"(?:most|least) [a-z]+|(?!rest|west|east|guest|request|test|interest)[a-z]{3,}est\b|latest|last|first"
)
_STRETCH = re.compile(r"\bthe (?:first|last|final)\s+$", re.IGNORECASE)


def is_advice(frame: Frame, claim: Claim) -> bool:
    """Recommendations propose figures; they do not tell them."""
    told = next((t.low for t in frame.tokens[_led_in(frame) :] if t.is_word), "")
    if told in IMPERATIVE and not told.endswith(("ed", "ing")) and not _is_label_word(frame, told):
        return True
    if _is_demand(frame):
        return True
    if frame.words.isdisjoint(ADVICE.words):
        return False
    group = frame.groups[claim.first]
    stretch = " ".join(t.text for t, its in zip(frame.tokens, frame.groups, strict=True) if its == group)
    lead = frame.sentence.text[: claim.start - frame.sentence.start]
    return any(ADVICE.pattern.search(text) for text in (stretch, lead))


def _led_in(frame: Frame) -> int:
    """Where a sentence begins behind "First of all," or "Then,"."""
    comma = next((i for i, t in enumerate(frame.tokens[:5]) if t.text == ","), 0)
    lead = [t.low for t in frame.tokens[:comma]]
    return comma + 1 if lead and set(lead) <= _LEADS else 0


_LEADS = words(
    "first of all then next also finally meanwhile lastly second secondly third in any case and please so now"
)


def _is_demand(frame: Frame) -> bool:
    """ "Drill the next wheat …", "Wind up the case": a sentence that begins with a bare verb and its object."""
    first, *after = [t.low for t in frame.tokens[:3]]
    verb = frame.tokens[0].is_word and first not in _NO_VERBS and not first.endswith(_NO_BARE_VERB)
    if not verb or frame.index.set_words.get(frame.tokens[0].stem) or any(m.first == 0 for m in frame.mentions):
        return False
    if after and after[0] in _PARTICLES:
        after = after[1:]
    return bool(after) and after[0] in _OBJECTS and _COPULAS.isdisjoint(t.low for t in frame.tokens[2:7])


_OBJECTS = words("the a an your our their his her its it them him this these those any each every all")
_COPULAS = words("is are was were")  # "Turnover the month before was …"
_PARTICLES = words("up out off down back away")
_NO_BARE_VERB = ("s", "ed", "ing", "ly", "er", "ion")
_NO_VERBS = words(
    "in on at by for from to of with within without during over under above below between among across against along "
    "around through throughout toward towards until till upon per via since despite unlike like than beyond beside "
    "after before behind near about into onto off out up down and but or nor so yet if when while whereas although "
    "though because once where whether that which who whom whose what how why as not only just even also both all half "
    "most many much more less few some any each every either neither none no such then now here there thus hence still "
    "again almost nearly quite rather too very it he she they we you i this these those one two the a an sold cost cut "
    "put set spent lost won met held left paid sent made kept had did got gave took saw said told rose fell grew went "
    "came ran drew led built brought bought thought taught sought found given of worth except save versus amid again"
)


def _is_label_word(frame: Frame, low: str) -> bool:
    """ "Order: 3", and of a record of orders "Order 2026-10-07" or "Order O-1": a name, no demand."""
    first = next((i for i, t in enumerate(frame.tokens) if t.low == low), 0)
    after = frame.tokens[first + 1].text if first + 1 < len(frame.tokens) else ""
    if after in {":", "="}:
        return True
    dated = any(c.first == first + 1 and c.kind is Kind.DATE for c in frame.claims)
    named = any(m.first in (first, first + 1) and (m.sort is Sort.ROW or m.strength >= _OWN) for m in frame.mentions)
    return (dated or named) and any(w == 1.0 for _, w in frame.index.set_words.get(frame.tokens[first].stem, ()))


_OWN = 3.0  # the strength of an identifier
