"""The legal record as the activities use it: keeps the port `CaseLedger`."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import CaseFile, CaseNotFound, MessageNotFound, OwedLetter
from activities.record import Entry
from intake.reading import MessageReading
from ledger import outbox
from ledger.casefile import read_case
from ledger.conflicts import conflicts
from ledger.directory import DirectoryReader
from ledger.events import Event, append
from ledger.familiar import is_known
from ledger.projection import project
from ledger.published import kind, public
from ledger.reliance import destroying, needed, spare
from ledger.roster import read_reason, signer_of
from ledger.tables import MessageState, cases, facts, messages, roster, steps
from ledger.threads import cases_of
from policy.directory import AgencyDirectory
from policy.facts import FactField
from policy.statements import Signer
from policy.vocabulary import Phase, RequestKind

#: The case of the hold itself, beside those that name it.
_hold = cases.alias("hold")


class Casebook:
    """Reads cases and adds steps to them. `mail_domain` is the provider's, for the Message-IDs of its letters."""

    def __init__(self, engine: AsyncEngine, mail_domain: str) -> None:
        self._engine = engine
        # What only reads needs no transaction around each statement: that would be two more trips to the database.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._mail_domain = mail_domain
        self._directory = DirectoryReader()

    async def case(self, ref: str) -> CaseFile:
        async with self._reading.connect() as connection:
            return await read_case(connection, ref)

    async def reading(self, message_id: str) -> MessageReading:
        async with self._reading.connect() as connection:
            query = select(messages.c.reading).where(messages.c.message_id == message_id)
            found = (await connection.execute(query)).scalar_one_or_none()
        if found is None:
            raise MessageNotFound(f"no message {message_id} has been read, or its content has been erased")
        return MessageReading.model_validate(found)

    async def received_at(self, message_id: str) -> datetime:
        query = select(messages.c.received_at).where(messages.c.message_id == message_id)
        async with self._reading.connect() as connection:
            at: datetime | None = (await connection.execute(query)).scalar_one_or_none()
        if at is None:
            raise MessageNotFound(f"no message bears the id {message_id}")
        return at

    async def commit(self, entry: Entry, stored: Callable[[], Awaitable[None]] | None = None) -> bool:
        with conflicts():
            async with self._engine.begin() as connection:
                if stored is not None:
                    await spare(connection)
                    await stored()
                events = await enter(connection, entry)
                if events is None:
                    await connection.rollback()
                    return False
                letters = await outbox.write(connection, entry, self._mail_domain)
                await append(connection, [*events, *letters])
                return True

    async def answered(self, header_ids: Sequence[str]) -> frozenset[str]:
        if not header_ids:
            return frozenset()
        async with self._reading.connect() as connection:
            return await cases_of(connection, header_ids)

    async def unverified_process(self, ref: str, before: datetime) -> frozenset[str]:
        named = (facts.c.field == FactField.PRESERVATION_REF.value) & (facts.c.value == ref)
        opener, held = messages.alias("opener"), messages.alias("held")
        query = (
            select(cases.c.ref)
            .join(opener, opener.c.message_id == cases.c.message_id)
            .join(facts, facts.c.ref == cases.c.ref)
            .join(held, held.c.message_id == select(_hold.c.message_id).where(_hold.c.ref == ref).scalar_subquery())
            .where(named, cases.c.phase.in_((Phase.RECEIVED.value, Phase.VERIFICATION.value)))
            .where(cases.c.kind == RequestKind.DISCLOSURE.value, opener.c.received_at < before)
            .where(opener.c.sender_domain == held.c.sender_domain)
        )
        async with self._reading.connect() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def signer(self, roster_id: str) -> Signer | None:
        async with self._reading.connect() as connection:
            row = (await connection.execute(select(roster).where(roster.c.id == roster_id))).first()
        return signer_of(row) if row else None

    async def directory(self) -> AgencyDirectory:
        async with self._reading.connect() as connection:
            return await self._directory.read(connection)

    async def known_sender(self, ref: str) -> bool:
        async with self._reading.connect() as connection:
            return await is_known(connection, ref)

    async def reason(self, sha256: str) -> str | None:
        async with self._reading.connect() as connection:
            return await read_reason(connection, sha256)

    async def used_elsewhere(self, ref: str, objects: Sequence[str]) -> frozenset[str]:
        async with self._reading.connect() as connection:
            return await needed(connection, objects, but_snapshot_of=ref)

    def destroying(self, ref: str, sha256: str) -> AbstractAsyncContextManager[bool]:
        return destroying(self._engine, sha256, but_snapshot_of=ref)

    async def owed(self, ref: str, step: str) -> Sequence[OwedLetter]:
        async with self._reading.connect() as connection:
            return await outbox.owed(connection, ref, step)

    async def held_back(self, ref: str) -> Sequence[OwedLetter]:
        async with self._reading.connect() as connection:
            return await outbox.held_back(connection, ref)

    async def sent(self, letter_id: int, at: datetime) -> None:
        async with self._engine.begin() as connection:
            await append(connection, await outbox.mark_sent(connection, letter_id, at))

    async def refused(self, letter_id: int, at: datetime) -> None:
        async with self._engine.begin() as connection:
            await append(connection, await outbox.mark_refused(connection, letter_id, at))

    async def came_back(self, ref: str, step: str) -> bool:
        async with self._reading.connect() as connection:
            return await outbox.came_back(connection, ref, step)

    async def unread_mail_before(self, instant: datetime) -> bool:
        waiting = exists().where(messages.c.state == MessageState.RECEIVED.value, messages.c.received_at < instant)
        async with self._reading.connect() as connection:
            return bool((await connection.execute(select(waiting))).scalar_one())


async def enter(connection: AsyncConnection, entry: Entry) -> list[Event] | None:
    """Bring the tables to where they stand after the step; returns its events, or None where it was added before.

    Raises:
        CaseNotFound: there is no such case.
        Conflict: a change does not fit what the record holds.
    """
    await _lock(connection, entry)
    if not await _is_new(connection, entry):
        return None
    for change in entry.changes:
        await project(connection, entry, change)
    return _events(entry)


async def _lock(connection: AsyncConnection, entry: Entry) -> None:
    """Set the phase, which also locks the case: its steps are added one after the other.

    Raises:
        CaseNotFound: there is no such case.
    """
    phase = func.coalesce(entry.phase.value if entry.phase else None, cases.c.phase)
    locked = await connection.execute(update(cases).where(cases.c.ref == entry.ref).values(phase=phase))
    if not locked.rowcount:
        raise CaseNotFound(f"no case bears the reference {entry.ref}")


async def _is_new(connection: AsyncConnection, entry: Entry) -> bool:
    step = upsert(steps).values(ref=entry.ref, step=entry.step, at=entry.at).on_conflict_do_nothing()
    return (await connection.execute(step.returning(steps.c.step))).first() is not None


def _events(entry: Entry) -> list[Event]:
    added = [
        Event(entry.ref, entry.step, kind(change), entry.at, public(change), change.model_dump(mode="json"))
        for change in entry.changes
    ]
    if entry.phase:
        added.append(Event(entry.ref, entry.step, "phase_entered", entry.at, {"phase": entry.phase.value}))
    return added
