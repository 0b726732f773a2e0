"""How many figures may be worked out before one of them would fit by chance."""

from __future__ import annotations

import math

from core.evidence.claims.claim import Claim
from core.evidence.match import stretches

LIMIT = 0.02
_SPREAD = math.log(100)  # figures of a record lie within two powers of ten, evenly on a scale of powers
MOST_TRIES = 800


def tries(claim: Claim) -> int:
    """Figures told to more places allow more."""
    width = 0.0
    for low, high, _ in stretches(claim):
        if low <= 0 or math.isinf(high):
            return 0
        width = max(width, math.log(high / low))
    return min(MOST_TRIES, int(LIMIT * _SPREAD / width)) if width else 0
