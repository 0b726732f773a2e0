"""A manager's verdict, and what the analyst sees of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from core.accounts.user import Role
from core.audit.entry import Event
from tests.browser.acts import ask, cell, request_of, see_finished, see_no_sideways_scroll, see_problem, select_row
from tests.browser.behind import Behind
from tests.browser.product import NARROW, OpenPage

COMMENT = "The open ticket is not mentioned. Ask again."


def completed(page: Page, record_id: str) -> None:
    ask(page, record_id, model="digest")
    see_finished(page)


def test_an_analysis_is_returned_with_a_comment_asked_again_and_approved(open_page: OpenPage, house: Behind) -> None:
    username = house.person()
    analyst = open_page(username, "/analyze")
    completed(analyst, "CUST-0042")
    first = request_of(analyst)

    manager = open_page("manager", "/review", size=NARROW)
    manager.get_by_role("searchbox", name="Search").fill("CUST-0042")
    manager.get_by_role("searchbox", name="Search").press("Enter")
    manager.wait_for_url("**q=CUST-0042*")
    select_row(manager, "CUST-0042")
    manager.get_by_role("button", name="Return").click()
    see_problem(manager, "Say in the comment why you return it.")
    manager.get_by_role("textbox", name="Comment").fill(COMMENT)
    manager.get_by_role("button", name="Return").click()
    expect(manager.get_by_text("CUST-0042: returned.")).to_be_visible()
    see_no_sideways_scroll(manager)

    analyst.reload()
    see_problem(analyst, COMMENT)
    analyst.get_by_role("button", name="Ask again").click()
    analyst.get_by_role("button", name="Ask", exact=True).click()
    analyst.wait_for_url(lambda address: str(first) not in address)
    expect(analyst.get_by_text("Returned by manager")).to_have_count(0)
    see_finished(analyst)

    manager.reload()
    select_row(manager, "CUST-0042")
    manager.get_by_role("button", name="Approve").click()
    expect(manager.get_by_text("CUST-0042: approved.")).to_be_visible()
    analyst.reload()
    expect(analyst.get_by_text("Approved by manager")).to_be_visible()
    history = open_page(username, "/history")
    expect(cell(history, "✓ Approved")).to_be_attached()
    expect(cell(history, "↩ Returned")).to_be_attached()
    assert [event.reason for event in house.events(first) if event.event == Event.REVIEWED] == ["returned"]


def test_nobody_reviews_what_they_asked_themselves(open_page: OpenPage, house: Behind) -> None:
    one, other = house.person(Role.MANAGER), house.person(Role.MANAGER)
    mine = open_page(one, "/analyze")
    completed(mine, "CUST-0067")
    mine.get_by_role("link", name="Review").click()
    expect(mine.get_by_role("heading", name="Review")).to_be_visible()
    theirs = open_page(other, "/review")
    expect(cell(theirs, one)).to_be_attached()
    expect(mine.locator("canvas td").filter(has_text=one)).to_have_count(0)


def test_what_a_colleague_has_reviewed_meanwhile_is_not_reviewed_twice(open_page: OpenPage, house: Behind) -> None:
    asked = open_page(house.person(), "/analyze")
    completed(asked, "CUST-0068")
    first, second = (open_page(house.person(Role.MANAGER), "/review") for _ in range(2))
    for page in (first, second):
        select_row(page, "CUST-0068")
        expect(page.get_by_role("button", name="Approve")).to_be_visible()
    first.get_by_role("button", name="Approve").click()
    expect(first.get_by_text("CUST-0068: approved.")).to_be_visible()
    second.get_by_role("button", name="Approve").click()
    see_problem(second, "Somebody has reviewed this analysis already.")
