"""`python -m core evidence check`: one answer, many as JSON lines, and what is wrong with a file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from core.__main__ import main
from tests.core.evidence.conftest import APIARY

ANSWER = "Harvest HV-303 weighed 21.7 kg.\nHarvest HV-301 weighed 99 kg.\nSee section 4.\n"


@pytest.fixture
def record_file(tmp_path: Path) -> Path:
    path = tmp_path / "apiary.json"
    path.write_text(json.dumps(APIARY), encoding="utf-8")
    return path


@pytest.fixture
def answer_file(tmp_path: Path) -> Path:
    path = tmp_path / "answer.md"
    path.write_text(ANSWER, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> int:
    return main(["evidence", "check", *map(str, arguments)])


def test_one_answer_as_text(record_file: Path, answer_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--record", record_file, "--answer", answer_file) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "3 of 4 figures found; 1 to check"
    assert "unsupported  99 kg" in out
    assert "section" not in out


def test_one_answer_as_json(record_file: Path, answer_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--record", record_file, "--answer", answer_file, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    claims = {claim["text"]: claim for claim in result["claims"]}
    assert claims["21.7 kg"]["verdict"] == "found"
    assert claims["21.7 kg"]["cells"] == [{"set": "harvests", "row": 2, "column": "weight_kg"}]
    assert all(ANSWER[claim["start"] : claim["end"]] == text for text, claim in claims.items())


def test_the_answer_from_standard_input(
    record_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Five hives are on record."))
    assert run("--record", record_file, "--answer", "-") == 0
    assert capsys.readouterr().out.endswith("1 of 1 figure found\n")


def test_a_batch_answers_each_line_in_order_and_goes_on_after_a_bad_one(
    record_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": "a", "record": str(record_file), "answer": "Seven hives are on record."},
        {"id": "b", "record": "missing.json", "answer": "Five hives."},
        {"id": "c", "record": record_file.name, "answer": "Five hives are on record. Größe: 🐝 21.7 kg."},
    ]
    batch = tmp_path / "batch.jsonl"
    text = "\n".join([json.dumps(lines[0]), "{broken", json.dumps(lines[1]), "", json.dumps(lines[2]), '{"id": 7}'])
    batch.write_text(text, encoding="utf-8")
    assert run("--batch", batch) == 2
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["id"] for result in results] == ["a", 2, "b", "c", 7]
    assert [claim["verdict"] for claim in results[0]["claims"]] == ["unsupported"]
    assert results[1]["error"] == "line 2 is not JSON"
    assert "missing.json cannot be read" in results[2]["error"]
    assert results[3]["milliseconds"] >= 0
    assert {claim["verdict"] for claim in results[3]["claims"]} <= {"found", "derived"}
    assert all(lines[2]["answer"][c["start"] : c["end"]] == c["text"] for c in results[3]["claims"])
    assert 'needs "id", "record" and "answer"' in results[4]["error"]


def test_a_batch_from_standard_input(
    record_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"id": "a", "record": str(record_file), "answer": "Five hives are on record."})
    monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))
    assert run("--batch") == 0
    assert json.loads(capsys.readouterr().out)["claims"][0]["verdict"] == "derived"


BAD_RECORDS = {
    "not JSON": ("{", "is not JSON"),
    "a list": ("[]", "is not a JSON object"),
    "no sets": ("{}", "result_sets is missing or not a list"),
    "an unnamed set": ('{"result_sets": [{"columns": [], "rows": []}]}', "result_sets[0]: the set has no name"),
    "an unknown type": (
        '{"result_sets": [{"name": "a", "columns": [{"name": "b", "type": "blob"}], "rows": []}]}',
        "result_sets[0].columns[0]: 'blob' is not a column type",
    ),
    "a short row": (
        '{"result_sets": [{"name": "a", "columns": [{"name": "b", "type": "text"}], "rows": [["x"], []]}]}',
        "result_sets[0].rows[1] has 0 values for 1 columns",
    ),
    "a bad date": (
        '{"result_sets": [{"name": "a", "columns": [{"name": "b", "type": "date"}], "rows": [["2026-02-30"]]}]}',
        "rows[0], column b: '2026-02-30' is not a date",
    ),
    "not a number": (
        '{"result_sets": [{"name": "a", "columns": [{"name": "b", "type": "decimal"}], "rows": [["NaN"]]}]}',
        "rows[0], column b: 'NaN' is not a decimal",
    ),
    "a nested cell": (
        '{"result_sets": [{"name": "a", "columns": [{"name": "b", "type": "text"}], "rows": [[{}]]}]}',
        "a cell holds one value",
    ),
    "deeply nested": ("[" * 100_000, "is not JSON"),
}


@pytest.mark.parametrize("kind", BAD_RECORDS)
def test_a_bad_record_is_told_by_its_place(
    kind: str, tmp_path: Path, answer_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, message = BAD_RECORDS[kind]
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    assert run("--record", path, "--answer", answer_file) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert message in output.err
    assert "Traceback" not in output.err


def test_files_that_cannot_be_read(
    record_file: Path, tmp_path: Path, answer_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert run("--record", tmp_path / "none.json", "--answer", answer_file) == 2
    assert run("--record", binary, "--answer", answer_file) == 2
    assert run("--record", record_file, "--answer", binary) == 2
    assert run("--record", record_file, "--answer", tmp_path) == 2
    assert run("--batch", tmp_path / "none.jsonl") == 2
    assert run("--record", record_file) == 2
    assert capsys.readouterr().err.count("cannot be read") == 5


def test_a_batch_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b'{"id": 1}\n\xff\xfe\n')
    assert run("--batch", binary) == 2
    errors = [json.loads(line)["error"] for line in capsys.readouterr().out.splitlines()]
    assert errors[1] == "line 2 is not UTF-8 text"
