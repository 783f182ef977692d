"""Ends the keeping of personal data: it is emptied out of the tables, and the chain stays whole without it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import CaseNotFound, Conflict
from ledger.events import Event, append
from ledger.reliance import every_object, relied_on
from ledger.tables import (
    accounts,
    appeals,
    approved_scopes,
    cases,
    contents,
    decisions,
    documents,
    facts,
    messages,
    notices,
    outbox,
    reasons,
    restricted_accounts,
)


class Erasure:
    """Erases cases whose time of retention is over."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def erase(self, ref: str, at: datetime) -> bool:
        """Erase what a case holds of people; what was done, when and by which roster id stays. False if it was done.

        Raises:
            CaseNotFound: there is no such case.
            Conflict: the case is open, its retention has not ended, or one of its users is still to be told (N2).
        """
        async with self._engine.begin() as connection:
            case = (await connection.execute(select(cases).where(cases.c.ref == ref).with_for_update())).first()
            if case is None:
                raise CaseNotFound(f"no case bears the reference {ref}")
            if case.erased_at is not None:
                return False
            if case.retain_until is None:
                raise Conflict(f"{ref} is open, so its data is kept")
            if at < case.retain_until:
                raise Conflict(f"{ref} is kept until {case.retain_until.isoformat()}")
            if (await connection.execute(select(_owes_notice(ref)))).scalar_one():
                raise Conflict(f"N2: a user of {ref} is still to be told, so what the notice needs is kept")
            await _empty(connection, ref)
            await connection.execute(update(cases).where(cases.c.ref == ref).values(erased_at=at, reasons=[]))
            await append(connection, [Event(ref, "erase", "case_erased", at)])
        return True

    async def due(self, at: datetime) -> Sequence[str]:
        """The cases whose time of retention is over and that can be erased now, in the order of their closing."""
        over = (cases.c.retain_until <= at) & cases.c.erased_at.is_(None) & ~_owes_notice(cases.c.ref)
        query = select(cases.c.ref).where(over).order_by(cases.c.closed_at, cases.c.ref)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalars().all()

    async def left(self) -> Mapping[str, Sequence[str]]:
        """By erased case the objects (SHA-256) that are to be destroyed: those that nothing else relies on."""
        erased = select(cases.c.ref).where(cases.c.erased_at.is_not(None), cases.c.destroyed_at.is_(None))
        query = (
            select(every_object.c.ref, every_object.c.sha256)
            .where(every_object.c.ref.in_(erased), ~exists().where(relied_on.c.sha256 == every_object.c.sha256))
            .distinct()
        )
        async with self._engine.connect() as connection:
            refs = (await connection.execute(erased.order_by(cases.c.ref))).scalars().all()
            found: dict[str, list[str]] = {ref: [] for ref in refs}
            for row in await connection.execute(query.order_by(every_object.c.ref, every_object.c.sha256)):
                found[row.ref].append(row.sha256)
        return found

    async def destroyed(self, ref: str, objects: Sequence[str], at: datetime) -> None:
        """Note that these objects of an erased case are gone, and with them all that was kept. Noting it twice changes
        nothing."""
        gone = update(cases).where(cases.c.ref == ref, cases.c.erased_at.is_not(None), cases.c.destroyed_at.is_(None))
        async with self._engine.begin() as connection:
            if (await connection.execute(gone.values(destroyed_at=at))).rowcount:
                await append(connection, [Event(ref, "erase", "case_destroyed", at, {"objects": list(objects)})])


def _owes_notice(ref: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a user of the case is still to be told; the notice needs their address and the copy of the request."""
    untold = (notices.c.told_at.is_(None)) & notices.c.given_up_at.is_(None)
    return exists().where(notices.c.ref == ref, untold)


async def _empty(connection: AsyncConnection, ref: str) -> None:
    kept = ("sender", "subject", "header_message_id", "peer", "helo", "mail_from", "reading")
    nothing_of_the_sender: dict[str, None] = dict.fromkeys(kept)
    for statement in (
        update(messages).where(messages.c.ref == ref).values(nothing_of_the_sender),
        update(facts).where(facts.c.ref == ref).values(value=None),
        update(documents).where(documents.c.ref == ref).values(name=None),
        update(accounts).where(accounts.c.ref == ref).values(number=None, email=None),
        update(restricted_accounts).where(restricted_accounts.c.ref == ref).values(number=None, email=None),
        update(appeals).where(appeals.c.ref == ref).values(text=None),
        update(approved_scopes).where(approved_scopes.c.ref == ref).values(body=None),
        update(outbox).where(outbox.c.ref == ref).values(letter=None),
        update(contents).where(contents.c.ref == ref).values(salt=None, body=None),
    ):
        await connection.execute(statement)
    await _empty_reasons(connection, ref)


async def _empty_reasons(connection: AsyncConnection, ref: str) -> None:
    """The free texts of the case's decisions, but for those that another case's decision still needs word for word."""
    quoted = decisions.c.signed["statement"]["reason"].astext
    here = select(quoted).where(decisions.c.ref == ref, quoted.is_not(None))
    kept = exists().where(cases.c.ref == decisions.c.ref, cases.c.erased_at.is_(None))
    elsewhere = exists().where(decisions.c.ref != ref, quoted == reasons.c.sha256, kept)
    await connection.execute(update(reasons).where(reasons.c.sha256.in_(here), ~elsewhere).values(text=None))
