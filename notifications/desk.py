"""This process's ear for news: one thread listens to the runner while anybody wants to be told, a few more send."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from core.errors import HostUnavailable
from notifications import news, presence, sending, services
from notifications.news import Candidate, Listener, News
from runner import events as feed

log = logging.getLogger("agterm.notifications")

LOOK_S = 30.0  # how often it is looked whether anybody wants to be told, unless somebody says so
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 10.0
GRACE_S = 2.0  # what is answered or goes on at once is no news
WAIT_FOR_LEAVING_S, LOOKS_FOR_LEAVING = 20.0, 90
MOST_PENDING = 1000
SENDERS, MOST_UNSENT = 4, 200


class Desk:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None
        self._pending: set[asyncio.Task[None]] = set()
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="push")
        self._unsent = threading.BoundedSemaphore(MOST_UNSENT)
        self.listens = threading.Event()

    def watch(self) -> None:
        """From now on, tell whoever wants to be told."""
        with self._lock:
            if self._loop is None:
                self._loop, self._woken = asyncio.new_event_loop(), asyncio.Event()
                threading.Thread(target=self._loop.run_forever, daemon=True, name="news").start()
                asyncio.run_coroutine_threadsafe(self._watch(self._woken), self._loop)

    def wake(self) -> None:
        """Somebody wants to be told; any thread may say it."""
        loop, woken = self._loop, self._woken
        if loop is not None and woken is not None:
            loop.call_soon_threadsafe(woken.set)

    async def _watch(self, woken: asyncio.Event) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                if await _in_thread(services.is_anybody_told):
                    await self.listen(settings.AGTERM.runner_address)
                pause_s, wait_s = LOOK_S, FIRST_WAIT_S
            except HostUnavailable:
                pause_s, wait_s = wait_s, min(2 * wait_s, LONGEST_WAIT_S)
            except Exception:
                log.exception("news could not be listened for; listening anew")
                pause_s = LONGEST_WAIT_S
            woken.clear()
            try:
                async with asyncio.timeout(pause_s):
                    await woken.wait()
            except TimeoutError:
                pass

    async def listen(self, address: str) -> None:
        """Until the runner goes away, which raises `HostUnavailable`."""
        listener = Listener()
        try:
            async with aclosing(feed.follow(address)) as happening:
                async for event in happening:
                    if event["event"] == "subscribed":
                        self.listens.set()
                    elif "id" in event and (candidate := listener.hear(event)) is not None:
                        self._begin(self._tell(listener, candidate, event.get("info")))
        finally:
            self.listens.clear()

    def _begin(self, work: Any) -> None:
        if len(self._pending) >= MOST_PENDING:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _tell(self, listener: Listener, candidate: Candidate, info: dict[str, Any] | None) -> None:
        try:
            await asyncio.sleep(GRACE_S if candidate.state else 0)
            if not listener.is_still(candidate):
                return
            found: News | None = await _in_thread(news.told, candidate, info)
            if found is not None:
                for user_id in await _in_thread(services.listeners, found.user_ids):
                    self._begin(self._tell_user(user_id, found, lambda: listener.is_still(candidate)))
        except Exception:
            log.exception("somebody could not be told of news")

    async def _tell_user(self, user_id: int, found: News, is_still: Callable[[], bool]) -> None:
        try:
            if await self._is_away(user_id, found.kind, is_still):
                for row in await _in_thread(services.to_tell, user_id, found):
                    self._send(row, found.message)
        except Exception:
            log.exception("somebody could not be told of news")

    async def _is_away(self, user_id: int, kind: str, is_still: Callable[[], bool]) -> bool:
        """Whether no page of theirs is looked at. Who looks, and leaves a question open, is told of it once gone."""
        for _ in range(LOOKS_FOR_LEAVING):
            if not is_still():
                return False
            if not await _in_thread(presence.is_here, user_id):
                return True
            if kind != "needs_input":
                return False
            await asyncio.sleep(WAIT_FOR_LEAVING_S)
        return False

    def _send(self, row: Any, message: dict[str, str]) -> None:
        if not self._unsent.acquire(blocking=False):
            log.warning("a notification was dropped: too many are on their way")
            return
        future = self._senders.submit(sending.send, row, message)
        future.add_done_callback(lambda _: self._unsent.release())


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


desk = Desk()
