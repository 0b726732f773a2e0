from __future__ import annotations

import fcntl
import json
import logging
import threading

import pytest

from core.audit import checkpoints, folder_copy
from core.audit.verification import Damage, State
from core.audit.verify import UNANCHORED_EVENTS


def lines(lab):
    return lab.audit.checkpoints.file.read_text().splitlines()


def rewrite(lab, lines):
    for file in (lab.audit.checkpoints.file, lab.audit.checkpoints.second.file):
        file.write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def anchored(lab):
    """Four checkpoints: at 2, 4, 6 and 8."""
    for _ in range(4):
        lab.append(2)
        lab.anchor()
    return lab


def test_the_first_row_is_anchored_at_once_and_later_ones_together(lab):
    lab.append(6)
    assert [json.loads(line)["seq"] for line in lines(lab)] == [1]
    lab.anchor()
    assert [json.loads(line)["seq"] for line in lines(lab)] == [1, 6]


def test_so_many_rows_make_a_checkpoint(lab, monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY_EVENTS", 5)
    lab.append(12)
    assert [json.loads(line)["seq"] for line in lines(lab)] == [1, 6, 11]


def test_so_many_seconds_make_a_checkpoint(lab, monkeypatch):
    lab.append(1)
    before = set(threading.enumerate())
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.2)
    lab.audit.checkpoints._anchored = (1, float("inf"))
    lab.append(1)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert [json.loads(line)["seq"] for line in lines(lab)] == [1, 2]


def test_closing_anchors_what_is_left(lab):
    lab.append(4)
    lab.audit.close()
    assert json.loads(lines(lab)[-1])["seq"] == 4


def test_the_file_is_private_and_has_a_copy_and_the_log_has_it_too(lab, caplog):
    caplog.set_level(logging.INFO, "core.audit")
    lab.append(2)
    file, second = lab.audit.checkpoints.file, lab.audit.checkpoints.second.file
    assert file.stat().st_mode & 0o777 == 0o600
    assert second.read_text() == file.read_text()
    assert lines(lab)[-1] in caplog.text


def test_a_folder_that_cannot_be_written_does_not_stop_the_log(lab, caplog):
    lab.var.joinpath("audit").write_text("in the way")
    lab.append(2)
    assert "could not be anchored" in caplog.text
    lab.var.joinpath("audit").unlink()
    lab.anchor()
    assert lab.verify().state is State.INTACT


def test_a_copy_that_could_not_be_written_is_told_of_and_caught_up_with(lab, caplog):
    copy = lab.audit.checkpoints.second.file
    lab.append(2)
    assert lab.audit.checkpoints.copies() == {"audit_copy": None}
    copy.parent.rename(lab.var / "gone")
    copy.parent.write_text("in the way")
    for _ in range(2):
        lab.append(2)
        lab.anchor()
    assert "audit_copy: a checkpoint could not be written" in caplog.text
    assert lab.audit.checkpoints.copies() == {"audit_copy": "it lacks the newest one"}
    copy.parent.unlink()
    (lab.var / "gone").rename(copy.parent)
    lab.append(2)
    lab.anchor()
    assert copy.read_text().splitlines() == lines(lab)
    assert lab.audit.checkpoints.copies() == {"audit_copy": None}


def test_a_copy_that_hangs_holds_nobody_up(lab, monkeypatch, caplog):
    monkeypatch.setattr(folder_copy, "ANSWER_SECONDS", 0.2)
    copy = lab.audit.checkpoints.second.file
    lab.append(2)
    with copy.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # whoever wants to write there waits in the kernel
        for _ in range(2):
            lab.append(2)
            lab.anchor()
        assert json.loads(lines(lab)[-1])["seq"] == 6
        assert caplog.text.count("audit_copy: a checkpoint could not be written: it does not answer") == 2
        assert lab.audit.checkpoints.copies() == {"audit_copy": "it does not answer"}
        for full in (True, False):
            found = lab.verify(full=full)
            assert found.state is State.UNANCHORED
            assert "The copy of the checkpoints cannot be read" in found.words
    for thread in [one for one in threading.enumerate() if one.name == "audit-copy"]:
        thread.join(10)
    lab.append(2)
    lab.anchor()
    assert copy.read_text().splitlines() == lines(lab)
    assert lab.verify().state is State.INTACT


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], lines[2], lines[3]],
        lambda lines: [lines[0].replace('"seq":2', '"seq":3'), *lines[1:]],
        lambda lines: [*lines[:3], lines[3].replace('"seq":8', '"seq":7')],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0], "noise", *lines[2:]],
    ],
    ids=["line taken out", "first changed", "last changed", "swapped", "made unreadable"],
)
def test_changed_checkpoints_are_noticed(anchored, change):
    assert anchored.verify().state is State.INTACT
    start = 1 if json.loads(lines(anchored)[0])["seq"] == 1 else 0
    rewrite(anchored, lines(anchored)[:start] + change(lines(anchored)[start:]))
    assert [finding.damage for finding in anchored.verify().findings] == [Damage.CHECKPOINTS]


def test_a_file_of_noise_is_noticed(anchored):
    rewrite(anchored, ["noise"])
    for full in (True, False):
        assert [finding.damage for finding in anchored.verify(full=full).findings] == [Damage.CHECKPOINTS]


def test_a_line_torn_by_a_crash_does_no_harm(anchored):
    with anchored.audit.checkpoints.file.open("a") as file:
        file.write('{"seq": 9, "ha')
    assert anchored.verify().state is State.INTACT
    anchored.append(2)
    anchored.anchor()
    result = anchored.verify()
    assert (result.state, result.anchored_to) == (State.INTACT, 10)


def test_the_copy_shows_a_cut_that_the_file_hides(anchored):
    anchored.tamper("DELETE FROM audit_log WHERE seq > 4")
    kept = [line for line in lines(anchored) if json.loads(line)["seq"] <= 4]
    anchored.audit.checkpoints.file.write_text("".join(f"{line}\n" for line in kept))
    for full in (True, False):
        assert [finding.damage for finding in anchored.verify(full=full).findings] == [Damage.CUT_TAIL]


def test_many_events_without_a_checkpoint_are_not_called_safe(anchored, monkeypatch):
    monkeypatch.setattr("core.audit.verify.UNANCHORED_EVENTS", 3)
    assert UNANCHORED_EVENTS > 3
    anchored.append(4)
    result = anchored.verify()
    assert (result.state, result.exit_code) == (State.UNANCHORED, 2)
    assert "4 newest events" in result.words


def test_events_that_stay_without_a_checkpoint_are_not_called_safe(anchored, monkeypatch):
    monkeypatch.setattr("core.audit.verify.UNANCHORED_SECONDS", 0)
    anchored.append(1)
    assert anchored.verify().state is State.UNANCHORED


def test_an_empty_log_is_not_called_intact(lab):
    result = lab.verify()
    assert (result.state, result.words.startswith("The audit log is empty.")) == (State.UNANCHORED, True)
