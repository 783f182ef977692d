"""How long an answer is waited for: to the second, in any order of looking (R1 to R4, P2, U2)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.book import current_book
from policy.patience import confirmed_until, next_reminder, unanswered_at
from tests.policy.build import NOW, searched

BOOK = current_book()
SECOND = timedelta(seconds=1)
seconds = st.integers(min_value=-1, max_value=70 * 86_400).map(lambda s: NOW + timedelta(seconds=s))


def test_R4_an_unanswered_request_is_reminded_of_twice_and_then_given_up() -> None:
    assert next_reminder(NOW, NOW, (), BOOK) == (NOW + timedelta(days=14), 14)
    assert next_reminder(NOW + timedelta(days=14), NOW, {14}, BOOK) == (NOW + timedelta(days=28), 28)
    assert next_reminder(NOW + timedelta(days=28), NOW, {14, 28}, BOOK) is None
    assert unanswered_at(NOW, BOOK) == NOW + timedelta(days=60)


def test_R4_P2_of_reminders_missed_in_an_outage_only_the_latest_is_given() -> None:
    late = NOW + timedelta(days=40)
    assert next_reminder(late, NOW, (), BOOK) == (NOW + timedelta(days=28), 28)
    assert next_reminder(late, NOW, {28}, BOOK) is None


@pytest.mark.parametrize("seconds_before", [1, 0, -1])
def test_R4_P2_from_the_end_of_the_waiting_on_nobody_is_reminded(seconds_before: int) -> None:
    at = unanswered_at(NOW, BOOK) - seconds_before * SECOND
    assert (next_reminder(at, NOW, (), BOOK) is None) == (seconds_before <= 0)


@searched
@given(st.lists(seconds, max_size=12).map(sorted))
def test_R4_U2_each_reminder_is_given_at_most_once_and_never_early(
    looks: list[datetime],
) -> None:
    given_at: dict[int, datetime] = {}
    for now in looks:
        while (reminder := next_reminder(now, NOW, given_at.keys(), BOOK)) and reminder[0] <= now:
            due, days = reminder
            assert days not in given_at
            assert due == NOW + timedelta(days=days)
            assert now < unanswered_at(NOW, BOOK)
            given_at[days] = now
    assert list(given_at) == sorted(given_at), "an earlier reminder never follows a later one"


def test_P3_a_deadline_waits_seven_days_for_a_verifier_and_no_longer() -> None:
    assert confirmed_until(NOW, BOOK) == NOW + timedelta(days=7)
