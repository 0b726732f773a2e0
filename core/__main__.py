"""The command line: `python -m core COMMAND`. Data goes to stdout, progress and errors to stderr."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys

from core.commands.exit_codes import STOPPED, exit_code
from core.errors import RecordAnalystError

COMMANDS = {
    "serve": ("core.commands.serve", "prepare everything and open the app"),
    "use-cases": ("core.commands.use_cases", "list what can be asked"),
    "use-case": ("core.commands.use_case", "write, check and try the file of one use case"),
    "analyze": ("core.commands.analyze", "ask about one record"),
    "samples": ("core.commands.samples", "load the sample business into a database of your own"),
    "doctor": ("core.commands.doctor", "check settings, databases, use cases and model servers"),
    "audit": ("core.audit.command", "list, verify and export the audit log"),
    "backup": ("core.commands.backup", "copy the state, its keys and checkpoints into a folder"),
    "restore": ("core.commands.restore", "put a backup into an empty database"),
    "erase": ("core.commands.erase", "erase what analyses of a record hold"),
    "users": ("core.accounts.command", "add and change accounts"),
    "keys": ("core.accounts.command_keys", "add, list and revoke API keys"),
    "evidence": ("core.evidence.command", "check an answer against a record"),
}


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m core", description="Record Analyst on the command line.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if arguments[:1] == [name]:  # only its own imports are paid for
            importlib.import_module(module).add_arguments(subparser)
    args = parser.parse_args(arguments)
    try:
        return importlib.import_module(COMMANDS[args.command][0]).run(args)
    except RecordAnalystError as error:
        logging.getLogger(__name__).debug("command failed", exc_info=error)
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return exit_code(error)
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # the reader went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
