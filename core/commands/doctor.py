"""`python -m core doctor`: everything that can be wrong with an installation, by name, with what to do."""

from __future__ import annotations

import argparse
import dataclasses
import json
from contextlib import ExitStack, closing
from itertools import groupby

from core.bootstrap import open_application, open_databases
from core.errors import RecordAnalystError, SettingsError
from core.health import Finding, Level, check, check_business, check_disk
from core.settings import Settings, read_settings
from core.use_cases import UseCases

SIGNS = {Level.OK: "ok  ", Level.WARNING: "look", Level.DOWN: "DOWN"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON array of findings")


def run(args: argparse.Namespace) -> int:
    """Returns 1 when anything is down, else 0."""
    findings = diagnose()
    if args.json:
        print(json.dumps([dataclasses.asdict(one) for one in findings], indent=2, ensure_ascii=False))
    else:
        for area, group in groupby(findings, key=lambda one: one.area):
            print(area)
            for one in group:
                print(f"  {SIGNS[one.level]}  {one.subject}: {one.text}")
                if one.remedy:
                    print(f"        {one.remedy}")
    return int(any(one.level is Level.DOWN for one in findings))


def diagnose() -> list[Finding]:
    """Opens the product as it would start; what keeps it from starting is a finding, and the rest is asked still."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return [Finding("Settings", "secrets.toml and environment", Level.DOWN, error.message, error.hint)]
    well = Finding("Settings", "secrets.toml and environment", Level.OK, "Can be read, and every key is known.")
    try:
        with closing(open_application(settings)) as app:
            return [
                well,
                *check(
                    app.engine,
                    app.audit,
                    app.databases,
                    app.use_cases,
                    app.catalogue,
                    settings.var,
                    settings.auth,
                    deep=True,
                ),
            ]
    except RecordAnalystError as error:
        start = Finding("Start", "Record Analyst", Level.DOWN, error.message, error.hint)
    except OSError as error:
        text = f"The data folder cannot be used: {(error.strerror or 'unknown reason').lower()}."
        start = Finding("Start", "Record Analyst", Level.DOWN, text, "Make it writable, or name another one.")
    return [well, start, *_without_the_product(settings)]


def _without_the_product(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    with ExitStack() as stack:
        try:
            databases = open_databases(settings)
        except SettingsError as error:
            findings.append(Finding("Business databases", "settings", Level.DOWN, error.message, error.hint))
        else:
            for database in databases.values():
                stack.callback(database.close)
            findings += check_business(databases, UseCases(settings.prompts, settings.use_case_databases), deep=True)
    return [*findings, *([check_disk(settings.var)] if settings.var.exists() else [])]
