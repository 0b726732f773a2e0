"""`python -m tests.attacks [WORD …]`: the attacks that the product withstands, each with its defence and its test.

A test of an attack is worth something only when it fails without the defence: with `--try`, each defence is taken out
of a copy of the product to see its test fail. That needs about ten minutes; exit 1 when a test still passes. WORDs
choose attacks by their names.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.parts import ROOT


@dataclass(frozen=True)
class Attack:
    name: str
    test: str  # as pytest takes it
    file: str  # where the defence is
    defence: str  # what is taken out …
    without: str  # … and what stands there then


AUDIT, WEB, ACCOUNTS = "tests/core/audit/test_audit_", "tests/core/web/test_", "tests/core/accounts/test_"
SIGN = 'return hmac.digest(row_key, canonical, "sha256")'
LOCK = "SELECT set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(7340003), clock_timestamp()"
ATTACKS = [
    Attack("a column is edited", f"{AUDIT}attacks.py::test_every_changed_column_is_noticed",
           "core/audit/chain.py", SIGN, 'return hmac.digest(row_key, bytes(canonical)[:100], "sha256")'),
    Attack("plain hashes are recomputed without the key",
           f"{AUDIT}attacks.py::test_a_chain_recomputed_without_the_key_is_noticed",
           "core/audit/chain.py", SIGN, "import hashlib; return hashlib.sha256(canonical).digest()"),
    Attack("rows are deleted, and the rest moves up", f"{AUDIT}attacks.py::test_deleted_rows_are_missing_even_when_the_"
           "rest_moves_up",
           "core/audit/verify.py", "            or (last_hash is not None and prev_hash != last_hash)\n"
           '            or digest(row_key, canonical, "sha256") != row_hash\n', ""),
    Attack("rows in the middle are deleted", f"{AUDIT}attacks.py::test_deleted_rows_are_missing",
           "core/audit/verify.py", "            seq != expected\n            or not row_key\n"
           "            or (last_hash is not None and prev_hash != last_hash)\n", "            not row_key\n"),
    Attack("two rows are swapped", f"{AUDIT}attacks.py::test_swapped_rows_are_reordered",
           "core/audit/verify.py", "            or (last_hash is not None and prev_hash != last_hash)\n"
           '            or digest(row_key, canonical, "sha256") != row_hash\n', ""),
    Attack("a row is forged", f"{AUDIT}attacks.py::test_a_forged_row_is_noticed",
           "core/audit/verify.py", '            or digest(row_key, canonical, "sha256") != row_hash\n', ""),
    Attack("an older copy is restored", f"{AUDIT}attacks.py::TestAnOlderCopy::test_is_not_covered_up_by_new_checkpoints",
           "core/audit/checkpoints.py", "if row_hash is None or row_hash.hex() != last.hash:", "if False:"),
    Attack("the tail is cut", f"{AUDIT}attacks.py::test_a_cut_tail_is_noticed_when_it_was_anchored",
           "core/audit/checkpoints.py", "            head, self._waiting = self._waiting, None\n",
           "            head, self._waiting = None, None\n"),
    Attack("a second place misses checkpoints", f"{AUDIT}webhook.py::test_what_was_missed_arrives_before_the_next",
           "core/audit/webhook.py", "Sent(offset, problem)", "Sent(offset + len(line), problem)"),
    Attack("a log gives away the webhook's address", f"{AUDIT}webhook.py::test_its_address_is_told_nowhere",
           "core/audit/webhook.py", 'log.error("audit_webhook: a checkpoint could not be sent: %s", problem)',
           'log.error("%s could not be sent to: %s", self._url, problem)'),
    Attack("two rows continue one", f"{AUDIT}attacks.py::test_two_rows_cannot_continue_the_same_one",
           "core/store/migrations/versions/0001_the_first_tables.py",
           '        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_log_prev_hash")),\n', ""),
    Attack("TRUNCATE by the owner", f"{AUDIT}attacks.py::TestTheDoors::test_the_owner_is_refused_as_well",
           "core/store/migrations/audit_log.sql", "BEFORE UPDATE OR DELETE OR TRUNCATE", "BEFORE UPDATE OR DELETE"),
    Attack("UPDATE as the app", f"{AUDIT}attacks.py::TestTheDoors::test_the_apps_login_can_only_append",
           "core/store/migrations/grants.sql", "REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM {app};", ""),
    Attack("ALTER and DROP TRIGGER as the app", f"{AUDIT}attacks.py::TestTheDoors::test_the_apps_login_can_only_append",
           "core/store/embedded_bootstrap.sql", "CREATE ROLE app LOGIN PASSWORD '$app';",
           "CREATE ROLE app LOGIN PASSWORD '$app' IN ROLE \"owner\";"),
    Attack("the audit log cannot be written", "tests/core/test_analysis.py::test_without_an_audit_row_nothing_is_fetched_"
           "and_the_person_is_told",
           "core/analysis.py", "result.audit_asked = parts.ledger.asked(request, use_case, record_id)",
           "result.audit_asked = 0"),
    Attack("8 processes append at once", f"{AUDIT}log.py::test_eight_processes_leave_one_whole_chain",
           "core/audit/log.py", LOCK, LOCK.replace("pg_advisory_xact_lock(7340003)", "NULL")),
    Attack("kill -9 between append and commit", f"{AUDIT}log.py::test_killed_between_append_and_commit_leaves_nothing",
           "core/audit/line.py", "self._engine.connect()",
           'self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")'),
    Attack("a burst over two processes", "tests/core/test_limits.py::test_a_burst_over_two_processes_lets_exactly_as_"
           "many_through_as_allowed",
           "core/limits.py", '"per_minute": settings.requests_per_minute - 1,',
           '"per_minute": settings.requests_per_minute,'),
    Attack("a line break in a record ID, on the terminal", f"{AUDIT}command.py::test_a_line_stays_one_line",
           "core/audit/command.py", 'c if c.isprintable() else "\\N{REPLACEMENT CHARACTER}" for c in line', "c for c in line"),
    Attack("a line break in a record ID, in the log", "tests/core/test_log.py::test_a_record_id_with_newlines_is_one_"
           "line_of_the_log",
           "core/log.py", "return json.dumps(line, ensure_ascii=False)", 'return f"{line[\'level\']} {line[\'message\']}"'),
    Attack("a formula in an export", f"{AUDIT}export.py::test_no_cell_is_taken_for_a_formula",
           "core/audit/export.py", 'return f"\'{cell}" if cell.startswith(RISKY) else cell', "return cell"),
    Attack("a driver quotes a record in its error", "tests/core/test_log.py::test_marked_data_is_in_no_log_and_no_error",
           "core/log.py", "    kind = f\"{type(error)", "    return str(error)\n    kind = f\"{type(error)"),
    Attack("admin pages by URL", "tests/pages/test_page_doors.py::test_a_page_that_is_not_for_a_role_refuses_and_the_"
           "log_has_it",
           "pages/parts/identity.py", "if not may(signed.user.role, action):", "if False:"),
    Attack("a forged identity header", f"{WEB}websocket.py::test_a_forged_identity_is_not_passed_on",
           "core/web/gate.py", 'if name.lower().replace(b"_", b"-").startswith(OURS):', "if False:"),
    Attack("the page of another is resumed", f"{WEB}websocket.py::test_no_session_no_websocket",
           "core/web/gate.py", 'if scope["path"] not in self._open_paths():', "if False:"),
    Attack("a cookie is replayed after signing out", f"{WEB}sign_in.py::test_a_cookie_is_worth_nothing_after_signing_out",
           "core/accounts/sessions.py", "                sessions.c.ended_at.is_(None),\n", ""),
    Attack("a session is fixed before sign-in", f"{WEB}sign_in.py::test_a_session_fixed_before_sign_in_is_worth_nothing",
           "core/accounts/sessions.py", "token = secrets.token_urlsafe(32)", "token = replaces or secrets.token_urlsafe(32)"),
    Attack("an ended session clicks on", f"{WEB}websocket.py::test_a_session_that_ended_is_out_at_the_next_click",
           "core/web/gate.py", "if not await self._lives(seen=True):", "if False:"),
    Attack("a form of another site signs in", f"{WEB}sign_in.py::test_a_form_that_is_not_ours_signs_nobody_in",
           "core/web/sign_in.py", "if not is_ours(request.headers) or not is_form_token(form.get(\"token\"), form_cookie",
           "if False and not is_form_token(form.get(\"token\"), form_cookie"),
    Attack("a form of another site signs out", f"{WEB}sign_in.py::test_nobody_is_signed_out_from_elsewhere",
           "core/web/sign_in.py", "if not is_ours(request.headers) or not is_form_token(form.get(\"token\"), cookie",
           "if False and not is_form_token(form.get(\"token\"), cookie"),
    Attack("another origin opens a websocket", f"{WEB}websocket.py::test_no_other_origin_opens_a_websocket",
           "core/web/gate.py", "if is_foreign(headers):", "if False:"),
    Attack("a name is made to point here", f"{WEB}doors.py::test_a_name_made_to_point_here_is_not_ours",
           "core/web/shield.py", "if not self._knows_host(scope):", "if False:"),
    Attack("open redirect after sign-in", f"{WEB}sign_in.py::test_signing_in_leads_nowhere_else",
           "core/web/request.py", "def local_path(wanted: str | None) -> str:\n",
           "def local_path(wanted: str | None) -> str:\n    return wanted or '/'\n\n\ndef _before(wanted: str | None) -> str:\n"),
    Attack("50 wrong passwords", f"{WEB}sign_in.py::test_fifty_wrong_passwords_then_the_right_one",
           "core/accounts/sessions.py", "            count_attempt(self._engine, name)\n", "            pass\n"),
    Attack("user names by their time", f"{ACCOUNTS}sessions.py::test_unknown_disabled_and_wrong_look_and_cost_the_same",
           "core/accounts/sessions.py",
           'right = is_password(password, found["password_hash"] if found else None)',
           'right = found is not None and is_password(password, found["password_hash"])'),
    Attack("an expired API key", f"{ACCOUNTS}api_keys.py::test_an_expired_key_is_refused",
           "core/accounts/api_keys.py", 'if row["expired"]:', "if False:"),
    Attack("a key reaches other use cases", "tests/core/test_analysis.py::test_a_refused_request_is_audited_and_reaches_"
           "nothing",
           "core/analysis.py", "if not request.actor.may_use(use_case.name):", "if False:"),
    Attack("answers without security headers", f"{WEB}doors.py::test_every_answer_carries_the_headers",
           "core/web/shield.py", "            headers.setdefault(name, value)\n", "            pass\n"),
    Attack("a token for another client", "tests/core/web/test_single_sign_on.py::test_a_token_that_is_not_for_this_sign_in"
           "_opens_nothing",
           "core/web/single_sign_on.py", '"aud": {"essential": True, "value": auth.client_id},', ""),
    Attack("an address that nobody verified",
           "tests/core/web/test_single_sign_on.py::test_whom_nobody_vouches_for_gets_nothing",
           "core/web/single_sign_on.py", 'claims.get("email_verified") is not True', "False"),
    Attack("a name that only looks the same",
           "tests/core/web/test_single_sign_on.py::test_a_name_that_only_looks_the_same_is_another",
           "core/accounts/sessions.py", 'name.lower() if name.isascii() and name.isprintable() else ""',
           'name.lower().replace("\\0", "")'),
    Attack("a sign-in that began in another browser",
           "tests/core/web/test_single_sign_on.py::test_what_began_in_another_browser_ends_nowhere",
           "core/web/single_sign_on.py", "parts.keys.oldest().derive(Use.SIGN_IN)", 'b"guessed"'),
    Attack("single sign-on where nobody switched it on", f"{WEB}doors.py::test_nothing_else_answers_without_a_session",
           "core/web/gate.py", "return OPEN | SINGLE_SIGN_ON if self._application().settings.auth else OPEN",
           "return OPEN | SINGLE_SIGN_ON"),
    Attack("a password where passwords are switched off",
           "tests/core/web/test_single_sign_on.py::test_passwords_can_be_switched_off",
           "core/web/sign_in.py", "if not _takes_passwords(parts):", "if False:"),
    Attack("metrics without the token", "tests/core/web/api/test_metrics.py::test_without_the_token_metrics_stay_shut",
           "core/web/metrics.py", "return hmac.compare_digest(one, other)", "return True"),
    Attack("metrics where nobody switched them on",
           f"{WEB}doors.py::test_doors_that_nobody_needs_are_shut_for_everybody",
           "core/web/gate.py", 'if scope["path"] == METRICS and self._application().settings.metrics_token is None:',
           'if False:'),
    Attack("what was typed becomes a metric's label",
           "tests/core/test_metrics.py::test_a_refusal_is_counted_by_its_reason_and_never_by_what_was_typed",
           "core/metrics.py", 'use_case = result.use_case.name if result.use_case else ""',
           'use_case = result.use_case.name if result.use_case else "no_such_one"'),
    Attack("a path out of the folders, for strangers", f"{WEB}doors.py::test_no_path_leads_out_of_the_folders",
           "core/web/gate.py", 'if scope["path"] not in self._open_paths():', "if False:"),
    Attack("a hostile answer", "tests/core/test_sanitise.py",
           "core/sanitise.py", "    text = _CONTROL.sub(\"\", text.replace(\"\\r\\n\", \"\\n\"))\n", "    return text\n"),
    Attack("a hostile answer, in the browser", "tests/browser/test_hostile_model.py::test_hostile_texts_are_drawn_as_"
           "their_characters",
           "core/sanitise.py", "    text = _CONTROL.sub(\"\", text.replace(\"\\r\\n\", \"\\n\"))\n", "    return text\n"),
    Attack("a ticket has the prompt printed", "tests/core/test_injected_instructions.py",
           "core/disclosure.py", "def disclosed(answer: str, prompt: Prompt) -> Disclosed | None:\n",
           "def disclosed(answer: str, prompt: Prompt) -> Disclosed | None:\n    return None\n\n\n"
           "def _before(answer: str, prompt: Prompt) -> Disclosed | None:\n"),
    Attack("a record ends its own fence", "tests/core/test_injected_instructions.py::test_instructions_reach_the_model_"
           "inside_the_fence_alone",
           "core/prompts.py", "{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}", "00000000"),
    Attack("an erased answer is still there", "tests/core/test_retention.py::test_erasing_takes_the_content_and_leaves_"
           "the_story",
           "core/retention.py", '"record", "tokens", "prompt", "evidence"', '"record", "tokens", "evidence"'),
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks")
    parser.add_argument("--try", dest="trying", action="store_true", help="take each defence out, see its test fail")
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the attack's name")
    args = parser.parse_args()
    chosen = [attack for attack in ATTACKS if not args.words or any(word in attack.name for word in args.words)]
    if args.trying:
        return _try(chosen)
    for attack in chosen:
        print(f"{attack.name}\n    defence  {attack.file}\n    test     {attack.test}")
    return 0


def _try(attacks: list[Attack]) -> int:
    faults = 0
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        copy = Path(folder) / "product"
        ignored = shutil.ignore_patterns("var", ".venv", ".git", "__pycache__", "pictures")
        shutil.copytree(ROOT, copy, ignore=ignored)
        if (came_to := _run(copy, *sorted({attack.test for attack in attacks}))) != "passed":
            print(f"BROKEN: with every defence in place the tests {came_to}, so that failing would tell nothing.")
            return 1
        for attack in attacks:
            said = _without(copy, attack)
            faults += said != "noticed"
            print(f"{said:<8} {attack.name}", flush=True)
    return 1 if faults else 0


def _without(copy: Path, attack: Attack) -> str:
    """What became of this attack when its defence was taken out."""
    file = copy / attack.file
    whole = file.read_text(encoding="utf-8")
    if whole.count(attack.defence) != 1:
        return "GONE"  # its defence reads otherwise now
    file.write_text(whole.replace(attack.defence, attack.without), encoding="utf-8")
    try:
        return {"failed": "noticed", "passed": "MISSED"}.get(_run(copy, attack.test), "BROKEN")
    finally:
        file.write_text(whole, encoding="utf-8")


def _run(copy: Path, *tests: str) -> str:
    """What the tests came to: passed, failed, or "did not run", which is none of both."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return "passed"
    if re.search(r"^\d+ failed", done.stdout, re.MULTILINE) and " error" not in done.stdout.splitlines()[-1]:
        return "failed"
    print(done.stdout[-2_000:], flush=True)
    return "did not run"


if __name__ == "__main__":
    sys.exit(main())
