"""A request as its facts tell it: one typed view over many readings, for every rule to look at."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from policy.epoc import Certificate
from policy.facts import IDENTIFIERS, NEVER_READ, REPEATABLE, Change, Confidence, Fact, FactField, SourceKind
from policy.frozen import Frozen
from policy.topics import Topic
from policy.vocabulary import DataClass, Judicial, LegalProcess, Measure, Purpose, Threshold, Violation


class IdentifierKind(StrEnum):
    """How R1 lets a user, an account or a meeting be named."""

    USER_EMAIL = "user_email"
    USER_IP = "user_ip"
    USER_NAME = "user_name"
    OWNER_EMAIL = "owner_email"
    ACCOUNT_NUMBER = "account_number"
    MEETING = "meeting"
    REGISTRATION_URL = "registration_url"


class Identifier(Frozen):
    """One thing by which a custodian can be found (R1). A meeting also has its host and the instant it took place."""

    kind: IdentifierKind
    value: str
    host: str | None = None
    at: datetime | None = None


def day_over(day: date) -> datetime:
    """The instant (UTC) at which this day has ended everywhere on earth: noon UTC of the next day."""
    return datetime.combine(day + timedelta(days=1), time(12), UTC)


class Gag(StrEnum):
    """What the request says about telling the user (N1, N2)."""

    NONE = "none"
    DATED = "dated"
    UNDATED = "undated"


class EmergencyFacts(Frozen):
    """What E2 asks of an emergency, in the agency's own words: free text, which never leaves the ledger.

    `nature` is the danger in detail, `known` how it is known, `person` who is at risk, `when` the deadline for the data
    or the time at which harm will come, `averts` how the data helps avert it.
    """

    nature: str | None = None
    known: str | None = None
    person: str | None = None
    when: str | None = None
    averts: str | None = None


class RequestFacts(Frozen):
    """What is known of a request now. Absent facts are None or empty: nothing is ever assumed."""

    purpose: Purpose | None = None
    process: LegalProcess | None = None
    case_number: str | None = None
    agency_name: str | None = None
    country: str | None = None
    """Whose law the request is under, by its agency: ISO 3166-1 alpha-2, or EU for the Union's own institutions."""
    validated_by: str | None = None
    officer_name: str | None = None
    officer_badge: str | None = None
    officer_email: str | None = None
    officer_phone: str | None = None
    officer_address: str | None = None
    response_due: date | None = None
    certificate: Certificate = Certificate()
    """What a European certificate says of who is behind it, and of its ground (F2)."""
    notified: str | None = None
    """The enforcing authority that was notified with it, or that none was (Regulation (EU) 2023/1543, art. 8)."""
    confidential: bool = False
    """Whether it says that the user must not be told by anyone yet (the same, art. 13)."""
    identifiers: tuple[Identifier, ...] = ()
    requested: tuple[DataClass, ...] = ()
    relation: str | None = None
    since: date | None = None
    until: date | None = None
    gag: Gag = Gag.NONE
    gag_until: date | None = None
    gag_days: int | None = None
    preservation_ref: str | None = None
    emergency: EmergencyFacts = EmergencyFacts()
    language: str | None = None
    """What the covering mail is in where that is not English, or what a person says (ISO 639; F4)."""
    live: bool = False
    """Whether it asks for interception or live content as well (D4, U5)."""
    consent: bool = False
    """Whether it says that the user consents (C1)."""
    testimony: bool = False
    """Whether it asks for a witness (PR3)."""
    sensitive: tuple[Topic, ...] = ()
    measure: Measure | None = None
    territory: str | None = None
    basis: str | None = None
    violation: Violation | None = None

    def gag_end(self, received_at: datetime) -> datetime | None:
        """When a dated gag ends, in UTC: the end of its last day, or its days counted from receipt (N2).

        A day that is only named by its date ends when it has ended everywhere on earth, at noon UTC of the next: no
        court's time zone is known, and an early notice cannot be taken back.

        An order that states both runs to the later of the two: an early notice cannot be taken back.
        """
        ends: list[datetime] = []
        if self.gag_until is not None:
            ends.append(day_over(self.gag_until))
        if self.gag_days is not None:
            ends.append(received_at + timedelta(days=self.gag_days))
        return max(ends, default=None)


_RANK = {SourceKind.MAIL: 0, SourceKind.PDF: 1, SourceKind.DIRECTORY: 2, SourceKind.PERSON: 3}
_PLAIN_IDENTIFIERS = {
    FactField.USER_EMAIL: IdentifierKind.USER_EMAIL,
    FactField.USER_IP: IdentifierKind.USER_IP,
    FactField.USER_NAME: IdentifierKind.USER_NAME,
    FactField.OWNER_EMAIL: IdentifierKind.OWNER_EMAIL,
    FactField.ACCOUNT_NUMBER: IdentifierKind.ACCOUNT_NUMBER,
    FactField.MEETING_URL: IdentifierKind.REGISTRATION_URL,
}


