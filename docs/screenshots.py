"""Pictures of every page: `make screenshots`, or `python -m docs.screenshots [NAME …]` for some of them.

Starts the product in a folder of its own, asks a few things so that there is something to see, and takes each page
light and dark, wide and narrow, into var/screenshots/. Those that README.md and docs/ show go to docs/pictures/, made
small.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.parts import fresh_folder
from benchmarks.startup import free_port
from core.accounts.demo import DEMO_ACCOUNTS
from core.accounts.user import Actor
from core.bootstrap import Application, open_application
from core.evidence.verdict import Verdict
from core.reviews import review
from core.settings import ROOT, Settings
from core.steps import Request
from tests.browser.acts import click_row, settle
from tests.browser.product import NARROW, WIDE, Product, launch, sign_in

EVERY_PICTURE = ROOT / "var" / "screenshots"
SHOWN = ROOT / "docs" / "pictures"
IN_README = ("analyze-finished-light-1440", "review-light-1440", "audit-light-1440")
IN_DOCS = (
    "evidence-invented-light-1440",
    "evidence-derived-light-1440",
    "evidence-citation-dark-390",
    "masking-seen-light-1440",
)
SMALL_MODEL = "SmolLM2"
ENOUGH = 900  # characters: the small model may repeat itself until its time is over
INVENTIONS = (  # what the small model writes differs from installation to installation: one of these will do
    ("CUST-0077", None),
    ("CUST-0142", None),
    ("CUST-0077", "Which products did this customer buy, and what does the signal say?"),
    ("CUST-0142", "How did orders and spend change against the 12 months before?"),
)
ACTORS = {demo.user.username: Actor(demo.user, source="page") for demo in DEMO_ACCOUNTS}


@dataclass(frozen=True, slots=True)
class State:
    """What was asked before the pictures."""

    with_digest: UUID
    stopped: UUID
    approved: UUID
    returned: UUID
    unknown: UUID
    invented: UUID
    patient: UUID


def main(wanted: list[str]) -> int:
    shots = {name: shot for name, shot in SHOTS.items() if not wanted or name in wanted}
    expect.set_options(timeout=60_000)
    with fresh_folder() as var, sync_playwright() as driver:
        state = populate(var)
        with serving(var) as product:
            browser = launch(driver)
            for scheme in ("light", "dark"):
                for size in (WIDE, NARROW):
                    for name, (username, shot) in shots.items():
                        take(browser, product, f"{name}-{scheme}-{size['width']}", username, shot, state)
            browser.close()
    print(f"Pictures are in {EVERY_PICTURE} and {SHOWN}.")
    return 0


def populate(var: Path) -> State:
    application = open_application(Settings(var=var, prompts=ROOT / "prompts", find_ollama=False))
    try:
        return _ask_around(application)
    finally:
        application.close()


def _ask_around(application: Application) -> State:
    models = [model.id for model in application.catalogue.list().models]
    small = next((model for model in models if SMALL_MODEL in model), "embedded/digest")

    def ask(
        use_case: str,
        record_id: str,
        *,
        who: str = "analyst",
        model: str = "embedded/digest",
        purpose: str | None = None,
        question: str | None = None,
    ) -> UUID:
        request = Request(
            actor=ACTORS[who],
            use_case=use_case,
            record_id=record_id,
            model=model,
            purpose=purpose,
            question=question,
        )
        job = application.jobs.start(request)
        seen = -1
        while (now := job.watch(seen, 5.0))[1].running:
            seen = now[0]
            if model == small and len(now[1].answer) > ENOUGH:
                application.jobs.stop(request.request_id)
        return request.request_id

    ask("support_ticket", "TKT-2492")
    approved = ask("financial_report", "FIN-2026-09")
    review(application.audit, ACTORS["manager"], approved, "approved", None)
    ask("document_review", "DOC-0042")
    patient = ask("patient_record", "PAT-0107", purpose="Medication review before the visit")
    ask("order_analysis", "ORD-19054", who="admin")
    returned = ask("order_analysis", "ORD-18668")
    comment = "The second shipment of the same goods is not mentioned. Ask again with a larger model."
    review(application.audit, ACTORS["manager"], returned, "returned", comment)
    unknown = ask("customer_insight", "CUST-9999")
    stopped = ask("customer_insight", "CUST-0142", model=small)
    invented = stopped
    for record_id, question in INVENTIONS:
        invented = ask("customer_insight", record_id, model=small, question=question)
        evidence = application.analyses.get(invented).evidence
        if evidence and evidence.counts[Verdict.UNSUPPORTED] and evidence.counts[Verdict.FOUND] > 1:
            break
    with_digest = ask("customer_insight", "CUST-0142")
    return State(with_digest, stopped, approved, returned, unknown, invented, patient)


@contextmanager
def serving(var: Path) -> Iterator[Product]:
    product = Product(var, free_port())
    product.start()
    try:
        yield product
    finally:
        product.stop()


Shot = Callable[[Page, str, State], None]


def take(browser: Browser, product: Product, name: str, username: str | None, shot: Shot, state: State) -> None:
    size = NARROW if name.endswith(str(NARROW["width"])) else WIDE
    scheme = "dark" if "-dark-" in name else "light"
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{product.url}/sign-in")
    if username:
        sign_in(page, username)
        expect(page.get_by_test_id("stMain")).to_be_visible()
    shot(page, product.url, state)
    if not page.get_by_role("button", name="Stop").count():
        hold_still(page)
    EVERY_PICTURE.mkdir(parents=True, exist_ok=True)
    file = EVERY_PICTURE / f"{name}.png"
    page.screenshot(path=file)
    if page.get_by_role("button", name="Stop").count():
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="New analysis")).to_be_visible()
    context.close()
    if name in (*IN_README, *IN_DOCS):
        SHOWN.mkdir(exist_ok=True)
        with Image.open(file) as picture:
            picture.convert("RGB").quantize(128).save(SHOWN / f"{name}.png", optimize=True)
    print(name, flush=True)


def hold_still(page: Page) -> None:
    """Nothing is drawn any more: the app's own sign of work is gone, and so are placeholders."""
    page.mouse.move(0, 0)
    if page.get_by_test_id("stApp").count():
        settle(page)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate("document.fonts.ready")


