"""One form for the forms of a word, so that "shipped", "ships" and a column `ship_date` meet.

A light stemmer: meeting matters, not grammar. Irregular forms that business and clinical English uses are listed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.evidence.language.foreign import FOREIGN
from core.evidence.language.listed import words

IRREGULAR = {
    word: base
    for base, words in {
        "pay": "paid payment payments pays paying",
        "spend": "spent spending",
        "sell": "sold selling sale sales",
        "buy": "bought buying",
        "send": "sent sending",
        "leave": "left leaving",
        "beat": "beaten beats beating",
        "win": "won wins winning",
        "lose": "lost losing",
        "rise": "rose risen rising",
        "fall": "fell fallen falling",
        "grow": "grew grown growth growing",
        "shrink": "shrank shrunk",
        "go": "went gone goes",
        "begin": "began begun beginning",
        "come": "came coming",
        "take": "took taken taking",
        "make": "made making",
        "meet": "met meeting",
        "hold": "held holding",
        "keep": "kept",
        "run": "ran running",
        "weigh": "weighs weighed weighing weight weights",
        "member": "members membership memberships",
        "person": "people persons",
        "child": "children",
        "man": "men",
        "woman": "women",
        "ship": "shipping shipped ships",
        "shipment": "shipments",
        "deliver": "delivery deliveries delivered delivering delivers",
        "arrive": "arrival arrivals arrived arriving",
        "depart": "departure departures departed",
        "receive": "receipt received receiving",
        "expire": "expiry expires expired expiration",
        "renew": "renewal renewals renewed",
        "cancel": "cancellation cancellations cancelled canceled cancelling",
        "discharge": "discharged discharges",
        "admit": "admission admissions admitted",
        "practice": "practise practised practises practising practices practicing practiced",
        "species": "species",
        "consume": "consumption consumed consuming",
        "measure": "measurement measurements measured",
        "deviate": "deviation deviations",
        "approve": "approval approvals approved",
        "decline": "declined declining declines",
        "refund": "refunded refunds",
        "withdraw": "withdrew withdrawn withdrawing withdrawal withdrawals",
        "resolve": "resolution resolutions resolved",
        "solve": "solution solutions solved",
        "produce": "production produced",
        "complete": "completion completed",
        "day": "days daily",
        "see": "saw seen",
        "be": "is are was were been being",
        "have": "has had having",
        "do": "does did done",
        "hit": "hits",
        "cost": "costs costing costly",
        "birth": "born births",
        "average": "avg averages averaged averaging mean",
        "maximum": "max maxima",
        "minimum": "min minima",
        "number": "no nr num numbers",
        "quantity": "qty quantities",
        "amount": "amounts amounted amt",
        "month": "months monthly",
        "year": "years yearly annual annually",
        "analysis": "analyses",
        "datum": "data",
        "invoice": "invoices invoiced",
        "teach": "taught teaching",
        "drive": "drove driven driving driver",
        "speak": "spoke",
        "lead": "led leads",
        "feed": "fed feeding feeds",
        "give": "gave given giving gives",
        "draw": "drew drawn drawing draws",
        "show": "showed shown showing shows",
        "break": "broke broken breaking breaks",
        "lend": "lent lending lends",
        "bring": "brought bringing brings",
        "build": "built building builds",
        "get": "got gotten getting gets",
        "eat": "ate eaten eating eats",
        "find": "found",
        "endure": "lasted lasting lasts",
        "sign": "signed signs signature",
        "hire": "hired hires",
    }.items()
    for word in words.split()
} | {"minute": "minute", "minutes": "minute", "news": "news", "series": "series", "status": "status", "gas": "gas"}

KEEP_LY = words("early only family july supply reply apply italy assembly anomaly rely fly")
WORD_PART = re.compile(r"(?:km|cm|m)[23](?![a-z0-9])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-zà-öø-ÿß-]+|[A-Z]+|\d+|[^\W\d_]+")
DOUBLED = re.compile(r"([bdfgmnprt])\1$")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A lower-case form shared by the forms of one word; anything else comes back lower-case."""
    low = word.lower().replace("’", "'")
    if low.endswith("'s"):
        low = low[:-2]
    low = low.strip("'")
    low = FOREIGN.get(low, low)
    if low in IRREGULAR:
        return _end(IRREGULAR[low])
    if len(low) < 4 or not low.isalpha():
        return low
    if low.endswith("ies"):
        low = low[:-3] + "y"
    elif low.endswith(("sses", "ches", "shes", "xes", "zes")):
        low = low[:-2]
    elif low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
    if low in IRREGULAR:
        return _end(IRREGULAR[low])
    if low.endswith("ied"):
        low = low[:-3] + "y"
    elif low.endswith("eed"):
        pass
    elif low.endswith("ed") and len(low) > 4:
        low = _undouble(low[:-2])
    elif low.endswith("ing") and len(low) > 5:
        low = _undouble(low[:-3])
    elif low.endswith("ly") and len(low) > 4 and low not in KEEP_LY:
        low = low[:-2]
    return _end(low)


def _undouble(low: str) -> str:
    return DOUBLED.sub(r"\1", low)


def _end(low: str) -> str:
    if len(low) > 5 and low.endswith("ll"):  # totalled, travelled
        return low[:-1]
    return low[:-1] if len(low) > 3 and low.endswith("e") else low


@lru_cache(maxsize=20_000)
def singulars(low: str) -> tuple[str, ...]:
    """What a lower-case word may be the plural of."""
    if len(low) < 4 or not low.endswith("s") or low.endswith("ss"):
        return ()
    if low.endswith("ies"):
        return (low[:-3] + "y", low[:-1])
    return (low[:-1], low[:-2]) if low.endswith("es") else (low[:-1],)


@lru_cache(maxsize=20_000)
def name_parts(name: str) -> tuple[str, ...]:
    """`total_eur`, `totalEUR` and `Total (EUR)` → ("total", "eur"), lower-case, not stemmed."""
    return tuple(part.lower() for part in WORD_PART.findall(name.replace("-", "_")))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower-case without accents, so that a name is found however it is typed."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
