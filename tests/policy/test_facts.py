"""What a value of each field may be: one form is stored, and what cannot be a value is refused with its clause."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policy.facts import FactError, FactField, canonical, clause_of
from policy.vocabulary import Clause
from tests.policy.build import searched

F = FactField
_TEXT = (
    F.CASE_NUMBER,
    F.AGENCY_NAME,
    F.OFFICER_NAME,
    F.OFFICER_BADGE,
    F.OFFICER_PHONE,
    F.OFFICER_ADDRESS,
    F.RELATION,
    F.VALIDATED_BY,
    F.USER_NAME,
    F.ACCOUNT_NUMBER,
    F.EMERGENCY_NATURE,
    F.EMERGENCY_KNOWN,
    F.EMERGENCY_PERSON,
    F.EMERGENCY_WHEN,
    F.EMERGENCY_AVERTS,
    F.BASIS,
)
_EMAILS = (F.OFFICER_EMAIL, F.USER_EMAIL, F.OWNER_EMAIL, F.MEETING_HOST)
_DATES = (F.RESPONSE_DUE, F.SINCE, F.UNTIL, F.GAG_UNTIL)

GOOD = [
    (F.PURPOSE, "preservation", "preservation"),
    (F.PROCESS, " search_warrant ", "search_warrant"),
    (F.DATA_REQUESTED, "D3", "D3"),
    (F.USER_IP, "192.0.2.7", "192.0.2.7"),
    (F.USER_IP, "2001:DB8:0:0::1", "2001:db8::1"),
    (F.MEETING_AT, "2026-03-02T14:00+02:00", "2026-03-02T12:00:00+00:00"),
    (F.MEETING_AT, "2026-03-02 14:00Z", "2026-03-02T14:00:00+00:00"),
    (F.GAG_DAYS, "090", "90"),
    (F.GAG_DAYS, "3660", "3660"),
    (F.GAG, "YES", "yes"),
    (F.GAG, "no", "no"),
    (F.URGENT, "Yes", "yes"),
    (F.AGENCY_COUNTRY, "gb", "GB"),
    (F.LANGUAGE, "EN", "en"),
    (F.SENSITIVE, "press", "press"),
    *((field, "yes", "yes") for field in (F.LIVE, F.CONSENT, F.TESTIMONY, F.IDENTIFIES, F.CONFIDENTIAL)),
    (F.ISSUER, "prosecutor", "prosecutor"),
    (F.VALIDATOR, "court", "court"),
    (F.GROUND, "three_years", "three_years"),
    (F.NOTIFIED, " Central\n Authority ", "Central Authority"),
    (F.NOTIFIED, "None", "none"),
    (F.MEETING_AT, "2026-03-02T14:00Z of 873 1234-5678", "2026-03-02T14:00:00+00:00 of 87312345678"),
    (F.MEETING_HOST, "H@b.example of 123456789", "h@b.example of 123456789"),
    (F.MEETING_ID, "873 1234-5678", "87312345678"),
    (F.MEETING_ID, "123456789", "123456789"),
    (F.MEETING_URL, "https://meet.example/r/1?a=b", "https://meet.example/r/1?a=b"),
    (F.PRESERVATION_REF, "dp-2026-000123", "DP-2026-000123"),
    (F.MEASURE, "keep_out", "keep_out"),
    (F.VIOLATION, "danger_to_life", "danger_to_life"),
    *((F.TERRITORY, text, text.upper()) for text in ("us", "US-IL", "gb-sct", "VN-65")),
    (F.TERRITORY, "Everywhere", "everywhere"),
    *((field, "  Jo \n Doe\t", "Jo Doe") for field in _TEXT),
    *((field, "Jo.Doe+x@Mail.Example", "jo.doe+x@mail.example") for field in _EMAILS),
    *((field, "2026-02-28", "2026-02-28") for field in _DATES),
]

BAD = [
    (F.PURPOSE, "interception", Clause.R2),
    (F.PROCESS, "decree", Clause.U1),
    (F.DATA_REQUESTED, "D4", Clause.R2),
    (F.USER_IP, "192.0.2.256", Clause.R1),
    (F.USER_IP, "fe80::1%eth0", Clause.R1),
    (F.MEETING_AT, "yesterday", Clause.R1),
    (F.MEETING_AT, "2026-03-02T14:00", Clause.R1),
    (F.MEETING_AT, "0001-01-01T00:00+14:00", Clause.R1),
    (F.MEETING_AT, "9999-12-31T23:59-12:00", Clause.R1),
    *((F.GAG_DAYS, text, Clause.N2) for text in ("0", "3661", "-1", "ninety", "1.5")),
    (F.GAG, "until further notice", Clause.N2),
    (F.URGENT, "8 hours", Clause.F2),
    (F.LANGUAGE, "English", Clause.F4),
    (F.SENSITIVE, "weather", Clause.G4),
    *((F.AGENCY_COUNTRY, text, Clause.F1) for text in ("GBR", "United Kingdom", "4B", "ＧＢ")),
    *((F.MEETING_ID, text, Clause.R1) for text in ("12345678", "1234567890123", "8731234567x", "٨٧٣١٢٣٤٥٦٧٨")),
    *((F.MEETING_HOST, f"h@b.example of {text}", Clause.R1) for text in ("12345", "", "123456789 of 123456789")),
    *((F.MEETING_URL, text, Clause.R1) for text in ("http://meet.example/r", "javascript:alert(1)", "https://a b")),
    *((F.PRESERVATION_REF, text, Clause.P3) for text in ("123", "DP-26-000123", "DP-2026-123", "DP-２０２６-000123")),
    (F.MEASURE, "imprison", Clause.X1),
    (F.VIOLATION, "rudeness", Clause.X2),
    *((F.TERRITORY, text, Clause.X1) for text in ("USA", "Illinois", "US-", "US-ILLI", "U")),
    *((field, "jo at mail.example", clause_of(field)) for field in _EMAILS),
    *((field, "jo@mail", clause_of(field)) for field in _EMAILS),
    *((field, "jo@mail.example, al@mail.example", clause_of(field)) for field in _EMAILS),
    *((field, "j" * 64 + "@" + "m" * 190 + ".example", clause_of(field)) for field in _EMAILS),
    *((field, text, clause_of(field)) for field in _DATES for text in ("02/28/2026", "2026-02-29", "soon")),
    *((field, text, clause_of(field)) for field in _DATES for text in ("9999-12-31", "2100-01-01", "1969-12-31")),
]


@pytest.mark.parametrize(("field", "text", "stored"), GOOD)
def test_a_good_value_is_stored_in_one_form(field: FactField, text: str, stored: str) -> None:
    assert canonical(field, text) == stored
    assert canonical(field, stored) == stored


@pytest.mark.parametrize(("field", "text", "clause"), BAD)
def test_a_bad_value_is_refused_by_field_and_clause(field: FactField, text: str, clause: Clause) -> None:
    with pytest.raises(FactError) as refused:
        canonical(field, text)
    assert str(refused.value).startswith(f"{field.value} ({clause.value}): ")
    assert refused.value.field is field
    assert refused.value.clause is clause


@pytest.mark.parametrize("field", FactField)
@pytest.mark.parametrize(
    ("text", "word"),
    [("", "empty"), (" \n\t ", "empty"), ("x" * 2001, "2001 characters"), ("a\x00b", "see"), ("a\ud800b", "see")],
)
def test_no_field_takes_nothing_too_much_or_what_cannot_be_seen(field: FactField, text: str, word: str) -> None:
    with pytest.raises(FactError, match=word) as refused:
        canonical(field, text)
    assert refused.value.clause is clause_of(field)


def test_a_refusal_does_not_repeat_what_was_written() -> None:
    """Its sentence is shown and logged; a mistyped name or address has no place there."""
    with pytest.raises(FactError) as refused:
        canonical(F.USER_EMAIL, "jo.doe at mail.example")
    assert "doe" not in str(refused.value)


def test_no_field_hides_a_change_of_direction() -> None:
    """A name that shows otherwise than it is stored could pass one person off as another."""
    with pytest.raises(FactError, match="nobody can see"):
        canonical(F.USER_NAME, "Jo \u202eeoD")


def test_every_field_has_a_good_example_here() -> None:
    assert {field for field, _, _ in GOOD} == set(FactField)


def attempt(field: FactField, text: str) -> str | FactError:
    try:
        return canonical(field, text)
    except FactError as refused:
        return refused


@searched
@given(st.sampled_from(FactField), st.text(max_size=60))
def test_any_text_is_brought_into_one_form_or_refused_with_a_sentence(field: FactField, text: str) -> None:
    stored = attempt(field, text)
    if isinstance(stored, FactError):
        assert f"{field.value} ({stored.clause.value}): " in str(stored)
    else:
        assert canonical(field, stored) == stored
        assert stored.encode()


@searched
@given(st.datetimes(timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))))
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))
def test_a_time_is_a_time_in_UTC_or_refused_even_at_the_ends_of_the_calendar(at: datetime) -> None:
    stored = attempt(F.MEETING_AT, at.isoformat())
    if isinstance(stored, FactError):
        assert not 1970 <= at.year < 2100
    else:
        assert datetime.fromisoformat(stored) == at
        assert stored.endswith("+00:00")
