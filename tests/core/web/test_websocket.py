"""The websocket that Streamlit's pages live on, spoken as a browser speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from core.accounts.user import Role
from tests.core.web.conftest import Served

PATIENCE = 30


@dataclass
class Tab:
    """A browser's tab: what it shows and which Streamlit session it has."""

    socket: ClientConnection
    texts: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    session_id: str = ""

    def send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def run(self, pressed: str | None = None) -> list[str]:
        """Runs the page, perhaps by pressing a button; returns what it shows."""
        state = ClientState()
        if pressed:
            state = ClientState(
                widget_states=WidgetStates(widgets=[WidgetState(id=self.buttons[pressed], trigger_value=True)])
            )
        self.texts = []
        self.send(BackMsg(rerun_script=state))
        while (kind := self.read().WhichOneof("type")) != "script_finished":
            assert kind != "auth_redirect"
        return self.texts

    def read(self) -> ForwardMsg:
        frame = self.socket.recv(timeout=PATIENCE)
        assert isinstance(frame, bytes)
        message = ForwardMsg.FromString(frame)
        element = message.delta.new_element
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif element.WhichOneof("type") == "markdown":
            self.texts.append(element.markdown.body)
        elif element.WhichOneof("type") == "button":
            self.buttons[element.button.label] = element.button.id
        return message

    def read_until(self, kind: str) -> ForwardMsg:
        while (message := self.read()).WhichOneof("type") != kind:
            pass
        return message


@contextmanager
def opened(
    served: Served, token: str | None, *, origin: str | None = "own", resume: str = "", **headers: str
) -> Iterator[Tab]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        named["cookie"] = f"{served.cookie}={token}"
    with connect(
        f"ws://127.0.0.1:{served.port}/_stcore/stream",
        additional_headers=named,
        origin=served.url if origin == "own" else origin,  # type: ignore[arg-type]
        subprotocols=["streamlit", "none", *([resume] if resume else [])],  # type: ignore[list-item]
        proxy=None,
    ) as socket:
        yield Tab(socket)


def refused(served: Served, token: str | None, **how: str) -> int:
    with pytest.raises(InvalidStatus) as caught, opened(served, token, **how):  # type: ignore[arg-type]
        pass
    return caught.value.response.status_code


def test_no_session_no_websocket(served: Served) -> None:
    ended = served.house.sign_in(served.house.person().user)
    session = served.house.session(ended)
    served.house.sessions.end(session.actor, session.session_id)
    for token in (None, "x" * 43, ended):
        assert refused(served, token) == 403
    assert refused(served, None, x_app_session=str(session.session_id), x_app_user="admin") == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "null"])
def test_no_other_origin_opens_a_websocket(served: Served, origin: str) -> None:
    assert refused(served, served.house.sign_in(served.house.person().user), origin=origin) == 403


def test_no_other_host_opens_a_websocket(served: Served) -> None:
    token = served.house.sign_in(served.house.person().user)
    upgrade = {
        "host": "evil.example",
        "origin": "http://evil.example",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "c2l4dGVlbiBieXRlcyBoZQ==",
    }
    with served.browser(token) as browser:
        assert browser.get("/_stcore/stream", headers=upgrade).status_code == 403


def test_a_page_knows_its_session_and_not_its_token(served: Served) -> None:
    user = served.house.person().user
    with opened(served, served.house.sign_in(user)) as tab:
        texts = tab.run()
    assert f"told: {user.username}" in texts
    assert f"signed in: {user.username}" in texts
    assert "cookies: []" in texts


def test_a_forged_identity_is_not_passed_on(served: Served) -> None:
    victim = served.house.session(served.house.sign_in(served.house.person(Role.ADMIN).user))
    user = served.house.person().user
    forged = {"x_app_session": str(victim.session_id), "x_app_user": victim.user.username}
    with opened(served, served.house.sign_in(user), **forged) as tab:
        assert f"signed in: {user.username}" in tab.run()


def test_a_session_that_ended_is_out_at_the_next_click(served: Served) -> None:
    user, admin = served.house.person().user, served.house.person(Role.ADMIN)
    token = served.house.sign_in(user)
    with opened(served, token) as tab, opened(served, token) as other:
        assert "clicks: 0" in tab.run()
        assert "clicks: 1" in tab.run("Count")
        other.run()
        ran = served.output.read_text(encoding="utf-8").count("CALLBACK RAN")
        served.house.users.disable(admin, user.username)
        for one in (tab, other):  # in every tab
            state = WidgetStates(widgets=[WidgetState(id=one.buttons["Count"], trigger_value=True)])
            one.send(BackMsg(rerun_script=ClientState(widget_states=state)))
            assert one.read_until("auth_redirect").auth_redirect.url == ""  # load the page anew
            with pytest.raises(ConnectionClosed) as caught:
                one.read()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1008
    assert served.output.read_text(encoding="utf-8").count("CALLBACK RAN") == ran
    assert refused(served, token) == 403


def test_a_page_signs_out_with_one_click(served: Served) -> None:
    token = served.house.sign_in(served.house.person().user)
    with opened(served, token) as tab:
        tab.run()
        state = WidgetStates(widgets=[WidgetState(id=tab.buttons["Sign out"], trigger_value=True)])
        tab.send(BackMsg(rerun_script=ClientState(widget_states=state)))
        assert tab.read_until("auth_redirect").auth_redirect.url == "/auth/logout"
    with served.browser(token) as browser:
        answer = browser.get("/auth/logout")
    assert answer.headers["location"] == "/sign-in"
    assert "max-age=0" in answer.headers["set-cookie"].lower()


def test_nobody_resumes_the_page_of_somebody_else(served: Served) -> None:
    owner, thief = served.house.person().user, served.house.person().user
    token = served.house.sign_in(owner)
    with opened(served, token) as tab:
        tab.run()
        assert "clicks: 1" in tab.run("Count")
        page = tab.session_id
        UUID(page)
        with opened(served, served.house.sign_in(thief), resume=page) as stolen:
            assert "clicks: 0" in stolen.run()
            assert stolen.session_id != page
    with opened(served, served.house.sign_in(thief), resume=page) as stolen:
        assert "clicks: 0" in stolen.run()
    with opened(served, token, resume=page) as again:  # the owner, after a broken connection
        assert "clicks: 1" in again.run()


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(file_urls_request={"request_id": "1", "file_names": ["a.csv"]}),
        BackMsg(backend_operation_request={"request_id": "1", "install_skills": {}}),
        b"\xff not a message",
    ],
)
def test_messages_that_no_page_needs_are_dropped(served: Served, message: BackMsg | bytes) -> None:
    with opened(served, served.house.sign_in(served.house.person().user)) as tab:
        tab.run()
        if isinstance(message, bytes):
            tab.socket.send(message)
        else:
            tab.send(message)
        answers: list[str | None] = []
        tab.send(BackMsg(rerun_script=ClientState()))
        while (kind := tab.read().WhichOneof("type")) != "script_finished":
            answers.append(kind)
        assert not {"git_info_changed", "file_urls_response", "backend_operation_response"} & set(answers)


def test_an_error_in_a_page_tells_the_browser_nothing(served: Served) -> None:
    with opened(served, served.house.sign_in(served.house.person().user)) as tab:
        tab.send(BackMsg(rerun_script=ClientState(query_string="fail=1")))
        shown = b""
        while (message := tab.read()).WhichOneof("type") != "script_finished":
            shown += message.delta.SerializeToString()
    assert b"secret cause" not in shown
    assert b"navigation.py" not in shown
    assert "the secret cause" in served.output.read_text(encoding="utf-8")
