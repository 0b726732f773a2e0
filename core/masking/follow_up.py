"""A further question about a record that was masked before: the record stays as it is, with the tokens it has."""

from __future__ import annotations

from dataclasses import replace

from core.errors import MaskingFailed
from core.masking.masked_record import MaskedRecord
from core.masking.masker import mask
from core.masking.policies import policies_of
from core.masking.unmasking import Unmasker, unmask_record
from core.use_cases import UseCase


def mask_question(
    masked: MaskedRecord, use_case: UseCase, question: str, *, key: bytes | None = None
) -> MaskedRecord | None:
    """`masked` with another question, masked like the record's texts; a value keeps the token it has.

    None when the record was masked by other policies than those of today: it must be fetched and masked anew then.
    Raises MaskingFailed.
    """
    if masked.policy_version != policies_of(use_case).version:
        return None
    if not question.strip():
        return replace(masked, question="")
    anew = mask(unmask_record(masked), use_case, question=question, key=key)
    known = {value: token for token, value in masked.tokens.items()}
    tokens = dict(masked.tokens)
    asked: dict[str, str] = {}  # a token of today -> the one that its value has had so far
    for token, value in anew.tokens.items():
        asked[token] = known.get(value) or _free(token, tokens)
        tokens.setdefault(asked[token], value)
    unmasker = Unmasker(asked)
    text = unmasker.feed(anew.question) + unmasker.end()
    if any(value in text for token, value in anew.tokens.items() if token in anew.question and len(value) > 2):
        raise MaskingFailed("The question could not be masked.")
    return replace(masked, question=text, tokens={t: v for t, v in tokens.items() if t in masked.tokens or t in text})


def _free(token: str, taken: dict[str, str]) -> str:
    label, _, number = token.rpartition("-")
    if not number.isdigit():  # a part of a name, such as NAME-1-LAST: told apart by its own number
        label, number = f"{token}", "1"
    at = int(number)
    while f"{label}-{at}" in taken:
        at += 1
    return f"{label}-{at}"
