"""Identifiers in running text: found wherever they stand, flagged, and never invented."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.values import instant, refanged
from policy.facts import IDENTIFIERS, Confidence, Fact, FactField, Source, SourceKind
from policy.findings import Reason
from policy.request import current
from policy.vocabulary import Clause
from tests.policy.build import searched

F = FactField
MAIL = Source(kind=SourceKind.MAIL)
PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=3)


def read(*texts: tuple[str, Source]) -> tuple[tuple[Fact, ...], tuple[Reason, ...]]:
    reading = Reading(author_domain="police.springfield.gov", ours=frozenset({"provider.example"}))
    for text, source in texts:
        read_text(text, source, reading)
    return settle(reading, ())


def found(text: str) -> list[tuple[FactField, str]]:
    facts, _ = read((text, PAGE))
    assert all(fact.confidence is Confidence.FOUND for fact in facts)
    return [(fact.field, fact.value) for fact in facts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The account Bob@Mail.example. was used.", [(F.USER_EMAIL, "bob@mail.example")]),
        ("Users <a@b.example>, (c@d.example)", [(F.USER_EMAIL, "a@b.example"), (F.USER_EMAIL, "c@d.example")]),
        ("mailto:a@b.example?x", [(F.USER_EMAIL, "a@b.example")]),
        ("the user a[at]b[.]example", [(F.USER_EMAIL, "a@b.example")]),
        ("It came from 192.0.2.7.", [(F.USER_IP, "192.0.2.7")]),
        ("seen at 192.0.2[.]7:443 and 192[.]0[.]2(.)8", [(F.USER_IP, "192.0.2.7"), (F.USER_IP, "192.0.2.8")]),
        ("from [2001:DB8::1]:443, and 2001:db8:0:0:0:0:0:2", [(F.USER_IP, "2001:db8::1"), (F.USER_IP, "2001:db8::2")]),
        ("Zoom meeting 873 1234 5678 was", [(F.MEETING_ID, "87312345678")]),
        ("in the meeting 873\n1234 5678 that", [(F.MEETING_ID, "87312345678")]),
        ("the meeting with ID number 123-456-7890", [(F.MEETING_ID, "1234567890")]),
        ("meetings 123456789 and 987654321", [(F.MEETING_ID, "123456789"), (F.MEETING_ID, "987654321")]),
        (
            "Register at https://meet.example/meeting/register/tJ0q-x_1.",
            [(F.MEETING_URL, "https://meet.example/meeting/register/tJ0q-x_1")],
        ),
        ("the link for registration was https://meet.example/r/1", [(F.MEETING_URL, "https://meet.example/r/1")]),
        ("held under account number AC-70012", [(F.ACCOUNT_NUMBER, "AC-70012")]),
        (
            "The meeting 873 1234 5678, hosted by h@b.example on March 2, 2026 at 2:00 PM Eastern Time, was recorded.",
            [
                (F.MEETING_ID, "87312345678"),
                (F.MEETING_HOST, "h@b.example of 87312345678"),
                (F.MEETING_AT, "2026-03-02T19:00:00+00:00 of 87312345678"),
            ],
        ),
    ],
)
def test_R1_an_identifier_in_prose_is_found(text: str, expected: list[tuple[FactField, str]]) -> None:
    assert sorted(found(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Reply to j.moreno@police.springfield.gov or clerk@uscourts.gov.",
        "Sent to lawenforcement@provider.example",
        "with version 10.0.1.2 and Rule 41.1.2.3",
        "the network 192.0.2.0/24",
        "at 14:05:30, from 127.0.0.1 and 0.0.0.0 and ::1",
        "999.1.1.1 and 1.2.3.4.5",
        "Call 202 555 0101 about it.",
        "our meeting: call 202 555 0101",
        "18 U.S.C. 2703, 123456789",
        "the bank account number 12345678",
        "see https://meet.example/j/123",
        "no account number is known",
        "a@b and @c.example",
    ],
)
def test_R1_what_is_nobodys_identifier_is_not_found(text: str) -> None:
    assert found(text) == []


def test_R1_what_is_only_found_is_flagged_for_a_person_with_its_place() -> None:
    facts, remarks = read(("Please give the records of bob@mail.example.", PAGE))
    assert [fact.source.page for fact in facts] == [3]
    (remark,) = remarks
    assert remark.clause is Clause.R1
    assert "user.email" in remark.detail
    assert "bob" not in remark.detail


def test_R1_what_is_found_beside_a_stated_identifier_is_not_part_of_the_request() -> None:
    """The victim's address in the reasons for a request must not become somebody whose records are given."""
    text = "User email: suspect@mail.example\nRelation to the investigation: he wrote to victim@mail.example."
    facts, remarks = read((text, PAGE))
    assert {fact.value for fact in facts if fact.field in IDENTIFIERS} == {
        "suspect@mail.example",
        "victim@mail.example",
    }
    assert [fact.value for fact in current(facts) if fact.field in IDENTIFIERS] == ["suspect@mail.example"]
    assert any(remark.clause is Clause.R1 and "not taken" in remark.detail for remark in remarks)


