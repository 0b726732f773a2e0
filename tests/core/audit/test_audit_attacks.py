"""Attacks on the audit log. Each is noticed, and told for what it is."""

from __future__ import annotations

import hashlib
import os
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.audit import chain
from core.audit.keys import Keys, Use
from core.audit.log import STORE
from core.audit.rotation import accept_restore
from core.audit.verification import Damage, State
from core.errors import Conflict
from core.store.engine import driver
from core.store.tables import audit_log

CHANGES = {
    "Text": "coalesce({0}, '') || 'x'",
    "Integer": "coalesce({0}, 0) + 1",
    "BigInteger": "{0} + 100",
    "Double": "coalesce({0}, 0) + 0.001",
    "TIMESTAMP": "{0} + interval '1 microsecond'",
    "UUID": "gen_random_uuid()",
    "LargeBinary": "set_byte({0}, 0, (get_byte({0}, 0) + 1) % 256)",
}


def store(lab, values, row_hash):
    """Insert a row made by hand, as the app's own login."""
    rows = chain.COPY_HEADER + chain.stored(chain.encode(values), row_hash) + chain.COPY_TRAILER
    with lab.app.begin() as connection, driver(connection).cursor() as cursor, cursor.copy(STORE) as copy:
        copy.write(rows)


def newest(lab):
    with lab.app.connect() as connection:
        return connection.execute(select(audit_log).order_by(audit_log.c.seq.desc()).limit(1)).one()


def by_hand(lab, **columns):
    """Columns of a row that continues the log as far as anybody can see who has no key."""
    last = newest(lab)
    values = {
        "seq": last.seq + 1,
        "at": last.at,
        "prev_hash": last.hash,
        "key_id": last.key_id,
        "event": "user.changed",
    }
    return {**values, "username": "mallory", **columns}


def damages(result):
    assert result.state is State.BROKEN, result.words
    return [finding.damage for finding in result.findings]


def test_an_untouched_log_is_intact(full_lab):
    result = full_lab.verify()
    assert (result.state, result.up_to, result.rows, result.anchored_to) == (State.INTACT, 10, 10, 10)
    assert full_lab.verify(full=False).state is State.INTACT


def test_a_break_that_only_a_full_reading_sees_is_not_forgotten_for_a_quick_one(full_lab):
    full_lab.tamper("UPDATE audit_log SET username = 'mallory' WHERE seq = 3")
    assert (full_lab.verify().state, full_lab.verify(full=False).state) == (State.BROKEN, State.INTACT)
    assert full_lab.audit.verified.state is State.BROKEN
    full_lab.tamper("UPDATE audit_log SET username = 'ann' WHERE seq = 3")
    full_lab.verify()
    assert full_lab.audit.verified.state is State.INTACT


@pytest.mark.parametrize("seq", [5, 6])  # "asked" and outcome: between them every column holds NULL and a value
def test_every_changed_column_is_noticed(full_lab, seq):
    for column in chain.STORED:
        change = CHANGES[audit_log.c[column].type.__class__.__name__].format(f'"{column}"')
        full_lab.tamper(f"CREATE TABLE kept AS SELECT * FROM audit_log WHERE seq = {seq}")
        full_lab.tamper(f'UPDATE audit_log SET "{column}" = {change} WHERE seq = {seq}')
        result = full_lab.verify()
        assert (result.state, result.up_to) == (State.BROKEN, seq - 1), column
        assert result.findings[0].seq == seq
        expected = {"seq": Damage.MISSING, "key_id": Damage.UNKNOWN_KEY}.get(column, Damage.ALTERED)
        assert result.findings[0].damage is expected, column
        put_back = f"DELETE FROM audit_log WHERE seq IN ({seq}, {seq + 100})"
        full_lab.tamper(put_back, "INSERT INTO audit_log SELECT * FROM kept", "DROP TABLE kept")
    assert full_lab.verify().state is State.INTACT


def test_null_made_empty_is_noticed(full_lab):
    full_lab.tamper("UPDATE audit_log SET reason = '' WHERE seq = 3")
    assert damages(full_lab.verify()) == [Damage.ALTERED]


@pytest.mark.parametrize(
    "move",
    ["use_case = record_id, record_id = use_case", "use_case = use_case || record_id, record_id = ''"],
)
def test_text_moved_between_columns_is_noticed(full_lab, move):
    full_lab.tamper(f"UPDATE audit_log SET {move} WHERE seq = 3")
    assert damages(full_lab.verify()) == [Damage.ALTERED]


