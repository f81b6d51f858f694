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


def test_the_key_that_encrypts_is_made_beside_the_one_that_signs_and_is_another(tmp_path):
    config = load({"AGTERM_HOME": str(tmp_path)})
    (key,) = secrets.encryption_keys(config)
    assert len(key) >= 48
    assert (tmp_path / "encryption.key").stat().st_mode & 0o777 == 0o600
    assert secrets.encryption_keys(config) == (key,)
    assert secrets.signing_key(config) != key


@pytest.mark.parametrize("between", [",", "\n", " , "])
def test_several_encryption_keys_may_be_given_the_new_one_first(tmp_path, between):
    (tmp_path / "keys").write_text("n" * 32 + between + "o" * 32 + "\n")
    config = load({"AGTERM_HOME": str(tmp_path), "AGTERM_ENCRYPTION_KEY_FILE": str(tmp_path / "keys")})
    assert secrets.encryption_keys(config) == ("n" * 32, "o" * 32)


@pytest.mark.parametrize("given", ["short", "n" * 32 + ",short", ","])
def test_a_short_encryption_key_is_refused(tmp_path, given):
    with pytest.raises(ConfigError, match="AGTERM_ENCRYPTION_KEY: at least 32 characters"):
        secrets.encryption_keys(load({"AGTERM_HOME": str(tmp_path), "AGTERM_ENCRYPTION_KEY": given}))


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


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"short"])
def test_an_encryption_key_that_is_none_is_named_by_its_file(tmp_path, content):
    (tmp_path / "encryption.key").write_bytes(content)
    with pytest.raises(ConfigError, match=r"AGTERM_HOME: .*/encryption\.key"):
        secrets.encryption_keys(load({"AGTERM_HOME": str(tmp_path)}))


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEY"])
def test_a_key_given_twice_is_refused(tmp_path, name):
    (tmp_path / "key").write_text("f" * 40)
    given = {f"AGTERM_{name}": "k" * 40, f"AGTERM_{name}_FILE": str(tmp_path / "key")}
    with pytest.raises(ConfigError, match=f"AGTERM_{name} and AGTERM_{name}_FILE: give only one"):
        load({"AGTERM_HOME": str(tmp_path)} | given)
