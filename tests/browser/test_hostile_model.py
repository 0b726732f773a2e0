"""A model, a record, a colleague and a user name that want to load, link or run something; and an admin who shuts a
user out while an answer streams. The product is whole: procedures, Ollama's protocol, pages, browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import create_engine, select, text

from benchmarks.startup import free_port
from core.accounts.user import Role
from core.settings import ROOT
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.store.tables import analyses
from tests.browser.acts import settle
from tests.browser.behind import Behind, behind
from tests.browser.conftest import Windows
from tests.browser.product import WIDE, Product, sign_in
from tests.core.models.misbehaving import MisbehavingServer
from tests.core.models.processes import wait_until
from tests.hostile import ELSEWHERE, HOSTILE, OURS

pytestmark = pytest.mark.timeout(300)
TICKET = "TKT-9902"
OPENED = """
INSERT INTO business.tickets SELECT :ticket, customer_id, order_id, product_id, category, priority, 'Open', :subject,
    opened_at, NULL, NULL, NULL FROM business.tickets WHERE ticket_id = 'TKT-2484'
"""
WRITTEN = """
INSERT INTO business.ticket_messages VALUES (:ticket, :number, '2025-06-01', 'customer', :author, :message)
"""
MODEL = "steered/model"


@dataclass
class Steered:
    """The product with one model server of ours beside the embedded one."""

    product: Product
    model: MisbehavingServer
    house: Behind

    def outcome_of(self, username: str) -> str | None:
        query = select(analyses.c.outcome).where(analyses.c.username == username)
        with self.house.audit.engine.connect() as connection:
            return connection.execute(query).scalars().one()


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steered]:
    var, prompts = tmp_path_factory.mktemp("steered"), tmp_path_factory.mktemp("prompts")
    ticket = (ROOT / "prompts" / "support_ticket.md").read_text(encoding="utf-8")
    (prompts / "support_ticket.md").write_text(ticket, encoding="utf-8")
    loose = ticket.replace("title: Support ticket", "title: Anything").replace("'TKT-\\d{4}'", "'.+'")
    (prompts / "anything.md").write_text(loose, encoding="utf-8")
    with MisbehavingServer(context_length=65_536, answer=lambda _: _pieces(HOSTILE)) as model:
        environment = {
            "PROMPTS": str(prompts),
            "DEFAULT_MODEL": MODEL,
            "MODELS__STEERED__KIND": "ollama",
            "MODELS__STEERED__URL": model.url,
            "MODELS__STEERED__LOCAL": "true",
        }
        product = Product(var, free_port(), environment)
        product.start()
        try:
            _write_tickets(var)
            with behind(var) as house:
                yield Steered(product, model, house)
        finally:
            product.stop()


def _pieces(texts: list[str]) -> list[str]:
    return [piece for one in texts for piece in (one, "\n\n")]


def _write_tickets(var: Path) -> None:
    with EmbeddedPostgres.start(var) as postgres:
        owner = create_engine(postgres.url("business_owner", SAMPLE_DATABASE))
        with owner.begin() as connection:
            connection.execute(text(OPENED), {"ticket": TICKET, "subject": HOSTILE[0]})
            for number, message in enumerate(HOSTILE, 1):
                values = {"ticket": TICKET, "number": number, "author": HOSTILE[-number][:60], "message": message}
                connection.execute(text(WRITTEN), values)
        owner.dispose()


@dataclass
class Watched:
    """What a browser asked for, and what it drew."""

    page: Page
    requests: list[Request] = field(default_factory=list[Request])

    def check(self) -> None:
        """Nothing left this machine, nothing of ours was fetched by a trick, nothing drawn leads anywhere."""
        settle(self.page)
        urls = [request.url for request in self.requests]
        hosts = {urlsplit(url).hostname for url in urls if not url.startswith(("data:", "blob:"))}
        assert hosts <= {"127.0.0.1"}, hosts
        assert [url for url in urls if ELSEWHERE in url or OURS in url or "tricked" in url] == []
        for selector in (
            f"[href*='{ELSEWHERE}'], [src*='{ELSEWHERE}'], [poster*='{ELSEWHERE}'], [action*='{ELSEWHERE}']",
            "[href*='tricked'], [src*='tricked'], [poster*='tricked'], [action*='tricked']",
            "a[href^='javascript:'], a[href^='mailto:'], a[href^='data:']",
            "[data-testid=stMarkdownContainer] :is(iframe, script, form, video, svg image, .katex, .katex-error)",
            "[data-testid=stMarkdownContainer] img, [data-testid=stMarkdownContainer] input",
        ):
            assert self.page.locator(selector).count() == 0, selector


@pytest.fixture
def watched(windows: Windows, steered: Steered) -> Iterator[Callable[..., Watched]]:
    """Opens a page as somebody who is signed in, in a window of their own."""
    taken: list[BrowserContext] = []

    def watched(username: str, path: str) -> Watched:
        context = windows.take(WIDE, "light")
        taken.append(context)
        product = steered.product
        cookie = {"name": product.cookie, "value": steered.house.token(username), "url": product.url, "httpOnly": True}
        context.add_cookies([cookie | {"sameSite": "Strict"}])  # type: ignore[list-item]
        seen = Watched(context.pages[0] if context.pages else context.new_page())
        seen.page.on("request", lambda request: seen.requests.append(request))
        seen.page.goto(f"{product.url}{path}")
        return seen

    yield watched
    for context in taken:
        windows.give_back(context, WIDE, "light", f"{steered.product.url}/sign-in")


def test_hostile_texts_are_drawn_as_their_characters(watched: Callable[..., Watched]) -> None:
    assert len(HOSTILE) >= 30
    analyst = watched("analyst", "/analyze?use_case=support_ticket")
    page = analyst.page
    ask(page, TICKET, question=HOSTILE[1])
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=60_000)
    analyst.check()
    drawn = re.sub(r"\n?⚠\n?", "", page.get_by_test_id("stMain").inner_text().replace("\u2060", ""))
    for shown in (
        "<script>alert(1)</script>",
        "![x](/sign-out?tricked=1)",
        "$\\href{http:",
        ":material/delete:",
        ":red[text]",
    ):
        assert shown in drawn
    for tab in page.get_by_role("tab").all():
        tab.click()
        analyst.check()
    page.get_by_role("button", name="Copy").first.click()
    analyst.check()
    page.goto(f"{page.url.split('?')[0]}?use_case=anything")
    for record_id in [one for one in HOSTILE if "\n" not in one][:3]:
        ask(page, record_id)
        expect(page.get_by_text("No such record").first).to_be_visible(timeout=30_000)
        analyst.check()
        page.get_by_role("button", name="New analysis").click()
    go(page, "History")
    analyst.check()
    go(page, "Account")
    page.get_by_role("button", name="New key").click()
    page.get_by_role("textbox", name="Name").fill("![x](/sign-out?tricked=k) <b>")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("shown only this once")).to_be_visible()
    analyst.check()


def test_what_others_read_of_them_is_drawn_so_too(watched: Callable[..., Watched], steered: Steered) -> None:
    name = "![x](http://evil.example/n.png) <img src='/sign-out?tricked=n'> $x$ :red[n]"
    steered.house.add("mallory", name, Role.MANAGER)
    analyst = watched("analyst", "/analyze?use_case=support_ticket")
    ask(analyst.page, TICKET)
    expect(analyst.page.get_by_text("Completed").first).to_be_visible(timeout=60_000)

    manager = watched("mallory", "/review")
    page = manager.page
    manager.check()  # the user's own name in the sidebar
    page.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
    page.get_by_role("textbox", name="Comment").fill("\n\n".join(HOSTILE)[:1_900])
    manager.check()
    page.get_by_role("button", name="Return").click()
    expect(page.get_by_test_id("stToast")).to_be_visible()
    manager.check()

    analyst.page.reload()  # reads the comment
    expect(analyst.page.get_by_text("Returned by").first).to_be_visible()
    analyst.check()

    admin = watched("admin", f"/audit?record={TICKET}")
    page = admin.page
    settle(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
    expect(page.get_by_text("whole story")).to_be_visible()
    admin.check()
    for title in ("Users", "Models", "Health", "Audit"):
        go(page, title)
        admin.check()


def test_a_disabled_user_is_out_at_the_next_click_while_an_answer_streams(
    watched: Callable[..., Watched], steered: Steered
) -> None:
    steered.house.add("aa.victim", "A Victim", Role.ANALYST)
    steered.model.faults[:] = ["until_told"]
    victim = watched("aa.victim", "/analyze?use_case=support_ticket").page
    ask(victim, TICKET)
    expect(victim.get_by_text("The story begins.")).to_be_visible(timeout=30_000)
    admin = watched("admin", "/users").page
    settle(admin)
    admin.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
    admin.get_by_role("button", name="Disable").click()
    admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(admin.get_by_text("is disabled")).to_be_visible()
    assert steered.outcome_of("aa.victim") is None  # it streams
    out = victim.get_by_role("button", name="Sign in", exact=True)  # a page that only watches is led there too
    victim.get_by_role("button", name="Stop").or_(out).click()  # the next click
    expect(out).to_be_visible()
    assert urlsplit(victim.url).path == "/sign-in"
    sign_in(victim, "aa.victim", steered.house.password("aa.victim"))
    expect(victim.get_by_text("is wrong")).to_be_visible()
    steered.model.finish.set()
    wait_until(lambda: steered.outcome_of("aa.victim"))
    assert steered.outcome_of("aa.victim") == "completed"


def ask(page: Page, record_id: str, question: str = "") -> None:
    page.get_by_role("textbox", name="Ticket ID").fill(record_id)
    if question:
        page.get_by_text("More: question").click()
        page.get_by_role("textbox", name="Question").fill(question)
    page.get_by_role("button", name="Analyze", exact=True).click()


def go(page: Page, title: str) -> None:
    """To another page, by the sidebar."""
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