@pytest.mark.parametrize(("gone", "first"), [("seq = 5", 5), ("seq BETWEEN 4 AND 6", 4), ("seq = 1", 1)])
def test_deleted_rows_are_missing(full_lab, gone, first):
    full_lab.tamper(f"DELETE FROM audit_log WHERE {gone}")
    result = full_lab.verify()
    assert damages(result) == [Damage.MISSING]
    assert result.findings[0].seq == first


def test_deleted_rows_are_missing_even_when_the_rest_moves_up(full_lab):
    move = "UPDATE audit_log SET seq = seq - 1 WHERE seq = {0}"
    full_lab.tamper("DELETE FROM audit_log WHERE seq = 5", *(move.format(seq) for seq in range(6, 11)))
    assert damages(full_lab.verify()) == [Damage.REORDERED]


@pytest.mark.parametrize(("one", "other"), [(4, 5), (2, 9)])
def test_swapped_rows_are_reordered(full_lab, one, other):
    move = "UPDATE audit_log SET seq = {1} WHERE seq = {0}"
    full_lab.tamper(move.format(one, 99), move.format(other, one), move.format(99, other))
    result = full_lab.verify()
    assert damages(result) == [Damage.REORDERED]
    assert (result.findings[0].seq, str(other) in result.findings[0].words) == (one, True)


@pytest.mark.parametrize("full", [True, False])
def test_a_cut_tail_is_noticed_when_it_was_anchored(full_lab, full):
    full_lab.tamper("DELETE FROM audit_log WHERE seq > 7")
    result = full_lab.verify(full=full)
    assert damages(result) == [Damage.CUT_TAIL]
    if full:
        assert (result.findings[0].seq, result.up_to) == (8, 7)


def test_a_cut_tail_that_was_not_anchored_leaves_no_claim_that_all_is_well(lab):
    lab.append(10)
    lab.tamper("DELETE FROM audit_log WHERE seq > 7")
    for file in (lab.audit.checkpoints.file, lab.audit.checkpoints.second.file):
        file.unlink(missing_ok=True)
    result = lab.verify()
    assert (result.state, result.exit_code) == (State.UNANCHORED, 2)
    assert "cut off" in result.words


def test_an_emptied_log_is_noticed(full_lab):
    full_lab.tamper("DELETE FROM audit_log")
    assert damages(full_lab.verify()) == [Damage.CUT_TAIL]
    assert damages(full_lab.verify(full=False)) == [Damage.CUT_TAIL]


@pytest.mark.parametrize("secret", [None, bytes(range(32))])
def test_a_chain_recomputed_without_the_key_is_noticed(full_lab, secret):
    with full_lab.app.connect() as connection:
        rows = connection.execute(select(audit_log).order_by(audit_log.c.seq)).mappings().all()
    full_lab.tamper("DELETE FROM audit_log WHERE seq >= 4")
    last = rows[2]["hash"]
    for row in rows[3:]:
        values = {**row, "prev_hash": last, "username": "bob"}
        canonical = chain.encode(values)
        last = chain.sign(secret, canonical) if secret else hashlib.sha256(canonical).digest()
        store(full_lab, values, last)
    result = full_lab.verify()
    assert damages(result) == [Damage.ALTERED]
    assert result.findings[0].seq == 4


def test_a_forged_row_is_noticed(full_lab):
    store(full_lab, by_hand(full_lab), os.urandom(32))
    result = full_lab.verify(full=False)
    assert damages(result) == [Damage.ALTERED]
    assert result.findings[0].seq == 11


def test_a_row_signed_with_a_key_of_ones_own_is_noticed(full_lab, tmp_path):
    key = Keys.load(tmp_path / "mallory").current()
    values = by_hand(full_lab, key_id=key.id)
    store(full_lab, values, chain.sign(key.derive(Use.ROW), chain.encode(values)))
    assert damages(full_lab.verify()) == [Damage.UNKNOWN_KEY]


def test_a_history_that_continues_another_row_is_noticed(full_lab):
    key = full_lab.audit.keys.current()
    values = by_hand(full_lab, prev_hash=os.urandom(32))
    store(full_lab, values, chain.sign(key.derive(Use.ROW), chain.encode(values)))
    assert damages(full_lab.verify()) == [Damage.FORKED]


def test_two_rows_cannot_continue_the_same_one(full_lab):
    with pytest.raises(Exception, match="uq_audit_log_prev_hash"):
        store(full_lab, by_hand(full_lab, seq=12, prev_hash=chain.FIRST_PREV_HASH), os.urandom(32))


