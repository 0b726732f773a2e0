"""The error numbers of SQL Server, and the states of its driver, as failures that people read."""

from __future__ import annotations

from core.errors import DriverMissing, ProcedureFailed, RecordAnalystError
from core.records import odbc
from core.records.failures import Failure, explain

LOCKED = {1222, 1205}
REFUSED = {18456, 18452, 18470, 18486, 18487, 18488, 4060, 916}
GONE = {233, 596, 6005, 10053, 10054, 10060, 17142, 18451, 18461, 64, 121}
BUSY = {10928, 10929, 17809, 17810}
BAD_VALUE = {241, 242, 245, 248, 295, 2628, 8114, 8115, 8152, 8169}
NEEDS_MORE = {201, 8144, 8145}
READ_ONLY = {3906, 3908}


def is_disconnect(error: BaseException) -> bool:
    return odbc.is_error(error) and (odbc.state_of(error).startswith("08") or odbc.native_of(error) in GONE)


def translate(error: BaseException, procedure: str) -> RecordAnalystError:
    """The error of our tree for one of the driver's."""
    state, code = odbc.state_of(error), odbc.native_of(error)
    if odbc.driver_is_missing(error):
        return DriverMissing(
            "Microsoft's ODBC driver for SQL Server is not installed on this machine.",
            "Install requirements.txt, or name another driver in the URL (?driver=…).",
        )
    if code in NEEDS_MORE:
        return ProcedureFailed(
            f"The procedure {procedure} needs other parameters than the use case gives.",
            "An administrator must correct the use case, or the procedure.",
        )
    if code in READ_ONLY:
        return ProcedureFailed(f"The procedure {procedure} tries to change data, and the database is read-only.")
    return explain(_failure(error, state, code), procedure)


def _failure(error: BaseException, state: str, code: int | None) -> Failure:
    if code in REFUSED or state == "28000":
        return Failure.LOGIN_REFUSED
    if code in BUSY:
        return Failure.BUSY
    if code in LOCKED:
        return Failure.LOCKED
    if is_disconnect(error) or state == "HYT01" or "Login timeout" in str(error):
        return Failure.GONE
    if state in ("HYT00", "HY008"):
        return Failure.LATE
    return Failure.BAD_VALUE if code in BAD_VALUE else Failure.OTHER
