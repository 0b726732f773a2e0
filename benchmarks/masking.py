"""Masking against its limits: `python -m benchmarks.masking`. Processor time, so that a busy machine changes little.

Records are all 300 patients of the samples; the large text is their notes over and over. Hard texts are such that a
careless pattern would take time in proportion to the square of their length: twice the text may take three times as
long at most. Exit 1 when a limit is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from core.masking import Unmasker, mask
from core.records.record import Column, ColumnType, Record, ResultSet
from core.use_cases import UseCases
from samples.business.clinic import Clinic, clinic
from samples.business.tables import SEED

RECORD_P95_MS = 25.0
LARGE = 5 * 1024 * 1024  # characters
LARGE_SECONDS = 20.0
GROWTH = 3.0
HARD = (
    "1",
    "1 ",
    "a",
    "Aa ",
    "Aa-",
    "a@",
    "a.",
    "@",
    "Mr ",
    "+1",
    "0.",
    "(",
    "son, ",
    "ssn ",
    "1 Aa ",
    "A-1 ",
    "漢",
    "\u200b1",
)


def main() -> int:
    use_case = UseCases(Path("prompts")).get("patient_record")
    business = clinic(SEED)

    def seconds(text: str) -> float:
        return _seconds(lambda: mask(_record("REC-1", text), use_case))

    records = [_of(patient_id, business) for patient_id in (patient.patient_id for patient in business.patients)]
    each = sorted(_seconds(lambda record=record: mask(record, use_case)) * 1000 for record in records)
    p95 = each[int(len(each) * 0.95)]
    print(f"{'one patient, ms':<34}p50 {statistics.median(each):6.2f}   p95 {p95:6.2f}   limit {RECORD_P95_MS}")

    notes = " ".join(visit.note for visit in business.visits)
    large = seconds((notes * (LARGE // len(notes) + 1))[:LARGE])
    print(f"{'5 MB of notes, s':<34}{large:10.1f}              limit {LARGE_SECONDS}")

    slowest = max((_growth(seconds, piece), piece) for piece in HARD)
    print(f"{'twice a hard text, times as long':<34}{slowest[0]:10.1f}  ({slowest[1]!r})   limit {GROWTH}")

    answer = "PATIENT-1 was seen by DOCTOR-12 again. " * 25_000
    unmasker = Unmasker({"PATIENT-1": "Ada Voss", "DOCTOR-12": "Ivo Tamm"})
    chunks = [answer[at : at + 4] for at in range(0, len(answer), 4)]
    back = _seconds(lambda: [unmasker.feed(chunk) for chunk in chunks])
    print(f"{'putting back, µs per chunk of 4':<34}{back / len(chunks) * 1e6:10.1f}")
    return int(p95 > RECORD_P95_MS or large > LARGE_SECONDS or slowest[0] > GROWTH)


def _growth(seconds: Callable[[str], float], piece: str) -> float:
    once = piece * (200_000 // len(piece))
    return min(seconds(once + once) / max(seconds(once), 0.02) for _ in range(2))


def _of(patient_id: str, business: Clinic) -> Record:
    patient = next(each for each in business.patients if each.patient_id == patient_id)
    visits = [visit for visit in business.visits if visit.patient_id == patient_id]
    sets = (_set("patient", [patient]), _set("visits", visits))
    return Record(patient_id, sets)


def _set(name: str, rows: list) -> ResultSet:
    types = [ColumnType.DATE if isinstance(value, date) else ColumnType.TEXT for value in rows[0]]
    columns = tuple(Column(field, kind) for field, kind in zip(rows[0]._fields, types, strict=True))
    return ResultSet(name, columns, tuple(map(tuple, rows)))


def _record(record_id: str, note: str) -> Record:
    names = ResultSet("patient", (Column("name"), Column("city")), (("Ada Voss", "Linz"),))
    return Record(record_id, (names, ResultSet("visits", (Column("note"),), ((note,),))))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
