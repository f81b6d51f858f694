"""Safety modes: the server's hold for every run, and a request only adds to them."""

import csv
from pathlib import Path

import pytest
from support.scripts import END, says

from agents.headless import FLAGS
from runs.models import Run

TABLE = list(csv.DictReader((Path(__file__).parents[1] / "data" / "run_modes.csv").open()))


@pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line['policy']}+{line['asked']}")
def test_a_request_only_adds_to_what_the_server_insists_on(run, configure, line):
    configure(run_policy=tuple(line["policy"].split()))
    asked = dict.fromkeys(line["asked"].split(), True)
    data = run(says(END), **asked, **{flag: False for flag in FLAGS if flag not in asked})
    assert [flag for flag in FLAGS if data[flag]] == line["kept"].split()
    assert Run.objects.get(pk=data["runId"]).modes == line["kept"].split()


def test_an_agent_that_can_not_keep_what_the_server_insists_on_does_not_run(ask, configure):
    configure(run_policy=("readOnly",))
    assert ask(agent="timid").status_code == 200
    configure(run_policy=("readOnly", "strict"))
    answer = ask(agent="timid")
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == (
        "This server insists on readOnly and strict (AGTERM_RUN_POLICY), and Timid can't keep strict; it can keep only "
        "readOnly"
    )
    assert answer.json()["error"]["details"] == {"flags": ["readOnly"]}


def test_a_run_may_take_less_time_than_the_server_allows_never_more(run, configure):
    configure(run_timeout_s=60)
    assert run(says(END))["timeoutMs"] == 60_000
    assert run(says(END), timeoutMs=90_000)["timeoutMs"] == 60_000
    assert run(says(END), timeoutMs=5000)["timeoutMs"] == 5000


def test_the_public_configuration_tells_the_modes_and_nothing_secret(mine, scripted, configure, client):
    configure(run_policy=("strict",), provider_environment={"OPENAI_API_KEY": "sk-secret"}, run_timeout_s=90)
    answer = mine.get("/api/config/public")
    assert "sk-secret" not in answer.content.decode()
    data = answer.json()["data"]
    assert {name: data[name] for name in ("readOnly", "dryRun", "strict", "confirmDefault")} == {
        "readOnly": False, "dryRun": False, "strict": True, "confirmDefault": False,
    }  # fmt: skip
    assert (data["defaultAgent"], data["timeoutMs"], data["syncSource"]) == ("script", 90_000, None)
    assert {"script", "timid", "agterm"} <= set(data["agents"])
    assert "shell" not in data["agents"]
    assert data["baseUrl"] == "http://testserver"
    assert client().get("/api/config/public").status_code == 401
