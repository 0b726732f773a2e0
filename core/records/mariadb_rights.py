"""What a MariaDB or MySQL login may do beyond its procedures, read from its own SHOW GRANTS."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.records.contract import Finding

GRANT = re.compile(r"GRANT (?P<rights>.+?) ON (?P<kind>PROCEDURE |FUNCTION |TABLE )?(?P<target>\S+) TO ", re.IGNORECASE)
HARMLESS = {"USAGE"}
READ = {"SELECT", "SHOW VIEW"}
REMEDY = "REVOKE {rights} ON {target} FROM the login."


def find_rights(grants: Sequence[str], expected: Sequence[str], database: str) -> list[Finding]:
    """Findings for every grant that is not EXECUTE on one of the `expected` procedures."""
    wanted = {_qualified(name.lower(), database.lower()) for name in expected}
    findings: list[Finding] = []
    for grant in grants:
        found = GRANT.match(grant)
        if found is None:
            findings.append(Finding("The login holds a role.", "REVOKE the role; EXECUTE on the procedures is enough."))
            continue
        target = found["target"].replace("`", "")
        rights = {right.split("(")[0].strip() for right in _split(found["rights"].upper())} - HARMLESS
        if found["kind"] and found["kind"].strip().upper() in ("PROCEDURE", "FUNCTION"):
            if target.lower() not in wanted:
                problem = f"The login may execute {target}, which no use case names."
                findings.append(Finding(problem, f"REVOKE EXECUTE ON {found['kind']}{target} FROM the login."))
        elif rights:
            findings.append(
                Finding(_problem(rights, target), REMEDY.format(rights=", ".join(sorted(rights)), target=target))
            )
        if "WITH GRANT OPTION" in grant.upper():
            findings.append(
                Finding(f"The login may pass on its rights on {target}.", "REVOKE GRANT OPTION FROM the login.")
            )
    return findings


def _problem(rights: set[str], target: str) -> str:
    if "ALL PRIVILEGES" in rights:
        return f"The login may read and change everything in {target}."
    doing: list[str] = []
    if rights & READ:
        doing.append("read")
    if rights & {"INSERT", "UPDATE", "DELETE"}:
        doing.append("change")
    if "EXECUTE" in rights:
        doing.append("execute every routine of")
    others = sorted(rights - READ - {"INSERT", "UPDATE", "DELETE", "EXECUTE"})
    if others:
        doing.append(f"use {', '.join(others)} on")
    return f"The login may {' and '.join(doing)} {target}."


def _split(rights: str) -> list[str]:
    """At commas outside brackets: SELECT (a, b), UPDATE."""
    return re.split(r",\s*(?![^(]*\))", rights)


def _qualified(name: str, database: str) -> str:
    return name if "." in name else f"{database}.{name}"
