"""Names of people and dates of birth in plain text, told from the words around them.

No list of names: a capitalised word is one because a title, a family tie, a greeting or a verb of speaking stands
beside it. What no such word tells is not seen, except in a thorough look, where two capitalised words within a
sentence are enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from core.masking.any_case import any_case
from core.masking.dates import WrittenDate
from core.masking.findings import Finding, before
from core.masking.vocabulary import NEVER_NAMES, word_set

_TITLE = re.compile(
    r"(?<![\w.-])(?P<title>(?:(?:Dr|Prof|Sgt|Capt|Lt|Mr|Mrs|Ms|Mx|DR|MR|MRS|MS|dr|mr|mrs|Sig|Sra|Mme|Mlle|Rev|Hon|Fr(?=\.)|M(?=\.\s[A-Z][a-z])|Sr(?=\.)|Hr(?=\.))"
    r"\b\.?|(?:Miss|Sir|Madam|Herrn?|Frau|Monsieur|Madame|Signora|Signor|Senora|Senor|Doctor|Professor|Nurse|Doktor"
    r"|Mister|Dame)\b))(?:\s{1,2}|(?<=\.))(?:(?:med|phil|rer|nat|jur|habil|iur)\.\s?){0,3}"
)
_TIE_WORDS = (
    r"daughter|son|wife|husband|spouse|partner|fiancee?|mother|father|mum|mom|dad|sister|brother|aunt|uncle|niece|nephew|cousin"
    r"|grand(?:son|daughter|mother|father|child)|neighbou?r|friend|guardian|carer|caregiver|care\s?giver|next\sof\skin"
    r"|emergency\scontact|stepson|stepdaughter|roommate|colleague|assistant|daughter-in-law|son-in-law|sister-in-law"
    r"|brother-in-law|mother-in-law|father-in-law|interpreter|translator|therapist|midwife|pharmacist|lawyer|attorney"
    r"|Tochter|Sohn|Ehefrau|Ehemann|Mutter|Vater|Schwester|Bruder"
)
_LEADS_TO_NAME = (
    r"patient\s?,?|pt\.?|cc\s?:?|best\s?,|accompanied\sby|spoke\s(?:to|with)|speak(?:ing)?\s(?:to|with)|talked\s(?:to|with)|met\swith|seen\sby"
    r"|called\sby|referred\sby|signed(?:\sby)?|witnessed\sby|on\sbehalf\sof|behalf\sof|care\sof|c/o|attn\.?|attention|named"
    r"|name\sis|full\snames?\s?:|names?\s?:|contact\s?(?:person)?\s?:|caller\s?:?|regards\s?,?|sincerely\s?,?|cheers\s?,"
    r"|thanks\s?,|dear|hi|hello|written\sby|reported\sby|escalated\sto|assigned\sto|handled\sby|forwarded\sto"
    r"|letter\s(?:to|from)|e-?mail\s(?:to|from)|message\sfrom|note\sfrom|call\s(?:from|to)|visited\sby|examined\sby"
    r"|discussed\swith|ask\sfor"
)
_BEFORE = re.compile(
    rf"""(?<![\w-])(?:
      (?:{any_case(_TIE_WORDS)})(?:'s\sname)?(?:\s(?:is|was|named|called)\b|\s?[,:(])?
    | (?:{any_case(_LEADS_TO_NAME)})\s?:?
    )(?:\s{{1,3}}|(?<=\())""",
    re.VERBOSE,
)
_ROLES = (
    "Nurse|Doctor|Physician|Attending|Provider|Surgeon|Therapist|Interpreter|Driver|Technician|Agent|Manager|Customer"
    "|Reporter|Author|Owner|Approver|Prepared by|Requested by"
)
_SELF = re.compile(rf"(?<![\w-])(?:[Mm]y name is|I am|I'm|[Tt]his is|[Hh]ier ist|(?:{_ROLES})\s?:)\s{{1,2}}")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_]))*")
_NEXT = re.compile(r"(?:\.?[ \t]?\n?[ \t]{0,2})(?=\S)")
_PARTICLES = word_set("van von de der den del della di da dos das la le el al bin ibn ter ten zu zur af av mac mc st y")
_PAIR = re.compile(
    r"(?<![\w'-])(?P<name>[^\W\d_a-z][\w'-]+(?:\s{1,2}(?:[A-Z]\.|van|von|de|der|den|del|da|di|la|el|al|bin))*(?:\s{1,2}[^\W\d_a-z][\w'-]+){1,2})"
)
_SPEAKS = (
    r"called|rang|phoned|telephoned|writes|wrote|asks|asked|reports|reported|says|said|states|stated|came|attended|visited"
    r"|requests|requested|wants|wanted|wishes|confirms|confirmed|complains|complained|lives|works|presents|presented|denies"
    r"|explained|mentioned|told|signed|was\s(?:seen|examined|admitted|born)|has\s(?:called|asked|a\shistory)"
    r"|will\s(?:call|come)|on\sbehalf"
)
_AFTER_PAIR = re.compile(
    rf"""(?:\s{{1,2}}(?:{_SPEAKS})\b
    | \s?[,(]\s?(?:(?:her|his|the|their|my|a|patient's)\s)?
      (?i:{_TIE_WORDS}|born|dob|date\sof\sbirth|aged?\b|\d\d\s?(?:years?\b|yo?\b|y/o)|tel\b|phone|mobile|ssn)
    | ,\s?(?:RN|MD|DO|PhD|NP|PA-C|LPN|Esq)\b)""",
    re.VERBOSE,
)
_NAME_BEFORE = re.compile(r"(?<![\w'-])(?P<name>[^\W\d_a-z][\w'-]+)[ \t]{1,2}$")
_NAME_AFTER = re.compile(r"[ \t]{1,2}(?P<name>[^\W\d_a-z][\w'-]+)")
_ABBREVIATION = re.compile(r"\b[A-Z]{2,3}\b|\d")
_BORN = re.compile(
    r"(?:\bborn|birth\w*|\bd\.?\s?o\.?\s?b\b|\bgeb\b|geboren|geburts\w*|\bnee?\s?le\b|\bnato\b|\bnata\b)(?:[^\W\d]|[\s.:,(=/)-]){0,20}$|(?:^|[\s(])\*$"
)
_BORN_AFTER = re.compile(r"\s?[,(]\s?(?:dob|d\.o\.b|date of birth|born|geb)\b", re.IGNORECASE)


def people_in(text: str, ordinary: Set[str] = frozenset(), *, thorough: bool = False) -> Iterator[Finding]:
    """`ordinary`: words, in lower case, that the record uses for things. `thorough`: see above."""
    for match in _TITLE.finditer(text):
        end = _name_at(text, match.end(), ordinary, lower=match["title"].strip(".").casefold() in ("mr", "mrs"))
        if end:
            yield Finding(match.end(), end, "NAME")
    for pattern, words in ((_BEFORE, 1), (_SELF, 2)):
        for match in pattern.finditer(text):
            end = _name_at(text, match.end(), ordinary, at_least=words)
            if end and not _TITLE.match(text, match.end()):
                yield Finding(match.end(), end, "NAME")
    for match in _PAIR.finditer(text):
        if _can_be_name(match["name"], ordinary) and (
            _AFTER_PAIR.match(text, match.end()) or (thorough and not _begins_sentence(text, match.start()))
        ):
            yield Finding(*match.span("name"), "NAME")


def other_person(text: str, start: int, end: int, ordinary: Set[str]) -> Finding | None:
    """Somebody else who shares the name at this place: the "Winther" of another first name is another Winther."""
    ahead = _NAME_BEFORE.search(text[max(0, start - 40) : start])
    after = _NAME_AFTER.match(text, end)
    first = start - len(ahead[0]) if ahead and _can_be_name(ahead["name"], ordinary) else start
    last = after.end() if after and _can_be_name(after["name"], ordinary) else end
    return Finding(first, last, "NAME") if (first, last) != (start, end) else None


def is_birth(text: str, written: WrittenDate) -> bool:
    """Whether the words beside a date say that somebody was born on it."""
    return bool(_BORN.search(before(text, written.start)) or _BORN_AFTER.match(text, written.end))


def _name_at(text: str, place: int, ordinary: Set[str], *, at_least: int = 1, lower: bool = False) -> int:
    """The end of the name that begins at `place`, 0 if there is none."""
    end = words = 0
    while words < 4 and (match := _WORD.match(text, place)):
        word = match[0].removesuffix("'s")
        folded = word.casefold()
        initial = len(word) == 1 and text[match.end() : match.end() + 1] == "."
        named = word[0].isupper() or (lower and not words and len(word) > 2)
        if folded in _PARTICLES and words < 3 and text[match.end() : match.end() + 1] == " ":
            place = match.end() + 1
            continue
        if not named or (len(word) == 1 and not initial) or folded in NEVER_NAMES or folded in ordinary:
            break
        words += 1
        if not initial:
            end = match.start() + len(word)
        if word != match[0]:
            break
        gap = _NEXT.match(text, match.end())
        if (
            not gap
            or ("." in gap[0] and not initial)
            or gap.end() == match.end()
            or ("\n" in gap[0] and not lower and words > 1)
        ):
            break
        place = gap.end()
    return end if words >= at_least else 0


def _can_be_name(written: str, ordinary: Set[str]) -> bool:
    words = [word.casefold().removesuffix("'s") for word in re.split(r"[\s]+", written)]
    return all(word not in NEVER_NAMES and word not in ordinary for word in words) and not _ABBREVIATION.search(written)


def _begins_sentence(text: str, place: int) -> bool:
    ahead = text[max(0, place - 4) : place].rstrip(" \t\"'(*-")
    return not ahead or ahead[-1] in ".!?:;\n#|>"
