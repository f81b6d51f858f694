"""How a headless run is started: what is asked, what each CLI can keep, and every reason to refuse."""

import pytest

from agents import registry, services
from agents.declaration import AT, DOOR
from agents.headless import Ask, Headless
from agents.headless.agterm import Translator
from core.errors import InvalidRequest

CLIS = ["claude", "codex", "gemini", "opencode"]
CONVERSATION = "0199a213-81c0-7800-8aa1-bbab2a035a53"


@pytest.fixture
def ready(config, fake_cli):
    for name in (*CLIS, "sh"):
        folder = fake_cli(name)
    return config.but(agent_path=(folder,))


@pytest.fixture
def launch(ready):
    def launch(agent_id, message="Do it", **fields):
        launch_fields = {name: fields.pop(name) for name in ("model", "provider", "login", "args") if name in fields}
        return services.prepare_launch(
            agent_id, config=ready, key="agt-secret", ask=Ask(message=message, **fields), **launch_fields
        )

    return launch


@pytest.mark.parametrize("agent_id", CLIS)
def test_the_message_is_on_the_command_line_and_the_key_is_not(launch, agent_id):
    started = launch(agent_id, "--help me with 'this'\nand that")
    assert any("--help me with 'this'\nand that" in part for part in started.argv)
    assert not any("agt-secret" in part for part in started.argv)
    assert "agt-secret" in started.env.values()
    assert started.resume is None


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_mark_of_ours_in_a_message_is_only_text(launch, agent_id):
    assert any(f"{AT}AGTERM_HOME@" in part for part in launch(agent_id, "What is @AGTERM_HOME@?").argv)


@pytest.mark.parametrize("agent_id", CLIS)
def test_a_conversation_goes_on_by_its_name(launch, agent_id):
    assert CONVERSATION in launch(agent_id, conversation=CONVERSATION).argv
    assert CONVERSATION not in launch(agent_id).argv


@pytest.mark.parametrize("agent_id", CLIS)
def test_flags_that_a_cli_can_not_keep_are_refused_by_name(launch, agent_id):
    kept = registry.get(agent_id).headless.flags
    asked = {"readOnly": "read_only", "dryRun": "dry_run", "confirm": "confirm", "strict": "strict"}
    for flag, field in asked.items():
        if flag in kept:
            started, usual = launch(agent_id, **{field: True}), launch(agent_id)
            assert (started.argv, started.env) != (usual.argv, usual.env)
            continue
        with pytest.raises(InvalidRequest, match=f"can't keep {flag}; it can keep") as caught:
            launch(agent_id, **{field: True})
        assert set(caught.value.details["flags"]) == kept


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"message": " \n"}, "must not be empty"),
        ({"message": "x" * 65537}, "at most 65536 bytes"),
        ({"message": "ü" * 40000}, "at most 65536 bytes"),
        ({"message": "a\0b"}, "NUL"),
        ({"conversation": "--dangerous"}, "conversation must be"),
        ({"conversation": "../../x"}, "conversation must be"),
        ({"args": ["--dangerously-skip-permissions"]}, "takes no args"),
    ],
)
def test_what_makes_no_run_is_refused(launch, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        launch("claude", **fields)


def test_an_agent_that_does_not_run_headless_says_so(launch):
    with pytest.raises(InvalidRequest, match="does not run headless"):
        launch("shell")


def test_codex_writes_no_file_as_the_one_in_home_may_be_that_of_a_session(launch):
    started = launch("codex", model="gpt-6-luna")
    assert started.home_files == {}
    assert f'model_providers.gw.base_url="{DOOR}/llm/openai"' in started.argv
    assert "gpt-6-luna" in started.argv


def test_codex_with_a_subscription_keeps_only_its_log_in(launch):
    started = launch("codex", login={".codex/auth.json": "{}"})
    assert started.home_files == {".codex/auth.json": "{}"}
    assert not any("model_provider" in part for part in started.argv)


def test_claude_with_a_subscription_takes_its_provider_from_no_repository(ready):
    def started(own_folder):
        return services.prepare_launch(
            "claude", config=ready, ask=Ask(message="Do it"), login={".claude/.credentials.json": "{}"},
            own_folder=own_folder,
        ).argv  # fmt: skip

    assert "https://api.anthropic.com" in " ".join(started(True))
    assert "--setting-sources" in started(False)


def test_the_api_says_how_an_agent_runs_headless(ready):
    headless = {agent["id"]: agent["headless"] for agent in services.describe_all(ready)}
    assert headless["shell"] is None
    assert headless["claude"] == {"flags": ["readOnly", "confirm"], "takesAnswers": False}
    assert headless["codex"] == {"flags": ["readOnly"], "takesAnswers": False}


def test_a_declaration_with_an_unknown_flag_is_none():
    with pytest.raises(ValueError, match="carefully"):
        Headless(argv=lambda context, ask: [], translator=Translator, flags=frozenset({"carefully"}))
