"""What the shell is told: 0 done, 2 bad arguments, 3 refused, 4 no such record, 5 database, 6 model, 130 stopped."""

from __future__ import annotations

from core.errors import (
    DatabaseError,
    InvalidRequest,
    LimitReached,
    ModelError,
    NoSuchRecord,
    NotAllowed,
    RecordAnalystError,
    StoreUnavailable,
)

STOPPED = 130  # as a shell tells of Ctrl-C
OTHER = 1
CODES: tuple[tuple[type[RecordAnalystError], int], ...] = (
    (InvalidRequest, 2),
    (NotAllowed, 3),
    (LimitReached, 3),
    (NoSuchRecord, 4),
    (DatabaseError, 5),
    (StoreUnavailable, 5),
    (ModelError, 6),
)


def exit_code(error: RecordAnalystError | None) -> int:
    return next((code for kind, code in CODES if isinstance(error, kind)), OTHER)
