"""What a PostgreSQL login may do beyond its procedures."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.records.contract import Finding
from core.records.postgresql_routine import Connection, statement

REMEDIES = {
    "attribute": ("The login has {names}.", "Take it away with ALTER ROLE."),
    "member": ("The login is a member of {names}.", "REVOKE the membership."),
    "create in": ("The login may create objects in {names}.", "REVOKE CREATE there from it and from PUBLIC."),
    "temporary": ("The login may create temporary tables in {names}.", "REVOKE TEMPORARY ON DATABASE … FROM PUBLIC."),
    "read": (
        "The login may read {count} tables or views directly: {names}.",
        "REVOKE SELECT; procedures do not need it.",
    ),
    "write": ("The login may change {count} tables directly: {names}.", "REVOKE INSERT, UPDATE, DELETE, TRUNCATE."),
    "execute": ("The login may execute {count} routines that no use case names: {names}.", "REVOKE EXECUTE on them."),
    "large objects": (
        "The login may create large objects.",
        "REVOKE EXECUTE ON FUNCTION lo_create(oid) … FROM PUBLIC.",
    ),
    "connect": ("The login may also connect to {names}.", "REVOKE CONNECT ON DATABASE … FROM PUBLIC."),
}


def find_rights(connection: Connection, expected: Sequence[str]) -> list[Finding]:
    """Findings for everything that is not EXECUTE on one of the `expected` procedures."""
    names = [name.lower() for name in expected]
    rows = connection.execute(statement("postgresql_rights.sql"), {"expected": names}).fetchall()
    findings: list[Finding] = []
    for kind, count, names_as_json in rows:
        first = json.loads(names_as_json)
        problem, remedy = REMEDIES[kind]
        listed = ", ".join(first) + (", …" if count > len(first) else "")
        findings.append(Finding(problem.format(count=count, names=listed), remedy))
    return findings
