from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from core.evidence.check import Checker
from core.evidence.record_file import parse_record
from core.evidence.verdict import CheckedClaim
from core.records.record import Record

APIARY = {
    "use_case": "apiary_review",
    "record_id": "AP-12",
    "result_sets": [
        {
            "name": "hives",
            "columns": [
                {"name": "hive_id", "type": "text"},
                {"name": "breed", "type": "text"},
                {"name": "colony_status", "type": "text"},
                {"name": "installed_on", "type": "date"},
                {"name": "frames", "type": "integer"},
            ],
            "rows": [
                ["H-01", "Carnica", "strong", "2022-05-14", 10],
                ["H-02", "Buckfast", "weak", "2023-06-02", 8],
                ["H-03", "Carnica", "strong", "2023-06-02", 10],
                ["H-04", "Ligustica", "lost", "2021-05-20", 0],
                ["H-05", "Buckfast", "strong", "2024-04-28", 11],
            ],
        },
        {
            "name": "harvests",
            "columns": [
                {"name": "harvest_id", "type": "text"},
                {"name": "hive_id", "type": "text"},
                {"name": "harvested_on", "type": "date"},
                {"name": "variety", "type": "text"},
                {"name": "weight_kg", "type": "decimal"},
                {"name": "price_per_kg_eur", "type": "decimal"},
            ],
            "rows": [
                ["HV-301", "H-01", "2025-06-12", "acacia", "18.40", "14.50"],
                ["HV-302", "H-03", "2025-06-12", "acacia", "15.10", "14.50"],
                ["HV-303", "H-05", "2025-06-14", "acacia", "21.70", "14.50"],
                ["HV-304", "H-01", "2025-07-20", "linden", "12.60", "12.00"],
                ["HV-305", "H-03", "2025-07-20", "linden", "9.80", "12.00"],
            ],
        },
        {
            "name": "inspections",
            "columns": [
                {"name": "inspected_on", "type": "date"},
                {"name": "hive_id", "type": "text"},
                {"name": "varroa_count", "type": "integer"},
                {"name": "note", "type": "text"},
            ],
            "rows": [
                ["2025-05-03", "H-02", 9, "Weak, fed 2 litres of syrup."],
                ["2025-08-09", "H-02", 14, "Formic acid applied for 10 days."],
                ["2025-08-09", "H-05", 6, None],
                ["2025-09-27", "H-02", 3, "Treatment worked."],
            ],
        },
        {
            "name": "months",
            "columns": [
                {"name": "month", "type": "text"},
                {"name": "sales_eur", "type": "decimal"},
                {"name": "budget_eur", "type": "decimal"},
                {"name": "return_rate_pct", "type": "decimal"},
                {"name": "result_eur", "type": "decimal"},
            ],
            "rows": [
                ["2025-06", "1204.50", "1000.00", "4.0", "310.00"],
                ["2025-07", "1810.00", "1500.00", "2.5", "420.00"],
                ["2025-08", "905.00", "1200.00", "5.0", "-1250.00"],
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def apiary() -> Record:
    """A record of a kind that the samples do not have."""
    return parse_record(json.dumps(APIARY))


@pytest.fixture(scope="session")
def check(apiary: Record) -> Callable[[str], list[CheckedClaim]]:
    checker = Checker(apiary)
    return lambda answer: list(checker.check(answer).claims)
