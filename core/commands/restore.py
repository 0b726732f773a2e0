"""`python -m core restore FOLDER`: a backup into an empty database and folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import make_url

from core.backup import restore
from core.settings import read_settings
from core.store.embedded import STATE_DATABASE, EmbeddedPostgres


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what `backup` wrote")


def run(args: argparse.Namespace) -> int:
    settings = read_settings()
    if settings.database_url is not None:
        app = make_url(settings.database_url.get_secret_value())
        owner = make_url((settings.database_owner_url or settings.database_url).get_secret_value())
        restore(args.folder, owner, str(app.username), settings.var)
    else:
        with EmbeddedPostgres.start(settings.var) as postgres:
            restore(args.folder, postgres.url("owner", STATE_DATABASE), "app", settings.var)
    print("Restored. Run `python -m core audit verify --full` now.")
    return 0
