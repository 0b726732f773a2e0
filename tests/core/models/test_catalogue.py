from __future__ import annotations

import threading

import pytest

from core.errors import ModelMissing, ModelServerUnavailable, NotAllowed
from core.models.catalogue import Catalogue
from core.models.fake import FakeModelServer
from core.use_cases import Sensitivity

INTERNAL, RESTRICTED = Sensitivity.INTERNAL, Sensitivity.RESTRICTED


@pytest.fixture
def box():
    return FakeModelServer("box", models=("llama:latest", "shared", "library/qwen"))


@pytest.fixture
def cloud():
    return FakeModelServer("cloud", local=False, models=("big", "shared"))


@pytest.fixture
def catalogue(cloud, box):
    catalogue = Catalogue([cloud, box])
    yield catalogue
    catalogue.close()


def test_the_list_holds_all_servers_in_their_order(catalogue):
    assert [model.id for model in catalogue.list().models] == [
        "cloud/big",
        "cloud/shared",
        "box/llama:latest",
        "box/shared",
        "box/library/qwen",
    ]


def test_a_server_that_is_down_is_one_line_and_comes_back_by_itself(cloud, box):
    catalogue = Catalogue([cloud, box], keep=0)
    cloud.down = ModelServerUnavailable("The model server does not answer.")
    view = catalogue.list()
    assert view.unavailable == (("cloud", "The model server does not answer."),)
    assert {model.server for model in view.models} == {"box"}
    cloud.down = None
    assert catalogue.list().unavailable == ()


def test_an_optional_server_that_is_down_is_no_line(cloud, box):
    cloud.down = ModelServerUnavailable("The model server does not answer.")
    cloud.optional = True
    assert Catalogue([cloud, box]).list().unavailable == ()


def test_a_server_that_hangs_does_not_hold_up_the_others(box):
    release = threading.Event()

    class Hanging(FakeModelServer):
        def list(self):
            release.wait(60)
            return super().list()

    catalogue = Catalogue([Hanging("slow"), box], wait=0.05)
    view = catalogue.list()
    assert view.unavailable[0][0] == "slow"
    assert {model.server for model in view.models} == {"box"}
    release.set()
    catalogue.close()


def test_the_servers_are_not_asked_again_within_seconds(catalogue, box):
    catalogue.list()
    catalogue.list()
    assert box.lists == 1
    catalogue.forget()
    catalogue.list()
    catalogue.list(fresh=True)
    assert box.lists == 3


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("box/llama:latest", "box/llama:latest"),
        ("llama:latest", "box/llama:latest"),
        ("llama", "box/llama:latest"),
        ("library/qwen", "box/library/qwen"),
        ("box/library/qwen", "box/library/qwen"),
        ("cloud/shared", "cloud/shared"),
        ("shared", "box/shared"),  # the local one first
    ],
)
def test_models_are_found_by_id_and_by_name(catalogue, wanted, found):
    server, model = catalogue.resolve(wanted, INTERNAL)
    assert (model.id, server.name) == (found, model.server)


def test_of_two_local_servers_the_one_that_has_it_loaded_answers(box):
    other = FakeModelServer("other", models=("shared",), loaded={"shared"})
    assert Catalogue([box, other]).resolve("shared", INTERNAL)[1].id == "other/shared"


def test_restricted_records_go_to_local_servers_only(catalogue):
    assert catalogue.resolve("shared", RESTRICTED)[1].id == "box/shared"
    for forged in ("cloud/shared", "cloud/big", "big"):
        with pytest.raises(NotAllowed):
            catalogue.resolve(forged, RESTRICTED)


def test_the_reason_is_told_for_models_that_may_not_be_used(catalogue):
    reasons = {model.id: catalogue.allowed(model, RESTRICTED) for model in catalogue.list().models}
    assert "must not leave the house" in reasons["cloud/big"]
    assert reasons["box/shared"] is None
    assert all(catalogue.allowed(model, INTERNAL) is None for model in catalogue.list().models)


@pytest.mark.parametrize("wanted", ["nothing", "box/nothing", "cloud/llama:latest", ""])
def test_what_is_not_there_is_missing(catalogue, wanted):
    with pytest.raises(ModelMissing):
        catalogue.resolve(wanted, INTERNAL)


def test_a_model_of_a_server_that_is_down_is_not_called_missing(catalogue, box):
    box.down = ModelServerUnavailable("The model server does not answer.")
    with pytest.raises(ModelServerUnavailable):
        catalogue.resolve("box/shared", INTERNAL)


def ids(candidates) -> list[str]:
    return [model.id for _, model in candidates]


def test_other_servers_of_the_model_stand_in_for_the_chosen_one():
    one, two, three = (FakeModelServer(name, models=("qwen",)) for name in ("one", "two", "three"))
    three.loaded = {"qwen"}
    catalogue = Catalogue([one, two, three])
    catalogue.list()
    assert ids(catalogue.candidates("two/qwen", INTERNAL)) == ["two/qwen", "three/qwen", "one/qwen"]
    assert ids(catalogue.candidates("qwen", INTERNAL)) == ["three/qwen", "one/qwen", "two/qwen"]
    two.down = ModelServerUnavailable("The model server does not answer.")
    catalogue.forget()
    assert ids(catalogue.candidates("two/qwen", INTERNAL)) == ["three/qwen", "one/qwen"]


@pytest.mark.parametrize("sensitivity", [INTERNAL, RESTRICTED])
def test_a_cloud_never_stands_in_for_a_local_server(sensitivity):
    box, cloud = FakeModelServer("box", models=("qwen",)), FakeModelServer("cloud", local=False, models=("qwen",))
    catalogue = Catalogue([cloud, box])
    catalogue.list()
    for wanted in ("box/qwen", "qwen"):
        assert ids(catalogue.candidates(wanted, sensitivity)) == ["box/qwen"]
    assert ids(catalogue.candidates("cloud/qwen", INTERNAL)) == ["cloud/qwen", "box/qwen"]
    box.down = ModelServerUnavailable("The model server does not answer.")
    catalogue.forget()
    with pytest.raises(ModelServerUnavailable):
        catalogue.candidates("box/qwen", sensitivity)


def test_a_model_that_was_installed_just_now_is_found(catalogue, box):
    catalogue.list()
    box.models = (*box.models, "new")
    assert catalogue.resolve("new", INTERNAL)[1].id == "box/new"


def test_the_default_is_offered_when_it_is_there_and_allowed(catalogue):
    assert catalogue.default("llama", INTERNAL).id == "box/llama:latest"
    assert catalogue.default("gone", INTERNAL).id == "cloud/big"
    assert catalogue.default("big", RESTRICTED).id == "box/llama:latest"


def test_without_servers_there_is_no_default():
    assert Catalogue([]).default("digest", INTERNAL) is None
