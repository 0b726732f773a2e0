"""The error codes of Oracle and of python-oracledb as failures that people read."""

from __future__ import annotations

from core.records.failures import Failure
from core.records.oracle_connect import ConnectTimeout

GONE = {
    "ORA-00028", "ORA-01012", "ORA-01033", "ORA-01034", "ORA-01089", "ORA-02396", "ORA-03113", "ORA-03114", "ORA-03135",
    "ORA-12153", "ORA-12170", "ORA-12514", "ORA-12528", "ORA-12537", "ORA-12541", "ORA-12545", "ORA-12547", "ORA-12571",
    "DPY-1001", "DPY-4011", "DPY-6000", "DPY-6001", "DPY-6003", "DPY-6005",
}  # fmt: skip
REFUSED = {"ORA-01005", "ORA-01017", "ORA-01045", "ORA-28000", "ORA-28001", "ORA-28002", "ORA-28009"}
BUSY = {"ORA-00018", "ORA-00020", "ORA-12516", "ORA-12518", "ORA-12519", "ORA-12520"}
LATE = {"ORA-01013", "ORA-03136", "ORA-02049", "DPY-4024"}
LOCKED = {"ORA-00054", "ORA-00060", "ORA-04021", "ORA-30006"}
READ_ONLY = {"ORA-01456", "ORA-16000"}
BAD_VALUE = {"ORA-01722", "ORA-01830", "ORA-01840", "ORA-01843", "ORA-01858", "ORA-01861", "ORA-06502", "ORA-12899"}
FAILURES = (
    (REFUSED, Failure.LOGIN_REFUSED),
    (BUSY, Failure.BUSY),
    (LATE, Failure.LATE),
    (LOCKED, Failure.LOCKED),
    (GONE, Failure.GONE),
    (READ_ONLY, Failure.READ_ONLY),
    (BAD_VALUE, Failure.BAD_VALUE),
)


def is_disconnect(error: BaseException) -> bool:
    return is_error(error) and code_of(error) in GONE


def failure_of(error: BaseException) -> Failure | None:
    """None for errors that are none of the driver's."""
    if isinstance(error, ConnectTimeout):
        return Failure.GONE
    if not is_error(error):
        return None
    code = code_of(error)
    return next((failure for codes, failure in FAILURES if code in codes), Failure.OTHER)


def is_error(error: BaseException) -> bool:
    return any(kind.__module__.startswith("oracledb") for kind in type(error).__mro__)


def code_of(error: BaseException) -> str:
    """Such as ORA-01017."""
    return str(getattr(error.args[0], "full_code", "")) if error.args else ""
