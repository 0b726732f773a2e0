"""Ollama's field names: requests read, answers written. No I/O."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from core.models.embedded.answers import DIGEST_CONTEXT, Done, Piece, Refused
from core.models.embedded.engine import KEEP_ALIVE_SECONDS
from core.models.embedded.library import ModelFile

DIGEST = "digest"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
UNSHOWN = ("tokenizer.chat_template",)  # long, and nobody's business here

Line = dict[str, Any]
Shape = Callable[[str, Piece], Line]
"""Makes the part of a line that /api/chat and /api/generate write differently."""


def chat_shape(model: str, piece: Piece) -> Line:
    message = {"role": "assistant", "content": piece.text}
    if piece.thinking:
        message["thinking"] = piece.thinking
    return {"model": model, "created_at": datetime.now(UTC).isoformat(), "message": message}


def generate_shape(model: str, piece: Piece) -> Line:
    line = {"model": model, "created_at": datetime.now(UTC).isoformat(), "response": piece.text}
    return {**line, "thinking": piece.thinking} if piece.thinking else line


def counters(done: Done, load_seconds: float, total_seconds: float) -> Line:
    """What the last line carries; durations in nanoseconds."""
    return {
        "done_reason": done.reason,
        "total_duration": nanoseconds(total_seconds),
        "load_duration": nanoseconds(load_seconds),
        "prompt_eval_count": done.prompt_tokens,
        "prompt_eval_duration": nanoseconds(done.prompt_ms / 1000),
        "eval_count": done.answer_tokens,
        "eval_duration": nanoseconds(done.answer_ms / 1000),
    }


def whole(lines: Sequence[Line]) -> Line:
    """The one line of an answer that is not streamed: the last one with all text in it."""
    last = dict(lines[-1])
    if "message" in last:
        last["message"] = {**last["message"], **_joined([line["message"] for line in lines], "content")}
        return last
    return {**last, **_joined(lines, "response")}


def read_messages(value: object) -> list[dict[str, str]]:
    """Raises Refused."""
    if not isinstance(value, list):
        raise Refused(400, "messages must be a list")
    messages: list[dict[str, str]] = []
    for one in cast("list[object]", value):
        message: Mapping[str, object] = cast("Mapping[str, object]", one) if isinstance(one, dict) else {}
        role, content = message.get("role"), message.get("content", "")
        if not isinstance(role, str) or not isinstance(content, str):
            raise Refused(400, "a message has a role and a content, both text")
        messages.append({"role": role, "content": content})
    return messages


def read_keep_alive(value: object) -> float | None:
    """Seconds; None: for ever. Ollama takes numbers, and text such as 5m or 1h30m. Raises Refused."""
    if value is None:
        return KEEP_ALIVE_SECONDS
    if isinstance(value, str):
        text = value.strip()
        parts = DURATION.findall(text.removeprefix("-"))
        if parts and "".join(number + unit for number, unit in parts) == text.removeprefix("-"):
            total = sum(float(number) * SECONDS[unit] for number, unit in parts)
            value = -total if text.startswith("-") else total
        else:
            try:
                value = float(text)
            except ValueError:
                value = math.nan
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Refused(400, "keep_alive is a number of seconds, or a duration such as 5m")
    return None if value < 0 else float(value)


def digest_entry(digest: str) -> Line:
    return {
        "name": DIGEST,
        "model": DIGEST,
        "modified_at": datetime.fromtimestamp(0, UTC).isoformat(),
        "size": 0,
        "digest": digest,
        "details": {
            "format": "",
            "family": DIGEST,
            "families": [DIGEST],
            "parameter_size": "",
            "quantization_level": "",
        },
    }


def file_entry(model: ModelFile, digest: str) -> Line:
    architecture = model.header.architecture
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": model.changed.isoformat(),
        "size": model.size,
        "digest": digest,
        "details": {
            "format": "gguf",
            "family": architecture,
            "families": [architecture],
            "parameter_size": model.header.parameter_size,
            "quantization_level": model.header.quantisation or "unknown",
        },
    }


def digest_details(digest: str) -> Line:
    """What /api/show tells of the digest."""
    info = {"general.architecture": DIGEST, f"{DIGEST}.context_length": DIGEST_CONTEXT}
    return _details(digest_entry(digest), info)


def file_details(model: ModelFile, digest: str, window: int) -> Line:
    about = {
        key: value for key, value in model.header.metadata.items() if not isinstance(value, list) and key not in UNSHOWN
    }
    architecture = model.header.architecture
    info = {
        **about,
        "general.parameter_count": model.header.parameters,
        f"{architecture}.context_length": model.header.context_length or window,
    }
    return _details(file_entry(model, digest), info)


def expiry(at: float | None) -> str:
    """A value of time.monotonic() as the date that clients expect; None: never."""
    left = math.inf if at is None else at - time.monotonic()
    return (NEVER if math.isinf(left) else datetime.now(UTC) + timedelta(seconds=left)).isoformat()


def _joined(lines: Sequence[Line], field: str) -> Line:
    text, thinking = ("".join(line.get(name, "") for line in lines) for name in (field, "thinking"))
    return {field: text, "thinking": thinking} if thinking else {field: text}


def nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)


def _details(entry: Line, info: Line) -> Line:
    return {
        "details": entry["details"],
        "model_info": info,
        "capabilities": ["completion"],
        "modified_at": entry["modified_at"],
    }
