"""`python -m core evidence check`: the check of one answer, or of many as JSON lines.

Exit 0 when everything was checked (whatever the verdicts), 2 when a file or a line cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO, cast

from core.errors import InvalidRequest
from core.evidence.check import Checker
from core.evidence.record_file import read_record
from core.evidence.verdict import CheckedClaim, Evidence, Verdict

OK, BAD_INPUT = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Puts `check` and its options under the `evidence` command."""
    commands = parser.add_subparsers(dest="evidence_command", required=True)
    check = commands.add_parser("check", help="check the figures of an answer against a record")
    check.add_argument("--record", metavar="FILE.json", help="the record the answer is about")
    check.add_argument("--answer", metavar="FILE.md", help="the answer; - reads it from standard input")
    check.add_argument("--json", action="store_true", help="one JSON object instead of text")
    check.add_argument(
        "--batch",
        nargs="?",
        const="-",
        metavar="FILE.jsonl",
        help='JSON lines {"id", "record", "answer"} from a file or standard input; one JSON line each comes out',
    )


def run(args: argparse.Namespace) -> int:
    """The exit code. Data goes to standard output, complaints to standard error."""
    try:
        if args.batch is not None:
            return _batch(args.batch)
        if not args.record or not args.answer:
            raise InvalidRequest("evidence check needs --record and --answer, or --batch.")
        checker = Checker(read_record(args.record))
        answer = _read(args.answer)
        evidence, milliseconds = _timed(checker, answer)
    except InvalidRequest as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return BAD_INPUT
    if args.json:
        print(json.dumps({"milliseconds": milliseconds, "summary": evidence.summary(), **_as_json(evidence)}))
    else:
        for claim in evidence.claims:
            if claim.verdict is not Verdict.IGNORED:
                print(f"{claim.verdict.value:<12} {claim.text:<24} {claim.why}")
        print(evidence.summary())
    return OK


def _read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InvalidRequest(f"The answer {path} cannot be read.") from error


def _timed(checker: Checker, answer: str) -> tuple[Evidence, float]:
    started = time.perf_counter()
    evidence = checker.check(answer)
    return evidence, round((time.perf_counter() - started) * 1000, 3)


def _claim(claim: CheckedClaim) -> dict[str, Any]:
    return {
        "start": claim.start,
        "end": claim.end,
        "text": claim.text,
        "verdict": claim.verdict.value,
        "why": claim.why,
        "cells": [{"set": cell.set, "row": cell.row, "column": cell.column} for cell in claim.cells],
    }


def _as_json(evidence: Evidence) -> dict[str, Any]:
    return {"claims": [_claim(claim) for claim in evidence.claims]}


def _batch(source: str) -> int:
    if source == "-":
        if reconfigure := getattr(sys.stdin, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="surrogateescape")
        return _batch_lines(sys.stdin, Path())
    try:
        with Path(source).open(encoding="utf-8", errors="surrogateescape") as lines:
            return _batch_lines(lines, Path(source).parent)
    except OSError as error:
        raise InvalidRequest(f"{source} cannot be read: {error.strerror}.") from error


def _batch_lines(lines: TextIO | Iterable[str], beside: Path) -> int:
    """A bad line is answered by {"id", "error"} in its place; the others go on."""
    checkers: dict[str, Checker] = {}
    code = OK
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item_id: object = number
        try:
            item = _item(line, number)
            item_id = item.get("id", number)
            if not isinstance(item.get("record"), str) or not isinstance(item.get("answer"), str):
                raise InvalidRequest(f'line {number} needs "id", "record" and "answer"')
            checker = _checker(checkers, item["record"], beside)
            evidence, milliseconds = _timed(checker, item["answer"])
            result: dict[str, Any] = {"id": item_id, "milliseconds": milliseconds, **_as_json(evidence)}
        except InvalidRequest as error:
            result = {"id": item_id, "error": error.message}
            code = BAD_INPUT
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return code


def _item(line: str, number: int) -> dict[str, Any]:
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(f"line {number} is not UTF-8 text") from error
    try:
        item: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"line {number} is not JSON") from error
    return cast("dict[str, Any]", item) if isinstance(item, dict) else {}


def _checker(checkers: dict[str, Checker], record: str, beside: Path) -> Checker:
    """Paths are as given, or beside the batch file. Indexes are built once per record."""
    if record not in checkers:
        path = Path(record) if Path(record).exists() else beside / record
        checkers[record] = Checker(read_record(path))
    return checkers[record]
