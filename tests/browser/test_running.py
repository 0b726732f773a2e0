"""While an answer is written: stop it, leave it, come back to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.accounts.user import Role
from core.audit.entry import Outcome
from tests.browser.acts import ask, cell, request_of, see_finished, see_running, select_row
from tests.browser.behind import Behind
from tests.browser.product import NARROW, SLOW, WIDE, OpenPage
from tests.core.models.misbehaving import MisbehavingServer


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_stop_keeps_the_text_so_far_and_ends_the_model(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer, size: dict[str, int]
) -> None:
    page = open_page(path="/analyze", size=size)
    ask(page, "CUST-0142", model=SLOW)
    see_running(page)
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_in_viewport()
    stop.click()
    see_finished(page, "Stopped")
    expect(page.get_by_text("The story begins.")).to_be_visible()
    assert slow.closed.wait(5)
    request_id = request_of(page)
    assert [event.event for event in house.events(request_id)] == ["analysis.asked", "analysis.outcome"]
    assert house.events(request_id)[-1].outcome == Outcome.STOPPED
    assert "The story begins." in house.analysis(request_id).answer


def test_an_answer_goes_on_while_its_page_is_left_and_is_found_again_in_history(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer
) -> None:
    page = open_page(house.person(), "/analyze")
    ask(page, "CUST-0142", model=SLOW)
    see_running(page)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(cell(page, "Running")).to_be_attached()
    select_row(page, "CUST-0142")
    see_running(page)
    assert not slow.closed.is_set()
    slow.finish.set()
    see_finished(page)
    expect(page.get_by_text("The story ends.")).to_be_visible()


def test_a_reload_in_mid_answer_shows_the_same_answer_still_running(
    open_page: OpenPage, slow: MisbehavingServer
) -> None:
    page = open_page(path="/analyze")
    ask(page, "CUST-0142", model=SLOW)
    see_running(page)
    request_id = request_of(page)
    page.reload()
    see_running(page)
    assert request_of(page) == request_id
    assert not slow.closed.is_set()
    slow.finish.set()
    see_finished(page)
    expect(page.get_by_text("The story ends.")).to_be_visible()


def test_only_the_person_who_asked_can_stop_a_running_answer(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer
) -> None:
    page = open_page(path="/analyze")
    ask(page, "CUST-0142", model=SLOW)
    see_running(page)
    manager = open_page("manager", f"/analyze?request={request_of(page)}")
    expect(manager.get_by_text("The story begins.")).to_be_visible()
    expect(manager.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    colleague = open_page(house.person(Role.ANALYST), f"/analyze?request={request_of(page)}")
    expect(colleague.get_by_text("There is no such analysis.")).to_be_visible()
    expect(colleague.get_by_text("The story begins.")).to_have_count(0)
    slow.finish.set()
    see_finished(manager)


def test_a_model_server_that_goes_away_in_mid_answer_is_told_and_the_text_so_far_stays(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer
) -> None:
    slow.faults[:] = ["reset"]
    page = open_page(path="/analyze")
    ask(page, "CUST-0142", model=SLOW)
    see_finished(page, "Failed")
    expect(page.get_by_role("alert")).to_contain_text("Ask again, or choose another model.")
    expect(page.get_by_text("One two three.")).to_be_visible()
    assert house.events(request_of(page))[-1].outcome == Outcome.FAILED


def test_a_session_that_ends_in_mid_answer_leads_to_sign_in_and_back_to_the_answer(
    open_page: OpenPage, house: Behind, slow: MisbehavingServer
) -> None:
    username = house.person()
    page = open_page(username, "/analyze")
    ask(page, "CUST-0142", model=SLOW)
    see_running(page)
    request_id = request_of(page)
    house.end_sessions(username)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    slow.finish.set()
    page.goto(page.url.split("/sign-in")[0] + f"/analyze?request={request_id}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(house.password(username))
    page.get_by_role("button", name="Sign in", exact=True).click()
    see_finished(page)
    expect(page.get_by_text("The story ends.")).to_be_visible()


def test_two_tabs_answer_apart(open_page: OpenPage, slow: MisbehavingServer) -> None:
    first, second = open_page(path="/analyze"), open_page(path="/analyze")
    ask(first, "CUST-0142", model=SLOW)
    see_running(first)
    ask(second, "CUST-0215")
    see_finished(second)
    expect(second.get_by_role("heading", name="CUST-0215")).to_be_visible()
    see_running(first)
    assert request_of(first) != request_of(second)
    slow.finish.set()
    see_finished(first)
    expect(first.get_by_role("heading", name="CUST-0142")).to_be_visible()
