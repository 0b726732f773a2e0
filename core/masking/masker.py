"""Record → MaskedRecord: the use case's column policies first, then every text that still passes.

A text is masked by what masked columns of the same record hold, and by what looks like a person's number, address or
name. All of it happens here or not at all: whatever goes wrong ends in MaskingFailed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from core.errors import MaskingFailed
from core.masking.dates import day_of
from core.masking.generalise import generalise
from core.masking.kinds import Kind, kind_of, label_of, words
from core.masking.known import SHORTEST_NUMBER, Known, Secret, keys_of
from core.masking.masked_record import MaskedRecord
from core.masking.policies import Policies, policies_of
from core.masking.reading import Span, read, rewrite, shown_for, withheld
from core.masking.token_book import TokenBook
from core.masking.vocabulary import word_set
from core.records.record import Column, ColumnType, Record, ResultSet, Row, Value
from core.use_cases import Policy, UseCase

SURE_FIRST = (Policy.TOKEN, Policy.HASH, Policy.GENERALISE, Policy.DROP)
"""Where two masked columns hold the same value, the policy that says most about it is followed in texts."""
PROSE = 4  # words from which on a cell is a text somebody wrote
_REFERENCE = word_set("id no nr number code reference ref tracking serial account sku batch lot")


def mask(
    record: Record, use_case: UseCase, *, question: str = "", as_of: date | None = None, key: bytes | None = None
) -> MaskedRecord:
    """What a model may see of `record`. The same arguments give the same result.

    `question`: what the analyst asks; it is masked like the record's texts. `as_of`: the day on which ages are
    counted, today if not given. `key`: this installation's, for `hash`; without one, hashes are stable within this
    process only. Raises MaskingFailed for whatever goes wrong: nothing may be sent then.
    """
    try:
        return _Masker(record, use_case, as_of or datetime.now(UTC).date(), key or _process_key()).masked(question)
    except Exception as error:
        raise MaskingFailed("The record could not be masked.") from error


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to one column."""

    column: Column
    policy: Policy
    kind: Kind
    label: str
    searched: bool  # its values are looked for in other columns
    passing: frozenset[str]  # labels of what may stay in it, as its policy lets it pass


@lru_cache(maxsize=256)
def _plans(policies: Policies, set_name: str, columns: tuple[Column, ...]) -> tuple[_Plan, ...]:
    """The same for every record of a use case."""
    return tuple(_plan(policies, set_name, column) for column in columns)


def _plan(policies: Policies, set_name: str, column: Column) -> _Plan:
    policy = policies.of(set_name, column.name)
    kind, label = kind_of(column.name), label_of(set_name, column.name)
    named = {word.upper() for word in words(column.name)}
    passing = {kind.value, label, *named}
    if _REFERENCE.intersection(words(column.name)):
        passing |= {"CARD", "NATIONAL-ID", "SSN", "PHONE"}
    searched = policy is not Policy.PASS and not (policy is Policy.DROP and policies.passes_elsewhere(column.name))
    return _Plan(column, policy, kind, label, searched, frozenset(passing - {Kind.OTHER.value}))