class TestAnOlderCopy:
    @pytest.fixture
    def restored(self, full_lab):
        """Ten rows were saved; ten more came and were anchored; then the copy was put back."""
        lab = full_lab
        lab.tamper("DROP TABLE IF EXISTS saved", "CREATE TABLE saved AS TABLE audit_log")
        lab.append(10)
        lab.anchor()
        lab.tamper("DELETE FROM audit_log", "INSERT INTO audit_log SELECT * FROM saved", "DROP TABLE saved")
        lab.audit = lab.open()
        return lab

    @pytest.mark.parametrize("full", [True, False])
    def test_is_noticed_at_once(self, restored, full):
        assert damages(restored.verify(full=full)) == [Damage.CUT_TAIL]

    @pytest.mark.parametrize("full", [True, False])
    def test_is_noticed_after_the_log_has_grown_past_it(self, restored, full):
        restored.append(20)
        restored.anchor()
        assert damages(restored.verify(full=full)) == [Damage.OLDER_COPY]

    def test_is_not_covered_up_by_new_checkpoints(self, restored, caplog):
        before = restored.audit.checkpoints.file.read_bytes()
        restored.append(20)
        restored.anchor()
        assert restored.audit.checkpoints.file.read_bytes() == before
        assert "does not go on from its last checkpoint" in caplog.text

    def test_stays_on_record_when_an_administrator_accepts_it(self, restored):
        restored.append(4)
        assert accept_restore(restored.audit, "root", "disk failed") == (10, 20)
        for full in (True, False):
            assert restored.verify(full=full).state is State.INTACT
        assert "put back to event 10 (disk failed)" in restored.verify().words
        restored.append(20)
        restored.anchor()
        assert restored.verify().state is State.INTACT

    def test_cannot_be_accepted_when_there_is_none(self, full_lab):
        with pytest.raises(Conflict):
            accept_restore(full_lab.audit, "root", "no reason")


class TestTheDoors:
    REFUSED = (
        "UPDATE audit_log SET username = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    )

    @pytest.mark.parametrize(
        "statement",
        [
            *REFUSED,
            "UPDATE audit_log SET username = 'x' WHERE false",
            "ALTER TABLE audit_log DISABLE TRIGGER ALL",
            "ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only",
            "ALTER TABLE audit_log ADD COLUMN x int",
            "DROP TRIGGER audit_log_append_only ON audit_log",
            "DROP TABLE audit_log",
            "DROP FUNCTION audit_log_refuse_change CASCADE",
            "CREATE OR REPLACE FUNCTION audit_log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE RULE quiet AS ON INSERT TO audit_log DO INSTEAD NOTHING",
            "CREATE TRIGGER quiet BEFORE INSERT ON audit_log EXECUTE FUNCTION audit_log_refuse_change()",
            "SET session_replication_role = replica",
            "GRANT UPDATE ON audit_log TO app",
            "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (seq) DO UPDATE SET username = 'x'",
        ],
    )
    def test_the_apps_login_can_only_append(self, full_lab, statement):
        try:
            with full_lab.app.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError:
            pass
        else:
            assert statement.startswith("GRANT")  # PostgreSQL only warns
        with full_lab.app.connect() as connection:
            rights = text("SELECT has_table_privilege('audit_log', 'UPDATE, DELETE, TRUNCATE, TRIGGER')")
            assert connection.execute(rights).scalar() is False
        assert full_lab.verify().state is State.INTACT

    @pytest.mark.parametrize("statement", REFUSED)
    @pytest.mark.parametrize("granted", [True, False])
    def test_the_owner_is_refused_as_well(self, full_lab, statement, granted):
        with full_lab.owner.connect() as connection:
            if granted:
                connection.execute(text("GRANT ALL ON audit_log TO CURRENT_USER"))
            reason = "takes new rows only" if granted else "permission denied"
            with pytest.raises(DBAPIError, match=reason):
                connection.execute(text(statement))


class TestTheClock:
    def test_set_back_by_an_hour_is_told(self, full_lab):
        with full_lab.audit.appending() as log:
            log.now = log.now.replace(year=log.now.year - 1)
            log.append(full_lab.asked(uuid4()))
        full_lab.append(2)
        result = full_lab.verify()
        assert damages(result) == [Damage.CLOCK_BACK]
        assert (result.findings[0].seq, result.up_to) == (11, 13)

    def test_slewed_by_a_moment_is_waited_out(self, full_lab):
        last = newest(full_lab).at
        with full_lab.audit.appending() as log:
            log.now = last.replace(microsecond=0)
            log.append(full_lab.asked(uuid4()))
        assert newest(full_lab).at == last
        assert full_lab.verify().state is State.INTACT
