"""What a model may see."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.records.record import Record

Tokens = dict[str, str]
"""Token → the value it stands for, as text."""


@dataclass(frozen=True, slots=True)
class MaskedRecord:
    """What a model may see. Only `mask` makes one, and a prompt takes nothing else."""

    record: Record
    tokens: Tokens = field(default_factory=dict[str, str], repr=False)
    dropped: tuple[str, ...] = ()  # columns left out, as set.column
    policy_version: str = ""  # hash of the policies and of the masking rules that were applied
    question: str = ""  # what the analyst asked, masked like the record's texts
