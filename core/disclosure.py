"""Whether an answer gives away what only the model was told: then something in the record may have steered it.

Each request carries a canary, a mark after the record that no answer has a reason to repeat. Nobody who writes into a
record can know it, and the same record and question have the same one: the same request makes the same prompt. The
instructions themselves are looked for too, as runs of words.
"""

from __future__ import annotations

import hmac
import re
from enum import StrEnum

from core.masking import MaskedRecord
from core.prompts import Prompt

RUN = 12  # words in a row that no answer shares with the instructions by chance
WORD = re.compile(r"\w+")


class Disclosed(StrEnum):
    CANARY = "canary"
    INSTRUCTIONS = "instructions"


WARNING = (
    "This answer repeats its own instructions. A text in the record may have steered the model: "
    "read the record itself before you use any of this."
)


def canary_for(masked: MaskedRecord, key: bytes) -> str:
    """Sixteen hex digits that follow from the record, the question and the installation's key. Putting a known one into
    the record makes it another."""
    sets = [(one.name, one.column_names, one.rows) for one in masked.record.result_sets]
    content = "\0".join((masked.record.record_id, repr(sets), masked.question))
    return hmac.digest(key, b"canary\0" + content.encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


def disclosed(answer: str, prompt: Prompt) -> Disclosed | None:
    """What of the prompt the answer gives away; None when nothing."""
    if prompt.canary and prompt.canary in "".join(WORD.findall(answer.lower())):
        return Disclosed.CANARY
    instructions = _runs("\n".join(one.content for one in prompt.messages if one.role == "system"))
    return Disclosed.INSTRUCTIONS if instructions & _runs(answer) else None


def _runs(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}
