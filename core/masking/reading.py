"""All texts of a record, read at once: where somebody can be told by what is known or by what it looks like."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, chain
from operator import itemgetter, neg

from core.masking.contacts import FEWEST_IN_PHONES, addresses_in, emails_in, phones_in
from core.masking.dates import FEWEST_IN_DATES, dates_in
from core.masking.findings import Finding
from core.masking.known import BETWEEN, Known, Secret
from core.masking.numbers import FEWEST_IN_NUMBERS, fiscal_codes_in, numbers_in
from core.masking.people import is_birth, other_person, people_in
from core.masking.plain import Plain, plain
from core.masking.token_book import TokenBook

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one text, as it is written. `secret` is set where a masked column holds it."""

    start: int
    end: int
    label: str
    secret: Secret | None = None


def read(
    texts: Iterable[str], known: Known, births: Mapping[date, Secret], ordinary: Set[str], *, thorough: bool
) -> dict[str, list[Span]]:
    """Text → its spans in order of their start, for texts that have any. Takes time in proportion to their length.

    The first of `texts` is the question, empty if there is none.
    """
    joined = _Joined(texts)
    spans: dict[str, list[Span]] = {}
    for found, secret in _found(joined, known, births, ordinary, thorough):
        text, start, end = joined.back(found.start, found.end)
        spans.setdefault(text, []).append(Span(start, end, found.label, secret))
    for of_text in spans.values():
        of_text.sort(key=lambda span: (span.start, span.start - span.end, span.secret is None))
    return spans


class _Joined:
    """All texts in one, as a reader sees it. After the first, which begins a sentence where all others are cells, come
    those with most digits: so what is made of digits need be looked for in the beginning alone."""

    def __init__(self, texts: Iterable[str]) -> None:
        first, *others = dict.fromkeys(texts)
        counted = [(len(_DIGIT.findall(plain(text))), text) for text in others if text]
        counted.sort(key=itemgetter(0), reverse=True)
        self._digits = [digits for digits, _ in counted]
        self._texts = [first, *(text for _, text in counted)]
        self._starts = [0, *accumulate(len(text) + len(BETWEEN) for text in self._texts)]
        self._plain = Plain(BETWEEN.join(text.replace(BETWEEN, " ") for text in self._texts))
        self.text = self._plain.text
        self._ends = list(accumulate(len(text) + len(BETWEEN) for text in self.text.split(BETWEEN)))

    def with_digits(self, fewest: int) -> str:
        """The beginning of `text`: its first one, and all others with so many digits."""
        return self.text[: self._ends[bisect_right(self._digits, -fewest, key=neg)]]

    def back(self, start: int, end: int) -> tuple[str, int, int]:
        """The text that a span of `text` is in, and where in it."""
        start, end = self._plain.back(start, end)
        at = bisect_right(self._starts, start) - 1
        text, begin = self._texts[at], self._starts[at]
        return text, start - begin, min(end - begin, len(text))


def _found(
    joined: _Joined, known: Known, births: Mapping[date, Secret], ordinary: Set[str], thorough: bool
) -> Iterator[tuple[Finding, Secret | None]]:
    text = joined.text
    for hit in known.find(text):
        somebody = (
            other_person(text, hit.start, hit.end, ordinary) if hit.secret.part and hit.secret.reversible else None
        )
        if somebody:
            yield somebody, _unnamed(text, somebody) if thorough else None
        else:
            yield Finding(hit.start, hit.end, hit.secret.label), hit.secret
    dated = joined.with_digits(FEWEST_IN_DATES)
    for written in dates_in(dated):
        secret = next((births[each] for each in sorted(written.readings) if each in births), None)
        if secret:
            yield Finding(written.start, written.end, secret.label), secret
        elif is_birth(dated, written):
            yield Finding(written.start, written.end, "BIRTH-DATE"), None
    for finding in chain(
        numbers_in(joined.with_digits(FEWEST_IN_NUMBERS)),
        fiscal_codes_in(joined.with_digits(1)),
        emails_in(text),
        phones_in(joined.with_digits(FEWEST_IN_PHONES)),
        addresses_in(joined.with_digits(1)),
        people_in(text, ordinary, thorough=thorough),
    ):
        yield finding, None


def _unnamed(text: str, finding: Finding) -> Secret:
    return Secret(text[finding.start : finding.end], finding.label, "", reversible=True, part="WHOLE")


def rewrite(text: str, spans: Sequence[Span], book: TokenBook, passing: Set[str], record_id: str) -> str:
    """`text` with its spans replaced. `passing`: labels which the policy of the column lets through.

    Where spans lie over each other, the whole they cover is replaced. What a policy withholds is never inside a token:
    a token can be put back.
    """
    out: list[str] = []
    done = 0
    wanted = [span for span in spans if span.secret or span.label not in passing]
    for cluster in _clusters(wanted):
        start, end = cluster[0].start, max(span.end for span in cluster)
        written = text[start:end]
        if written.strip() == record_id and not any(span.secret for span in cluster):
            continue
        out += [text[done:start], _shown(written, start, end, cluster, book)]
        done = end
    return "".join([*out, text[done:]])


def _clusters(spans: Sequence[Span]) -> Iterator[list[Span]]:
    cluster: list[Span] = []
    end = 0
    for span in spans:
        if cluster and span.start >= end:
            yield cluster
            cluster = []
        end = max(end, span.end) if cluster else span.end
        cluster.append(span)
    if cluster:
        yield cluster


def _shown(written: str, start: int, end: int, cluster: Sequence[Span], book: TokenBook) -> str:
    longest = max(cluster, key=lambda span: (span.end - span.start, span.secret is not None))
    if longest.secret and (longest.start, longest.end) == (start, end):
        return shown_for(longest.secret, book)
    if any(span.secret and not span.secret.reversible for span in cluster):
        return withheld(longest.label)
    return book.token(longest.label, written)


def shown_for(secret: Secret, book: TokenBook) -> str:
    if not secret.reversible or not secret.part:
        return secret.shown
    return (
        book.part(secret.shown, secret.part, secret.value) if secret.shown else book.token(secret.label, secret.value)
    )


def withheld(label: str) -> str:
    return f"[{label.replace('-', ' ').lower()} withheld]"
