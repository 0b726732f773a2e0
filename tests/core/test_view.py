"""One analysis, two people: who may see values sees them, everybody else sees tokens, in text, marks and record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.accounts.user import Actor, Role
from core.analyses import Analysis
from core.bootstrap import Application
from core.steps import Request
from core.use_cases import UseCase, UseCases
from core.view import View, view


@pytest.fixture(scope="module")
def analysis(application: Application) -> Analysis:
    use_case = application.use_cases.get("patient_record")
    users = {user.role: user for user in (account.user for account in application.users.list())}
    role = next(role for role in Role if role in use_case.roles and role in users)
    request = Request(
        actor=Actor(users[role], source="page"),
        use_case="patient_record",
        record_id=use_case.record_id.example,
        model="digest",
        purpose="a test",
    )
    job = application.jobs.start(request)
    seen, analysis = job.watch(-1, 0)
    while analysis.running:
        seen, analysis = job.watch(seen, 60)
    return application.analyses.get(request.request_id)


class ForManagers:
    """The use cases, open to managers alone."""

    def __init__(self, use_cases: UseCases) -> None:
        self._use_cases = use_cases

    def get(self, name: str) -> UseCase:
        return self._use_cases.get(name).model_copy(update={"roles": frozenset({Role.MANAGER})})


def seen_by(application: Application, person: Callable[..., Actor], analysis: Analysis, *, may: bool) -> View:
    viewer = person(Role.MANAGER if may else Role.ADMIN).user
    return view(analysis, ForManagers(application.use_cases), viewer)  # type: ignore[arg-type]


def test_two_people_see_different_renderings_of_one_analysis(
    application: Application, person: Callable[..., Actor], analysis: Analysis
) -> None:
    doctor = seen_by(application, person, analysis, may=True)
    other = seen_by(application, person, analysis, may=False)
    assert doctor.record is not None
    assert other.record is not None
    name = str(doctor.record["patient"].rows[0][doctor.record["patient"].column_names.index("name")])
    assert name in doctor.answer
    assert name not in other.answer + str(other.record) + "".join(
        other.explain(s.claim) for s in other.segments() if s.claim
    )
    assert "PATIENT-1" in other.answer
    assert "PATIENT-1" not in doctor.answer


def test_the_marks_are_the_same_for_both(
    application: Application, person: Callable[..., Actor], analysis: Analysis
) -> None:
    doctor = seen_by(application, person, analysis, may=True)
    other = seen_by(application, person, analysis, may=False)
    assert [s.claim for s in doctor.segments()] == [s.claim for s in other.segments()]
    assert "".join(s.text for s in doctor.segments()) == doctor.answer
    assert "".join(s.text for s in other.segments()) == other.answer


def test_cited_rows_are_pieces_of_their_own(
    application: Application, person: Callable[..., Actor], analysis: Analysis
) -> None:
    shown = seen_by(application, person, analysis, may=True)
    citations = [piece for piece in shown.segments() if piece.citation]
    assert len(citations) > 3
    assert all(piece.text.startswith("[") and piece.text.endswith("]") and not piece.claim for piece in citations)
    some = [piece.citation for piece in shown.segments_to_check() if piece.citation]
    assert set(some) <= {piece.citation for piece in citations}


def test_while_it_is_written_marks_stand_before_text_that_is_still_open(
    application: Application, person: Callable[..., Actor], analysis: Analysis
) -> None:
    assert analysis.evidence is not None
    claims = analysis.evidence.claims
    half = replace(analysis, outcome=None, evidence=replace(analysis.evidence, claims=claims[: len(claims) // 2]))
    shown = seen_by(application, person, half, may=True)
    pieces = shown.settled_segments(0)
    assert "".join(piece.text for piece in pieces) == shown.settled_answer()
    assert pieces[-1].claim is None
    assert [one.claim for one in pieces if one.claim] == [one.claim for one in shown.segments() if one.claim]


def test_nobody_sees_values_when_the_use_case_is_gone(
    application: Application, person: Callable[..., Actor], analysis: Analysis
) -> None:
    gone = replace(analysis, use_case="no_such_use_case")
    doctor = person(next(role for role in Role if role in application.use_cases.get("patient_record").roles))
    assert view(gone, application.use_cases, doctor.user).answer == analysis.answer
