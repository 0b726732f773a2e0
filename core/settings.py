"""All settings, read once at start from `.streamlit/secrets.toml` and the environment (which wins).

Every key of the file can be set as `RECORD_ANALYST_<KEY>`, nested ones with two underscores
(`RECORD_ANALYST_LIMITS__REQUESTS_PER_MINUTE`). A wrong or unknown key stops the start with its name and the reason.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingsError

PREFIX = "RECORD_ANALYST_"
ROOT = Path(__file__).resolve().parent.parent
SECRETS = ROOT / ".streamlit" / "secrets.toml"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
OUTSIDE_SETTINGS = ("RECORD_ANALYST_TEST_",)  # read by the tests alone


def _database_url(value: SecretStr) -> SecretStr:
    try:
        make_url(value.get_secret_value())
    except ArgumentError as error:
        raise ValueError("not a database URL, which looks like postgresql+psycopg://user:password@host/name") from error
    return value


def _server_address(value: str) -> str:
    parts = urlsplit(value if "://" in value else f"//{value}")
    try:
        known = parts.scheme in ("", "http", "https") and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise ValueError("not the address of a server, which looks like http://host:11434")
    return value


def _web_address(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not value.get_secret_value().isprintable():
        raise ValueError("not an address, which looks like https://host/path")
    return value


def _provider_address(value: str) -> str:
    """What is read there decides whom we believe, so nobody on the way may change it."""
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("not an https address, which looks like https://host/.well-known/openid-configuration")
    return value


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]  # may carry a token
ServerAddress = Annotated[str, AfterValidator(_server_address)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Section):
    """A business database. `url` is a login with EXECUTE on procedures and nothing else."""

    url: DatabaseUrl
    owner_url: DatabaseUrl | None = None  # only for `samples load`
    pool_size: PositiveInt = 5


class ModelServerSettings(_Section):
    kind: Literal["ollama", "openai"]
    url: Annotated[ServerAddress, Field(pattern=r"^https?://")]
    key: SecretStr | None = None
    local: bool  # False: restricted use cases never reach it
    answers_at_once: PositiveInt | None = None  # unset: limits.running_per_server
    context_length: PositiveInt | None = None  # tokens; the longest window to ask for


class RoleLimits(_Section):
    """What differs for one role; unset ones are those of everybody."""

    requests_per_minute: PositiveInt | None = None
    requests_per_use_case_per_hour: PositiveInt | None = None
    running_per_user: PositiveInt | None = None


class LimitSettings(_Section):
    requests_per_minute: PositiveInt = 20  # per user
    requests_per_use_case_per_hour: PositiveInt = 200  # per user and use case
    running_per_user: PositiveInt = 3
    roles: dict[Literal["analyst", "manager", "admin"], RoleLimits] = {}
    running_per_server: PositiveInt = 4
    waiting_per_server: PositiveInt = 100
    procedure_seconds: PositiveFloat = 120
    model_seconds: PositiveFloat = 300
    rows: PositiveInt = 5_000  # per result set
    bytes: PositiveInt = 5 * 1024 * 1024  # per record
    answer_characters: PositiveInt = 200_000

    def for_role(self, role: str) -> LimitSettings:
        """These limits with what differs for a role."""
        own = next((limits for name, limits in self.roles.items() if name == role), None)
        return self.model_copy(update=own.model_dump(exclude_none=True)) if own else self


class AuthSettings(_Section):
    """An OpenID Connect provider, in the words of Streamlit's st.login; the last three are ours."""

    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr
    server_metadata_url: Annotated[str, AfterValidator(_provider_address)]
    redirect_uri: Annotated[str, Field(pattern=r"^https?://[^/?#\s]+/oauth2callback$")]
    client_kwargs: dict[str, str] = {}
    cookie_secret: SecretStr | None = None  # st.login wants it; nothing here does
    name: str = "single sign-on"  # of the provider, on the sign-in page
    claim: Annotated[str, Field(min_length=1)] = "email"  # of the ID token: which of its values is the user name here
    passwords: bool = True  # whether passwords of our own sign in as well


class SessionSettings(_Section):
    idle_minutes: PositiveInt = 60
    absolute_hours: PositiveInt = 12


class Settings(BaseSettings):
    """Frozen; secrets show as ********** in repr, logs and errors."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    var: Path = ROOT / "var"
    prompts: Path = ROOT / "prompts"
    address: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8501
    database_url: DatabaseUrl | None = None  # the state database; unset: embedded
    database_owner_url: DatabaseUrl | None = None  # the login that migrates; unset: database_url
    databases: dict[str, DatabaseSettings] = {}
    use_case_databases: dict[str, str] = {}  # a use case, or the database that its file names → where its calls go
    models: dict[str, ModelServerSettings] = {}
    ollama_host: ServerAddress | None = Field(default=None, validation_alias="OLLAMA_HOST")
    find_ollama: bool = True  # offer the models of an Ollama at its usual address without configuration
    default_model: str = "digest"
    embedded_memory_gb: Annotated[float, Field(gt=0)] | None = None  # for GGUF models; unset: 60 % of the machine's
    limits: LimitSettings = LimitSettings()
    sessions: SessionSettings = SessionSettings()
    audit_copy: Path | None = None  # a folder elsewhere that gets a copy of the audit log's checkpoints
    audit_webhook: WebAddress | None = None  # an address to which each of them is POSTed
    metrics_token: Annotated[SecretStr, Field(min_length=16)] | None = None  # opens /metrics; unset: there is none
    trusted_proxy: str | None = None  # address of the reverse proxy whose X-Forwarded-For is believed
    trusted_user_header: str | None = None  # in which that proxy names who has signed in there; unset: off
    auth: AuthSettings | None = None  # single sign-on; unset: off
    secure_cookie: bool = False  # set behind HTTPS

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, Path(os.environ.get(f"{PREFIX}SECRETS") or SECRETS))
        return init_settings, env_settings, file

    @property
    def embedded(self) -> bool:
        """Everything is the embedded default and the server listens on loopback: demo accounts may exist."""
        return self.database_url is None and self.loopback

    @property
    def loopback(self) -> bool:
        return self.address in LOOPBACK


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings. Raises SettingsError naming the first wrong key and the reason."""
    environment = os.environ if environment is None else environment
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}SECRETS"}
    for name in environment:
        if name.startswith(PREFIX) and not name.startswith(OUTSIDE_SETTINGS) and name.split("__")[0] not in known:
            raise SettingsError(f"{name} is not a setting.", f"Known are {', '.join(sorted(known))}.")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(f"Setting {key}: {first['msg'].removeprefix('Value error, ')}.") from None
    except ValueError as error:  # TOMLDecodeError, with line and column
        raise SettingsError(f"{SECRETS.name} is not valid TOML: {error}.") from error
