from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from core.audit import chain
from core.store.tables import audit_log

ROW = {
    "seq": 7,
    "at": datetime(2030, 1, 31, 8, 30, 0, 123456, tzinfo=UTC),
    "prev_hash": bytes(range(32)),
    "key_id": "k1",
    "event": "analysis.asked",
    "request_id": UUID(int=5),
    "username": "zoë",
    "rows": -1,
    "evidence_score": 0.1,
    "reason": "",
}


def test_every_column_is_signed():
    assert {*chain.STORED} == {column.name for column in audit_log.columns}


def test_the_encoding_never_changes():
    signature = chain.sign(b"k" * 32, chain.encode(ROW))
    assert signature.hex() == "d586325f8c13ff21639c797d956f4fc7cc3e4ca2335e496b0e33713a2c015b27"


def test_null_is_not_empty():
    assert chain.encode({**ROW, "reason": None}) != chain.encode({**ROW, "reason": ""})


def test_text_cannot_move_between_columns():
    one = chain.encode({**ROW, "use_case": "ab", "record_id": "c"})
    other = chain.encode({**ROW, "use_case": "a", "record_id": "bc"})
    assert one != other


def test_fields_takes_apart_what_encode_put_together():
    values = chain.fields(chain.encode(ROW))
    assert (values["username"], values["reason"], values["role"]) == ("zoë".encode(), b"", None)


def test_with_seq_changes_the_place_alone():
    assert chain.with_seq(chain.encode(ROW), 8) == chain.encode({**ROW, "seq": 8})
