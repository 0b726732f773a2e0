"""Small records of many trades, and the prompt that carries them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence

import pytest

SHAPE = """You read records.

## Headline
One or two sentences.

## Findings
Bullets with figures.

## Risks
What to watch.

## Next steps
What to do.

## What is missing
What the record cannot tell.
"""

Sets = dict[str, tuple[Sequence[str], Sequence[Sequence[str]]]]


def render(sets: Sets, record_id: str = "R-1", heads: dict[str, str] | None = None) -> str:
    body = io.StringIO()
    for name, (columns, rows) in sets.items():
        head = (heads or {}).get(name, f"[{name}] {len(rows)} {'row' if len(rows) == 1 else 'rows'}")
        body.write(f"{head}\n")
        writer = csv.writer(body, lineterminator="\n")
        writer.writerow(["#", *columns])
        writer.writerows([number, *row] for number, row in enumerate(rows, 1))
    return fence(body.getvalue(), record_id)


def fence(body: str, record_id: str = "R-1") -> str:
    digits = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f'<record-{digits} use_case="test" record_id="{record_id}">\n{body}</record-{digits}>'


def ask(block: str, task: str = "Analyse the record above as described. Write the answer now.", shape: str = SHAPE):
    return [{"role": "system", "content": shape}, {"role": "user", "content": f"{block}\n\n{task}"}]


@pytest.fixture
def read():
    """The digest's answer to a record of these sets."""
    from core.models.embedded.digest import digest

    def answer(sets: Sets, **more) -> str:
        shape = more.pop("shape", SHAPE)
        task = more.pop("task", "Analyse the record above as described. Write the answer now.")
        return "".join(digest(ask(render(sets, **more), task, shape)))

    return answer
