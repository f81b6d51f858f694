"""What transcripts tell beside the ledger: compared, never added twice, and the only source past the door."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from agents import logins
from costs import ledger
from costs.models import Basis, Entry, Kind, MeteredSession
from providers.usage import Usage
from sessions import signals
from sessions.models import Session, Status
from transcripts import services
from transcripts.models import PlanUsage, Reading, Told

AT = "2026-11-22T02:32:47.935Z"
CLAUDE = ".claude/projects/-ws/11111111.jsonl"
CODEX = ".codex/sessions/2026/11/22/rollout-1.jsonl"


def claude_line(number, output=50):
    usage = {"input_tokens": 1000, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 2000,
             "output_tokens": output, "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100}}  # fmt: skip  # noqa: E501
    return {"type": "assistant", "timestamp": AT, "requestId": f"req_{number}",
            "message": {"id": f"msg_{number}", "model": "claude-sonnet-4-5", "usage": usage}}  # fmt: skip


def append(home, path, *records):
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    with open(home / path, "a") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def metered(row, number):
    """The door's own entry for a call."""
    ledger.record(ledger.NewEntry(
        key=f"call:{number}", session_id=row.pk, provider="anthropic", model="claude-sonnet-4-5",
        at=datetime.now(UTC), usage=Usage(input_tokens=1000, output_tokens=50), request_id=f"req_{number}",
    ))  # fmt: skip


def test_what_went_through_the_door_is_compared_and_not_added(session, home):
    row = session("claude")
    metered(row, 1)
    append(home, CLAUDE, claude_line(1), claude_line(1), claude_line(2))
    services.read_to_the_end(row)
    assert services.compared(row.pk) == {"told": 2, "matched": 1, "missing": 1}
    assert [entry.kind for entry in Entry.objects.all()] == [Kind.CALL]


def test_a_subscription_is_told_by_its_transcript_and_never_as_dollars_spent(session, home):
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, claude_line(1), claude_line(2))
    services.read(row)
    services.read(row)
    assert Entry.objects.count() == 1  # the second may still change
    services.read_to_the_end(row)
    services.read_to_the_end(row)
    entries = list(Entry.objects.all())
    assert [(e.kind, e.basis, e.cost_picousd) for e in entries] == [
        (Kind.TRANSCRIPT, Basis.SUBSCRIPTION, 5_700_000_000)
    ] * 2
    total = ledger.totals_of([row.pk])[row.pk]
    assert (total.billed.cost_picousd, total.equivalent.cost_picousd) == (0, 11_400_000_000)


def test_a_call_of_a_subscription_that_the_door_metered_all_the_same_is_counted_once(session, home):
    row = session("claude", by_subscription=True)
    metered(row, 1)
    append(home, CLAUDE, claude_line(1))
    services.read_to_the_end(row)
    assert [entry.kind for entry in Entry.objects.all()] == [Kind.CALL]


def test_so_is_one_of_a_run_that_writes_into_the_same_home(session, home):
    row = session("claude", by_subscription=True)
    inner = session("claude", within=row)
    MeteredSession.objects.filter(pk=inner.pk).update(parent=row.pk)
    metered(inner, 1)
    append(home, CLAUDE, claude_line(1), claude_line(2))
    services.read_to_the_end(inner)
    assert not Told.objects.exists()
    services.read_to_the_end(row)
    assert {entry.kind for entry in Entry.objects.filter(session_id=row.pk)} == {Kind.TRANSCRIPT}
    assert Entry.objects.filter(session_id=row.pk).count() == 1


def test_codex_tells_how_much_of_the_plan_is_used(session, home, owner):
    row = session("codex", by_subscription=True)
    limits = {"primary": {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1795000000}}
    append(home, CODEX,
           {"timestamp": AT, "type": "turn_context", "payload": {"model": "gpt-5.5"}},
           {"timestamp": AT, "type": "event_msg", "payload": {"type": "token_count", "rate_limits": limits}},
           {"timestamp": AT, "type": "token_usage_record", "payload": {
               "response_id": "resp_1", "usage": {"input_tokens": 100, "output_tokens": 10}}})  # fmt: skip
    services.read(row)
    plan = PlanUsage.objects.get(owner=owner, agent="codex")
    assert (plan.used_percent, plan.window_minutes, plan.resets_at.timestamp()) == (12.5, 300, 1795000000)
    assert Entry.objects.get().response_id == "resp_1"


def test_what_is_half_written_is_read_once_it_is_whole(session, home):
    row = session("claude", by_subscription=True)
    text = json.dumps(claude_line(1))
    append(home, CLAUDE)
    (home / CLAUDE).write_text(text[:40])
    services.read(row)
    with open(home / CLAUDE, "a") as file:
        file.write(text[40:] + "\n")
    services.read_to_the_end(row)
    assert Entry.objects.count() == 1


def test_a_file_that_another_takes_the_place_of_is_read_from_its_beginning(session, home):
    row = session("claude")
    append(home, CLAUDE, *(claude_line(n) for n in range(5)))
    services.read_to_the_end(row)
    append(home, "fresh", *(claude_line(n) for n in range(4, 20)))
    (home / "fresh").replace(home / CLAUDE)
    services.read_to_the_end(row)
    assert Told.objects.count() == 20


def test_sessions_that_have_ended_are_looked_at_once_more_and_then_left(session, home, monkeypatch):
    row = session("claude")
    append(home, CLAUDE, claude_line(1))
    services.read_all()
    assert Told.objects.count() == 0
    Session.objects.filter(pk=row.pk).update(status=Status.EXITED)
    services.read_all()
    assert Told.objects.count() == 1
    monkeypatch.setattr("sessions.services.ask", lambda *_a, **_k: pytest.fail("it was over"))
    services.read_all()


