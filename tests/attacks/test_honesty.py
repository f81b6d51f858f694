"""A machine that can't keep sessions apart says so, says why and what to do, and refuses what asks for more."""

import errno
import json
import os
import re
import subprocess
import sys

import pytest
from support.hiding import needs_root, without_bubblewrap
from support.server import RunnerProcess

from core.errors import IsolationTooWeak
from runner.sandbox import landlock

# Start a program from which the kernel withholds something, as an old one or a container's filter would.
WITHOUT = f"""
import os, struct, sys
from runner.sandbox import seccomp

def instruction(code, value, yes=0, no=0):
    return struct.pack("=HBBI", code, yes, no, value)

what, *command = sys.argv[1:]
if "landlock" in what:
    create_ruleset, refused = 444, 0x00050000 | {errno.ENOSYS}
    seccomp.install(instruction(0x20, 0) + instruction(0x15, create_ruleset, 0, 1) + instruction(0x06, refused)
                    + instruction(0x06, 0x7FFF0000))
if "namespaces" in what:
    seccomp.install(seccomp.program(nested_userns=False))
os.execvp(command[0], command)
"""
WEAKER = {"namespaces": "landlock", "namespaces,landlock": "none"}


@pytest.fixture
def crippled():
    """`crippled("namespaces")`: a runner from which that is withheld.

    Its home is open and its PATH has only the system's programs, so that a root's sessions need no mounts.
    """
    started = []

    def start(what, **environment):
        runner = RunnerProcess({"PATH": os.defpath, **environment}, through=[sys.executable, "-c", WITHOUT, what])
        runner.folder.chmod(0o755)
        runner.home.mkdir(mode=0o755)
        started.append(runner)
        runner.start()
        return runner

    yield start
    for runner in started:
        runner.stop()


def refused(report, level):
    return next(each for each in report["refused_levels"] if each["level"] == level)


@needs_root
def test_without_bubblewrap_the_level_drops_and_the_way_out_is_to_install_it():
    with RunnerProcess(through=without_bubblewrap()) as runner:
        report = runner.call("isolation")
        assert report["level"] == ("landlock" if landlock.abi() >= 6 else "landlock-files")
        why = refused(report, "namespaces")
        assert why["why"] == "bwrap is not installed"
        assert "install bubblewrap" in why["fix"]
        session_id = runner.script("sleep 1000")
        assert runner.call("get", id=session_id)["isolation"]["level"] == report["level"]
        _refuses(runner, "namespaces", "bwrap is not installed", "install bubblewrap")


def _refuses(runner, minimum, *words):
    """A session that demands more is not started at a weaker level, and its refusal tells the whole story."""
    before = len(runner.call("list"))
    with pytest.raises(IsolationTooWeak) as failure:
        runner.script("sleep 1000", isolation_minimum=minimum)
    assert all(word in failure.value.message for word in words), failure.value.message
    assert failure.value.details["minimum"] == minimum
    assert len(runner.call("list")) == before
    assert len(list((runner.home / "sessions").glob("*"))) == before


@pytest.mark.parametrize("what", WEAKER)
def test_where_the_kernel_refuses_the_level_drops_and_says_what_the_kernel_said(crippled, what):
    runner = crippled(what)
    report = runner.call("isolation")
    assert report["level"] == WEAKER[what]
    why = refused(report, "namespaces")
    assert re.search(r"[Nn]amespace|[Pp]ermi", why["why"]), why
    assert why["fix"]
    assert {each["level"] for each in report["refused_levels"]} >= set(what.split(","))
    session_id = runner.script("echo works; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"works")
    assert runner.call("get", id=session_id)["isolation"]["level"] == WEAKER[what]
    _refuses(runner, "namespaces", why["why"])


def test_without_anything_it_promises_nothing_and_the_minimum_of_two_users_refuses_every_session(crippled):
    runner = crippled("namespaces,landlock")
    report = runner.call("isolation")
    assert report["mechanisms"]["landlock_abi"] == 0
    assert report["promises"]["network"] == "open"
    assert report["open_attacks"]
    assert {"network"} <= {each["what"] for each in report["missing"]}
    assert all(each["why"] and each["fix"] for each in report["missing"])
    _refuses(runner, "landlock", "landlock")


@pytest.mark.parametrize(("wanted", "what"), [("namespaces", "namespaces"), ("landlock", "namespaces,landlock")])
def test_a_level_that_was_asked_for_by_name_is_never_replaced_by_a_weaker_one(crippled, wanted, what):
    runner = crippled(what, AGTERM_ISOLATION=wanted)
    _refuses(runner, "none", wanted)


@needs_root
def test_an_attack_on_a_level_that_can_not_be_had_is_an_error_and_is_kept_as_no_success(tmp_path):
    doctor = [sys.executable, "-P", "-m", "agterm", "doctor", "--attack", "--level", "namespaces"]
    environment = {**os.environ, "AGTERM_HOME": str(tmp_path / "home")}
    told = {"env": environment, "capture_output": True, "text": True, "timeout": 60}
    done = subprocess.run([*without_bubblewrap(), *doctor], check=False, **told)
    assert done.returncode != 0
    assert "bwrap is not installed" in done.stdout + done.stderr
    assert not (tmp_path / "home" / "attacks.json").exists()


def test_what_was_verified_last_is_in_the_report_of_that_level_and_of_no_other(own_runner_of):
    kept = {"at": "2026-01-01T00:00:00+00:00", "attacks": 57, "open": 0, "unverified": 7, "ms": 2000, "results": []}
    for level in ("namespaces", "landlock"):
        runner = own_runner_of(level)
        assert runner.call("isolation")["verified"] is None
        (runner.home / "attacks.json").write_text(json.dumps(kept | {"level": "namespaces"}))
        verified = runner.call("isolation")["verified"]
        assert (verified and verified["attacks"]) == (57 if level == "namespaces" else None)


@pytest.fixture
def own_runner_of():
    started = []

    def start(level):
        started.append(RunnerProcess({"AGTERM_ISOLATION": level}))
        started[-1].start()
        return started[-1]

    yield start
    for runner in started:
        runner.stop()


def test_a_session_of_the_weakest_level_says_so_in_words(own_runner_of):
    runner = own_runner_of("none")
    session_id = runner.script("sleep 1000")
    isolation = runner.call("get", id=session_id)["isolation"]
    assert isolation["level"] == "none"
    assert any("not enforced" in note for note in isolation["notes"])
    if os.geteuid() != 0:
        assert any("server's own user" in note for note in isolation["notes"])
