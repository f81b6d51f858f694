"""Who looks at a page right now: they see for themselves what a notification would tell."""

import time

from django.core.cache import cache

LASTS_S = 70  # a page says again within a minute that it is looked at
MOST_PAGES = 20


def note(user_id: int, page: str, visible: bool) -> None:
    """A page of the user is looked at from now on, or no more."""
    pages = _pages(user_id)
    pages.pop(page, None)
    if visible:
        pages = dict(list(pages.items())[1 - MOST_PAGES :]) | {page: time.time() + LASTS_S}
    cache.set(_key(user_id), pages, LASTS_S)


def is_here(user_id: int) -> bool:
    return bool(_pages(user_id))


def _pages(user_id: int) -> dict[str, float]:
    now = time.time()
    found: dict[str, float] = cache.get(_key(user_id)) or {}
    return {page: until for page, until in found.items() if until > now}


def _key(user_id: int) -> str:
    return f"agterm.here.{user_id}"
