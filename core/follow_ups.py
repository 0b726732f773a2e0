"""Going on from an own analysis: a further question about the same record, or the rest of an answer that was cut."""

from __future__ import annotations

from collections.abc import Mapping

from core.accounts.user import User
from core.analyses import Analysis
from core.errors import InvalidRequest, NotAllowed
from core.prompts import talk
from core.steps import Earlier


def what_it_left(
    analysis: Analysis, user: User, use_case: str, record_id: str, parameters: Mapping[str, str]
) -> Earlier:
    """Raises NotAllowed when it is another person's, or about something else; InvalidRequest when nothing is left."""
    if analysis.username != user.username:
        raise NotAllowed("You can go on from your own analyses only.", "Ask about the record yourself.")
    if (analysis.use_case, analysis.record_id) != (use_case, record_id):
        raise NotAllowed("The earlier analysis was about another record.", "Ask about this record anew.")
    if dict(analysis.parameters) != dict(parameters):
        raise InvalidRequest("The earlier record was fetched with other choices.", "Ask about the record anew.")
    if analysis.running:
        raise InvalidRequest("The earlier answer is still being written.", "Wait for its end, or stop it.")
    if analysis.masked is None or not analysis.prompt or not analysis.answer.strip():
        raise InvalidRequest("The earlier analysis has no answer to go on from.", "Ask about the record anew.")
    return Earlier(analysis.masked, talk(analysis.prompt, analysis.answer), analysis.answer)
