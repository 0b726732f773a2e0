"""From the form to the finished answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.audit.entry import Event, Outcome
from core.use_cases import UseCase, UseCases
from tests.browser.acts import ask, choose, record_field, request_of, see_finished, see_no_sideways_scroll, see_problem
from tests.browser.behind import Behind
from tests.browser.product import NARROW, SLOW, WIDE, OpenPage
from tests.core.models.misbehaving import MisbehavingServer
from tests.parts import ROOT

USE_CASES = UseCases(ROOT / "prompts").all()
ASKED_AND_OUTCOME = [Event.ASKED, Event.OUTCOME]
PURPOSE = "Medication review before the visit"
BAD = {
    "empty": ("", "Enter a Customer ID."),
    "blanks": ("   ", "This is not a Customer ID. It looks like CUST-0142."),
    "wrong pattern": ("CUST-014", "This is not a Customer ID. It looks like CUST-0142."),
    "another kind": ("TKT-2484", "This is not a Customer ID. It looks like CUST-0142."),
    "html": ("<img src=x onerror=alert(1)>", "This is not a Customer ID. It looks like CUST-0142."),
    "sql": ("CUST-0142' OR 1=1 --", "This is not a Customer ID. It looks like CUST-0142."),
    "formula": ("=CUST-0142", "This is not a Customer ID. It looks like CUST-0142."),
    "10,000 characters": ("CUST-0142" * 1_112, "This is not a Customer ID. It looks like CUST-0142."),
}


@pytest.mark.parametrize(
    ("use_case", "size"),
    [
        pytest.param(use_case, size, id=f"{name}-{use_case.name}")
        for name, size in (("wide", WIDE), ("narrow", NARROW))
        for use_case in USE_CASES
        if size is WIDE or use_case.purpose == "required" or len(use_case.parameters) > 0
    ],
)
def test_each_use_case_gives_a_checked_answer_for_its_example(
    open_page: OpenPage, house: Behind, use_case: UseCase, size: dict[str, int]
) -> None:
    page = open_page(path="/analyze", size=size)
    choose(page, "Use case", use_case.title)
    field = page.get_by_role("textbox", name=use_case.record_id.label)
    expect(field).to_have_attribute("placeholder", use_case.record_id.example)
    if use_case.purpose == "required":
        page.get_by_role("textbox", name="Purpose").fill(PURPOSE)
    ask(page, use_case.record_id.example, model="digest")
    see_finished(page)
    expect(page.get_by_role("heading", name=use_case.record_id.example)).to_be_visible()
    expect(page.get_by_text("not a language model")).to_be_visible()
    expect(page.get_by_role("heading", name="Headline")).to_be_in_viewport()
    expect(page.get_by_text("found").last).to_be_attached()
    see_no_sideways_scroll(page)
    analysis = house.analysis(request_of(page))
    assert (analysis.use_case, analysis.record_id) == (use_case.name, use_case.record_id.example)
    assert analysis.purpose == (PURPOSE if use_case.purpose == "required" else None)
    assert analysis.evidence is not None
    assert analysis.evidence.checked > 5
    assert analysis.masked is not None
    masked = bool(analysis.masked.tokens or analysis.masked.dropped)
    expect(page.get_by_role("tab", name="As the model saw it")).to_have_count(int(masked))
    expect(page.get_by_role("tab")).to_have_count(len(use_case.result_sets) + 1 + masked)
    assert [event.event for event in house.events(analysis.request_id)] == ASKED_AND_OUTCOME


def test_another_model_answers_the_next_request_without_a_restart(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer
) -> None:
    page = open_page(path="/analyze")
    ask(page, "CUST-0409", model="digest")
    see_finished(page)
    first = request_of(page)
    page.get_by_role("button", name="Ask again").click()
    choose(page, "Model", SLOW)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_text("Digest, not a language model")).to_have_count(0)
    slow.finish.set()
    see_finished(page)
    expect(page.get_by_role("heading", name=SLOW)).to_be_visible()
    second = house.analysis(request_of(page))
    assert second.request_id != first
    assert (second.record_id, second.outcome) == ("CUST-0409", Outcome.COMPLETED)
    assert second.model == f"slow/{SLOW}"
    assert second.evidence is not None


def test_the_example_is_one_click(open_page: OpenPage, house: Behind) -> None:
    page = open_page(house.person())
    page.get_by_role("button", name="Try CUST-0142").click()
    see_finished(page)
    expect(page.get_by_role("heading", name="CUST-0142")).to_be_visible()


def test_change_brings_the_form_back_with_what_was_asked(open_page: OpenPage, house: Behind) -> None:
    page = open_page(house.person(), "/analyze?use_case=support_ticket")
    page.get_by_text("More: question, purpose").click()
    page.get_by_role("textbox", name="Question").fill("Who should look at it?")
    ask(page, "TKT-2484", model="digest")
    see_finished(page)
    expect(page.get_by_text("Question: Who should look at it?")).to_be_visible()
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("textbox", name="Ticket ID")).to_have_value("TKT-2484")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Who should look at it?")


def test_a_record_id_that_cannot_be_one_is_told_at_once_and_costs_nothing(open_page: OpenPage, house: Behind) -> None:
    username = house.person()
    page = open_page(username, "/analyze")
    field = record_field(page)
    for typed, told in BAD.values():
        field.fill(typed)
        page.get_by_role("button", name="Analyze", exact=True).click()
        see_problem(page, told.split(". ")[0])
        expect(field).to_have_value(typed)
    assert not [event for event in house.asked_by(username) if event.outcome == Outcome.COMPLETED]
    field.fill("  CUST-0142  ")
    page.get_by_role("button", name="Analyze", exact=True).click()
    see_finished(page)
    expect(page.get_by_role("heading", name="CUST-0142")).to_be_visible()


def test_an_unknown_record_is_told_and_the_next_request_works(open_page: OpenPage, house: Behind) -> None:
    page = open_page(house.person(), "/analyze")
    ask(page, "CUST-9999")
    see_finished(page, "No such record")
    expect(page.get_by_text("There is no Customer ID CUST-9999.")).to_be_visible()
    assert [event.outcome for event in house.events(request_of(page))] == [None, Outcome.NO_RECORD]
    page.get_by_role("button", name="Change").click()
    expect(record_field(page)).to_have_value("CUST-9999")
    ask(page, "CUST-0142")
    see_finished(page)


def test_a_purpose_that_is_missing_is_asked_for_and_nothing_typed_is_lost(open_page: OpenPage, house: Behind) -> None:
    page = open_page(house.person(), "/analyze?use_case=patient_record")
    example = next(one for one in USE_CASES if one.name == "patient_record").record_id.example
    ask(page, example)
    see_problem(page, "needs a purpose")
    expect(record_field(page)).to_have_value(example)
    page.get_by_role("textbox", name="Purpose").fill(PURPOSE)
    page.get_by_role("button", name="Analyze", exact=True).click()
    see_finished(page)


def test_a_double_click_makes_one_request(open_page: OpenPage, house: Behind) -> None:
    username = house.person()
    page = open_page(username, "/analyze")
    record_field(page).fill("CUST-0142")
    page.get_by_role("button", name="Analyze", exact=True).dblclick()
    see_finished(page)
    assert [event.event for event in house.asked_by(username)].count(Event.ASKED) == 1


def test_a_finished_analysis_opens_again_for_whoever_may_see_it_and_for_nobody_else(
    open_page: OpenPage, house: Behind
) -> None:
    owner = house.person()
    page = open_page(owner, "/analyze")
    ask(page, "CUST-0142", model="digest")
    see_finished(page)
    request_id = request_of(page)
    path = f"/analyze?request={request_id}"
    page.reload()
    see_finished(page)
    manager = open_page("manager", path)
    see_finished(manager)
    expect(manager.get_by_role("button", name="Ask again")).to_have_count(0)
    opened = house.events(request_id)[-1]
    assert (opened.event, opened.username) == (Event.OPENED, "manager")
    for address in (path, "/analyze?request=00000000-0000-0000-0000-000000000000", "/analyze?request=nonsense"):
        colleague = open_page("analyst", address)
        see_problem(colleague, "There is no such analysis.")
        expect(colleague.get_by_role("heading", name="CUST-0142")).to_have_count(0)
