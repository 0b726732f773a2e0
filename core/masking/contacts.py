"""E-mail addresses, phone numbers and postal addresses in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.masking.dates import dates_in
from core.masking.findings import Finding, before

_DOT = r"(?:\.|\s\.\s|\s?\.\n(?=[a-z]))"
_HOST = r"[\w-]{1,63}"
_NAME = r"(?<![\w.+%-])[\w+%-][\w.+%-]{0,63}"
_EMAIL = re.compile(
    rf"{_NAME}\s{{0,2}}@\s{{0,2}}{_HOST}(?:{_DOT}{_HOST}){{0,5}}?{_DOT}[A-Za-z][\w-]{{1,23}}(?!{_DOT}?\w)"
)
_SPELLED_DOT = r"\s?(?:\.|[\[({]\s?(?:dot|punkt)\s?[\])}]|\sdot\s)\s?"
_EMAIL_SPELLED = re.compile(
    rf"{_NAME}\s?[\[({{]\s?at\s?[\])}}]\s?{_HOST}(?:{_SPELLED_DOT}[\w-]{{2,63}}){{1,4}}"
    rf"|{_NAME}\sat\s{_HOST}(?:\sdot\s[\w-]{{2,63}}){{1,4}}",
    re.IGNORECASE,
)
_SPELLS = re.compile(r"[\[({]\s?at\s?[\])}]|\sdot\s", re.IGNORECASE)  # one of them is in each of those
_START = r"(?<![\w])(?<![\w][-.,/#])(?<![$€£#])"
_END = r"(?![\w]|[-/]\w|[.,]\d|\s?[$€£%])"
_GAP = r"[\s.\-/()]{0,3}"
_EXTENSION = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?"
_PHONE = re.compile(
    rf"""(?=[+(\d])(?:(?<![\w+])(?:\+|\(\+)\s?[1-9](?:{_GAP}\d){{6,14}}{_EXTENSION}{_END}
    | {_START}00\s?[1-9]\d?(?:{_GAP}\d){{7,13}}{_END}
    | {_START}(?:1[\s.-]{{1,2}})?\(\s?[2-9]\d\d\s?\)\s?[-.]?\s?\d{{3}}\s?[-.\s]\s?\d{{4}}{_EXTENSION}{_END}
    | {_START}(?:1[\s.-]{{1,2}})?[2-9]\d\d\s?(?P<sep>[-.\s])\s?[2-9]\d\d\s?(?P=sep)\s?\d{{4}}{_EXTENSION}{_END}
    | {_START}\(0\d{{1,4}}\)(?:[\s/-]{{0,2}}\d){{5,9}}{_END}
    | {_START}0\d{{2,4}}\s?[\s/-]\s?\d(?:[\s/-]?\d){{4,8}}{_END}
    | {_START}0\d(?:[\s.]\d\d){{4}}{_END}
    | {_START}555[-\s.]01\d\d{_END})""",
    re.VERBOSE,
)
_ME = r"(?:\s(?:me|back|us|her|him|them))?"
_CALLED = re.compile(
    rf"\b(?:tel|ph|phone|callback|telephone|telefon|mobile|mobil|handy|cell(?:phone)?|fax|pager|whatsapp|call(?:ed|ing)?{_ME}"
    rf"|ring|text{_ME}|reach(?:ed|able)?{_ME}|dial|voicemail|contact(?:\s(?:me|us|number|no))?)\b"
    r"(?:[\s.:#(]|is\b|no\b|nr\b|number\b|at\b|on\b|under\b|via\b|by\b|back\b){0,6}",
    re.IGNORECASE,
)
_DIGITS = re.compile(rf"(?:\+\s?)?\(?\d(?:{_GAP}\d){{6,14}}{_END}")
_IS_A_PHONE = re.compile(
    rf"{_START}\d(?:{_GAP}\d){{6,14}}(?=\s?\(?(?:is\s|was\s)?(?:her|his|my|their|our|the)\s(?:mobile|phone|cell|fax|home|number)\b"
    r"|\s?\((?:mobile|phone|cell|fax|home|work|tel)\b)",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    r"(?:invoice|order|ref|reference|po|ticket|tracking|serial|item|article|sku|batch|lot|no|nr|#)[\s.:#]*$"
)

_CAP = r"[A-Z][\w'-]{0,30}"
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Way|Terrace|Ter|Square|Sq|Highway"
    r"|Hwy|Parkway|Pkwy|Circle|Cir|Crescent|Cres|Close|Hill|Walk|Rise|Gate|Bank|Row|Mews|Grove|Gardens|Green|Park|Quay"
    r"|Alley|Trail|View|Heights|Yard|Wharf|Path|Loop|Plaza|Esplanade|Parade)"
)
_UNIT = r"(?:,?\s{1,2}(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|\#)\.?\s?[\w-]{1,6})?"
_TOWN = r"[A-Z][a-z'-][\w'-]{0,30}(?:\s[A-Z][a-z'-][\w'-]{0,30}){0,2}"
_PLACE = (  # ZIP before a town, the town, a state or a British postcode, ZIP
    rf"(?:,?\s{{1,2}}(?:[A-Z]{{1,3}}-)?\d{{4,5}}(?:-\d{{4}})?)?(?:,\s{{0,2}}{_TOWN})?"
    r"(?:,?\s{1,2}[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|(?:,?\s{1,2}[A-Z]{2}\b)?(?:,?\s{1,2}\d{5}(?:-\d{4})?)?)"
)
_JOINED_STREET = (
    r"(?:strasse|straße|str\.|gasse|weg|platz|allee|ring|ufer|damm|steig|hof|promenade|kai|gata|vagen|gatan|veien|vej"
    r"|straat|laan|plein|gracht|kade|katu|utca)"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_ADDRESS = re.compile(
    rf"""(?<![\w.,-])(?:
      \#?\d{{1,5}}[A-Za-z]?,?\s{{1,2}}(?:[NSEW]\.?\s)?(?:St\.\s)?(?:{_CAP}|\d{{1,3}}(?:st|nd|rd|th))(?:\s{{1,2}}{_CAP}){{0,3}}?
        \s{{1,2}}{_STREET}\b\.?{_UNIT}{_PLACE}
    | {_CAP}(?:\s{_CAP})?(?:(?<=\w){_JOINED_STREET}|[\s-](?:[Ss]tra(?:ss|ß)e|[Gg]asse|[Ww]eg|[Pp]latz))
        \s{{1,2}}\d{{1,4}}\s?[a-z]?(?:/\d{{1,4}}){{0,3}}\b(?:,?\s{{1,2}}(?:[A-Z]{{1,3}}-)?\d{{4,5}}\s{_CAP})?
    | \d{{1,4}}(?:\s?bis|\s?ter)?,?\s(?:rue|avenue|boulevard|chemin|allee|place|quai|impasse|cours)
        \s(?:d[eu]s?\s|de\sla\s|d'|l')?{_CAP}(?:[\s-]{_CAP}){{0,3}}(?:,?\s\d{{5}}\s{_CAP})?
    | (?:Via|Viale|Piazza|Corso|Calle|Avenida|Paseo|Plaza|Rua|Travessa|Largo|ul\.|Ulica)
        \s(?:d[aeio][ls]?\s|de\sla\s)?{_CAP}(?:\s{_CAP}){{0,2}},?\s\d{{1,4}}\b
    | (?!{_MONTH}\b){_CAP}(?:\s{_CAP}){{0,2}}\s\d{{1,4}}\s?[a-z]?,
        \s(?:[A-Z]{{1,3}}-)?(?!(?:19|20)\d\d\b)\d{{4,5}}\s{_CAP}
    | P\.?\s?O\.?\s?Box\s\d{{1,6}}\b
    )""",
    re.VERBOSE,
)
_NO_STREET = re.compile(
    r"\d\s+(?:Day|Week|Month|Year|Hour|Star|Point|Step|Page|Piece|Unit|Box)s?\s"
    r"|(?:Hard|Flash|Disk|Disc|Tape|USB|SSD|Test|TB|GB)\s+Drive\b|\bDr\.?\s+[A-Z][a-z]"
)
_CITY_STATE = re.compile(r"(?<!\w)[A-Z][\w'-]{1,30}(?:\s[A-Z][\w'-]{1,30})?,\s?[A-Z]{2}\s{1,2}\d{5}(?:-\d{4})?\b")


FEWEST_IN_PHONES = 7  # digits of whatever `phones_in` finds


def emails_in(text: str) -> Iterator[Finding]:
    if "@" in text:
        yield from (Finding(*match.span(), "EMAIL") for match in _EMAIL.finditer(text))
    if _SPELLS.search(text):
        yield from (Finding(*match.span(), "EMAIL") for match in _EMAIL_SPELLED.finditer(text))


def phones_in(text: str) -> Iterator[Finding]:
    for match in _PHONE.finditer(text):
        if not _SOMETHING_ELSE.search(before(text, match.start(), 12)) and not _is_date(match[0]):
            yield Finding(*match.span(), "PHONE")
    yield from (Finding(*match.span(), "PHONE") for match in _IS_A_PHONE.finditer(text))
    for match in _CALLED.finditer(text):
        written = _DIGITS.match(text, match.end())
        if written and not _is_date(written[0]):
            yield Finding(*written.span(), "PHONE")


def addresses_in(text: str) -> Iterator[Finding]:
    for match in _ADDRESS.finditer(text):
        if not _NO_STREET.search(text, match.start(), match.end() + 3):
            yield Finding(*match.span(), "ADDRESS")
    yield from (Finding(*match.span(), "ADDRESS") for match in _CITY_STATE.finditer(text))


def _is_date(written: str) -> bool:
    """It begins with one: "01.02.2026 14" is no phone number."""
    first = next(dates_in(written.strip("() ")), None)
    return first is not None and first.start == 0
