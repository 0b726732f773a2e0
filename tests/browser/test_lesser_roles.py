"""Somebody who speaks the pages' own protocol, with the widgets of an admin in hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import ClientConnection, connect

from tests.browser.product import PASSWORDS, Product
from tests.core.web.test_sign_in import hidden

ADMIN_PAGES = ("audit", "users", "models", "health")


@dataclass
class Drawn:
    """One run of a page."""

    texts: list[str] = field(default_factory=list[str])
    tables: int = 0
    buttons: set[str] = field(default_factory=set[str])  # their IDs

    def add(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "alert":
                self.texts.append(element.alert.body)
            case "arrow_data_frame":
                self.tables += 1
            case "button":
                self.buttons.add(element.button.id)
            case _:
                pass


@contextmanager
def signed_in(product: Product, username: str) -> Iterator[ClientConnection]:
    with httpx.Client(base_url=product.url, headers={"origin": product.url}) as client:
        form = {"token": hidden(client.get("/sign-in").text, "token")}
        client.post("/sign-in", data={**form, "username": username, "password": PASSWORDS[username]})
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    with connect(
        f"ws://127.0.0.1:{product.port}/_stcore/stream",
        additional_headers={"cookie": cookies},
        origin=product.url,  # type: ignore[arg-type]
        subprotocols=["streamlit", "none"],  # type: ignore[list-item]
        proxy=None,
        max_size=None,
    ) as socket:
        yield socket


def run(socket: ClientConnection, page: str, pressed: Iterable[str] = ()) -> Drawn:
    widgets = [WidgetState(id=one, trigger_value=True) for one in pressed]
    state = ClientState(page_name=page, widget_states=WidgetStates(widgets=widgets))
    socket.send(BackMsg(rerun_script=state).SerializeToString())
    drawn = Drawn()
    while True:
        frame = socket.recv(timeout=60)
        assert isinstance(frame, bytes)
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "script_finished":
            return drawn
        drawn.add(message)


@pytest.mark.parametrize("username", ["analyst", "manager"])
def test_the_websocket_and_widgets_of_an_admin_serve_nobody_else(product: Product, username: str) -> None:
    with signed_in(product, "admin") as admin, signed_in(product, username) as lesser:
        everybodys = run(lesser, "account").buttons
        for page in ADMIN_PAGES:
            allowed = run(admin, page)
            assert not any("not for your role" in text for text in allowed.texts)
            theirs = allowed.buttons - everybodys  # signing out is everybody's
            for pressed in ((), theirs):
                refused = run(lesser, page, pressed)
                assert any("not for your role" in text for text in refused.texts), page
                assert (refused.tables, refused.buttons & theirs) == (0, set())
