"""Numbers as people read them."""

from __future__ import annotations

import pytest

from pages.parts.formats import parameters


@pytest.mark.parametrize(
    ("told", "read"),
    [("134.52M", "135M"), ("14.8B", "14.8B"), ("7.62B", "7.62B"), ("999.96M", "1000M"), ("8x7B", "8x7B"), ("", "")],
)
def test_parameters_are_told_in_three_digits(told: str, read: str) -> None:
    assert parameters(told) == read
