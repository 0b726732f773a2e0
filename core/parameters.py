"""Further parameters of a use case's procedure, beside the record ID: asked of the person, constant, or who asks.

parameters:
  months: {type: integer, label: Months, default: 18, choices: [6, 12, 18, 36]}
  analyst: {from: user}
  include_closed: {value: true}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.accounts.user import User
from core.errors import InvalidRequest
from core.records.record import Value

TEXT_LIMIT = 200  # characters
Constant = bool | int | Decimal | date | str


class ParameterType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"


class Source(StrEnum):
    USER = "user"  # the user name
    ROLE = "role"


EXAMPLES = {
    ParameterType.INTEGER: "12",
    ParameterType.DECIMAL: "12.50",
    ParameterType.DATE: "2026-11-25",
    ParameterType.BOOLEAN: "true or false",
}


class ParameterRule(BaseModel):
    """Exactly one of `label` (a person chooses), `value` (a constant) and `from` (who asks) is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ParameterType = ParameterType.TEXT
    label: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\n]+$")] | None = None
    default: Constant | None = None  # none: it must be given
    choices: tuple[Constant, ...] = ()
    value: Constant | None = None
    source: Annotated[Source | None, Field(alias="from")] = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if sum(given is not None for given in (self.label, self.value, self.source)) != 1:
            raise ValueError(
                "give exactly one of label (asked on the page), value (a constant) and from (user or role)"
            )
        if self.label is None and (self.default is not None or self.choices):
            raise ValueError("default and choices go with a label")
        for one in (*self.choices, *(() if self.default is None else (self.default,))):
            try:
                self.read(str(one))
            except InvalidRequest as error:
                raise ValueError(f"{one} is not of type {self.type}") from error
        if self.choices and self.default is not None and self.default not in self.choices:
            raise ValueError("the default is none of the choices")
        return self

    def read(self, text: str) -> Value:
        """What somebody typed, as a value of this type. Raises InvalidRequest."""
        text = text.strip()
        try:
            value = self._convert(text)
        except (ValueError, InvalidOperation, OverflowError) as error:
            raise InvalidRequest(f"{self.label} is not of the right form.", f"Write {EXAMPLES[self.type]}.") from error
        if self.choices and value not in map(self._convert, map(str, self.choices)):
            raise InvalidRequest(f"{self.label} cannot be that.", f"Choose one of {', '.join(map(str, self.choices))}.")
        return value

    def _convert(self, text: str) -> Value:
        match self.type:
            case ParameterType.INTEGER:
                value = int(text)
                if abs(value) >= 2**63:
                    raise ValueError(text)
                return value
            case ParameterType.DECIMAL:
                if not (value := Decimal(text)).is_finite() or abs(value.adjusted()) > 38:
                    raise ValueError(text)
                return value
            case ParameterType.DATE:
                return date.fromisoformat(text)
            case ParameterType.BOOLEAN:
                if text.lower() not in ("true", "false"):
                    raise ValueError(text)
                return text.lower() == "true"
            case ParameterType.TEXT:
                if len(text) > TEXT_LIMIT or not text.isprintable():
                    raise InvalidRequest(
                        f"{self.label} is not one line of text.", f"Write at most {TEXT_LIMIT} characters."
                    )
                return text


def arguments(rules: Mapping[str, ParameterRule], given: Mapping[str, str], user: User) -> dict[str, Value]:
    """The values for a call, by the procedure's parameter. `given` is what the person chose, as text.

    Raises InvalidRequest for what is unknown, missing or of the wrong form.
    """
    asked = [name for name, rule in rules.items() if rule.label]
    for name in given:
        if name not in asked:
            near = get_close_matches(name, asked, n=1) or asked
            remedy = f"Use {', '.join(near)}." if near else "This use case has no parameters to choose."
            raise InvalidRequest("There is no such parameter.", remedy)
    return {name: _value(rule, given.get(name), user) for name, rule in rules.items()}


def _value(rule: ParameterRule, given: str | None, user: User) -> Value:
    if rule.source is not None:
        return user.username if rule.source is Source.USER else str(user.role)
    if rule.value is not None:
        return rule.value
    if given is None or not given.strip():
        if rule.default is None:
            raise InvalidRequest(f"{rule.label} is missing.", f"Give {rule.label}.")
        return rule.read(str(rule.default))
    return rule.read(given)
