"""Record → MaskedRecord: the use case's column policies, then what is known from masked columns, then free text."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache

from core.errors import MaskingFailed
from core.masking.generalise import generalise
from core.masking.kinds import Kind, kind_of, label_of
from core.masking.masked_record import MaskedRecord
from core.masking.policies import Policies
from core.masking.token_book import TokenBook
from core.records.record import Column, ColumnType, Record, ResultSet, Row, Value
from core.use_cases import Policy, UseCase


def mask(record: Record, use_case: UseCase, *, as_of: date | None = None, key: bytes | None = None) -> MaskedRecord:
    """What a model may see of `record`. The same arguments give the same result.

    `as_of`: the day on which ages are counted, today if not given. `key`: of this installation, for `hash`; without
    one hashes are stable within this process. Raises MaskingFailed for whatever goes wrong: nothing may be sent then.
    """
    try:
        return _Masker(record, use_case, as_of or datetime.now(UTC).date(), key or _process_key()).masked()
    except Exception as error:
        raise MaskingFailed("The record could not be masked.") from error


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to one column."""

    column: Column
    policy: Policy
    kind: Kind
    label: str


class _Masker:
    def __init__(self, record: Record, use_case: UseCase, as_of: date, key: bytes) -> None:
        self._record = record
        self._policies = Policies(use_case)
        self._as_of = as_of
        self._key = key
        self._plans = [[self._plan(each.name, column) for column in each.columns] for each in record.result_sets]
        self._book = TokenBook(_texts(record))

    def masked(self) -> MaskedRecord:
        pairs = list(zip(self._record.result_sets, self._plans, strict=True))
        dropped = [
            f"{each.name}.{plan.column.name}" for each, plans in pairs for plan in plans if plan.policy is Policy.DROP
        ]
        sets = tuple(self._set(each, plans) for each, plans in pairs)
        record = replace(self._record, result_sets=sets)
        return MaskedRecord(record, self._book.tokens, tuple(dict.fromkeys(dropped)), self._policies.version)

    def _plan(self, set_name: str, column: Column) -> _Plan:
        policy = self._policies.of(set_name, column.name)
        return _Plan(column, policy, kind_of(set_name, column.name), label_of(set_name, column.name))

    def _set(self, result_set: ResultSet, plans: list[_Plan]) -> ResultSet:
        kept = [(at, plan) for at, plan in enumerate(plans) if plan.policy is not Policy.DROP]
        rows: list[Row] = [tuple(self._cell(row[at], plan) for at, plan in kept) for row in result_set.rows]
        columns = tuple(self._column(plan) for _, plan in kept)
        return replace(result_set, columns=columns, rows=tuple(rows))

    def _column(self, plan: _Plan) -> Column:
        return plan.column if plan.policy is Policy.PASS else Column(plan.column.name, ColumnType.TEXT)

    def _cell(self, value: Value, plan: _Plan) -> Value:
        if value is None or plan.policy is Policy.PASS or (isinstance(value, str) and not value.strip()):
            return value
        return self._replacement(value, plan)

    def _replacement(self, value: Value, plan: _Plan) -> str:
        if plan.policy is Policy.TOKEN:
            return self._book.token(plan.label, str(value))
        if plan.policy is Policy.HASH:
            return f"h{hmac.digest(self._key, str(value).encode('utf-8', 'surrogatepass'), 'sha256').hex()[:10]}"
        coarse = generalise(value, plan.kind, self._as_of) if plan.policy is Policy.GENERALISE else None
        return coarse or f"[{plan.label.replace('-', ' ').lower()} withheld]"


def _texts(record: Record) -> Iterator[str]:
    yield record.record_id
    for result_set in record.result_sets:
        yield from (result_set.name, *result_set.column_names)
        for row in result_set.rows:
            yield from (cell for cell in row if isinstance(cell, str))


@cache
def _process_key() -> bytes:
    return secrets.token_bytes(32)
