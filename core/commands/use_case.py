"""`python -m core use-case …`: write, check and try the file of one use case."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.accounts.command import operator
from core.audit.entry import Entry, Event
from core.bootstrap import Application, open_application
from core.commands.set_option import add_set_option
from core.drafts import draft, main_parameter
from core.errors import Conflict, InvalidRequest, NoSuchRecord, SettingsError
from core.ledger import reference
from core.masking import mask
from core.parameters import arguments
from core.pipeline_parts import database_of
from core.records.procedures import Identity, Limits, call, signature
from core.records.record import Record, Value
from core.records.record_json import to_json, value_to_json
from core.settings import read_settings
from core.use_cases import IDENTIFIER, UseCase

SHOWN = 10  # rows of a set on the terminal
WIDTH = 24  # characters of a cell there


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="write prompts/NAME.md for a procedure; asks for what is not given")
    new.add_argument("name", metavar="NAME", help="such as meter_reading")
    new.add_argument("--database", metavar="NAME")
    new.add_argument("--procedure", metavar="SCHEMA.NAME")
    new.add_argument("--id", metavar="RECORD_ID", help="a record that exists: its sets and the form of its ID are read")
    new.add_argument("--title", metavar="TEXT", default="")
    new.add_argument("--question", metavar="TEXT", default="")
    add_set_option(new)
    check = actions.add_parser("check", help="is the file right, and does it fit its procedure?")
    check.add_argument("name", metavar="NAME")
    trying = actions.add_parser("try", help="fetch one record as the model would see it; no model is asked")
    trying.add_argument("name", metavar="NAME")
    trying.add_argument("record_id", metavar="RECORD_ID")
    trying.add_argument("--json", action="store_true")
    add_set_option(trying)


def run(args: argparse.Namespace) -> int:
    with closing(open_application(read_settings())) as app:
        match args.action:
            case "new":
                return _new(app, args)
            case "check":
                return _check(app, args.name)
            case _:
                return _try(app, args)


def _new(app: Application, args: argparse.Namespace) -> int:
    file = app.settings.prompts / f"{args.name}.md"
    if not IDENTIFIER.fullmatch(args.name) or "." in args.name:
        raise InvalidRequest(f"{args.name} cannot be a name.", "Use letters, digits and _, such as meter_reading.")
    if file.exists():
        raise Conflict(f"There is a use case {args.name} already.", "Choose another name, or take the file away first.")
    known = ", ".join(sorted(app.databases))
    database = args.database or _ask(f"Database ({known})")
    if database not in app.databases:
        raise SettingsError(f"There is no database {database} in the settings.", f"Known are: {known}.")
    found = signature(app.databases[database], args.procedure or _ask("Procedure, as schema.name"))
    main = main_parameter(found)
    record_id = args.id or _ask(f"A record that exists, for {main}")
    values: dict[str, Value] = {main: record_id, **dict(args.parameters)}
    for one in found.inputs:
        if one.name not in values and not one.has_default:
            values[one.name] = _ask(f"{one.name} ({one.type})")
    record = _fetch(app, database, found.name, values, record_id, args.name)
    text = draft(args.name, database, found, record, title=args.title, question=args.question)
    _write(file, text)
    masked = [line.strip() for line in text.partition("\ncolumns:\n")[2].partition("\n---")[0].splitlines()]
    print(f"Wrote {file}: {len(record.result_sets)} result sets, open to admins only for now.")
    print(f"Masked by their names: {', '.join(masked) or 'no column. Look whether any tells about a person'}.")
    print(f"Next: write its question and prompt, then `python -m core use-case try {args.name} {record_id}`.")
    return 0


def _check(app: Application, name: str) -> int:
    broken = next((one for one in app.use_cases.broken() if one.file == f"{name}.md"), None)
    if broken is None:
        broken = app.contracts.problem(_known_database(app, app.use_cases.get(name)))
    if broken:
        raise broken
    print(f"{name} is right and fits its procedure.")
    return 0


def _try(app: Application, args: argparse.Namespace) -> int:
    use_case = _known_database(app, app.use_cases.get(args.name))
    record_id, actor = use_case.check_record_id(args.record_id), operator()
    values = arguments(use_case.parameters, dict(args.parameters), actor.user)
    values[use_case.parameter] = record_id
    record = _fetch(app, use_case.database, use_case.procedure, values, record_id, use_case.name, use_case.result_sets)
    if not record.row_count:
        raise NoSuchRecord(f"There is no {use_case.record_id.label} {record_id}.")
    masked = mask(record, use_case, key=app.parts.masking_key)
    if args.json:
        print(json.dumps(to_json(masked.record), ensure_ascii=False))
        return 0
    for one in masked.record.result_sets:
        more = " (more were cut)" if one.truncated else ""
        print(f"\n{one.name}: {len(one.rows):,} {'row' if len(one.rows) == 1 else 'rows'}{more}")
        _print_table([one.column_names, *one.rows[:SHOWN]])
    if masked.dropped:
        print(f"\nDropped, so that no model sees them: {', '.join(masked.dropped)}.")
    print(f"{record.row_count:,} rows in {record.procedure_ms:,.0f} ms.", file=sys.stderr)
    return 0


def _fetch(
    app: Application,
    database: str,
    procedure: str,
    values: dict[str, Value],
    record_id: str,
    name: str,
    result_sets: tuple[str, ...] = (),
) -> Record:
    """Fetches a record outside an analysis: appended to the audit log first, and nothing is fetched when it cannot."""
    actor = operator()
    app.audit.append(
        Entry(
            event=Event.USE_CASE_TRIED,
            actor=actor,
            use_case=name,
            record_id=reference(record_id),
            database=database,
            procedure=procedure,
        )
    )
    identity = Identity(actor.user.username, str(actor.user.role), "")
    return call(
        app.databases[database], procedure, values, identity, Limits(), record_id=record_id, result_sets=result_sets
    )


def _known_database(app: Application, use_case: UseCase) -> UseCase:
    database_of(app.databases, use_case)
    return use_case


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        raise InvalidRequest(f"{what}: not given.", "Give it as an option; see `use-case new --help`.")
    print(f"{what}: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {(error.strerror or 'unknown reason').lower()}.") from error


def _print_table(rows: Sequence[Sequence[Value]]) -> None:
    lines = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Value) -> str:
    text = "" if value is None else " ".join(str(value_to_json(value)).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
