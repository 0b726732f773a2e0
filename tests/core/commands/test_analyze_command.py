"""`python -m core analyze`: what goes to stdout, what to stderr, which exit code, and what the audit log holds."""

from __future__ import annotations

import json
import signal
import socket

import pytest

from core.accounts.user import Role, User
from core.models.embedded.digest.write import NOTICE
from core.parameters import arguments
from core.records.contract import Identity, Limits
from core.records.procedures import call
from core.use_cases import UseCases
from tests.brief import brief
from tests.core.models.conftest import SMALL
from tests.parts import ROOT

EXAMPLES = {one.name: one for one in UseCases(ROOT / "prompts").all()}
ANN = User("ann", "Ann", Role.ANALYST)
ASK = ("analyze", "customer_insight", "CUST-0142", "--as", "analyst")


@pytest.fixture(scope="module")
def in_brief(application, tmp_path_factory):
    """The use cases with one row of each result set and two columns of that."""
    folder = tmp_path_factory.mktemp("prompts")
    for name, use_case in EXAMPLES.items():
        example = use_case.record_id.example
        given = {use_case.parameter: example, **arguments(use_case.parameters, {}, ANN)}
        identity = Identity(ANN.username, ANN.role, "request-1")
        record = call(
            application.databases[use_case.database], use_case.procedure, given, identity, Limits(), record_id=example
        )
        names = [[column.name for column in one.columns] for one in record.result_sets]
        left_out = {name for one in names for name in one[2:]} - {name for one in names for name in one[:2]}
        (folder / f"{name}.md").write_text(brief(name, " ".join(left_out), rows=1, tokens=16), encoding="utf-8")
    return {"prompts": str(folder)}


@pytest.mark.parametrize("model", ["digest", SMALL])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_completed_by_every_model(run, events_of, in_brief, name, model):
    use_case = EXAMPLES[name]
    purpose = ["--purpose", "preparing a visit"] if use_case.purpose == "required" else []
    example = use_case.record_id.example
    asked_of = ("analyze", name, example, "--as", "analyst", "--model", model)
    ended = run(*asked_of, *purpose, "--json", **(in_brief if model == SMALL else {}))
    assert ended.code == 0, ended.err
    told = ended.json
    assert (told["use_case"], told["record_id"], told["user"]) == (name, example, "analyst")
    assert (told["model"], told["outcome"]) == (f"embedded/{model}", "completed")
    assert told["answer"].strip()
    assert [one["name"] for one in told["result_sets"]] == list(use_case.result_sets)
    for one in told["result_sets"]:
        assert all(len(row) == len(one["columns"]) for row in one["rows"])
    assert any(one["rows"] for one in told["result_sets"])
    timings = told["timings"]
    assert 0 < timings["procedure_ms"] < timings["first_token_ms"] < timings["total_ms"]
    assert told["tokens"]["prompt"] > 100
    assert told["tokens"]["answer"] > 0
    asked, outcome = events_of(told["request_id"])
    assert told["audit"] == {"asked": asked.seq, "outcome": outcome.seq}
    assert (asked.event, outcome.event, outcome.outcome) == ("analysis.asked", "analysis.outcome", "completed")
    assert (asked.source, outcome.source, asked.username) == ("cli", "cli", "analyst")


def test_the_answer_goes_to_stdout_and_progress_to_stderr(run_process):
    ended = run_process(*ASK)
    assert ended.code == 0
    assert ended.out.startswith(NOTICE)
    assert ended.out.endswith("\n")
    assert "Fetching the record …" in ended.err
    assert "Fetching" not in ended.out


def test_the_json_object_has_these_keys_and_nothing_else_is_on_stdout(run):
    told = run(*ASK, "--json").json
    promised = ["request_id", "use_case", "record_id", "user", "model", "outcome", "answer", "result_sets"]
    assert list(told)[: len(promised)] == promised
    assert set(told) - set(promised) == {"evidence", "warnings", "timings", "tokens", "audit", "error"}
    assert set(told["result_sets"][0]) == {"name", "columns", "rows"}
    assert set(told["timings"]) == {"procedure_ms", "first_token_ms", "total_ms"}
    assert set(told["tokens"]) == {"prompt", "answer"}
    assert set(told["audit"]) == {"asked", "outcome"}
    assert told["error"] is None


DOWN = "postgresql+psycopg://analyst:secret@127.0.0.1:{port}/crm"


