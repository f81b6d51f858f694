"""Rows are made to agree with what really runs, by looking."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions import services
from sessions.models import Session


def test_rows_agree_after_a_look(start, runner, row):
    exits, lives, lost = start(args=["-c", "exit 5"]), start(), start()
    with runner.watch(exits["id"]) as reader:
        reader.event("exited")
    runner.call("remove", id=lost["id"])
    assert services.reconcile() == 0
    assert (row(exits).status, row(exits).exit_code) == ("exited", 5)
    assert row(lives).status == "running"
    assert (row(lost).status, row(lost).pid) == ("lost", None)


def test_a_second_look_changes_nothing_and_writes_nothing(start, runner, django_assert_num_queries):
    start(args=["-c", "sleep 1000"])
    services.reconcile()
    with django_assert_num_queries(1):
        services.reconcile()


def test_a_runner_that_is_down_is_counted_and_its_rows_stay(start, row, no_runner):
    session = start()
    no_runner()
    assert services.reconcile() == 1
    assert row(session).status == "running"


def test_the_sessions_of_one_runner_do_not_suffer_from_another_that_is_down(start, mine, row):
    away, here = start(), start()
    Session.objects.filter(pk=away["id"]).update(runner="unix:/nowhere/runner.sock")
    assert services.reconcile() == 1
    assert (row(away).status, row(here).status) == ("running", "running")
    assert mine.get("/api/sessions").status_code == 200


@pytest.mark.parametrize(("age_s", "status"), [(5, "starting"), (3600, "lost")])
def test_a_start_that_never_got_anywhere_is_lost_after_a_while(owner, runner, age_s, status):
    row = Session.objects.create(id=uuid.uuid4(), owner=owner, name="x", agent="shell", runner=runner.address)
    Session.objects.filter(pk=row.pk).update(active_at=timezone.now() - timedelta(seconds=age_s))
    services.reconcile()
    row.refresh_from_db()
    assert row.status == status


def test_a_lost_session_that_is_found_again_runs_again(start, row):
    session = start()
    Session.objects.update(status="lost", pid=None)
    services.reconcile()
    assert (row(session).status, row(session).pid) == ("running", session["pid"])
