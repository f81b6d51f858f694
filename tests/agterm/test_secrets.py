"""The signing key on disk, and the host names the server answers to."""

import os
import subprocess
import sys

import pytest

from agterm import secrets
from agterm.config import ConfigError, load


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(tmp_path):
    home = tmp_path / "new" / "home"
    key = secrets.signing_key(load({"AGTERM_HOME": str(home)}))
    assert len(key) >= 48
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert os.listdir(home) == ["secret.key"]


def test_later_starts_find_the_same_key(tmp_path):
    config = load({"AGTERM_HOME": str(tmp_path)})
    assert secrets.signing_key(config) == secrets.signing_key(config)


def test_two_homes_have_different_keys(tmp_path):
    one, other = (load({"AGTERM_HOME": str(tmp_path / name)}) for name in ("one", "other"))
    assert secrets.signing_key(one) != secrets.signing_key(other)


def test_first_starts_at_once_agree_on_one_key(tmp_path):
    code = "from agterm import config, secrets; print(secrets.signing_key(config.load()))"
    environment = {"AGTERM_HOME": str(tmp_path / "home")}
    starts = [
        subprocess.Popen([sys.executable, "-P", "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    keys = {start.communicate(timeout=60)[0] for start in starts}
    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 48
    assert os.listdir(tmp_path / "home") == ["secret.key"]


def test_a_given_key_is_used_and_nothing_is_written(tmp_path):
    given = "k" * 32
    assert secrets.signing_key(load({"AGTERM_HOME": str(tmp_path), "AGTERM_SECRET_KEY": given})) == given
    assert os.listdir(tmp_path) == []


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="AGTERM_SECRET_KEY: at least 32 characters"):
        secrets.signing_key(load({"AGTERM_HOME": str(tmp_path), "AGTERM_SECRET_KEY": "short"}))


def test_a_key_that_can_not_be_read_is_named(tmp_path):
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(ConfigError, match=r"AGTERM_HOME: can't read .*/secret\.key"):
        secrets.signing_key(load({"AGTERM_HOME": str(tmp_path)}))


def test_a_home_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"AGTERM_HOME: can't (read|write) .*/file/home/secret\.key"):
        secrets.signing_key(load({"AGTERM_HOME": str(tmp_path / "file" / "home")}))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, {"localhost", "127.0.0.1", "[::1]"}),
        ({"AGTERM_BIND": "10.0.0.5"}, {"localhost", "127.0.0.1", "[::1]", "10.0.0.5"}),
        ({"AGTERM_BIND": "fd00::5"}, {"localhost", "127.0.0.1", "[::1]", "[fd00::5]"}),
        ({"AGTERM_BIND": "0.0.0.0"}, {"*"}),
        ({"AGTERM_PUBLIC_URL": "https://a.example:8443/x"}, {"localhost", "127.0.0.1", "[::1]", "a.example"}),
        ({"AGTERM_ALLOWED_HOSTS": "a.example,b.example"}, {"a.example", "b.example"}),
    ],
)
def test_the_server_answers_to(variables, expected):
    assert set(secrets.host_names(load(variables))) == expected
