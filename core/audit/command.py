"""`python -m core audit …`: list, verify and export the audit log, rotate its key, accept a restore.

Exit codes of `verify`: 0 intact and anchored, 1 broken, 2 intact but unanchored.
"""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import json
import sys
from pathlib import Path
from typing import Protocol

from core.audit.entry import Entry, Event
from core.audit.export import MANIFEST, Format, export, verify_export
from core.audit.log import AuditLog
from core.audit.opening import opened_audit_log
from core.audit.query import AuditRow, Filter, page
from core.audit.rotation import accept_restore, rotate_key
from core.audit.verify import verify
from core.errors import InvalidRequest
from core.settings import read_settings

FILTERS = ("since", "until", "username", "role", "use_case", "record_id", "model", "outcome", "event", "request_id")


class App(Protocol):
    """What these commands need of an application."""

    @property
    def audit(self) -> AuditLog: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="show events, the newest first")
    listing.add_argument("--json", action="store_true", help="a JSON array, with every column")
    listing.add_argument("--limit", type=int, default=50, metavar="N")
    listing.add_argument("--before", type=int, metavar="SEQ", help="only events older than this one")
    _add_filters(listing)
    exporting = actions.add_parser("export", help="write events to FILE, and a manifest beside it")
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.add_argument("--format", choices=[str(one) for one in Format], default=str(Format.CSV))
    _add_filters(exporting)
    verifying = actions.add_parser("verify", help="check that nothing was changed, taken out or cut off")
    verifying.add_argument("--full", action="store_true", help="read every event, not only those since a checkpoint")
    verifying.add_argument("--json", action="store_true")
    verifying.add_argument("--export", type=Path, metavar="FILE", help="check an exported file instead")
    actions.add_parser("rotate-key", help="sign with a new key from now on")
    restoring = actions.add_parser("accept-restore", help="go on after an older copy of the database was put back")
    restoring.add_argument("--reason", required=True, metavar="TEXT")


def run(args: argparse.Namespace, app: App | None = None) -> int:
    """Runs one action on `app`, or on the state database of the settings. Raises RecordAnalystError."""
    if app is not None:
        return _run(args, app.audit)
    with opened_audit_log(read_settings()) as audit:
        return _run(args, audit)


def _run(args: argparse.Namespace, audit: AuditLog) -> int:
    match args.action:
        case "list":
            return _list(args, audit)
        case "export":
            return _export(args, audit)
        case "verify":
            return _verify_export(args, audit) if args.export else _verify(args, audit)
        case "rotate-key":
            print(f"From now on events are signed with key {rotate_key(audit, _account())}.")
            print("Back up the file of keys: without it no event can be verified.", file=sys.stderr)
        case _:
            agreed, last = accept_restore(audit, _account(), args.reason)
            print(f"Recorded: put back to event {agreed:,}; events up to {last:,} had been anchored.")
    return 0


def _list(args: argparse.Namespace, audit: AuditLog) -> int:
    filter = _filter(args)
    audit.append(Entry(event=Event.AUDIT_VIEWED, details={**filter.to_json(), "by": _account()}))
    rows = page(audit.engine, filter, before=args.before, limit=args.limit).rows
    if args.json:
        print(json.dumps([row.to_json() for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(_line(row))
    return 0


def _export(args: argparse.Namespace, audit: AuditLog) -> int:
    filter = _filter(args)
    audit.append(Entry(event=Event.AUDIT_EXPORTED, details={**filter.to_json(), "by": _account()}))
    try:
        with args.file.open("xb") as file:
            manifest = export(audit, filter, Format(args.format), file)
        beside = args.file.with_name(args.file.name + MANIFEST)
        beside.write_text(manifest.to_json(), encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(
            f"{args.file.name} cannot be written: {error.strerror}.", "Choose another name."
        ) from error
    print(f"{manifest.count:,} events in {args.file}; {beside.name} proves them.")
    return 0


def _verify(args: argparse.Namespace, audit: AuditLog) -> int:
    def progress(done: int, total: int) -> None:
        print(f"\r{done:,} of {total:,} events", end="", file=sys.stderr, flush=True)

    shown = args.full and sys.stderr.isatty()
    result = verify(audit, full=args.full, progress=progress if shown else None)
    if shown:
        print(file=sys.stderr)
    if args.json:
        print(json.dumps({**dataclasses.asdict(result), "words": result.words}, ensure_ascii=False))
    else:
        print(f"{result.state.upper()}. {result.words}")
    return result.exit_code


def _verify_export(args: argparse.Namespace, audit: AuditLog) -> int:
    problems = verify_export(audit, args.export)
    if args.json:
        print(json.dumps({"state": "broken" if problems else "intact", "problems": problems}))
    else:
        print("\n".join(problems) or f"{args.export.name} is complete and unchanged.")
    return 1 if problems else 0


def _line(row: AuditRow) -> str:
    subject = " ".join(part for part in (row.use_case, row.record_id, row.model) if part)
    parts = (row.username or row.source or "", row.event, row.outcome or "", subject)
    line = f"{row.seq:>8}  {row.at:%Y-%m-%d %H:%M:%S}  {parts[0]:<16} {parts[1]:<22} {parts[2]:<10} {parts[3]}"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line).rstrip()


def _add_filters(parser: argparse.ArgumentParser) -> None:
    for name in FILTERS:
        extra = " (UTC unless it says otherwise)" if name in ("since", "until") else ""
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=f"only this {name}{extra}")


def _filter(args: argparse.Namespace) -> Filter:
    try:
        return Filter.from_json({name: getattr(args, name) for name in FILTERS if getattr(args, name) is not None})
    except ValueError as error:
        hint = "Events look like analysis.asked, times like 2030-01-31T08:00."
        raise InvalidRequest(f"This filter is not understood: {error}.", hint) from error


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in containers
        return "unknown"
