"""`use-cases` and `audit list`: data for people, and for programs."""

from __future__ import annotations

import json
import subprocess
import sys

from core.use_cases import UseCases
from tests.parts import ROOT


def test_use_cases_for_programs(run):
    ended = run("use-cases", "--json")
    assert ended.code == 0
    expected = UseCases(ROOT / "prompts").all()
    told = ended.json
    assert [one["name"] for one in told] == [one.name for one in expected]
    for one, use_case in zip(told, expected, strict=True):
        assert one["title"] == use_case.title
        assert one["record_id_label"] == use_case.record_id.label
        assert one["example"] == use_case.record_id.example
        assert one["roles"] == sorted(use_case.roles)


def test_use_cases_for_people(run_process):
    ended = run_process("use-cases")
    assert ended.code == 0
    assert ended.err == ""
    assert len(ended.out.splitlines()) == 7
    assert "CUST-0142" in ended.out


def test_a_broken_file_is_told_beside_the_others(run, tmp_path):
    for file in (ROOT / "prompts").glob("*.md"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "order_analysis.md").write_text("---\ntitle: Orders\n---\n")
    ended = run("use-cases", "--json", prompts=str(tmp_path))
    assert ended.code == 0
    assert len(ended.json) == 5
    assert "order_analysis.md" in ended.err


def test_the_audit_log_for_programs(run, application):
    seq = json.loads(run("analyze", "customer_insight", "CUST-0142", "--as", "analyst", "--json").out)["audit"]
    ended = run("audit", "list", "--json", "--limit", "5")
    assert ended.code == 0
    rows = ended.json
    assert len(rows) == 5
    viewed, outcome, asked = rows[0], *(one for one in rows if one["seq"] in seq.values())
    assert viewed["event"] == "audit.viewed"  # looking is an event too
    assert (outcome["event"], asked["event"]) == ("analysis.outcome", "analysis.asked")
    assert (asked["use_case"], asked["record_id"], asked["source"]) == ("customer_insight", "CUST-0142", "cli")


def test_a_reader_that_goes_away_is_no_error(environment):
    command = f"{sys.executable} -m core audit list --limit 500 | head -n 1"
    ended = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == ""
