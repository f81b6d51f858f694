"""What Anthropic answers in the tests of the door, and what is written down of it."""

from asgiref.sync import sync_to_async
from support.sockets import wait_until

from costs.models import Entry, OpenCall

USAGE = b'{"input_tokens":1000,"output_tokens":1}'
START = b'{"type":"message_start","message":{"id":"msg_1","model":"claude-sonnet-4-5","usage":%s}}' % USAGE
TEXT = b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"%s"}}'
ENDING = (b'{"type":"message_delta","usage":{"output_tokens":50}}', b'{"type":"message_stop"}')
WHOLE = b'{"type":"message","id":"msg_2","model":"claude-sonnet-4-5","usage":{"input_tokens":10,"output_tokens":5}}'
PROMPT = {"model": "claude-sonnet-4-5", "stream": True, "max_tokens": 100, "messages": []}
INPUT, OUTPUT = 3_000_000, 15_000_000  # pico-dollars a token


def events(*data):
    return b"".join(b"data: " + each + b"\n\n" for each in data)


HELLO = events(START, TEXT % b"hello")
ANSWER = HELLO + events(*ENDING)


def _entries(count):
    rows = list(Entry.objects.order_by("pk"))
    return rows if len(rows) >= count else None


async def written(count=1):
    """The newest entry, once there are so many."""
    rows = await sync_to_async(wait_until)("the entry", lambda: _entries(count), 20)
    assert len(rows) == count
    assert not await sync_to_async(OpenCall.objects.exists)()
    return rows[-1]


def exact(row):
    return (row.input_tokens, row.output_tokens, row.is_estimated)
