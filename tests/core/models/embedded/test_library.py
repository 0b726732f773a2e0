from __future__ import annotations

import hashlib

import pytest

from core.models.embedded.library import Library
from tests.core.models.embedded.gguf_files import LLAMA, gguf, write


def names(library: Library) -> list[str]:
    return [model.name for model in library.all()]


def test_files_appear_change_and_vanish_without_a_restart(tmp_path):
    library = Library([tmp_path / "not-there-yet"])
    assert names(library) == []
    (tmp_path / "not-there-yet").mkdir()
    file = write(tmp_path / "not-there-yet" / "One.gguf")
    assert names(library) == ["One"]
    write(file, LLAMA | {"llama.context_length": 99, "more": "x"})
    assert library.all()[0].header.context_length == 99
    file.unlink()
    assert names(library) == []


def test_a_file_that_is_still_being_copied_is_offered_once_it_is_whole(tmp_path):
    library = Library([tmp_path])
    (tmp_path / "copy.gguf").write_bytes(gguf()[:-40])
    assert names(library) == []
    (tmp_path / "copy.gguf").write_bytes(gguf())
    assert names(library) == ["copy"]


def test_what_makes_no_text_is_left_out(tmp_path):
    write(tmp_path / "embed.gguf", {"general.architecture": "bert"})
    (tmp_path / "notes.txt").write_text("no model")
    assert names(Library([tmp_path])) == []


def test_of_two_with_one_name_the_earlier_folders_counts(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "same.gguf")
    (model,) = Library([tmp_path / "b", tmp_path / "a"]).all()
    assert model.file.parent.name == "b"


def test_a_split_model_is_one_model_when_all_parts_are_there(tmp_path):
    library = Library([tmp_path])
    write(tmp_path / "big-00001-of-00002.gguf")
    assert names(library) == []
    write(tmp_path / "big-00002-of-00002.gguf")
    (model,) = library.all()
    assert (model.name, model.size) == ("big", 2 * len(gguf()))
    assert model.file.name == "big-00001-of-00002.gguf"


@pytest.mark.parametrize(("asked", "found"), [("One", True), ("one", True), ("One:latest", True), ("Two", False)])
def test_models_are_found_by_name(tmp_path, asked, found):
    write(tmp_path / "One.gguf")
    assert (Library([tmp_path]).get(asked) is not None) is found


def test_the_digest_is_computed_when_asked_for(tmp_path):
    file = write(tmp_path / "One.gguf")
    library = Library([tmp_path])
    (model,) = library.all()
    assert library.known_digest(model) is None
    assert library.digest(model) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert library.known_digest(model) == library.digest(model)