def opened(path: str, text: str) -> Shot:
    """The page at `path`, once it shows `text`."""

    def shot(page: Page, url: str, state: State) -> None:
        page.goto(f"{url}{path}")
        expect(page.get_by_text(text).first).to_be_visible()

    return shot


def pressed(path: str, button: str, then: str) -> Shot:
    """What a button of this page opens: it holds the button `then`."""

    def shot(page: Page, url: str, state: State) -> None:
        page.goto(f"{url}{path}")
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_role("button", name=then, exact=True)).to_be_visible()

    return shot


def finished(page: Page, url: str, state: State) -> None:
    _open(page, url, state.approved)


def stopped(page: Page, url: str, state: State) -> None:
    _open(page, url, state.stopped)


def finished_record(page: Page, url: str, state: State) -> None:
    _open(page, url, state.with_digest)
    tab = page.get_by_role("tab").filter(has_text="Orders by month")
    tab.click()
    tab.evaluate("tab => tab.scrollIntoView({block: 'start'})")


def figure(verdict: str, state_of: Callable[[State], UUID]) -> Shot:
    """A figure of this verdict chosen, beside it what the record says; the first one when there is none."""

    def shot(page: Page, url: str, state: State) -> None:
        _open(page, url, state_of(state))
        expect(page.locator("[data-figure]").first).to_be_visible()
        wanted = page.locator(f"[data-verdict={verdict}]")
        choose(page, wanted.first if wanted.count() else page.locator("[data-figure]").first)

    return shot


def choose(page: Page, mark: Locator) -> None:
    mark.click()
    panel = page.locator(".st-key-figure")
    expect(panel).to_be_visible()
    hold_still(page)
    if page.viewport_size == NARROW:
        panel.evaluate("panel => panel.scrollIntoView({block: 'end'})")


