"""Words too common to name a value."""

from __future__ import annotations

import re

from core.evidence.language.listed import words

TOKEN = re.compile(r"[^\W_]+")


STOP = words(
    "a an the of in on at by to for from and or no yes not is it its he she we us me my as be so do "
    "up all any am are was none other others new this that these those with per than then there here "
    "who what which more most less least very one only own out off over under between into about "
    "after before during each both such may can will n na"
)
