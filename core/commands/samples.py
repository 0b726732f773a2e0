"""`python -m core samples load --database NAME`: the sample business in a database of your own."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import make_url

from core.errors import DatabaseUnavailable, RecordAnalystError, SettingsError
from core.records.procedures import Database
from core.sample_databases import load_samples
from core.settings import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("load", help="tables, data, six procedures and a login that may only execute them")
    load.add_argument("--database", required=True, metavar="NAME", help="a database of the settings with an owner_url")


def run(args: argparse.Namespace) -> int:
    name, databases = args.database, read_settings().databases
    if name not in databases:
        known = ", ".join(sorted(databases)) or "none"
        raise SettingsError(f"There is no database {name} in the settings.", f"Known are: {known}.")
    settings = databases[name]
    if settings.owner_url is None:
        raise SettingsError(
            f"Database {name} has no owner_url.",
            f"Add one to [databases.{name}]: a login that may create tables, procedures and users. Only this command"
            " uses it.",
        )
    login, owner = make_url(settings.url.get_secret_value()), make_url(settings.owner_url.get_secret_value())
    dialect = Database(name, owner).dialect  # says which kinds of database there are, and what their errors mean
    try:
        load_samples(owner, login, lambda text: print(f"{text} …", file=sys.stderr))
    except RecordAnalystError:
        raise
    except Exception as error:
        told = dialect.translate(error, "of the sample")
        if isinstance(told, DatabaseUnavailable):
            raise told from error
        raise SettingsError(
            f"The database refused a statement: {str(error).splitlines()[0][:300]}",
            "The login of owner_url must be allowed to create tables, procedures and users.",
        ) from error
    print(f"The sample business is in {name}. To run the six use cases on it, add to the settings:")
    print(f'use_case_databases = {{ sample = "{name}" }}')
    return 0
