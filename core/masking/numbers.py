"""Numbers that belong to a person, in plain text: by their check digits, their form, or the words before them.

Check digits are python-stdnum's. A plain run of digits without check digits of its own, such as an invoice number, is
taken for one only when the words before it say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.se import personnummer

from core.masking.any_case import any_case
from core.masking.dates import day_of
from core.masking.findings import Finding

# a start that is not inside a word or a number; at most two characters of space or punctuation between digits
_START = r"(?<![\w])(?<![\w][-.,/])"
_END = r"(?![\w]|[-/]\w|[.,]\d)"
_GAP = r"[\s.\-/]{0,2}"
_CARD = re.compile(rf"{_START}[3-6](?:[\s-]{{0,2}}\d){{13,18}}{_END}")
_IBAN = re.compile(rf"{_START}[A-Z]{{2}}\s?\d\s?\d(?:[\s-]{{0,2}}[A-Z0-9]){{11,30}}", re.IGNORECASE)
_SSN = re.compile(rf"{_START}\d(?:\s?\d){{2}}\s?([-.\s])\s?\d\s?\d\s?\1\s?\d(?:\s?\d){{3}}{_END}")

_FISCAL_CODE = re.compile(rf"{_START}(?:[A-Z]\s?){{6}}(?:\w\s?){{9}}[A-Z]{_END}", re.IGNORECASE)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(rf"{_START}756(?:{_GAP}\d){{10}}{_END}"), ahv.is_valid),
    (re.compile(rf"{_START}\d{{3}}\.\d{{3}}\.\d{{3}}-\d\d{_END}"), cpf.is_valid),
    (re.compile(rf"{_START}\d{{2}}\.\d{{2}}\.\d{{2}}-\d{{3}}\.\d\d{_END}"), nn.is_valid),
    (re.compile(rf"{_START}[12](?:\s?\d){{4}}\s?[\dAB](?:\s?\d){{8,9}}{_END}", re.IGNORECASE), nir.is_valid),
    (re.compile(rf"{_START}\d{{8}}-?[A-Z]{_END}"), dni.is_valid),
    (re.compile(rf"{_START}[XYZ]-?\d{{7}}-?[A-Z]{_END}"), nie.is_valid),
    (re.compile(rf"{_START}\d{{6}}[-+A-FU-Y]\d{{3}}[0-9A-Z]{_END}"), hetu.is_valid),
    (re.compile(rf"{_START}\d{{6}}[-+]\d{{4}}{_END}"), lambda text: personnummer.is_valid(text) or cpr.is_valid(text)),
    (
        re.compile(rf"{_START}(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d\s?){{6}}[A-D]{_END}"),
        lambda _: True,  # British national insurance: a form of its own, no check digit
    ),
)
"""National numbers whose form hardly anything else has."""

_STRONG = (
    r"ssn|social\s+security|social\s+insurance|nino|national\s+(?:id|insurance|identity|identification)|nhs|bsn|svnr"
    r"|sv-?nr|sozialversicherungsnummer|versicherungsnummer|steuer-?id\w*|pesel|cpf|aadhaar|personnummer|passport"
    r"|codice\s+fiscale|reisepass|passeport|med(?:ical)?\.?\s+rec(?:ord)?|mrn|medicare|medicaid|driv(?:er|ing)(?:'?s)?\s+licen[cs]e"
    r"|id[\s-]card|identity\s+card|personalausweis|iban|health\s+card"
)
_WEAK = (
    r"sin|ni|health\s+(?:insurance|plan)|insurance|insured|member(?:ship)?|subscriber|policy(?:holder)?|beneficiary"
    r"|tax(?:payer)?|bank\s+account|account|konto|credit\s+card|debit\s+card|bank\s+card|card|licen[cs]e|ausweis|identification"
)
_NUMBER = r"(?:id|no|nr|number|num|nummer|code)\b"
_SAYS_SO = re.compile(
    rf"\b(?:(?:{any_case(_STRONG)})\b[\s-]*(?i:{_NUMBER})?|(?:{any_case(_WEAK)})[\s-]*(?:(?i:{_NUMBER})|(?=\s?[:#])))"
    r"(?i:\s?(?:[.:\#=(-]|is\b|was\b|of\b|on\sfile\b|ending\b)){0,3}\s{0,3}"
)
"""Weak words need a "number" behind them: an account may be anybody's."""
_WRITTEN = re.compile(r"(?:[A-Z]{1,3}[\s-]?)?\d(?:[\s.\-/]{0,2}\d|-?[A-Z](?![A-Z])){3,22}(?![\w])", re.IGNORECASE)
_JOINED = re.compile(r"[A-Z0-9]{1,20}(?:[-./][A-Z0-9]{1,20}){0,5}(?!\w)", re.IGNORECASE)
_LABELS = (("SSN", "ssn|social sec"), ("PASSPORT", "passp"), ("INSURANCE-NO", "insur|member|policy|subscr|beneficiary"))


