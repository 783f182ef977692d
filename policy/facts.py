"""Facts of a request: one named value each, with where it was read, and the one place that says what a value may be."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import assert_never

from policy.frozen import Frozen
from policy.topics import Topic
from policy.vocabulary import (
    EVERYWHERE,
    Clause,
    DataClass,
    Judicial,
    LegalProcess,
    Measure,
    Purpose,
    Threshold,
    Violation,
)


class FactField(StrEnum):
    """Every fact that a message, a document or a person can contribute. Identifiers may repeat; others do not."""

    PURPOSE = "purpose"
    PROCESS = "process"
    CASE_NUMBER = "case.number"
    AGENCY_NAME = "agency.name"
    AGENCY_COUNTRY = "agency.country"
    VALIDATED_BY = "agency.validated_by"
    OFFICER_NAME = "officer.name"
    OFFICER_BADGE = "officer.badge"
    OFFICER_EMAIL = "officer.email"
    OFFICER_PHONE = "officer.phone"
    OFFICER_ADDRESS = "officer.address"
    RESPONSE_DUE = "response.due"
    URGENT = "response.urgent"
    ISSUER = "certificate.issuer"
    VALIDATOR = "certificate.validator"
    GROUND = "certificate.ground"
    IDENTIFIES = "certificate.identifies"
    NOTIFIED = "certificate.notified"
    CONFIDENTIAL = "certificate.confidential"
    DATA_REQUESTED = "data.requested"
    RELATION = "data.relation"
    SINCE = "data.since"
    UNTIL = "data.until"
    USER_EMAIL = "user.email"
    USER_IP = "user.ip"
    USER_NAME = "user.name"
    OWNER_EMAIL = "account.owner_email"
    ACCOUNT_NUMBER = "account.number"
    MEETING_ID = "meeting.id"
    MEETING_HOST = "meeting.host_email"
    MEETING_AT = "meeting.at"
    MEETING_URL = "meeting.registration_url"
    GAG = "gag"
    GAG_UNTIL = "gag.until"
    GAG_DAYS = "gag.days"
    PRESERVATION_REF = "preservation.ref"
    EMERGENCY_NATURE = "emergency.nature"
    EMERGENCY_KNOWN = "emergency.known"
    EMERGENCY_PERSON = "emergency.person"
    EMERGENCY_WHEN = "emergency.when"
    EMERGENCY_AVERTS = "emergency.averts"
    LANGUAGE = "request.language"
    LIVE = "data.live"
    CONSENT = "user.consent"
    TESTIMONY = "testimony"
    SENSITIVE = "subject.sensitive"
    MEASURE = "restriction.measure"
    TERRITORY = "restriction.territory"
    BASIS = "restriction.basis"
    VIOLATION = "restriction.violation"


#: Fields of which a request may name several; of every other field the latest reading holds.
REPEATABLE = frozenset(
    {
        FactField.USER_EMAIL,
        FactField.USER_IP,
        FactField.USER_NAME,
        FactField.OWNER_EMAIL,
        FactField.ACCOUNT_NUMBER,
        FactField.MEETING_ID,
        FactField.MEETING_URL,
        FactField.DATA_REQUESTED,
        FactField.SENSITIVE,
    }
)


#: In place of an enforcing authority that was notified: none was.
NOBODY = "none"
#: Fields that nothing in a message can state: they follow from who sent it, or a person says so (F1).
NEVER_READ = frozenset({FactField.AGENCY_COUNTRY})
#: Each names somebody or something by itself (R1).
IDENTIFIERS = REPEATABLE - {FactField.DATA_REQUESTED, FactField.SENSITIVE}
#: What every meeting has one of (R1). A value says of which, `h@b.example of 87312345678`, or else is every meeting's.
OF_A_MEETING = frozenset({FactField.MEETING_HOST, FactField.MEETING_AT})
_OF = " of "


class SourceKind(StrEnum):
    """Who or what said so. A person's word outranks a document's, and a document's outranks the covering mail.

    The directory is the agency directory, or the official suffix that the sender's domain lies under (S1).
    """

    MAIL = "mail"
    PDF = "pdf"
    DIRECTORY = "directory"
    PERSON = "person"


class Change(StrEnum):
    """What a person's value does to its field: it stands in place of what was read, is one more, or one fewer."""

    STATES = "states"
    ADDS = "adds"
    TAKES_AWAY = "takes_away"


