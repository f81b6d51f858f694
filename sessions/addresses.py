"""Which repositories a session may begin with, by their addresses and the names of branches. Pure."""

import re
from urllib.parse import urlsplit

_OF_SSH = re.compile(r"(ssh://|git\+ssh://|[^/:@\s]+@[^/:\s]+:)", re.IGNORECASE)
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|^[-/.]|[/.]$|^@$")


def checked_url(text: str) -> str:
    """An address that git fetches from by HTTP; raises `ValueError` with what to do instead."""
    if _OF_SSH.match(text):
        raise ValueError("ssh is not possible, as a session has no ssh key; use the https:// address")
    if not text.isprintable() or " " in text:
        raise ValueError("must not contain spaces or control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("must begin with https:// or http://, and name a host")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or a password; git asks for them in the terminal")
    return text


def checked_branch(text: str) -> str:
    """A name that git takes for a branch (`git check-ref-format`); raises `ValueError`."""
    if _NO_BRANCH.search(text) or not text or text == "HEAD":
        raise ValueError("is no name of a branch")
    return text


def name_from(words: str, tail: str) -> str:
    """A name for a branch of a session called `words`: `agterm/fix-the-door-1a2b3c4d`."""
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40].strip("-")
    return f"agterm/{slug}-{tail}" if slug else f"agterm/{tail}"
