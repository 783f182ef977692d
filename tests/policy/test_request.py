"""Many readings, one request: which of them hold, and what they say of the gag and of meetings."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.facts import REPEATABLE, Confidence, Fact, FactField, SourceKind
from policy.request import Gag, IdentifierKind, RequestFacts, current, day_over, only_mentioned, request_facts
from policy.vocabulary import LegalProcess, Purpose
from tests.policy.build import D1, D2, NOW, fact, searched

F = FactField
MAIL, PDF, DIRECTORY, PERSON = SourceKind


def values(facts: list[Fact], field: FactField) -> list[str]:
    return [found.value for found in current(facts) if found.field is field]


@pytest.mark.parametrize("order", list(permutations((MAIL, PDF, PERSON))))
def test_R4_a_person_outranks_a_document_and_a_document_its_mail(order: tuple[SourceKind, ...]) -> None:
    facts = [fact(F.OFFICER_NAME, kind.value, kind) for kind in order]
    assert values(facts, F.OFFICER_NAME) == ["person"]
    assert values([f for f in facts if f.source.kind is not PERSON], F.OFFICER_NAME) == ["pdf"]


def test_R4_of_equal_sources_the_latest_holds() -> None:
    assert values([fact(F.OFFICER_NAME, "A", PDF), fact(F.OFFICER_NAME, "B", PDF)], F.OFFICER_NAME) == ["B"]


def test_R1_identifiers_in_mail_and_document_add_up_and_none_is_doubled() -> None:
    facts = [fact(F.USER_EMAIL, "a@b.example"), fact(F.USER_EMAIL, "c@d.example", PDF)]
    assert values([*facts, *facts], F.USER_EMAIL) == ["a@b.example", "c@d.example"]


def test_R1_what_a_person_states_replaces_what_was_read() -> None:
    read = [fact(F.USER_EMAIL, "wrong@b.example"), fact(F.USER_EMAIL, "misread@b.example", PDF)]
    stated = [fact(F.USER_EMAIL, "right@b.example", PERSON), fact(F.USER_EMAIL, "also@b.example", PERSON)]
    assert values([*read, *stated], F.USER_EMAIL) == ["right@b.example", "also@b.example"]
    assert values([*stated, *read], F.USER_EMAIL) == ["right@b.example", "also@b.example"]


def found(field: FactField, value: str, kind: SourceKind = MAIL) -> Fact:
    return fact(field, value, kind).model_copy(update={"confidence": Confidence.FOUND})


def test_R1_what_was_only_found_in_the_text_counts_where_nothing_was_stated() -> None:
    named = [found(F.USER_EMAIL, "a@b.example", PDF), found(F.USER_IP, "192.0.2.1", PDF), found(F.USER_IP, "192.0.2.2")]
    assert [f.value for f in current(named)] == ["a@b.example", "192.0.2.1"]
    assert [f.value for f in only_mentioned(named)] == ["192.0.2.2"]


@pytest.mark.parametrize("stated", [fact(F.ACCOUNT_NUMBER, "7001"), fact(F.USER_EMAIL, "x@y.example", PERSON)])
def test_R1_what_was_only_found_never_widens_a_request_that_states_whom_it_means(stated: Fact) -> None:
    named = [found(F.USER_EMAIL, "victim@b.example", PDF), stated, found(F.USER_IP, "192.0.2.1", PDF)]
    assert current(named) == [stated]
    assert {f.value for f in only_mentioned(named)} == {"victim@b.example", "192.0.2.1"}


def test_R1_the_host_and_time_of_a_stated_meeting_may_stand_in_the_text() -> None:
    facts = [
        fact(F.MEETING_ID, "87312345678"),
        found(F.MEETING_HOST, "h@b.example"),
        found(F.MEETING_AT, NOW.isoformat()),
    ]
    (meeting,) = request_facts(facts).identifiers
    assert (meeting.host, meeting.at) == ("h@b.example", NOW)
    again = request_facts([*facts, fact(F.MEETING_HOST, "stated@b.example")]).identifiers[0]
    assert again.host == "stated@b.example"


_readings = st.lists(
    st.builds(
        fact, st.sampled_from([F.USER_EMAIL, F.OFFICER_NAME]), st.sampled_from("abc"), st.sampled_from(SourceKind)
    ),
    max_size=8,
)


@searched
@given(_readings)
def test_what_holds_was_read_and_comes_from_the_best_source(facts: list[Fact]) -> None:
    holding = current(facts)
    assert all(found in facts for found in holding)
    for field in {f.field for f in facts}:
        here = [f for f in holding if f.field is field]
        kinds = {f.source.kind for f in facts if f.field is field}
        assert here
        assert field in REPEATABLE or len(here) == 1
        if PERSON in kinds:
            assert {f.source.kind for f in here} == {PERSON}
        elif field not in REPEATABLE:
            assert here[0].source.kind is next(kind for kind in (DIRECTORY, PDF, MAIL) if kind in kinds)


def test_an_empty_message_is_a_request_of_which_nothing_is_known() -> None:
    assert request_facts([]) == RequestFacts()


def test_the_view_has_every_field_in_its_type() -> None:
    view = request_facts(
        [
            fact(F.PURPOSE, "disclosure"),
            fact(F.PROCESS, "court_order"),
            fact(F.CASE_NUMBER, "24-cv-1"),
            fact(F.RESPONSE_DUE, "2026-04-01"),
            fact(F.DATA_REQUESTED, "D2"),
            fact(F.DATA_REQUESTED, "D1"),
            fact(F.SINCE, "2026-01-01"),
            fact(F.UNTIL, "2026-01-31"),
            fact(F.PRESERVATION_REF, "DP-2026-000123"),
            fact(F.ACCOUNT_NUMBER, "7001"),
        ]
    )
    assert view.purpose is Purpose.DISCLOSURE
    assert view.process is LegalProcess.COURT_ORDER
    assert (view.case_number, view.preservation_ref) == ("24-cv-1", "DP-2026-000123")
    assert (view.response_due, view.since, view.until) == (date(2026, 4, 1), date(2026, 1, 1), date(2026, 1, 31))
    assert view.requested == (D1, D2)
    assert [(i.kind, i.value) for i in view.identifiers] == [(IdentifierKind.ACCOUNT_NUMBER, "7001")]


def test_R1_a_meeting_has_its_host_and_its_instant() -> None:
    (meeting,) = request_facts(
        [
            fact(F.MEETING_ID, "87312345678"),
            fact(F.MEETING_HOST, "h@b.example"),
            fact(F.MEETING_AT, "2026-03-02T12:00:00+00:00"),
        ]
    ).identifiers
    assert meeting.kind is IdentifierKind.MEETING
    assert (meeting.value, meeting.host) == ("87312345678", "h@b.example")
    assert meeting.at == datetime(2026, 3, 2, 12, tzinfo=UTC)


ONE, TWO = "111111111", "222222222"


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([("a@b.example", PDF)], ("a@b.example", "a@b.example")),
        ([(f"a@b.example of {ONE}", PDF)], ("a@b.example", None)),
        ([(f"a@b.example of {ONE}", MAIL), (f"c@b.example of {TWO}", PDF)], ("a@b.example", "c@b.example")),
        ([(f"a@b.example of {ONE}", MAIL), (f"c@b.example of {ONE}", PDF)], ("c@b.example", None)),
        ([(f"a@b.example of {ONE}", MAIL), ("all@b.example", PDF)], ("a@b.example", "all@b.example")),
        ([("all@b.example", PERSON), (f"a@b.example of {ONE}", PDF)], ("all@b.example", "all@b.example")),
        ([(f"a@b.example of {ONE}", PERSON), ("all@b.example", PERSON)], ("a@b.example", "all@b.example")),
        ([("a@b.example of 333333333", PDF)], (None, None)),
    ],
)
def test_R1_each_meeting_has_its_own_host_or_that_of_all(
    hosts: list[tuple[str, SourceKind]], expected: tuple[str | None, str | None]
) -> None:
    for said in (hosts, hosts[::-1]):
        facts = [fact(F.MEETING_ID, ONE), fact(F.MEETING_ID, TWO), *(fact(F.MEETING_HOST, *told) for told in said)]
        assert tuple(found.host for found in request_facts(facts).identifiers) == expected


def test_R1_a_host_found_in_the_text_beside_no_meeting_is_of_one_meeting_at_the_most() -> None:
    loose = found(F.MEETING_HOST, "h@b.example", PDF)
    two = [fact(F.MEETING_ID, ONE), fact(F.MEETING_ID, TWO), loose]
    assert [named.host for named in request_facts(two).identifiers] == [None, None]
    assert [named.host for named in request_facts([two[0], loose]).identifiers] == ["h@b.example"]


def test_R1_a_host_without_a_meeting_names_nobody() -> None:
    assert request_facts([fact(F.MEETING_HOST, "h@b.example")]).identifiers == ()


def test_R1_a_registration_address_names_a_meeting_by_itself() -> None:
    (found,) = request_facts([fact(F.MEETING_URL, "https://meet.example/r/1")]).identifiers
    assert (found.kind, found.value) == (IdentifierKind.REGISTRATION_URL, "https://meet.example/r/1")


@pytest.mark.parametrize(
    ("facts", "gag"),
    [
        ([], Gag.NONE),
        ([fact(F.GAG, "no")], Gag.NONE),
        ([fact(F.GAG, "yes")], Gag.UNDATED),
        ([fact(F.GAG, "yes"), fact(F.GAG_DAYS, "90")], Gag.DATED),
        ([fact(F.GAG, "yes"), fact(F.GAG_UNTIL, "2026-12-31")], Gag.DATED),
        ([fact(F.GAG_UNTIL, "2026-12-31")], Gag.DATED),
        ([fact(F.GAG, "no"), fact(F.GAG_UNTIL, "2026-12-31", PDF)], Gag.DATED),
        ([fact(F.GAG, "no"), fact(F.GAG, "yes", PDF)], Gag.UNDATED),
        ([fact(F.GAG, "yes", PDF), fact(F.GAG, "no", PERSON)], Gag.NONE),
    ],
)
def test_N2_a_gag_is_dated_undated_or_none(facts: list[Fact], gag: Gag) -> None:
    assert request_facts(facts).gag is gag


def test_N2_a_person_can_say_that_there_is_no_gag_after_all() -> None:
    read = [fact(F.GAG, "yes", PDF), fact(F.GAG_DAYS, "90", PDF), fact(F.GAG_UNTIL, "2026-12-31")]
    view = request_facts([*read, fact(F.GAG, "no", PERSON)])
    assert view.gag is Gag.NONE
    assert view.gag_end(NOW) is None


def test_N2_an_end_that_a_person_states_after_denying_the_gag_counts() -> None:
    view = request_facts([fact(F.GAG, "no", PERSON), fact(F.GAG_DAYS, "90", PERSON)])
    assert view.gag is Gag.DATED
    assert view.gag_end(NOW) == NOW + timedelta(days=90)


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        (date(2026, 5, 1), datetime(2026, 5, 2, 12, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2027, 1, 1, 12, tzinfo=UTC)),
        (date(2028, 2, 28), datetime(2028, 2, 29, 12, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 3, 1, 12, tzinfo=UTC)),
    ],
)
def test_N2_a_gag_until_a_day_lasts_until_that_day_is_over_everywhere(last_day: date, end: datetime) -> None:
    assert day_over(last_day) == end
    assert RequestFacts(gag_until=last_day).gag_end(NOW) == end


#: The zone that is last to end a day (UTC-12), and places whose courts' days end in between.
_ZONES = ["Etc/GMT+12", "Pacific/Honolulu", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"]


@searched
@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(_ZONES))
def test_N2_nowhere_on_earth_is_it_still_the_last_day_of_the_gag_when_it_ends(last_day: date, zone: str) -> None:
    end = day_over(last_day)
    assert end.astimezone(ZoneInfo(zone)).date() > last_day
    assert (end - timedelta(seconds=1)).astimezone(ZoneInfo("Etc/GMT+12")).date() == last_day, "and not a second more"


def test_N2_a_gag_of_days_counts_from_receipt_to_the_second() -> None:
    received = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    assert RequestFacts(gag_days=90).gag_end(received) == datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)


def test_N2_no_gag_has_no_end() -> None:
    assert RequestFacts().gag_end(NOW) is None


@pytest.mark.parametrize(
    ("days", "end"), [(30, datetime(2026, 5, 2, 12, tzinfo=UTC)), (90, datetime(2026, 5, 31, 9, 30, tzinfo=UTC))]
)
def test_N2_an_order_with_two_ends_runs_to_the_later(days: int, end: datetime) -> None:
    assert RequestFacts(gag_until=date(2026, 5, 1), gag_days=days).gag_end(NOW) == end
