"""What can go wrong in a call, whatever the database: each dialect says which it was, and people read one text."""

from __future__ import annotations

from enum import Enum, auto

from core.errors import DatabaseUnavailable, ProcedureFailed, ProcedureMissing, ProcedureTimedOut, RecordAnalystError


class Failure(Enum):
    MISSING = auto()
    LOGIN_REFUSED = auto()
    BUSY = auto()
    GONE = auto()
    LATE = auto()
    LOCKED = auto()
    READ_ONLY = auto()
    BAD_VALUE = auto()
    OTHER = auto()


def explain(failure: Failure, procedure: str) -> RecordAnalystError:
    match failure:
        case Failure.MISSING:
            return ProcedureMissing(f"The database has no procedure {procedure} that the login may execute.")
        case Failure.LOGIN_REFUSED:
            return DatabaseUnavailable(
                "The database refuses the login.", "An administrator must correct its URL; Health says which."
            )
        case Failure.BUSY:
            return DatabaseUnavailable("The database has no connection left for us.")
        case Failure.GONE:
            return DatabaseUnavailable("The database cannot be reached.")
        case Failure.LATE:
            return ProcedureTimedOut(f"The procedure {procedure} took too long and was stopped.")
        case Failure.LOCKED:
            return ProcedureTimedOut(f"The procedure {procedure} waited too long for somebody else's lock.")
        case Failure.READ_ONLY:
            return ProcedureFailed(
                f"The procedure {procedure} tries to change data, and calls are read-only.",
                "An administrator must take the change out of the procedure.",
            )
        case Failure.BAD_VALUE:
            return ProcedureFailed(
                f"The procedure {procedure} cannot work with this value.", "Check the ID and ask again."
            )
        case Failure.OTHER:
            return ProcedureFailed(f"The procedure {procedure} failed.")
