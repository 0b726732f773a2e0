"""Passwords: what is accepted, and how they are kept.

The library for accounts is streamlit-authenticator, whose Hasher is `bcrypt.hashpw` and `bcrypt.checkpw` in one line
each. Importing any part of it imports Streamlit, which core does not, so bcrypt is called here directly; hashes go
both ways (a test checks it). Its own rule for passwords (8 to 20 characters of four kinds) is not ours.
"""

from __future__ import annotations

import functools
import re
import threading
from pathlib import Path

import bcrypt

from core.errors import InvalidRequest

LEAST = 12  # characters
MOST = 72  # bytes: bcrypt reads no more, so a longer one would be cut in silence
DISTINCT = 5  # different characters
ROUNDS = 12  # bcrypt's cost, as in streamlit-authenticator
COMMON = Path(__file__).parent / "common_passwords.txt"
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)

# A hash keeps a core busy for a quarter of a second: a flood of sign-ins must not take them all.
_slots = threading.BoundedSemaphore(2)


def check_new_password(password: str, *personal: str) -> None:
    """Raises InvalidRequest with the one thing to change. `personal`: names that must not make up the password."""
    problem = _problem(password, personal)
    if problem:
        raise InvalidRequest(problem, "A sentence of four or more words is easy to remember and hard to guess.")


def hash_password(password: str) -> str:
    """For `users.password_hash`. `password` has passed check_new_password."""
    with _slots:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(ROUNDS)).decode()


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together; takes the same time for None, which stands for a user who does not exist."""
    typed = password.encode("utf-8", "replace")
    with _slots:
        try:
            found = bcrypt.checkpw(typed[:MOST], (password_hash or _nobody(ROUNDS)).encode())
        except ValueError:  # no hash at all: an account that nobody can sign in to
            found = False
            bcrypt.checkpw(typed[:MOST].replace(b"\0", b""), _nobody(ROUNDS).encode())
    return found and password_hash is not None and len(typed) <= MOST


@functools.cache
def _nobody(rounds: int) -> str:
    """The hash that unknown users are checked against."""
    return bcrypt.hashpw(bcrypt.gensalt(4), bcrypt.gensalt(rounds)).decode()


def _problem(password: str, personal: tuple[str, ...]) -> str | None:
    if len(password) < LEAST:
        return f"The password is shorter than {LEAST} characters."
    if len(password.encode("utf-8", "replace")) > MOST:
        return f"The password is longer than {MOST} bytes."
    if "\0" in password:
        return "The password holds a character that cannot be typed."
    if len(set(password)) < DISTINCT:
        return "The password repeats a few characters."
    folded = password.casefold()
    if _is_common(folded):
        return "This password is among the first that are tried."
    rest = folded
    for part in sorted({part for name in personal for part in _parts(name)}, key=len, reverse=True):
        rest = rest.replace(part, "")
    if len(rest) < LEAST // 2:
        return "The password is little more than your name."
    return None


def _is_common(folded: str) -> bool:
    known = _common()
    stem = re.sub(r"^[^a-z]+|[^a-z]+$", "", folded)
    return folded in known or stem in known or _repeats(stem, known) or _runs(folded)


def _repeats(stem: str, known: frozenset[str]) -> bool:
    """`passwordpassword`."""
    return any(
        stem == stem[:length] * (len(stem) // length) and stem[:length] in known
        for length in range(4, len(stem) // 2 + 1)
        if len(stem) % length == 0
    )


def _runs(folded: str) -> bool:
    """`abcdefghijkl`, `987654321098`, `qwertyuiopas`."""
    return any(folded in run or folded[::-1] in run for run in RUNS)


def _parts(name: str) -> list[str]:
    """A name and its longer words."""
    folded = name.casefold()
    return [part for part in [folded, *re.split(r"[\s._@-]+", folded)] if len(part) > 3]


@functools.cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
