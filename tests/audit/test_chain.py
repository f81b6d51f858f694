"""The chain: what was changed, left out or cut off is noticed; and the database refuses to change it at all."""

import json
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction

from agterm.cli import command
from audit import chain
from audit.models import AuditEvent, AuditHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    return [chain.append("session.create", actor_id=1, actor_name="ada", target=f"session:{n}") for n in (1, 2, 3)]


@pytest.fixture
def tamper():
    """Runs SQL as somebody who may do everything in the database does: the guards are taken down first."""

    def run(*statements):
        with connection.cursor() as cursor:
            for name in ("agterm_audit_no_update", "agterm_audit_no_delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for statement in statements:
                cursor.execute(statement)

    return run


def test_each_event_is_bound_to_the_one_before(three):
    assert [event.seq for event in three] == [1, 2, 3]
    assert [event.previous_hash for event in three] == [chain.ROOT, three[0].hash, three[1].hash]
    assert chain.verify() == chain.Verdict(True, 3, three[2].hash)


def test_an_empty_log_is_whole():
    assert chain.verify() == chain.Verdict(True, 0, chain.ROOT)


def test_the_database_refuses_to_change_and_to_delete(three):
    for attempt in (lambda: AuditEvent.objects.update(action="x"), lambda: AuditEvent.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert chain.verify().ok


@pytest.mark.parametrize(("statements", "broken_at", "reason"), [
    (["UPDATE agterm_audit SET actor_name = 'eve' WHERE seq = 2"], 2, "changed"),
    (["UPDATE agterm_audit SET details = '{\"a\": 1}' WHERE seq = 1"], 1, "changed"),
    (["DELETE FROM agterm_audit WHERE seq = 2"], 2, "missing"),
    (["DELETE FROM agterm_audit WHERE seq = 1"], 1, "missing"),
    (["DELETE FROM agterm_audit WHERE seq = 3"], 3, "missing at the end"),
], ids=["a name", "details", "the middle", "the first", "the last"])  # fmt: skip
def test_what_was_tampered_with_is_found(three, tamper, statements, broken_at, reason):
    tamper(*statements)
    verdict = chain.verify()
    assert (verdict.ok, verdict.broken_at) == (False, broken_at)
    assert reason in verdict.reason


def test_an_event_that_was_changed_with_its_hash_breaks_the_next(three, tamper):
    three[1].actor_name = "eve"
    tamper(f"UPDATE agterm_audit SET actor_name = 'eve', hash = '{chain.digest(three[1])}' WHERE seq = 2")
    assert chain.verify().broken_at == 3


def test_a_chain_that_was_cut_off_with_its_head_does_not_fit_to_what_was_noted(three, tamper):
    chain.note_head(three[2])
    tamper("DELETE FROM agterm_audit WHERE seq = 3", f"UPDATE agterm_audit_head SET seq = 2, hash = '{three[1].hash}'")
    assert (chain.verify().broken_at, "audit.head" in chain.verify().reason) == (3, True)
    chain.head_file().unlink()
    assert chain.verify().ok  # whoever can write both leaves no trace here: keep copies elsewhere


def test_a_chain_that_was_written_anew_as_a_whole_does_not_fit_either(three, tamper):
    chain.note_head(three[2])
    tamper("DELETE FROM agterm_audit", "DELETE FROM agterm_audit_head")
    for _ in range(3):
        chain.append("session.create", actor_name="eve")
    assert (chain.verify().broken_at, "audit.head" in chain.verify().reason) == (3, True)


def test_a_lost_head_is_found_again(three):
    AuditHead.objects.all().delete()
    assert chain.append("session.stop").seq == 4
    assert chain.verify().ok


def test_each_days_first_event_is_noted_outside_the_database(monkeypatch, django_capture_on_commit_callbacks):
    now = chain.datetime.now(chain.UTC)
    clock = type("clock", (chain.datetime,), {"now": classmethod(lambda cls, _zone: clock.at)})
    clock.at = now
    monkeypatch.setattr(chain, "datetime", clock)
    with django_capture_on_commit_callbacks(execute=True):
        chain.append("a")
        chain.append("b")
        clock.at = now + timedelta(days=1)
        chain.append("c")
    assert [json.loads(line)["seq"] for line in chain.head_file().read_text().splitlines()] == [1, 3]
    assert chain.head_file().stat().st_mode & 0o077 == 0
    assert chain.verify().ok


def test_whatever_is_told_is_stored_and_reads_back_as_it_was_hashed():
    chain.append("x" * 100, target="\0\ud800" + "y" * 400, actor_name="\udcff", details={
        "nul": "a\0b", "half": "\ud83d", "number": 0.1, "list": [1, {"deep": 2.5}], "none": None, "many": "z" * 10_000,
    })  # fmt: skip
    chain.append("big", details={f"name {n}": "v" * 100 for n in range(1000)})
    assert chain.verify() == chain.Verdict(True, 2, AuditEvent.objects.get(seq=2).hash)
    assert AuditEvent.objects.get(seq=2).details == {"truncated": True}


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain():
    def write():
        for _ in range(10):
            chain.append("session.create")
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (chain.verify().ok, chain.verify().events) == (True, 40)


def test_the_command_verifies_and_exports(three, tamper, monkeypatch):
    monkeypatch.setattr("agterm.cli.django.migrate", lambda: None)
    run = CliRunner().invoke
    assert "3 events" in run(command, ["audit", "verify"]).output
    lines = run(command, ["audit", "export"]).stdout.splitlines()
    assert [json.loads(line)["hash"] for line in lines] == [event.hash for event in three]
    tamper("UPDATE agterm_audit SET action = 'nothing' WHERE seq = 1")
    broken = run(command, ["audit", "verify"])
    assert (broken.exit_code, "broken at event 1" in broken.output) == (1, True)
