"""What a run answers with is what the API's description says, also where it comes as a stream, and of any agent."""

import json
from datetime import UTC, datetime

import jsonschema_rs
import pytest

from runs import answers, serializers
from runs.models import Run, RunEvent


@pytest.fixture
def run(owner):
    return Run.objects.create(
        owner=owner, agent="agterm", message="hello", timeout_ms=1000, asked="", status="done", result="hi",
        ended_at=datetime.now(UTC),
    )  # fmt: skip


def told(run, number, **body):
    return RunEvent.objects.create(
        run=run, number=number, kind=body["kind"], call_id=body.get("id", ""), at=datetime.now(UTC), body=body
    )


def test_the_end_of_a_run_is_told_as_described(run):
    told(run, 1, kind="user_prompt", text="hello")
    told(run, 2, kind="done", status="done", result="hi", reason=None)
    jsonschema_rs.validate(answers.RunOutcome.model_json_schema(), json.loads(json.dumps(serializers.outcome(run))))


def test_a_tool_call_of_an_agent_that_says_nonsense_is_told_as_described(run, client, owner):
    told(run, 1, kind="tool_call", id="1", name="grep", arguments={}, safety=["all"])
    told(run, 2, kind="tool_result", id="1", result={"any": "thing"}, status=7, duration_ms="long")
    (line,) = client(owner).get("/api/history").json()["data"]["history"]
    jsonschema_rs.validate(answers.ToolCall.model_json_schema(), line)
    assert (line["safety"], line["status"], line["durationMs"]) == (None, "error", None)
