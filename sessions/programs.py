"""What the runner is told of a program that is to be started: how, in which box, and what of it is secret."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from agents import logins
from agents.services import Launch
from sessions import handoff, keys
from sessions.models import Session

MAX_SECRETS = 1000


def program(
    agent_id: str,
    launch: Launch,
    *,
    box: Mapping[str, Any],
    resume: bool = False,
    raw: bool = False,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the runner needs to know of a launch (`runner.protocol.Launch`); `box` as `isolation.asked` says it.

    The label comes back in everything it says of the terminal, so that rows know what runs by looking.
    """
    return {
        "argv": launch.argv,
        "env": launch.env,
        "home_files": launch.home_files,
        "path_prefix": launch.path_prefix,
        "readable": launch.readable,
        "state_patterns": launch.state_patterns,
        "resume": asdict(launch.resume) if resume and launch.resume else None,
        "workspace_files": dict(files or {}),
        "raw": raw,
        "label": {"agent": agent_id, "provider": launch.provider or "", "model": launch.model or ""},
        **box,
    }


def given(row: Session, told: Mapping[str, Any]) -> dict[str, Any]:
    """`told` as it is for the start number `row.key_serial`: with its key, and what of it must not be written down."""
    launch = keys.given(row, told)
    label = {**launch["label"], "owner": str(row.owner_id)}
    return {**launch, "label": label, "secrets": _secrets(row, launch["env"]), "searchable": row.searchable}


def _secrets(row: Session, env: Mapping[str, str]) -> list[str]:
    """Every exact value that must stand in no recording and no index: the session's key, its tokens and its variables'.

    A word of a log-in's files that has no digit is a name, not a token.
    """
    tokens = [word for word in logins.secrets_of(row.owner_id, row.agent) if any(map(str.isdigit, word))]
    found = [keys.issue(row), *handoff.secrets_of(env), *tokens]
    return list(dict.fromkeys(found))[:MAX_SECRETS]
