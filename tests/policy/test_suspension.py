"""Clocks that a reviewer stops while a court is asked (N3)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.statements import Statement, Verdict
from policy.suspension import Pause, stands_still
from tests.policy.build import NOW, searched

spans = st.timedeltas(timedelta(0), timedelta(days=400))


def statement(verdict: Verdict) -> Statement:
    return Statement(ref="DP-2026-000001", by="rita", verdict=verdict, scope="ab" * 32, at=NOW, nonce="n" * 16)


@pytest.mark.parametrize("left", [timedelta(seconds=1), timedelta(days=4)])
def test_N3_what_time_was_left_when_the_clocks_stopped_is_left_when_they_go_on(left: timedelta) -> None:
    pause = Pause(since=NOW, until=NOW + timedelta(days=30))
    assert pause.put_off(NOW + left) - pause.until == left


@pytest.mark.parametrize("over", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
def test_N3_what_was_over_when_the_clocks_stopped_stays_over(over: timedelta) -> None:
    assert Pause(since=NOW, until=NOW + timedelta(days=30)).put_off(NOW - over) == NOW - over


@searched
@given(spans, st.lists(st.tuples(spans, spans), max_size=6))
def test_N3_however_often_the_clocks_stop_only_the_time_in_which_they_run_counts(
    left: timedelta, turns: list[tuple[timedelta, timedelta]]
) -> None:
    """The clocks run for a while and stand still for a while, in turn; `left` runs down only while they run."""
    deadline, now = NOW + left, NOW
    for runs, stands in turns:
        now += runs
        running_left = deadline - now
        pause = Pause(since=now, until=now + stands)
        put_off = pause.put_off(deadline)
        assert put_off >= deadline, "no clock is ever made shorter"
        now += stands
        assert (put_off - now == running_left) if running_left > timedelta(0) else (put_off == deadline)
        deadline = put_off


@searched
@given(st.lists(spans, min_size=2, max_size=6).map(sorted), spans, spans)
def test_N3_a_pause_never_changes_the_order_of_deadlines(
    ends: list[timedelta], begins: timedelta, lasts: timedelta
) -> None:
    pause = Pause(since=NOW + begins, until=NOW + begins + lasts)
    for earlier, later in pairwise(NOW + end for end in ends):
        assert pause.put_off(earlier) <= pause.put_off(later)


@pytest.mark.parametrize(
    ("said", "still"),
    [
        ((), False),
        ((Verdict.SUSPEND,), True),
        ((Verdict.SUSPEND, Verdict.RESUME), False),
        ((Verdict.SUSPEND, Verdict.RESUME, Verdict.SUSPEND), True),
        ((Verdict.AUTHENTIC, Verdict.SUSPEND, Verdict.VOUCH), True),
    ],
)
def test_N3_the_latest_word_about_the_clocks_counts(said: tuple[Verdict, ...], still: bool) -> None:
    assert stands_still(map(statement, said)) == still
