"""A caller's requests are counted per bucket and window."""

import pytest

from core import throttling
from core.errors import RateLimited


def use(caller="somebody", bucket="test", limit=3, window_s=60):
    return throttling.count(bucket, caller, limit=limit, window_s=window_s)


def test_the_limit_is_what_may_be_asked_and_one_more_is_too_many(still_clock):
    usages = [use() for _ in range(4)]
    assert [usage.remaining for usage in usages] == [2, 1, 0, 0]
    assert [usage.exceeded for usage in usages] == [False, False, False, True]


def test_going_over_raises_with_the_time_to_wait(still_clock):
    usage = [use(limit=1) for _ in range(2)][-1]
    with pytest.raises(RateLimited) as caught:
        throttling.enforce(usage, "slow down")
    assert caught.value.limit == 1
    assert 1 <= caught.value.retry_after_s <= 60
    assert caught.value.message == "slow down"


def test_a_new_window_starts_from_nothing(still_clock):
    assert [use(limit=1).exceeded for _ in range(2)] == [False, True]
    still_clock.now += 60
    assert not use(limit=1).exceeded


def test_callers_and_buckets_do_not_share(still_clock):
    assert not any(use(limit=1, caller=caller).exceeded for caller in ("a", "b", "\udce9", "x" * 10_000))
    assert not use(limit=1, caller="a", bucket="other").exceeded


def test_many_callers_do_not_push_a_counter_out(still_clock):
    use(limit=1)
    for number in range(1000):
        use(caller=str(number))
    assert use(limit=1).exceeded


def test_the_wait_is_never_nothing(still_clock):
    for _ in range(60):
        assert use(caller="x").reset_s >= 1
        still_clock.now += 1
