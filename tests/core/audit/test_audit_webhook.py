from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from core.audit import webhook
from core.audit.keys import Keys
from core.audit.log import AuditLog

SECRET = "hunter2-in-the-address"


class Receiver:
    """The other side: keeps what arrives while it is `up`, on one port all along."""

    def __init__(self) -> None:
        self.got: list[dict[str, object]] = []
        self.status = 204
        self.held: threading.Event | None = None  # until it is set, nobody gets an answer
        self.asked = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.asked.set()
                if receiver.held:
                    receiver.held.wait(30)
                if receiver.status == 204:
                    assert self.headers["content-type"] == "application/json"
                    receiver.got.append(json.loads(body))
                self.send_response(receiver.status)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://me:{SECRET}@127.0.0.1:{self.server.server_port}/{SECRET}?key={SECRET}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def seqs(self) -> list[object]:
        return [one["seq"] for one in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def hooked(lab, receiver):
    lab.audit = open_to(lab, receiver.url)
    return lab


def open_to(lab, url: str) -> AuditLog:
    lab.opened.append(AuditLog(lab.app, Keys.load(lab.var / "secrets"), lab.var / "audit", webhook=SecretStr(url)))
    return lab.opened[-1]


def anchor(lab) -> str:
    """Two more events and their checkpoint, sent or not; returns the line."""
    lab.append(2)
    lab.anchor()
    hook = lab.audit.checkpoints.webhook
    assert hook._idle.wait(30)
    return lab.audit.checkpoints.file.read_text().splitlines()[-1]


def problem(lab) -> str | None:
    return lab.audit.checkpoints.copies()["audit_webhook"]


def test_each_checkpoint_arrives_as_it_stands_in_the_file(hooked, receiver):
    assert problem(hooked) == "none has been sent yet"
    line = anchor(hooked)
    assert receiver.got[-1] == json.loads(line)
    assert problem(hooked) is None


@pytest.mark.parametrize(("status", "words"), [(503, "it answered 503"), (302, "it answered 302")])
def test_what_was_missed_arrives_before_the_next(hooked, receiver, status, words, caplog):
    anchor(hooked)
    before = list(receiver.seqs)
    receiver.status = status
    for _ in range(2):
        anchor(hooked)
    assert (receiver.seqs, problem(hooked)) == (before, words)
    receiver.status = 204
    anchor(hooked)
    assert (receiver.seqs, problem(hooked)) == ([*before, 4, 6, 8], None)
    assert f"could not be sent: {words}" in caplog.text


def test_what_a_process_could_not_send_another_one_does(hooked, receiver):
    anchor(hooked)
    address, receiver.url = receiver.url, "http://127.0.0.1:1/nobody"
    hooked.audit.close()
    hooked.audit = open_to(hooked, receiver.url)
    anchor(hooked)
    assert (receiver.seqs[-1], problem(hooked)) == (2, "it cannot be reached")
    hooked.audit.close()
    hooked.audit = open_to(hooked, address)
    assert problem(hooked) == "it cannot be reached"  # seen by whoever asks, also before it tried itself
    anchor(hooked)
    written = [json.loads(line)["seq"] for line in hooked.audit.checkpoints.file.read_text().splitlines()]
    assert {4, 6} < set(receiver.seqs)
    assert receiver.seqs == written[-len(receiver.seqs) :]
    assert problem(hooked) is None


def test_what_was_there_before_it_was_set_up_is_not_sent(lab, receiver):
    for _ in range(3):
        lab.append(2)
        lab.anchor()
    lab.audit = open_to(lab, receiver.url)
    anchor(lab)
    assert receiver.seqs[-1] == 8
    assert min(receiver.seqs) > 6


def test_an_address_that_does_not_answer_holds_up_nobody(hooked, receiver, monkeypatch):
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(webhook, "CLOSING_SECONDS", 0.01)
    receiver.held = threading.Event()
    hooked.append(2)
    hooked.anchor()  # returns although nobody answers
    assert receiver.asked.wait(30)
    assert not receiver.got
    assert hooked.audit.checkpoints.webhook._idle.wait(30)
    assert problem(hooked).startswith("it did not answer within")
    receiver.held.set()


def test_its_address_is_told_nowhere(hooked, receiver, caplog, capfd):
    caplog.set_level(logging.DEBUG, "core")
    receiver.status = 500
    anchor(hooked)
    receiver.status = 204
    anchor(hooked)
    hooked.audit.close()
    hooked.audit = open_to(hooked, f"http://127.0.0.1:1/{SECRET}")
    anchor(hooked)
    told = [caplog.text, problem(hooked), *capfd.readouterr(), (hooked.var / "audit" / webhook.STATE).read_text()]
    assert "could not be sent" in caplog.text
    assert [one for one in told if SECRET in one] == []
