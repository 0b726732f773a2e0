"""A request, the steps that tell how it goes, and what it came to. Plain values; every face draws these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from core.accounts.user import Actor
from core.audit.entry import Outcome
from core.disclosure import Disclosed
from core.errors import RecordAnalystError
from core.evidence.verdict import Evidence
from core.masking import MaskedRecord
from core.models.model import ModelInfo, Options, Usage
from core.prompts import Prompt, Talk
from core.use_cases import UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    actor: Actor
    use_case: str
    record_id: str
    model: str | None = None  # None: the use case's default
    purpose: str | None = None
    question: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])  # what the person chose, as typed
    follows: UUID | None = None  # an own analysis to go on from; without a question: its answer is to be continued
    fetch_again: bool = False  # a follow-up uses the record as it was fetched then, unless this is set
    request_id: UUID = field(default_factory=uuid4)


# What the pipeline tells while it works, in this order. Text may come any number of times.


@dataclass(frozen=True, slots=True)
class Asked:
    use_case: UseCase
    record_id: str
    audit_seq: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One line for a waiting person; `name` is stable, `detail` is text."""

    name: str  # fetching, waiting, loading, reading, writing, checking
    detail: str


@dataclass(frozen=True, slots=True)
class Fetched:
    masked: MaskedRecord
    procedure_ms: float | None  # None: the record that an earlier analysis fetched


@dataclass(frozen=True, slots=True)
class Prompted:
    prompt: Prompt
    model: ModelInfo


@dataclass(frozen=True, slots=True)
class Thinking:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Evidence for the whole lines of the answer so far."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Warned:
    text: str


@dataclass(slots=True)
class Result:
    """What one request came to; the audit log's outcome row is made of it."""

    outcome: Outcome = Outcome.ABORTED
    error: RecordAnalystError | None = None
    use_case: UseCase | None = None
    record_id: str = ""
    model: ModelInfo | None = None
    masked: MaskedRecord | None = None
    prompt: Prompt | None = None
    answer: str = ""
    thinking: str = ""
    evidence: Evidence | None = None
    disclosed: Disclosed | None = None  # the answer gives away its prompt
    warnings: list[str] = field(default_factory=list[str])
    usage: Usage | None = None
    options: Options = field(default_factory=dict[str, float | int | str | bool])  # sampling, as sent
    procedure_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None
    audit_asked: int | None = None
    audit_outcome: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    result: Result


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an analysis that is gone on from has left."""

    masked: MaskedRecord
    talk: Talk
    answer: str


Step = Asked | Stage | Fetched | Prompted | Thinking | Text | Checked | Warned | Finished


class Stopped(Exception):
    """Somebody pressed Stop. Collaborators may raise it too."""