_ADDED = IDENTIFIERS | {FactField.MEETING_HOST, FactField.MEETING_AT, FactField.DATA_REQUESTED}


def current(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that hold, in a stable order: the best source of each field, and of equals the latest.

    A person outranks a PDF, and a PDF the mail that carried it. Once a person states a repeatable field, the person's
    values replace what was read: a correction that could only add would not be one. Readings of a repeatable field in
    mail and PDF add up. A person can also add one value or take one away, and what they took away is not read again.
    Where a person says that there is no gag, no end that was read makes one. Each meeting has a host and a time of its
    own.

    What was only found in running text never widens a request (R1, R3): such identifiers hold where none at all is
    stated, and those in a mail only where none is in its documents; so do kinds of data. Any other value that was found
    holds where its field has none that is stated.
    """
    said = (SourceKind.DIRECTORY, SourceKind.PERSON)
    read = _stated_first([fact for fact in facts if fact.field not in NEVER_READ or fact.source.kind in said])
    told: dict[tuple[FactField, str | None], list[Fact]] = {}
    for fact in read:
        told.setdefault(_place(fact), []).append(fact)
    held = {field: list[Fact]() for field in FactField}
    for (field, _), known in told.items():
        held[field] += _several(known) if field in REPEATABLE else [_best(known)]
    if _gag_lifted(read):
        held[FactField.GAG_UNTIL] = held[FactField.GAG_DAYS] = []
    return [fact for known in held.values() for fact in known]


def _place(fact: Fact) -> tuple[FactField, str | None]:
    """What the fact is a value of: its field, and the meeting where it is of one."""
    return fact.field, fact.meeting


def _best(facts: Sequence[Fact]) -> Fact:
    best = max(_RANK[fact.source.kind] for fact in facts)
    return [fact for fact in facts if _RANK[fact.source.kind] == best][-1]


def _several(facts: Sequence[Fact]) -> list[Fact]:
    """The values of a repeatable field, each once, after all that was read and all that people changed."""
    held: dict[str, Fact] = {}
    taken_away: set[str] = set()
    stated = False
    for fact in facts:
        if fact.source.kind is not SourceKind.PERSON:
            if not stated and fact.value not in taken_away:
                held.setdefault(fact.value, fact)
        elif fact.source.change is Change.TAKES_AWAY:
            held.pop(fact.value, None)
            taken_away.add(fact.value)
        else:
            if fact.source.change is Change.STATES and not stated:
                held = {value: known for value, known in held.items() if known.source.kind is SourceKind.PERSON}
                stated = True
            held.setdefault(fact.value, fact)
            taken_away.discard(fact.value)
    return list(held.values())


def only_mentioned(facts: Sequence[Fact]) -> list[Fact]:
    """Whom, and which data, running text names without holding, for a person who may add it to the request (R1, R2)."""
    holding = {fact.value for fact in current(facts)}
    found = [fact for fact in facts if fact.confidence is Confidence.FOUND and fact.field in _ADDED]
    return [fact for fact in found if fact.value not in holding]


def taken_away(facts: Sequence[Fact]) -> list[Fact]:
    """What people have taken away and nobody has stated again, by whoever did it last."""
    holding = {(fact.field, fact.value) for fact in current(facts)}
    taken = {(f.field, f.value): f for f in facts if f.source.change is Change.TAKES_AWAY}
    return [fact for named, fact in taken.items() if named not in holding]


def _stated_first(facts: Sequence[Fact]) -> list[Fact]:
    """The facts without those that were only found where something was stated. A person who adds a value or takes one
    away leaves the others as they are."""
    states = [f for f in facts if f.confidence is Confidence.STATED and f.source.change is Change.STATES]
    stated, fields = {_place(fact) for fact in states}, {fact.field for fact in states}
    found = [
        fact
        for fact in facts
        if fact.confidence is Confidence.FOUND and not {_place(fact), (fact.field, None)} & stated
    ]
    if fields & IDENTIFIERS:
        found = [fact for fact in found if fact.field not in IDENTIFIERS]
    for together in (IDENTIFIERS, frozenset({FactField.DATA_REQUESTED})):
        best = max((_RANK[fact.source.kind] for fact in found if fact.field in together), default=0)
        found = [fact for fact in found if fact.field not in together or _RANK[fact.source.kind] == best]
    return [fact for fact in facts if fact.confidence is Confidence.STATED or fact in found]


def _gag_lifted(facts: Sequence[Fact]) -> bool:
    """Whether a person's last word on the gag is that there is none (N2)."""
    gag = (FactField.GAG, FactField.GAG_UNTIL, FactField.GAG_DAYS)
    said = [fact for fact in facts if fact.source.kind is SourceKind.PERSON and fact.field in gag]
    return bool(said) and said[-1].field is FactField.GAG and said[-1].value == "no"


def request_facts(facts: Iterable[Fact]) -> RequestFacts:
    """The typed view of the facts that hold. Values are canonical already, so nothing here can fail on their form."""
    holding = current(facts)

    def one(field: FactField) -> str | None:
        return next((fact.value for fact in holding if fact.field is field), None)

    def day(field: FactField) -> date | None:
        value = one(field)
        return date.fromisoformat(value) if value else None

    purpose, process, days = one(FactField.PURPOSE), one(FactField.PROCESS), one(FactField.GAG_DAYS)
    measure, violation = one(FactField.MEASURE), one(FactField.VIOLATION)
    gag_until, ordered = day(FactField.GAG_UNTIL), one(FactField.GAG) == "yes"
    dated = gag_until is not None or days is not None
    return RequestFacts(
        purpose=Purpose(purpose) if purpose else None,
        process=LegalProcess(process) if process else None,
        case_number=one(FactField.CASE_NUMBER),
        agency_name=one(FactField.AGENCY_NAME),
        country=one(FactField.AGENCY_COUNTRY),
        validated_by=one(FactField.VALIDATED_BY),
        officer_name=one(FactField.OFFICER_NAME),
        officer_badge=one(FactField.OFFICER_BADGE),
        officer_email=one(FactField.OFFICER_EMAIL),
        officer_phone=one(FactField.OFFICER_PHONE),
        officer_address=one(FactField.OFFICER_ADDRESS),
        response_due=day(FactField.RESPONSE_DUE),
        certificate=Certificate(
            issuer=Judicial(issuer) if (issuer := one(FactField.ISSUER)) else None,
            validator=Judicial(validator) if (validator := one(FactField.VALIDATOR)) else None,
            ground=Threshold(ground) if (ground := one(FactField.GROUND)) else None,
            identifies=one(FactField.IDENTIFIES) == "yes",
            urgent=one(FactField.URGENT) == "yes",
        ),
        notified=one(FactField.NOTIFIED),
        confidential=one(FactField.CONFIDENTIAL) == "yes",
        identifiers=_identifiers(holding),
        requested=tuple(sorted(DataClass(f.value) for f in holding if f.field is FactField.DATA_REQUESTED)),
        relation=one(FactField.RELATION),
        since=day(FactField.SINCE),
        until=day(FactField.UNTIL),
        gag=Gag.DATED if dated else Gag.UNDATED if ordered else Gag.NONE,
        gag_until=gag_until,
        gag_days=int(days) if days else None,
        preservation_ref=one(FactField.PRESERVATION_REF),
        emergency=EmergencyFacts(
            nature=one(FactField.EMERGENCY_NATURE),
            known=one(FactField.EMERGENCY_KNOWN),
            person=one(FactField.EMERGENCY_PERSON),
            when=one(FactField.EMERGENCY_WHEN),
            averts=one(FactField.EMERGENCY_AVERTS),
        ),
        language=one(FactField.LANGUAGE),
        live=one(FactField.LIVE) == "yes",
        consent=one(FactField.CONSENT) == "yes",
        testimony=one(FactField.TESTIMONY) == "yes",
        sensitive=tuple(sorted(Topic(f.value) for f in holding if f.field is FactField.SENSITIVE)),
        measure=Measure(measure) if measure else None,
        territory=one(FactField.TERRITORY),
        basis=one(FactField.BASIS),
        violation=Violation(violation) if violation else None,
    )


def _identifiers(holding: Sequence[Fact]) -> tuple[Identifier, ...]:
    meetings = [fact.value for fact in holding if fact.field is FactField.MEETING_ID]
    found: list[Identifier] = []
    for fact in holding:
        if fact.field is FactField.MEETING_ID:
            host, at = (_of_this(fact.value, field, holding, meetings) for field in _HOST_AND_TIME)
            instant = datetime.fromisoformat(at) if at else None
            found.append(Identifier(kind=IdentifierKind.MEETING, value=fact.value, host=host, at=instant))
        elif fact.field in _PLAIN_IDENTIFIERS:
            found.append(Identifier(kind=_PLAIN_IDENTIFIERS[fact.field], value=fact.value))
    return tuple(found)


_HOST_AND_TIME = (FactField.MEETING_HOST, FactField.MEETING_AT)


def _of_this(meeting: str, field: FactField, holding: Sequence[Fact], meetings: Sequence[str]) -> str | None:
    """The meeting's own host or time, or else the one that is every meeting's.

    Even where documents give each its own, a person's word for all of them counts. What was only found in running text,
    without a meeting beside it, is of one meeting at the most.
    """
    fitting = [
        fact
        for fact in holding
        if fact.field is field
        and (fact.meeting == meeting or (fact.meeting is None and _is_every_meetings(fact, meetings)))
    ]
    best = max(
        fitting, key=lambda fact: (fact.source.kind is SourceKind.PERSON, fact.meeting is not None), default=None
    )
    return best.plain if best is not None else None


def _is_every_meetings(fact: Fact, meetings: Sequence[str]) -> bool:
    return fact.confidence is Confidence.STATED or len(meetings) == 1
