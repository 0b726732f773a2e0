"""The general English the rules know: what column and set names tend to mean, in any business.

No word here comes from one customer's data. Names are compared token by token: `unitPrice`, `unit_price` and
`UNIT PRICE` are the same name.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """`orderedOn` and `ordered_on` are ("ordered", "on")."""
    return tuple(token.lower() for token in _TOKEN.findall(name))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CURRENCIES = _words(
    "eur usd gbp chf jpy cny sek nok dkk pln czk huf ron bgn try inr aud cad nzd sgd hkd zar brl mxn krw thb aed ils"
)
UNITS = {
    "pct": "%", "percent": "%", "percentage": "%", "kwh": " kWh", "mwh": " MWh", "kw": " kW", "kg": " kg",
    "km": " km", "cm": " cm", "mm": " mm", "litres": " litres", "liters": " liters", "tonnes": " tonnes",
    "days": " days", "hours": " hours", "minutes": " minutes", "seconds": " seconds", "weeks": " weeks",
    "months": " months", "years": " years", "ms": " ms", "mg": " mg", "ml": " ml", "m3": " m3", "m2": " m2",
}  # fmt: skip
DULL_COLUMNS = _words(
    "email mail phone mobile fax street postcode zip address ssn insurance iban url website contact uuid"
)
UNIT_COLUMNS = _words("unit units uom")
TIME_UNITS = _words("days hours minutes seconds weeks months years")

# What makes a number an identifier, a position or a calendar year: never added up, never an outlier.
IDENTIFIER_ENDS = _words(
    "id ids no number nr num code key ref reference sku uuid guid serial zip postcode postal phone fax iban vat ean"
    " isbn barcode account tel mobile"
)
POSITIONS = _words("rank position seq sequence line row version revision page index order_no step sort pos year yr")

# Adding these up over rows means something …
ADDITIVE = _words(
    "total totals amount amounts qty quantity quantities count counts sum spend spent revenue sales turnover paid cost"
    " costs expense expenses income profit units items pieces orders tickets visits calls hours kwh mwh consumption"
    " budget actual variance actuals budgeted invoiced billed returns refunds refund parcels packages lines messages"
    " customers employees absences incidents defects net gross tax discount fee fees freight charges charge premium"
    " salary wages payment payments deposit deposits withdrawals hits sessions downloads"
)
# … and these take that back: an average amount, a unit price, a score, a balance, somebody's age.
NOT_ADDITIVE = _words(
    "price unit avg average mean median usual typical normal rate ratio score share pct percent percentage age level"
    " temperature temp min max low high lower upper limit threshold balance stock ytd cumulative running per rank"
    " year rating grade index probability confidence similarity margin expected target last first previous prior"
    " lifetime all-time opening closing value result reading ref reference days since until"
)

TIME_ENDS = _words("on at date day month week quarter year time period since until from to due")
CATEGORY_NAMES = _words(
    "sex channel sentiment mood country region class group team segment gender currency unit method carrier warehouse"
    " status state stage outcome disposition severity priority urgency level risk importance criticality impact"
)
OFTEN_EMPTY = _words("end ended closed resolved solved until cancelled resolution note notes comment deleted left")
# Row labels of a table that sets things side by side: adding such rows up means nothing.
COMPARING = _words(
    "last previous prior before this current median average mean usual typical same ago budget actual plan forecast"
    " earlier expected total peer peers benchmark all"
)
STATUS_NAMES = _words("status state stage outcome disposition")
SEVERITY_NAMES = _words("severity priority urgency level risk importance criticality impact")
SEVERITIES = {
    "critical": 0, "blocker": 0, "severe": 0, "emergency": 0, "contraindicated": 0, "urgent": 1, "high": 1,
    "major": 1, "serious": 1, "important": 1, "red": 1, "elevated": 2, "medium": 2, "moderate": 2, "warning": 2,
    "amber": 2, "normal": 3, "minor": 3, "low": 3, "yellow": 3, "info": 4, "information": 4, "notice": 4,
    "none": 5, "green": 5, "ok": 5,
}  # fmt: skip

# Sets whose every row is something the procedure itself thought worth saying.
SIGNAL_SETS = _words(
    "signal signals alert alerts warning warnings flag flags finding findings anomaly anomalies exception exceptions"
    " risk risks issue issues problem problems concern concerns deviation deviations variance variances interaction"
    " interactions discrepancy discrepancies violation violations breach breaches unusual highlight highlights"
    " insight insights overdue diagnostics hints"
)
CHANGE_SETS = _words("change changes changed difference differences diff diffs amendments amendment revisions deltas")
SIGNAL_COLUMNS = _words("signal alert warning finding anomaly severity concern issue flag red_flag")
LEAD_COLUMNS = (
    "signal", "alert", "warning", "finding", "anomaly", "issue", "concern", "flag", "title", "headline", "subject",
    "check", "interaction", "risk", "change", "name", "topic", "kind", "type", "rule", "category", "item",
)  # fmt: skip
DETAIL_COLUMNS = _words(
    "detail details description message explanation reason text note notes comment comments evidence why finding"
    " summary remark remarks rationale cause"
)
SOLUTION_COLUMNS = _words("resolution solution fix remedy workaround answer outcome_text")
ACTION_COLUMNS = _words("action actions recommendation recommended advice next_step todo suggestion")
PROPER_NAMES = _words("name subject title")
NAME_COLUMNS = _words("name title subject label product test drug medication item article centre center department")

# Values of a status that somebody should look at.
OPEN = _words(
    "open pending new waiting unresolved escalated blocked reopened unpaid outstanding hold backorder backordered"
    " partial disputed overdue late delayed expired unassigned awaiting"
)
BAD = _words(
    "failed failure error rejected cancelled canceled returned lost damaged missing breached overdue late delayed"
    " expired escalated blocked disputed refused unresolved unpaid abnormal critical invalid bounced exception"
    " complaint noshow absent terminated suspended negative angry declined"
)
DONE = _words(
    "closed done resolved solved complete completed delivered paid shipped active approved ok normal passed pass"
    " finished settled fulfilled current signed"
)
BAD_FLAGS = _words(
    "late overdue breached breach abnormal missing lost damaged failed expired escalated blocked duplicate unusual"
    " anomaly outlier error critical disputed unpaid unresolved"
)

# Two columns about the same thing: what it should be or was, and what it is.
# … and of dates: only what was promised or asked for.
DUE_WORDS = _words(
    "due promised expected planned scheduled requested target agreed estimated forecast required deadline committed"
    " wanted"
)
BASE_WORDS = _words(
    "budget budgeted plan planned target expected usual typical average avg mean median previous prior prev old"
    " before earlier forecast baseline normal standard quoted estimated ordered agreed promised due scheduled"
    " contracted"
)
NOW_WORDS = _words(
    "actual current curr new after now this latest observed real shipped delivered received invoiced charged measured"
    " completed done arrived"
)
LOW_NAMES = _words("low lower min minimum")
HIGH_NAMES = _words("high upper max maximum")
RANGE_NAMES = _words("ref reference normal limit range bound allowed target")
VALUE_NAMES = ("value", "result", "reading", "measured", "measurement", "level", "observed")

MASS_NOUNS = _words(
    "leave history staff equipment stock data feedback information inventory usage advice progress traffic mail money"
    " payroll training care coverage context background fulfilment fulfillment timeline development sales"
)
PLAIN_MEASURES = _words("total amount value count quantity sum")

SECTION_WORDS = {
    "missing": _words("missing gaps gap unknown unclear absent lacks incomplete unanswered"),
    "solution": _words("solution solutions fix remedy answer resolution workaround"),
    "actions": _words(
        "action actions next do recommend recommended recommendation recommendations step steps reply respond fulfil"
        " fulfill advice"
    ),
    "risks": _words("risk risks concern concerns watch unusual anomaly anomalies warning warnings alert alerts"
                    " attention problems issues exceptions"),
    "summary": _words("headline summary overview short glance line brief gist nutshell verdict abstract tldr"),
}  # fmt: skip

STOP_WORDS = _words(
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my"
    " no not of on or our out please say should so tell than that the their them then there these they this those to"
    " us was we were what when where which who why will with would you your about any all give show list explain"
    " describe anything everything record data question answer analyst asks ask write following shape according only"
    " above below use using"
)


def human(name: str) -> str:
    """A name for a sentence: `unit_price` → "unit price"; names of other alphabets stay as they are."""
    return " ".join(tokens(name)) or name.strip() or "unnamed"


def capital(text: str) -> str:
    """For the start of a sentence; names like eGFR stay."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


