"""A call that costs money, from the reservation to its entry in the ledger, in a task of its own.

Whoever asked may hang up: the provider bills what it writes all the same, so its answer is read to the end.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from core.errors import AgtermError
from costs.desk import Desk
from costs.metering import Allowance, Begin, End
from costs.models import Outcome
from gateway.bodies import Body
from gateway.callers import Holder
from gateway.exchange import CutOff, Exchange
from gateway.fuse import Fuse
from gateway.headers import to_caller
from gateway.refusals import Refusal
from gateway.upstream import Answer, Request, Unanswered, Upstream
from providers.dialects import Asked, Dialect, Reader

log = logging.getLogger("agterm.gateway")

DRAIN_S = 900.0  # for what is left of an answer once nobody hears it any more
TOO_LONG = "AGTerm: the budget can't pay for more of this answer. Raise it in AGTerm, or ask who set it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and of whom. `input_bytes`: how much the request says, unpacked, if it `says_all`."""

    provider_id: str
    dialect: Dialect
    asked: Asked
    request: Request
    input_bytes: int
    says_all: bool


class Call:
    """One call, which is one entry."""

    def __init__(
        self, holder: Holder, exchange: Exchange, question: Question, body: Body, desk: Desk, upstream: Upstream
    ) -> None:
        self.holder, self.exchange = holder, exchange
        self._question, self._body = question, body
        self._desk, self._upstream = desk, upstream
        self._id = uuid.uuid4()
        self._at = datetime.now(UTC)
        self._started = time.monotonic()
        self._first_byte: float | None = None
        self._reader: Reader | None = None
        self._fuse: Fuse | None = None
        self._status: int | None = None
        self._outcome = Outcome.BROKEN  # until it is known better
        self._is_missed = False  # a part of the answer; some callers leave as soon as they have heard its own end
        self._last = b""  # of an answer whose length the caller knows: he gets its end when the entry is written
        self._left_to_come: int | None = None

    async def run(self) -> None:
        """Raises what the caller is to be told in place of an answer, or `CutOff`."""
        try:
            allowance = await self._reserve()
            try:
                problem = await self._problem(allowance)
            except asyncio.CancelledError:  # the server ends; what was heard so far is better than a guess
                self._outcome = Outcome.LOST
                self._desk.leave(self._id, self._end())
                raise
        finally:
            self._body.drop()
        await self._desk.end(self._id, self._end())
        if problem is not None:
            raise problem
        await self.exchange.pass_on(self._last, is_last=True)

    async def _reserve(self) -> Allowance:
        question, asked = self._question, self._question.asked
        begin = Begin(
            id=self._id,
            session_id=self.holder[0],
            provider=question.provider_id,
            model=asked.model,
            at=self._at,
            input_bytes=question.input_bytes,
            max_output_tokens=asked.max_output_tokens,
            answers=asked.answers,
            terms=asked.terms,
            says_all=question.says_all,
            can_be_cut=asked.is_stream,
        )
        try:
            return await self._desk.begin(begin)
        except AgtermError as error:
            if error.status < 500:
                raise Refusal(error.status, error.message) from None
            log.error("a call could not be written down, so it is refused: %s", error.message)
            raise Refusal(503, "calls can't be metered at present", retry_after_s=5) from None

    def _end(self) -> End:
        return End(
            outcome=self._outcome,
            status=self._status,
            reading=self._reader.finish() if self._reader else None,
            first_byte_ms=_milliseconds(self._started, self._first_byte),
            total_ms=_milliseconds(self._started, time.monotonic()),
            output_bytes=(self._reader.visible_bytes if self._reader else 0)
            + (self._fuse.unseen_bytes if self._fuse else 0),
        )

    # --- the provider's answer -------------------------------------------------------------------------------------

    async def _problem(self, allowance: Allowance) -> Exception | None:
        """Ask the provider and pass on what it says; returns what came in between."""
        try:
            await self._converse(allowance)
        except Unanswered as error:
            self._outcome = Outcome.BROKEN if error.may_be_billed else Outcome.ERROR
            return error
        except CutOff as error:
            return error
        except Exception as error:
            self._outcome = Outcome.BROKEN
            log.exception("a call to %s failed", self._question.provider_id)
            return error
        return None

    async def _converse(self, allowance: Allowance) -> None:
        question = self._question
        if self.exchange.is_gone:
            self._outcome = Outcome.ERROR  # nothing was asked, nothing is billed
            return
        answer = await self._upstream.send(question.request, self._body, question.provider_id)
        try:
            self._status = answer.status
            self._reader = question.dialect.reader(answer.status, answer.headers)
            self._left_to_come = answer.length
            await self.exchange.begin(answer.status, to_caller(answer.headers))
            if allowance.cut_after_tokens is not None and answer.is_stream:
                self._fuse = Fuse(allowance.cut_after_tokens)
            await self._read(answer, self._reader)
        finally:
            answer.close()

    async def _read(self, answer: Answer, reader: Reader) -> None:
        """To its end, whoever hears it; but with nobody left, not for ever."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as draining:

                def limit(_gone: "asyncio.Future[None]") -> None:
                    draining.reschedule(loop.time() + DRAIN_S)

                self.exchange.gone.add_done_callback(limit)
                try:
                    async for chunk in self._chunks(answer):
                        if self._first_byte is None:
                            self._first_byte = time.monotonic()
                        reader.feed(chunk)
                        end = self._fuse.ends_at(chunk, reader.visible_bytes) if self._fuse else None
                        await self._pass_on(chunk[:end])
                        if end is not None:
                            break
                    if self._fuse and self._fuse.is_blown:
                        self._outcome = Outcome.CUT
                        await self._say_why(self._fuse)
                        return
                finally:
                    self.exchange.gone.remove_done_callback(limit)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._outcome = Outcome.BROKEN
            log.warning("%s broke off its answer: %s", self._question.provider_id, type(error).__name__)
            raise CutOff from None
        self._outcome = self._ended(reader)

    def _chunks(self, answer: Answer) -> AsyncIterator[bytes]:
        return self._fuse.while_paid(answer.chunks()) if self._fuse else answer.chunks()

    async def _say_why(self, fuse: Fuse) -> None:
        event = self._question.dialect.error_event(TOO_LONG)
        await self.exchange.pass_on(event if fuse.is_between_events else b"\n\n" + event)

    def _ended(self, reader: Reader) -> Outcome:
        if not 200 <= (self._status or 0) < 300:
            return Outcome.ERROR
        if not reader.finish().is_complete:
            return Outcome.BROKEN
        return Outcome.HUNG_UP if self._is_missed else Outcome.DONE

    async def _pass_on(self, chunk: bytes) -> None:
        if self.exchange.is_gone:
            self._is_missed = True
            return
        if self._left_to_come is not None:
            self._left_to_come -= len(chunk)
            if self._left_to_come <= 0:
                self._last = chunk
                return
        await self.exchange.pass_on(chunk)


def _milliseconds(start: float, end: float | None) -> int | None:
    return None if end is None else round((end - start) * 1000)


async def pass_through(exchange: Exchange, request: Request, body: Body, upstream: Upstream) -> None:
    """What costs nothing: the provider's answer, as it comes."""
    answer = await upstream.send(request, body, exchange.provider_id)
    try:
        await exchange.begin(answer.status, to_caller(answer.headers))
        async for chunk in answer.chunks():
            await exchange.pass_on(chunk)
        await exchange.pass_on(b"", is_last=True)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("%s broke off its answer: %s", exchange.provider_id, type(error).__name__)
        raise CutOff from None
    finally:
        answer.close()
