"""`python -m core backup FOLDER`: the state database, the audit log's keys and its checkpoints, into a new folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import make_url

from core.backup import back_up
from core.settings import read_settings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new one; it holds secrets")


def run(args: argparse.Namespace) -> int:
    settings = read_settings()
    if settings.database_url is not None:
        owner = make_url((settings.database_owner_url or settings.database_url).get_secret_value())
        back_up(owner, settings.var, args.folder)
    else:
        with EmbeddedPostgres.start(settings.var) as postgres:
            back_up(postgres.url("owner", STATE_DATABASE), settings.var, args.folder)
    print(f"{args.folder} holds the database, the keys and the checkpoints. Keep the keys apart from the database.")
    return 0
