"""What the documents point at is there: files, headings, pictures, commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.__main__ import COMMANDS
from tests.parts import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def links() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        for target in LINK.findall(FENCED.sub("", document.read_text(encoding="utf-8"))):
            yield document, target


def anchors(document: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("document", "target"), list(links()), ids=lambda value: str(value).replace(str(ROOT), ""))
def test_a_link_leads_somewhere(document: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    file = (document.parent / path) if path else document
    assert file.exists(), f"{document.name} links to {target}, which is not there"
    if anchor:
        assert anchor in anchors(file)


def test_the_commands_that_are_told_exist() -> None:
    told = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"python -m core ([a-z][a-z-]*)", document.read_text(encoding="utf-8"))
    }
    assert told
    assert told <= set(COMMANDS)


def test_the_make_targets_that_are_told_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {
        name for document in DOCUMENTS for name in re.findall(r"`make ([a-z]+)", document.read_text(encoding="utf-8"))
    }
    assert told
    assert told <= targets
