"""Which records an approved scope lets out: its classes, its days, its meetings, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.records import Account, Record, RecordTable, Snapshot, class_of, of_meetings, released
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.vocabulary import DataClass, LegalProcess
from tests.policy.build import D1, D2, D3, NOW, scope, scopes, searched

T = RecordTable
#: The Guide's classes, written out.
CLASSES = {
    D1: {T.PROFILE, T.BILLING},
    D2: {T.SIGN_INS, T.DEVICES, T.MEETINGS, T.PARTICIPANTS},
    D3: {T.CHAT, T.RECORDINGS},
}
URL = "https://meet.example/r/1"


def record(table: RecordTable, at: datetime | None = NOW, **values: str) -> Record:
    return Record(table=table, account=1, at=at, values=values)


def snapshot(*records: Record) -> Snapshot:
    account = Account(n=1, number="7001", email="u1@mail.example")
    return Snapshot(ref="DP-2026-000001", taken_at=NOW, accounts=(account,), records=records)


def day(number: int, hour: int = 12, second: int = 0) -> datetime:
    return datetime(2026, 1, number, hour, 0, second, tzinfo=UTC)


_instants = st.none() | st.datetimes(datetime(2025, 12, 20), datetime(2026, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
_records = st.builds(record, st.sampled_from(RecordTable), _instants)


def test_D1_D2_D3_every_table_is_of_exactly_one_class() -> None:
    assert {table: held for held, tables in CLASSES.items() for table in tables} == {t: class_of(t) for t in T}


@searched
@given(st.lists(_records, max_size=12), scopes)
def test_U2_nothing_outside_the_approved_classes_and_days_is_let_out(records: list[Record], approved: Scope) -> None:
    let_out = released(snapshot(*records), approved)
    for given_out in let_out:
        assert given_out in records
        assert any(given_out.table in CLASSES[held] for held in approved.classes)
        if given_out.at is not None:
            assert approved.since is None or approved.since <= given_out.at.date()
            assert approved.until is None or given_out.at.date() <= approved.until
        else:
            assert given_out.table in CLASSES[D1] or approved.since is approved.until is None


@searched
@given(st.lists(_records, max_size=12))
def test_U2_a_warrant_for_everything_without_a_period_lets_out_everything_in_order(records: list[Record]) -> None:
    whole = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3))
    assert list(released(snapshot(*records), whole)) == records


@pytest.mark.parametrize(
    ("at", "let_out"),
    [
        (day(5, 0) - timedelta(seconds=1), False),
        (day(5, 0), True),
        (day(10, 23, 59), True),
        (day(11, 0) - timedelta(microseconds=1), True),
        (day(11, 0), False),
    ],
)
def test_U2_both_days_of_the_period_belong_to_it_and_no_second_more(at: datetime, let_out: bool) -> None:
    approved = scope(LegalProcess.SUBPOENA, (D2,), since=date(2026, 1, 5), until=date(2026, 1, 10))
    assert bool(released(snapshot(record(T.SIGN_INS, at)), approved)) == let_out


def test_U2_a_profile_has_no_day_and_is_given_within_any_period() -> None:
    approved = scope(LegalProcess.SUBPOENA, (D1,), since=date(2026, 1, 5), until=date(2026, 1, 10))
    assert released(snapshot(record(T.PROFILE, None)), approved)


@pytest.mark.parametrize("table", [T.MEETINGS, T.CHAT])
@pytest.mark.parametrize("period", [{"since": date(2026, 1, 5)}, {"until": date(2026, 1, 5)}])
def test_U2_what_has_no_known_day_is_not_let_out_for_a_period(table: RecordTable, period: dict[str, date]) -> None:
    """A meeting that was scheduled and never began cannot be shown to lie within the days approved."""
    without = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3))
    assert released(snapshot(record(table, None)), without.model_copy(update=period)) == ()
    assert released(snapshot(record(table, None)), without)


@pytest.mark.parametrize("process_class", DataClass)
def test_D1_D2_D3_U3_each_class_is_let_out_by_itself(process_class: DataClass) -> None:
    everything = snapshot(*(record(table) for table in T))
    only = released(everything, scope(LegalProcess.SEARCH_WARRANT, (process_class,)))
    assert {r.table for r in only} == CLASSES[process_class]


MEETING = Identifier(kind=IdentifierKind.MEETING, value="111111111", host="u1@mail.example", at=NOW)
BY_URL = Identifier(kind=IdentifierKind.REGISTRATION_URL, value=URL)
USER = Identifier(kind=IdentifierKind.USER_EMAIL, value="u1@mail.example")
NAMED = record(T.MEETINGS, meeting_id="111111111", registration_url=URL)
OTHER = record(T.MEETINGS, meeting_id="222222222", registration_url="")
ACCOUNT = (
    record(T.PROFILE, None),
    record(T.SIGN_INS),
    NAMED,
    OTHER,
    record(T.PARTICIPANTS, meeting_id="111111111"),
    record(T.PARTICIPANTS, meeting_id="222222222"),
    record(T.RECORDINGS, meeting_id="111111111"),
    record(T.CHAT),
)


@pytest.mark.parametrize("named_by", [[MEETING], [BY_URL], [MEETING, BY_URL]])
def test_R1_who_is_named_as_the_host_of_a_meeting_gives_that_meeting_only(named_by: list[Identifier]) -> None:
    found = of_meetings(ACCOUNT, named_by)
    assert [r.table for r in found] == [T.PROFILE, T.MEETINGS, T.PARTICIPANTS, T.RECORDINGS]
    assert {r.values.get("meeting_id") for r in found} == {None, "111111111"}


@pytest.mark.parametrize("named_by", [[USER], [MEETING, USER]])
def test_R1_who_is_named_as_a_user_gives_all_that_the_scope_allows(named_by: list[Identifier]) -> None:
    assert of_meetings(ACCOUNT, named_by) == ACCOUNT


def meeting_records(at: datetime | None, **more: str) -> list[Record]:
    """All that is held of one meeting under the id that its host uses again and again."""
    tables = (T.MEETINGS, T.PARTICIPANTS, T.RECORDINGS, T.CHAT)
    return [record(table, at, meeting_id="111111111", **more) for table in tables]


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(
    ("apart", "reached"),
    [
        (timedelta(0), True),
        (timedelta(days=1) - timedelta(seconds=1), True),
        (timedelta(days=1), True),
        (timedelta(days=1, seconds=1), False),
        (timedelta(days=7), False),
    ],
)
def test_R1_R3_a_meeting_id_reaches_a_day_around_the_instant_that_was_named(
    side: int, apart: timedelta, reached: bool
) -> None:
    """A weekly meeting has one id: the others of its series were not asked for."""
    records = meeting_records(NOW + side * apart)
    assert of_meetings(records, [MEETING]) == (tuple(records) if reached else ())


def test_R1_R3_each_instant_of_a_series_is_named_by_itself() -> None:
    series = [meeting_records(NOW + timedelta(days=7 * week)) for week in range(4)]
    third = MEETING.model_copy(update={"at": NOW + timedelta(days=14)})
    everything = [held for meeting in series for held in meeting]
    assert list(of_meetings(everything, [MEETING, third])) == [*series[0], *series[2]]


def test_R1_R3_of_two_meetings_of_one_host_each_is_reached_at_its_own_time_only() -> None:
    """Two ids, two days: the first meeting's id on the second's day was not asked for."""
    second = Identifier(
        kind=IdentifierKind.MEETING, value="222222222", host="u1@mail.example", at=NOW + timedelta(days=9)
    )
    asked = [record(T.MEETINGS, NOW, meeting_id="111111111"), record(T.CHAT, second.at, meeting_id="222222222")]
    others = [record(T.MEETINGS, second.at, meeting_id="111111111"), record(T.CHAT, NOW, meeting_id="222222222")]
    assert list(of_meetings([*asked, *others], [MEETING, second])) == asked


def test_R1_a_record_of_the_named_meeting_that_has_no_instant_is_reached() -> None:
    """A meeting that was scheduled and never began; whether it lies in the period is for the scope."""
    records = meeting_records(None)
    assert list(of_meetings(records, [MEETING])) == records


def test_R1_a_registration_address_reaches_its_meeting_whenever_it_took_place() -> None:
    records = meeting_records(NOW + timedelta(days=30), registration_url=URL)
    assert list(of_meetings(records, [BY_URL])) == records
    assert list(of_meetings(records, [MEETING, BY_URL])) == records
    assert of_meetings(records, [MEETING]) == ()


def test_R1_a_meeting_is_not_named_by_an_address_that_looks_like_its_id() -> None:
    odd = BY_URL.model_copy(update={"value": "111111111"})
    assert of_meetings(meeting_records(NOW), [odd]) == ()


def test_R1_a_meeting_that_is_not_there_gives_basic_data_only() -> None:
    elsewhere = MEETING.model_copy(update={"value": "999999999"})
    assert [r.table for r in of_meetings(ACCOUNT, [elsewhere])] == [T.PROFILE]


def test_R1_a_registration_address_does_not_reach_what_belongs_to_no_meeting() -> None:
    found = of_meetings([record(T.CHAT), record(T.MEETINGS, registration_url=URL), OTHER], [BY_URL])
    assert record(T.CHAT) not in found
    assert OTHER not in found


_meeting_records = st.builds(
    lambda table, meeting, at: record(table, at, meeting_id=meeting) if meeting else record(table, at),
    st.sampled_from(RecordTable),
    st.sampled_from(["111111111", "222222222", ""]),
    st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=3)).map(lambda apart: NOW + apart),
)
_named = st.tuples(st.sampled_from(["111111111", "333333333"]), st.integers(-3, 3))


@searched
@given(st.lists(_meeting_records, max_size=10), st.lists(_named, min_size=1, max_size=3))
def test_R1_R3_a_named_meeting_never_lets_out_another(records: list[Record], named: list[tuple[str, int]]) -> None:
    instants = [(meeting, NOW + timedelta(days=apart)) for meeting, apart in named]
    found = of_meetings(records, [MEETING.model_copy(update={"value": value, "at": at}) for value, at in instants])
    for held in records:
        of_it = any(
            held.values.get("meeting_id") == meeting
            and (held.at is None or at - timedelta(days=1) <= held.at <= at + timedelta(days=1))
            for meeting, at in instants
        )
        assert (held in found) == (of_it or held.table in CLASSES[D1])