def to_check(page: Page, url: str, state: State) -> None:
    _open(page, url, state.invented)
    toggle = page.get_by_text("Show only what needs a look")
    expect(page.locator(".st-key-evidence")).to_be_visible()
    if toggle.count():
        toggle.click()
        expect(page.locator(".st-key-answer li").first).to_be_visible()


def citation(page: Page, url: str, state: State) -> None:
    _open(page, url, state.with_digest)
    choose(page, page.locator("[data-citation]").first)


def as_the_model_saw_it(page: Page, url: str, state: State) -> None:
    _open(page, url, state.patient)
    tab = page.get_by_role("tab", name="As the model saw it")
    tab.click()
    tab.evaluate("tab => tab.scrollIntoView({block: 'start'})")


def returned(page: Page, url: str, state: State) -> None:
    _open(page, url, state.returned)


def unknown(page: Page, url: str, state: State) -> None:
    _open(page, url, state.unknown)


def running(page: Page, url: str, state: State) -> None:
    page.goto(f"{url}/analyze?use_case=customer_insight")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option").filter(has_text=SMALL_MODEL).click()
    page.get_by_role("textbox", name="Customer ID").fill("CUST-0409")
    page.get_by_role("button", name="Analyze", exact=True).click()
    expect(page.get_by_text("writes").first).to_be_visible(timeout=240_000)
    page.wait_for_timeout(1_500)  # some of its words


def reviewing(page: Page, url: str, state: State) -> None:
    page.goto(f"{url}/review")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    hold_still(page)
    click_row(page, 3)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def auditing(page: Page, url: str, state: State) -> None:
    page.goto(f"{url}/audit")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def audit_details(page: Page, url: str, state: State) -> None:
    page.goto(f"{url}/audit?record=ORD-18668")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    hold_still(page)
    click_row(page, 0)
    heading = page.get_by_text("The whole story of this request")
    expect(heading).to_be_visible()
    heading.scroll_into_view_if_needed()


def _open(page: Page, url: str, request_id: UUID) -> None:
    page.goto(f"{url}/analyze?request={request_id}")
    expect(page.get_by_role("button", name="New analysis")).to_be_visible()


SHOTS: dict[str, tuple[str | None, Shot]] = {
    "sign-in": (None, lambda page, url, state: None),
    "analyze-empty": ("analyst", opened("/analyze", "Analyze a record")),
    "analyze-new": ("manager", opened("/analyze", "Analyze a record")),
    "analyze-purpose": ("analyst", opened("/analyze?use_case=patient_record", "Say for what purpose")),
    "analyze-running": ("analyst", running),
    "analyze-finished": ("analyst", finished),
    "analyze-record": ("analyst", finished_record),
    "analyze-stopped": ("analyst", stopped),
    "analyze-returned": ("analyst", returned),
    "analyze-unknown": ("analyst", unknown),
    "evidence-invented": ("analyst", figure("unsupported", lambda state: state.invented)),
    "evidence-derived": ("analyst", figure("derived", lambda state: state.with_digest)),
    "evidence-citation": ("analyst", citation),
    "evidence-to-check": ("analyst", to_check),
    "masking-seen": ("analyst", as_the_model_saw_it),
    "history": ("analyst", opened("/history", "History")),
    "history-empty": ("manager", opened("/history", "No analyses yet")),
    "review": ("manager", reviewing),
    "audit": ("admin", auditing),
    "audit-details": ("admin", audit_details),
    "users": ("admin", opened("/users", "Select a line")),
    "users-add": ("admin", pressed("/users", "Add a user", "Add")),
    "models": ("admin", opened("/models", "embedded")),
    "health": ("admin", opened("/health", "Model servers")),
    "account": ("analyst", opened("/account", "Your sessions")),
    "account-key": ("analyst", pressed("/account", "New key", "Make the key")),
    "api-docs": (None, opened("/api/v1/docs", "Record Analyst")),
    "refused": ("analyst", opened("/audit", "This page is not for your role")),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
