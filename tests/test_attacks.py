"""`python -m tests.attacks --try` takes minutes; this tells at once when it could no longer do its work."""

from __future__ import annotations

import pytest

from tests.attacks import ATTACKS, Attack
from tests.parts import ROOT


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_each_defence_can_be_taken_out_and_has_a_test(attack: Attack) -> None:
    assert (ROOT / attack.file).read_text(encoding="utf-8").count(attack.defence) == 1
    file, *names = attack.test.split("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    for name in names:
        assert f"def {name}(" in text or f"class {name}:" in text
