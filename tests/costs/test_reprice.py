"""`agterm reprice`: prices come later, or better ones do; the old figures stay in the ledger."""

import uuid
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from support.metering import INPUT, OUTPUT, USD, assert_all_agrees

from agterm.cli import django
from agterm.cli.reprice import reprice as command
from costs import budgets
from costs.ledger import NewEntry, record, totals_of
from costs.models import Entry, Kind, Source
from costs.reprice import reprice
from providers.usage import Usage

pytestmark = pytest.mark.django_db
COST = 1_000 * INPUT + 100 * OUTPUT


@pytest.fixture
def wrote(session, owner):
    """`wrote(model, **fields)`: an entry of a call with 1,000 tokens in and 100 out."""
    mine = session(owner)

    def write(model="tested", **fields):
        usual = {"at": datetime.now(UTC), "usage": Usage(input_tokens=1_000, output_tokens=100)}
        key = f"call:{uuid.uuid4()}"
        return record(NewEntry(key=key, session_id=mine, provider="anthropic", model=model, **usual | fields))

    return write


@pytest.fixture
def run(monkeypatch):
    """`run("--all")`: what `agterm reprice --all` prints."""
    monkeypatch.setattr(django, "migrate", lambda: None)

    def go(*arguments):
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return go


def test_a_price_that_comes_later_is_added_and_the_old_figure_stays(wrote, prices, staff):
    entry = wrote("new-model")
    made = budgets.create(staff, scope="global", limit_picousd=USD)
    prices.known.add("new-model")
    (found,) = reprice()
    assert (found.old.source, found.difference_picousd) == (Source.UNPRICED, COST)
    entry.refresh_from_db()
    assert (entry.source, entry.cost_picousd) == (Source.UNPRICED, 0)
    added = Entry.objects.get(corrects=entry)
    assert (added.kind, added.cost_picousd, added.input_tokens) == (Kind.REPRICING, COST, 0)
    assert (added.at, added.day) == (entry.at, entry.day)
    total = totals_of([entry.session_id])[entry.session_id]
    assert (total.billed.cost_picousd, total.billed.requests) == (COST, 1)
    assert (total.unpriced_requests, total.unpriced_tokens) == (0, 0)
    assert budgets.status_of(made).spent_picousd == COST
    assert list(reprice()) == []
    assert_all_agrees()


def test_what_is_free_by_a_later_price_is_unpriced_no_more(wrote, prices):
    entry = wrote("local-model")
    prices.known.add("local-model")
    prices.factor = 0
    list(reprice())
    assert totals_of([entry.session_id])[entry.session_id].unpriced_requests == 0
    assert list(reprice()) == []
    assert_all_agrees()


def test_prices_may_go_up_and_down_and_up_again(wrote, prices):
    entry = wrote()
    for factor in (3, 1, 3, 2):
        prices.factor = factor
        (found,) = reprice(everything=True)
        assert found.is_changed
        assert totals_of([entry.session_id])[entry.session_id].billed.cost_picousd == factor * COST
    assert not any(found.is_changed for found in reprice(everything=True))
    assert Entry.objects.count() == 5
    assert_all_agrees()


def test_what_has_a_price_is_left_alone_unless_all_is_asked_for(wrote, prices):
    wrote()
    prices.factor = 2
    assert list(reprice()) == []


def test_what_the_provider_reported_is_never_priced_by_us(wrote, prices):
    wrote(usage=Usage(input_tokens=5, reported_usd="0.5"))
    prices.factor = 2
    assert list(reprice(everything=True)) == []


def test_more_entries_than_fit_into_one_transaction_are_all_priced(wrote, prices, monkeypatch):
    monkeypatch.setattr("costs.reprice.AT_ONCE", 2)
    for _ in range(5):
        wrote("new-model")
    prices.known.add("new-model")
    assert len(list(reprice())) == 5
    assert Entry.objects.filter(kind=Kind.REPRICING).count() == 5


def test_the_command_says_what_it_did(wrote, prices, run):
    wrote("new-model")
    wrote("nobody-knows")
    prices.known.add("new-model")
    said = run()
    assert "anthropic new-model: 1 call(s) from $0.00 to $0.0014" in said
    assert "anthropic nobody-knows: 1 call(s) without a price, as before" in said
    assert "1 call(s) got another price." in said


def test_a_dry_run_says_the_same_and_changes_nothing(wrote, prices, run):
    wrote("new-model")
    prices.known.add("new-model")
    said = run("--dry-run")
    assert "from $0.00 to $0.0014" in said
    assert "1 call(s) would get another price." in said
    assert Entry.objects.count() == 1


def test_only_calls_of_that_model_and_since_that_day_are_priced(wrote, prices, run):
    old = wrote("new-model", at=datetime(2026, 1, 1, tzinfo=UTC))
    new = wrote("new-model", at=datetime(2026, 6, 1, tzinfo=UTC))
    other = wrote("other-model", at=datetime(2026, 6, 1, tzinfo=UTC))
    prices.known |= {"new-model", "other-model"}
    run("--since", "2026-05-01", "--model", "new-model")
    assert [row.corrects for row in Entry.objects.filter(kind=Kind.REPRICING)] == [new]
    run()
    corrected = Entry.objects.filter(kind=Kind.REPRICING).values_list("corrects", flat=True)
    assert set(corrected) == {old.pk, new.pk, other.pk}


def test_a_day_that_is_none_is_refused():
    assert CliRunner().invoke(command, ["--since", "yesterday"]).exit_code == 2
