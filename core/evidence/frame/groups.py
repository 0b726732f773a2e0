"""Which stretches of a sentence go together."""

from __future__ import annotations

from core.evidence.claims.claim import Kind
from core.evidence.frame.frame import PREPOSITIONS, Frame


def group_segments(frame: Frame) -> tuple[list[int], frozenset[int]]:
    """Stretches that only say when, where or of what go with the stretch they belong to."""
    tokens, numbers = frame.tokens, frame.sentence.segments
    if not tokens:
        return [0], frozenset()
    count = numbers[-1] + 1
    words = [0] * count
    first_word = [""] * count
    first_mark = [""] * count
    for token, number in zip(tokens, numbers, strict=True):
        if token.is_word:
            words[number] += 1
            first_word[number] = first_word[number] or token.low
        elif not words[number] and not first_mark[number]:
            first_mark[number] = token.text
    if count == 1:
        return [0], frozenset()
    figures = [0] * count
    for claim in frame.claims:
        if claim.kind is Kind.NUMBER:
            figures[numbers[claim.first]] += 1
    group = list(range(count))
    labels: set[int] = set()
    for number in range(count):
        if not words[number]:
            group[number] = group[number - 1] if number else 0
            continue
        adverbial = first_word[number] in PREPOSITIONS and words[number] <= 9
        if figures[number] == 0 and adverbial:
            if number == 0 or all(not words[n] or group[n] == -1 for n in range(number)):
                group[number] = -1
            elif number and group[number - 1] != -1:
                group[number] = group[number - 1]
        elif number and first_word[number] == "or" and words[number] <= 4 and figures[number]:
            group[number] = group[number - 1]  # "by EUR 500, or 20 %,": the same thing told another way
        elif first_mark[number] == "(" and number and (figures[number] == 0 or words[number] <= 2):
            group[number] = group[number - 1]
        elif first_mark[number] == ")" and number > 1 and first_mark[number - 1] == "(" and figures[number] == 0:
            group[number] = group[number - 2]  # "EUR 120 (5 %) above" goes on after the brackets
        if number + 1 < count and first_mark[number + 1] == ":" and not any(figures[: number + 1]) and not labels:
            labels.add(number)
    following = count - 1
    for number in reversed(range(count)):
        if group[number] == -1:
            group[number] = following
        elif words[number]:
            following = group[number]
    return group, frozenset(group[n] for n in labels)
