"""Incoming mail, from the 250 until it belongs to a case or is refused. Used by the intake, never by workflows."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, insert, or_, select, tuple_, union, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import CaseNotFound, Conflict, MessageNotFound
from intake.peer import SmtpPeer
from intake.reading import MessageReading
from ledger.events import Detail, Event, append
from ledger.reliance import relied_on
from ledger.tables import (
    NO_CASE,
    Mailbox,
    MailState,
    MessageState,
    cases,
    decisions,
    deliveries,
    kept_mail,
    messages,
    outbox,
    reference_counters,
)
from ledger.threads import cases_with
from policy.findings import Reason
from policy.statements import Verdict
from policy.triage import Kept
from policy.vocabulary import Phase, RequestKind

_STEP = "intake"


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message that is neither routed nor refused, read or not."""

    message_id: str
    object: str
    received_at: datetime
    peer: SmtpPeer | None
    mailbox: Mailbox = Mailbox.REQUESTS


@dataclass(frozen=True, slots=True)
class SettledMessage:
    """What became of a message: its case, and the kind of case that it opened; or why it was refused (S1)."""

    ref: str | None
    opened: RequestKind | None
    refused_for: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CondemnedObject:
    """The bytes of a refused message, which are still to be destroyed (S1)."""

    message_id: str
    object: str


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A message that waits with a case for a person, and nothing of what it says."""

    message_id: str
    ref: str
    received_at: datetime


class AskedAlready(RuntimeError):
    """The documents of a message have opened a case while it was being looked at: it is to be looked at again."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Cases that have a message with the same Message-ID, and those that have the same documents."""

    same_id: tuple[str, ...] = ()
    same_documents: tuple[str, ...] = ()


