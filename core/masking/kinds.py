"""What a column holds, told from its name and the name of its set, and what its tokens are called."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from core.masking.plain import plain
from core.masking.vocabulary import word_set


class Kind(StrEnum):
    """`PERSON` values are also looked for by their parts, `ADDRESS` values by their lines."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    BIRTH_DATE = "BIRTH-DATE"
    POSTCODE = "POSTCODE"
    ADDRESS = "ADDRESS"
    AGE = "AGE"
    PERSON = "NAME"
    OTHER = "VALUE"


_WORDS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.EMAIL, word_set("email mail emails")),
    (Kind.PHONE, word_set("phone telephone tel mobile cell fax phones telefon")),
    (Kind.BIRTH_DATE, word_set("birth born dob birthday birthdate dateofbirth geburtsdatum")),
    (Kind.POSTCODE, word_set("postcode postal zip zipcode plz")),
    (Kind.ADDRESS, word_set("address street addr addresses strasse location")),
    (Kind.AGE, word_set("age")),
)
_PEOPLE = word_set(
    "name names patient contact person author customer client employee owner physician doctor surgeon nurse clinician "
    "provider practitioner user agent manager buyer seller spouse partner relative guardian parent mother father child "
    "kin caregiver carer surname forename firstname lastname fullname nickname alias signatory signer recipient sender "
    "witness beneficiary representative holder member applicant assignee requester reporter attendee approver "
    "reviewer tenant landlord referrer therapist party counterparty"
)
_NOT_PEOPLE = word_set(
    "id no nr number code date on at count total status type kind role since segment tier group class score rank "
    "product item file table category department unit team country city region company since share price amount "
    "satisfaction note notes text comment description reason currency language flag"
)
_NAME_WORDS = word_set("name names full first last given family sur fore middle nick legal display")


def words(name: str) -> list[str]:
    """`contactName`, `CONTACT_NAME` and `contact-name` are all ["contact", "name"]."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain(name))
    return re.findall(r"[^\W\d_]+", apart.casefold())


@lru_cache(maxsize=4096)
def kind_of(column: str) -> Kind:
    found = words(column)
    joined = "".join(found)
    for kind, known in _WORDS:
        if known.intersection(found) or joined in known:
            return kind
    if _PEOPLE.intersection(found) and not _NOT_PEOPLE.intersection(found):
        return Kind.PERSON
    return Kind.OTHER


@lru_cache(maxsize=4096)
def label_of(set_name: str, column: str) -> str:
    """What a token of this column is called: letters A to Z and single hyphens, at most 32 characters.

    `contact_name` is CONTACT, `name` in the set `patients` PATIENT, `email_address` EMAIL, `account_no` ACCOUNT-NO.
    """
    kind = kind_of(column)
    if kind not in (Kind.PERSON, Kind.OTHER):
        return kind.value
    found = words(column)
    if kind is Kind.PERSON and _NAME_WORDS.issuperset(found):
        if {"first", "given", "fore"}.intersection(found):
            return "FIRST-NAME"
        if {"last", "family", "sur"}.intersection(found):
            return "LAST-NAME"
        last = (words(set_name) or ["name"])[-1]
        singular = last if last.endswith("ss") else last.removesuffix("s")
        return _upper([singular]) if singular in _PEOPLE else Kind.PERSON.value
    if kind is Kind.PERSON:
        return _upper([word for word in found if word not in _NAME_WORDS])
    return _upper(found)


def _upper(parts: list[str]) -> str:
    letters = [re.sub(r"[^A-Z]", "", part.upper()) for part in parts]
    return "-".join(part for part in letters if part)[:32].strip("-") or Kind.OTHER.value