@pytest.fixture(scope="module")
def closed_port():
    """A port of this machine on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize(
    ("asked", "code", "outcome", "reason"),
    [
        (("no_such_use_case", "CUST-0142", "--as", "analyst"), 2, "refused", "unknown-use-case"),
        (("customer_insight", "CUST 0142'; --", "--as", "analyst"), 2, "refused", "invalid-record-id"),
        (("patient_record", "PAT-0107", "--as", "analyst"), 2, "refused", "purpose-required"),
        (("customer_insight", "CUST-9999", "--as", "analyst"), 4, "no_record", "no-such-record"),
        (("customer_insight", "CUST-0142", "--as", "analyst", "--model", "gone:1b"), 6, "failed", "model-missing"),
    ],
)
def test_each_fault_has_its_exit_code_and_its_rows(run, events_of, asked, code, outcome, reason):
    ended = run("analyze", *asked, "--json")
    assert ended.code == code, ended.err
    told = ended.json
    assert (told["outcome"], told["error"]["code"], told["answer"]) == (outcome, reason, "")
    assert told["error"]["message"] in ended.err
    assert told["error"]["hint"]
    rows = events_of(told["request_id"])
    assert [(row.event, row.outcome) for row in rows] == [("analysis.asked", None), ("analysis.outcome", outcome)]
    assert {row.source for row in rows} == {"cli"}
    assert rows[1].reason == reason
    assert told["audit"] == {"asked": rows[0].seq, "outcome": rows[1].seq}


def test_a_role_that_may_not_is_refused(run_process, events_of, tmp_path):
    text = (ROOT / "prompts" / "customer_insight.md").read_text()
    (tmp_path / "customer_insight.md").write_text(text.replace("roles: [analyst, manager, admin]", "roles: [admin]"))
    ended = run_process(*ASK, "--json", prompts=str(tmp_path))
    assert ended.code == 3
    assert events_of(ended.json["request_id"])[1].outcome == "refused"


def test_a_limit_that_is_reached_is_refused(run, application, person, events_of):
    actor = person()
    ask = (*ASK[:-1], actor.user.username, "--json")
    assert run(*ask, limits__requests_per_minute="1").code == 0
    ended = run(*ask, limits__requests_per_minute="1")
    assert ended.code == 3
    assert [row.reason for row in events_of(ended.json["request_id"])] == [None, "limit-reached"]


@pytest.mark.parametrize("username", ["nobody-here", "x'); DROP TABLE users; --"])
def test_a_user_that_is_not_there_is_refused_and_audited(run, newest, username):
    ended = run(*ASK[:-1], username)
    assert (ended.code, ended.out) == (3, "")
    assert "no such user" in ended.err
    row = newest()
    assert (row.event, row.username, row.source) == ("session.refused", username, "cli")


def test_a_business_database_that_is_down(run, events_of, closed_port):
    ended = run(*ASK, "--json", databases__sample__url=DOWN.format(port=closed_port))
    assert ended.code == 5
    assert [row.outcome for row in events_of(ended.json["request_id"])] == [None, "failed"]
    assert str(closed_port) not in ended.err
    assert "secret" not in ended.err


def test_a_state_database_that_is_down_answers_nobody(run_process, closed_port):
    ended = run_process(*ASK, database_url=DOWN.format(port=closed_port))
    assert (ended.code, ended.out) == (5, "")
    assert "secret" not in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_a_model_server_that_is_down(run, events_of, closed_port):
    box = {"models__box__kind": "ollama", "models__box__local": "true"}
    ended = run(*ASK, "--model", "box/qwen", "--json", **box, models__box__url=f"http://127.0.0.1:{closed_port}")
    assert ended.code == 6
    assert [row.outcome for row in events_of(ended.json["request_id"])] == [None, "failed"]
    assert str(closed_port) not in ended.err


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_in_mid_stream_stops_it_and_keeps_what_was_written(start, steady, application, newest, as_json):
    process = start(*ASK, "--model", "steady", *(["--json"] if as_json else []), **steady())
    for line in process.stderr:
        if "writes" in line:
            break
    if not as_json:
        process.stdout.read(20)  # it streams: text is here while it goes on
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    row = newest()
    assert (row.event, row.outcome, row.source) == ("analysis.outcome", "stopped", "cli")
    kept = application.analyses.get(row.request_id)
    if as_json:
        assert json.loads(out)["answer"] == kept.answer
    assert kept.answer.startswith("The ")


@pytest.mark.parametrize(
    "arguments",
    [["analyze"], ["analyze", "customer_insight", "CUST-0142"], ["analyse"], [], ["audit"], ["use-cases", "--jsn"]],
)
def test_bad_arguments_say_how_it_is_used(run, arguments):
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "usage: python -m core" in ended.err
