"""What the settings need that is neither given nor constant: our keys on disk, the host names we answer to."""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from agterm.config import Config, ConfigError


def signing_key(config: Config) -> str:
    """The key that signs every token: as configured, else `home/secret.key`, made on the first start (mode 0600)."""
    if config.secret_key is not None:
        key = config.secret_key.get_secret_value()
        if len(key) < 32:
            raise ConfigError("AGTERM_SECRET_KEY: at least 32 characters are needed")
        return key
    return _kept(config.home / "secret.key")


def encryption_keys(config: Config) -> tuple[str, ...]:
    """The keys that open what is stored encrypted, the one that seals first.

    As configured, else in `home/encryption.key`, made on the first start (mode 0600). It is not the key that signs: who
    changes that one, to end all log-ins, still has his providers' keys.
    """
    given, path = config.encryption_key, config.home / "encryption.key"
    keys = re.split(r"[\s,]+", given.get_secret_value() if given else _kept(path))
    found = tuple(key for key in keys if key)
    if not found or min(map(len, found)) < 32:
        where = "AGTERM_ENCRYPTION_KEY" if given else f"AGTERM_HOME: {path}"
        raise ConfigError(f"{where}: at least 32 characters are needed, in each key")
    return found


def _kept(path: Path) -> str:
    """The key in that file, which is made when it is not there."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return _make_key(path)
    except UnicodeDecodeError:
        raise ConfigError(f"AGTERM_HOME: {path} is no key of ours; put it back from a backup") from None
    except OSError as error:
        raise ConfigError(f"AGTERM_HOME: can't read {path}: {error.strerror}") from None


def _make_key(path: Path) -> str:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)  # two first starts at once: the first one wins, both read the same key
        except FileExistsError:
            pass
        fresh.unlink()
        return path.read_text()
    except OSError as error:
        raise ConfigError(f"AGTERM_HOME: can't write {path}: {error.strerror}") from None


def host_names(config: Config) -> list[str]:
    """Names accepted in the Host header: as configured, else loopback, the bind address and the public URL's host."""
    if config.allowed_hosts:
        return list(config.allowed_hosts)
    names = {"localhost", "127.0.0.1", "[::1]"}
    if config.bind in ("0.0.0.0", "::"):  # noqa: S104 - comparing, not binding
        return ["*"]
    names.add(f"[{config.bind}]" if ":" in config.bind else config.bind)
    if host := urlsplit(config.public_url).hostname:
        names.add(host)
    return sorted(names)
