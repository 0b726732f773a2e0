from __future__ import annotations

import argparse
import json

import pytest

from core.audit import command
from core.audit.query import Filter, page
from core.errors import InvalidRequest


@pytest.fixture
def run(full_lab):
    def run(*arguments):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.run(parser.parse_args([str(argument) for argument in arguments]), full_lab)

    return run


def events(lab):
    return [row.event for row in page(lab.app, Filter()).rows]


@pytest.mark.parametrize(
    ("attack", "code", "word"),
    [
        (None, 0, "INTACT"),
        ("UPDATE audit_log SET username = 'x' WHERE seq = 5", 1, "Event 5"),
        ("DELETE FROM audit_log WHERE seq > 8", 1, "Events 9 to 10"),
    ],
)
def test_verify_tells_the_shell_and_the_person(full_lab, run, capsys, attack, code, word):
    if attack:
        full_lab.tamper(attack)
    assert run("verify", "--full") == code
    assert word in capsys.readouterr().out
    assert run("verify", "--full", "--json") == code
    assert json.loads(capsys.readouterr().out)["state"] == ("broken" if code else "intact")


def test_verify_without_checkpoints_is_told_apart(full_lab, run, capsys):
    full_lab.audit.checkpoints.file.unlink()
    full_lab.audit.checkpoints.second.file.unlink()
    assert run("verify") == 2
    assert capsys.readouterr().out.startswith("UNANCHORED")


def test_listing_shows_what_was_asked_for_and_is_recorded(full_lab, run, capsys):
    assert run("list", "--event", "analysis.asked", "--limit", 2, "--json") == 0
    assert [row["seq"] for row in json.loads(capsys.readouterr().out)] == [9, 7]
    assert events(full_lab)[0] == "audit.viewed"


def test_a_line_stays_one_line(full_lab, run, capsys):
    full_lab.append(1, record_id="C-1\n\x1b[31m=1")
    assert run("list", "--limit", 2) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_an_export_is_written_checked_and_recorded(full_lab, run, tmp_path, capsys):
    file = tmp_path / "out.csv"
    assert run("export", file) == 0
    assert events(full_lab)[0] == "audit.exported"
    assert run("verify", "--export", file) == 0
    file.write_text("x")
    assert run("verify", "--export", file) == 1
    with pytest.raises(InvalidRequest, match=r"out\.csv"):
        run("export", file)  # never over what is there


def test_rotating_and_restoring_are_recorded(full_lab, run, capsys):
    assert run("rotate-key") == 0
    assert events(full_lab)[0] == "audit.key_rotated"
    full_lab.tamper("DELETE FROM audit_log WHERE seq > 8")
    assert run("accept-restore", "--reason", "disk failed") == 0
    assert events(full_lab)[0] == "audit.restored"
    assert run("verify") == 0


@pytest.mark.parametrize("arguments", [("--event", "x"), ("--since", "x"), ("--request-id", "x"), ("--outcome", "x")])
def test_a_filter_that_means_nothing_is_refused(run, arguments):
    with pytest.raises(InvalidRequest):
        run("list", *arguments)