def test_agents_without_transcripts_cost_no_question(session, monkeypatch):
    session("shell")
    monkeypatch.setattr("sessions.services.ask", lambda *_a, **_k: pytest.fail("there is nothing to read"))
    services.read_all()


def test_a_flood_of_made_up_calls_is_bounded(session, home, monkeypatch):
    monkeypatch.setattr(services, "MAX_CALLS", 10)
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, *(claude_line(n) for n in range(50)))
    services.read_to_the_end(row)
    assert Told.objects.count() == Entry.objects.count() == 10


def test_a_flood_is_read_little_by_little(session, home, monkeypatch):
    """One writer holds the database at a time, so nobody's transcript may keep the others waiting."""
    monkeypatch.setattr(services, "LOOK", (60.0, 150))
    monkeypatch.setattr(services, "LAST_LOOK", (0.0, 150))
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, *(claude_line(n) for n in range(250)))
    services.read(row)
    assert Told.objects.count() == 200  # parts of a hundred
    services.read_to_the_end(row)
    assert Told.objects.count() == 200
    assert not Reading.objects.get().is_over  # it is looked at again
    monkeypatch.setattr(services, "LAST_LOOK", (60.0, 150))
    services.read_to_the_end(row)
    assert (Told.objects.count(), Reading.objects.get().is_over) == (250, True)


def test_made_up_models_do_not_fill_everybodys_reports(session, home, monkeypatch):
    monkeypatch.setattr(services, "MAX_MODELS", 2)
    row = session("claude", by_subscription=True)
    lines = [claude_line(number) for number in range(5)]
    for number, line in enumerate(lines):
        line["message"]["model"] = f"made-up-{number}"
    append(home, CLAUDE, *lines[:4])
    services.read_to_the_end(row)
    append(home, CLAUDE, lines[4], claude_line(9) | lines[0])
    services.read_to_the_end(row)
    names = {entry.model for entry in Entry.objects.all()}
    assert names == {"made-up-0", "made-up-1", services.ANOTHER_MODEL}


def test_a_piece_is_noted_in_parts_that_hold_the_database_for_a_moment_only(session, home, monkeypatch):
    sizes = []
    real = ledger.record_all
    monkeypatch.setattr(ledger, "record_all", lambda entries: sizes.append(len(entries)) or real(entries))
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, *(claude_line(n) for n in range(250)))
    services.read_to_the_end(row)
    assert (sum(sizes), max(sizes), Entry.objects.count()) == (250, 100, 250)


def test_a_session_with_very_many_transcripts_is_still_read(session, home, monkeypatch):
    monkeypatch.setattr(services, "MAX_FILES", 3)
    row = session("claude", by_subscription=True)
    for number in range(5):
        append(home, f".claude/projects/-ws/{number}.jsonl", claude_line(number))
    services.read_to_the_end(row)
    append(home, ".claude/projects/-ws/1.jsonl", claude_line(10))
    services.read_to_the_end(row)
    assert {told.source_id for told in Told.objects.all()} == {"msg_0", "msg_1", "msg_2", "msg_10"}


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1999-01-01T00:00:00+00:00", "9999-12-31T23:59:59Z"])
def test_a_made_up_date_is_none_of_the_ledgers_days(session, home, owner, at):
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, claude_line(1) | {"timestamp": at})
    services.read_to_the_end(row)
    assert row.created_at <= Entry.objects.get().at <= datetime.now(UTC)
    limits = {"primary": {"used_percent": 99, "window_minutes": 300, "resets_at": 1795000000}}
    event = {"timestamp": at, "type": "event_msg", "payload": {"type": "token_count", "rate_limits": limits}}
    other = session("codex", by_subscription=True)
    append(home, CODEX, event)
    services.read(other)
    assert PlanUsage.objects.get(owner=owner).seen_at <= datetime.now(UTC) + timedelta(seconds=1)


def test_what_one_agent_told_last_is_not_lost_when_another_follows_in_its_session(session, home):
    row = session("claude", by_subscription=True)
    append(home, CLAUDE, claude_line(1))
    services.read(row)
    assert Entry.objects.count() == 0
    signals.about_to_start_again.send(sender=Session, row=row)
    assert Entry.objects.count() == 1
    append(home, CLAUDE, claude_line(2))
    services.read(row)
    row.agent = "codex"
    services.read_to_the_end(row)  # the other's state is none of its own
    row.agent = "claude"
    services.read_to_the_end(row)
    assert Entry.objects.count() == 2


def test_a_log_in_made_in_a_session_serves_the_same_users_later_ones(session, home, owner, stranger):
    row = session("claude", by_subscription=True)
    tokens = {"accessToken": "a", "refreshToken": "r", "expiresAt": 1795000000000}
    append(home, ".claude/.credentials.json", {"claudeAiOauth": tokens})
    services.read(row)
    assert json.loads(logins.files_of(owner.pk, "claude")[".claude/.credentials.json"]) == {"claudeAiOauth": tokens}
    assert logins.files_of(stranger.pk, "claude") is None


def test_a_session_with_a_key_leaves_no_log_in_behind(session, home, owner):
    append(home, ".claude/.credentials.json", {"claudeAiOauth": {"accessToken": "a", "refreshToken": "r"}})
    services.read(session("claude"))
    assert logins.files_of(owner.pk, "claude") is None
