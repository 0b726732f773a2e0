"""Words that loosen a figure: "about", "just over", "at least"."""

from __future__ import annotations

import re

from core.evidence.claims.claim import Bound, Claim, Form, Kind
from core.evidence.claims.measures import SYMBOLS
from core.evidence.language.listed import words
from core.evidence.text.sentences import Sentence
from core.evidence.text.tokens import Token

_ABOUT = (
    r"about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.|~|≈|close to|in the region of|or so"
    r"|(?:in|on) the order of|in the neighbourhood of|in the vicinity of|in the ballpark of|more or less"
    r"|an estimated|near|etwa|rund|environ"
)


_SLIGHTLY = (
    r"just|only just|slightly|fractionally|narrowly|marginally|a (?:little|bit|shade|touch|tad|fraction|whisker|hair)"
)


_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = tuple(
    (
        bound,
        re.compile(rf"(?:(?<!\w)(?:{told}))\s*(?:a |an |the |only |EUR |USD |GBP |CHF |[{SYMBOLS}])*$", re.IGNORECASE),
    )
    for bound, told in (
        (
            Bound.JUST_OVER,
            rf"(?:{_SLIGHTLY}|little) (?:over|above|more than|past|north of|upwards of)|a good",
        ),
        (
            Bound.JUST_UNDER,
            rf"(?:{_SLIGHTLY}) (?:under|below|less than|short of|shy of)"
            r"|almost|nearly|not quite|barely|close on|virtually|practically|all but|getting on for|approaching|nearing"
            r"|verging on|bordering on|pushing",
        ),
        (Bound.AT_LEAST, r"at least|no (?:less|fewer) than|not less than|a minimum of|minimum|≥|>="),
        (
            Bound.AT_MOST,
            r"at most|no more than|not more than"
            r"|(?<!add )(?<!adds )(?<!added )(?<!adding )(?<!sum )(?<!sums )(?<!summed )up to|a maximum of"
            r"|maximum|≤|<=|as many as|not exceeding",
        ),
        (Bound.ABOUT, _ABOUT),
        (
            Bound.OVER,
            r"(?:well |far )?(?:over|above|more than|exceed(?:s|ed|ing)?|in excess of|upwards of|north of"
            r"|greater than|higher than|larger than|longer than|beyond|past|surpass(?:es|ed|ing)?|topp(?:ed"
            r"|ing)|older than|heavier than|>)",
        ),
        (
            Bound.UNDER,
            r"(?:well |far )?(?:under|below|less than|fewer than|lower than|smaller than|shorter than"
            r"|south of|short of|shy of|younger than|lighter than|<)",
        ),
    )
)


_ABOUT_AFTER = re.compile(r"\s*(?:or so|-ish|-odd|odd|approximately|or thereabouts|give or take)\b", re.IGNORECASE)


_OVER_AFTER = re.compile(
    r"\s*(?:\+|(?:or|and) more\b(?! than)|and above(?=\W*$|[.,;)])|or higher|or over|plus\b)", re.IGNORECASE
)


_FILLERS = words("a an the only eur usd gbp chf")
_BOUND_WORDS = words(
    "over past above than of good under below to almost nearly quite barely on least minimum most maximum exceeding as "
    "about around approximately approx roughly some circa ca c ~ ≈ so order estimated near etwa rund "
    "environ virtually practically for but approaching nearing pushing "
    "exceed exceeds exceeded beyond surpass surpasses surpassed surpassing topped topping ≥ ≤ > < ="
)
"""Without one of these no bound can stand before the figure; looking them up is quicker than the patterns."""


def find_bounds(claims: list[Claim], sentence: Sentence) -> None:
    for claim in claims:
        if claim.kind is not Kind.NUMBER or claim.form is Form.NONE or claim.bound is not Bound.EXACT:
            continue
        text, start, end = sentence.text, claim.start - sentence.start, claim.end - sentence.start
        if (bound := _bound_before(claim, sentence.tokens, text[:start])) is not None:
            claim.bound = bound
            claim.across = bound is Bound.OVER and _ACROSS.search(text[:start]) is not None
        elif text[end : end + 4].lstrip()[:1] in _AFTER_STARTS:
            if _ABOUT_AFTER.match(text, end):
                claim.bound = Bound.ABOUT
            elif _OVER_AFTER.match(text, end):
                claim.bound = Bound.AT_LEAST


_ACROSS = re.compile(r"(?<!well )(?<!far )\bover (?:\W|the |a |an |[A-Z]{3} )*$", re.IGNORECASE)
_MOST_LEFT_OUT = 50
_AFTER_STARTS = frozenset("oOaAgG+pP- ")


def _bound_before(claim: Claim, tokens: list[Token], lead: str) -> Bound | None:
    at = claim.first - 1
    while at >= 0 and tokens[at].low not in _BOUND_WORDS:
        if tokens[at].is_word and tokens[at].low not in _FILLERS:
            return None
        at -= 1
    if at < 0:
        return None
    counted = claim.value < _MOST_LEFT_OUT and claim.form in (Form.DIGITS, Form.WORDS)
    if counted and tokens[at].low == "but" and tokens[at - 1].low == "all":
        return None  # "all but two": so many are left out
    lead = lead[-34:].replace("*", "")
    return next((bound for bound, pattern in _BOUNDS if pattern.search(lead)), None)
