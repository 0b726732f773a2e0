from __future__ import annotations

from pathlib import Path

import pytest

from core.models.embedded.launch import EmbeddedModels
from core.models.ollama import OllamaServer
from tests.parts import small_model

SMALL = "SmolLM2-135M-Instruct.Q4_1"


@pytest.fixture(scope="session")
def small_model_file() -> Path:
    file = small_model()
    if file is None:
        pytest.skip("the small language model has not been fetched")
    return file


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, small_model_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / f"{SMALL}.gguf").symlink_to(small_model_file)
    return folder


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, model_folder: Path):
    """The real embedded server in a process of its own, with the digest and the small language model."""
    models = EmbeddedModels.start(tmp_path_factory.mktemp("embedded"), [model_folder])
    yield models
    models.close()


@pytest.fixture
def embedded_server(embedded: EmbeddedModels) -> OllamaServer:
    return OllamaServer("embedded", embedded.url, local=True)
