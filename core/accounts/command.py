"""`python -m core users …`: the accounts, for whoever may run commands on this machine."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from core.accounts.user import Actor, Role, User
from core.accounts.users import Account, Users
from core.audit.opening import opened_audit_log
from core.errors import InvalidRequest
from core.settings import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="show all accounts")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    adding = actions.add_parser("add", help="add an account; its password is asked for")
    adding.add_argument("username", metavar="USER", help="letters a to z, digits and . _ @ -")
    adding.add_argument("--name", metavar="NAME", help="as shown (default: the user name)")
    adding.add_argument("--role", choices=[role.value for role in Role], default=Role.ANALYST.value)
    role = actions.add_parser("set-role", help="change what somebody may do; signs them out")
    role.add_argument("username", metavar="USER")
    role.add_argument("role", choices=[role.value for role in Role])
    reset = actions.add_parser("reset-password", help="set a new password; signs them out and ends a lock")
    reset.add_argument("username", metavar="USER")
    reset.add_argument("--keep-keys", action="store_true", help="leave their API keys as they are")
    for action, help in (("disable", "shut an account; signs them out"), ("enable", "open it again")):
        actions.add_parser(action, help=help).add_argument("username", metavar="USER")
    for one in (adding, reset):
        one.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(args: argparse.Namespace, users: Users | None = None) -> int:
    """Runs one action on `users`, or on the state database of the settings. Raises RecordAnalystError."""
    if users is not None:
        return _run(args, users)
    with opened_audit_log(read_settings()) as audit:
        return _run(args, Users(audit.engine, audit))


def _run(args: argparse.Namespace, users: Users) -> int:
    by = operator()
    match args.action:
        case "list":
            for account in users.list():
                print(json.dumps(_as_json(account), ensure_ascii=False) if args.json else _line(account))
        case "add":
            name = args.name or args.username
            account = users.add(by, args.username, name, Role(args.role), _password(args.password_stdin))
            print(f"{account.user.username} can sign in as {account.user.role}.")
        case "set-role":
            users.set_role(by, args.username, Role(args.role))
            print(f"{args.username} is {args.role} now.")
        case "reset-password":
            users.get(args.username)
            users.reset_password(by, args.username, _password(args.password_stdin), revoke_keys=not args.keep_keys)
            kept = "API keys still work" if args.keep_keys else "API keys are revoked"
            print(f"{args.username} has a new password and is signed out everywhere; their {kept}.")
        case "disable":
            users.disable(by, args.username)
            print(f"{args.username} is disabled and signed out everywhere.")
        case _:
            users.enable(by, args.username)
            print(f"{args.username} may sign in again.")
    return 0


def operator() -> Actor:
    """The account of the operating system; the colon keeps it apart from users of the product."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in containers
        name = "unknown"
    return Actor(User(f"os:{name}", name, Role.ADMIN), signed_in_by="cli", source="cli")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("Again: ")
    except EOFError as error:
        raise InvalidRequest("No password was given.", "Type it, or pass --password-stdin.") from error
    if password != again:
        raise InvalidRequest("The two passwords differ.", "Type the same one twice.")
    return password


def _as_json(account: Account) -> dict[str, str | bool | None]:
    user = account.user
    return {
        "username": user.username,
        "name": user.name,
        "role": user.role.value,
        "demo": account.demo,
        "disabled_at": account.disabled_at.isoformat() if account.disabled_at else None,
        "last_sign_in_at": account.last_sign_in_at.isoformat() if account.last_sign_in_at else None,
        "created_at": account.created_at.isoformat(),
    }


def _line(account: Account) -> str:
    seen = f"{account.last_sign_in_at:%Y-%m-%d %H:%M}" if account.last_sign_in_at else "never signed in"
    state = "disabled" if account.disabled_at else ("demo" if account.demo else "")
    user = account.user
    return f"{user.username:<24} {user.role.value:<8} {state:<8} {seen:<16} {user.name}".rstrip()
