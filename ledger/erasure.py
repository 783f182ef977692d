"""Ends the keeping of personal data: it is emptied out of the tables, and the chain stays whole without it."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import CaseNotFound, Conflict
from ledger.events import Event, append
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
            Conflict: the case is open, or its retention has not ended.
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
            await _empty(connection, ref)
            await connection.execute(update(cases).where(cases.c.ref == ref).values(erased_at=at, reasons=[]))
            await append(connection, [Event(ref, "erase", "case_erased", at)])
        return True


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
