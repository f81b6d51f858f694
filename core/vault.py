"""Encrypts what must be kept but not be read by whoever gets hold of the database: provider keys, agents' log-ins.

AES-256 in GCM. What is sealed for one purpose can't be opened for another, so nobody can move it to another row.
Several keys may be given (`settings.ENCRYPTION_KEYS`): the first seals, each of them opens.
"""

import functools
import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"
NAME_BYTES, NONCE_BYTES = 4, 12


class VaultError(Exception):
    """What was sealed can't be opened: by a key that is not ours, for something else, or because it is damaged."""


class Vault:
    """Seals and opens with the given keys. A token is `version, name of the key, nonce, cipher text` in base64."""

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [hashlib.sha256(b"agterm vault 1\0" + key.encode()).digest() for key in keys]
        self._ciphers = {_name(key): AESGCM(key) for key in derived}
        self._first = _name(derived[0])

    def seal(self, text: str, purpose: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), purpose.encode())
        return urlsafe_b64encode(VERSION + self._first + nonce + sealed).decode()

    def open(self, token: str, purpose: str) -> str:
        """Raises `VaultError`, which says nothing of what is inside."""
        try:
            raw = urlsafe_b64decode(token.encode())
        except ValueError:
            raise VaultError("this was never sealed here") from None
        head = len(VERSION) + NAME_BYTES
        cipher = self._ciphers.get(raw[len(VERSION) : head])
        if not raw.startswith(VERSION) or cipher is None:
            raise VaultError("it was sealed with an encryption key that this server does not have")
        try:
            return cipher.decrypt(raw[head : head + NONCE_BYTES], raw[head + NONCE_BYTES :], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise VaultError("it is damaged, or was sealed for something else") from None

    def is_current(self, token: str) -> bool:
        """Whether it was sealed with the first key, so that the others may go."""
        try:
            return urlsafe_b64decode(token.encode()).startswith(VERSION + self._first)
        except ValueError:
            return False


def _name(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:NAME_BYTES]


@functools.lru_cache(maxsize=4)
def _vault(keys: tuple[str, ...]) -> Vault:
    return Vault(keys)


def ours() -> Vault:
    """The vault of this server."""
    return _vault(tuple(settings.ENCRYPTION_KEYS))


def seal(text: str, purpose: str) -> str:
    """`text`, to be opened for this purpose only."""
    return ours().seal(text, purpose)


def sealed_anew(token: str, purpose: str) -> str | None:
    """The same, sealed with the first key; None for what is so already, and for what can't be opened."""
    vault = ours()
    try:
        return None if vault.is_current(token) else vault.seal(vault.open(token, purpose), purpose)
    except VaultError:
        return None


def opens(token: str, purpose: str) -> bool:
    """Whether the key that sealed it is still there."""
    try:
        ours().open(token, purpose)
    except VaultError:
        return False
    return True


def open(token: str, purpose: str) -> str:
    """What was sealed for this purpose; raises `VaultError`."""
    return ours().open(token, purpose)
