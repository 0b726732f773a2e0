"""`python -m core use-cases`: what can be asked."""

from __future__ import annotations

import argparse
import json
import sys

from core.settings import read_settings
from core.use_cases import UseCases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")


def run(args: argparse.Namespace) -> int:
    settings = read_settings()
    use_cases = UseCases(settings.prompts, settings.use_case_databases)
    found = use_cases.all()
    if args.json:
        lines = [
            {
                "name": one.name,
                "title": one.title,
                "question": one.question,
                "record_id_label": one.record_id.label,
                "example": one.record_id.example,
                "roles": sorted(one.roles),
                "sensitivity": one.sensitivity,
                "purpose": one.purpose,
            }
            for one in found
        ]
        print(json.dumps(lines, indent=2, ensure_ascii=False))
    else:
        print(f"{'NAME':<20} {'TITLE':<20} {'RECORD ID':<20} {'EXAMPLE':<16} ROLES")
        for one in found:
            label, example, roles = one.record_id.label, one.record_id.example, ", ".join(sorted(one.roles))
            print(f"{one.name:<20} {one.title:<20} {label:<20} {example:<16} {roles}")
    for broken in use_cases.broken():
        print(f"{broken.message}. {broken.hint}", file=sys.stderr)
    return 0