def test_R1_what_the_document_says_comes_before_what_the_mail_says() -> None:
    facts, _ = read(("cc friend@mail.example", MAIL), ("records of bob@mail.example", PAGE))
    assert [fact.value for fact in current(facts)] == ["bob@mail.example"]


def test_R1_a_stated_address_that_was_made_safe_is_read_as_it_is() -> None:
    facts, _ = read(("IP address: 192.0.2[.]7\nUser email: a(at)b(dot)example", PAGE))
    assert [(fact.field, fact.value) for fact in facts] == [(F.USER_IP, "192.0.2.7"), (F.USER_EMAIL, "a@b.example")]


_WORDS = st.sampled_from(
    [
        *(
            "User email:",
            "meeting",
            "account number",
            "hosted by",
            "\n",
            "\n\n",
            "and",
            ",",
            " | ",
            "IP address",
            ": ",
            ">",
        ),
        *(
            "a@b.example",
            "A.B@C.EXAMPLE",
            "x[at]y[.]example",
            "192.0.2.1",
            "2001:db8::5",
            "873 1234 5678",
            "123-456-789",
        ),
        *("https://m.example/register/1", "AC-7001", "2026-03-02", "14:00 UTC", "2:00 PM EST", "1.2.3", "@", "::", "%"),
    ]
)


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", refanged(text)).lower()


@searched
@given(st.lists(_WORDS, max_size=14).map(" ".join))
def test_R1_no_identifier_is_ever_invented(text: str) -> None:
    for fact in read((text, PAGE))[0]:
        if fact.field in IDENTIFIERS | {F.MEETING_HOST}:
            assert _plain(fact.plain) in _plain(text)
            assert _plain(fact.meeting or "") in _plain(text)


@searched
@given(st.text(max_size=300))
def test_R1_any_text_is_searched_without_a_crash(text: str) -> None:
    read((text, MAIL))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-02 2:00 PM EST", "2026-03-02T19:00:00+00:00"),
        ("July 4, 2026, 9:30 a.m. Pacific Daylight Time", "2026-07-04T16:30:00+00:00"),
        ("July 4, 2026 at 9:30 AM (ET)", "2026-07-04T13:30:00+00:00"),
        ("2026-12-24 12:00 Mountain Time", "2026-12-24T19:00:00+00:00"),
        ("2026-07-04 12:00 MST", "2026-07-04T19:00:00+00:00"),
        ("2026-03-08 01:59 CT", "2026-03-08T07:59:00+00:00"),
        ("2026-03-08 03:00 CT", "2026-03-08T08:00:00+00:00"),
        ("2026-07-04 12:00 UTC+5:30", None),
        ("2026-07-04 12:00 UTC+05:30", "2026-07-04T06:30:00+00:00"),
        ("2026-07-04 12:00 GMT-5", "2026-07-04T17:00:00+00:00"),
        ("2026-07-04 12:00 EST", None),
        ("2026-01-04 12:00 EDT", None),
        ("2026-07-04 12:00 Mountain Time", None),
        ("2026-03-08 02:30 Eastern Time", None),
        ("2026-11-01 01:30 Eastern Time", None),
        ("2006-07-04 12:00 Eastern Time", None),
        ("2026-07-04 12:00", None),
        ("2026-07-04 12:00 et al.", None),
        ("2026-07-04 12:00 IST", None),
        ("2026-07-04 12:00 UTC or 13:00 UTC", None),
    ],
)
def test_R1_a_zone_in_words_counts_only_where_it_leaves_no_choice(text: str, utc: str | None) -> None:
    at = instant(text, "US")
    assert (at and datetime.fromisoformat(at)) == (utc and datetime.fromisoformat(utc))


def test_R1_the_zones_of_the_united_states_are_understood_of_its_agencies_only() -> None:
    assert instant("2026-03-02 14:00 Eastern Time", "AU") is None
    assert instant("2026-03-02 14:00 EST") is None
    assert instant("2026-03-02 14:00 US Eastern Time", "AU") == "2026-03-02T14:00-05:00"


def test_R1_G4_a_sensitive_subject_is_nobody_so_whom_the_text_names_is_still_asked_about() -> None:
    facts, remarks = read(("Records of bob@mail.example, a journalist.", PAGE))
    assert [fact.value for fact in current(facts) if fact.field in IDENTIFIERS] == ["bob@mail.example"]
    assert any(remark.clause is Clause.R1 and "taken, since none is stated" in remark.detail for remark in remarks)
