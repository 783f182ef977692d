"""When the user is told, and how long they may object."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.book import policy_book
from policy.notice import gag_holds, objection_until, silence_flags
from policy.request import Gag, RequestFacts
from policy.vocabulary import Clause
from tests.policy.build import NOW, searched

BOOK = policy_book("2026-11")
SECOND = timedelta(seconds=1)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("due", "until"),
    [
        (None, datetime(2026, 3, 9, 9, 30, tzinfo=UTC)),
        (date(2026, 3, 1), datetime(2026, 3, 9, 9, 30, tzinfo=UTC)),
        (date(2026, 3, 9), datetime(2026, 3, 9, 9, 30, tzinfo=UTC)),
        (date(2026, 3, 10), datetime(2026, 3, 10, tzinfo=UTC)),
        (date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC)),
    ],
)
def test_N1_the_user_may_object_for_seven_days_or_until_the_due_date_if_later(
    due: date | None, until: datetime
) -> None:
    assert objection_until(NOW, due, BOOK) == until


@searched
@given(instants, st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_N1_the_user_always_has_seven_whole_days(told_at: datetime, due: date | None) -> None:
    until = objection_until(told_at, due, BOOK)
    assert until >= told_at + timedelta(days=7)
    assert until == told_at + timedelta(days=7) or until.date() == due


@pytest.mark.parametrize(("now", "holds"), [(NOW - SECOND, True), (NOW, False), (NOW + SECOND, False)])
def test_N2_a_gag_holds_up_to_the_last_second_and_no_longer(now: datetime, holds: bool) -> None:
    assert gag_holds(now, NOW) == holds


@pytest.mark.parametrize(
    ("asked", "clause"),
    [
        (RequestFacts(), None),
        (RequestFacts(gag=Gag.DATED, gag_days=365), None),
        (RequestFacts(gag=Gag.DATED, gag_until=date(2027, 3, 2)), None),
        (RequestFacts(gag=Gag.DATED, gag_days=400), Clause.N2),
        (RequestFacts(gag=Gag.DATED, gag_until=date(2028, 3, 2)), Clause.N2),
        (RequestFacts(gag=Gag.UNDATED), Clause.N3),
    ],
)
def test_N2_N3_silence_without_a_period_or_for_more_than_a_year_is_shown_to_the_reviewer(
    asked: RequestFacts, clause: Clause | None
) -> None:
    assert [reason.clause for reason in silence_flags(asked, NOW, BOOK)] == ([clause] if clause else [])
