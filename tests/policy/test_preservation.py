"""The clocks of a hold: 90 days to the second, once 90 more, and nothing a second too early or too late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.book import policy_book
from policy.preservation import extended_until, extension_refusal, hold_until, in_time, warnings_after
from policy.vocabulary import Clause
from tests.policy.build import NOW, searched

BOOK = policy_book("2026-11")
SECOND = timedelta(seconds=1)
END = hold_until(NOW, BOOK)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("received", "end"),
    [
        ("2026-03-02T09:30:00", "2026-05-31T09:30:00"),
        ("2026-12-01T00:00:00", "2027-03-01T00:00:00"),
        ("2027-12-01T00:00:00", "2028-02-29T00:00:00"),
        ("2028-02-29T12:00:00", "2028-05-29T12:00:00"),
        ("2027-11-30T23:59:59", "2028-02-28T23:59:59"),
        ("2026-08-31T23:59:59", "2026-11-29T23:59:59"),
    ],
)
def test_P1_a_hold_lasts_90_days_over_month_ends_and_leap_days(received: str, end: str) -> None:
    assert hold_until(datetime.fromisoformat(received + "+00:00"), BOOK) == datetime.fromisoformat(end + "+00:00")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Sydney"])
def test_P1_a_change_to_summer_time_neither_lengthens_nor_shortens_a_hold(zone: str) -> None:
    """90 days are 90 times 24 hours: at the agency the clock shows another hour at the end."""
    received = datetime(2026, 2, 20, 12, tzinfo=UTC)
    end = hold_until(received, BOOK)
    assert end - received == timedelta(hours=90 * 24)
    there = ZoneInfo(zone)
    assert received.astimezone(there).utcoffset() != end.astimezone(there).utcoffset()


@searched
@given(instants)
def test_P1_P3_a_hold_lasts_90_days_and_an_extended_one_180(received: datetime) -> None:
    end = hold_until(received, BOOK)
    assert end - received == timedelta(days=90)
    assert extended_until(end, BOOK) - received == timedelta(days=180)


@pytest.mark.parametrize(
    ("received", "holds"), [(END - SECOND, True), (END, False), (END + SECOND, False), (NOW, True)]
)
def test_P3_formal_process_is_in_time_up_to_the_last_second(received: datetime, holds: bool) -> None:
    assert in_time(received, END) == holds


def refusal(received: datetime = NOW, *, extended: bool = False, accepted: bool = True) -> str | None:
    reason = extension_refusal(received_at=received, until=END, extended=extended, documents_accepted=accepted)
    assert reason is None or reason.clause is Clause.P3
    return reason.detail if reason else None


@pytest.mark.parametrize("received", [NOW, END - timedelta(days=7), END - SECOND])
def test_P3_an_extension_is_given_once_on_a_formal_request_in_time(received: datetime) -> None:
    assert refusal(received) is None


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=30)])
def test_P3_an_extension_that_comes_at_the_end_or_later_is_refused(late: timedelta) -> None:
    assert "after the hold had ended" in str(refusal(END + late))


def test_P3_a_second_extension_is_refused() -> None:
    assert "once" in str(refusal(extended=True))


def test_P3_an_extension_without_its_own_formal_request_is_refused() -> None:
    assert "formal request" in str(refusal(accepted=False))


@searched
@given(instants, st.booleans(), st.booleans())
def test_P3_an_extension_needs_all_three(received: datetime, extended: bool, accepted: bool) -> None:
    due = received < END and not extended and accepted
    assert (refusal(received, extended=extended, accepted=accepted) is None) == due


T14, T7 = END - timedelta(days=14), END - timedelta(days=7)


@pytest.mark.parametrize(
    ("now", "to_come"),
    [
        (NOW, [(T14, 14), (T7, 7)]),
        (T14 - SECOND, [(T14, 14), (T7, 7)]),
        (T14, [(T7, 7)]),
        (T14 + SECOND, [(T7, 7)]),
        (T7 - SECOND, [(T7, 7)]),
        (T7, []),
        (END, []),
        (END + SECOND, []),
    ],
)
def test_P3_the_agency_is_warned_14_and_7_days_before_the_end(
    now: datetime, to_come: list[tuple[datetime, int]]
) -> None:
    assert list(warnings_after(now, END, BOOK)) == to_come


@searched
@given(instants, instants)
def test_P3_a_warning_lies_ahead_and_before_the_end_and_the_nearest_comes_first(now: datetime, end: datetime) -> None:
    to_come = warnings_after(now, end, BOOK)
    assert list(to_come) == sorted(to_come)
    assert all(now < when < end and end - when == timedelta(days=left) for when, left in to_come)


def test_P3_an_extended_hold_is_warned_of_anew() -> None:
    assert len(warnings_after(END, extended_until(END, BOOK), BOOK)) == 2
