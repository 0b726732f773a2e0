"""Answers of the small real model, to be labelled by reading: `python -m benchmarks.evidence.collect FOLDER`.

Asks about six records of each use case through the whole pipeline, and writes what the model saw of each to
`FOLDER/records/ID.json` and what it answered to `FOLDER/answers.jsonl`, without labels and without any verdict: whoever
labels them is not to know what the check says. What comes of that is model_answers.jsonl.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.parts import ANALYST, running_application
from core.bootstrap import Application
from core.evidence.record_file import record_to_json
from core.steps import Request

SMALL_MODEL = "SmolLM2"
ENOUGH = 1_500  # characters: the small model may repeat itself until its time is over
RECORDS = {
    "customer_insight": ("CUST-0142", "CUST-0042", "CUST-0215", "CUST-0309", "CUST-0077", "CUST-0384"),
    "order_analysis": ("ORD-19054", "ORD-18668", "ORD-18374", "ORD-18895", "ORD-18960", "ORD-18731"),
    "support_ticket": ("TKT-2484", "TKT-2492", "TKT-2481", "TKT-2459", "TKT-2494", "TKT-2437"),
    "financial_report": ("FIN-2026-09", "FIN-2026-06", "FIN-2026-03", "FIN-2026-01", "FIN-2026-10", "FIN-2026-07"),
    "patient_record": ("PAT-0107", "PAT-0064", "PAT-0188", "PAT-0231", "PAT-0275", "PAT-0123"),
    "document_review": ("DOC-0042", "DOC-0018", "DOC-0063", "DOC-0091", "DOC-0110", "DOC-0087"),
}


def main(folder: Path) -> int:
    (folder / "records").mkdir(parents=True, exist_ok=True)
    with running_application() as application, (folder / "answers.jsonl").open("w", encoding="utf-8") as answers:
        model = next(one.id for one in application.catalogue.list().models if SMALL_MODEL in one.id)
        for use_case, record_ids in RECORDS.items():
            for record_id in record_ids:
                record, answer = _ask(application, model, use_case, record_id)
                name = f"records/{record_id.lower()}-seen.json"
                (folder / name).write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
                line = {"id": f"small-{record_id.lower()}", "record": name, "answer": answer, "labels": []}
                answers.write(json.dumps(line, ensure_ascii=False) + "\n")
                answers.flush()
                print(f"{record_id}: {len(answer):,} characters", flush=True)
    return 0


def _ask(application: Application, model: str, use_case: str, record_id: str) -> tuple[object, str]:
    """The record as the model saw it, and its answer up to the last whole line when that is long."""
    request = Request(actor=ANALYST, use_case=use_case, record_id=record_id, model=model, purpose="Benchmark")
    job = application.jobs.start(request)
    seen = -1
    while (now := job.watch(seen, 5.0))[1].running:
        seen = now[0]
        if len(now[1].answer) > ENOUGH:
            job.stop()
    analysis = now[1]
    if analysis.masked is None:
        raise RuntimeError(f"{record_id}: {analysis.error_message}")
    answer = analysis.answer
    whole = answer[: answer.rfind("\n") + 1] or answer if len(answer) > ENOUGH else answer
    return record_to_json(analysis.masked.record, use_case), whole.strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
