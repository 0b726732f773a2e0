"""Where the text comes from: llama.cpp in a runner's process, or the digest, which is no language model."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import httpx

from core.models.embedded.engine import Runner, RunnerGone

PIECE = re.compile(r"\s*\S+(?:\s+\S+){0,2}\s*", re.DOTALL)  # three words at a time
DIGEST_CONTEXT = 4 * 1024 * 1024  # tokens; it has no window, only patience
CHARACTERS_PER_TOKEN = 4

# Ollama's option names → OpenAI's and llama.cpp's
OPTIONS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "min_p": "min_p",
    "typical_p": "typical_p",
    "seed": "seed",
    "stop": "stop",
    "repeat_penalty": "repeat_penalty",
    "repeat_last_n": "repeat_last_n",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
}
# Ollama's own: small models say the same sentence until the window is full without it
DEFAULTS = {"repeat_penalty": 1.1}


class Refused(Exception):
    """Becomes an HTTP error, or an error line when the answer has begun."""

    def __init__(self, status: int, message: str, **details: int) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details


@dataclass(frozen=True, slots=True)
class Piece:
    text: str = ""
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    reason: str
    prompt_tokens: int
    prompt_ms: float
    answer_tokens: int
    answer_ms: float


@dataclass(frozen=True, slots=True)
class Question:
    messages: Sequence[Mapping[str, str]]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def window(self) -> int | None:
        """The context length the client counts on."""
        value = self.options.get("num_ctx")
        return value if isinstance(value, int) and value > 0 else None


async def ask_llama(runner: Runner, question: Question) -> AsyncGenerator[Piece | Done]:
    """Raises Refused and RunnerGone. Closing it closes the connection to the runner, which stops working then."""
    body: dict[str, Any] = {
        "messages": list(question.messages),
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
    }
    body |= {OPTIONS[name]: value for name, value in (DEFAULTS | dict(question.options)).items() if name in OPTIONS}
    if (limit := await _answer_limit(runner, question)) is not None:
        body["max_tokens"] = limit
    reason: str | None = None
    try:
        async with runner.client.stream("POST", "/v1/chat/completions", json=body) as response:
            if response.status_code != 200:
                raise _refused((await response.aread()).decode("utf-8", "replace"))
            async for line in response.aiter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    if line.startswith("error: "):
                        raise _refused(line.removeprefix("error: "))
                    continue  # blank lines, and the signs of life that it sends while it reads the prompt
                part: dict[str, Any] = json.loads(line.removeprefix("data: "))
                if "error" in part:
                    raise _refused(line.removeprefix("data: "))
                for choice in part["choices"]:
                    delta = choice["delta"]
                    piece = Piece(delta.get("content") or "", delta.get("reasoning_content") or "")
                    if piece.text or piece.thinking:
                        yield piece
                    reason = choice.get("finish_reason") or reason
                if reason and "usage" in part:
                    yield _done(reason, part)
                    return
    except httpx.HTTPError as error:
        raise RunnerGone("the model's process has ended") from error
    raise Refused(500, "llama.cpp ended the answer without its counts")


async def ask_digest(question: Question) -> AsyncGenerator[Piece | Done]:
    """Raises Refused when the prompt is longer than the window the client counts on."""
    characters = sum(len(message["content"]) for message in question.messages)
    prompt_tokens = -(-characters // CHARACTERS_PER_TOKEN)
    window = min(question.window or DIGEST_CONTEXT, DIGEST_CONTEXT)
    if prompt_tokens > window:
        raise _too_long(prompt_tokens, window)
    began = time.monotonic()
    first: float | None = None
    written = 0
    texts = _digest([dict(message) for message in question.messages])
    while (text := await anyio.to_thread.run_sync(next, texts, None, abandon_on_cancel=True)) is not None:
        first = first or time.monotonic()
        for piece in PIECE.findall(text) or [text]:
            written += len(piece)
            yield Piece(piece)
    now = time.monotonic()
    first = first or now
    yield Done("stop", prompt_tokens, (first - began) * 1000, -(-written // CHARACTERS_PER_TOKEN), (now - first) * 1000)


def _digest(messages: list[dict[str, str]]) -> Iterator[str]:
    from core.models.embedded.digest import digest

    return iter(digest(messages))


async def _answer_limit(runner: Runner, question: Question) -> int | None:
    """The most tokens the answer may have; None: as many as fit. Raises Refused when the prompt fills the window."""
    wanted = question.options.get("num_predict")
    limit = wanted if isinstance(wanted, int) and wanted > 0 else None
    if question.window is None or question.window >= runner.context_length:
        return limit  # llama.cpp sees to it
    prompt_tokens = await _count(runner, question)
    if prompt_tokens >= question.window:
        raise _too_long(prompt_tokens, question.window)
    left = question.window - prompt_tokens
    return left if limit is None else min(limit, left)


async def _count(runner: Runner, question: Question) -> int:
    try:
        templated = await runner.client.post("/apply-template", json={"messages": list(question.messages)})
        text = templated.raise_for_status().json()["prompt"]
        body = {"content": text, "add_special": True, "parse_special": True}
        return len((await runner.client.post("/tokenize", json=body)).raise_for_status().json()["tokens"])
    except httpx.HTTPStatusError as error:  # the model's template does not take these messages
        raise _refused(error.response.text) from error
    except httpx.HTTPError as error:
        raise RunnerGone("the model's process has ended") from error


def _done(reason: str, part: Mapping[str, Any]) -> Done:
    usage: dict[str, int] = part["usage"]
    timings: dict[str, float] = part.get("timings") or {}
    return Done(
        reason,
        usage["prompt_tokens"],
        timings.get("prompt_ms", 0.0),
        usage["completion_tokens"],
        timings.get("predicted_ms", 0.0),
    )


def _refused(text: str) -> Refused:
    try:
        error: Any = json.loads(text)
        error = error.get("error", error)
        if error.get("type") == "exceed_context_size_error":
            return _too_long(error["n_prompt_tokens"], error["n_ctx"])
        return Refused(error["code"] if 400 <= error["code"] < 600 else 500, str(error["message"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return Refused(500, "llama.cpp refused the request")


def _too_long(prompt_tokens: int, window: int) -> Refused:
    return Refused(
        400,
        f"the prompt is too long: {prompt_tokens} tokens, and the context window holds {window}",
        prompt_tokens=prompt_tokens,
        context_length=window,
    )
