"""Analyses as JSON, with the eyes of the key: every text passes through `View`, which knows what they may see."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from core.analysis_search import Summary
from core.errors import InvalidRequest
from core.masking import unmask
from core.models.catalogue import CatalogueView
from core.models.model import ModelInfo
from core.records.record import Record
from core.records.record_json import value_to_json
from core.use_cases import UseCase
from core.view import View
from core.web.api import schemas
from core.web.api.parts import ApiParts


def draw_analysis(shown: View, *, with_record: bool = False) -> schemas.AnalysisOut:
    analysis = shown.analysis
    error = None
    if analysis.error_code:
        error = schemas.ErrorOut(
            code=analysis.error_code, message=analysis.error_message or "", hint=analysis.error_hint or ""
        )
    review = analysis.review
    return schemas.AnalysisOut(
        id=analysis.request_id,
        use_case=analysis.use_case,
        record_id=analysis.record_id,
        username=analysis.username,
        model=analysis.model,
        question=analysis.question,
        purpose=analysis.purpose,
        parameters=dict(analysis.parameters),
        follows=analysis.follows,
        asked_at=analysis.asked_at,
        running=analysis.running,
        stage=analysis.stage,
        outcome=analysis.outcome,
        ended_at=analysis.outcome_at,
        error=error,
        answer=shown.settled_answer(),
        masked=not shown.sees_values,
        evidence=draw_evidence(shown),
        warnings=list(analysis.warnings),
        erased_at=analysis.erased_at,
        review=schemas.ReviewOut(
            reviewer=review.reviewer,
            verdict=review.verdict,
            comment=review.comment,
            reviewed_at=review.reviewed_at,
        )
        if review
        else None,
        prompt_tokens=analysis.prompt_tokens,
        answer_tokens=analysis.answer_tokens,
        procedure_ms=analysis.procedure_ms,
        first_token_ms=analysis.first_token_ms,
        total_ms=analysis.total_ms,
        audit_asked=analysis.audit_asked,
        audit_outcome=analysis.audit_outcome,
        record=_record(shown.record) if with_record and shown.record else None,
    )


def draw_evidence(shown: View, first: int = 0) -> schemas.EvidenceOut | None:
    """`first`: leaves out so many claims from the beginning; the counts are of all. Places are in the shown answer."""
    evidence = shown.analysis.evidence
    if evidence is None:
        return None
    claims: list[schemas.Claim] = []
    at = 0
    for segment in shown.segments():
        claim, end = segment.claim, at + len(segment.text)
        if claim is not None:
            claims.append(
                schemas.Claim(
                    start=at,
                    end=end,
                    text=segment.text,
                    verdict=claim.verdict,
                    why=unmask(claim.why, shown.tokens),
                    cells=[schemas.CellOut(set=cell.set, row=cell.row, column=cell.column) for cell in claim.cells],
                )
            )
        at = end
    return schemas.EvidenceOut(
        checked=evidence.checked, supported=evidence.supported, to_check=evidence.to_check, claims=claims[first:]
    )


def _record(record: Record) -> list[schemas.ResultSetOut]:
    return [
        schemas.ResultSetOut(
            name=one.name,
            columns=[column.name for column in one.columns],
            rows=[[value_to_json(value) for value in row] for row in one.rows],
            truncated=one.truncated,
        )
        for one in record.result_sets
    ]


def draw_summary(line: Summary) -> schemas.SummaryOut:
    return schemas.SummaryOut(
        id=line.request_id,
        asked_at=line.asked_at,
        username=line.username,
        use_case=line.use_case,
        record_id=line.record_id,
        model=line.model,
        outcome=line.outcome,
        total_ms=line.total_ms,
        claims=line.claims,
        to_check=line.to_check,
        verdict=line.verdict,
        reviewer=line.reviewer,
    )


def draw_use_case(use_case: UseCase, default_model: str) -> schemas.UseCaseOut:
    rule = use_case.record_id
    return schemas.UseCaseOut(
        name=use_case.name,
        title=use_case.title,
        question=use_case.question,
        record_id=schemas.RecordIdRuleOut(label=rule.label, example=rule.example, pattern=rule.pattern),
        parameters=[
            schemas.ParameterOut(
                name=name,
                label=one.label,
                type=one.type,
                default=None if one.default is None else str(one.default),
                choices=[str(choice) for choice in one.choices],
            )
            for name, one in use_case.parameters.items()
            if one.label
        ],
        purpose=use_case.purpose,
        sensitivity=use_case.sensitivity,
        model=default_model,
    )


def draw_models(parts: ApiParts, found: CatalogueView, mine: tuple[UseCase, ...]) -> schemas.ModelList:
    return schemas.ModelList(
        items=[_model(parts, info, mine) for info in found.models],
        unavailable=[schemas.ServerDown(server=server, message=message) for server, message in found.unavailable],
    )


def _model(parts: ApiParts, info: ModelInfo, mine: tuple[UseCase, ...]) -> schemas.ModelOut:
    reasons = {one.name: parts.catalogue.allowed(info, one.sensitivity) for one in mine}
    return schemas.ModelOut(
        id=info.id,
        name=info.name,
        server=info.server,
        local=info.local,
        loaded=info.loaded,
        language_model=info.language_model,
        parameters=info.parameters,
        size_bytes=info.size_bytes,
        context_length=info.context_length,
        use_cases=[name for name, reason in reasons.items() if reason is None],
        may_not=[schemas.MayNot(use_case=name, reason=reason) for name, reason in reasons.items() if reason],
    )


def write_cursor(line: Summary) -> str:
    place = f"{line.asked_at.isoformat()}|{line.request_id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Raises InvalidRequest."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        asked_at, _, request_id = place.partition("|")
        time = datetime.fromisoformat(asked_at)
        if time.tzinfo is None or not 1970 <= time.year < 3000:
            raise ValueError(asked_at)
        return time, UUID(request_id)
    except (ValueError, binascii.Error) as error:
        raise InvalidRequest(
            "cursor: this is not the `next` of a page.", "Begin without it, then send `next` as it came."
        ) from error
