from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from core.accounts.user import Role, User
from core.errors import InvalidRequest
from core.parameters import ParameterRule, arguments

ANN = User("ann", "Ann", Role.MANAGER)


def rule(**keys: Any) -> ParameterRule:
    return ParameterRule.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "typed", "value"),
    [
        ({"type": "integer"}, " 12 ", 12),
        ({"type": "decimal"}, "12.50", Decimal("12.50")),
        ({"type": "date"}, "2026-10-31", date(2026, 10, 31)),
        ({"type": "boolean"}, "True", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "text"}, "Graz", "Graz"),
        ({"type": "integer", "choices": [6, 12]}, "6", 6),
    ],
)
def test_what_a_person_chooses_is_bound_as_its_type(keys: dict[str, Any], typed: str, value: object) -> None:
    bound = arguments({"p": rule(label="Choice", **keys)}, {"p": typed}, ANN)["p"]
    assert bound == value
    assert type(bound) is type(value)


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        ({"type": "integer"}, "twelve"),
        ({"type": "integer"}, "9" * 40),
        ({"type": "decimal"}, "NaN"),
        ({"type": "decimal"}, "1e999999999999"),
        ({"type": "date"}, "31.10.2026"),
        ({"type": "boolean"}, "maybe"),
        ({"type": "text"}, "two\nlines"),
        ({"type": "text"}, "x" * 201),
        ({"type": "integer", "choices": [6, 12]}, "7"),
        ({"type": "integer"}, ""),
    ],
)
def test_what_is_not_of_the_type_is_refused_by_its_label(keys: dict[str, Any], typed: str) -> None:
    with pytest.raises(InvalidRequest, match="Months") as caught:
        arguments({"p": rule(label="Months", **keys)}, {"p": typed}, ANN)
    assert caught.value.hint


def test_defaults_constants_and_who_asks_need_no_choice() -> None:
    rules = {
        "months": rule(type="integer", label="Months", default=18),
        "closed": rule(type="boolean", value=False),
        "name": rule(**{"from": "user"}),
        "role": rule(**{"from": "role"}),
    }
    assert arguments(rules, {}, ANN) == {"months": 18, "closed": False, "name": "ann", "role": "manager"}


@pytest.mark.parametrize("name", ["name", "monthz", "other"])
def test_only_what_is_asked_can_be_given(name: str) -> None:
    rules = {"months": rule(type="integer", label="Months", default=18), "name": rule(**{"from": "user"})}
    with pytest.raises(InvalidRequest, match="no such parameter") as caught:
        arguments(rules, {name: "eve"}, ANN)
    assert "months" in caught.value.hint


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"label": "Months", "value": 3},
        {"label": "Months", "from": "user"},
        {"value": 3, "default": 4},
        {"label": "Months", "type": "integer", "default": "many"},
        {"label": "Months", "type": "integer", "default": 3, "choices": [6, 12]},
        {"label": "Months", "type": "month"},
        {"from": "request"},
        {"label": "Months", "kind": "integer"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**keys)
