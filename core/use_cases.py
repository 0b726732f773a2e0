"""Use cases: one Markdown file each in prompts/, front matter = its contract, body = the prompt template.

Files are read again when they change; one that cannot be used is reported with file, line and remedy while the
others go on.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError

from core.accounts.user import Role
from core.errors import InvalidRecordId, UnknownUseCase, UseCaseInvalid
from core.parameters import ParameterRule

PLACEHOLDERS = ("title", "question", "record_id_label")
RECORD_ID_LIMIT = 200  # characters
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*){0,2}")


class Sensitivity(StrEnum):
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"  # only models marked local; columns not named are dropped


class Policy(StrEnum):
    PASS = "pass"
    TOKEN = "token"
    GENERALISE = "generalise"
    HASH = "hash"
    DROP = "drop"


def _identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise ValueError(f"{value!r} is not a name such as schema.procedure (letters, digits and _)")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordIdRule(_Section):
    label: Line
    example: Line
    pattern: Annotated[str, AfterValidator(_pattern)]


class UseCaseLimits(_Section):
    """Unset ones come from the settings."""

    procedure_seconds: PositiveFloat | None = None
    model_seconds: PositiveFloat | None = None
    rows: PositiveInt | None = None


class SamplingOptions(_Section):
    """How the model chooses its words, by Ollama's names. `null` leaves an option to the model's server: some models
    in clouds refuse a temperature, and without a seed no two answers are the same.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.2
    seed: int | None = 7
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: PositiveInt | None = None
    repeat_penalty: PositiveFloat | None = None
    num_predict: PositiveInt | None = None  # tokens of the answer at most


class UseCase(_Section):
    name: Identifier
    title: Line
    question: Line
    database: Line
    procedure: Identifier
    parameter: Identifier  # the one that takes the record ID
    parameters: dict[Identifier, ParameterRule] = {}
    record_id: RecordIdRule
    result_sets: tuple[Identifier, ...] = Field(min_length=1)
    roles: frozenset[Role] = Field(min_length=1)
    sensitivity: Sensitivity
    purpose: Literal["none", "optional", "required"] = "optional"
    columns: dict[str, Policy] = {}
    model: str | None = None
    limits: UseCaseLimits = UseCaseLimits()
    options: SamplingOptions = SamplingOptions()
    retain: Annotated[str, Field(pattern=r"^[1-9]\d{0,4}d$")] | None = None
    prompt: Annotated[str, Field(min_length=1)]

    def check_record_id(self, typed: str) -> str:
        """The record ID without surrounding white space. Raises InvalidRecordId."""
        record_id, rule = typed.strip(), self.record_id
        remedy = f"It looks like {rule.example}."
        if not record_id:
            raise InvalidRecordId(f"Enter a {rule.label}.", remedy)
        if len(record_id) > RECORD_ID_LIMIT or not re.fullmatch(rule.pattern, record_id):
            raise InvalidRecordId(f"This is not a {rule.label}.", remedy)
        return record_id


class UseCases:
    """The use cases in a folder. Safe to share between threads."""

    def __init__(self, folder: Path, databases: Mapping[str, str] | None = None) -> None:
        """`databases` sends the calls of a use case, or of all that name one database, to another one."""
        self._folder = folder
        self._databases = databases or {}
        self._lock = threading.Lock()
        self._seen: dict[Path, tuple[int, int, UseCase | UseCaseInvalid]] = {}

    def all(self) -> tuple[UseCase, ...]:
        """Usable ones, by title."""
        return tuple(sorted((u for u in self._read() if isinstance(u, UseCase)), key=lambda u: u.title))

    def broken(self) -> tuple[UseCaseInvalid, ...]:
        return tuple(u for u in self._read() if isinstance(u, UseCaseInvalid))

    def for_role(self, role: Role) -> tuple[UseCase, ...]:
        return tuple(use_case for use_case in self.all() if role in use_case.roles)

    def get(self, name: str) -> UseCase:
        """Raises UnknownUseCase. Of a file that was seen before, no other one is looked at."""
        file = self._folder / f"{name}.md"
        found = None
        with self._lock, suppress(OSError):
            found = self._fresh(file) if file in self._seen else None
        if not isinstance(found, UseCase):
            found = next((one for one in self.all() if one.name == name), None)
        if found is None:
            raise UnknownUseCase("There is no such use case.")
        return found

    def _read(self) -> list[UseCase | UseCaseInvalid]:
        with self._lock:
            return [self._fresh(file) for file in sorted(self._folder.glob("*.md"))]

    def _fresh(self, file: Path) -> UseCase | UseCaseInvalid:
        stat = file.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if self._seen.get(file, (0, 0))[:2] != stamp:
            self._seen[file] = (*stamp, self._load(file))
        return self._seen[file][2]

    def _load(self, file: Path) -> UseCase | UseCaseInvalid:
        found = _load(file)
        if isinstance(found, UseCaseInvalid):
            return found
        elsewhere = self._databases.get(found.name) or self._databases.get(found.database)
        return found.model_copy(update={"database": elsewhere}) if elsewhere else found


