"""What comes in and what goes out, as JSON. The OpenAPI document is made of these."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from core.accounts.user import Role
from core.analysis import PURPOSE_LIMIT, QUESTION_LIMIT
from core.audit.entry import Event, Outcome
from core.evidence.verdict import Verdict
from core.parameters import ParameterType
from core.reviews import COMMENT_LIMIT
from core.use_cases import RECORD_ID_LIMIT, Sensitivity

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)


def _time(value: object) -> object:
    """RFC 3339 and nothing else, in years that every part of the product can count in."""
    if isinstance(value, str) and not (TIME.fullmatch(value) and "1970" <= value[:4] <= "2999"):
        raise ValueError("a time looks like 2026-01-31T09:30:00Z, with its offset")
    return value


Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Time = Annotated[AwareDatetime, BeforeValidator(_time)]
Limit = Annotated[int, Field(ge=1, le=100)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z_][A-Za-z0-9_$.]*$")]
Text200 = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
UseCaseName = Annotated[Line, Field(examples=["customer_insight"])]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ask(_In):
    """A request for one analysis."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"use_case": "customer_insight", "record_id": "CUST-0142"}]},
    )

    use_case: UseCaseName
    record_id: Annotated[str, Field(min_length=1, max_length=RECORD_ID_LIMIT, examples=["CUST-0142"])]
    model: Annotated[Line | None, Field(description="`server/name`, or a name; the use case's own without it")] = None
    question: Annotated[
        str | None, Field(max_length=QUESTION_LIMIT, description="asked instead of the use case's own")
    ] = None
    purpose: Annotated[str | None, Field(max_length=PURPOSE_LIMIT, description="why, where the use case wants it")] = (
        None
    )
    parameters: Annotated[
        dict[Name, Text200],
        Field(max_length=20, description="what the use case lets you choose beside the record ID, as text"),
    ] = {}
    follows: Annotated[UUID | None, Field(description="an own analysis of this record to go on from")] = None


class Verdicted(_In):
    verdict: Literal["approved", "returned"]
    comment: Annotated[Text | None, Field(max_length=COMMENT_LIMIT, description="needed when it is returned")] = None


class AnalysisQuery(_In):
    whose: Annotated[Literal["mine", "all"], Field(description="`all` is for managers and admins")] = "mine"
    username: Annotated[Line | None, Field(description="only this person's; with `whose=all`")] = None
    use_case: UseCaseName | None = None
    text: Annotated[Line | None, Field(description="part of a record ID or of an answer")] = None
    outcome: Outcome | None = None
    since: Time | None = None
    unreviewed: Annotated[bool, Field(description="completed and waiting for a review by you")] = False
    cursor: Annotated[str | None, Field(max_length=200, description="`next` of the page before")] = None
    limit: Limit = 25


class AuditQuery(_In):
    since: Time | None = None
    until: Time | None = None
    username: Line | None = None
    role: Role | None = None
    use_case: Line | None = None
    record_id: Line | None = None
    model: Line | None = None
    outcome: Outcome | None = None
    event: Event | None = None
    request_id: UUID | None = None
    cursor: Annotated[int | None, Field(ge=1, le=2**62, description="`next` of the page before")] = None
    limit: Limit = 50


class FieldProblem(_Out):
    field: str
    message: str


class Problem(_Out):
    """RFC 9457. `type` is also the address of a page about it."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    code: Annotated[str, Field(description="stable, for programs")]
    errors: Annotated[list[FieldProblem] | None, Field(description="the fields of the request that are wrong")] = None


class Up(_Out):
    status: Literal["up", "down"]


class RecordIdRuleOut(_Out):
    label: str
    example: str
    pattern: str


class ParameterOut(_Out):
    """What may be chosen beside the record ID; required when there is no default."""

    name: str
    label: str
    type: ParameterType
    default: str | None
    choices: list[str]


class UseCaseOut(_Out):
    name: str
    title: str
    question: str
    record_id: RecordIdRuleOut
    parameters: list[ParameterOut]
    purpose: Literal["none", "optional", "required"]
    sensitivity: Sensitivity
    model: Annotated[str, Field(description="the one that answers when none is named")]


class UseCaseList(_Out):
    items: list[UseCaseOut]


class MayNot(_Out):
    use_case: str
    reason: str


class ModelOut(_Out):
    id: str
    name: str
    server: str
    local: bool
    loaded: bool
    language_model: bool
    parameters: str | None
    size_bytes: int | None
    context_length: int
    use_cases: Annotated[list[str], Field(description="those of yours that it may answer")]
    may_not: Annotated[list[MayNot], Field(description="those that it may not, each with the reason")]


class ServerDown(_Out):
    server: str
    message: str


class ModelList(_Out):
    items: list[ModelOut]
    unavailable: list[ServerDown]


class CellOut(_Out):
    set: str
    row: Annotated[int, Field(description="from 0")]
    column: str


class Claim(_Out):
    """One figure, date or identifier of the answer: `answer[start:end]`, counted in characters (code points)."""

    start: int
    end: int
    text: str
    verdict: Verdict
    why: str
    cells: list[CellOut]


class EvidenceOut(_Out):
    checked: int
    supported: int
    to_check: int
    claims: list[Claim]


class ErrorOut(_Out):
    code: str
    message: str
    hint: str


class ReviewOut(_Out):
    reviewer: str
    verdict: str
    comment: str | None
    reviewed_at: datetime


class ResultSetOut(_Out):
    name: str
    columns: list[str]
    rows: list[list[str | int | float | bool | None]]
    truncated: bool


class AnalysisOut(_Out):
    """How an analysis stands, as the key's role sees it. `outcome` is null while it runs."""

    id: UUID
    use_case: str
    record_id: str
    username: str
    model: str
    question: str | None
    purpose: str | None
    parameters: dict[str, str]
    follows: UUID | None
    asked_at: datetime
    running: bool
    stage: Annotated[str | None, Field(description="what it is doing, for people")]
    outcome: Outcome | None
    ended_at: datetime | None
    error: Annotated[ErrorOut | None, Field(description="why it did not complete")]
    answer: str
    masked: Annotated[bool, Field(description="values were replaced by tokens that you may not see behind")]
    evidence: EvidenceOut | None
    warnings: list[str]
    erased_at: Annotated[datetime | None, Field(description="its content was erased then, and is nowhere any more")]
    review: ReviewOut | None
    prompt_tokens: int | None
    answer_tokens: int | None
    procedure_ms: float | None
    first_token_ms: float | None
    total_ms: float | None
    audit_asked: int | None
    audit_outcome: int | None
    record: Annotated[list[ResultSetOut] | None, Field(description="with `include=record`")] = None


class SummaryOut(_Out):
    id: UUID
    asked_at: datetime
    username: str
    use_case: str
    record_id: str
    model: str
    outcome: Outcome | None
    total_ms: float | None
    claims: int | None
    to_check: int | None
    verdict: str | None
    reviewer: str | None


class AnalysisPage(_Out):
    items: list[SummaryOut]
    next: str | None


class AuditRowOut(_Out):
    model_config = ConfigDict(frozen=True, extra="allow", json_schema_extra={"additionalProperties": True})

    seq: int
    at: datetime
    event: str
    username: str | None
    outcome: str | None


class AuditPageOut(_Out):
    items: list[AuditRowOut]
    next: int | None
