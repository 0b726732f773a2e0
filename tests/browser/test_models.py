"""Two model servers in a browser: swapping in mid-session, and what their faults look like on the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.startup import free_port
from core.models.embedded.launch import EmbeddedModels
from core.models.ollama import OllamaServer
from tests.brief import brief
from tests.browser.acts import choose
from tests.browser.product import WIDE, Product, note_problems, sign_in
from tests.core.models.misbehaving import TOKENS, MisbehavingServer
from tests.parts import ROOT, small_model

ANSWER_TOKENS = 40
TEXT = "".join(TOKENS)
SHOWN = re.compile(r"One\Wtwo\Wthree")  # as evidence marks it
SLOW = 120_000  # milliseconds: a small model on a busy machine


@pytest.fixture(scope="module")
def box() -> Iterator[MisbehavingServer]:
    with MisbehavingServer(
        context_length=8192, prompt_tokens=4_000, models=[{"name": "box-model", "size": 10}]
    ) as peer:
        yield peer


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own use cases, one of them made so that a small model reads and answers it fast."""
    folder = tmp_path_factory.mktemp("prompts")
    for file in (ROOT / "prompts").glob("*.md"):
        shutil.copy(file, folder)
    (folder / "customer_insight.md").write_text(brief("customer_insight", "", rows=2, tokens=ANSWER_TOKENS))
    return folder


@pytest.fixture(scope="module")
def two_servers(var: Path, box: MisbehavingServer, prompts: Path) -> Iterator[Product]:
    """The product with its embedded models and a second server."""
    settings = {"PROMPTS": str(prompts), "LIMITS__REQUESTS_PER_MINUTE": "1000"}
    settings |= {"MODELS__BOX__KIND": "ollama", "MODELS__BOX__URL": box.url, "MODELS__BOX__LOCAL": "true"}
    product = Product(var, free_port(), settings)
    product.start()
    yield product
    product.stop()


