"""`python -m core erase …`: erase what analyses of one record hold, on request."""

from __future__ import annotations

import argparse

from core.accounts.command import operator
from core.audit.opening import opened_audit_log
from core.retention import erase_record
from core.settings import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record_id", metavar="RECORD_ID", help="as it was asked about")
    parser.add_argument("--use-case", metavar="NAME", help="only analyses of this use case (default: all)")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="kept in the audit log")


def run(args: argparse.Namespace) -> int:
    with opened_audit_log(read_settings()) as audit:
        erased = erase_record(audit, operator(), args.record_id, args.use_case, args.reason)
    print(
        f"{erased} {'analysis' if erased == 1 else 'analyses'} of {args.record_id!r} erased. The audit log stays whole."
    )
    return 0
