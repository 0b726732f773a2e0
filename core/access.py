"""Which analyses somebody reaches, on one occasion: their role decides, and the key they came with may narrow it."""

from __future__ import annotations

from dataclasses import replace

from core.accounts.permissions import may, may_see_analysis
from core.accounts.user import Actor, Role
from core.analyses import Analysis
from core.analysis_search import Search
from core.errors import NotAllowed, NotFound, UnknownUseCase
from core.use_cases import UseCase, UseCases


def usable(actor: Actor, use_cases: UseCases) -> tuple[UseCase, ...]:
    """The use cases that may be asked, by title."""
    return tuple(one for one in use_cases.for_role(actor.user.role) if actor.may_use(one.name))


def check_may_open(actor: Actor, analysis: Analysis, use_cases: UseCases) -> None:
    """Raises NotFound, in the words for one that does not exist, when this person may not see it."""
    try:
        roles: frozenset[Role] = use_cases.get(analysis.use_case).roles
    except UnknownUseCase:
        roles = frozenset()
    if not actor.may_use(analysis.use_case) or not may_see_analysis(actor.user, analysis.username, roles):
        raise NotFound("There is no such analysis.")


def check_may_stop(actor: Actor, analysis: Analysis) -> None:
    if analysis.username != actor.user.username:
        raise NotAllowed("Only who asked may stop an analysis.", "Ask them to.")


def reachable(actor: Actor, use_cases: UseCases, what: Search) -> Search:
    """`what`, narrowed to what this person may see. Without a `username` it means everybody's.

    Raises NotAllowed when another's analyses are asked for and the role may see its own only.
    """
    own = what.username == actor.user.username
    if not own and not may(actor.user.role, "history of all"):
        raise NotAllowed("Your role may see its own analyses only.")
    names = actor.use_cases if own else frozenset(one.name for one in usable(actor, use_cases))
    if names is None:
        return what
    wanted = names if what.use_cases is None else names & set(what.use_cases)
    return replace(what, use_cases=tuple(sorted(wanted)))
