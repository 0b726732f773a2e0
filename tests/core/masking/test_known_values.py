"""What masked columns hold is masked in every other column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.masking import mask, unmask, unmask_record
from core.records.record import ColumnType

PATIENT = {
    "name": "Anna-Lena Müller",
    "born_on": date(1960, 5, 12),
    "mrn": "48 39 20 11",
    "phone": "+43 664 1234567",
    "email": "al.mueller@example.com",
    "street": "Lindengasse 4/12",
    "city": "Graz",
    "balance": Decimal("52000.00"),
}
POLICIES = {
    "name": "token",
    "born_on": "generalise",
    "mrn": "token",
    "phone": "drop",
    "email": "drop",
    "street": "drop",
    "city": "drop",
    "balance": "generalise",
}


@pytest.fixture
def note(masked):
    def run(text: str) -> str:
        columns = {**{name: [value] for name, value in PATIENT.items()}, "note": [text]}
        result = masked(columns, POLICIES, set_name="patient")
        return result.record["patient"].rows[0][-1]

    return run


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna-Lena Müller called", "PATIENT-1 called"),
        ("ANNA-LENA MÜLLER called", "PATIENT-1 called"),
        ("Anna Lena Mueller called", "PATIENT-1 called"),
        ("Anna-\nLena  Muller called", "PATIENT-1 called"),
        ("Müller, Anna-Lena", "PATIENT-1"),
        ("Mu\u0308ller's file", "PATIENT-1-LAST's file"),
        ("Ｍüller", "PATIENT-1-LAST"),
        ("Mül\u200bler", "PATIENT-1-LAST"),
        ("M ü l l e r", "PATIENT-1-LAST"),
        ("Mül-\nler", "PATIENT-1-LAST"),
        ("file_müller_2.pdf", "file_PATIENT-1-LAST_2.pdf"),
        ("Müllerei and Schmüller", "Müllerei and Schmüller"),
        ("MRN 48392011", "MRN MRN-1"),
        ("no 48-39-20-11.", "no MRN-1."),
        ("4 8 3 9 2 0 1 1", "MRN-1"),
        ("１２ 48392011", "１２ MRN-1"),
        ("148392011 and 483920112", "148392011 and 483920112"),
        ("ring 0664 1234567", "ring [phone withheld]"),
        ("ring 0043 664/12 34 567", "ring [phone withheld]"),
        ("to AL.Mueller@Example.com.", "to [email withheld]."),
        ("now in Graz", "now in [city withheld]"),
        ("at Lindengasse 4/12, 8010 Graz", "at [address withheld]"),
        ("12.05.1960 and May 12, 1960", "age 60 to 69 and age 60 to 69"),
        ("owes 52,000.00 or 52.000", "owes 50k to 60k or 50k to 60k"),
        ("owes 52,000.75", "owes 52,000.75"),
        ("12.05.2026, 52 units", "12.05.2026, 52 units"),
        ("the record REC-1", "the record REC-1"),
    ],
)
def test_a_known_value_is_found_however_it_is_written(note, text: str, shown: str) -> None:
    assert note(text) == shown


def test_numbers_and_dates_of_other_columns_too(masked) -> None:
    columns = {
        "mrn": ["48392011"],
        "born_on": [date(1960, 5, 12)],
        "copy": [48392011],
        "day": [date(1960, 5, 12)],
        "n": [7],
    }
    result = masked(columns, {"mrn": "token", "born_on": "drop"})
    things = result.record["things"]
    assert things.rows == (("MRN-1", "MRN-1", "[birth date withheld]", 7),)
    assert things.columns[1].type is things.columns[2].type is ColumnType.TEXT
    assert things.columns[3].type is ColumnType.INTEGER


def test_a_dropped_value_never_hides_in_a_token(masked) -> None:
    columns = {
        "email": ["ada@voss.example"],
        "note": ["to x.ada@voss.example or 12 Elm Street, ada@voss.example"],
    }
    result = masked(columns, {"email": "drop"})
    assert not any("ada@voss.example" in value for value in result.tokens.values())
    assert "ada@voss" not in result.record["things"].rows[0][0]


def test_names_that_are_words_are_found_with_a_capital_only(masked) -> None:
    columns = {"name": ["Will May"], "note": ["Will said he will come on 3 May 2026, may be with May."]}
    shown = masked(columns, {"name": "token"}).record["things"].rows[0][1]
    assert shown == "NAME-1-FIRST said he will come on 3 May 2026, may be with NAME-1-LAST."


def test_ordinary_values_are_not_looked_for(masked) -> None:
    columns = {"smoker": ["yes"], "status": ["active"], "note": ["yes, an active life"]}
    assert masked(columns, {"smoker": "drop", "status": "drop"}).record["things"].rows == (("yes, an active life",),)


def test_somebody_of_the_same_last_name_is_somebody_else(masked) -> None:
    columns = {"name": ["Ada Winther"], "manager": ["Edda Winther"], "note": ["Edda Winther wrote to Winther."]}
    result = masked(columns, {"name": "token"})
    assert result.record["things"].rows == (("NAME-1", "Edda Winther", "NAME-2 wrote to NAME-1-LAST."),)
    assert result.tokens["NAME-2"] == "Edda Winther"


def test_a_name_two_people_share_leads_to_neither(masked) -> None:
    columns = {"name": ["Ada Winther", "Ivo Winther"], "note": ["Winther called", ""]}
    result = masked(columns, {"name": "token"})
    assert result.record["things"].rows[0] == ("NAME-1", "NAME-3 called")
    assert result.tokens["NAME-3"] == "Winther"


def test_parts_of_names_come_back_as_they_were(masked) -> None:
    text = "Voss, aka Ada, met Ms Voss's aide; Ada Voss left."
    result = masked({"name": ["Ada Voss"], "note": [text]}, {"name": "token"})
    assert "Voss" not in result.record["things"].rows[0][1]
    assert unmask_record(result).result_sets[0].rows[0][1] == text


def test_a_column_passes_what_its_policy_lets_pass(masked) -> None:
    columns = {"email": ["ada@voss.example"], "note": ["ada@voss.example"], "doctor": ["Dr Ada Voss"]}
    result = masked(columns, {})
    assert result.record["things"].rows == (("ada@voss.example", "EMAIL-1", "Dr Ada Voss"),)


def test_a_column_named_as_passing_is_not_looked_for_in_its_own_name(record, use_case) -> None:
    some = record({"visits": {"visit_id": ["VIS-00017"]}, "notes": {"visit_id": ["VIS-00017"]}})
    result = mask(some, use_case({"visits.visit_id": "drop", "visit_id": "pass"}, "restricted"))
    assert result.record["notes"].rows == (("VIS-00017",),)


def test_the_question_is_masked_like_the_record(masked) -> None:
    result = masked(
        {"name": ["Ada Voss"]}, {"name": "token"}, question="Does Voss (ada@voss.example) owe us for REC-1?"
    )
    assert result.question == "Does NAME-1-LAST (EMAIL-1) owe us for REC-1?"
    assert unmask(result.question, result.tokens) == "Does Voss (ada@voss.example) owe us for REC-1?"


def test_a_number_with_a_fraction_is_not_one_without(masked) -> None:
    columns = {"no": [1_000_001], "price": [Decimal("10000.01")], "copy": [Decimal("10000.01")], "note": ["10000.01"]}
    result = masked(columns, {"no": "token"})
    assert result.record["things"].rows == (("NO-1", Decimal("10000.01"), Decimal("10000.01"), "10000.01"),)
    result = masked(columns, {"no": "token", "price": "token"})
    assert result.record["things"].rows == (("NO-1", "PRICE-1", "PRICE-1", "PRICE-1"),)
    result = masked({"price": [Decimal("10000.01")], "note": ["1000001 units at 10.000,01"]}, {"price": "token"})
    assert result.record["things"].rows == (("PRICE-1", "1000001 units at PRICE-1"),)


def test_values_with_the_same_letters_keep_apart(masked) -> None:
    columns = {"account": ["AB-12", "AB12"], "note": ["of AB12", "of AB-12"]}
    result = masked(columns, {"account": "token"})
    assert result.record["things"].rows == (("ACCOUNT-1", "of ACCOUNT-2"), ("ACCOUNT-2", "of ACCOUNT-1"))
