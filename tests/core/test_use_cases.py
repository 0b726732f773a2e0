from __future__ import annotations

from pathlib import Path

import pytest

from core.accounts.user import Role
from core.errors import InvalidRecordId, UnknownUseCase, UseCaseInvalid
from core.use_cases import Policy, Sensitivity, UseCases, parse

GOOD = """---
title: Meter reading
question: What did this meter use, and is that usual?
database: sample
procedure: business.meter_reading
parameter: meter_id
record_id:
  label: Meter ID
  example: MTR-0007
  pattern: 'MTR-\\d{4}'
result_sets: [meter, readings]
roles: [analyst]
sensitivity: internal
columns:
  owner: drop
---
You read meters. {{title}}

## Headline
One sentence.
"""


def test_a_good_file_becomes_a_use_case() -> None:
    use_case = parse("meter_reading.md", GOOD)
    assert (use_case.name, use_case.title, use_case.sensitivity) == ("meter_reading", "Meter reading", "internal")
    assert use_case.roles == {Role.ANALYST}
    assert use_case.columns == {"owner": Policy.DROP}
    assert use_case.sensitivity is Sensitivity.INTERNAL
    assert use_case.prompt.startswith("You read meters.")


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("title: Meter", "titel: Meter"), 2, "titel"),
        (("database: sample\n", ""), 2, "database is missing"),
        (("roles: [analyst]", "roles: [analist]"), 11, "roles"),
        (("sensitivity: internal", "sensitivity: secret"), 12, "sensitivity"),
        (("'MTR-\\d{4}'", "'MTR-('"), 10, "pattern"),
        (("MTR-0007", "7"), 9, "example"),
        (("business.meter_reading", "'meter; DROP TABLE x'"), 5, "procedure"),
        (("owner: drop", "owner: hide"), 14, "owner"),
        (("{{title}}", "{{tittle}}"), 16, "tittle"),
        (("title: Meter reading", "title: [Meter"), 3, "YAML"),
        (("---\ntitle", "title"), 1, "front matter"),
        (("result_sets: [meter, readings]", "result_sets: []"), 11, "result_sets"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_remedy(change: tuple[str, str], line: int, says: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(UseCaseInvalid) as caught:
        parse("meter_reading.md", GOOD.replace(*change, 1))
    assert says in caught.value.message
    assert caught.value.message.startswith("meter_reading.md:")
    assert abs(caught.value.line - line) <= 1
    assert caught.value.hint


@pytest.mark.parametrize("typed", ["MTR-0007", "  MTR-0007 ", "\tMTR-0007\n"])
def test_spaces_around_a_record_id_do_not_matter(typed: str) -> None:
    assert parse("m.md", GOOD).check_record_id(typed) == "MTR-0007"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x" * 10_000,
        "MTR-0007\nMTR-0008",
        "MTR-0007\0",
        "<b>MTR-0007</b>",
        "MTR-0007' OR 1=1 --",
        "=MTR-0007",
    ],
)
def test_a_record_id_off_its_pattern_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRecordId) as caught:
        parse("m.md", GOOD).check_record_id(typed)
    assert "MTR-0007" in caught.value.hint
    assert typed.strip() == "" or typed not in caught.value.message


def test_files_are_read_again_when_they_change_and_a_broken_one_harms_no_other(tmp_path: Path) -> None:
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_text(GOOD)
    two.write_text(GOOD.replace("Meter reading", "Other reading"))
    use_cases = UseCases(tmp_path)
    assert [u.name for u in use_cases.all()] == ["one", "two"]
    two.write_text(GOOD.replace("sensitivity: internal", "sensitivity: none at all"))
    assert [u.name for u in use_cases.all()] == ["one"]
    assert [(b.file, b.line) for b in use_cases.broken()] == [("two.md", 13)]
    two.write_text(GOOD.replace("Meter reading", "Mended reading"))
    assert [u.title for u in use_cases.all()] == ["Mended reading", "Meter reading"]
    one.unlink()
    assert [u.name for u in use_cases.all()] == ["two"]
    with pytest.raises(UnknownUseCase):
        use_cases.get("one")


def test_a_role_is_offered_its_use_cases_only(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(GOOD)
    assert UseCases(tmp_path).for_role(Role.MANAGER) == ()
    assert len(UseCases(tmp_path).for_role(Role.ANALYST)) == 1