FEWEST_IN_NUMBERS = 5  # digits of whatever `numbers_in` finds


def numbers_in(text: str) -> Iterator[Finding]:
    yield from _ibans(text)
    for match in _CARD.finditer(text):
        if _is_card(re.sub(r"\D", "", match[0])):
            yield Finding(*match.span(), "CARD")
    for match in _SSN.finditer(text):
        if not re.fullmatch(r"\s+", match[1]) or _plain_ssn(match[0]):
            yield Finding(*match.span(), "SSN")
    for pattern, valid in _FORMS:
        yield from _of_form(text, pattern, valid)
    yield from _told_by_words(text)


def fiscal_codes_in(text: str) -> Iterator[Finding]:
    """Italian ones. Letters may stand for their digits, so they may have fewer than the others."""
    yield from _of_form(text, _FISCAL_CODE, codicefiscale.is_valid)


def _of_form(text: str, pattern: re.Pattern[str], valid: Callable[[str], bool]) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        if valid(re.sub(r"\s", "", match[0]).upper()):
            yield Finding(*match.span(), "NATIONAL-ID")


def _ibans(text: str) -> Iterator[Finding]:
    for match in _IBAN.finditer(text):
        ends = [place.end() for place in re.finditer(r"[A-Za-z0-9](?![A-Za-z0-9])", match[0])]
        for end in reversed(ends):
            if iban.is_valid(re.sub(r"[\s-]", "", match[0][:end]).upper(), check_country=False):
                yield Finding(match.start(), match.start() + end, "IBAN")
                break


def _is_card(digits: str) -> bool:
    """Check digit, and beginning and length that an issuer has."""
    length = len(digits)
    issued = (
        (length in (16, 19) and digits[0] == "4")
        or (length == 16 and (51 <= int(digits[:2]) <= 55 or 2221 <= int(digits[:4]) <= 2720))
        or (length == 15 and digits[:2] in ("34", "37"))
        or (length == 14 and (digits[:2] in ("36", "38", "39") or 300 <= int(digits[:3]) <= 305))
        or (
            16 <= length <= 19
            and (digits[:4] == "6011" or digits[:2] in ("35", "62", "64", "65", "50", "56", "57", "58"))
        )
    )
    return issued and luhn.is_valid(digits)


def _plain_ssn(written: str) -> bool:
    """Parted by spaces alone, three numbers in a row look like this too: only what was ever issued counts."""
    digits = re.sub(r"\D", "", written)
    return digits[:3] not in ("000", "666") and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"


def _told_by_words(text: str) -> Iterator[Finding]:
    for match in _SAYS_SO.finditer(text):
        ways = (pattern.match(text, match.end()) for pattern in (_WRITTEN, _JOINED))
        end = max((way.end() for way in ways if way and len(re.sub(r"\D", "", way[0])) >= FEWEST_IN_NUMBERS), default=0)
        if end and not day_of(text[match.end() : end]):
            yield Finding(match.end(), end, _label(match[0].casefold()))


def _label(told: str) -> str:
    for label, words in _LABELS:
        if re.search(words, told):
            return label
    return "ACCOUNT-NO" if re.search("account|konto|card", told) else "NATIONAL-ID"
