"""The clocks of a hold: 90 days to the second, once 90 more, and nothing a second too early or too late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.book import policy_book
from policy.preservation import (
    confirmation_missing,
    confirmation_refusal,
    days_left,
    extended_until,
    extension_missing,
    extension_refusal,
    hold_until,
    in_time,
    is_late,
    next_warning,
    review_at,
)
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


def refusal(received: datetime = NOW, *, extended: bool = False) -> str | None:
    reason = extension_refusal(received_at=received, until=END, extended=extended)
    assert reason is None or reason.clause is Clause.P3
    return reason.detail if reason else None


@pytest.mark.parametrize("received", [NOW, END - timedelta(days=7), END - SECOND])
def test_P3_an_extension_is_given_once_on_a_formal_request_in_time(received: datetime) -> None:
    assert refusal(received) is None
    assert extension_missing(documents_accepted=True) is None


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=30)])
def test_P3_an_extension_that_comes_at_the_end_or_later_is_refused(late: timedelta) -> None:
    assert "after the hold had ended" in str(refusal(END + late))
    assert not is_late(END + late, END, BOOK), "nobody needs to look at what is refused"


@pytest.mark.parametrize(
    ("before", "looked_at"),
    [
        (timedelta(days=7) + SECOND, False),
        (timedelta(days=7), False),
        (timedelta(days=7) - SECOND, True),
        (SECOND, True),
    ],
)
def test_P3_an_extension_asked_for_in_the_last_seven_days_is_in_time_and_a_person_looks(
    before: timedelta, looked_at: bool
) -> None:
    assert refusal(END - before) is None
    assert is_late(END - before, END, BOOK) == looked_at


def test_P3_a_second_extension_is_refused() -> None:
    assert "once" in str(refusal(extended=True))


def test_P3_what_an_extension_without_a_formal_request_lacks_is_said() -> None:
    missing = extension_missing(documents_accepted=False)
    assert missing is not None
    assert missing.clause is Clause.P3
    assert "letterhead" in missing.detail


@searched
@given(instants, st.booleans())
def test_P3_an_extension_is_due_once_and_in_time(received: datetime, extended: bool) -> None:
    due = received < END and not extended
    assert (refusal(received, extended=extended) is None) == due


@pytest.mark.parametrize(
    ("received", "confirmed", "kept"),
    [
        (END - SECOND, False, True),
        (END, False, False),
        (END + SECOND, False, False),
        (END, True, True),
        (END + timedelta(days=90), True, True),
    ],
)
def test_P3_a_production_order_is_confirmed_up_to_the_last_second_and_again_at_any_time_after(
    received: datetime, confirmed: bool, kept: bool
) -> None:
    def refused(*, certificate: bool = True, frozen: bool = False) -> Clause | None:
        reason = confirmation_refusal(
            received_at=received, until=END, certificate=certificate, frozen=frozen, confirmed=confirmed
        )
        return reason.clause if reason else None

    assert refused() == (None if kept else Clause.P3)
    assert refused(certificate=False) is Clause.P3, "a letter of preservation ends by itself"
    assert refused(frozen=True) is Clause.S1


def test_P3_a_confirmed_hold_is_not_extended_and_a_confirmation_comes_on_its_form() -> None:
    refused = extension_refusal(received_at=NOW, until=END, extended=False, confirmed=True)
    assert refused is not None
    assert "without one" in refused.detail
    assert confirmation_missing(documents_accepted=True) is None
    lacking = confirmation_missing(documents_accepted=False)
    assert lacking is not None
    assert lacking.clause is Clause.P3


def test_P3_a_reviewer_looks_at_a_confirmed_hold_after_the_providers_own_days() -> None:
    assert review_at(NOW, BOOK) == NOW + timedelta(days=BOOK.confirmed_review_days)
    often = BOOK.model_copy(update={"confirmed_review_days": 7})
    assert review_at(NOW, often) == NOW + timedelta(days=7)


T14, T7 = END - timedelta(days=14), END - timedelta(days=7)
FIRST, LAST = (T14, 14), (T7, 7)


@pytest.mark.parametrize(
    ("now", "given", "warning"),
    [
        (NOW, set(), FIRST),
        (T14 - SECOND, set(), FIRST),
        (T14, set(), FIRST),
        (T14 + SECOND, set(), FIRST),
        (T14, {14}, LAST),
        (T7 - SECOND, set(), FIRST),
        (T7 - SECOND, {14}, LAST),
        (T7, {14}, LAST),
        (T7 + SECOND, {14}, LAST),
        (T7, {14, 7}, None),
        (END - SECOND, {14}, LAST),
        (END - SECOND, {14, 7}, None),
    ],
)
def test_P3_the_agency_is_warned_14_and_7_days_before_the_end_and_late_rather_than_never(
    now: datetime, given: set[int], warning: tuple[datetime, int] | None
) -> None:
    assert next_warning(now, END, given, BOOK) == warning


@pytest.mark.parametrize("now", [T7, T7 + SECOND, END - SECOND])
def test_P3_of_two_overdue_warnings_only_the_last_is_given(now: datetime) -> None:
    assert next_warning(now, END, set(), BOOK) == LAST
    assert next_warning(now, END, {7}, BOOK) is None


@pytest.mark.parametrize("now", [END, END + SECOND, END + timedelta(days=30)])
@pytest.mark.parametrize("given", [set(), {14}, {14, 7}])
def test_P3_nobody_is_warned_of_an_end_that_has_come(now: datetime, given: set[int]) -> None:
    assert next_warning(now, END, given, BOOK) is None


_steps = st.lists(st.timedeltas(timedelta(0), timedelta(days=40)), min_size=1, max_size=12)


@searched
@given(instants, _steps)
def test_P3_however_a_machine_wakes_each_warning_is_given_at_most_once_and_none_is_lost(
    received: datetime, steps: list[timedelta]
) -> None:
    """Walk forward in time and give whatever is due, as a machine does that now and then stands still for weeks."""
    now, end = received, hold_until(received, BOOK)
    given: list[int] = []
    for step in steps:
        now += step
        while (warning := next_warning(now, end, given, BOOK)) is not None and warning[0] <= now:
            assert warning[1] not in given
            assert end - timedelta(days=warning[1]) <= now < end
            given.append(warning[1])
        if end - timedelta(days=7) <= now < end:
            assert 7 in given
        elif end - timedelta(days=14) <= now < end:
            assert given == [14]
        elif now < end:
            assert given == []
    assert given in ([], [14], [7], [14, 7])


@searched
@given(instants, instants, st.sets(st.sampled_from(BOOK.warn_days)))
def test_P3_what_is_to_be_given_is_due_before_the_end_and_was_not_given(
    now: datetime, end: datetime, given: set[int]
) -> None:
    warning = next_warning(now, end, given, BOOK)
    if warning is not None:
        when, days = warning
        assert now < end
        assert end - when == timedelta(days=days)
        assert days not in given
        overdue = {left for left in BOOK.warn_days if end - timedelta(days=left) <= now}
        assert when > now or days == min(overdue)


def test_P3_an_extended_hold_is_warned_of_anew() -> None:
    extended = extended_until(END, BOOK)
    assert next_warning(END - SECOND, extended, set(), BOOK) == (extended - timedelta(days=14), 14)
    assert next_warning(extended - timedelta(days=14), extended, {14}, BOOK) == (extended - timedelta(days=7), 7)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (T14 - SECOND, 15),
        (T14, 14),
        (T14 + SECOND, 14),
        (T7 - SECOND, 8),
        (T7, 7),
        (T7 + SECOND, 7),
        (END - timedelta(days=1) - SECOND, 2),
        (END - timedelta(days=1), 1),
        (END - SECOND, 1),
    ],
)
def test_P3_a_late_warning_names_the_days_that_are_really_left(now: datetime, days: int) -> None:
    assert days_left(now, END) == days


@searched
@given(instants, st.timedeltas(SECOND, timedelta(days=180)))
def test_P3_the_days_left_never_end_before_the_hold_and_less_than_a_day_after(now: datetime, left: timedelta) -> None:
    told = timedelta(days=days_left(now, now + left))
    assert timedelta(0) <= told - left < timedelta(days=1)
