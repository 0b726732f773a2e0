from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from core.audit.keys import FILE, Keys, Use
from core.audit.rotation import rotate_key
from core.audit.verification import Damage, State
from core.errors import AuditUnavailable

LOAD = """
import sys
from pathlib import Path
from core.audit.keys import Keys
print(Keys.load(Path(sys.argv[1])).current().id)
"""


def test_only_the_owner_may_read_the_file(tmp_path):
    Keys.load(tmp_path / "secrets")
    assert (tmp_path / "secrets" / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_processes_that_start_together_agree_on_the_first_key(tmp_path):
    root = Path(__file__).parents[3]
    started = [
        subprocess.Popen([sys.executable, "-c", LOAD, tmp_path], stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


def test_a_secret_is_not_in_what_is_printed(tmp_path):
    key = Keys.load(tmp_path).current()
    assert repr(key) == f"Key({key.id!r})"


def test_each_use_has_its_own_key(tmp_path):
    key = Keys.load(tmp_path).current()
    assert len({key.secret, *(key.derive(use) for use in Use)}) == len(Use) + 1


@pytest.mark.parametrize(
    "content", ["", "{}", '{"keys": []}', '{"keys": [{"id": "k", "created_at": "", "secret": "AA=="}]}']
)
def test_a_broken_file_is_told_and_not_replaced(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(AuditUnavailable, match="keys"):
        Keys.load(tmp_path)
    assert (tmp_path / FILE).read_text() == content


def test_rotation_keeps_what_was_signed_before_and_is_seen_by_other_processes_at_once(full_lab):
    other = full_lab.open()
    old = full_lab.audit.keys.current().id
    new = rotate_key(full_lab.audit, "root")
    assert other.keys.current().id == new != old
    full_lab.audit = other
    full_lab.append(2)
    full_lab.anchor()
    result = full_lab.verify()
    assert (result.state, result.up_to) == (State.INTACT, 13)


def test_a_retired_key_signs_nothing_any_more(full_lab):
    old = full_lab.audit.keys.current()
    rotate_key(full_lab.audit, "root")
    with full_lab.audit.appending() as log:
        log.use(old)
        log.append(full_lab.asked(uuid4()))
    result = full_lab.verify()
    assert [finding.damage for finding in result.findings] == [Damage.RETIRED_KEY]


def test_rows_of_a_lost_key_cannot_be_vouched_for(full_lab, tmp_path):
    os.unlink(tmp_path / "secrets" / FILE)
    full_lab.audit = full_lab.open()
    result = full_lab.verify()
    assert {finding.damage for finding in result.findings} == {Damage.CHECKPOINTS, Damage.UNKNOWN_KEY}
