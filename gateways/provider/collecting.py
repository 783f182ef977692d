"""What each table holds of a user: one query for each, which says which columns a production will show."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, func, null, or_, select

from gateways.provider.tables import (
    accounts,
    chat_messages,
    devices,
    meetings,
    participants,
    recordings,
    sign_ins,
    users,
)
from policy.records import Account, Record, RecordTable

AT, MEDIA_KEY = "at", "media_key"
_NO_DATE = null().label(AT)


def queries(user: int) -> dict[RecordTable, Select[Any]]:
    """The query of each table. Column `at` is the record's instant. What was deleted is not in them (D5).

    Of a meeting that the user hosted all participants are given; of one that another hosted, the user's own row.
    """
    sender, recipient, host = users.alias(), users.alias(), users.alias()
    hosted = meetings.c.host_id == user
    return {
        RecordTable.PROFILE: select(
            _NO_DATE,
            users.c.email,
            users.c.display_name,
            users.c.phone,
            users.c.title,
            users.c.department,
            users.c.language,
            users.c.created_at,
        ).where(users.c.id == user),
        RecordTable.BILLING: select(
            _NO_DATE,
            accounts.c.owner_email,
            accounts.c.plan,
            accounts.c.billing_name,
            accounts.c.billing_address,
            accounts.c.payment_method,
        )
        .join(users, users.c.account_number == accounts.c.number)
        .where(users.c.id == user),
        RecordTable.SIGN_INS: select(
            sign_ins.c.at, sign_ins.c.ip, sign_ins.c.city.label("approximate_city"), sign_ins.c.client
        )
        .where(sign_ins.c.user_id == user)
        .order_by(sign_ins.c.at, sign_ins.c.id),
        RecordTable.DEVICES: select(
            devices.c.first_seen_at.label(AT),
            devices.c.udid,
            devices.c.mac,
            devices.c.type,
            devices.c.os,
            devices.c.microphone,
        )
        .where(devices.c.user_id == user)
        .order_by(devices.c.first_seen_at, devices.c.id),
        RecordTable.MEETINGS: select(
            meetings.c.started_at.label(AT),
            meetings.c.number.label("meeting_id"),
            meetings.c.topic,
            meetings.c.scheduled_at,
            meetings.c.ended_at,
            meetings.c.registration_url,
        )
        .where(hosted)
        .order_by(meetings.c.started_at, meetings.c.id),
        RecordTable.PARTICIPANTS: select(
            participants.c.joined_at.label(AT),
            meetings.c.number.label("meeting_id"),
            host.c.email.label("host"),
            participants.c.label.label("participant"),
            participants.c.ip,
            participants.c.connection,
            participants.c.left_at,
        )
        .join(meetings, meetings.c.id == participants.c.meeting_id)
        .join(host, host.c.id == meetings.c.host_id)
        .where(or_(hosted, participants.c.user_id == user))
        .order_by(participants.c.joined_at, participants.c.id),
        RecordTable.CHAT: select(
            chat_messages.c.sent_at.label(AT),
            sender.c.email.label("sender"),
            recipient.c.email.label("recipient"),
            chat_messages.c.text,
        )
        .join(sender, sender.c.id == chat_messages.c.sender_id)
        .join(recipient, recipient.c.id == chat_messages.c.recipient_id)
        .where(or_(sender.c.id == user, recipient.c.id == user), chat_messages.c.deleted_at.is_(None))
        .order_by(chat_messages.c.sent_at, chat_messages.c.id),
        RecordTable.RECORDINGS: select(
            recordings.c.recorded_at.label(AT),
            meetings.c.number.label("meeting_id"),
            meetings.c.topic,
            recordings.c.seconds,
            func.length(recordings.c.video).label("bytes"),
            recordings.c.id.label(MEDIA_KEY),
        )
        .join(meetings, meetings.c.id == recordings.c.meeting_id)
        .where(hosted, recordings.c.deleted_at.is_(None))
        .order_by(recordings.c.recorded_at, recordings.c.id),
    }


def records_of(account: Account, table: RecordTable, rows: Sequence[Row[Any]]) -> Iterator[Record]:
    for row in rows:
        values = dict(row._mapping)
        at: datetime | None = values.pop(AT)
        yield Record(
            table=table,
            account=account.n,
            at=at.astimezone(UTC) if at else None,
            values={name: _text(value) for name, value in values.items()},
        )


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(value)
