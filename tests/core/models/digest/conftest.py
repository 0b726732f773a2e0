"""Small records of many trades, the prompt that carries them, and the digest's answer to it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence

import pytest

from core.models.embedded.digest import digest

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
TASK = "Analyse the record above as described. Write the answer now."

Sets = Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]]


class Asker:
    """Renders records the way prompts do and asks the digest about them."""

    def body(self, sets: Sets, heads: Mapping[str, str] | None = None) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for name, (columns, rows) in sets.items():
            head = f"[{name}] {len(rows)} {'row' if len(rows) == 1 else 'rows'}"
            text.write((heads or {}).get(name, head) + "\n")
            writer.writerow(["#", *columns])
            writer.writerows([number, *row] for number, row in enumerate(rows, 1))
        return text.getvalue()

    def fence(self, body: str, record_id: str = "R-1") -> str:
        digits = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f'<record-{digits} use_case="test" record_id="{record_id}">\n{body}</record-{digits}>'

    def say(self, user: str, shape: str = SHAPE) -> str:
        return "".join(digest([{"role": "system", "content": shape}, {"role": "user", "content": user}]))

    def __call__(self, sets: Sets, shape: str = SHAPE, task: str = TASK, heads: Mapping[str, str] | None = None) -> str:
        return self.say(f"{self.fence(self.body(sets, heads))}\n\n{task}", shape)

    def section(self, answer: str, heading: str) -> str:
        """The text under one heading."""
        return answer.partition(f"## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="session")
def ask() -> Callable[..., str]:
    return Asker()
