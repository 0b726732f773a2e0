"""The account page: a person's own API keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

import core.bootstrap
import pages.parts.identity as identity
from core.accounts.user import Actor, Role
from core.bootstrap import Application
from core.errors import NotSignedIn
from core.settings import ROOT

ACCOUNT = ROOT / "pages" / "account.py"


def open_account(page: Path, actor: Actor, application: Application, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    for module in (core.bootstrap, identity):
        monkeypatch.setattr(module, "application", lambda: application)
    signed = identity.Signed(actor.user, actor, uuid4())
    monkeypatch.setattr(identity, "signed_in", lambda: signed)
    return AppTest.from_file(str(page), default_timeout=60).run()


def test_a_key_is_made_and_shown_once(
    application: Application, person: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = person(Role.MANAGER)
    page = open_account(ACCOUNT, actor, application, monkeypatch)
    next(field for field in page.text_input if field.label == "Name").set_value("Nightly report")
    next(button for button in page.button if button.label == "Make the key").click().run()
    assert not page.exception
    key = page.code[0].value
    assert application.api_keys.find(key).user.username == actor.user.username
    page.run()
    assert len(page.code) == 0
    application.api_keys.revoke(actor, application.api_keys.list(actor.user.username)[0].key_id)
    with pytest.raises(NotSignedIn):
        application.api_keys.find(key)
