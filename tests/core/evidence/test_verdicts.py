"""What the check says about one sentence, by the kind of claim. ✓ is what the record carries, ✗ what it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.evidence.verdict import SUPPORTED, TO_CHECK, CheckedClaim, Verdict

Check = Callable[[str], list[CheckedClaim]]

CARRIED = [
    # written in all the ways numbers are written
    ("Sales in June 2025 were EUR 1,204.50.", "EUR 1,204.50", Verdict.FOUND),
    ("Sales in June 2025 were 1.204,50 €.", "1.204,50 €", Verdict.FOUND),
    ("Sales in June 2025 were €1204.5.", "€1204.5", Verdict.FOUND),
    ("Sales in June 2025 were about €1.2k.", "€1.2k", Verdict.ROUNDED),
    ("Sales in June 2025 were about 1,200 euros.", "1,200 euros", Verdict.ROUNDED),
    ("Sales in June 2025 were just over twelve hundred euros.", "twelve hundred euros", Verdict.ROUNDED),
    ("Sales in July 2025 were EUR 1.81 thousand.", "EUR 1.81 thousand", Verdict.FOUND),
    ("The result of August 2025 was (1,250).", "1,250", Verdict.FOUND),
    ("In August 2025 the result was minus EUR 1,250.", "EUR 1,250", Verdict.FOUND),
    ("August 2025 closed with a loss of EUR 1,250.", "EUR 1,250", Verdict.FOUND),
    # dates, identifiers, figures inside notes
    ("H-05 was installed on 28 April 2024.", "28 April 2024", Verdict.FOUND),
    ("H-05 was installed on 2024-04-28.", "2024-04-28", Verdict.FOUND),
    ("H-05 was installed on 28.04.2024.", "28.04.2024", Verdict.FOUND),
    ("H-05 was installed on April 28, 2024.", "April 28, 2024", Verdict.FOUND),
    ("Harvest HV-303 came from hive H-05.", "HV-303", Verdict.FOUND),
    ("H-02 was fed 2 litres of syrup.", "2 litres", Verdict.FOUND),
    # counts, totals, averages, extremes
    ("Five hives are on record.", "Five", Verdict.DERIVED),
    ("Three of the five colonies are strong.", "Three", Verdict.DERIVED),
    ("Acacia came to 55.2 kg in total.", "55.2 kg", Verdict.DERIVED),
    ("The average harvest was 15.52 kg.", "15.52 kg", Verdict.DERIVED),
    ("The acacia of H-01 was worth EUR 266.80.", "EUR 266.80", Verdict.DERIVED),
    ("The heaviest harvest was 21.7 kg.", "21.7 kg", Verdict.FOUND),
    # differences, growth, shares, multiples, points, durations
    ("Sales rose by EUR 605.50 from June to July 2025.", "EUR 605.50", Verdict.DERIVED),
    ("Sales fell by 50 % in August 2025.", "50 %", Verdict.DERIVED),
    ("The return rate fell by 1.5 percentage points from June to July 2025.", "1.5 percentage points", Verdict.DERIVED),
    ("Sales halved in August 2025.", "halved", Verdict.DERIVED),
    ("Acacia is about 71 % of the harvest.", "71 %", Verdict.DERIVED),
    ("H-02's varroa count fell from 14 to 3 in seven weeks.", "seven weeks", Verdict.DERIVED),
    # so specific that no word need ask for the arithmetic
    ("Two good months brought EUR 3,014.50.", "EUR 3,014.50", Verdict.DERIVED),
    ("Two good months brought EUR 3,014.50.", "Two", Verdict.DERIVED),
    ("August 2025 sold EUR 905.00 instead of a budget of EUR 1,200.00.", "EUR 905.00", Verdict.FOUND),
    # directions, statuses, superlatives
    ("Sales rose in July 2025.", "rose", Verdict.DERIVED),
    ("Hive H-04 is lost.", "lost", Verdict.FOUND),
    ("August 2025 was below budget.", "below", Verdict.DERIVED),
    ("H-05 delivered the largest harvest.", "H-05", Verdict.DERIVED),
    ("July 2025 had the highest sales.", "July 2025", Verdict.FOUND),
    ("H-04 is the oldest hive.", "H-04", Verdict.DERIVED),
    # a step between months, a figure and how often it stands there
    ("Widest step of sales 2025-07 to 2025-08: EUR 1,810.00 to EUR 905.00.", "2025-08", Verdict.FOUND),
    ("Heaviest harvest 21.7 kg, price EUR 12.00 in 2 of 5 harvests.", "EUR 12.00", Verdict.DERIVED),
]

DENIED = [
    ("row", "Harvest HV-301 weighed 21.7 kg.", "21.7 kg"),
    ("column", "H-05 holds 6 frames.", "6"),
    ("sign", "In August 2025 the result was EUR 1,250.", "EUR 1,250"),
    ("unit", "Harvest HV-303 weighed 21.7 tonnes.", "21.7 tonnes"),
    ("currency", "Sales in June 2025 were USD 1,204.50.", "USD 1,204.50"),
    ("scale", "Sales in June 2025 were EUR 1.2 million.", "EUR 1.2 million"),
    ("date", "H-05 was installed on 28 April 2023.", "28 April 2023"),
    ("identifier", "Harvest HV-399 was the best.", "HV-399"),
    ("direction", "Sales fell in July 2025.", "fell"),
    ("status", "Hive H-04 is strong.", "strong"),
    ("superlative", "H-03 delivered the largest harvest.", "H-03"),
    ("a difference told of one", "In June 2025 sales were EUR 605.50.", "EUR 605.50"),
    ("none since", "There was no inspection since June 2025.", "no"),
    ("oldest", "H-05 is the oldest hive.", "H-05"),
    ("superlative of a month", "August 2025 had the highest sales.", "August 2025"),
    ("count", "Seven hives are on record.", "Seven"),
    ("total", "Acacia came to 71.4 kg in total.", "71.4 kg"),
    ("average", "The average harvest was 19.3 kg.", "19.3 kg"),
    ("share", "Acacia is about 40 % of the harvest.", "40 %"),
    ("growth", "Sales fell by 25 % in August 2025.", "25 %"),
    ("duration", "H-02's varroa count fell from 14 to 3 in three weeks.", "three weeks"),
    ("step", "Widest step of sales 2025-06 to 2025-07.", "2025-06"),
    ("how often", "Price EUR 12.00 in 4 of 5 harvests.", "4"),
    ("comparison", "August 2025 was above budget.", "above"),
    ("invented", "Insurance paid EUR 4,870.", "EUR 4,870"),
    ("called otherwise", "The hive HV-303 was the best.", "HV-303"),
    ("counted by another column", "The keeper has 11 harvests.", "11"),
    ("a bare number of nothing", "The keeper is happy (10 of them).", "10"),
    ("a column's name before it", "Weight: 1,204.50", "1,204.50"),
    ("in a text of something else", "Insurance pays refunds after 10 days.", "10 days"),
]

NO_CLAIMS = [
    "1. Inspect the weak hive first.",
    "2) Order new frames.",
    "Drill the next hole no deeper than 3 cm.",
    "## Top 3 concerns",
    "The keeper can be reached 24/7.",
    "Treat H-02 again within 14 days.",
    "Consider adding two more hives next spring.",
    "Aim for at least 20 kg from each hive.",
    "See section 4 of the guide.",
    "The process follows ISO 9001.",
]


@pytest.mark.parametrize(("answer", "text", "verdict"), CARRIED)
def test_what_the_record_carries_is_supported(check: Check, answer: str, text: str, verdict: Verdict) -> None:
    claims = check(answer)
    assert [c for c in claims if c.verdict in TO_CHECK] == []
    assert [c.verdict for c in claims if c.text == text] == [verdict], claims


@pytest.mark.parametrize(("kind", "answer", "text"), DENIED, ids=[kind for kind, _, _ in DENIED])
def test_what_is_wrong_is_marked_where_it_stands(check: Check, kind: str, answer: str, text: str) -> None:
    claims = check(answer)
    assert [c.text for c in claims if c.verdict in TO_CHECK] == [text], claims


@pytest.mark.parametrize("answer", NO_CLAIMS)
def test_what_claims_nothing_is_left_alone(check: Check, answer: str) -> None:
    assert [c for c in check(answer) if c.verdict in TO_CHECK] == []


def test_arithmetic_is_told_in_words_with_its_cells(check: Check) -> None:
    (claim,) = [c for c in check("Acacia came to 55.2 kg in total.") if c.text == "55.2 kg"]
    assert claim.why == "Sum of 3 values of weight_kg in harvests for “Acacia”."
    assert [(cell.set, cell.row, cell.column) for cell in claim.cells] == [
        ("harvests", row, "weight_kg") for row in range(3)
    ]


def test_a_wrong_figure_says_where_it_does_stand(check: Check) -> None:
    (claim,) = [c for c in check("Harvest HV-301 weighed 21.7 kg.") if c.verdict in TO_CHECK]
    assert claim.verdict is Verdict.CONTRADICTED
    assert [(cell.set, cell.row) for cell in claim.cells] == [("harvests", 2)]


def test_a_table_is_read_by_its_heads_and_rows(check: Check) -> None:
    answer = "| Month | Sales (EUR) |\n|---|---|\n| June 2025 | 1,204.50 |\n| July 2025 | 905.00 |\n"
    verdicts = {c.text: c.verdict for c in check(answer)}
    assert verdicts["1,204.50"] in SUPPORTED
    assert verdicts["905.00"] in TO_CHECK


def test_a_heading_tells_what_the_lines_below_are_about(check: Check) -> None:
    answer = "### HV-303\n- Weight: 21.7 kg\n\n### HV-301\n- Weight: 21.7 kg\n"
    assert [c.verdict in TO_CHECK for c in check(answer) if c.text == "21.7 kg"] == [False, True]
