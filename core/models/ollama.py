"""Ollama, and everything that speaks its API, through the `ollama` client."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
import time
import urllib.parse
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import ollama

from core.errors import ModelFailed, ModelServerUnavailable, ModelTimedOut
from core.models.clients import ClientArguments, Clients
from core.models.exchange import Exchange, refusal, translated
from core.models.model import Chunk, Feature, Message, ModelInfo, Options, PullProgress, Usage
from core.models.patience import patiently

LIST_SECONDS = 2.0
LOAD_SECONDS = 300.0
PULL_SECONDS = 24 * 3600.0
CONTEXT_CEILING = 8_192  # tokens; a longer window costs memory in every loaded model, whether it is used or not
CONTEXT_FALLBACK = 4_096  # Ollama's own default, for a model that does not tell
DIGEST_FAMILY = "digest"  # what the embedded server calls its model that is no language model


@dataclass(frozen=True, slots=True)
class _Shown:
    """What /api/show tells of one model: it costs a request each, so it is kept until the model's digest changes."""

    context_length: int
    answers: bool  # False: it only makes embeddings


class OllamaServer:
    """Safe to share between threads: every call makes its own connection, which it can cut."""

    features = frozenset(Feature)

    def __init__(
        self,
        name: str,
        url: str,
        local: bool,
        key: str | None = None,
        *,
        optional: bool = False,
        context_ceiling: int = CONTEXT_CEILING,
        patience: float = 30.0,
        features: frozenset[Feature] | None = None,
        keep_alive: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`optional`: being down is nothing to report. `patience`: seconds to try again while it says it is busy.
        `keep_alive`: how long a model stays loaded after an answer, such as 30m; None: as the server thinks best.
        """
        self.name = name
        self.local = local
        self.optional = optional
        self.url = server_address(url)
        self.features = OllamaServer.features if features is None else features
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._context_ceiling = context_ceiling
        self._patience = patience
        self._keep_alive = keep_alive
        self._shown: dict[tuple[str, str], _Shown] = {}
        self._clients = Clients(self._new_client, url=self.url, local=local)
        self._plain_clients = Clients(self._new_plain_client, url=self.url, local=local)

    def __repr__(self) -> str:
        return f"OllamaServer({self.name!r})"

    def version(self) -> str:
        with self._quick() as exchange:
            return str(self._get(exchange, "/api/version")["version"])

    def list(self) -> list[ModelInfo]:
        with self._quick() as exchange:
            models: list[dict[str, Any]] = self._get(exchange, "/api/tags")["models"]
            with self._clients.lent_to(exchange) as client:
                loaded = {model.model or model.name for model in client.ps().models}
                self._look_at([model for model in models if _key(model) not in self._shown], client)
            return [self._info(model, loaded) for model in models if self._of(model).answers]

    def load(self, model: str, keep_alive: str | None = None) -> float:
        began = time.monotonic()
        options = {"num_ctx": self._window(model)}
        with self._call(LOAD_SECONDS) as exchange, self._clients.lent_to(exchange) as client:
            client.chat(model, [], options=options, keep_alive=keep_alive or self._keep_alive())
        return (time.monotonic() - began) * 1000

    def unload(self, model: str) -> None:
        with self._call(LOAD_SECONDS) as exchange, self._clients.lent_to(exchange) as client:
            client.chat(model, [], keep_alive=0)

    def delete(self, model: str) -> None:
        with self._call(LOAD_SECONDS) as exchange, self._clients.lent_to(exchange) as client:
            client.delete(model)

    def pull(self, model: str, stop: threading.Event | None = None) -> Iterator[PullProgress]:
        status = None
        with self._call(PULL_SECONDS, stop) as exchange, self._clients.lent_to(exchange) as client:
            parts: Generator[ollama.ProgressResponse] = client.pull(model, stream=True)
            with contextlib.closing(parts):
                for part in parts:
                    status = part.status
                    yield PullProgress(status or "", part.completed, part.total)
            if exchange.cut is None and status != "success":
                raise ModelFailed("The model was not fetched to its end.")

    def chat(
        self,
        model: str,
        messages: Sequence[Message],
        *,
        context_length: int,
        answer_tokens: int | None = None,
        options: Options | None = None,
        deadline: float,
        stop: threading.Event | None = None,
    ) -> Generator[Chunk]:
        # Without a limit Ollama pushes the oldest half of the window out when it is full, the record first.
        limit = {} if answer_tokens is None else {"num_predict": answer_tokens}

        def answer() -> Generator[Chunk]:
            return self._chat(model, messages, {**limit, **(options or {}), "num_ctx": context_length}, deadline, stop)

        return patiently(answer, deadline=deadline, patience=self._patience, stop=stop)

    def _chat(
        self,
        model: str,
        messages: Sequence[Message],
        options: Mapping[str, Any],
        deadline: float,
        stop: threading.Event | None,
    ) -> Generator[Chunk]:
        exchange = self._exchange(deadline, stop)
        with exchange, _translated(exchange), self._clients.lent_to(exchange) as client:
            sent = [{"role": message.role, "content": message.content} for message in messages]
            parts: Generator[ollama.ChatResponse] = client.chat(
                model, sent, stream=True, options=options, keep_alive=self._keep_alive()
            )
            with contextlib.closing(parts):
                for part in parts:
                    if exchange.cut:
                        break
                    text, thinking = part.message.content or "", part.message.thinking or ""
                    if part.done:
                        yield Chunk(text, thinking, _usage(part))
                        return
                    if text or thinking:
                        yield Chunk(text, thinking)
        if exchange.cut == "stopped":
            return
        if exchange.cut == "timed out":
            raise ModelTimedOut("The model did not finish in time.")
        raise ModelFailed("The answer broke off before its end.")

    def _exchange(self, deadline: float, stop: threading.Event | None = None) -> Exchange:
        return Exchange(authorized=bool(self._headers), deadline=deadline, stop=stop)

    @contextlib.contextmanager
    def _call(self, seconds: float, stop: threading.Event | None = None) -> Generator[Exchange]:
        exchange = self._exchange(time.monotonic() + seconds, stop)
        with exchange, _translated(exchange):
            yield exchange

    @contextlib.contextmanager
    def _quick(self) -> Generator[Exchange]:
        exchange = self._exchange(time.monotonic() + LIST_SECONDS)
        with exchange, _translated(exchange, quick=True):
            yield exchange

    def _new_client(self, arguments: ClientArguments) -> Any:
        """An ollama.Client, whose methods carry no complete types."""
        return ollama.Client(self.url, headers=self._headers, **arguments)

    def _new_plain_client(self, arguments: ClientArguments) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=self._headers, **arguments)

    def _get(self, exchange: Exchange, path: str) -> dict[str, Any]:
        """What the ollama client does not give: the version, and whether a model is Ollama's own cloud's."""
        with self._plain_clients.lent_to(exchange) as client:
            response = client.get(path)
        if not response.is_success:
            raise ModelServerUnavailable("The model server does not speak Ollama's API.") from refusal(
                response.status_code, response.text
            )
        return response.json()

    def _look_at(self, models: Sequence[Mapping[str, Any]], client: ollama.Client) -> None:
        def show(model: Mapping[str, Any]) -> None:
            if (shown := _show(client, model)) is not None:
                self._shown[_key(model)] = shown

        if models:
            with ThreadPoolExecutor(min(8, len(models)), thread_name_prefix="model-show") as pool:
                list(pool.map(show, models))

    def _of(self, model: Mapping[str, Any]) -> _Shown:
        return self._shown.get(_key(model)) or _Shown(CONTEXT_FALLBACK, answers=True)

    def _info(self, model: Mapping[str, Any], loaded: set[str | None]) -> ModelInfo:
        details: Mapping[str, Any] = model.get("details") or {}
        language_model = details.get("family") != DIGEST_FAMILY
        context_length = self._of(model).context_length
        quantisation = details.get("quantization_level")
        return ModelInfo(
            name=str(model["name"]),
            server=self.name,
            local=self.local and not model.get("remote_host"),
            size_bytes=model.get("size"),
            parameters=details.get("parameter_size") or None,
            quantisation=None if quantisation in ("", "unknown") else quantisation,
            context_length=min(context_length, self._context_ceiling) if language_model else context_length,
            loaded=model["name"] in loaded,
            digest=model.get("digest") or None,
            language_model=language_model,
        )

    def _window(self, model: str) -> int:
        """What `chat` will be asked for: another window would load the model a second time."""
        return next((info.context_length for info in self.list() if info.name == model), CONTEXT_FALLBACK)


def server_address(host: str) -> str:
    """A URL from what people write into OLLAMA_HOST: `gpu-box`, `10.0.0.5:11434`, `0.0.0.0`, `https://models.example`."""
    scheme, _, rest = host.strip().rpartition("://")
    parts = urllib.parse.urlsplit(f"{scheme or 'http'}://{rest}")
    name = parts.hostname or "127.0.0.1"
    port = parts.port or {"http": 80, "https": 443}.get(scheme, 11434)
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(name).is_unspecified:  # an address to listen on, not one to call
            name = "127.0.0.1"
    name = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{name}:{port}{parts.path.rstrip('/')}"


def is_this_machine(host: str) -> bool:
    """Does this address of a server, as people write it into OLLAMA_HOST, lead to this very machine?"""
    name = urllib.parse.urlsplit(server_address(host)).hostname or ""
    if name == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return False  # whatever a name resolves to may change


@contextlib.contextmanager
def _translated(exchange: Exchange, *, quick: bool = False) -> Generator[None]:
    with translated(exchange, quick=quick):
        try:
            yield
        except ollama.ResponseError as error:
            if error.status_code < 0:  # a line {"error": …} under status 200
                raise ModelFailed("The model server reported an error in the middle of the answer.") from error
            raise refusal(error.status_code, str(error.error)) from error


def _show(client: ollama.Client, model: Mapping[str, Any]) -> _Shown | None:
    try:
        shown = client.show(str(model["name"]))
    except Exception as error:  # one model that cannot be looked at does not hide the others
        if isinstance(error, httpx.TransportError):
            raise
        return None
    info = shown.modelinfo or {}
    length = info.get(f"{info.get('general.architecture')}.context_length")
    capabilities = shown.capabilities or ["completion"]
    return _Shown(length if isinstance(length, int) else CONTEXT_FALLBACK, "completion" in capabilities)


def _key(model: Mapping[str, Any]) -> tuple[str, str]:
    return str(model["name"]), str(model.get("digest"))


def _usage(part: ollama.ChatResponse) -> Usage:
    def ms(nanoseconds: int | None) -> float | None:
        return None if nanoseconds is None else nanoseconds / 1e6

    return Usage(
        prompt_tokens=part.prompt_eval_count,
        answer_tokens=part.eval_count,
        load_ms=ms(part.load_duration),
        done_reason=part.done_reason,
        prompt_ms=ms(part.prompt_eval_duration),
        answer_ms=ms(part.eval_duration),
    )