class Source(Frozen):
    """Where a fact was read: the document by its SHA-256 and page (from 1), or the person by roster id, and what their
    word changes. Readings only ever state."""

    kind: SourceKind
    document: str | None = None
    page: int | None = None
    by: str | None = None
    change: Change = Change.STATES


class Confidence(StrEnum):
    """How a value was told: under a label, in a form or by a person; or only found in running text (see `current`)."""

    STATED = "stated"
    FOUND = "found"


class Fact(Frozen):
    """One value in canonical form (see `canonical`), its source, and whether it was stated or only found."""

    field: FactField
    value: str
    source: Source
    confidence: Confidence = Confidence.STATED

    @property
    def meeting(self) -> str | None:
        """The id of the meeting whose host or time this is; None where it is every meeting's, and of other fields."""
        return _apart(self.value)[1] if self.field in OF_A_MEETING else None

    @property
    def plain(self) -> str:
        """The value without the meeting that it is of."""
        return _apart(self.value)[0] if self.field in OF_A_MEETING else self.value


def of_meeting(value: str, meeting: str) -> str:
    """A host or a time as the value of one meeting."""
    return f"{value}{_OF}{meeting}"


def _apart(value: str) -> tuple[str, str | None]:
    plain, _, meeting = value.rpartition(_OF)
    return (plain, meeting) if plain else (value, None)


class FactError(ValueError):
    """A value that cannot be what its field needs. The message is a sentence for people and names field and clause."""

    def __init__(self, field: FactField, clause: Clause, sentence: str) -> None:
        super().__init__(f"{field.value} ({clause.value}): {sentence}")
        self.field = field
        self.clause = clause
        self.sentence = sentence