def _load(file: Path) -> UseCase | UseCaseInvalid:
    try:
        return parse(file.name, file.read_text(encoding="utf-8"))
    except UseCaseInvalid as error:
        return error
    except (OSError, UnicodeDecodeError):
        return UseCaseInvalid(file.name, 0, "the file cannot be read", "Save it as UTF-8 text that the app may read.")


def parse(file: str, text: str) -> UseCase:
    """Read one use-case file. `file` is its name, whose stem becomes the use case's. Raises UseCaseInvalid."""
    parts = re.split(r"^---[ \t]*\r?$\n?", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise UseCaseInvalid(file, 1, "no front matter", "Begin the file with its keys between two lines of ---.")
    front, body = parts[1], parts[2].strip()
    body_line = text[: len(text) - len(parts[2])].count("\n") + 1
    lines: dict[tuple[str, ...], int] = {}
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
        keys: Any = yaml.safe_load(front)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UseCaseInvalid(file, line, f"not valid YAML: {error.problem}", "Correct the line.") from error
    if not isinstance(keys, dict) or not isinstance(node, yaml.MappingNode):
        raise UseCaseInvalid(file, 1, "the front matter is not a list of keys", "Write one `key: value` a line.")
    _find_lines(node, (), lines)
    try:
        use_case = UseCase.model_validate({**keys, "name": file.removesuffix(".md"), "prompt": body})
    except ValidationError as error:
        raise _invalid(file, error, lines) from error
    if not re.fullmatch(use_case.record_id.pattern, use_case.record_id.example):
        raise UseCaseInvalid(
            file, lines[("record_id", "example")], "the example does not match the pattern", "Correct one of the two."
        )
    for match in re.finditer(r"\{\{\s*(.*?)\s*\}\}", body):
        if match[1] not in PLACEHOLDERS:
            line = body_line + body[: match.start()].count("\n")
            remedy = f"Use {_nearest(match[1], PLACEHOLDERS)}."
            raise UseCaseInvalid(file, line, f"unknown placeholder {{{{{match[1]}}}}}", remedy)
    return use_case


def _find_lines(node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> None:
    lines[path] = node.start_mark.line + 2  # the front matter begins on line 2 of the file
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            _find_lines(value, here, lines)
            lines[here] = key.start_mark.line + 2


def _invalid(file: str, error: ValidationError, lines: dict[tuple[str, ...], int]) -> UseCaseInvalid:
    # A misspelt key is both unknown and missing: the first says more.
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    path = tuple(str(part) for part in first["loc"])
    at = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), 1)
    name = ".".join(path)
    known = [key for key in UseCase.model_fields if key not in ("name", "prompt")]
    if first["type"] == "missing":
        return UseCaseInvalid(file, at, f"{name} is missing", f"Add `{name}: …` to the front matter.")
    if first["type"] == "extra_forbidden":
        return UseCaseInvalid(file, at, f"unknown key {name}", f"Use {_nearest(path[-1], known)}, or take it out.")
    if name == "prompt":
        return UseCaseInvalid(file, at, "no prompt after the front matter", "Write the prompt below the second ---.")
    return UseCaseInvalid(file, at, f"{name}: {first['msg'].removeprefix('Value error, ')}", "Correct the value.")


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = get_close_matches(word, known, n=1)
    return close[0] if close else f"one of {', '.join(known)}"
