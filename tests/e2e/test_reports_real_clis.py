"""What the real agent CLIs report by OTLP and write down in transcripts arrives, beside what the door metered."""

import os

import pytest
from fakes.provider import Provider
from support.agents import installed_home
from support.server import AgtermServer
from support.sockets import wait_until

HEADLESS = {
    "claude": ["-p", "Say ping"],
    "codex": ["exec", "--skip-git-repo-check", "Say ping"],
    "gemini": ["-p", "Say ping"],
}


@pytest.fixture(scope="module")
def server():
    with Provider() as provider:
        made = AgtermServer({**provider.environment, "AGTERM_RECONCILE_SECONDS": "1"})
        os.symlink(installed_home(*HEADLESS) / "agents", made.home / "agents")
        with made:
            yield made


@pytest.mark.parametrize("agent", HEADLESS)
def test_a_cli_reports_its_prompt_and_writes_down_the_calls_that_were_metered(server, agent):
    session = server.start_session(agent, args=HEADLESS[agent])

    def told():
        said = server.api.get(f"/api/sessions/{session}/transcripts").json()["data"]
        cost = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["cost"]
        is_there = said["activity"]["prompts"] and said["transcripts"]["told"] and cost["requests"]
        return said if is_there else None

    said = wait_until("report and transcript", told, timeout_s=60)
    assert (said["activity"]["prompts"], said["activity"]["errors"]) == (1, 0)
    assert said["transcripts"]["missing"] == 0
    if agent != "gemini":  # it writes down no id of its provider's
        assert said["transcripts"]["matched"] == said["transcripts"]["told"]
    server.api.delete(f"/api/sessions/{session}")
