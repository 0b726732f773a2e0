"""What the web shell needs of the application."""

from __future__ import annotations

from typing import Protocol

from core.accounts.sessions import Sessions
from core.accounts.users import Users
from core.audit.keys import Keys
from core.settings import Settings


class Parts(Protocol):
    """core.bootstrap.Application, as seen from here."""

    @property
    def settings(self) -> Settings: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def users(self) -> Users: ...