_EMAIL = re.compile(
    r"[^@\s<>,;:\"()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
_REFERENCE = re.compile(r"DP-[0-9]{4}-[0-9]{6,}")
#: Beyond these years a date is a slip or a way to say "for ever", and no clock could count to it.
_YEARS = range(1970, 2100)
_CLAUSE_OF = {
    FactField.PURPOSE: Clause.R2,
    FactField.AGENCY_COUNTRY: Clause.F1,
    FactField.VALIDATED_BY: Clause.F1,
    FactField.URGENT: Clause.F2,
    FactField.ISSUER: Clause.F2,
    FactField.VALIDATOR: Clause.F2,
    FactField.GROUND: Clause.F2,
    FactField.IDENTIFIES: Clause.F2,
    FactField.NOTIFIED: Clause.F2,
    FactField.CONFIDENTIAL: Clause.F2,
    FactField.PROCESS: Clause.U1,
    FactField.DATA_REQUESTED: Clause.R2,
    FactField.RELATION: Clause.R2,
    FactField.SINCE: Clause.R3,
    FactField.UNTIL: Clause.R3,
    FactField.GAG: Clause.N2,
    FactField.GAG_UNTIL: Clause.N2,
    FactField.GAG_DAYS: Clause.N2,
    FactField.PRESERVATION_REF: Clause.P3,
    FactField.EMERGENCY_NATURE: Clause.E2,
    FactField.EMERGENCY_KNOWN: Clause.E2,
    FactField.EMERGENCY_PERSON: Clause.E2,
    FactField.EMERGENCY_WHEN: Clause.E2,
    FactField.EMERGENCY_AVERTS: Clause.E2,
    FactField.LANGUAGE: Clause.F4,
    FactField.LIVE: Clause.D4,
    FactField.CONSENT: Clause.C1,
    FactField.TESTIMONY: Clause.PR3,
    FactField.SENSITIVE: Clause.G4,
    FactField.MEASURE: Clause.X1,
    FactField.TERRITORY: Clause.X1,
    FactField.BASIS: Clause.X1,
    FactField.VIOLATION: Clause.X2,
}
_R4 = {
    FactField.CASE_NUMBER,
    FactField.AGENCY_NAME,
    FactField.OFFICER_NAME,
    FactField.OFFICER_BADGE,
    FactField.OFFICER_EMAIL,
    FactField.OFFICER_PHONE,
    FactField.OFFICER_ADDRESS,
    FactField.RESPONSE_DUE,
}


def clause_of(field: FactField) -> Clause:
    """The clause that asks for this field."""
    if field in _R4:
        return Clause.R4
    return _CLAUSE_OF.get(field, Clause.R1)


def canonical(field: FactField, text: str) -> str:
    """Bring a value into the one form in which it is stored and compared.

    Dates become ISO dates, times become UTC ISO timestamps (a time without a zone is refused: it names no instant),
    addresses lower case. A host or a time may end with the meeting that it is of.

    Raises:
        FactError: the text cannot be a value of this field.
    """
    value = " ".join(text.split())
    if not value:
        raise FactError(field, clause_of(field), "is empty")
    if len(value) > 2000:
        raise FactError(field, clause_of(field), f"is {len(value)} characters long; 2000 is the most")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in value):
        raise FactError(field, clause_of(field), "holds a character that nobody can see")
    match field:
        case FactField.PURPOSE:
            return _member(field, value, Purpose)
        case FactField.PROCESS:
            return _member(field, value, LegalProcess)
        case FactField.DATA_REQUESTED:
            return _member(field, value, DataClass)
        case FactField.ISSUER | FactField.VALIDATOR:
            return _member(field, value, Judicial)
        case FactField.GROUND:
            return _member(field, value, Threshold)
        case FactField.MEASURE:
            return _member(field, value, Measure)
        case FactField.VIOLATION:
            return _member(field, value, Violation)
        case FactField.TERRITORY:
            return _territory(field, value)
        case FactField.OFFICER_EMAIL | FactField.USER_EMAIL | FactField.OWNER_EMAIL:
            return _email(field, value)
        case FactField.MEETING_HOST:
            return _of_one_or_all(field, value, _email)
        case FactField.USER_IP:
            return _ip(field, value)
        case FactField.RESPONSE_DUE | FactField.SINCE | FactField.UNTIL | FactField.GAG_UNTIL:
            return _date(field, value)
        case FactField.MEETING_AT:
            return _of_one_or_all(field, value, _instant)
        case FactField.NOTIFIED:
            return NOBODY if value.lower() == NOBODY else value
        case FactField.SENSITIVE:
            return _member(field, value, Topic)
        case FactField.LANGUAGE:
            return _language(field, value)
        case FactField.AGENCY_COUNTRY:
            return _country(field, value)
        case FactField.GAG_DAYS:
            return _days(field, value)
        case (
            FactField.GAG
            | FactField.URGENT
            | FactField.IDENTIFIES
            | FactField.CONFIDENTIAL
            | FactField.LIVE
            | FactField.CONSENT
            | FactField.TESTIMONY
        ):
            return _yes_no(field, value)
        case FactField.MEETING_ID:
            return _digits(field, value)
        case FactField.MEETING_URL:
            return _url(field, value)
        case FactField.PRESERVATION_REF:
            return _reference(field, value)
        case (
            FactField.CASE_NUMBER
            | FactField.AGENCY_NAME
            | FactField.VALIDATED_BY
            | FactField.OFFICER_NAME
            | FactField.OFFICER_BADGE
            | FactField.OFFICER_PHONE
            | FactField.OFFICER_ADDRESS
            | FactField.RELATION
            | FactField.USER_NAME
            | FactField.ACCOUNT_NUMBER
            | FactField.EMERGENCY_NATURE
            | FactField.EMERGENCY_KNOWN
            | FactField.EMERGENCY_PERSON
            | FactField.EMERGENCY_WHEN
            | FactField.EMERGENCY_AVERTS
            | FactField.BASIS
        ):
            return value
        case _:
            assert_never(field)


