"""Servers that speak OpenAI's API, through the `openai` client: LM Studio, vLLM, llama.cpp, clouds.

The protocol tells little of a model and nothing of loading. Where the server says more in its own way (LM Studio's
native API, the fields that vLLM, llama.cpp and clouds add to /v1/models), that is used.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, cast

import httpx
import openai

from core.errors import ModelFailed, ModelMissing, ModelTimedOut
from core.models import lm_studio
from core.models.clients import ClientArguments, Clients
from core.models.exchange import Exchange, refusal, translated, transport_error
from core.models.model import Chunk, Feature, Message, ModelInfo, Options, PullProgress, Usage
from core.models.patience import patiently

LIST_SECONDS = 2.0
LOAD_SECONDS = 300.0
PULL_SECONDS = 24 * 3600.0
CONTEXT_CEILING = 32_768  # tokens; what is sent to a cloud is paid for
LOADED_CEILING = 8_192  # tokens, where a longer window costs memory of our own
CONTEXT_FALLBACK = 8_192  # for a server that does not tell
CONTEXT_FIELDS = ("max_model_len", "context_length", "context_window", "max_context_length")  # vLLM, and clouds
NOT_FOR_TEXT = ("embed", "whisper", "tts", "dall-e", "moderation", "rerank", "image", "transcribe", "realtime")
OPTIONS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "seed": "seed",
    "num_predict": "max_tokens",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
}


class OpenAIServer:
    """Safe to share between threads: every call makes its own connection, which it can cut."""

    def __init__(
        self,
        name: str,
        url: str,
        local: bool,
        key: str | None = None,
        *,
        context_ceiling: int = CONTEXT_CEILING,
        patience: float = 30.0,
    ) -> None:
        """`url`: with or without /v1 at its end. `patience`: seconds to try again while it says it is busy."""
        self.name = name
        self.local = local
        self.url = url.rstrip("/") if url.rstrip("/").endswith("/v1") else f"{url.rstrip('/')}/v1"
        self._root = self.url.removesuffix("/v1")
        self._key = key
        self._context_ceiling = context_ceiling
        self._patience = patience
        self._clients = Clients(self._new_client, url=self.url, local=local)
        self._is_studio: bool | None = None  # not known before the server first answered

    def __repr__(self) -> str:
        return f"OpenAIServer({self.name!r})"

    @property
    def features(self) -> frozenset[Feature]:
        return frozenset({Feature.LOAD, Feature.UNLOAD, Feature.PULL}) if self._is_studio else frozenset()

    def version(self) -> str:
        """The protocol has no word for it; the kind of server stands in its place."""
        self.list()
        return "LM Studio" if self._is_studio else "OpenAI-compatible"

    def list(self) -> list[ModelInfo]:
        with self._call(LIST_SECONDS, quick=True) as exchange, self._clients.lent_to(exchange) as (client, _):
            if (studio := self._studio_models(client)) is not None:
                return [self._studio_info(model) for model in studio]
            response = client.get(f"{self.url}/models")
            if not response.is_success:
                raise refusal(response.status_code, response.text)
            models: Sequence[dict[str, Any]] = response.json()["data"]
            return [self._info(model) for model in models if _makes_text(model)]

    def load(self, model: str, keep_alive: str | None = None) -> float:
        """Milliseconds; 0 where the server keeps its models loaded. `keep_alive` is LM Studio's own affair."""
        with self._call(LOAD_SECONDS) as exchange, self._clients.lent_to(exchange) as (client, _):
            return self._load(client, model, None)

    def unload(self, model: str) -> None:
        with self._call(LOAD_SECONDS) as exchange, self._clients.lent_to(exchange) as (client, _):
            for one in self._studio_models(client) or ():
                if one.key == model:
                    for instance in one.instances:
                        lm_studio.unload(client, instance)
                    return
        raise ModelFailed("This server loads and unloads its models itself.")

    def pull(self, model: str, stop: threading.Event | None = None) -> Iterator[PullProgress]:
        stop = stop or threading.Event()
        with self._call(PULL_SECONDS, stop) as exchange, self._clients.lent_to(exchange) as (client, _):
            if self._studio_models(client) is None:
                raise ModelFailed("This server cannot fetch models.")
            for progress in lm_studio.download(client, model):
                yield progress
                if stop.wait(lm_studio.POLL_SECONDS):
                    return

    def delete(self, model: str) -> None:
        raise ModelFailed("This server cannot delete models.", "Delete it where the server runs.")

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
        # `answer_tokens` is not sent: these servers end the answer where the window ends, and clouds refuse a number
        # above their own limit.
        def answer() -> Generator[Chunk]:
            return self._chat(model, messages, context_length, options or {}, deadline, stop)

        return patiently(answer, deadline=deadline, patience=self._patience, stop=stop)

    def _chat(
        self,
        model: str,
        messages: Sequence[Message],
        context_length: int,
        options: Options,
        deadline: float,
        stop: threading.Event | None,
    ) -> Generator[Chunk]:
        exchange = self._exchange(deadline, stop)
        reason: str | None = None
        counts: Any = None
        load_ms: float | None = None
        with exchange, _translated(exchange), self._clients.lent_to(exchange) as (client, api):
            if self._is_studio is not False:
                load_ms = self._load(client, model, context_length)
            sent = [{"role": message.role, "content": message.content} for message in messages]
            parts: Any = api.chat.completions.create(
                model=model,
                messages=sent,
                stream=True,
                stream_options={"include_usage": True},
                **{OPTIONS[name]: value for name, value in options.items() if name in OPTIONS},
            )
            with contextlib.closing(parts):
                for part in parts:
                    if exchange.cut:
                        break
                    for choice in part.choices or ():
                        reason = choice.finish_reason or reason
                        text, thinking = choice.delta.content or "", _thinking(choice.delta)
                        if text or thinking:
                            yield Chunk(text, thinking)
                    counts = part.usage or counts
        if exchange.cut == "stopped":
            return
        if exchange.cut == "timed out":
            raise ModelTimedOut("The model did not finish in time.")
        if reason is None:
            raise ModelFailed("The answer broke off before its end.")
        yield Chunk(usage=_usage(counts, reason, load_ms))

    def _load(self, client: httpx.Client, model: str, context_length: int | None) -> float:
        """Loads it on LM Studio unless it is loaded: by itself it would take its own default window."""
        studio = self._studio_models(client)
        if studio is None:
            return 0.0
        one = next((one for one in studio if one.key == model), None)
        if one is None:
            raise ModelMissing("This model is not on its server any more.")
        if one.instances:
            return 0.0
        return lm_studio.load(client, model, context_length or self._studio_info(one).context_length)

    def _studio_models(self, client: httpx.Client) -> Sequence[lm_studio.StudioModel] | None:
        if self._is_studio is False:
            return None
        models = lm_studio.models(client)
        self._is_studio = models is not None
        return models

    def _studio_info(self, model: lm_studio.StudioModel) -> ModelInfo:
        return ModelInfo(
            name=model.key,
            server=self.name,
            local=self.local,
            size_bytes=model.size_bytes,
            parameters=model.parameters,
            quantisation=model.quantisation,
            context_length=model.loaded_context or min(model.longest_context, LOADED_CEILING, self._context_ceiling),
            loaded=bool(model.instances),
            digest=None,
        )

    def _info(self, model: Mapping[str, Any]) -> ModelInfo:
        about: Mapping[str, Any] = model.get("meta") or {}  # llama.cpp's
        told = [about.get("n_ctx"), *(model.get(field) for field in CONTEXT_FIELDS)]
        context_length = next((value for value in told if isinstance(value, int) and value > 0), CONTEXT_FALLBACK)
        parameters = about.get("n_params")
        return ModelInfo(
            name=str(model["id"]),
            server=self.name,
            local=self.local,
            size_bytes=about.get("size"),
            parameters=f"{parameters / 1e9:.1f}B" if isinstance(parameters, int) else None,
            quantisation=about.get("ftype"),
            context_length=min(context_length, self._context_ceiling),
            loaded=True,
            digest=None,
        )

    def _exchange(self, deadline: float, stop: threading.Event | None = None) -> Exchange:
        return Exchange(authorized=bool(self._key), deadline=deadline, stop=stop)

    @contextlib.contextmanager
    def _call(self, seconds: float, stop: threading.Event | None = None, *, quick: bool = False) -> Generator[Exchange]:
        exchange = self._exchange(time.monotonic() + seconds, stop)
        with exchange, _translated(exchange, quick=quick):
            yield exchange

    def _new_client(self, arguments: ClientArguments) -> tuple[httpx.Client, Any]:
        """With an openai.OpenAI over it; its types know only the successor of httpx, though it takes both."""
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        client: Any = httpx.Client(base_url=self._root, headers=headers, **arguments)
        return client, openai.OpenAI(api_key=self._key or "none", base_url=self.url, http_client=client, max_retries=0)


