"""`--set NAME=VALUE`, for every command that calls a procedure with further parameters."""

from __future__ import annotations

import argparse


def add_set_option(parser: argparse.ArgumentParser) -> None:
    """What was given is in `parameters`, as pairs of name and value."""
    parser.add_argument(
        "--set",
        dest="parameters",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a further parameter of the procedure; may be given several times",
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} names no value: write NAME=VALUE")
    return name, value
