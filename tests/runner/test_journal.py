"""The journal against plain bytes: what it holds is exactly what was written, under the same numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.journal import BLOCK_BYTES, Journal

sizes = st.one_of(
    st.integers(0, 2000),
    st.integers(BLOCK_BYTES - 3, BLOCK_BYTES + 3),
    st.integers(0, 4 * BLOCK_BYTES),
)
capacities = st.sampled_from([1, 1000, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES])
PATTERN = bytes((i * 7 + i // 251) % 256 for i in range(1 << 16)) * 64


def written(capacity, chunks):
    """A journal and, as a model, all that was ever appended to it."""
    journal, model = Journal(capacity), bytearray()
    for size in chunks:
        chunk = PATTERN[len(model) : len(model) + size]
        journal.append(chunk)
        model += chunk
    return journal, bytes(model)


@settings(deadline=None, max_examples=40)
@given(capacities, st.lists(sizes, max_size=12))
def test_it_counts_all_and_keeps_at_least_its_capacity_and_not_much_more(capacity, chunks):
    journal, model = written(capacity, chunks)
    assert journal.end == len(model)
    assert journal.start <= max(0, len(model) - capacity)
    assert journal.end - journal.start <= capacity + 2 * BLOCK_BYTES + max([0, *chunks])


@settings(deadline=None, max_examples=40)
@given(capacities, st.lists(sizes, max_size=12), st.data())
def test_what_is_read_is_what_was_written_there(capacity, chunks, data):
    journal, model = written(capacity, chunks)
    offset = data.draw(st.integers(journal.start, journal.end))
    limit = data.draw(st.integers(1, len(model) + 10))
    got = journal.read(offset, limit)
    assert got == model[offset : offset + len(got)]
    assert len(got) == min(limit, len(model) - offset)


@settings(deadline=None, max_examples=40)
@given(capacities, st.lists(sizes, max_size=12), st.integers(1, 3 * BLOCK_BYTES))
def test_reading_on_from_where_one_stopped_gives_everything_held(capacity, chunks, limit):
    journal, model = written(capacity, chunks)
    offset, parts = journal.start, []
    while offset < journal.end:
        parts.append(journal.read(offset, limit))
        offset += len(parts[-1])
    assert b"".join(parts) == model[journal.start :]


@settings(deadline=None, max_examples=40)
@given(capacities, st.lists(sizes, max_size=12), st.integers(-5, 20 * BLOCK_BYTES))
def test_it_says_what_it_holds_and_refuses_the_rest(capacity, chunks, offset):
    journal, model = written(capacity, chunks)
    held = journal.start <= offset <= len(model)
    assert journal.holds(offset) == held
    if not held:
        with pytest.raises(LookupError, match="outside"):
            journal.read(offset, 1)


def test_a_flood_of_small_writes_costs_a_fixed_amount():
    journal = Journal(2 * BLOCK_BYTES)
    for _ in range(20_000):
        journal.append(b"x" * 100)
    assert journal.end - journal.start <= 4 * BLOCK_BYTES
    assert len(journal.read(journal.start, 1 << 30)) == journal.end - journal.start