def _member(field: FactField, value: str, allowed: type[StrEnum]) -> str:
    try:
        return allowed(value).value
    except ValueError:
        choices = ", ".join(member.value for member in allowed)
        raise FactError(field, clause_of(field), f"must be one of {choices}") from None


def _email(field: FactField, value: str) -> str:
    lowered = value.lower()
    if len(lowered) > 254 or not _EMAIL.fullmatch(lowered):
        raise FactError(field, clause_of(field), "is not an email address")
    return lowered


def _ip(field: FactField, value: str) -> str:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise FactError(field, clause_of(field), "is not an IPv4 or IPv6 address") from None
    if "%" in value:
        raise FactError(field, clause_of(field), "has a zone, which means something on one machine only")
    return str(address)


def _date(field: FactField, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise FactError(field, clause_of(field), "is not a date of the form YYYY-MM-DD") from None
    _check_year(field, day.year)
    return day.isoformat()


def _check_year(field: FactField, year: int) -> None:
    if year not in _YEARS:
        raise FactError(field, clause_of(field), f"lies outside the years {_YEARS[0]} to {_YEARS[-1]}")


def _instant(field: FactField, value: str) -> str:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise FactError(field, clause_of(field), "is not a time of the form YYYY-MM-DDTHH:MM+00:00") from None
    if instant.tzinfo is None:
        raise FactError(field, clause_of(field), "has no time zone, so it names no instant")
    _check_year(field, instant.year)
    return instant.astimezone(UTC).isoformat()


def _days(field: FactField, value: str) -> str:
    if not value.isdecimal() or not 1 <= int(value) <= 3660:
        raise FactError(field, clause_of(field), "must be a number of days from 1 to 3660")
    return str(int(value))


def _yes_no(field: FactField, value: str) -> str:
    if value.lower() not in {"yes", "no"}:
        raise FactError(field, clause_of(field), "must be yes or no")
    return value.lower()


def _country(field: FactField, value: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", value):
        raise FactError(field, clause_of(field), "must be a country's two letters (ISO 3166-1), such as GB")
    return value.upper()


def _language(field: FactField, value: str) -> str:
    if not re.fullmatch("[A-Za-z]{2,3}", value):
        raise FactError(field, clause_of(field), "must be a language's two or three letters (ISO 639), such as en")
    return value.lower()


def _territory(field: FactField, value: str) -> str:
    if value.lower() == EVERYWHERE:
        return EVERYWHERE
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", value.upper()):
        raise FactError(field, clause_of(field), "must be a code of ISO 3166 such as US or US-IL, or: everywhere")
    return value.upper()


def _of_one_or_all(field: FactField, value: str, form: Callable[[FactField, str], str]) -> str:
    plain, meeting = _apart(value)
    return form(field, plain) if meeting is None else of_meeting(form(field, plain), _digits(field, meeting))


def _digits(field: FactField, value: str) -> str:
    digits = re.sub(r"[ \-]", "", value)
    if not re.fullmatch(r"[0-9]{9,12}", digits):
        raise FactError(field, clause_of(field), "a meeting id has 9 to 12 digits")
    return digits


def _url(field: FactField, value: str) -> str:
    if not re.fullmatch(r"https://[^\s<>\"]+", value):
        raise FactError(field, clause_of(field), "is not an https address")
    return value


def _reference(field: FactField, value: str) -> str:
    if not _REFERENCE.fullmatch(value.upper()):
        raise FactError(field, clause_of(field), "is not a reference of the form DP-2026-000123")
    return value.upper()
