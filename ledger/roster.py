"""Who may sign: the people on the roster, by the id of their key; and the reasons they wrote, by hash."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.conflicts import conflicts
from ledger.events import Detail, Event, append
from ledger.tables import NO_CASE, reasons, roster
from policy.statements import Signer
from policy.vocabulary import Role


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person as the roster lists them."""

    name: str
    signer: Signer
    added_at: datetime


def signer_of(row: Row[Any]) -> Signer:
    """The roster's row as the rules see it."""
    return Signer(
        id=row.id,
        public_key=row.public_key,
        roles=frozenset(Role(role) for role in row.roles),
        revoked_at=row.revoked_at,
    )


def roster_id(public_key: str) -> str:
    """`r-` and the first 16 hex digits of the SHA-256 of the key (base64url of 32 bytes).

    Raises:
        ValueError: it is not such a key.
    """
    try:
        key = base64.b64decode(public_key + "=" * (-len(public_key) % 4), altchars=b"-_", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("a public key is 32 bytes in base64url")
    return f"r-{hashlib.sha256(key).hexdigest()[:16]}"


class Roster:
    """The people whose signatures count."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, name: str, public_key: str, roles: Iterable[Role], at: datetime) -> Signer:
        """Put a person on the roster. One key a name: who gets a new key loses the old one first, and stays the same
        person to the separation of duties.

        Raises:
            ValueError: the key is not one, or there is no role.
            Conflict: the name or the key is on the roster.
        """
        named, known = sorted(set(roles)), roster_id(public_key)
        if not named:
            raise ValueError("a person on the roster needs at least one role")
        signer = Signer(id=known, public_key=public_key, roles=frozenset(named))
        earlier = select(roster.c.person).where(func.lower(roster.c.name) == name.lower()).limit(1).scalar_subquery()
        row = {"id": known, "name": name, "public_key": public_key, "roles": named, "added_at": at}
        detail: Detail = {"id": known, "public_key": public_key, "roles": [role.value for role in named]}
        with conflicts():
            async with self._engine.begin() as connection:
                await connection.execute(insert(roster).values(**row, person=func.coalesce(earlier, known)))
                added = Event(NO_CASE, "roster", "signer_added", at, detail, detail | {"name": name})
                await append(connection, [added])
        return signer

    async def revoke(self, known: str, at: datetime) -> bool:
        """Take a key off the roster; its row stays, as old decisions refer to it. False if it was not on it."""
        taken = update(roster).where(roster.c.id == known, roster.c.revoked_at.is_(None)).values(revoked_at=at)
        async with self._engine.begin() as connection:
            if not (await connection.execute(taken)).rowcount:
                return False
            await append(connection, [Event(NO_CASE, "roster", "signer_revoked", at, {"id": known})])
        return True

    async def list(self) -> Sequence[RosterEntry]:
        """Everyone, also those whose key was revoked, in the order in which they came."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(roster).order_by(roster.c.added_at, roster.c.id))
            return [RosterEntry(row.name, signer_of(row), row.added_at) for row in rows]

    async def by_name(self, name: str) -> Signer | None:
        """The person of this name whose key is valid, in whatever case it is written."""
        query = select(roster).where(func.lower(roster.c.name) == name.lower(), roster.c.revoked_at.is_(None))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return signer_of(row) if row else None

    async def keep_reason(self, text: str) -> str:
        """Keep the free text of a decision; returns the SHA-256 by which the signed statement names it."""
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        async with self._engine.begin() as connection:
            kept = upsert(reasons).values(sha256=sha256, text=text)
            # Written again after an erasure, it is there again.
            await connection.execute(kept.on_conflict_do_update(constraint=reasons.primary_key, set_={"text": text}))
        return sha256

    async def reason(self, sha256: str) -> str | None:
        """The text of that hash, or None."""
        async with self._engine.connect() as connection:
            return await read_reason(connection, sha256)


async def read_reason(connection: AsyncConnection, sha256: str) -> str | None:
    """The free text of that hash, or None where none was kept or it has been erased."""
    return (await connection.execute(select(reasons.c.text).where(reasons.c.sha256 == sha256))).scalar_one_or_none()
