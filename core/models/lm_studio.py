"""LM Studio's own API, beside the OpenAI-compatible one: what is on its disk and in its memory, load, unload, fetch.

Written from https://lmstudio.ai/docs/developer/rest (API v1, LM Studio 0.4 and newer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from core.errors import ModelFailed
from core.models.exchange import refusal
from core.models.model import PullProgress

POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class StudioModel:
    key: str
    size_bytes: int | None
    parameters: str | None
    quantisation: str | None
    longest_context: int
    instances: tuple[str, ...]  # IDs of the loaded ones
    loaded_context: int | None  # of the first loaded one


def models(client: httpx.Client) -> list[StudioModel] | None:
    """Models that make text; None when the server is not LM Studio. `client` has the server's root as its base."""
    response = client.get("/api/v1/models")
    if response.status_code in (401, 403, 429, 503):
        raise refusal(response.status_code, response.text)
    try:
        found: list[dict[str, Any]] = response.json()["models"]
        return [_model(one) for one in found if one["type"] == "llm"]
    except (ValueError, TypeError, KeyError):
        return None


def load(client: httpx.Client, key: str, context_length: int) -> float:
    """Milliseconds that loading took, by LM Studio's own clock."""
    loaded = _post(client, "/api/v1/models/load", {"model": key, "context_length": context_length})
    return float(loaded.get("load_time_seconds", 0)) * 1000


def unload(client: httpx.Client, instance: str) -> None:
    _post(client, "/api/v1/models/unload", {"instance_id": instance})


def download(client: httpx.Client, key: str) -> Iterator[PullProgress]:
    """One line now and one for each look at the job; whoever iterates waits POLL_SECONDS in between."""
    job = _post(client, "/api/v1/models/download", {"model": key})
    while True:
        status = str(job["status"])
        yield PullProgress(status, job.get("downloaded_bytes"), job.get("total_size_bytes"))
        if status in ("completed", "already_downloaded"):
            return
        if status == "failed":
            raise ModelFailed("LM Studio could not fetch the model.")
        job = _json(client.get(f"/api/v1/models/download/status/{job['job_id']}")) | {"job_id": job["job_id"]}


def _model(one: dict[str, Any]) -> StudioModel:
    instances: list[dict[str, Any]] = one.get("loaded_instances") or []
    quantisation: dict[str, Any] = one.get("quantization") or {}
    return StudioModel(
        key=one["key"],
        size_bytes=one.get("size_bytes"),
        parameters=one.get("params_string"),
        quantisation=quantisation.get("name"),
        longest_context=one["max_context_length"],
        instances=tuple(str(instance["id"]) for instance in instances),
        loaded_context=instances[0]["config"]["context_length"] if instances else None,
    )


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return _json(client.post(path, json=body))


def _json(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        raise refusal(response.status_code, response.text)
    return response.json()
