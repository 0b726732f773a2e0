"""The error numbers of MariaDB and MySQL, and of their drivers, as failures that people read."""

from __future__ import annotations

from core.errors import DriverMissing, RecordAnalystError
from core.records import odbc
from core.records.failures import Failure, explain
from core.records.mariadb_driver import Driver

MISSING = {1305, 1370}
REFUSED = {1044, 1045, 1049, 1698}
GONE = {
    1053, 1077, 1079, 1080, 1094, 1152, 1184, 1927, 2002, 2003, 2005, 2006,
    2012, 2013, 2014, 2026, 2055, 3169, 4031,
}  # fmt: skip
BUSY = {1040, 1203, 1226}
LATE = {1028, 1317, 1969, 3024}
LOCKED = {1205, 1213, 3572}
READ_ONLY = {1792, 1290}
BAD_VALUE = {1264, 1265, 1292, 1366, 1406, 1411, 1525}
FAILURES = (
    (MISSING, Failure.MISSING),
    (REFUSED, Failure.LOGIN_REFUSED),
    (BUSY, Failure.BUSY),
    (LATE, Failure.LATE),
    (LOCKED, Failure.LOCKED),
    (READ_ONLY, Failure.READ_ONLY),
    (BAD_VALUE, Failure.BAD_VALUE),
)


def is_disconnect(driver: Driver, error: BaseException) -> bool:
    return driver.is_error(error) and (
        driver.code(error) in GONE or odbc.state_of(error).startswith("08") or _is_broken(error)
    )


def translate(driver: Driver, error: BaseException, procedure: str) -> RecordAnalystError:
    """The error of our tree for one of the driver's."""
    if odbc.driver_is_missing(error):
        return DriverMissing(
            "The ODBC driver for MariaDB is not installed on this machine.",
            "Install it (apt-get install odbc-mariadb), or write mysql+pymysql in the URL.",
        )
    code = driver.code(error)
    known = next((failure for codes, failure in FAILURES if code in codes), None)
    if known is None:
        known = Failure.GONE if is_disconnect(driver, error) else Failure.OTHER
    return explain(known, procedure)


def _is_broken(error: BaseException) -> bool:
    """PyMySQL after its socket was shut: an InterfaceError with the number 0."""
    return type(error).__name__ == "InterfaceError"
