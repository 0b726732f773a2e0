"""The model servers that the settings name, the Ollama of this machine, and the embedded one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from core.choices import Choices
from core.models.embedded.launch import EmbeddedModels
from core.models.model import Feature, ModelServer
from core.models.ollama import CONTEXT_CEILING as OLLAMA_CEILING
from core.models.ollama import OllamaServer, is_this_machine
from core.settings import ROOT, Settings

EMBEDDED = "embedded"
USUAL_OLLAMA = "http://127.0.0.1:11434"


def open_model_servers(settings: Settings, choices: Choices, closing: ExitStack) -> list[ModelServer]:
    """Nothing connects yet, but the embedded one is started. Raises ModelServerUnavailable when it cannot be."""

    def keep_alive(server: str) -> Callable[[], str | None]:
        return lambda: choices.get(f"keep_alive.{server}")

    servers: list[ModelServer] = []
    for name, one in settings.models.items():
        key = one.key.get_secret_value() if one.key else None
        if one.kind == "ollama":
            ceiling = one.context_length or OLLAMA_CEILING
            server = OllamaServer(name, one.url, one.local, key, context_ceiling=ceiling, keep_alive=keep_alive(name))
            servers.append(server)
        else:
            from core.models import openai_compatible  # half a second, for those who use it

            ceiling = one.context_length or openai_compatible.CONTEXT_CEILING
            servers.append(openai_compatible.OpenAIServer(name, one.url, one.local, key, context_ceiling=ceiling))
    if settings.find_ollama and "ollama" not in settings.models:
        address = settings.ollama_host or USUAL_OLLAMA
        local = is_this_machine(address)  # that another one is trusted with restricted records, only settings can say
        servers.append(OllamaServer("ollama", address, local, optional=True, keep_alive=keep_alive("ollama")))
    embedded = EmbeddedModels.start(
        settings.var, [settings.var / "models", ROOT / "models"], memory_gb=settings.embedded_memory_gb
    )
    closing.callback(embedded.close)
    features = frozenset({Feature.LOAD, Feature.UNLOAD})
    servers.append(OllamaServer(EMBEDDED, embedded.url, True, features=features, keep_alive=keep_alive(EMBEDDED)))
    return servers
