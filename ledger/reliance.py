"""What the record relies on: every object that must exist, and why. Nothing is destroyed without asking here.

Equal bytes are one object, so the same bytes may be a refused mail and a case's document, or recordings of two holds.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, func, literal, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.tables import (
    MessageState,
    cases,
    completed_certificates,
    deliveries,
    documents,
    messages,
    outbox,
    productions,
    snapshots,
)


def _every_object() -> Subquery:
    live = snapshots.c.purged_at.is_(None)
    accepted = messages.c.state != MessageState.REFUSED.value
    delivered = _source(deliveries.c.object, "message", messages.c.ref).join_from(deliveries, messages).where(accepted)
    return union(
        delivered,
        _source(documents.c.sha256, "document", documents.c.ref),
        _source(snapshots.c.object, "snapshot", snapshots.c.ref).where(live),
        _source(func.unnest(snapshots.c.media), "recording", snapshots.c.ref).where(live),
        _source(snapshots.c.certificate, "certificate", snapshots.c.ref).where(~live),
        _source(completed_certificates.c.object, "completed certificate", completed_certificates.c.ref),
        _source(productions.c.package, "production", productions.c.ref),
        _source(func.unnest(outbox.c.attachments), "attachment", outbox.c.ref),
    ).subquery("every_object")


def _relied_on() -> Subquery:
    erased = select(cases.c.ref).where(cases.c.erased_at.is_not(None))
    held = select(every_object.c.sha256, every_object.c.source, every_object.c.ref)
    return held.where(or_(every_object.c.ref.is_(None), every_object.c.ref.not_in(erased))).subquery("relied_on")


def _source(sha256: ColumnElement[Any], source: str, ref: ColumnElement[Any]) -> Select[Any]:
    return select(sha256.label("sha256"), literal(source, Text).label("source"), ref.label("ref"))


#: Any fixed number: whoever destroys takes this advisory lock alone, whoever adds what relies on objects shares it.
_LOCK = 0x6465_7374

every_object = _every_object()
"""`sha256`, `source` (as what) and `ref` (for which case; null: a message in no case), also of erased cases, but
without what was refused or purged."""

relied_on = _relied_on()
"""`sha256`, `source` (as what) and `ref` (for which case; null: a message in no case), without what was refused, purged
or erased."""


async def needed(connection: AsyncConnection, objects: Sequence[str], but_snapshot_of: str = "") -> frozenset[str]:
    """Those of the objects that the record relies on, other than as the snapshot of one case."""
    own = (relied_on.c.ref == but_snapshot_of) & relied_on.c.source.in_(("snapshot", "recording"))
    query = select(relied_on.c.sha256).where(relied_on.c.sha256.in_(objects), func.coalesce(own, False).is_(False))
    return frozenset((await connection.execute(query)).scalars())


async def spare(connection: AsyncConnection) -> None:
    """Until this transaction ends nothing is destroyed: what is seen to be stored stays, and the record may say so."""
    await connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


@asynccontextmanager
async def destroying(engine: AsyncEngine, sha256: str, but_snapshot_of: str = "") -> AsyncIterator[bool]:
    """Whether the record does not rely on the object, other than as the snapshot of one case. It does not come to while
    this lasts, so this is to be short: one object."""
    async with engine.begin() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield not await needed(connection, [sha256], but_snapshot_of)
