"""Dependencies point one way. Each rule here is a line of docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = [
    # (files, modules they may not import)
    ("core/**/*.py", ["streamlit", "pages", "app"]),
    ("core/analysis.py", ["sqlalchemy", "ollama", "openai", "httpx", "psycopg"]),
    ("core/prompts.py", ["sqlalchemy", "ollama", "openai", "httpx"]),
    ("core/masking/**/*.py", ["sqlalchemy", "ollama", "openai", "httpx", "core.models", "core.store"]),
    ("core/evidence/**/*.py", ["sqlalchemy", "ollama", "openai", "httpx", "core.models", "core.store"]),
    ("core/records/**/*.py", ["core.models", "core.store", "core.audit", "core.analysis"]),
    ("core/models/**/*.py", ["sqlalchemy", "core.records", "core.store", "core.audit", "core.analysis"]),
    ("core/audit/**/*.py", ["core.models", "core.records", "core.analysis"]),
    ("core/store/**/*.py", ["core.models", "core.records", "core.audit", "core.analysis", "core.accounts"]),
    ("core/errors.py", ["core"]),
    ("core/settings.py", ["core.store", "core.audit", "core.models", "core.records", "core.accounts"]),
    ("pages/**/*.py", ["sqlalchemy", "ollama", "openai", "psycopg", "httpx"]),
    ("samples/**/*.py", ["core", "pages", "streamlit"]),
]
ONLY_FACES_WIRE = ["app.py", "pages", "core/commands", "core/__main__.py", "core/web", "core/bootstrap.py"]


def files(pattern: str) -> Iterator[Path]:
    yield from sorted(ROOT.glob(pattern))


def imports(file: Path, *, top_level: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)


def test_every_rule_matches_files() -> None:
    assert [pattern for pattern, _ in FORBIDDEN if not list(files(pattern))] == []


@pytest.mark.parametrize(("pattern", "modules"), FORBIDDEN, ids=[pattern for pattern, _ in FORBIDDEN])
def test_dependencies_point_one_way(pattern: str, modules: list[str]) -> None:
    broken = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files(pattern)
        for name in imports(file)
        for module in modules
        if (name == module or name.startswith(f"{module}."))
    ]
    assert broken == []


def test_only_the_faces_know_the_wiring() -> None:
    broken = [
        str(file.relative_to(ROOT))
        for file in [*files("core/**/*.py"), *files("pages/**/*.py")]
        if any(name.startswith("core.bootstrap") for name in imports(file))
        and not any(str(file.relative_to(ROOT)).startswith(face) for face in ONLY_FACES_WIRE)
        and not file.name.startswith("command")
    ]
    assert broken == []


def test_pyodbc_is_never_imported_at_start() -> None:
    """Its wheel needs unixODBC's library, which a fresh machine lacks."""
    assert [file for file in files("core/**/*.py") if "pyodbc" in list(imports(file, top_level=True))] == []


def test_every_page_asks_who_is_there_first() -> None:
    """The first statement after the imports is `signed = require(…)`; the shell and the signed-out page excepted."""
    for file in files("pages/*.py"):
        if file.name in ("navigation.py", "signed_out.py"):
            continue
        body = ast.parse(file.read_text(encoding="utf-8")).body
        first = next(
            node
            for node in body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            and not (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").isupper())
        )
        assert ast.unparse(first) == f"signed = require('{file.stem}')", file.name


def test_records_are_never_cached_across_people() -> None:
    found = [file for file in files("pages/**/*.py") if "cache_data" in file.read_text(encoding="utf-8")]
    assert found == []