@pytest.fixture
def sit_down(two_servers: Product, browser: Browser) -> Iterator[Callable[[str, str], Page]]:
    """Signs somebody in, in a browser of their own, and opens a page there."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def sit_down(username: str, path: str) -> Page:
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        contexts.append(context)
        note_problems(context, problems)
        page = context.new_page()
        page.goto(f"{two_servers.url}/sign-in")
        sign_in(page, username)
        expect(page.get_by_test_id("stMain")).to_be_visible()
        page.goto(f"{two_servers.url}{path}")
        return page

    yield sit_down
    for context in contexts:
        context.close()
    assert problems == []


def ask(page: Page, label: str, record_id: str) -> None:
    page.get_by_role("textbox", name=label).fill(record_id)
    page.get_by_role("button", name="Analyze", exact=True).click()


def loaded(server: OllamaServer) -> set[str]:
    return {model.name for model in server.list() if model.loaded}


def expect_outcome(page: Page, outcome: str, model: str) -> None:
    expect(page.get_by_role("button", name="New analysis")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(rf"\b{outcome}$")).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(model)


@pytest.mark.timeout(300)
def test_models_are_swapped_in_the_middle_of_a_session(
    var: Path, sit_down: Callable[[str, str], Page], box: MisbehavingServer
) -> None:
    file = small_model()
    assert file is not None, "the small language model has not been fetched"
    small = file.stem
    embedded = EmbeddedModels.start(var, [var / "models", ROOT / "models"])
    server = OllamaServer("embedded", embedded.url, local=True)
    server.unload(small)  # cold, whoever used it before
    page = sit_down("analyst", "/analyze?use_case=customer_insight")
    box.faults[:] = ["none"]

    choose(page, "Model", small)  # cold: it begins to load while the ID is still being typed
    expect(page.get_by_text(re.compile(rf"Loading {re.escape(small)} · \d+ s"))).to_be_visible()
    page.get_by_role("textbox", name="Customer ID").press_sequentially("CUST-01", delay=20)
    expect(page.get_by_text(re.compile(r"was loaded in \d+\.\d s"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("combobox", name="Model")).to_have_value(f"{small} · loaded · local")
    assert small in loaded(server)
    expect(page.get_by_role("textbox", name="Customer ID")).to_have_value("CUST-01")
    ask(page, "Customer ID", "CUST-0142")
    expect_outcome(page, "Completed", small)
    expect(page.get_by_text("The answer was cut off")).to_be_visible()

    page.get_by_role("button", name="Continue the answer").click()  # the rest of it, in one piece
    expect(page.get_by_text("It continues an earlier answer.")).to_be_visible(timeout=SLOW)
    expect_outcome(page, "Completed", small)

    page.get_by_role("button", name="New analysis").click()
    choose(page, "Model", "box-model")  # the other server
    ask(page, "Customer ID", "CUST-0142")
    expect_outcome(page, "Completed", "box-model")
    expect(page.get_by_text(SHOWN).first).to_be_visible()
    assert len(box.chats) == 1

    page.get_by_role("textbox", name="Ask on about this record").fill("And why?")
    page.get_by_role("button", name="Ask on").click()
    expect(page.get_by_text("Question: And why?")).to_be_visible(timeout=SLOW)
    expect_outcome(page, "Completed", "box-model")
    assert box.chats[1]["messages"][:2] == box.chats[0]["messages"][:2]
    assert box.chats[1]["messages"][2]["content"] == TEXT

    page.get_by_role("button", name="New analysis").click()
    choose(page, "Model", "digest")
    ask(page, "Customer ID", "CUST-0142")
    expect_outcome(page, "Completed", "digest")
    expect(page.get_by_text("Digest, not a language model")).to_be_visible()
    assert small in loaded(server)  # kept warm all the while

    admin = sit_down("admin", "/models")
    expect(admin.get_by_role("button", name="Unload")).to_have_count(2)  # the other server's too
    admin.get_by_role("button", name="Unload").last.click()
    expect(admin.get_by_text(f"{small} unloaded.")).to_be_visible()
    expect(admin.get_by_role("button", name="Load", exact=True).first).to_be_visible()
    assert small not in loaded(server)
    page.get_by_role("button", name="New analysis").click()
    page.get_by_role("combobox", name="Model").click()
    expect(page.get_by_role("option").filter(has_text=f"{small} · not loaded")).to_be_visible()
    embedded.close()


BROKE_OFF = [
    ("reset", "The connection to the model server broke before the answer was whole."),
    ("no_end_mark", "The answer broke off before its end."),
    ("error_line", "The model server reported an error in the middle of the answer."),
]


@pytest.mark.timeout(300)
def test_a_fault_is_one_sentence_beside_the_text_so_far_and_the_next_request_is_fine(
    sit_down: Callable[[str, str], Page], box: MisbehavingServer
) -> None:
    """In one session, which keeps its use case and model from one request to the next."""
    page = sit_down("analyst", "/analyze?use_case=order_analysis")
    choose(page, "Model", "box-model")
    for fault, sentence in BROKE_OFF:
        box.faults[:] = [fault]
        ask(page, "Order ID", "ORD-19054")
        expect_failure(page, sentence)
        expect(page.get_by_text(SHOWN).first).to_be_visible()
        expect(page.get_by_role("button", name="Continue the answer")).to_be_visible()
        assert box.wait_until_all_closed()
        page.get_by_role("button", name="New analysis").click()
        expect(page.get_by_role("combobox", name="Use case")).to_have_value("Order analysis")
        expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("^box-model"))

    box.faults[:] = ["hang_up"]  # it ends between being picked and being asked
    ask(page, "Order ID", "ORD-19054")
    expect_failure(page, "The model server does not answer.")
    box.faults[:] = ["none"]
    expect_next_to_be_fine(page)

    box.faults[:] = ["404"]  # deleted after it was picked, and nobody has listed the models since
    ask(page, "Order ID", "ORD-19054")
    expect_failure(page, "This model is not on its server any more.")
    expect_next_to_be_fine(page, "digest")


def test_a_model_is_pulled_with_progress_cancelled_and_deleted_only_when_confirmed(
    sit_down: Callable[[str, str], Page], box: MisbehavingServer
) -> None:
    box.finish.clear()
    box.closed.clear()
    page = sit_down("admin", "/models")
    row = page.get_by_text("wanted:4b", exact=True)
    pull(page, "wanted:4b")
    expect(page.get_by_text("Pulling wanted:4b: pulling 0123 · 2.00 of 4.00 GB")).to_be_visible()
    page.reload()  # it goes on, whoever looks
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("wanted:4b cancelled.")).to_be_visible()
    assert box.closed.wait(10)
    expect(row).to_have_count(0)

    pull(page, "wanted:4b")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    box.finish.set()
    expect(page.get_by_text("wanted:4b pulled.")).to_be_visible()
    expect(row).to_be_visible()

    page.get_by_role("button", name="Delete").last.click()
    expect(page.get_by_role("dialog").get_by_text("It can be pulled again.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [one["name"] for one in box.models] == ["box-model", "wanted:4b"]
    page.get_by_role("button", name="Delete").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("wanted:4b deleted.")).to_be_visible()
    expect(row).to_have_count(0)
    assert [one["name"] for one in box.models] == ["box-model"]


def pull(page: Page, model: str) -> None:
    page.get_by_role("textbox", name="Pull a model").fill(model)
    page.get_by_role("button", name="Pull", exact=True).click()


def expect_failure(page: Page, sentence: str) -> None:
    expect_outcome(page, "Failed", "box-model")
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_have_count(1)


def expect_next_to_be_fine(page: Page, model: str = "box-model") -> None:
    page.get_by_role("button", name="New analysis").click()
    expect(page.get_by_role("combobox", name="Use case")).to_have_value("Order analysis")
    choose(page, "Model", model)
    ask(page, "Order ID", "ORD-19054")
    expect_outcome(page, "Completed", model)
    page.get_by_role("button", name="New analysis").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile(f"^{model}"))
