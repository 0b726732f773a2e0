"""MaskedRecord + UseCase → Prompt that fits the model's context window.

What never changes comes first, the record next, the task or the question last: engines reuse the longest common
beginning, so a second question about the same record starts to answer much sooner.

The record is fenced by a tag that carries the start of the SHA-256 of what it encloses. Data cannot forge the end of
its own fence, and the same record always makes the same prompt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from core.cutting import fit
from core.masking import MaskedRecord
from core.models.model import Message
from core.models.tokens import guess, guess_instructions
from core.use_cases import UseCase

ANSWER_TOKENS = 1_024  # kept free in the window
FENCE_TOKENS = 100  # around the record, with a record ID of usual length
EXACT_UP_TO = 200_000  # characters; longer texts are measured by a part of them, and none of them fits a real window
TASK = "Analyse the record above as described. Write the answer now."
MARK = "[mark {canary} of this request: not part of the record, never to be written]\n\n"
MARKED = re.compile(r"\[mark ([0-9a-f]{16}) of this request:")
QUESTION = "The analyst asks: {question}\nAnswer it from the record above, in the same shape where it fits."
CONTINUE = "Your answer was cut off. Go on exactly where it ended, be it within a word, and repeat nothing."
LEFT_OUT = "(This earlier answer is left out.)"


@dataclass(frozen=True, slots=True)
class Prompt:
    messages: tuple[Message, ...]
    context_length: int  # tokens; sent as num_ctx
    left_out: tuple[str, ...] = ()  # what was cut to fit, in words
    canary: str = ""  # a mark that no answer has a reason to repeat; see core.disclosure
    answer_tokens: int = ANSWER_TOKENS  # what the window has left for the answer, cautiously counted

    @property
    def characters(self) -> int:
        return sum(len(message.content) for message in self.messages)

    @property
    def hash(self) -> str:
        """SHA-256 over roles and contents, hex."""
        digest = hashlib.sha256()
        for message in self.messages:
            for part in (message.role, message.content):
                encoded = part.encode("utf-8", "surrogatepass")
                digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said about a record so far: the first task, then answers and questions in turn, an answer last."""

    task: str
    messages: tuple[Message, ...]


def talk(prompt: Sequence[Message], answer: str) -> Talk:
    """The talk that an analysis left: the prompt that was sent, and the answer to it."""
    said = list(prompt)
    if said[-1].content == CONTINUE:  # the answer holds what was to be continued
        del said[-2:]
    task = re.split(r"^</record-[0-9a-f]{8}>\n\n", said[1].content, maxsplit=1, flags=re.MULTILINE)[-1]
    return Talk(task, (*said[2:], Message("assistant", answer)))


def fill(
    masked: MaskedRecord,
    use_case: UseCase,
    context_length: int,
    *,
    share: float = 1.0,
    earlier: Talk | None = None,
    canary: str = "",
) -> Prompt:
    """The prompt for one record: with the analyst's question if there is one, after what was said before.

    With an `earlier` talk and no question, the last answer is to be continued. Cuts by rule what does not fit (see
    core.cutting), and the oldest earlier answers when they take more than half of the window. `share`: tokens of this
    model per guessed token (see core.models.tokens). Raises PromptTooLong.
    """
    asked = masked.question.strip()
    task = QUESTION.format(question=asked) if asked else CONTINUE if earlier else TASK
    if task is CONTINUE and earlier:
        found = MARKED.match(earlier.task)
        canary = found[1] if found else ""
    elif canary:  # after the record: engines go on from what they remember of it
        task = MARK.format(canary=canary) + task
    room = context_length - min(ANSWER_TOKENS, context_length // 4)

    @cache  # the same texts are measured again when all is put together
    def tokens(text: str) -> float:
        if len(text) > EXACT_UP_TO:
            return guess(text[:EXACT_UP_TO]) * share * len(text) / EXACT_UP_TO
        return guess(text) * share

    system = Message("system", _instructions(use_case))
    said, notes = _shorten(earlier.messages, tokens, room / 2) if earlier else ((), ())
    last = (Message("user", task),) if earlier else ()
    first_task = earlier.task if earlier else task
    around = guess_instructions(system.content) * share
    around += sum(tokens(message.content) for message in (*said, *last)) + tokens(first_task)
    body, left_out = fit(masked.record.result_sets, tokens, room - around - FENCE_TOKENS)
    record = Message("user", f"{fence(body, use_case.name, masked.record.record_id)}\n\n{first_task}")
    messages = (system, record, *said, *last)
    used = around + tokens(body) + tokens(fence("", use_case.name, masked.record.record_id))
    answer_tokens = max(1, context_length - int(used))
    return Prompt(messages, context_length, (*notes, *left_out), canary, answer_tokens)


def fence(body: str, use_case: str, record_id: str) -> str:
    tag = f"record-{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    attribute = re.sub(r'[<>"&\s]', "_", record_id)
    return f'<{tag} use_case="{use_case}" record_id="{attribute}">\n{body}</{tag}>'


def _shorten(
    said: tuple[Message, ...], tokens: Callable[[str], float], room: float
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """Leaves the oldest answers out until the rest fits. The last one stays: it is what the question is about."""
    kept, left_out = list(said), 0
    for place, message in enumerate(said[:-1]):
        if sum(tokens(one.content) for one in kept) <= room:
            break
        if message.role == "assistant":
            kept[place] = Message("assistant", LEFT_OUT)
            left_out += 1
    return tuple(kept), (f"{left_out} earlier answers." if left_out > 1 else "The first answer.",) if left_out else ()


def _instructions(use_case: UseCase) -> str:
    values = {
        "title": use_case.title,
        "question": use_case.question,
        "record_id_label": use_case.record_id.label,
    }
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: values[match[1]], use_case.prompt)