_SUPERLATIVES = _words("latest newest earliest oldest first last")


def timed(label: str, first: str, last: str) -> str:
    """ "ordered from 2026-01-02 to 2026-03-04": the label of a dated column without its "on" or "date"."""
    named = label.split()
    kept = [word for word in named if word not in TIME_ENDS]
    if first == last:
        return " ".join([*kept, f"on {first}"])
    if _SUPERLATIVES & set(kept):  # "latest from … to …" would speak of the latest row
        return f"{label} {first} to {last}"
    return " ".join([*kept, f"from {first} to {last}"])


@lru_cache(maxsize=1024)
def row_noun(set_name: str) -> tuple[str, str]:
    """What one row and several rows of a set are called: `orders_by_month` → ("month", "months")."""
    named = list(tokens(set_name))
    if "by" in named[1:-1]:
        named = named[len(named) - named[::-1].index("by") :]
        last = named[-1]
        one, many = singular(last), last if last.endswith("s") else last + "s"
    elif named and singular(named[-1]) != named[-1]:
        one, many = singular(named[-1]), named[-1]
    elif named and named[-1] not in MASS_NOUNS and not named[-1].endswith(("ed", "ing")):
        one, many = named[-1], plural(named[-1])
    else:
        return f"entry in {human(set_name)}", f"entries in {human(set_name)}"
    before = " ".join(named[:-1])
    return (f"{before} {one}".strip(), f"{before} {many}".strip())


def severity_rank(text: str) -> int:
    """0 is worst; 3 when the words say nothing."""
    return min((SEVERITIES[token] for token in tokens(text) if token in SEVERITIES), default=3)
