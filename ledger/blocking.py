"""Blocking a sender, in one transaction with what it stops: every open request that came from there (S1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.record import CaseFrozen, Entry, LinkRevoked
from ledger.casebook import enter
from ledger.conflicts import conflicts
from ledger.directory import covers
from ledger.events import Detail, Event, append
from ledger.tables import (
    NO_CASE,
    approved_scopes,
    blocked_senders,
    cases,
    events,
    messages,
    productions,
    revoked_links,
)
from policy.scope import Scope
from policy.vocabulary import Phase


@dataclass(frozen=True, slots=True)
class Block:
    """A block as the record has it; `ended_at` (UTC) is None while it holds."""

    sender: str
    since: datetime
    by: str
    reason: str
    ended_at: datetime | None
    ended_by: str | None
    ended_for: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """What one case gave to a sender: `scope` is None once the case has been erased."""

    ref: str
    scope_digest: str
    scope: Scope | None
    records: int
    made_at: datetime
    link_expires_at: datetime
    revoked_at: datetime | None
    fetched: int


class Blocking:
    """The senders that somebody else writes from."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def block(self, sender: str, by: str, reason: str, at: datetime) -> Sequence[str]:
        """Block an address, or a domain with all below it; returns the cases that this freezes.

        Every open case to which mail from there belongs is frozen in the same transaction, which waits for a step
        that is being added and stands before the next: a disclosure is made before the block, or not at all.

        Raises:
            Conflict: this sender is blocked already.
        """
        with conflicts():
            async with self._engine.begin() as connection:
                row = insert(blocked_senders).values(sender=sender, since=at, by=by, reason=reason)
                known = (await connection.execute(row.returning(blocked_senders.c.id))).scalar_one()
                content: Detail = {"sender": sender, "by": by, "reason": reason}
                added = [Event(NO_CASE, "directory", "sender_blocked", at, {"block": known, "by": by}, content)]
                # Locked, each is looked at as it is once a step that was being added to it has been.
                refs = list(await connection.scalars(_open_cases(sender).with_for_update(of=cases)))
                for ref in refs:
                    added += await _freeze(connection, ref, f"blocked-{known}", by, at) or []
                await append(connection, added)
        return refs

    async def unblock(self, sender: str, by: str, reason: str, at: datetime) -> bool:
        """End a block; False if there is none. Cases that it froze stay so until each has been verified again."""
        here = and_(blocked_senders.c.sender == sender, blocked_senders.c.ended_at.is_(None))
        ended = update(blocked_senders).where(here).values(ended_at=at, ended_by=by, ended_for=reason)
        async with self._engine.begin() as connection:
            known = (await connection.execute(ended.returning(blocked_senders.c.id))).scalar_one_or_none()
            if known is None:
                return False
            content: Detail = {"sender": sender, "by": by, "reason": reason}
            freed = Event(NO_CASE, "directory", "sender_unblocked", at, {"block": known, "by": by}, content)
            await append(connection, [freed])
        return True

    async def blocks(self) -> Sequence[Block]:
        """Every block there is or was, the oldest first."""
        b = blocked_senders.c
        columns = (b.sender, b.since, b.by, b.reason, b.ended_at, b.ended_by, b.ended_for)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(*columns).order_by(b.since, b.id))
            return [Block(*row) for row in rows]

    async def frozen(self, sender: str) -> Sequence[str]:
        """The cases with mail from this sender that wait to be verified again."""
        query = _open_cases(sender).where(cases.c.frozen_at.is_not(None))
        async with self._engine.connect() as connection:
            return list(await connection.scalars(query))

    async def given(self, sender: str) -> Sequence[Given]:
        """What cases with mail from this sender have disclosed, the latest first."""
        p, fetches = productions.c, _fetches()
        query = (
            select(
                p.ref,
                p.scope.label("scope_digest"),
                approved_scopes.c.body.label("scope"),
                p.records,
                p.made_at,
                p.link_expires_at,
                revoked_links.c.at.label("revoked_at"),
                fetches.label("fetched"),
            )
            .join_from(productions, approved_scopes)
            .outerjoin(revoked_links, and_(revoked_links.c.ref == p.ref, revoked_links.c.scope == p.scope))
            .where(exists().where(messages.c.ref == p.ref, _from(sender)))
            .order_by(p.made_at.desc(), p.ref)
        )
        async with self._engine.connect() as connection:
            return [
                Given(**dict(row) | {"scope": Scope.model_validate(row["scope"]) if row["scope"] else None})
                for row in (await connection.execute(query)).mappings()
            ]

    async def revoke_links(self, given: Sequence[Given], by: str, at: datetime) -> int:
        """Revoke the links that still work; returns how many. One that another person has just revoked is left."""
        working = [one for one in given if one.revoked_at is None and at < one.link_expires_at]
        return sum([await self._revoke(one, by, at) for one in working])

    async def _revoke(self, one: Given, by: str, at: datetime) -> bool:
        change = LinkRevoked(scope=one.scope_digest, by=by)
        entry = Entry(ref=one.ref, step=f"revoke-{one.scope_digest[:16]}", at=at, changes=(change,))
        async with self._engine.begin() as connection:
            added = await enter(connection, entry)
            await append(connection, added or [])
        return added is not None


async def _freeze(connection: AsyncConnection, ref: str, step: str, by: str, at: datetime) -> list[Event] | None:
    """A new review begins, so that nothing signed before counts in it; a request goes back to verification."""
    query = select(cases.c.phase, cases.c.review).where(cases.c.ref == ref)
    case = (await connection.execute(query)).one()
    phase = Phase.VERIFICATION if Phase(case.phase) in _GOES_BACK else None
    frozen = CaseFrozen(by=by, round=case.review + 1)
    return await enter(connection, Entry(ref=ref, step=step, at=at, phase=phase, changes=(frozen,)))


#: Phases that a request leaves for verification. One that has produced is only listed: what is given is given.
_GOES_BACK = frozenset({Phase.LEGAL_REVIEW, Phase.NOTICE, Phase.GAGGED, Phase.OBJECTION_WINDOW})

#: The phase in which what was asked for has been given, and cannot be taken back. Restricted access can be given back,
#: so a restriction is frozen too, and stays in force until a verifier has called back (X1).
_DONE = frozenset({Phase.PRODUCTION.value})


def _open_cases(sender: str) -> Select[str]:
    """The open cases with mail from there, in one order, so that two blocks never wait for each other."""
    stands = and_(cases.c.closed_at.is_(None), cases.c.phase.not_in(_DONE))
    return (
        select(cases.c.ref)
        .where(stands, exists().where(messages.c.ref == cases.c.ref, _from(sender)))
        .order_by(cases.c.ref)
    )


def _from(sender: str) -> ColumnElement[bool]:
    return covers(literal(sender), func.lower(messages.c.sender))


def _fetches() -> ScalarSelect[Any]:
    p, e = productions.c, events.c
    fetched = (e.ref == p.ref, e.kind == "package_fetched", e.detail["package"].astext == p.package)
    return select(func.count()).select_from(events).where(*fetched).scalar_subquery()
