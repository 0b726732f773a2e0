"""What is up, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, text

from core.audit.log import AuditLog
from core.audit.verification import State
from core.audit.verify import verify
from core.errors import RecordAnalystError
from core.models.catalogue import Catalogue
from core.records.procedures import Database, check_rights, signature
from core.store.engine import store_errors
from core.use_cases import UseCases

LOW_DISK_BYTES = 500 * 1024 * 1024


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, and somebody should look at it
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    area: str  # State database, Audit log, Business databases, Use cases, Model servers, Disk
    subject: str
    level: Level
    text: str
    remedy: str = ""


def check(
    engine: Engine,
    audit: AuditLog,
    databases: Mapping[str, Database],
    use_cases: UseCases,
    catalogue: Catalogue,
    var: Path,
) -> list[Finding]:
    """Asks everything once. Raises nothing: what does not answer is a finding."""
    return [
        _ask("State database", "record analyst", lambda: _store(engine)),
        _ask("Audit log", "chain", lambda: _chain(audit)),
        *_databases(databases, use_cases),
        *_use_cases(databases, use_cases),
        *_models(catalogue),
        _disk(var),
    ]


def _ask(area: str, subject: str, question: Callable[[], tuple[Level, str, str]]) -> Finding:
    try:
        return Finding(area, subject, *question())
    except RecordAnalystError as error:
        return Finding(area, subject, Level.DOWN, error.message, error.hint)


def _store(engine: Engine) -> tuple[Level, str, str]:
    with store_errors(), engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return Level.OK, f"PostgreSQL {version.split()[0]} answers.", ""


def _chain(audit: AuditLog) -> tuple[Level, str, str]:
    found = verify(audit)
    match found.state:
        case State.INTACT:
            return Level.OK, found.words, ""
        case State.UNANCHORED:
            return Level.WARNING, found.words, "A checkpoint is written every minute; look again then."
        case State.BROKEN:
            remedy = "Keep the database and its backups as they are, and run `python -m core audit verify --full`."
            return Level.DOWN, found.words, remedy


def _databases(databases: Mapping[str, Database], use_cases: UseCases) -> list[Finding]:
    findings: list[Finding] = []
    for name, database in databases.items():
        procedures = [one.procedure for one in use_cases.all() if one.database == name]
        try:
            excess = check_rights(database, procedures)
        except RecordAnalystError as error:
            findings.append(Finding("Business databases", name, Level.DOWN, error.message, error.hint))
            continue
        if not excess:
            findings.append(
                Finding(
                    "Business databases", name, Level.OK, "Answers. Its login can call procedures and nothing else."
                )
            )
        findings += [Finding("Business databases", name, Level.WARNING, one.problem, one.remedy) for one in excess]
    return findings


def _use_cases(databases: Mapping[str, Database], use_cases: UseCases) -> list[Finding]:
    findings = [
        Finding("Use cases", broken.file, Level.DOWN, broken.message, broken.hint) for broken in use_cases.broken()
    ]
    for use_case in use_cases.all():
        database = databases.get(use_case.database)
        if database is None:
            remedy = f"Add [databases.{use_case.database}] to the settings, or name another database in the file."
            text = f"Its database {use_case.database} is not in the settings."
            findings.append(Finding("Use cases", use_case.title, Level.DOWN, text, remedy))
            continue

        def procedure(database: Database = database, name: str = use_case.procedure) -> tuple[Level, str, str]:
            signature(database, name)
            return Level.OK, f"{name} is there.", ""

        findings.append(_ask("Use cases", use_case.title, procedure))
    return findings


def _models(catalogue: Catalogue) -> list[Finding]:
    found = catalogue.list(fresh=True)
    unavailable = dict(found.unavailable)
    findings: list[Finding] = []
    for server in catalogue.servers:
        count = sum(model.server == server.name for model in found.models)
        where = "local" if server.local else "cloud"
        if server.name in unavailable:
            remedy = "Start it, or correct its address in the settings. It is asked again by itself."
            findings.append(Finding("Model servers", server.name, Level.DOWN, unavailable[server.name], remedy))
        elif count:
            findings.append(Finding("Model servers", server.name, Level.OK, f"Answers, {where}, {count} models."))
        elif not getattr(server, "optional", False):
            remedy = "Pull a model there, or put a GGUF file into the models folder."
            findings.append(Finding("Model servers", server.name, Level.WARNING, "Answers and has no models.", remedy))
    return findings


def _disk(var: Path) -> Finding:
    free = shutil.disk_usage(var).free
    text = f"{free / 1e9:.1f} GB free for the data folder."
    if free < LOW_DISK_BYTES:
        return Finding("Disk", str(var), Level.WARNING, text, "Free some room: without it nothing can be audited.")
    return Finding("Disk", str(var), Level.OK, text)
