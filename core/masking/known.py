"""What is known from masked columns, found wherever else it occurs.

A value is compared by its letters and digits alone, without case and accents, so `Meyer, Anna-Maria`, `12 345 678` and
`1 2 3 4 5 6 7 8` are found however they are spaced, punctuated or broken over lines. Every comparison begins and ends
at a word. One pass over the text, whatever the number of values.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, pairwise

from core.masking.kinds import Kind
from core.masking.plain import plain
from core.masking.vocabulary import ALSO_WORDS, COMPANY_WORDS, ORDINARY

SHORTEST = 3  # letters and digits of a value that is looked for
SHORTEST_NUMBER = 5  # digits of a value that is a number; 4 where a text column holds it
HEAD = 32  # characters by which longer values are told apart first
WIDEST_GAP = 3  # characters between two words of one value, white space aside
BETWEEN = "\x00"  # between two texts: neither a letter nor white space, so that nothing is found across it
WORD = re.compile(r"[^\W_]+")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Secret:
    """A value, or a part of one, that must not be read. `shown` stands in its place."""

    value: str
    label: str
    shown: str
    reversible: bool  # shown is a token
    part: str = ""  # FIRST, MIDDLE or LAST of the value that `shown` stands for
    in_words: int = 1  # words the value was written in
    needs_capital: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    secret: Secret


class Known:
    def __init__(self) -> None:
        self._secrets: dict[str, list[Secret]] = {}  # letters and digits → values that have just these
        self._lengths: dict[str, list[int]] = {}  # first letters of a value → lengths of such values, longest first
        self._long: dict[str, list[str]] = {}  # first HEAD letters → values, longest first

    def add(self, secret: Secret, kind: Kind, *, number: bool = False) -> None:
        """What was added first stays. `number`: it comes from a column of numbers."""
        words = keys_of(secret.value)
        whole = replace(secret, in_words=len(words), needs_capital=len(words) == 1 and words[0] in ALSO_WORDS)
        key = "".join(words)
        least = SHORTEST_NUMBER - (not number) if key.isdigit() else SHORTEST
        if len(key) >= least and (kind is Kind.PERSON or key not in ORDINARY):
            self._add(key, whole)
            for variant in _variants(secret.value, key, kind):
                self._add(variant, whole)

    def add_parts(self, secret: Secret, kind: Kind) -> None:
        """First and last names, lines of an address."""
        if kind is Kind.ADDRESS:
            for line in re.split(r"[,;\n]", secret.value):
                if len(line.strip()) > SHORTEST and re.search(r"[^\W\d_]{3}", line):
                    self.add(replace(secret, value=line.strip(), part="LINE"), kind)
            return
        words = [word for word in re.split(r"[\s,/()]+", plain(secret.value)) if word]
        if kind is not Kind.PERSON or not 1 < len(words) <= 6:
            return
        for at, word in enumerate(words):
            key = "".join(keys_of(word))
            if len(key) < SHORTEST or not key.isalpha() or key in COMPANY_WORDS or key in ORDINARY:
                continue
            part = "LAST" if at == len(words) - 1 else "MIDDLE" if at else "FIRST"
            named = Secret(word, secret.label, secret.shown, secret.reversible, part, 1, key in ALSO_WORDS)
            before = next(iter(self._secrets.get(key, ())), None)
            if before and before.part and before.reversible and before.shown != secret.shown:
                self._secrets[key] = [replace(before, shown="", label=Kind.PERSON.value)]  # several people's
                continue
            for each in {key, *_variants(word, key, kind)}:
                self._add(each, named)

    def exactly(self, value: str) -> Secret | None:
        """The secret that a number, as text, is."""
        if (digits := value.lstrip("-").replace(".", "")).isdecimal() and digits[:SHORTEST] not in self._lengths:
            return None  # however it is written, it begins with these digits
        key = "".join(keys_of(value))
        found = (secret for each in (key, *_variants(value, key, Kind.OTHER)) for secret in self._secrets.get(each, ()))
        return next((secret for secret in found if _number(secret.value) == _number(value)), None)

    def find(self, text: str) -> Iterator[Hit]:
        """Hits in plain `text`, from left to right, the longest one first, none over another."""
        if not self._secrets:
            return
        spans = [match.span() for match in WORD.finditer(text)]
        stream, places = _joined(text, spans)
        at = 0
        while at < len(spans):
            if stream[places[at] : places[at] + SHORTEST] not in self._lengths:
                at += 1
                continue
            count = 0
            for key in self._at(stream, places[at]):
                after = bisect_left(places, places[at] + len(key))
                if places[after] != places[at] + len(key):
                    continue
                secret = _best(text, spans[at:after], self._secrets[key], key)
                if secret:
                    count = after - at
                    yield Hit(spans[at][0], spans[after - 1][1], secret)
                    break
            at += count or 1

    def _add(self, key: str, secret: Secret) -> None:
        if len(key) < SHORTEST:
            return
        same = self._secrets.setdefault(key, [])
        if not all(secret.part == each.part and secret.value != each.value for each in same):
            return
        same.append(secret)
        if len(same) > 1:
            return
        if len(key) > HEAD:
            longer = self._long.setdefault(key[:HEAD], [])
            longer.append(key)
            longer.sort(key=len, reverse=True)
            key = key[:HEAD]
        lengths = self._lengths.setdefault(key[:SHORTEST], [])
        if len(key) not in lengths:
            lengths.append(len(key))
            lengths.sort(reverse=True)

    def _at(self, stream: str, place: int) -> Iterator[str]:
        for length in self._lengths.get(stream[place : place + SHORTEST], ()):
            key = stream[place : place + length]
            if length == HEAD:
                for longer in self._long.get(key, ()):
                    if stream.startswith(longer, place):
                        yield longer
            if key in self._secrets:
                yield key


def keys_of(text: str) -> list[str]:
    return WORD.findall(plain(text).casefold())


def _joined(text: str, spans: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """All words of `text` in one, folded, and where each begins there; one more place for the end."""
    words = [text[start:end].casefold() for start, end in spans]
    return "".join(words), [0, *accumulate(map(len, words))]


def _best(text: str, spans: list[tuple[int, int]], secrets: list[Secret], key: str) -> Secret | None:
    """Of values with the same letters and digits the one that is written like this, else the first."""
    fitting = [secret for secret in secrets if _fits(text, spans, secret, key)]
    written = text[spans[0][0] : spans[-1][1]]
    return next((secret for secret in fitting if secret.value == written), fitting[0] if fitting else None)


def _number(text: str) -> Decimal:
    return abs(Decimal(text)) if _DECIMAL.fullmatch(text) else Decimal(re.sub(r"\D", "", plain(text)) or 0)


def _fits(text: str, spans: list[tuple[int, int]], secret: Secret, key: str) -> bool:
    """The words between which the value was found belong together."""
    first, last = spans[0], spans[-1]
    gaps = [text[one[1] : other[0]] for one, other in pairwise(spans)]
    if any(len(gap) > WIDEST_GAP and not gap.isspace() for gap in gaps) or BETWEEN in "".join(gaps):
        return False
    if key.isdigit():
        return _same_number(text, last[1], gaps, spans, secret.value, key)
    if any(mark in gap and mark not in secret.value for gap in gaps for mark in "()[]<>@"):
        return False
    if secret.needs_capital and not (text[first[0]].isupper() and not _is_month(text, first)):
        return False
    if secret.in_words == 1 and gaps:
        spelled = all(end - start == 1 for start, end in spans)
        return spelled or all("\n" in gap and "-" in gap for gap in gaps)
    return True


def _same_number(text: str, end: int, gaps: list[str], spans: list[tuple[int, int]], value: str, key: str) -> bool:
    """12345 is in "12,345" and "12 345.00", not in "123.45" and "12345.67"; 1204.50 is in "1.204,50"."""
    fraction = len(key) - len(value.lstrip("-").partition(".")[0]) if _DECIMAL.fullmatch(value) else 0
    parted = bool(gaps) and gaps[-1] in (".", ",")
    last = spans[-1][1] - spans[-1][0]
    if fraction and not (parted and last == fraction):
        return False
    if parted and last not in (3, fraction):
        return False
    following = re.compile(r"[.,](\d+)").match(text, end)
    return not following or not following[1].strip("0") or len(following[1]) > 4


def _is_month(text: str, span: tuple[int, int]) -> bool:
    word = text[span[0] : span[1]].casefold()
    if word not in ("may", "june", "april", "august"):
        return False
    return bool(
        re.match(r"[\s,]{1,2}\d", text[span[1] : span[1] + 3])
        or re.search(r"\d\S{0,3}\s$", text[max(0, span[0] - 5) : span[0]])
    )


def _variants(value: str, key: str, kind: Kind) -> set[str]:
    """Other ways to write the same: Müller and Mueller, "Meyer, Anna", a phone number without its country."""
    found: set[str] = set()
    folded = value.casefold().translate(_UMLAUTS)
    if folded != value.casefold():
        found.add("".join(keys_of(folded)))
    if kind is Kind.PHONE:
        digits = re.sub(r"\D", "", plain(value))
        if value.strip().startswith(("+", "00")):
            digits = digits.removeprefix("00")
            national = [digits[count:] for count in (1, 2, 3)]
            found.update(["00" + digits, digits, *national, *("0" + each for each in national)])
        return {each for each in found if len(each) >= 7}
    words = keys_of(value)
    if kind is Kind.PERSON and 1 < len(words) <= 4:
        found.add("".join([words[-1], *words[:-1]]))
        if len(words) > 2:
            found.add(words[0] + words[-1])
    if _DECIMAL.fullmatch(value):
        whole, _, fraction = value.lstrip("-").partition(".")
        shortest = fraction.rstrip("0")
        found.update({whole + shortest, whole + shortest.ljust(2, "0")})
    return {each for each in found - {key} if len(each) >= (SHORTEST_NUMBER if each.isdigit() else SHORTEST)}
