from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest

from core.masking import MaskedRecord, mask
from core.records.record import Column, ColumnType, Record, ResultSet, Value
from core.use_cases import UseCase

AS_OF = date(2026, 10, 31)

MakeUseCase = Callable[..., UseCase]
MakeRecord = Callable[..., Record]


@pytest.fixture
def use_case() -> MakeUseCase:
    """A use case with these column policies."""
    return make_use_case


@pytest.fixture
def masked() -> Callable[..., MaskedRecord]:
    """Masks one result set, given as column → values, under these policies."""

    def run(
        columns: Mapping[str, Sequence[Value]],
        policies: Mapping[str, str],
        *,
        sensitivity: str = "internal",
        set_name: str = "things",
        question: str = "",
    ) -> MaskedRecord:
        record = make_record({set_name: columns})
        return mask(record, make_use_case(policies, sensitivity), as_of=AS_OF, key=b"key", question=question)

    return run


@pytest.fixture
def record() -> MakeRecord:
    """A record from set → column → values."""
    return make_record


def make_use_case(policies: Mapping[str, str], sensitivity: str = "internal") -> UseCase:
    return UseCase.model_validate(
        {
            "name": "some_use_case",
            "title": "Some use case",
            "question": "What about it?",
            "database": "sample",
            "procedure": "business.some_procedure",
            "parameter": "some_id",
            "record_id": {"label": "ID", "example": "REC-1", "pattern": r"REC-\d"},
            "result_sets": ["things"],
            "roles": ["analyst"],
            "sensitivity": sensitivity,
            "columns": dict(policies),
            "prompt": "## Headline\nOne line.",
        }
    )


def make_record(sets: Mapping[str, Mapping[str, Sequence[Value]]], record_id: str = "REC-1") -> Record:
    return Record(
        record_id,
        tuple(
            ResultSet(
                name,
                tuple(Column(column, _type(values)) for column, values in columns.items()),
                tuple(zip(*columns.values(), strict=True)),
            )
            for name, columns in sets.items()
        ),
    )


def _type(values: Sequence[Value]) -> ColumnType:
    names = {
        "bool": ColumnType.BOOLEAN,
        "int": ColumnType.INTEGER,
        "Decimal": ColumnType.DECIMAL,
        "float": ColumnType.FLOAT,
        "date": ColumnType.DATE,
        "datetime": ColumnType.TIMESTAMP,
        "time": ColumnType.TIME,
    }
    first = next((value for value in values if value is not None), "")
    return names.get(type(first).__name__, ColumnType.TEXT)
