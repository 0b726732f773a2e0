"""What is said without a figure: which way things went, what is more than what, what holds of all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.evidence.verdict import TO_CHECK, CheckedClaim

Check = Callable[[str], list[CheckedClaim]]


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        ("Sales went up in July 2025.", "Sales went down in July 2025."),
        ("Sales were lower in August than in July 2025.", "Sales were higher in August than in July 2025."),
        ("August saw a fall in sales.", "August saw a rise in sales."),
        ("The return rate rose in August 2025.", "The return rate fell in August 2025."),
        ("Varroa in H-02 fell steadily since August 2025.", "Sales grew steadily since June 2025."),
        ("HV-303 weighed more than HV-301.", "HV-303 weighed less than HV-301."),
        ("The weight of HV-305 exceeded nothing.", "The weight of HV-305 exceeded HV-304."),
        ("H-04 is older than H-05.", "H-04 is newer than H-05."),
        ("The Ligustica hive is older than the Carnica ones.", "The Ligustica hive is newer than the Carnica ones."),
        ("H-04 was installed before H-01.", "H-04 was installed after H-01."),
        ("The acacia price was higher than the linden price.", "The acacia price was lower than the linden price."),
        ("Not every hive is strong.", "All hives are strong."),
    ],
)
def test_a_direction_is_held_against_the_record(check: Check, holds: str, fails: str) -> None:
    assert [c.text for c in check(holds) if c.verdict in TO_CHECK] == []
    assert [c.text for c in check(fails) if c.verdict in TO_CHECK] != []


@pytest.mark.parametrize(
    "answer",
    [
        "Sales should be higher than budget next year.",
        "The result improved in June 2025.",  # better may be more or less
        "H-01 is not older than H-05.",
        "Not all hives are strong.",
        "HV-303 weighed more than expected.",
        "Nearly all hives are strong.",
    ],
)
def test_what_the_words_leave_open_is_not_judged(check: Check, answer: str) -> None:
    assert [c.text for c in check(answer) if c.verdict in TO_CHECK] == []


def test_a_contrast_names_both_values(check: Check) -> None:
    (claim,) = [c for c in check("HV-303 weighed less than HV-301.") if c.text == "less"]
    assert claim.why == "Weight_kg of harvests: 21.7 kg against 18.4 kg."
    assert {(cell.set, cell.row) for cell in claim.cells} == {("harvests", 0), ("harvests", 2)}


def test_a_sentence_is_judged_the_same_at_another_place(check: Check) -> None:
    alone, after = check("H-02 is strong."), check("H-04 is lost.\n\nH-02 is strong.")
    by = len("H-04 is lost.\n\n")
    assert [(c.start + by, c.text, c.verdict) for c in alone] == [
        (c.start, c.text, c.verdict) for c in after if c.start >= by
    ]
