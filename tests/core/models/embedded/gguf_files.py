"""Small GGUF files made by hand."""

from __future__ import annotations

import struct
from pathlib import Path

LLAMA = {
    "general.architecture": "llama",
    "general.file_type": 15,
    "llama.context_length": 4096,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "b", "c"] * 1000,
}


def gguf(metadata: dict[str, object] | None = None, *, version: int = 3, tensors: int = 1) -> bytes:
    metadata = LLAMA if metadata is None else metadata
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, len(metadata))
    for key, value in metadata.items():
        head += _string(key) + _value(value)
    for number in range(tensors):
        head += _string(f"tensor.{number}") + struct.pack("<IQQIQ", 2, 64, 1000, 0, number * 32)
    return head + b"\0" * (tensors * 32)


def write(file: Path, metadata: dict[str, object] | None = None) -> Path:
    file.write_bytes(gguf(metadata))
    return file


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: object) -> bytes:
    match value:
        case str():
            return struct.pack("<I", 8) + _string(value)
        case int():
            return struct.pack("<II", 4, value)
        case list() if value and isinstance(value[0], str):
            return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_string, value))
        case list():
            return struct.pack("<IIQ", 9, 4, len(value)) + struct.pack(f"<{len(value)}I", *value)
        case _:
            raise TypeError(value)
