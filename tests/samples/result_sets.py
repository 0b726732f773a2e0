"""How the tests of the samples hold what a procedure returned."""

from __future__ import annotations

from collections.abc import Callable

Sets = dict[str, tuple[list[str], list[tuple[object, ...]]]]
"""Result sets by name: columns and rows."""

Fetch = Callable[[str, str], Sets]
"""Use case and record ID to result sets."""
