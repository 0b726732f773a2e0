"""What is kept no longer, and what is erased on request: the content goes, the story stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from core.accounts.user import Actor, Role
from core.audit.query import story
from core.audit.verification import State
from core.audit.verify import verify
from core.bootstrap import Application
from core.errors import Conflict, InvalidRequest, NotAllowed, NotFound
from core.retention import AT_ONCE, erase, erase_expired, erase_record
from core.reviews import review
from core.steps import Request
from core.store.tables import analyses, reviews
from core.use_cases import UseCase

SECRET = "the reviewer quotes EUR 4,711 from the record"
STAYS = {  # who asked what, when, and how it went; every other column of `analyses` is content
    "request_id", "asked_at", "process_id", "username", "role", "source", "use_case", "record_id", "model",
    "parameters", "follows", "stage", "outcome", "outcome_at", "error_code", "prompt_tokens", "answer_tokens",
    "procedure_ms", "load_ms", "first_token_ms", "total_ms", "done_reason", "audit_asked", "audit_outcome",
    "stop_requested", "erased_at",
}  # fmt: skip


@pytest.fixture
def asked(application: Application, person: Callable[..., Actor]) -> Callable[..., UUID]:
    """A completed and reviewed analysis."""

    actor = person()

    def ask(record_id: str = "CUST-0142", days_ago: int = 0, follows: UUID | None = None) -> UUID:
        about = {"use_case": "customer_insight", "record_id": record_id, "follows": follows}
        request = Request(actor=actor, purpose="a purpose", question="Why?", **about)
        job = application.jobs.start(request)
        seen, now = -1, job.snapshot()
        while now.running:
            seen, now = job.watch(seen, 30)
        assert now.error_message is None
        review(application.audit, person(Role.MANAGER), request.request_id, "returned", SECRET)
        with application.engine.begin() as connection:
            mine = analyses.c.request_id == request.request_id
            connection.execute(update(analyses).where(mine).values(asked_at=func.now() - timedelta(days=days_ago)))
        return request.request_id

    return ask


def kept(application: Application, request_id: UUID) -> dict[str, object]:
    with application.engine.connect() as connection:
        row = connection.execute(select(analyses).where(analyses.c.request_id == request_id)).mappings().one()
        comment = connection.execute(select(reviews.c.comment).where(reviews.c.request_id == request_id)).scalar_one()
    return {**row, "comment": comment}


def is_erased(application: Application, request_id: UUID) -> bool:
    row = kept(application, request_id)
    content = [row[name] for name in row if name not in STAYS]
    if row["erased_at"] is None:
        assert SECRET in content
        return False
    assert not any(content)
    text = json.dumps(row, default=str)
    assert SECRET not in text
    assert "Lindqvist" not in text
    return True


def test_erasing_takes_the_content_and_leaves_the_story(
    application: Application, person: Callable[..., Actor], asked: Callable[..., UUID]
) -> None:
    request_id, admin = asked(), person(Role.ADMIN)
    assert not is_erased(application, request_id)
    erase(application.audit, admin, request_id, "asked for by the customer,\n ticket 4711")
    assert is_erased(application, request_id)
    events = story(application.engine, request_id)
    assert [row.event for row in events] == [
        "analysis.asked", "analysis.outcome", "analysis.reviewed", "analysis.erased",
    ]  # fmt: skip
    assert (events[-1].username, events[-1].reason) == (
        admin.user.username, "asked for by the customer, ticket 4711",
    )  # fmt: skip
    assert verify(application.audit, full=True).state is State.INTACT
    opened = application.analyses.get(request_id)
    assert (opened.answer, opened.masked, opened.erased_at is not None) == ("", None, True)
    with pytest.raises(Conflict):
        erase(application.audit, admin, request_id, "again")


def test_what_goes_on_from_an_analysis_holds_its_answer_and_goes_with_it(
    application: Application, person: Callable[..., Actor], asked: Callable[..., UUID]
) -> None:
    before = asked()
    first = asked(follows=before)
    second, third = asked(follows=first), asked(follows=first)
    fourth = asked(follows=third)
    erase(application.audit, person(Role.ADMIN), first, "request")
    assert [is_erased(application, one) for one in (before, first, second, third, fourth)] == [False] + [True] * 4
    assert story(application.engine, fourth)[-1].event == "analysis.erased"


def test_what_is_too_old_is_not_kept_by_what_goes_on_from_it(
    application: Application, asked: Callable[..., UUID]
) -> None:
    old = asked(days_ago=91)
    younger = asked(days_ago=1, follows=old)
    use_case = application.use_cases.get("customer_insight").model_copy(update={"retain": "90d"})
    assert erase_expired(application.audit, [use_case]) == 2
    assert is_erased(application, younger)


def test_only_admins_erase_and_say_why(
    application: Application, person: Callable[..., Actor], asked: Callable[..., UUID]
) -> None:
    request_id = asked()
    for role in (Role.ANALYST, Role.MANAGER):
        with pytest.raises(NotAllowed):
            erase(application.audit, person(role), request_id, "because")
        with pytest.raises(NotAllowed):
            erase_record(application.audit, person(role), "CUST-0142", None, "because")
    for reason in ("", " \n", "x" * 501):
        with pytest.raises(InvalidRequest):
            erase(application.audit, person(Role.ADMIN), request_id, reason)
    with pytest.raises(NotFound):
        erase(application.audit, person(Role.ADMIN), UUID(int=1), "because")
    assert not is_erased(application, request_id)


def test_everything_about_one_record_is_erased(
    application: Application, person: Callable[..., Actor], asked: Callable[..., UUID]
) -> None:
    mine, same, other = asked("CUST-0150"), asked("CUST-0150"), asked("CUST-0151")
    assert erase_record(application.audit, person(Role.ADMIN), "CUST-0150", "order_analysis", "request") == 0
    assert erase_record(application.audit, person(Role.ADMIN), "CUST-0150", None, "request") == 2
    assert [is_erased(application, one) for one in (mine, same, other)] == [True, True, False]


def test_what_is_kept_no_longer_is_erased_in_batches(
    application: Application, asked: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AT_ONCE > 1
    monkeypatch.setattr("core.retention.AT_ONCE", 1)
    use_case = application.use_cases.get("customer_insight")
    short: UseCase = use_case.model_copy(update={"retain": "90d"})
    old, older, recent = asked(days_ago=91), asked(days_ago=1_000), asked(days_ago=89)
    assert erase_expired(application.audit, [use_case.model_copy(update={"retain": None})]) == 0
    assert erase_expired(application.audit, [short]) == 2
    assert [is_erased(application, one) for one in (old, older, recent)] == [True, True, False]
    last = story(application.engine, old)[-1]
    assert (last.event, last.source, last.reason) == ("analysis.erased", "system", "kept for 90 days")
    assert erase_expired(application.audit, [short]) == 0
    assert verify(application.audit, full=True).state is State.INTACT


def test_housekeeping_erases(application: Application, asked: Callable[..., UUID]) -> None:
    retain = application.use_cases.get("customer_insight").retain
    assert retain is not None
    request_id = asked(days_ago=int(retain[:-1]) + 1)
    application.housekeeping.retention_due = 0.0
    application.housekeeping.once()
    assert is_erased(application, request_id)
