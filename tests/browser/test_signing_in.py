"""At the door: who gets in, where they land, and what they see there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.accounts.demo import DEMO_ACCOUNTS
from core.accounts.user import Role
from core.audit.entry import Event, Outcome
from tests.browser.acts import see_finished, see_no_sideways_scroll
from tests.browser.behind import Behind
from tests.browser.product import NARROW, WIDE, OpenPage, sign_in

PAGES = {
    Role.ANALYST: ["Analyze", "History", "Account"],
    Role.MANAGER: ["Analyze", "History", "Review", "Account"],
    Role.ADMIN: ["Analyze", "History", "Audit", "Users", "Models", "Health", "Account"],
}
NOT_FOR_ANALYSTS = ["review", "audit", "users", "models", "health"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_wrong_password_is_told_and_the_right_one_leads_to_the_page_that_was_asked_for(
    open_page: OpenPage, house: Behind, size: dict[str, int]
) -> None:
    username = house.person()
    page = open_page(None, "/analyze?use_case=support_ticket", size=size)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    see_no_sideways_scroll(page)
    sign_in(page, username, "not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
    expect(page.get_by_label("User name")).to_have_value(username)
    expect(page.get_by_label("Password")).to_be_focused()
    sign_in(page, username, house.password(username))
    expect(page.get_by_role("textbox", name="Ticket ID")).to_be_visible()
    assert page.url.endswith("/analyze?use_case=support_ticket")
    see_no_sideways_scroll(page)
    refused = next(event for event in house.asked_by(username) if event.event == Event.SIGN_IN_REFUSED)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "wrong password")


@pytest.mark.parametrize("demo", DEMO_ACCOUNTS, ids=lambda demo: demo.user.role.value)
def test_a_demo_account_is_one_click_and_offers_the_pages_of_its_role(open_page: OpenPage, demo) -> None:
    page = open_page(None)
    page.get_by_role("button", name=f"Sign in as {demo.user.role}").click()
    expect(page.get_by_role("button", name="Analyze", exact=True)).to_be_visible()
    expect(page.get_by_text(demo.user.name)).to_be_visible()
    links = page.get_by_role("navigation", name="App pages").get_by_role("link")
    expect(links).to_have_text([re.compile(rf"{title}$") for title in PAGES[demo.user.role]])  # after an icon


def test_after_signing_out_nothing_can_be_opened_any_more(open_page: OpenPage, house: Behind) -> None:
    username = house.person()
    page = open_page(username, "/history")
    expect(page.get_by_text("No analyses yet")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("name", NOT_FOR_ANALYSTS)
def test_an_analyst_who_types_the_address_of_a_page_of_others_is_refused_and_that_is_audited(
    open_page: OpenPage, house: Behind, name: str
) -> None:
    page = open_page("analyst", f"/{name}")
    expect(page.get_by_role("alert")).to_contain_text("This page is not for your role.")
    expect(page.get_by_role("main").get_by_role("heading")).to_have_count(0)
    refused = next(event for event in house.asked_by("analyst") if event.event == Event.PAGE_REFUSED)
    assert refused.details is not None
    assert name in refused.details
    page.get_by_role("button", name="Back to Analyze").click()
    expect(page.get_by_role("button", name="Analyze", exact=True)).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the element with this accessible name has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        names = page.evaluate(  # at once: what has the focus may be drawn anew at any moment
            "[document.activeElement.ariaLabel, document.activeElement.innerText?.split('\\n').at(-1)]"
        )
        if name in names:
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_signing_in_and_asking_needs_no_mouse(open_page: OpenPage, house: Behind) -> None:
    username = house.person()
    page = open_page(None)
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(house.password(username))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Analyze", exact=True)).to_be_visible()
    tab_to(page, "Customer ID")
    page.keyboard.type("CUST-0142")
    page.keyboard.press("Enter")
    see_finished(page)
    tab_to(page, "New analysis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Customer ID")).to_be_visible()
    tab_to(page, "Customer ID")
    page.keyboard.type("CUST-0215")
    tab_to(page, "Analyze")
    page.keyboard.press("Enter")
    see_finished(page)
    expect(page.get_by_role("heading", name="CUST-0215")).to_be_visible()