class _Masker:
    def __init__(self, record: Record, use_case: UseCase, as_of: date, key: bytes) -> None:
        self._record = record
        self._policies = policies_of(use_case)
        self._as_of = as_of
        self._key = key
        self._plans = [_plans(self._policies, each.name, each.columns) for each in record.result_sets]
        self._known = Known()
        self._births: dict[date, Secret] = {}
        self._spans: dict[str, list[Span]] = {}

    def masked(self, question: str) -> MaskedRecord:
        self._book = TokenBook([*_texts(self._record), question])
        self._learn()
        texts = [question, *self._passing_texts()]
        thorough = self._policies.restricted
        self._spans = read(texts, self._known, self._births, self._things(), thorough=thorough)
        pairs = list(zip(self._record.result_sets, self._plans, strict=True))
        sets = tuple(self._set(each, plans) for each, plans in pairs)
        dropped = [
            f"{each.name}.{plan.column.name}" for each, plans in pairs for plan in plans if plan.policy is Policy.DROP
        ]
        return MaskedRecord(
            record=replace(self._record, result_sets=sets),
            tokens=self._book.tokens,
            dropped=tuple(dict.fromkeys(dropped)),
            policy_version=self._policies.version,
            question=self._text(question, frozenset()),
        )

    def _learn(self) -> None:
        """Everything that masked columns hold, whole values before parts."""
        parts: dict[tuple[str, str], tuple[Secret, Kind]] = {}
        seen: set[tuple[str, Value]] = set()
        for policy in SURE_FIRST:
            for value, plan in self._values(policy):
                if (plan.label, value) in seen:
                    continue
                seen.add((plan.label, value))
                secret = self._secret(value, plan)
                if not plan.searched or keys_of(secret.value) == keys_of(self._record.record_id):
                    continue
                born = _date(value) if plan.kind is Kind.BIRTH_DATE else None
                if born:
                    self._births.setdefault(born, secret)
                elif not isinstance(value, bool) and _date(value) is None:
                    self._known.add(secret, plan.kind, number=not isinstance(value, str))
                    parts.setdefault((secret.value, secret.shown), (secret, plan.kind))
        for secret, kind in parts.values():
            self._known.add_parts(secret, kind)

    def _values(self, policy: Policy) -> Iterator[tuple[Value, _Plan]]:
        for result_set, plans in zip(self._record.result_sets, self._plans, strict=True):
            chosen = [(at, plan) for at, plan in enumerate(plans) if plan.policy is policy]
            if chosen:
                for row in result_set.rows:
                    yield from ((row[at], plan) for at, plan in chosen if not _empty(row[at]))

    def _secret(self, value: Value, plan: _Plan) -> Secret:
        return Secret(as_text(value), plan.label, self._replacement(value, plan), plan.policy is Policy.TOKEN)

    def _replacement(self, value: Value, plan: _Plan) -> str:
        if plan.policy is Policy.TOKEN:
            return self._book.token(plan.label, as_text(value))
        if plan.policy is Policy.HASH:
            return f"h{hmac.digest(self._key, as_text(value).encode('utf-8', 'surrogatepass'), 'sha256').hex()[:10]}"
        coarse = generalise(value, plan.kind, self._as_of) if plan.policy is Policy.GENERALISE else None
        return coarse or withheld(plan.label)

    def _passing_texts(self) -> Iterator[str]:
        return (value for value, _ in self._values(Policy.PASS) if isinstance(value, str))

    def _things(self) -> set[str]:
        """Words that columns of short texts use, such as departments and medications: no names of people."""
        found: set[str] = set()
        for result_set, plans in zip(self._record.result_sets, self._plans, strict=True):
            for at, plan in enumerate(plans):
                if plan.policy is Policy.PASS and plan.kind is Kind.OTHER:
                    cells = {cell for row in result_set.rows if isinstance(cell := row[at], str)}
                    if all(len(cell) < 60 and len(cell.split()) <= PROSE for cell in cells):
                        found.update(keys_of(" ".join(cells)))
        return found

    def _set(self, result_set: ResultSet, plans: tuple[_Plan, ...]) -> ResultSet:
        kept = [(at, plan) for at, plan in enumerate(plans) if plan.policy is not Policy.DROP]
        columns: list[Column] = []
        contents: list[list[Value]] = []
        for at, plan in kept:
            cells = [row[at] for row in result_set.rows]
            shown: list[Value] = [self._cell(cell, plan) for cell in cells]
            column = plan.column
            if plan.policy is not Policy.PASS or (shown != cells and _became_text(cells, shown)):
                shown = [None if cell is None else as_text(cell) for cell in shown]
                column = Column(column.name, ColumnType.TEXT)
            columns.append(column)
            contents.append(shown)
        rows: tuple[Row, ...] = tuple(zip(*contents, strict=True)) if kept else tuple(() for _ in result_set.rows)
        return replace(result_set, columns=tuple(columns), rows=rows)

    def _cell(self, value: Value, plan: _Plan) -> Value:
        if value is None:
            return None
        if plan.policy is not Policy.PASS:
            return value if _empty(value) else self._replacement(value, plan)
        if isinstance(value, str):
            return self._text(value, plan.passing)
        secret = self._secret_number(value) if not isinstance(value, date) else self._births.get(_date(value) or value)
        return shown_for(secret, self._book) if secret else value

    def _text(self, text: str, passing: frozenset[str]) -> str:
        spans = self._spans.get(text)
        return rewrite(text, spans, self._book, passing, self._record.record_id) if spans else text

    def _secret_number(self, value: Value) -> Secret | None:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            return None
        text = as_text(value)
        return self._known.exactly(text) if len(text) >= SHORTEST_NUMBER else None


def as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _became_text(before: list[Value], after: list[Value]) -> bool:
    return any(isinstance(new, str) and not isinstance(old, str) for old, new in zip(before, after, strict=True))


def _date(value: Value) -> date | None:
    """The day of a date, a timestamp, or a text that is one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return day_of(value) if isinstance(value, str) else None


def _texts(record: Record) -> Iterator[str]:
    yield record.record_id
    for result_set in record.result_sets:
        yield from (result_set.name, *result_set.column_names)
        for row in result_set.rows:
            yield from (cell for cell in row if isinstance(cell, str))


@cache
def _process_key() -> bytes:
    return secrets.token_bytes(32)
