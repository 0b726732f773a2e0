"""`python -m core keys …`: the API keys, for whoever may run commands on this machine."""

from __future__ import annotations

import argparse
import json
import sys

from core.accounts.api_keys import ApiKey, ApiKeys
from core.accounts.command import operator
from core.accounts.user import Role
from core.audit.opening import opened_audit_log
from core.errors import InvalidRequest
from core.settings import read_settings
from core.use_cases import UseCases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="make a key; it is printed once and kept nowhere")
    adding.add_argument("username", metavar="USER", help="in whose name the key acts")
    adding.add_argument("name", metavar="NAME", help="what the key is for")
    adding.add_argument("--role", choices=[role.value for role in Role], default=Role.ANALYST.value)
    adding.add_argument("--use-case", action="append", metavar="NAME", help="only this one; may be given several times")
    adding.add_argument("--days", type=int, default=90, metavar="N", help="until it expires (default: 90)")
    listing = actions.add_parser("list", help="show all keys, without their secret")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    actions.add_parser("revoke", help="end a key").add_argument(
        "prefix", metavar="KEY", help="its beginning, as `list` shows it"
    )


def run(args: argparse.Namespace, keys: ApiKeys | None = None) -> int:
    """Runs one action on `keys`, or on the state database of the settings. Raises RecordAnalystError."""
    settings = read_settings()
    if args.action == "add":
        for name in args.use_case or ():
            UseCases(settings.prompts).get(name)
    if keys is not None:
        return _run(args, keys)
    with opened_audit_log(settings) as audit:
        return _run(args, ApiKeys(audit.engine, audit))


def _run(args: argparse.Namespace, keys: ApiKeys) -> int:
    match args.action:
        case "list":
            for key in keys.list():
                print(json.dumps(_as_json(key), ensure_ascii=False) if args.json else _line(key))
        case "add":
            secret, made = keys.create(
                operator(), args.username, args.name, Role(args.role), args.use_case, days=args.days
            )
            print(secret)
            print(f"It works until {made.expires_at:%Y-%m-%d} and is shown only now.", file=sys.stderr)
        case _:
            found = [key for key in keys.list() if key.prefix == args.prefix and key.revoked_at is None]
            if len(found) != 1:
                raise InvalidRequest("There is no such key.", "See `keys list`; a key is named by its beginning.")
            keys.revoke(operator(), found[0].key_id)
            print(f"{args.prefix} ({found[0].name}) does not work any more.")
    return 0


def _as_json(key: ApiKey) -> dict[str, str | list[str] | None]:
    return {
        "key": key.prefix,
        "name": key.name,
        "username": key.username,
        "role": key.role.value,
        "use_cases": list(key.use_cases) if key.use_cases is not None else None,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def _line(key: ApiKey) -> str:
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
    until = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
    scope = ", ".join(key.use_cases) if key.use_cases is not None else "all use cases"
    return f"{key.prefix}  {key.username:<24} {key.role.value:<8} {until:<17} {used:<16} {key.name} ({scope})"
