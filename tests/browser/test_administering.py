"""What an admin sees and does: the audit log, and the accounts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from core.accounts.user import Role
from tests.browser.acts import (
    ask,
    cell,
    choose,
    request_of,
    see_finished,
    see_no_sideways_scroll,
    see_problem,
    select_row,
)
from tests.browser.behind import Behind
from tests.browser.product import NARROW, OpenPage, sign_in


def test_an_admin_finds_a_request_and_its_outcome_and_the_address_keeps_the_filters(
    open_page: OpenPage, house: Behind
) -> None:
    username = house.person()
    page = open_page(username, "/analyze")
    ask(page, "CUST-0042", model="digest")
    see_finished(page)
    request_id = request_of(page)

    admin = open_page("admin", "/audit")
    expect(admin.get_by_text("Intact to")).to_be_visible()
    admin.get_by_role("textbox", name="User").fill(username)
    admin.get_by_role("textbox", name="User").press("Enter")
    choose(admin, "Role", "Analyst")
    choose(admin, "Use case", "Customer insight")
    choose(admin, "Model", "digest")
    choose(admin, "Outcome", "Completed")
    expect(cell(admin, "Analysis completed")).to_be_attached()
    expect(admin.locator("canvas tbody tr")).to_have_count(1)
    for part in (f"user={username}", "role=analyst", "model=digest", "use_case=customer_insight", "outcome=completed"):
        expect(admin).to_have_url(re.compile(re.escape(part)))
    admin = open_page("admin", urlsplit(admin.url)._replace(scheme="", netloc="").geturl(), size=NARROW)  # elsewhere
    expect(cell(admin, "Analysis completed")).to_be_attached()
    expect(admin.get_by_role("textbox", name="User")).to_have_value(username)
    see_no_sideways_scroll(admin)

    select_row(admin, "Analysis completed")
    expect(admin.get_by_text("The whole story of this request")).to_be_visible()
    story = admin.get_by_role("main").get_by_role("listitem").filter(has_text=username)
    expect(story).to_have_count(2)
    expect(story.first).to_contain_text("asked")
    expect(story.last).to_contain_text("Analysis completed")
    assert len(house.events(request_id)) == 2


def fill_user(page: Page, username: str, name: str, password: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="User name").fill(username)
    dialog.get_by_role("textbox", name="Name", exact=True).fill(name)
    dialog.get_by_role("textbox", name="Password").fill(password)
    dialog.get_by_role("button", name="Add", exact=True).click()


def find_user(page: Page, username: str) -> None:
    """A table paints the lines that fit on the screen, so the one to select must be among few."""
    field = page.get_by_role("textbox", name="Find")
    field.fill(username)
    field.press("Enter")
    expect(page.locator("canvas tbody tr")).to_have_count(1)


def test_an_account_from_its_first_day_to_its_last(open_page: OpenPage, house: Behind) -> None:
    username = f"new-{house.person()[-8:]}"
    admin = open_page("admin", "/users")
    admin.get_by_role("button", name="Add a user").click()
    fill_user(admin, username, "Nora New", "short")
    see_problem(admin, "12 characters")
    fill_user(admin, username, "Nora New", "seven-green-bicycles")
    expect(admin.get_by_text("Nora New can sign in now.")).to_be_visible()

    new = open_page(None)
    sign_in(new, username, "seven-green-bicycles")
    expect(new.get_by_role("button", name="Analyze", exact=True)).to_be_visible()
    expect(new.get_by_role("link", name="Review")).to_have_count(0)

    find_user(admin, username)
    select_row(admin, username)
    choose(admin, "Role", "manager")
    admin.get_by_role("button", name="Set role").click()
    expect(admin.get_by_text("Nora New is now manager.")).to_be_visible()
    new.get_by_role("link", name="History").click()
    expect(new.get_by_text("Your session has ended.")).to_be_visible()
    sign_in(new, username, "seven-green-bicycles")
    expect(new.get_by_role("link", name="Review")).to_be_visible()

    admin.get_by_role("button", name="Reset password").click()  # the line is still selected
    admin.get_by_role("dialog").get_by_role("button", name="Reset password").click()
    shown = admin.get_by_text("shown only now").locator("code")
    password = shown.inner_text()
    new.get_by_role("link", name="History").click()
    expect(new.get_by_text("Your session has ended.")).to_be_visible()
    sign_in(new, username, "seven-green-bicycles")
    expect(new.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
    sign_in(new, username, password)
    expect(new.get_by_role("link", name="Review")).to_be_visible()

    admin.get_by_role("button", name="Disable").click()
    admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(admin.get_by_text("Nora New is disabled.")).to_be_visible()
    new.get_by_role("link", name="History").click()
    expect(new.get_by_text("Your session has ended.")).to_be_visible()
    sign_in(new, username, password)
    expect(new.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")


def test_an_admin_cannot_lock_themselves_out(open_page: OpenPage, house: Behind) -> None:
    username = house.person(Role.ADMIN)
    page = open_page(username, "/users")
    find_user(page, username)
    assert f"find={username}" in page.url
    select_row(page, username)
    expect(page.get_by_text("This is you.")).to_be_visible()
    expect(page.get_by_role("button", name="Disable")).to_be_disabled()
    expect(page.get_by_role("button", name="Set role")).to_be_disabled()
