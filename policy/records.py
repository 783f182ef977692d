"""What a record source holds, as a snapshot keeps it, and which of it an approved scope lets out (U2, PR1)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from policy.frozen import Frozen
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.vocabulary import DataClass


class RecordTable(StrEnum):
    """The kinds of record that a provider holds, each of exactly one data class (see `class_of`)."""

    PROFILE = "profile"
    BILLING = "billing"
    SIGN_INS = "sign_ins"
    DEVICES = "devices"
    MEETINGS = "meetings"
    PARTICIPANTS = "participants"
    CHAT = "chat"
    RECORDINGS = "recordings"


def class_of(table: RecordTable) -> DataClass:
    """The class of a table's records (D1, D2, D3)."""
    match table:
        case RecordTable.PROFILE | RecordTable.BILLING:
            return DataClass.BASIC
        case RecordTable.SIGN_INS | RecordTable.DEVICES | RecordTable.MEETINGS | RecordTable.PARTICIPANTS:
            return DataClass.RECORDS
        case RecordTable.CHAT | RecordTable.RECORDINGS:
            return DataClass.CONTENT
        case _:
            assert_never(table)


class Account(Frozen):
    """A custodian's account: `number` is the provider's own, `n` (from 1) is how the case names it to Temporal."""

    n: int
    number: str
    email: str
    language: str = "en"


class Record(Frozen):
    """One row. `at` is the instant it speaks of, in UTC, and None for what has no date (a profile, a
    meeting that was scheduled and never began).

    `media` is the SHA-256 of a recording's bytes in the object store.
    """

    table: RecordTable
    account: int
    at: datetime | None
    values: dict[str, str]
    media: str | None = None


class Snapshot(Frozen):
    """A point-in-time copy of the records of some accounts (P1). What the user deleted before is not in it (D5)."""

    ref: str
    taken_at: datetime
    accounts: tuple[Account, ...]
    records: tuple[Record, ...]


def _within(record: Record, since: date | None, until: date | None) -> bool:
    if record.at is None:  # A profile has no day; of anything else, an unknown day may lie outside the period.
        return class_of(record.table) is DataClass.BASIC or (since is None and until is None)
    day = record.at.date()
    return (since is None or since <= day) and (until is None or day <= until)


def is_asked_for(table: RecordTable, scope: Scope) -> bool:
    """Whether an approved scope takes in records of this table: those of its classes (U2, U3, U4).

    Records that a European certificate asks for solely to identify a user are addresses and their times, and no other
    traffic data (Regulation (EU) 2023/1543, art. 3(10); F2).
    """
    identifies = scope.certificate is not None and scope.certificate.identifies
    if identifies and class_of(table) is DataClass.RECORDS and table is not RecordTable.SIGN_INS:
        return False
    return class_of(table) in scope.classes


def released(snapshot: Snapshot, scope: Scope) -> tuple[Record, ...]:
    """The records that an approved scope lets out: its classes and its days, and nothing else (U2, U3, U4)."""
    return tuple(
        record
        for record in snapshot.records
        if is_asked_for(record.table, scope) and _within(record, scope.since, scope.until)
    )


_MEETINGS = frozenset({IdentifierKind.MEETING, IdentifierKind.REGISTRATION_URL})


def of_meetings(records: Sequence[Record], named_by: Sequence[Identifier]) -> tuple[Record, ...]:
    """Of one account's records, those that its identifiers reach (R1, R3).

    Who is named only as the host of a meeting gives basic data and that meeting's records, not all their meetings.
    """
    if any(identifier.kind not in _MEETINGS for identifier in named_by):
        return tuple(records)
    urls = {identifier.value for identifier in named_by if identifier.kind is IdentifierKind.REGISTRATION_URL}
    registered = {r.values.get("meeting_id") for r in records if r.values.get("registration_url") in urls} - {None}
    return tuple(
        record
        for record in records
        if class_of(record.table) is DataClass.BASIC
        or record.values.get("meeting_id") in registered
        or any(_took_place(record, identifier) for identifier in named_by)
    )


def _took_place(record: Record, meeting: Identifier) -> bool:
    """Whether a record is of this meeting: its id, and a day of the instant named, since hosts use their ids again."""
    if meeting.kind is not IdentifierKind.MEETING or record.values.get("meeting_id") != meeting.value:
        return False
    return meeting.at is None or record.at is None or abs(record.at - meeting.at) <= timedelta(days=1)
