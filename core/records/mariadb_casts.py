"""OUT parameters of MariaDB and MySQL come back in session variables, which forget their declared types."""

from __future__ import annotations

import re

CAST_TYPES = (  # the declared type of an OUT parameter → what its session variable is read as
    (re.compile(r"(tiny|small|medium|big)?int\(?\d*\)? unsigned|bigint unsigned"), "UNSIGNED"),
    (re.compile(r"(tiny|small|medium|big)?int|bit|year"), "SIGNED"),
    (re.compile(r"(decimal|numeric)(\(\d+(?:,\d+)?\))?"), "DECIMAL{2}"),
    (re.compile(r"float|double|real"), "DOUBLE"),
    (re.compile(r"datetime|timestamp"), "DATETIME(6)"),
    (re.compile(r"date"), "DATE"),
    (re.compile(r"time"), "TIME(6)"),
    (re.compile(r".*(binary|blob)"), "BINARY"),
)


def cast_type(declared: str) -> str:
    for pattern, target in CAST_TYPES:
        found = pattern.match(declared.lower())
        if found:
            return target.format(*(found.group(0), *(group or "" for group in found.groups())))
    return "CHAR"
