"""Which cases a message belongs to by what it answers, or by being much the same as one before it."""

from collections.abc import Sequence

from sqlalchemy import cast, func, select, union
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import cases, messages, outbox


async def cases_of(connection: AsyncConnection, header_ids: Sequence[str]) -> frozenset[str]:
    """The cases whose letters, or whose mail, bear these Message-IDs.

    An id that several cases' mails bear names none of them: senders choose theirs freely.
    """
    arrived = (
        select(func.min(messages.c.ref))
        .where(messages.c.header_message_id.in_(header_ids), messages.c.ref.is_not(None))
        .group_by(messages.c.header_message_id)
        .having(func.count(messages.c.ref.distinct()) == 1)
    )
    written = select(outbox.c.ref).where(outbox.c.message_id.in_(header_ids))
    return frozenset((await connection.execute(union(arrived, written))).scalars())


async def cases_with(connection: AsyncConnection, documents: Sequence[str], domain: str) -> Sequence[str]:
    """The open cases to which one mail of this domain brought all these accepted documents (SHA-256), latest first."""
    if not documents:
        return ()
    wanted = [{"sha256": sha256, "accepted": True} for sha256 in documents]
    query = (
        select(messages.c.ref)
        .join(cases, (cases.c.ref == messages.c.ref) & cases.c.closed_at.is_(None))
        .where(messages.c.reading["documents"].op("@>")(cast(wanted, JSONB)))
        .where(messages.c.sender_domain == domain)
        .group_by(messages.c.ref)
        .order_by(func.max(messages.c.received_at).desc())
    )
    return (await connection.execute(query)).scalars().all()
