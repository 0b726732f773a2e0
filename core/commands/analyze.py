"""`python -m core analyze USE_CASE RECORD_ID --as USER`: the pipeline in a terminal."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from contextlib import closing
from typing import Any
from uuid import uuid4

from core.accounts.user import Actor, Role, User
from core.analyses import Analysis
from core.analysis import Request
from core.audit.entry import Entry, Event, Outcome
from core.bootstrap import Application, open_application
from core.commands.exit_codes import STOPPED, exit_code
from core.commands.set_option import add_set_option
from core.errors import NotAllowed, NotFound
from core.job import Job
from core.ledger import reference
from core.records.record_json import to_json
from core.settings import read_settings
from core.view import view

WAIT_SECONDS = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("use_case", metavar="USE_CASE", help="a name of `use-cases`")
    parser.add_argument("record_id", metavar="RECORD_ID")
    parser.add_argument(
        "--as", dest="username", required=True, metavar="USER", help="who asks; goes into the audit log"
    )
    parser.add_argument("--model", metavar="MODEL", help="a model's name, or server/name (default: the use case's)")
    parser.add_argument("--purpose", metavar="TEXT", help="why, where the use case wants it")
    parser.add_argument("--question", metavar="TEXT", help="ask this instead of the use case's own question")
    add_set_option(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(args: argparse.Namespace) -> int:
    with closing(open_application(read_settings())) as application:
        actor = _actor(application, args.username)
        request = Request(
            actor=actor,
            use_case=args.use_case,
            record_id=args.record_id,
            model=args.model,
            purpose=args.purpose,
            question=args.question,
            parameters=dict(args.parameters),
            request_id=uuid4(),
        )
        job = application.jobs.start(request)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: job.stop())
        analysis = _follow(job, application, actor.user, quiet=args.json)
        if args.json:
            print(json.dumps(_as_json(application, actor.user, analysis), ensure_ascii=False))
        return _exit_code(job)


def _actor(application: Application, username: str) -> Actor:
    """Raises NotAllowed, audited, when there is no such user."""
    try:
        account = application.users.get(username)
    except NotFound:
        account = None
    if account is None or account.disabled_at is not None:
        nobody = Actor(User(reference(username), "", Role.ANALYST), signed_in_by="cli", source="cli")
        application.audit.append(
            Entry(event=Event.SIGN_IN_REFUSED, actor=nobody, outcome=Outcome.REFUSED, reason="unknown or disabled user")
        )
        raise NotAllowed("There is no such user, or the account is disabled.", "`python -m core users list` shows all.")
    return Actor(account.user, signed_in_by="cli", source="cli")


def _follow(job: Job, application: Application, user: User, *, quiet: bool) -> Analysis:
    """Draws the job until it ends: stages and warnings to stderr, text to stdout."""
    seen, written, stage, warned = -1, 0, None, 0
    while True:
        seen, analysis = job.watch(seen, WAIT_SECONDS)
        if analysis.stage and analysis.stage != stage:
            stage = analysis.stage
            print(f"{stage} …", file=sys.stderr)
        for warning in analysis.warnings[warned:]:
            print(f"Note: {warning}", file=sys.stderr)
        warned = len(analysis.warnings)
        if not quiet and analysis.answer:
            shown = view(analysis, application.use_cases, user).settled_answer()
            if len(shown) > written:
                sys.stdout.write(shown[written:])
                sys.stdout.flush()
                written = len(shown)
        if not analysis.running:
            break
    if not quiet and written:
        print()
    if analysis.evidence:
        print(analysis.evidence.summary(), file=sys.stderr)
    if analysis.outcome is not Outcome.COMPLETED:
        message = analysis.error_message or "Stopped."
        print(f"{analysis.outcome}: {message} {analysis.error_hint or ''}".rstrip(), file=sys.stderr)
    return analysis


def _exit_code(job: Job) -> int:
    outcome, error = job.snapshot().outcome, job.error
    if outcome is Outcome.COMPLETED:
        return 0
    if outcome is Outcome.STOPPED:
        return STOPPED
    return exit_code(error)


def _as_json(application: Application, user: User, analysis: Analysis) -> dict[str, Any]:
    shown = view(analysis, application.use_cases, user)
    sets: list[dict[str, Any]] = to_json(shown.record)["result_sets"] if shown.record else []
    return {
        "request_id": str(analysis.request_id),
        "use_case": analysis.use_case,
        "record_id": analysis.record_id,
        "user": analysis.username,
        "model": analysis.model,
        "outcome": analysis.outcome,
        "answer": shown.answer,
        "result_sets": [
            {"name": one["name"], "columns": [column["name"] for column in one["columns"]], "rows": one["rows"]}
            for one in sets
        ],
        "evidence": {"claims": analysis.evidence.checked, "to_check": analysis.evidence.to_check}
        if analysis.evidence
        else None,
        "warnings": list(analysis.warnings),
        "timings": {
            "procedure_ms": analysis.procedure_ms,
            "first_token_ms": analysis.first_token_ms,
            "total_ms": analysis.total_ms,
        },
        "tokens": {"prompt": analysis.prompt_tokens, "answer": analysis.answer_tokens},
        "audit": {"asked": analysis.audit_asked, "outcome": analysis.audit_outcome},
        "error": {"code": analysis.error_code, "message": analysis.error_message, "hint": analysis.error_hint}
        if analysis.error_code
        else None,
    }
