"""What is up, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import httpx
from sqlalchemy import Engine, text

from core.accounts.user import Role, User
from core.audit.log import AuditLog
from core.audit.verification import State
from core.audit.verify import verify
from core.contracts import Contracts
from core.errors import DatabaseUnavailable, RecordAnalystError
from core.models.catalogue import Catalogue
from core.parameters import arguments
from core.records.procedures import Database, Identity, Limits, call, check_rights
from core.settings import AuthSettings
from core.store.engine import store_errors
from core.use_cases import UseCase, UseCases

CLOCK_SECONDS = 5.0
DOCTOR_SECONDS = 20.0
PROVIDER_SECONDS = 5.0
NOBODY = "no-such-record"  # an ID that no record has
LOW_DISK_BYTES = 500 * 1024 * 1024


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, and somebody should look at it
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    area: str  # State database, Audit log, Business databases, Use cases, Model servers, Single sign-on, Disk
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
    auth: AuthSettings | None = None,
    *,
    deep: bool = False,
) -> list[Finding]:
    """Asks everything once. `deep` also calls each procedure with an ID that nobody has, to see its result sets.

    Raises nothing: what does not answer is a finding.
    """
    return [
        _ask("State database", "record analyst", lambda: _store(engine)),
        _ask("State database", "clock", lambda: _clock(engine)),
        _ask("Audit log", "chain", lambda: _chain(audit)),
        *_copies(audit),
        *check_business(databases, use_cases, deep=deep),
        *_models(catalogue),
        *([_ask("Single sign-on", auth.name, lambda: _provider(auth))] if auth else []),
        check_disk(var),
    ]


def check_business(databases: Mapping[str, Database], use_cases: UseCases, *, deep: bool) -> list[Finding]:
    """The business databases, and whether the use cases fit them."""
    return [*_databases(databases, use_cases), *_use_cases(databases, use_cases, deep=deep)]


def _ask(area: str, subject: str, question: Callable[[], tuple[Level, str, str]]) -> Finding:
    try:
        return Finding(area, subject, *question())
    except RecordAnalystError as error:
        return Finding(area, subject, Level.DOWN, error.message, error.hint)


def _store(engine: Engine) -> tuple[Level, str, str]:
    with store_errors(), engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return Level.OK, f"PostgreSQL {version.split()[0]} answers.", ""


def _clock(engine: Engine) -> tuple[Level, str, str]:
    with store_errors(), engine.connect() as connection:
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > CLOCK_SECONDS:
        remedy = "Let both machines keep their time by NTP: sessions and limits end by these clocks."
        return Level.WARNING, f"It and this machine's clock are {apart:,.0f} seconds apart.", remedy
    return Level.OK, "Agrees with this machine's.", ""


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


def _copies(audit: AuditLog) -> list[Finding]:
    """The second places of the checkpoints, as the last try left them."""
    remedy = "Make it reachable: what it missed follows with the next checkpoint, within a minute of the next event."
    return [
        Finding("Audit log", name, Level.WARNING, f"Checkpoints do not arrive there: {problem}.", remedy)
        if problem
        else Finding("Audit log", name, Level.OK, "Gets every checkpoint.")
        for name, problem in audit.checkpoints.copies().items()
    ]


def _databases(databases: Mapping[str, Database], use_cases: UseCases) -> list[Finding]:
    findings: list[Finding] = []
    for name, database in databases.items():
        procedures = [one.procedure for one in use_cases.all() if one.database == name]
        try:
            excess = check_rights(database, procedures)
        except DatabaseUnavailable as error:
            remedy = f"Start it, or correct the url of [databases.{name}]: address, user, password, database."
            findings.append(Finding("Business databases", name, Level.DOWN, error.message, remedy))
            continue
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


def _use_cases(databases: Mapping[str, Database], use_cases: UseCases, *, deep: bool) -> list[Finding]:
    contracts = Contracts(databases)
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

        def contract(database: Database = database, use_case: UseCase = use_case) -> tuple[Level, str, str]:
            if problem := contracts.problem(use_case):
                return Level.DOWN, f"{problem.message}.", problem.hint
            return _result_sets(database, use_case) if deep else (Level.OK, f"{use_case.procedure} fits.", "")

        findings.append(_ask("Use cases", use_case.title, contract))
    return findings


def _result_sets(database: Database, use_case: UseCase) -> tuple[Level, str, str]:
    """Whether a call brings the sets that the file names. Parameters that a person must choose cannot be guessed."""
    if any(rule.label and rule.default is None for rule in use_case.parameters.values()):
        return Level.OK, f"{use_case.procedure} fits; its result sets depend on what is chosen.", ""
    nobody = User("doctor", "", Role.ADMIN)
    record = call(
        database,
        use_case.procedure,
        {use_case.parameter: NOBODY, **arguments(use_case.parameters, {}, nobody)},
        Identity(nobody.username, nobody.role, ""),
        Limits(DOCTOR_SECONDS, 1),
        record_id=NOBODY,
        result_sets=use_case.result_sets,
    )
    brought, named = [one.name for one in record.result_sets], list(use_case.result_sets)
    if brought != named:
        remedy = f"Write result_sets: [{', '.join(brought)}], or correct the procedure."
        return Level.WARNING, f"{use_case.procedure} gives other result sets than {', '.join(named)}.", remedy
    return Level.OK, f"{use_case.procedure} fits, with {len(named)} result sets.", ""


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


def _provider(auth: AuthSettings) -> tuple[Level, str, str]:
    try:
        described = httpx.get(auth.server_metadata_url, timeout=PROVIDER_SECONDS).raise_for_status().json()
        answers = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"} <= set(described)
    except (httpx.HTTPError, ValueError, TypeError):
        answers = False
    if not answers:
        remedy = "Correct server_metadata_url in [auth], or let this machine reach it. Sessions that are open go on."
        return Level.DOWN, "The provider does not answer as it should: nobody signs in there.", remedy
    return Level.OK, "The provider answers.", ""


def check_disk(var: Path) -> Finding:
    free = shutil.disk_usage(var).free
    text = f"{free / 1e9:.1f} GB free for the data folder."
    if free < LOW_DISK_BYTES:
        return Finding("Disk", str(var), Level.WARNING, text, "Free some room: without it nothing can be audited.")
    return Finding("Disk", str(var), Level.OK, text)
