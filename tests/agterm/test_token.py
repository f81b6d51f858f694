"""`agterm token` prints a log-in link or an access token; that the link works once is told in tests/accounts."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """`token("--access")` in a home of its own, which the first call makes; its configuration is read by a process."""
    home = tmp_path_factory.mktemp("token") / "home"
    environment = {"AGTERM_HOME": str(home), "AGTERM_PORT": "4321", "PATH": os.environ["PATH"]}

    def run(*arguments, **settings):
        return subprocess.run(
            [sys.executable, "-P", "-m", "agterm", "token", *arguments],
            env=environment | settings, text=True, capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    return run


def test_the_link_leads_to_this_server(token):
    assert re.fullmatch(r"http://127\.0\.0\.1:4321/login/[\w-]{40,}\n", token().stdout)


def test_every_link_is_another(token):
    assert token().stdout != token().stdout


def test_the_link_leads_to_the_public_address_if_there_is_one(token):
    assert token(AGTERM_PUBLIC_URL="https://a.example/").stdout.startswith("https://a.example/login/")


def test_the_link_leads_where_it_is_told(token):
    assert token("--url", "http://b.example:8080").stdout.startswith("http://b.example:8080/login/")


def test_an_access_token_is_one_line_for_a_script(token):
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", token("--access").stdout)


def test_an_unknown_user_is_refused_by_name(token):
    ended = token("--user", "nobody")
    assert ended.returncode == 1
    assert ended.stderr == "agterm token: there is no active user nobody\n"
