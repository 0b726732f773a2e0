"""What the API needs of the application."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Engine

from core.accounts.api_keys import ApiKeys
from core.accounts.sessions import Sessions
from core.accounts.users import Users
from core.analyses import Analyses
from core.audit.keys import Keys
from core.audit.log import AuditLog
from core.idempotency import IdempotencyKeys
from core.jobs import Jobs
from core.models.catalogue import Catalogue
from core.settings import Settings
from core.use_cases import UseCase, UseCases


class Defaults(Protocol):
    def default_model(self, use_case: UseCase) -> str: ...


class ApiParts(Protocol):
    """core.bootstrap.Application, as seen from here."""

    @property
    def settings(self) -> Settings: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def users(self) -> Users: ...

    engine: Engine
    audit: AuditLog
    api_keys: ApiKeys
    idempotency: IdempotencyKeys
    use_cases: UseCases
    catalogue: Catalogue
    analyses: Analyses
    jobs: Jobs

    @property
    def parts(self) -> Defaults: ...
