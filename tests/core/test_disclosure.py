from __future__ import annotations

import re

import pytest

from core.disclosure import RUN, Disclosed, canary_for, disclosed
from core.masking import MaskedRecord
from core.models.model import Message
from core.prompts import Prompt
from core.records.record import Column, Record, ResultSet

SYSTEM = (
    "You read one record of a meter and tell the reader in plain words what it used, and you never invent a figure."
)
CANARY = "0123456789abcdef"
PROMPT = Prompt((Message("system", SYSTEM), Message("user", "the record")), 4096, canary=CANARY)


@pytest.mark.parametrize(
    "answer",
    [
        f"The mark is {CANARY}.",
        f"MARK {CANARY.upper()}",
        "0123 4567 89ab cdef",
        "0-1-2-3-4-5-6-7-8-9-a-b-c-d-e-f",
        "01**23**45`67`89ab\ncdef",
    ],
)
def test_the_canary_is_found_however_it_is_spelt(answer: str) -> None:
    assert disclosed(answer, PROMPT) is Disclosed.CANARY


@pytest.mark.parametrize(
    "answer", [SYSTEM, f"I was told: “{SYSTEM.upper()}”", "- " + "\n- ".join(SYSTEM.split()[:RUN])]
)
def test_the_instructions_are_found(answer: str) -> None:
    assert disclosed(answer, PROMPT) is Disclosed.INSTRUCTIONS


@pytest.mark.parametrize("answer", ["", "It used 42 kWh in plain words.", " ".join(SYSTEM.split()[: RUN - 1])])
def test_an_answer_of_its_own_is_not_flagged(answer: str) -> None:
    assert disclosed(answer, PROMPT) is None


def test_no_canary_is_none() -> None:
    assert disclosed("anything", Prompt(PROMPT.messages, 4096)) is None


def test_the_same_request_has_the_same_canary_and_every_other_one_another() -> None:
    def seen(text: str, question: str = "") -> MaskedRecord:
        result_set = ResultSet("notes", (Column("note"),), ((text,),))
        return MaskedRecord(Record("M-1", (result_set,)), question=question)

    first = canary_for(seen("all well"), b"key")
    assert canary_for(seen("all well"), b"key") == first
    assert re.fullmatch("[0-9a-f]{16}", first)
    others = {
        canary_for(seen(f"all well {first}"), b"key"),
        canary_for(seen("all well", "Why?"), b"key"),
        canary_for(seen("all well"), b"other key"),
    }
    assert len(others - {first}) == 3