@contextlib.contextmanager
def _translated(exchange: Exchange, *, quick: bool = False) -> Generator[None]:
    with translated(exchange, quick=quick):
        try:
            yield
        except openai.APIStatusError as error:
            raise refusal(error.status_code, error.response.text) from error
        except openai.APIConnectionError as error:
            if exchange.cut != "stopped":
                cause = error.__cause__
                raise transport_error(exchange, cause if isinstance(cause, Exception) else error, quick) from error
        except openai.APIError as error:
            raise ModelFailed("The model server reported an error in the middle of the answer.") from error


def _makes_text(model: Mapping[str, Any]) -> bool:
    capabilities: object = model.get("capabilities")
    if isinstance(capabilities, dict) and not cast("dict[str, Any]", capabilities).get("completion_chat", True):
        return False  # Mistral's way to tell
    return not any(word in str(model["id"]).lower() for word in NOT_FOR_TEXT)


def _thinking(delta: Any) -> str:
    """Servers disagree on the name."""
    return getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""


def _usage(counts: Any, reason: str, load_ms: float | None) -> Usage:
    return Usage(
        prompt_tokens=getattr(counts, "prompt_tokens", None),
        answer_tokens=getattr(counts, "completion_tokens", None),
        load_ms=load_ms,
        done_reason=reason,
    )
