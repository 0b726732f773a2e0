"""Bytes that a streaming answer sends to the browser, beside st.write_stream with the same text at the same rate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.parts import fresh_folder, show
from benchmarks.startup import answers, free_port
from benchmarks.steady_server import steady_server
from core.settings import PREFIX, ROOT
from tests.browser.product import launch, sign_in

TOKENS = 1_000
PER_SECOND = 50.0


def main() -> int:
    with sync_playwright() as driver, fresh_folder() as var, steady_server(TOKENS, PER_SECOND) as address:
        browser = launch(driver)
        ours, our_seconds = measure_ours(browser, str(var), address)
        peer, peer_seconds = measure_peer(browser)
        browser.close()
    print(f"{TOKENS:,} tokens at {PER_SECOND:.0f} a second:")
    met = show(
        "Bytes to the browser",
        ours / 1e3,
        "kB",
        peer=peer / 1e3,
        what="st.write_stream",
        at_most=0.1,
        of_peer=True,
    )
    ideal = TOKENS / PER_SECOND
    show("  seconds until st.write_stream has drawn it all", peer_seconds, "s", peer=ideal, what="as written")
    met &= show(
        "Seconds until the whole text is drawn",
        our_seconds,
        "s",
        peer=ideal,
        what="as written",
        at_most=1.1,
        of_peer=True,
    )
    return 0 if met else 1


def measure_ours(browser: Browser, var: str, model_server: str) -> tuple[int, float]:
    port = free_port()
    environment = {
        **os.environ,
        f"{PREFIX}VAR": var,
        f"{PREFIX}FIND_OLLAMA": "false",
        f"{PREFIX}MODELS__STEADY__KIND": "ollama",
        f"{PREFIX}MODELS__STEADY__URL": model_server,
        f"{PREFIX}MODELS__STEADY__LOCAL": "true",
        f"{PREFIX}DEFAULT_MODEL": "steady",
    }
    with served([sys.executable, "-m", "core", "serve", "--port", str(port)], environment, port, "/sign-in"):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/sign-in")
        received = count(page)
        sign_in(page, "analyst")
        page.get_by_role("textbox", name="Customer ID").fill("CUST-0142")
        before, began = received[0], time.monotonic()
        page.get_by_role("button", name="Analyze", exact=True).click()
        page.get_by_role("button", name="Stop").wait_for(timeout=60_000)
        page.get_by_role("button", name="Stop").wait_for(state="detached", timeout=300_000)
        return received[0] - before, time.monotonic() - began


def measure_peer(browser: Browser) -> tuple[int, float]:
    port = free_port()
    environment = {**os.environ, "TOKENS": str(TOKENS), "PER_SECOND": str(PER_SECOND)}
    command = [sys.executable, "-m", "streamlit", "run", "benchmarks/write_stream_page.py", "--server.port", str(port)]
    with served([*command, "--server.trustedUserHeaders", "{}"], environment, port, "/_stcore/health"):
        page = browser.new_page()
        received = count(page)
        began = time.monotonic()
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_text("The end of it").wait_for(timeout=300_000)
        return received[0], time.monotonic() - began


def count(page: Page) -> list[int]:
    """Counts the bytes of every websocket frame that arrives, into the one number of the list."""
    received = [0]

    def add(frame: str | bytes) -> None:
        received[0] += len(frame)

    page.on("websocket", lambda socket: socket.on("framereceived", add))
    return received


class served:
    """A server process that answers, for the length of a block."""

    def __init__(self, command: list[str], environment: dict[str, str], port: int, path: str) -> None:
        self._address = f"http://127.0.0.1:{port}{path}"
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    def __enter__(self) -> None:
        while not answers(self._address):
            if self._process.poll() is not None:
                raise SystemExit("the server did not come up")
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
