"""Tokens back to the values they stand for, for eyes that may see them."""

from __future__ import annotations

import re
from dataclasses import replace

from core.accounts.user import Role
from core.masking.masked_record import MaskedRecord, Tokens
from core.masking.token_book import PARTS, plain_token
from core.records.record import Record, Value
from core.use_cases import UseCase

_HYPHEN = r"\\?[-\u2010-\u2015]"
_TAIL = re.compile(r"[A-Za-z0-9\\\u2010-\u2015-]*\Z")
_BEFORE = 4  # characters before a token that decide whether it is one
_AFTER = 2  # characters after it


class Unmasker:
    """Puts values back into a text that arrives in chunks, whatever way it is cut.

    Holds back only what could still become a token: about the last word. The joined output equals
    `unmask(whole, tokens)`.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._values = {plain_token(token): value for token, value in tokens.items()}
        self._pattern = _pattern(tokens)
        self._longest = max((2 * len(token) for token in tokens), default=0) + _BEFORE + _AFTER
        self._held = ""
        self._seen = 0  # characters at the start of `_held` that are out already, kept for what they decide

    def feed(self, chunk: str) -> str:
        return self._put_back(chunk, final=False)

    def end(self) -> str:
        """The rest. The unmasker can take a new text then."""
        rest = self._put_back("", final=True)
        self._held, self._seen = "", 0
        return rest

    def _put_back(self, chunk: str, *, final: bool) -> str:
        if self._pattern is None:
            return chunk
        text = self._held + chunk
        until = len(text) if final else self._certain(text)
        out: list[str] = []
        done = self._seen
        for match in self._pattern.finditer(text, done):
            value = self._values.get(plain_token(match[0]))
            if match.start() >= until:
                break
            if value is not None:
                out += [text[done : match.start()], value]
                done = match.end()
        until = max(until, done)
        out.append(text[done:until])
        kept = max(0, until - _BEFORE)
        self._held, self._seen = text[kept:], until - kept
        return "".join(out)

    def _certain(self, text: str) -> int:
        """Where a token can begin at the latest without its end being here."""
        start = max(self._seen, len(text) - self._longest)
        match = _TAIL.search(text, start)
        return match.start() if match else len(text)


def unmask(text: str, tokens: Tokens) -> str:
    """`text` with every token replaced by its value: in any case, escaped for Markdown, with `'s` or `s` behind it.

    A token inside a longer one or inside a word is left alone: NAME-1 is not part of NAME-12.
    """
    unmasker = Unmasker(tokens)
    return unmasker.feed(text) + unmasker.end()


def unmask_record(masked: MaskedRecord) -> Record:
    """The record with its tokens put back, as text. What was dropped, generalised or hashed stays so."""
    if not masked.tokens:
        return masked.record
    unmasker = Unmasker(masked.tokens)

    def put_back(cell: Value) -> Value:
        return unmasker.feed(cell) + unmasker.end() if isinstance(cell, str) else cell

    sets = (
        replace(result_set, rows=tuple(tuple(put_back(cell) for cell in row) for row in result_set.rows))
        for result_set in masked.record.result_sets
    )
    return replace(masked.record, result_sets=tuple(sets))


def may_unmask(role: Role, use_case: UseCase) -> bool:
    """Who may ask a use case about a record may see the values behind its tokens; everybody else sees tokens."""
    return role in use_case.roles


def _pattern(tokens: Tokens) -> re.Pattern[str] | None:
    if not tokens:
        return None
    whole = (re.sub(rf"-({'|'.join(PARTS)})$", "", token) for token in tokens)
    labels = sorted({token.rpartition("-")[0] for token in whole}, key=len, reverse=True)
    names = "|".join(_HYPHEN.join(label.split("-")) for label in labels)
    part = rf"(?:{_HYPHEN}(?:{'|'.join(PARTS)})(?=s?(?![^\W_])))?"
    before = r"(?<![^\W_])(?<![^\W_][-\u2010-\u2015])(?<![^\W_]\\[-\u2010-\u2015])"
    return re.compile(rf"{before}(?ai:(?:{names}){_HYPHEN}[0-9]{{1,9}}{part})(?=s?(?![^\W_]))")
