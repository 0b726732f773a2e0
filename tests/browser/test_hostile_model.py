"""A model, a record, a colleague and a user name that want to load, link or run something; and an admin who shuts a
user out while an answer streams. The product is whole: procedures, Ollama's protocol, pages, browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import create_engine, select, text

from benchmarks.startup import free_port
from core.accounts.user import Role
from core.accounts.users import Users
from core.audit.log import AuditLog
from core.audit.opening import opened_audit_log
from core.settings import ROOT, Settings
from core.store.embedded import SAMPLE_DATABASE, EmbeddedPostgres
from core.store.tables import analyses
from tests.browser.product import WIDE, Product, sign_in
from tests.core.models.misbehaving import MisbehavingServer
from tests.hostile import ELSEWHERE, HOSTILE, OURS

pytestmark = pytest.mark.timeout(300)
PASSWORD = "seven quiet harbours"
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
    audit: AuditLog

    @property
    def users(self) -> Users:
        return Users(self.audit.engine, self.audit)

    def outcome_of(self, username: str) -> str | None:
        query = select(analyses.c.outcome).where(analyses.c.username == username)
        with self.audit.engine.connect() as connection:
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
            with opened_audit_log(Settings(var=var)) as audit:
                yield Steered(product, model, audit)
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


def settle(page: Page) -> None:
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)


@contextmanager
def watched(browser: Browser, steered: Steered, username: str, password: str | None = None) -> Iterator[Watched]:
    context = browser.new_context(viewport=WIDE)
    try:
        seen = Watched(context.new_page())
        context.on("request", lambda request: seen.requests.append(request))
        seen.page.goto(f"{steered.product.url}/sign-in")
        sign_in(seen.page, username, password)
        expect(seen.page.get_by_test_id("stMain")).to_be_visible()
        yield seen
    finally:
        context.close()


def test_hostile_texts_are_drawn_as_their_characters(browser: Browser, steered: Steered) -> None:
    assert len(HOSTILE) >= 30
    with watched(browser, steered, "analyst") as analyst:
        page = analyst.page
        ask(page, steered, "Support ticket", TICKET, question=HOSTILE[1])
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
        for record_id in [one for one in HOSTILE if "\n" not in one][:3]:
            ask(page, steered, "Anything", record_id)
            expect(page.get_by_text("No such record").first).to_be_visible(timeout=30_000)
            analyst.check()
        page.goto(f"{steered.product.url}/history")
        analyst.check()
        page.goto(f"{steered.product.url}/account")
        page.get_by_role("button", name="New key").click()
        page.get_by_role("textbox", name="Name").fill("![x](/sign-out?tricked=k) <b>")
        page.get_by_role("button", name="Make the key").click()
        expect(page.get_by_text("shown only this once")).to_be_visible()
        analyst.check()


def test_what_others_read_of_them_is_drawn_so_too(browser: Browser, steered: Steered) -> None:
    name = "![x](http://evil.example/n.png) <img src='/sign-out?tricked=n'> $x$ :red[n]"
    steered.users.add(None, "mallory", name, Role.MANAGER, PASSWORD)
    with watched(browser, steered, "analyst") as analyst:
        ask(analyst.page, steered, "Support ticket", TICKET)
        expect(analyst.page.get_by_text("Completed").first).to_be_visible(timeout=60_000)
    with watched(browser, steered, "mallory", PASSWORD) as manager:
        page = manager.page
        manager.check()  # the user's own name in the sidebar
        page.goto(f"{steered.product.url}/review")
        settle(page)
        page.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
        page.get_by_role("textbox", name="Comment").fill("\n\n".join(HOSTILE)[:1_900])
        manager.check()
        page.get_by_role("button", name="Return").click()
        expect(page.get_by_test_id("stToast")).to_be_visible()
        manager.check()
    with watched(browser, steered, "analyst") as analyst:  # reads the comment
        analyst.page.goto(f"{steered.product.url}/analyze?request={_latest(steered, 'completed')}")
        expect(analyst.page.get_by_text("Returned by").first).to_be_visible()
        analyst.check()
    with watched(browser, steered, "admin") as admin:
        page = admin.page
        for path in ("/audit", "/users", "/models", "/health"):
            page.goto(f"{steered.product.url}{path}")
            expect(page.get_by_test_id("stHeading").first).to_be_visible()
            admin.check()
        page.goto(f"{steered.product.url}/audit?record={TICKET}")
        settle(page)
        page.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
        expect(page.get_by_text("whole story")).to_be_visible()
        admin.check()


def test_a_disabled_user_is_out_at_the_next_click_while_an_answer_streams(browser: Browser, steered: Steered) -> None:
    steered.users.add(None, "aa.victim", "A Victim", Role.ANALYST, PASSWORD)
    steered.model.answer = lambda _: ["A line that says nothing.\n\n"] * 400
    steered.model.pace = 0.05
    with watched(browser, steered, "aa.victim", PASSWORD) as victim, watched(browser, steered, "admin") as admin:
        ask(victim.page, steered, "Support ticket", TICKET)
        expect(victim.page.get_by_text("A line that says nothing.").nth(3)).to_be_visible(timeout=30_000)
        admin.page.goto(f"{steered.product.url}/users")
        settle(admin.page)
        admin.page.get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 52})
        admin.page.get_by_role("button", name="Disable").click()
        admin.page.get_by_role("dialog").get_by_role("button", name="Disable").click()
        expect(admin.page.get_by_text("is disabled")).to_be_visible()
        assert steered.outcome_of("aa.victim") is None  # it streams
        out = victim.page.get_by_role("button", name="Sign in", exact=True)  # a page that only watches is led there too
        victim.page.get_by_role("button", name="Stop").or_(out).click()  # the next click
        expect(out).to_be_visible()
        assert urlsplit(victim.page.url).path == "/sign-in"
        sign_in(victim.page, "aa.victim", PASSWORD)
        expect(victim.page.get_by_text("is wrong")).to_be_visible()
    deadline = time.monotonic() + 60
    while (outcome := steered.outcome_of("aa.victim")) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert outcome == "completed"


def ask(page: Page, steered: Steered, use_case: str, record_id: str, question: str = "") -> None:
    page.goto(f"{steered.product.url}/analyze?use_case={use_case.replace(' ', '+')}")
    page.get_by_role("textbox", name="Ticket ID").fill(record_id)
    if question:
        page.get_by_text("More: question").click()
        page.get_by_role("textbox", name="Question").fill(question)
    page.get_by_role("button", name="Analyze", exact=True).click()


def _latest(steered: Steered, outcome: str) -> str:
    query = select(analyses.c.request_id).where(analyses.c.outcome == outcome)
    with steered.audit.engine.connect() as connection:
        return str(connection.execute(query.order_by(analyses.c.asked_at.desc()).limit(1)).scalar_one())
