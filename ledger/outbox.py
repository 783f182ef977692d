"""Letters that a step owes: written in its transaction, sent afterwards, at least once."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.ports import OwedLetter
from activities.record import Entry, Letter
from ledger.events import Detail, Event
from ledger.tables import cases, messages, outbox


async def write(connection: AsyncConnection, entry: Entry, mail_domain: str) -> list[Event]:
    """Put the entry's letters in the outbox; returns their events. The body is in the chain as a hash only."""
    written: list[Event] = []
    rows: list[Detail] = []
    for n, letter in enumerate(entry.letters, start=1):
        header, attachments = message_id(entry.ref, entry.step, n, letter.name, mail_domain), _hashes(letter)
        body = letter.model_dump(mode="json")
        rows.append(
            {
                "ref": entry.ref,
                "step": entry.step,
                "message_id": header,
                "name": letter.name,
                "letter": body,
                "attachments": attachments,
                "written_at": entry.at,
            }
        )
        detail: Detail = {"name": letter.name, "message_id": header, "attachments": attachments}
        written.append(Event(entry.ref, entry.step, "letter_written", entry.at, detail, detail | {"letter": body}))
    if rows:
        await connection.execute(insert(outbox), rows)
    return written


async def owed(connection: AsyncConnection, ref: str, step: str) -> Sequence[OwedLetter]:
    """The letters of a step that the relay has not taken, in order; none to a sender that is blocked (S1)."""
    letters = _unsent(ref).where(outbox.c.step == step, ~(_to_sender() & _is_frozen()))
    return [OwedLetter.model_validate(dict(row)) for row in (await connection.execute(letters)).mappings()]


async def held_back(connection: AsyncConnection, ref: str) -> Sequence[OwedLetter]:
    """The letters to the case's sender that the relay has not taken, in order; none while it is blocked (S1)."""
    letters = _unsent(ref).where(_to_sender(), ~_is_frozen())
    return [OwedLetter.model_validate(dict(row)) for row in (await connection.execute(letters)).mappings()]


def _unsent(ref: str) -> Select[Any]:
    return (
        select(outbox.c.id, outbox.c.message_id, outbox.c.written_at, outbox.c.letter)
        .where(outbox.c.ref == ref)
        .where(outbox.c.sent_at.is_(None), outbox.c.returned_at.is_(None), outbox.c.letter.is_not(None))
        .order_by(outbox.c.id)
    )


def _is_frozen() -> ColumnElement[bool]:
    return exists().where(cases.c.ref == outbox.c.ref, cases.c.frozen_at.is_not(None))


def _to_sender() -> ColumnElement[bool]:
    """Whether a letter goes to whoever sent the request."""
    sender = select(func.lower(messages.c.sender)).join(cases, cases.c.message_id == messages.c.message_id)
    return func.lower(outbox.c.letter["to"].astext) == sender.where(cases.c.ref == outbox.c.ref).scalar_subquery()


async def mark_sent(connection: AsyncConnection, letter_id: int, at: datetime) -> list[Event]:
    """Note that the relay took the letter; returns its event, or none where that was known."""
    noted = (
        update(outbox)
        .where(outbox.c.id == letter_id, outbox.c.sent_at.is_(None))
        .values(sent_at=at)
        .returning(outbox.c.ref, outbox.c.step, outbox.c.name, outbox.c.message_id)
    )
    row = (await connection.execute(noted)).first()
    if row is None:
        return []
    return [Event(row.ref, row.step, "letter_sent", at, {"name": row.name, "message_id": row.message_id})]


async def mark_refused(connection: AsyncConnection, letter_id: int, at: datetime) -> list[Event]:
    """Note that the relay will never take the letter; returns its event, or none where that was known."""
    noted = (
        update(outbox)
        .where(outbox.c.id == letter_id, outbox.c.returned_at.is_(None))
        .values(returned_at=at)
        .returning(outbox.c.ref, outbox.c.step, outbox.c.name, outbox.c.message_id)
    )
    row = (await connection.execute(noted)).first()
    if row is None:
        return []
    return [Event(row.ref, row.step, "letter_refused", at, {"name": row.name, "message_id": row.message_id})]


async def came_back(connection: AsyncConnection, ref: str, step: str) -> bool:
    """Whether a letter of this step was refused by the relay, or was returned by a mail system."""
    back = exists().where(outbox.c.ref == ref, outbox.c.step == step, outbox.c.returned_at.is_not(None))
    return bool((await connection.execute(select(back))).scalar_one())


def _hashes(letter: Letter) -> list[str]:
    return [attachment.sha256 for attachment in letter.attachments]


def message_id(ref: str, step: str, n: int, name: str, domain: str) -> str:
    """The one Message-ID of a letter, the same on every try: `<ref.step.n.name@domain>`, in lower case."""
    local = ".".join(re.sub(r"[^a-z0-9_-]", _quoted, part) for part in (ref.lower(), step, str(n), name))
    return f"<{local}@{domain.lower()}>"


def name_of(header_id: str) -> str:
    """The name of the letter that bears this Message-ID: see `message_id`."""
    return header_id.strip("<>").partition("@")[0].rpartition(".")[2]


def _quoted(character: re.Match[str]) -> str:
    # Unlike dropping it, this keeps two steps that differ in one character two.
    return "".join(f"={byte:02x}" for byte in character[0].encode())
