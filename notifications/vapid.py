"""The key by which push services know this server: made once, kept in the home folder; pages get its public half."""

import base64
import os
import time
from functools import cache
from pathlib import Path
from tempfile import mkstemp
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

KEY_FILE = "vapid.pem"
LIFE_S = 12 * 3600
CONTACT = "mailto:agterm@example.com"  # push services want to know whom to write to; without an address of ours, nobody


def private_key() -> ec.EllipticCurvePrivateKey:
    return _kept(Path(settings.AGTERM.home) / KEY_FILE)


def public_key() -> str:
    """As `pushManager.subscribe` takes it (`applicationServerKey`)."""
    point = (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def headers(endpoint: str) -> dict[str, str]:
    """What says to the endpoint's push service that it is we who send."""
    from py_vapid import Vapid02  # takes a tenth of a second to import

    address = urlsplit(endpoint)
    public_url = settings.AGTERM.public_url
    claims = {
        "sub": public_url if public_url.startswith("https://") else CONTACT,
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int(time.time()) + LIFE_S,
    }
    signed: dict[str, Any] = Vapid02(private_key()).sign(claims)
    return {name: str(value) for name, value in signed.items()}


@cache
def _kept(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        text = _made(path)
    key = serialization.load_pem_private_key(text, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is no key of ours; put it back from a backup")
    return key


def _made(path: Path) -> bytes:
    handle, name = mkstemp(prefix="vapid.", dir=path.parent)  # of this thread alone, and nobody else's to read
    fresh = Path(name)
    with open(handle, "wb") as file:
        file.write(
            ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    try:
        os.link(fresh, path)  # two first ones at once: one wins, both read the same key
    except FileExistsError:
        pass
    fresh.unlink()
    return path.read_bytes()