class Mailroom:
    """Every message that was answered 250. Its raw bytes are in the object store before it comes here."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def receive(
        self,
        fingerprint: str,
        object_sha256: str,
        received_at: datetime,
        peer: SmtpPeer | None = None,
        mailbox: Mailbox = Mailbox.REQUESTS,
    ) -> tuple[str, bool]:
        """Note a delivery; returns the message's id, which is its fingerprint, and whether the message is new.

        The same message again, also at the same time, is the same message. Each different copy of it is noted. `peer`
        is who handed it over, None where it did not come by SMTP; of several, the first counts, and of the mailboxes.
        """
        message = {"message_id": fingerprint, "object": object_sha256, "received_at": received_at}
        async with self._engine.begin() as connection:
            added = await connection.execute(
                upsert(messages)
                .values(**message, **_transport(peer), mailbox=mailbox.value)
                .on_conflict_do_nothing()
                .returning(messages.c.message_id)
            )
            new = added.first() is not None
            # Bytes that were refused and destroyed, and now came again, are to be destroyed again (S1).
            again = upsert(deliveries).values(**message)
            await connection.execute(
                again.on_conflict_do_update(constraint=deliveries.primary_key, set_={"destroyed_at": None})
            )
            if new:
                detail: Detail = {"message_id": fingerprint, "object": object_sha256}
                await append(connection, [Event(NO_CASE, _STEP, "message_received", received_at, detail)])
        return fingerprint, new

    async def read(self, message_id: str, reading: MessageReading) -> None:
        """Keep what was read in a message that waits. Reading it anew replaces what was read.

        What no database can store as text (NUL, lone surrogates) becomes U+FFFD; the raw bytes have it as it was.

        Raises:
            MessageNotFound: there is no such message.
            Conflict: it has been routed or refused.
        """
        reading = MessageReading.model_validate(_storable(reading.model_dump()))
        async with self._engine.begin() as connection:
            _must_wait(await _locked(connection, message_id))
            await connection.execute(
                update(messages)
                .where(messages.c.message_id == message_id)
                .values(
                    header_message_id=reading.header_message_id,
                    sender=reading.author,
                    sender_domain=reading.author_domain,
                    subject=reading.subject,
                    reading=reading.model_dump(mode="json"),
                )
            )

    async def pending(self, limit: int = 100, after: WaitingMessage | None = None) -> Sequence[WaitingMessage]:
        """Messages that wait, oldest first; `after` gives those that follow it."""
        place = tuple_(messages.c.received_at, messages.c.message_id)
        query = _waiting().order_by(place).limit(limit)
        if after is not None:
            query = query.where(place > tuple_(after.received_at, after.message_id))
        async with self._engine.connect() as connection:
            return [_waits(row) for row in await connection.execute(query)]

    async def waiting(self, message_id: str) -> WaitingMessage | None:
        """The message if it waits, or None once it has been routed or refused."""
        query = _waiting().where(messages.c.message_id == message_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _waits(row) if row else None

    async def settled(self, message_id: str) -> SettledMessage:
        """What became of a message that does not wait any more.

        Raises:
            MessageNotFound: there is no such message, or it still waits.
        """
        query = (
            select(messages.c.ref, cases.c.kind, messages.c.refused_for)
            .outerjoin_from(messages, cases, cases.c.message_id == messages.c.message_id)
            .where(messages.c.message_id == message_id, messages.c.state != MessageState.RECEIVED.value)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise MessageNotFound(f"no message with the id {message_id} has been settled")
        reasons = tuple(Reason.model_validate(reason) for reason in row.refused_for or ())
        return SettledMessage(row.ref, RequestKind(row.kind) if row.kind else None, reasons)

    async def open_case(
        self, message_id: str, kind: RequestKind, policy_version: str, at: datetime, new_documents: Sequence[str] = ()
    ) -> str:
        """Open a case for a message; returns its reference, `DP-<year of at, UTC>-<number without gaps>`.

        The same message again gets the same reference. `new_documents` (by SHA-256) must not have opened another case
        of the same sender's domain meanwhile: the same request is often sent again under another Message-ID.

        Raises:
            MessageNotFound: there is no such message.
            Conflict: it has been refused.
            AskedAlready: these documents have opened a case since this message was looked at.
        """
        async with self._engine.begin() as connection:
            message = await _locked(connection, message_id)
            if message.ref is not None:
                return str(message.ref)
            _must_wait(message)
            if new_documents:
                # One after the other, for each set of documents: of twenty copies at once, nineteen find the first.
                digest = hashlib.sha256("".join(sorted(new_documents)).encode()).digest()
                key = int.from_bytes(digest[:8], signed=True)
                await connection.execute(select(func.pg_advisory_xact_lock(key)))
                if await cases_with(connection, new_documents, message.sender_domain or ""):
                    raise AskedAlready("these documents have opened a case already")
            ref = await _next_reference(connection, at.astimezone(UTC).year)
            await connection.execute(
                insert(cases).values(
                    ref=ref,
                    kind=kind.value,
                    phase=Phase.RECEIVED.value,
                    policy_version=policy_version,
                    message_id=message_id,
                    opened_at=at,
                )
            )
            await _settle(connection, message_id, ref, at)
            detail: Detail = {
                "message_id": message_id,
                "object": message.object,
                "received_at": message.received_at.isoformat(),
                "kind": kind.value,
                "policy_version": policy_version,
            }
            await append(connection, [Event(ref, _STEP, "case_opened", at, detail)])
        return ref

    async def route(self, message_id: str, ref: str, at: datetime) -> None:
        """Add a message to a case that exists. Doing it twice changes nothing.

        Raises:
            MessageNotFound, CaseNotFound: there is no such message or case.
            Conflict: it belongs to another case, or has been refused.
        """
        async with self._engine.begin() as connection:
            message = await _locked(connection, message_id)
            if message.ref == ref:
                return
            _must_wait(message)
            if not (await connection.execute(select(exists().where(cases.c.ref == ref)))).scalar_one():
                raise CaseNotFound(f"no case bears the reference {ref}")
            await _settle(connection, message_id, ref, at)
            detail: Detail = {"message_id": message_id, "object": message.object}
            await append(connection, [Event(ref, _STEP, "message_routed", at, detail)])

    async def refuse(
        self, message_id: str, reasons: Sequence[Reason], at: datetime, sender_domain: str | None = None
    ) -> tuple[str, ...]:
        """Refuse a message and erase it but for S1's minimal record: hash, time, sender's domain, reasons.

        Returns the objects to destroy; `condemned` lists them until `destroyed` notes that it is done. The details of
        the reasons are kept, so they must name no person. Refusing twice changes nothing.

        Raises:
            MessageNotFound: there is no such message.
            Conflict: it belongs to a case.
            ValueError: there is no reason.
        """
        if not reasons:
            raise ValueError("S1: a refusal needs a reason")
        async with self._engine.begin() as connection:
            message = await _locked(connection, message_id)
            if message.state != MessageState.REFUSED.value:
                _must_wait(message)
                refused_for = [reason.model_dump(mode="json") for reason in reasons]
                await connection.execute(
                    update(messages)
                    .where(messages.c.message_id == message_id)
                    .values(
                        state=MessageState.REFUSED.value,
                        refused_for=refused_for,
                        settled_at=at,
                        header_message_id=None,
                        sender=None,
                        sender_domain=func.coalesce(sender_domain, messages.c.sender_domain),
                        subject=None,
                        peer=None,
                        helo=None,
                        mail_from=None,
                        reading=None,
                    )
                )
                clauses = [reason.clause.value for reason in reasons]
                detail: Detail = {"message_id": message_id, "object": message.object, "clauses": clauses}
                content = detail | {"reasons": refused_for}
                await append(connection, [Event(NO_CASE, _STEP, "message_refused", at, detail, content)])
            copies = select(deliveries.c.object).where(deliveries.c.message_id == message_id)
            return tuple((await connection.execute(copies.order_by(deliveries.c.object))).scalars())

    async def condemned(self, limit: int = 100) -> Sequence[CondemnedObject]:
        """Bytes of refused messages that are to be destroyed: also those of a copy that came later.

        Bytes that a case relies on as well are not among them: whoever sends us a case's own document must not be able
        to have it destroyed.
        """
        query = (
            select(deliveries.c.message_id, deliveries.c.object)
            .join(messages, messages.c.message_id == deliveries.c.message_id)
            .where(messages.c.state == MessageState.REFUSED.value, deliveries.c.destroyed_at.is_(None))
            .where(~exists().where(relied_on.c.sha256 == deliveries.c.object))
            .order_by(deliveries.c.received_at)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [CondemnedObject(row.message_id, row.object) for row in await connection.execute(query)]

    async def destroyed(self, condemned: CondemnedObject, at: datetime) -> None:
        """Note that these bytes are gone. Noting it twice changes nothing."""
        copy = and_(deliveries.c.message_id == condemned.message_id, deliveries.c.object == condemned.object)
        gone = update(deliveries).where(copy, deliveries.c.destroyed_at.is_(None)).values(destroyed_at=at)
        detail: Detail = {"message_id": condemned.message_id, "object": condemned.object}
        async with self._engine.begin() as connection:
            if (await connection.execute(gone)).rowcount:
                await append(connection, [Event(NO_CASE, _STEP, "message_destroyed", at, detail)])

    async def repeats(self, message_id: str, header_id: str | None, documents: Sequence[str]) -> "Repeated":
        """The cases that this message repeats something of: a Message-ID, or all its documents from its domain."""
        async with self._engine.connect() as connection:
            sender = select(messages.c.sender_domain).where(messages.c.message_id == message_id)
            domain = (await connection.execute(sender)).scalar_one_or_none() or ""
            same_id = (
                select(messages.c.ref)
                .where(messages.c.header_message_id == header_id, messages.c.ref.is_not(None))
                .distinct()
            )
            with_id = (await connection.execute(same_id)).scalars().all() if header_id else ()
            return Repeated(tuple(with_id), tuple(await cases_with(connection, documents, domain)))

    async def admissible(self) -> Sequence[tuple[str, str]]:
        """Mail (its id, and its case) that waited for a person and counts now: a verifier vouched for it, or found the
        case of a proven sender genuine."""
        genuine = exists().where(
            decisions.c.ref == kept_mail.c.ref, decisions.c.accepted, decisions.c.verdict == Verdict.AUTHENTIC.value
        )
        waited = (kept_mail.c.state == MailState.WAITING.value) & (kept_mail.c.why == Kept.NOT_VERIFIED.value) & genuine
        query = select(kept_mail.c.message_id, kept_mail.c.ref).where(
            or_(kept_mail.c.state == MailState.VOUCHED.value, waited)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(kept_mail.c.received_at, kept_mail.c.message_id))
            return [(row.message_id, row.ref) for row in rows]

    async def kept(self) -> Sequence[KeptLine]:
        """All mail that waits with a case for a person, oldest first."""
        query = (
            select(kept_mail.c.message_id, kept_mail.c.ref, kept_mail.c.received_at)
            .where(kept_mail.c.state == MailState.WAITING.value)
            .order_by(kept_mail.c.received_at, kept_mail.c.message_id)
        )
        async with self._engine.connect() as connection:
            return [KeptLine(*row) for row in await connection.execute(query)]

    async def case_of_message(self, key: str) -> str | None:
        """The case of a message, by fingerprint or by Message-ID: of a mail that came in, or of one of our letters.

        None where nothing is known, or where several cases claim the same Message-ID: senders choose theirs freely.
        """
        arrived = select(messages.c.ref).where(
            or_(messages.c.message_id == key, messages.c.header_message_id == key), messages.c.ref.is_not(None)
        )
        written = select(outbox.c.ref).where(outbox.c.message_id == key)
        async with self._engine.connect() as connection:
            found = (await connection.execute(union(arrived, written))).scalars().all()
        return str(found[0]) if len(found) == 1 else None


def _storable(value: Any) -> Any:
    match value:
        case str():
            return re.sub("[\x00\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item) for item in value]
        case _:
            return value


def _waiting() -> Select[Any]:
    columns = (messages.c.message_id, messages.c.object, messages.c.received_at, messages.c.mailbox)
    transport = (messages.c.peer, messages.c.helo, messages.c.mail_from)
    return select(*columns, *transport).where(messages.c.state == MessageState.RECEIVED.value)


def _waits(row: Row[Any]) -> WaitingMessage:
    known = row.peer is not None
    peer = SmtpPeer(address=row.peer, helo=row.helo or "", mail_from=row.mail_from or "") if known else None
    return WaitingMessage(row.message_id, row.object, row.received_at, peer, Mailbox(row.mailbox))


def _transport(peer: SmtpPeer | None) -> dict[str, str | None]:
    """What the other end said of itself, as far as a database can store it as text."""
    if peer is None:
        return {"peer": None, "helo": None, "mail_from": None}
    return {"peer": peer.address, "helo": _storable(peer.helo), "mail_from": _storable(peer.mail_from)}


async def _locked(connection: AsyncConnection, message_id: str) -> Row[Any]:
    query = select(messages).where(messages.c.message_id == message_id).with_for_update()
    row = (await connection.execute(query)).first()
    if row is None:
        raise MessageNotFound(f"no message bears the id {message_id}")
    return row


def _must_wait(message: Row[Any]) -> None:
    if message.state != MessageState.RECEIVED.value:
        raise Conflict(f"this message has been {message.state} already")


async def _settle(connection: AsyncConnection, message_id: str, ref: str, at: datetime) -> None:
    routed = {"state": MessageState.ROUTED.value, "ref": ref, "settled_at": at}
    await connection.execute(update(messages).where(messages.c.message_id == message_id).values(**routed))


async def _next_reference(connection: AsyncConnection, year: int) -> str:
    """The counter's row is locked until the commit: a case that is not opened after all leaves no gap."""
    counter = upsert(reference_counters).values(year=year, last=1)
    counted = counter.on_conflict_do_update(
        constraint=reference_counters.primary_key, set_={"last": reference_counters.c.last + 1}
    ).returning(reference_counters.c.last)
    return f"DP-{year}-{(await connection.execute(counted)).scalar_one():06d}"
