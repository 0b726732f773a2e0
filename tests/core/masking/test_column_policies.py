"""What each policy does to a column, and which policy holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from core.accounts.user import Role
from core.errors import MaskingFailed
from core.masking import mask, may_unmask, unmask_record
from core.masking.generalise import generalise
from core.masking.kinds import Kind, label_of
from core.records.record import Column, ColumnType

AS_OF = date(2026, 10, 31)


def cells(masked, set_name: str = "things"):
    return masked.record[set_name].rows


def test_a_passing_column_stays_as_it_is(masked) -> None:
    values = [Decimal("1204.50"), None, Decimal("3")]
    result = masked({"total": values}, {"total": "pass"})
    assert cells(result) == ((Decimal("1204.50"),), (None,), (Decimal("3"),))
    assert result.record["things"].columns[0].type is ColumnType.DECIMAL
    assert result.tokens == {}


def test_a_token_is_the_same_for_the_same_value_and_comes_back(masked) -> None:
    result = masked({"contact_name": ["Ada Voss", "Ivo Tamm", "Ada Voss", None, ""]}, {"contact_name": "token"})
    assert cells(result) == (("CONTACT-1",), ("CONTACT-2",), ("CONTACT-1",), (None,), ("",))
    assert result.tokens == {"CONTACT-1": "Ada Voss", "CONTACT-2": "Ivo Tamm"}
    assert unmask_record(result)["things"].rows == (("Ada Voss",), ("Ivo Tamm",), ("Ada Voss",), (None,), ("",))


def test_a_dropped_column_is_gone_and_told(masked) -> None:
    result = masked({"id": ["A1"], "email": ["a@b.example"]}, {"email": "drop"})
    assert result.record["things"].column_names == ("id",)
    assert result.dropped == ("things.email",)
    assert result.tokens == {}


def test_a_set_whose_columns_are_all_dropped_keeps_its_name_and_count(masked) -> None:
    result = masked({"email": ["a@b.example", "c@d.example"]}, {"email": "drop"})
    assert result.record["things"].columns == ()
    assert result.record.row_count == 2


def test_a_hash_is_short_keyed_and_stable(record, use_case) -> None:
    some, policies = record({"things": {"account": ["DE-1", "DE-2", "DE-1"]}}), use_case({"account": "hash"})
    first, again, elsewhere = (mask(some, policies, key=key) for key in (b"one", b"one", b"two"))
    values = [row[0] for row in cells(first)]
    assert values[0] == values[2] != values[1]
    assert all(len(value) == 11 for value in values)
    assert cells(first) == cells(again) != cells(elsewhere)
    assert first.tokens == {}


def test_a_masked_column_becomes_text(masked) -> None:
    columns = {"born_on": [date(1960, 5, 12)], "total": [Decimal("5.00")], "no": [123456]}
    result = masked(columns, {"born_on": "generalise", "total": "generalise", "no": "token"})
    assert {column.type for column in result.record["things"].columns} == {ColumnType.TEXT}
    assert cells(result) == (("age 60 to 69", "0 to 10", "NO-1"),)


def test_restricted_drops_what_nobody_named(masked) -> None:
    result = masked({"a": [1], "b": [2], "c": [3]}, {"a": "pass", "things.b": "pass"}, sensitivity="restricted")
    assert result.record["things"].column_names == ("a", "b")
    assert result.dropped == ("things.c",)


@pytest.mark.parametrize("sensitivity", ["internal", "confidential"])
def test_elsewhere_what_nobody_named_passes(masked, sensitivity: str) -> None:
    assert masked({"a": [1], "b": [2]}, {}, sensitivity=sensitivity).record["things"].column_names == ("a", "b")


def test_a_policy_for_a_set_counts_before_one_for_all(masked) -> None:
    policies = {"name": "drop", "things.name": "pass"}
    assert masked({"name": ["x"]}, policies).dropped == ()
    assert masked({"name": ["x"]}, policies, set_name="others").dropped == ("others.name",)


@pytest.mark.parametrize("column", ["EMAIL", "Email", "email "])
def test_case_and_spaces_do_not_open_a_door(masked, column: str) -> None:
    assert masked({column: ["a@b.example"]}, {"email": "drop"}).dropped == (f"things.{column}",)


def test_a_policy_for_a_column_that_is_not_there_does_no_harm(masked) -> None:
    assert masked({"a": [1]}, {"b": "drop", "things.c": "token", "x.y": "hash"}).dropped == ()


def test_two_columns_of_one_name_are_both_masked(record, use_case) -> None:
    some = record({"things": {"x": ["Ada Voss"], "y": ["Ivo Tamm"]}})
    twice = replace(some.result_sets[0], columns=(Column("name"), Column("name")))
    result = mask(replace(some, result_sets=(twice,)), use_case({"name": "token"}))
    assert cells(result) == (("NAME-1", "NAME-2"),)


@pytest.mark.parametrize(
    ("value", "kind", "coarse"),
    [
        (date(1960, 10, 31), Kind.BIRTH_DATE, "age 60 to 69"),
        (date(1966, 11, 1), Kind.BIRTH_DATE, "age 50 to 59"),
        (date(1966, 10, 31), Kind.BIRTH_DATE, "age 60 to 69"),
        (date(1930, 1, 1), Kind.BIRTH_DATE, "age 90 or older"),
        (date(2020, 1, 1), Kind.BIRTH_DATE, "age 0 to 9"),
        (date(2027, 1, 1), Kind.BIRTH_DATE, "age unknown"),
        ("1960-10-31", Kind.BIRTH_DATE, "age 60 to 69"),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), Kind.OTHER, "2026-03"),
        ("2026-03-04", Kind.OTHER, "2026-03"),
        (time(14, 3), Kind.OTHER, "afternoon"),
        ("62704", Kind.POSTCODE, "62xxx"),
        ("62704-1234", Kind.POSTCODE, "62xxx"),
        (62704, Kind.POSTCODE, "62xxx"),
        ("1010", Kind.POSTCODE, "1xxx"),
        ("SW1A 1AA", Kind.POSTCODE, "SW area"),
        ("somewhere", Kind.POSTCODE, None),
        (Decimal("1204.50"), Kind.OTHER, "1k to 2k"),
        (50_000, Kind.OTHER, "50k to 60k"),
        (-350, Kind.OTHER, "-400 to -300"),
        (0, Kind.OTHER, "0 to 10"),
        (Decimal("0.03"), Kind.OTHER, "0 to 10"),
        (-0.5, Kind.OTHER, "-10 to 0"),
        (123_456_789, Kind.OTHER, "100M to 200M"),
        (10**18, Kind.OTHER, "over 100,000bn"),
        ("812.30", Kind.OTHER, "800 to 900"),
        (43, Kind.AGE, "age 40 to 49"),
        (float("nan"), Kind.OTHER, None),
        ("Ada Voss", Kind.PERSON, None),
        (True, Kind.OTHER, None),
    ],
)
def test_a_coarser_form(value, kind: Kind, coarse: str | None) -> None:
    assert generalise(value, kind, AS_OF) == coarse


def test_what_has_no_coarser_form_is_withheld(masked) -> None:
    assert cells(masked({"city": ["Linz"]}, {"city": "generalise"})) == (("[city withheld]",),)


@pytest.mark.parametrize(
    ("set_name", "column", "label"),
    [
        ("patient", "name", "PATIENT"),
        ("patients", "full_name", "PATIENT"),
        ("customer", "contact_name", "CONTACT"),
        ("customer", "contactName", "CONTACT"),
        ("orders", "name", "NAME"),
        ("visits", "doctor", "DOCTOR"),
        ("patient", "first_name", "FIRST-NAME"),
        ("patient", "email_address", "EMAIL"),
        ("patient", "date_of_birth", "BIRTH-DATE"),
        ("patient", "PATIENT_ID", "PATIENT-ID"),
        ("x", "name2", "NAME"),
        ("x", "??", "VALUE"),
        ("x", "größe", "GROSSE"),
    ],
)
def test_tokens_are_called_what_people_call_the_column(set_name: str, column: str, label: str) -> None:
    assert label_of(set_name, column) == label


def test_a_token_is_never_one_that_the_record_itself_holds(masked) -> None:
    columns = {"name": ["Ada Voss"], "note": ["name\\-1 and Name–2 are no tokens"]}
    result = masked(columns, {"name": "token"})
    assert cells(result)[0][0] == "NAME-3"


def test_the_version_tells_policies_apart(masked) -> None:
    one, same, other = (
        masked({"a": [1]}, policies).policy_version for policies in ({"a": "drop"}, {"a": "drop"}, {"a": "hash"})
    )
    assert one == same != other


def test_whatever_goes_wrong_ends_the_request(record, use_case) -> None:
    broken = record({"things": {"name": ["Ada Voss"]}})
    object.__setattr__(broken.result_sets[0], "rows", ((object(),),))
    with pytest.raises(MaskingFailed) as caught:
        mask(broken, use_case({"name": "generalise"}))
    assert "Ada" not in str(caught.value)


def test_who_may_ask_may_see(use_case) -> None:
    assert may_unmask(Role.ANALYST, use_case({}))
    assert not may_unmask(Role.MANAGER, use_case({}))
