"""Runs outlive the web process that follows them: another one goes on, and none is left running for ever."""

import asyncio
import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone
from support.scripts import END, TRAIL, says
from support.sockets import wait_until

from agterm_agent import events
from runs import follow as following
from runs import keeping, sweep
from runs.desk import desk
from runs.models import LIVE, Run, Status
from runs.trail import Numbered
from sessions.models import Session


@pytest.fixture
def unfollowed(ask, monkeypatch):
    """`unfollowed(script)`: a run whose web process died as soon as its program was started."""

    def start(script, **fields):
        with monkeypatch.context() as patched:
            patched.setattr(desk, "follow", lambda run_id: None)
            answer = ask(script, **fields, **{"async": True})
            assert answer.status_code == 202, answer.content
        return Run.objects.get(pk=answer.json()["data"]["runId"])

    return start


def taken_over():
    for run_id in sweep.look():
        desk.follow(run_id)


def trail_of(run):
    return [row.body for row in run.events.order_by("number")]


def test_a_run_that_nobody_follows_is_taken_over_and_told_whole(unfollowed, runner, ended):
    run = unfollowed(says(*TRAIL, END))
    wait_until("the end of its program", lambda: runner.call("list")[0]["status"] == "exited")
    assert Run.objects.get(pk=run.pk).status == Status.RUNNING
    taken_over()
    assert (ended(run.pk).status, ended(run.pk).result) == ("done", "It says alpha.")
    assert events.check(trail_of(run)) == []


def test_what_is_stored_already_is_not_told_twice(unfollowed, runner, ended, monkeypatch):
    monkeypatch.setattr(keeping, "LEASE_S", 0.3)
    run = unfollowed(says(*TRAIL[:5]) + "; read go; " + says(*TRAIL[5:], END))

    async def follow_for_a_while():
        known = asyncio.Event()
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(
            following.follow(run.pk, "dead", lambda run_id: loop.call_soon_threadsafe(known.set))
        )
        while not await following.in_thread(run.events.filter(kind="tool_call").exists):
            await known.wait()
            known.clear()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(follow_for_a_while())
    assert Run.objects.get(pk=run.pk).follower == "dead"
    before = list(run.events.values_list("number", flat=True))
    runner.call("write", id=str(run.program_id), data="go\n")
    wait_until("the end of the lease", lambda: run.pk in sweep.look())
    taken_over()
    assert ended(run.pk).status == "done"
    assert events.check(trail_of(run)) == []
    assert [event["kind"] for event in trail_of(run)].count("tool_call") == 1
    assert len(trail_of(run)) > len(before)


def test_only_one_process_follows_a_run(unfollowed):
    run = unfollowed("sleep 600")
    assert keeping.take(run.pk, "one") is not None
    assert keeping.take(run.pk, "two") is None
    assert run.pk not in sweep.look()
    Run.objects.filter(pk=run.pk).update(followed_until=timezone.now() - timedelta(seconds=1))
    taken = keeping.take(run.pk, "two")
    with pytest.raises(keeping.LeaseLost):
        keeping.keep(taken, "one", [Numbered(2, events.assistant_message("late"))], None)
    with pytest.raises(keeping.LeaseLost):
        keeping.beat(run.pk, "one", False)
    assert keeping.beat(run.pk, "two", False) == ""
    Run.objects.filter(pk=run.pk).update(followed_until=None)


def test_a_run_whose_runner_has_gone_has_failed(unfollowed, runner, ended):
    run = unfollowed("sleep 600")
    runner.call("remove", id=str(run.program_id), keep_workspace=True)
    taken_over()
    assert (ended(run.pk).status, ended(run.pk).reason) == ("failed", following.GONE)
    assert events.check(trail_of(run)) == []


def test_a_run_whose_runner_does_not_answer_has_failed_in_the_end(unfollowed, runner, ended, no_runner, monkeypatch):
    monkeypatch.setattr(following, "PATIENCE_S", 0.2)
    monkeypatch.setattr(following, "RETRY_S", 0.05)
    run = unfollowed(says(*TRAIL[:5]) + "; sleep 600")
    no_runner()
    taken_over()
    assert (ended(run.pk).status, ended(run.pk).reason) == ("failed", following.SILENT)


def test_a_run_that_was_never_started_has_failed(owner):
    run = Run.objects.create(owner=owner, agent="script", message="true", timeout_ms=1000)
    assert sweep.look() == []
    assert Run.objects.get(pk=run.pk).status == Status.QUEUED
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(minutes=3))
    sweep.look()
    assert Run.objects.get(pk=run.pk).reason == sweep.NEVER_STARTED
    assert events.check(trail_of(run)) == []


def test_a_fault_of_ours_leaves_no_run_that_never_ends(unfollowed, ended, monkeypatch, runner):
    def fails(*_arguments):
        raise ValueError("of ours")

    run = unfollowed("sleep 600")
    monkeypatch.setattr(keeping, "beat", fails)
    taken_over()
    assert (ended(run.pk).status, trail_of(run)[-1]["kind"]) == ("failed", "done")
    assert runner.call("list")[0]["status"] == "exited"


def test_a_program_that_no_run_knows_of_is_ended(unfollowed, runner):
    alone = unfollowed("sleep 600")
    home = unfollowed("true")
    Run.objects.filter(pk=home.pk).update(status=Status.DONE)
    within = unfollowed("sleep 600", sessionId=str(home.session_id))
    sweep.put_away()
    assert Session.objects.get(pk=alone.program_id).status == "running"
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    sweep.put_away()
    assert Session.objects.get(pk=alone.program_id).status == "running"  # its run is under way
    Run.objects.all().delete()
    sweep.put_away()
    assert Session.objects.get(pk=alone.program_id).status == "exited"
    assert not Session.objects.filter(pk=within.program_id).exists()
    assert Session.objects.filter(pk=within.session_id).exists()
    assert str(within.program_id) not in [info["id"] for info in runner.call("list")]


def test_its_time_runs_out_also_while_nobody_follows(unfollowed, ended):
    run = unfollowed("sleep 600", timeoutMs=60_000)
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(minutes=2))
    taken_over()
    assert ended(run.pk).status == "limit"


def test_a_cancel_counts_whoever_follows(unfollowed, mine, runner):
    run = unfollowed("sleep 600")
    assert mine.post(f"/api/runs/{run.pk}/cancel").json()["data"]["run"]["status"] == "cancelled"
    assert not Run.objects.filter(status__in=LIVE).exists()
    assert runner.call("list")[0]["status"] == "exited"


def test_output_that_is_no_longer_held_is_told_to_be_missing(unfollowed, runner, ended):
    run = unfollowed(
        says(*TRAIL[:5])
        + "; head -c 6000000 /dev/zero | tr '\\0' x; echo; touch full; read go; "
        + says(*TRAIL[7:], END)
    )
    wait_until("its output", lambda: runner.call("list")[0]["offset"] > 6_000_000)
    taken_over()
    wait_until("the notice", lambda: run.events.filter(kind="context_notice").exists())
    runner.call("write", id=str(run.program_id), data="go\n")
    assert (ended(run.pk).status, ended(run.pk).result) == ("done", "It says alpha.")
    said = trail_of(run)
    assert following.LOST_PART in [event.get("message") for event in said]
    assert [one["kind"] for one in said][-2:] == ["assistant_message", "done"]
