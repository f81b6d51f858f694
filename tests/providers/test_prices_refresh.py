"""`agterm prices`: what a model costs, and a newer price list."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from agterm.cli import command
from providers import prices
from providers.prices import PricesError, files
from providers.usage import Usage

AT = datetime(2026, 11, 22, tzinfo=UTC)


def a_list(price: float = 4, models: int = 1300, without: str = "") -> list[dict[str, object]]:
    return [
        {
            "id": provider,
            "name": provider,
            "api_pattern": "https://x",
            "models": [
                {"id": f"m{i}", "match": {"equals": f"m{i}"}, "prices": {"input_mtok": price, "output_mtok": 1}}
                for i in range(models // 3)
            ],
        }
        for provider in ("anthropic", "openai", "google")
        if provider != without
    ]


@contextmanager
def served(body: bytes, status: int = 200):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/data.json"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_files_afterwards(monkeypatch):
    monkeypatch.setattr(files, "LOOKED_AT_S", 0.0)
    yield
    prices.use_overlay(None)
    prices.use_snapshot(None)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AGTERM_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(command, ["prices", *arguments])


def test_a_fetched_list_is_kept_and_a_running_server_takes_it_up(home) -> None:
    prices.use_snapshot(home / "prices.json")
    assert prices.cost_of("openai", "m1", Usage(input_tokens=10), AT) is None
    with served(json.dumps(a_list()).encode()) as url:
        said = run("refresh", "--url", url)
    assert said.exit_code == 0, said.output
    assert "1299 models of 3 providers" in said.output
    priced = prices.cost_of("openai", "m1", Usage(input_tokens=10), AT)
    assert priced is not None
    assert priced.cost_picousd == 40_000_000
    assert priced.version == prices.version()
    assert priced.version in said.output
    assert prices.cost_of("openai", "gpt-5", Usage(input_tokens=10), AT) is None


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"<html>", 200, "no JSON"),
        (b"{}", 200, "form"),
        (b"[]", 200, "lacks anthropic, google, openai"),
        (json.dumps(a_list(without="google")).encode(), 200, "lacks google"),
        (json.dumps(a_list(models=30)).encode(), 200, "half of the models"),
        (json.dumps([{"id": "openai"}]).encode(), 200, "form"),
        (b"", 404, "404"),
    ],
)
def test_a_bad_list_is_refused_and_the_old_one_stays(home, body: bytes, status: int, why: str) -> None:
    (home / "prices.json").write_text("as it was")
    with served(body, status) as url:
        said = run("refresh", "--url", url)
    assert said.exit_code != 0
    assert why in str(said.exception)
    assert [each.name for each in home.iterdir()] == ["prices.json"]
    assert (home / "prices.json").read_text() == "as it was"


def test_nobody_there_is_a_clear_error(home) -> None:
    with served(b"") as url:
        pass
    said = run("refresh", "--url", url)
    assert said.exit_code != 0
    assert "127.0.0.1" in str(said.exception)


def test_a_kept_list_that_can_not_be_read_leaves_the_packages_prices(tmp_path, caplog) -> None:
    kept = tmp_path / "prices.json"
    kept.write_text('{"over": 7')
    prices.use_snapshot(kept)
    assert str(kept) in caplog.text
    assert prices.cost_of("openai", "gpt-5", Usage(input_tokens=10), AT) is not None


def test_a_list_from_before_a_newer_package_is_not_used(tmp_path) -> None:
    with served(json.dumps(a_list()).encode()) as url:
        prices.refresh(url, tmp_path / "prices.json")
    kept = json.loads((tmp_path / "prices.json").read_text())
    (tmp_path / "prices.json").write_text(json.dumps({**kept, "over": "0.0.1"}))
    prices.use_snapshot(tmp_path / "prices.json")
    assert prices.cost_of("openai", "m1", Usage(input_tokens=10), AT) is None


def test_a_list_without_end_is_not_read_to_its_end(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("providers.prices.snapshot.MOST_BYTES", 1000)
    with served(b"x" * 5000) as url, pytest.raises(PricesError, match="MiB"):
        prices.refresh(url, tmp_path / "prices.json")


def test_show_tells_what_a_model_costs_where(home) -> None:
    said = run("show", "claude-opus-5-5")
    assert said.exit_code == 0, said.output
    assert "anthropic: claude-opus-5-5 (Claude Opus 5.5)" in said.output
    assert "input $4, cache read $0.2, cache write $5, cache write for 1 h $8, output $20" in said.output
    assert "genai-prices" in said.output
    only = run("show", "openai/gpt-5")
    assert only.output.startswith("openai: gpt-5")
    assert "openrouter" not in only.output


def test_show_tells_own_prices(home, monkeypatch) -> None:
    own = home / "own.json"
    own.write_text(json.dumps({"hub": {"m": {"prices": [{"input": "1.25", "output": "2"}]}}}))
    monkeypatch.setenv("AGTERM_PRICES_FILE", str(own))
    said = run("show", "m", "--provider", "hub")
    assert "hub: m\n  per million tokens: input $1.25, output $2\n" in said.output
    own.write_text("{")
    assert "line 1" in str(run("show", "m").exception)


def test_show_says_when_nobody_knows_the_model(home) -> None:
    said = run("show", "no-such-model")
    assert said.exit_code != 0
    assert "no-such-model" in str(said.exception)
