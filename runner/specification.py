"""From what the web side asks for to what a supervisor is told: paths, environment, walls, ways out."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest
from runner import protocol
from runner.egress.link import Doorway
from runner.options import RunnerOptions
from runner.sandbox import view
from runner.sandbox.levels import Chosen
from runner.workspace import folders, sources
from runner.workspace.folders import Folders

USER_NAME = "agent"
WORKSPACE_MARK, HOME_MARK, WORD_MARK, DOOR_MARK = (f"@AGTERM_{name}@" for name in ("WORKSPACE", "HOME", "WORD", "DOOR"))
SOURCE_MARK = "@AGTERM_SOURCE@"  # the repository that the workspace is made from
AT_MARK = "@AGTERM_AT@"  # stands for "@": how a caller's own words are kept from being taken for a mark
_MARK = re.compile("@AGTERM_[A-Z]+@")
LOOPBACK_NAMES = "localhost,127.0.0.1,::1"
NO_DOORS = Doorway(0, 0)


def of(
    launch: protocol.Launch,
    place: Folders,
    *,
    options: RunnerOptions,
    chosen: Chosen,
    toolchains: view.Toolchains,
    doorway: Doorway = NO_DOORS,
    network: str = "none",
    word: str = "",
    cgroup: str | None = None,
    prepares: bool = False,
) -> dict[str, Any]:
    """The launch specification of `runner.sandbox.launch`, marks replaced by the session's paths and addresses.

    `prepares`: it makes the workspace, and may read all that it is made from. Raises `InvalidRequest` for a workspace
    that this level can't keep apart from our own data.
    """
    is_landlock = chosen.level.startswith("landlock")
    if is_landlock and any(data.is_relative_to(place.workspace) for data in options.hidden):
        raise InvalidRequest("cwd holds AGTERM_HOME, which can't be hidden in it at this isolation level")
    path = [*launch.path_prefix, *toolchains.folders()]
    source = sources.kept(place)
    read = sources.shown(source, whole=prepares, roots=options.allowed_roots, hidden=options.hidden)
    marks = {
        SOURCE_MARK: str(source.git) if source else "",
        WORKSPACE_MARK: str(place.workspace),
        HOME_MARK: str(place.home),
        DOOR_MARK: f"http://127.0.0.1:{doorway.door_port}",
    }
    own = {name: filled(value, marks) for name, value in launch.env.items()}
    environment = {**_environment(place, path), **_proxy_environment(doorway), **own}
    wanted = [*launch.readable, *launch.path_prefix, *toolchains.readable()]
    readable = view.existing(wanted, options.hidden, options.installed)
    if is_landlock:  # which can't hide what lies in something that it shows
        readable = [shown for shown in readable if not any(data.is_relative_to(shown) for data in options.hidden)]
    return {
        "argv": [filled(part, marks) for part in launch.argv],
        "env": environment,
        "cwd": str(place.workspace),
        "identity": list(place.identity),
        "home": str(place.home),
        "temporary": str(place.temporary),
        "data": [str(data) for data in options.hidden],
        "home_files": {name: filled(text, marks | {WORD_MARK: word}) for name, text in launch.home_files.items()},
        "workspace_files": launch.workspace_files,
        "resume": None if launch.resume is None else _resume(launch.resume, marks),
        "uid": place.uid,
        "user_lock": None if place.uid is None else str(place.home.parent / "user.lock"),
        "readable": readable,
        "sources": [[path, *identity] for path, identity in read],
        "visible": [[str(p), True] for p in (place.workspace, place.home, place.temporary)]
        + [[path, False] for path in (*readable, *(path for path, _ in read))],
        "names": {} if place.uid is None else user_names(place),
        "grace_s": options.stop_grace_s,
        "level": chosen.level,
        "network": network,
        "ports": {name: port for name, port in (("door", doorway.door_port), ("proxy", doorway.proxy_port)) if port},
        "egress": {"address": doorway.address, "token": doorway.token},
        "tools": list(chosen.tools),
        "processes": options.session_processes,
        "cgroup": cgroup,
    }


def _resume(resume: protocol.Resume, marks: Mapping[str, str]) -> dict[str, Any]:
    return {"exists": resume.exists, "argv": [filled(part, marks) for part in resume.argv]}


def filled(text: str, marks: Mapping[str, str]) -> str:
    """In one pass, so that nothing filled in is taken for a mark."""
    known = {**marks, AT_MARK: "@"}
    return _MARK.sub(lambda found: known.get(found[0], found[0]), text)


def _environment(place: Folders, path: Sequence[str]) -> dict[str, str]:
    """What every session gets; of the runner's own environment only PATH, as far as sessions can go there."""
    return {
        "HOME": str(place.home),
        "PATH": os.pathsep.join(path),
        "TMPDIR": str(place.temporary),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **({} if place.uid is None else {"USER": USER_NAME, "LOGNAME": USER_NAME}),
        "SHELL": next((s for s in ("/bin/bash", "/bin/zsh") if Path(s).exists()), "/bin/sh"),
    }


def _proxy_environment(doorway: Doorway) -> dict[str, str]:
    """The way out, as curl, git, pip, npm, Node and Python look for it."""
    if not doorway.proxy_port:
        return {}
    address = f"http://127.0.0.1:{doorway.proxy_port}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {
        **dict.fromkeys(names, address),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), LOOPBACK_NAMES),
        "NODE_USE_ENV_PROXY": "1",
    }


def user_names(place: Folders) -> dict[str, str]:
    """Copies of passwd and group that know the session's own user; without a name, git and ssh refuse to work."""
    entries = {
        "passwd": f"{USER_NAME}:x:{place.uid}:{place.uid}::{place.home}:/bin/bash\n",
        "group": f"{USER_NAME}:x:{place.uid}:\n",
    }
    shown = {}
    for name, entry in entries.items():
        copy = place.home.parent / name
        try:
            copy.write_text((Path("/etc") / name).read_text() + entry)
        except OSError as error:
            raise folders.storage_error(error) from None
        shown[f"/etc/{name}"] = str(copy)
    return shown
