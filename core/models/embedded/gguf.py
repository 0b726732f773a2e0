"""The head of a GGUF file: what a model is, and whether the file is whole, without loading it.

llama.cpp refuses most damaged files, but it opens them fully to find out. A file that is still being copied, or that
belongs to another model as a part, should not be offered at all.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"GGUF"
VERSIONS = (2, 3)
# By GGUF's number of the type; 8 and 9 are string and array
SCALARS_BY_CODE = {code: struct.Struct(f"<{code}") for code in "BbHhIif?Qqd"}
SCALARS = dict(
    zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), SCALARS_BY_CODE.values(), strict=True)
)  # by GGUF's type number
STRING, ARRAY = 8, 9
LONGEST_STRING = 16 * 1024 * 1024  # bytes; chat templates are the longest in practice
MOST_ENTRIES = 1_000_000
MOST_VALUES = 100_000_000
HEAD_BYTES = 1024 * 1024  # read at first, doubled while it is not enough
MOST_DIMENSIONS = 8
KEPT_VALUES = 1024  # of an array: enough for a number a layer; vocabularies have hundreds of thousands
NOT_WHOLE = "the file is not whole; it may still be being copied"
DAMAGED = "the head of the file is damaged"

# general.file_type, as llama.cpp names it (llama_ftype)
QUANTISATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip

Value = str | int | float | bool | list["Value"]


class NotReadable(Exception):
    """The file is not a GGUF file that can be used; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    metadata: dict[str, Value]  # of arrays only the first values
    parameters: int  # elements of all tensors
    file_size: int

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    @property
    def context_length(self) -> int:
        """Tokens the model was trained with; 0 when the file does not say."""
        return self._number("context_length")

    @property
    def quantisation(self) -> str | None:
        kind = self.metadata.get("general.file_type")
        return QUANTISATIONS.get(kind) if isinstance(kind, int) else None

    @property
    def parameter_size(self) -> str:
        """As Ollama writes it: 134.52M, 8.0B."""
        if self.parameters >= 1_000_000_000:
            return f"{self.parameters / 1_000_000_000:.1f}B"
        return f"{self.parameters / 1_000_000:.2f}M"

    @property
    def makes_text(self) -> bool:
        """False for embedding models, projectors of vision models and adapters."""
        kind = self.metadata.get("general.type", "model")
        embeds = f"{self.architecture}.pooling_type" in self.metadata or "bert" in self.architecture
        return kind == "model" and self.architecture not in ("clip", "t5encoder", "") and not embeds

    def cache_bytes(self, tokens: int) -> int:
        """Memory of the attention cache for so many tokens, two bytes a value. An upper bound for most models."""
        heads = self._number("attention.head_count") or 1
        width = self._number("embedding_length") // heads
        key = self._number("attention.key_length") or width
        value = self._number("attention.value_length") or width
        kept_heads = self._number("attention.head_count_kv") or heads
        return 2 * tokens * self._number("block_count") * kept_heads * (key + value)

    def _number(self, key: str) -> int:
        value = self.metadata.get(f"{self.architecture}.{key}", 0)
        if isinstance(value, list):  # a number for each layer
            value = max((one for one in value if isinstance(one, int)), default=0)
        return value if isinstance(value, int) else 0


def read_header(file: Path) -> GgufHeader:
    """Raises NotReadable, also when the file is shorter than its tensors need; OSError when it cannot be opened."""
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEAD_BYTES)
        while True:
            try:
                return _read(_Reader(head), size)
            except (struct.error, IndexError) as error:  # beyond the end of what was read
                if not (more := stream.read(len(head))):
                    raise NotReadable(NOT_WHOLE) from error
                head += more


def _read(reader: _Reader, size: int) -> GgufHeader:
    if reader.take(len(MAGIC)) != MAGIC:
        raise NotReadable("this is not a GGUF file")
    if (version := reader.number("I")) not in VERSIONS:
        raise NotReadable(f"GGUF version {version} is not known")
    tensors, entries = reader.count(), reader.count()
    metadata: dict[str, Value] = {}
    for _ in range(entries):
        key = reader.string()
        metadata[key] = reader.value(reader.number("I"))
    parameters = last_offset = 0
    for _ in range(tensors):
        reader.string()
        dimensions = reader.number("I")
        if dimensions > MOST_DIMENSIONS:
            raise NotReadable(DAMAGED)
        parameters += math.prod(reader.number("Q") for _ in range(dimensions))
        reader.number("I")
        last_offset = max(last_offset, reader.number("Q"))
    if not tensors or reader.position + last_offset >= size:
        raise NotReadable(NOT_WHOLE)
    return GgufHeader(metadata, parameters, size)


class _Reader:
    """Reads little-endian values one after the other. Raises struct.error or IndexError beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        self.position += count
        if self.position > len(self._data):
            raise IndexError
        return self._data[self.position - count : self.position]

    def number(self, code: str) -> int:
        return self._scalar(SCALARS_BY_CODE[code])

    def count(self) -> int:
        number = self.number("Q")
        if number > MOST_ENTRIES:
            raise NotReadable(DAMAGED)
        return number

    def string(self) -> str:
        length = self.number("Q")
        if length > LONGEST_STRING:
            raise NotReadable(DAMAGED)
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> Value:
        if kind in SCALARS:
            return self._scalar(SCALARS[kind])
        if kind == STRING:
            return self.string()
        if kind == ARRAY and depth < MOST_DIMENSIONS:
            return self._array(depth)
        raise NotReadable(DAMAGED)

    def _scalar(self, form: struct.Struct) -> int:
        (value,) = form.unpack_from(self._data, self.position)
        self.position += form.size
        return value

    def _array(self, depth: int) -> list[Value]:
        kind, length = self.number("I"), self.number("Q")
        if length > MOST_VALUES:
            raise NotReadable(DAMAGED)
        values = [self.value(kind, depth + 1) for _ in range(min(length, KEPT_VALUES))]
        left = length - len(values)
        if kind in SCALARS:
            self.position += left * SCALARS[kind].size
        elif kind == STRING:
            self._skip_strings(left)
        else:
            for _ in range(left):
                self.value(kind, depth + 1)
        return values

    def _skip_strings(self, count: int) -> None:
        """Half of a file's head is its vocabulary: 100,000 strings in some 20 ms."""
        data, position, unpack = self._data, self.position, SCALARS_BY_CODE["Q"].unpack_from
        for _ in range(count):
            position += 8 + unpack(data, position)[0]
        self.position = position
