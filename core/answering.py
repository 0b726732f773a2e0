"""One answer from a model: a prompt that fits its window, a turn in its server's queue, the stream.

The same model may stand on several servers. Another one is asked only before the first token: an answer is never half
of one and half of another.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from core.disclosure import WARNING, disclosed
from core.errors import ModelError, ModelFailed, ModelTimedOut, PromptTooLong
from core.evidence.text.sentences import sentences
from core.evidence.verdict import CheckedClaim, Evidence
from core.masking import MaskedRecord
from core.models.model import Chunk, ModelInfo, ModelServer, Usage
from core.parts import Checker, Parts
from core.prompts import Prompt
from core.steps import Checked, Earlier, Prompted, Request, Result, Stage, Step, Stopped, Text, Thinking, Warned
from core.use_cases import UseCase

AHEAD = 32  # characters after a full stop that show whether it ended a sentence
SENTENCE_END = re.compile(r"[.!?;…]\W*\s")

Candidates = Sequence[tuple[ModelServer, ModelInfo]]


@dataclass(frozen=True, slots=True)
class Work:
    """A request that was accepted, and what whoever works on it needs."""

    request: Request
    use_case: UseCase
    record_id: str
    parts: Parts
    result: Result
    stop: threading.Event
    began: float  # time.monotonic()


def answer(work: Work, candidates: Candidates, masked: MaskedRecord, earlier: Earlier | None) -> Iterator[Step]:
    """The answer of the first candidate that begins one, put into `work.result` with what it took."""
    deadline = time.monotonic() + work.parts.model_seconds(work.use_case)
    checker = cache(lambda: work.parts.checker(masked.record))  # its index is made while the model is already at work
    continued = earlier.answer if earlier and not work.request.question else ""
    if continued:
        yield Text(continued)
    left = list(candidates)
    while True:
        server, info = left.pop(0)
        try:
            try:
                yield from _from_one(work, server, info, masked, earlier, continued, checker, deadline)
            except BaseException:  # a stop too; whoever reads the half that is there sees marks
                work.result.evidence = _of_what_there_is(work.result.answer, checker)
                raise
            break
        except (ModelTimedOut, PromptTooLong):
            raise
        except ModelError as error:
            if not left or work.result.first_token_ms is not None:
                raise
            yield warn(
                work.result,
                f"{info.name} on {server.name} gave no answer, so another server was asked. {error.message}",
            )
    usage = work.result.usage
    if usage and work.result.prompt:
        if warning := _learn(work.parts, work.result.prompt, info, usage):
            yield warn(work.result, warning)
        if usage.done_reason == "length":
            yield warn(work.result, "The answer was cut off: the model reached its length limit.")
    if not work.result.answer[len(continued) :].strip():
        raise ModelFailed("The model gave an empty answer.")
    if work.result.prompt:
        work.result.disclosed = disclosed(work.result.answer, work.result.prompt)
    if work.result.disclosed:
        yield warn(work.result, WARNING)
    yield Stage("checking", "Checking every figure")
    work.result.evidence = checker().check(work.result.answer)
    yield Checked(work.result.evidence)


def _from_one(
    work: Work,
    server: ModelServer,
    info: ModelInfo,
    masked: MaskedRecord,
    earlier: Earlier | None,
    continued: str,
    checker: Callable[[], Checker],
    deadline: float,
) -> Iterator[Step]:
    result, parts = work.result, work.parts
    result.model = info
    with parts.queue(server.name, work.request.actor.user.username) as place:
        prompt = yield from _prompt(work, info, masked, earlier)
        while ahead := place.wait(0.1):
            _raise_if_over(work.stop, deadline)
            yield Stage("waiting", _waiting(info, ahead, place.expected_seconds))
        yield (
            Stage("reading", f"{info.name} reads the record")
            if info.loaded
            else Stage("loading", f"Loading {info.name}")
        )
        try:
            yield from _stream(work, _chat(work, server, info, prompt, deadline), continued, checker)
        except PromptTooLong:  # its tokenizer makes more of this text than we guessed
            parts.tokens.too_long(info.id)
            prompt = yield from _prompt(work, info, masked, earlier)
            yield from _stream(work, _chat(work, server, info, prompt, deadline), continued, checker)


def _of_what_there_is(answer: str, checker: Callable[[], Checker]) -> Evidence | None:
    """The evidence of an answer that broke off: what stands at its very end may be half of a figure."""
    if not answer.strip():
        return None
    whole = len(answer.rstrip())
    return Evidence(tuple(claim for claim in checker().check(answer).claims if claim.end < whole))


def _prompt(
    work: Work, info: ModelInfo, masked: MaskedRecord, earlier: Earlier | None
) -> Generator[Step, None, Prompt]:
    talk = earlier.talk if earlier else None
    share = work.parts.tokens.share(info.id)
    prompt = work.result.prompt = work.parts.fill(masked, work.use_case, info, share, talk)
    yield Prompted(prompt, info)
    for note in prompt.left_out:
        yield warn(work.result, f"Left out of the prompt to fit the model's window: {note}")
    return prompt


def _chat(work: Work, server: ModelServer, info: ModelInfo, prompt: Prompt, deadline: float) -> Generator[Chunk]:
    options = work.result.options = work.parts.model_options(work.use_case)
    return server.chat(
        info.name,
        prompt.messages,
        context_length=prompt.context_length,
        answer_tokens=prompt.answer_tokens,
        options=options,
        deadline=deadline,
        stop=work.stop,
    )


def _stream(work: Work, chunks: Generator[Chunk], continued: str, checker: Callable[[], Checker]) -> Iterator[Step]:
    """`continued`: what the answer begins with, which was written before."""
    result = work.result
    pieces: list[str] = [continued]
    thoughts: list[str] = []
    claims: list[CheckedClaim] = []
    length = judged = 0
    unjudged = continued  # what stands after `judged`
    try:
        for chunk in chunks:
            if work.stop.is_set():
                raise Stopped
            if result.first_token_ms is None and (chunk.text or chunk.thinking):
                result.first_token_ms = (time.monotonic() - work.began) * 1000
                yield Stage("writing", f"{result.model.name if result.model else 'The model'} writes")
            if chunk.thinking:
                thoughts.append(chunk.thinking)
                length += len(chunk.thinking)
                yield Thinking(chunk.thinking)
            if chunk.text:
                pieces.append(chunk.text)
                length += len(chunk.text)
                yield Text(chunk.text)
                unjudged += chunk.text
                if whole := settled(unjudged, len(chunk.text)):
                    judged, unjudged = judged + whole, unjudged[whole:]
                    claims += checker().check_from("".join(pieces)[:judged], judged - whole).claims
                    yield Checked(Evidence(tuple(claims)))
            if length > work.parts.answer_characters:
                raise ModelFailed(f"The answer grew beyond {work.parts.answer_characters:,} characters and was ended.")
            if chunk.usage:
                result.usage = chunk.usage
        if work.stop.is_set():
            raise Stopped
    finally:
        chunks.close()  # closes the HTTP stream, on which the server stops generating
        result.answer, result.thinking = "".join(pieces), "".join(thoughts)


def settled(text: str, new: int) -> int:
    """How many characters of `text` can be judged, its last `new` ones just written: its whole lines, or its sentences
    once the words after them have shown that they are whole ("approx." ends none). 0: no more than before."""
    line = text.rfind("\n") + 1
    known = len(text) - AHEAD
    if line or not SENTENCE_END.search(text, max(0, known - new - 2), max(0, known)):
        return line
    return max((one.start for one in sentences(text) if one.start <= known), default=0)


def _learn(parts: Parts, prompt: Prompt, info: ModelInfo, usage: Usage) -> str | None:
    """Learns from what the server counted; returns a warning when the model cannot have read the whole prompt."""
    if usage.prompt_tokens is None or not info.language_model:
        return None
    texts = [message.content for message in prompt.messages]
    return parts.tokens.learn(info.id, texts, usage.prompt_tokens, prompt.context_length)


def _waiting(info: ModelInfo, ahead: int, seconds: float | None) -> str:
    about = f", about {max(1, round(seconds)):,} s" if seconds is not None else ""
    return f"Waiting for {info.name}: {ahead} ahead of you{about}"


def warn(result: Result, text: str) -> Warned:
    result.warnings.append(text)
    return Warned(text)


def _raise_if_over(stop: threading.Event, deadline: float) -> None:
    if stop.is_set():
        raise Stopped
    if time.monotonic() > deadline:
        raise ModelTimedOut("The model was busy for longer than this request may take.")
